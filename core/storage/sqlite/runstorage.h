#pragma once

#include "core/storage/runs.h"
#include "core/storage/sqlite/connection.h"

namespace mnemo {

/// The tables `pipelines`, `runs`, `tasks` and `definitions`. Errors: those of the store.
Result<void> saveRuns(Connection& connection, const RunChanges& changes); ///< in one transaction
Result<std::vector<PipelineRecord>> readPipelines(Connection& connection);
Result<std::vector<RunRecord>> readRuns(Connection& connection, const RunFilter& filter); ///< newest first
Result<std::vector<TaskRecord>> readTasks(Connection& connection, RunId run);             ///< by index
Result<RunId> newestRun(Connection& connection); ///< 0 where there is none

} // namespace mnemo
