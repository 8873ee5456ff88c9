#pragma once

#include "core/pipeline/board.h"
#include "core/pipeline/pipelinecommand.h"
#include "core/pipeline/runstore.h"
#include "core/pipeline/undomemory.h"

namespace mnemo {

/// Carries one command out on the board, or tells what it would do. Inside core/pipeline only; the scheduler's thread.
class CommandWork {
public:
    CommandWork(Board& board, RunStore& store, const Settings& universe, UndoMemory& undo, UtcMs now, BoardStep& step);
    /// Errors: NotFound, InvalidArgument; those of the store where a run that is over must be read.
    Result<CommandOutcome> carryOut(const PipelineCommand& command);

private:
    using Outcome = Result<CommandOutcome>;
    Outcome trigger(const PipelineCommand& command);
    Outcome backfill(const PipelineCommand& command);
    Outcome pause(const PipelineCommand& command, bool isPaused);
    Outcome cancel(const PipelineCommand& command);
    Outcome clear(const PipelineCommand& command);
    Outcome mark(const PipelineCommand& command);
    Outcome prioritize(const PipelineCommand& command);
    Outcome undo(const PipelineCommand& command);

    /// Does @p work and notes how what it changed in the run's tasks is taken back.
    Outcome undoably(RunId run, CommandOutcome outcome, const std::function<Result<void>()>& work);
    using TakeBack = std::function<Result<void>(Board&, UtcMs, BoardStep&)>;
    CommandOutcome kept(CommandOutcome outcome, std::optional<RunId> run, TakeBack takeBack);

    Result<void> know(RunId run); ///< reads it from the store where it is over
    Result<std::vector<RunId>> runsOf(const PipelineCommand& command) const;
    Result<std::vector<int>> tasksOf(const PipelineCommand& command) const; ///< of its run; all where none are named
    CommandOutcome outcomeOf(RunId run, const std::vector<int>& tasks) const;

    Board& m_board;
    RunStore& m_store;
    const Settings& m_universe;
    UndoMemory& m_undo;
    const UtcMs m_now;
    BoardStep& m_step;
};

} // namespace mnemo
