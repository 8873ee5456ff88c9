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
    std::vector<Wait> waits {}; ///< what it waited for at work
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
    /// @return what is seen for the first time, to be stored: it is due from @p now on.
    [[nodiscard]] BoardStep setDags(std::vector<DagDefinition> dags, std::shared_ptr<const Settings> universe, UtcMs now);
    void setPools(std::map<std::string, int> pools);
    /// Of the last process, before the first step. Runs that were over may be left out. @p nextRun greater than all ids given so far.
    BoardStep restore(std::vector<PipelineRecord> pipelines, std::vector<RunRecord> runs, std::vector<TaskRecord> tasks, RunId nextRun);

    /// False: nothing is due by itself; for a process that carries out one command. Before setDags().
    void setScheduling(bool isOn);

    // --- time and work ---
    BoardStep step(UtcMs now);
    std::optional<UtcMs> wakeAt() const; ///< when step() has something to do next, unless something happens
    BoardStep finished(TaskRef task, const TaskOutcome& outcome, UtcMs now);

    // --- commands. Errors: NotFound (no such pipeline, run, task), InvalidArgument (not in this state), in a sentence ---
    struct Trigger {
        std::string pipeline, trigger = "person", who, parameters = "{}";
        std::optional<UtcMs> due {}; ///< work on the interval of this due time; nothing: up to now
        std::optional<TimeRange> interval {}; ///< work on this one
    };
    Result<RunId> trigger(const Trigger& wanted, UtcMs now, BoardStep& step);
    struct Backfill {
        std::string pipeline, who, parameters = "{}";
        TimeRange range; ///< a run for each due time in it; of a manual pipeline one run, with the range as its interval
        bool isNewestFirst = false;
        int parallel = 1; ///< so many runs at once, beside those that are due
    };
    /// The due times in the order of their runs; of a manual pipeline the end of the range. Errors: NotFound,
    /// InvalidArgument (empty range, more than 100,000).
    Result<std::vector<UtcMs>> backfillTimes(const Backfill& wanted) const;
    /// @return its runs; the first one is the name of the backfill. Errors: as backfillTimes().
    Result<std::vector<RunId>> backfill(const Backfill& wanted, UtcMs now, BoardStep& step);
    std::vector<RunId> backfillRuns(RunId first) const; ///< that are not over, ascending
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
    /// Takes tasks of a run, which must be known, back to what they were, as far as nothing has come of them since; those at
    /// work are stopped. @p run as it was then: where all is over again it ended when it had ended. Errors: also
    /// InvalidArgument where one of them has ended since.
    struct Former {
        TaskRecord before, after; ///< the change that is taken back
    };
    Result<void> takeBack(const RunRecord& run, std::span<const Former> tasks, UtcMs now, BoardStep& step);
    /// Makes a finished run of the store known, so that it can be cleared or marked.
    Result<void> adopt(RunRecord run, std::vector<TaskRecord> tasks);
    void release(RunId run); ///< forgets it again, if it is over

    // --- for looking at ---
    std::shared_ptr<const DagDefinition> dag(const std::string& pipeline) const; ///< null where there is none
    std::shared_ptr<const DagDefinition> dagOf(RunId run) const; ///< that the run began with; null while it is queued
    std::optional<PipelineRecord> pipeline(const std::string& pipeline) const;
    std::vector<RunRecord> activeRuns() const; ///< queued ones included
    std::size_t activeRunCount() const;
    const RunRecord* run(RunId run) const;
    std::span<const TaskRecord> tasks(RunId run) const;
    std::string nameOf(TaskRef task) const; ///< "fetch[BTC/USDT]"; of a known task
    std::map<std::string, PoolQueue::PoolState> pools() const;

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace mnemo
