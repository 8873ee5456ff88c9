// The scheduler as a service: what it decides is stored before it is started, and it wakes when something is due.

#include <QtTest>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>

#include "core/pipeline/scheduler.h"
#include "tests/unit/storefixture.h"

using namespace mnemo;
using namespace std::chrono_literals;

namespace {

const UtcMs start = at("2026-03-01T00:00Z");

DagDefinition dag(const QByteArray& text)
{
    Node file = parseYaml(text.toStdString(), "dags/mine.yaml").value();
    Node all;
    all.insert("mine", std::move(file), {});
    Problems problems;
    auto dags = readDags(all, problems);
    if (!problems.empty() || dags.size() != 1)
        qFatal("%s", problems.empty() ? "not one pipeline" : problems.front().text().c_str());
    return std::move(dags.front());
}

/// A disk that outlives the schedulers of a test, and can be full.
class FakeStore final : public RunStore {
public:
    Result<StoredRuns> load() override
    {
        const std::lock_guard lock(m_mutex);
        StoredRuns stored;
        for (const auto& [id, record] : pipelines)
            stored.pipelines.push_back(record);
        for (const auto& [id, record] : runs) {
            stored.newest = id;
            if (!record.finished)
                stored.open.push_back(record);
        }
        for (const auto& [ref, record] : tasks) {
            if (!runs.at(ref.run).finished)
                stored.tasks.push_back(record);
        }
        return stored;
    }
    Result<StoredRun> find(RunId run) override
    {
        const std::lock_guard lock(m_mutex);
        if (!runs.contains(run))
            return fail(ErrorCode::NotFound, "there is no run " + std::to_string(run));
        StoredRun stored {runs.at(run), {}};
        for (const auto& [ref, record] : tasks) {
            if (ref.run == run)
                stored.tasks.push_back(record);
        }
        return stored;
    }
    Result<void> save(const RunChanges& changes) override
    {
        const std::lock_guard lock(m_mutex);
        if (isFull)
            return fail(ErrorCode::StorageFull, "no space left");
        for (const PipelineRecord& record : changes.pipelines)
            pipelines[record.id] = record;
        for (const RunRecord& record : changes.runs)
            runs[record.id] = record;
        for (const TaskRecord& record : changes.tasks)
            tasks[{record.run, record.index}] = record;
        return {};
    }
    bool isPaused(const std::string& pipeline)
    {
        const std::lock_guard lock(m_mutex);
        return pipelines.at(pipeline).isPaused;
    }
    TaskRecord task(TaskRef ref)
    {
        const std::lock_guard lock(m_mutex);
        return tasks.at(ref);
    }
    std::string stateOf(TaskRef ref)
    {
        const std::lock_guard lock(m_mutex);
        return tasks.contains(ref) ? tasks.at(ref).state : "absent";
    }
    RunRecord run(RunId id)
    {
        const std::lock_guard lock(m_mutex);
        return runs.contains(id) ? runs.at(id) : RunRecord {};
    }
    std::size_t runCount()
    {
        const std::lock_guard lock(m_mutex);
        return runs.size();
    }

    std::atomic<bool> isFull = false;

private:
    std::mutex m_mutex;
    std::map<std::string, PipelineRecord> pipelines;
    std::map<RunId, RunRecord> runs;
    std::map<TaskRef, TaskRecord> tasks;
};

/// Tasks end when the test says so.
class FakeRunner final : public TaskRunner {
public:
    explicit FakeRunner(FakeStore& store)
        : m_store(store)
    {
    }
    void start(TaskOrder order, Done done) override
    {
        const std::lock_guard lock(m_mutex);
        if (m_store.stateOf(order.ref) != "running")
            unstored.push_back(order.ref);
        m_works.push_back({std::move(order), std::move(done)});
        ++started;
        m_changed.notify_all();
    }
    void stop(TaskRef task) override
    {
        const std::lock_guard lock(m_mutex);
        stopped.push_back(task);
        m_changed.notify_all();
    }
    void runEnded(const RunRecord& run, const std::shared_ptr<const DagDefinition>&) override
    {
        const std::lock_guard lock(m_mutex);
        ended.push_back(run);
        m_changed.notify_all();
    }
    bool waitFor(const std::function<bool(FakeRunner&)>& condition)
    {
        std::unique_lock lock(m_mutex);
        return m_changed.wait_for(lock, 20s, [&] { return condition(*this); });
    }
    /// The oldest order; waits for it.
    std::optional<TaskOrder> next()
    {
        std::unique_lock lock(m_mutex);
        if (!m_changed.wait_for(lock, 20s, [this] { return !m_works.empty(); }))
            return std::nullopt;
        return m_works.front().first;
    }
    void finish(TaskState state = TaskState::Success)
    {
        std::pair<TaskOrder, Done> work;
        {
            const std::lock_guard lock(m_mutex);
            work = std::move(m_works.front());
            m_works.pop_front();
        }
        TaskOutcome outcome;
        outcome.state = state;
        work.second(work.first.ref, outcome);
    }
    std::size_t waiting()
    {
        const std::lock_guard lock(m_mutex);
        return m_works.size();
    }

