// The screen Pipelines on what a port tells: its list, its grid, its graph, its dialog.
#include <QAbstractItemModelTester>
#include <QAction>
#include <QCheckBox>
#include <QElapsedTimer>
#include <QImage>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTableView>
#include <QTest>

#include "pipelinesfixture.h"
#include "ui/pipelines/graphview.h"
#include "ui/pipelines/gridview.h"
#include "ui/pipelines/pipelinetext.h"
#include "ui/pipelines/runbarsdelegate.h"
#include "ui/pipelines/taskdetails.h"
#include "ui/pipelines/yamlview.h"
#include "ui/widgets/theme.h"

using namespace mnemo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class TestPipelines : public QObject {
    Q_OBJECT

private slots:
    void listTellsSchedulePoolsAndProblems();
    void listSaysTheLeastThatChanged();
    void tickingAsksAndWaits();
    void barsAreAsHighAsRunsTookLong();
    void outcomesAreListed();
    void gridKeepsOrderAndOpensInstances();
    void gridReadsWhatIsInSight();
    void gridScrollsFast();
    void gridPaintsGlyphAndColour();
    void theWorstStateStandsForMany_data();
    void theWorstStateStandsForMany();
    void layersByTheLongestPath();
    void barycentersUncross();
    void aThousandTasksAreLaidOutAtOnce();
    void graphByKeys();
    void detailsOfTheCursor();
    void retryListsWhatWillChange();
    void refusalsStandInTheDialog();
    void parametersAreNamed();
    void yamlFollowsTheTask();
    void errorsStandInTheirFile();
    void seriesOfATaskAreAWayOut();
    void emptyAndBroken();
};

void TestPipelines::listTellsSchedulePoolsAndProblems()
{
    Desk desk;
    PipelinesModel model(desk.zone);
    QAbstractItemModelTester guard(&model);
    model.apply(desk.port.all, now);
    QCOMPARE(model.rowCount(), 2);
    const auto text = [&](int row, int column) { return model.index(row, column).data().toString(); };
    QCOMPARE(text(0, PipelinesModel::Name), u"chain"_s);
    QCOMPARE(text(0, PipelinesModel::ScheduleText), u"every 5m"_s);
    QCOMPARE(text(0, PipelinesModel::Next), u"2024-06-10 12:03 UTC"_s);
    QCOMPARE(text(0, PipelinesModel::Pools), u"checks; default 2/8, 1 wait"_s);
    QCOMPARE(text(0, PipelinesModel::Tags), u"fresh"_s);
    QVERIFY(model.index(0, PipelinesModel::Runs).data(Qt::ToolTipRole).toString().startsWith(u"\u2715"_s));
    QCOMPARE(text(1, PipelinesModel::Name), u"\u26A0 mine.yaml:3:7"_s);
    QVERIFY(text(1, PipelinesModel::ScheduleText).contains(u"did you mean schedule?"_s));
    QVERIFY(!model.index(1, PipelinesModel::Name).flags().testFlag(Qt::ItemIsUserCheckable));
}

void TestPipelines::listSaysTheLeastThatChanged()
{
    Desk desk;
    desk.port.all->pipelines.push_back(summaryOf("other", {}));
    PipelinesModel model(desk.zone);
    QAbstractItemModelTester guard(&model);
    model.apply(std::make_shared<const PipelinesOverview>(*desk.port.all), now);
    QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
    QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
    model.apply(std::make_shared<const PipelinesOverview>(*desk.port.all), now);
    QCOMPARE(changed.count(), 0);
    desk.port.all->pipelines[1].record.isPaused = true;
    model.apply(std::make_shared<const PipelinesOverview>(*desk.port.all), now);
    QCOMPARE(changed.count(), 1);
    QCOMPARE(changed.at(0).at(0).toModelIndex().row(), 1);
    QCOMPARE(changed.at(0).at(1).toModelIndex().row(), 1);
    QCOMPARE(reset.count(), 0);
    desk.port.all->problems.clear();
    model.apply(std::make_shared<const PipelinesOverview>(*desk.port.all), now);
    QCOMPARE(reset.count(), 1);
}

