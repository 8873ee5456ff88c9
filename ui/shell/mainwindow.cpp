#include "ui/shell/mainwindow.h"

#include <QApplication>
#include <QCloseEvent>
#include <QDockWidget>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLabel>
#include <QLineEdit>
#include <QMenuBar>
#include <QMessageBox>
#include <QSettings>
#include <QStackedWidget>
#include <QStatusBar>
#include <QTableView>
#include <QTimer>
#include <QToolBar>
#include <QTreeView>
#include <QTreeWidget>
#include <QVBoxLayout>
#include <algorithm>

#include "core/base/log.h"
#include "ui/alerts/alertspage.h"
#include "ui/backfill/backfillwizard.h"
#include "ui/chart/chartactions.h"
#include "ui/chart/chartpane.h"
#include "ui/chart/chartview.h"
#include "ui/chart/chartworkspace.h"
#include "ui/coverage/coveragescreen.h"
#include "ui/home/homepage.h"
#include "ui/jobs/jobfilterbar.h"
#include "ui/jobs/jobspanel.h"
#include "ui/log/logpanel.h"
#include "ui/log/problemspanel.h"
#include "ui/pipelines/pipelinespage.h"
#include "ui/settings/doctorpage.h"
#include "ui/sources/limitspage.h"
#include "ui/shell/actionlist.h"
#include "ui/shell/activityrail.h"
#include "ui/shell/commandcentre.h"
#include "ui/shell/firststartpage.h"
#include "ui/shell/infoscreens.h"
#include "ui/shell/layoutactions.h"
#include "ui/shell/scopebar.h"
#include "ui/shell/themeswitch.h"
#include "ui/shell/windowstatus.h"
#include "ui/universe/universeloader.h"
#include "ui/universe/universemodel.h"
#include "ui/universe/universepanel.h"
#include "ui/validation/validationpage.h"
#include "ui/wall/wallpage.h"
#include "ui/widgets/errortext.h"
#include "ui/widgets/glyphicon.h"
#include "ui/widgets/showwindow.h"
#include "ui/widgets/statetext.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

constexpr int stateVersion = 3;    ///< of the docks; a change of them makes saved ones void
constexpr int messageTime = 8'000; ///< ms

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
    , m_jobsPort(bridge, [this](const JobSnapshot& job) { showSeries(job.series); })
    , m_chartSource(bridge)
    , m_validationPort(bridge, m_options.settingsFolder)
    , m_coverageSource(bridge, m_options.settingsFolder)
    , m_homePort(bridge)
    , m_alertsPort(bridge)
    , m_pipelinesPort(bridge, m_options.pipelines, m_options.settingsFolder + u"/dags"_s)
    , m_wallPort(bridge)
    , m_layouts(settings)
    , m_storage(bridge)
    , m_jobSafety(new JobSafety(bridge, settings, *this))
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
    createInfoDocks();
    createActions();
    createToolBar();
    createStatusBar();
    connectBridge();
    restore();
    updateTitle();
    showScreen(settings.value(u"screen"_s).toString());
    m_jobSafety->offerLeftOver();
}

MainWindow::~MainWindow() = default;

