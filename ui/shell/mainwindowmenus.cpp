// The menus, the rail and the tool bar of the main window.
#include "ui/shell/mainwindow.h"

#include <QApplication>
#include <QDockWidget>
#include <QLineEdit>
#include <QMenuBar>
#include <QMessageBox>
#include <QSettings>
#include <QTableView>
#include <QToolBar>
#include <QTreeView>
#include <QTreeWidget>

#include "ui/chart/chartview.h"
#include "ui/chart/chartworkspace.h"
#include "ui/coverage/coveragescreen.h"
#include "ui/home/homepage.h"
#include "ui/jobs/jobspanel.h"
#include "ui/log/logpanel.h"
#include "ui/log/problemspanel.h"
#include "ui/settings/doctorpage.h"
#include "ui/shell/actionlist.h"
#include "ui/shell/activityrail.h"
#include "ui/shell/commandcentre.h"
#include "ui/shell/infoscreens.h"
#include "ui/shell/layoutactions.h"
#include "ui/shell/scopebar.h"
#include "ui/shell/themeswitch.h"
#include "ui/sources/limitspage.h"
#include "ui/universe/universepanel.h"
#include "ui/validation/validationpage.h"
#include "ui/widgets/glyphicon.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

QAction* separator(QObject* parent)
{
    auto* action = new QAction(parent);
    action->setSeparator(true);
    return action;
}

/// @p actions in their order; null separates
void addAll(QMenu& menu, const auto& actions)
{
    for (QAction* action : actions)
        menu.addAction(action ? action : separator(&menu));
}

} // namespace

QAction* MainWindow::addAction(
    QMenu* menu, const QString& text, const QKeySequence& key, const std::function<void()>& run)
{
    auto* action = new QAction(text, this);
    action->setShortcut(key);
    connect(action, &QAction::triggered, this, run);
    menu->addAction(action);
    return action;
}

void MainWindow::createActions()
{
    createScopeBar();
    createFileMenu();
    createViewMenu();
    createHomeMenu();
    createAlertsMenu();
    createPipelinesMenu();
    createChartMenu();
    createCoverageMenu();
    createSeriesMenu();
    createJobsMenu();
    createValidationMenu();
    createHelpMenu();
    m_commands = new CommandCentre(*this, m_settings, [this] { return seriesForPalette(); });
}

void MainWindow::createFileMenu()
{
    QMenu* menu = menuBar()->addMenu(tr("&File"));
    m_backfill = addAction(menu, tr("&New backfill\u2026"), QKeySequence::New, [this] { openBackfillWizard(); });
    m_backfill->setIcon(glyphIcon(Glyph::Add));
    m_backfill->setEnabled(!m_options.isReadOnly());
    setReason(*m_backfill, tr("This window only reads"));
    m_refresh = addAction(menu, tr("&Refresh"), Qt::Key_F5, [this] { refresh(); });
    m_refresh->setIcon(glyphIcon(Glyph::Refresh));
    m_refresh->setToolTip(tr("Read the list of stored series again"));
    menu->addSeparator();
    addAction(menu, tr("&Quit"), QKeySequence(Qt::CTRL | Qt::Key_Q), [this] { close(); });
    m_toolActions = {m_backfill, m_refresh, nullptr};
}

void MainWindow::createViewMenu()
{
    QMenu* menu = menuBar()->addMenu(tr("&View"));
    addAction(menu, tr("&Command palette\u2026"), {}, [this] { m_commands->openPalette(); })
        ->setShortcuts({QKeySequence(Qt::CTRL | Qt::Key_K), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_P)});
    createScreens(*menu->addMenu(tr("&Screens")));
    menu->addSeparator();
    QMenu* docks = menu->addMenu(tr("&Panels"));
    int key = Qt::Key_1;
    for (const QDockWidget* dock : {m_universeDock, m_jobsDock, m_logDock, m_problemsDock}) {
        QAction* toggle = dock->toggleViewAction();
        toggle->setShortcut(QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key(key++)));
        docks->addAction(toggle);
    }
    QMenu* log = menu->addMenu(tr("L&og and problems"));
    QAction* between = log->addSeparator();
    m_info->log()->setMenu(*log, [this, log, between] { log->insertActions(between, m_info->log()->page()->actions()); });
    m_info->problems()->setMenu(*log, [this, log] { log->addActions(m_info->problems()->page()->actions()); });
    QMenu* scope = menu->addMenu(tr("Sco&pe"));
    scope->addAction(m_scopeBar->toggleViewAction());
    for (QAction* action : m_scopeBar->allActions())
        scope->addAction(action ? action : separator(scope));
    createLayoutMenu(*menu->addMenu(tr("&Layouts")));
    m_themes = new ThemeSwitch(m_settings, *menu->addMenu(tr("&Theme")), this);
    m_zoneMenu = menu->addMenu(tr("Time &zone"));
    connect(&m_zone, &DisplayZone::changed, this, [this] { m_settings.setValue(u"zone"_s, m_zone.id()); });
}

