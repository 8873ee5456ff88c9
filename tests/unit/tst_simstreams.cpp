// The simulated exchanges' streams: what they answer to clients, and that a bar's last message is the bar.

#include <QTest>

#include <algorithm>

#include <nlohmann/json.hpp>

#include "app/simulator/streams.h"
#include "core/base/timetext.h"

using namespace mnemo;
using namespace mnemo::sim;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

/// A made-up world at a time of its own.
struct World {
    World()
    {
        if (!store.addSynthetic(3, {"binance", "bybit", "okx", "kraken", "bitfinex", "coinbaseexchange"}))
            qFatal("no such exchange");
    }
    std::unique_ptr<Streams> open(const QByteArray& venue, const QByteArray& path)
    {
        return openStreams(venue.toStdString(), path.toStdString(), {}, store, feed);
    }

    FakeClock clock {parseTime("2025-06-01T00:00:20Z").value()};
    MarketStore store;
    Feed feed {clock};
};

/// Whether @p have holds everything that @p wanted does, member by member.
bool holds(const json& have, const json& wanted)
{
    if (!wanted.is_object())
        return have == wanted;
    return have.is_object() && std::ranges::all_of(wanted.items(), [&](const auto& member) {
        return have.contains(member.key()) && holds(have[member.key()], member.value());
    });
}

} // namespace

class TestSimStreams : public QObject {
    Q_OBJECT

private slots:
    void placesOfStreams_data();
    void placesOfStreams();
    void answers_data();
    void answers();
    void lastMessageIsTheBar_data();
    void lastMessageIsTheBar();
    void snapshotsComeFirst();
    void tradesMakeTheBar();
    void quietChannelsBeat();
};

void TestSimStreams::placesOfStreams_data()
{
    QTest::addColumn<QByteArray>("venue");
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<bool>("isThere");
    const auto row = [](const char* venue, const char* path, bool isThere) {
        QTest::addRow("%s%s", venue, path) << QByteArray(venue) << QByteArray(path) << isThere;
    };
    row("binance", "/ws", true);
    row("binance", "/market/ws", true);
    row("binance", "/api/v3/klines", false);
    row("bybit", "/v5/public/inverse", true);
    row("bybit", "/v5/public/option", false);
    row("okx", "/ws/v5/business", true);
    row("okx", "/ws/v5/private", false);
    row("kraken", "/v2", true);
    row("kraken", "/", false);
    row("bitfinex", "/ws/2", true);
    row("bitfinex", "/ws/1", false);
    row("coinbaseexchange", "/", true);
    row("coinbaseexchange", "/products", false);
    row("bitflyer", "/", false);
}

void TestSimStreams::placesOfStreams()
{
    QFETCH(QByteArray, venue);
    QFETCH(QByteArray, path);
    QFETCH(bool, isThere);
    World world;
    QCOMPARE(world.open(venue, path) != nullptr, isThere);
}

