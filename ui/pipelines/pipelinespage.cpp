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

#include "ui/pipelines/askall.h"
#include "ui/pipelines/commanddialog.h"
#include "ui/pipelines/ganttview.h"
#include "ui/pipelines/graphview.h"
#include "ui/pipelines/gridview.h"
#include "ui/pipelines/pipelinetext.h"
#include "ui/pipelines/runbarsdelegate.h"
#include "ui/pipelines/taskdetails.h"
#include "ui/pipelines/yamlview.h"
#include "ui/widgets/actionreason.h"
#include "ui/widgets/elidedlabel.h"
#include "ui/widgets/errortext.h"
#include "ui/widgets/glyphicon.h"
#include "ui/widgets/headline.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

using Action = PipelineCommand::Action;

constexpr int readAfter = 150;  ///< ms after a change
constexpr int liveEvery = 1000; ///< ms
constexpr int messageWidth = 620; ///< px

constexpr std::size_t mostUndone = 100;

using Outcomes = std::vector<CommandOutcome>;

template<class Part>
int countOf(const Outcomes& outcomes, Part CommandOutcome::*part)
{
    std::size_t count = 0;
    for (const CommandOutcome& one : outcomes)
        count += (one.*part).size();
    return static_cast<int>(count);
}

// lupdate 6.4 takes a std:: before tr() in a function for the class of the text: there is none here.
QString doneText(Action action, const Outcomes& outcomes)
{
    const int taskCount = countOf(outcomes, &CommandOutcome::tasks), runCount = countOf(outcomes, &CommandOutcome::runs);
    switch (action) {
    case Action::Trigger:
        return runCount == 1 ? PipelinesPage::tr("Run %1 has begun.").arg(outcomes.front().runs.front()) : PipelinesPage::tr("%n run(s) have begun.", nullptr, runCount);
    case Action::Backfill: return PipelinesPage::tr("%n run(s) wait for their turn.", nullptr, runCount);
    case Action::Pause: return PipelinesPage::tr("Paused: nothing more begins, what is at work ends.");
    case Action::Resume: return PipelinesPage::tr("Resumed.");
    case Action::Cancel: return PipelinesPage::tr("Cancelled. This cannot be undone.");
    case Action::Clear: return PipelinesPage::tr("%n task(s) begin again.", nullptr, taskCount);
    case Action::Mark: return PipelinesPage::tr("%n task(s) are marked.", nullptr, taskCount);
    case Action::Priority: return PipelinesPage::tr("%n task(s) have another priority.", nullptr, taskCount);
    case Action::Undo: return PipelinesPage::tr("Undone.");
    }
    return {};
}

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
    m_pages->addWidget(createMessage());
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

QWidget* PipelinesPage::createMessage()
{
    m_messageTitle = headline({});
    m_messageText = new QLabel;
    m_messageText->setTextFormat(Qt::PlainText);
    m_messageText->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_messageText->setWordWrap(true);
    m_messageText->setFixedWidth(messageWidth);
    m_messageText->setMinimumHeight(4 * fontMetrics().lineSpacing());
    auto* folder = new QPushButton(tr("Show the folder"));
    connect(folder, &QPushButton::clicked, this, &PipelinesPage::showFolder);
    auto* page = new QWidget;
    auto* layout = new QVBoxLayout(page);
    layout->addStretch(2);
    for (QLabel* label : {m_messageTitle, m_messageText}) {
        label->setAlignment(Qt::AlignCenter);
        layout->addWidget(label, 0, Qt::AlignHCenter);
    }
    layout->addWidget(folder, 0, Qt::AlignHCenter);
    layout->addStretch(3);
    return page;
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
    m_messageTitle->setText(title);
    m_messageText->setText(text);
    m_status->clear();
}

