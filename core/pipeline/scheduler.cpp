#include "core/pipeline/scheduler.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

#include "core/base/log.h"
#include "core/pipeline/commandwork.h"

namespace mnemo {

namespace {

/// Of several changes of one record the last one counts; the order of the others stays.
template<class Record, class KeyOf>
void keepLast(std::vector<Record>& records, KeyOf keyOf)
{
    std::set<decltype(keyOf(records.front()))> seen;
    std::vector<Record> kept;
    for (auto record = records.rbegin(); record != records.rend(); ++record) {
        if (seen.insert(keyOf(*record)).second)
            kept.push_back(std::move(*record));
    }
    std::ranges::reverse(kept);
    records = std::move(kept);
}

void keepLast(RunChanges& changes)
{
    keepLast(changes.pipelines, [](const PipelineRecord& record) { return record.id; });
    keepLast(changes.runs, [](const RunRecord& record) { return record.id; });
    keepLast(changes.tasks, [](const TaskRecord& record) { return TaskRef {record.run, record.index}; });
}

/// What is told to the thread. Outlives the scheduler as long as a task holds on to it.
struct Inbox {
    struct Finished {
        TaskRef task;
        TaskOutcome outcome;
    };
    struct Question {
        PipelineCommand command;
        std::promise<Result<CommandOutcome>> answer;
    };
    struct Content {
        std::vector<Finished> finished;
        std::vector<Question> questions;
        std::optional<PipelineSetup> setup;
        bool isWoken = false;
        bool isEmpty() const { return finished.empty() && questions.empty() && !setup && !isWoken; }
    };

    std::mutex mutex;
    std::condition_variable_any changed;
    Content content;
    bool isClosed = false;

    template<class Put>
    bool put(Put put)
    {
        const std::lock_guard lock(mutex);
        if (isClosed)
            return false;
        put(content);
        changed.notify_one();
        return true;
    }

    /// Waits until @p until at the latest, by the system's clock: an absolute time, so that a clock that is set and a
    /// computer that slept are noticed when they should.
    Content take(const std::stop_token& stop, std::optional<std::chrono::system_clock::time_point> until)
    {
        std::unique_lock lock(mutex);
        const auto hasNews = [this] { return !content.isEmpty(); };
        if (until)
            changed.wait_until(lock, stop, *until, hasNews);
        else
            changed.wait(lock, stop, hasNews);
        return std::exchange(content, {});
    }

    Content close()
    {
        const std::lock_guard lock(mutex);
        isClosed = true;
        return std::exchange(content, {});
    }
};

} // namespace

struct Scheduler::Private {
    Private(RunStore& itsStore, TaskRunner& itsRunner, const Clock& itsClock, PipelineSetup itsSetup, Options itsOptions)
        : store(itsStore)
        , runner(itsRunner)
        , clock(itsClock)
        , options(std::move(itsOptions))
        , board(std::move(itsSetup.pools))
        , universe(itsSetup.universe)
        , dags(std::move(itsSetup.dags))
    {
    }

    RunStore& store;
    TaskRunner& runner;
    const Clock& clock;
    const Options options;
    const std::shared_ptr<Inbox> inbox = std::make_shared<Inbox>();

    // the thread's alone
    Board board;
    UndoMemory undo;
    std::shared_ptr<const Settings> universe;
    std::vector<DagDefinition> dags; ///< of the start, until the board has them
    BoardStep first;

    struct Answer {
        std::promise<Result<CommandOutcome>> promise;
        Result<CommandOutcome> outcome;
    };

    mutable std::mutex mutex; // the snapshot
    std::shared_ptr<const SchedulerSnapshot> snapshot = std::make_shared<SchedulerSnapshot>();
    std::jthread thread; // last

    Result<void> load()
    {
        auto stored = store.load();
        if (!stored)
            return fail(std::move(stored.error()));
        board.setScheduling(options.isScheduling);
        first = board.restore(std::move(stored->pipelines), std::move(stored->open), std::move(stored->tasks), stored->newest + 1);
        first += board.setDags(std::move(dags), universe, clock.now());
        return {};
    }

    void run(const std::stop_token& stop)
    {
        BoardStep step = std::move(first);
        step += board.step(clock.now());
        std::vector<Answer> answers;
        while (true) {
            carryOut(std::move(step), std::move(answers), stop);
            auto news = inbox->take(stop, wakeAt());
            if (stop.stop_requested()) {
                giveUp(std::move(news));
                return;
            }
            step = {};
            answers = consider(std::move(news), step);
        }
    }

    std::optional<std::chrono::system_clock::time_point> wakeAt() const
    {
        constexpr milliseconds farAhead = std::chrono::hours {24 * 365};
        const auto at = board.wakeAt();
        if (!at)
            return std::nullopt;
        return std::chrono::system_clock::now() + std::min(*at - clock.now(), farAhead);
    }