void MainWindow::createCentre()
{
    m_charts = new ChartWorkspace(m_chartSource, m_zone);
    m_charts->followScope(m_scope);
    m_firstStart = new LazyPageOf<FirstStartPage>([this] { return makeFirstStart(); });
    m_pages = new QStackedWidget;
    m_pages->addWidget(m_firstStart);
    m_pages->addWidget(m_charts);
    m_home = new LazyPageOf<HomePage>([this] { return makeHome(); });
    m_pages->addWidget(m_home);
    m_alerts = new LazyPageOf<AlertsPage>([this] { return makeAlerts(); });
    m_pages->addWidget(m_alerts);
    m_pipelines = new LazyPageOf<PipelinesPage>([this] { return makePipelines(); });
    m_pages->addWidget(m_pipelines);
    m_coverage = new LazyPageOf<CoverageScreen>([this] { return makeCoverage(); });
    m_pages->addWidget(m_coverage);
    m_validation = new LazyPageOf<ValidationPage>([this] { return makeValidation(); });
    m_pages->addWidget(m_validation);
    m_wall = new LazyPageOf<WallPage>([this] { return makeWall(); });
    m_pages->addWidget(m_wall);
    auto* centre = new QWidget;
    auto* layout = new QVBoxLayout(centre);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    if (m_options.isReadOnly())
        layout->addWidget(banner(m_options.readOnlyReason));
    layout->addWidget(m_jobSafety->banner());
    layout->addWidget(m_pages, 1);
    setCentralWidget(centre);
    connect(m_jobSafety, &JobSafety::told, this, &MainWindow::tell);
    connect(m_charts, &ChartWorkspace::backfillRequested, this, [this](const SeriesKey& series, TimeRange range) {
        openBackfillWizard()->choose(series, range.intersected({fromMs(0), m_port.now()}));
    });
    connect(m_charts, &ChartWorkspace::activeSeriesChanged, this, &MainWindow::seriesShown);
    connect(&m_charts->actions(), &ChartActions::used, this, [this] {
        if (m_page)
            showPage(nullptr); // what it does could not be seen behind another screen
    });
    connectFindings();
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
    m_universePanel->followScope(m_scope);
    m_universeDock = createDock(tr("Universe"), u"UniverseDock"_s, m_universePanel, Qt::LeftDockWidgetArea);
    connect(m_universePanel, &UniversePanel::chosen, m_charts,
        [this](const StoredSeries& series) { showSeries(series.record.key); });
    connect(m_charts, &ChartWorkspace::othersRequested, this, [this](const SeriesKey& series) {
        m_universePanel->showSymbol(toQString(series.symbol));
        showDock(m_universeDock, m_universePanel->view());
    });
    connect(m_universePanel, &UniversePanel::refreshRequested, this, &MainWindow::refresh);
    connect(m_universePanel, &UniversePanel::backfillRequested, this,
        [this](const SeriesKey& key) { openBackfillWizard()->choose(key); });
    connect(m_universePanel, &UniversePanel::holesRequested, this,
        [this](const SeriesKey& key) { openBackfillWizard()->chooseHoles(key); });
    connect(m_universePanel, &UniversePanel::storedOnlyChanged, this,
        [this](bool isOn) { m_settings.setValue(u"universe/storedOnly"_s, isOn); });
    connect(m_universePanel, &UniversePanel::fetchRequested, m_loader, &UniverseLoader::fetch);
    connect(m_loader, &UniverseLoader::indexChanged, m_universe,
        [this](const auto& index, const auto& stored) { m_universe->setIndex(index, *stored); });
    connect(m_loader, &UniverseLoader::numbersChanged, m_universe,
        [this](const auto& stored) { m_universe->setStored(*stored); });
    connect(m_loader, &UniverseLoader::fetching, m_universe, &UniverseModel::setFetching);
    connect(m_loader, &UniverseLoader::fetched, this, [this](const std::string& venue, int count) {
        tell(tr("%1: %2 instruments known now.").arg(toQString(venue), countText(std::int64_t {count})));
    });
    connect(m_loader, &UniverseLoader::fetchFailed, this, [this](const std::string& venue, const Error& error) {
        tell(tr("%1: the market list could not be fetched. %2").arg(toQString(venue), errorReason(error)));
    });
}

void MainWindow::createJobsDock()
{
    m_jobsPanel = new JobsPanel(*m_jobs, m_jobsPort, m_options.isReadOnly());
    m_jobsPanel->filterBar()->followScope(m_scope);
    connect(m_jobsPanel, &JobsPanel::logRequested, this, &MainWindow::showLogOf);
    m_jobsDock = createDock(tr("Jobs"), u"JobsDock"_s, m_jobsPanel, Qt::BottomDockWidgetArea);
}

