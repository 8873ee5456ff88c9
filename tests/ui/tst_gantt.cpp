// One run over time: what becomes a bar, where it is, how it is painted and walked through.
#include <QElapsedTimer>
#include <QImage>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTest>

#include "pipelinesfixture.h"
#include "ui/pipelines/ganttview.h"
#include "ui/pipelines/taskdetails.h"

using namespace mnemo;
using namespace Qt::StringLiterals;

namespace {

TaskTry tryOf(int attempt, UtcMs begin, UtcMs end, const char* state = "success", const char* pool = "default")
{
    TaskTry one;
    one.attempt = attempt;
    one.pool = pool;
    one.scheduled = begin - 5s;
    one.started = begin;
    one.finished = end;
    one.state = state;
    return one;
}

TaskRecord withTries(TaskRecord task, std::vector<TaskTry> tries)
{
    task.tries = std::move(tries);
    return task;
}

/// fetch[binance] failed, waited in between and went well; fetch[bybit] once; check in a pool of its own, at work.
std::vector<TaskRecord> history(RunId run)
{
    TaskTry second = tryOf(2, now - 6min, now - 4min);
    second.waits = {{now - 350s, now - 300s, "rate limit", 40s}, {now - 280s, now - 270s, "circuit breaker of api.test", 10s}};
    TaskTry working = tryOf(1, now - 3min, now, "", "checks");
    working.finished.reset();
    std::vector<TaskRecord> tasks = tasksOf(run, "success", "running");
    tasks[0] = withTries(tasks[0], {tryOf(1, now - 9min, now - 8min, "failed"), second});
    tasks[0].tries[0].error = "the venue is down";
    tasks[1] = withTries(tasks[1], {tryOf(1, now - 540s - 1s, now - 7min)});
    tasks[2] = withTries(tasks[2], {working});
    tasks[2].finished.reset();
    return tasks;
}

GanttScene sceneOf(const std::vector<TaskRecord>& tasks, const std::vector<TaskProgress>& progress = {}, const char* state = "running")
{
    return ganttOf(runOf(1, state), tasks, progress, chain().get(), {{"default", {8, 0, 0}}, {"checks", {2, 1, 0}}}, now);
}

/// So many tasks with two tries each, that wait now and then.
GanttScene manyTasks(int count)
{
    std::vector<TaskRecord> tasks;
    for (int i = 0; i < count; ++i) {
        TaskTry first = tryOf(1, now - 9min + i * 1s, now - 7min + i * 1s, "failed");
        TaskTry second = tryOf(2, now - 6min + i * 1s, now - 2min);
        for (int wait = 0; wait < 8; ++wait)
            second.waits.push_back({*second.started + wait * 10s, *second.started + wait * 10s + 5s, "rate limit", 5s});
        tasks.push_back(withTries(taskOf(1, i, ("task" + std::to_string(i)).c_str(), "", i % 7 == 0 ? "failed" : "success"), {first, second}));
    }
    return sceneOf(tasks);
}

GanttLook lookOf(GlyphPictures& glyphs)
{
    return {Theme::of(QPalette(Qt::white, Qt::white)), Qt::white, Qt::black, QFont(), &glyphs};
}

} // namespace

class TestGantt : public QObject {
    Q_OBJECT

private slots:
    void lanesRowsAndBars();
    void liveWaitsComeFromTheWork();
    void oldRecordsHaveOneBar();
    void anEndThatNobodyKnows();
    void placesAndBack();
    void waitsAreHatched();
    void shortBarsAreSeen();
    void walkByKeys();
    void zoomStaysAtTheCursor();
    void theEndIsFollowed();
    void wordsForAll();
    void nowIsALine();
    void twoHundredTasksInAFrame();
    void followsTheGrid();
};

