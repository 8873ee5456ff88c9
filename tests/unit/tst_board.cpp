// What the scheduler decides: due runs exactly once whatever happens to the clock and the process, pools, retries, commands.

#include <QtTest>

#include <random>
#include <set>

#include "core/base/timetext.h"
#include "core/pipeline/board.h"

using namespace mnemo;
using std::chrono::hours;
using std::chrono::minutes;

namespace {

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

std::shared_ptr<const Settings> universe()
{
    auto settings = std::make_shared<Settings>();
    settings->universe.push_back({{"kraken", "binance"}, {}, {"BTC/USDT", "ETH/USDT"}, {"1h"}, {}});
    return settings;
}

const UtcMs start = *parseTime("2026-03-01T00:00Z");

/// A board with what the store would hold, and the instances at work.
struct Process {
    explicit Process(std::vector<DagDefinition> definitions, std::map<std::string, int> pools = {{"default", 4}})
        : dags(std::move(definitions))
        , places(std::move(pools))
    {
        boot();
    }

    void boot()
    {
        work.clear();
        board = std::make_unique<Board>(places);
        std::vector<PipelineRecord> storedPipelines;
        for (const auto& [id, record] : pipelines)
            storedPipelines.push_back(record);
        std::vector<RunRecord> storedRuns;
        for (const auto& [id, record] : runs)
            storedRuns.push_back(record);
        std::vector<TaskRecord> storedTasks;
        for (const auto& [ref, record] : tasks)
            storedTasks.push_back(record);
        take(board->restore(storedPipelines, storedRuns, storedTasks, runs.empty() ? 1 : runs.rbegin()->first + 1));
        take(board->setDags(dags, universe(), now));
    }

    void take(BoardStep step)
    {
        for (const PipelineRecord& record : step.changes.pipelines)
            pipelines[record.id] = record;
        for (const RunRecord& record : step.changes.runs)
            runs[record.id] = record;
        for (const TaskRecord& record : step.changes.tasks)
            tasks[{record.run, record.index}] = record;
        for (const TaskOrder& order : step.orders)
            work.emplace(order.ref, order);
        for (const TaskRef ref : step.stops)
            stopped.insert(ref);
    }

    void stepTo(UtcMs time)
    {
        now = time;
        take(board->step(now));
    }

    void finish(TaskRef ref, TaskState state = TaskState::Success, const std::string& error = {})
    {
        work.erase(ref);
        TaskOutcome outcome;
        outcome.state = state;
        outcome.error = error;
        take(board->finished(ref, outcome, now));
    }

    void finishAll()
    {
        while (!work.empty())
            finish(work.begin()->first);
    }

    QStringList duesOf(const std::string& pipeline) const
    {
        QStringList dues;
        for (const auto& [id, run] : runs) {
            if (run.pipeline == pipeline && run.due)
                dues << QString::fromStdString(formatIso(*run.due)).mid(5, 11);
        }
        return dues;
    }

    std::string stateOf(TaskRef ref) const { return tasks.at(ref).state; }

    std::vector<DagDefinition> dags;
    std::map<std::string, int> places;
    std::unique_ptr<Board> board;
    UtcMs now = start;
    std::map<std::string, PipelineRecord> pipelines;
    std::map<RunId, RunRecord> runs;
    std::map<TaskRef, TaskRecord> tasks;
    std::map<TaskRef, TaskOrder> work;
    std::set<TaskRef> stopped;
};

QStringList words(std::initializer_list<const char*> all)
{
    QStringList list;
    for (const char* word : all)
        list << QString::fromLatin1(word);
    return list;
}

const QByteArray hourly = "now: {schedule: every 1h, tasks: [{id: fetch, type: incremental}, {id: check, type: validate, depends_on: fetch}]}";
const QByteArray one = "one: {schedule: every 1h, tasks: [{id: a, type: rollup, expand: {by: all}, retries: 1, retry_delay: 10m, timeout: 30m}]}";

} // namespace

