#include <QGuiApplication>
#include <QPalette>
#include <algorithm>
#include <cmath>

#include "ui/jobs/jobsmodel.h"
#include "ui/jobs/waitingtext.h"
#include "ui/widgets/errortext.h"
#include "ui/widgets/statetext.h"
#include "ui/widgets/textformat.h"

// What the cells of the jobs table say.
namespace mnemo {

using namespace Qt::StringLiterals;

namespace {

bool isNumber(JobColumn column)
{
    switch (column) {
    case JobColumn::Rows:
    case JobColumn::Rate:
    case JobColumn::Requests:
    case JobColumn::Left:
    case JobColumn::Attempts:
    case JobColumn::Elapsed:
    case JobColumn::Eta: return true;
    case JobColumn::State:
    case JobColumn::Series:
    case JobColumn::Range:
    case JobColumn::Progress:
    case JobColumn::Waiting:
    case JobColumn::Started:
    case JobColumn::Problem: return false;
    }
    return false;
}

QString optionalLength(const std::optional<milliseconds>& length)
{
    return length ? lengthText(*length) : QString();
}

} // namespace

QString JobsModel::text(const JobRow& row, JobColumn column) const
{
    const JobSnapshot& job = row.job;
    switch (column) {
    case JobColumn::State: {
        const QString text = u"%1 %2"_s.arg(glyphOf(job.state), textOf(job.state));
        return job.isPreferred && isActive(job.state) ? u"%1 \u2191"_s.arg(text) : text;
    }
    case JobColumn::Series: return titleOf(job.series);
    case JobColumn::Range: return rangeText(job.range);
    case JobColumn::Progress: {
        const JobShares shares = sharesOf(job);
        return job.total > 0 ? percentText(shares.stored + shares.empty) : QString();
    }
    case JobColumn::Rows: return countText(job.rowsStored);
    case JobColumn::Rate:
        return row.rowsPerSecond > 0 ? tr("%1/s").arg(countText(static_cast<std::int64_t>(std::llround(row.rowsPerSecond))))
                                     : QString();
    case JobColumn::Requests:
        return job.retries > 0 ? tr("%1 (%2 again)").arg(countText(job.requests), countText(job.retries))
                               : countText(job.requests);
    case JobColumn::Left: {
        const auto left = requestsLeft(job);
        return left ? countText(static_cast<std::int64_t>(*left)) : QString();
    }
    case JobColumn::Attempts: return countText(std::int64_t {job.attempts});
    case JobColumn::Waiting: return isActive(job.state) ? waitingText(job.waitingFor) : QString();
    case JobColumn::Started: return job.started == UtcMs {} ? QString() : timeText(std::chrono::floor<std::chrono::seconds>(job.started));
    case JobColumn::Elapsed: return optionalLength(row.elapsed(std::max(m_order.now, job.started)));
    case JobColumn::Eta: return optionalLength(row.eta());
    case JobColumn::Problem:
        if (job.error)
            return errorText(*job.error);
        return job.warnings.empty() ? QString() : toQString(job.warnings.front());
    }
    return {};
}

QString JobsModel::tip(const JobRow& row) const
{
    const JobSnapshot& job = row.job;
    const std::int64_t pending = std::max<std::int64_t>(0, job.total - job.done - job.failed);
    QStringList lines {titleOf(job.series), tr("%1 UTC").arg(rangeText(job.range)),
        (isMetric(job.series.kind) ? tr("Bars: %1 stored, %2 that the source has none of, %3 pending, %4 failed")
                                   : tr("Bars: %1 stored, %2 confirmed without trades, %3 pending, %4 failed"))
            .arg(countText(job.done - job.empty), countText(job.empty), countText(pending), countText(job.failed))};
    if (job.isNewestFirst)
        lines << tr("Newest first");
    if (job.isPreferred)
        lines << tr("Goes before others that wait");
    if (job.error)
        lines << errorTextWithDetail(*job.error);
    for (const std::string& warning : job.warnings)
        lines << toQString(warning);
    for (std::size_t i = 0; i < std::min<std::size_t>(job.gaps.size(), 5); ++i)
        lines << tr("%1: %2").arg(textOf(job.gaps[i].gapClass, job.series.kind), rangeText(job.gaps[i].range));
    if (job.gaps.size() > 5)
        lines << tr("and more gaps: %1").arg(countText(static_cast<std::int64_t>(job.gaps.size() - 5)));
    return lines.join(u'\n');
}

QVariant JobsModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const JobRow& row = rowAt(index.row());
    const auto column = static_cast<JobColumn>(index.column());
    switch (role) {
    case Qt::DisplayRole: return text(row, column);
    case Qt::ToolTipRole: return tip(row);
    case Qt::ForegroundRole:
        return column == JobColumn::State ? QVariant(colourOf(row.job.state, Theme::of(QGuiApplication::palette())))
                                          : QVariant();
    case Qt::TextAlignmentRole:
        return static_cast<int>((isNumber(column) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    case Qt::AccessibleTextRole:
        return column == JobColumn::Progress ? tr("%1 done").arg(text(row, column))
            : column == JobColumn::State     ? textOf(row.job.state)
                                             : text(row, column);
    case SharesRole: return QVariant::fromValue(sharesOf(row.job));
    case StateRole: return QVariant::fromValue(row.job.state);
    case IdRole: return static_cast<qulonglong>(row.job.id);
    default: return {};
    }
}

QVariant JobsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= jobColumns)
        return {};
    const auto column = static_cast<JobColumn>(section);
    if (role == Qt::TextAlignmentRole)
        return static_cast<int>((isNumber(column) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role == Qt::ToolTipRole && column == JobColumn::Left)
        return tr("Requests that the exchange's limit still allows in its window, usually a minute");
    if (role == Qt::ToolTipRole && column == JobColumn::Attempts)
        return tr("How often the job was begun: retrying adds one");
    if (role != Qt::DisplayRole)
        return {};
    switch (column) {
    case JobColumn::State: return tr("State");
    case JobColumn::Series: return tr("Series");
    case JobColumn::Range: return tr("Range (UTC)");
    case JobColumn::Progress: return tr("Progress");
    case JobColumn::Rows: return tr("Rows");
    case JobColumn::Rate: return tr("Rows/s");
    case JobColumn::Requests: return tr("Requests");
    case JobColumn::Left: return tr("Left");
    case JobColumn::Attempts: return tr("Attempts");
    case JobColumn::Waiting: return tr("Waiting for");
    case JobColumn::Started: return tr("Started (UTC)");
    case JobColumn::Elapsed: return tr("Elapsed");
    case JobColumn::Eta: return tr("Time left");
    case JobColumn::Problem: return tr("Problem");
    }
    return {};
}

} // namespace mnemo