// --- screens that are made when they are first wanted; they read the store when they come into view ---

FirstStartPage* MainWindow::makeFirstStart()
{
    auto* page = new FirstStartPage(m_options.isReadOnly(), m_options.isDemo);
    connect(page, &FirstStartPage::backfillRequested, this, &MainWindow::openBackfillWizard);
    connect(page, &FirstStartPage::demoRequested, this, &MainWindow::demoRequested);
    return page;
}

CoverageScreen* MainWindow::makeCoverage()
{
    auto* screen = new CoverageScreen(m_coverageSource);
    screen->followScope(m_scope);
    connect(screen, &CoverageScreen::told, this, &MainWindow::tell);
    connect(screen, &CoverageScreen::backfillRequested, this, &MainWindow::openBackfillWizard);
    connect(screen, &CoverageScreen::chartRequested, this, [this](const SeriesKey& series, TimeRange range) {
        showSeries(series);
        chart()->showRange(range);
    });
    connect(screen, &CoverageScreen::comparisonRequested, this,
        [this](const SeriesKey& first, const SeriesKey& second, TimeRange range) {
            showSeries(first);
            m_charts->activePane()->compare(second);
            chart()->showRange(range);
        });
    connect(&m_bridge, &EngineBridge::jobsChanged, screen, &CoverageScreen::applyJobs);
    connect(&m_bridge, &EngineBridge::rowsChanged, screen, &CoverageScreen::storeChanged);
    connect(&m_bridge, &EngineBridge::seriesChanged, screen, &CoverageScreen::storeChanged);
    connect(&m_bridge, &EngineBridge::settingsChanged, screen, &CoverageScreen::storeChanged);
    return screen;
}

// What is wished for on a chart is done, and undone, on the screen of validation.
void MainWindow::connectFindings()
{
    connect(m_charts, &ChartWorkspace::findingDecided, this,
        [this](const FindingDecision& decision) { m_validation->page()->decideAbout(decision); });
    connect(m_charts, &ChartWorkspace::fetchAgainRequested, this,
        [this](FindingId finding) { m_validation->page()->fetchAgain({finding}); });
    connect(m_charts, &ChartWorkspace::findingOpenRequested, this, [this](const SeriesKey& series, const Finding& finding) {
        showPage(m_validation);
        m_validation->page()->showFinding(series, finding);
    });
}

ValidationPage* MainWindow::makeValidation()
{
    auto* page = new ValidationPage(m_validationPort, m_zone, m_settings);
    page->followScope(m_scope);
    page->setSeriesList(m_list);
    connect(page, &ValidationPage::told, this, &MainWindow::tell);
    connect(page, &ValidationPage::chartRequested, this, [this](const SeriesKey& series, TimeRange range) {
        showSeries(series);
        chart()->showRange(range);
    });
    connect(&m_bridge, &EngineBridge::seriesChanged, page, &ValidationPage::setSeriesList);
    connect(&m_bridge, &EngineBridge::rowsChanged, page, &ValidationPage::storeChanged);
    connect(&m_bridge, &EngineBridge::settingsChanged, page, &ValidationPage::settingsChanged);
    return page;
}

WallPage* MainWindow::makeWall()
{
    auto* page = new WallPage(m_wallPort);
    if (m_isListRead)
        page->setSeriesList(m_list);
    page->feedsChanged(m_bridge.engine().live());
    page->followScope(m_scope);
    connect(page, &WallPage::chartRequested, this, &MainWindow::showSeries);
    connect(page, &WallPage::backfillRequested, this,
        [this](const SeriesKey& series) { openBackfillWizard()->choose(series); });
    connect(page, &WallPage::coverageRequested, this, [this](const SeriesKey& series) {
        showPage(m_coverage);
        coverage()->showMatching(toQString(series.symbol));
    });
    connect(&m_bridge, &EngineBridge::seriesChanged, page, &WallPage::setSeriesList);
    connect(&m_bridge, &EngineBridge::rowsChanged, page, &WallPage::rowsChanged);
    connect(&m_bridge, &EngineBridge::barRunning, page, &WallPage::barRunning);
    connect(&m_bridge, &EngineBridge::feedsChanged, page, &WallPage::feedsChanged);
    return page;
}

