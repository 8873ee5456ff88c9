// Open interest of the simulated exchanges: what it is made of, and each venue's way of telling it.

#include <QtTest>

#include <nlohmann/json.hpp>

#include "app/simulator/interest.h"
#include "app/simulator/simulator.h"
#include "core/base/timetext.h"

using namespace mnemo;
using namespace mnemo::sim;
using nlohmann::json;

namespace {

constexpr std::int64_t minute = 60'000;
constexpr std::int64_t hour = 60 * minute;
constexpr std::int64_t day = 24 * hour;
const std::int64_t now = toMs(parseTime("2025-06-15T10:20:30Z").value());
const std::int64_t lastHour = now - now % hour;

struct World {
    explicit World(std::string_view faults = {}, std::uint64_t seed = 3)
        : plan(parseFaultPlan(faults).value())
        , feed(clock, plan)
    {
        if (!store.addSynthetic(seed, {"binance", "bybit", "okx", "kraken"}))
            qFatal("no such exchange");
        simulator = std::make_unique<Simulator>(store, feed, plan, LimitMode {}, 1);
    }
    Reply get(const std::string& target) { return simulator->reply("GET", target, {}); }
    json body(const std::string& target) { return json::parse(get(target).answer.body); }

    FakeClock clock {fromMs(now)};
    FaultPlan plan;
    MarketStore store;
    Feed feed;
    std::unique_ptr<Simulator> simulator;
};

const std::string linear = "/binance/futures/data/openInterestHist?symbol=BTCUSDT";
const std::string inverse = "/binance/futures/data/openInterestHist?pair=BTCUSD&contractType=PERPETUAL";
const std::string bybit = "/bybit/v5/market/open-interest?category=linear&symbol=BTCUSDT";
const std::string okx = "/okx/api/v5/rubik/stat/contracts/open-interest-history?instId=BTC-USDT-SWAP";
const std::string coin = "/okx/api/v5/rubik/stat/contracts/open-interest-volume?ccy=BTC";

std::string at(std::int64_t ms)
{
    return std::to_string(ms);
}

double number(const json& text)
{
    return std::stod(text.get<std::string>());
}

bool isNear(double a, double b)
{
    return std::abs(a - b) <= 1e-6 * std::abs(b);
}

} // namespace