class TestBoard : public QObject {
    Q_OBJECT

private slots:
    void aRunForEachDueTime();
    void missedOnesAreCountedOrCaughtUp();
    void onlySoManyRunsAtOnce();
    void pausedPipelinesWait();
    void theClockGoesBack();
    void theClockWasFarAhead();
    void retriesAndTimeouts();
    void triesAreRemembered();
    void aTryThatTheProgramEndedHasNoEnd();
    void permanentErrorsAreNotRetried();
    void cancelling();
    void pausingRunsAndTasks();
    void clearingAFinishedRun();
    void clearNamesWhatWillChange();
    void marking();
    void aRunKeepsItsDefinition();
    void aManualRunWaitsForRoom();
    void historyIsNotStarved();
    void poolsAreNeverOverfull();
    void noInstancesIsASuccess();
    void backfillRunsEachDueTime_data();
    void backfillRunsEachDueTime();
    void aBackfillIsPausedResumedAndCancelled();
    void aBackfillLeavesRoomForWhatIsDue();
    void wrongBackfills();
    void firstSightIsRemembered();
    void nothingIsDueUnscheduled();
    void aTriggeredRunMayHaveItsInterval();
    void unknownNames();
    void damagedRecordsFailTheRunAlone();
    void aWeekWithKills_data();
    void aWeekWithKills();
};

void TestBoard::aRunForEachDueTime()
{
    Process process({dag(hourly)});
    QCOMPARE(process.board->wakeAt(), std::optional(start + hours {1}));
    process.stepTo(start + minutes {59});
    QVERIFY(process.runs.empty());
    process.stepTo(start + hours {1});
    QCOMPARE(process.work.size(), std::size_t(4)); // fetch of each series
    QVERIFY(process.work.begin()->second.interval == (TimeRange {start, start + hours {1}}));
    process.finishAll();
    process.stepTo(start + hours {1} + minutes {1});
    QCOMPARE(process.runs.size(), std::size_t(1));
    QCOMPARE(process.runs.begin()->second.state, std::string("success"));
    process.stepTo(start + hours {2});
    process.finishAll();
    QCOMPARE(process.duesOf("now"), words({"03-01T01:00", "03-01T02:00"}));
}

void TestBoard::missedOnesAreCountedOrCaughtUp()
{
    Process process({dag(one), dag("all: {schedule: every 1h, catchup: true, tasks: [{id: a, type: rollup, expand: {by: all}}]}")});
    process.stepTo(start + hours {5} + minutes {10}); // asleep until now
    for (int i = 0; i < 20; ++i) {
        process.finishAll();
        process.stepTo(process.now + minutes {1});
    }
    QCOMPARE(process.duesOf("one"), words({"03-01T05:00"}));
    QCOMPARE(process.pipelines.at("one").missed, 4);
    QVERIFY(process.pipelines.at("one").missedRange == (TimeRange {start + hours {1}, start + hours {5}}));
    QCOMPARE(process.duesOf("all"), words({"03-01T01:00", "03-01T02:00", "03-01T03:00", "03-01T04:00", "03-01T05:00"}));
    QCOMPARE(process.pipelines.at("all").missed, 0);
}

void TestBoard::onlySoManyRunsAtOnce()
{
    Process process({dag("all: {schedule: every 1h, catchup: true, max_active_runs: 2, tasks: [{id: a, type: rollup, expand: {by: all}}]}")});
    process.stepTo(start + hours {4});
    QCOMPARE(process.work.size(), std::size_t(2));
    process.finish(process.work.begin()->first);
    QCOMPARE(process.work.size(), std::size_t(2));
    process.finishAll();
    QCOMPARE(process.runs.size(), std::size_t(4));
}

