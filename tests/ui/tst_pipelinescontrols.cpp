// What is asked from the screen Pipelines about several things at once, and how it is taken back; the map of the graph.
#include <QAction>
#include <QScrollBar>
#include <QTabWidget>
#include <QTableView>
#include <QTest>

#include "pipelinesfixture.h"
#include "ui/pipelines/graphmap.h"
#include "ui/pipelines/graphview.h"
#include "ui/pipelines/taskdetails.h"

using namespace mnemo;
using namespace Qt::StringLiterals;

namespace {

/// Presses the button of the dialog once what it will do is listed; no window manager goes back to the window here.
void acceptDialog(Desk& desk)
{
    QVERIFY(desk.dialog());
    QTRY_VERIFY(desk.dialog()->mayAccept());
    QTest::keyClick(desk.dialog(), Qt::Key_Return);
    QTRY_VERIFY(!desk.dialog());
    desk.page->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(desk.page.get()));
}

QStringList asked(const Desk& desk, PipelineCommand::Action action, bool isDryRun)
{
    QStringList all;
    for (const PipelineCommand& command : desk.port.asked) {
        if (command.action != action || command.isDryRun != isDryRun)
            continue;
        QStringList tasks;
        for (const std::string& task : command.tasks)
            tasks << QString::fromStdString(task);
        all << u"%1:%2"_s.arg(command.run.value_or(0)).arg(tasks.join(u'+'));
    }
    return all;
}

/// The newest of the three runs is at work.
void openWithARunning(Desk& desk)
{
    desk.port.runsOf["chain"][0] = runOf(3, "running");
    desk.port.all->pipelines[0].runs = desk.port.runsOf["chain"];
    desk.openLoaded();
}

} // namespace

class TestPipelinesControls : public QObject {
    Q_OBJECT

private slots:
    void shiftChoosesARectangle();
    void ctrlChoosesSingleCells();
    void runsAreChosenByTheirRow();
    void graphAndGridChooseTheSame();
    void pipelinesOfTheList();
    void overRunsAreLeftAlone();
    void undoTakesBackTheLast();
    void whatCannotBeUndoneSaysSo();
    void aRefusalInTheMiddleIsTold();
    void theMapShowsWhatIsInView();
};

void TestPipelinesControls::shiftChoosesARectangle()
{
    Desk desk;
    desk.openLoaded();
    GridView* grid = desk.page->grid();
    grid->setFocus();
    QTRY_VERIFY(grid->missing().empty());
    QTest::keyClick(grid, Qt::Key_Down);
    QTest::keyClick(grid, Qt::Key_Down, Qt::ShiftModifier);
    QTest::keyClick(grid, Qt::Key_Left, Qt::ShiftModifier);
    QCOMPARE(grid->chosen().size(), 4U);
    QVERIFY(grid->accessibleDescription().contains(u"4 cell"_s));
    QCOMPARE(desk.page->details()->chosen().others, 3);
    desk.port.outcome.tasks = {{2, 0, "fetch[binance]", "success"}};
    QTest::keyClick(grid, Qt::Key_M);
    QTRY_VERIFY(desk.dialog()->mayAccept());
    QCOMPARE(desk.dialog()->model()->rowCount(), 2); // of both runs
    QVERIFY(desk.dialog()->model()->index(0, 0).data().toString().contains(u"in run 2"_s));
    acceptDialog(desk);
    QCOMPARE(asked(desk, PipelineCommand::Action::Mark, false), (QStringList {u"2:check+fetch"_s, u"3:check+fetch"_s}));
    QTest::keyClick(grid, Qt::Key_Up); // without Shift: one again
    QCOMPARE(grid->chosen().size(), 1U);
}

void TestPipelinesControls::ctrlChoosesSingleCells()
{
    Desk desk;
    desk.openLoaded();
    GridView* grid = desk.page->grid();
    grid->setFocus();
    QTRY_VERIFY(grid->missing().empty());
    const auto click = [&](int row, int column, Qt::KeyboardModifiers keys = {}) {
        QTest::mouseClick(grid->viewport(), Qt::LeftButton, keys, grid->scale().cell(row, column).center());
    };
    click(0, 0);
    click(1, 2, Qt::ControlModifier);
    QVERIFY(grid->chosen() == (std::set<GridChoice> {{1, "fetch"}, {3, "check"}}));
    click(0, 0, Qt::ControlModifier); // out again
    QVERIFY(grid->chosen() == (std::set<GridChoice> {{3, "check"}}));
    QTest::keyClick(grid, Qt::Key_Down, Qt::ControlModifier); // the cursor alone
    QTest::keyClick(grid, Qt::Key_Space, Qt::ControlModifier);
    QVERIFY(grid->chosen() == (std::set<GridChoice> {{1, "check"}, {3, "check"}}));
    QTest::keyClick(grid, Qt::Key_A, Qt::ControlModifier);
    QVERIFY(grid->chosen() == (std::set<GridChoice> {{1, "check"}, {1, "fetch"}}));
}

