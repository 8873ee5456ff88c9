#include "ui/shell/mainwindow.h"

#include <QApplication>
#include <QCloseEvent>
#include <QDockWidget>
#include <QLabel>
#include <QLineEdit>
#include <QMenuBar>
#include <QMessageBox>
#include <QSettings>
#include <QStackedWidget>
#include <QStatusBar>
#include <QTableView>
#include <QToolBar>
#include <QTreeView>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/backfill/backfillform.h"
#include "ui/chart/chartview.h"
#include "ui/chart/chartworkspace.h"
#include "ui/jobs/jobspanel.h"
#include "ui/shell/actionlist.h"
#include "ui/shell/activityrail.h"
#include "ui/shell/commandcentre.h"
#include "ui/shell/firststartpage.h"
#include "ui/shell/layoutactions.h"
#include "ui/shell/themeswitch.h"
#include "ui/shell/windowstatus.h"
#include "ui/universe/universeloader.h"
#include "ui/universe/universemodel.h"
#include "ui/universe/universepanel.h"
#include "ui/widgets/errortext.h"
#include "ui/widgets/glyphicon.h"
#include "ui/widgets/statetext.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

constexpr int stateVersion = 2;    ///< of the docks; a change of them makes saved ones void
constexpr int messageTime = 8'000; ///< ms

QAction* separator(QObject* parent)
{
    auto* action = new QAction(parent);
    action->setSeparator(true);
    return action;
}

QLabel* banner(const QString& text)
{
    auto* label = new QLabel(text);
    label->setWordWrap(true);
    label->setMargin(7);
    label->setAutoFillBackground(true);
    label->setBackgroundRole(QPalette::ToolTipBase);
    label->setForegroundRole(QPalette::ToolTipText);
    return label;
}

} // namespace

MainWindow::MainWindow(EngineBridge& bridge, QSettings& settings, WindowOptions options, QWidget* parent)
    : QMainWindow(parent)
    , m_bridge(bridge)
    , m_settings(settings)
    , m_options(std::move(options))
    , m_port(bridge)
    , m_chartSource(bridge)
    , m_layouts(settings)
    , m_storage(bridge)
    , m_jobs(new JobsModel(this))
    , m_universe(new UniverseModel(this))
    , m_loader(new UniverseLoader(bridge, this))
    , m_list(std::make_shared<const StoredSeriesList>())
{
    setObjectName(u"MainWindow"_s);
    setWindowIcon(applicationIcon());
    setDockOptions(AnimatedDocks | AllowNestedDocks | AllowTabbedDocks | GroupedDragging);
    m_zone.setId(settings.value(u"zone"_s, u"UTC"_s).toString());
    createCentre();
    createUniverseDock();
    createJobsDock();
    createActions();
    createToolBar();
    createStatusBar();
    connectBridge();
    restore();
    updateTitle();
    choosePage();
}

MainWindow::~MainWindow() = default;

void MainWindow::createCentre()
{
    m_charts = new ChartWorkspace(m_chartSource, m_zone);
    m_firstStart = new FirstStartPage(m_options.isReadOnly(), m_options.isDemo);
    m_pages = new QStackedWidget;
    m_pages->addWidget(m_firstStart);
    m_pages->addWidget(m_charts);
    auto* centre = new QWidget;
    auto* layout = new QVBoxLayout(centre);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    if (m_options.isReadOnly())
        layout->addWidget(banner(m_options.readOnlyReason));
    layout->addWidget(m_pages, 1);
    setCentralWidget(centre);
    connect(m_firstStart, &FirstStartPage::backfillRequested, this, &MainWindow::openBackfillForm);
    connect(m_firstStart, &FirstStartPage::demoRequested, this, &MainWindow::demoRequested);
    connect(m_charts, &ChartWorkspace::backfillRequested, this, [this](const SeriesKey& series, TimeRange range) {
        openBackfillForm()->choose(series, range.intersected({fromMs(0), m_port.now()}));
    });
    connect(m_charts, &ChartWorkspace::activeSeriesChanged, this, &MainWindow::seriesShown);
    connect(m_charts, &ChartWorkspace::messageRaised, this,
        &MainWindow::tell);
}

QDockWidget* MainWindow::createDock(
    const QString& title, const QString& name, QWidget* widget, Qt::DockWidgetArea area)
{
    auto* dock = new QDockWidget(title, this);
    dock->setObjectName(name);
    dock->setWidget(widget);
    addDockWidget(area, dock);
    return dock;
}

