#include "core/engine/enginetaskrunner.h"

#include <nlohmann/json.hpp>

#include "core/engine/httpcall.h"
#include "core/engine/placeholders.h"

namespace mnemo {

namespace {

/// Nothing may leave the thread: a bug in one task fails that task alone.
TaskOutcome carryOutGuarded(TaskContext& context)
{
    try {
        return std::visit([&context](const auto& work) { return carryOut(context, work); }, context.order().task.work);
    } catch (const std::exception& error) {
        return failedOutcome({ErrorCode::Internal, std::string("unexpected: ") + error.what(), {}});
    }
}

void sayEnd(const TaskContext& context, const TaskOutcome& outcome)
{
    const bool isBad = isFailure(outcome.state);
    context.say(std::string(toText(outcome.state)) + (outcome.error.empty() ? "" : ": " + outcome.error),
        isBad ? log::Level::Error : log::Level::Info);
}

/// What a webhook is told about a run.
HttpRequest messageAbout(const RunRecord& run, const std::string& url)
{
    const nlohmann::json body {{"pipeline", run.pipeline}, {"run", run.id}, {"state", run.state}, {"trigger", run.trigger},
        {"due", run.due ? nlohmann::json(toMs(*run.due)) : nlohmann::json()}, {"finished", toMs(run.finished.value_or(run.queued))},
        {"error", run.error}};
    return {"POST", withEnvironment(url), {{"Content-Type", "application/json"}},
        body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)};
}

} // namespace

EngineTaskRunner::EngineTaskRunner(Engine& engine)
    : m_engine(engine)
    , m_log(engine.dataDir())
{
}

EngineTaskRunner::~EngineTaskRunner()
{
    m_end.request_stop();
    std::map<Key, Work> works;
    {
        const std::lock_guard lock(m_mutex);
        for (auto& [key, source] : m_stops)
            source.request_stop();
        works.swap(m_works);
    }
    works.clear(); // joins
    const std::lock_guard lock(m_mutex);
    m_over.clear();
}

void EngineTaskRunner::start(TaskOrder order, Done done)
{
    const TaskRef ref = order.ref;
    std::stop_source source;
    auto context = std::make_shared<TaskContext>(m_engine, std::move(order), source.get_token(), m_log);
    const std::lock_guard lock(m_mutex);
    reap();
    const Key key {ref, m_next++};
    m_stops[key] = source;
    Work& work = m_works[key];
    work.context = context;
    work.thread = std::jthread([this, key, context, done = std::move(done)] {
        TaskOutcome outcome = carryOutGuarded(*context);
        outcome.waits = context->waits();
        if (!m_end.stop_requested()) // the end of the program is no end of the task: it goes on with the next start
            sayEnd(*context, outcome);
        done(key.first, std::move(outcome));
        over(key);
    });
}

void EngineTaskRunner::stop(TaskRef task)
{
    const std::lock_guard lock(m_mutex);
    for (auto found = m_stops.lower_bound({task, 0}); found != m_stops.end() && found->first.first == task; ++found)
        found->second.request_stop();
}

void EngineTaskRunner::runEnded(const RunRecord& run, const std::shared_ptr<const DagDefinition>& dag)
{
    if (run.state != toText(RunState::Failed) || !dag || dag->onFailure.empty())
        return;
    const std::lock_guard lock(m_mutex);
    reap();
    const Key key {{run.id, -1}, m_next++};
    m_works[key].thread = std::jthread([this, key, run, url = dag->onFailure] {
        const auto loaded = m_engine.settings();
        const auto told = callHttp(messageAbout(run, url), loaded->settings.http, loaded->settings.retry, m_end.get_token());
        if (!told && told.error().code != ErrorCode::Cancelled)
            log::warning("pipeline", "nobody was told about a failed run: " + told.error().detail, {{"run", run.id}});
        over(key);
    });
}

std::vector<TaskProgress> EngineTaskRunner::progress() const
{
    std::vector<std::shared_ptr<TaskContext>> contexts;
    {
        const std::lock_guard lock(m_mutex);
        for (const auto& [key, work] : m_works) {
            if (work.context)
                contexts.push_back(work.context);
        }
    }
    std::vector<TaskProgress> all;
    for (const auto& context : contexts)
        all.push_back(context->progress());
    return all;
}

/// On the thread that is over: another joins it.
void EngineTaskRunner::over(const Key& key)
{
    const std::lock_guard lock(m_mutex);
    m_stops.erase(key);
    const auto work = m_works.find(key);
    if (work == m_works.end())
        return; // the destructor has it
    m_over.push_back(std::move(work->second.thread));
    m_works.erase(work);
}

void EngineTaskRunner::reap()
{
    m_over.clear();
}

} // namespace mnemo
