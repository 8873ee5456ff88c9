#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/config/settings.h"
#include "core/pipeline/definition.h"
#include "core/pipeline/expansion.h"
#include "core/pipeline/poolqueue.h"
#include "core/pipeline/state.h"
#include "core/storage/runs.h"

namespace mnemo {

/// One instance that shall be carried out now.
struct TaskOrder {
    TaskRef ref;
    std::string pipeline;
    TaskDefinition task;
    TaskInstance instance;
    TimeRange interval;
    std::optional<UtcMs> due;
    std::string parameters = "{}";
    int attempt = 1;
};

/// How an instance ended.
struct TaskOutcome {
    TaskState state = TaskState::Success; ///< Success, SuccessWithGaps, Failed, Skipped or Cancelled
    std::string result = "{}";            ///< JSON
    std::string error {};
    bool mayRetry = true; ///< false: the same would fail again (no such symbol, configuration)
};

/// What one step brought about.
struct BoardStep {
    RunChanges changes;             ///< to be stored before anything is started
    std::vector<TaskOrder> orders;  ///< to be started
    std::vector<TaskRef> stops;     ///< at work, to be stopped: cancelled, or over their time
    BoardStep& operator+=(BoardStep&& other);
};

/// Which instances of a run a command is about.
struct TaskSelection {
    std::vector<int> tasks; ///< empty: all
    bool withUpstream = false, withDownstream = false;
    bool failedOnly = false; ///< of all that are selected those that failed, or never began because of that
};

/// Everything that the scheduler decides, without thread, clock or store: definitions and records in, changes and orders
/// out. What it says has been stored may be taken up again by restore() after the process ended at any moment: what was at
/// work then is scheduled again, and no due time is run twice. Belongs to one thread.
class Board {
public:
    explicit Board(std::map<std::string, int> pools);
    ~Board();

    // --- what there is ---
    /// Takes the place of all definitions; running runs keep theirs.
    void setDags(std::vector<DagDefinition> dags, std::shared_ptr<const Settings> universe, UtcMs now);
    void setPools(std::map<std::string, int> pools);
    /// Of the last process, before the first step. Runs that were over may be left out. @p nextRun greater than all ids given so far.
    BoardStep restore(std::vector<PipelineRecord> pipelines, std::vector<RunRecord> runs, std::vector<TaskRecord> tasks, RunId nextRun);

    // --- time and work ---
    BoardStep step(UtcMs now);
    std::optional<UtcMs> wakeAt() const; ///< when step() has something to do next, unless something happens
    BoardStep finished(TaskRef task, const TaskOutcome& outcome, UtcMs now);

    // --- commands. Errors: NotFound (no such pipeline, run, task), InvalidArgument (not in this state), in a sentence ---
    struct Trigger {
        std::string pipeline, trigger = "person", who, parameters = "{}";
        std::optional<UtcMs> due {}; ///< work on the interval of this due time; nothing: up to now
    };
    Result<RunId> trigger(const Trigger& wanted, UtcMs now, BoardStep& step);
    Result<void> pausePipeline(const std::string& pipeline, bool isPaused, BoardStep& step);
    Result<void> pauseRun(RunId run, bool isPaused, BoardStep& step);
    Result<void> pauseTask(TaskRef task, bool isPaused, BoardStep& step);
    Result<void> cancelRun(RunId run, UtcMs now, BoardStep& step);
    Result<void> cancelTask(TaskRef task, UtcMs now, BoardStep& step);
    Result<void> setPriority(TaskRef task, int priority, BoardStep& step);
    /// What clear() would take back to "none"; those at work are left out.
    Result<std::vector<int>> selected(RunId run, const TaskSelection& selection) const;
    /// A finished run becomes running again. Its record must be known: see adopt().
    Result<void> clear(RunId run, const TaskSelection& selection, UtcMs now, BoardStep& step);
    Result<void> mark(RunId run, std::span<const int> tasks, TaskState state, UtcMs now, BoardStep& step);
    /// Makes a finished run of the store known, so that it can be cleared or marked.
    Result<void> adopt(RunRecord run, std::vector<TaskRecord> tasks);

    // --- for looking at ---
    const DagDefinition* dag(const std::string& pipeline) const;
    std::optional<PipelineRecord> pipeline(const std::string& pipeline) const;
    std::vector<RunRecord> activeRuns() const;
    const RunRecord* run(RunId run) const;
    std::span<const TaskRecord> tasks(RunId run) const;
    std::map<std::string, PoolQueue::PoolState> pools() const;

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace mnemo
