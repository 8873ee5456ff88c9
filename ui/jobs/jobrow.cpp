#include "ui/jobs/jobrow.h"

#include <algorithm>

#include "ui/widgets/statetext.h"
#include "ui/widgets/textformat.h"

namespace mnemo {

namespace {

constexpr milliseconds measureEvery {500};
constexpr double smoothing = 0.35; ///< weight of the newest measure

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

bool isActive(JobState state)
{
    return !isFinal(state);
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

JobRow JobRow::of(const JobSnapshot& job, SteadyTime now)
{
    JobRow row;
    row.job = job;
    row.sortText = job.series.text();
    for (std::size_t i = 0; i < std::min<std::size_t>(32, row.sortText.size()); ++i)
        row.sortKey[i / 8] |= std::uint64_t {static_cast<unsigned char>(row.sortText[i])} << (56 - 8 * (i % 8));
    row.searchText = (titleOf(job.series) + u' ' + toQString(row.sortText)).toLower();
    row.measuredRows = job.rowsStored;
    row.measuredBars = job.done;
    row.measuredAt = now;
    return row;
}

void JobRow::update(const JobSnapshot& newer, SteadyTime now)
{
    measure(newer, now);
    job = newer;
}

void JobRow::measure(const JobSnapshot& newer, SteadyTime now)
{
    if (newer.state != JobState::Running || newer.attempts != job.attempts) {
        rowsPerSecond = barsPerSecond = 0;
        measuredAt = now;
        measuredRows = newer.rowsStored;
        measuredBars = newer.done;
        return;
    }
    const auto passed = now - measuredAt;
    if (passed < measureEvery)
        return;
    const bool isFirst = barsPerSecond == 0;
    const auto blend = [isFirst](double& rate, double measured) {
        rate = isFirst ? measured : rate + smoothing * (measured - rate);
    };
    blend(rowsPerSecond, perSecond(newer.rowsStored - measuredRows, passed));
    blend(barsPerSecond, perSecond(newer.done - measuredBars, passed));
    measuredAt = now;
    measuredRows = newer.rowsStored;
    measuredBars = newer.done;
}

std::optional<milliseconds> JobRow::eta() const
{
    const std::int64_t left = job.total - job.done - job.failed;
    if (job.state != JobState::Running || barsPerSecond <= 0 || left < 0)
        return std::nullopt;
    return milliseconds {static_cast<std::int64_t>(static_cast<double>(left) / barsPerSecond * 1000)};
}

std::optional<milliseconds> JobRow::elapsed(UtcMs now) const
{
    if (job.started == UtcMs {})
        return std::nullopt;
    const UtcMs end = isFinal(job.state) ? job.finished : now;
    return std::max(milliseconds {0}, end - job.started);
}

} // namespace mnemo