void TestBoard::pausedPipelinesWait()
{
    Process process({dag(one)});
    BoardStep step;
    QVERIFY(process.board->pausePipeline("one", true, step));
    process.take(std::move(step));
    QVERIFY(!process.board->wakeAt());
    process.stepTo(start + hours {3});
    QVERIFY(process.runs.empty());
    process.boot(); // is remembered
    process.stepTo(start + hours {3} + minutes {1});
    QVERIFY(process.runs.empty());
    BoardStep again;
    QVERIFY(process.board->pausePipeline("one", false, again));
    process.take(std::move(again));
    process.stepTo(start + hours {3} + minutes {2});
    QCOMPARE(process.duesOf("one"), words({"03-01T03:00"}));
    QCOMPARE(process.pipelines.at("one").missed, 2);
}

void TestBoard::theClockGoesBack()
{
    Process process({dag(one)});
    process.stepTo(start + hours {2});
    process.finishAll();
    process.stepTo(start + minutes {30});
    process.stepTo(start + hours {1} + minutes {30});
    process.stepTo(start + hours {2} + minutes {30});
    QCOMPARE(process.duesOf("one"), words({"03-01T02:00"}));
    process.stepTo(start + hours {3});
    QCOMPARE(process.duesOf("one"), words({"03-01T02:00", "03-01T03:00"}));
}

void TestBoard::theClockWasFarAhead()
{
    Process process({dag(one)});
    process.stepTo(start + hours {24 * 3650});
    process.finishAll();
    process.stepTo(start + hours {5} + minutes {1}); // put right; the program runs on
    process.boot();
    process.stepTo(start + hours {5} + minutes {2});
    process.finishAll();
    process.stepTo(start + hours {6});
    QVERIFY(process.duesOf("one").contains(QStringLiteral("03-01T06:00")));
}

void TestBoard::retriesAndTimeouts()
{
    Process process({dag(one)});
    process.stepTo(start + hours {1});
    const TaskRef ref = process.work.begin()->first;
    process.finish(ref, TaskState::Failed, "no connection");
    QCOMPARE(process.stateOf(ref), std::string("up_for_retry"));
    QCOMPARE(process.tasks.at(ref).error, std::string("no connection"));
    QCOMPARE(process.board->wakeAt(), std::optional(start + hours {1} + minutes {10}));
    process.boot(); // the retry is remembered
    process.stepTo(start + hours {1} + minutes {9});
    QVERIFY(process.work.empty());
    process.stepTo(start + hours {1} + minutes {10});
    QCOMPARE(process.work.size(), std::size_t(1));
    QCOMPARE(process.work.begin()->second.attempt, 2);
    process.stepTo(start + hours {1} + minutes {40});
    QVERIFY(process.stopped.contains(ref));
    process.finish(ref, TaskState::Cancelled);
    QCOMPARE(process.stateOf(ref), std::string("failed"));
    QVERIFY2(process.tasks.at(ref).error.find("timeout of 30m") != std::string::npos, process.tasks.at(ref).error.c_str());
    QCOMPARE(process.runs.at(ref.run).state, std::string("failed"));
}

void TestBoard::triesAreRemembered()
{
    Process process({dag(one)}, {{"default", 0}});
    process.stepTo(start + hours {1});
    const TaskRef ref {process.runs.begin()->first, 0};
    QCOMPARE(process.tasks.at(ref).tries.size(), std::size_t(1));
    QVERIFY(!process.tasks.at(ref).tries[0].started);
    process.board->setPools({{"default", 4}});
    process.stepTo(start + hours {1} + minutes {2}); // two minutes in the queue
    TaskOutcome outcome {TaskState::Failed, "{}", "no connection"};
    outcome.waits = {{process.now, process.now + minutes {1}, "rate limit", minutes {1}}};
    process.now += minutes {3};
    process.work.erase(ref);
    process.take(process.board->finished(ref, outcome, process.now));
    const TaskTry failed {1, "default", start + hours {1}, start + hours {1} + minutes {2}, start + hours {1} + minutes {5}, "failed", "no connection", outcome.waits};
    QVERIFY(process.tasks.at(ref).tries == std::vector {failed});
    process.stepTo(start + hours {1} + minutes {15});
    process.now += minutes {1};
    process.finish(ref);
    const auto& tries = process.tasks.at(ref).tries;
    QCOMPARE(tries.size(), std::size_t(2));
    QVERIFY(tries[0] == failed);
    QCOMPARE(tries[1].attempt, 2);
    QCOMPARE(tries[1].state, std::string("success"));
    QVERIFY(tries[1].waits.empty());
}

