#include "core/pipeline/board.h"

#include <algorithm>
#include <map>
#include <set>

#include "core/config/mapreader.h"
#include "core/pipeline/activerun.h"
#include "core/pipeline/duetimes.h"

namespace mnemo {

namespace {

struct Pipeline {
    std::shared_ptr<const DagDefinition> dag; ///< null: known to the store alone
    PipelineRecord record;
    struct Lane {
        std::set<RunId> active; ///< begun and not over
        std::set<RunId> queued; ///< in their order
        int parallel = 1;       ///< of a backfill
    };
    Lane own; ///< runs that were due or triggered
    std::map<RunId, Lane> backfills; ///< by their first run
    std::optional<UtcMs> dueAt; ///< as it stands in the list of due times

    bool hasRoom() const { return dag && std::ssize(own.active) < dag->maxActiveRuns; }
    bool hasRoom(const Lane& lane) const { return &lane == &own ? hasRoom() : dag && std::ssize(lane.active) < lane.parallel; }

    Lane& laneOf(const RunRecord& run)
    {
        if (!run.backfill)
            return own;
        Lane& lane = backfills[*run.backfill];
        lane.parallel = run.parallel;
        return lane;
    }

    void leave(const RunRecord& run)
    {
        Lane& lane = laneOf(run);
        lane.active.erase(run.id);
        lane.queued.erase(run.id);
        if (run.backfill && lane.active.empty() && lane.queued.empty())
            backfills.erase(*run.backfill);
    }
};

constexpr std::size_t mostOfBackfill = 100'000;

std::string runName(RunId run)
{
    return "run " + std::to_string(run);
}

std::string taskName(const ActiveRun& run, int index)
{
    return run.instances[static_cast<std::size_t>(index)].name();
}

} // namespace

BoardStep& BoardStep::operator+=(BoardStep&& other)
{
    const auto append = [](auto& to, auto& from) { to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end())); };
    append(changes.pipelines, other.changes.pipelines);
    append(changes.runs, other.changes.runs);
    append(changes.tasks, other.changes.tasks);
    append(orders, other.orders);
    append(stops, other.stops);
    return *this;
}

struct Board::Private {
    explicit Private(std::map<std::string, int> pools)
        : queue(std::move(pools))
    {
    }

    std::map<std::string, Pipeline> pipelines;
    std::map<RunId, ActiveRun> runs;
    PoolQueue queue;
    std::shared_ptr<const Settings> universe = std::make_shared<Settings>();
    RunId nextRun = 1;
    bool isScheduling = true;
    std::set<std::pair<UtcMs, std::string>> due;   ///< when each pipeline is due next
    std::set<std::pair<UtcMs, TaskRef>> retries;   ///< up for retry
    std::set<std::pair<UtcMs, TaskRef>> deadlines; ///< of those at work that have a timeout
    enum class Why { Cancelled, Late };
    std::map<TaskRef, Why> stopping; ///< told to stop
    std::set<std::string> freed;     ///< pipelines that may have room for another run now

    // --- states ---

    void save(const ActiveRun& run, int index, BoardStep& step) { step.changes.tasks.push_back(run.task(index)); }

    bool mayWait(const ActiveRun& run, int index) const { return !run.record.isPaused && !run.task(index).isPaused; }

    void enqueue(const ActiveRun& run, int index)
    {
        const TaskDefinition& definition = run.definition(index);
        queue.add({run.record.id, index}, {definition.pool, run.isHistory(index), run.task(index).priority, run.record.due.value_or(run.record.queued)});
    }

    /// Brings records and queue in line with the states that have changed.
    void follow(ActiveRun& run, std::span<const int> changed, UtcMs now, BoardStep& step)
    {
        for (const int index : changed) {
            TaskRecord& task = run.task(index);
            const TaskState state = run.progress->state(index);
            const TaskRef ref {run.record.id, index};
            task.state = toText(state);
            if (!isActive(state))
                queue.remove(ref);
            if (state != TaskState::UpForRetry && task.retryAt) {
                retries.erase({*task.retryAt, ref});
                task.retryAt.reset();
            }
            if (isFinal(state) && !task.finished)
                task.finished = now;
            if (state == TaskState::None || state == TaskState::Scheduled)
                task.finished.reset();
            if (state == TaskState::Scheduled && mayWait(run, index))
                enqueue(run, index);
            save(run, index, step);
        }
    }

