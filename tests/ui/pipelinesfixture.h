#pragma once

#include <QTest>

#include "fakepipelinesport.h"
#include "ui/pipelines/commanddialog.h"
#include "ui/pipelines/gridview.h"
#include "ui/pipelines/pipelinespage.h"

namespace mnemo {

using namespace std::chrono_literals;

inline const UtcMs now = fromMs(1'718'020'800'000); // 2024-06-10 12:00

inline std::shared_ptr<const DagDefinition> dagOf(const std::string& id, const std::string& yaml)
{
    auto dag = readDagText(id, yaml);
    if (!dag)
        qFatal("%s", dag.error().detail.c_str());
    return std::make_shared<const DagDefinition>(std::move(*dag));
}

inline std::shared_ptr<const DagDefinition> chain()
{
    return dagOf("chain", "description: A chain\nschedule: every 5m\ntags: [fresh]\ntasks:\n"
                          "  - {id: fetch, type: incremental}\n"
                          "  - {id: check, type: sql, with: {query: \"SELECT {params.least}\", expect: \"> {params.most}\"}, depends_on: fetch, pool: checks}\n");
}

inline RunRecord runOf(RunId id, const char* state = "success")
{
    RunRecord run;
    run.id = id;
    run.pipeline = "chain";
    run.state = state;
    run.queued = now - 10min;
    run.started = now - 9min;
    if (isFinal(*runStateFromText(state)))
        run.finished = now - 8min;
    return run;
}

inline TaskRecord taskOf(RunId run, int index, const char* node, const char* label, const char* state)
{
    TaskRecord task;
    task.run = run;
    task.index = index;
    task.node = node;
    task.label = label;
    task.state = state;
    task.attempt = 1;
    task.started = now - 9min;
    task.finished = now - 8min;
    task.result = R"({"rows": 1200})";
    return task;
}

inline std::vector<TaskRecord> tasksOf(RunId run, const char* fetched = "success", const char* checked = "success")
{
    return {taskOf(run, 0, "fetch", "binance", fetched), taskOf(run, 1, "fetch", "bybit", "success"), taskOf(run, 2, "check", "", checked)};
}

inline PipelineSummary summaryOf(const std::string& id, std::vector<RunRecord> runs)
{
    PipelineSummary one;
    one.record.id = id;
    one.dag = chain();
    one.next = now + 3min;
    one.runs = std::move(runs);
    return one;
}

inline Problem brokenFile()
{
    Problem problem;
    problem.mark = {std::make_shared<const std::string>("/home/me/dags/mine.yaml"), 3, 7};
    problem.path = "dags.mine.tasks";
    problem.message = "unknown key sheduel";
    problem.nearest = "schedule";
    return problem;
}

/// A page with one pipeline, three runs and a broken file.
struct Desk {
    FakePipelinesPort port;
    DisplayZone zone;
    std::unique_ptr<PipelinesPage> page;
    QStringList told;

    Desk()
    {
        port.at = now;
        port.runsOf["chain"] = {runOf(3, "failed"), runOf(2), runOf(1)};
        port.all->pipelines = {summaryOf("chain", port.runsOf["chain"])};
        port.all->pools["default"] = {8, 2, 1};
        port.all->problems = {brokenFile()};
        port.all->isScheduling = true;
        port.tasksOf = {{1, tasksOf(1)}, {2, tasksOf(2)}, {3, tasksOf(3, "failed", "upstream_failed")}};
        port.tasksOf[3][0].error = "the venue is down";
        port.lines = {{now, 0, 1, log::Level::Info, "asking binance"}, {now, 0, 1, log::Level::Error, "no answer"}, {now, 1, 1, log::Level::Info, "asking bybit"}};
    }
    void open()
    {
        page = std::make_unique<PipelinesPage>(port, zone);
        QObject::connect(page.get(), &PipelinesPage::told, page.get(), [this](const QString& sentence) { told << sentence; });
        page->resize(1200, 800);
        page->show();
        QVERIFY(QTest::qWaitForWindowExposed(page.get()));
    }
    void openLoaded()
    {
        open();
        QTRY_COMPARE(page->grid()->grid().rowCount(), 2);
    }
    CommandDialog* dialog() const { return page->findChild<CommandDialog*>(); }
};

} // namespace mnemo
