#include "ui/jobs/jobspanel.h"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QHeaderView>
#include <QLabel>
#include <QSortFilterProxyModel>
#include <QStackedWidget>
#include <QTableView>
#include <QVBoxLayout>
#include <algorithm>
#include <utility>

#include "ui/jobs/progressdelegate.h"
#include "ui/widgets/glyphicon.h"

using namespace Qt::StringLiterals;

namespace mnemo {

JobsPanel::JobsPanel(JobsModel& model, JobCommands commands, bool isReadOnly, QWidget* parent)
    : QWidget(parent)
    , m_model(model)
    , m_commands(std::move(commands))
    , m_isReadOnly(isReadOnly)
    , m_sorted(new QSortFilterProxyModel(this))
    , m_table(new QTableView(this))
    , m_stack(new QStackedWidget(this))
{
    createTable();
    createActions();
    auto* empty = new QLabel(m_isReadOnly ? tr("This window only reads: jobs are shown in the window that collects.")
                                          : tr("No jobs yet. Start one with New backfill (Ctrl+N)."));
    empty->setAlignment(Qt::AlignCenter);
    empty->setForegroundRole(QPalette::PlaceholderText);
    empty->setWordWrap(true);
    m_stack->addWidget(empty);
    m_stack->addWidget(m_table);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_stack);
    const auto choosePage = [this] { m_stack->setCurrentIndex(m_model.rowCount() > 0 ? 1 : 0); };
    connect(&m_model, &QAbstractItemModel::rowsInserted, this, choosePage);
    choosePage();
}

void JobsPanel::createTable()
{
    m_sorted->setSourceModel(&m_model);
    m_sorted->setSortRole(JobsModel::SortRole);
    m_table->setModel(m_sorted);
    m_table->setSortingEnabled(true);
    m_table->horizontalHeader()->setSortIndicatorClearable(true);
    m_table->sortByColumn(-1, Qt::AscendingOrder); // newest first, as the model has them
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setAlternatingRowColors(true);
    m_table->setShowGrid(false);
    m_table->setWordWrap(false);
    m_table->setTabKeyNavigation(false);
    m_table->setItemDelegateForColumn(JobsModel::Progress, new ProgressDelegate(m_table));
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(m_table->fontMetrics().height() + 9);
    m_table->setAccessibleName(tr("Jobs"));
    m_table->setAccessibleDescription(tr("Backfills with their state, progress and problems, newest first"));
    m_table->setContextMenuPolicy(Qt::ActionsContextMenu);
    QHeaderView* header = m_table->horizontalHeader();
    header->setHighlightSections(false);
    header->setSectionsMovable(true);
    const int em = m_table->fontMetrics().horizontalAdvance(u'0');
    for (const auto& [column, widthInEms] : {std::pair {JobsModel::State, 18}, {JobsModel::Series, 26},
             {JobsModel::Range, 31}, {JobsModel::Progress, 22}, {JobsModel::Rows, 9}, {JobsModel::Rate, 9},
             {JobsModel::Requests, 10}, {JobsModel::Waiting, 15}, {JobsModel::Eta, 11}, {JobsModel::Problem, 8}})
        header->resizeSection(column, widthInEms * em);
    header->setStretchLastSection(true);
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, &JobsPanel::updateActions);
    connect(&m_model, &QAbstractItemModel::dataChanged, this, &JobsPanel::updateActions);
    connect(m_table, &QTableView::activated, this,
        [this](const QModelIndex& index) { m_commands.show(m_model.jobAt(m_sorted->mapToSource(index).row())); });
}

QAction* JobsPanel::addJobAction(const QString& text, const QKeySequence& key,
    const std::function<bool(const JobSnapshot&)>& applies, const std::function<void(const JobSnapshot&)>& run)
{
    auto* action = new QAction(text, this);
    action->setShortcut(key);
    action->setShortcutContext(Qt::WidgetWithChildrenShortcut); // single keys act in the table alone
    connect(action, &QAction::triggered, this, [this, applies, run] {
        for (const JobSnapshot& job : selected()) {
            if (applies(job))
                run(job);
        }
    });
    m_table->addAction(action);
    m_actions << action;
    m_rules.push_back({action, applies});
    return action;
}

void JobsPanel::createActions()
{
    const auto isRunning = [](const JobSnapshot& job) {
        return job.state == JobState::Running || job.state == JobState::Queued;
    };
    const auto isOver = [](const JobSnapshot& job) {
        return job.state == JobState::Failed || job.state == JobState::Cancelled
            || job.state == JobState::FinishedWithGaps;
    };
    addJobAction(
        tr("&Pause or resume"), Qt::Key_Space,
        [isRunning](const JobSnapshot& job) { return isRunning(job) || job.state == JobState::Paused; },
        [this](const JobSnapshot& job) {
            job.state == JobState::Paused ? m_commands.resume(job.id) : m_commands.pause(job.id);
        })
        ->setIcon(glyphIcon(Glyph::Pause));
    addJobAction(
        tr("&Cancel"), Qt::Key_Delete,
        [isRunning](const JobSnapshot& job) { return isRunning(job) || job.state == JobState::Paused; },
        [this](const JobSnapshot& job) { m_commands.cancel(job.id); })
        ->setIcon(glyphIcon(Glyph::Stop));
    addJobAction(tr("&Retry what is missing"), Qt::Key_R, isOver, [this](const JobSnapshot& job) {
        m_commands.retry(job);
    })->setIcon(glyphIcon(Glyph::Retry));
    const auto always = [](const JobSnapshot&) { return true; };
    addJobAction(
        tr("&Show in chart"), Qt::Key_Return, always, [this](const JobSnapshot& job) { m_commands.show(job); });
    auto* copy = new QAction(tr("Copy &diagnostics"), this);
    copy->setShortcut(QKeySequence::Copy);
    copy->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    connect(copy, &QAction::triggered, this, &JobsPanel::copyDiagnostics);
    m_table->addAction(copy);
    m_actions << copy;
    m_rules.push_back({copy, always});
    updateActions();
}

std::vector<JobSnapshot> JobsPanel::selected() const
{
    std::vector<JobSnapshot> jobs;
    for (const QModelIndex& index : m_table->selectionModel()->selectedRows())
        jobs.push_back(m_model.jobAt(m_sorted->mapToSource(index).row()));
    return jobs;
}

void JobsPanel::updateActions()
{
    const auto jobs = selected();
    for (const Rule& rule : m_rules)
        rule.action->setEnabled(std::any_of(jobs.begin(), jobs.end(), rule.applies));
}

void JobsPanel::copyDiagnostics()
{
    QStringList blocks;
    for (const QModelIndex& index : m_table->selectionModel()->selectedRows()) {
        QStringList cells;
        for (int column = 0; column < JobsModel::ColumnCount; ++column)
            cells << index.siblingAtColumn(column).data().toString();
        blocks << cells.join(u'\t') << index.data(Qt::ToolTipRole).toString() << QString();
    }
    QGuiApplication::clipboard()->setText(blocks.join(u'\n'));
}

} // namespace mnemo
