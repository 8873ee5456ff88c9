#include "ui/shell/mainwindow.h"

#include <QActionGroup>
#include <QApplication>
#include <QCloseEvent>
#include <QDateTime>
#include <QDockWidget>
#include <QLabel>
#include <QLineEdit>
#include <QMenuBar>
#include <QMessageBox>
#include <QSettings>
#include <QStackedWidget>
#include <QStatusBar>
#include <QStyle>
#include <QToolBar>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/backfill/backfillform.h"
#include "ui/chart/chartworkspace.h"
#include "ui/jobs/jobspanel.h"
#include "ui/shell/firststartpage.h"
#include "ui/shell/lanelights.h"
#include "ui/shell/seriespanel.h"
#include "ui/shell/shortcutsheet.h"
#include "ui/widgets/errortext.h"
#include "ui/widgets/glyphicon.h"
#include "ui/widgets/statetext.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

constexpr int stateVersion = 1;    ///< of the docks; a change of them makes saved ones void
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
    , m_systemPalette(QApplication::palette())
    , m_jobs(new JobsModel(this))
    , m_series(new SeriesModel(this))
    , m_list(std::make_shared<const StoredSeriesList>())
{
    setObjectName(u"MainWindow"_s);
    setWindowIcon(applicationIcon());
    setDockOptions(AnimatedDocks | AllowNestedDocks | AllowTabbedDocks);
    createCentre();
    createSeriesDock();
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
    m_charts = new ChartWorkspace(m_chartSource);
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
        [this](const QString& text) { statusBar()->showMessage(text, messageTime); });
}

void MainWindow::createSeriesDock()
{
    m_seriesPanel = new SeriesPanel(*m_series, m_options.isReadOnly());
    m_seriesDock = new QDockWidget(tr("Series"), this);
    m_seriesDock->setObjectName(u"SeriesDock"_s);
    m_seriesDock->setWidget(m_seriesPanel);
    addDockWidget(Qt::LeftDockWidgetArea, m_seriesDock);
    connect(m_seriesPanel, &SeriesPanel::chosen, m_charts,
        [this](const StoredSeries& series) { m_charts->show(series.record.key); });
    connect(m_seriesPanel, &SeriesPanel::refreshRequested, &m_bridge, &EngineBridge::refresh);
    connect(m_seriesPanel, &SeriesPanel::backfillRequested, this,
        [this](const SeriesKey& key) { openBackfillForm()->choose(key); });
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
    m_jobsDock = new QDockWidget(tr("Jobs"), this);
    m_jobsDock->setObjectName(u"JobsDock"_s);
    m_jobsDock->setWidget(m_jobsPanel);
    addDockWidget(Qt::BottomDockWidgetArea, m_jobsDock);
    connect(m_jobs, &JobsModel::runningCountChanged, this, &MainWindow::jobsCounted);
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
    createJobsMenu();
    createHelpMenu();
}

void MainWindow::createFileMenu()
{
    QMenu* menu = menuBar()->addMenu(tr("&File"));
    m_menus.emplace_back(tr("File"), menu);
    m_backfill = addAction(menu, tr("&New backfill\u2026"), QKeySequence::New, [this] { openBackfillForm(); });
    m_backfill->setIcon(glyphIcon(Glyph::Add));
    m_backfill->setEnabled(!m_options.isReadOnly());
    m_refresh = addAction(menu, tr("&Refresh"), Qt::Key_F5, [this] { m_bridge.refresh(); });
    m_refresh->setIcon(glyphIcon(Glyph::Refresh));
    m_refresh->setToolTip(tr("Read the list of stored series again"));
    menu->addSeparator();
    addAction(menu, tr("&Quit"), QKeySequence(Qt::CTRL | Qt::Key_Q), [this] { close(); });
    m_toolActions = {m_backfill, m_refresh, nullptr};
}

void MainWindow::createViewMenu()
{
    QMenu* menu = menuBar()->addMenu(tr("&View"));
    m_menus.emplace_back(tr("View"), menu);
    for (const auto& [dock, key] : {std::pair {m_seriesDock, Qt::Key_1}, std::pair {m_jobsDock, Qt::Key_2}}) {
        QAction* toggle = dock->toggleViewAction();
        toggle->setShortcut(QKeySequence(Qt::CTRL | Qt::SHIFT | key));
        menu->addAction(toggle);
    }
    addAction(menu, tr("Go to &filter"), QKeySequence(Qt::CTRL | Qt::Key_F), [this] {
        m_seriesDock->show();
        m_seriesPanel->filter()->setFocus();
    });
    menu->addSeparator();
    QMenu* themes = menu->addMenu(tr("&Theme"));
    m_themes = new QActionGroup(this);
    for (const auto& [choice, text] : {std::pair {ThemeChoice::System, tr("As the &system")},
             {ThemeChoice::Light, tr("&Light")}, {ThemeChoice::Dark, tr("&Dark")}}) {
        QAction* action = m_themes->addAction(text);
        action->setCheckable(true);
        action->setData(static_cast<int>(choice));
        themes->addAction(action);
    }
    connect(m_themes, &QActionGroup::triggered, this,
        [this](const QAction* action) { setTheme(static_cast<ThemeChoice>(action->data().toInt())); });
}

void MainWindow::createChartMenu()
{
    QMenu* menu = menuBar()->addMenu(tr("&Chart"));
    m_menus.emplace_back(tr("Chart"), menu);
    m_charts->fillMenu(*menu);
    m_toolActions.insert(m_toolActions.end(), m_charts->toolActions().begin(), m_charts->toolActions().end());
}

