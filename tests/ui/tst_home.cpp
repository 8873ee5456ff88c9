// The screen Home: its list, its chips and its buttons, on what a port tells.
#include <QAbstractItemModelTester>
#include <QAction>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

#include "fakehomeport.h"
#include "ui/home/attentionview.h"
#include "ui/home/healthchip.h"
#include "ui/home/healthtext.h"
#include "ui/home/homepage.h"

using namespace mnemo;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace {

const UtcMs now = fromMs(1'718'020'800'000); // 2024-06-10 12:00

SeriesRecord seriesOf(const char* exchange, const char* symbol)
{
    SeriesRecord record;
    record.key.source = record.key.exchange = exchange;
    record.key.symbol = symbol;
    return record;
}

HealthIssue issue(HealthCause cause, HealthStep step, const char* where, const char* what = "", std::int64_t series = 2)
{
    HealthIssue one;
    one.cause = cause;
    one.step = step;
    one.where = where;
    one.what = what;
    one.series = series;
    one.count = 120;
    one.range = {now - 3h, now - 1h};
    one.since = now - 3h;
    for (std::int64_t i = 0; i < series; ++i)
        one.parts.push_back({seriesOf(where, i == 0 ? "BTC/USDT" : "ETH/USDT"), one.range, false});
    return one;
}

Health healthOf(std::vector<HealthIssue> issues)
{
    Health health;
    health.checkedAt = now;
    health.series = health.kept = 5;
    health.fresh = 4;
    health.issues = std::move(issues);
    return health;
}

HealthIssue gaps(const char* where = "binance") { return issue(HealthCause::Gaps, HealthStep::Fill, where, "unknown"); }
HealthIssue stale(const char* where = "binance") { return issue(HealthCause::Stale, HealthStep::Fill, where); }

JobSnapshot job(JobId id, JobState state, std::int64_t done = 0, std::int64_t rows = 0)
{
    JobSnapshot one;
    one.id = id;
    one.state = state;
    one.total = 100;
    one.done = done;
    one.rowsStored = rows;
    return one;
}

QString cell(const AttentionModel& model, int row, AttentionModel::Column column, int role = Qt::DisplayRole)
{
    return model.index(row, column).data(role).toString();
}

} // namespace

class TestHome : public QObject {
    Q_OBJECT

private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u"^(?!This plugin does not support)"_s)); } // offscreen
    void everyCauseHasWords_data();
    void everyCauseHasWords();
    void theModelSaysTheLeastThatChanged();
    void agesGoOn();
    void whatTheButtonBeganIsFollowed();
    void jobsThatEndBeforeTheAnswer();
    void aRefusalIsSaid();
    void readingThenClear();
    void theListTakesTheKeysOnceItIsThere();
    void whatCannotBeRead();
    void chipsFilterOrOpen();
    void filterByWords();
    void keysPressTheButton();
    void acceptAsksForAReason();
    void aReaderOnlyLooks();
    void readsWhileShownAlone();
    void readsWhenALaneStops();
};

void TestHome::everyCauseHasWords_data()
{
    QTest::addColumn<HealthIssue>("one");
    HealthIssue lane = issue(HealthCause::Lane, HealthStep::Open, "binance", "refused");
    lane.until = now + 5min;
    QTest::newRow("ban") << lane;
    lane.what = "failing";
    QTest::newRow("breaker") << lane;
    lane.until = now;
    QTest::newRow("probe") << lane;
    HealthIssue risk = issue(HealthCause::Retention, HealthStep::Fill, "binance");
    risk.until = now + 90min;
    QTest::newRow("retention") << risk;
    risk.parts.resize(1);
    risk.series = 1;
    QTest::newRow("retention of one") << risk;
    HealthIssue failed = issue(HealthCause::FailedJobs, HealthStep::Retry, "binance", "network");
    failed.error = Error {ErrorCode::Network, "why", {}};
    QTest::newRow("jobs") << failed;
    failed.error.reset();
    QTest::newRow("jobs without a reason") << failed;
    QTest::newRow("stale") << stale();
    QTest::newRow("stale one") << issue(HealthCause::Stale, HealthStep::Fill, "binance", "", 1);
    QTest::newRow("gaps") << gaps();
    QTest::newRow("gap of one") << issue(HealthCause::Gaps, HealthStep::Fill, "binance", "unknown", 1);
    QTest::newRow("failed gaps") << issue(HealthCause::Gaps, HealthStep::Fill, "binance", "failed");
    QTest::newRow("failed gap of one") << issue(HealthCause::Gaps, HealthStep::Fill, "binance", "failed", 1);
    QTest::newRow("findings") << issue(HealthCause::Findings, HealthStep::Open, "binance", "price_jump");
    HealthIssue silent = issue(HealthCause::Outage, HealthStep::Accept, "binance", "spot");
    silent.outages.push_back({"binance", "binance", MarketType::Spot, silent.range, 4, 4, {"A", "B", "C", "D"}});
    QTest::newRow("outages") << silent;
    silent.count = 1;
    QTest::newRow("outage") << silent;
    HealthIssue store = issue(HealthCause::Store, HealthStep::Open, "");
    store.error = Error {ErrorCode::StorageFull, "no space", {}};
    QTest::newRow("store") << store;
    QTest::newRow("disk") << issue(HealthCause::Disk, HealthStep::Open, "");
    QTest::newRow("settings") << issue(HealthCause::Settings, HealthStep::Open, "");
}