void TestPipelines::tickingAsksAndWaits()
{
    Desk desk;
    desk.openLoaded();
    desk.page->list()->setFocus();
    QTest::keyClick(desk.page->list(), Qt::Key_Space);
    QTRY_COMPARE(desk.port.asked.size(), 1U);
    QCOMPARE(desk.port.asked[0].action, PipelineCommand::Action::Pause);
    QCOMPARE(desk.port.asked[0].pipeline, std::string("chain"));
    QCOMPARE(desk.page->model()->index(0, 0).data(Qt::CheckStateRole).toInt(), int(Qt::Checked)); // until the store says so
    desk.port.all->pipelines[0].record.isPaused = true;
    desk.port.tell({{"chain"}, {}, false});
    QTRY_COMPARE(desk.page->model()->index(0, 0).data(Qt::CheckStateRole).toInt(), int(Qt::Unchecked));
    QCOMPARE(desk.page->model()->index(0, PipelinesModel::Next).data().toString(), u"paused"_s);
}

void TestPipelines::barsAreAsHighAsRunsTookLong()
{
    const auto heights = barHeights({std::nullopt, 1min, 4min}, 20);
    QCOMPARE(heights, (std::vector {2, 11, 20}));
    QCOMPARE(barHeights({std::nullopt}, 20), (std::vector {2}));
}

void TestPipelines::outcomesAreListed()
{
    DisplayZone zone;
    OutcomeModel model(zone);
    QAbstractItemModelTester guard(&model);
    CommandOutcome outcome;
    outcome.dues = {now, now + 1h};
    model.apply({outcome});
    QCOMPARE(model.rowCount(), 2);
    QCOMPARE(model.index(1, 0).data().toString(), u"Run for 2024-06-10 13:00 UTC"_s);
    outcome.dues.clear();
    outcome.tasks = {{7, 0, "fetch[binance]", "success_with_gaps"}, {0, 1, "check", "none"}};
    model.apply({outcome});
    QCOMPARE(model.index(0, OutcomeModel::State).data().toString(), u"\u25D0 Finished with gaps"_s);
    QCOMPARE(model.index(1, OutcomeModel::State).data().toString(), u"new"_s);
    CommandOutcome other;
    other.runs = {8};
    model.apply({outcome, other}, {u"chain"_s, QString()}); // several: each says what it is of
    QCOMPARE(model.rowCount(), 3);
    QCOMPARE(model.index(0, 0).data().toString(), u"chain: fetch[binance] in run 7"_s);
    QCOMPARE(model.index(2, 0).data().toString(), u"Run 8"_s);
}

void TestPipelines::gridKeepsOrderAndOpensInstances()
{
    RunGrid grid;
    grid.setRuns({runOf(9), runOf(7), runOf(5)});
    QCOMPARE(grid.run(0).id, 5);
    QCOMPARE(grid.missing(0, 3, 10), (std::vector<RunId> {9, 7, 5}));
    grid.setTasks(9, tasksOf(9, "failed", "upstream_failed"));
    QCOMPARE(grid.missing(0, 3, 1), (std::vector<RunId> {7}));
    QCOMPARE(grid.rowCount(), 2);
    QCOMPARE(int(grid.cell(0, 2)->state), int(TaskState::Failed)); // the worst of two
    QCOMPARE(grid.cell(0, 2)->instances, 2);
    QCOMPARE(int(grid.cell(1, 2)->state), int(TaskState::UpstreamFailed));
    QVERIFY(!grid.cell(0, 0)); // not read
    grid.setOpen(0, true);
    QCOMPARE(grid.rowCount(), 4);
    QCOMPARE(grid.taskName(2), std::string("fetch[bybit]"));
    QCOMPARE(int(grid.cell(1, 2)->state), int(TaskState::Failed));
    QCOMPARE(int(grid.cell(2, 2)->state), int(TaskState::Success));
    QCOMPARE(grid.cell(2, 2)->index, 1);
    auto held = tasksOf(9, "running", "none");
    held[1].state = "scheduled";
    held[1].isPaused = true;
    grid.setTasks(9, held);
    QVERIFY(!grid.cell(0, 2)->isPaused && grid.cell(2, 2)->isPaused); // one of two: the other is at work
    held[0].isPaused = true;
    grid.setTasks(9, held);
    QVERIFY(grid.cell(0, 2)->isPaused);
    grid.forget(9);
    QCOMPARE(grid.missing(2, 3, 1), (std::vector<RunId> {9}));
    QVERIFY(grid.cell(2, 2)); // shown as it was meanwhile
    grid.setTasks(7, std::vector {taskOf(7, 0, "late", "", "running")});
    QCOMPARE(grid.rowOf("late"), 4);
    QVERIFY(!grid.update(std::vector {runOf(9, "running"), runOf(11)}));
    QCOMPARE(grid.run(2).state, std::string("running"));
    grid.setRuns({runOf(11), runOf(9)});
    QCOMPARE(grid.columnOf(9), 0);
    QVERIFY(grid.cell(0, 0));
    QCOMPARE(grid.columnOf(5), -1);
}