void MainWindow::createUniverseDock()
{
    m_universePanel = new UniversePanel(*m_universe, m_options.isReadOnly());
    m_universeDock = createDock(tr("Universe"), u"UniverseDock"_s, m_universePanel, Qt::LeftDockWidgetArea);
    connect(m_universePanel, &UniversePanel::chosen, m_charts,
        [this](const StoredSeries& series) { m_charts->show(series.record.key); });
    connect(m_universePanel, &UniversePanel::refreshRequested, this, &MainWindow::refresh);
    connect(m_universePanel, &UniversePanel::backfillRequested, this,
        [this](const SeriesKey& key) { openBackfillForm()->choose(key); });
    connect(m_universePanel, &UniversePanel::holesRequested, this,
        [this](const SeriesKey& key, TimeRange known) { openBackfillForm()->choose(key, known); });
    connect(m_universePanel, &UniversePanel::storedOnlyChanged, this,
        [this](bool isOn) { m_settings.setValue(u"universe/storedOnly"_s, isOn); });
    connect(m_universePanel, &UniversePanel::fetchRequested, m_loader, &UniverseLoader::fetch);
    connect(m_loader, &UniverseLoader::indexChanged, m_universe,
        [this](const auto& index, const auto& stored) { m_universe->setIndex(index, *stored); });
    connect(m_loader, &UniverseLoader::numbersChanged, m_universe,
        [this](const auto& stored) { m_universe->setStored(*stored); });
    connect(m_loader, &UniverseLoader::fetching, m_universe, &UniverseModel::setFetching);
    connect(m_loader, &UniverseLoader::fetched, this, [this](const std::string& venue, int count) {
        tell(tr("%1: %n instrument(s) known now.", nullptr, count).arg(toQString(venue)));
    });
    connect(m_loader, &UniverseLoader::fetchFailed, this, [this](const std::string& venue, const Error& error) {
        tell(tr("%1: the market list could not be fetched. %2").arg(toQString(venue), errorText(error)));
    });
}

void MainWindow::createJobsDock()
{
    Engine& engine = m_bridge.engine();
    JobCommands commands;
    commands.cancel = [&engine](JobId id) { engine.cancel(id); };
    commands.pause = [&engine](JobId id) { engine.pause(id); };
    commands.resume = [&engine](JobId id) { engine.resume(id); };
    commands.retry = [this](const JobSnapshot& job) { retry(job); };
    commands.show = [this](const JobSnapshot& job) { showSeries(job.series); };
    m_jobsPanel = new JobsPanel(*m_jobs, std::move(commands), m_options.isReadOnly());
    m_jobsDock = createDock(tr("Jobs"), u"JobsDock"_s, m_jobsPanel, Qt::BottomDockWidgetArea);
}

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
    createFileMenu();
    createViewMenu();
    createChartMenu();
    createSeriesMenu();
    createJobsMenu();
    createHelpMenu();
    m_commands = new CommandCentre(*this, m_settings, [this] { return seriesForPalette(); });
}

void MainWindow::createFileMenu()
{
    QMenu* menu = menuBar()->addMenu(tr("&File"));
    m_backfill = addAction(menu, tr("&New backfill\u2026"), QKeySequence::New, [this] { openBackfillForm(); });
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
    addAction(menu, tr("Go to &filter"), QKeySequence(Qt::CTRL | Qt::Key_F),
        [this] { showDock(m_universeDock, m_universePanel->filter()); });
    menu->addSeparator();
    QMenu* docks = menu->addMenu(tr("&Panels"));
    for (const auto& [dock, key] : {std::pair {m_universeDock, Qt::Key_1}, std::pair {m_jobsDock, Qt::Key_2}}) {
        QAction* toggle = dock->toggleViewAction();
        toggle->setShortcut(QKeySequence(Qt::CTRL | Qt::SHIFT | key));
        docks->addAction(toggle);
    }
    createLayoutMenu(*menu->addMenu(tr("&Layouts")));
    m_themes = new ThemeSwitch(m_settings, *menu->addMenu(tr("&Theme")), this);
    m_zoneMenu = menu->addMenu(tr("Time &zone"));
    connect(&m_zone, &DisplayZone::changed, this, [this] { m_settings.setValue(u"zone"_s, m_zone.id()); });
}