void TestHome::everyCauseHasWords()
{
    QFETCH(HealthIssue, one);
    const DisplayZone zone;
    for (const QString& text : {titleOf(one), reasonOf(one, zone, now), textOf(one.step), tipOf(one.step)}) {
        QVERIFY(!text.isEmpty());
        QVERIFY2(!text.contains(QRegularExpression(u"%[0-9n]"_s)), qPrintable(text));
    }
    QVERIFY(reasonOf(one, zone, now).endsWith(u'.'));
    QVERIFY(!glyphOf(one).isEmpty());
    if (!one.where.empty() && one.cause != HealthCause::Settings)
        QVERIFY2(titleOf(one).contains(u"binance"), qPrintable(titleOf(one)));
}

void TestHome::theModelSaysTheLeastThatChanged()
{
    const DisplayZone zone;
    AttentionModel model(zone);
    const QAbstractItemModelTester guard(&model);
    QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted), removed(&model, &QAbstractItemModel::rowsRemoved),
        moved(&model, &QAbstractItemModel::rowsMoved), changed(&model, &QAbstractItemModel::dataChanged),
        reset(&model, &QAbstractItemModel::modelReset);
    model.apply(healthOf({stale("a"), stale("b"), gaps("c")}));
    QCOMPARE(inserted.count(), 3);
    model.apply(healthOf({stale("a"), stale("b"), gaps("c")}));
    QCOMPARE(inserted.count() + removed.count() + moved.count() + changed.count(), 3); // nothing is painted anew
    HealthIssue other = stale("b");
    other.count = 121;
    model.apply(healthOf({stale("a"), other, gaps("c")}));
    QCOMPARE(changed.count(), 1);
    QCOMPARE(changed.at(0).at(0).toModelIndex().row(), 1);
    model.apply(healthOf({gaps("c"), stale("a"), stale("d")}));
    QCOMPARE(removed.count(), 1);
    QCOMPARE(moved.count(), 1);
    QCOMPARE(inserted.count(), 4);
    QCOMPARE(reset.count(), 0);
    QCOMPARE(model.issueAt(0).where, std::string("c"));
    QCOMPARE(model.issueAt(2).where, std::string("d"));
    model.apply(healthOf({}));
    QCOMPARE(model.rowCount(), 0);
}

void TestHome::agesGoOn()
{
    const DisplayZone zone;
    AttentionModel model(zone);
    model.apply(healthOf({stale()}));
    QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
    QCOMPARE(cell(model, 0, AttentionModel::Since), u"3 h ago"_s);
    model.tick(now + 59s);
    QCOMPARE(changed.count(), 0);
    model.tick(now + 61s);
    QCOMPARE(changed.count(), 1);
    QCOMPARE(cell(model, 0, AttentionModel::Since), u"3 h 1 min ago"_s);
}

