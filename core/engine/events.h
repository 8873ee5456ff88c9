#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/log.h"
#include "core/base/result.h"
#include "core/config/node.h"
#include "core/engine/feedreport.h"
#include "core/ingest/requestlog.h"
#include "core/market/candle.h"
#include "core/market/coverage.h"
#include "core/market/serieskey.h"
#include "core/net/budget.h"
#include "core/net/circuitbreaker.h"

namespace mnemo {

using JobId = std::uint64_t;

enum class JobState {
    Queued,
    Running,
    Paused,
    Complete,         ///< every wanted bar is stored or known to be absent
    FinishedWithGaps, ///< ended, but something wanted is unknown, failed, in an outage or beyond retention
    Failed,           ///< could not go on; error says why
    Cancelled,
};
std::string_view toText(JobState state); ///< "queued", "running", "paused", "complete", "gaps", "failed", "cancelled"
bool isFinal(JobState state);

/// Everything about a backfill that a face shows. Bars count by the grid of the series.
struct JobSnapshot {
    JobId id = 0;
    SeriesKey series;
    TimeRange range;
    JobState state = JobState::Queued;
    std::int64_t total = 0;   ///< bars wanted, those already answered included
    std::int64_t done = 0;    ///< bars about which the source has answered (stored or confirmed absent)
    std::int64_t empty = 0;   ///< of done: confirmed absent
    std::int64_t failed = 0;  ///< bars of pages that failed for good
    std::int64_t rowsStored = 0; ///< rows added or changed by this job
    std::int64_t rowsTotal = 0;  ///< rows stored in the range; set at the end
    std::int64_t requests = 0;
    std::int64_t retries = 0;
    std::string waitingFor; ///< "rate limit", "circuit breaker of HOST", "retry in 3 s"; empty while sending
    int attempts = 1;       ///< how often the job was begun: retrying adds one
    bool isPreferred = false; ///< goes before others that wait
    bool isNewestFirst = false;
    std::string lane;            ///< whose budgets it charges
    std::vector<Charge> charges; ///< of its newest request
    std::optional<Error> error;
    std::vector<Gap> gaps; ///< set at the end
    UtcMs queued {};              ///< when it was asked for
    UtcMs started {}, finished {}; ///< 0 where it has not been yet
    std::vector<std::string> warnings;
};

/// What only the details of one job show.
struct JobDetails {
    JobSnapshot job;
    std::vector<RequestRecord> requests; ///< the newest, oldest first
    std::int64_t requestsDropped = 0;    ///< older ones that are no longer kept
    std::vector<log::Line> lines;        ///< of the log, as far as they are still in memory
};

enum class JobCommand { Pause, Resume, Cancel, Retry, Prefer };
std::string_view toText(JobCommand command); ///< "pause", "resume", "cancel", "retry", "prefer"

struct LaneSnapshot {
    std::string id;
    std::vector<BudgetState> budgets;
    BreakerState breaker = BreakerState::Closed;
    milliseconds breakerWait {0};
    int inFlight = 0;
    int queued = 0;
    std::string lastError;
    std::optional<milliseconds> clockOffset {}; ///< the venue's clock less ours, by the Date header of its last answer
};

struct RowsStored {
    SeriesKey series;
    TimeRange range; ///< hull of the rows
    std::int64_t rows = 0;
};
struct CoverageChanged {
    SeriesKey series;
    TimeRange range;
};
struct FindingRaised {
    SeriesKey series;
    std::string rule, severity;
    TimeRange range;
};
/// Raised, fixed or decided about, in any number.
struct FindingsChanged {
    SeriesKey series;
    TimeRange range;
};
struct JobChanged {
    JobSnapshot job;
};
/// The newest bar of a followed series, while it has not closed: as the venue told it last. Stored nowhere.
struct BarRunning {
    SeriesKey series;
    Candle bar;
    UtcMs closes {};
};
/// What is live is other than before; at most once a second.
struct FeedsChanged {
    std::shared_ptr<const FeedReport> report; ///< never null
};
/// They are no longer listed: finished ones that were cleared away.
struct JobsForgotten {
    std::vector<JobId> jobs;
};
struct LaneChanged {
    LaneSnapshot lane;
};
/// Alerts, silences or deliveries are other than before: Engine::alerts() tells which.
struct AlertsChanged { };
struct SettingsChanged {
    Problems problems;
    bool accepted = true;
};
using Event = std::variant<RowsStored, CoverageChanged, FindingRaised, FindingsChanged, BarRunning, FeedsChanged,
    JobChanged, JobsForgotten, LaneChanged, SettingsChanged, AlertsChanged>;
using EventHandler = std::function<void(const Event&)>; ///< called from any of the engine's threads; must be quick

} // namespace mnemo