void TestBoard::aTryThatTheProgramEndedHasNoEnd()
{
    Process process({dag(one)});
    process.stepTo(start + hours {1});
    const TaskRef ref = process.work.begin()->first;
    process.now += minutes {4};
    process.boot();
    process.stepTo(process.now);
    process.finish(ref);
    const auto& tries = process.tasks.at(ref).tries;
    QCOMPARE(tries.size(), std::size_t(2));
    QVERIFY(tries[0].started && !tries[0].finished);
    QCOMPARE(tries[1].attempt, 1); // the first one does not count
    QVERIFY(tries[1].scheduled == start + hours {1} + minutes {4}); // when the next process began
    QVERIFY(tries[1].finished);
}

void TestBoard::permanentErrorsAreNotRetried()
{
    Process process({dag(one)});
    process.stepTo(start + hours {1});
    const TaskRef ref = process.work.begin()->first;
    process.take(process.board->finished(ref, {TaskState::Failed, "{}", "no such symbol", false}, process.now));
    QCOMPARE(process.stateOf(ref), std::string("failed"));
}

void TestBoard::cancelling()
{
    Process process({dag(hourly)}, {{"default", 1}});
    process.stepTo(start + hours {1});
    QCOMPARE(process.work.size(), std::size_t(1));
    const TaskRef atWork = process.work.begin()->first;
    BoardStep step;
    QVERIFY(process.board->cancelRun(atWork.run, process.now, step));
    process.take(std::move(step));
    QVERIFY(process.stopped.contains(atWork));
    process.finish(atWork, TaskState::Failed, "stopped"); // no retry of what a person cancelled
    QCOMPARE(process.stateOf(atWork), std::string("cancelled"));
    for (const auto& [ref, task] : process.tasks)
        QVERIFY2(task.state == "cancelled" || task.state == "upstream_failed", task.state.c_str());
    QVERIFY(process.runs.at(atWork.run).finished.has_value());
    QVERIFY(process.work.empty());
}

void TestBoard::pausingRunsAndTasks()
{
    Process process({dag(hourly)}, {{"default", 1}});
    process.stepTo(start + hours {1});
    const TaskRef first = process.work.begin()->first;
    BoardStep step;
    QVERIFY(process.board->pauseRun(first.run, true, step));
    process.take(std::move(step));
    process.finish(first);
    QVERIFY(process.work.empty());
    process.boot(); // is remembered
    process.stepTo(start + hours {1} + minutes {1});
    QVERIFY(process.work.empty());
    BoardStep more;
    QVERIFY(process.board->pauseTask({first.run, 1}, true, more));
    QVERIFY(process.board->pauseRun(first.run, false, more));
    process.take(std::move(more));
    process.stepTo(start + hours {1} + minutes {2});
    process.finishAll();
    QCOMPARE(process.stateOf({first.run, 1}), std::string("scheduled"));
    QCOMPARE(process.runs.at(first.run).state, std::string("running"));
    BoardStep last;
    QVERIFY(process.board->pauseTask({first.run, 1}, false, last));
    process.take(std::move(last));
    process.stepTo(start + hours {1} + minutes {3});
    process.finishAll();
    QCOMPARE(process.runs.at(first.run).state, std::string("success"));
}

void TestBoard::clearingAFinishedRun()
{
    Process process({dag(hourly)});
    process.stepTo(start + hours {1});
    const RunId run = process.work.begin()->first.run;
    process.finish(process.work.begin()->first, TaskState::Skipped);
    process.finishAll();
    QVERIFY(process.runs.at(run).finished.has_value());
    std::vector<TaskRecord> tasks;
    for (const auto& [ref, task] : process.tasks)
        tasks.push_back(task);
    QVERIFY(process.board->adopt(process.runs.at(run), tasks));
    TaskSelection selection;
    selection.tasks = {0};
    selection.withDownstream = true;
    BoardStep step;
    QVERIFY(process.board->clear(run, selection, process.now, step));
    process.take(std::move(step));
    QCOMPARE(process.runs.at(run).state, std::string("running"));
    QCOMPARE(process.work.size(), std::size_t(1));
    QCOMPARE(process.work.begin()->second.attempt, 1);
    process.finishAll();
    QCOMPARE(process.runs.at(run).state, std::string("success"));
}

