#pragma once

#include <memory>
#include <vector>

#include "core/pipeline/board.h"
#include "core/pipeline/runprogress.h"

namespace mnemo {

/// A run that the board works on: its records, its instances and their states. Inside core/pipeline only.
struct ActiveRun {
    RunRecord record;
    std::shared_ptr<const DagDefinition> dag;
    std::vector<TaskInstance> instances;
    std::vector<TaskRecord> tasks;
    std::vector<const TaskDefinition*> definitions; ///< of each instance, in dag
    std::unique_ptr<RunProgress> progress; ///< null while the run is queued

    /// Multiplies the pipeline out.
    static ActiveRun begun(RunRecord record, std::shared_ptr<const DagDefinition> dag, const Settings& universe);
    /// As it was stored; what was at work is scheduled again. Errors: Config, Corrupt where the records cannot be understood.
    static Result<ActiveRun> restored(RunRecord record, std::vector<TaskRecord> tasks);

    TaskRecord& task(int index) { return tasks[static_cast<std::size_t>(index)]; }
    const TaskRecord& task(int index) const { return tasks[static_cast<std::size_t>(index)]; }
    const TaskDefinition& definition(int index) const { return *definitions[static_cast<std::size_t>(index)]; }
    /// History is what asks about the past on purpose; the rest keeps the present up to date.
    bool isHistory(int index) const;
    TaskOrder order(int index) const;
    void noteScheduled(int index, UtcMs now); ///< another try begins, unless one waits already
    void forgetScheduled(int index); ///< it waits for others again
    bool hasWaitingTry(int index) const; ///< its newest has not begun

private:
    bool resolve(); ///< definitions and progress; false where a task is not in the pipeline
};

} // namespace mnemo
