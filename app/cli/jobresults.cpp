#include "app/cli/jobresults.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "core/base/timetext.h"

namespace mnemo::cli {

namespace {

bool isAllRight(const Gap& gap, bool isStrict)
{
    const bool isExplained = gap.gapClass == GapClass::Empty || gap.gapClass == GapClass::Unlisted || gap.gapClass == GapClass::Delisted;
    return isExplained && !isStrict;
}

constexpr int mostNamed = 20; ///< readings that lack are named, and all of them by `gaps`

/// A time without trades has none; a reading could have been taken at any time.
bool isReading(Kind kind)
{
    return isMetric(kind) && !factsOf(kind).isCount;
}

std::string barsText(std::int64_t bars)
{
    return withThousands(bars) + (bars == 1 ? " bar" : " bars");
}

void name(const Gap& gap)
{
    note("  " + std::string(toText(gap.gapClass)) + "  " + formatShort(gap.range.from) + " to " + formatShort(gap.range.to) + " UTC, "
        + barsText(gap.bars) + (gap.evidence.empty() ? "" : ": " + gap.evidence));
}

std::string_view harmlessText(Kind kind)
{
    if (isReading(kind))
        return "absent because the instrument was not listed: ";
    return isMetric(kind) ? "absent because the source told of none or the instrument was not listed: "
                          : "absent because nothing traded or the instrument was not listed: ";
}

/// Exit status and gaps for people: each one that matters, the harmless ones as a number.
void describeGaps(const JobSnapshot& job, bool isStrict)
{
    std::int64_t harmless = 0, unnamed = 0;
    int named = 0;
    for (const auto& gap : job.gaps) {
        if (!isAllRight(gap, isStrict))
            name(gap);
        else if (gap.gapClass != GapClass::Empty || !isReading(job.series.kind))
            harmless += gap.bars;
        else if (named++ < mostNamed)
            name(gap);
        else
            unnamed += gap.bars;
    }
    if (unnamed > 0)
        note("  and elsewhere, as `gaps` shows, the source answered without a reading: " + barsText(unnamed));
    if (harmless > 0)
        note("  " + std::string(harmlessText(job.series.kind)) + barsText(harmless));
}

std::string headline(const JobSnapshot& job)
{
    std::string text = job.series.text() + ": ";
    switch (job.state) {
    case JobState::Complete:
        text += "complete";
        break;
    case JobState::FinishedWithGaps:
        text += "finished with gaps";
        break;
    case JobState::Failed:
        text += "failed";
        break;
    case JobState::Cancelled:
        text += "stopped, " + withThousands(job.done) + " of " + withThousands(job.total) + " bars are known";
        break;
    case JobState::Queued:
    case JobState::Running:
    case JobState::Paused:
        text += toText(job.state);
        break;
    }
    return text + "; " + withThousands(job.rowsStored) + " rows stored, " + withThousands(job.rowsTotal) + " in the range, "
        + withThousands(job.requests) + (job.requests == 1 ? " request" : " requests")
        + (job.retries > 0 ? ", " + withThousands(job.retries) + " of them again" : "");
}

} // namespace

ExitStatus statusOf(const JobSnapshot& job, bool isStrict)
{
    if (job.state == JobState::Cancelled)
        return ExitStatus::Cancelled;
    if (job.state == JobState::Failed)
        return job.error ? exitStatusOf(job.error->code) : ExitStatus::Incomplete;
    const bool isComplete = job.state == JobState::Complete
        && std::all_of(job.gaps.begin(), job.gaps.end(), [isStrict](const Gap& gap) { return isAllRight(gap, isStrict); });
    return isComplete ? ExitStatus::Complete : ExitStatus::Incomplete;
}

std::string_view wordOf(const std::vector<JobSnapshot>& jobs)
{
    for (const JobState state : {JobState::Cancelled, JobState::Failed, JobState::FinishedWithGaps}) {
        if (std::any_of(jobs.begin(), jobs.end(), [state](const JobSnapshot& job) { return job.state == state; }))
            return toText(state);
    }
    return toText(JobState::Complete);
}

Json jobJson(const JobSnapshot& job)
{
    Json json = toJson(job.series);
    json["from"] = toMs(job.range.from);
    json["to"] = toMs(job.range.to);
    json["status"] = toText(job.state);
    json["rowsStored"] = job.rowsStored;
    json["rowsTotal"] = job.rowsTotal;
    json["requests"] = job.requests;
    json["retries"] = job.retries;
    json["gaps"] = Json::array();
    for (const auto& gap : job.gaps)
        json["gaps"].push_back(toJson(gap));
    if (job.error)
        json["error"] = {{"code", toText(job.error->code)}, {"message", job.error->detail}};
    if (!job.warnings.empty())
        json["warnings"] = job.warnings;
    return json;
}

void describe(const JobSnapshot& job, bool isStrict)
{
    note(headline(job));
    for (const auto& warning : job.warnings)
        note("  warning: " + warning);
    if (job.state != JobState::Cancelled)
        describeGaps(job, isStrict);
    if (job.error)
        report(*job.error);
}

} // namespace mnemo::cli