void TestPipelinesControls::runsAreChosenByTheirRow()
{
    Desk desk;
    desk.openLoaded();
    GridView* grid = desk.page->grid();
    grid->setFocus();
    QTest::keyClick(grid, Qt::Key_Left, Qt::ShiftModifier);
    QVERIFY(grid->chosen() == (std::set<GridChoice> {{2, ""}, {3, ""}}));
    desk.port.outcome.tasks = {{2, 0, "fetch[binance]", "success"}};
    QTest::keyClick(grid, Qt::Key_C);
    acceptDialog(desk);
    QCOMPARE(asked(desk, PipelineCommand::Action::Clear, false), (QStringList {u"2:"_s, u"3:"_s}));
    desk.port.runsOf["chain"].erase(desk.port.runsOf["chain"].begin()); // a run that is gone is chosen no more
    desk.port.all->pipelines[0].runs = desk.port.runsOf["chain"];
    desk.page->refresh();
    QTRY_VERIFY(grid->chosen() == (std::set<GridChoice> {{2, ""}}));
}

void TestPipelinesControls::graphAndGridChooseTheSame()
{
    Desk desk;
    desk.openLoaded();
    GridView* grid = desk.page->grid();
    GraphView* graph = desk.page->graph();
    desk.page->tabs()->setCurrentWidget(graph);
    graph->setFocus();
    QTRY_VERIFY(grid->missing().empty());
    QTest::keyClick(graph, Qt::Key_Home);
    QTest::keyClick(graph, Qt::Key_Right, Qt::ShiftModifier);
    QVERIFY(graph->chosen() == (std::set<std::string> {"check", "fetch"}));
    QVERIFY(grid->chosen() == (std::set<GridChoice> {{3, "check"}, {3, "fetch"}}));
    QTest::keyClick(graph, Qt::Key_Space, Qt::ControlModifier);
    QVERIFY(graph->chosen() == (std::set<std::string> {"fetch"}));
    QTest::keyClick(graph, Qt::Key_A, Qt::ControlModifier);
    QCOMPARE(grid->chosen().size(), 2U);
    desk.port.outcome.tasks = {{3, 0, "fetch[binance]", "success"}};
    QTest::keyClick(graph, Qt::Key_C);
    acceptDialog(desk);
    QCOMPARE(asked(desk, PipelineCommand::Action::Clear, false), QStringList {u"3:check+fetch"_s});
    desk.page->tabs()->setCurrentWidget(grid);
    grid->setFocus();
    QTest::keyClick(grid, Qt::Key_Up);
    QCOMPARE(graph->chosen().size(), 1U);
}

void TestPipelinesControls::pipelinesOfTheList()
{
    Desk desk;
    desk.port.all->pipelines.push_back(summaryOf("other", {}));
    desk.openLoaded();
    desk.page->list()->setFocus();
    QTest::keyClick(desk.page->list(), Qt::Key_Home);
    QTest::keyClick(desk.page->list(), Qt::Key_Down, Qt::ShiftModifier);
    desk.port.outcome.undo = 4;
    QTest::keyClick(desk.page->list(), Qt::Key_P);
    QTRY_COMPARE(desk.told.size(), 1);
    QCOMPARE(desk.port.asked.size(), 2U);
    QVERIFY(desk.port.asked[0].pipeline != desk.port.asked[1].pipeline);
    desk.port.outcome.tasks = {{0, 0, "fetch", "none"}};
    QTest::keyClick(desk.page->list(), Qt::Key_T);
    QTRY_VERIFY(desk.dialog()->mayAccept());
    QCOMPARE(desk.dialog()->model()->rowCount(), 2);
    QVERIFY(desk.dialog()->model()->index(0, 0).data().toString().contains(u": fetch"_s));
}

void TestPipelinesControls::overRunsAreLeftAlone()
{
    Desk desk;
    openWithARunning(desk);
    GridView* grid = desk.page->grid();
    grid->setFocus();
    QTest::keyClick(grid, Qt::Key_Home, Qt::ShiftModifier);
    QCOMPARE(grid->chosen().size(), 3U);
    desk.port.outcome.runs = {3};
    QTest::keyClick(grid, Qt::Key_X);
    acceptDialog(desk);
    QCOMPARE(asked(desk, PipelineCommand::Action::Cancel, false), QStringList {u"3:"_s});
}

void TestPipelinesControls::undoTakesBackTheLast()
{
    Desk desk;
    desk.openLoaded();
    GridView* grid = desk.page->grid();
    grid->setFocus();
    QTRY_VERIFY(grid->missing().empty());
    QTest::keyClick(grid, Qt::Key_Z, Qt::ControlModifier); // nothing to undo
    QVERIFY(desk.port.asked.empty());
    QTest::keyClick(grid, Qt::Key_Left, Qt::ShiftModifier);
    desk.port.outcome.tasks = {{3, 0, "fetch[binance]", "failed"}};
    desk.port.outcome.undo = 7;
    QTest::keyClick(grid, Qt::Key_M);
    acceptDialog(desk);
    QTRY_COMPARE(desk.told.size(), 1);
    QVERIFY(desk.told[0].endsWith(u"Ctrl+Z undoes it."_s));
    desk.port.asked.clear();
    QTest::keyClick(grid, Qt::Key_Z, Qt::ControlModifier);
    QTRY_COMPARE(desk.told.size(), 2);
    QVERIFY(desk.told[1].startsWith(u"Undone: "_s));
    QCOMPARE(desk.port.asked.size(), 2U); // of both runs
    QCOMPARE(int(desk.port.asked[0].action), int(PipelineCommand::Action::Undo));
    QCOMPARE(desk.port.asked[0].undo, 7);
    desk.port.asked.clear();
    QTest::keyClick(grid, Qt::Key_Z, Qt::ControlModifier);
    QVERIFY(desk.port.asked.empty());
}

