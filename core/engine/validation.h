#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "core/base/clock.h"
#include "core/ingest/writer.h"
#include "core/quality/rulesettings.h"
#include "core/storage/store.h"

namespace mnemo {

struct ValidationRequest {
    SeriesFilter filter;
    std::vector<SeriesId> series {}; ///< of those that match these alone; empty: all
    TimeRange range {UtcMs::min(), UtcMs::max()};
    std::vector<std::string> rules {}; ///< ids; empty: all that are on
    /// Only tells what would be found: nothing is stored.
    bool isPreview = false;
    std::vector<ThresholdChange> changes {}; ///< for a preview: other thresholds than the configured ones
};

enum class RuleVerdict { Pass, Warn, Fail }; ///< Fail: findings of severity error
std::string_view toText(RuleVerdict verdict); ///< "pass", "warn", "fail"

/// What one rule says about one series.
struct RuleResult {
    SeriesId series = 0;
    std::string rule;
    std::string severity; ///< as configured for the series
    std::int64_t findings = 0;
    std::int64_t bars = 0; ///< in these findings: "would flag n rows"
    RuleVerdict verdict = RuleVerdict::Pass;
};

struct ValidationProgress {
    std::int64_t rows = 0, totalRows = 0;
    std::int64_t series = 0, totalSeries = 0; ///< done
    std::string current; ///< text of the series at work
};

struct ValidationOutcome {
    std::vector<SeriesRecord> series;
    std::vector<RuleResult>
        results; ///< for each series, by rule in the order of allRules(); rules on answers are not run
    std::int64_t rows = 0; ///< judged
    milliseconds took {0};
    FindingSyncOutcome stored; ///< all 0 for a preview
    double rowsPerSecond() const
    {
        return took.count() > 0 ? static_cast<double>(rows) * 1000.0 / static_cast<double>(took.count()) : 0;
    }
};

/// What validation needs of its surroundings; all outlive the call.
struct ValidationHost {
    Store& store;
    Writer* writer = nullptr; ///< null: previews alone
    const RuleSettings& rules;
    const Clock& clock;
    std::set<SeriesKey> keptFresh {}; ///< of these the rule on freshness is asked
    std::function<void(const SeriesRecord&, TimeRange)> changed {}; ///< findings of the series changed
};

/// Reads the rows of all wanted series once, in pieces, and applies the rules; findings are brought in line with the
/// stored ones as it goes. Memory does not grow with the rows. Waits for the store.
/// @param progress called between pieces on the calling thread; may be empty
/// Errors: InvalidArgument (no such rule or threshold, changes without preview), StorageReadOnly (no writer), Cancelled
/// (what was judged until then is stored), those of the store.
Result<ValidationOutcome> validateStore(const ValidationHost& host, const ValidationRequest& request,
    std::stop_token stop, const std::function<void(const ValidationProgress&)>& progress);

/// A validation on a thread of its own. Dropping it cancels and waits. Any thread may ask.
class ValidationRun {
public:
    using Work = std::function<Result<ValidationOutcome>(
        std::stop_token, const std::function<void(const ValidationProgress&)>&)>;
    explicit ValidationRun(Work work);
    ValidationRun(const ValidationRun&) = delete;
    ValidationRun& operator=(const ValidationRun&) = delete;

    void cancel() { m_thread.request_stop(); } ///< done within a fraction of a second
    bool isDone() const { return m_isDone; }
    ValidationProgress progress() const;
    /// Nothing before it is done.
    std::optional<Result<ValidationOutcome>> outcome() const;
    Result<ValidationOutcome> wait(); ///< until it is done

private:
    std::atomic<bool> m_isDone = false;
    mutable std::mutex m_mutex; // progress and outcome
    ValidationProgress m_progress;
    std::optional<Result<ValidationOutcome>> m_outcome;
    std::jthread m_thread; // last
};

} // namespace mnemo
