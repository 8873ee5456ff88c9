#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "core/engine/taskcontext.h"
#include "core/pipeline/taskrunner.h"

namespace mnemo {

/// Carries the tasks of pipelines out with the engine's commands: a thread for each, as many as the pools have slots. What
/// they say goes to the log of their run. All calls are thread-safe.
class EngineTaskRunner final : public TaskRunner {
public:
    explicit EngineTaskRunner(Engine& engine); ///< which outlives it
    ~EngineTaskRunner() override; ///< stops all and waits; what they tell then is for nobody any more

    void start(TaskOrder order, Done done) override;
    void stop(TaskRef task) override;
    void runEnded(const RunRecord& run, const std::shared_ptr<const DagDefinition>& dag) override;

    std::vector<TaskProgress> progress() const; ///< of all at work
    const TaskLog& log() const { return m_log; }

private:
    struct Work {
        std::shared_ptr<TaskContext> context; ///< null: tells about a run that failed
        std::jthread thread;
    };
    using Key = std::pair<TaskRef, std::uint64_t>; ///< an attempt that still ends may stand beside the next one
    void over(const Key& key);
    void reap(); ///< joins those that are over, which takes no time; m_mutex held

    Engine& m_engine;
    const TaskLog m_log;
    std::stop_source m_end; ///< of everything
    mutable std::mutex m_mutex; // what follows
    std::map<Key, Work> m_works;
    std::map<Key, std::stop_source> m_stops;
    std::vector<std::jthread> m_over;
    std::uint64_t m_next = 0;
};

} // namespace mnemo
