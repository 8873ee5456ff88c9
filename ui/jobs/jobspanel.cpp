#include "ui/jobs/jobspanel.h"

#include <QAction>
#include <QClipboard>
#include <QFocusEvent>
#include <QGuiApplication>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMessageBox>
#include <QSplitter>
#include <QStackedWidget>
#include <QTableView>
#include <QVBoxLayout>
#include <algorithm>
#include <memory>
#include <utility>

#include "ui/jobs/diagnostics.h"
#include "ui/jobs/jobdetailspanel.h"
#include "ui/jobs/jobfilterbar.h"
#include "ui/jobs/progressdelegate.h"
#include "ui/widgets/glyphicon.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

constexpr int updateAfter = 150; // ms
constexpr int clockEvery = 1000; // ms
constexpr std::size_t manyJobs = 10;
constexpr qsizetype fewRanges = 8;
/// Diagnostics of more jobs than that are no longer something to paste.
constexpr std::size_t mostDiagnosed = 50;

bool isOver(const JobSnapshot& job)
{
    return isFinal(job.state);
}

/// What ended without everything that was wanted.
bool isWorthARetry(const JobSnapshot& job)
{
    return isFinal(job.state) && job.state != JobState::Complete;
}

bool isWaitingOrRunning(const JobSnapshot& job)
{
    return job.state == JobState::Running || job.state == JobState::Queued;
}

} // namespace

JobsPanel::JobsPanel(JobsModel& model, JobsPort& port, bool isReadOnly, QWidget* parent)
    : QWidget(parent)
    , m_model(model)
    , m_port(port)
    , m_isReadOnly(isReadOnly)
    , m_filter(new JobFilterBar(model))
    , m_table(new QTableView)
    , m_details(new LazyPageOf<JobDetailsPanel>([this] { return makeDetails(); }))
    , m_splitter(new QSplitter(Qt::Horizontal))
    , m_empty(new QLabel)
    , m_stack(new QStackedWidget)
{
    m_confirm = [this](const QString& question) {
        return QMessageBox::question(this, tr("Jobs"), question, QMessageBox::Yes | QMessageBox::No, QMessageBox::No)
            == QMessageBox::Yes;
    };
    createTable();
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setForegroundRole(QPalette::PlaceholderText);
    m_empty->setWordWrap(true);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(createTablePage());
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_filter);
    layout->addWidget(m_stack, 1);
    createActions();
    createListActions();
    m_updateTimer.setSingleShot(true);
    m_updateTimer.setInterval(updateAfter);
    connect(&m_updateTimer, &QTimer::timeout, this, &JobsPanel::updateActions);
    m_clockTimer.setInterval(clockEvery);
    connect(&m_clockTimer, &QTimer::timeout, this, [this] { m_model.tick(SystemClock().now()); });
    const auto watchClock = [this](int running) { running > 0 ? m_clockTimer.start() : m_clockTimer.stop(); };
    connect(&m_model, &JobsModel::runningCountChanged, this, watchClock);
    watchClock(m_model.runningCount());
    connect(&m_model, &QAbstractItemModel::rowsInserted, this, &JobsPanel::choosePage);
    connect(&m_model, &QAbstractItemModel::rowsRemoved, this, &JobsPanel::choosePage);
    connect(&m_model, &JobsModel::countsChanged, this, &JobsPanel::choosePage);
    choosePage();
    updateActions();
}

QWidget* JobsPanel::createTablePage()
{
    m_splitter->addWidget(m_table);
    m_splitter->addWidget(m_details);
    m_splitter->setStretchFactor(0, 3);
    m_splitter->setStretchFactor(1, 2);
    m_splitter->setChildrenCollapsible(false);
    m_details->setVisible(false);
    return m_splitter;
}

void JobsPanel::createTable()
{
    m_table->setModel(&m_model);
    m_table->installEventFilter(this);
    m_table->horizontalHeader()->setSortIndicatorClearable(true);
    // What works stands above what is over, newest first within each; newest first alone is a third click away.
    m_table->horizontalHeader()->setSortIndicator(static_cast<int>(JobColumn::State), Qt::AscendingOrder);
    m_table->setSortingEnabled(true);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setAlternatingRowColors(true);
    m_table->setShowGrid(false);
    m_table->setWordWrap(false);
    m_table->setTabKeyNavigation(false);
    m_table->setItemDelegateForColumn(static_cast<int>(JobColumn::Progress), new ProgressDelegate(m_table));
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed); // no measuring of 50,000 rows
    m_table->verticalHeader()->setDefaultSectionSize(m_table->fontMetrics().height() + 9);
    m_table->setAccessibleName(tr("Jobs"));
    m_table->setAccessibleDescription(tr("Backfills with their state, progress and problems, running ones first"));
    m_table->setContextMenuPolicy(Qt::ActionsContextMenu);
    QHeaderView* header = m_table->horizontalHeader();
    header->setHighlightSections(false);
    header->setSectionsMovable(true);
    const int em = m_table->fontMetrics().horizontalAdvance(u'0');
    for (const auto& [column, widthInEms] : {std::pair {JobColumn::State, 20}, {JobColumn::Series, 28},
             {JobColumn::Range, 31}, {JobColumn::Progress, 22}, {JobColumn::Rows, 10}, {JobColumn::Rate, 10},
             {JobColumn::Requests, 12}, {JobColumn::Left, 8}, {JobColumn::Attempts, 9}, {JobColumn::Waiting, 15},
             {JobColumn::Started, 18}, {JobColumn::Elapsed, 12}, {JobColumn::Eta, 12}, {JobColumn::Problem, 30}})
        header->resizeSection(static_cast<int>(column), widthInEms * em);
    header->setStretchLastSection(true);
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, [this] { m_updateTimer.start(); });
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, &JobsPanel::updateActions);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &JobsPanel::currentChanged);
    connect(&m_model, &QAbstractItemModel::dataChanged, this, [this] {
        // A key pressed right after a job has changed must find its action; of very many the actions follow later.
        if (m_table->selectionModel()->selection().size() <= fewRanges)
            updateActions();
        else if (!m_updateTimer.isActive())
            m_updateTimer.start();
    });
    connect(m_table, &QTableView::activated, this, [this](const QModelIndex& index) { m_port.show(m_model.jobAt(index.row())); });
}