    std::vector<TaskRef> unstored, stopped;
    std::vector<RunRecord> ended;
    int started = 0;

private:
    FakeStore& m_store;
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::deque<std::pair<TaskOrder, Done>> m_works;
};

const QByteArray hourly = "now: {schedule: every 1h, tasks: [{id: a, type: rollup, expand: {by: all}, retries: 0}, {id: b, type: rollup, expand: {by: all}, depends_on: a}]}";
const QByteArray manual = "hand: {tasks: [{id: a, type: rollup, expand: {by: all}, retries: 0}, {id: b, type: rollup, expand: {by: all}, depends_on: a}]}";

} // namespace

class TestScheduler : public QObject {
    Q_OBJECT

private slots:
    void init();
    void cleanup();
    void storesBeforeItStarts();
    void wakesAtTheDueTimeByTheSystemsClock();
    void aFullDiskStartsNothing();
    void goesOnAfterAnEnd();
    void endsWhileItWaits();
    void aJumpOfTheClockIsNoticed();
    void changedDefinitionsAreForNewRuns();
    void tellsAboutFailedRuns();
    void triggerAndDryRun();
    void parametersSetTheInterval();
    void clearTellsWhatItWouldDo();
    void aFinishedRunIsClearedAndMarked();
    void pauseCancelAndPriority();
    void marksAreTakenBack();
    void aClearAtWorkIsTakenBack();
    void whatHasEndedIsNotTakenBack();
    void pauseAndPriorityAreTakenBack();
    void backfillIsCancelledAsOne();
    void wrongCommands_data();
    void wrongCommands();
    void commandsAfterTheEnd();
    void aSimulatedWeek();

private:
    void open(std::vector<DagDefinition> dags, const Clock& clock, Scheduler::Options options = {})
    {
        options.storeRetry = 5ms;
        m_scheduler = must(Scheduler::open(*m_store, *m_runner, clock, {std::move(dags), {{"default", 4}}, std::make_shared<Settings>()}, std::move(options)));
    }
    Result<CommandOutcome> ask(PipelineCommand command) { return m_scheduler->ask(std::move(command)).get(); }
    PipelineCommand commandOf(PipelineCommand::Action action, std::optional<RunId> run, std::vector<std::string> tasks = {}) const
    {
        PipelineCommand command;
        command.action = action;
        command.run = run;
        command.tasks = std::move(tasks);
        return command;
    }
    Result<CommandOutcome> undo(std::int64_t number)
    {
        PipelineCommand command;
        command.action = PipelineCommand::Action::Undo;
        command.undo = number;
        return ask(command);
    }
    RunId trigger(const char* pipeline)
    {
        PipelineCommand command;
        command.pipeline = pipeline;
        return must(ask(command)).runs.front();
    }
    static QStringList namesOf(const CommandOutcome& outcome)
    {
        QStringList names;
        for (const auto& task : outcome.tasks)
            names << QString::fromStdString(task.name);
        return names;
    }
    void runToTheEnd(RunId run)
    {
        while (m_store->stateOf({run, 1}) != "success" && m_runner->next())
            finishAndSettle();
    }
    void finishAndSettle(TaskState state = TaskState::Success)
    {
        m_runner->finish(state);
        PipelineCommand nothing; // an answer comes after what was told before it
        nothing.pipeline = "hand";
        nothing.isDryRun = true;
        (void)ask(nothing);
    }

