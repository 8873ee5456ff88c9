// What Home concludes from what is known: pure, with every number given.
#include <QTest>

#include "core/engine/health.h"
#include "storefixture.h"

using namespace mnemo;
using namespace std::chrono_literals;

namespace {

const UtcMs now = at("2024-06-10T12:00:30");

/// A series of minutes that is known from June on up to @p end, when its source was asked.
HealthSeries series(SeriesId id, const char* exchange, UtcMs end, std::optional<UtcMs> asked = {})
{
    HealthSeries one;
    one.holes.series.id = id;
    one.holes.series.key.source = one.holes.series.key.exchange = exchange;
    one.holes.series.key.symbol = "S" + std::to_string(id) + "/USDT";
    one.holes.known = {at("2024-06-01"), end};
    one.holes.last = end - 1min;
    one.holes.newest = CoverageSpan {one.holes.known, CoverageState::Answered, 1, asked.value_or(end)};
    one.holes.total.present = one.holes.series.grid().count(one.holes.known);
    one.lane = exchange;
    one.staleBars = 3;
    return one;
}

HealthSeries fresh(SeriesId id, const char* exchange)
{
    return series(id, exchange, at("2024-06-10T12:00:00"));
}

HealthSeries withGap(HealthSeries one, TimeRange gap, GapClass gapClass = GapClass::Unknown)
{
    const std::int64_t bars = one.holes.series.grid().count(gap);
    one.holes.missing.push_back(gap);
    one.holes.total.present -= bars;
    one.holes.total.absent[static_cast<std::size_t>(gapClass)] += bars;
    return one;
}

HealthInput input(std::vector<HealthSeries> list)
{
    HealthInput in;
    in.now = now;
    in.steady = SteadyTime {} + 1h;
    in.series = std::move(list);
    return in;
}

JobSnapshot failedJob(JobId id, const char* exchange, ErrorCode code)
{
    JobSnapshot job;
    job.id = id;
    job.series.source = job.series.exchange = exchange;
    job.series.symbol = "S" + std::to_string(id) + "/USDT";
    job.lane = exchange;
    job.state = JobState::Failed;
    job.error = Error {code, "why", {}};
    job.finished = now - std::chrono::minutes {id};
    return job;
}

InferredOutage silence(const char* from, const char* to)
{
    return {"binance", "binance", MarketType::Spot, {at(from), at(to)}, 3, 3, {"A/USDT", "B/USDT", "C/USDT"}};
}

QStringList ids(const Health& health)
{
    QStringList list;
    for (const HealthIssue& issue : health.issues)
        list << QString::fromStdString(issue.id());
    return list;
}

} // namespace

class TestHealth : public QObject {
    Q_OBJECT

private slots:
    void nothingIsClear();
    void freshness_data();
    void freshness();
    void staleSeriesOfAVenueAreOneRow();
    void gapsAreOneRowAClass();
    void whatTheSourceForgets_data();
    void whatTheSourceForgets();
    void atRiskIsNotStaleToo();
    void wantedInterestIsAtRiskBeforeItIsAskedFor_data();
    void wantedInterestIsAtRiskBeforeItIsAskedFor();
    void aStoppedLaneIsOneRow();
    void aShortWaitIsNone();
    void failedJobsByReason();
    void findingsOfARule();
    void anOutageIsOneRow();
    void aListedOutageIsNone();
    void theProgramItself();
    void urgentFirst();
};

void TestHealth::nothingIsClear()
{
    const Health empty = assess(input({}));
    QVERIFY(empty.isClear());
    QCOMPARE(empty.checkedAt, now);
    const Health two = assess(input({fresh(1, "binance"), fresh(2, "bybit")}));
    QVERIFY2(two.isClear(), qPrintable(ids(two).join(u' ')));
    QCOMPARE(two.series, 2);
    QCOMPARE(two.kept, 2);
    QCOMPARE(two.fresh, 2);
}

