#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/pipeline/pipelinecommand.h"

namespace mnemo {

// Commands and their outcomes as one line of JSON, for another process. What is written is read back the same.
std::string toJsonLine(const PipelineCommand& command);
std::string toJsonLine(const Result<CommandOutcome>& outcome);
Result<PipelineCommand> commandFromJson(std::string_view line); ///< Errors: InvalidArgument
Result<CommandOutcome> outcomeFromJson(std::string_view line);  ///< Errors: those that were written; Corrupt

} // namespace mnemo