    const SystemClock m_systemClock;
    std::unique_ptr<FakeClock> m_clock;
    std::unique_ptr<FakeStore> m_store;
    std::unique_ptr<FakeRunner> m_runner;
    std::unique_ptr<Scheduler> m_scheduler;
};

void TestScheduler::init()
{
    m_clock = std::make_unique<FakeClock>(start);
    m_store = std::make_unique<FakeStore>();
    m_runner = std::make_unique<FakeRunner>(*m_store);
}

void TestScheduler::cleanup()
{
    m_scheduler.reset();
}

void TestScheduler::storesBeforeItStarts()
{
    open({dag(hourly)}, *m_clock);
    m_clock->advance(1h);
    m_scheduler->wake();
    const auto order = m_runner->next();
    QVERIFY(order);
    QCOMPARE(order->task.id, std::string("a"));
    m_runner->finish();
    QVERIFY(m_runner->waitFor([](FakeRunner& runner) { return runner.started == 2; }));
    m_runner->finish();
    QVERIFY(m_runner->waitFor([](FakeRunner& runner) { return runner.ended.size() == 1; }));
    QCOMPARE(m_runner->ended.front().state, std::string("success"));
    QVERIFY(m_runner->unstored.empty());
}

void TestScheduler::wakesAtTheDueTimeByTheSystemsClock()
{
    open({dag("now: {schedule: every 1s, tasks: [{id: a, type: rollup, expand: {by: all}}]}")}, m_systemClock);
    for (int i = 0; i < 2; ++i) {
        const auto order = m_runner->next(); // nobody wakes it: it does so itself
        QVERIFY(order);
        QVERIFY(m_systemClock.now() >= *order->due);
        m_runner->finish();
    }
}

void TestScheduler::aFullDiskStartsNothing()
{
    open({dag(manual)}, *m_clock);
    m_store->isFull = true;
    PipelineCommand command;
    command.pipeline = "hand";
    auto answer = m_scheduler->ask(command);
    QTRY_VERIFY(m_scheduler->snapshot()->storeError);
    QCOMPARE(m_runner->started, 0);
    m_store->isFull = false;
    QVERIFY(answer.get());
    QVERIFY(m_runner->next());
    QTRY_VERIFY(!m_scheduler->snapshot()->storeError);
    m_store->isFull = true; // and ends while it is full
    auto last = m_scheduler->ask(command);
    QTRY_VERIFY(m_scheduler->snapshot()->storeError);
    m_scheduler.reset();
    const auto outcome = last.get();
    QVERIFY(!outcome && outcome.error().code == ErrorCode::Cancelled);
}

void TestScheduler::goesOnAfterAnEnd()
{
    open({dag(manual)}, *m_clock);
    const RunId run = trigger("hand");
    QVERIFY(m_runner->next());
    finishAndSettle();
    QVERIFY(m_runner->next());
    m_scheduler.reset(); // while b is at work
    m_runner->finish(TaskState::Cancelled); // too late for anybody
    QCOMPARE(m_store->stateOf({run, 1}), std::string("running"));
    open({dag(manual)}, *m_clock);
    const auto again = m_runner->next();
    QVERIFY(again);
    QCOMPARE(again->task.id, std::string("b"));
    QCOMPARE(again->attempt, 1); // goes on, is no other try
    m_runner->finish();
    QVERIFY(m_runner->waitFor([](FakeRunner& runner) { return runner.ended.size() == 1; }));
}

void TestScheduler::endsWhileItWaits()
{
    for (int i = 0; i < 50; ++i) {
        open({dag(hourly)}, *m_clock);
        if (i % 2 == 0)
            m_scheduler->wake();
        m_scheduler.reset();
    }
    QCOMPARE(m_runner->started, 0);
}

void TestScheduler::aJumpOfTheClockIsNoticed()
{
    open({dag(hourly)}, *m_clock);
    m_clock->set(start + 5h + 10min); // a computer that slept
    m_scheduler->wake();
    const auto order = m_runner->next();
    QVERIFY(order);
    QCOMPARE(*order->due, start + 5h);
    QCOMPARE(m_store->runCount(), std::size_t(1));
    m_clock->set(start + 2h); // and back
    m_scheduler->wake();
    finishAndSettle();
    QVERIFY(m_runner->next());
    finishAndSettle();
    QCOMPARE(m_store->runCount(), std::size_t(1));
}