WallPage* MainWindow::wall() const
{
    return m_wall->page();
}

void MainWindow::createInfoDocks()
{
    m_info = new InfoScreens(m_bridge, m_storage, m_options.settingsFolder, this);
    m_logDock = createDock(tr("Log"), u"LogDock"_s, m_info->log(), Qt::BottomDockWidgetArea);
    m_problemsDock = createDock(tr("Problems"), u"ProblemsDock"_s, m_info->problems(), Qt::BottomDockWidgetArea);
    tabifyDockWidget(m_jobsDock, m_logDock);
    tabifyDockWidget(m_logDock, m_problemsDock);
    m_jobsDock->raise();
    m_pages->addWidget(m_info->limits());
    m_pages->addWidget(m_info->doctor());
    connect(m_info, &InfoScreens::problemsChanged, this, &MainWindow::problemsCounted);
}

void MainWindow::showLogOf(JobId job)
{
    m_info->log()->page()->showTask(job);
    showDock(m_logDock, m_info->log()->page()->table());
}

void MainWindow::problemsCounted(int count, bool isRefused)
{
    m_problemsDock->setWindowTitle(count > 0 ? tr("Problems (%1)").arg(count) : tr("Problems"));
    if (isRefused)
        tell(tr("\u26A0 The changed settings were not taken over; \"Problems\" says why."));
    else if (count > 0)
        tell(tr("\u26A0 Some settings are not understood; \"Problems\" says which."));
    else if (m_areSettingsTold && statusBar()->currentMessage().isEmpty()) // a note that was just kept says more
        tell(tr("Settings taken over."));
    m_areSettingsTold = true;
}

void MainWindow::showPage(QWidget* page)
{
    m_page = page;
    choosePage();
    for (const auto& [action, of] : m_pageActions)
        action->setChecked(of == page);
    if (page)
        page->setFocus();
}

void MainWindow::showDock(QDockWidget* dock, QWidget* focus)
{
    dock->show();
    dock->raise();
    // An empty table hides behind a sentence: then the panel's own choice takes the keys.
    (focus->isVisible() ? focus : dock->widget())->setFocus(Qt::ShortcutFocusReason);
}

QByteArray MainWindow::docks() const
{
    return saveState(stateVersion);
}

QByteArray MainWindow::saveLayout() const
{
    const QJsonObject layout {{u"docks"_s, QString::fromLatin1(docks().toBase64())}, {u"charts"_s, m_charts->state()},
        {u"scope"_s, m_scope.state()}};
    return QJsonDocument(layout).toJson(QJsonDocument::Compact);
}

bool MainWindow::applyLayout(const QByteArray& layout)
{
    const QJsonObject parts = QJsonDocument::fromJson(layout).object();
    const QByteArray before = docks();
    if (!restoreState(QByteArray::fromBase64(parts[u"docks"_s].toString().toLatin1()), stateVersion))
        return false;
    if (m_charts->applyState(parts[u"charts"_s].toObject())) {
        m_scope.applyState(parts[u"scope"_s].toObject());
        return true;
    }
    restoreState(before, stateVersion);
    return false;
}

void MainWindow::restoreDocks(const QByteArray& docks)
{
    restoreState(docks, stateVersion);
}

void MainWindow::refresh()
{
    m_bridge.refresh();
    m_loader->reload();
    if (HomePage* home = m_home->madePage())
        home->check();
    if (PipelinesPage* pipelines = m_pipelines->madePage())
        pipelines->refresh();
}