void TestPipelines::gridReadsWhatIsInSight()
{
    Desk desk;
    for (RunId id = 4; id <= 500; ++id) {
        desk.port.runsOf["chain"].insert(desk.port.runsOf["chain"].begin(), runOf(id));
        desk.port.tasksOf[id] = tasksOf(id);
    }
    desk.openLoaded();
    GridView* grid = desk.page->grid();
    QCOMPARE(grid->horizontalScrollBar()->value(), grid->horizontalScrollBar()->maximum()); // the newest
    QTRY_VERIFY(grid->missing().empty());
    QVERIFY(desk.port.tasksRead.size() < 200);
    QVERIFY(std::ranges::find(desk.port.tasksRead, RunId {1}) == desk.port.tasksRead.end());
    grid->setFocus();
    QTest::keyClick(grid, Qt::Key_Home);
    QTRY_VERIFY(std::ranges::find(desk.port.tasksRead, RunId {1}) != desk.port.tasksRead.end());
    QTRY_VERIFY(grid->grid().isLoaded(0));
    QCOMPARE(grid->scale().columnAt(grid->scale().cell(0, 0).center().x()), 0);
    QCOMPARE(grid->scale().rowAt(grid->scale().cell(1, 0).center().y()), 1);
    QCOMPARE(grid->scale().columnAt(3), -1);
}

void TestPipelines::gridScrollsFast()
{
    DisplayZone zone;
    GridView view(zone);
    view.resize(1600, 1000);
    constexpr RunId runs = 10'000;
    constexpr int tasks = 200;
    std::vector<RunRecord> list;
    for (RunId id = runs; id > 0; --id)
        list.push_back(runOf(id));
    std::vector<TaskRecord> records;
    for (int i = 0; i < tasks; ++i)
        records.push_back(taskOf(0, i, ("task" + std::to_string(i)).c_str(), "", i % 7 == 0 ? "failed" : "success"));
    view.show();
    QVERIFY(QTest::qWaitForWindowExposed(&view));
    view.edit([&](RunGrid& grid) {
        grid.setRuns(std::move(list));
        for (RunId id = runs; id > runs - 400; --id)
            grid.setTasks(id, records);
    });
    QImage image(view.viewport()->size(), QImage::Format_RGB32);
    QElapsedTimer timer;
    timer.start();
    constexpr int frames = 40;
    for (int i = 0; i < frames; ++i) {
        view.horizontalScrollBar()->setValue(view.horizontalScrollBar()->maximum() - 40 * i);
        view.verticalScrollBar()->setValue(30 * i);
        view.viewport()->render(&image);
    }
    const double each = static_cast<double>(timer.elapsed()) / frames;
    qInfo("a frame of 10,000 runs x 200 tasks: %.1f ms", each);
    QVERIFY2(each < 100, "painting depends on what is not visible"); // machines of all kinds; the number above is what counts
}

void TestPipelines::gridPaintsGlyphAndColour()
{
    const Theme theme = Theme::of(QPalette(Qt::white, Qt::white));
    QImage image(40, 20, QImage::Format_RGB32);
    image.fill(theme.background);
    QPainter painter(&image);
    paintCell(painter, QRect(0, 0, 20, 20), {TaskState::Failed, false, 0, 1}, theme);
    paintCell(painter, QRect(20, 0, 20, 20), {TaskState::None, false, 0, 1}, theme);
    painter.end();
    QCOMPARE(image.pixelColor(3, 3), theme.bad);
    QCOMPARE(image.pixelColor(22, 10), theme.neutral); // an outline ...
    QCOMPARE(image.pixelColor(24, 4), theme.background); // ... alone
    bool hasGlyph = false;
    for (int x = 4; x < 16; ++x)
        hasGlyph = hasGlyph || image.pixelColor(x, 10) != theme.bad;
    QVERIFY(hasGlyph);
}