QAction* MainWindow::addScreen(
    QMenu& menu, Glyph glyph, const QString& text, const QString& about, const std::function<void()>& run)
{
    const auto number = Qt::Key(int(Qt::Key_1) + int(menu.actions().size()));
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
    addScreen(menu, Glyph::Charts, tr("&Charts"), tr("Candles of what is stored"), [this] {
        choosePage();
        if (QWidget* active = chart())
            active->setFocus();
    });
    addScreen(menu, Glyph::Universe, tr("&Universe"), tr("All instruments and what is stored of them"),
        [this] { showDock(m_universeDock, m_universePanel->view()); });
    QAction* backfill = addScreen(menu, Glyph::Backfill, tr("&Backfill"), tr("Fetch the history of symbols"),
        [this] { openBackfillForm(); });
    backfill->setEnabled(!m_options.isReadOnly());
    setReason(*backfill, tr("This window only reads"));
    addScreen(menu, Glyph::Jobs, tr("&Jobs"), tr("What is being fetched, and how it ended"),
        [this] { showDock(m_jobsDock, m_jobsPanel->table()); });
}

void MainWindow::showDock(QDockWidget* dock, QWidget* focus)
{
    dock->show();
    dock->raise();
    focus->setFocus(Qt::ShortcutFocusReason);
}

void MainWindow::createLayoutMenu(QMenu& menu)
{
    LayoutActions::Window window;
    window.state = [this] { return saveState(stateVersion); };
    window.apply = [this](const QByteArray& state) { return applyLayout(state); };
    window.reset = [this] { applyLayout(m_defaultLayout); };
    m_layoutActions = new LayoutActions(m_layouts, std::move(window), menu, this);
    connect(m_layoutActions, &LayoutActions::told, this, &MainWindow::tell);
}

bool MainWindow::applyLayout(const QByteArray& state)
{
    return restoreState(state, stateVersion);
}

void MainWindow::refresh()
{
    m_bridge.refresh();
    m_loader->reload();
}

void MainWindow::tell(const QString& sentence)
{
    statusBar()->showMessage(sentence, messageTime);
}

void MainWindow::createChartMenu()
{
    QMenu* menu = menuBar()->addMenu(tr("&Chart"));
    m_charts->fillMenu(*menu);
    m_toolActions.insert(m_toolActions.end(), m_charts->toolActions().begin(), m_charts->toolActions().end());
}

void MainWindow::createSeriesMenu()
{
    QMenu* menu = menuBar()->addMenu(tr("&Series"));
    for (QAction* action : m_universePanel->actions())
        menu->addAction(action ? action : separator(menu));
}

void MainWindow::createJobsMenu()
{
    QMenu* menu = menuBar()->addMenu(tr("&Jobs"));
    menu->addActions(m_jobsPanel->actions());
    for (QAction* action : m_jobsPanel->actions())
        setReason(*action, tr("Select a job that it applies to first"));
    menu->addSeparator();
    QAction* cancelAll = addAction(menu, tr("Cancel &all"), {}, [this] { m_bridge.engine().cancelAll(); });
    cancelAll->setEnabled(false);
    setReason(*cancelAll, tr("No job is running"));
    connect(m_jobs, &JobsModel::runningCountChanged, cancelAll,
        [cancelAll](int running) { cancelAll->setEnabled(running > 0); });
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
}

void MainWindow::createStatusBar()
{
    m_status = new WindowStatus(m_zone, *m_zoneMenu, m_options.readOnlyReason);
    statusBar()->addPermanentWidget(m_status);
    connect(m_status, &WindowStatus::jobsRequested, this, [this] { showDock(m_jobsDock, m_jobsPanel->table()); });
    connect(m_jobs, &JobsModel::runningCountChanged, m_status, &WindowStatus::countJobs);
    connect(&m_storage, &StorageWatch::changed, m_status, &WindowStatus::applyStorage);
}

void MainWindow::connectBridge()
{
    connect(&m_bridge, &EngineBridge::jobsChanged, m_jobs, [this](const std::vector<JobSnapshot>& jobs) {
        m_jobs->apply(jobs, std::chrono::steady_clock::now());
        m_universe->applyJobs(jobs);
        choosePage();
    });
    connect(&m_bridge, &EngineBridge::laneChanged, m_status, &WindowStatus::applyLane);
    connect(&m_bridge, &EngineBridge::seriesChanged, this, &MainWindow::seriesArrived);
    connect(&m_bridge, &EngineBridge::rowsChanged, m_charts, &ChartWorkspace::rowsChanged);
    connect(&m_bridge, &EngineBridge::failed, this,
        [this](const Error& error) { statusBar()->showMessage(errorTextWithDetail(error)); });
    connect(
        &m_bridge, &EngineBridge::settingsChanged, this, [this](const std::vector<Problem>& problems, bool accepted) {
            if (!accepted && !problems.empty())
                statusBar()->showMessage(tr("Settings not taken: %1").arg(toQString(problems.front().text())));
            else
                statusBar()->showMessage(tr("Settings taken over."), messageTime);
        });
    m_bridge.begin();
    m_storage.read();
}