class TestSimulatorInterest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }

    /// Whatever the frame and the page: one moment has one amount.
    void aMomentHasOneAmount()
    {
        World world;
        const json fine = world.body(linear + "&period=5m&limit=500&endTime=" + at(lastHour));
        const json coarse = world.body(linear + "&period=1h&limit=30&endTime=" + at(lastHour));
        QCOMPARE(fine.size(), std::size_t {500});
        QCOMPARE(coarse.size(), std::size_t {30});
        QCOMPARE(coarse.back()["timestamp"].get<std::int64_t>(), lastHour);
        for (std::size_t i = 0; i < 30; ++i)
            QCOMPARE(coarse[29 - i].dump(), fine[499 - 12 * i].dump());
        QVERIFY(fine[0]["sumOpenInterest"] != fine[499]["sumOpenInterest"]);
        World same;
        QCOMPARE(same.body(linear + "&period=5m&limit=500&endTime=" + at(lastHour)).dump(), fine.dump());
        World other({}, 4);
        QVERIFY(other.body(linear + "&period=5m&limit=500&endTime=" + at(lastHour)).dump() != fine.dump());
    }

    /// Each venue's units, from the reading that is one-sided and in base units.
    void everyVenueTellsItInItsUnits()
    {
        World world;
        const auto reading = [&](const char* venue, MarketType type, const char* id) {
            const Market* market = world.store.find(venue, type, id);
            const Grid hourly(*Timeframe::fromName("1h"));
            return interestAt(*market, market->source->read(hourly, {fromMs(lastHour - hour), fromMs(lastHour)}, 1, Side::Oldest).at(0));
        };
        const std::string binanceRange = "&period=1h&startTime=" + at(lastHour - hour) + "&endTime=" + at(lastHour - hour);
        Bar wanted = reading("binance", MarketType::Linear, "BTCUSDT");
        json row = world.body(linear + binanceRange).at(0);
        QVERIFY(isNear(number(row["sumOpenInterest"]), wanted.volume.toDouble()));
        QVERIFY(isNear(number(row["sumOpenInterestValue"]), wanted.volume.toDouble() * wanted.open.toDouble()));
        wanted = reading("binance", MarketType::Inverse, "BTCUSD_PERP");
        row = world.body(inverse + binanceRange).at(0);
        QVERIFY(isNear(number(row["sumOpenInterest"]) * 100, wanted.quoteVolume.toDouble())); // contracts of 100 USD
        QVERIFY(isNear(number(row["sumOpenInterestValue"]), wanted.volume.toDouble()));       // the coin
        const std::string bybitRange = "&intervalTime=1h&startTime=" + at(lastHour - hour) + "&endTime=" + at(lastHour - hour);
        wanted = reading("bybit", MarketType::Linear, "BTCUSDT");
        row = world.body(bybit + bybitRange)["result"]["list"].at(0);
        QVERIFY(isNear(number(row["openInterest"]), 2 * wanted.volume.toDouble())); // both sides
        wanted = reading("bybit", MarketType::Inverse, "BTCUSD");
        row = world.body("/bybit/v5/market/open-interest?category=inverse&symbol=BTCUSD" + bybitRange)["result"]["list"].at(0);
        QVERIFY(isNear(number(row["openInterest"]), 2 * wanted.quoteVolume.toDouble()));
        const std::string okxRange = "&period=1H&begin=" + at(lastHour - hour - 1) + "&end=" + at(lastHour - hour + 1);
        wanted = reading("okx", MarketType::Linear, "BTC-USDT-SWAP");
        row = world.body(okx + okxRange)["data"].at(0);
        QVERIFY(isNear(number(row[1]) * 0.01, wanted.volume.toDouble())); // contracts of 0.01
        QVERIFY(isNear(number(row[2]), wanted.volume.toDouble()));
        QVERIFY(isNear(number(row[3]), wanted.quoteVolume.toDouble()));
        const double all = wanted.quoteVolume.toDouble() + reading("okx", MarketType::Inverse, "BTC-USD-SWAP").quoteVolume.toDouble();
        QVERIFY(isNear(number(world.body(coin + okxRange)["data"].at(0)[1]), all));
    }

    /// As it is now: the reading of the minute, which is that of the newest five as well.
    void nowIsToldToo()
    {
        World world;
        for (const auto& [call, history] : {std::pair("/binance/fapi/v1/openInterest?symbol=BTCUSDT", linear),
                 std::pair("/binance/dapi/v1/openInterest?symbol=BTCUSD_PERP", inverse)}) {
            const json reading = world.body(call), newest = world.body(history + "&period=5m&limit=1").at(0);
            QCOMPARE(reading["time"].get<std::int64_t>(), now - now % (5 * minute));
            QCOMPARE(newest["timestamp"].get<std::int64_t>(), reading["time"].get<std::int64_t>());
            QCOMPARE(reading["openInterest"].dump(), newest["sumOpenInterest"].dump());
        }
        QCOMPARE(world.get("/binance/fapi/v1/openInterest?symbol=FOO").answer.status, 400);
    }

    void historyReachesAsFarAsTheVenueKeepsIt_data()
    {
        QTest::addColumn<QByteArray>("target");
        QTest::addColumn<int>("rows");
        QTest::addColumn<qint64>("oldest"); ///< 0: whatever the page holds
        const auto row = [](const char* name, const std::string& target, int rows, std::int64_t oldest = 0) {
            QTest::newRow(name) << QByteArray::fromStdString(target) << rows << qint64(oldest);
        };
        row("binance, 30 rows unless asked", linear + "&period=1h", 30, lastHour - 29 * hour);
        row("binance, from the start", linear + "&period=1d&limit=500&startTime=" + at(now - 30 * day), 30, now - now % day - 29 * day);
        row("binance, the newest", inverse + "&period=1h&limit=200", 200, lastHour - 199 * hour);
        row("binance, nothing that ends", "/binance/futures/data/openInterestHist?pair=BTCUSD&contractType=CURRENT_QUARTER&period=1h", 0);
        row("bybit, 50 rows unless asked", bybit + "&intervalTime=1h", 50, lastHour - 49 * hour);
        row("bybit, 200 at most", bybit + "&intervalTime=1h&limit=1000", 200, lastHour - 199 * hour);
        row("bybit, years ago", bybit + "&intervalTime=1d&limit=1000&endTime=" + at(now - 700 * day), 200);
        row("bybit, a start alone is ignored", bybit + "&intervalTime=1h&limit=5&startTime=" + at(now - 90 * day), 5, lastHour - 4 * hour);
        row("bybit, on from a cursor", bybit + "&intervalTime=1h&limit=5&cursor=" + at(lastHour), 5, lastHour - 5 * hour);
        row("okx, 100 at most", okx + "&period=1H", 100, lastHour - 99 * hour);
        row("okx, 1440 rows back", okx + "&period=1H&end=" + at(lastHour - 1435 * hour), 4, lastHour - 1439 * hour);
        row("okx, no row before them", okx + "&period=1H&end=" + at(lastHour - 1439 * hour), 0);
        row("okx, ends are exclusive", okx + "&period=1H&begin=" + at(lastHour - 3 * hour) + "&end=" + at(lastHour), 2, lastHour - 2 * hour);
        row("okx, a coin's hours of 30 days", coin + "&period=1H", 720, lastHour - 719 * hour);
        row("okx, a coin's minutes of 2 days", coin + "&period=5m", 576);
    }
    void historyReachesAsFarAsTheVenueKeepsIt()
    {
        QFETCH(QByteArray, target);
        QFETCH(int, rows);
        QFETCH(qint64, oldest);
        World world;
        const json body = world.body(target.toStdString());
        const json& list = body.is_array() ? body : body.contains("data") ? body["data"] : body["result"]["list"];
        QCOMPARE(int(list.size()), rows);
        if (oldest == 0)
            return;
        const json& row = body.is_array() ? list.front() : list.back();
        const json& time = row.is_array() ? row[0] : row["timestamp"];
        QCOMPARE(qint64(time.is_string() ? std::stoll(time.get<std::string>()) : time.get<std::int64_t>()), oldest);
    }

    void refusalsAreTheVenues_data()
    {
        QTest::addColumn<QByteArray>("target");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("contains");
        const auto row = [](const char* name, const std::string& target, int status, const char* contains) {
            QTest::newRow(name) << QByteArray::fromStdString(target) << status << QByteArray(contains);
        };
        row("binance older than 30 days", linear + "&period=1h&startTime=" + at(now - 30 * day - 1), 400, "parameter 'startTime' is invalid.");
        row("binance 501 rows", linear + "&period=1h&limit=501", 400, "parameter 'limit' is invalid.");
        row("binance minutes", linear + "&period=1m", 400, "parameter 'period' is invalid.");
        row("binance without period", linear, 400, "\"code\":-1102");
        row("binance unknown symbol", "/binance/futures/data/openInterestHist?symbol=FOO&period=1h", 400, "\"code\":-1121");
        row("binance unknown pair", "/binance/futures/data/openInterestHist?pair=FOO&contractType=PERPETUAL&period=1h", 400, "\"code\":-4144");
        row("binance other contracts", "/binance/futures/data/openInterestHist?pair=BTCUSD&contractType=WEEKLY&period=1h", 400, "contractType");
        row("bybit spot", "/bybit/v5/market/open-interest?category=spot&symbol=BTCUSDT&intervalTime=1h", 200, "Category is invalid");
        row("bybit two hours", bybit + "&intervalTime=2h", 200, "Interval is invalid");
        row("bybit unknown symbol", "/bybit/v5/market/open-interest?category=linear&symbol=FOO&intervalTime=1h", 200, "Symbol Is Invalid");
        row("bybit reversed", bybit + "&intervalTime=1h&startTime=5&endTime=4", 200, "greater than End Time");
        row("okx spot", "/okx/api/v5/rubik/stat/contracts/open-interest-history?instId=BTC-USDT", 200, "\"code\":\"51001\"");
        row("okx 101 rows", okx + "&limit=101", 400, "Parameter limit error");
        row("okx minutes", okx + "&period=1m", 400, "Parameter period error");
        row("okx a coin's quarters of an hour", coin + "&period=15m", 400, "Parameter period error");
    }
    void refusalsAreTheVenues()
    {
        QFETCH(QByteArray, target);
        QFETCH(int, status);
        QFETCH(QByteArray, contains);
        World world;
        const Reply reply = world.get(target.toStdString());
        QVERIFY2(reply.answer.body.find(contains.toStdString()) != std::string::npos, reply.answer.body.substr(0, 300).c_str());
        QCOMPARE(reply.answer.status, status);
    }

    void faultsSpoilItAsTheySpoilCandles_data()
    {
        QTest::addColumn<QByteArray>("fault");
        QTest::addColumn<bool>("heals");
        QTest::newRow("short") << QByteArray("short") << false;
        QTest::newRow("duplicate") << QByteArray("duplicate") << false;
        QTest::newRow("hole") << QByteArray("hole") << true;
        QTest::newRow("revise") << QByteArray("revise") << true;
    }
    void faultsSpoilItAsTheySpoilCandles()
    {
        QFETCH(QByteArray, fault);
        QFETCH(bool, heals);
        World clean;
        World world(fault.toStdString() + "=1");
        for (const std::string& query : {linear + "&period=1h&limit=200", bybit + "&intervalTime=1h&limit=200", okx + "&period=1H", coin + "&period=5m"}) {
            const std::string right = clean.get(query).answer.body;
            const auto rows = [](const std::string& text) { return std::ranges::count(text, '{') + std::ranges::count(text, '['); };
            world.get("/binance/fapi/v1/klines?symbol=BTCUSDT&interval=1h&limit=200"); // what was seen of candles does not heal it
            const std::string spoilt = world.get(query).answer.body;
            if (heals) {
                QVERIFY(spoilt != right);
                QVERIFY(fault == "revise" || rows(spoilt) < rows(right));
            } else {
                QVERIFY(fault == "short" ? rows(spoilt) < rows(right) : rows(spoilt) > rows(right));
            }
        }
        if (heals)
            QCOMPARE(world.get(linear + "&period=1h&limit=200").answer.body, clean.get(linear + "&period=1h&limit=200").answer.body);
    }
};

QTEST_GUILESS_MAIN(TestSimulatorInterest)
#include "tst_simulatorinterest.moc"