void TestSimStreams::answers_data()
{
    QTest::addColumn<QByteArray>("venue");
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<QByteArray>("sent");
    QTest::addColumn<QByteArray>("answer"); ///< text, or members that its first answer has
    const auto row = [](const char* name, const char* venue, const char* path, const char* sent, const char* answer) {
        QTest::addRow("%s: %s", venue, name) << QByteArray(venue) << QByteArray(path) << QByteArray(sent) << QByteArray(answer);
    };
    row("subscribe", "binance", "/ws", R"({"method":"SUBSCRIBE","params":["btcusdt@kline_1m"],"id":7})", R"({"result":null,"id":7})");
    row("no json", "binance", "/ws", "hello", R"({"error":{"code":2}})");
    row("subscribe", "bybit", "/v5/public/spot", R"({"op":"subscribe","req_id":"4","args":["kline.1.BTCUSDT"]})",
        R"({"success":true,"req_id":"4","op":"subscribe"})");
    row("ping", "bybit", "/v5/public/spot", R"({"op":"ping","req_id":"5"})", R"({"success":true,"ret_msg":"pong","req_id":"5"})");
    row("unknown symbol", "bybit", "/v5/public/linear", R"({"op":"subscribe","args":["kline.1.NONEUSDT"]})", R"({"success":false})");
    row("unknown frame", "bybit", "/v5/public/linear", R"({"op":"subscribe","args":["kline.7.BTCUSDT"]})", R"({"success":false})");
    row("too many", "bybit", "/v5/public/spot",
        R"({"op":"subscribe","args":["kline.1.BTCUSDT","a","b","c","d","e","f","g","h","i","j"]})",
        R"({"success":false,"ret_msg":"args size >10"})");
    row("no such frame", "okx", "/ws/v5/business", R"({"op":"subscribe","args":[{"channel":"candle1Hutc","instId":"BTC-USDT"}]})",
        R"({"event":"error","code":"60018"})"); // "utc" is for frames that depend on the zone
    row("subscribe a minute", "okx", "/ws/v5/business", R"({"op":"subscribe","args":[{"channel":"candle1m","instId":"BTC-USDT-SWAP"}]})",
        R"({"event":"subscribe","arg":{"channel":"candle1m","instId":"BTC-USDT-SWAP"}})");
    row("candles are elsewhere", "okx", "/ws/v5/public", R"({"op":"subscribe","args":[{"channel":"candle1m","instId":"BTC-USDT"}]})",
        R"({"event":"error","code":"60018"})");
    row("ping", "okx", "/ws/v5/business", "ping", "pong");
    row("subscribe", "kraken", "/v2", R"({"method":"subscribe","params":{"channel":"ohlc","symbol":["BTC/USD"],"interval":5},"req_id":9})",
        R"({"method":"subscribe","success":true,"req_id":9,"result":{"channel":"ohlc","symbol":"BTC/USD","interval":5}})");
    row("old names", "kraken", "/v2", R"({"method":"subscribe","params":{"channel":"ohlc","symbol":["XBT/USD"],"interval":5}})",
        R"({"success":false,"error":"Currency pair not supported XBT/USD"})");
    row("ping", "kraken", "/v2", R"({"method":"ping","req_id":3})", R"({"method":"pong","req_id":3})");
    row("subscribe", "bitfinex", "/ws/2", R"({"event":"subscribe","channel":"candles","key":"trade:1m:tBTCUSD"})",
        R"({"event":"subscribed","channel":"candles","key":"trade:1m:tBTCUSD"})");
    row("no such key", "bitfinex", "/ws/2", R"({"event":"subscribe","channel":"candles","key":"trade:7m:tBTCUSD"})", R"({"event":"error"})");
    row("ping", "bitfinex", "/ws/2", R"({"event":"ping","cid":1234})", R"({"event":"pong","cid":1234})");
    row("subscribe", "coinbaseexchange", "/", R"({"type":"subscribe","product_ids":["BTC-USD"],"channels":["matches"]})",
        R"({"type":"subscriptions","channels":[{"name":"matches","product_ids":["BTC-USD"],"account_ids":null}]})");
    row("products within channels", "coinbaseexchange", "/", R"({"type":"subscribe","channels":[{"name":"matches","product_ids":["BTC-USD"]}]})",
        R"({"type":"subscriptions","channels":[{"name":"matches","product_ids":["BTC-USD"],"account_ids":null}]})");
    row("no such product", "coinbaseexchange", "/", R"({"type":"subscribe","product_ids":["FOO-USD"],"channels":["matches"]})",
        R"({"type":"error","message":"Failed to subscribe"})");
    row("there are no candles", "coinbaseexchange", "/", R"({"type":"subscribe","product_ids":["BTC-USD"],"channels":["candles"]})", R"({"type":"error"})");
    row("leave what is not there", "bitfinex", "/ws/2", R"({"event":"unsubscribe","chanId":1})", R"({"event":"error"})");
}

void TestSimStreams::answers()
{
    QFETCH(QByteArray, venue);
    QFETCH(QByteArray, path);
    QFETCH(QByteArray, sent);
    QFETCH(QByteArray, answer);
    World world;
    const auto answers = world.open(venue, path)->control(sent.toStdString());
    QVERIFY(!answers.empty());
    const json wanted = json::parse(answer.toStdString(), nullptr, false);
    if (wanted.is_discarded())
        QCOMPARE(QByteArray::fromStdString(answers.front()), answer);
    else
        QVERIFY2(holds(json::parse(answers.front()), wanted), answers.front().c_str());
}

