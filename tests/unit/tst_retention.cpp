// What a source is about to forget: told for each series, and to people before it is too late.

#include <QtTest>

#include <fstream>

#include "core/engine/engine.h"
#include "core/engine/retention.h"
#include "tests/unit/storefixture.h"

using namespace mnemo;
using namespace std::chrono_literals;

namespace {

constexpr auto day = 24h;
const UtcMs start = at("2026-03-10T00:00:30");

Gap gap(GapClass gapClass, const char* from, const char* to)
{
    Gap one;
    one.gapClass = gapClass;
    one.range = {at(from), at(to)};
    one.bars = Grid(*Timeframe::fromName("1h")).count(one.range);
    return one;
}

/// An engine over a venue that keeps ten days of open interest, and one that keeps nothing of it.
struct Session {
    QTemporaryDir folder;
    std::shared_ptr<FakeClock> clock = std::make_shared<FakeClock>(start);
    std::unique_ptr<Engine> engine;

    std::filesystem::path path() const { return folder.path().toStdString(); }
    void write(const char* file, const std::string& text) const
    {
        std::filesystem::create_directories((path() / file).parent_path());
        std::ofstream(path() / file) << text;
    }
    void open(const std::string& alerts = {}, std::vector<std::string> sets = {})
    {
        const std::string history = "open_interest: {path: /history, params: {s: \"{symbol}\", a: \"{start}\", b: \"{end}\"}, frames: {1h: 1h}, "
                                    "range: {style: window, max_rows: 50, retention_age: 10d, start: {unit: ms}, end: {unit: ms}}, "
                                    "rows: {kind: arrays, order: asc}, fields: {time: [0, ms], amount: 1}}\n";
        const std::string rest = "linear: {symbol: \"{base}\"}\nmarkets: {fixed: [{symbol: \"BTC/USDT:USDT\", id: BTC}]}\n";
        write("config/exchanges/keeper.yaml", "name: Keeper\nhost: http://127.0.0.1:9\n" + history + rest);
        write("config/exchanges/forgetter.yaml", "name: Forgetter\nhost: http://127.0.0.1:9\n"
                                                 "open_interest: {snapshot: {path: \"/now/{symbol}\", fields: {amount: size}}}\n" + rest);
        write("config/exchanges/archivist.yaml", "name: Archivist\nhost: http://127.0.0.1:9\n"
                + history.substr(0, history.find("retention_age")) + history.substr(history.find("start: {unit")) + rest);
        // Forgets like the keeper, and publishes each day for good.
        write("config/exchanges/publisher.yaml", "name: Publisher\nhost: http://127.0.0.1:9\n" + history
                + "archive: {url: \"http://127.0.0.1:9\", listing: \"http://127.0.0.1:9/list\", checksum: .CHECKSUM}\n"
                + "linear:\n  symbol: \"{base}\"\n  archive: {open_interest: {daily: {path: \"/{symbol}/{frame}-{start}.zip\", after: 1d}, "
                  "frames: {1h: 1h}, columns: [time, amount]}}\n" + rest.substr(rest.find("markets")));
        if (!alerts.empty())
            write("config/alerts.yaml", alerts);
        EngineOptions options;
        options.config.user = path() / "config";
        options.config.environment = {"A=b"};
        options.config.sets = std::move(sets);
        options.dataDir = path() / "data";
        options.clock = clock;
        engine = must(Engine::open(std::move(options)));
    }
    /// Hours of both ranges, without coverage: nobody has said what lies between.
    SeriesRecord store(const char* exchange, std::vector<TimeRange> held)
    {
        std::string csv = "create_time,symbol,sum_open_interest,sum_open_interest_value\n";
        for (const TimeRange& range : held) {
            for (UtcMs time = range.from; time < range.to; time += 1h)
                csv += std::to_string(toMs(time)) + ",X,5," + std::to_string(toMs(time) % 1000 + 9) + "\n";
        }
        write("rows.csv", csv);
        ImportRequest request;
        request.files = {path() / "rows.csv"};
        request.target.exchange = exchange;
        request.target.symbol = "BTC/USDT:USDT";
        request.target.kind = Kind::OpenInterest;
        request.target.timeframe = *Timeframe::fromName("1h");
        request.coverage = false;
        must(engine->importFiles(request));
        const auto reader = must(engine->store().openReader());
        return must(reader->series()).front();
    }
};

} // namespace

