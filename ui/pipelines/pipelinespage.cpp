#include "ui/pipelines/pipelinespage.h"

#include <QAction>
#include <QDesktopServices>
#include <QDir>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QScrollBar>
#include <QSplitter>
#include <QStackedWidget>
#include <QTabWidget>
#include <QTableView>
#include <QUrl>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/pipelines/ganttview.h"
#include "ui/pipelines/graphview.h"
#include "ui/pipelines/gridview.h"
#include "ui/pipelines/pipelinetext.h"
#include "ui/pipelines/runbarsdelegate.h"
#include "ui/pipelines/taskdetails.h"
#include "ui/pipelines/yamlview.h"
#include "ui/widgets/elidedlabel.h"
#include "ui/widgets/errortext.h"
#include "ui/widgets/glyphicon.h"
#include "ui/widgets/headline.h"
#include "ui/widgets/messagepage.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

constexpr int readAfter = 150;  ///< ms after a change
constexpr int liveEvery = 1000; ///< ms

} // namespace

PipelinesPage::PipelinesPage(PipelinesPort& port, const DisplayZone& zone, QWidget* parent)
    : QWidget(parent)
    , m_port(port)
    , m_zone(zone)
    , m_model(zone)
{
    createActions();
    auto* both = new QSplitter(Qt::Vertical);
    both->addWidget(createList());
    both->addWidget(createLower());
    both->setStretchFactor(0, 2);
    both->setStretchFactor(1, 3);
    both->setChildrenCollapsible(false);
    m_pages = new QStackedWidget;
    m_message = new MessagePage(4);
    m_message->offer(tr("Show the folder"), [this] { showFolder(); });
    m_pages->addWidget(m_message);
    m_pages->addWidget(both);
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(createHeader());
    layout->addWidget(m_pages, 1);
    setFocusProxy(m_list);
    m_soon.setSingleShot(true);
    m_soon.setInterval(readAfter);
    connect(&m_soon, &QTimer::timeout, this, &PipelinesPage::readOverview);
    m_clock.setInterval(liveEvery);
    connect(&m_clock, &QTimer::timeout, this, &PipelinesPage::live);
    connect(&m_model, &PipelinesModel::pauseRequested, this, &PipelinesPage::pausePipeline);
    connect(&m_model, &QAbstractItemModel::modelReset, this, &PipelinesPage::spanProblems);
    connect(m_list->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &PipelinesPage::rowChosen);
    m_watch = m_port.watch(this, [this](const PipelinesChanged& change) { changed(change); });
    showMessage(tr("Reading\u2026"), {});
    updateActions();
}

// --- its parts ---

QAction* PipelinesPage::addAction(const QString& text, const QKeySequence& key, const std::function<void()>& run)
{
    auto* action = new QAction(text, this);
    action->setShortcut(key);
    action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    connect(action, &QAction::triggered, this, run);
    QWidget::addAction(action);
    m_actions.push_back(action);
    return action;
}

