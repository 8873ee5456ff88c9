#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "core/base/result.h"
#include "core/engine/alertcommand.h"
#include "core/pipeline/pipelinecommand.h"

namespace mnemo {

using ControlCommand = std::variant<PipelineCommand, AlertCommand>;

// Commands and their outcomes as one line of JSON, for another process. What is written is read back the same.
std::string toJsonLine(const PipelineCommand& command);
std::string toJsonLine(const AlertCommand& command);
std::string toJsonLine(const Result<CommandOutcome>& outcome);
std::string toJsonLine(const Result<AlertOutcome>& outcome);
Result<ControlCommand> commandFromJson(std::string_view line); ///< Errors: InvalidArgument
Result<CommandOutcome> outcomeFromJson(std::string_view line); ///< Errors: those that were written; Corrupt
Result<AlertOutcome> alertOutcomeFromJson(std::string_view line); ///< the same

} // namespace mnemo
