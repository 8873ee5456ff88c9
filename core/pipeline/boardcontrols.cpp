#include "core/pipeline/boardstate.h"

namespace mnemo {

namespace {

constexpr std::size_t mostOfBackfill = 100'000;

} // namespace

Result<RunId> Board::trigger(const Trigger& wanted, UtcMs now, BoardStep& step)
{
    const auto found = d->findPipeline(wanted.pipeline);
    if (!found)
        return fail(found.error());
    Private::Pipeline& pipeline = **found;
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
    Private::Pipeline& pipeline = **d->findPipeline(wanted.pipeline);
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

Result<void> Board::takeBack(const RunRecord& before, std::span<const Former> tasks, UtcMs now, BoardStep& step)
{
    const auto found = d->find(before.id);
    if (!found)
        return fail(found.error());
    ActiveRun& run = **found;
    for (const Former& one : tasks) {
        const TaskRecord& task = run.task(one.after.index);
        if (isFinal(run.progress->state(task.index)) && (task.state != one.after.state || task.attempt != one.after.attempt))
            return fail(ErrorCode::InvalidArgument, taskName(run, task.index) + " has ended meanwhile: " + task.state);
    }
    d->reopen(run, step);
    for (const Former& one : tasks)
        d->takeBack(run, one.before, now, step);
    d->follow(run, run.progress->settle(), now, step);
    if (run.progress->isOver() && before.finished) {
        run.record.state = before.state;
        run.record.finished = before.finished;
        step.changes.runs.push_back(run.record);
        d->forget(run);
    } else {
        d->settle(run, now, step);
    }
    d->goOn(now, step);
    return {};
}

} // namespace mnemo