void TestBoard::clearNamesWhatWillChange()
{
    Process process({dag(hourly)});
    process.stepTo(start + hours {1});
    const RunId run = process.work.begin()->first.run;
    process.take(process.board->finished({run, 0}, {TaskState::Failed, "{}", "x", false}, process.now));
    process.take(process.board->finished({run, 1}, {}, process.now));
    process.work.erase({run, 0});
    process.work.erase({run, 1});
    TaskSelection failed;
    failed.failedOnly = true;
    QCOMPARE(process.board->selected(run, failed).value(), (std::vector<int> {0, 4})); // fetch, and its check that never began
    TaskSelection down;
    down.tasks = {1};
    down.withDownstream = true;
    QCOMPARE(process.board->selected(run, down).value(), std::vector<int> {1}); // its check is at work
}

void TestBoard::marking()
{
    Process process({dag(hourly)}, {{"default", 1}});
    process.stepTo(start + hours {1});
    const RunId run = process.work.begin()->first.run;
    const std::vector<int> waiting {1, 2, 3};
    BoardStep step;
    QVERIFY(process.board->mark(run, waiting, TaskState::Success, process.now, step));
    process.take(std::move(step));
    const std::vector<int> busy {0};
    BoardStep refused;
    QVERIFY(!process.board->mark(run, busy, TaskState::Success, process.now, refused));
    process.finishAll();
    QCOMPARE(process.runs.at(run).state, std::string("success"));
}

void TestBoard::aRunKeepsItsDefinition()
{
    Process process({dag(hourly)}, {{"default", 1}});
    process.stepTo(start + hours {1});
    const RunId run = process.work.begin()->first.run;
    process.dags = {dag("now: {schedule: every 1h, tasks: [{id: other, type: markets}]}")};
    process.take(process.board->setDags(process.dags, universe(), process.now));
    process.boot();
    process.stepTo(process.now);
    process.finishAll();
    QCOMPARE(process.runs.at(run).state, std::string("success"));
    QCOMPARE(process.tasks.at({run, 7}).node, std::string("check"));
    process.stepTo(start + hours {2});
    QCOMPARE(process.work.begin()->second.task.id, std::string("other"));
}

void TestBoard::aManualRunWaitsForRoom()
{
    Process process({dag("one: {tasks: [{id: a, type: rollup, expand: {by: all}}]}")});
    BoardStep step;
    const auto first = process.board->trigger({"one", "person", "ann", R"({"x":1})", {}, {}}, process.now, step);
    const auto second = process.board->trigger({"one", "person", "ann", "{}", {}, {}}, process.now, step);
    QVERIFY(first && second);
    process.take(std::move(step));
    QCOMPARE(process.work.size(), std::size_t(1));
    QCOMPARE(process.work.begin()->second.parameters, std::string(R"({"x":1})"));
    QCOMPARE(process.runs.at(*second).state, std::string("queued"));
    process.boot(); // both are remembered
    process.stepTo(process.now);
    process.finishAll();
    QCOMPARE(process.runs.at(*second).state, std::string("success"));
}