void MainWindow::restore()
{
    resize(1280, 800);
    resizeDocks({m_universeDock}, {480}, Qt::Horizontal);
    resizeDocks({m_jobsDock}, {210}, Qt::Vertical);
    m_defaultLayout = saveState(stateVersion);
    restoreGeometry(m_settings.value(u"geometry"_s).toByteArray());
    if (const auto docks = NamedLayouts::opened(m_settings.value(u"docks"_s).toByteArray()))
        applyLayout(*docks);
    m_themes->followDesktop();
    if (m_settings.contains(u"universe/storedOnly"_s))
        m_universePanel->setStoredOnly(m_settings.value(u"universe/storedOnly"_s).toBool());
    m_charts->restore(m_settings);
}

void MainWindow::closeEvent(QCloseEvent* event)
{
    m_settings.setValue(u"geometry"_s, saveGeometry());
    m_settings.setValue(u"docks"_s, NamedLayouts::sealed(saveState(stateVersion)));
    m_charts->save(m_settings);
    QMainWindow::closeEvent(event);
}

BackfillForm* MainWindow::openBackfillForm()
{
    if (!m_form) {
        m_form = new BackfillForm(m_port, this);
        m_form->setAttribute(Qt::WA_DeleteOnClose);
        connect(m_form, &QObject::destroyed, this, [this] { m_form = nullptr; });
        connect(m_form, &BackfillForm::started, this, [this](JobId, const SeriesKey& series) {
            m_jobsDock->show();
            showSeries(series);
        });
        if (const auto shown = m_charts->activeSeries())
            m_form->choose(*shown);
    }
    m_form->show();
    m_form->raise();
    m_form->activateWindow();
    return m_form;
}

ChartView* MainWindow::chart() const
{
    return m_charts->activeChart();
}

void MainWindow::showSeries(const SeriesKey& key)
{
    m_charts->show(key);
}

void MainWindow::seriesArrived(const std::shared_ptr<const StoredSeriesList>& list)
{
    m_list = list;
    m_loader->seriesChanged(list);
    if (!list->empty() && !m_settings.contains(u"universe/storedOnly"_s))
        m_universePanel->setStoredOnly(true); // what is there comes first; one click shows all that could be
    m_charts->setSeriesList(list);
    choosePage();
}

void MainWindow::seriesShown()
{
    if (const auto shown = m_charts->activeSeries())
        m_universePanel->select(*shown);
    updateTitle();
}

void MainWindow::retry(const JobSnapshot& job)
{
    BackfillRequest request;
    request.exchange = job.series.exchange;
    request.symbol = job.series.symbol;
    request.timeframe = job.series.timeframe;
    request.market = job.series.market;
    request.kind = job.series.kind;
    request.source = job.series.source == job.series.exchange ? std::string() : job.series.source;
    request.range = job.range;
    m_port.start(request, this, [this](const Result<JobId>& started) {
        if (!started)
            statusBar()->showMessage(errorTextWithDetail(started.error()), messageTime);
    });
}

void MainWindow::choosePage()
{
    const bool isEmpty = m_list->empty() && m_jobs->rowCount() == 0;
    m_pages->setCurrentWidget(isEmpty ? static_cast<QWidget*>(m_firstStart) : m_charts);
}

std::vector<PaletteItem> MainWindow::seriesForPalette() const
{
    std::vector<PaletteItem> items;
    for (const StoredSeries& series : *m_list) {
        const SeriesKey& key = series.record.key;
        items.push_back({u"series/"_s + toQString(key.text()), titleOf(key), tr("Series, opens its chart"), {}, {},
            [charts = m_charts, key] { charts->show(key); }});
    }
    return items;
}

void MainWindow::showAbout()
{
    QMessageBox::about(this, tr("About mnemo-quant"),
        tr("<h3>mnemo-quant %1</h3><p>Collect, watch and trust crypto market data.</p><p>Sources: MIT licence. This "
           "program links Qt Charts and is "
           "distributed under the GNU General Public License, version 3 or later.</p>")
            .arg(QApplication::applicationVersion()));
}

void MainWindow::updateTitle()
{
    QStringList parts;
    if (const auto shown = m_charts->activeSeries())
        parts << titleOf(*shown);
    parts << (m_options.isDemo ? tr("mnemo-quant demo") : tr("mnemo-quant"));
    if (m_options.isReadOnly())
        parts << tr("read only");
    setWindowTitle(parts.join(u" \u2013 "_s));
}

} // namespace mnemo
