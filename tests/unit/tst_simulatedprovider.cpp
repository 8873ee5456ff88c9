// The simulated provider of other exchanges' open interest: its key, its budget, its times and what it has forgotten.

#include <QtTest>

#include <nlohmann/json.hpp>

#include "app/simulator/interest.h"
#include "app/simulator/simulator.h"
#include "core/base/timetext.h"

using namespace mnemo;
using namespace mnemo::sim;
using nlohmann::json;

namespace {

constexpr std::int64_t hour = 3'600;
const std::int64_t now = toMs(parseTime("2025-06-15T10:20:30Z").value()) / 1000;
const std::int64_t lastHour = now - now % hour;

using Headers = std::vector<std::pair<std::string, std::string>>;
const Headers withKey {{"api_key", "simulated-key"}};

struct World {
    explicit World(const LimitMode& limits = {})
        : feed(clock)
    {
        if (!store.addSynthetic(3, {"binance", "bybit", "kraken", "coinalyze"}))
            qFatal("no such exchange");
        simulator = std::make_unique<Simulator>(store, feed, FaultPlan {}, limits, 1);
    }
    Answer get(const std::string& target, const Headers& headers = withKey) { return simulator->reply("GET", "/coinalyze" + target, headers).answer; }
    json body(const std::string& target) { return json::parse(get(target).body); }

    FakeClock clock {fromMs(now * 1000)};
    MarketStore store;
    Feed feed;
    std::unique_ptr<Simulator> simulator;
};

std::string history(const std::string& symbols, const std::string& interval, std::int64_t from, std::int64_t to)
{
    return "/v1/open-interest-history?symbols=" + symbols + "&interval=" + interval + "&from=" + std::to_string(from) + "&to=" + std::to_string(to);
}

} // namespace

