#pragma once

#include <functional>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/pipeline/board.h"
#include "core/pipeline/pipelinecommand.h"
#include "core/pipeline/runstore.h"
#include "core/pipeline/taskrunner.h"

namespace mnemo {

/// What pipelines there are, and over what they are multiplied out.
struct PipelineSetup {
    std::vector<DagDefinition> dags;
    std::map<std::string, int> pools;
    std::shared_ptr<const Settings> universe;
};

/// How it stands; made anew after each step, never changed.
struct SchedulerSnapshot {
    std::map<std::string, PoolQueue::PoolState> pools;
    std::size_t activeRuns = 0; ///< queued ones included
    std::optional<UtcMs> wakeAt; ///< when it has something to do next, unless something happens
    std::optional<Error> storeError; ///< what it decides cannot be stored: nothing is started meanwhile
};

/// Runs pipelines: a Board with a thread, a clock and a store. What is decided is stored before any of it is started, so
/// that the next process can take up where this one ends, however it ends. The thread sleeps until something is due or is
/// told to it: between, it costs nothing. All calls are thread-safe and return at once.
class Scheduler {
public:
    struct Options {
        bool isScheduling = true; ///< false: only what is asked for is run, nothing by itself
        /// After each step, on the scheduler's thread, when it is stored. Must be quick.
        std::function<void(const RunChanges&)> changed {};
        milliseconds storeRetry {2'000}; ///< what could not be stored is tried again after this long
    };

    /// @p store, @p runner and @p clock outlive it. Reads what the last process left. Errors: those of the store.
    static Result<std::unique_ptr<Scheduler>> open(
        RunStore& store, TaskRunner& runner, const Clock& clock, PipelineSetup setup, Options options);
    /// Begins nothing more. Tasks at work stay so in the store, and go on with the next process: the runner ends them.
    ~Scheduler();
    Scheduler(const Scheduler&) = delete;
    Scheduler& operator=(const Scheduler&) = delete;

    void apply(PipelineSetup setup); ///< runs that have begun keep their definition
    /// Done and stored when the future is ready. Errors: NotFound, InvalidArgument in a sentence; Cancelled where the scheduler
    /// ended before; those of the store.
    std::future<Result<CommandOutcome>> ask(PipelineCommand command);
    void wake(); ///< looks at the clock now: for a clock that is not the system's, which nobody tells about
    std::shared_ptr<const SchedulerSnapshot> snapshot() const;

private:
    struct Private;
    explicit Scheduler(std::unique_ptr<Private> p);
    std::unique_ptr<Private> d;
};

} // namespace mnemo
