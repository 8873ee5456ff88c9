#pragma once

#include <functional>

#include "core/pipeline/board.h"

namespace mnemo {

/// Carries tasks out; the scheduler knows no more about what they do. Implemented above (core/engine), and by tests.
class TaskRunner {
public:
    /// Takes the outcome: any thread, once for each order.
    using Done = std::function<void(TaskRef, TaskOutcome)>;

    virtual ~TaskRunner() = default;
    /// Returns at once.
    virtual void start(TaskOrder order, Done done) = 0;
    /// Asks a task at work to end soon; its outcome still comes. Does nothing where there is none.
    virtual void stop(TaskRef task) = 0;
    /// A run is over and stored. @p dag is null where it never began. Returns at once.
    virtual void runEnded(const RunRecord& run, const std::shared_ptr<const DagDefinition>& dag) = 0;
};

} // namespace mnemo