void TestPipelinesControls::whatCannotBeUndoneSaysSo()
{
    Desk desk;
    openWithARunning(desk);
    GridView* grid = desk.page->grid();
    grid->setFocus();
    desk.port.outcome.runs = {3};
    QTest::keyClick(grid, Qt::Key_X);
    QTRY_VERIFY(desk.dialog()->message().contains(u"This cannot be undone"_s));
    acceptDialog(desk);
    QTRY_COMPARE(desk.told, QStringList {u"Cancelled. This cannot be undone."_s});
    desk.port.outcome.undo = 9;
    QTest::keyClick(grid, Qt::Key_P, Qt::ShiftModifier);
    QTRY_COMPARE(desk.told.size(), 2);
    desk.port.refusal = Error {ErrorCode::InvalidArgument, "run 3 is not running", {}};
    QTest::keyClick(grid, Qt::Key_Z, Qt::ControlModifier);
    QTRY_COMPARE(desk.told.size(), 3);
    QCOMPARE(desk.told[2], u"It cannot be undone: run 3 is not running"_s);
}

void TestPipelinesControls::aRefusalInTheMiddleIsTold()
{
    Desk desk;
    desk.openLoaded();
    GridView* grid = desk.page->grid();
    grid->setFocus();
    QTest::keyClick(grid, Qt::Key_Left, Qt::ShiftModifier);
    desk.port.outcome.tasks = {{3, 0, "fetch[binance]", "failed"}};
    QTest::keyClick(grid, Qt::Key_C);
    QTRY_VERIFY(desk.dialog()->mayAccept());
    desk.port.refuseAfter = 1;
    desk.port.refusal = Error {ErrorCode::StorageFull, "no space left", {}};
    QTest::keyClick(desk.dialog(), Qt::Key_Return);
    QTRY_COMPARE(desk.told.size(), 1); // the first is done, and told
    QTRY_VERIFY(desk.dialog()->message().contains(u"1 of 2 are done, then: no space left"_s));
}

void TestPipelinesControls::theMapShowsWhatIsInView()
{
    std::string yaml = "tasks:\n";
    for (int i = 0; i < 60; ++i)
        yaml += "  - {id: t" + std::to_string(i) + ", type: rollup" + (i >= 6 ? ", depends_on: t" + std::to_string(i - 6) : std::string()) + "}\n";
    GraphView view;
    view.resize(900, 500);
    view.show();
    QVERIFY(QTest::qWaitForWindowExposed(&view));
    view.setPipeline(chain());
    QVERIFY(!view.map()->isVisible()); // all is in view
    view.setPipeline(dagOf("wide", yaml));
    view.setZoom(1, {0, 0});
    GraphMap* map = view.map();
    QVERIFY(map->isVisible());
    QCOMPARE(map->focusPolicy(), Qt::NoFocus);
    QVERIFY(map->accessibleDescription().contains(u"of the graph is in view"_s));
    const QRectF before = map->visiblePart();
    QCOMPARE(before.width(), qreal(view.viewport()->width()));
    QTest::mouseClick(map, Qt::LeftButton, {}, map->rect().center());
    QVERIFY(view.horizontalScrollBar()->value() > 0);
    QVERIFY(std::abs(map->visiblePart().center().x() - map->toWorld(map->rect().center()).x()) < 2);
    QCOMPARE(map->toMap(map->toWorld({30, 40})), QPointF(30, 40));
    QTest::mousePress(map, Qt::LeftButton, {}, map->rect().center());
    QTest::mouseMove(map, map->rect().center() - QPoint(40, 0)); // drags
    QTest::mouseRelease(map, Qt::LeftButton, {}, map->rect().center() - QPoint(40, 0));
    const int dragged = view.horizontalScrollBar()->value();
    const int current = view.current();
    QTest::mouseDClick(map, Qt::LeftButton, {}, map->rect().center() - QPoint(40, 0));
    QCOMPARE(view.horizontalScrollBar()->value(), dragged);
    QCOMPARE(view.current(), current); // nothing of it is for the graph
    QTest::keyClick(&view, Qt::Key_0);
    QCOMPARE(map->isVisible(), view.zoom() == 0.2 && view.horizontalScrollBar()->maximum() > 0);
}

QTEST_MAIN(TestPipelinesControls)
#include "tst_pipelinescontrols.moc"
