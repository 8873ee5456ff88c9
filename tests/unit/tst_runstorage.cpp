// Pipelines, runs and tasks in the store: what is written is read back, whole or not at all.

#include <QtTest>

#include "core/base/timetext.h"
#include "core/storage/taskhistory.h"
#include "tests/unit/storefixture.h"

using namespace mnemo;

namespace {

const UtcMs start = *parseTime("2026-03-01");

RunRecord run(RunId id, const char* pipeline, const char* state)
{
    RunRecord record;
    record.id = id;
    record.pipeline = pipeline;
    record.state = state;
    record.due = start + std::chrono::hours {id};
    record.interval = {start, *record.due};
    record.queued = start + std::chrono::hours {id};
    record.version = "v1";
    record.definition = "tasks: []\n";
    record.who = "ann";
    record.backfill = 1;
    record.parallel = 2;
    return record;
}

TaskRecord task(RunId run, int index)
{
    TaskRecord record;
    record.run = run;
    record.index = index;
    record.node = "fetch";
    record.label = "kraken";
    record.state = "up_for_retry";
    record.attempt = 2;
    record.started = start;
    record.retryAt = start + std::chrono::minutes {5};
    record.result = R"({"rows":3})";
    record.error = "no connection";
    const auto second = [](int count) { return start + std::chrono::seconds {count}; };
    TaskTry failed {1, "default", start, second(1), second(9), "failed", "no connection", {{second(2), second(5), "rate limit", std::chrono::seconds {2}}}};
    TaskTry waiting;
    waiting.pool = "default";
    waiting.scheduled = second(20);
    record.tries = {failed, waiting};
    return record;
}

} // namespace

class TestRunStorage : public QObject {
    Q_OBJECT

private slots:
    void comesBackAsItWas();
    void laterRecordsReplaceEarlierOnes();
    void filters();
    void damagedHistoryIsNone();
    void forgottenRunsGoWithTheirTasks();
};

void TestRunStorage::comesBackAsItWas()
{
    StoreFixture fixture;
    const PipelineRecord pipeline {"now", true, start, start + std::chrono::hours {2}, 3, {start, start + std::chrono::hours {1}}};
    QVERIFY(fixture.writer->saveRuns({{pipeline}, {run(1, "now", "running")}, {task(1, 0), task(1, 1)}}));
    const auto& reader = fixture.reader;
    QVERIFY(reader->pipelines().value() == std::vector {pipeline});
    QVERIFY(reader->runs({}).value() == std::vector {run(1, "now", "running")});
    QVERIFY(reader->tasks(1).value() == (std::vector {task(1, 0), task(1, 1)}));
    QVERIFY(reader->tasks(2).value().empty());
    QCOMPARE(reader->newestRun().value(), RunId {1});
}

void TestRunStorage::laterRecordsReplaceEarlierOnes()
{
    StoreFixture fixture;
    QVERIFY(fixture.writer->saveRuns({{}, {run(1, "now", "running")}, {task(1, 0)}}));
    TaskRecord done = task(1, 0);
    done.state = "success";
    done.retryAt.reset();
    done.finished = start + std::chrono::minutes {9};
    RunRecord over = run(1, "now", "success");
    over.finished = done.finished;
    QVERIFY(fixture.writer->saveRuns({{}, {over}, {done}}));
    const auto& reader = fixture.reader;
    QVERIFY(reader->runs({}).value() == std::vector {over});
    QVERIFY(reader->tasks(1).value() == std::vector {done});
}

void TestRunStorage::damagedHistoryIsNone()
{
    QVERIFY(triesFromText("[{\"attempt\": 1").empty());
    QVERIFY(triesFromText("[{\"attempt\": \"one\"}]").empty());
    QVERIFY(triesFromText(toText(task(1, 0).tries)) == task(1, 0).tries);
}

void TestRunStorage::filters()
{
    StoreFixture fixture;
    QVERIFY(fixture.writer->saveRuns({{}, {run(1, "now", "success"), run(2, "then", "failed"), run(3, "now", "failed")}, {}}));
    const auto ids = [&fixture](const RunFilter& filter) {
        std::vector<RunId> found;
        const auto records = must(fixture.reader->runs(filter));
        for (const RunRecord& record : records)
            found.push_back(record.id);
        return found;
    };
    RunFilter filter;
    QCOMPARE(ids(filter), (std::vector<RunId> {3, 2, 1}));
    filter.pipelines = {"now"};
    QCOMPARE(ids(filter), (std::vector<RunId> {3, 1}));
    filter.states = {"failed"};
    QCOMPARE(ids(filter), std::vector<RunId> {3});
    RunFilter newest;
    newest.limit = 1;
    QCOMPARE(ids(newest), std::vector<RunId> {3});
    RunFilter early;
    early.queued.to = start + std::chrono::hours {2};
    QCOMPARE(ids(early), std::vector<RunId> {1});
    RunFilter named;
    named.ids = {1, 2, 7};
    QCOMPARE(ids(named), (std::vector<RunId> {2, 1}));
    named.pipelines = {"then"};
    QCOMPARE(ids(named), std::vector<RunId> {2});
    named.withDefinition = false;
    QCOMPARE(ids(named), std::vector<RunId> {2});
    QVERIFY(must(fixture.reader->runs(named)).front().definition.empty());
    QVERIFY(fixture.writer->saveRuns({{}, {run(4, "now", "queued"), run(5, "then", "running")}, {}}));
    RunFilter open;
    open.states = openRunStates();
    QCOMPARE(ids(open), (std::vector<RunId> {5, 4}));
}

void TestRunStorage::forgottenRunsGoWithTheirTasks()
{
    StoreFixture fixture;
    QVERIFY(fixture.writer->saveRuns({{}, {run(1, "now", "success"), run(2, "now", "running"), run(3, "now", "failed")}, {task(1, 0), task(2, 0), task(3, 0)}}));
    RunChanges changes;
    changes.forgotten = {1, 2, 7};
    QVERIFY(!changes.isEmpty());
    QVERIFY(fixture.writer->saveRuns(changes));
    const auto& reader = fixture.reader;
    QVERIFY(reader->runs({}).value() == (std::vector {run(3, "now", "failed"), run(2, "now", "running")})); // what runs stays
    QVERIFY(reader->tasks(1).value().empty());
    QCOMPARE(reader->tasks(2).value().size(), std::size_t(1));
    QCOMPARE(reader->tasks(3).value().size(), std::size_t(1));
}

QTEST_GUILESS_MAIN(TestRunStorage)
#include "tst_runstorage.moc"