// --- actions ---

QAction* JobsPanel::addListAction(const QString& text, const QKeySequence& key, const std::function<void()>& run)
{
    auto* action = new QAction(text, this);
    action->setShortcut(key);
    action->setShortcutContext(Qt::WidgetWithChildrenShortcut); // single keys act in the table alone
    connect(action, &QAction::triggered, this, run);
    m_table->addAction(action);
    m_actions << action;
    return action;
}

QAction* JobsPanel::addJobAction(const QString& text, const QKeySequence& key,
    const std::function<bool(const JobSnapshot&)>& applies, const std::function<void(std::vector<JobId>)>& run)
{
    QAction* action = addListAction(text, key, [this, applies, run] {
        if (auto jobs = selected(applies); !jobs.empty())
            run(std::move(jobs));
    });
    m_rules.push_back({action, applies});
    return action;
}

void JobsPanel::createActions()
{
    const auto send = [this](JobCommand command) {
        return [this, command](std::vector<JobId> jobs) { m_port.command(std::move(jobs), command); };
    };
    const auto isGoingOn = [](const JobSnapshot& job) { return !isFinal(job.state); };
    addJobAction(tr("&Pause or resume"), Qt::Key_Space, isGoingOn, [this](const std::vector<JobId>&) { pauseOrResume(); })
        ->setIcon(glyphIcon(Glyph::Pause));
    addJobAction(tr("&Cancel"), Qt::Key_Delete, isGoingOn, [this](std::vector<JobId> jobs) { cancel(std::move(jobs)); })
        ->setIcon(glyphIcon(Glyph::Stop));
    addJobAction(tr("&Retry what is missing"), Qt::Key_R, isWorthARetry, send(JobCommand::Retry))->setIcon(glyphIcon(Glyph::Retry));
    addJobAction(tr("P&rioritise"), Qt::Key_P, isWaitingOrRunning, send(JobCommand::Prefer))
        ->setToolTip(tr("Goes before others that wait"));
    const auto always = [](const JobSnapshot&) { return true; };
    addJobAction(tr("&Show in chart"), Qt::Key_Return, always, [this](const std::vector<JobId>& jobs) {
        if (const JobSnapshot* job = m_model.find(jobs.front()))
            m_port.show(*job);
    });
    addJobAction(tr("Show in the lo&g"), Qt::Key_L, always,
        [this](const std::vector<JobId>& jobs) { emit logRequested(jobs.front()); });
    m_showDetails = addListAction(tr("&Details"), Qt::Key_D, [this] {
        details(); // before it shows: the splitter asks how wide it wants to be
        m_details->setVisible(m_showDetails->isChecked());
    });
    m_showDetails->setCheckable(true);
    m_showDetails->setToolTip(tr("Requests, log and gaps of the job"));
    addJobAction(tr("Copy dia&gnostics"), QKeySequence::Copy, always, [this](const std::vector<JobId>&) { copyDiagnostics(false); });
    addJobAction(tr("Copy diagnostics as &JSON"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_C), always,
        [this](const std::vector<JobId>&) { copyDiagnostics(true); });
    addJobAction(tr("Remove from the &list"), QKeySequence(Qt::SHIFT | Qt::Key_Delete), isOver,
        [this](std::vector<JobId> jobs) { m_port.forget(std::move(jobs)); });
}

void JobsPanel::createListActions()
{
    m_clearFinished = addListAction(tr("Clear &finished"), QKeySequence(Qt::CTRL | Qt::Key_Delete), [this] { clearFinished(); });
    m_clearFinished->setToolTip(tr("Takes complete and cancelled jobs off the list; failed ones and those with gaps stay"));
    addListAction(tr("Filter &jobs"), Qt::Key_Slash, [this] { m_filter->text()->setFocus(Qt::ShortcutFocusReason); });
}

