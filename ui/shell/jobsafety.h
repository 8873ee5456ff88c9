#pragma once

#include <QObject>
#include <functional>

#include "ui/bridge/enginebridge.h"
#include "ui/jobs/leftoverbanner.h"
#include "ui/jobs/quitdialog.h"

class QAction;
class QCloseEvent;
class QSettings;
class QWidget;

namespace mnemo {

/// Sees that jobs outlive the window: asks before it closes while they work, lets what is on its way be stored, and offers
/// at the next start what was not done.
class JobSafety : public QObject {
    Q_OBJECT
public:
    /// @p window is what closes; all outlive this.
    JobSafety(EngineBridge& bridge, QSettings& settings, QWidget& window);

    /// Accepts the event where nothing is at stake or all is settled; else asks, and closes the window later.
    void closeRequested(QCloseEvent& event, int unfinishedJobs);
    /// From now on the window closes without asking, and the queue is kept: the program is told to end by a signal.
    void closeWithoutAsking() { m_isSettled = true; }
    QAction* askAction() const { return m_ask; } ///< checkable, for the menu
    LeftOverBanner* banner() const { return m_banner; } ///< owned by whoever lays it out
    void offerLeftOver();

signals:
    void told(const QString& message);

private:
    void ask(int unfinishedJobs);
    void settle(QuitChoice choice);
    void resume();
    void discard();

    EngineBridge& m_bridge;
    QSettings& m_settings;
    QWidget& m_window;
    QAction* m_ask = nullptr;
    LeftOverBanner* m_banner = nullptr;
    bool m_isAsking = false;
    bool m_isSettled = false;
};

} // namespace mnemo