void TestHome::whatTheButtonBeganIsFollowed()
{
    const DisplayZone zone;
    AttentionModel model(zone);
    const QAbstractItemModelTester guard(&model);
    QSignalSpy ended(&model, &AttentionModel::ended);
    const std::string id = gaps().id();
    model.apply(healthOf({stale(), gaps()}));
    QVERIFY(model.isPressable(1));
    model.begin(id);
    QVERIFY(!model.isPressable(1));
    QCOMPARE(cell(model, 1, AttentionModel::Step), u"Starting\u2026"_s);
    model.begun(id, {{job(7, JobState::Queued), job(8, JobState::Queued)}, {}});
    model.applyJobs({job(7, JobState::Running, 50), job(9, JobState::Failed)});
    QCOMPARE(model.index(1, AttentionModel::Step).data(AttentionModel::ProgressRole).toDouble(), 0.25);
    model.apply(healthOf({stale()})); // the last bar is there, the job is not quite over
    QCOMPARE(model.rowCount(), 2);
    QCOMPARE(model.rowOf(id), 0);
    model.applyJobs({job(7, JobState::Complete, 100, 60)});
    QCOMPARE(ended.count(), 0);
    model.applyJobs({job(8, JobState::Complete, 100, 60)});
    QCOMPARE(ended.count(), 1);
    QVERIFY2(ended.at(0).at(0).toString().contains(u"120 row"), qPrintable(ended.at(0).at(0).toString()));
    QCOMPARE(model.rowCount(), 1);

    // what stays says what came of it
    model.begin(stale().id());
    model.begun(stale().id(), {{job(10, JobState::Queued)}, {}});
    model.applyJobs({job(10, JobState::Failed)});
    QVERIFY(model.isPressable(0));
    QVERIFY(cell(model, 0, AttentionModel::Cause, AttentionModel::ReasonRole).startsWith(u"Tried: 0 of 1 jobs"_s));
    model.apply(healthOf({stale()}));
    QVERIFY(cell(model, 0, AttentionModel::Cause, AttentionModel::ReasonRole).startsWith(u"Tried"_s));
    model.apply(healthOf({}));
    model.apply(healthOf({stale()}));
    QVERIFY(!cell(model, 0, AttentionModel::Cause, AttentionModel::ReasonRole).startsWith(u"Tried"_s));
}

void TestHome::jobsThatEndBeforeTheAnswer()
{
    const DisplayZone zone;
    AttentionModel model(zone);
    QSignalSpy ended(&model, &AttentionModel::ended);
    model.apply(healthOf({gaps()}));
    model.begin(gaps().id());
    model.applyJobs({job(7, JobState::Complete, 100, 5)});
    model.begun(gaps().id(), {{job(7, JobState::Queued)}, {}});
    QCOMPARE(ended.count(), 1);
    QVERIFY(model.isPressable(0));
    QVERIFY(!model.isWorking());
}

void TestHome::aRefusalIsSaid()
{
    FakeHomePort port;
    port.health = healthOf({gaps()});
    port.refusal = Error {ErrorCode::NotFound, "no such exchange", {}};
    const DisplayZone zone;
    HomePage page(port, zone);
    QSignalSpy told(&page, &HomePage::told);
    page.show();
    QTRY_COMPARE(page.model()->rowCount(), 1);
    QTest::keyClick(page.view(), Qt::Key_Return);
    QTRY_COMPARE(told.count(), 1);
    QVERIFY(told.at(0).at(0).toString().contains(u"no such exchange"_s));
    QVERIFY(page.model()->isPressable(0));
}

void TestHome::readingThenClear()
{
    FakeHomePort port;
    port.health = healthOf({});
    const DisplayZone zone;
    HomePage page(port, zone);
    QVERIFY(page.message().startsWith(u"Looking"_s));
    page.show();
    QTRY_VERIFY(page.message().startsWith(u"All clear"_s));
    QVERIFY2(page.message().contains(u"Last check: 2024-06-10 12:00 UTC"_s), qPrintable(page.message()));
    QCOMPARE(page.chip(HomeArea::Fresh)->value(), u"4 of 5"_s);
    QCOMPARE(page.chip(HomeArea::Gaps)->value(), u"0"_s);
    port.health = healthOf({gaps()});
    page.storeChanged();
    QTRY_COMPARE(page.model()->rowCount(), 1);
    QVERIFY(page.message().isEmpty());
    QVERIFY(page.view()->isVisible() && page.view()->currentIndex().isValid());
    port.health.withGapsEnded = 3; // no failure
    page.check();
    QTRY_COMPARE(page.chip(HomeArea::GapsLeft)->value(), u"3"_s);
    QCOMPARE(page.chip(HomeArea::Failed)->value(), u"0"_s);
    port.health = Health {};
    page.check();
    QTRY_VERIFY(page.message().startsWith(u"Nothing is stored yet"_s));
    QSignalSpy backfill(&page, &HomePage::backfillRequested);
    QTest::mouseClick(page.messageButton(), Qt::LeftButton);
    QCOMPARE(backfill.count(), 1);
}

