#include "core/engine/runjanitor.h"

#include <algorithm>
#include <map>

#include "core/base/log.h"
#include "core/base/priority.h"

namespace mnemo {

namespace {

constexpr std::chrono::hours betweenLooks {6};
constexpr std::int64_t atOnce = 500; ///< in one transaction: the scheduler waits meanwhile

Result<std::map<std::string, RunId>> newestOfEach(StoreReader& reader)
{
    std::map<std::string, RunId> newest;
    const auto pipelines = reader.pipelines();
    if (!pipelines)
        return fail(pipelines.error());
    for (const PipelineRecord& pipeline : *pipelines) {
        RunFilter filter;
        filter.pipelines = {pipeline.id};
        filter.limit = 1;
        filter.withDefinition = false;
        const auto runs = reader.runs(filter);
        if (!runs)
            return fail(runs.error());
        if (!runs->empty())
            newest[pipeline.id] = runs->front().id;
    }
    return newest;
}

} // namespace

RunJanitor::RunJanitor(Engine& engine, const TaskLog& log)
    : m_engine(engine)
    , m_log(log)
    , m_thread([this](const std::stop_token& stop) { run(stop); })
{
}

void RunJanitor::wake()
{
    const std::lock_guard lock(m_mutex);
    m_isWoken = true;
    m_woken.notify_one();
}

void RunJanitor::run(const std::stop_token& stop)
{
    giveWayToOthers();
    while (true) {
        {
            std::unique_lock lock(m_mutex);
            m_woken.wait_for(lock, stop, betweenLooks, [this] { return m_isWoken; });
            m_isWoken = false;
        }
        if (stop.stop_requested())
            return;
        const milliseconds keep = m_engine.settings()->settings.pipeline.keepRuns;
        if (keep.count() == 0)
            continue;
        const auto forgotten = forgetRuns(m_engine.clock().now() - keep, stop);
        const auto removed = forgotten ? removeLogs(stop) : fail(forgotten.error());
        if (!removed)
            log::warning("pipeline", "old runs could not be forgotten: " + removed.error().detail);
        else if (*forgotten > 0)
            log::info("pipeline", "forgot " + std::to_string(*forgotten) + " runs, which ended longer ago than pipeline.keep_runs");
    }
}

Result<std::size_t> RunJanitor::forgetRuns(UtcMs endedBefore, const std::stop_token& stop)
{
    auto reader = m_engine.store().openReader();
    if (!reader)
        return fail(std::move(reader.error()));
    const auto newest = newestOfEach(**reader);
    if (!newest)
        return fail(newest.error());
    std::size_t forgotten = 0;
    RunFilter old;
    old.queued.to = endedBefore;
    old.limit = atOnce;
    old.withDefinition = false;
    while (!stop.stop_requested()) {
        const auto runs = (*reader)->runs(old);
        if (!runs)
            return fail(runs.error());
        RunChanges changes;
        for (const RunRecord& run : *runs) {
            old.queued.to = std::min(old.queued.to, run.queued);
            const auto kept = newest->find(run.pipeline);
            if (run.finished && *run.finished < endedBefore && (kept == newest->end() || kept->second != run.id))
                changes.forgotten.push_back(run.id);
        }
        if (const auto saved = changes.isEmpty() ? Result<void>() : m_engine.saveRuns(changes); !saved)
            return fail(saved.error());
        forgotten += changes.forgotten.size();
        if (std::ssize(*runs) < atOnce)
            break;
    }
    return forgotten;
}

/// Of runs that are not in the store; also those that an earlier process left when it ended in between.
Result<void> RunJanitor::removeLogs(const std::stop_token& stop)
{
    std::vector<RunId> logs = m_log.runs();
    auto reader = m_engine.store().openReader();
    if (!reader)
        return fail(std::move(reader.error()));
    for (std::size_t from = 0; from < logs.size() && !stop.stop_requested(); from += atOnce) {
        RunFilter known;
        known.ids.assign(logs.begin() + std::ptrdiff_t(from), logs.begin() + std::ptrdiff_t(std::min(logs.size(), from + atOnce)));
        known.withDefinition = false;
        const auto runs = (*reader)->runs(known);
        if (!runs)
            return fail(runs.error());
        for (const RunId id : known.ids) {
            if (std::ranges::find(*runs, id, &RunRecord::id) == runs->end())
                m_log.remove(id);
        }
    }
    return {};
}

} // namespace mnemo
