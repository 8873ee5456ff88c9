#include "core/pipeline/activerun.h"

#include <nlohmann/json.hpp>

namespace mnemo {

namespace {

using nlohmann::json;

std::string planText(const TaskInstance& instance)
{
    json series = json::array();
    for (const SeriesKey& key : instance.series)
        series.push_back({key.source, key.exchange, toText(key.market), key.symbol, toText(key.kind), key.timeframe.name()});
    return json {{"series", std::move(series)}, {"upstream", instance.upstream}}.dump();
}

std::optional<SeriesKey> seriesOf(const json& parts)
{
    const auto text = [&parts](std::size_t i) { return parts.at(i).get<std::string>(); };
    const auto market = marketTypeFromText(text(2));
    const auto kind = kindFromText(text(4));
    const auto frame = Timeframe::fromName(text(5));
    if (!market || !kind || !frame)
        return std::nullopt;
    return SeriesKey {text(0), text(1), *market, text(3), *kind, *frame};
}

std::optional<TaskInstance> instanceOf(const TaskRecord& task)
{
    TaskInstance instance {task.node, task.label, {}, {}};
    try {
        const json plan = json::parse(task.plan);
        for (const json& parts : plan.at("series")) {
            const auto key = seriesOf(parts);
            if (!key)
                return std::nullopt;
            instance.series.push_back(*key);
        }
        instance.upstream = plan.at("upstream").get<std::vector<int>>();
    } catch (const json::exception&) {
        return std::nullopt;
    }
    for (const int other : instance.upstream) {
        if (other < 0 || other >= task.index)
            return std::nullopt;
    }
    return instance;
}

tl::unexpected<Error> unreadable(const RunRecord& run, const std::string& why)
{
    return fail(ErrorCode::Corrupt, "run " + std::to_string(run.id) + " of " + run.pipeline + " cannot be taken up again: " + why);
}

} // namespace

ActiveRun ActiveRun::begun(RunRecord record, std::shared_ptr<const DagDefinition> dag, const Settings& universe)
{
    ActiveRun run;
    run.record = std::move(record);
    run.dag = std::move(dag);
    run.instances = expand(*run.dag, universe);
    for (std::size_t i = 0; i < run.instances.size(); ++i) {
        TaskRecord task;
        task.run = run.record.id;
        task.index = static_cast<int>(i);
        task.node = run.instances[i].task;
        task.label = run.instances[i].label;
        task.plan = planText(run.instances[i]);
        task.priority = run.dag->find(task.node)->priority;
        run.tasks.push_back(std::move(task));
    }
    run.resolve();
    return run;
}

Result<ActiveRun> ActiveRun::restored(RunRecord record, std::vector<TaskRecord> tasks)
{
    ActiveRun run;
    auto dag = readDagText(record.pipeline, record.definition);
    if (!dag)
        return unreadable(record, dag.error().detail);
    run.record = std::move(record);
    run.dag = std::make_shared<const DagDefinition>(std::move(*dag));
    run.tasks = std::move(tasks);
    for (std::size_t i = 0; i < run.tasks.size(); ++i) {
        auto instance = instanceOf(run.tasks[i]);
        if (!instance || run.tasks[i].index != static_cast<int>(i))
            return unreadable(run.record, "the plan of its task " + std::to_string(i) + " is damaged");
        run.instances.push_back(std::move(*instance));
    }
    if (!run.resolve())
        return unreadable(run.record, "it has tasks that its pipeline lacks");
    for (std::size_t i = 0; i < run.tasks.size(); ++i) {
        TaskRecord& task = run.tasks[i];
        auto state = taskStateFromText(task.state);
        if (!state)
            return unreadable(run.record, "there is no state " + task.state);
        if (isActive(*state)) { // goes on: what it had reached is in the store, and this does not count as another try
            state = TaskState::Scheduled;
            task.attempt = std::max(0, task.attempt - 1);
        }
        task.state = toText(*state);
        run.progress->restore(static_cast<int>(i), *state);
    }
    return run;
}

bool ActiveRun::resolve()
{
    std::vector<TriggerRule> triggers;
    for (const TaskInstance& instance : instances) {
        const TaskDefinition* definition = dag->find(instance.task);
        if (!definition)
            return false;
        definitions.push_back(definition);
        triggers.push_back(definition->trigger);
    }
    progress = std::make_unique<RunProgress>(instances, std::move(triggers));
    return true;
}

bool ActiveRun::hasWaitingTry(int index) const
{
    const auto& tries = task(index).tries;
    return !tries.empty() && !tries.back().started && !tries.back().finished;
}

void ActiveRun::forgetScheduled(int index)
{
    if (hasWaitingTry(index))
        task(index).tries.pop_back();
}

void ActiveRun::noteScheduled(int index, UtcMs now)
{
    auto& tries = task(index).tries;
    if (hasWaitingTry(index))
        return;
    if (tries.size() >= TaskTry::most)
        tries.erase(tries.begin());
    TaskTry next;
    next.pool = definition(index).pool;
    next.scheduled = now;
    tries.push_back(std::move(next));
}

bool ActiveRun::isHistory(int index) const
{
    return record.trigger == "backfill" || std::holds_alternative<BackfillWork>(definition(index).work)
        || std::holds_alternative<RepairWork>(definition(index).work);
}

TaskOrder ActiveRun::order(int index) const
{
    TaskOrder order;
    order.ref = {record.id, index};
    order.pipeline = record.pipeline;
    order.task = definition(index);
    order.instance = instances[static_cast<std::size_t>(index)];
    order.interval = record.interval;
    order.due = record.due;
    order.parameters = record.parameters;
    order.attempt = task(index).attempt;
    return order;
}

} // namespace mnemo