void TestHome::theListTakesTheKeysOnceItIsThere()
{
    FakeHomePort port;
    port.health = healthOf({gaps()});
    const DisplayZone zone;
    HomePage page(port, zone);
    page.setFocus(); // as a window does that opens with it, active or not
    QCOMPARE(page.focusWidget(), page.chip(HomeArea::Fresh));
    page.show();
    QTRY_COMPARE(page.model()->rowCount(), 1);
    QCOMPARE(page.focusWidget(), page.view());
    QVERIFY(!page.chip(HomeArea::Fresh)->isChecked());
}

void TestHome::whatCannotBeRead()
{
    FakeHomePort port;
    port.error = Error {ErrorCode::StorageFailed, "disk I/O error", {}};
    const DisplayZone zone;
    HomePage page(port, zone);
    page.show();
    QTRY_VERIFY(page.message().contains(u"disk I/O error"_s));
    port.error.reset();
    port.health = healthOf({});
    QTest::mouseClick(page.messageButton(), Qt::LeftButton);
    QTRY_VERIFY(page.message().startsWith(u"All clear"_s));
}

void TestHome::chipsFilterOrOpen()
{
    FakeHomePort port;
    port.health = healthOf({stale(), gaps(), issue(HealthCause::Findings, HealthStep::Open, "binance", "flat_run")});
    port.health.withGaps = 2;
    port.health.running = 3;
    const DisplayZone zone;
    HomePage page(port, zone);
    QSignalSpy area(&page, &HomePage::areaRequested);
    page.show();
    QTRY_COMPARE(page.model()->rowCount(), 3);
    QTest::mouseClick(page.chip(HomeArea::Gaps), Qt::LeftButton);
    QCOMPARE(page.model()->rowCount(), 1);
    QCOMPARE(page.model()->issueAt(0).cause, HealthCause::Gaps);
    QVERIFY(page.chip(HomeArea::Gaps)->isChecked());
    QTest::keyClick(page.chip(HomeArea::Fresh), Qt::Key_Return);
    QCOMPARE(page.model()->issueAt(0).cause, HealthCause::Stale);
    QVERIFY(!page.chip(HomeArea::Gaps)->isChecked());
    QTest::mouseClick(page.chip(HomeArea::Fresh), Qt::LeftButton);
    QCOMPARE(page.model()->rowCount(), 3);
    QCOMPARE(area.count(), 0);
    QTest::mouseClick(page.chip(HomeArea::Running), Qt::LeftButton);
    QTest::mouseClick(page.chip(HomeArea::AtRisk), Qt::LeftButton);
    QCOMPARE(area.count(), 2);
    QCOMPARE(area.at(0).at(0).value<HomeArea>(), HomeArea::Running);
    QVERIFY(page.chip(HomeArea::Running)->accessibleName().contains(u'3'));
}

void TestHome::filterByWords()
{
    FakeHomePort port;
    port.health = healthOf({stale("binance"), gaps("bybit")});
    const DisplayZone zone;
    HomePage page(port, zone);
    page.show();
    QTRY_COMPARE(page.model()->rowCount(), 2);
    page.view()->setFocus();
    QTest::keyClick(page.view(), Qt::Key_Slash);
    QTRY_VERIFY(page.filter()->hasFocus());
    QTest::keyClicks(page.filter(), u"eth BYBIT"_s);
    QCOMPARE(page.model()->rowCount(), 1);
    QCOMPARE(page.model()->issueAt(0).where, std::string("bybit"));
    QTest::keyClicks(page.filter(), u" nowhere"_s);
    QVERIFY(page.message().startsWith(u"Nothing like this"_s));
    QTest::mouseClick(page.messageButton(), Qt::LeftButton);
    QCOMPARE(page.model()->rowCount(), 2);
    QVERIFY(page.filter()->text().isEmpty());
}

void TestHome::keysPressTheButton()
{
    FakeHomePort port;
    port.health = healthOf({stale(), issue(HealthCause::Findings, HealthStep::Open, "binance", "flat_run")});
    const DisplayZone zone;
    HomePage page(port, zone);
    QSignalSpy open(&page, &HomePage::openRequested);
    page.show();
    QTRY_COMPARE(page.model()->rowCount(), 2);
    QTest::keyClick(page.view(), Qt::Key_Return);
    QCOMPARE(port.treated.size(), std::size_t {1});
    QCOMPARE(port.treated.front().first, stale().id());
    QTest::keyClick(page.view(), Qt::Key_Down);
    QTest::keyClick(page.view(), Qt::Key_Return);
    QCOMPARE(port.treated.size(), std::size_t {1});
    QCOMPARE(open.count(), 1);
    QCOMPARE(open.at(0).at(0).value<HealthIssue>().what, std::string("flat_run"));
    const QRect button = page.view()->visualRect(page.model()->index(1, AttentionModel::Step));
    QTest::mouseClick(page.view()->viewport(), Qt::LeftButton, {}, button.center());
    QCOMPARE(open.count(), 2);
    for (const QAction* action : page.allActions())
        QVERIFY(!action || !action->text().isEmpty());
}