    void settle(ActiveRun& run, UtcMs now, BoardStep& step)
    {
        if (!run.progress->isOver())
            return;
        run.record.state = toText(run.progress->runState());
        run.record.finished = now;
        step.changes.runs.push_back(run.record);
        forget(run);
    }

    void forget(const ActiveRun& run)
    {
        pipelines.at(run.record.pipeline).leave(run.record);
        freed.insert(run.record.pipeline);
        const RunId id = run.record.id;
        runs.erase(id);
    }

    /// Takes one instance to another state with all that follows. The run may be gone afterwards.
    void change(ActiveRun& run, int index, TaskState state, UtcMs now, BoardStep& step)
    {
        const auto changed = run.progress->set(index, state);
        follow(run, changed, now, step);
        settle(run, now, step);
    }

    void admit(UtcMs now, BoardStep& step)
    {
        while (const auto ref = queue.admit()) {
            ActiveRun& run = runs.at(ref->run);
            TaskRecord& task = run.task(ref->index);
            run.progress->set(ref->index, TaskState::Queued);
            run.progress->set(ref->index, TaskState::Running);
            task.state = toText(TaskState::Running);
            task.started = now;
            task.finished.reset();
            task.error.clear();
            ++task.attempt;
            if (const auto timeout = run.definition(ref->index).timeout; timeout.count() > 0)
                deadlines.insert({now + timeout, *ref});
            save(run, ref->index, step);
            step.orders.push_back(run.order(ref->index));
        }
    }

    // --- runs ---

    void begin(Pipeline& pipeline, RunRecord record, UtcMs now, BoardStep& step)
    {
        record.state = toText(RunState::Running);
        record.started = now;
        record.version = pipeline.dag->version;
        record.definition = pipeline.dag->yaml;
        const RunId id = record.id;
        ActiveRun& run = runs.insert_or_assign(id, ActiveRun::begun(std::move(record), pipeline.dag, *universe)).first->second;
        pipeline.laneOf(run.record).queued.erase(id);
        pipeline.laneOf(run.record).active.insert(id);
        step.changes.runs.push_back(run.record);
        run.progress->begin();
        std::vector<int> all(run.tasks.size());
        for (std::size_t i = 0; i < all.size(); ++i)
            all[i] = static_cast<int>(i);
        follow(run, all, now, step);
        settle(run, now, step); // a pipeline may have no instances
    }

    void beginRuns(Pipeline& pipeline, UtcMs now, BoardStep& step)
    {
        while (const auto id = nextQueued(pipeline)) {
            RunRecord record = std::move(runs.at(*id).record);
            begin(pipeline, std::move(record), now, step);
        }
        takeDueRuns(pipeline, now, step);
    }

    /// What may begin now of those that wait.
    std::optional<RunId> nextQueued(const Pipeline& pipeline) const
    {
        const auto first = [&](const Pipeline::Lane& lane) -> std::optional<RunId> {
            if (!pipeline.hasRoom(lane))
                return std::nullopt;
            const auto found = std::ranges::find_if(lane.queued, [this](RunId id) { return !runs.at(id).record.isPaused; });
            return found == lane.queued.end() ? std::nullopt : std::optional(*found);
        };
        auto next = first(pipeline.own);
        for (auto lane = pipeline.backfills.begin(); !next && lane != pipeline.backfills.end(); ++lane)
            next = first(lane->second);
        return next;
    }

    void enroll(Pipeline& pipeline, RunRecord record, BoardStep& step)
    {
        const RunId id = record.id;
        pipeline.laneOf(record).queued.insert(id);
        step.changes.runs.push_back(record);
        runs[id].record = std::move(record);
        freed.insert(pipeline.record.id);
    }