void TestScheduler::changedDefinitionsAreForNewRuns()
{
    open({dag(manual)}, *m_clock);
    const RunId first = trigger("hand");
    QVERIFY(m_runner->next());
    m_scheduler->apply({{dag("hand: {tasks: [{id: c, type: rollup, expand: {by: all}}]}")}, {{"default", 4}}, std::make_shared<Settings>()});
    finishAndSettle();
    const auto order = m_runner->next();
    QVERIFY(order);
    QCOMPARE(order->task.id, std::string("b"));
    finishAndSettle();
    QCOMPARE(m_store->run(first).state, std::string("success"));
    trigger("hand");
    const auto fresh = m_runner->next();
    QVERIFY(fresh);
    QCOMPARE(fresh->task.id, std::string("c"));
}

void TestScheduler::tellsAboutFailedRuns()
{
    open({dag(manual)}, *m_clock);
    trigger("hand");
    QVERIFY(m_runner->next());
    m_runner->finish(TaskState::Failed);
    QVERIFY(m_runner->waitFor([](FakeRunner& runner) { return runner.ended.size() == 1; }));
    QCOMPARE(m_runner->ended.front().state, std::string("failed"));
}

void TestScheduler::triggerAndDryRun()
{
    open({dag(manual)}, *m_clock);
    PipelineCommand command;
    command.pipeline = "hand";
    command.isDryRun = true;
    const auto would = ask(command);
    QVERIFY(would);
    QCOMPARE(namesOf(*would), (QStringList {QStringLiteral("a"), QStringLiteral("b")}));
    QVERIFY(would->runs.empty());
    QCOMPARE(m_store->runCount(), std::size_t(0));
    command.isDryRun = false;
    command.who = "ann";
    command.parameters = {{"depth", "3"}};
    const auto done = ask(command);
    QVERIFY(done);
    QCOMPARE(namesOf(*done), namesOf(*would));
    QCOMPARE(m_store->run(done->runs.front()).who, std::string("ann"));
    QCOMPARE(m_store->run(done->runs.front()).parameters, std::string(R"({"depth":"3"})"));
}

void TestScheduler::parametersSetTheInterval()
{
    open({dag(manual)}, *m_clock);
    PipelineCommand command;
    command.pipeline = "hand";
    command.parameters = {{"from", "2026-02-01"}, {"to", "2026-02-02"}};
    const auto done = ask(command);
    QVERIFY(done);
    QVERIFY(done->interval == (TimeRange {at("2026-02-01"), at("2026-02-02")}));
    const auto order = m_runner->next();
    QVERIFY(order && order->interval == done->interval);
}

void TestScheduler::clearTellsWhatItWouldDo()
{
    open({dag(manual)}, *m_clock);
    const RunId run = trigger("hand");
    QVERIFY(m_runner->next());
    finishAndSettle(TaskState::Failed);
    PipelineCommand clear = commandOf(PipelineCommand::Action::Clear, run);
    clear.failedOnly = clear.isDryRun = true;
    const auto would = ask(clear);
    QVERIFY(would);
    QCOMPARE(namesOf(*would), (QStringList {QStringLiteral("a"), QStringLiteral("b")})); // b never began because of a
    QCOMPARE(would->tasks.front().state, std::string("failed"));
    QCOMPARE(m_store->stateOf({run, 0}), std::string("failed"));
    clear.isDryRun = false;
    QVERIFY(ask(clear));
    QVERIFY(m_runner->next());
    runToTheEnd(run);
    QCOMPARE(m_store->run(run).state, std::string("success"));
}

void TestScheduler::aFinishedRunIsClearedAndMarked()
{
    open({dag(manual)}, *m_clock);
    const RunId run = trigger("hand");
    runToTheEnd(run);
    m_scheduler.reset();
    open({dag(manual)}, *m_clock); // knows nothing of it
    PipelineCommand mark = commandOf(PipelineCommand::Action::Mark, run, {"b"});
    mark.state = TaskState::Failed;
    QVERIFY(ask(mark));
    QCOMPARE(m_store->run(run).state, std::string("failed"));
    QCOMPARE(m_store->stateOf({run, 1}), std::string("failed"));
    QVERIFY(ask(commandOf(PipelineCommand::Action::Clear, run, {"1"})));
    const auto order = m_runner->next();
    QVERIFY(order);
    QCOMPARE(order->task.id, std::string("b"));
    finishAndSettle();
    QCOMPARE(m_store->run(run).state, std::string("success"));
}