void PipelinesPage::createActions()
{
    m_trigger = addAction(tr("&Begin a run\u2026"), Qt::Key_T, [this] { ask(pipelineCommands(Action::Trigger)); });
    m_trigger->setIcon(glyphIcon(Glyph::Play));
    m_pause = addAction(tr("&Pause or resume the pipeline"), Qt::Key_P, [this] {
        if (const PipelineSummary* one = m_model.find(m_chosen))
            askPaused(pipelineCommands(one->record.isPaused ? Action::Resume : Action::Pause));
    });
    m_pause->setToolTip(tr("A paused pipeline begins nothing by itself"));
    m_backfill = addAction(tr("Back&fill\u2026"), Qt::Key_B, [this] { ask(pipelineCommands(Action::Backfill)); });
    m_actions.push_back(nullptr);
    m_retry = addAction(tr("&Retry\u2026"), Qt::Key_R, [this] { askAboutTasks(Action::Clear, true); });
    m_retry->setIcon(glyphIcon(Glyph::Retry));
    m_retry->setToolTip(tr("Begin again what failed, and what never began because of that"));
    m_clear = addAction(tr("&Clear\u2026"), Qt::Key_C, [this] { askAboutTasks(Action::Clear); });
    m_clear->setToolTip(tr("Begin again, whatever became of it"));
    m_mark = addAction(tr("&Mark\u2026"), Qt::Key_M, [this] { askAboutTasks(Action::Mark); });
    m_mark->setToolTip(tr("Say how it ended, without running it"));
    m_cancel = addAction(tr("Ca&ncel\u2026"), Qt::Key_X, [this] { askAboutTasks(Action::Cancel); });
    m_cancel->setIcon(glyphIcon(Glyph::Stop));
    m_priority = addAction(tr("Pr&iority\u2026"), Qt::Key_I, [this] { askAboutTasks(Action::Priority); });
    m_hold = addAction(tr("Pause or resume run or t&ask"), QKeySequence(Qt::SHIFT | Qt::Key_P), [this] { pauseChosen(); });
    m_hold->setIconText(tr("Pause"));
    m_coverage = addAction(tr("C&overage of its series"), Qt::Key_O, [this] { emit coverageRequested(chosenSeries()); });
    m_coverage->setIconText(tr("Coverage"));
    m_findings = addAction(tr("Findings in its &series"), Qt::Key_V, [this] { emit findingsRequested(chosenSeries()); });
    m_findings->setIconText(tr("Findings"));
    m_actions.push_back(nullptr);
    m_undo = addAction(tr("&Undo the last command"), QKeySequence::Undo, [this] { undo(); });
    setReason(*m_undo, tr("Nothing that can be undone was asked in this session"));
    m_actions.push_back(nullptr);
    addAction(tr("&Grid, graph, Gantt or YAML"), Qt::Key_G, [this] {
        m_tabs->setCurrentIndex((m_tabs->currentIndex() + 1) % m_tabs->count());
        m_tabs->currentWidget()->setFocus();
    });
    addAction(tr("Show all of grap&h or Gantt"), {}, [this] { m_tabs->currentWidget() == m_gantt ? m_gantt->fit() : m_graph->fit(); });
    addAction(tr("Show the f&older of pipelines"), {}, [this] { showFolder(); });
}

QWidget* PipelinesPage::createHeader()
{
    m_status = new ElidedLabel;
    m_status->setForegroundRole(QPalette::PlaceholderText);
    auto* begin = new QPushButton(tr("Begin a run\u2026"));
    begin->setIcon(glyphIcon(Glyph::Play));
    connect(begin, &QPushButton::clicked, m_trigger, &QAction::trigger);
    connect(m_trigger, &QAction::enabledChanged, begin, &QPushButton::setEnabled);
    auto* header = new QWidget;
    auto* layout = new QHBoxLayout(header);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(headline(tr("Pipelines")));
    layout->addSpacing(12);
    layout->addWidget(m_status, 1);
    layout->addWidget(begin);
    return header;
}

QTableView* PipelinesPage::createList()
{
    m_list = new QTableView;
    m_list->setModel(&m_model);
    m_list->setAccessibleName(tr("Pipelines"));
    m_list->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_list->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_list->setShowGrid(false);
    m_list->setAlternatingRowColors(true);
    m_list->setTabKeyNavigation(false);
    m_list->setWordWrap(false);
    auto* bars = new RunBarsDelegate(m_list);
    m_list->setItemDelegateForColumn(PipelinesModel::Runs, bars);
    m_list->verticalHeader()->hide();
    m_list->verticalHeader()->setDefaultSectionSize(m_list->fontMetrics().height() * 2 + 6);
    QHeaderView* header = m_list->horizontalHeader();
    header->setHighlightSections(false);
    header->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    header->setStretchLastSection(true);
    const int em = m_list->fontMetrics().horizontalAdvance(u'0');
    for (const auto& [column, width] : {std::pair {PipelinesModel::Name, 24}, {PipelinesModel::ScheduleText, 20}, {PipelinesModel::Next, 24},
             {PipelinesModel::Runs, 34}, {PipelinesModel::Pools, 24}})
        header->resizeSection(column, width * em);
    connect(m_list, &QTableView::doubleClicked, this, [this](const QModelIndex& index) {
        if (const Problem* problem = m_model.problemAt(index.row()))
            openFile(*problem);
        else
            m_tabs->currentWidget()->setFocus();
    });
    return m_list;
}