    /// Begins what has room now, and gives the free slots away: the end of everything that changes something.
    void goOn(UtcMs now, BoardStep& step)
    {
        while (!freed.empty()) {
            const std::string id = *freed.begin();
            freed.erase(freed.begin());
            beginRuns(pipelines.at(id), now, step);
        }
        admit(now, step);
    }

    void takeDueRuns(Pipeline& pipeline, UtcMs now, BoardStep& step)
    {
        while (isScheduling && pipeline.hasRoom() && !pipeline.record.isPaused) {
            const auto time = takeDue(pipeline.record, *pipeline.dag, now);
            if (!time)
                break;
            step.changes.pipelines.push_back(pipeline.record);
            RunRecord record;
            record.id = nextRun++;
            record.pipeline = pipeline.dag->id;
            record.due = time;
            record.interval = pipeline.dag->schedule.interval(*time);
            record.queued = now;
            begin(pipeline, std::move(record), now, step);
        }
        watch(pipeline);
    }

    /// Notes when the pipeline is due next; nothing while it has no room, for a run that ends asks again.
    void watch(Pipeline& pipeline)
    {
        if (pipeline.dueAt)
            due.erase({*pipeline.dueAt, pipeline.record.id});
        pipeline.dueAt.reset();
        if (isScheduling && pipeline.hasRoom() && !pipeline.record.isPaused)
            pipeline.dueAt = nextDue(pipeline.record, *pipeline.dag);
        if (pipeline.dueAt)
            due.insert({*pipeline.dueAt, pipeline.record.id});
    }

    void retry(UtcMs now, BoardStep& step)
    {
        while (!retries.empty() && retries.begin()->first <= now) {
            const TaskRef ref = retries.begin()->second;
            retries.erase(retries.begin());
            ActiveRun& run = runs.at(ref.run);
            run.task(ref.index).retryAt.reset();
            change(run, ref.index, TaskState::Scheduled, now, step);
        }
    }

    void stopLate(UtcMs now, BoardStep& step)
    {
        while (!deadlines.empty() && deadlines.begin()->first <= now) {
            const TaskRef ref = deadlines.begin()->second;
            deadlines.erase(deadlines.begin());
            if (stopping.emplace(ref, Why::Late).second)
                step.stops.push_back(ref);
        }
    }

    void forgetDeadline(const ActiveRun& run, int index)
    {
        if (const auto timeout = run.definition(index).timeout; timeout.count() > 0)
            deadlines.erase({*run.task(index).started + timeout, {run.record.id, index}});
    }

    /// What an instance at work has become: one that was told to stop did not fail by itself.
    TaskState endOf(ActiveRun& run, int index, const TaskOutcome& outcome)
    {
        TaskRecord& task = run.task(index);
        task.result = outcome.result;
        task.error = outcome.error;
        const auto stopped = stopping.extract({run.record.id, index});
        if (stopped.empty() || isSuccess(outcome.state)) {
            const bool again = outcome.state == TaskState::Failed && outcome.mayRetry && task.attempt <= run.definition(index).retries;
            return again ? TaskState::UpForRetry : outcome.state;
        }
        if (stopped.mapped() == Why::Cancelled)
            return TaskState::Cancelled;
        task.error = "took longer than its timeout of " + durationText(run.definition(index).timeout);
        return task.attempt <= run.definition(index).retries ? TaskState::UpForRetry : TaskState::Failed;
    }

    // --- look-up ---

    Result<ActiveRun*> find(RunId id)
    {
        const auto found = runs.find(id);
        if (found == runs.end() || !found->second.progress)
            return fail(ErrorCode::NotFound, runName(id) + " is not running");
        return &found->second;
    }

    Result<ActiveRun*> find(TaskRef ref)
    {
        auto run = find(ref.run);
        if (run && (ref.index < 0 || ref.index >= static_cast<int>((*run)->tasks.size())))
            return fail(ErrorCode::NotFound, runName(ref.run) + " has no task " + std::to_string(ref.index));
        return run;
    }

