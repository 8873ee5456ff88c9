// Old runs are forgotten with their logs; what runs, what is new and the newest of each pipeline stay.

#include <QtTest>

#include <fstream>

#include "core/engine/pipelines.h"
#include "core/engine/runjanitor.h"
#include "tests/unit/storefixture.h"

using namespace mnemo;
using namespace std::chrono_literals;

namespace {

const UtcMs now = at("2026-03-01");

RunRecord run(RunId id, const char* pipeline, const char* state, milliseconds ago)
{
    RunRecord record;
    record.id = id;
    record.pipeline = pipeline;
    record.state = state;
    record.queued = now - ago - 1min;
    if (state != std::string("running"))
        record.finished = now - ago;
    record.version = "v" + std::to_string(id);
    record.definition = "tasks: [{id: a, type: sql, with: {query: SELECT 1}}]\n";
    return record;
}

struct Session {
    QTemporaryDir folder;
    std::unique_ptr<Engine> engine;

    std::filesystem::path path() const { return folder.path().toStdString(); }
    void open(const char* keep)
    {
        EngineOptions options;
        options.config.user = path() / "config";
        options.config.sets = {std::string("pipeline.keep_runs=") + keep};
        options.dataDir = path() / "data";
        options.clock = std::make_shared<FakeClock>(now);
        engine = must(Engine::open(std::move(options)));
    }
    std::vector<RunId> stored() const
    {
        std::vector<RunId> ids;
        const auto runs = must(must(engine->store().openReader())->runs({}));
        for (const RunRecord& record : runs)
            ids.push_back(record.id);
        return ids;
    }
};

} // namespace

class TestRunJanitor : public QObject {
    Q_OBJECT

private slots:
    void forgetsOldRuns();
    void zeroKeepsAll();
    void manyRuns();
};

void TestRunJanitor::forgetsOldRuns()
{
    Session session;
    session.open("30d");
    RunChanges changes;
    for (const char* pipeline : {"often", "gone"})
        changes.pipelines.push_back({pipeline, false, now - 24h * 100, {}, 0, {}});
    changes.runs = {run(1, "often", "success", 24h * 40), run(2, "often", "running", 24h * 50), run(3, "often", "failed", 24h * 31),
        run(4, "often", "success", 24h * 29), run(5, "gone", "success", 24h * 80), run(6, "gone", "success", 24h * 70), run(7, "often", "success", 1h)};
    TaskRecord task;
    task.node = "a";
    task.state = "success";
    const TaskLog log(session.path() / "data");
    for (const RunRecord& record : changes.runs) {
        task.run = record.id;
        changes.tasks.push_back(task);
        log.add(record.id, {now, 0, 1, log::Level::Info, "said"});
    }
    log.add(99, {now, 0, 1, log::Level::Info, "of a run that an earlier process forgot before it ended"});
    must(session.engine->saveRuns(changes));
    RunJanitor janitor(*session.engine, log);
    const std::vector<RunId> left {7, 6, 4, 2};
    QTRY_COMPARE(session.stored(), left);
    const auto logs = [&log] {
        auto ids = log.runs();
        std::ranges::sort(ids, std::greater {});
        return ids;
    };
    QTRY_COMPARE(logs(), left);
    const auto reader = must(session.engine->store().openReader());
    QVERIFY(must(reader->tasks(1)).empty());
    QCOMPARE(must(reader->tasks(4)).size(), std::size_t(1));
    QVERIFY(!must(reader->runs({})).front().definition.empty()); // those of runs that stay
}

void TestRunJanitor::zeroKeepsAll()
{
    Session session;
    session.open("0");
    const TaskLog log(session.path() / "data");
    RunChanges changes;
    changes.runs = {run(1, "often", "success", 24h * 4000), run(2, "often", "success", 24h * 3000)};
    must(session.engine->saveRuns(changes));
    {
        RunJanitor janitor(*session.engine, log);
        janitor.wake();
    }
    QCOMPARE(session.stored(), (std::vector<RunId> {2, 1}));
}

void TestRunJanitor::manyRuns()
{
    Session session;
    session.open("1d");
    RunChanges changes;
    changes.pipelines.push_back({"often", false, now - 24h * 100, {}, 0, {}});
    for (int i = 1; i <= 1300; ++i) // more than go in one transaction
        changes.runs.push_back(run(i, "often", "success", 24h * 2 + milliseconds {1300 - i}));
    must(session.engine->saveRuns(changes));
    const TaskLog log(session.path() / "data");
    RunJanitor janitor(*session.engine, log);
    QTRY_COMPARE_WITH_TIMEOUT(session.stored(), std::vector<RunId> {1300}, 20'000);
}

QTEST_GUILESS_MAIN(TestRunJanitor)
#include "tst_runjanitor.moc"