void MainWindow::tell(const QString& sentence)
{
    const int room = m_status->isVisible() ? m_status->x() - 12 : QWIDGETSIZE_MAX;
    statusBar()->showMessage(statusBar()->fontMetrics().elidedText(sentence, Qt::ElideRight, room), messageTime);
    statusBar()->setToolTip(sentence); // the lights may leave too little room for all of it
    log::info("window", sentence.toStdString());
}

void MainWindow::createStatusBar()
{
    m_status = new WindowStatus(m_zone, *m_zoneMenu, m_options.readOnlyReason);
    statusBar()->addPermanentWidget(m_status);
    connect(m_status, &WindowStatus::limitsRequested, this, [this] { showPage(m_info->limits()); });
    connect(m_status, &WindowStatus::liveRequested, this, [this] { showPage(m_wall); });
    connect(m_status, &WindowStatus::alertsRequested, this, [this] { openAlerts(0); });
    connect(m_status, &WindowStatus::storageRequested, this, [this] { showPage(m_info->doctor()); });
    connect(m_status, &WindowStatus::jobsRequested, this, [this] { showDock(m_jobsDock, m_jobsPanel->table()); });
    connect(m_jobs, &JobsModel::countsChanged, m_status, [this] {
        m_status->countJobs(
            m_jobs->count(JobState::Running), m_jobs->count(JobState::Queued), m_jobs->count(JobState::Paused));
    });
    connect(&m_storage, &StorageWatch::changed, m_status, &WindowStatus::applyStorage);
}

void MainWindow::connectBridge()
{
    connect(&m_bridge, &EngineBridge::jobsChanged, m_jobs, [this](const std::vector<JobSnapshot>& jobs) {
        m_jobs->apply(jobs, std::chrono::steady_clock::now());
        m_universe->applyJobs(jobs);
        choosePage();
    });
    connect(&m_bridge, &EngineBridge::jobsForgotten, m_jobs, &JobsModel::forget);
    connect(&m_bridge, &EngineBridge::laneChanged, m_jobs, &JobsModel::applyLane);
    connect(&m_bridge, &EngineBridge::laneChanged, m_status, &WindowStatus::applyLane);
    connect(&m_bridge, &EngineBridge::seriesChanged, this, &MainWindow::seriesArrived);
    connect(&m_bridge, &EngineBridge::rowsChanged, m_charts, &ChartWorkspace::rowsChanged);
    connect(&m_bridge, &EngineBridge::barRunning, m_charts, &ChartWorkspace::barRunning);
    connect(&m_bridge, &EngineBridge::feedsChanged, m_charts, &ChartWorkspace::feedsChanged);
    connect(&m_bridge, &EngineBridge::feedsChanged, m_status,
        [this](const std::shared_ptr<const FeedReport>& report) { m_status->applyFeeds(*report); });
    connect(&m_bridge, &EngineBridge::failed, this,
        [this](const Error& error) { tell(errorTextWithDetail(error)); });
    connectAlerts();
    m_bridge.begin();
    m_storage.read();
    if (const auto count = m_bridge.engine().settings()->problems.size(); count > 0)
        problemsCounted(static_cast<int>(count), false);
}

void MainWindow::restore()
{
    resize(1280, 800);
    resizeDocks({m_universeDock}, {fontMetrics().horizontalAdvance(u'0') * 46}, Qt::Horizontal);
    resizeDocks({m_jobsDock}, {210}, Qt::Vertical);
    m_defaultDocks = docks();
    restoreGeometry(m_settings.value(u"geometry"_s).toByteArray());
    bool isRead = m_settings.status() != QSettings::FormatError;
    if (const QByteArray saved = m_settings.value(u"docks"_s).toByteArray(); !saved.isEmpty()) {
        const auto state = NamedLayouts::opened(saved);
        isRead = isRead && state && restoreState(*state, stateVersion);
    }
    m_themes->followDesktop();
    if (m_settings.contains(u"universe/storedOnly"_s))
        m_universePanel->setStoredOnly(m_settings.value(u"universe/storedOnly"_s).toBool());
    isRead = m_charts->restore(m_settings) && isRead;
    m_scope.applyState(QJsonDocument::fromJson(m_settings.value(u"scope"_s).toByteArray()).object());
    if (!isRead)
        tell(tr("The saved arrangement of the window could not be read: this is the default one."));
}