class TestRetention : public QObject {
    Q_OBJECT

private slots:
    void howLongASourceKeeps_data();
    void howLongASourceKeeps();
    void theOldestThatCanBeHadCounts();
    void aSeriesHasAClock();
    void whoKeepsAllHasNone();
    void whatItsFilesHoldIsNotLost_data();
    void whatItsFilesHoldIsNotLost();
    void aReadingIsLostWithItsBar();
    void somebodyIsToldBeforeTheLoss();
};

void TestRetention::howLongASourceKeeps_data()
{
    QTest::addColumn<qint64>("age"); // hours; 0: not stated
    QTest::addColumn<int>("rows");
    QTest::addColumn<bool>("isRecent");
    QTest::addColumn<bool>("isSnapshot");
    QTest::addColumn<qint64>("expected"); // hours; 0: for ever
    QTest::newRow("for ever") << qint64(0) << 0 << false << false << qint64(0);
    QTest::newRow("an age") << qint64(720) << 0 << false << false << qint64(720);
    QTest::newRow("rows") << qint64(0) << 1440 << false << false << qint64(1440);
    QTest::newRow("the shorter of both") << qint64(720) << 1440 << false << false << qint64(720);
    QTest::newRow("one answer is all there is") << qint64(0) << 0 << true << false << qint64(200);
    QTest::newRow("readings of now") << qint64(0) << 0 << false << true << qint64(1);
}

void TestRetention::howLongASourceKeeps()
{
    QFETCH(qint64, age);
    QFETCH(int, rows);
    QFETCH(bool, isRecent);
    QFETCH(bool, isSnapshot);
    QFETCH(qint64, expected);
    PageRules rules;
    rules.maxRows = 200;
    rules.walk = isRecent ? Walk::Recent : Walk::Pages;
    rules.isSnapshot = isSnapshot;
    if (age > 0)
        rules.retentionAge = std::chrono::hours {age};
    if (rows > 0)
        rules.retentionRows = rows;
    const auto kept = retentionOf(rules, *Timeframe::fromName("1h"));
    QCOMPARE(kept.value_or(0ms), milliseconds {std::chrono::hours {expected}});
}

void TestRetention::theOldestThatCanBeHadCounts()
{
    const TimeRange offered {at("2026-03-01"), at("2026-03-10")};
    const std::vector<Gap> gaps {gap(GapClass::BeyondRetention, "2026-03-01", "2026-03-01T02:00:00"),
        gap(GapClass::Empty, "2026-03-01T02:00:00", "2026-03-01T03:00:00"), gap(GapClass::Failed, "2026-03-02", "2026-03-02T02:00:00"),
        gap(GapClass::Unknown, "2026-03-05", "2026-03-05T05:00:00")};
    const RetentionClock clock = retentionClock(10 * day, offered, gaps);
    QCOMPARE(clock.missing, std::int64_t {7});
    QCOMPARE(clock.firstMissing, std::optional(at("2026-03-02")));
    QCOMPARE(clock.lostAt, std::optional(at("2026-03-12")));
    QVERIFY(!retentionClock(10 * day, offered, std::span(gaps).first(2)).lostAt);
}