void TestHealth::freshness_data()
{
    QTest::addColumn<HealthSeries>("one");
    QTest::addColumn<int>("kept");
    QTest::addColumn<bool>("isStale");
    const UtcMs full = at("2024-06-10T12:00:00");
    QTest::newRow("up to date") << series(1, "binance", full) << 1 << false;
    QTest::newRow("as late as the rule allows") << series(1, "binance", full - 2min) << 1 << false;
    QTest::newRow("later than that") << series(1, "binance", full - 3min) << 1 << true;
    QTest::newRow("history that ends in the past on purpose") << series(1, "binance", at("2024-06-03"), full) << 0 << false;
    HealthSeries wanted = series(1, "binance", at("2024-06-03"), full);
    wanted.isWanted = true;
    QTest::newRow("the same, but the universe wants it") << wanted << 1 << true;
    HealthSeries quiet = series(1, "binance", full);
    quiet.holes.last = full - 2h;
    QTest::newRow("nothing traded lately, says the source") << quiet << 1 << false;
    HealthSeries failed = series(1, "binance", full);
    failed.holes.last = full - 2h;
    failed.holes.newest = CoverageSpan {{full - 1h, full}, CoverageState::Failed, 1, full};
    QTest::newRow("the newest were asked for in vain") << failed << 1 << true;
    HealthSeries delayed = series(1, "binance", full - 10min);
    delayed.delay = 10min;
    QTest::newRow("its source is always ten minutes late") << delayed << 1 << false;
    HealthSeries gone = series(1, "binance", full - 1h);
    gone.holes.newest->state = CoverageState::Delisted;
    gone.isWanted = true;
    QTest::newRow("delisted") << gone << 0 << false;
    HealthSeries off = series(1, "binance", full - 1h);
    off.staleBars.reset();
    QTest::newRow("the rule is off for it") << off << 0 << false;
    HealthSeries merged = series(1, "binance", full, at("2024-06-01"));
    QTest::newRow("its oldest part was asked long ago") << merged << 1 << false;
}

void TestHealth::freshness()
{
    QFETCH(HealthSeries, one);
    QFETCH(int, kept);
    QFETCH(bool, isStale);
    const Health health = assess(input({one}));
    QCOMPARE(health.kept, kept);
    QCOMPARE(health.fresh, isStale ? 0 : kept);
    QCOMPARE(ids(health), isStale ? QStringList {u"stale/binance/"_qs} : QStringList {});
}

void TestHealth::staleSeriesOfAVenueAreOneRow()
{
    std::vector<HealthSeries> list;
    for (SeriesId id = 1; id <= 300; ++id)
        list.push_back(series(id, "binance", at("2024-06-10T10:00:00") + std::chrono::minutes {id % 7}));
    list.push_back(fresh(301, "bybit"));
    const Health health = assess(input(std::move(list)));
    QCOMPARE(health.kept, 301);
    QCOMPARE(health.fresh, 1);
    QCOMPARE(health.issues.size(), std::size_t {1});
    const HealthIssue& stale = health.issues.front();
    QCOMPARE(stale.cause, HealthCause::Stale);
    QCOMPARE(stale.step, HealthStep::Fill);
    QCOMPARE(stale.series, 300);
    QCOMPARE(*stale.since, at("2024-06-10T10:00:00"));
    QCOMPARE(stale.parts.size(), std::size_t {300});
    QVERIFY(stale.parts.front().isOpenEnded);
}

void TestHealth::gapsAreOneRowAClass()
{
    const TimeRange hour {at("2024-06-05T10:00:00"), at("2024-06-05T11:00:00")};
    const TimeRange day {at("2024-06-02"), at("2024-06-03")};
    const Health health = assess(input({withGap(fresh(1, "binance"), hour), withGap(fresh(2, "binance"), day),
        withGap(withGap(fresh(3, "binance"), day), hour, GapClass::Failed), fresh(4, "binance")}));
    QCOMPARE(health.withGaps, 3);
    QCOMPARE(health.missingBars, 60 + 1440 + 1440 + 60);
    QCOMPARE(ids(health), (QStringList {u"gaps/binance/unknown"_qs, u"gaps/binance/failed"_qs}));
    const HealthIssue* unknown = health.find("gaps/binance/unknown");
    QCOMPARE(unknown->series, 2);
    QCOMPARE(unknown->count, 1500);
    QCOMPARE(unknown->range, (TimeRange {day.from, hour.to}));
    QVERIFY(unknown->parts[0].range == hour && unknown->parts[1].range == day);
    const HealthIssue* failed = health.find("gaps/binance/failed");
    QCOMPARE(failed->series, 1); // once, though it lacks bars of both classes
    QCOMPARE(failed->parts.front().range, (TimeRange {day.from, hour.to}));
}

void TestHealth::whatTheSourceForgets_data()
{
    QTest::addColumn<int>("hoursAgo");
    QTest::addColumn<int>("retention");
    QTest::addColumn<bool>("isAtRisk");
    QTest::newRow("long before") << 2 << 40 << false;
    QTest::newRow("the last quarter") << 31 << 40 << true;
    QTest::newRow("gone already") << 45 << 40 << false;
}