void TestScheduler::pauseCancelAndPriority()
{
    open({dag(manual)}, *m_clock);
    const RunId run = trigger("hand");
    QVERIFY(m_runner->next());
    QVERIFY(ask(commandOf(PipelineCommand::Action::Pause, run, {"b"})));
    PipelineCommand priority = commandOf(PipelineCommand::Action::Priority, run, {"b"});
    priority.priority = 77;
    QVERIFY(ask(priority));
    finishAndSettle();
    QCOMPARE(m_store->stateOf({run, 1}), std::string("scheduled"));
    QVERIFY(ask(commandOf(PipelineCommand::Action::Resume, run, {"b"})));
    QVERIFY(m_runner->next());
    QVERIFY(ask(commandOf(PipelineCommand::Action::Cancel, run)));
    QVERIFY(m_runner->waitFor([](FakeRunner& runner) { return !runner.stopped.empty(); }));
    finishAndSettle(TaskState::Cancelled);
    QCOMPARE(m_store->stateOf({run, 1}), std::string("cancelled"));
    QVERIFY(m_store->run(run).finished);
}

void TestScheduler::marksAreTakenBack()
{
    open({dag(manual)}, *m_clock);
    const RunId run = trigger("hand");
    runToTheEnd(run);
    const RunRecord over = m_store->run(run);
    m_clock->advance(1min);
    PipelineCommand mark = commandOf(PipelineCommand::Action::Mark, run, {"b"});
    mark.state = TaskState::Failed;
    const auto marked = must(ask(mark));
    QVERIFY(marked.undo > 0);
    QCOMPARE(m_store->run(run).state, std::string("failed"));
    QVERIFY(undo(marked.undo));
    QCOMPARE(m_store->stateOf({run, 1}), std::string("success"));
    QVERIFY(m_store->run(run) == over); // also when it ended
    const auto again = undo(marked.undo);
    QVERIFY(!again && again.error().code == ErrorCode::NotFound);
}

void TestScheduler::aClearAtWorkIsTakenBack()
{
    open({dag(manual)}, *m_clock);
    const RunId run = trigger("hand");
    QVERIFY(m_runner->next());
    finishAndSettle(TaskState::Failed); // b is upstream_failed
    PipelineCommand clear = commandOf(PipelineCommand::Action::Clear, run, {"a"});
    clear.withDownstream = true;
    const auto cleared = must(ask(clear));
    QVERIFY(m_runner->next());
    QCOMPARE(m_store->stateOf({run, 0}), std::string("running"));
    QVERIFY(undo(cleared.undo));
    QVERIFY(m_runner->waitFor([run](FakeRunner& runner) { return std::ranges::count(runner.stopped, TaskRef {run, 0}) == 1; }));
    QCOMPARE(m_store->stateOf({run, 0}), std::string("failed"));
    QCOMPARE(m_store->stateOf({run, 1}), std::string("upstream_failed"));
    QCOMPARE(m_store->run(run).state, std::string("failed"));
    finishAndSettle(TaskState::Cancelled); // too late to be heard
    QCOMPARE(m_store->stateOf({run, 0}), std::string("failed"));
    QVERIFY(ask(clear)); // and begins again as ever
    runToTheEnd(run);
    QCOMPARE(m_store->run(run).state, std::string("success"));
}

void TestScheduler::whatHasEndedIsNotTakenBack()
{
    open({dag(manual)}, *m_clock);
    const RunId run = trigger("hand");
    QVERIFY(m_runner->next());
    finishAndSettle(TaskState::Failed);
    const auto cleared = must(ask(commandOf(PipelineCommand::Action::Clear, run, {"a"})));
    QVERIFY(m_runner->next());
    finishAndSettle();
    const auto undone = undo(cleared.undo);
    QVERIFY(!undone);
    QCOMPARE(undone.error().code, ErrorCode::InvalidArgument);
    QVERIFY2(undone.error().detail.find("a has ended meanwhile: success") != std::string::npos, undone.error().detail.c_str());
    QCOMPARE(m_store->stateOf({run, 0}), std::string("success"));
}

