#pragma once

#include <QDBusVariant>
#include <QObject>
#include <optional>

#include "ui/widgets/theme.h"

class QDBusPendingCallWatcher;

namespace mnemo {

/// Follows what the desktop prefers (dark, light, high contrast) while the program runs, by the settings portal that
/// GNOME, KDE and others offer (org.freedesktop.appearance). Without a session bus nothing is told. Lives on the UI
/// thread; questions to the bus do not wait.
class DesktopLook : public QObject {
    Q_OBJECT
public:
    explicit DesktopLook(SystemLook fallback, QObject* parent = nullptr);
    void start();
    SystemLook look() const;

public slots:
    void settingChanged(const QString& area, const QString& key, const QDBusVariant& value);

signals:
    void changed(mnemo::SystemLook look);

private:
    void ask(const QString& key);
    void take(const QString& key, QVariant value);

    SystemLook m_fallback; ///< where the desktop has no preference
    std::optional<uint> m_scheme, m_contrast;
};

} // namespace mnemo