void TestSimStreams::lastMessageIsTheBar_data()
{
    QTest::addColumn<QByteArray>("venue");
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<QByteArray>("subscribe");
    QTest::addColumn<QByteArray>("unsubscribe");
    QTest::addColumn<QByteArray>("close"); ///< where the close stands, as a JSON pointer
    QTest::addColumn<QByteArray>("isClosed"); ///< likewise; empty where nothing says so
    QTest::newRow("binance") << QByteArray("binance") << QByteArray("/ws") << QByteArray(R"({"method":"SUBSCRIBE","params":["btcusdt@kline_1m"]})")
                             << QByteArray(R"({"method":"UNSUBSCRIBE","params":["btcusdt@kline_1m"]})") << QByteArray("/k/c") << QByteArray("/k/x");
    QTest::newRow("bybit") << QByteArray("bybit") << QByteArray("/v5/public/spot") << QByteArray(R"({"op":"subscribe","args":["kline.1.BTCUSDT"]})")
                           << QByteArray(R"({"op":"unsubscribe","args":["kline.1.BTCUSDT"]})") << QByteArray("/data/0/close") << QByteArray("/data/0/confirm");
    QTest::newRow("okx") << QByteArray("okx") << QByteArray("/ws/v5/business")
                         << QByteArray(R"({"op":"subscribe","args":[{"channel":"candle1m","instId":"BTC-USDT"}]})")
                         << QByteArray(R"({"op":"unsubscribe","args":[{"channel":"candle1m","instId":"BTC-USDT"}]})") << QByteArray("/data/0/4") << QByteArray("/data/0/8");
    QTest::newRow("kraken") << QByteArray("kraken") << QByteArray("/v2")
                            << QByteArray(R"({"method":"subscribe","params":{"channel":"ohlc","symbol":["BTC/USD"],"interval":1}})")
                            << QByteArray(R"({"method":"unsubscribe","params":{"channel":"ohlc","symbol":["BTC/USD"],"interval":1}})") << QByteArray("/data/0/close") << QByteArray();
    QTest::newRow("bitfinex") << QByteArray("bitfinex") << QByteArray("/ws/2") << QByteArray(R"({"event":"subscribe","channel":"candles","key":"trade:1m:tBTCUSD"})")
                              << QByteArray(R"({"event":"unsubscribe","chanId":343351})") << QByteArray("/1/2") << QByteArray();
}

void TestSimStreams::lastMessageIsTheBar()
{
    QFETCH(QByteArray, venue);
    QFETCH(QByteArray, path);
    QFETCH(QByteArray, subscribe);
    QFETCH(QByteArray, unsubscribe);
    QFETCH(QByteArray, close);
    QFETCH(QByteArray, isClosed);
    World world;
    const auto streams = world.open(venue, path);
    streams->control(subscribe.toStdString());
    const auto at = [](const std::string& message, const QByteArray& pointer) {
        const json value = json::parse(message).at(json::json_pointer(pointer.toStdString()));
        return value.is_string() ? value.get<std::string>() : value.dump();
    };
    QCOMPARE(streams->due().size(), std::size_t {1});
    world.clock.advance(20s);
    const auto running = streams->due();
    QCOMPARE(running.size(), std::size_t {1});
    world.clock.advance(30s); // the minute is over
    const auto after = streams->due();
    QCOMPARE(after.size(), std::size_t {2});
    const auto markets = world.store.markets(venue.toStdString(), MarketType::Spot);
    const auto market = std::ranges::find_if(markets, [](const Market* each) { return each->symbol.base == "BTC"; });
    QVERIFY(market != markets.end());
    const UtcMs open = *parseTime("2025-06-01T00:00:00Z");
    const auto bars = (*market)->source->read(Grid(Timeframe {}), {open, open + 1min}, 1, Side::Oldest);
    QCOMPARE(bars.size(), std::size_t {1});
    QCOMPARE(at(after[0], close), formatFixed(bars[0].close));
    if (!isClosed.isEmpty()) {
        QVERIFY(at(after[0], isClosed) != at(running[0], isClosed));
        QCOMPARE(at(after[1], isClosed), at(running[0], isClosed));
    }
    streams->control(unsubscribe.toStdString());
    world.clock.advance(1min);
    QVERIFY(streams->due().empty());
}

