// What tells how the program itself is doing: log, problems, limits, doctor.
#include <QAbstractItemModelTester>
#include <QAction>
#include <QClipboard>
#include <QElapsedTimer>
#include <QGuiApplication>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>
#include <QTreeView>
#include <QTreeWidget>

#include "ui/bridge/storagewatch.h"
#include "ui/log/logpanel.h"
#include "ui/log/problemspanel.h"
#include "ui/settings/doctorpage.h"
#include "ui/sources/limitspage.h"

using namespace mnemo;

namespace {

std::vector<log::Line> lines(std::uint64_t from, std::uint64_t to)
{
    std::vector<log::Line> result;
    for (std::uint64_t i = from; i < to; ++i) {
        log::Line line;
        line.sequence = i;
        line.time = fromMs(1'700'000'000'000 + static_cast<std::int64_t>(i));
        line.level = i % 10 == 0 ? log::Level::Error : i % 5 == 0 ? log::Level::Warning : log::Level::Info;
        line.area = i % 2 == 0 ? "lane" : "engine";
        line.text = "line " + std::to_string(i);
        line.fields = {{"task", std::to_string(i % 100)}};
        result.push_back(std::move(line));
    }
    return result;
}

QString cell(const LogModel& model, int row, int column)
{
    return model.index(row, column).data().toString();
}

LaneSnapshot lane(const char* id, double used)
{
    LaneSnapshot snapshot;
    snapshot.id = id;
    snapshot.budgets = {{"weight-1m", used, 6000, std::chrono::minutes {1}, {}}};
    snapshot.inFlight = 2;
    return snapshot;
}

} // namespace

class tst_InfoScreens : public QObject {
    Q_OBJECT
private slots:
    void logFilters_data();
    void logFilters();
    void logForgetsTheOldest();
    void logIsCheap();
    void logPanelFollows();
    void problemsNameThePlace();
    void limitsOfAllLanes();
    void streamsBesideLimits();
    void providersHaveSymbols();
    void sourceIsTested();
    void doctorTellsInWords();
};

void tst_InfoScreens::logFilters_data()
{
    QTest::addColumn<int>("level");
    QTest::addColumn<QString>("words");
    QTest::addColumn<int>("rows");
    const auto row = [](const char* name, log::Level level, const char* words, int rows) {
        QTest::newRow(name) << static_cast<int>(level) << QString::fromLatin1(words) << rows;
    };
    row("all", log::Level::Trace, "", 200);
    row("warnings", log::Level::Warning, "", 40);
    row("errors", log::Level::Error, "", 20);
    row("part", log::Level::Trace, "engine", 100);
    row("words", log::Level::Trace, "LINE 17 engine", 7); // 17, 117, 171, 173, ...
    row("one job", log::Level::Trace, "task=5", 2);       // not those of 50 to 59
    row("none", log::Level::Trace, "task=500", 0);
}

void tst_InfoScreens::logFilters()
{
    QFETCH(int, level);
    QFETCH(QString, words);
    LogModel model;
    const QAbstractItemModelTester guard(&model);
    model.setLevel(static_cast<log::Level>(level));
    model.append(lines(1, 101)); // half before the filter, half after
    model.setWords(words);
    model.append(lines(101, 201));
    QTEST(model.rowCount(), "rows");
}

