#include "ui/jobs/jobsmodel.h"

#include <QGuiApplication>
#include <QPalette>
#include <algorithm>
#include <cmath>

#include "ui/widgets/errortext.h"
#include "ui/widgets/statetext.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

constexpr milliseconds measureEvery {500};
constexpr double smoothing = 0.35; ///< weight of the newest measure

bool isActive(JobState state)
{
    switch (state) {
    case JobState::Queued:
    case JobState::Running:
    case JobState::Paused: return true;
    case JobState::Complete:
    case JobState::FinishedWithGaps:
    case JobState::Failed:
    case JobState::Cancelled: return false;
    }
    return false;
}

bool isNumber(JobsModel::Column column)
{
    return column == JobsModel::Rows || column == JobsModel::Rate || column == JobsModel::Requests
        || column == JobsModel::Eta;
}

int stateOrder(JobState state)
{
    switch (state) {
    case JobState::Running: return 0;
    case JobState::Paused: return 1;
    case JobState::Queued: return 2;
    case JobState::Failed: return 3;
    case JobState::FinishedWithGaps: return 4;
    case JobState::Cancelled: return 5;
    case JobState::Complete: return 6;
    }
    return 7;
}

double perSecond(std::int64_t amount, SteadyTime::duration time)
{
    const double seconds = std::chrono::duration<double>(time).count();
    return seconds > 0 ? static_cast<double>(std::max<std::int64_t>(0, amount)) / seconds : 0;
}

} // namespace

JobShares sharesOf(const JobSnapshot& job)
{
    if (job.total <= 0)
        return {};
    const auto total = static_cast<double>(job.total);
    JobShares shares;
    shares.empty = std::clamp(static_cast<double>(job.empty) / total, 0.0, 1.0);
    shares.stored = std::clamp(static_cast<double>(job.done - job.empty) / total, 0.0, 1.0 - shares.empty);
    shares.failed = std::clamp(static_cast<double>(job.failed) / total, 0.0, 1.0 - shares.empty - shares.stored);
    return shares;
}

JobsModel::JobsModel(QObject* parent)
    : QAbstractTableModel(parent)
{
}

void JobsModel::apply(const std::vector<JobSnapshot>& jobs, SteadyTime now)
{
    std::vector<int> changed;
    std::vector<Row> added;
    std::unordered_map<JobId, std::size_t> addedAt;
    for (const JobSnapshot& job : jobs) {
        const auto known = m_slots.find(job.id);
        if (known != m_slots.end()) {
            Row& row = m_rows[known->second];
            measure(row, job, now);
            row.job = job;
            changed.push_back(rowOf(known->second));
        } else if (const auto [place, isNew] = addedAt.emplace(job.id, added.size()); isNew) {
            added.push_back({job, 0, 0, job.rowsStored, job.done, now, now});
        } else {
            added[place->second].job = job;
        }
    }
    emitChanged(std::move(changed));
    if (!added.empty()) {
        std::sort(added.begin(), added.end(), [](const Row& a, const Row& b) { return a.job.id < b.job.id; });
        beginInsertRows({}, 0, static_cast<int>(added.size()) - 1);
        for (Row& row : added) {
            m_slots.emplace(row.job.id, m_rows.size());
            m_rows.push_back(std::move(row));
        }
        endInsertRows();
    }
    const auto running = static_cast<int>(
        std::count_if(m_rows.begin(), m_rows.end(), [](const Row& row) { return isActive(row.job.state); }));
    if (running != m_running) {
        m_running = running;
        emit runningCountChanged(running);
    }
}

void JobsModel::measure(Row& row, const JobSnapshot& job, SteadyTime now)
{
    if (job.state != JobState::Running) {
        row.rowsPerSecond = row.barsPerSecond = 0;
        row.measuredAt = now;
        row.measuredRows = job.rowsStored;
        row.measuredBars = job.done;
        return;
    }
    const auto passed = now - row.measuredAt;
    if (passed < measureEvery)
        return;
    const bool isFirst = row.barsPerSecond == 0;
    const auto blend = [isFirst](double& rate, double measured) {
        rate = isFirst ? measured : rate + smoothing * (measured - rate);
    };
    blend(row.rowsPerSecond, perSecond(job.rowsStored - row.measuredRows, passed));
    blend(row.barsPerSecond, perSecond(job.done - row.measuredBars, passed));
    row.measuredAt = now;
    row.measuredRows = job.rowsStored;
    row.measuredBars = job.done;
}

void JobsModel::emitChanged(std::vector<int> rows)
{
    std::sort(rows.begin(), rows.end());
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    for (std::size_t i = 0; i < rows.size();) {
        std::size_t end = i + 1;
        while (end < rows.size() && rows[end] == rows[end - 1] + 1)
            ++end;
        emit dataChanged(index(rows[i], 0), index(rows[end - 1], ColumnCount - 1));
        i = end;
    }
}

int JobsModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int JobsModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

