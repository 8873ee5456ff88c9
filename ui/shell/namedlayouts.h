#pragma once

#include <QByteArray>
#include <QSettings>
#include <QString>
#include <QStringList>
#include <optional>

namespace mnemo {

/// Arrangements of docks and charts under names, in the window's settings. Each state carries a checksum: bytes that
/// somebody changed are told as damaged instead of being handed to Qt. Lives on the UI thread; writes are small.
class NamedLayouts {
public:
    static constexpr int most = 50;

    explicit NamedLayouts(QSettings& settings);

    QStringList names() const; ///< sorted as people read
    std::optional<QByteArray> state(const QString& name) const; ///< nothing where there is none, or a damaged one
    /// Replaces one of the same name. False for an empty name and where there are too many.
    bool save(const QString& name, const QByteArray& state);
    bool rename(const QString& from, const QString& to); ///< false where @p to is taken or @p from is not there
    void remove(const QString& name);

    static QByteArray sealed(const QByteArray& state);
    static std::optional<QByteArray> opened(const QByteArray& bytes);

private:
    struct Entry {
        QString name;
        QByteArray sealed;
    };
    QList<Entry> read() const;
    void write(QList<Entry> entries);

    QSettings& m_settings;
};

} // namespace mnemo