void MainWindow::closeEvent(QCloseEvent* event)
{
    m_jobSafety->closeRequested(*event, m_jobs->runningCount());
    if (!event->isAccepted())
        return;
    m_settings.setValue(u"geometry"_s, saveGeometry());
    m_settings.setValue(u"docks"_s, NamedLayouts::sealed(docks()));
    m_settings.setValue(u"screen"_s, screen());
    m_settings.setValue(u"scope"_s, QJsonDocument(m_scope.state()).toJson(QJsonDocument::Compact));
    m_charts->save(m_settings);
    QMainWindow::closeEvent(event);
}

void MainWindow::changeEvent(QEvent* event)
{
    QMainWindow::changeEvent(event);
    if (event->type() == QEvent::WindowStateChange)
        m_charts->updateFollowing();
}

BackfillWizard* MainWindow::openBackfillWizard()
{
    if (!m_wizard) {
        m_wizard = new BackfillWizard(m_port, this);
        m_wizard->setAttribute(Qt::WA_DeleteOnClose);
        connect(m_wizard, &QObject::destroyed, this, [this] { m_wizard = nullptr; });
        connect(m_wizard, &BackfillWizard::started, this, [this](int, const SeriesKey& series) {
            m_jobsDock->show();
            showSeries(series);
        });
        if (const auto shown = m_charts->activeSeries())
            m_wizard->choose(*shown);
    }
    // Made in one turn of the loop, laid out in the next.
    QTimer::singleShot(0, m_wizard, [wizard = m_wizard] { showWindow(*wizard); });
    return m_wizard;
}

ChartView* MainWindow::chart() const
{
    return m_charts->activeChart();
}

CoverageScreen* MainWindow::coverage() const
{
    return m_coverage->page();
}

ValidationPage* MainWindow::validation() const
{
    return m_validation->page();
}

void MainWindow::showSeries(const SeriesKey& key)
{
    showPage(nullptr);
    m_charts->show(key);
}

void MainWindow::seriesArrived(const std::shared_ptr<const StoredSeriesList>& list)
{
    const bool isFirst = !m_isListRead || m_list->empty();
    m_list = list;
    m_isListRead = true;
    m_loader->seriesChanged(list);
    if (isFirst && !list->empty() && !m_settings.contains(u"universe/storedOnly"_s))
        m_universePanel->setStoredOnly(true); // what is there comes first; one click shows all that could be
    m_charts->setSeriesList(list);
    m_scopeBar->setSeriesList(list);
    choosePage();
}

void MainWindow::seriesShown()
{
    if (const auto shown = m_charts->activeSeries())
        m_universePanel->select(*shown);
    updateTitle();
}

void MainWindow::choosePage()
{
    // Until what is stored has been read, a chart of last time tells that there is something.
    const bool hasSeries = m_isListRead ? !m_list->empty() : m_charts->activeSeries().has_value();
    const bool isEmpty = !hasSeries && m_jobs->totalCount() == 0;
    if (!m_page || (m_page == m_home && isEmpty)) {
        m_pages->setCurrentWidget(isEmpty ? static_cast<QWidget*>(m_firstStart) : m_charts);
    } else if (m_pages->currentWidget() != m_page) {
        m_pages->setCurrentWidget(m_page);
        m_page->setFocus();
    }
}

std::vector<PaletteItem> MainWindow::seriesForPalette()
{
    std::vector<PaletteItem> items;
    for (const StoredSeries& series : *m_list) {
        const SeriesKey& key = series.record.key;
        items.push_back({u"series/"_s + toQString(key.text()), titleOf(key), tr("Series, opens its chart"), {}, {},
            [this, key] { showSeries(key); }});
    }
    return items;
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