void TestScheduler::pauseAndPriorityAreTakenBack()
{
    open({dag(manual)}, *m_clock);
    const RunId run = trigger("hand");
    QVERIFY(m_runner->next());
    QVERIFY(ask(commandOf(PipelineCommand::Action::Pause, run, {"a"})));
    const auto both = must(ask(commandOf(PipelineCommand::Action::Pause, run, {"a", "b"})));
    QVERIFY(undo(both.undo));
    QVERIFY(m_store->task({run, 0}).isPaused); // was so before
    QVERIFY(!m_store->task({run, 1}).isPaused);
    PipelineCommand priority = commandOf(PipelineCommand::Action::Priority, run);
    priority.priority = 9;
    const auto raised = must(ask(priority));
    QCOMPARE(m_store->task({run, 1}).priority, 9);
    QVERIFY(undo(raised.undo));
    QCOMPARE(m_store->task({run, 1}).priority, 1);
    PipelineCommand pause = commandOf(PipelineCommand::Action::Pause, {});
    pause.pipeline = "hand";
    const auto paused = must(ask(pause));
    QVERIFY(paused.undo > 0);
    QCOMPARE(must(ask(pause)).undo, 0); // nothing changed
    QVERIFY(undo(paused.undo));
    QVERIFY(!m_store->isPaused("hand"));
}

void TestScheduler::backfillIsCancelledAsOne()
{
    open({dag(hourly)}, *m_clock);
    PipelineCommand command;
    command.action = PipelineCommand::Action::Backfill;
    command.pipeline = "now";
    command.range = {start - 10h, start};
    command.parallel = 2;
    const auto done = ask(command);
    QVERIFY(done);
    QCOMPARE(done->runs.size(), std::size_t(10));
    QVERIFY(m_runner->waitFor([](FakeRunner& runner) { return runner.started == 2; }));
    PipelineCommand cancel = commandOf(PipelineCommand::Action::Cancel, {});
    cancel.backfill = done->runs.front();
    QVERIFY(ask(cancel));
    QVERIFY(m_runner->waitFor([](FakeRunner& runner) { return runner.stopped.size() == 2; }));
    finishAndSettle(TaskState::Cancelled);
    finishAndSettle(TaskState::Cancelled);
    QCOMPARE(m_runner->started, 2);
    for (const RunId run : done->runs)
        QVERIFY(m_store->run(run).finished);
    QVERIFY(!ask(cancel)); // nothing is under way
}

void TestScheduler::wrongCommands_data()
{
    QTest::addColumn<QString>("action");
    QTest::addColumn<QString>("pipeline");
    QTest::addColumn<int>("run");
    QTest::addColumn<QString>("task");
    QTest::addColumn<QString>("error");
    QTest::newRow("no pipeline") << "trigger" << "hant" << 0 << "" << "there is no pipeline hant (did you mean hand?)";
    QTest::newRow("no run") << "cancel" << "" << 9 << "" << "run 9 is over, or there is none of this number";
    QTest::newRow("no run to clear") << "clear" << "" << 9 << "" << "there is no run 9";
    QTest::newRow("no task") << "clear" << "" << 1 << "aa" << "run 1 has no task aa (did you mean a?)";
    QTest::newRow("at work") << "mark" << "" << 1 << "a" << "a is at work: cancel it first";
    QTest::newRow("no target") << "clear" << "" << 0 << "" << "say which run is meant";
}

void TestScheduler::wrongCommands()
{
    QFETCH(QString, action);
    QFETCH(QString, pipeline);
    QFETCH(int, run);
    QFETCH(QString, task);
    QFETCH(QString, error);
    open({dag(manual)}, *m_clock);
    trigger("hand");
    PipelineCommand command = commandOf(*commandActionFromText(action.toStdString()), run > 0 ? std::optional<RunId>(run) : std::nullopt);
    command.pipeline = pipeline.toStdString();
    if (!task.isEmpty())
        command.tasks = {task.toStdString()};
    const auto outcome = ask(command);
    QVERIFY(!outcome);
    QCOMPARE(QString::fromStdString(outcome.error().detail), error);
}