void TestSimStreams::snapshotsComeFirst()
{
    World world;
    const auto kraken = world.open("kraken", "/v2");
    QCOMPARE(kraken->greeting().size(), std::size_t {1});
    const auto told = kraken->control(R"({"method":"subscribe","params":{"channel":"ohlc","symbol":["BTC/USD"],"interval":1}})");
    QCOMPARE(told.size(), std::size_t {2});
    const json snapshot = json::parse(told[1]);
    QCOMPARE(snapshot["type"].get<std::string>(), std::string("snapshot"));
    QCOMPARE(snapshot["data"].back()["interval_begin"].get<std::string>(), std::string("2025-06-01T00:00:00.000000000Z"));
    const auto bitfinex = world.open("bitfinex", "/ws/2");
    const auto bars = json::parse(bitfinex->control(R"({"event":"subscribe","channel":"candles","key":"trade:1m:tBTCUSD"})")[1])[1];
    QCOMPARE(bars.size(), std::size_t {101});
    QVERIFY(bars[0][0] > bars[1][0]); // newest first
}

void TestSimStreams::tradesMakeTheBar()
{
    World world;
    const auto streams = world.open("coinbaseexchange", "/");
    const auto told = streams->control(R"({"type":"subscribe","product_ids":["BTC-USD"],"channels":["matches"]})");
    QCOMPARE(told.size(), std::size_t {2});
    QCOMPARE(json::parse(told[1])["type"].get<std::string>(), std::string("last_match"));
    std::vector<std::string> messages;
    for (int i = 0; i < 100; ++i) { // into the minute after the next
        world.clock.advance(1s);
        std::ranges::move(streams->due(), std::back_inserter(messages));
    }
    const UtcMs open = *parseTime("2025-06-01T00:01:00Z");
    std::vector<double> prices;
    double amount = 0;
    std::int64_t last = 0;
    for (const std::string& message : messages) {
        const json match = json::parse(message);
        QVERIFY(match["trade_id"].get<std::int64_t>() > last);
        last = match["trade_id"].get<std::int64_t>();
        const UtcMs time = *parseTime(match["time"].get<std::string>());
        if (time < open || time >= open + 1min)
            continue;
        prices.push_back(std::stod(match["price"].get<std::string>()));
        amount += std::stod(match["size"].get<std::string>());
    }
    const Market* market = world.store.find("coinbaseexchange", MarketType::Spot, "BTC-USD");
    const auto bar = market->source->read(Grid(Timeframe {}), {open, open + 1min}, 1, Side::Oldest).front();
    QVERIFY(!prices.empty());
    QCOMPARE(QByteArray::number(prices.front(), 'g', 15), QByteArray::number(std::stod(formatFixed(bar.open)), 'g', 15));
    QCOMPARE(QByteArray::number(prices.back(), 'g', 15), QByteArray::number(std::stod(formatFixed(bar.close)), 'g', 15));
    QCOMPARE(std::ranges::max(prices), std::stod(formatFixed(bar.high)));
    QVERIFY(std::abs(amount - std::stod(formatFixed(bar.volume))) < 1e-9 * amount);
    streams->control(R"({"type":"unsubscribe","product_ids":["BTC-USD"],"channels":["matches"]})");
    world.clock.advance(1min);
    QVERIFY(streams->due().empty());
}

void TestSimStreams::quietChannelsBeat()
{
    World world;
    world.clock.set(*parseTime("1990-01-01")); // before anything was traded
    const auto bitfinex = world.open("bitfinex", "/ws/2");
    bitfinex->control(R"({"event":"subscribe","channel":"candles","key":"trade:1m:tBTCUSD"})");
    QVERIFY(bitfinex->due().empty());
    world.clock.advance(15s);
    QCOMPARE(bitfinex->due(), std::vector<std::string> {R"([343351,"hb"])"});
    QVERIFY(bitfinex->due().empty());
}

QTEST_APPLESS_MAIN(TestSimStreams)
#include "tst_simstreams.moc"