    Result<Pipeline*> findPipeline(const std::string& id)
    {
        const auto found = pipelines.find(id);
        if (found != pipelines.end() && found->second.dag)
            return &found->second;
        std::vector<std::string> known;
        for (const auto& [name, pipeline] : pipelines)
            known.push_back(name);
        const std::string nearest = nearestOf(id, known);
        return fail(ErrorCode::NotFound, "there is no pipeline " + id + (nearest.empty() ? std::string() : " (did you mean " + nearest + "?)"));
    }

    void reopen(ActiveRun& run, BoardStep& step)
    {
        Pipeline& pipeline = pipelines.at(run.record.pipeline);
        pipeline.laneOf(run.record).active.insert(run.record.id);
        if (!run.record.finished)
            return;
        run.record.finished.reset();
        run.record.state = toText(RunState::Running);
        step.changes.runs.push_back(run.record);
    }

    /// Asks those at work to stop; takes the others to Cancelled.
    void cancel(ActiveRun& run, std::span<const int> tasks, UtcMs now, BoardStep& step)
    {
        std::vector<int> changed;
        for (const int index : tasks) {
            const TaskRef ref {run.record.id, index};
            if (isActive(run.progress->state(index))) {
                if (stopping.insert_or_assign(ref, Why::Cancelled).second)
                    step.stops.push_back(ref);
            } else if (const auto more = run.progress->set(index, TaskState::Cancelled); !more.empty()) {
                changed.insert(changed.end(), more.begin(), more.end());
            }
        }
        follow(run, changed, now, step);
        settle(run, now, step);
    }
};

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
        Pipeline& pipeline = found->second;
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
        Pipeline& pipeline = d->pipelines[record.pipeline];
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
    const auto found = d->find(ref);
    if (!found || (*found)->progress->state(ref.index) != TaskState::Running)
        return step;
    ActiveRun& run = **found;
    d->forgetDeadline(run, ref.index);
    const TaskState state = d->endOf(run, ref.index, outcome);
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

Result<RunId> Board::trigger(const Trigger& wanted, UtcMs now, BoardStep& step)
{
    const auto found = d->findPipeline(wanted.pipeline);
    if (!found)
        return fail(found.error());
    Pipeline& pipeline = **found;
    RunRecord record;
    record.id = d->nextRun++;
    record.pipeline = wanted.pipeline;
    record.trigger = wanted.trigger;
    record.who = wanted.who;
    record.parameters = wanted.parameters;
    record.due = wanted.due;
    if (wanted.interval)
        record.interval = *wanted.interval;
    else
        record.interval = wanted.due ? pipeline.dag->schedule.interval(*wanted.due)
                                     : TimeRange {pipeline.dag->schedule.previous(now).value_or(now), now};
    record.queued = now;
    const RunId id = record.id;
    d->enroll(pipeline, std::move(record), step);
    d->goOn(now, step);
    return id;
}

Result<std::vector<UtcMs>> Board::backfillTimes(const Backfill& wanted) const
{
    const auto found = d->findPipeline(wanted.pipeline);
    if (!found)
        return fail(found.error());
    if (wanted.range.from >= wanted.range.to)
        return fail(ErrorCode::InvalidArgument, "the range of a backfill must end after it begins");
    const Schedule& schedule = (*found)->dag->schedule;
    if (schedule.isManual())
        return std::vector {wanted.range.to};
    std::vector<UtcMs> times;
    for (auto due = schedule.next(wanted.range.from - milliseconds {1}); due && *due < wanted.range.to; due = schedule.next(*due)) {
        if (times.size() == mostOfBackfill)
            return fail(ErrorCode::InvalidArgument, "more than " + std::to_string(mostOfBackfill) + " due times: choose a shorter range");
        times.push_back(*due);
    }
    if (wanted.isNewestFirst)
        std::ranges::reverse(times);
    return times;
}

