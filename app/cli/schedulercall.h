#pragma once

#include <optional>
#include <utility>

#include "app/cli/context.h"
#include "core/engine/controlsocket.h"

namespace mnemo::cli {

/// What the process that schedules says to @p command; nothing where none listens, and so it is for this process to carry out.
template<class Command>
auto askedScheduler(const Context& context, const Command& command)
{
    auto answer = askScheduler(context.dataDir(), command);
    const bool isNobodyThere
        = !answer && answer.error().code == ErrorCode::NotFound && !isSchedulerListening(context.dataDir());
    return isNobodyThere ? std::nullopt : std::optional(std::move(answer));
}

} // namespace mnemo::cli
