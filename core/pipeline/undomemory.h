#pragma once

#include <functional>
#include <map>

#include "core/pipeline/board.h"
#include "core/pipeline/pipelinecommand.h"

namespace mnemo {

/// How commands of this process are taken back, the newest hundred of them. Inside core/pipeline only; the scheduler's thread.
class UndoMemory {
public:
    static constexpr std::size_t capacity = 100;

    struct Step {
        CommandOutcome outcome;   ///< of the command
        std::optional<RunId> run; ///< that the board must know
        /// Errors: NotFound, InvalidArgument in a sentence, where it is too late.
        std::function<Result<void>(Board&, UtcMs, BoardStep&)> takeBack;
    };
    std::int64_t keep(Step step); ///< @return its number, above zero
    const Step* find(std::int64_t number) const; ///< null where it is not known, or taken back already
    void forget(std::int64_t number) { m_steps.erase(number); }

private:
    std::map<std::int64_t, Step> m_steps;
    std::int64_t m_next = 1;
};

} // namespace mnemo