void MainWindow::createScopeBar()
{
    m_scopeBar = new ScopeBar(m_scope, this);
    connect(m_scopeBar, &ScopeBar::told, this, &MainWindow::tell);
    connect(m_scopeBar, &ScopeBar::fromChartRequested, this, [this] {
        const auto shown = m_charts->activeSeries();
        if (!shown)
            return tell(tr("The chart shows no series yet."));
        Scope scope = m_scope.scope(); // its time stays
        scope.exchange = shown->exchange;
        scope.market = shown->market;
        scope.symbols = {toQString(shown->symbol)};
        scope.timeframe = shown->timeframe;
        m_scope.set(scope);
    });
}

QAction* MainWindow::addScreen(QMenu& menu, Qt::Key number, Glyph glyph, const QString& text, const QString& about,
    const std::function<void()>& run)
{
    QAction* action = addAction(&menu, text, QKeySequence(Qt::CTRL | number), run);
    action->setIcon(glyphIcon(glyph));
    action->setStatusTip(about);
    m_rail->addScreen(action);
    return action;
}

void MainWindow::createScreens(QMenu& menu)
{
    m_rail = new ActivityRail(this);
    addToolBar(Qt::LeftToolBarArea, m_rail);
    QAction* home = addScreen(menu, Qt::Key_1, Glyph::Home, tr("&Home"), tr("How things are, and what needs attention"),
        [this] { showPage(m_home); });
    QAction* charts = addScreen(menu, Qt::Key_2, Glyph::Charts, tr("&Charts"), tr("Candles of what is stored"), [this] {
        showPage(nullptr);
        if (QWidget* active = chart())
            active->setFocus();
    });
    QAction* coverage = addScreen(menu, Qt::Key_3, Glyph::Coverage, tr("Coverag&e"),
        tr("What is there, what is missing and why, of all series over time"), [this] { showPage(m_coverage); });
    QAction* backfill = addScreen(menu, Qt::Key_4, Glyph::Backfill, tr("&Backfill"),
        tr("Fetch the history of symbols"), [this] { openBackfillWizard(); });
    backfill->setEnabled(!m_options.isReadOnly());
    setReason(*backfill, tr("This window only reads"));
    addScreen(menu, Qt::Key_5, Glyph::Jobs, tr("&Jobs"), tr("What is being fetched, and how it ended"),
        [this] { showDock(m_jobsDock, m_jobsPanel->table()); });
    QAction* limits = addScreen(menu, Qt::Key_6, Glyph::Limits, tr("Sources and &limits"),
        tr("Exchanges, their limits and how they answer"), [this] { showPage(m_info->limits()); });
    limits->setIconText(tr("Limits", "short, below a picture"));
    QAction* validation = addScreen(menu, Qt::Key_7, Glyph::Validation, tr("&Validation"),
        tr("Check what is stored, and decide about what breaks a rule"), [this] { showPage(m_validation); });
    addScreen(menu, Qt::Key_8, Glyph::Lines, tr("L&og"), tr("What the program did"),
        [this] { showDock(m_logDock, m_info->log()->page()->table()); });
    addScreen(menu, Qt::Key_9, Glyph::Problem, tr("&Problems"), tr("Settings that are not understood"),
        [this] { showDock(m_problemsDock, m_info->problems()->page()->list()); });
    QAction* doctor = addScreen(menu, Qt::Key_0, Glyph::Settings, tr("&Doctor"),
        tr("Where things live, and an examination of everything"), [this] { showPage(m_info->doctor()); });
    addScreen(menu, Qt::Key_F, Glyph::Universe, tr("&Universe"), tr("All instruments and what is stored of them"),
        [this] { showDock(m_universeDock, m_universePanel->filter()); });
    QAction* alerts = addScreen(menu, Qt::Key_T, Glyph::Alerts, tr("&Alerts"),
        tr("What needs somebody, who was told, and by which channel"), [this] { showPage(m_alerts); });
    QAction* pipelines = addScreen(menu, Qt::Key_P, Glyph::Pipelines, tr("P&ipelines"),
        tr("What is done by itself, when, and how it went"), [this] { showPage(m_pipelines); });
    QAction* wall = addScreen(menu, Qt::Key_D, Glyph::Wall, tr("Live &wall"),
        tr("Last price, change and freshness of every instrument, as it happens"), [this] { showPage(m_wall); });
    m_pageActions = {{home, m_home}, {charts, nullptr}, {coverage, m_coverage}, {limits, m_info->limits()},
        {validation, m_validation}, {doctor, m_info->doctor()}, {alerts, m_alerts},
        {pipelines, m_pipelines}, {wall, m_wall}};
    for (const auto& [action, page] : m_pageActions)
        action->setCheckable(true);
}