/// What was never asked for before the first row and after the last is missing too.
void TestRetention::aSeriesHasAClock()
{
    Session session;
    session.open();
    const auto series = session.store("keeper", {{at("2026-03-02"), at("2026-03-05")}, {at("2026-03-06"), at("2026-03-09")}});
    auto clock = must(retentionClock(*session.engine, series));
    QVERIFY(clock && clock->kept == 10 * day);
    QVERIFY((clock->offered == TimeRange {at("2026-02-28T01:00:00"), at("2026-03-10")}));
    QCOMPARE(clock->firstMissing, std::optional(at("2026-02-28T01:00:00")));
    QCOMPARE(clock->missing, std::int64_t {47 + 24 + 24});
    session.clock->advance(3 * day); // nothing was done: the head is gone, the hole is next
    clock = must(retentionClock(*session.engine, series));
    QCOMPARE(clock->firstMissing, std::optional(at("2026-03-05")));
    QCOMPARE(clock->lostAt, std::optional(at("2026-03-15")));
    QCOMPARE(clock->missing, std::int64_t {24 + 4 * 24});
    session.store("keeper", {{at("2026-03-05"), at("2026-03-06")}});
    clock = must(retentionClock(*session.engine, series));
    QCOMPARE(clock->firstMissing, std::optional(at("2026-03-09")));
}

void TestRetention::whoKeepsAllHasNone()
{
    Session session;
    session.open();
    const auto series = session.store("archivist", {{at("2026-03-02"), at("2026-03-05")}});
    QVERIFY(!must(retentionClock(*session.engine, series)));
}

void TestRetention::whatItsFilesHoldIsNotLost_data()
{
    QTest::addColumn<QByteArray>("setting");
    QTest::addColumn<bool>("isLost");
    QTest::newRow("by themselves") << QByteArray("archive.use=auto") << false;
    QTest::newRow("always") << QByteArray("archive.use=always") << false;
    QTest::newRow("files are not to be used") << QByteArray("archive.use=never") << true;
}

void TestRetention::whatItsFilesHoldIsNotLost()
{
    QFETCH(QByteArray, setting);
    QFETCH(bool, isLost);
    Session session;
    session.write("config/assets.yaml",
        "universe:\n  - {exchanges: [publisher], symbols: [\"BTC/USDT:USDT\"], timeframes: [1h], kinds: [open_interest]}\n");
    session.open({}, {setting.toStdString()});
    const auto isAtRisk = [&] {
        return std::ranges::any_of(must(session.engine->health()).issues, [](const HealthIssue& issue) { return issue.cause == HealthCause::Retention; });
    };
    QCOMPARE(isAtRisk(), isLost); // of what is wanted and not stored yet
    const auto series = session.store("publisher", {{at("2026-03-02"), at("2026-03-05")}, {at("2026-03-06"), at("2026-03-10")}});
    session.clock->advance(4 * day);
    QCOMPARE(must(retentionClock(*session.engine, series)).has_value(), isLost);
    QCOMPARE(isAtRisk(), isLost);
}

void TestRetention::aReadingIsLostWithItsBar()
{
    Session session;
    session.open();
    const auto series = session.store("forgetter", {{at("2026-03-09T20:00:00"), at("2026-03-09T23:00:00")}});
    const auto clock = must(retentionClock(*session.engine, series));
    QCOMPARE(clock->firstMissing, std::optional(at("2026-03-10")));
    QCOMPARE(clock->lostAt, std::optional(at("2026-03-10T01:00:00")));
    QCOMPARE(clock->missing, std::int64_t {1}); // what was missed before is no longer to be had
}

void TestRetention::somebodyIsToldBeforeTheLoss()
{
    Session session;
    session.open("rules:\n  risk: {when: retention, for: 0s, notice: 1d}\n");
    session.store("keeper", {{at("2026-03-02"), at("2026-03-05")}, {at("2026-03-06"), at("2026-03-10")}});
    const auto isTold = [&](milliseconds later) {
        session.clock->advance(later);
        const auto now = must(session.engine->checkAlerts());
        return std::ranges::any_of(now->open, [](const Alert& alert) { return alert.rule == "risk" && alert.state == AlertState::Firing; });
    };
    QVERIFY(!isTold(0ms));
    QVERIFY(!isTold(3 * day + 23h)); // 25 hours are left
    QVERIFY(isTold(1h + 1min));
    session.store("keeper", {{at("2026-03-05"), at("2026-03-06")}});
    QVERIFY(!isTold(1min));
}

QTEST_GUILESS_MAIN(TestRetention)
#include "tst_retention.moc"
