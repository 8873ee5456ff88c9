#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/market/timerange.h"
#include "core/pipeline/state.h"
#include "core/storage/runs.h"

namespace mnemo {

/// What a person or a program asks of the scheduler. About a pipeline, a backfill, a run, or tasks of a run: the innermost
/// that is set. A value.
struct PipelineCommand {
    enum class Action {
        Trigger,  ///< a pipeline, with parameters
        Backfill, ///< a pipeline over a range of due times
        Pause,    ///< a pipeline, a backfill, a run or tasks
        Resume,
        Cancel,   ///< a backfill, a run or tasks
        Clear,    ///< a run or tasks of it: they begin again
        Mark,     ///< tasks of a run, as success or failed
        Priority, ///< tasks of a run
        Undo,     ///< what an earlier command did
    };
    Action action = Action::Trigger;
    std::string pipeline;
    std::optional<RunId> backfill; ///< its first run
    std::optional<RunId> run;
    std::vector<std::string> tasks; ///< of the run: "fetch" (all of them), "fetch[BTC/USDT]", or the number; empty: all
    /// Trigger and Backfill: may be used in texts of tasks as {params.NAME}; `from` and `to` of Trigger are the run's interval.
    std::map<std::string, std::string> parameters;
    TimeRange range;            ///< Backfill: due times in it
    bool isNewestFirst = false; ///< Backfill
    int parallel = 1;           ///< Backfill: runs at once
    bool withUpstream = false, withDownstream = false, failedOnly = false; ///< Clear
    TaskState state = TaskState::Success; ///< Mark
    int priority = 1;
    std::int64_t undo = 0; ///< Undo: CommandOutcome::undo of what is to be taken back
    std::string who;
    bool isDryRun = false; ///< only tell what would be done
    bool operator==(const PipelineCommand&) const = default;
};
std::string_view toText(PipelineCommand::Action action); ///< "trigger", "backfill", ...
std::optional<PipelineCommand::Action> commandActionFromText(std::string_view text);

/// What a command did, or would do.
struct CommandOutcome {
    struct Task {
        RunId run = 0; ///< 0: of a run that is not there yet
        int index = 0;
        std::string name;
        std::string state; ///< before
        bool operator==(const Task&) const = default;
    };
    std::vector<RunId> runs; ///< that it is about; made by Trigger and Backfill
    std::vector<Task> tasks; ///< that it is about; of Trigger all that the run has
    std::vector<UtcMs> dues; ///< of Backfill, in the order of the runs
    TimeRange interval;      ///< of Trigger
    std::int64_t undo = 0;   ///< by which Action::Undo takes it back, while the scheduler runs; 0: cannot be taken back
    bool operator==(const CommandOutcome&) const = default;
};

} // namespace mnemo
