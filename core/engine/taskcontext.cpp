#include "core/engine/taskcontext.h"

#include <algorithm>
#include <iterator>

#include <nlohmann/json.hpp>

namespace mnemo {

namespace {

/// True where the same would fail again until somebody changes something.
bool isPermanent(ErrorCode code)
{
    switch (code) {
    case ErrorCode::InvalidArgument:
    case ErrorCode::Config:
    case ErrorCode::NotFound:
    case ErrorCode::Tls:
    case ErrorCode::TooLarge:
    case ErrorCode::Rejected:
    case ErrorCode::UnknownSymbol:
    case ErrorCode::Unsupported:
    case ErrorCode::StorageReadOnly:
    case ErrorCode::StorageTooNew:
    case ErrorCode::Corrupt:
    case ErrorCode::Internal:
        return true;
    case ErrorCode::Cancelled:
    case ErrorCode::Network:
    case ErrorCode::Timeout:
    case ErrorCode::ServerError:
    case ErrorCode::RateLimited:
    case ErrorCode::Banned:
    case ErrorCode::CircuitOpen:
    case ErrorCode::Maintenance:
    case ErrorCode::BadAnswer:
    case ErrorCode::StorageFailed:
    case ErrorCode::StorageFull:
    case ErrorCode::StorageLocked:
        return false;
    }
    return false;
}

} // namespace

TaskContext::TaskContext(Engine& engine, TaskOrder order, std::stop_token stop, const TaskLog& log)
    : m_engine(engine)
    , m_order(std::move(order))
    , m_stop(std::move(stop))
    , m_log(log)
{
    m_progress.task = m_order.ref;
}

TimeRange TaskContext::range(const TaskRange& wanted) const
{
    const UtcMs now = m_engine.clock().now();
    const UtcMs due = std::min(m_order.due.value_or(m_order.interval.to), now);
    if (wanted.last)
        return {due - *wanted.last, due};
    if (wanted.from)
        return {*wanted.from, std::min(wanted.to.value_or(due), now)};
    return {m_order.interval.from, std::min(m_order.interval.to, now)};
}

void TaskContext::say(const std::string& text, log::Level level) const
{
    m_log.add(m_order.ref.run, {m_engine.clock().now(), m_order.ref.index, m_order.attempt, level, text});
    log::write(level, "pipeline", text, {{"run", m_order.ref.run}, {"task", m_order.instance.name()}});
}

void TaskContext::show(std::int64_t done, std::int64_t total)
{
    const std::lock_guard lock(m_mutex);
    m_progress.done = done;
    m_progress.total = total;
}

void TaskContext::work(std::vector<JobId> jobs)
{
    auto past = waitsOf(m_progress.jobs); // which this thread alone changes
    const std::lock_guard lock(m_mutex);
    std::ranges::move(past, std::back_inserter(m_waits));
    m_progress.jobs = std::move(jobs);
}

std::shared_ptr<WaitLog> TaskContext::waitLog()
{
    const std::lock_guard lock(m_mutex);
    if (!m_waitLog)
        m_waitLog = std::make_shared<WaitLog>(m_engine.clock());
    return m_waitLog;
}

std::vector<Wait> TaskContext::waitsOf(const std::vector<JobId>& jobs) const
{
    std::vector<WorkSpell> spells;
    for (const JobId id : jobs) {
        if (const auto job = m_engine.job(id))
            spells.push_back({job->queued, isFinal(job->state) ? job->finished : m_engine.clock().now(), m_engine.waits(id)});
    }
    return commonWaits(spells);
}

std::vector<Wait> TaskContext::waits() const
{
    std::vector<JobId> jobs;
    std::vector<Wait> all;
    std::shared_ptr<const WaitLog> asked;
    {
        const std::lock_guard lock(m_mutex);
        jobs = m_progress.jobs;
        all = m_waits;
        asked = m_waitLog;
    }
    std::ranges::move(waitsOf(jobs), std::back_inserter(all));
    if (asked)
        std::ranges::move(asked->waits(), std::back_inserter(all));
    std::ranges::sort(all, {}, &Wait::from);
    return all;
}

TaskProgress TaskContext::progress() const
{
    TaskProgress progress;
    {
        const std::lock_guard lock(m_mutex);
        progress = m_progress;
    }
    progress.waits = waits();
    for (const JobId id : progress.jobs) {
        const auto job = m_engine.job(id);
        if (!job)
            continue;
        progress.done += job->done;
        progress.total += job->total;
        progress.rows += job->rowsStored;
        progress.requests += job->requests;
        if (progress.waitingFor.empty())
            progress.waitingFor = job->waitingFor;
    }
    return progress;
}

TaskOutcome failedOutcome(const Error& error, std::string result)
{
    if (error.code == ErrorCode::Cancelled)
        return {TaskState::Cancelled, std::move(result), error.detail, true};
    return {TaskState::Failed, std::move(result), error.detail, !isPermanent(error.code)};
}

TaskOutcome doneOutcome(const nlohmann::json& result, TaskState state)
{
    return {state, result.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace), {}, true};
}

} // namespace mnemo
