#include <QtTest>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

#include <nlohmann/json.hpp>
#include <zlib.h>

#include "app/simulator/candlefile.h"
#include "app/simulator/filesource.h"
#include "app/simulator/options.h"
#include "app/simulator/simulator.h"
#include "app/simulator/streamfaults.h"
#include "app/simulator/syntheticsource.h"
#include "app/simulator/tape.h"
#include "core/base/timetext.h"
#include "simulatorworld.h"

using namespace mnemo;
using namespace mnemo::sim;
using nlohmann::json;

namespace {

constexpr std::int64_t minute = 60'000;
const Timeframe oneMinute;
const Timeframe fiveMinutes = *Timeframe::fromName("5m");
const Timeframe oneHour = *Timeframe::fromName("1h");
const Timeframe oneDay = *Timeframe::fromName("1d");

Fixed fixed(std::string_view text)
{
    return parseFixed(text).value();
}

Bar bar(std::int64_t openMs, std::string_view price, std::string_view volume = "1.5")
{
    Bar result;
    result.openMs = openMs;
    result.lastMs = openMs + minute - 1;
    result.open = result.high = result.low = result.close = fixed(price);
    result.volume = fixed(volume);
    result.quoteVolume = fixed("3");
    result.trades = 2;
    return result;
}

TimeRange range(std::int64_t from, std::int64_t to)
{
    return {fromMs(from), fromMs(to)};
}

std::string text(const Bar& b)
{
    return std::to_string(b.openMs) + ' ' + formatFixed(b.open) + ' ' + formatFixed(b.high) + ' ' + formatFixed(b.low) + ' '
        + formatFixed(b.close) + ' ' + formatFixed(b.volume) + ' ' + formatFixed(b.quoteVolume) + ' '
        + std::to_string(b.trades);
}

FaultPlan plan(std::string_view text)
{
    return parseFaultPlan(text).value();
}

} // namespace

