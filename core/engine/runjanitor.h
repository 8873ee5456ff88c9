#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "core/engine/engine.h"
#include "core/engine/tasklog.h"

namespace mnemo {

/// Forgets runs that ended longer ago than pipeline.keep_runs, with their tasks and logs. The newest run of each pipeline
/// stays, so that lists tell how it went last and numbers of runs are not given again; open ones stay anyway. Looks at the
/// start, when told to, and some times a day, on a thread of its own. For the process that collects.
class RunJanitor {
public:
    RunJanitor(Engine& engine, const TaskLog& log); ///< both outlive it
    void wake(); ///< looks soon: the setting may be another

private:
    void run(const std::stop_token& stop);
    /// Errors: those of the store.
    Result<std::size_t> forgetRuns(UtcMs endedBefore, const std::stop_token& stop);
    Result<void> removeLogs(const std::stop_token& stop);

    Engine& m_engine;
    const TaskLog& m_log;
    std::mutex m_mutex;
    std::condition_variable_any m_woken;
    bool m_isWoken = true;
    std::jthread m_thread; // last
};

} // namespace mnemo