/// Whatever comes, of every four admissions one is history's, and what is due now does not wait for long either.
void TestBoard::historyIsNotStarved()
{
    Process process({dag("fill: {tasks: [{id: a, type: backfill}]}"), dag("now: {schedule: every 1m, max_active_runs: 50, tasks: [{id: a, type: incremental}]}")},
        {{"default", 1}});
    BoardStep step;
    QVERIFY(process.board->trigger({"fill", "person", {}, "{}", {}, {}}, process.now, step));
    process.take(std::move(step));
    int history = 0, fresh = 0;
    for (int i = 0; i < 16; ++i) {
        process.stepTo(process.now + minutes {1}); // four more series are due each time: more than there is room for
        for (int k = 0; k < 1 && !process.work.empty(); ++k) {
            const auto& [ref, order] = *process.work.begin();
            ++(order.pipeline == "fill" ? history : fresh);
            process.finish(ref);
        }
    }
    QCOMPARE(history, 4); // all there were
    QVERIFY(fresh >= 11);
}

void TestBoard::poolsAreNeverOverfull()
{
    Process process({dag(hourly), dag("few: {schedule: every 1h, tasks: [{id: a, type: validate, pool: few}]}")}, {{"default", 3}, {"few", 2}});
    std::mt19937 random(7);
    for (int i = 0; i < 300; ++i) {
        if (i % 20 == 0)
            process.stepTo(process.now + minutes {30});
        std::map<std::string, int> used;
        for (const auto& [ref, order] : process.work)
            ++used[order.task.pool];
        QVERIFY(used["default"] <= 3 && used["few"] <= 2);
        const auto pools = process.board->pools();
        QCOMPARE(pools.at("few").used, used["few"]);
        QCOMPARE(pools.at("default").used, used["default"]);
        if (!process.work.empty())
            process.finish(std::next(process.work.begin(), static_cast<int>(random() % process.work.size()))->first);
    }
}

void TestBoard::noInstancesIsASuccess()
{
    Process process({dag("none: {schedule: every 1m, catchup: true, tasks: [{id: a, type: rollup, expand: {exchanges: bitfinex}}]}")});
    process.stepTo(start + hours {100});
    QCOMPARE(process.runs.size(), std::size_t(6000));
    QCOMPARE(process.runs.rbegin()->second.state, std::string("success"));
}

void TestBoard::backfillRunsEachDueTime_data()
{
    QTest::addColumn<bool>("newestFirst");
    QTest::addColumn<int>("parallel");
    QTest::addColumn<QStringList>("firstDues");
    QTest::newRow("oldest first") << false << 1 << words({"02-01T01:00"});
    QTest::newRow("newest first") << true << 1 << words({"02-01T04:00"});
    QTest::newRow("two at once") << true << 2 << words({"02-01T04:00", "02-01T03:00"});
    QTest::newRow("more than there are") << false << 9 << words({"02-01T01:00", "02-01T02:00", "02-01T03:00", "02-01T04:00"});
}

void TestBoard::backfillRunsEachDueTime()
{
    QFETCH(bool, newestFirst);
    QFETCH(int, parallel);
    QFETCH(QStringList, firstDues);
    Process process({dag(one)});
    BoardStep step;
    Board::Backfill wanted {"one", "ann", "{}", {*parseTime("2026-02-01T01:00Z"), *parseTime("2026-02-01T05:00Z")}, newestFirst, parallel};
    const auto ids = process.board->backfill(wanted, process.now, step);
    QVERIFY(ids);
    process.take(std::move(step));
    process.boot(); // what waits and what runs is remembered
    process.stepTo(process.now);
    QStringList begun;
    for (const auto& [ref, order] : process.work)
        begun << QString::fromStdString(formatIso(*order.due)).mid(5, 11);
    QCOMPARE(begun, firstDues);
    process.finishAll();
    QCOMPARE(ids->size(), std::size_t(4));
    for (const RunId id : *ids)
        QCOMPARE(process.runs.at(id).state, std::string("success"));
    QVERIFY(process.runs.at(ids->front()).interval.length() == hours {1});
}