QWidget* PipelinesPage::createLower()
{
    m_grid = new GridView(m_zone);
    m_graph = new GraphView;
    m_tabs = new QTabWidget;
    m_tabs->setDocumentMode(true);
    m_tabs->addTab(m_grid, tr("Grid"));
    m_tabs->addTab(m_graph, tr("Graph"));
    m_gantt = new GanttView(m_zone);
    m_tabs->addTab(m_gantt, tr("Gantt"));
    m_yaml = new YamlView;
    m_tabs->addTab(m_yaml, tr("YAML"));
    m_about = new ElidedLabel;
    m_about->setForegroundRole(QPalette::PlaceholderText);
    m_details = new TaskDetails(m_port, m_zone, {m_retry, m_clear, m_mark, m_cancel, m_priority, m_hold, m_coverage, m_findings});
    auto* left = new QWidget;
    auto* layout = new QVBoxLayout(left);
    layout->setContentsMargins(0, 6, 0, 0);
    layout->addWidget(m_about);
    layout->addWidget(m_tabs, 1);
    auto* beside = new QSplitter(Qt::Horizontal);
    beside->addWidget(left);
    beside->addWidget(m_details);
    beside->setStretchFactor(0, 3);
    beside->setStretchFactor(1, 2);
    beside->setChildrenCollapsible(false);
    connectViews();
    return beside;
}

void PipelinesPage::connectViews()
{
    connect(m_grid, &GridView::cursorMoved, this, &PipelinesPage::showChosen);
    connect(m_grid, &GridView::tasksWanted, this, &PipelinesPage::readTasks);
    connect(m_grid, &GridView::opened, this, [this] { m_details->filter()->setFocus(); });
    connect(m_graph, &GraphView::currentChanged, this, [this] {
        m_grid->showTask(m_graph->currentTask());
        m_yaml->goTo(lineOf(m_graph->currentTask()));
    });
    connect(m_graph, &GraphView::chosenChanged, this, &PipelinesPage::graphChosen);
    connect(m_gantt, &GanttView::currentChanged, this, [this] { m_grid->showTask(m_gantt->currentTask()); });
    connect(m_gantt, &GanttView::opened, this, [this] { m_details->filter()->setFocus(); });
    connect(m_yaml, &YamlView::lineChosen, this, &PipelinesPage::lineChosen);
    connect(m_graph, &GraphView::opened, this, [this](const std::string& task) {
        m_grid->showTask(task);
        m_tabs->setCurrentWidget(m_grid);
        m_grid->setFocus();
    });
}

void PipelinesPage::showFolder()
{
    QDir().mkpath(m_port.folder());
    if (!QDesktopServices::openUrl(QUrl::fromLocalFile(m_port.folder())))
        emit told(tr("The folder is %1.").arg(m_port.folder()));
}

void PipelinesPage::openFile(const Problem& problem)
{
    if (problem.mark.file && !QDesktopServices::openUrl(QUrl::fromLocalFile(toQString(*problem.mark.file))))
        emit told(toQString(problem.mark.text()));
}

// --- what there is ---

void PipelinesPage::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    m_clock.start();
    refresh();
}

void PipelinesPage::refresh()
{
    m_areRunsStale = true;
    lookAgain();
}

void PipelinesPage::lookAgain()
{
    m_grid->edit([](RunGrid& grid) {
        for (int column = 0; column < grid.columnCount(); ++column) {
            if (!isFinal(stateOf(grid.run(column))))
                grid.forget(grid.run(column).id);
        }
    });
    readOverview();
    readChosen();
}

void PipelinesPage::changed(const PipelinesChanged& change)
{
    m_changedRuns.insert(change.runs.begin(), change.runs.end());
    m_changedWhileReading.insert(change.runs.begin(), change.runs.end());
    if (!isVisible()) {
        m_clock.stop(); // coming into view reads all of it
        m_areRunsStale = true;
    } else if (!m_soon.isActive()) {
        m_soon.start();
    }
}

