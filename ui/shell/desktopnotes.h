#pragma once

#include <QObject>
#include <QString>
#include <map>
#include <memory>

#include "core/engine/alerts.h"

class QDBusPendingCallWatcher;
class QSystemTrayIcon;

namespace mnemo {

/// Shows alerts as notifications of the desktop: by the session bus (org.freedesktop.Notifications, version 1.2 of the
/// specification), else by an icon in the tray where the desktop has one. A later message about the same alert takes the
/// place of the earlier one. Lives on the UI thread; calls to the bus do not wait.
class DesktopNotes : public QObject {
    Q_OBJECT
public:
    explicit DesktopNotes(QObject* parent = nullptr);
    ~DesktopNotes() override;

    void show(const AlertMessage& message);

signals:
    void opened(mnemo::AlertId alert); ///< somebody clicked; 0: of a test

private slots:
    void actionInvoked(uint note, const QString& action);

private:
    void showInTray(const QString& title, const QString& text, bool isUrgent);

    bool m_isConnected = false;
    std::map<AlertId, uint> m_notes; ///< the bus's ids
    std::unique_ptr<QSystemTrayIcon> m_tray;
};

} // namespace mnemo
