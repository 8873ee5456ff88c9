#include "ui/jobs/jobsmodel.h"

#include <algorithm>
#include <cmath>

namespace mnemo {

namespace {

constexpr int settleAfter = 400; // ms
/// Rows that come or go in more pieces than that do so in one piece at the end, and are moved.
constexpr int fewRuns = 24;

} // namespace

JobsModel::JobsModel(QObject* parent)
    : QAbstractTableModel(parent)
{
    m_settleTimer.setSingleShot(true);
    m_settleTimer.setInterval(settleAfter);
    connect(&m_settleTimer, &QTimer::timeout, this, &JobsModel::settle);
}

// --- what comes in ---

void JobsModel::apply(const std::vector<JobSnapshot>& jobs, SteadyTime now)
{
    const int runningBefore = runningCount();
    std::vector<Slot> changed;
    std::vector<const JobSnapshot*> added;
    for (const JobSnapshot& job : jobs) {
        const auto known = m_slots.find(job.id);
        if (known == m_slots.end()) {
            added.push_back(&job);
            continue;
        }
        JobRow& row = m_rows[known->second];
        --m_counts[static_cast<std::size_t>(row.job.state)];
        ++m_counts[static_cast<std::size_t>(job.state)];
        row.update(job, now);
        changed.push_back(known->second);
    }
    emitChanged(changed);
    m_unsettled.insert(m_unsettled.end(), changed.begin(), changed.end());
    std::stable_sort(added.begin(), added.end(), [](const JobSnapshot* a, const JobSnapshot* b) { return a->id < b->id; });
    for (const JobSnapshot* job : added) {
        const auto [place, isNew] = m_slots.emplace(job->id, static_cast<Slot>(m_rows.size()));
        if (!isNew) { // named twice: the later one counts
            m_rows[place->second].update(*job, now);
            continue;
        }
        ++m_counts[static_cast<std::size_t>(job->state)];
        m_unsettled.push_back(place->second);
        m_rows.push_back(JobRow::of(*job, now));
        m_rowOf.push_back(-1);
    }
    if (!added.empty())
        settle();
    else if (!m_unsettled.empty() && !m_settleTimer.isActive())
        m_settleTimer.start();
    announceCounts(runningBefore);
}

void JobsModel::forget(const std::vector<JobId>& jobs)
{
    const int runningBefore = runningCount();
    std::vector<bool> isGone(m_rows.size(), false);
    for (const JobId id : jobs) {
        if (const auto known = m_slots.find(id); known != m_slots.end())
            isGone[known->second] = true;
    }
    std::vector<Slot> next;
    std::copy_if(m_shown.begin(), m_shown.end(), std::back_inserter(next), [&](Slot slot) { return !isGone[slot]; });
    show(std::move(next));
    std::vector<Slot> moved(m_rows.size());
    Slot to = 0;
    for (Slot from = 0; from < m_rows.size(); ++from) {
        moved[from] = to;
        if (isGone[from]) {
            --m_counts[static_cast<std::size_t>(m_rows[from].job.state)];
            m_slots.erase(m_rows[from].job.id);
            continue;
        }
        if (from != to)
            m_rows[to] = std::move(m_rows[from]);
        m_slots[m_rows[to].job.id] = to;
        ++to;
    }
    m_rows.resize(to);
    for (Slot& slot : m_shown)
        slot = moved[slot];
    std::erase_if(m_unsettled, [&](Slot slot) { return isGone[slot]; });
    for (Slot& slot : m_unsettled)
        slot = moved[slot];
    indexShown();
    announceCounts(runningBefore);
}

void JobsModel::applyLane(const LaneSnapshot& lane)
{
    m_lanes[lane.id] = lane;
    if (!m_shown.empty() && count(JobState::Running) > 0)
        emit dataChanged(index(0, static_cast<int>(JobColumn::Left)), index(rowCount() - 1, static_cast<int>(JobColumn::Left)),
            {Qt::DisplayRole});
}

void JobsModel::tick(UtcMs now)
{
    m_order.now = now;
    if (!m_shown.empty() && runningCount() > 0)
        emit dataChanged(index(0, static_cast<int>(JobColumn::Elapsed)),
            index(rowCount() - 1, static_cast<int>(JobColumn::Elapsed)), {Qt::DisplayRole});
}

void JobsModel::announceCounts(int runningBefore)
{
    emit countsChanged();
    if (runningCount() != runningBefore)
        emit runningCountChanged(runningCount());
}

void JobsModel::emitChanged(const std::vector<Slot>& places)
{
    std::vector<int> rows;
    rows.reserve(places.size());
    for (const Slot slot : places) {
        if (m_rowOf[slot] >= 0)
            rows.push_back(m_rowOf[slot]);
    }
    std::sort(rows.begin(), rows.end());
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    for (std::size_t i = 0; i < rows.size();) {
        std::size_t end = i + 1;
        while (end < rows.size() && rows[end] == rows[end - 1] + 1)
            ++end;
        emit dataChanged(index(rows[i], 0), index(rows[end - 1], jobColumns - 1));
        i = end;
    }
}

// --- which rows are shown, and where ---

void JobsModel::setFilter(const JobFilter& filter)
{
    if (m_filter == filter)
        return;
    m_filter = filter;
    m_unsettled.clear();
    std::vector<Slot> next;
    for (Slot slot = 0; slot < m_rows.size(); ++slot) {
        if (m_filter.accepts(m_rows[slot]))
            next.push_back(slot);
    }
    m_order.sort(next, m_rows);
    show(std::move(next));
}

void JobsModel::sort(int column, Qt::SortOrder order)
{
    m_order.column = column >= 0 && column < jobColumns ? std::optional(static_cast<JobColumn>(column)) : std::nullopt;
    m_order.isDescending = order == Qt::DescendingOrder;
    settle();
    std::vector<Slot> next = m_shown;
    m_order.sort(next, m_rows);
    permuteTo(std::move(next));
}

bool JobsModel::isInPlace(Slot slot) const
{
    const int row = m_rowOf[slot];
    if (row < 0 || !m_filter.accepts(m_rows[slot]))
        return row < 0 && !m_filter.accepts(m_rows[slot]);
    const bool isAfter = row == 0 || !m_order.less(m_rows[slot], rowAt(row - 1));
    const bool isBefore = row == rowCount() - 1 || !m_order.less(rowAt(row + 1), m_rows[slot]);
    return isAfter && isBefore;
}

void JobsModel::settle()
{
    m_settleTimer.stop();
    std::vector<Slot> changed = std::exchange(m_unsettled, {});
    // Where every changed row stands right between its neighbours, all of them do.
    if (std::all_of(changed.begin(), changed.end(), [this](Slot slot) { return isInPlace(slot); }))
        return;
    show(m_order.updated(m_shown, std::move(changed), m_rows, m_filter));
}

void JobsModel::show(std::vector<Slot> next)
{
    removeRowsNotIn(next);
    std::vector<bool> isShown(m_rows.size(), false);
    for (const Slot slot : m_shown)
        isShown[slot] = true;
    std::vector<Slot> kept;
    kept.reserve(m_shown.size());
    std::copy_if(next.begin(), next.end(), std::back_inserter(kept), [&](Slot slot) { return isShown[slot]; });
    permuteTo(std::move(kept));
    insertRowsOf(next);
}

void JobsModel::removeRowsNotIn(const std::vector<Slot>& next)
{
    std::vector<bool> stays(m_rows.size(), false);
    for (const Slot slot : next)
        stays[slot] = true;
    struct Run {
        int first, last;
    };
    std::vector<Run> runs;
    for (int row = 0; row < rowCount(); ++row) {
        if (stays[m_shown[static_cast<std::size_t>(row)]])
            continue;
        if (!runs.empty() && runs.back().last == row - 1)
            runs.back().last = row;
        else
            runs.push_back({row, row});
    }
    if (runs.size() > fewRuns) {
        std::vector<Slot> order = m_shown;
        const auto firstGone = std::stable_partition(order.begin(), order.end(), [&](Slot slot) { return stays[slot]; });
        const int first = static_cast<int>(firstGone - order.begin());
        permuteTo(std::move(order));
        runs = {{first, rowCount() - 1}};
    }
    for (auto run = runs.rbegin(); run != runs.rend(); ++run) {
        beginRemoveRows({}, run->first, run->last);
        m_shown.erase(m_shown.begin() + run->first, m_shown.begin() + run->last + 1);
        indexShown();
        endRemoveRows();
    }
}

/// @p next: the shown rows in another order.
void JobsModel::permuteTo(std::vector<Slot> next)
{
    if (next == m_shown)
        return;
    emit layoutAboutToBeChanged({}, VerticalSortHint);
    const QModelIndexList before = persistentIndexList();
    std::vector<Slot> places;
    places.reserve(static_cast<std::size_t>(before.size()));
    for (const QModelIndex& index : before)
        places.push_back(m_shown[static_cast<std::size_t>(index.row())]);
    m_shown = std::move(next);
    indexShown();
    QModelIndexList after;
    after.reserve(before.size());
    for (qsizetype i = 0; i < before.size(); ++i)
        after << index(m_rowOf[places[static_cast<std::size_t>(i)]], before[i].column());
    changePersistentIndexList(before, after);
    emit layoutChanged({}, VerticalSortHint);
}

/// @p next: what is shown, in its order, with more between.
void JobsModel::insertRowsOf(const std::vector<Slot>& next)
{
    struct Run {
        std::size_t first, last;
    };
    std::vector<Run> runs;
    for (std::size_t i = 0; i < next.size(); ++i) {
        if (m_rowOf[next[i]] >= 0)
            continue;
        if (!runs.empty() && runs.back().last == i - 1)
            runs.back().last = i;
        else
            runs.push_back({i, i});
    }
    if (runs.size() > fewRuns) {
        std::vector<Slot> added;
        std::copy_if(next.begin(), next.end(), std::back_inserter(added), [&](Slot slot) { return m_rowOf[slot] < 0; });
        beginInsertRows({}, rowCount(), rowCount() + static_cast<int>(added.size()) - 1);
        m_shown.insert(m_shown.end(), added.begin(), added.end());
        indexShown();
        endInsertRows();
        permuteTo(next);
        return;
    }
    for (const Run& run : runs) {
        const auto first = static_cast<std::ptrdiff_t>(run.first), end = static_cast<std::ptrdiff_t>(run.last) + 1;
        beginInsertRows({}, static_cast<int>(run.first), static_cast<int>(run.last));
        m_shown.insert(m_shown.begin() + first, next.begin() + first, next.begin() + end);
        indexShown();
        endInsertRows();
    }
}

void JobsModel::indexShown()
{
    m_rowOf.assign(m_rows.size(), -1);
    for (std::size_t row = 0; row < m_shown.size(); ++row)
        m_rowOf[m_shown[row]] = static_cast<int>(row);
}

// --- asking ---

int JobsModel::rowOf(JobId id) const
{
    const auto known = m_slots.find(id);
    return known == m_slots.end() ? -1 : m_rowOf[known->second];
}

const JobSnapshot* JobsModel::find(JobId id) const
{
    const auto known = m_slots.find(id);
    return known == m_slots.end() ? nullptr : &m_rows[known->second].job;
}

std::vector<JobId> JobsModel::idsIn(const std::set<JobState>& states) const
{
    std::vector<JobId> ids;
    for (const JobRow& row : m_rows) {
        if (states.contains(row.job.state))
            ids.push_back(row.job.id);
    }
    return ids;
}

int JobsModel::runningCount() const
{
    return count(JobState::Running) + count(JobState::Queued) + count(JobState::Paused);
}

/// What the tightest budget of the job's requests still allows in its window.
std::optional<double> JobsModel::requestsLeft(const JobSnapshot& job) const
{
    const auto lane = m_lanes.find(job.lane);
    if (lane == m_lanes.end() || job.state != JobState::Running)
        return std::nullopt;
    std::optional<double> left;
    for (const Charge& charge : job.charges) {
        const auto& budgets = lane->second.budgets;
        const auto budget = std::find_if(budgets.begin(), budgets.end(), [&](const BudgetState& b) { return b.name == charge.budget; });
        if (budget == budgets.end() || charge.weight <= 0)
            continue;
        const double requests = std::floor(std::max(0.0, budget->capacity - budget->used) / charge.weight);
        left = std::min(left.value_or(requests), requests);
    }
    return left;
}

int JobsModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_shown.size());
}

int JobsModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : jobColumns;
}

} // namespace mnemo