void TestBoard::aBackfillIsPausedResumedAndCancelled()
{
    Process process({dag(one)});
    BoardStep step;
    const auto ids = process.board->backfill({"one", "ann", "{}", {start - hours {9}, start}, false, 1}, process.now, step);
    QVERIFY(ids);
    for (const RunId id : process.board->backfillRuns(ids->front()))
        QVERIFY(process.board->pauseRun(id, true, step));
    process.take(std::move(step));
    process.finishAll(); // the first had begun
    process.boot();
    process.stepTo(process.now);
    QVERIFY(process.work.empty());
    BoardStep on;
    for (const RunId id : process.board->backfillRuns(ids->front()))
        QVERIFY(process.board->pauseRun(id, false, on));
    process.take(std::move(on));
    process.stepTo(process.now);
    QCOMPARE(process.work.size(), std::size_t(1));
    BoardStep off;
    const auto open = process.board->backfillRuns(ids->front());
    QCOMPARE(open.size(), std::size_t(8));
    for (auto id = open.rbegin(); id != open.rend(); ++id)
        QVERIFY(process.board->cancelRun(*id, process.now, off));
    process.take(std::move(off));
    QCOMPARE(process.stopped.size(), std::size_t(1)); // no other has begun meanwhile
    process.finish(process.work.begin()->first, TaskState::Cancelled);
    QVERIFY(process.work.empty());
    QVERIFY(process.board->backfillRuns(ids->front()).empty());
    QCOMPARE(process.runs.at(ids->back()).state, std::string("cancelled"));
}

void TestBoard::aBackfillLeavesRoomForWhatIsDue()
{
    Process process({dag(one)});
    BoardStep step;
    QVERIFY(process.board->backfill({"one", "ann", "{}", {start - hours {9}, start}, false, 1}, process.now, step));
    process.take(std::move(step));
    process.stepTo(start + hours {1});
    QCOMPARE(process.work.size(), std::size_t(2)); // max_active_runs is of those that are due
}

void TestBoard::wrongBackfills()
{
    Process process({dag("often: {schedule: every 1s, tasks: [{id: a, type: rollup, expand: {by: all}}]}"), dag("never: {tasks: [{id: a, type: rollup, expand: {by: all}}]}")});
    const auto codeOf = [&process](const char* pipeline, TimeRange range) {
        const auto times = process.board->backfillTimes({pipeline, {}, "{}", range, false, 1});
        return times ? std::string() : std::string(toText(times.error().code));
    };
    QCOMPARE(codeOf("offen", {start, start + hours {1}}), std::string("not_found"));
    QCOMPARE(codeOf("often", {start, start}), std::string("invalid_argument"));
    QCOMPARE(codeOf("often", {start - hours {24 * 365}, start}), std::string("invalid_argument"));
    BoardStep step;
    const auto once = process.board->backfill({"never", {}, "{}", {start - hours {9}, start}, false, 1}, process.now, step);
    QVERIFY(once);
    process.take(std::move(step));
    QCOMPARE(process.work.size(), std::size_t(1));
    QVERIFY(process.work.begin()->second.interval == (TimeRange {start - hours {9}, start}));
}

void TestBoard::firstSightIsRemembered()
{
    Process process({dag(one)});
    QCOMPARE(process.pipelines.count("one"), std::size_t(1));
    process.now = start + hours {1} + minutes {5}; // down when it was first due
    process.boot();
    process.stepTo(process.now);
    QCOMPARE(process.duesOf("one"), words({"03-01T01:00"}));
}

void TestBoard::nothingIsDueUnscheduled()
{
    Process process({dag(one)});
    process.now = start + hours {2};
    process.board = std::make_unique<Board>(process.places);
    process.board->setScheduling(false);
    process.take(process.board->setDags(process.dags, universe(), start));
    BoardStep step;
    QVERIFY(process.board->trigger({"one", "person", "ann", "{}", {}, {}}, process.now, step));
    process.take(std::move(step));
    process.stepTo(process.now);
    QCOMPARE(process.runs.size(), std::size_t(1));
    QCOMPARE(process.duesOf("one"), QStringList());
    process.finishAll();
    QVERIFY(!process.board->wakeAt());
}