    std::vector<Answer> consider(Inbox::Content news, BoardStep& step)
    {
        const UtcMs now = clock.now();
        for (const auto& [task, outcome] : news.finished)
            step += board.finished(task, outcome, now);
        if (news.setup) {
            universe = news.setup->universe;
            board.setPools(std::move(news.setup->pools));
            step += board.setDags(std::move(news.setup->dags), universe, now);
        }
        std::vector<Answer> answers;
        for (auto& [command, promise] : news.questions) {
            BoardStep more;
            auto outcome = CommandWork(board, store, *universe, undo, now, more).carryOut(command);
            step += std::move(more);
            answers.push_back({std::move(promise), std::move(outcome)});
        }
        step += board.step(now);
        return answers;
    }

    /// Stores first; nothing is started that the store does not know about.
    void carryOut(BoardStep step, std::vector<Answer> answers, const std::stop_token& stop)
    {
        keepLast(step.changes);
        if (!save(step.changes, stop)) {
            for (Answer& answer : answers)
                answer.promise.set_value(fail(ErrorCode::Cancelled, "the scheduler ended before this could be stored"));
            return;
        }
        publish({});
        for (TaskOrder& order : step.orders)
            runner.start(std::move(order), [box = inbox](TaskRef task, TaskOutcome outcome) {
                box->put([&](Inbox::Content& content) { content.finished.push_back({task, std::move(outcome)}); });
            });
        for (const TaskRef task : step.stops)
            runner.stop(task);
        if (options.changed && !step.changes.isEmpty())
            options.changed(step.changes);
        for (const RunRecord& record : step.changes.runs) {
            if (record.finished)
                runner.runEnded(record, board.dag(record.pipeline));
        }
        for (Answer& answer : answers)
            answer.promise.set_value(std::move(answer.outcome));
    }

    /// Tries until it works: a full disk or a locked file passes. False when stopped first.
    bool save(const RunChanges& changes, const std::stop_token& stop)
    {
        if (changes.isEmpty())
            return true;
        bool hasTold = false;
        while (true) {
            const auto saved = store.save(changes);
            if (saved)
                return true;
            if (!hasTold)
                log::error("pipeline", "no task is started: runs cannot be stored: " + saved.error().detail);
            hasTold = true;
            publish(saved.error());
            std::mutex pausing;
            std::condition_variable_any pause;
            std::unique_lock lock(pausing);
            pause.wait_for(lock, stop, options.storeRetry, [] { return false; });
            if (stop.stop_requested())
                return false;
        }
    }

    void publish(std::optional<Error> error)
    {
        auto next = std::make_shared<SchedulerSnapshot>();
        next->pools = board.pools();
        next->activeRuns = board.activeRunCount();
        next->wakeAt = board.wakeAt();
        next->storeError = std::move(error);
        const std::lock_guard lock(mutex);
        snapshot = std::move(next);
    }

    void giveUp(Inbox::Content news) const
    {
        auto late = inbox->close();
        for (auto* content : {&news, &late}) {
            for (auto& question : content->questions)
                question.answer.set_value(fail(ErrorCode::Cancelled, "the scheduler has ended"));
        }
    }
};

Scheduler::Scheduler(std::unique_ptr<Private> p)
    : d(std::move(p))
{
}

Scheduler::~Scheduler()
{
    d->thread.request_stop();
}

Result<std::unique_ptr<Scheduler>> Scheduler::open(
    RunStore& store, TaskRunner& runner, const Clock& clock, PipelineSetup setup, Options options)
{
    auto p = std::make_unique<Private>(store, runner, clock, std::move(setup), std::move(options));
    if (const auto loaded = p->load(); !loaded)
        return fail(loaded.error());
    p->thread = std::jthread([raw = p.get()](const std::stop_token& stop) { raw->run(stop); });
    return std::unique_ptr<Scheduler>(new Scheduler(std::move(p)));
}

void Scheduler::apply(PipelineSetup setup)
{
    d->inbox->put([&](Inbox::Content& content) { content.setup = std::move(setup); });
}

std::future<Result<CommandOutcome>> Scheduler::ask(PipelineCommand command)
{
    std::promise<Result<CommandOutcome>> promise;
    auto future = promise.get_future();
    const bool isOpen
        = d->inbox->put([&](Inbox::Content& content) { content.questions.push_back({std::move(command), std::move(promise)}); });
    if (!isOpen)
        promise.set_value(fail(ErrorCode::Cancelled, "the scheduler has ended"));
    return future;
}

void Scheduler::wake()
{
    d->inbox->put([](Inbox::Content& content) { content.isWoken = true; });
}

std::shared_ptr<const SchedulerSnapshot> Scheduler::snapshot() const
{
    const std::lock_guard lock(d->mutex);
    return d->snapshot;
}

} // namespace mnemo