void TestHome::acceptAsksForAReason()
{
    FakeHomePort port;
    HealthIssue silent = issue(HealthCause::Outage, HealthStep::Accept, "binance", "spot");
    silent.outages.push_back({"binance", "binance", MarketType::Spot, silent.range, 4, 4, {"A", "B"}});
    port.health = healthOf({silent});
    const DisplayZone zone;
    HomePage page(port, zone);
    QSignalSpy told(&page, &HomePage::told);
    std::optional<QString> reason;
    QString asked;
    page.setAskReason([&](const QString& question) {
        asked = question;
        return reason;
    });
    page.show();
    QTRY_COMPARE(page.model()->rowCount(), 1);
    QTest::keyClick(page.view(), Qt::Key_Return); // given up
    QVERIFY(asked.contains(u"silent"_s));
    QVERIFY(port.treated.empty());
    reason = u"  "_s;
    QTest::keyClick(page.view(), Qt::Key_Return);
    QVERIFY(port.treated.empty());
    QCOMPARE(told.count(), 1);
    reason = u"maintenance, says the exchange"_s;
    QTest::keyClick(page.view(), Qt::Key_Return);
    QCOMPARE(port.treated.size(), std::size_t {1});
    QCOMPARE(port.treated.front().second, *reason);
    QTRY_COMPARE(told.count(), 2); // done: there are no jobs to wait for
}

void TestHome::aReaderOnlyLooks()
{
    FakeHomePort port;
    port.isReader = true;
    port.health = healthOf({stale(), issue(HealthCause::Findings, HealthStep::Open, "binance", "flat_run")});
    port.health.areJobsKnown = false;
    const DisplayZone zone;
    HomePage page(port, zone);
    QSignalSpy open(&page, &HomePage::openRequested);
    page.show();
    QTRY_COMPARE(page.model()->rowCount(), 2);
    QCOMPARE(page.chip(HomeArea::Running)->value(), u"\u2013"_s);
    QTest::keyClick(page.view(), Qt::Key_Return);
    QVERIFY(port.treated.empty());
    QTest::keyClick(page.view(), Qt::Key_Down);
    QTest::keyClick(page.view(), Qt::Key_Return);
    QCOMPARE(open.count(), 1);
}

void TestHome::readsWhileShownAlone()
{
    FakeHomePort port;
    const DisplayZone zone;
    HomePage page(port, zone);
    page.storeChanged();
    QTest::qWait(20);
    QCOMPARE(port.reads, 0);
    page.show();
    QTRY_COMPARE(port.reads, 1);
    for (int i = 0; i < 100; ++i)
        page.storeChanged(); // a backfill at full speed
    QTRY_COMPARE_WITH_TIMEOUT(port.reads, 2, 5'000);
    QTest::qWait(100);
    QCOMPARE(port.reads, 2);
    page.hide();
    page.storeChanged();
    QTest::qWait(1'000);
    QCOMPARE(port.reads, 2);
    page.show();
    QTRY_COMPARE(port.reads, 3);
}

void TestHome::readsWhenALaneStops()
{
    FakeHomePort port;
    const DisplayZone zone;
    HomePage page(port, zone);
    page.show();
    QTRY_COMPARE(port.reads, 1);
    LaneSnapshot lane;
    lane.id = "binance";
    lane.budgets.emplace_back().name = "weight";
    for (int i = 0; i < 100; ++i) { // its pace alone
        lane.budgets[0].used = i;
        page.applyLane(lane);
    }
    QTest::qWait(1'000);
    QCOMPARE(port.reads, 1);
    lane.budgets[0].blockedUntil = SteadyTime(std::chrono::minutes(2));
    page.applyLane(lane);
    QTRY_COMPARE_WITH_TIMEOUT(port.reads, 2, 5'000);
    lane.budgets[0].blockedUntil.reset();
    lane.breaker = BreakerState::Open;
    page.applyLane(lane);
    QTRY_COMPARE_WITH_TIMEOUT(port.reads, 3, 5'000);
    page.applyLane(lane);
    QTest::qWait(1'000);
    QCOMPARE(port.reads, 3);
}

QTEST_MAIN(TestHome)
#include "tst_home.moc"