void TestGantt::lanesRowsAndBars()
{
    const GanttScene scene = sceneOf(history(1));
    QCOMPARE(scene.lanes.size(), 2U);
    QCOMPARE(scene.lanes[0].pool, std::string("checks"));
    QCOMPARE(scene.lanes[0].size, 2);
    QCOMPARE(scene.lanes[1].first, 1U);
    QCOMPARE(scene.rows[1].name, std::string("fetch[bybit]")); // began first
    QCOMPARE(scene.rows[2].bars.size(), 2U);
    QCOMPARE(int(scene.rows[2].bars[0].state), int(TaskState::Failed));
    QCOMPARE(int(scene.rows[2].bars[1].state), int(TaskState::Success));
    QCOMPARE(scene.rows[2].bars[1].waited().count(), 50'000);
    QCOMPARE(int(scene.rows[0].bars[0].state), int(TaskState::Running));
    QVERIFY(scene.rows[0].bars[0].ended == now);
    QVERIFY(scene.isLive && scene.span.to == now);
    QCOMPARE(scene.laneOf(0), 0);
    QCOMPARE(scene.laneOf(2), 1);
}

void TestGantt::liveWaitsComeFromTheWork()
{
    TaskProgress progress;
    progress.task = {1, 2};
    progress.rows = 77;
    progress.waits = {{now - 20s, now, "rate limit", 20s}};
    const GanttScene scene = sceneOf(history(1), {progress});
    QVERIFY(scene.rows[0].bars[0].waits == progress.waits);
    QCOMPARE(scene.rows[0].rows.value(), 77);
}

void TestGantt::oldRecordsHaveOneBar()
{
    const GanttScene scene = sceneOf(tasksOf(1, "failed", "none"), {}, "failed");
    QCOMPARE(scene.lanes.size(), 2U); // pools as the pipeline says
    const int fetch = scene.rowOf("fetch[binance]");
    QCOMPARE(scene.rows[static_cast<std::size_t>(fetch)].bars.size(), 1U);
    QCOMPARE(int(scene.rows[static_cast<std::size_t>(fetch)].bars[0].state), int(TaskState::Failed));
    QVERIFY(!scene.isLive);
}

void TestGantt::anEndThatNobodyKnows()
{
    TaskTry lost = tryOf(1, now - 9min, now);
    lost.finished.reset();
    lost.state.clear();
    auto tasks = history(1);
    tasks[1].tries = {lost, tryOf(1, now - 3min, now - 2min)};
    const GanttScene scene = sceneOf(tasks);
    const GanttScene::Bar& bar = scene.rows[static_cast<std::size_t>(scene.rowOf("fetch[bybit]"))].bars[0];
    QVERIFY(!bar.isEndKnown);
    QVERIFY(bar.ended == now - 3min - 5s);
}

void TestGantt::placesAndBack()
{
    const GanttScene scene = sceneOf(history(1));
    GanttPlaces at;
    at.time = {static_cast<double>(toMs(now - 10min)), 1'000, 600};
    for (int row = 0; row < 3; ++row)
        QCOMPARE(at.rowAt(scene, at.row(scene, static_cast<std::size_t>(row)).center().y()), row);
    QCOMPARE(at.rowAt(scene, at.lane(scene, 1).center().y()), -1);
    QCOMPARE(at.rowAt(scene, 3), -1);
    QCOMPARE(at.rowAt(scene, 1000), -1);
    const GanttScene::Row& fetch = scene.rows[2];
    const QRect row = at.row(scene, 2);
    const QRectF second = at.work(fetch.bars[1], row);
    QCOMPARE(second.left(), 160 + 240.0);
    QCOMPARE(second.width(), 120.0);
    QCOMPARE(at.queue(fetch.bars[1], row).width(), 5.0);
    QCOMPARE(at.wait(fetch.bars[1].waits[0], second), QRectF(160 + 250, second.top(), 50, second.height()));
    QCOMPARE(at.barAt(fetch, 405), 1);
    QCOMPARE(at.barAt(fetch, 230), 0);
    QCOMPARE(at.barAt(fetch, 700), -1);
    at.top = 20;
    QCOMPARE(at.row(scene, 2).top(), row.top() - 20);
    at.time.msPerPixel = 0.5; // far outside stays near
    QVERIFY(at.work(fetch.bars[1], row).right() < 1000);
}

void TestGantt::waitsAreHatched()
{
    const GanttScene scene = sceneOf(history(1));
    GanttPlaces at;
    at.names = 0;
    at.time = {static_cast<double>(toMs(now - 10min)), 1'000, 600};
    QImage image(600, 20, QImage::Format_RGB32);
    image.fill(Qt::white);
    QPainter painter(&image);
    GlyphPictures glyphs;
    const GanttLook look = lookOf(glyphs);
    for (const GanttScene::Bar& bar : scene.rows[2].bars)
        paintBar(painter, bar, QRect(0, 0, 600, 20), at, look);
    painter.end();
    QCOMPARE(image.pixelColor(115, 5), look.theme.bad); // the first try
    QCOMPARE(image.pixelColor(245, 10), look.theme.good);
    QCOMPARE(image.pixelColor(345, 10), look.theme.good);
    int hatched = 0, empty = 0, filled = 0;
    for (int x = 252; x < 298; ++x) {
        for (int y = 5; y < 15; ++y) {
            hatched += image.pixelColor(x, y) == look.theme.warning ? 1 : 0;
            empty += image.pixelColor(x, y) == Qt::white ? 1 : 0;
            filled += image.pixelColor(x, y) == look.theme.good ? 1 : 0;
        }
    }
    QVERIFY(hatched > 30 && empty > 30);
    QCOMPARE(filled, 0);
    QCOMPARE(image.pixelColor(180, 10), QColor(Qt::white)); // between the tries
}

void TestGantt::shortBarsAreSeen()
{
    GanttScene::Bar bar;
    bar.queued = now;
    bar.started = now;
    bar.ended = now;
    GanttPlaces at;
    at.time = {static_cast<double>(toMs(now - 1h)), 60'000, 600};
    QVERIFY(at.work(bar, QRect(0, 0, 600, 20)).width() >= 3);
    QVERIFY(at.queue(bar, QRect(0, 0, 600, 20)).isNull());
    at.time.from = static_cast<double>(toMs(now + 24h)); // long past
    QVERIFY(at.work(bar, QRect(0, 0, 600, 20)).right() < at.names);
}

void TestGantt::walkByKeys()
{
    DisplayZone zone;
    GanttView view(zone);
    view.resize(900, 300);
    view.show(sceneOf(history(1)));
    view.QWidget::show();
    QVERIFY(QTest::qWaitForWindowExposed(&view));
    QSignalSpy changed(&view, &GanttView::currentChanged);
    QSignalSpy opened(&view, &GanttView::opened);
    for (int i = 0; i < 3; ++i)
        QTest::keyClick(&view, Qt::Key_Down);
    QCOMPARE(view.currentTask(), std::string("fetch[binance]"));
    QCOMPARE(view.currentBar(), 1); // the last try
    QCOMPARE(changed.count(), 3);
    QTest::keyClick(&view, Qt::Key_Left);
    QCOMPARE(view.currentBar(), 0);
    QVERIFY(view.accessibleDescription().contains(u"the venue is down"_s));
    QCOMPARE(changed.count(), 3); // the task is the same
    QTest::keyClick(&view, Qt::Key_Return);
    QCOMPARE(opened.count(), 1);
    QTest::keyClick(&view, Qt::Key_PageUp);
    QCOMPARE(view.current(), 0);
    const QPoint second = view.places().work(view.scene().rows[2].bars[0], view.places().row(view.scene(), 2)).center().toPoint();
    QTest::mouseClick(view.viewport(), Qt::LeftButton, {}, second);
    QCOMPARE(view.current(), 2);
    QCOMPARE(view.currentBar(), 0);
}

void TestGantt::zoomStaysAtTheCursor()
{
    DisplayZone zone;
    GanttView view(zone);
    view.resize(900, 300);
    view.show(sceneOf(history(1)));
    const auto timeAt = [&](qreal x) { return view.places().time.msAt(x - view.places().names); };
    const double before = timeAt(500), scale = view.places().time.msPerPixel;
    view.zoomBy(3, 500);
    QVERIFY(std::abs(timeAt(500) - before) < 1);
    QVERIFY(view.places().time.msPerPixel < scale / 2.9);
    QVERIFY(!view.isFitted());
    view.panBy(-40);
    QVERIFY(std::abs(timeAt(460) - before) < 1);
    QTest::keyClick(&view, Qt::Key_Minus);
    QVERIFY(view.places().time.msPerPixel > scale / 2.9);
    QTest::keyClick(&view, Qt::Key_0);
    QVERIFY(view.isFitted());
    QVERIFY(view.places().xOf(view.scene().span.from) > view.places().names);
    QVERIFY(view.places().xOf(view.scene().span.to) < 900);
    for (int i = 0; i < 200; ++i)
        view.zoomBy(2, 500);
    QVERIFY(view.places().time.msPerPixel > 0.1); // there is an end to it
}

void TestGantt::theEndIsFollowed()
{
    DisplayZone zone;
    GanttView view(zone);
    view.resize(900, 300);
    view.show(sceneOf(history(1)));
    view.setCurrent("check");
    const auto later = ganttOf(runOf(1, "running"), history(1), {}, chain().get(), {}, now + 1h);
    view.show(later);
    QCOMPARE(view.currentTask(), std::string("check"));
    QVERIFY(view.places().xOf(now + 1h) < 900);
    view.zoomBy(2, 300); // somebody looks at something
    const double from = view.places().time.from;
    view.show(ganttOf(runOf(1, "running"), history(1), {}, chain().get(), {}, now + 2h));
    QCOMPARE(view.places().time.from, from);
}

void TestGantt::wordsForAll()
{
    DisplayZone zone;
    GanttView view(zone);
    view.show(sceneOf(history(1)));
    const QString text = view.rowText(2, 1);
    for (const QString& part : {u"fetch[binance] in pool default: Success"_s, u"1,200 row"_s, u"Waited 5 s for a slot"_s, u"Try 2: Success, 2 min"_s,
             u"Of this 50 s waiting"_s, u"rate limit: 40 s"_s, u"circuit breaker of api.test: 10 s"_s})
        QVERIFY2(text.contains(part), qPrintable(part + u" is not in "_s + text));
    view.clear();
    QCOMPARE(view.accessibleDescription(), u"The run has no tasks yet"_s);
}

void TestGantt::nowIsALine()
{
    DisplayZone zone;
    GanttView view(zone);
    view.resize(900, 300);
    view.QWidget::show();
    QVERIFY(QTest::qWaitForWindowExposed(&view));
    const auto columnsLikeNow = [&](const GanttScene& scene) {
        view.show(scene);
        QImage image(view.viewport()->size(), QImage::Format_RGB32);
        view.viewport()->render(&image);
        const int x = static_cast<int>(view.places().xOf(scene.span.to));
        int marks = 0;
        for (int y = 200; y < image.height(); ++y)
            marks += image.pixelColor(x, y) == Theme::of(view.palette()).crosshair ? 1 : 0;
        return marks;
    };
    QVERIFY(columnsLikeNow(sceneOf(history(1))) > 20);
    QCOMPARE(columnsLikeNow(sceneOf(history(1), {}, "success")), 0);
}

void TestGantt::twoHundredTasksInAFrame()
{
    DisplayZone zone;
    GanttView view(zone);
    view.resize(1600, 1000);
    view.QWidget::show();
    QVERIFY(QTest::qWaitForWindowExposed(&view));
    view.show(manyTasks(200));
    QImage image(view.viewport()->size(), QImage::Format_RGB32);
    view.viewport()->render(&image);
    const QImage before = image;
    qint64 least = std::numeric_limits<qint64>::max();
    for (int frame = 0; frame < 30; ++frame) {
        view.panBy(frame % 2 == 0 ? 3 : -3);
        view.verticalScrollBar()->setValue(frame * 97);
        QElapsedTimer timer;
        timer.start();
        view.viewport()->render(&image);
        least = std::min(least, timer.nsecsElapsed());
    }
    qInfo("a frame of 200 tasks with 400 tries and 1,600 waits: %.2f ms", static_cast<double>(least) / 1e6);
    QVERIFY(image != before);
}

void TestGantt::followsTheGrid()
{
    Desk desk;
    desk.port.tasksOf[3] = history(3);
    desk.port.runsOf["chain"][0] = runOf(3, "running");
    desk.port.all->pipelines[0].runs = desk.port.runsOf["chain"];
    desk.openLoaded();
    GanttView* gantt = desk.page->gantt();
    QTRY_COMPARE(gantt->scene().rows.size(), 3U);
    QCOMPARE(gantt->scene().lanes[1].size, 8);
    desk.page->tabs()->setCurrentWidget(gantt);
    gantt->setFocus();
    QTest::keyClick(gantt, Qt::Key_Down); // check
    QCOMPARE(desk.page->details()->chosen().name, std::string("check"));
    QTest::keyClick(gantt, Qt::Key_Down); // an instance: its row is opened
    QCOMPARE(desk.page->details()->chosen().name, std::string("fetch[bybit]"));
    QCOMPARE(gantt->currentTask(), std::string("fetch[bybit]"));
    desk.page->grid()->setFocus();
    desk.page->tabs()->setCurrentWidget(desk.page->grid());
    QTest::keyClick(desk.page->grid(), Qt::Key_Up);
    QCOMPARE(gantt->currentTask(), std::string("fetch[binance]"));
    desk.port.at = now + 10s;
    QTRY_VERIFY(gantt->scene().span.to == now + 10s); // it is at work
}

QTEST_MAIN(TestGantt)
#include "tst_gantt.moc"