void TestHealth::whatTheSourceForgets()
{
    QFETCH(int, hoursAgo);
    QFETCH(int, retention);
    QFETCH(bool, isAtRisk);
    const UtcMs from = at("2024-06-10T12:00:00") - std::chrono::hours {hoursAgo};
    HealthSeries one = withGap(withGap(fresh(1, "binance"), {from, from + 30min}), {from + 60min, from + 61min}); // with bars between
    one.retention = std::chrono::hours {retention};
    const Health health = assess(input({one}));
    QCOMPARE(health.atRisk, isAtRisk ? 1 : 0);
    if (!isAtRisk) {
        QCOMPARE(ids(health), QStringList {u"gaps/binance/unknown"_qs});
        return;
    }
    QCOMPARE(ids(health), QStringList {u"retention/binance/"_qs}); // and no row of gaps for the same bars
    const HealthIssue& risk = health.issues.front();
    QCOMPARE(risk.count, 31);
    QCOMPARE(risk.range, (TimeRange {from, from + 61min}));
    QCOMPARE(*risk.until, from + std::chrono::hours {retention});
    QVERIFY(!risk.parts.front().isOpenEnded);
}

void TestHealth::atRiskIsNotStaleToo()
{
    HealthSeries one = series(1, "binance", at("2024-06-09T20:00:00"));
    one.retention = 1000min; // only the newest thousand bars
    const Health health = assess(input({one}));
    QCOMPARE(health.fresh, 0);
    QCOMPARE(ids(health), QStringList {u"retention/binance/"_qs});
    QVERIFY(health.issues.front().parts.front().isOpenEnded);
    QCOMPARE(health.issues.front().severity, Severity::Error);
}

void TestHealth::wantedInterestIsAtRiskBeforeItIsAskedFor_data()
{
    QTest::addColumn<int>("kind");
    QTest::addColumn<bool>("isWanted");
    QTest::addColumn<int>("id"); // 0: nothing is stored
    QTest::addColumn<bool>("isAtRisk");
    const int interest = static_cast<int>(Kind::OpenInterest), candles = static_cast<int>(Kind::Candles);
    QTest::newRow("older than what was asked for") << interest << true << 1 << true;
    QTest::newRow("nothing is stored") << interest << true << 0 << true;
    QTest::newRow("nobody wants it") << interest << false << 1 << false;
    QTest::newRow("candles are had elsewhere too") << candles << true << 1 << false;
}

/// The source keeps 20 days, and was asked for ten.
void TestHealth::wantedInterestIsAtRiskBeforeItIsAskedFor()
{
    QFETCH(int, kind);
    QFETCH(bool, isWanted);
    QFETCH(int, id);
    QFETCH(bool, isAtRisk);
    HealthSeries one = fresh(id, "binance");
    one.holes.series.key.kind = static_cast<Kind>(kind);
    one.isWanted = isWanted;
    one.retention = 24h * 20;
    if (id == 0) {
        one.holes.known = {};
        one.holes.last.reset();
        one.holes.newest.reset();
        one.staleBars.reset();
    }
    const Health health = assess(input({one}));
    QCOMPARE(health.atRisk, isAtRisk ? 1 : 0);
    QCOMPARE(health.series, id == 0 ? 0 : 1);
    QCOMPARE(ids(health), isAtRisk ? QStringList {u"retention/binance/"_qs} : QStringList {});
    if (!isAtRisk)
        return;
    const HealthIssue& risk = health.issues.front();
    const UtcMs oldest = at("2024-05-21T12:01:00");
    QCOMPARE(risk.step, HealthStep::Fill);
    QCOMPARE(risk.range, (TimeRange {oldest, id == 0 ? at("2024-06-10T12:00:00") : at("2024-06-01")}));
    QCOMPARE(*risk.until, oldest + 24h * 20);
    QCOMPARE(risk.parts.front().isOpenEnded, id == 0);
}

void TestHealth::aStoppedLaneIsOneRow()
{
    HealthInput in = input({series(1, "binance", at("2024-06-10T11:00:00")), series(2, "binance", at("2024-06-10T11:30:00")),
        series(3, "bybit", at("2024-06-10T11:00:00"))});
    LaneSnapshot lane;
    lane.id = "binance";
    lane.lastError = "HTTP 418";
    lane.budgets.push_back({"weight", 10, 100, 60s, in.steady + 10min});
    in.lanes.push_back(lane);
    in.jobs.failed = {failedJob(1, "binance", ErrorCode::Banned), failedJob(2, "binance", ErrorCode::Network),
        failedJob(3, "bybit", ErrorCode::Rejected)};
    const Health health = assess(in);
    QCOMPARE(ids(health),
        (QStringList {u"lane/binance/refused"_qs, u"failed_jobs/bybit/rejected"_qs, u"stale/bybit/"_qs}));
    const HealthIssue& stopped = health.issues.front();
    QCOMPARE(stopped.step, HealthStep::Open);
    QCOMPARE(stopped.series, 2);
    QCOMPARE(stopped.count, 2);
    QCOMPARE(*stopped.until, now + 10min);
    QCOMPARE(stopped.detail, std::string("HTTP 418"));
    QCOMPARE(health.failed, 3); // they are counted where they are told
    QCOMPARE(health.kept - health.fresh, 3);
}

