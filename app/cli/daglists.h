#pragma once

#include <string>
#include <vector>

#include "app/cli/exitstatus.h"
#include "core/engine/pipelines.h"

namespace mnemo::cli {

// Pipelines, runs and tasks on standard output: JSON (times in ms) or a table.

/// Definitions that cannot be used are told on standard error, in JSON as "problems".
ExitStatus printPipelines(const std::vector<PipelineSummary>& pipelines, const PipelineDefinitions& definitions, bool isJson);
ExitStatus printPipeline(const PipelineSummary& pipeline, const Settings& universe, bool isJson);
ExitStatus printRuns(const std::vector<RunRecord>& runs, bool isJson);
ExitStatus printTasks(const std::vector<TaskRecord>& tasks, bool isJson);
ExitStatus printRun(const RunRecord& run, const std::vector<TaskRecord>& tasks, bool isJson);
/// @param task name or number of the one that is wanted; empty: all. Errors: Usage where there is none.
ExitStatus printLog(const std::vector<TaskLogLine>& lines, const std::vector<TaskRecord>& tasks, const std::string& task, bool isJson);
ExitStatus printCheck(const std::vector<DagDefinition>& dags, const Problems& problems, bool isJson); ///< Usage where there is a problem
ExitStatus printOutcome(const PipelineCommand& command, const CommandOutcome& outcome, bool isJson);

} // namespace mnemo::cli
