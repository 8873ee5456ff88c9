#include "core/pipeline/boardstate.h"

namespace mnemo {

BoardStep& BoardStep::operator+=(BoardStep&& other)
{
    const auto append = [](auto& to, auto& from) { to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end())); };
    append(changes.pipelines, other.changes.pipelines);
    append(changes.runs, other.changes.runs);
    append(changes.tasks, other.changes.tasks);
    append(changes.forgotten, other.changes.forgotten);
    append(orders, other.orders);
    append(stops, other.stops);
    return *this;
}

Board::Board(std::map<std::string, int> pools)
    : d(std::make_unique<Private>(std::move(pools)))
{
}

Board::~Board() = default;

void Board::setScheduling(bool isOn)
{
    d->isScheduling = isOn;
}

BoardStep Board::setDags(std::vector<DagDefinition> dags, std::shared_ptr<const Settings> universe, UtcMs now)
{
    BoardStep step;
    d->universe = std::move(universe);
    for (auto& [id, pipeline] : d->pipelines)
        pipeline.dag.reset();
    for (DagDefinition& dag : dags) {
        const auto [found, isNew] = d->pipelines.try_emplace(dag.id);
        Private::Pipeline& pipeline = found->second;
        if (isNew) {
            pipeline.record.id = dag.id;
            pipeline.record.isPaused = dag.isPaused;
            pipeline.record.firstSeen = now;
            step.changes.pipelines.push_back(pipeline.record);
        }
        pipeline.dag = std::make_shared<const DagDefinition>(std::move(dag));
    }
    for (auto& [id, pipeline] : d->pipelines) {
        d->watch(pipeline);
        d->freed.insert(id);
    }
    return step;
}

void Board::setPools(std::map<std::string, int> pools)
{
    d->queue.setSlots(std::move(pools));
}

BoardStep Board::restore(std::vector<PipelineRecord> pipelines, std::vector<RunRecord> runs, std::vector<TaskRecord> tasks, RunId nextRun)
{
    BoardStep step;
    d->nextRun = nextRun;
    for (PipelineRecord& record : pipelines)
        d->pipelines[record.id].record = record;
    std::map<RunId, std::vector<TaskRecord>> byRun;
    for (TaskRecord& task : tasks)
        byRun[task.run].push_back(std::move(task));
    for (RunRecord& record : runs) {
        const auto state = runStateFromText(record.state);
        if (!state || isFinal(*state))
            continue;
        Private::Pipeline& pipeline = d->pipelines[record.pipeline];
        pipeline.record.id = record.pipeline;
        const RunId id = record.id;
        if (*state == RunState::Queued) {
            pipeline.laneOf(record).queued.insert(id);
            d->runs[id].record = std::move(record);
            continue;
        }
        auto& records = byRun[id];
        std::ranges::sort(records, {}, &TaskRecord::index);
        auto run = ActiveRun::restored(record, std::move(records));
        if (!run) {
            record.state = toText(RunState::Failed);
            record.error = run.error().detail;
            step.changes.runs.push_back(std::move(record));
            continue;
        }
        pipeline.laneOf(run->record).active.insert(id);
        ActiveRun& active = d->runs.insert_or_assign(id, std::move(*run)).first->second;
        active.progress->settle();
        std::vector<int> open;
        for (const TaskRecord& task : active.tasks) {
            const TaskState now = active.progress->state(task.index);
            if (now == TaskState::UpForRetry)
                d->retries.insert({task.retryAt.value_or(UtcMs {}), {id, task.index}});
            else
                open.push_back(task.index);
        }
        d->follow(active, open, active.record.started.value_or(active.record.queued), step);
        for (const int index : open) {
            if (active.hasWaitingTry(index))
                d->takenUp.push_back({id, index});
        }
        d->settle(active, active.record.started.value_or(active.record.queued), step);
    }
    for (auto& [id, pipeline] : d->pipelines) {
        d->watch(pipeline);
        d->freed.insert(id);
    }
    return step;
}