void MainWindow::createJobsMenu()
{
    QMenu* menu = menuBar()->addMenu(tr("&Jobs"));
    m_menus.emplace_back(tr("Jobs (in their table)"), menu);
    menu->addActions(m_jobsPanel->actions());
    menu->addSeparator();
    QAction* cancelAll = addAction(menu, tr("Cancel &all"), {}, [this] { m_bridge.engine().cancelAll(); });
    cancelAll->setEnabled(false);
    connect(m_jobs, &JobsModel::runningCountChanged, cancelAll,
        [cancelAll](int running) { cancelAll->setEnabled(running > 0); });
}

void MainWindow::createHelpMenu()
{
    QMenu* menu = menuBar()->addMenu(tr("&Help"));
    m_menus.emplace_back(tr("Help"), menu);
    QAction* sheet =
        addAction(menu, tr("&Keyboard shortcuts"), QKeySequence::HelpContents, [this] { showShortcuts(); });
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
    m_lanes = new LaneLights;
    m_running = new QLabel;
    m_clock = new QLabel;
    m_clock->setAccessibleName(tr("Time, UTC"));
    m_lanes->setContentsMargins(0, 0, 12, 0);
    m_running->setContentsMargins(0, 0, 12, 0);
    statusBar()->addPermanentWidget(m_lanes);
    statusBar()->addPermanentWidget(m_running);
    statusBar()->addPermanentWidget(m_clock);
    m_clockTimer.setSingleShot(true);
    connect(&m_clockTimer, &QTimer::timeout, this, &MainWindow::updateClock);
    updateClock();
    jobsCounted(0);
}

void MainWindow::connectBridge()
{
    connect(&m_bridge, &EngineBridge::jobsChanged, m_jobs, [this](const std::vector<JobSnapshot>& jobs) {
        m_jobs->apply(jobs, std::chrono::steady_clock::now());
        choosePage();
    });
    connect(&m_bridge, &EngineBridge::laneChanged, m_lanes, &LaneLights::apply);
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
}

void MainWindow::restore()
{
    const auto choice =
        static_cast<ThemeChoice>(m_settings.value(u"theme"_s, static_cast<int>(ThemeChoice::System)).toInt());
    for (QAction* action : m_themes->actions()) {
        if (action->data().toInt() == static_cast<int>(choice))
            action->setChecked(true);
    }
    setTheme(choice);
    resize(1280, 800);
    if (!restoreGeometry(m_settings.value(u"geometry"_s).toByteArray())
        || !restoreState(m_settings.value(u"docks"_s).toByteArray(), stateVersion)) {
        resizeDocks({m_seriesDock}, {480}, Qt::Horizontal);
        resizeDocks({m_jobsDock}, {210}, Qt::Vertical);
    }
    m_charts->restore(m_settings);
}

void MainWindow::closeEvent(QCloseEvent* event)
{
    m_settings.setValue(u"geometry"_s, saveGeometry());
    m_settings.setValue(u"docks"_s, saveState(stateVersion));
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
    m_series->apply(*list);
    m_charts->setSeriesList(list);
    choosePage();
}

void MainWindow::seriesShown()
{
    if (const auto shown = m_charts->activeSeries())
        m_seriesPanel->select(*shown);
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

void MainWindow::setTheme(ThemeChoice choice)
{
    QApplication::setPalette(paletteOf(choice, m_systemPalette));
    m_settings.setValue(u"theme"_s, static_cast<int>(choice));
}

void MainWindow::showShortcuts()
{
    std::vector<ShortcutSheet::Group> groups;
    for (const auto& [title, menu] : m_menus) {
        ShortcutSheet::Group group {title, {}};
        const std::function<void(const QMenu&)> collect = [&](const QMenu& from) {
            for (const QAction* action : from.actions()) {
                if (action->menu())
                    collect(*action->menu());
                else if (!action->shortcut().isEmpty())
                    group.rows.emplace_back(action->shortcut().toString(QKeySequence::NativeText),
                        action->text().remove(u'&').remove(u'\u2026'));
            }
        };
        collect(*menu);
        if (!group.rows.empty())
            groups.push_back(std::move(group));
    }
    groups.push_back({tr("In the chart"),
        {{tr("Left, Right"), tr("One bar")}, {tr("Ctrl+Left, Ctrl+Right"), tr("One page")},
            {tr("+, -, wheel"), tr("Zoom")}, {tr("Drag"), tr("Move")},
            {tr("Drag on the prices"), tr("Stretch; a double click fits again")}}});
    groups.push_back({tr("In the list of series"), {{tr("/"), tr("Filter")}, {tr("Letters"), tr("Jump to a name")}}});
    ShortcutSheet sheet(groups, this);
    sheet.exec();
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

void MainWindow::updateClock()
{
    const QDateTime now = QDateTime::currentDateTimeUtc();
    m_clock->setText(tr("%1 UTC").arg(now.toString(u"yyyy-MM-dd HH:mm"_s)));
    m_clockTimer.start(
        60'000 - static_cast<int>(now.toMSecsSinceEpoch() % 60'000)); // at the next full minute: idle costs nothing
}

void MainWindow::jobsCounted(int running)
{
    m_running->setText(running > 0 ? tr("\u25B6 jobs running: %1").arg(running) : tr("\u25CB no job running"));
}

} // namespace mnemo