void TestScheduler::commandsAfterTheEnd()
{
    open({dag(manual)}, *m_clock);
    auto* scheduler = m_scheduler.get();
    std::vector<std::future<Result<CommandOutcome>>> answers;
    for (int i = 0; i < 100; ++i) {
        PipelineCommand command;
        command.pipeline = "hand";
        answers.push_back(scheduler->ask(command));
    }
    m_scheduler.reset();
    for (auto& answer : answers) {
        const auto outcome = answer.get(); // each is answered
        QVERIFY(outcome || outcome.error().code == ErrorCode::Cancelled);
    }
}

/// A small universe over two days in SQLite; with MNEMO_FULL_WEEK set a week of 8 exchanges x 20 symbols x 3 frames.
void TestScheduler::aSimulatedWeek()
{
    const bool isFull = qEnvironmentVariableIsSet("MNEMO_FULL_WEEK");
    auto settings = std::make_shared<Settings>();
    UniverseEntry entry;
    for (int i = 0; i < (isFull ? 8 : 2); ++i)
        entry.exchanges.push_back("x" + std::to_string(i));
    for (int i = 0; i < (isFull ? 20 : 3); ++i)
        entry.symbols.push_back("C" + std::to_string(i) + "/USDT");
    entry.timeframes = isFull ? std::vector<std::string> {"1m", "1h", "1d"} : std::vector<std::string> {"1h"};
    settings->universe.push_back(entry);
    const std::size_t series = entry.exchanges.size() * entry.symbols.size() * entry.timeframes.size();
    const int days = isFull ? 7 : 2;

    /// Ends tasks at once, one of a hundred with a failure.
    class Runner final : public TaskRunner {
    public:
        void start(TaskOrder order, Done done) override
        {
            TaskOutcome outcome;
            outcome.state = ++count % 100 == 0 ? TaskState::Failed : TaskState::Success;
            done(order.ref, outcome);
        }
        void stop(TaskRef) override { }
        void runEnded(const RunRecord& run, const std::shared_ptr<const DagDefinition>&) override
        {
            const std::lock_guard lock(mutex);
            ended[run.pipeline].push_back(*run.due);
            changed.notify_all();
        }
        bool waitFor(const std::string& pipeline, UtcMs due)
        {
            std::unique_lock lock(mutex);
            return changed.wait_for(lock, 20ms, [&] { return !ended[pipeline].empty() && ended[pipeline].back() == due; });
        }
        std::mutex mutex;
        std::condition_variable changed;
        std::map<std::string, std::vector<UtcMs>> ended;
        std::atomic<int> count = 0;
    } runner;
    /// The store of the program.
    class Disk final : public RunStore {
    public:
        Result<StoredRuns> load() override { return StoredRuns {}; }
        Result<StoredRun> find(RunId) override { return fail(ErrorCode::NotFound, "not here"); }
        Result<void> save(const RunChanges& changes) override { return fixture.writer->saveRuns(changes); }
        StoreFixture fixture;
    } disk;
    {
        const auto scheduler = must(Scheduler::open(disk, runner, *m_clock,
            {{dag("often: {schedule: every 30m, tasks: [{id: fetch, type: incremental, retry_delay: 1s}, {id: check, type: validate, depends_on: fetch, retry_delay: 1s}]}"),
                 dag("daily: {schedule: 0 3 * * *, tasks: [{id: compare, type: compare, retry_delay: 1s}]}")},
                {{"default", 8}}, settings}, {}));
        for (int step = 1; step <= days * 48; ++step) {
            m_clock->set(start + step * 30min);
            scheduler->wake();
            for (int looks = 0; looks < 1'000 && !runner.waitFor("often", start + step * 30min); ++looks) {
                m_clock->advance(1s); // what failed comes again
                scheduler->wake();
            }
            QVERIFY(runner.waitFor("often", start + step * 30min));
        }
    }
    QCOMPARE(runner.ended["often"].size(), static_cast<std::size_t>(days * 48));
    QCOMPARE(runner.ended["daily"].size(), static_cast<std::size_t>(days));
    const auto runs = must(disk.fixture.reader->runs({}));
    QCOMPARE(runs.size(), static_cast<std::size_t>(days * 49));
    QVERIFY(std::ranges::all_of(runs, [](const RunRecord& run) { return run.state == "success"; }));
    QVERIFY(runner.count >= static_cast<int>(2 * series) * days * 48);
}

QTEST_GUILESS_MAIN(TestScheduler)
#include "tst_scheduler.moc"
