#pragma once

#include <string>
#include <vector>

#include "core/config/settings.h"
#include "core/market/serieskey.h"
#include "core/pipeline/definition.h"

namespace mnemo {

/// One piece of a run: a task of the pipeline for some series.
struct TaskInstance {
    std::string task;              ///< id of the definition
    std::string label;             ///< what it is about: an exchange, "BTC/USD", a series; empty where about all
    std::vector<SeriesKey> series; ///< sorted; empty for tasks that are about none
    std::vector<int> upstream;     ///< indices of the instances that it waits for, ascending; all smaller than its own
    std::string name() const { return label.empty() ? task : task + '[' + label + ']'; }
    bool operator==(const TaskInstance&) const = default;
};

/// The pipeline multiplied out over the universe, in the order of its tasks. Where two tasks that depend on each other are
/// both about series, an instance waits only for those that share a series with it, so that a slow one holds back nothing
/// else; an instance that shares none waits for all. Pure; about a microsecond an instance.
std::vector<TaskInstance> expand(const DagDefinition& dag, const Settings& settings);

} // namespace mnemo