std::optional<milliseconds> JobsModel::eta(const Row& row) const
{
    const std::int64_t left = row.job.total - row.job.done - row.job.failed;
    if (row.job.state != JobState::Running || row.barsPerSecond <= 0 || left < 0)
        return std::nullopt;
    return milliseconds {static_cast<std::int64_t>(static_cast<double>(left) / row.barsPerSecond * 1000)};
}

QString JobsModel::text(const Row& row, Column column) const
{
    const JobSnapshot& job = row.job;
    switch (column) {
    case State: return u"%1 %2"_s.arg(glyphOf(job.state), textOf(job.state));
    case Series: return titleOf(job.series);
    case Range: return rangeText(job.range);
    case Progress: {
        const JobShares shares = sharesOf(job);
        return job.total > 0 ? percentText(shares.stored + shares.empty) : QString();
    }
    case Rows: return countText(job.rowsStored);
    case Rate:
        return row.rowsPerSecond > 0
            ? tr("%1/s").arg(countText(static_cast<std::int64_t>(std::llround(row.rowsPerSecond))))
            : QString();
    case Requests:
        return job.retries > 0 ? tr("%1 (%2 again)").arg(countText(job.requests), countText(job.retries))
                               : countText(job.requests);
    case Waiting: return isActive(job.state) ? toQString(job.waitingFor) : QString();
    case Eta: {
        const auto left = eta(row);
        return left ? lengthText(*left) : QString();
    }
    case Problem:
        if (job.error)
            return errorText(*job.error);
        return job.warnings.empty() ? QString() : toQString(job.warnings.front());
    case ColumnCount: break;
    }
    return {};
}

QVariant JobsModel::sortValue(const Row& row, Column column) const
{
    const JobSnapshot& job = row.job;
    switch (column) {
    case State: return stateOrder(job.state);
    case Range: return static_cast<qlonglong>(toMs(job.range.from));
    case Progress: {
        const JobShares shares = sharesOf(job);
        return shares.stored + shares.empty;
    }
    case Rows: return static_cast<qlonglong>(job.rowsStored);
    case Rate: return row.rowsPerSecond;
    case Requests: return static_cast<qlonglong>(job.requests);
    case Eta: return static_cast<qlonglong>(eta(row).value_or(milliseconds::max()).count());
    case Series:
    case Waiting:
    case Problem:
    case ColumnCount: break;
    }
    return text(row, column);
}

QString JobsModel::tip(const Row& row) const
{
    const JobSnapshot& job = row.job;
    const std::int64_t pending = std::max<std::int64_t>(0, job.total - job.done - job.failed);
    QStringList lines {titleOf(job.series), tr("%1 UTC").arg(rangeText(job.range)),
        tr("Bars: %1 stored, %2 confirmed without trades, %3 pending, %4 failed")
            .arg(countText(job.done - job.empty), countText(job.empty), countText(pending), countText(job.failed))};
    if (job.error)
        lines << errorTextWithDetail(*job.error);
    for (const std::string& warning : job.warnings)
        lines << toQString(warning);
    for (std::size_t i = 0; i < std::min<std::size_t>(job.gaps.size(), 5); ++i)
        lines << tr("%1: %2").arg(textOf(job.gaps[i].gapClass), rangeText(job.gaps[i].range));
    if (job.gaps.size() > 5)
        lines << tr("and more gaps: %1").arg(countText(static_cast<std::int64_t>(job.gaps.size() - 5)));
    return lines.join(u'\n');
}

QVariant JobsModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const Row& row = m_rows[slot(index.row())];
    const auto column = static_cast<Column>(index.column());
    switch (role) {
    case Qt::DisplayRole: return text(row, column);
    case Qt::ToolTipRole: return tip(row);
    case Qt::ForegroundRole:
        return column == State ? QVariant(colourOf(row.job.state, Theme::of(QGuiApplication::palette()))) : QVariant();
    case Qt::TextAlignmentRole:
        return static_cast<int>((isNumber(column) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    case Qt::AccessibleTextRole:
        return column == Progress ? tr("%1 done").arg(text(row, column))
            : column == State     ? textOf(row.job.state)
                                  : text(row, column);
    case SortRole: return sortValue(row, column);
    case SharesRole: return QVariant::fromValue(sharesOf(row.job));
    case StateRole: return QVariant::fromValue(row.job.state);
    case IdRole: return static_cast<qulonglong>(row.job.id);
    default: return {};
    }
}

QVariant JobsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    const auto column = static_cast<Column>(section);
    if (role == Qt::TextAlignmentRole)
        return static_cast<int>((isNumber(column) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (column) {
    case State: return tr("State");
    case Series: return tr("Series");
    case Range: return tr("Range (UTC)");
    case Progress: return tr("Progress");
    case Rows: return tr("Rows");
    case Rate: return tr("Rate");
    case Requests: return tr("Requests");
    case Waiting: return tr("Waiting for");
    case Eta: return tr("Time left");
    case Problem: return tr("Problem");
    case ColumnCount: break;
    }
    return {};
}

} // namespace mnemo
