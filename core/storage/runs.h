#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/waitlog.h"
#include "core/market/timerange.h"

namespace mnemo {

using RunId = std::int64_t;

/// What the store keeps of a pipeline; its definition stands in the configuration.
struct PipelineRecord {
    std::string id;
    bool isPaused = false;
    UtcMs firstSeen {};
    std::optional<UtcMs> lastDue {}; ///< the newest due time that was run or left out
    std::int64_t missed = 0;         ///< due times that were left out last time, because nobody was there to run them ...
    TimeRange missedRange {};        ///< ... from the first one to after the last one
    bool operator==(const PipelineRecord&) const = default;
};

/// A row of `runs`: one execution of a pipeline.
struct RunRecord {
    RunId id = 0;
    std::string pipeline;
    std::string trigger = "schedule"; ///< schedule, person, backfill, api
    std::string state = "queued";     ///< RunState
    std::optional<UtcMs> due {};      ///< nothing where a person triggered it
    TimeRange interval {};            ///< what tasks without a range of their own work on
    UtcMs queued {};
    std::optional<UtcMs> started {}, finished {};
    bool isPaused = false;
    std::string version;    ///< of the definition ...
    std::string definition; ///< ... and its YAML: a run keeps what it began with
    std::string parameters = "{}"; ///< JSON
    std::string who, error;
    std::optional<RunId> backfill {}; ///< first run of the backfill that it belongs to ...
    int parallel = 0;                 ///< ... of which so many run at once
    bool operator==(const RunRecord&) const = default;
};

/// One time that an instance was in its pool's queue, and what came of it.
struct TaskTry {
    static constexpr std::size_t most = 20; ///< that are kept of an instance, the newest

    int attempt = 0; ///< 0 while it has not begun
    std::string pool;
    UtcMs scheduled {};                    ///< since then it might have begun
    std::optional<UtcMs> started {}, finished {}; ///< the second missing in one that is not the last: the program ended meanwhile
    std::string state {}; ///< TaskState that it ended in; failed also where it is tried again
    std::string error {};
    std::vector<Wait> waits {}; ///< what it waited for between both
    bool operator==(const TaskTry&) const = default;
};

/// A row of `tasks`: one instance of a task in a run.
struct TaskRecord {
    RunId run = 0;
    int index = 0; ///< its place in the run
    std::string node, label; ///< id of the task in the pipeline; what the instance is about
    std::string plan = "{}"; ///< JSON: its series, and the places of the instances that it waits for
    std::string state = "none"; ///< TaskState
    int attempt = 0;            ///< how often it began
    int priority = 1;
    bool isPaused = false;
    std::optional<UtcMs> started {}, finished {}, retryAt {};
    std::string result = "{}"; ///< JSON: rows, requests, gaps, job, ... as its type has them
    std::string error;
    std::vector<TaskTry> tries {}; ///< oldest first
    bool operator==(const TaskRecord&) const = default;
};

/// What one step of the scheduler changed: stored whole or not at all.
struct RunChanges {
    std::vector<PipelineRecord> pipelines;
    std::vector<RunRecord> runs;
    std::vector<TaskRecord> tasks; ///< of stored runs or of these
    std::vector<RunId> forgotten {}; ///< taken out with their tasks; those that are open stay
    bool isEmpty() const { return pipelines.empty() && runs.empty() && tasks.empty() && forgotten.empty(); }
};

/// The states of runs that are not over.
inline std::vector<std::string> openRunStates()
{
    return {"queued", "running"};
}

struct RunFilter {
    std::vector<std::string> pipelines, states, triggers; ///< empty: any
    TimeRange queued {UtcMs::min(), UtcMs::max()};
    std::int64_t limit = 1000; ///< the newest
    std::vector<RunId> ids {}; ///< these alone; empty: any
    bool withDefinition = true; ///< false: RunRecord::definition stays empty, for lists
};

} // namespace mnemo
