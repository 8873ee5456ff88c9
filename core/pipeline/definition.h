#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/config/node.h"
#include "core/market/instrument.h"
#include "core/market/timeframe.h"
#include "core/pipeline/schedule.h"

namespace mnemo {

/// When a task may begin, by the tasks that it depends on. A task that finished with gaps counts as a success.
enum class TriggerRule {
    AllSuccess, ///< all of them succeeded
    AllDone,    ///< all are over, however they ended
    OneSuccess, ///< at least one succeeded; the others are not waited for
    NoneFailed, ///< all are over and none failed; skipped ones do not matter
};
std::string_view toText(TriggerRule rule); ///< "all_success", "all_done", "one_success", "none_failed"

/// Which part of history a task works on.
struct TaskRange {
    std::optional<UtcMs> from {}, to {};
    std::optional<milliseconds> last {}; ///< until the run's due time
    /// Neither: the run's own interval.
    bool isInterval() const { return !from && !last; }
    bool operator==(const TaskRange&) const = default;
};

// What a task does: one of these, by its `type`. Series are those of its expansion.
struct MarketsWork { ///< market lists of the expansion's sources, each from whom is asked
    bool operator==(const MarketsWork&) const = default;
};
struct IncrementalWork { ///< from the last stored bar, less the overlap, to now
    /// Readings: of series that the source tells only as of now (PageRules::isSnapshot), those whose slot has none yet.
    enum class Of { All, Readings, History };
    Of of = Of::All;
    bool operator==(const IncrementalWork&) const = default;
};
struct BackfillWork { ///< type `backfill`, which may name a kind, or `open_interest`
    Kind kind = Kind::Candles;
    TaskRange range;
    bool newestFirst = false;
    bool operator==(const BackfillWork&) const = default;
};
struct ValidateWork {
    TaskRange range;
    std::vector<std::string> rules {}; ///< empty: all that are on
    std::string failOn = "error"; ///< findings of this severity or above fail the task: info, warn, error or never
    bool operator==(const ValidateWork&) const = default;
};
struct CompareWork { ///< the same instrument on all exchanges of the expansion
    TaskRange range;
    bool operator==(const CompareWork&) const = default;
};
struct RepairWork {
    TaskRange range;
    std::vector<std::string> classes {"failed", "unknown"}; ///< of gaps
    bool operator==(const RepairWork&) const = default;
};
struct RollupWork { ///< bars of coarser frames from the stored ones; with none named hourly and daily aggregates again
    TaskRange range {}; ///< of named frames
    std::vector<std::string> timeframes {};
    bool operator==(const RollupWork&) const = default;
};
struct ExportWork {
    TaskRange range;
    std::string path; ///< may hold placeholders
    std::string format = "csv"; ///< csv, json, parquet
    bool operator==(const ExportWork&) const = default;
};
struct SqlWork {
    std::string query; ///< only reads; may hold placeholders
    std::string expect = "any"; ///< any, empty, rows, or a comparison of the first value: "= 0", "< 5", ...
    bool operator==(const SqlWork&) const = default;
};
struct HttpWork {
    std::string url, method = "POST", body; ///< may hold placeholders
    std::vector<std::pair<std::string, std::string>> headers {};
    bool operator==(const HttpWork&) const = default;
};
struct ShellWork { ///< refused unless pipeline.shell is on
    std::string command; ///< for sh -c; may hold placeholders, which are quoted
    bool operator==(const ShellWork&) const = default;
};
using TaskWork = std::variant<MarketsWork, IncrementalWork, BackfillWork, ValidateWork, CompareWork, RepairWork, RollupWork,
    ExportWork, SqlWork, HttpWork, ShellWork>;

/// Over what a task is multiplied. Lists that are given select; `by` says what one instance is about.
struct TaskExpansion {
    enum class By { Series, Exchange, Market, Symbol, Timeframe, All };
    bool isList = false; ///< false: chosen from the universe of assets.yaml; true: the product of the lists
    std::vector<std::string> exchanges, markets, symbols, kinds, timeframes;
    std::vector<std::string> sources {}; ///< who tells; of a list: the exchange itself where empty
    By by = By::Series;
    bool operator==(const TaskExpansion&) const = default;
};
std::string_view toText(TaskExpansion::By by);

struct TaskDefinition {
    std::string id;
    std::string type; ///< as written: "incremental"
    TaskWork work;
    std::vector<std::string> dependsOn {};
    TriggerRule trigger = TriggerRule::AllSuccess;
    std::string pool = "default";
    int priority = 1; ///< greater goes first
    int retries = 2;
    milliseconds retryDelay {60'000};
    milliseconds timeout {0}; ///< 0: none
    TaskExpansion expand {};
    Mark mark {};
};

/// A pipeline: tasks that depend on each other, and when they are due. Tasks stand in an order in which each comes after
/// those that it depends on.
struct DagDefinition {
    std::string id;
    std::string description;
    Schedule schedule;
    std::string timezone = "UTC";
    std::optional<UtcMs> start {}; ///< nothing is due before; nothing: since it was first seen
    bool catchup = false;          ///< due times that were missed are run, oldest first; else only the newest of them
    int maxActiveRuns = 1;
    bool isPaused = false; ///< at first; afterwards the store says it
    std::vector<std::string> tags {};
    std::string onFailure {}; ///< URL that is told about a failed run; empty: nobody
    std::vector<TaskDefinition> tasks;
    Mark mark {};
    std::string yaml;    ///< the pipeline alone, as readDagText() takes it
    std::string version; ///< of that text: a running run keeps its own

    const TaskDefinition* find(std::string_view task) const;
};

/// All pipelines of the tree `dags` (file name -> id -> definition). A wrong one is left out alone, with its problems.
/// Errors stand in @p problems: unknown keys, tasks that do not exist, cycles (their path is named), ids given twice.
std::vector<DagDefinition> readDags(const Node& tree, Problems& problems);

/// One pipeline from DagDefinition::yaml. Errors: Config.
Result<DagDefinition> readDagText(const std::string& id, const std::string& yaml);

/// A cycle among @p tasks as its path "a -> b -> a"; empty where there is none.
std::string cycleOf(const std::vector<TaskDefinition>& tasks);

} // namespace mnemo
