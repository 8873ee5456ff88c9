// How the main window puts Home to use: what its rows and chips open, and which screen the window begins with.
#include "ui/shell/mainwindow.h"

#include <QDockWidget>
#include <QTableView>
#include <QTreeView>
#include <QTreeWidget>
#include <array>
#include <utility>

#include "ui/coverage/coveragescreen.h"
#include "ui/home/homepage.h"
#include "ui/jobs/jobfilterbar.h"
#include "ui/jobs/jobspanel.h"
#include "ui/log/problemspanel.h"
#include "ui/settings/doctorpage.h"
#include "ui/shell/infoscreens.h"
#include "ui/sources/limitspage.h"
#include "ui/universe/universepanel.h"
#include "ui/validation/validationpage.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

HomePage* MainWindow::makeHome()
{
    auto* page = new HomePage(m_homePort, m_zone);
    connect(page, &HomePage::told, this, &MainWindow::tell);
    connect(page, &HomePage::openRequested, this, &MainWindow::openIssue);
    connect(page, &HomePage::areaRequested, this, &MainWindow::openArea);
    connect(page, &HomePage::backfillRequested, this, &MainWindow::openBackfillWizard);
    connect(&m_bridge, &EngineBridge::jobsChanged, page, &HomePage::applyJobs);
    connect(&m_bridge, &EngineBridge::rowsChanged, page, &HomePage::storeChanged);
    connect(&m_bridge, &EngineBridge::seriesChanged, page, &HomePage::storeChanged);
    connect(&m_bridge, &EngineBridge::laneChanged, page, &HomePage::applyLane);
    connect(&m_bridge, &EngineBridge::settingsChanged, page, &HomePage::storeChanged);
    return page;
}

HomePage* MainWindow::home() const
{
    return m_home->page();
}

void MainWindow::openIssue(const HealthIssue& issue)
{
    switch (issue.cause) {
    case HealthCause::Stale:
    case HealthCause::Retention:
    case HealthCause::Gaps:
        showPage(m_coverage);
        if (issue.parts.size() == 1)
            coverage()->showSeries(issue.parts.front().series, issue.range.from);
        else
            coverage()->showMatching(toQString(issue.where));
        return;
    case HealthCause::Outage:
        showPage(m_coverage);
        coverage()->showMatching(toQString(issue.where + ' ' + issue.what));
        return;
    case HealthCause::Findings:
        showPage(m_validation);
        validation()->showRule(toQString(issue.what), toQString(issue.where));
        return;
    case HealthCause::FailedJobs:
        showDock(m_jobsDock, m_jobsPanel->table());
        m_jobsPanel->selectJob(issue.jobs.front());
        return;
    case HealthCause::Lane: showPage(m_info->limits()); return;
    case HealthCause::Store:
    case HealthCause::Disk: showPage(m_info->doctor()); return;
    case HealthCause::Settings: showDock(m_problemsDock, m_info->problems()->page()->list()); return;
    }
}

void MainWindow::openArea(HomeArea area)
{
    switch (area) {
    case HomeArea::Fresh: showDock(m_universeDock, m_universePanel->view()); return;
    case HomeArea::Gaps:
    case HomeArea::AtRisk: showPage(m_coverage); return;
    case HomeArea::Failed:
    case HomeArea::GapsLeft:
        for (const JobState state : {JobState::Failed, JobState::FinishedWithGaps}) {
            const bool isAsked = (state == JobState::Failed) == (area == HomeArea::Failed);
            m_jobsPanel->filterBar()->stateAction(state)->setChecked(isAsked && m_jobs->count(state) > 0);
        }
        [[fallthrough]];
    case HomeArea::Running: showDock(m_jobsDock, m_jobsPanel->table()); return;
    }
}

// --- the screen that the window begins with ---

namespace {

/// As the settings keep them.
constexpr std::array screenNames {"home", "charts", "coverage", "limits", "validation", "doctor", "alerts", "pipelines", "wall"};

} // namespace

QString MainWindow::screen() const
{
    for (std::size_t i = 0; i < screenNames.size(); ++i) {
        if (m_pageActions[i].second == m_page)
            return QString::fromLatin1(screenNames[i]);
    }
    return {};
}

void MainWindow::showScreen(const QString& name)
{
    std::size_t at = 0;
    while (at < screenNames.size() && name != QLatin1StringView(screenNames[at]))
        ++at;
    showPage(m_pageActions[at < screenNames.size() ? at : 0].second);
}

} // namespace mnemo
