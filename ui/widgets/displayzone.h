#pragma once

#include <QObject>
#include <QString>
#include <QTimeZone>

#include "core/base/clock.h"

namespace mnemo {

/// In which zone times are shown: UTC, this computer's, or one of the IANA list. One for the whole program; who shows
/// times follows changed(). Inside the program all times are UTC. Lives on the UI thread.
class DisplayZone : public QObject {
    Q_OBJECT
public:
    explicit DisplayZone(QObject* parent = nullptr);

    QTimeZone zone() const { return m_zone; }
    /// "UTC", "local" or an IANA name: what setId() takes and the settings keep.
    QString id() const { return m_id; }
    /// What is none of them means UTC. @return whether it was known
    bool setId(const QString& id);
    /// How the zone is called beside a time: "UTC", "CET", "UTC+05:30".
    QString label(UtcMs at) const;
    QDateTime at(UtcMs time) const { return QDateTime::fromMSecsSinceEpoch(toMs(time), m_zone); }
    QString timeText(UtcMs time) const; ///< 2024-01-31 10:20, with seconds where they are not zero
    QString dateText(UtcMs time) const; ///< 2024-01-31

    /// All IANA names, sorted. The first call reads the system's list (a few ms), later ones are free.
    static const QStringList& names();

signals:
    void changed();

private:
    QTimeZone m_zone;
    QString m_id;
};

} // namespace mnemo
