#pragma once

#include <atomic>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "core/engine/engine.h"
#include "core/engine/tasklog.h"
#include "core/pipeline/board.h"

namespace mnemo {

/// How far a task at work has come; what the window shows beside it.
struct TaskProgress {
    TaskRef task;
    std::int64_t done = 0, total = 0; ///< bars, rows or files, as the task counts; total 0: not known
    std::int64_t rows = 0, requests = 0;
    std::vector<JobId> jobs; ///< of the engine, that work for it
    std::string waitingFor;  ///< "rate limit", ...; empty while it goes on
    std::vector<Wait> waits; ///< until now
};

/// What a task at work has at hand. One for each attempt; belongs to the task's thread, but for progress().
class TaskContext {
public:
    TaskContext(Engine& engine, TaskOrder order, std::stop_token stop, const TaskLog& log);

    Engine& engine() const { return m_engine; }
    const TaskOrder& order() const { return m_order; }
    const std::vector<SeriesKey>& series() const { return m_order.instance.series; }
    const std::stop_token& stop() const { return m_stop; }
    /// The part of history that the task works on: its own range, else the run's interval; not beyond now.
    TimeRange range(const TaskRange& wanted) const;

    void say(const std::string& text, log::Level level = log::Level::Info) const;
    void show(std::int64_t done, std::int64_t total);
    void work(std::vector<JobId> jobs); ///< progress is that of these from now on
    std::shared_ptr<WaitLog> waitLog(); ///< for what is asked without a job
    std::vector<Wait> waits() const; ///< of its jobs and of the log, oldest first; any thread
    TaskProgress progress() const; ///< any thread

private:
    std::vector<Wait> waitsOf(const std::vector<JobId>& jobs) const;

    Engine& m_engine;
    const TaskOrder m_order;
    const std::stop_token m_stop;
    const TaskLog& m_log;
    mutable std::mutex m_mutex; // what follows
    TaskProgress m_progress;
    std::vector<Wait> m_waits; ///< of jobs that it no longer works with
    std::shared_ptr<WaitLog> m_waitLog;
};

/// A task that could not do what it should; errors that would come again are not retried.
TaskOutcome failedOutcome(const Error& error, std::string result = "{}");
TaskOutcome doneOutcome(const nlohmann::json& result, TaskState state = TaskState::Success);

// The types of tasks, each on the thread of its task.
TaskOutcome carryOut(TaskContext& context, const MarketsWork& work);
TaskOutcome carryOut(TaskContext& context, const IncrementalWork& work);
TaskOutcome carryOut(TaskContext& context, const BackfillWork& work);
TaskOutcome carryOut(TaskContext& context, const RepairWork& work);
TaskOutcome carryOut(TaskContext& context, const ValidateWork& work);
TaskOutcome carryOut(TaskContext& context, const CompareWork& work);
TaskOutcome carryOut(TaskContext& context, const SqlWork& work);
TaskOutcome carryOut(TaskContext& context, const RollupWork& work);
TaskOutcome carryOut(TaskContext& context, const ExportWork& work);
TaskOutcome carryOut(TaskContext& context, const HttpWork& work);
TaskOutcome carryOut(TaskContext& context, const ShellWork& work);

} // namespace mnemo