BoardStep Board::step(UtcMs now)
{
    BoardStep step;
    d->noteTakenUp(now, step);
    std::vector<std::string> dueNow;
    for (auto entry = d->due.begin(); entry != d->due.end() && entry->first <= now; ++entry)
        dueNow.push_back(entry->second);
    for (const std::string& id : dueNow)
        d->takeDueRuns(d->pipelines.at(id), now, step);
    d->retry(now, step);
    d->stopLate(now, step);
    d->goOn(now, step);
    return step;
}

std::optional<UtcMs> Board::wakeAt() const
{
    std::optional<UtcMs> first;
    const auto consider = [&first](const auto& times) {
        if (!times.empty() && (!first || times.begin()->first < *first))
            first = times.begin()->first;
    };
    consider(d->due);
    consider(d->retries);
    consider(d->deadlines);
    return first;
}

BoardStep Board::finished(TaskRef ref, const TaskOutcome& outcome, UtcMs now)
{
    BoardStep step;
    if (d->isOrphan(ref))
        return step;
    const auto found = d->find(ref);
    if (!found || (*found)->progress->state(ref.index) != TaskState::Running)
        return step;
    ActiveRun& run = **found;
    d->forgetDeadline(run, ref.index);
    const TaskState state = d->endOf(run, ref.index, outcome);
    TaskRecord& task = run.task(ref.index);
    if (!task.tries.empty()) {
        task.tries.back().waits = outcome.waits;
        d->endTry(task, toText(state == TaskState::UpForRetry ? TaskState::Failed : state), now);
    }
    if (state == TaskState::UpForRetry) {
        const UtcMs at = now + run.definition(ref.index).retryDelay;
        d->follow(run, run.progress->set(ref.index, state), now, step);
        run.task(ref.index).retryAt = at;
        step.changes.tasks.back().retryAt = at;
        d->retries.insert({at, ref});
    } else {
        d->change(run, ref.index, state, now, step);
    }
    d->goOn(now, step);
    return step;
}

Result<void> Board::adopt(RunRecord record, std::vector<TaskRecord> tasks)
{
    if (d->runs.contains(record.id))
        return {};
    auto run = ActiveRun::restored(std::move(record), std::move(tasks));
    if (!run)
        return fail(run.error());
    Private::Pipeline& pipeline = d->pipelines[run->record.pipeline];
    pipeline.record.id = run->record.pipeline;
    const RunId id = run->record.id;
    d->runs.insert_or_assign(id, std::move(*run));
    return {};
}

void Board::release(RunId id)
{
    const auto found = d->runs.find(id);
    if (found != d->runs.end() && found->second.progress && found->second.progress->isOver())
        d->runs.erase(found);
}

std::shared_ptr<const DagDefinition> Board::dag(const std::string& pipeline) const
{
    const auto found = d->pipelines.find(pipeline);
    return found == d->pipelines.end() ? nullptr : found->second.dag;
}

std::shared_ptr<const DagDefinition> Board::dagOf(RunId run) const
{
    const auto found = d->runs.find(run);
    return found == d->runs.end() ? nullptr : found->second.dag;
}

std::string Board::nameOf(TaskRef task) const
{
    return taskName(d->runs.at(task.run), task.index);
}

std::optional<PipelineRecord> Board::pipeline(const std::string& pipeline) const
{
    const auto found = d->pipelines.find(pipeline);
    return found == d->pipelines.end() ? std::nullopt : std::optional(found->second.record);
}

std::vector<RunRecord> Board::activeRuns() const
{
    std::vector<RunRecord> records;
    for (const auto& [id, run] : d->runs)
        records.push_back(run.record);
    return records;
}

std::size_t Board::activeRunCount() const
{
    return d->runs.size();
}

const RunRecord* Board::run(RunId run) const
{
    const auto found = d->runs.find(run);
    return found == d->runs.end() ? nullptr : &found->second.record;
}

std::span<const TaskRecord> Board::tasks(RunId run) const
{
    const auto found = d->runs.find(run);
    return found == d->runs.end() ? std::span<const TaskRecord> {} : std::span<const TaskRecord>(found->second.tasks);
}

std::map<std::string, PoolQueue::PoolState> Board::pools() const
{
    return d->queue.pools();
}

} // namespace mnemo