void PipelinesPage::readOverview()
{
    if (std::exchange(m_isReading, true)) {
        m_isReadAgain = true;
        return;
    }
    m_port.overview(this, [this](const Result<PipelinesPort::Overview>& overview) { overviewArrived(overview); });
}

void PipelinesPage::overviewArrived(const Result<PipelinesPort::Overview>& overview)
{
    m_isReading = false;
    if (std::exchange(m_isReadAgain, false))
        m_soon.start();
    if (!overview)
        return showMessage(tr("Pipelines cannot be read"), errorTextWithDetail(overview.error()));
    m_isScheduling = (*overview)->isScheduling;
    m_pools = (*overview)->pools;
    m_model.apply(*overview, m_port.now());
    showOverview(**overview);
    if (m_list->currentIndex().row() < 0 || m_chosen.empty()) {
        const int row = std::max(0, m_model.rowOf(m_chosen));
        if (m_model.rowCount() > 0)
            m_list->setCurrentIndex(m_model.index(row, PipelinesModel::Name));
    }
    updateRuns();
    updateActions();
}

void PipelinesPage::showOverview(const PipelinesOverview& overview)
{
    if (m_model.rowCount() == 0)
        return showMessage(tr("No pipelines"),
            tr("A pipeline is a YAML file in %1: tasks, what they wait for, and when they are due. It appears here as soon as it is saved.")
                .arg(QDir::toNativeSeparators(m_port.folder())));
    m_pages->setCurrentIndex(1);
    std::int64_t running = 0;
    for (const PipelineSummary& one : overview.pipelines)
        running += std::ranges::count_if(one.runs, [](const RunRecord& run) { return stateOf(run) == RunState::Running; });
    QStringList parts {tr("%1, %2").arg(tr("%n pipeline(s)", nullptr, static_cast<int>(overview.pipelines.size())), tr("%n run(s) at work", nullptr, static_cast<int>(running)))};
    if (!overview.problems.empty())
        parts << tr("\u26A0 %n place(s) of their files are wrong", nullptr, static_cast<int>(overview.problems.size()));
    if (!overview.isScheduling)
        parts << tr("another process runs them, and what is asked here goes there");
    if (overview.storeError)
        parts << tr("\u26A0 nothing begins, because its state cannot be stored");
    m_status->setText(parts.join(u"; "_s));
}

void PipelinesPage::showMessage(const QString& title, const QString& text)
{
    m_pages->setCurrentIndex(0);
    m_message->say(title, text);
    m_status->clear();
}

QString PipelinesPage::message() const
{
    return m_pages->currentIndex() == 0 ? m_message->title() : QString();
}

void PipelinesPage::spanProblems()
{
    m_list->clearSpans();
    for (int row = 0; row < m_model.rowCount(); ++row) {
        if (m_model.isProblem(row))
            m_list->setSpan(row, PipelinesModel::ScheduleText, 1, PipelinesModel::ColumnCount - PipelinesModel::ScheduleText);
    }
    if (const int row = m_model.rowOf(m_chosen); row >= 0)
        m_list->setCurrentIndex(m_model.index(row, PipelinesModel::Name));
}

void PipelinesPage::choose(const std::string& pipeline)
{
    m_chosen = pipeline;
    if (const int row = m_model.rowOf(pipeline); row >= 0)
        m_list->setCurrentIndex(m_model.index(row, PipelinesModel::Name));
}

void PipelinesPage::rowChosen()
{
    const PipelineSummary* one = m_model.pipelineAt(m_list->currentIndex().row());
    const std::string id = one ? one->record.id : std::string();
    if (id != m_chosen || m_grid->grid().columnCount() == 0) {
        m_chosen = id;
        m_areRunsStale = true;
        m_grid->clear();
        if (one)
            updateRuns();
    }
    const Problem* problem = m_model.problemAt(m_list->currentIndex().row());
    m_about->setText(problem ? toQString(problem->text()) : one && one->dag ? toQString(one->dag->description) : QString());
    m_graph->setPipeline(one ? one->dag : nullptr);
    readFile();
    if (problem)
        m_tabs->setCurrentWidget(m_yaml);
    updateActions();
}

// --- the file ---

