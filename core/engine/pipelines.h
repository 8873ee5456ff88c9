#pragma once

#include <functional>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/engine/engine.h"
#include "core/engine/taskcontext.h"
#include "core/pipeline/scheduler.h"

namespace mnemo {

/// A pipeline as a list shows it.
struct PipelineSummary {
    PipelineRecord record; ///< its id; paused, last due, missed
    std::shared_ptr<const DagDefinition> dag; ///< null: only its runs are left; its definition is gone or wrong
    std::optional<UtcMs> next; ///< due; nothing for manual and paused ones
    std::vector<RunRecord> runs; ///< newest first, without definitions
};

/// What the files of dags/ say.
struct PipelineDefinitions {
    std::vector<std::shared_ptr<const DagDefinition>> dags; ///< in the order of the files
    Problems problems; ///< each disables one pipeline, or the pipelines of one file
};

/// Something about pipelines is another now; what, is read anew.
struct PipelinesChanged {
    std::vector<std::string> pipelines; ///< records; empty and isSetup: all
    std::vector<RunId> runs;            ///< they or tasks of theirs
    bool isSetup = false;               ///< definitions, problems or pools
};

/// Pipelines behind one object. In the process that collects it schedules, and takes commands of other processes; beside
/// such a process it shows what the store says and hands commands on. Thread-safe; destroying it stops what runs, which goes
/// on with the next start.
class Pipelines {
public:
    struct Options {
        bool isScheduling = true; ///< false: only what is asked for is run, nothing by itself
        bool isListening = true;  ///< takes commands of other processes
        bool isRunning = true;    ///< false: tasks wait for the next process; for one command of the command line
    };
    /// @p engine outlives it. Errors: those of the store.
    static Result<std::unique_ptr<Pipelines>> open(Engine& engine, Options options);
    static Result<std::unique_ptr<Pipelines>> open(Engine& engine) { return open(engine, Options()); }
    ~Pipelines();
    Pipelines(const Pipelines&) = delete;
    Pipelines& operator=(const Pipelines&) = delete;

    /// False: another process schedules, or none does.
    bool isScheduling() const;
    /// Done when the future is ready. Errors: as Scheduler::ask(); NotFound where no process schedules. Where another process
    /// schedules the future waits in its destructor, as those of std::async do.
    std::future<Result<CommandOutcome>> ask(PipelineCommand command);
    /// Looks at the engine's clock now: for one that is not the system's, which nobody tells about.
    void wake();
    /// Called until the guard goes, from any thread; must be quick and ask for nothing here. Only what this process does is told:
    /// beside another one ask again now and then.
    [[nodiscard]] std::shared_ptr<void> subscribe(std::function<void(const PipelinesChanged&)> handler);

    // --- reading: any thread but the window's, for they wait for the store ---
    std::shared_ptr<const PipelineDefinitions> definitions() const; ///< does not wait
    /// @param runs most of each
    Result<std::vector<PipelineSummary>> summaries(std::size_t runs);
    Result<std::vector<RunRecord>> runs(const RunFilter& filter);
    Result<std::vector<TaskRecord>> tasks(RunId run);
    Result<std::vector<TaskLogLine>> log(RunId run, std::optional<int> task, std::size_t most);
    Result<std::map<std::string, PoolQueue::PoolState>> pools();
    std::vector<TaskProgress> progress() const; ///< of tasks at work in this process; does not wait
    std::optional<Error> storeError() const;    ///< what the scheduler decides cannot be stored; does not wait

private:
    struct Private;
    explicit Pipelines(std::unique_ptr<Private> p);
    std::unique_ptr<Private> d;
};

/// What TaskInstance::name() was when it was stored.
std::string nameOf(const TaskRecord& task);

} // namespace mnemo