void TestPipelines::theWorstStateStandsForMany_data()
{
    QTest::addColumn<QString>("a");
    QTest::addColumn<QString>("b");
    QTest::newRow("a gap is no success") << u"success_with_gaps"_s << u"success"_s;
    QTest::newRow("failed before what it brought down") << u"failed"_s << u"upstream_failed"_s;
    QTest::newRow("at work before failed") << u"running"_s << u"failed"_s;
    QTest::newRow("skipped is no failure") << u"failed"_s << u"skipped"_s;
}

void TestPipelines::theWorstStateStandsForMany()
{
    QFETCH(const QString, a);
    QFETCH(const QString, b);
    const TaskState worse = *taskStateFromText(a.toStdString()), better = *taskStateFromText(b.toStdString());
    QCOMPARE(int(worseOf(worse, better)), int(worse));
    QCOMPARE(int(worseOf(better, worse)), int(worse));
}

void TestPipelines::layersByTheLongestPath()
{
    std::vector<TaskDefinition> tasks(4);
    tasks[0].id = "a";
    tasks[1] = {.id = "b", .type = {}, .work = {}, .dependsOn = {"a"}};
    tasks[2] = {.id = "c", .type = {}, .work = {}, .dependsOn = {"a", "b"}};
    tasks[3].id = "alone";
    const GraphLayout layout = layOut(tasks);
    QCOMPARE(layout.layers, 3);
    QCOMPARE(layout.widest, 2);
    QCOMPARE(layout.places[2].layer, 2);
    QCOMPARE(layout.places[3].layer, 0);
    QCOMPARE(layout.edges.size(), 3U);
    QCOMPARE(layout.places[1].position, 0.5); // in the middle of the widest
}

void TestPipelines::barycentersUncross()
{
    std::vector<TaskDefinition> tasks;
    for (int i = 0; i < 6; ++i)
        tasks.push_back({.id = "a" + std::to_string(i), .type = {}, .work = {}});
    for (int i = 0; i < 6; ++i) // each waits for the one opposite
        tasks.push_back({.id = "b" + std::to_string(i), .type = {}, .work = {}, .dependsOn = {"a" + std::to_string(5 - i)}});
    const GraphLayout layout = layOut(tasks);
    QCOMPARE(crossings(layout), 0);
}