class TestSimulator : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }

    // decimals

    void decimalsKeepTheirText_data()
    {
        QTest::addColumn<QByteArray>("given");
        QTest::addColumn<QByteArray>("served");
        QTest::newRow("as it stands") << QByteArray("105100.69") << QByteArray("105100.69");
        QTest::newRow("needless zeros") << QByteArray("93738.19000000") << QByteArray("93738.19");
        QTest::newRow("whole") << QByteArray("91250") << QByteArray("91250");
        QTest::newRow("whole with zeros") << QByteArray("1482.000") << QByteArray("1482");
        QTest::newRow("tiny") << QByteArray("0.0000000012") << QByteArray("0.0000000012");
        QTest::newRow("exponent") << QByteArray("1.5e-9") << QByteArray("0.0000000015");
        QTest::newRow("big exponent") << QByteArray("2E+3") << QByteArray("2000");
        QTest::newRow("negative") << QByteArray("-0.5") << QByteArray("-0.5");
        QTest::newRow("zero") << QByteArray("0.00000000") << QByteArray("0");
        QTest::newRow("17 digits") << QByteArray("0.30000000000000004") << QByteArray("0.30000000000000004");
        QTest::newRow("more digits than a double has")
            << QByteArray("0.1000000000000000055511151231257827") << QByteArray("0.1");
    }
    void decimalsKeepTheirText()
    {
        QFETCH(QByteArray, given);
        QFETCH(QByteArray, served);
        const auto value = parseFixed(given.toStdString());
        QVERIFY(value);
        QCOMPARE(QByteArray::fromStdString(formatFixed(*value)), served);
    }

    void badDecimalsAreRefused()
    {
        for (const char* text : {"", "-", ".", "1.2.3", "NaN", "inf", "12a", " 1"})
            QVERIFY2(!parseFixed(text), text);
    }

    void decimalsAddAndCompareExactly()
    {
        QCOMPARE(formatFixed(sum(fixed("0.1"), fixed("0.2"))), std::string("0.3"));
        QCOMPARE(formatFixed(sum(fixed("20013.5"), fixed("0.00000001"))), std::string("20013.50000001"));
        QVERIFY(less(fixed("9.99"), fixed("10")));
        QVERIFY(!less(fixed("10.0"), fixed("10")));
        QCOMPARE(formatFixed(shifted(fixed("12.34"), 2)), std::string("1234"));
        QCOMPARE(formatFixed(shifted(fixed("12.34"), -1)), std::string("1.234"));
        QCOMPARE(formatFixed(shifted(fixed("12"), 3)), std::string("12000"));
    }

    // files

    void filesOfAllLayoutsAreRead_data()
    {
        QTest::addColumn<QByteArray>("content");
        QTest::addColumn<QByteArray>("first");
        QTest::newRow("6 columns, no header")
            << QByteArray("1577836800000,1,4,0.5,2,10\n") << QByteArray("1577836800000 1 4 0.5 2 10");
        QTest::newRow("names in any case and order, close third")
            << QByteArray("Open_Time_MS,OPEN,Close,HIGH,low,Volume\n1577836800000,1,2,4,0.5,10\n")
            << QByteArray("1577836800000 1 4 0.5 2 10");
        QTest::newRow("text times, Windows lines, byte order mark")
            << QByteArray("\xEF\xBB\xBFtimestamp,open,high,low,close,volume\r\n2020-01-01 00:00:00+00:00,1,4,0.5,2,10\r\n")
            << QByteArray("1577836800000 1 4 0.5 2 10");
        QTest::newRow("seconds") << QByteArray("1577836800,1,4,0.5,2,10\n") << QByteArray("1577836800000 1 4 0.5 2 10");
        QTest::newRow("microseconds") << QByteArray("1577836800000000,1,4,0.5,2,10\n")
                                      << QByteArray("1577836800000 1 4 0.5 2 10");
        QTest::newRow("10 columns") << QByteArray("1577836800000,2020-01-01 00:00:00,BTC/USDT,1,4,0.5,2,10,20,7\n")
                                    << QByteArray("1577836800000 1 4 0.5 2 10");
        QTest::newRow("12 columns") << QByteArray("1577836800000,1,4,0.5,2,10,1577836859999,20,7,5,10,0\n")
                                    << QByteArray("1577836800000 1 4 0.5 2 10");
        QTest::newRow("the wanted venue and coin")
            << QByteArray("timestamp,venue,coin,o,h,l,c,v\n2020-01-01T00:00:00Z,okx,BTC,9,9,9,9,9\n"
                          "2020-01-01T00:00:00Z,binance,ETH,9,9,9,9,9\n2020-01-01T00:00:00Z,Binance,BTC,1,4,0.5,2,10\n")
            << QByteArray("1577836800000 1 4 0.5 2 10");
    }
    void filesOfAllLayoutsAreRead()
    {
        QFETCH(QByteArray, content);
        QFETCH(QByteArray, first);
        const auto bars = read(content);
        QVERIFY2(bars, bars ? "" : bars.error().detail.c_str());
        QCOMPARE(bars->size(), std::size_t {1});
        QVERIFY2(text(bars->front()).starts_with(first.toStdString()), text(bars->front()).c_str());
        QCOMPARE(bars->front().lastMs, bars->front().openMs + minute - 1);
    }

    void theLaterOfTwoRowsWinsAndOrderDoesNotMatter()
    {
        const auto bars = read("1577836920000,3,3,3,3,3\n1577836800000,1,1,1,1,1\n1577836860000,2,2,2,2,2\n1577836800000,9,9,9,9,9\n");
        QVERIFY(bars);
        QCOMPARE(bars->size(), std::size_t {3});
        QCOMPARE(formatFixed(bars->front().open), std::string("9"));
        QCOMPARE(bars->back().openMs, 1577836920000);
    }

    void gzipIsReadAndDamageNoticed()
    {
        QTemporaryDir folder;
        const std::string path = folder.filePath(QStringLiteral("a.csv.gz")).toStdString();
        const gzFile file = gzopen(path.c_str(), "wb");
        gzputs(file, "1577836800000,1,4,0.5,2,10\n");
        gzclose(file);
        QVERIFY(readCandles({path, "", "", Grid(oneMinute)}));
        std::filesystem::resize_file(path, std::filesystem::file_size(path) - 12);
        QVERIFY(!readCandles({path, "", "", Grid(oneMinute)}));
    }

    void badFilesNameTheLine_data()
    {
        QTest::addColumn<QByteArray>("content");
        QTest::addColumn<QByteArray>("complaint");
        QTest::newRow("a word for a number") << QByteArray("1577836800000,1,4,0.5,2,10\n1577836860000,1,x,0.5,2,10\n") << QByteArray(":2: a price");
        QTest::newRow("off the grid") << QByteArray("1577836800001,1,4,0.5,2,10\n") << QByteArray(":1: the time is not on the grid");
        QTest::newRow("no time") << QByteArray("1577836800000,1,4,0.5,2,10\nyesterday,1,4,0.5,2,10\n") << QByteArray(":2: the time");
        QTest::newRow("other columns") << QByteArray("a,b\n1,2\n") << QByteArray("neither a header");
        QTest::newRow("nothing") << QByteArray("") << QByteArray("holds no candle");
        QTest::newRow("a header alone") << QByteArray("time,open,high,low,close,volume\n") << QByteArray("holds no candle");
    }
    void badFilesNameTheLine()
    {
        QFETCH(QByteArray, content);
        QFETCH(QByteArray, complaint);
        const auto bars = read(content);
        QVERIFY(!bars);
        QVERIFY2(bars.error().detail.find(complaint.toStdString()) != std::string::npos, bars.error().detail.c_str());
    }

    // roll-up

    void coarserFramesAreRolledUp()
    {
        FileSource source;
        source.add(oneMinute, {bar(0, "5", "0.1"), bar(minute, "7", "0.2"), bar(4 * minute, "3", "0.3"), bar(11 * minute, "9")});
        const auto bars = source.read(Grid(fiveMinutes), range(0, 60 * minute), 100, Side::Oldest);
        QCOMPARE(bars.size(), std::size_t {2}); // the second five minutes have no bar
        QCOMPARE(text(bars[0]), std::string("0 5 7 3 3 0.6 9 6"));
        QCOMPARE(bars[0].lastMs, 5 * minute - 1);
        QCOMPARE(bars[1].openMs, 10 * minute);
    }

    void theCoarsestFittingFrameIsRolledUp()
    {
        FileSource source;
        source.add(oneMinute, {bar(0, "1")});
        source.add(oneHour, {bar(0, "2"), bar(60 * minute, "3")});
        const Grid daily(oneDay);
        QCOMPARE(formatFixed(source.read(daily, range(0, 1), 1, Side::Oldest).at(0).close), std::string("3"));
        const Grid eastern(oneDay, std::chrono::hours {-8});
        QCOMPARE(source.read(eastern, range(-1'000'000'000, 1), 9, Side::Oldest).at(0).openMs, -8 * 60 * minute);
        QVERIFY(source.read(Grid(*Timeframe::fromName("1m"), milliseconds {1}), range(0, minute), 9, Side::Oldest).empty());
    }

    void filesOfOneMarketAreJoined()
    {
        FileSource source;
        source.add(oneMinute, {bar(0, "1"), bar(2 * minute, "2")});
        source.add(oneMinute, {bar(minute, "5"), bar(2 * minute, "6"), bar(3 * minute, "7")});
        const auto bars = source.read(Grid(oneMinute), range(0, 10 * minute), 10, Side::Oldest);
        QCOMPARE(bars.size(), std::size_t {4});
        QCOMPARE(formatFixed(bars[2].open), std::string("6")); // the later file
    }

    void theLimitCutsAtTheRightSide()
    {
        FileSource source;
        source.add(oneMinute, {bar(0, "1"), bar(minute, "2"), bar(2 * minute, "3")});
        const Grid grid(oneMinute);
        QCOMPARE(source.read(grid, range(0, 9 * minute), 2, Side::Oldest).front().openMs, std::int64_t {0});
        QCOMPARE(source.read(grid, range(0, 9 * minute), 2, Side::Newest).front().openMs, minute);
        QVERIFY(source.read(grid, range(5 * minute, minute), 2, Side::Newest).empty());
    }

    void theOpenBarIsPartOfTheWhole()
    {
        FileSource source;
        Bar whole = bar(0, "100", "60");
        whole.close = whole.high = fixed("160");
        source.add(oneMinute, {whole, bar(minute, "200")});
        const auto open = source.running(Grid(oneMinute), fromMs(0), fromMs(29'999));
        QVERIFY(open);
        QCOMPARE(formatFixed(open->close), std::string("130"));
        QCOMPARE(formatFixed(open->volume), std::string("30"));
        QVERIFY(!less(open->high, open->close) && !less(whole.high, open->high));
        const auto rolled = source.running(Grid(fiveMinutes), fromMs(0), fromMs(minute + 29'999));
        QVERIFY(rolled);
        QCOMPARE(formatFixed(rolled->volume), std::string("60.7")); // the first minute and half of the second
        QVERIFY(!source.running(Grid(oneHour), fromMs(60 * minute), fromMs(61 * minute)));
    }

    // the made-up market

    void madeUpBarsAreSoundAndRepeatable()
    {
        SyntheticSpec spec;
        spec.exchange = "binance";
        spec.base = "BTC";
        spec.listed = fromMs(1'500'000'000'000 / 3'600'000 * 3'600'000);
        const SyntheticSource one(spec);
        const SyntheticSource other(spec);
        const Grid grid(oneMinute);
        const std::int64_t from = 1'700'000'040'000;
        const auto bars = one.read(grid, range(from, from + 5000 * minute), 4000, Side::Oldest);
        QCOMPARE(bars.size(), std::size_t {4000});
        for (std::size_t i = 0; i < bars.size(); ++i) {
            const Bar& b = bars[i];
            QVERIFY(!less(b.high, b.open) && !less(b.high, b.close) && !less(b.open, b.low) && !less(b.close, b.low));
            QVERIFY(b.low.mantissa > 0 && (b.trades == 0) == b.volume.isZero());
            if (i > 0 && b.openMs == bars[i - 1].openMs + minute)
                QCOMPARE(formatFixed(b.open), formatFixed(bars[i - 1].close));
        }
        // any time can be asked for first
        const Bar& picked = bars[2345];
        const auto again = other.read(grid, range(picked.openMs, picked.openMs + 1), 1, Side::Newest);
        QCOMPARE(text(again.at(0)), text(picked));
        QVERIFY(one.read(grid, range(0, 1'400'000'000'000), 10, Side::Newest).empty()); // before the listing
    }

    void madeUpHoursAreTheirMinutes()
    {
        SyntheticSpec spec;
        spec.exchange = "bitfinex";
        spec.base = "KSM";
        spec.tradesPerMinute = 1.5;
        spec.showsEmptyBars = false;
        const SyntheticSource source(spec);
        const std::int64_t from = 1'600'000'000'000 / 86'400'000 * 86'400'000;
        const auto minutes = source.read(Grid(oneMinute), range(from, from + 2 * 86'400'000), 10000, Side::Oldest);
        QVERIFY(minutes.size() > 1000 && minutes.size() < 2700); // thin: minutes without a trade are absent
        for (const Timeframe frame : {fiveMinutes, oneHour, oneDay}) {
            const Grid grid(frame);
            const auto wanted = rolledUp(minutes, grid);
            const auto got = source.read(grid, range(from, from + 2 * 86'400'000), 10000, Side::Oldest);
            QCOMPARE(got.size(), wanted.size());
            for (std::size_t i = 0; i < got.size(); ++i)
                QCOMPARE(text(got[i]), text(wanted[i]));
            const auto newest = source.read(grid, range(from, from + 2 * 86'400'000), 2, Side::Newest);
            QCOMPARE(text(newest.back()), text(wanted.back()));
        }
    }

    void anOutageSilencesAllMarketsOfAVenue()
    {
        SyntheticSpec spec;
        spec.exchange = "okx";
        spec.base = "BTC";
        const SyntheticSource bitcoin(spec);
        spec.base = "ETH";
        const SyntheticSource ether(spec);
        const UtcMs silent = bitcoin.outageOf(fromMs(1'700'000'000'000));
        QCOMPARE(toMs(ether.outageOf(fromMs(1'700'000'000'000))), toMs(silent));
        for (const SyntheticSource* source : {&bitcoin, &ether}) {
            const TimeRange around {silent - std::chrono::hours {1}, silent + std::chrono::hours {2}};
            QCOMPARE(source->read(Grid(oneMinute), around, 1000, Side::Oldest).size(), std::size_t {120});
            QCOMPARE(source->read(Grid(oneHour), around, 1000, Side::Oldest).size(), std::size_t {2});
        }
    }

    // faults

    void faultPlansAreRead()
    {
        const FaultPlan p = plan("5xx=0.1,reset=0.05,latency=50ms,hole=1");
        QCOMPARE(p.probability[0], 0.1);
        QCOMPARE(p.probability[static_cast<std::size_t>(Fault::Hole)], 1.0);
        QCOMPARE(p.latency.count(), 50);
        for (const char* text : {"5xx=2", "5xx", "fire=0.1", "latency=fast", "5xx=0.6,reset=0.6", "hole=-1"})
            QVERIFY2(!parseFaultPlan(text), text);
    }

    void faultsOfStreamsAreDrawn()
    {
        const auto read = parseStreamFaultPlan("drop=0.1,late=0.3");
        QVERIFY(read);
        for (const char* text : {"drop=2", "drop", "fire=0.1", "drop=0.6,late=0.6", "late=-1"})
            QVERIFY2(!parseStreamFaultPlan(text), text);
        StreamFaultDice one(*read, 7), same(*read, 7);
        std::map<StreamFault, int> drawn;
        int none = 0;
        for (int i = 0; i < 10'000; ++i) {
            const auto fault = one.next();
            QVERIFY(fault == same.next());
            fault ? ++drawn[*fault] : ++none;
        }
        QCOMPARE(drawn.size(), std::size_t {2});
        QVERIFY(std::abs(drawn[StreamFault::Drop] - 1'000) < 120 && std::abs(drawn[StreamFault::Late] - 3'000) < 200);
    }

    void faultsFollowTheSeedAndTheirProbability()
    {
        const FaultPlan p = plan("5xx=0.1,reset=0.05,short=0.2");
        const FaultDice one(p, 7), same(p, 7), other(p, 8);
        int server = 0, reset = 0, shortened = 0, differing = 0;
        for (std::uint64_t i = 0; i < 20000; ++i) {
            const FaultDraw draw = one.draw(i);
            QVERIFY(draw.failure == same.draw(i).failure && draw.rows == same.draw(i).rows);
            differing += draw.failure != other.draw(i).failure ? 1 : 0;
            server += draw.failure == Fault::Server ? 1 : 0;
            reset += draw.failure == Fault::Reset ? 1 : 0;
            shortened += draw.has(Fault::Short) ? 1 : 0;
        }
        QVERIFY(differing > 1000);
        QVERIFY2(std::abs(server - 2000) < 200, std::to_string(server).c_str());
        QVERIFY2(std::abs(reset - 1000) < 150, std::to_string(reset).c_str());
        QVERIFY2(std::abs(shortened - 3400) < 300, std::to_string(shortened).c_str()); // 0.85 of the requests succeed
    }

    void everyFaultShows_data()
    {
        QTest::addColumn<QByteArray>("fault");
        QTest::addColumn<int>("lowStatus");
        QTest::addColumn<int>("highStatus");
        QTest::addColumn<bool>("isReadable");
        QTest::newRow("5xx") << QByteArray("5xx") << 500 << 504 << false;
        QTest::newRow("429") << QByteArray("429") << 429 << 429 << true;
        QTest::newRow("418") << QByteArray("418") << 418 << 418 << true;
        QTest::newRow("truncate") << QByteArray("truncate") << 200 << 200 << false;
        QTest::newRow("corrupt") << QByteArray("corrupt") << 200 << 200 << false;
        QTest::newRow("html") << QByteArray("html") << 200 << 403 << false;
    }
    void everyFaultShows()
    {
        QFETCH(QByteArray, fault);
        QFETCH(int, lowStatus);
        QFETCH(int, highStatus);
        QFETCH(bool, isReadable);
        World world(plan(fault.toStdString() + "=1"));
        QVERIFY(world.loaded);
        for (int i = 0; i < 50; ++i) {
            const Reply reply = world.get("/binance/api/v3/klines?symbol=BTCUSDT&interval=1m&limit=20");
            QVERIFY(reply.answer.status >= lowStatus && reply.answer.status <= highStatus);
            const bool isWhole = reply.transport == Reply::Transport::Whole;
            if (!isReadable && fault != "5xx")
                QVERIFY(!json::accept(reply.answer.body.substr(0, isWhole ? std::string::npos : reply.sent)));
            if (isReadable)
                QVERIFY(std::ranges::any_of(reply.answer.headers, [](const auto& h) { return h.first == "Retry-After"; }));
        }
    }

    void resetAndStallSendNothing()
    {
        World resetting(plan("reset=1"));
        QVERIFY(resetting.get("/binance/api/v3/ping").transport == Reply::Transport::Reset);
        World stalling(plan("stall=1"));
        QVERIFY(stalling.get("/binance/api/v3/ping").transport == Reply::Transport::Stall);
    }

    void spoiltRowsHealWhenAskedAgain_data()
    {
        QTest::addColumn<QByteArray>("fault");
        QTest::newRow("hole") << QByteArray("hole");
        QTest::newRow("revise") << QByteArray("revise");
    }
    void spoiltRowsHealWhenAskedAgain()
    {
        QFETCH(QByteArray, fault);
        World clean;
        World world(plan(fault.toStdString() + "=1"));
        const std::string query = "/binance/api/v3/klines?symbol=BTCUSDT&interval=1m&limit=500";
        const std::string right = clean.get(query).answer.body;
        QVERIFY(world.get(query).answer.body != right);
        QCOMPARE(world.get(query).answer.body, right);
        QCOMPARE(world.get(query).answer.body, right);
    }

    void onlyTheNewestRowsAreRevised()
    {
        World clean;
        World world(plan("revise=1"));
        const std::string query = "/binance/api/v3/klines?symbol=BTCUSDT&interval=1m&limit=500&startTime=" + std::to_string(World::start);
        QCOMPARE(world.get(query).answer.body, clean.get(query).answer.body);
    }

    void shortPagesLoseTheFarEnd()
    {
        World world(plan("short=1"));
        const json page = world.body("/binance/api/v3/klines?symbol=BTCUSDT&interval=1m&limit=500&startTime=" + std::to_string(World::start));
        QVERIFY(!page.empty() && page.size() < 500);
        QCOMPARE(page[0][0].get<std::int64_t>(), World::start);
        const json newestFirst = world.body("/bybit/v5/market/kline?category=linear&symbol=BTCUSDT&interval=1&limit=500")["result"]["list"];
        QVERIFY(!newestFirst.empty() && newestFirst.size() < 500);
        QCOMPARE(newestFirst[0][0].get<std::string>(), std::to_string(World::start + 2999 * minute));
        const json single = world.body("/binance/api/v3/klines?symbol=BTCUSDT&interval=1m&limit=1");
        QCOMPARE(single.size(), std::size_t {1}); // a short page is never empty
    }

    void duplicatesAddNoTime()
    {
        World world(plan("duplicate=1"));
        const json page = world.body("/binance/api/v3/klines?symbol=BTCUSDT&interval=1m&limit=100&startTime=" + std::to_string(World::start));
        QVERIFY(page.size() > 100);
        std::set<std::int64_t> times;
        for (const json& row : page)
            times.insert(row[0].get<std::int64_t>());
        QCOMPARE(times.size(), std::size_t {100});
    }

    // limits

    void aRateIsEnforced()
    {
        const LimitMode mode = parseLimitMode("5/s").value();
        Limiter limiter(mode);
        const Limiter::Time t0 {std::chrono::seconds {1000}};
        for (int i = 0; i < 5; ++i)
            QVERIFY(limiter.ask({}, t0).verdict == Permit::Verdict::Allowed);
        const Permit refused = limiter.ask({}, t0 + milliseconds {400});
        QVERIFY(refused.verdict == Permit::Verdict::Refused);
        QCOMPARE(refused.wait.count(), 600);
        QVERIFY(limiter.ask({}, t0 + milliseconds {1000}).verdict == Permit::Verdict::Allowed);
        for (const char* text : {"0/s", "fast", "-1/s", "5"})
            QVERIFY2(!parseLimitMode(text), text);
    }

    void binanceBansWhoDoesNotStop()
    {
        World world({}, parseLimitMode("real").value());
        const std::string heavy = "/binance/api/v3/exchangeInfo"; // weight 20 of 6000
        Reply reply;
        int allowed = 0;
        while ((reply = world.get(heavy)).answer.status == 200)
            ++allowed;
        QVERIFY(allowed >= 299 && allowed <= 600); // a new minute may begin on the way
        QCOMPARE(reply.answer.status, 429);
        for (int i = 0; i < 25 && reply.answer.status == 429; ++i)
            reply = world.get(heavy);
        QCOMPARE(reply.answer.status, 418);
        QVERIFY(reply.answer.body.find("IP banned until") != std::string::npos);
        QCOMPARE(world.get("/binance/fapi/v1/ping").answer.status, 200); // another host, another budget
    }

    void usedWeightIsTold()
    {
        World world({}, parseLimitMode("real").value());
        world.get("/binance/api/v3/klines?symbol=BTCUSDT&interval=1m");
        const Reply reply = world.get("/binance/api/v3/klines?symbol=BTCUSDT&interval=1m");
        const auto found = std::ranges::find(reply.answer.headers, "X-MBX-USED-WEIGHT-1M", &std::pair<std::string, std::string>::first);
        QVERIFY(found != reply.answer.headers.end());
        QVERIFY(found->second == "4" || found->second == "2"); // 2 where a new minute began in between
        const Reply bybit = world.get("/bybit/v5/market/time");
        QVERIFY(std::ranges::any_of(bybit.answer.headers, [](const auto& h) { return h.first == "X-Bapi-Limit-Status" && h.second == "599"; }));
    }

    void withoutLimitsTheBudgetLooksUnused()
    {
        World world;
        for (int i = 0; i < 4000; ++i) {
            const Reply reply = world.get("/binance/api/v3/time");
            QCOMPARE(reply.answer.status, 200);
            QVERIFY(std::ranges::any_of(reply.answer.headers, [](const auto& h) { return h.first == "X-MBX-USED-WEIGHT-1M" && h.second == "1"; }));
        }
    }

    void strangeRequestsAreSurvived_data()
    {
        QTest::addColumn<QByteArray>("target");
        const QByteArray most = "9223372036854775807";
        for (const char* text : {"", "/", "//", "/?", "/%", "/%zz?%", "/\xff\xfe", "/%ff%fe", "/binance", "/binance/api/v3/",
                 "/binance/api/v3/klines?symbol=BTCUSDT&interval=%ff", "/coinbaseexchange/products/", "/coinbaseexchange/products//candles",
                 "/coinbaseexchange/products/BTC-USD/candles?start=0001-01-01&end=9999-12-31", "/bitfinex/v2/candles/::/hist",
                 "/bitfinex/v2/candles/trade:1m", "/bitfinex/v2/conf/,,,", "/bybit/v5/market/instruments-info?category=linear&cursor=99&limit=0",
                 "/kraken/0/public/AssetPairs?pair=,", "/okx/api/v5/public/instruments?instType=%00"})
            QTest::newRow(*text ? text : "empty") << QByteArray(text);
        QTest::newRow("binance, the end of time") << "/binance/dapi/v1/klines?symbol=BTCUSD_PERP&interval=1M&startTime=" + most;
        QTest::newRow("binance, both") << "/binance/api/v3/klines?symbol=BTCUSDT&interval=1M&startTime=" + most + "&endTime=" + most;
        QTest::newRow("okx, the end of time") << "/okx/api/v5/market/history-candles?instId=BTC-USDT&bar=1M&before=" + most + "&after=0";
        QTest::newRow("bybit, the end of time") << "/bybit/v5/market/kline?symbol=BTCUSDT&interval=W&start=" + most;
        QTest::newRow("kraken, the end of time") << "/kraken/0/public/OHLC?pair=XBTUSD&since=" + most;
        QTest::newRow("bitflyer, the end of time") << "/bitflyer/v1/getexecutions?product_code=BTC_JPY&count=" + most + "&before=" + most;
        QTest::newRow("bitflyer, before everything") << QByteArray("/bitflyer/v1/getexecutions?product_code=BTC_JPY&before=0");
        QTest::newRow("bitfinex, the end of time") << "/bitfinex/v2/candles/trade:1D:tBTCUSD/hist?end=" + most + "&start=" + most;
    }
    void strangeRequestsAreSurvived()
    {
        QFETCH(QByteArray, target);
        World world({}, {}, 1, 10);
        const Reply reply = world.get(target.toStdString());
        QVERIFY(reply.answer.status >= 200 && reply.answer.status <= 500);
    }

    /// Trades of a minute add up to its bar; pages by id hold each of them once.
    void tradesMakeUpTheMinutes()
    {
        MarketStore store;
        QVERIFY(store.addSynthetic(3, {"bitflyer"}));
        const Market* market = store.find("bitflyer", MarketType::Spot, "BTC_JPY");
        QVERIFY(market != nullptr);
        const UtcMs now = parseTime("2025-03-01T12:00:30").value();
        const UtcMs from = now - std::chrono::hours {3};
        std::vector<TapeTrade> trades;
        std::optional<std::int64_t> before;
        for (;;) {
            const auto page = newestTrades(*market, now, Grid(oneMinute).ceil(from), before, 70);
            if (page.empty())
                break;
            trades.insert(trades.begin(), page.begin(), page.end());
            before = page.front().id;
        }
        QVERIFY(std::ranges::adjacent_find(trades, [](const TapeTrade& a, const TapeTrade& b) { return a.id >= b.id || a.ms > b.ms; }) == trades.end());
        const auto bars = market->source->read(Grid(oneMinute), {Grid(oneMinute).ceil(from), Grid(oneMinute).floor(now)}, 1000, Side::Newest);
        QVERIFY(bars.size() > 150);
        for (const Bar& each : bars) {
            std::vector<TapeTrade> own;
            std::ranges::copy_if(trades, std::back_inserter(own), [&](const TapeTrade& t) { return t.ms >= each.openMs && t.ms < each.openMs + minute; });
            QCOMPARE(own.empty(), each.volume.isZero());
            if (own.empty())
                continue;
            QCOMPARE(own.front().price, each.open);
            QCOMPARE(own.back().price, each.close);
            Fixed volume {0, 0};
            for (const TapeTrade& t : own)
                volume = sum(volume, t.amount);
            QCOMPARE(volume.toDouble(), each.volume.toDouble());
        }
    }

    // the venues' words

    void requestsAreAnsweredAsTheVenueDoes_data()
    {
        QTest::addColumn<QByteArray>("target");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("contains");
        const QByteArray s = QByteArray::number(qint64(World::start));
        const auto at = [](int i) { return QByteArray::number(qint64(World::start + i * minute)); };
        const auto row = [](const char* name, const QByteArray& target, int status, const QByteArray& contains) {
            QTest::newRow(name) << target << status << contains;
        };
        row("binance unknown symbol", "/binance/api/v3/klines?symbol=FOO&interval=1m", 400, "{\"code\":-1121,\"msg\":\"Invalid symbol.\"}");
        row("binance bad interval", "/binance/api/v3/klines?symbol=BTCUSDT&interval=7m", 400, "\"code\":-1120");
        row("binance no symbol", "/binance/api/v3/klines?interval=1m", 400, "\"code\":-1102");
        row("binance bad characters", "/binance/api/v3/klines?symbol=btc%2Fusdt&interval=1m", 400, "\"code\":-1100");
        row("binance bad time", "/binance/api/v3/klines?symbol=BTCUSDT&interval=1m&startTime=now", 400, "\"code\":-1100");
        row("binance futures limit", "/binance/fapi/v1/klines?symbol=BTCUSDT&interval=1m&limit=1501", 400, "\"code\":-1130");
        row("binance inverse window", "/binance/dapi/v1/klines?symbol=BTCUSD_PERP&interval=1m&startTime=1&endTime=1700000040000", 400, "\"code\":-1127");
        row("binance both ends inclusive", "/binance/api/v3/klines?symbol=BTCUSDT&interval=1m&startTime=" + s + "&endTime=" + s, 200, "[[" + s + ",\"100\",");
        row("binance reversed", "/binance/api/v3/klines?symbol=BTCUSDT&interval=1m&startTime=" + at(5) + "&endTime=" + s, 200, "[]");
        row("binance contract size", "/binance/dapi/v1/exchangeInfo", 200, "\"contractSize\":100");
        row("binance nothing there", "/binance/api/v3/nothing", 404, "404");
        row("bybit unknown symbol", "/bybit/v5/market/kline?category=spot&symbol=FOO&interval=1", 200, "\"retCode\":10001,\"retExtInfo\":{},\"retMsg\":\"Not supported symbols\"");
        row("bybit bad interval", "/bybit/v5/market/kline?category=linear&symbol=BTCUSDT&interval=1m", 200, "\"retCode\":10001");
        row("bybit the bar that contains start", "/bybit/v5/market/kline?symbol=BTCUSDT&interval=1&limit=1&start=" + QByteArray::number(qint64(World::start + 30'000)), 200, "\"list\":[[\"" + s + "\"");
        row("bybit newest first", "/bybit/v5/market/kline?symbol=BTCUSDT&interval=1&limit=2&start=" + s, 200, "\"list\":[[\"" + at(1) + "\"");
        row("bybit no options", "/bybit/v5/market/instruments-info?category=option&baseCoin=BTC", 200, "\"list\":[]");
        row("okx unknown instrument", "/okx/api/v5/market/candles?instId=FOO-BAR", 200, "\"code\":\"51001\"");
        row("okx without instrument", "/okx/api/v5/market/candles", 400, "\"code\":\"50014\"");
        row("okx bad bar", "/okx/api/v5/market/candles?instId=BTC-USDT&bar=1h", 400, "\"code\":\"51000\"");
        row("okx ends are exclusive", "/okx/api/v5/market/history-candles?instId=BTC-USDT&before=" + s + "&after=" + at(2), 200, "\"data\":[[\"" + at(1) + "\"");
        row("okx contracts of 0.01", "/okx/api/v5/market/history-candles?instId=BTC-USDT-SWAP&before=" + s + "&after=" + at(2), 200, "\"200\",\"2\",");
        row("okx candles reach back 1440 bars", "/okx/api/v5/market/candles?instId=BTC-USDT&after=" + at(1000), 200, "\"data\":[]");
        row("kraken unknown pair", "/kraken/0/public/OHLC?pair=FOOBAR", 200, "{\"error\":[\"EQuery:Unknown asset pair\"]}");
        row("kraken bad interval", "/kraken/0/public/OHLC?pair=XBTUSD&interval=7", 200, "EGeneral:Invalid arguments");
        row("kraken since is exclusive", "/kraken/0/public/OHLC?pair=XBTUSD&since=" + QByteArray::number(qint64(World::start / 1000 + 2998 * 60)), 200, "\"XXBTZUSD\":[[" + QByteArray::number(qint64(World::start / 1000 + 2999 * 60)));
        row("kraken old keys", "/kraken/0/public/AssetPairs", 200, "\"XXBTZUSD\":{");
        row("coinbase unknown product", "/coinbaseexchange/products/FOO-USD/candles", 404, "{\"message\":\"NotFound\"}");
        row("coinbase bad granularity", "/coinbaseexchange/products/BTC-USD/candles?granularity=120", 400, "Unsupported granularity");
        row("coinbase 301 bars", "/coinbaseexchange/products/BTC-USD/candles?granularity=60&start=2023-11-14T22:14:00Z&end=2023-11-15T03:14:00Z", 400, "exceeds 300");
        row("coinbase 300 bars", "/coinbaseexchange/products/BTC-USD/candles?granularity=60&start=2023-11-14T22:14:00Z&end=2023-11-15T03:13:00Z", 200, "[[17000");
        row("bitfinex unknown symbol", "/bitfinex/v2/candles/trade:1m:tFOOUSD/hist", 500, "[\"error\",10020,\"symbol: invalid\"]");
        row("bitfinex close is third", "/bitfinex/v2/candles/trade%3A1m%3AtBTCUSD/hist?sort=1&limit=1&start=" + at(1), 200, "[[" + at(1) + ",100.1,100,101,99.5,2]]");
        row("bitfinex limit", "/bitfinex/v2/candles/trade:1m:tBTCUSD/hist?limit=10001", 500, "limit: invalid");
        row("nobody there", "/nasdaq/quotes", 404, "/binance/");
    }
    void requestsAreAnsweredAsTheVenueDoes()
    {
        QFETCH(QByteArray, target);
        QFETCH(int, status);
        QFETCH(QByteArray, contains);
        World world;
        QVERIFY(world.loaded);
        const Reply reply = world.get(target.toStdString());
        QVERIFY2(reply.answer.body.find(contains.toStdString()) != std::string::npos, reply.answer.body.substr(0, 400).c_str());
        QCOMPARE(reply.answer.status, status);
    }

    void theRunningBarIsServedAsTheVenueDoes()
    {
        World world({}, {}, 1, 3001);
        const std::int64_t open = World::start + 3000 * minute;
        QCOMPARE(world.body("/binance/api/v3/klines?symbol=BTCUSDT&interval=1m&limit=1")[0][0].get<std::int64_t>(), open);
        const json recent = world.body("/okx/api/v5/market/candles?instId=BTC-USDT&limit=2")["data"];
        QCOMPARE(recent[0][8].get<std::string>() + recent[1][8].get<std::string>(), std::string("01"));
        const json history = world.body("/okx/api/v5/market/history-candles?instId=BTC-USDT&limit=1")["data"];
        QCOMPARE(history[0][0].get<std::string>(), std::to_string(open - minute));
        const json kraken = world.body("/kraken/0/public/OHLC?pair=XXBTZUSD")["result"];
        QCOMPARE(kraken["XXBTZUSD"].size(), std::size_t {720});
        QCOMPARE(kraken["XXBTZUSD"].back()[0].get<std::int64_t>(), open / 1000);
        QCOMPARE(kraken["last"].get<std::int64_t>(), open / 1000 - 60);
    }

    void statsAndRecordTellWhatWasServed()
    {
        World world;
        const std::string path = world.folder.filePath(QStringLiteral("record.jsonl")).toStdString();
        QVERIFY(world.feed.record(path));
        world.get("/binance/api/v3/klines?symbol=BTCUSDT&interval=1m&limit=10&startTime=" + std::to_string(World::start));
        const json stats = world.body("/_sim/stats");
        QCOMPARE(stats["requests"]["binance"].get<int>(), 1);
        QCOMPARE(stats["rows"].get<int>(), 10);
        QCOMPARE(stats["served"][0]["to"].get<std::int64_t>(), World::start + 10 * minute);
        std::ifstream in(path);
        std::string line;
        QVERIFY(std::getline(in, line) && json::parse(line)["rows"] == 10);
    }

    void theClockIsSetOnlyWhereItStands()
    {
        World world;
        const auto post = [&](const char* query) { return world.simulator->reply("POST", std::string("/_sim/clock") + query, {}).answer.status; };
        QCOMPARE(post("?now=1700000000000"), 409); // the system's
        world.simulator->letSetClock(world.clock);
        QCOMPARE(post("?now=1700000000000"), 200);
        QCOMPARE(world.body("/_sim/clock")["now"].get<std::int64_t>(), 1'700'000'000'000);
        QCOMPARE(post("?now=2023-11-14T22:13:21Z"), 200);
        QCOMPARE(toMs(world.clock.now()), 1'700'000'001'000);
        QCOMPARE(world.body("/_sim/stats")["now"].get<std::int64_t>(), 1'700'000'001'000);
        for (const char* wrong : {"", "?now=", "?now=soon"})
            QCOMPARE(post(wrong), 400);
        QCOMPARE(world.simulator->reply("DELETE", "/_sim/clock", {}).answer.status, 405);
    }

    // options

    void badOptionsAreRefusedWithASentence_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QByteArray>("complaint");
        const auto row = [](const char* name, const QStringList& arguments, const char* complaint) {
            QTest::newRow(name) << arguments << QByteArray(complaint);
        };
        const QString data = QStringLiteral("--data");
        row("nothing", {}, "nothing to serve");
        row("unknown option", {QStringLiteral("--sympol")}, "unknown option '--sympol'");
        row("no value", {QStringLiteral("--port")}, "--port needs a value");
        row("port", {QStringLiteral("--port"), QStringLiteral("70000")}, "from 0 to 65535");
        row("unknown exchange", {data, QStringLiteral("exchange=nasdaq,symbol=BTC/USDT,timeframe=1m,file=x")}, "'nasdaq' is not simulated");
        row("no file", {data, QStringLiteral("exchange=binance,symbol=BTC/USDT,timeframe=1m")}, "file= is missing");
        row("timeframe", {data, QStringLiteral("exchange=binance,symbol=BTC/USDT,timeframe=7m,file=x")}, "--data timeframe: '7m'");
        row("market against symbol", {data, QStringLiteral("exchange=binance,market=linear,symbol=BTC/USDT,timeframe=1m,file=x")}, "is a spot symbol");
        row("market that the venue lacks", {data, QStringLiteral("exchange=kraken,symbol=BTC/USD:BTC,timeframe=1m,file=x")}, "kraken has no inverse markets");
        row("unknown key", {data, QStringLiteral("exchange=binance,sym=BTC/USDT")}, "'sym' is unknown");
        row("synthetic without exchange", {QStringLiteral("--synthetic"), QStringLiteral("1")}, "needs --exchange");
        row("exchange without synthetic", {QStringLiteral("--exchange"), QStringLiteral("okx")}, "goes with --synthetic");
        row("fault", {QStringLiteral("--fault"), QStringLiteral("5xx=9")}, "not a probability");
        row("fault of streams", {QStringLiteral("--stream-fault"), QStringLiteral("fire=0.1")}, "there are drop, close, stall");
        row("speed", {QStringLiteral("--speed=0")}, "a number from 1 to 3600");
        row("limits", {QStringLiteral("--limits=often")}, "neither real, off nor a rate");
    }
    void badOptionsAreRefusedWithASentence()
    {
        QFETCH(QStringList, arguments);
        QFETCH(QByteArray, complaint);
        std::vector<std::string> texts;
        for (const QString& argument : arguments)
            texts.push_back(argument.toStdString());
        const std::vector<std::string_view> views(texts.begin(), texts.end());
        const auto options = parseOptions(views);
        QVERIFY(!options);
        QVERIFY2(options.error().detail.find(complaint.toStdString()) != std::string::npos, options.error().detail.c_str());
    }

    void aPathMayHoldCommas()
    {
        const auto spec = parseDataSpec("exchange=okx,symbol=BTC/USDT:USDT,timeframe=1h,file=/tmp/a,b.csv,coin=ETH,volume=contracts");
        QVERIFY(spec);
        QCOMPARE(spec->file, std::string("/tmp/a,b.csv"));
        QCOMPARE(spec->coin, std::string("ETH"));
        QCOMPARE(spec->venue, std::string("okx"));
        QVERIFY(spec->inContracts && spec->type == MarketType::Linear);
    }

private:
    static Result<std::vector<Bar>> read(const QByteArray& content)
    {
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("candles.csv"));
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly) || file.write(content) != content.size())
            return fail(ErrorCode::Internal, "the test's file cannot be written");
        file.close();
        return readCandles({path.toStdString(), "binance", "BTC", Grid(oneMinute)});
    }
};

QTEST_GUILESS_MAIN(TestSimulator)
#include "tst_simulator.moc"