void TestHealth::aShortWaitIsNone()
{
    HealthInput in = input({fresh(1, "binance")});
    LaneSnapshot lane;
    lane.id = "binance";
    lane.budgets.push_back({"weight", 10, 100, 60s, in.steady + 20s});
    in.lanes.push_back(lane);
    QVERIFY(assess(in).isClear());
    in.lanes.front().breaker = BreakerState::Open;
    in.lanes.front().breakerWait = 15s;
    QCOMPARE(ids(assess(in)), QStringList {u"lane/binance/failing"_qs});
}

void TestHealth::failedJobsByReason()
{
    HealthInput in = input({});
    in.jobs.running = 2;
    in.jobs.withGaps = 1;
    in.jobs.failed = {failedJob(5, "binance", ErrorCode::Network), failedJob(9, "binance", ErrorCode::Network),
        failedJob(7, "binance", ErrorCode::UnknownSymbol)};
    const Health health = assess(in);
    QCOMPARE(health.failed, 3);
    QCOMPARE(health.withGapsEnded, 1);
    QCOMPARE(health.running, 2);
    QCOMPARE(health.issues.size(), std::size_t {2});
    const HealthIssue* network = health.find("failed_jobs/binance/network");
    QVERIFY(network);
    QCOMPARE(network->step, HealthStep::Retry);
    QVERIFY(network->jobs == (std::vector<JobId> {5, 9}));
    QCOMPARE(network->series, 2);
    QCOMPARE(*network->since, now - 9min);
}

void TestHealth::findingsOfARule()
{
    HealthInput in = input({});
    in.findings = {{"binance", "price_jump", Severity::Error, 120, 3000, at("2024-06-09")},
        {"binance", "revision", Severity::Info, 3, 4, {}}, {"binance", "stale", Severity::Warn, 3, 3, {}}};
    const Health health = assess(in);
    QCOMPARE(ids(health), QStringList {u"findings/binance/price_jump"_qs});
    QCOMPARE(health.findings, 3000);
    QCOMPARE(health.issues.front().series, 120);
    QCOMPARE(health.issues.front().step, HealthStep::Open);
    QCOMPARE(*health.issues.front().since, at("2024-06-09"));
}

void TestHealth::anOutageIsOneRow()
{
    HealthInput in = input({});
    in.outages = {silence("2024-06-02T01:00:00", "2024-06-02T02:00:00"), silence("2024-06-05", "2024-06-05T00:30:00")};
    const Health health = assess(in);
    QCOMPARE(ids(health), QStringList {u"outage/binance/spot"_qs});
    const HealthIssue& silent = health.issues.front();
    QCOMPARE(silent.step, HealthStep::Accept);
    QCOMPARE(silent.severity, Severity::Info);
    QCOMPARE(silent.count, 2);
    QCOMPARE(silent.series, 3);
    QCOMPARE(silent.outages.size(), std::size_t {2});
}

void TestHealth::aListedOutageIsNone()
{
    HealthInput in = input({});
    in.outages = {silence("2024-06-02T01:00:00", "2024-06-02T02:00:00")};
    ListedOutage listed;
    listed.exchange = "binance";
    listed.range = {at("2024-06-02"), at("2024-06-02T02:00:00")};
    in.listed = {listed};
    QVERIFY(assess(in).isClear());
    in.listed.front().market = MarketType::Linear;
    QCOMPARE(assess(in).issues.size(), std::size_t {1});
}

void TestHealth::theProgramItself()
{
    HealthInput in = input({});
    in.freeBytes = littleDisk - 1;
    in.problems = 2;
    in.storeError = Error {ErrorCode::StorageFull, "no space", {}};
    QCOMPARE(ids(assess(in)), (QStringList {u"store//"_qs, u"disk//"_qs, u"settings//"_qs}));
}

void TestHealth::urgentFirst()
{
    HealthInput in = input({series(1, "binance", at("2024-06-10T11:00:00")),
        withGap(fresh(2, "binance"), {at("2024-06-05"), at("2024-06-06")})});
    in.outages = {silence("2024-06-02T01:00:00", "2024-06-02T02:00:00")};
    in.findings = {{"binance", "price_jump", Severity::Error, 1, 1, {}}, {"binance", "flat_run", Severity::Warn, 1, 1, {}}};
    in.jobs.failed = {failedJob(1, "binance", ErrorCode::Rejected)};
    QCOMPARE(ids(assess(in)),
        (QStringList {u"failed_jobs/binance/rejected"_qs, u"findings/binance/price_jump"_qs, u"stale/binance/"_qs,
            u"gaps/binance/unknown"_qs, u"findings/binance/flat_run"_qs, u"outage/binance/spot"_qs}));
}

QTEST_GUILESS_MAIN(TestHealth)
#include "tst_health.moc"