void PipelinesPage::readFile()
{
    const int row = m_list->currentIndex().row();
    const Problem* problem = m_model.problemAt(row);
    const PipelineSummary* one = m_model.pipelineAt(row);
    const Mark mark = problem ? problem->mark : one && one->dag ? one->dag->mark : Mark {};
    ++m_fileAsked;
    if (!mark.file)
        return m_yaml->clear();
    m_port.file(this, *mark.file, [this, mark, number = m_fileAsked](const Result<std::string>& text) {
        if (number != m_fileAsked)
            return;
        Problems problems;
        for (int i = 0; i < m_model.rowCount(); ++i) {
            if (const Problem* wrong = m_model.problemAt(i); wrong && wrong->mark.file && *wrong->mark.file == *mark.file)
                problems.push_back(*wrong);
        }
        m_yaml->show(toQString(*mark.file), text ? toQString(*text) : errorTextWithDetail(text.error()), problems);
        m_yaml->goTo(mark.line);
    });
}

int PipelinesPage::lineOf(const std::string& task) const
{
    const PipelineSummary* one = m_model.find(m_chosen);
    const TaskDefinition* known = one && one->dag ? one->dag->find(task) : nullptr;
    return known ? known->mark.line : 0;
}

void PipelinesPage::lineChosen(int line)
{
    const PipelineSummary* one = m_model.find(m_chosen);
    if (!one || !one->dag)
        return;
    const TaskDefinition* nearest = nullptr;
    for (const TaskDefinition& task : one->dag->tasks) {
        if (task.mark.line <= line && (!nearest || task.mark.line > nearest->mark.line))
            nearest = &task;
    }
    if (nearest && line >= one->dag->mark.line)
        m_graph->setCurrent(nearest->id);
}

// --- runs and tasks of the chosen pipeline ---

void PipelinesPage::updateRuns()
{
    const PipelineSummary* one = m_model.find(m_chosen);
    if (!one)
        return;
    m_graph->setPipeline(one->dag);
    auto changedRuns = std::exchange(m_changedRuns, {});
    for (const RunRecord& run : one->runs) { // told or not
        const int column = m_grid->grid().columnOf(run.id);
        if (column >= 0 && m_grid->grid().run(column) != run)
            changedRuns.insert(run.id);
    }
    const bool isBeyond = std::ranges::any_of(changedRuns, [&](RunId id) { // one that the list of the newest does not tell
        return m_grid->grid().columnOf(id) >= 0 && std::ranges::find(one->runs, id, &RunRecord::id) == one->runs.end();
    });
    bool areAllHere = true;
    m_grid->edit([&](RunGrid& grid) {
        areAllHere = grid.update(one->runs);
        for (const RunId id : changedRuns)
            grid.forget(id);
    });
    if (m_areRunsStale || isBeyond || !areAllHere)
        readRuns();
    if (const auto run = runUnderCursor(); run && changedRuns.contains(run->id))
        readChosen();
}

void PipelinesPage::readRuns()
{
    m_areRunsStale = false;
    m_port.runs(this, m_chosen, [this, number = ++m_runsAsked](const Result<PipelinesPort::Runs>& runs) {
        if (number != m_runsAsked)
            return;
        if (!runs) {
            emit told(errorText(runs.error()));
            return;
        }
        m_grid->edit([&](RunGrid& grid) { grid.setRuns(**runs); });
        if (const int column = m_grid->grid().columnOf(m_wantedRun); column >= 0) {
            m_grid->setCursor(-1, column);
            m_wantedRun = 0;
        }
    });
}

void PipelinesPage::readTasks()
{
    const auto wanted = m_grid->missing();
    if (wanted.empty() || m_isReadingTasks)
        return;
    m_isReadingTasks = true;
    m_changedWhileReading.clear();
    m_port.tasks(this, wanted, [this](const Result<PipelinesPort::Tasks>& tasks) {
        m_isReadingTasks = false;
        if (!tasks) {
            emit told(errorText(tasks.error()));
            return;
        }
        m_grid->edit([&](RunGrid& grid) {
            for (const RunTasks& one : **tasks) {
                if (grid.columnOf(one.run) >= 0)
                    grid.setTasks(one.run, one.tasks);
                if (m_changedWhileReading.contains(one.run))
                    grid.forget(one.run);
            }
        });
    });
}