QString PipelinesPage::message() const
{
    return m_pages->currentIndex() == 0 ? m_messageTitle->text() : QString();
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

// --- what can be asked ---

void PipelinesPage::updateActions()
{
    const PipelineSummary* one = m_model.find(m_chosen);
    const auto run = runUnderCursor();
    const auto enable = [](QAction* action, bool isPossible, const QString& reason) {
        action->setEnabled(isPossible);
        setReason(*action, reason);
    };
    for (QAction* action : {m_trigger, m_pause, m_backfill})
        enable(action, one && one->dag, tr("Select a pipeline first"));
    for (QAction* action : {m_retry, m_clear, m_mark})
        enable(action, run.has_value(), tr("Select a run or a task first"));
    const bool hasOpen = !taskCommands(Action::Cancel).empty();
    for (QAction* action : {m_cancel, m_priority, m_hold})
        enable(action, hasOpen, tr("Select a run that is not over, or a task of it"));
    m_undo->setEnabled(!m_done.empty() && !m_isUndoing);
    const bool hasSeries = !chosenSeries().isEmpty();
    for (QAction* action : {m_coverage, m_findings})
        enable(action, hasSeries, tr("Select a task that is about series of one exchange or symbol"));
}

QString PipelinesPage::chosenSeries() const
{
    return m_grid->row() < 0 ? QString() : seriesWords(m_details->chosen().tasks);
}

std::vector<std::string> PipelinesPage::chosenPipelines() const
{
    std::vector<std::string> all;
    const auto add = [&](const PipelineSummary* one) {
        if (one && one->dag && std::ranges::find(all, one->record.id) == all.end())
            all.push_back(one->record.id);
    };
    add(m_model.find(m_chosen));
    for (const QModelIndex& index : m_list->selectionModel()->selectedRows())
        add(m_model.pipelineAt(index.row()));
    return all;
}

PipelinesPage::Commands PipelinesPage::pipelineCommands(Action action) const
{
    Commands commands;
    for (const std::string& pipeline : chosenPipelines()) {
        PipelineCommand command;
        command.action = action;
        command.pipeline = pipeline;
        commands.push_back(std::move(command));
    }
    return commands;
}

/// Of runs that are over those actions alone that bring them to life again.
PipelinesPage::Commands PipelinesPage::taskCommands(Action action) const
{
    const bool mayBeOver = action == Action::Clear || action == Action::Mark;
    Commands commands;
    const RunGrid& grid = m_grid->grid();
    for (const GridChoice& one : m_grid->chosen()) { // by run; the run itself before its tasks
        const int column = grid.columnOf(one.run);
        if (column < 0 || (!mayBeOver && isFinal(stateOf(grid.run(column)))))
            continue;
        if (commands.empty() || commands.back().run != one.run) {
            PipelineCommand command;
            command.action = action;
            command.pipeline = m_chosen;
            command.run = one.run;
            if (!one.task.empty())
                command.tasks = {one.task};
            commands.push_back(std::move(command));
        } else if (!commands.back().tasks.empty()) {
            commands.back().tasks.push_back(one.task);
        }
    }
    return commands;
}

void PipelinesPage::askAboutTasks(Action action, bool isRetry)
{
    Commands commands = taskCommands(action);
    for (PipelineCommand& command : commands) {
        command.failedOnly = command.withDownstream = isRetry;
        if (m_details->chosen().tasks.size() == 1)
            command.priority = m_details->chosen().tasks.front().priority;
    }
    ask(std::move(commands));
}

void PipelinesPage::ask(Commands commands)
{
    if (commands.empty())
        return;
    QStringList parameters;
    for (const PipelineCommand& command : commands) {
        const PipelineSummary* one = m_model.find(command.pipeline);
        if (one && one->dag && (command.action == Action::Trigger || command.action == Action::Backfill))
            parameters << parametersOf(*one->dag);
    }
    parameters.removeDuplicates();
    auto* dialog = new CommandDialog(m_port, m_zone, std::move(commands), parameters, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &CommandDialog::carriedOut, this, &PipelinesPage::carriedOut);
    dialog->open();
}

void PipelinesPage::carriedOut(const Commands& commands, const std::vector<CommandOutcome>& outcomes)
{
    const Action action = commands.front().action;
    Done done {doneText(action, outcomes), {}};
    for (const CommandOutcome& one : outcomes) {
        m_changedRuns.insert(one.runs.begin(), one.runs.end());
        if (one.undo != 0)
            done.numbers.push_back(one.undo);
    }
    emit told(done.numbers.empty() ? done.what : tr("%1 Ctrl+Z undoes it.").arg(done.what));
    if (!done.numbers.empty())
        m_done.push_back(std::move(done));
    if (m_done.size() > mostUndone)
        m_done.erase(m_done.begin());
    updateActions();
    if (action == Action::Trigger && commands.size() == 1 && !outcomes.front().runs.empty()) {
        m_wantedRun = outcomes.front().runs.front();
        m_areRunsStale = true;
        m_tabs->currentWidget()->setFocus();
    }
    readOverview();
}

void PipelinesPage::undo()
{
    if (m_done.empty() || m_isUndoing)
        return;
    const Done last = std::move(m_done.back());
    m_done.pop_back();
    m_isUndoing = true;
    updateActions();
    Commands commands;
    for (auto number = last.numbers.rbegin(); number != last.numbers.rend(); ++number) {
        PipelineCommand command;
        command.action = Action::Undo;
        command.undo = *number;
        commands.push_back(std::move(command));
    }
    askAll(m_port, this, std::move(commands), [this, what = last.what](const CommandAnswers& answers) { undone(what, answers); });
}

void PipelinesPage::undone(const QString& what, const CommandAnswers& answers)
{
    m_isUndoing = false;
    for (const CommandOutcome& one : answers.outcomes)
        m_changedRuns.insert(one.runs.begin(), one.runs.end());
    emit told(answers.error ? tr("It cannot be undone: %1").arg(toQString(answers.error->detail)) : tr("Undone: %1").arg(what));
    readOverview();
    updateActions();
}

void PipelinesPage::askPaused(Commands commands)
{
    askAll(m_port, this, commands, [this, commands](const CommandAnswers& answers) {
        if (!answers.outcomes.empty())
            carriedOut(commands, answers.outcomes);
        if (answers.error)
            emit told(errorTextWithDetail(*answers.error));
    });
}

void PipelinesPage::pausePipeline(const std::string& pipeline, bool isPaused)
{
    PipelineCommand command;
    command.action = isPaused ? Action::Pause : Action::Resume;
    command.pipeline = pipeline;
    askPaused({command});
}

void PipelinesPage::pauseChosen()
{
    const auto run = runUnderCursor();
    if (!run)
        return;
    const auto& tasks = m_details->chosen().tasks;
    const bool isOfTask = m_grid->row() >= 0;
    const bool isPaused = isOfTask ? !tasks.empty() && tasks.front().isPaused : run->isPaused;
    askPaused(taskCommands(isPaused ? Action::Resume : Action::Pause));
}

} // namespace mnemo