Result<std::vector<RunId>> Board::backfill(const Backfill& wanted, UtcMs now, BoardStep& step)
{
    const auto times = backfillTimes(wanted);
    if (!times)
        return fail(times.error());
    Pipeline& pipeline = **d->findPipeline(wanted.pipeline);
    const Schedule& schedule = pipeline.dag->schedule;
    const RunId first = d->nextRun;
    std::vector<RunId> ids;
    for (const UtcMs due : *times) {
        RunRecord record;
        record.id = d->nextRun++;
        record.pipeline = wanted.pipeline;
        record.trigger = "backfill";
        record.who = wanted.who;
        record.parameters = wanted.parameters;
        record.due = due;
        record.interval = schedule.isManual() ? wanted.range : schedule.interval(due);
        record.queued = now;
        record.backfill = first;
        record.parallel = std::max(1, wanted.parallel);
        ids.push_back(record.id);
        d->enroll(pipeline, std::move(record), step);
    }
    d->goOn(now, step);
    return ids;
}

std::vector<RunId> Board::backfillRuns(RunId first) const
{
    std::vector<RunId> ids;
    for (const auto& [id, run] : d->runs) {
        if (run.record.backfill == first && !run.record.finished)
            ids.push_back(id);
    }
    return ids;
}

Result<void> Board::pausePipeline(const std::string& id, bool isPaused, BoardStep& step)
{
    const auto found = d->findPipeline(id);
    if (!found)
        return fail(found.error());
    (*found)->record.isPaused = isPaused;
    step.changes.pipelines.push_back((*found)->record);
    d->watch(**found);
    return {};
}

Result<void> Board::pauseRun(RunId id, bool isPaused, BoardStep& step)
{
    if (const auto queued = d->runs.find(id); queued != d->runs.end() && !queued->second.progress) {
        queued->second.record.isPaused = isPaused;
        step.changes.runs.push_back(queued->second.record);
        d->freed.insert(queued->second.record.pipeline);
        return {};
    }
    const auto found = d->find(id);
    if (!found)
        return fail(found.error());
    ActiveRun& run = **found;
    run.record.isPaused = isPaused;
    step.changes.runs.push_back(run.record);
    for (const TaskRecord& task : run.tasks) {
        if (run.progress->state(task.index) != TaskState::Scheduled)
            continue;
        if (d->mayWait(run, task.index))
            d->enqueue(run, task.index);
        else
            d->queue.remove({id, task.index});
    }
    return {};
}

Result<void> Board::pauseTask(TaskRef ref, bool isPaused, BoardStep& step)
{
    const auto found = d->find(ref);
    if (!found)
        return fail(found.error());
    ActiveRun& run = **found;
    run.task(ref.index).isPaused = isPaused;
    d->save(run, ref.index, step);
    if (run.progress->state(ref.index) != TaskState::Scheduled)
        return {};
    if (d->mayWait(run, ref.index))
        d->enqueue(run, ref.index);
    else
        d->queue.remove(ref);
    return {};
}

Result<void> Board::cancelRun(RunId id, UtcMs now, BoardStep& step)
{
    const auto queued = d->runs.find(id);
    if (queued != d->runs.end() && !queued->second.progress) {
        RunRecord record = std::move(queued->second.record);
        record.state = toText(RunState::Cancelled);
        record.finished = now;
        d->pipelines.at(record.pipeline).leave(record);
        d->runs.erase(queued);
        step.changes.runs.push_back(std::move(record));
        d->goOn(now, step);
        return {};
    }
    const auto found = d->find(id);
    if (!found)
        return fail(found.error());
    std::vector<int> all((*found)->tasks.size());
    for (std::size_t i = 0; i < all.size(); ++i)
        all[i] = static_cast<int>(i);
    d->cancel(**found, all, now, step);
    d->goOn(now, step);
    return {};
}