std::optional<RunRecord> PipelinesPage::runUnderCursor() const
{
    return m_grid->column() < 0 ? std::nullopt : std::optional(m_grid->grid().run(m_grid->column()));
}

void PipelinesPage::readChosen()
{
    const auto run = runUnderCursor();
    if (!run)
        return;
    m_port.tasks(this, {run->id}, [this, number = ++m_chosenAsked](const Result<PipelinesPort::Tasks>& tasks) {
        if (number != m_chosenAsked || !tasks || (*tasks)->empty())
            return;
        m_tasksOf = (*tasks)->front().run;
        m_tasks = (*tasks)->front().tasks;
        showChosen();
    });
}

void PipelinesPage::showChosen()
{
    ChosenTask chosen {runUnderCursor(), m_grid->row() < 0 ? std::string() : m_grid->grid().taskName(m_grid->row()), {}};
    const bool areRead = chosen.run && chosen.run->id == m_tasksOf;
    if (chosen.run && !areRead) {
        m_tasksOf = chosen.run->id; // asked for once
        m_tasks.clear();
        readChosen();
    }
    std::ranges::copy_if(m_tasks, std::back_inserter(chosen.tasks), [&](const TaskRecord& task) {
        return chosen.run && (chosen.name.empty() || chosen.name == task.node || chosen.name == nameOf(task));
    });
    chosen.others = static_cast<int>(m_grid->chosen().size()) - 1;
    m_details->apply(std::move(chosen));
    m_graph->setStatus(statusOf(m_tasks, m_port.progress(), m_port.now()));
    showGantt();
    if (m_grid->row() >= 0 && m_graph->currentTask() != m_grid->grid().nodeName(m_grid->row())) {
        const QSignalBlocker quiet(m_graph); // it follows the grid: the row of an instance stays
        m_graph->setCurrent(m_grid->grid().nodeName(m_grid->row()));
        m_yaml->goTo(lineOf(m_graph->currentTask()));
    }
    if (const auto run = runUnderCursor()) {
        std::set<std::string> nodes;
        for (const GridChoice& one : m_grid->chosen()) {
            if (one.run == run->id && !one.task.empty())
                nodes.insert(one.task.substr(0, one.task.find('[')));
        }
        m_graph->choose(nodes);
    }
    updateActions();
}

void PipelinesPage::showGantt()
{
    const auto run = runUnderCursor();
    if (!run || run->id != m_tasksOf)
        return m_gantt->clear();
    const PipelineSummary* one = m_model.find(m_chosen);
    m_gantt->show(ganttOf(*run, m_tasks, m_port.progress(), one ? one->dag.get() : nullptr, m_pools, m_port.now()));
    const std::string task = m_grid->row() < 0 ? std::string() : m_grid->grid().taskName(m_grid->row());
    const QSignalBlocker quiet(m_gantt); // it follows the grid
    const int row = m_gantt->current();
    if (row < 0 || m_gantt->scene().rows[static_cast<std::size_t>(row)].node != task) // an instance of it may stay
        m_gantt->setCurrent(task);
}

void PipelinesPage::graphChosen()
{
    const auto run = runUnderCursor();
    std::set<GridChoice> chosen;
    for (const std::string& task : m_graph->chosen()) {
        if (run && m_grid->grid().rowOf(task) >= 0)
            chosen.insert({run->id, task});
    }
    if (chosen.size() > 1 || m_grid->chosen().size() > 1)
        m_grid->choose(std::move(chosen));
}

bool PipelinesPage::isActive() const
{
    const PipelineSummary* one = m_model.find(m_chosen);
    return one && std::ranges::any_of(one->runs, [](const RunRecord& run) { return stateOf(run) == RunState::Running; });
}

void PipelinesPage::live()
{
    if (!isVisible())
        return m_clock.stop();
    if (!m_isScheduling)
        lookAgain(); // what another process does is not told
    if (!isActive())
        return;
    m_details->refresh();
    m_graph->setStatus(statusOf(m_tasks, m_port.progress(), m_port.now()));
    showGantt();
    m_grid->viewport()->update();
    m_list->viewport()->update();
}

} // namespace mnemo
