// Funding, liquidations and the ratio of longs to shorts of the simulated exchanges and provider: what each tells, and how.

#include <QtTest>

#include <nlohmann/json.hpp>

#include "app/simulator/crowd.h"
#include "app/simulator/simulator.h"
#include "core/base/timetext.h"

using namespace mnemo;
using namespace mnemo::sim;
using nlohmann::json;

namespace {

constexpr std::int64_t hour = 3'600'000;
constexpr std::int64_t day = 24 * hour;
const std::int64_t now = toMs(parseTime("2025-06-15T10:20:30Z").value());
const std::int64_t lastPaid = toMs(parseTime("2025-06-15T08:00:00Z").value());

struct World {
    explicit World(const char* faults = "", std::uint64_t seed = 1)
        : plan(parseFaultPlan(faults).value())
        , feed(clock, plan)
    {
        if (!store.addSynthetic(3, {"binance", "bybit", "coinalyze"}))
            qFatal("no such exchange");
        simulator = std::make_unique<Simulator>(store, feed, plan, LimitMode {}, seed);
    }
    Answer get(const std::string& target) { return simulator->reply("GET", target, {{"api_key", "simulated-key"}}).answer; }
    json body(const std::string& target) { return json::parse(get(target).body); }
    json history(const char* path, const char* symbol, std::int64_t from, std::int64_t to)
    {
        return body("/coinalyze/v1/" + std::string(path) + "?symbols=" + symbol + "&interval=1hour&from=" + std::to_string(from / 1000) + "&to=" + std::to_string(to / 1000));
    }

    FakeClock clock {fromMs(now)};
    FaultPlan plan;
    MarketStore store;
    Feed feed;
    std::unique_ptr<Simulator> simulator;
};

double number(const json& text)
{
    return std::stod(text.get<std::string>());
}

} // namespace

