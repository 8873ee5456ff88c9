#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/engine/pipelines.h"

namespace mnemo {

/// One run over time: a lane for each pool, in it a row for each instance of a task, in that a bar for each of its tries.
/// A value without clock or I/O.
struct GanttScene {
    struct Bar {
        int attempt = 0; ///< 0: never began
        TaskState state = TaskState::Scheduled; ///< it ended in, or is in
        UtcMs queued {};                 ///< since then it might have begun
        std::optional<UtcMs> started {}; ///< nothing: never began
        UtcMs ended {};                  ///< or now
        bool isEndKnown = true;          ///< false: the program ended meanwhile, it was some time before
        std::string error {};
        std::vector<Wait> waits {};
        milliseconds waited() const; ///< that nothing was sent in
        bool operator==(const Bar&) const = default;
    };
    struct Row {
        int task = 0; ///< index in the run
        std::string node, name; ///< "fetch", "fetch[BTC/USDT]"
        TaskState state = TaskState::None;
        bool isPaused = false;
        std::optional<std::int64_t> rows {}; ///< stored by it
        std::vector<Bar> bars; ///< ascending
        bool operator==(const Row&) const = default;
    };
    struct Lane {
        std::string pool;
        int size = 0; ///< slots; 0: not known
        std::size_t first = 0, count = 0; ///< of rows
        bool operator==(const Lane&) const = default;
    };
    std::vector<Lane> lanes;
    std::vector<Row> rows; ///< lane by lane; in a lane by their first begin, those that have none last
    TimeRange span;        ///< from the begin of the run to its last end, or to now
    bool isLive = false;   ///< the run is not over
    bool operator==(const GanttScene&) const = default;

    int rowOf(const std::string& name) const;  ///< -1 where there is none
    int laneOf(std::size_t row) const;
};

/// @p progress what those at work have waited for so far. @p dag for pools of tasks that never were in a queue; may be null.
GanttScene ganttOf(const RunRecord& run, std::span<const TaskRecord> tasks, std::span<const TaskProgress> progress,
    const DagDefinition* dag, const std::map<std::string, PoolQueue::PoolState>& pools, UtcMs now);

} // namespace mnemo
