#include "ui/pipelines/ganttscene.h"

#include <algorithm>
#include <tuple>

#include "ui/pipelines/pipelinetext.h"

namespace mnemo {

namespace {

using Bar = GanttScene::Bar;

/// Of a run that an older version stored: its last try alone is known.
std::vector<TaskTry> triesOf(const TaskRecord& task)
{
    if (!task.tries.empty() || !task.started)
        return task.tries;
    TaskTry only;
    only.attempt = task.attempt;
    only.scheduled = *task.started;
    only.started = task.started;
    only.finished = task.finished && *task.finished >= *task.started ? task.finished : std::nullopt;
    only.state = task.state;
    only.error = task.error;
    return {only};
}

/// @p next the try after it; null where there is none
Bar barOf(const TaskTry& one, const TaskTry* next, TaskState now, UtcMs at)
{
    Bar bar;
    bar.attempt = one.attempt;
    bar.queued = one.scheduled;
    bar.started = one.started;
    bar.error = one.error;
    bar.waits = one.waits;
    bar.isEndKnown = one.finished || !next;
    const UtcMs open = next ? next->scheduled : std::max(at, one.started.value_or(one.scheduled));
    bar.ended = one.finished.value_or(open);
    bar.state = one.finished ? taskStateFromText(one.state).value_or(TaskState::Failed) : next ? TaskState::None : now;
    return bar;
}

std::vector<Bar> barsOf(const TaskRecord& task, std::span<const TaskProgress> progress, UtcMs now)
{
    const std::vector<TaskTry> tries = triesOf(task);
    std::vector<Bar> bars;
    for (std::size_t i = 0; i < tries.size(); ++i) {
        const TaskTry* next = i + 1 < tries.size() ? &tries[i + 1] : nullptr;
        bars.push_back(barOf(tries[i], next, stateOf(task), now));
    }
    const auto atWork = std::ranges::find(progress, TaskRef {task.run, task.index}, &TaskProgress::task);
    if (!bars.empty() && atWork != progress.end() && isActive(bars.back().state))
        bars.back().waits = atWork->waits;
    return bars;
}

std::string poolOf(const TaskRecord& task, const DagDefinition* dag)
{
    if (!task.tries.empty())
        return task.tries.back().pool;
    const TaskDefinition* definition = dag ? dag->find(task.node) : nullptr;
    return definition ? definition->pool : "default";
}

std::optional<std::int64_t> rowsOf(const TaskRecord& task, std::span<const TaskProgress> progress)
{
    const auto atWork = std::ranges::find(progress, TaskRef {task.run, task.index}, &TaskProgress::task);
    return atWork != progress.end() && isActive(stateOf(task)) ? std::optional(atWork->rows) : rowsOf(task);
}

} // namespace

milliseconds GanttScene::Bar::waited() const
{
    milliseconds sum {0};
    for (const Wait& wait : waits)
        sum += wait.held;
    return sum;
}

int GanttScene::rowOf(const std::string& name) const
{
    const auto found = std::ranges::find_if(rows, [&](const Row& row) { return row.name == name || row.node == name; });
    return found == rows.end() ? -1 : static_cast<int>(found - rows.begin());
}

int GanttScene::laneOf(std::size_t row) const
{
    const auto after = std::ranges::upper_bound(lanes, row, {}, &Lane::first);
    return static_cast<int>(after - lanes.begin()) - 1;
}

GanttScene ganttOf(const RunRecord& run, std::span<const TaskRecord> tasks, std::span<const TaskProgress> progress,
    const DagDefinition* dag, const std::map<std::string, PoolQueue::PoolState>& pools, UtcMs now)
{
    GanttScene scene;
    scene.isLive = !run.finished;
    scene.span.from = run.started.value_or(run.queued);
    scene.span.to = std::max(run.finished.value_or(now), scene.span.from);
    std::map<std::string, std::vector<GanttScene::Row>> byPool;
    for (const TaskRecord& task : tasks) {
        GanttScene::Row row {task.index, task.node, nameOf(task), stateOf(task), task.isPaused, rowsOf(task, progress), barsOf(task, progress, now)};
        for (const Bar& bar : row.bars)
            scene.span = {std::min(scene.span.from, bar.queued), std::max(scene.span.to, bar.ended)};
        byPool[poolOf(task, dag)].push_back(std::move(row));
    }
    for (auto& [pool, rows] : byPool) {
        std::ranges::sort(rows, {}, [](const GanttScene::Row& row) {
            return std::tuple(row.bars.empty() ? UtcMs::max() : row.bars.front().started.value_or(row.bars.front().queued), row.task);
        });
        const auto known = pools.find(pool);
        scene.lanes.push_back({pool, known == pools.end() ? 0 : known->second.size, scene.rows.size(), rows.size()});
        std::ranges::move(rows, std::back_inserter(scene.rows));
    }
    return scene;
}

} // namespace mnemo