void TestBoard::aTriggeredRunMayHaveItsInterval()
{
    Process process({dag(one)});
    BoardStep step;
    QVERIFY(process.board->trigger({"one", "person", "ann", "{}", {}, TimeRange {start - hours {5}, start}}, process.now, step));
    process.take(std::move(step));
    QVERIFY(process.work.begin()->second.interval == (TimeRange {start - hours {5}, start}));
}

void TestBoard::unknownNames()
{
    Process process({dag(one)});
    BoardStep step;
    const auto triggered = process.board->trigger({"onee", "person", {}, "{}", {}, {}}, process.now, step);
    QVERIFY(!triggered);
    QVERIFY2(triggered.error().detail.find("did you mean one") != std::string::npos, triggered.error().detail.c_str());
    QCOMPARE(process.board->cancelRun(77, process.now, step).error().code, ErrorCode::NotFound);
    process.stepTo(start + hours {1});
    QCOMPARE(process.board->cancelTask({1, 5}, process.now, step).error().code, ErrorCode::NotFound);
}

void TestBoard::damagedRecordsFailTheRunAlone()
{
    Process process({dag(one), dag(hourly)});
    process.stepTo(start + hours {1});
    for (auto& [ref, task] : process.tasks) {
        if (task.node == "a")
            task.plan = "{";
    }
    process.boot();
    process.stepTo(process.now);
    process.finishAll();
    QStringList states;
    for (const auto& [id, run] : process.runs)
        states << QString::fromStdString(run.pipeline + ' ' + run.state);
    QVERIFY2(states.contains(QStringLiteral("one failed")) && states.contains(QStringLiteral("now success")), qPrintable(states.join(u' ')));
}

void TestBoard::aWeekWithKills_data()
{
    QTest::addColumn<unsigned>("seed");
    for (unsigned seed = 1; seed <= 10; ++seed)
        QTest::addRow("%u", seed) << seed;
}

/// A week of an hourly pipeline with catch-up, with failures and with kills at any moment: each due time has one run, every
/// run ends, and nothing that had ended begins again.
void TestBoard::aWeekWithKills()
{
    QFETCH(unsigned, seed);
    std::mt19937 random(seed);
    DagDefinition definition = dag(hourly);
    definition.catchup = true;
    definition.maxActiveRuns = 3;
    Process process({definition}, {{"default", 5}});
    process.stepTo(start);
    const UtcMs end = start + hours {24 * 7};
    std::set<TaskRef> done;
    int kills = 0;
    while (process.now < end || !process.work.empty()) {
        if (process.now < end)
            process.stepTo(std::min(end, process.now + minutes {random() % 90}));
        else
            process.stepTo(process.now + minutes {1});
        for (int i = static_cast<int>(random() % 40); i > 0 && !process.work.empty(); --i) {
            const TaskRef ref = std::next(process.work.begin(), static_cast<int>(random() % process.work.size()))->first;
            QVERIFY2(!done.contains(ref), "began again after its end");
            const bool fails = random() % 10 == 0;
            process.finish(ref, fails ? TaskState::Failed : random() % 10 == 0 ? TaskState::SuccessWithGaps : TaskState::Success);
            if (isFinal(*taskStateFromText(process.stateOf(ref))))
                done.insert(ref);
        }
        if (random() % 12 == 0 && kills < 20) {
            ++kills;
            process.boot();
            process.stepTo(process.now);
        }
    }
    for (int i = 0; i < 500; ++i) { // late retries
        process.stepTo(process.now + minutes {1});
        if (process.now < end + minutes {59})
            process.finishAll();
    }
    std::set<UtcMs> dues;
    for (const auto& [id, run] : process.runs) {
        QVERIFY2(run.due && dues.insert(*run.due).second, "a due time was run twice");
        if (*run.due <= end)
            QVERIFY2(isFinal(*runStateFromText(run.state)), run.state.c_str());
    }
    for (UtcMs due = start + hours {1}; due <= end; due += hours {1})
        QVERIFY2(dues.contains(due), formatIso(due).c_str());
    QVERIFY(kills > 5);
}

QTEST_GUILESS_MAIN(TestBoard)
#include "tst_board.moc"
