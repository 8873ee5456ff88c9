#pragma once

#include "ui/pipelines/pipelinesport.h"

namespace mnemo {

struct CommandAnswers {
    std::vector<CommandOutcome> outcomes; ///< of the commands in their order, up to the one that was refused
    std::optional<Error> error;           ///< of that
};

/// Asks one after the other, until one is refused. The answer comes later on the UI thread, or never where @p context is gone.
void askAll(PipelinesPort& port, QObject* context, std::vector<PipelineCommand> commands, std::function<void(const CommandAnswers&)> done);

} // namespace mnemo