void MainWindow::createLayoutMenu(QMenu& menu)
{
    LayoutActions::Window window;
    window.state = [this] { return saveLayout(); };
    window.apply = [this](const QByteArray& state) { return applyLayout(state); };
    window.reset = [this] {
        restoreDocks(m_defaultDocks);
        m_scope.applyState({});
    };
    m_layoutActions = new LayoutActions(m_layouts, std::move(window), menu, this);
    connect(m_layoutActions, &LayoutActions::told, this, &MainWindow::tell);
}

void MainWindow::createChartMenu()
{
    QMenu* menu = menuBar()->addMenu(tr("&Chart"));
    m_charts->fillMenu(*menu);
    m_toolActions.insert(m_toolActions.end(), m_charts->toolActions().begin(), m_charts->toolActions().end());
}

void MainWindow::createHomeMenu()
{
    QMenu* menu = menuBar()->addMenu(tr("Home"));
    m_home->setMenu(*menu, [this, menu] { addAll(*menu, home()->allActions()); });
}

void MainWindow::createCoverageMenu()
{
    QMenu* menu = menuBar()->addMenu(tr("Coverage"));
    m_coverage->setMenu(*menu, [this, menu] { addAll(*menu, coverage()->allActions()); });
}

void MainWindow::createSeriesMenu()
{
    QMenu* menu = menuBar()->addMenu(tr("S&eries"));
    addAll(*menu, m_universePanel->actions());
}

void MainWindow::createJobsMenu()
{
    QMenu* menu = menuBar()->addMenu(tr("&Jobs"));
    for (QAction* action : m_jobsPanel->actions()) {
        menu->addAction(action ? action : separator(menu));
        if (action)
            setReason(*action, tr("Select a job that it applies to first"));
    }
    menu->addSeparator();
    menu->addAction(m_jobSafety->askAction());
    QAction* cancelAll = addAction(menu, tr("Cancel &all"), {}, [this] {
        m_jobsPort.command(m_jobs->idsIn({JobState::Running, JobState::Queued, JobState::Paused}), JobCommand::Cancel);
    });
    cancelAll->setEnabled(false);
    setReason(*cancelAll, tr("No job is running"));
    connect(m_jobs, &JobsModel::runningCountChanged, cancelAll,
        [cancelAll](int running) { cancelAll->setEnabled(running > 0); });
}

void MainWindow::createValidationMenu()
{
    QMenu* menu = menuBar()->addMenu(tr("Validation"));
    m_validation->setMenu(*menu, [this, menu] { addAll(*menu, validation()->actions()); });
}

void MainWindow::createHelpMenu()
{
    QMenu* menu = menuBar()->addMenu(tr("&Help"));
    QAction* sheet = addAction(menu, tr("&Keyboard shortcuts"), {}, [this] { m_commands->openSheet(); });
    sheet->setShortcuts({QKeySequence(Qt::Key_F1), QKeySequence(Qt::Key_Question)});
    sheet->setIcon(glyphIcon(Glyph::Keyboard));
    addAction(menu, tr("&About mnemo-quant"), {}, [this] { showAbout(); });
}

void MainWindow::createToolBar()
{
    auto* bar = addToolBar(tr("Main"));
    bar->setObjectName(u"MainToolBar"_s);
    bar->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    bar->setMovable(false);
    for (QAction* action : m_toolActions)
        bar->addAction(action ? action : separator(bar));
    bar->addAction(separator(bar));
    bar->addAction(m_scopeBar->toggleViewAction());
    addToolBarBreak();
    addToolBar(m_scopeBar);
}

void MainWindow::showAbout()
{
    QMessageBox::about(this, tr("About mnemo-quant"),
        tr("<h3>mnemo-quant %1</h3><p>Collect, watch and trust crypto market data.</p><p>Sources: MIT licence. This "
           "program links Qt Charts and is "
           "distributed under the GNU General Public License, version 3 or later.</p>")
            .arg(QApplication::applicationVersion()));
}

} // namespace mnemo