Result<void> Board::cancelTask(TaskRef ref, UtcMs now, BoardStep& step)
{
    const auto found = d->find(ref);
    if (!found)
        return fail(found.error());
    const TaskState state = (*found)->progress->state(ref.index);
    if (isFinal(state))
        return fail(ErrorCode::InvalidArgument, taskName(**found, ref.index) + " is over: " + std::string(toText(state)));
    d->cancel(**found, std::span(&ref.index, 1), now, step);
    d->goOn(now, step);
    return {};
}

Result<void> Board::setPriority(TaskRef ref, int priority, BoardStep& step)
{
    const auto found = d->find(ref);
    if (!found)
        return fail(found.error());
    ActiveRun& run = **found;
    run.task(ref.index).priority = priority;
    d->save(run, ref.index, step);
    if (run.progress->state(ref.index) == TaskState::Scheduled && d->mayWait(run, ref.index))
        d->enqueue(run, ref.index);
    return {};
}

Result<std::vector<int>> Board::selected(RunId id, const TaskSelection& selection) const
{
    const auto found = d->find(id);
    if (!found)
        return fail(found.error());
    const ActiveRun& run = **found;
    std::set<int> chosen(selection.tasks.begin(), selection.tasks.end());
    if (selection.tasks.empty()) {
        for (const TaskRecord& task : run.tasks)
            chosen.insert(task.index);
    }
    for (const int index : selection.tasks) {
        if (index < 0 || index >= static_cast<int>(run.tasks.size()))
            return fail(ErrorCode::NotFound, runName(id) + " has no task " + std::to_string(index));
        const auto add = [&chosen](const std::vector<int>& more) { chosen.insert(more.begin(), more.end()); };
        if (selection.withUpstream)
            add(run.progress->upstream(index));
        if (selection.withDownstream)
            add(run.progress->downstream(index));
    }
    std::vector<int> kept;
    for (const int index : chosen) {
        const TaskState state = run.progress->state(index);
        if (!isActive(state) && state != TaskState::None && (!selection.failedOnly || isFailure(state)))
            kept.push_back(index);
    }
    return kept;
}

Result<void> Board::clear(RunId id, const TaskSelection& selection, UtcMs now, BoardStep& step)
{
    const auto chosen = selected(id, selection);
    if (!chosen)
        return fail(chosen.error());
    ActiveRun& run = **d->find(id);
    if (chosen->empty()) {
        if (run.progress->isOver())
            d->forget(run);
        return {};
    }
    d->reopen(run, step);
    for (const int index : *chosen) {
        run.task(index).attempt = 0;
        run.task(index).error.clear();
    }
    d->follow(run, run.progress->clear(*chosen), now, step);
    d->settle(run, now, step);
    d->goOn(now, step);
    return {};
}

Result<void> Board::mark(RunId id, std::span<const int> tasks, TaskState state, UtcMs now, BoardStep& step)
{
    const auto found = d->find(id);
    if (!found)
        return fail(found.error());
    ActiveRun& run = **found;
    if (state != TaskState::Success && state != TaskState::Failed)
        return fail(ErrorCode::InvalidArgument, "a task can be marked as success or failed");
    for (const int index : tasks) {
        if (index < 0 || index >= static_cast<int>(run.tasks.size()))
            return fail(ErrorCode::NotFound, runName(id) + " has no task " + std::to_string(index));
        if (isActive(run.progress->state(index)))
            return fail(ErrorCode::InvalidArgument, taskName(run, index) + " is at work: cancel it first");
    }
    d->reopen(run, step);
    std::vector<int> changed;
    for (const int index : tasks) {
        const auto more = run.progress->set(index, state);
        changed.insert(changed.end(), more.begin(), more.end());
    }
    d->follow(run, changed, now, step);
    d->settle(run, now, step);
    d->goOn(now, step);
    return {};
}

Result<void> Board::adopt(RunRecord record, std::vector<TaskRecord> tasks)
{
    if (d->runs.contains(record.id))
        return {};
    auto run = ActiveRun::restored(std::move(record), std::move(tasks));
    if (!run)
        return fail(run.error());
    Pipeline& pipeline = d->pipelines[run->record.pipeline];
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