class TestSimulatorCrowd : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }

    /// From the start on, at most the limit; without times the newest.
    void binancePaysEachEightHours()
    {
        World world;
        const json newest = world.body("/binance/fapi/v1/fundingRate?symbol=BTCUSDT");
        QCOMPARE(newest.size(), std::size_t {100});
        QCOMPARE(newest.back()["fundingTime"].get<std::int64_t>() / hour * hour, lastPaid);
        const json first = world.body("/binance/fapi/v1/fundingRate?symbol=BTCUSDT&limit=3&startTime=" + std::to_string(lastPaid - 10 * day + 1));
        QCOMPARE(first.size(), std::size_t {3});
        for (std::size_t i = 0; i < 3; ++i)
            QCOMPARE(first[i]["fundingTime"].get<std::int64_t>() / hour * hour, lastPaid - 10 * day + static_cast<std::int64_t>(i + 1) * 8 * hour);
        const Market* market = world.store.find("binance", MarketType::Linear, "BTCUSDT");
        QCOMPARE(number(newest.back()["fundingRate"]), fundingRate(*market, lastPaid).toDouble());
        QVERIFY(number(newest.back()["markPrice"]) > 0);
        QVERIFY(!world.body("/binance/dapi/v1/fundingRate?symbol=BTCUSD_PERP").empty());
    }

    void intervalsChange()
    {
        World world;
        const std::int64_t change = toMs(parseTime("2025-01-01").value());
        const json rows = world.body("/binance/fapi/v1/fundingRate?symbol=SOLUSDT&limit=9&startTime=" + std::to_string(change - day));
        std::vector<std::int64_t> hours;
        for (const json& row : rows)
            hours.push_back(row["fundingTime"].get<std::int64_t>() / hour - change / hour);
        QCOMPARE(hours, (std::vector<std::int64_t> {-24, -16, -8, 0, 4, 8, 12, 16, 20}));
    }

    /// Whatever the time of day: what is left out of an answer is a payment.
    void holesAreMissedPayments()
    {
        for (int i = 0; i < 24; ++i) {
            World world("hole=1", static_cast<std::uint64_t>(i + 1)); // another one, since a hole heals
            world.clock.set(fromMs(now + i * 4 * hour));
            const json rows = world.body("/binance/fapi/v1/fundingRate?symbol=BTCUSDT&limit=1000&startTime=" + std::to_string(now - 60 * day));
            bool isMissing = false;
            for (std::size_t row = 1; row < rows.size(); ++row)
                isMissing = isMissing || rows[row]["fundingTime"].get<std::int64_t>() / hour - rows[row - 1]["fundingTime"].get<std::int64_t>() / hour > 8;
            QVERIFY2(isMissing, QByteArray::number(i).constData());
        }
    }

    void bybitTellsTheNewestFirst()
    {
        World world;
        const json rows = world.body("/bybit/v5/market/funding/history?category=linear&symbol=BTCUSDT&limit=5")["result"]["list"];
        QCOMPARE(rows.size(), std::size_t {5});
        QCOMPARE(rows[0]["fundingRateTimestamp"].get<std::string>(), std::to_string(lastPaid));
        QCOMPARE(rows[4]["fundingRateTimestamp"].get<std::string>(), std::to_string(lastPaid - 32 * hour));
        QCOMPARE(world.body("/bybit/v5/market/funding/history?category=linear&symbol=BTCUSDT&startTime=1")["retCode"].get<int>(), 10001);
    }

    /// The rate in force, in percent.
    void theProviderTellsFundingAsBars()
    {
        World world;
        const json rows = world.history("funding-rate-history", "BTCUSDT_PERP.A", lastPaid - 8 * hour, lastPaid)[0]["history"];
        QCOMPARE(rows.size(), std::size_t {9});
        const Market* market = world.store.find("binance", MarketType::Linear, "BTCUSDT");
        const double before = fundingRate(*market, lastPaid - 1).toDouble() * 100, after = fundingRate(*market, lastPaid).toDouble() * 100;
        QVERIFY(before != after);
        for (std::size_t i = 0; i < 8; ++i)
            QVERIFY(std::abs(rows[i]["o"].get<double>() - before) < 1e-12);
        QVERIFY(std::abs(rows[6]["c"].get<double>() - before) < 1e-12);
        QVERIFY(std::abs(rows[7]["c"].get<double>() - after) < 1e-12); // as it closes the next is paid
        QVERIFY(std::abs(rows[8]["o"].get<double>() - after) < 1e-12);
        QCOMPARE(rows[7]["h"].get<double>(), std::max(rows[7]["o"].get<double>(), rows[7]["c"].get<double>()));
    }

    void quietBarsHaveNoLiquidations()
    {
        World world;
        const json rows = world.history("liquidation-history", "BTCUSDT_PERP.A", lastPaid - 100 * hour, lastPaid)[0]["history"];
        QVERIFY(rows.size() > 30 && rows.size() < 101);
        double sum = 0;
        for (const json& row : rows) {
            QVERIFY(row["l"].get<double>() + row["s"].get<double>() > 0);
            sum += row["l"].get<double>() - row["s"].get<double>();
        }
        QVERIFY(sum != 0);
    }

    void longsAndShortsAreAHundred()
    {
        World world;
        const json rows = world.history("long-short-ratio-history", "BTCUSDT_PERP.A", lastPaid - 9 * hour, lastPaid)[0]["history"];
        QCOMPARE(rows.size(), std::size_t {10});
        for (const json& row : rows) {
            QVERIFY(std::abs(row["l"].get<double>() + row["s"].get<double>() - 100) < 1e-9);
            QVERIFY(std::abs(row["r"].get<double>() - row["l"].get<double>() / row["s"].get<double>()) < 1e-3);
        }
        QVERIFY(world.history("long-short-ratio-history", "BTCUSD_PERP.A", lastPaid - 9 * hour, lastPaid).empty()); // its list says that there is none
    }
};

QTEST_APPLESS_MAIN(TestSimulatorCrowd)
#include "tst_simulatorcrowd.moc"