void TestPipelines::aThousandTasksAreLaidOutAtOnce()
{
    std::vector<TaskDefinition> tasks;
    for (int i = 0; i < 1000; ++i) {
        TaskDefinition task;
        task.id = "t" + std::to_string(i);
        if (i >= 50)
            task.dependsOn = {"t" + std::to_string(i - 50 + i % 7), "t" + std::to_string(i - 50)};
        tasks.push_back(task);
    }
    QElapsedTimer timer;
    timer.start();
    const GraphLayout layout = layOut(tasks);
    qInfo("1,000 tasks laid out in %lld ms", static_cast<long long>(timer.elapsed()));
    QVERIFY(layout.layers >= 20);
    QVERIFY(timer.elapsed() < 10'000);
}

void TestPipelines::graphByKeys()
{
    Desk desk;
    desk.openLoaded();
    desk.page->list()->setFocus();
    QTest::keyClick(desk.page->list(), Qt::Key_G);
    GraphView* graph = desk.page->graph();
    QVERIFY(graph->isVisible());
    QVERIFY(graph->hasFocus());
    QCOMPARE(graph->currentTask(), std::string("fetch"));
    QTest::keyClick(graph, Qt::Key_Right);
    QCOMPARE(graph->currentTask(), std::string("check"));
    QVERIFY(graph->nodeRect(1).left() > graph->nodeRect(0).right());
    QTRY_VERIFY(graph->nodeText(1).contains(u"Upstream failed"_s));
    QVERIFY(graph->nodeText(0).contains(u"2,400 row"_s));
    QCOMPARE(desk.page->details()->chosen().name, std::string("check"));
    const qreal before = graph->zoom();
    QTest::keyClick(graph, Qt::Key_Plus);
    QVERIFY(graph->zoom() > before);
    QTest::keyClick(graph, Qt::Key_0);
    QCOMPARE(graph->zoom(), before);
    QTest::keyClick(graph, Qt::Key_Return);
    QVERIFY(desk.page->grid()->hasFocus());
    QCOMPARE(desk.page->grid()->row(), 1);
    QTest::keyClick(desk.page->grid(), Qt::Key_Up); // and the graph follows the grid
    QCOMPARE(graph->currentTask(), std::string("fetch"));
}

void TestPipelines::detailsOfTheCursor()
{
    Desk desk;
    desk.openLoaded();
    GridView* grid = desk.page->grid();
    TaskDetails* details = desk.page->details();
    QCOMPARE(grid->column(), 2);
    QVERIFY(details->facts().startsWith(u"\u2715 Failed"_s)); // the whole run
    QTRY_COMPARE(details->logText().split(u'\n').size(), 3);
    grid->setFocus();
    QTest::keyClick(grid, Qt::Key_Down);
    QTest::keyClick(grid, Qt::Key_Return); // opens the row
    QTest::keyClick(grid, Qt::Key_Down);
    QCOMPARE(details->chosen().name, std::string("fetch[binance]"));
    QTRY_VERIFY(details->facts().contains(u"the venue is down"_s));
    QVERIFY(details->facts().contains(u"rows: 1,200"_s));
    QTRY_COMPARE(details->logText().split(u'\n').size(), 2);
    details->filter()->setText(u"ANSWER"_s);
    QVERIFY(details->logText().endsWith(u"no answer"_s));
    QCOMPARE(details->logText().split(u'\n').size(), 1);
    QTest::keyClick(grid, Qt::Key_Left);
    QTRY_COMPARE(int(details->chosen().tasks.size()), 1);
    QCOMPARE(details->chosen().run->id, 2);
}

void TestPipelines::retryListsWhatWillChange()
{
    Desk desk;
    desk.openLoaded();
    desk.port.outcome.runs = {3};
    desk.port.outcome.tasks = {{3, 0, "fetch[binance]", "failed"}, {3, 2, "check", "upstream_failed"}};
    desk.page->grid()->setFocus();
    QTest::keyClick(desk.page->grid(), Qt::Key_R);
    CommandDialog* dialog = desk.dialog();
    QVERIFY(dialog && dialog->isVisible());
    QTRY_VERIFY(dialog->mayAccept());
    QCOMPARE(dialog->model()->rowCount(), 2);
    QVERIFY(desk.port.asked.back().isDryRun);
    QVERIFY(desk.port.asked.back().failedOnly && desk.port.asked.back().withDownstream);
    QCOMPARE(desk.port.asked.back().run.value(), RunId {3});
    dialog->findChildren<QCheckBox*>().constFirst()->click(); // upstream: the list is another
    QVERIFY(!dialog->mayAccept());
    QTRY_VERIFY(dialog->mayAccept());
    QVERIFY(desk.port.asked.back().withUpstream);
    QTest::keyClick(dialog, Qt::Key_Return);
    QTRY_VERIFY(!desk.told.isEmpty());
    QCOMPARE(desk.told.constFirst(), u"2 task(s) begin again."_s);
    QVERIFY(!desk.port.asked.back().isDryRun);
    QTRY_VERIFY(!desk.dialog());
}

void TestPipelines::refusalsStandInTheDialog()
{
    Desk desk;
    desk.openLoaded();
    desk.port.refusal = Error {ErrorCode::InvalidArgument, "run 3 has not begun: it has no tasks yet", {}};
    desk.page->grid()->setFocus();
    QTest::keyClick(desk.page->grid(), Qt::Key_C);
    QTRY_VERIFY(desk.dialog()->message().contains(u"it has no tasks yet"_s));
    QVERIFY(!desk.dialog()->mayAccept());
    QTest::keyClick(desk.dialog(), Qt::Key_Return);
    QVERIFY(desk.port.asked.back().isDryRun);
    QTest::keyClick(desk.dialog(), Qt::Key_Escape);
    QTRY_VERIFY(!desk.dialog());
}

void TestPipelines::parametersAreNamed()
{
    Desk desk;
    desk.openLoaded();
    desk.page->list()->setFocus();
    desk.port.outcome.tasks = {{0, 0, "fetch", "none"}};
    QTest::keyClick(desk.page->list(), Qt::Key_T);
    CommandDialog* dialog = desk.dialog();
    QVERIFY(dialog);
    auto* edit = dialog->findChild<QPlainTextEdit*>();
    QCOMPARE(edit->toPlainText(), u"least=\nmost="_s);
    edit->setPlainText(u"least=4\nmost= 7 \nnothing"_s);
    const std::map<std::string, std::string> wanted {{"least", "4"}, {"most", "7"}};
    QCOMPARE(dialog->commands().front().parameters, wanted);
    QTRY_VERIFY(dialog->mayAccept());
    QCOMPARE(desk.port.asked.back().parameters, wanted);
}

void TestPipelines::yamlFollowsTheTask()
{
    Desk desk;
    auto marked = std::make_shared<DagDefinition>(*chain());
    const auto file = std::make_shared<const std::string>("/home/me/dags/chain.yaml");
    marked->mark = {file, 1, 1};
    marked->tasks[0].mark = {file, 3, 5};
    marked->tasks[1].mark = {file, 5, 5};
    desk.port.all->pipelines[0].dag = marked;
    desk.port.files[*file] = "chain:\n  tasks:\n    - id: fetch\n      type: incremental\n    - id: check\n      type: sql\n";
    desk.openLoaded();
    YamlView* yaml = desk.page->yaml();
    QTRY_VERIFY(yaml->text().contains(u"id: check"_s));
    QCOMPARE(yaml->note(), u"/home/me/dags/chain.yaml"_s);
    desk.page->graph()->setCurrent(1);
    QCOMPARE(yaml->line(), 5);
    desk.page->tabs()->setCurrentWidget(yaml);
    auto* text = yaml->findChild<QPlainTextEdit*>();
    text->setFocus();
    QTest::keyClick(text, Qt::Key_Up); // the type of the first task
    QCOMPARE(desk.page->graph()->currentTask(), std::string("fetch"));
    QCOMPARE(yaml->line(), 3);
}

void TestPipelines::errorsStandInTheirFile()
{
    Desk desk;
    desk.port.files["/home/me/dags/mine.yaml"] = "mine:\n  tasks: []\n  sheduel: daily\n";
    desk.openLoaded();
    desk.page->list()->setFocus();
    QTest::keyClick(desk.page->list(), Qt::Key_Down);
    YamlView* yaml = desk.page->yaml();
    QVERIFY(yaml->isVisible());
    QTRY_COMPARE(yaml->line(), 3);
    QVERIFY(yaml->note().contains(u"3:7 dags.mine.tasks: unknown key sheduel"_s));
    const auto marks = yaml->findChild<QPlainTextEdit*>()->extraSelections();
    QCOMPARE(marks.size(), 2);
    QCOMPARE(marks[1].cursor.blockNumber(), 2);
    QCOMPARE(marks[1].cursor.selectedText(), u"uel: daily"_s);
}

void TestPipelines::seriesOfATaskAreAWayOut()
{
    Desk desk;
    desk.port.tasksOf[3][0].plan = R"({"series": [["binance", "binance", "spot", "BTC/USDT", "candles", "1h"]], "upstream": []})";
    desk.port.tasksOf[3][1].plan = R"({"series": [["bybit", "bybit", "spot", "BTC/USDT", "candles", "1h"]], "upstream": []})";
    desk.openLoaded();
    QSignalSpy coverage(desk.page.get(), &PipelinesPage::coverageRequested);
    GridView* grid = desk.page->grid();
    grid->setFocus();
    QTRY_COMPARE(desk.page->details()->chosen().tasks.size(), 3U);
    QTest::keyClick(grid, Qt::Key_O); // a run is about no series of its own
    QCOMPARE(coverage.count(), 0);
    QTest::keyClick(grid, Qt::Key_Down);
    QTest::keyClick(grid, Qt::Key_O);
    QCOMPARE(coverage.takeFirst().at(0).toString(), u"BTC/USDT"_s); // what both have in common
    QTest::keyClick(grid, Qt::Key_Return);
    QTest::keyClick(grid, Qt::Key_Down);
    QTest::keyClick(grid, Qt::Key_O);
    QCOMPARE(coverage.takeFirst().at(0).toString(), u"binance BTC/USDT"_s);
}

void TestPipelines::emptyAndBroken()
{
    Desk desk;
    desk.port.all->pipelines.clear();
    desk.port.all->problems.clear();
    desk.open();
    QTRY_COMPARE(desk.page->message(), u"No pipelines"_s);
    desk.port.all->problems = {brokenFile()};
    desk.port.tell({{}, {}, true});
    QTRY_COMPARE(desk.page->message(), QString());
    QCOMPARE(desk.page->model()->rowCount(), 1);
    for (const QAction* action : desk.page->allActions()) {
        if (action && action->shortcut() == QKeySequence(Qt::Key_T))
            QVERIFY(!action->isEnabled());
    }
}

QTEST_MAIN(TestPipelines)
#include "tst_pipelines.moc"