class TestSimulatedProvider : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }

    void onlyWhoHasAKeyIsAnswered()
    {
        World world;
        QCOMPARE(world.get("/v1/exchanges").status, 200);
        QCOMPARE(world.get("/v1/exchanges", {}).status, 401);
        QCOMPARE(world.get("/v1/exchanges", {{"api_key", "other"}}).status, 401);
        QCOMPARE(world.get("/v1/exchanges?api_key=simulated-key", {}).status, 200);
    }

    void marketsAreThoseOfTheOtherExchangesThatHaveInterest()
    {
        World world;
        const json exchanges = world.body("/v1/exchanges");
        QVERIFY(std::ranges::any_of(exchanges, [](const json& each) { return each["name"] == "Binance" && each["code"] == "A"; }));
        QSet<QString> codes;
        const json markets = world.body("/v1/future-markets");
        for (const json& market : markets) {
            codes.insert(QString::fromStdString(market["exchange"].get<std::string>()));
            const bool isCoin = market["margined"] == "COIN";
            QCOMPARE(market["oi_lq_vol_denominated_in"].get<std::string>(), std::string(isCoin ? "QUOTE_ASSET" : "BASE_ASSET"));
        }
        QCOMPARE(codes, (QSet<QString> {QStringLiteral("A"), QStringLiteral("6")}));
        QVERIFY(std::ranges::any_of(markets, [](const json& each) { return each["symbol"] == "BTCUSDT_PERP.A" && each["symbol_on_exchange"] == "BTCUSDT"; }));
    }

    /// Beside the perpetual contract one that ends on the last Friday of the quarter, with a history of its own.
    void someContractsEnd_data()
    {
        QTest::addColumn<QByteArray>("now");
        QTest::addColumn<QByteArray>("symbol");
        QTest::addColumn<QByteArray>("end");
        QTest::newRow("this quarter") << QByteArray("2025-06-15T10:20:30Z") << QByteArray("BTCUSDT_250627.A") << QByteArray("2025-06-27T08:00:00Z");
        QTest::newRow("the day itself") << QByteArray("2025-06-27T07:59:59Z") << QByteArray("BTCUSDT_250627.A") << QByteArray("2025-06-27T08:00:00Z");
        QTest::newRow("the next") << QByteArray("2025-06-27T08:00:00Z") << QByteArray("BTCUSDT_250926.A") << QByteArray("2025-09-26T08:00:00Z");
        QTest::newRow("the next year's") << QByteArray("2025-12-31T00:00:00Z") << QByteArray("BTCUSDT_260327.A") << QByteArray("2026-03-27T08:00:00Z");
    }

    void someContractsEnd()
    {
        QFETCH(QByteArray, now);
        QFETCH(QByteArray, symbol);
        QFETCH(QByteArray, end);
        World world;
        world.clock.set(*parseTime(now.toStdString()));
        json found;
        for (const json& market : world.body("/v1/future-markets"))
            if (market["symbol"] == symbol.toStdString())
                found = market;
        QVERIFY(found.is_object());
        QCOMPARE(found["is_perpetual"].get<bool>(), false);
        QCOMPARE(found["expire_at"].get<std::int64_t>(), toMs(*parseTime(end.toStdString())) / 1000);
        QCOMPARE(found["symbol_on_exchange"].get<std::string>() + ".A", symbol.toStdString());
        const std::int64_t to = toMs(world.clock.now()) / 1000;
        const json days = world.body(history(symbol.toStdString(), "daily", 0, to));
        QCOMPARE(days.size(), std::size_t {1});
        const json& rows = days[0]["history"];
        QVERIFY(rows.size() > 80 && rows.size() <= 183); // half a year before its end it began
        const json perpetual = world.body(history("BTCUSDT_PERP.A", "daily", rows.back()["t"].get<std::int64_t>(), to));
        QVERIFY(rows.back()["o"] < perpetual[0]["history"][0]["o"]);
    }

    /// Seconds, both ends inside, ascending; a bar opens with the reading of its time and closes with the next.
    void readingsAreToldAsBars()
    {
        World world;
        const json answer = world.body(history("BTCUSDT_PERP.A", "1hour", lastHour - 3 * hour, lastHour - hour));
        QCOMPARE(answer.size(), std::size_t {1});
        const json& rows = answer[0]["history"];
        QCOMPARE(rows.size(), std::size_t {3});
        const Market* market = world.store.find("binance", MarketType::Linear, "BTCUSDT");
        const Grid hourly(*Timeframe::fromName("1h"));
        const auto bars = market->source->read(hourly, {fromMs((lastHour - 3 * hour) * 1000), fromMs(lastHour * 1000)}, 9, Side::Oldest);
        for (std::size_t i = 0; i < 3; ++i) {
            QCOMPARE(rows[i]["t"].get<std::int64_t>(), lastHour - (3 - static_cast<std::int64_t>(i)) * hour);
            QCOMPARE(rows[i]["o"].get<double>(), interestAt(*market, bars[i]).volume.toDouble());
        }
        QCOMPARE(rows[0]["c"], rows[1]["o"]);
        QVERIFY(rows[0]["h"].get<double>() >= rows[0]["l"].get<double>());
        const json inverse = world.body(history("BTCUSD_PERP.A", "1hour", lastHour - hour, lastHour - hour));
        const Market* coin = world.store.find("binance", MarketType::Inverse, "BTCUSD_PERP");
        const auto bar = coin->source->read(hourly, {fromMs((lastHour - hour) * 1000), fromMs(lastHour * 1000)}, 1, Side::Oldest).at(0);
        QCOMPARE(inverse[0]["history"][0]["o"].get<double>(), interestAt(*coin, bar).quoteVolume.toDouble());
    }

    void nothingIsToldOfWhatHasNoData_data()
    {
        QTest::addColumn<QByteArray>("target");
        QTest::newRow("unknown symbol") << QByteArray::fromStdString(history("NONE_PERP.A", "1hour", lastHour - hour, lastHour));
        QTest::newRow("milliseconds") << QByteArray::fromStdString(history("BTCUSDT_PERP.A", "1hour", (lastHour - hour) * 1000, lastHour * 1000));
        QTest::newRow("long ago") << QByteArray::fromStdString(history("BTCUSDT_PERP.A", "1hour", lastHour - 9000 * hour, lastHour - 8000 * hour));
    }

    void nothingIsToldOfWhatHasNoData()
    {
        QFETCH(QByteArray, target);
        World world;
        const Answer answer = world.get(target.toStdString());
        QCOMPARE(answer.status, 200);
        QCOMPARE(answer.body, std::string("[]"));
    }

    void intradayPointsAreDeleted()
    {
        World world;
        const auto rows = [&](const char* interval) { return world.body(history("BTCUSDT_PERP.A", interval, 0, now))[0]["history"].size(); };
        for (const char* interval : {"1min", "5min", "1hour", "12hour"})
            QVERIFY2(rows(interval) >= 1500 && rows(interval) <= 2001, interval);
        QVERIFY(rows("daily") > 1500);
    }

    void badParametersAreRefused_data()
    {
        QTest::addColumn<QByteArray>("target");
        QTest::newRow("1day") << QByteArray("/v1/open-interest-history?symbols=A&interval=1day&from=1&to=2");
        QTest::newRow("no symbols") << QByteArray("/v1/open-interest-history?interval=daily&from=1&to=2");
        QTest::newRow("no times") << QByteArray("/v1/open-interest-history?symbols=A&interval=daily");
    }

    void badParametersAreRefused()
    {
        QFETCH(QByteArray, target);
        QCOMPARE(World().get(target.toStdString()).status, 400);
    }

    /// Forty a minute, and each symbol of a request is one.
    void symbolsAreCounted()
    {
        World world(LimitMode {true, {}});
        std::string twenty = "BTCUSDT_PERP.A";
        for (int i = 1; i < 20; ++i)
            twenty += ",ETHUSDT_PERP.A";
        const std::string target = history(twenty, "1hour", lastHour, now);
        QCOMPARE(world.get(target).status, 200);
        QCOMPARE(world.get(target).status, 200);
        const Answer refused = world.get("/v1/exchanges");
        QCOMPARE(refused.status, 429);
        QCOMPARE(refused.headers.at(0).first, std::string("Retry-After"));
        const int wait = QByteArray::fromStdString(refused.headers.at(0).second).toInt();
        QVERIFY(wait > 0 && wait <= 60);
        QCOMPARE(world.get("/v1/exchanges", {{"api_key", "other"}}).status, 401); // each key has its own
    }
};

QTEST_APPLESS_MAIN(TestSimulatedProvider)
#include "tst_simulatedprovider.moc"
