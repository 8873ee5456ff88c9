#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/outages.h"
#include "core/engine/events.h"
#include "core/quality/coveragematrix.h"
#include "core/quality/outagebook.h"
#include "core/quality/rules/rule.h"

namespace mnemo {

/// Why something needs somebody.
enum class HealthCause {
    Store, ///< the store cannot be read, or the queue of jobs not be kept
    Disk, ///< little room is left
    Lane, ///< an exchange refuses us, or failed so often that it is left alone
    Retention, ///< bars are missing that the source soon no longer has
    FailedJobs,
    Stale, ///< series that are kept up to date and are not
    Gaps, ///< bars that nobody was asked about, or in vain
    Findings, ///< rows break a rule, and nobody has decided about it
    Settings, ///< some are not understood
    Outage, ///< an exchange was silent, as its series show; no person has said so
};
/// "store", "disk", "lane", "retention", "failed_jobs", "stale", "gaps", "findings", "settings", "outage"
std::string_view toText(HealthCause cause);

/// The one thing to do about an issue.
enum class HealthStep {
    Fill, ///< ask the source for what is missing
    Retry, ///< the jobs, with what is missing of them
    Accept, ///< a person says, with a reason, that it is so
    Open, ///< look at it where it can be decided about
};
std::string_view toText(HealthStep step); ///< "fill", "retry", "accept", "open"

/// What Fill asks for: the bars of @p range that the source has not told of.
struct HealthPart {
    SeriesRecord series;
    TimeRange range;
    bool isOpenEnded = false; ///< to the newest closed bar, whenever that is
};

/// One cause, however many series it concerns.
struct HealthIssue {
    HealthCause cause = HealthCause::Gaps;
    HealthStep step = HealthStep::Open;
    Severity severity = Severity::Warn;
    std::string where; ///< exchange (with source), or lane; empty where it is neither
    std::string what; ///< what tells causes of one place apart: a rule's id, an error's code, a gap's class, a market
    std::int64_t series = 0; ///< concerned
    std::int64_t count = 0; ///< bars, jobs, findings, outages, problems, or free bytes: as the cause says
    TimeRange range; ///< of the data concerned; empty where it is about none
    std::optional<UtcMs> since; ///< when it began, or the first bar concerned
    std::optional<UtcMs> until; ///< when it ends (an exchange is tried again) or is too late (the source forgets)
    std::string detail; ///< English, for the log and tool tips; may be empty
    std::optional<Error> error; ///< of FailedJobs and Store
    std::vector<HealthPart> parts; ///< of Retention, Stale, Gaps: one a series
    std::vector<JobId> jobs; ///< of FailedJobs
    std::vector<InferredOutage> outages; ///< of Outage

    std::string id() const; ///< the same for the same cause at the next look
};

/// How all that is stored and collected is, at one moment. A value.
struct Health {
    UtcMs checkedAt {};
    std::int64_t series = 0; ///< stored
    std::int64_t kept = 0, fresh = 0; ///< that are kept up to date; and are
    std::int64_t withGaps = 0, missingBars = 0; ///< series, and bars in them that could be there
    std::int64_t atRisk = 0; ///< series that are about to lose bars for good
    std::int64_t findings = 0; ///< open ones that break a rule of severity warn or error
    bool areJobsKnown = true; ///< false where another process collects
    std::int64_t running = 0, waiting = 0; ///< jobs; waiting: queued or paused
    std::optional<std::int64_t> freeBytes; ///< where the store lives; nothing where that cannot be told
    std::int64_t failed = 0, withGapsEnded = 0; ///< jobs of the last 24 h, but for those that a later one made good
    std::vector<HealthIssue> issues; ///< the most urgent first
    bool isClear() const { return issues.empty(); }
    const HealthIssue* find(std::string_view id) const; ///< null where there is none
};

/// What was begun for an issue.
struct Treatment {
    std::vector<JobSnapshot> jobs;
    std::vector<Error> refused; ///< of series for which nothing could be begun
};

// --- what it is concluded from ---

struct HealthSeries {
    CoverageHoles holes; ///< without a series id: wanted, and nothing of it is stored yet
    std::string lane;
    bool isWanted = false; ///< by the configured universe
    std::optional<double> staleBars; ///< of the rule "stale"; nothing where it is off for the series
    milliseconds delay {0}; ///< by which the source's answers may be old
    std::optional<milliseconds> retention; ///< older bars are no longer at the source
};

struct HealthFindings {
    std::string exchange, rule;
    Severity severity = Severity::Warn; ///< the worst
    std::int64_t series = 0, findings = 0;
    std::optional<UtcMs> since; ///< the oldest was raised
};

struct HealthJobs {
    bool areKnown = true;
    std::int64_t running = 0, waiting = 0, withGaps = 0; ///< with gaps: of the last 24 h, as Health counts them
    std::vector<JobSnapshot> failed; ///< likewise
};

struct HealthInput {
    UtcMs now {};
    SteadyTime steady {}; ///< the same moment
    std::vector<HealthSeries> series;
    std::vector<HealthFindings> findings; ///< open ones
    HealthJobs jobs;
    std::vector<LaneSnapshot> lanes;
    std::vector<InferredOutage> outages;
    std::vector<ListedOutage> listed;
    std::int64_t problems = 0; ///< of the settings
    std::optional<std::int64_t> freeBytes;
    std::optional<Error> storeError;
};

/// A disk with less room than this is soon full of history.
inline constexpr std::int64_t littleDisk = 1LL << 30;

/// A series is kept up to date where the universe wants it, or where its source had told of all bars up to the moment
/// when it was last asked: history that ends in the past on purpose is never stale. What the source has answered is
/// fresh even where nothing traded. Of open interest that the universe wants, what is older than all that was asked for is at
/// risk too, and all of it where nothing is stored: nobody else keeps it. Each series stands in one issue of Retention, Stale and Gaps at most, unless bars
/// of it are missing elsewhere too; what waits for a lane that is stopped stands in the lane's. Pure; O(series + jobs).
Health assess(const HealthInput& input);

} // namespace mnemo
