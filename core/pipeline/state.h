#pragma once

#include <optional>
#include <string_view>

namespace mnemo {

/// Of one execution of a pipeline; the words are Airflow's but for success_with_gaps and cancelled.
enum class RunState {
    Queued, ///< waits because as many runs as allowed are active
    Running,
    Success,
    SuccessWithGaps, ///< all went through, but something wanted is not there: shown as "finished with gaps"
    Failed,
    Cancelled,
};

/// Of one instance of a task in a run.
enum class TaskState {
    None,      ///< waits for the tasks that it depends on
    Scheduled, ///< may begin, waits for a slot of its pool
    Queued,    ///< has a slot, begins at once
    Running,
    Success,
    SuccessWithGaps,
    Failed,
    UpForRetry, ///< failed, and begins again after its delay
    UpstreamFailed, ///< never begins: something that it needs failed
    Skipped,
    Cancelled,
};

std::string_view toText(RunState state);  ///< "success_with_gaps"
std::string_view toText(TaskState state); ///< "none", "scheduled", ...
std::optional<RunState> runStateFromText(std::string_view text);
std::optional<TaskState> taskStateFromText(std::string_view text);

bool isFinal(RunState state);
bool isFinal(TaskState state);
bool isSuccess(TaskState state); ///< with gaps or without
/// Failed, upstream failed or cancelled: what counts as failed for those that depend on it.
bool isFailure(TaskState state);
/// The slots of a pool are taken by these.
bool isActive(TaskState state);

/// The whole machine as a table: whether a task may go from one state to the other. Clearing (back to None) and marking
/// (Success, Failed) by a person is allowed from everything that is not at work.
bool mayFollow(TaskState from, TaskState to);

} // namespace mnemo
