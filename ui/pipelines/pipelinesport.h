#pragma once

#include <QString>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/engine/pipelines.h"

class QObject;

namespace mnemo {

/// All pipelines as a list shows them, as of one moment.
struct PipelinesOverview {
    std::vector<PipelineSummary> pipelines; ///< with the newest few runs of each
    Problems problems; ///< of files and of single pipelines
    std::map<std::string, PoolQueue::PoolState> pools;
    std::optional<Error> storeError; ///< what the scheduler decides cannot be stored
    bool isScheduling = false; ///< in this process
};

struct RunTasks {
    RunId run = 0;
    std::vector<TaskRecord> tasks;
};

/// What the screen of pipelines may ask of the program. UI thread only; every call returns at once, and the answer comes later
/// on the UI thread, or never where @p context is gone by then.
class PipelinesPort {
public:
    template <class T>
    using Answer = std::function<void(const Result<T>&)>;
    using Overview = std::shared_ptr<const PipelinesOverview>;
    using Runs = std::shared_ptr<const std::vector<RunRecord>>;
    using Tasks = std::shared_ptr<const std::vector<RunTasks>>;
    using Log = std::shared_ptr<const std::vector<TaskLogLine>>;

    static constexpr std::int64_t mostRuns = 10'000; ///< that runs() tells

    virtual ~PipelinesPort() = default;
    virtual UtcMs now() const = 0;
    virtual QString folder() const = 0; ///< where the user's own files of pipelines belong
    virtual void overview(QObject* context, Answer<Overview> answer) = 0;
    virtual void runs(QObject* context, const std::string& pipeline, Answer<Runs> answer) = 0; ///< newest first, without definitions
    virtual void tasks(QObject* context, std::vector<RunId> runs, Answer<Tasks> answer) = 0;
    virtual void log(QObject* context, RunId run, std::optional<int> task, Answer<Log> answer) = 0; ///< the newest lines
    virtual void file(QObject* context, const std::string& path, Answer<std::string> answer) = 0; ///< its text
    virtual void ask(QObject* context, PipelineCommand command, Answer<CommandOutcome> answer) = 0;
    virtual std::vector<TaskProgress> progress() const = 0; ///< of tasks at work in this process
    /// While the guard lives, which must go before @p context, changes that this process makes are told.
    [[nodiscard]] virtual std::shared_ptr<void> watch(QObject* context, std::function<void(const PipelinesChanged&)> changed) = 0;
};

} // namespace mnemo