void tst_InfoScreens::logForgetsTheOldest()
{
    LogModel model;
    const QAbstractItemModelTester guard(&model);
    model.setLevel(log::Level::Warning);
    model.append(lines(1, 9'991));
    QSignalSpy removed(&model, &QAbstractItemModel::rowsRemoved);
    model.append(lines(9'991, 10'101));
    QCOMPARE(model.lineCount(), static_cast<int>(LogModel::mostLines));
    QCOMPARE(removed.count(), 1);
    QCOMPARE(removed[0][2].toInt(), 19); // of the hundred that went
    QCOMPARE(cell(model, 0, LogModel::Text), QStringLiteral("line 105  task=5"));
    QCOMPARE(model.lastSequence(), 10'100U);
    model.append(lines(20'000, 40'000));
    QCOMPARE(cell(model, model.rowCount() - 1, LogModel::Text), QStringLiteral("line 39995  task=95"));
    model.clear();
    QCOMPARE(model.rowCount(), 0);
    model.append(lines(40'000, 40'001));
    QCOMPARE(model.rowCount(), 1);
}

void tst_InfoScreens::logIsCheap()
{
    std::uint64_t next = 1;
    LogPanel panel([&next](std::uint64_t after) { return lines(after + 1, next); });
    panel.resize(900, 300);
    panel.show();
    next = 10'001;
    QElapsedTimer timer;
    timer.start();
    panel.refresh();
    QApplication::processEvents();
    const qint64 first = timer.elapsed();
    qint64 worst = 0;
    for (int i = 0; i < 50; ++i) {
        next += 20;
        timer.restart();
        panel.refresh();
        QApplication::processEvents();
        worst = std::max(worst, timer.elapsed());
    }
    qInfo("10,000 lines at once: %lld ms; twenty more: %lld ms at most", first, worst);
    QVERIFY2(worst < 500, qPrintable(QString::number(worst))); // a frame on a quiet machine
}

void tst_InfoScreens::logPanelFollows()
{
    std::uint64_t next = 301;
    LogPanel panel([&next](std::uint64_t after) { return lines(after + 1, next); });
    panel.resize(700, 200);
    panel.show();
    const QScrollBar* bar = panel.table()->verticalScrollBar();
    QTRY_COMPARE(bar->value(), bar->maximum());
    QAction* follow = panel.actions().at(0);
    follow->setChecked(false);
    next = 401;
    panel.refresh();
    QApplication::processEvents();
    QVERIFY(bar->value() < bar->maximum()); // who reads is left alone
    follow->setChecked(true);
    QTRY_COMPARE(bar->value(), bar->maximum());
    panel.showTask(7);
    QCOMPARE(panel.model()->rowCount(), 4);
    panel.actions().at(1)->trigger();
    const QStringList copied = QGuiApplication::clipboard()->text().split(u'\n');
    QCOMPARE(copied.size(), 4);
    QVERIFY2(copied[0].contains(QStringLiteral("2023-11-14T22:13:20.007Z info engine: line 7")), qPrintable(copied[0]));
}

void tst_InfoScreens::problemsNameThePlace()
{
    ProblemsPanel panel;
    panel.show();
    QVERIFY(!panel.list()->isVisible());
    Problem problem;
    problem.mark = {std::make_shared<const std::string>("/etc/global.yaml"), 12, 5};
    problem.path = "logging.leve";
    problem.message = "is no setting";
    problem.nearest = "level";
    panel.setProblems({problem, {{}, "http.proxy", "has a wrong value", {}}}, true);
    QVERIFY(panel.list()->isVisible());
    const QTreeWidgetItem* first = panel.list()->topLevelItem(0);
    QCOMPARE(first->text(1), QStringLiteral("12"));
    QCOMPARE(first->text(2), QStringLiteral("5"));
    QVERIFY(first->text(4).contains(QStringLiteral("level")));
    panel.actions().at(1)->trigger();
    QVERIFY(QGuiApplication::clipboard()->text().startsWith(QStringLiteral("/etc/global.yaml:12:5: logging.leve")));
    panel.setProblems({}, false);
    QVERIFY(!panel.list()->isVisible());
}

void tst_InfoScreens::limitsOfAllLanes()
{
    LimitsPage page;
    LimitsModel& model = *page.model();
    const QAbstractItemModelTester guard(&model);
    model.setLanes({{"binance", {"binance", "binanceusdm"}, {{"weight-1m", 6000, std::chrono::minutes {1}, {}, {}, {}}}},
        {"kraken", {"kraken"}, {{"requests", 1, std::chrono::seconds {1}, {}, {}, {}}}}});
    page.show();
    QVERIFY(model.index(0, LimitsModel::Name).data().toString().contains(QStringLiteral("binanceusdm")));
    model.apply(lane("kraken", 1)); // comes into use: it moves to the top
    QCOMPARE(model.index(0, LimitsModel::Name).data().toString(), QStringLiteral("kraken"));
    QVERIFY(page.view()->isExpanded(model.index(0, 0)));
    QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
    QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
    model.apply(lane("kraken", 3000));
    QCOMPARE(reset.count(), 0);
    QCOMPARE(changed.count(), 2);
    const QModelIndex budget = model.index(0, LimitsModel::Used, model.index(0, 0));
    QCOMPARE(budget.data(LimitsModel::ShareRole).toDouble(), 0.5);
    LaneSnapshot broken = lane("kraken", 0);
    broken.breaker = BreakerState::Open;
    broken.clockOffset = std::chrono::hours {-2};
    model.apply(broken);
    QVERIFY(model.index(0, LimitsModel::State).data().toString().contains(QStringLiteral("stopped")));
    QVERIFY(model.index(0, LimitsModel::Clock).data().toString().contains(QStringLiteral("ahead")));
    model.apply(lane("unheard", 0)); // of a venue whose description is gone
    QCOMPARE(model.rowCount(), 3);
    QVERIFY(!page.grab().isNull());
}

void tst_InfoScreens::streamsBesideLimits()
{
    LimitsPage page;
    LimitsModel& model = *page.model();
    const QAbstractItemModelTester guard(&model);
    model.setLanes({{"binance", {"binance", "binanceusdm"}, {{"weight-1m", 6000, std::chrono::minutes {1}, {}, {}, {}}}},
        {"kraken", {"kraken"}, {}}});
    const QModelIndex lane = model.index(0, LimitsModel::Name);
    const auto shown = [&](int child, LimitsModel::Column column) { return model.index(child, column, lane).data().toString(); };
    FeedReport report;
    FeedSnapshot feed;
    feed.id = "binanceusdm linear";
    feed.exchange = "binanceusdm"; // shares the limits of another
    feed.state = FeedState::Open;
    feed.topics = 3;
    feed.alive = 2;
    feed.messagesPerSecond = 12.34;
    feed.latency = milliseconds {85};
    feed.reconnects = 2;
    report.feeds = {feed};
    model.applyFeeds(report);
    QCOMPARE(model.rowCount(lane), 2); // the limit, and the stream
    QCOMPARE(shown(1, LimitsModel::Name), QStringLiteral("Stream binanceusdm linear"));
    QCOMPARE(shown(1, LimitsModel::Feed), QStringLiteral("\u25CF live, 3 series"));
    QCOMPARE(shown(1, LimitsModel::Messages), QStringLiteral("12/s"));
    QCOMPARE(shown(1, LimitsModel::Latency), QStringLiteral("85 ms"));
    QCOMPARE(shown(1, LimitsModel::Reconnects), QStringLiteral("2"));
    QCOMPARE(model.index(0, LimitsModel::Feed).data().toString(), QStringLiteral("\u25CF live"));
    QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
    model.applyFeeds(report);
    QCOMPARE(changed.count(), 0);
    feed.state = FeedState::Waiting;
    feed.wait = std::chrono::seconds {7};
    feed.lastError = "closed by the server";
    feed.lastErrorAt = fromMs(1'700'000'000'000);
    report.feeds = {feed};
    report.series = {{{"kraken", "kraken", MarketType::Spot, "BTC/USD", Kind::Candles, *Timeframe::fromName("1m")},
        FollowState::Polled, std::chrono::seconds {5}}};
    model.applyFeeds(report);
    QVERIFY(shown(1, LimitsModel::Feed).contains(QStringLiteral("again in 7 s")));
    QCOMPARE(shown(1, LimitsModel::Problem), QStringLiteral("2023-11-14 22:13:20 UTC: closed by the server"));
    QCOMPARE(model.index(1, LimitsModel::Feed).data().toString(), QStringLiteral("\u25D4 1 polled"));
    feed.state = FeedState::Idle; // its charts were closed: how it was can still be seen
    report.feeds = {feed};
    model.applyFeeds(report);
    QCOMPARE(shown(1, LimitsModel::Feed), QStringLiteral("\u25CB not looked at"));
    QCOMPARE(model.index(0, LimitsModel::Feed).data().toString(), QStringLiteral("\u25CB not looked at"));
    QCOMPARE(model.index(0, LimitsModel::Latency).data().toString(), QStringLiteral("85 ms"));
    QVERIFY(model.index(0, LimitsModel::Problem).data().toString().endsWith(QStringLiteral("closed by the server")));
    QCOMPARE(shown(1, LimitsModel::Messages), QString());
    model.applyFeeds({});
    QCOMPARE(model.rowCount(lane), 1);
    QCOMPARE(model.index(1, LimitsModel::Feed).data().toString(), QString());
}

void tst_InfoScreens::providersHaveSymbols()
{
    LimitsPage page;
    LimitsModel& model = *page.model();
    const std::vector<StatedLane> lanes {{"binance", {"binance"}, {}}, {"shared", {"gauge", "kraken"}, {{"calls", 40, std::chrono::minutes {1}, {}, {}, {}}}, "gauge"}};
    model.setLanes(lanes);
    QSignalSpy asked(&page, &LimitsPage::symbolsRequested);
    page.show();
    page.view()->setCurrentIndex(model.index(0, 0));
    QVERIFY(!page.symbolsAction()->isEnabled()); // an exchange has its own names alone
    page.view()->setCurrentIndex(model.index(0, 0, model.index(1, 0))); // a limit stands for its lane
    QVERIFY(page.symbolsAction()->isEnabled());
    page.symbolsAction()->trigger();
    QCOMPARE(asked.count(), 1);
    QCOMPARE(asked[0][0].value<std::string>(), std::string("gauge"));
    model.setLanes(lanes); // as settings change: the same lane stays chosen
    QCOMPARE(page.view()->currentIndex(), model.index(1, 0));
    model.setLanes({});
    QVERIFY(!page.symbolsAction()->isEnabled());
    QVERIFY(!page.testAction()->isEnabled());
}

void tst_InfoScreens::sourceIsTested()
{
    LimitsPage page;
    LimitsModel& model = *page.model();
    const QAbstractItemModelTester guard(&model);
    model.setLanes({{"binance", {"binance"}, {{"weight-1m", 6000, std::chrono::minutes {1}, {}, {}, {}}}}, {"shared", {"two", "three"}, {}}});
    QSignalSpy asked(&page, &LimitsPage::testRequested);
    page.show();
    QVERIFY(QTest::qWaitForWindowActive(&page));
    page.view()->setCurrentIndex({});
    QVERIFY(!page.testAction()->isEnabled());
    page.view()->setCurrentIndex(model.index(0, 0, model.index(0, 0))); // one of its limits stands for it
    page.view()->setFocus();
    QTest::keyClick(page.view(), Qt::Key_V);
    QTRY_COMPARE(asked.count(), 1);
    QCOMPARE(asked[0][0].value<std::string>(), std::string("binance"));
    QVERIFY(model.index(0, LimitsModel::Test).data().toString().contains(QStringLiteral("asking")));
    page.setTested("binance", {milliseconds {1'234}, std::int64_t {57}});
    QCOMPARE(model.index(0, LimitsModel::Test).data().toString(), QStringLiteral("\u2713 1,234 ms, 57 instrument(s)"));
    QCOMPARE(page.testResult(), QStringLiteral("binance: \u2713 1,234 ms, 57 instrument(s)"));
    page.view()->setCurrentIndex(model.index(1, 0));
    page.testAction()->trigger();
    QCOMPARE(asked[1][0].value<std::string>(), std::string("two")); // a lane is no exchange
    page.setTested("two", {milliseconds {30}, fail(ErrorCode::Network, "no route")});
    QVERIFY(model.index(1, LimitsModel::Test).data().toString().startsWith(QStringLiteral("\u2715")));
    QVERIFY(model.index(1, LimitsModel::Test).data(Qt::ToolTipRole).toString().contains(QStringLiteral("no route")));
    QVERIFY(page.testResult().contains(QStringLiteral("could not be reached")));
    page.setTested("two", {milliseconds {3}, fail(ErrorCode::Config, "the key that was sent was refused: correct it in the drawer")});
    QVERIFY2(page.testResult().contains(QStringLiteral("failed after 3 ms: the key that was sent was refused: correct it in the drawer")), qPrintable(page.testResult()));
}

void tst_InfoScreens::doctorTellsInWords()
{
    DoctorPage page;
    QSignalSpy asked(&page, &DoctorPage::examinationRequested);
    page.show();
    page.button()->click();
    QCOMPARE(asked.count(), 1);
    page.setExamining(true);
    QVERIFY(!page.button()->isEnabled());
    page.setExamining(false);
    page.showLines({{"store", "ok", "fine"}, {"venue", "warn", "slow"}, {"disk", "error", "full"}});
    QCOMPARE(page.list()->topLevelItemCount(), 3);
    QVERIFY(page.list()->topLevelItem(2)->text(0).contains(QStringLiteral("error")));
    StorageState state;
    state.storeError = Error {ErrorCode::StorageFailed, "broken"};
    page.showStorage(state);
    page.setPlaces({QStringLiteral("/data/<x>"), {}, {}, {}, {}});
    bool isTold = false;
    for (const QLabel* label : page.findChildren<QLabel*>())
        isTold = isTold || label->text().contains(QStringLiteral("/data/&lt;x&gt;"));
    QVERIFY(isTold);
}

QTEST_MAIN(tst_InfoScreens)
#include "tst_infoscreens.moc"
