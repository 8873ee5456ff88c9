#pragma once

// Inside core/pipeline only: what the files of Board share.

#include <algorithm>
#include <map>
#include <set>

#include "core/config/mapreader.h"
#include "core/pipeline/activerun.h"
#include "core/pipeline/board.h"
#include "core/pipeline/duetimes.h"

namespace mnemo {

inline std::string runName(RunId run)
{
    return "run " + std::to_string(run);
}

inline std::string taskName(const ActiveRun& run, int index)
{
    return run.instances[static_cast<std::size_t>(index)].name();
}

struct Board::Private {
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
    std::map<TaskRef, int> orphans;  ///< outcomes still to come of what was taken back at work: nobody waits for them
    std::vector<TaskRef> takenUp;    ///< by restore(), since the last step
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
            if (state == TaskState::Scheduled)
                run.noteScheduled(index, now);
            else if (state == TaskState::None)
                run.forgetScheduled(index);
            else if (isFinal(state) && !task.tries.empty() && !task.tries.back().finished)
                endTry(task, task.state, now); // before it began, or because nothing is known of its end
            if (state == TaskState::Scheduled && mayWait(run, index))
                enqueue(run, index);
            save(run, index, step);
        }
    }

    static void endTry(TaskRecord& task, std::string_view state, UtcMs now)
    {
        task.tries.back().finished = now;
        task.tries.back().state = state;
        task.tries.back().error = task.error;
    }

    /// Tries that the last process did not end wait again from now on; restore() does not know when that is.
    void noteTakenUp(UtcMs now, BoardStep& step)
    {
        for (const TaskRef ref : std::exchange(takenUp, {})) {
            const auto run = runs.find(ref.run);
            if (run == runs.end() || !run->second.hasWaitingTry(ref.index))
                continue;
            auto& tries = run->second.task(ref.index).tries;
            const bool isInterrupted = tries.size() > 1 && !tries[tries.size() - 2].finished;
            if (!isInterrupted)
                continue;
            tries.back().scheduled = now;
            save(run->second, ref.index, step);
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
            run.noteScheduled(ref->index, now);
            task.tries.back().attempt = task.attempt;
            task.tries.back().started = now;
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

    bool isOrphan(TaskRef ref)
    {
        const auto found = orphans.find(ref);
        if (found == orphans.end())
            return false;
        if (--found->second == 0)
            orphans.erase(found);
        return true;
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

    /// The record as it was; what is at work is stopped, and its outcome is for nobody.
    void takeBack(ActiveRun& run, TaskRecord before, UtcMs now, BoardStep& step)
    {
        TaskRecord& task = run.task(before.index);
        const TaskRef ref {run.record.id, before.index};
        if (isActive(run.progress->state(before.index))) {
            forgetDeadline(run, before.index);
            stopping.erase(ref);
            step.stops.push_back(ref);
            ++orphans[ref];
        }
        queue.remove(ref);
        if (task.retryAt)
            retries.erase({*task.retryAt, ref});
        if (!task.tries.empty() && !task.tries.back().finished)
            endTry(task, toText(TaskState::Cancelled), now);
        before.tries = std::move(task.tries); // history stays as it was
        before.priority = task.priority;
        before.isPaused = task.isPaused;
        task = std::move(before);
        const TaskState state = *taskStateFromText(task.state);
        run.progress->restore(task.index, isActive(state) ? TaskState::Scheduled : state);
        if (task.retryAt && state == TaskState::UpForRetry)
            retries.insert({*task.retryAt, ref});
        if (run.progress->state(task.index) == TaskState::Scheduled) {
            run.noteScheduled(task.index, now);
            if (mayWait(run, task.index))
                enqueue(run, task.index);
        }
        save(run, task.index, step);
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

} // namespace mnemo