void JobsPanel::pauseOrResume()
{
    // A mixed selection is paused: what was started by accident stops.
    if (auto running = selected(isWaitingOrRunning); !running.empty()) {
        m_port.command(std::move(running), JobCommand::Pause);
        return;
    }
    m_port.command(selected([](const JobSnapshot& job) { return job.state == JobState::Paused; }), JobCommand::Resume);
}

void JobsPanel::cancel(std::vector<JobId> jobs)
{
    const auto count = static_cast<std::int64_t>(jobs.size());
    if (jobs.size() <= manyJobs || m_confirm(tr("Cancel these jobs? What they have stored stays. Jobs: %1").arg(countText(count))))
        m_port.command(std::move(jobs), JobCommand::Cancel);
}

void JobsPanel::clearFinished()
{
    m_port.forget(m_model.idsIn({JobState::Complete, JobState::Cancelled}));
}

std::vector<JobId> JobsPanel::selected(const std::function<bool(const JobSnapshot&)>& applies) const
{
    std::vector<JobId> jobs;
    for (const QItemSelectionRange& range : m_table->selectionModel()->selection()) {
        for (int row = range.top(); row <= range.bottom(); ++row) {
            if (const JobSnapshot& job = m_model.jobAt(row); applies(job))
                jobs.push_back(job.id);
        }
    }
    std::sort(jobs.begin(), jobs.end()); // as they were asked for
    jobs.erase(std::unique(jobs.begin(), jobs.end()), jobs.end());
    return jobs;
}

void JobsPanel::updateActions()
{
    std::vector<bool> applies(m_rules.size(), false);
    std::size_t missing = m_rules.size();
    for (const QItemSelectionRange& range : m_table->selectionModel()->selection()) {
        for (int row = range.top(); row <= range.bottom() && missing > 0; ++row) {
            const JobSnapshot& job = m_model.jobAt(row);
            for (std::size_t i = 0; i < m_rules.size(); ++i) {
                if (!applies[i] && m_rules[i].applies(job)) {
                    applies[i] = true;
                    --missing;
                }
            }
        }
    }
    for (std::size_t i = 0; i < m_rules.size(); ++i)
        m_rules[i].action->setEnabled(applies[i]);
    m_clearFinished->setEnabled(m_model.count(JobState::Complete) + m_model.count(JobState::Cancelled) > 0);
}

// --- what is shown ---

void JobsPanel::choosePage()
{
    if (!m_updateTimer.isActive())
        m_updateTimer.start();
    m_filter->setVisible(m_model.totalCount() > 0);
    m_stack->setCurrentIndex(m_model.rowCount() > 0 ? 1 : 0);
    if (m_model.totalCount() > 0)
        m_empty->setText(tr("No job fits the filter."));
    else
        m_empty->setText(m_isReadOnly ? tr("This window only reads: jobs are shown in the window that collects.")
                                      : tr("No jobs yet. Start one with New backfill (Ctrl+N)."));
}

void JobsPanel::currentChanged()
{
    if (JobDetailsPanel* details = m_details->madePage())
        details->setJob(currentJob());
}

std::optional<JobId> JobsPanel::currentJob() const
{
    const QModelIndex current = m_table->currentIndex();
    return current.isValid() ? std::optional(m_model.jobAt(current.row()).id) : std::nullopt;
}

JobDetailsPanel* JobsPanel::makeDetails()
{
    auto* details = new JobDetailsPanel(m_port);
    details->setJob(currentJob());
    return details;
}

JobDetailsPanel* JobsPanel::details() const
{
    return m_details->page();
}

/// Who comes by keyboard finds a row selected: the keys of the table act at once.
bool JobsPanel::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_table && event->type() == QEvent::FocusIn && m_model.rowCount() > 0) {
        const auto reason = static_cast<QFocusEvent*>(event)->reason();
        const bool isByKey = reason == Qt::TabFocusReason || reason == Qt::BacktabFocusReason || reason == Qt::ShortcutFocusReason;
        if (isByKey && !m_table->selectionModel()->hasSelection())
            m_table->selectRow(m_table->currentIndex().isValid() ? m_table->currentIndex().row() : 0);
    }
    return QWidget::eventFilter(watched, event);
}

void JobsPanel::selectJob(JobId id)
{
    if (const int row = m_model.rowOf(id); row >= 0)
        m_table->selectRow(row);
}

void JobsPanel::copyDiagnostics(bool asJson)
{
    std::vector<JobId> jobs = selected([](const JobSnapshot&) { return true; });
    jobs.resize(std::min(jobs.size(), mostDiagnosed));
    const auto collected = std::make_shared<std::vector<JobDetails>>();
    const auto left = std::make_shared<std::size_t>(jobs.size());
    for (const JobId id : jobs) {
        m_port.details(id, this, [collected, left, asJson](const std::optional<JobDetails>& details) {
            if (details)
                collected->push_back(*details);
            if (--*left == 0)
                QGuiApplication::clipboard()->setText(asJson ? diagnosticsJson(*collected) : diagnosticsText(*collected));
        });
    }
}

} // namespace mnemo
