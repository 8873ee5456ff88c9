// How the main window puts alerts to use: the screen, the light in the status bar, notifications of the desktop, and where
// a cause can be looked at.
#include "ui/shell/mainwindow.h"

#include <QMenu>
#include <QMenuBar>

#include "ui/alerts/alertspage.h"
#include "ui/home/homepage.h"
#include "ui/shell/desktopnotes.h"
#include "ui/shell/windowstatus.h"

namespace mnemo {

namespace {

HealthCause causeOf(AlertKind kind)
{
    switch (kind) {
    case AlertKind::FailedJobs: return HealthCause::FailedJobs;
    case AlertKind::Gaps: return HealthCause::Gaps;
    case AlertKind::Stale: return HealthCause::Stale;
    case AlertKind::Findings: return HealthCause::Findings;
    case AlertKind::Lane: return HealthCause::Lane;
    case AlertKind::Retention: return HealthCause::Retention;
    case AlertKind::Disk: return HealthCause::Disk;
    case AlertKind::Store: return HealthCause::Store;
    case AlertKind::Settings: return HealthCause::Settings;
    }
    return HealthCause::Store;
}

} // namespace

AlertsPage* MainWindow::makeAlerts()
{
    auto* page = new AlertsPage(m_alertsPort, m_zone);
    connect(page, &AlertsPage::told, this, &MainWindow::tell);
    connect(page, &AlertsPage::causeRequested, this, &MainWindow::openCause);
    connect(&m_bridge, &EngineBridge::alertsChanged, page, &AlertsPage::refresh);
    return page;
}

AlertsPage* MainWindow::alerts() const
{
    return m_alerts->page();
}

void MainWindow::createAlertsMenu()
{
    QMenu* menu = menuBar()->addMenu(tr("Alerts"));
    m_alerts->setMenu(*menu, [this, menu] {
        for (QAction* action : alerts()->allActions()) {
            if (action)
                menu->addAction(action);
            else
                menu->addSeparator();
        }
    });
}

void MainWindow::connectAlerts()
{
    m_notes = new DesktopNotes(this);
    connect(m_notes, &DesktopNotes::opened, this, [this](AlertId alert) {
        show();
        raise();
        activateWindow();
        openAlerts(alert);
    });
    connect(&m_bridge, &EngineBridge::alertsChanged, this, &MainWindow::alertsChanged);
    m_notifications = m_bridge.engine().showNotifications([notes = m_notes](const AlertMessage& message) {
        QMetaObject::invokeMethod(notes, [notes, message] { notes->show(message); }, Qt::QueuedConnection);
    });
    alertsChanged();
}

void MainWindow::alertsChanged()
{
    m_status->applyAlerts(*m_bridge.engine().alerts());
}

void MainWindow::openAlerts(AlertId selected)
{
    showPage(m_alerts);
    alerts()->showAlert(selected);
}

/// The jobs that failed are many, and shown all; the rest as Home's rows are.
void MainWindow::openCause(const Alert& alert)
{
    if (alert.kind == AlertKind::FailedJobs)
        return openArea(HomeArea::Failed);
    HealthIssue issue;
    issue.cause = causeOf(alert.kind);
    issue.where = alert.where;
    issue.what = alert.what;
    openIssue(issue);
}

} // namespace mnemo
