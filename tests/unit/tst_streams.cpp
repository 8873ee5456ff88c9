// What venues' streams send is read as bars, pings and refusals, and what we send is what they take. Messages are those
// that CCXT 4.5.84 quotes in its pro/*.js from the venues' papers, unless a row names another source.

#include <QTest>

#include <nlohmann/json.hpp>
#include <zlib.h>

#include "cataloguefixture.h"
#include "core/exchange/stream.h"

using namespace mnemo;

namespace {

using Json = nlohmann::json;

std::shared_ptr<const StreamProtocol> protocolOf(const char* exchange, MarketType market)
{
    const auto venue = shipped().venue(exchange);
    return venue ? (*venue)->streams(market) : nullptr;
}

StreamTopic topicOf(const char* exchange, MarketType market, const char* symbol, const char* frame)
{
    const auto venue = *shipped().venue(exchange);
    Instrument instrument = venue->instrument(market, symbol).value();
    return venue->streams(market)->topic(instrument, *Timeframe::fromName(frame)).value();
}

std::string gzipped(const std::string& text)
{
    z_stream stream {};
    deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
    std::string out(compressBound(static_cast<uLong>(text.size())) + 32, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

QByteArray textOf(const std::vector<StreamBar>& bars)
{
    Json list = Json::array();
    for (const StreamBar& bar : bars)
        list.push_back({toMs(bar.bar.openTime), bar.bar.open, bar.bar.high, bar.bar.low, bar.bar.close, bar.bar.volume, bar.isClosed});
    return QByteArray::fromStdString(list.dump());
}

} // namespace

class TestStreams : public QObject {
    Q_OBJECT

private slots:
    void bars_data();
    void bars();
    void otherMessages_data();
    void otherMessages();
    void subscriptions_data();
    void subscriptions();
    void manyTopicsInOneMessage();
    void boundChannels();
    void rowsOfOtherTopicsAreLeftOut();
    void trades_data();
    void trades();
    void timeframesOfTradesShareATopic();
    void packedMessages();
    void protobufMessages_data();
    void protobufMessages();
    void brokenProtobuf_data();
    void brokenProtobuf();
    void handshake();
    void redirected();
    void whoIsLikeAnotherDoesNotStreamFromIt();
    void unreadable_data();
    void unreadable();
    void badDescriptions_data();
    void badDescriptions();
};

void TestStreams::bars_data()
{
    QTest::addColumn<QByteArray>("exchange");
    QTest::addColumn<int>("market");
    QTest::addColumn<QByteArray>("symbol");
    QTest::addColumn<QByteArray>("frame");
    QTest::addColumn<QByteArray>("message");
    QTest::addColumn<QByteArray>("expected"); // [ms, o, h, l, c, v, closed]
    const auto row = [](const char* name, const char* exchange, MarketType market, const char* symbol, const char* frame,
                         const char* message, const char* expected) {
        QTest::newRow(name) << QByteArray(exchange) << static_cast<int>(market) << QByteArray(symbol) << QByteArray(frame)
                            << QByteArray(message) << QByteArray(expected);
    };
    constexpr auto spot = MarketType::Spot, linear = MarketType::Linear, inverse = MarketType::Inverse;
    row("binance, running", "binance", spot, "ETH/BTC", "1m",
        R"({"e":"kline","E":1579482921215,"s":"ETHBTC","k":{"t":1579482900000,"T":1579482959999,"s":"ETHBTC","i":"1m","f":158411535,"L":158411550,"o":"0.01913200","c":"0.01913500","h":"0.01913700","l":"0.01913200","v":"5.08400000","n":16,"x":false,"q":"0.09728060","V":"3.30200000","Q":"0.06318500","B":"0"}})",
        "[[1579482900000,0.019132,0.019137,0.019132,0.019135,5.084,false]]");
    row("binance, closed", "binance", linear, "ETH/BTC:BTC", "1m",
        R"({"e":"kline","E":1579482960002,"s":"ETHBTC","k":{"t":1579482900000,"T":1579482959999,"s":"ETHBTC","i":"1m","o":"0.01913200","c":"0.01913500","h":"0.01913700","l":"0.01913200","v":"5.08400000","n":16,"x":true,"q":"0.09728060"}})",
        "[[1579482900000,0.019132,0.019137,0.019132,0.019135,5.084,true]]");
    row("binance inverse counts contracts, and base as quote", "binance", inverse, "BTC/USD:BTC", "1m",
        R"({"e":"kline","E":1579482960002,"s":"BTCUSD_PERP","k":{"t":1579482900000,"T":1579482959999,"i":"1m","o":"100","c":"100","h":"100","l":"100","v":"50","n":1,"x":true,"q":"0.5"}})",
        "[[1579482900000,100.0,100.0,100.0,100.0,0.5,true]]");
    row("bybit", "bybit", linear, "BTC/USDT:USDT", "5m",
        R"({"topic":"kline.5.BTCUSDT","data":[{"start":1672324800000,"end":1672325099999,"interval":"5","open":"16649.5","close":"16677","high":"16677","low":"16608","volume":"2.081","turnover":"34666.4005","confirm":false,"timestamp":1672324988882}],"ts":1672324988882,"type":"snapshot"})",
        "[[1672324800000,16649.5,16677.0,16608.0,16677.0,2.081,false]]");
    row("bybit inverse: turnover is base", "bybit", inverse, "BTC/USD:BTC", "5m",
        R"({"topic":"kline.5.BTCUSD","data":[{"start":1672324800000,"interval":"5","open":"16649.5","close":"16677","high":"16677","low":"16608","volume":"34666","turnover":"2.081","confirm":true}],"ts":1672324988882})",
        "[[1672324800000,16649.5,16677.0,16608.0,16677.0,2.081,true]]");
    // www.okx.com/docs-v5/en, "WS / Candlesticks channel": nine columns, the last is confirm
    row("okx contracts", "okx", linear, "BTC/USDT:USDT", "1m",
        R"({"arg":{"channel":"candle1m","instId":"BTC-USDT-SWAP"},"data":[["1597026360000","8533.02","8553.74","8527.17","8548.26","45247","529.5858061","5529.5858061","1"]]})",
        "[[1597026360000,8533.02,8553.74,8527.17,8548.26,529.5858061,true]]");
    row("okx spot: the sixth column is base, the seventh quote", "okx", spot, "BTC/USDT", "1m",
        R"({"arg":{"channel":"candle1m","instId":"BTC-USDT"},"data":[["1597026360000","8533.02","8553.74","8527.17","8548.26","529.5858","4527003.77","4527003.77","0"]]})",
        "[[1597026360000,8533.02,8553.74,8527.17,8548.26,529.5858,false]]");
    row("bitget: a snapshot of some", "bitget", spot, "BTC/USDT", "1m",
        R"({"action":"snapshot","arg":{"instType":"SPOT","channel":"candle1m","instId":"BTCUSDT"},"data":[["1701871620000","44080.23","44080.23","44028.5","44028.51","9.9287","437404.105512","437404.105512"],["1701871680000","44028.51","44108.11","44028.5","44108.11","17.139","755436.870643","755436.870643"]],"ts":1701901610417})",
        "[[1701871620000,44080.23,44080.23,44028.5,44028.51,9.9287,false],[1701871680000,44028.51,44108.11,44028.5,44108.11,17.139,false]]");
    // www.gate.com/docs/developers/apiv4/ws/en, spot.candlesticks
    row("gate: a is base, w its end", "gate", spot, "BTC/USDT", "1m",
        R"({"time":1606292600,"time_ms":1606292600376,"channel":"spot.candlesticks","event":"update","result":{"t":"1606292580","v":"2362.32035","c":"19128.1","h":"19128.1","l":"19128.1","o":"19128.1","n":"1m_BTC_USDT","a":"3.8283","w":true}})",
        "[[1606292580000,19128.1,19128.1,19128.1,19128.1,3.8283,true]]");
    // the same, futures.candlesticks
    row("gate futures: a list", "gate", linear, "BTC/USDT:USDT", "1m",
        R"({"time":1542162490,"channel":"futures.candlesticks","event":"update","error":null,"result":[{"t":1545129300,"v":27525555,"c":"95.4","h":"96.9","l":"89.5","o":"94.3","n":"1m_BTC_USDT"}]})",
        "[[1545129300000,94.3,96.9,89.5,95.4,27525555.0,false]]");
    row("kucoin", "kucoin", spot, "BTC/USDT", "1m",
        R"({"data":{"symbol":"BTC-USDT","candles":["1624881240","34138.8","34121.6","34138.8","34097.9","3.06097133","104430.955068564"],"time":1624881284466023700},"subject":"trade.candles.update","topic":"/market/candles:BTC-USDT_1min","type":"message"})",
        "[[1624881240000,34138.8,34138.8,34097.9,34121.6,3.06097133,false]]");
    row("htx", "htx", spot, "BTC/USDT", "1m",
        R"({"ch":"market.btcusdt.kline.1min","ts":1583501786794,"tick":{"id":1583501760,"open":9094.5,"close":9094.51,"low":9094.5,"high":9094.51,"amount":0.44639786263800907,"vol":4059.76919054,"count":16}})",
        "[[1583501760000,9094.5,9094.51,9094.5,9094.51,0.44639786263800907,false]]");
    row("kraken", "kraken", spot, "MATIC/USD", "5m",
        R"({"channel":"ohlc","type":"update","timestamp":"2023-10-04T16:26:30.524394914Z","data":[{"symbol":"MATIC/USD","open":0.5624,"high":0.5628,"low":0.5622,"close":0.5627,"trades":12,"volume":30927.68066226,"vwap":0.5626,"interval_begin":"2023-10-04T16:25:00.000000000Z","interval":5,"timestamp":"2023-10-04T16:30:00.000000Z"}]})",
        "[[1696436700000,0.5624,0.5628,0.5622,0.5627,30927.68066226,false]]");
    row("mexc contracts", "mexc", linear, "BTC/USDT:USDT", "1m",
        R"({"channel":"push.kline","data":{"a":325653.3287,"c":38839,"h":38909.5,"interval":"Min1","l":38833,"o":38901.5,"q":83808,"rc":38839,"rh":38909.5,"rl":38833,"ro":38909.5,"symbol":"BTC_USDT","t":1651230660},"symbol":"BTC_USDT","ts":1651230713067})",
        "[[1651230660000,38901.5,38909.5,38833.0,38839.0,83808.0,false]]");
    row("hyperliquid", "hyperliquid", linear, "BTC/USDC:USDC", "1m",
        R"({"channel":"candle","data":{"t":1710146280000,"T":1710146339999,"s":"BTC","i":"1m","o":"71400.0","c":"71411.0","h":"71422.0","l":"71389.0","v":"1.20407","n":20}})",
        "[[1710146280000,71400.0,71422.0,71389.0,71411.0,1.20407,false]]");
    // exchange-docs.crypto.com, "candlestick.{time_frame}.{instrument_name}"
    row("cryptocom", "cryptocom", linear, "BTC/USD:USD", "1m",
        R"({"id":-1,"code":0,"method":"subscribe","result":{"channel":"candlestick","instrument_name":"BTCUSD-PERP","subscription":"candlestick.1m.BTCUSD-PERP","interval":"1m","data":[{"o":"51140.500000","h":"51699.000000","l":"51212.000000","c":"51313.500000","v":"867.9432","t":1612272300000}]}})",
        "[[1612272300000,51140.5,51699.0,51212.0,51313.5,867.9432,false]]");
    row("deribit", "deribit", linear, "BTC/USDC:USDC", "1m",
        R"({"jsonrpc":"2.0","method":"subscription","params":{"channel":"chart.trades.BTC_USDC-PERPETUAL.1","data":{"volume":0,"tick":1655403420000,"open":20951,"low":20951,"high":20951,"cost":0,"close":20951}}})",
        "[[1655403420000,20951.0,20951.0,20951.0,20951.0,0.0,false]]");
    row("bitmex: by its end, and over when it comes", "bitmex", inverse, "BTC/USD:BTC", "1m",
        R"({"table":"tradeBin1m","action":"insert","data":[{"timestamp":"2020-02-03T18:28:00.000Z","symbol":"XBTUSD","open":9256,"high":9256.5,"low":9256,"close":9256,"trades":29,"volume":79057,"vwap":9256.688,"lastSize":100,"turnover":854077082,"homeNotional":8.5407,"foreignNotional":79057}]})",
        "[[1580754420000,9256.0,9256.5,9256.0,9256.0,8.5407,true]]");
    row("bitmex: what was before, some in one message", "bitmex", linear, "LTC/USDT:USDT", "1h",
        R"({"table":"tradeBin1h","action":"partial","keys":[],"types":{"timestamp":"timestamp","symbol":"symbol","turnover":"long"},"data":[{"timestamp":"2022-01-14T18:00:00.000Z","symbol":"LTCUSDT","open":143,"high":144,"low":142,"close":143.5,"trades":2,"volume":3000,"vwap":143,"lastSize":1000,"turnover":43000000,"homeNotional":0.3,"foreignNotional":43},{"timestamp":"2022-01-14T18:00:00.000Z","symbol":"XBTUSDT","open":1,"high":1,"low":1,"close":1,"trades":1,"volume":1,"vwap":1,"lastSize":1,"turnover":1,"homeNotional":1,"foreignNotional":1}]})",
        "[[1642179600000,143.0,144.0,142.0,143.5,0.3,true]]");
    row("bingx", "bingx", spot, "BTC/USDT", "1m",
        R"({"code":0,"data":{"E":1696687498608,"K":{"T":1696687499999,"c":"27917.829","h":"27918.427","i":"1min","l":"27917.7","n":262,"o":"27917.91","q":"25715.359197","s":"BTC-USDT","t":1696687440000,"v":"0.921100"},"e":"kline","s":"BTC-USDT"},"dataType":"BTC-USDT@kline_1min","success":true})",
        "[[1696687440000,27917.91,27918.427,27917.7,27917.829,0.9211,false]]");
    row("bingx linear", "bingx", linear, "BTC/USDT:USDT", "1m",
        R"({"code":0,"dataType":"BTC-USDT@kline_1m","s":"BTC-USDT","data":[{"c":"28909.0","o":"28915.4","h":"28915.4","l":"28896.1","v":"27.6919","T":1690907580000}]})",
        "[[1690907580000,28915.4,28915.4,28896.1,28909.0,27.6919,false]]");
    row("bingx inverse: contracts, of one dollar where no market list tells", "bingx", inverse, "BTC/USD:BTC", "1m",
        R"({"code":0,"timestamp":1723769354547,"dataType":"BTC-USD@kline_1m","data":{"t":1723769340000,"o":57485.1,"c":57468,"l":57464.9,"h":57485.1,"a":0.189663,"v":109,"u":92,"s":"BTC-USD"}})",
        "[[1723769340000,57485.1,57485.1,57464.9,57468.0,0.0018967077329992343,false]]");
}

void TestStreams::bars()
{
    QFETCH(QByteArray, exchange);
    QFETCH(int, market);
    QFETCH(QByteArray, symbol);
    QFETCH(QByteArray, frame);
    QFETCH(QByteArray, message);
    QFETCH(QByteArray, expected);
    const auto protocol = protocolOf(exchange, static_cast<MarketType>(market));
    QVERIFY(protocol);
    const StreamTopic topic = topicOf(exchange, static_cast<MarketType>(market), symbol, frame);
    const auto read = protocol->read(message.toStdString());
    QVERIFY2(read, read ? "" : read.error().detail.c_str());
    QCOMPARE(static_cast<int>(read->kind), static_cast<int>(StreamMessage::Kind::Rows));
    QCOMPARE(QByteArray::fromStdString(read->keys.front()), QByteArray::fromStdString(topic.key));
    const auto bars = protocol->bars(topic, message.toStdString());
    QVERIFY2(bars, bars ? "" : bars.error().detail.c_str());
    QCOMPARE(textOf(*bars), QByteArray::fromStdString(Json::parse(expected.toStdString()).dump()));
}

void TestStreams::otherMessages_data()
{
    QTest::addColumn<QByteArray>("exchange");
    QTest::addColumn<QByteArray>("message");
    QTest::addColumn<int>("kind");
    QTest::addColumn<QByteArray>("says"); // the reply to a ping, or why it was refused
    const auto row = [](const char* name, const char* exchange, const char* message, StreamMessage::Kind kind, const char* says = "") {
        QTest::newRow(name) << QByteArray(exchange) << QByteArray(message) << static_cast<int>(kind) << QByteArray(says);
    };
    using enum StreamMessage::Kind;
    row("binance acknowledges", "binance", R"({"result":null,"id":1})", Other);
    row("binance refuses", "binance", R"({"error":{"code":2,"msg":"Invalid request: unknown method"},"id":1})", Refused, "Invalid request: unknown method");
    row("bybit acknowledges", "bybit", R"({"success":true,"ret_msg":"","conn_id":"a","req_id":"1","op":"subscribe"})", Other);
    row("bybit refuses", "bybit", R"({"success":false,"ret_msg":"error:handler not found,topic:kline.7.X","conn_id":"a","req_id":"","op":"subscribe"})", Refused, "error:handler not found,topic:kline.7.X");
    row("bybit pongs", "bybit", R"({"success":true,"ret_msg":"pong","conn_id":"a","req_id":"","op":"ping"})", Other);
    row("okx acknowledges with the topic", "okx", R"({"event":"subscribe","arg":{"channel":"candle1m","instId":"BTC-USDT"},"connId":"a4d3ae55"})", Other);
    row("okx refuses", "okx", R"({"event":"error","code":"60018","msg":"Wrong URL or channel:candle1mm","connId":"a"})", Refused, "Wrong URL or channel:candle1mm");
    row("okx pongs", "okx", "pong", Other);
    row("gate acknowledges", "gate", R"({"time":1,"channel":"spot.candlesticks","event":"subscribe","error":null,"result":{"status":"success"}})", Other);
    row("gate refuses", "gate", R"({"time":1,"channel":"spot.candlesticks","event":"subscribe","error":{"code":2,"message":"unknown currency pair"},"result":null})", Refused, "unknown currency pair");
    // what some clients saw: github.com/mexcdevelop/apidocs, branch spot_v3_en, "Subscribe to a Data Stream" and "PING/PONG mechanism"
    row("mexc acknowledges", "mexc", R"({"id":0,"code":0,"msg":"spot@public.kline.v3.api.pb@BTCUSDT@Min1"})", Other);
    row("mexc refuses", "mexc", R"({"id":0,"code":0,"msg":"Not Subscribed successfully! [spot@public.kline.v3.api.pb@X@Min1].  Reason: Blocked! "})", Refused, "Not Subscribed successfully! [spot@public.kline.v3.api.pb@X@Min1].  Reason: Blocked! ");
    row("mexc pongs", "mexc", R"({"id":0,"code":0,"msg":"PONG"})", Other);
    row("coinbase refuses", "coinbase", R"({"type":"error","message":"failed to subscribe: FOO-USD is not a valid product"})", Refused, "failed to subscribe: FOO-USD is not a valid product");
    row("kucoin welcomes", "kucoin", R"({"id":"hQvf8jkno","type":"welcome"})", Other);
    row("htx asks", "htx", R"({"ping":1492420473027})", Ping, R"({"pong":1492420473027})");
    row("htx refuses", "htx", R"({"status":"error","ts":1494326028889,"id":"id2","err-code":"bad-request","err-msg":"invalid topic"})", Refused, "invalid topic");
    row("kraken's heart beats", "kraken", R"({"channel":"heartbeat"})", Other);
    row("kraken refuses", "kraken", R"({"error":"Currency pair not supported X/Y","method":"subscribe","success":false,"symbol":"X/Y"})", Refused, "Currency pair not supported X/Y");
    row("cryptocom asks", "cryptocom", R"({"id":1587523073344,"method":"public/heartbeat","code":0})", Ping, R"({"id":1587523073344,"method":"public/respond-heartbeat"})");
    row("cryptocom's answer is no question", "cryptocom", R"({"id":1,"method":"subscribe","code":0})", Other);
    row("deribit refuses", "deribit", R"({"jsonrpc":"2.0","id":1,"error":{"message":"Invalid params","code":-32602}})", Refused, "Invalid params");
    row("bingx asks", "bingx", "Ping", Ping, "Pong");
    row("bitmex welcomes", "bitmex", R"({"info":"Welcome to the BitMEX Realtime API.","version":"2019-11-22T00:24:37.000Z","timestamp":"2019-11-23T09:04:42.569Z","docs":"https://www.bitmex.com/app/wsAPI","limit":{"remaining":38}})", Other);
    row("bitmex acknowledges", "bitmex", R"({"success":true,"subscribe":"tradeBin1m:XBTUSD","request":{"op":"subscribe","args":["tradeBin1m:XBTUSD"]}})", Other);
    row("bitmex refuses", "bitmex", R"({"status":429,"error":"Rate limit exceeded, retry in 1 seconds.","meta":{"retryAfter":1},"request":{"op":"subscribe","args":["tradeBin1m:XBTUSD"]}})", Refused, "Rate limit exceeded, retry in 1 seconds.");
    row("bitmex pongs", "bitmex", "pong", Other);
    row("bitfinex's heart beats", "bitfinex", R"([341527,"hb"])", Other);
}

void TestStreams::otherMessages()
{
    QFETCH(QByteArray, exchange);
    QFETCH(QByteArray, message);
    QFETCH(int, kind);
    QFETCH(QByteArray, says);
    const auto read = protocolOf(exchange, MarketType::Spot)->read(message.toStdString());
    QVERIFY2(read, read ? "" : read.error().detail.c_str());
    QCOMPARE(static_cast<int>(read->kind), kind);
    QCOMPARE(QByteArray::fromStdString(read->kind == StreamMessage::Kind::Ping ? read->reply : read->text), says);
}

void TestStreams::subscriptions_data()
{
    QTest::addColumn<QByteArray>("exchange");
    QTest::addColumn<int>("market");
    QTest::addColumn<QByteArray>("symbol");
    QTest::addColumn<QByteArray>("begins");
    QTest::addColumn<QByteArray>("ends");
    const auto row = [](const char* exchange, MarketType market, const char* symbol, const char* begins, const char* ends) {
        QTest::addRow("%s %s", exchange, std::string(toText(market)).c_str())
            << QByteArray(exchange) << static_cast<int>(market) << QByteArray(symbol) << QByteArray(begins) << QByteArray(ends);
    };
    constexpr auto spot = MarketType::Spot, linear = MarketType::Linear;
    row("binance", spot, "BTC/USDT", R"({"method":"SUBSCRIBE","params":["btcusdt@kline_1h"],"id":7})", R"({"method":"UNSUBSCRIBE","params":["btcusdt@kline_1h"],"id":7})");
    row("bybit", linear, "BTC/USDT:USDT", R"({"op":"subscribe","req_id":"7","args":["kline.60.BTCUSDT"]})", R"({"op":"unsubscribe","req_id":"7","args":["kline.60.BTCUSDT"]})");
    row("okx", linear, "BTC/USDT:USDT", R"({"op":"subscribe","args":[{"channel":"candle1H","instId":"BTC-USDT-SWAP"}]})", R"({"op":"unsubscribe","args":[{"channel":"candle1H","instId":"BTC-USDT-SWAP"}]})");
    row("bitget", linear, "BTC/USDT:USDT", R"({"op":"subscribe","args":[{"instType":"USDT-FUTURES","channel":"candle1H","instId":"BTCUSDT"}]})", R"({"op":"unsubscribe","args":[{"instType":"USDT-FUTURES","channel":"candle1H","instId":"BTCUSDT"}]})");
    row("bitmex", spot, "BTC/USDT", R"({"op":"subscribe","args":["tradeBin1h:XBT_USDT"]})", R"({"op":"unsubscribe","args":["tradeBin1h:XBT_USDT"]})");
    row("gate", spot, "BTC/USDT", R"({"id":7,"time":1735689600,"channel":"spot.candlesticks","event":"subscribe","payload":["1h","BTC_USDT"]})", R"({"id":7,"time":1735689600,"channel":"spot.candlesticks","event":"unsubscribe","payload":["1h","BTC_USDT"]})");
    row("kraken", spot, "BTC/USD", R"({"method":"subscribe","params":{"channel":"ohlc","symbol":["BTC/USD"],"interval":60},"req_id":7})", R"({"method":"unsubscribe","params":{"channel":"ohlc","symbol":["BTC/USD"],"interval":60},"req_id":7})");
    row("bitfinex", spot, "BTC/USD", R"({"event":"subscribe","channel":"candles","key":"trade:1h:tBTCUSD"})", "");
    row("mexc", spot, "BTC/USDT", R"({"method":"SUBSCRIPTION","params":["spot@public.kline.v3.api.pb@BTCUSDT@Min60"]})", R"({"method":"UNSUBSCRIPTION","params":["spot@public.kline.v3.api.pb@BTCUSDT@Min60"]})");
    row("coinbase", spot, "BTC/USD", R"({"type":"subscribe","product_ids":["BTC-USD"],"channel":"market_trades"})", R"({"type":"unsubscribe","product_ids":["BTC-USD"],"channel":"market_trades"})");
    row("cryptocom", spot, "BTC/USDT", R"({"id":7,"method":"subscribe","params":{"channels":["candlestick.1h.BTC_USDT"]},"nonce":1735689600000})", R"({"id":7,"method":"unsubscribe","params":{"channels":["candlestick.1h.BTC_USDT"]},"nonce":1735689600000})");
}

void TestStreams::subscriptions()
{
    QFETCH(QByteArray, exchange);
    QFETCH(int, market);
    QFETCH(QByteArray, symbol);
    QFETCH(QByteArray, begins);
    QFETCH(QByteArray, ends);
    const auto protocol = protocolOf(exchange, static_cast<MarketType>(market));
    const StreamTopic topic = topicOf(exchange, static_cast<MarketType>(market), symbol, "1h");
    const std::vector<const StreamTopic*> topics {&topic};
    const auto said = protocol->subscribe(topics, 7, at("2025-01-01"));
    QCOMPARE(said.size(), std::size_t {1});
    QCOMPARE(QByteArray::fromStdString(said.front()), begins);
    const auto end = protocol->unsubscribe(topics, 7, at("2025-01-01"));
    QCOMPARE(end.empty() ? QByteArray() : QByteArray::fromStdString(end.front()), ends);
}

void TestStreams::manyTopicsInOneMessage()
{
    const auto protocol = protocolOf("okx", MarketType::Spot);
    std::vector<StreamTopic> topics;
    for (int i = 0; i < 51; ++i)
        topics.push_back(topicOf("okx", MarketType::Spot, ("A" + std::to_string(i) + "/USDT").c_str(), "1m"));
    std::vector<const StreamTopic*> each;
    for (const StreamTopic& topic : topics)
        each.push_back(&topic);
    const auto said = protocol->subscribe(each, 1, at("2025-01-01"));
    QCOMPARE(said.size(), std::size_t {2}); // 50 in one
    QCOMPARE(Json::parse(said[0])["args"].size(), std::size_t {50});
    QCOMPARE(Json::parse(said[0])["args"][49]["instId"].get<std::string>(), std::string("A49-USDT"));
    QCOMPARE(Json::parse(said[1])["args"].size(), std::size_t {1});
}

void TestStreams::boundChannels()
{
    const auto protocol = protocolOf("bitfinex", MarketType::Spot);
    const StreamTopic topic = topicOf("bitfinex", MarketType::Spot, "BTC/USD", "1m");
    const auto bound = protocol->read(R"({"event":"subscribed","channel":"candles","chanId":343351,"key":"trade:1m:tBTCUSD"})");
    QVERIFY(bound);
    QCOMPARE(static_cast<int>(bound->kind), static_cast<int>(StreamMessage::Kind::Bound));
    QCOMPARE(bound->keys.front(), topic.key);
    QCOMPARE(bound->channel, std::string("343351"));
    const std::string one = R"([343351,[1654705680000,1801,1802.4,1802.9,1800.4,23.91911091]])";
    const std::string some = R"([343351,[[1654705860000,1802.6,1800.3,1802.8,1800.3,86.49588236],[1654705800000,1803.6,1802.6,1804.9,1802.3,74.6348086]]])";
    QCOMPARE(protocol->read(one)->keys.front(), bound->channel);
    QCOMPARE(textOf(*protocol->bars(topic, one)), QByteArray("[[1654705680000,1801.0,1802.9,1800.4,1802.4,23.91911091,false]]"));
    QCOMPARE(textOf(*protocol->bars(topic, some)),
        QByteArray("[[1654705800000,1803.6,1804.9,1802.3,1802.6,74.6348086,false],[1654705860000,1802.6,1802.8,1800.3,1800.3,86.49588236,false]]"));
}

void TestStreams::rowsOfOtherTopicsAreLeftOut()
{
    const auto protocol = protocolOf("kraken", MarketType::Spot);
    const std::string message = R"({"channel":"ohlc","type":"snapshot","data":[)"
                                R"({"symbol":"ETH/USD","open":1,"high":1,"low":1,"close":1,"trades":1,"volume":1,"interval_begin":"2023-10-04T16:25:00.000000000Z","interval":5},)"
                                R"({"symbol":"BTC/USD","open":2,"high":2,"low":2,"close":2,"trades":1,"volume":1,"interval_begin":"2023-10-04T16:25:00.000000000Z","interval":5}]})";
    const auto read = protocol->read(message);
    QVERIFY(read);
    QCOMPARE(read->keys, (std::vector<std::string> {"ETH/USD|5", "BTC/USD|5"}));
    const auto bars = protocol->bars(topicOf("kraken", MarketType::Spot, "BTC/USD", "5m"), message);
    QVERIFY(bars);
    QCOMPARE(bars->size(), std::size_t {1});
    QCOMPARE(bars->front().bar.close, 2.0);
}

void TestStreams::packedMessages()
{
    const auto protocol = protocolOf("htx", MarketType::Spot);
    const std::string text = R"({"ping":1492420473027})";
    QCOMPARE(protocol->unpacked(gzipped(text)).value(), text);
    QCOMPARE(protocol->unpacked(text).value(), text); // some are not
    QVERIFY(!protocol->unpacked(gzipped(text).substr(0, 25)));
}

/// Bytes are those of CCXT 4.5.84's PushDataV3ApiWrapper.encode.
void TestStreams::protobufMessages_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("bars"); ///< empty: no rows
    QTest::addColumn<qint64>("sent");
    const QByteArray bar = "0a2873706f74407075626c69632e6b6c696e652e76332e6170692e70624042544355534454404d696e311a07425443555344542220326662393432"
                           "313534656634346134616232656639386338616662366134613728c6b4a0f48833a213510a044d696e311080dadcc4061a093131373331372e33"
                           "3122093131373332352e32362a0631313733343132083131373331372e333a0a332e3132353939383534420933363638"
                           "30342e343348bcdadcc406";
    const QByteArray bars = "[[1754737920000,117317.31,117341.0,117317.3,117325.26,3.12599854,false]]";
    QTest::newRow("bar") << bar << bars << qint64 {1754737941062};
    QTest::newRow("after fields of fixed width that have no name") << "49000000000000f03f4d0000803f" + bar << bars << qint64 {1754737941062};
    QTest::newRow("of a field that comes twice the last counts") << "1a034554482801" + bar << bars << qint64 {1754737941062};
    QTest::newRow("trades, which are not asked for")
        << QByteArray("0a2f73706f74407075626c69632e61676772652e6465616c732e76332e6170692e7062403130306d7340425443555344541a0742544355534454"
                      "30c6b4a0f48833d2134a0a1f0a0839333232302e3030120a302e3034343338323433180220bba9d9d0c432122773706f74407075626c69632e61"
                      "676772652e6465616c732e76332e6170692e7062403130306d73")
        << QByteArray() << qint64 {0};
}

void TestStreams::protobufMessages()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QByteArray, bars);
    QFETCH(qint64, sent);
    const auto protocol = protocolOf("mexc", MarketType::Spot);
    QVERIFY(protocol);
    const auto text = protocol->unpacked(QByteArray::fromHex(bytes).toStdString());
    QVERIFY2(text, text ? "" : text.error().detail.c_str());
    const auto read = protocol->read(*text);
    QVERIFY2(read, read ? "" : read.error().detail.c_str());
    QCOMPARE(read->kind == StreamMessage::Kind::Rows, !bars.isEmpty());
    if (bars.isEmpty())
        return;
    const StreamTopic topic = topicOf("mexc", MarketType::Spot, "BTC/USDT", "1m");
    QCOMPARE(read->keys, std::vector<std::string> {topic.key});
    QCOMPARE(toMs(read->sentAt.value()), sent);
    QCOMPARE(textOf(protocol->bars(topic, *text).value()), bars);
}

void TestStreams::brokenProtobuf_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("why");
    QTest::newRow("cut short") << QByteArray("1a07425443") << QByteArray("field 3 is cut short");
    QTest::newRow("a number that does not end") << QByteArray("28ffffffffffffffffffffff") << QByteArray("field 5 is cut short");
    QTest::newRow("a length beyond all memory") << QByteArray("1affffffffffffffffff01") << QByteArray("field 3 is cut short");
    QTest::newRow("no number") << QByteArray("00") << QByteArray("a field has no number");
    QTest::newRow("a group") << QByteArray("0b0c") << QByteArray("field 1 is cut short, or of a type that is not read");
    QTest::newRow("a time of fixed width") << QByteArray("290000000000000000") << QByteArray("field 5 is a number of fixed width");
    QTest::newRow("a number where a message is named") << QByteArray("a01301") << QByteArray("field 308 is a number, not a message");
    QTest::newRow("broken within") << QByteArray("a213020a04") << QByteArray("field 1 is cut short");
}

void TestStreams::brokenProtobuf()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QByteArray, why);
    const auto text = protocolOf("mexc", MarketType::Spot)->unpacked(QByteArray::fromHex(bytes).toStdString());
    QVERIFY(!text);
    QCOMPARE(text.error().code, ErrorCode::BadAnswer);
    QVERIFY2(QByteArray::fromStdString(text.error().detail).contains(why), text.error().detail.c_str());
}

void TestStreams::handshake()
{
    const auto protocol = protocolOf("kucoin", MarketType::Spot);
    const auto call = protocol->handshake(at("2025-01-01"));
    QVERIFY(call);
    QCOMPARE(call->http.method, std::string("POST"));
    QCOMPARE(call->http.url, std::string("https://api.kucoin.com/api/v1/bullet-public"));
    const auto address = protocol->address(
        R"({"code":"200000","data":{"token":"2neAiuYv==","instanceServers":[{"endpoint":"wss://ws-api-spot.kucoin.com/","encrypt":true,"protocol":"websocket","pingInterval":18000,"pingTimeout":10000}]}})");
    QVERIFY(address);
    QCOMPARE(address->url, std::string("wss://ws-api-spot.kucoin.com/?token=2neAiuYv%3D%3D&connectId=mnemo"));
    QCOMPARE(address->pingEvery.value(), milliseconds(18'000));
    QVERIFY(!protocol->address(R"({"code":"429000","msg":"Too many requests"})"));
}

void TestStreams::redirected()
{
    for (const char* rest : {"base_url: 'http://127.0.0.1:1'", "base_url: { spot: 'http://127.0.0.1:1' }"}) {
        const auto elsewhere = shipped({{"binance", rest}}); // not the exchange's stream beside another's answers
        QVERIFY(!(*elsewhere.venue("binance"))->streams(MarketType::Spot));
    }
    const auto spotAlone = shipped({{"binance", "base_url: { spot: 'http://127.0.0.1:1' }"}});
    QVERIFY((*spotAlone.venue("binance"))->streams(MarketType::Linear));
    const auto catalogue = shipped({{"binance", "base_url: 'http://127.0.0.1:1'\nws_url: { all: 'ws://127.0.0.1:1/all', linear: 'ws://127.0.0.1:1/linear/' }"}});
    const auto venue = *catalogue.venue("binance");
    QCOMPARE(venue->streams(MarketType::Spot)->address({})->url, std::string("ws://127.0.0.1:1/all/ws"));
    QCOMPARE(venue->streams(MarketType::Linear)->address({})->url, std::string("ws://127.0.0.1:1/linear/market/ws"));
}

/// Another venue's prices under this one's name would be the worst of errors.
void TestStreams::whoIsLikeAnotherDoesNotStreamFromIt()
{
    QVERIFY(protocolOf("binance", MarketType::Spot));
    QVERIFY(!protocolOf("binanceus", MarketType::Spot));
    QVERIFY(!protocolOf("gateeu", MarketType::Spot));
    const auto catalogue = shipped({{"binanceus", "spot: { streams: { url: 'wss://stream.example/ws' } }"}});
    const auto own = (*catalogue.venue("binanceus"))->streams(MarketType::Spot);
    QVERIFY(own);
    QCOMPARE(own->address({})->url, std::string("wss://stream.example/ws"));
    QVERIFY(own->has(*Timeframe::fromName("1m")));
}

void TestStreams::unreadable_data()
{
    QTest::addColumn<QByteArray>("message");
    QTest::newRow("no JSON") << QByteArray(R"({"e":"kline",)");
    QTest::newRow("a price that is none") << QByteArray(R"({"s":"BTCUSDT","k":{"t":1579482900000,"i":"1m","o":"x","c":"1","h":"1","l":"1","v":"1","x":true}})");
    QTest::newRow("without a price") << QByteArray(R"({"s":"BTCUSDT","k":{"t":1579482900000,"i":"1m","c":"1","h":"1","l":"1","v":"1","x":true}})");
    QTest::newRow("off the grid") << QByteArray(R"({"s":"BTCUSDT","k":{"t":1579482900001,"i":"1m","o":"1","c":"1","h":"1","l":"1","v":"1","x":true}})");
}

void TestStreams::unreadable()
{
    QFETCH(QByteArray, message);
    const auto protocol = protocolOf("binance", MarketType::Spot);
    const auto read = protocol->read(message.toStdString());
    const bool isRead = read && protocol->bars(topicOf("binance", MarketType::Spot, "BTC/USDT", "1m"), message.toStdString());
    QVERIFY(!isRead);
}

void TestStreams::trades_data()
{
    QTest::addColumn<QByteArray>("exchange");
    QTest::addColumn<QByteArray>("message");
    QTest::addColumn<QByteArray>("keys"); ///< between blanks; empty: no rows
    QTest::addColumn<QByteArray>("expected"); ///< of BTC-USD: [[ms, price, amount, id]]
    const auto row = [](const char* name, const char* exchange, const char* message, const char* keys = "", const char* expected = "") {
        QTest::newRow(name) << QByteArray(exchange) << QByteArray(message) << QByteArray(keys) << QByteArray(expected);
    };
    // docs.cdp.coinbase.com/exchange/websocket-feed/channels, "Match channel"
    row("match", "coinbaseexchange",
        R"({"type":"match","trade_id":10,"sequence":50,"maker_order_id":"ac928c66","taker_order_id":"132fb6ae","time":"2014-11-07T08:19:27.028459Z","product_id":"BTC-USD","size":"5.23512","price":"400.23","side":"sell"})",
        "BTC-USD", R"([[1415348367028,400.23,5.23512,"10"]])");
    row("the one before", "coinbaseexchange",
        R"({"type":"last_match","trade_id":9,"time":"2014-11-07T08:19:26.9Z","product_id":"BTC-USD","size":"1","price":"400","side":"buy"})",
        "BTC-USD", R"([[1415348366900,400.0,1.0,"9"]])");
    row("what is subscribed", "coinbaseexchange", R"({"type":"subscriptions","channels":[{"name":"matches","product_ids":["BTC-USD"]}]})");
    row("an error", "coinbaseexchange", R"({"type":"error","message":"Failed to subscribe","reason":"FOO is not a valid product"})");
    // docs.cdp.coinbase.com/coinbase-app/advanced-trade-apis/websocket/websocket-channels, "Market Trades Channel"
    row("many, newest first", "coinbase",
        R"({"channel":"market_trades","client_id":"","timestamp":"2023-02-09T20:19:35.39625135Z","sequence_num":0,"events":[{"type":"snapshot","trades":[)"
        R"({"trade_id":"3","product_id":"BTC-USD","price":"1261","size":"0.1","side":"BUY","time":"2019-08-14T20:42:28.1Z"},)"
        R"({"trade_id":"2","product_id":"BTC-USD","price":"1260.5","size":"0.2","side":"SELL","time":"2019-08-14T20:42:27.265Z"},)"
        R"({"trade_id":"1","product_id":"BTC-USD","price":"1260.01","size":"0.3","side":"BUY","time":"2019-08-14T20:42:27.265Z"}]}]})",
        "BTC-USD", R"([[1565815347265,1260.01,0.3,"1"],[1565815347265,1260.5,0.2,"2"],[1565815348100,1261.0,0.1,"3"]])");
    row("of several products, whose ids are their own", "coinbase",
        R"({"channel":"market_trades","timestamp":"2023-02-09T20:19:35.39625135Z","sequence_num":1,"events":[{"type":"update","trades":[)"
        R"({"trade_id":"7","product_id":"ETH-USD","price":"1260.01","size":"0.3","side":"BUY","time":"2019-08-14T20:42:27.265Z"},)"
        R"({"trade_id":"7","product_id":"BTC-USD","price":"10000","size":"0.5","side":"BUY","time":"2019-08-14T20:42:27.3Z"}]}]})",
        "ETH-USD BTC-USD", R"([[1565815347300,10000.0,0.5,"7"]])");
    row("what the advanced feed subscribed", "coinbase",
        R"({"channel":"subscriptions","client_id":"","timestamp":"2023-02-09T20:33:57.609931463Z","sequence_num":0,"events":[{"subscriptions":{"market_trades":["BTC-USD"]}}]})");
    row("a heartbeat", "coinbase",
        R"({"channel":"heartbeats","client_id":"","timestamp":"2023-06-23T20:31:26.122969572Z","sequence_num":0,"events":[{"current_time":"2023-06-23 20:31:56.121961769 +0000 UTC m=+91717.525857105","heartbeat_counter":"3049"}]})");
}

void TestStreams::trades()
{
    QFETCH(QByteArray, exchange);
    QFETCH(QByteArray, message);
    QFETCH(QByteArray, keys);
    QFETCH(QByteArray, expected);
    const auto protocol = protocolOf(exchange, MarketType::Spot);
    QVERIFY(protocol);
    QCOMPARE(protocol->rules().tells, StreamTells::Trades);
    const StreamTopic topic = topicOf(exchange, MarketType::Spot, "BTC/USD", "5m");
    const auto read = protocol->read(message.toStdString());
    QVERIFY2(read, read ? "" : read.error().detail.c_str());
    QCOMPARE(read->kind == StreamMessage::Kind::Rows, !keys.isEmpty());
    if (keys.isEmpty())
        return;
    QByteArrayList named;
    for (const std::string& key : read->keys)
        named << QByteArray::fromStdString(key);
    QCOMPARE(named.join(' '), keys);
    QVERIFY(named.contains(QByteArray::fromStdString(topic.key)));
    const auto trades = protocol->trades(topic, message.toStdString());
    QVERIFY2(trades, trades ? "" : trades.error().detail.c_str());
    Json list = Json::array();
    for (const Trade& trade : *trades)
        list.push_back({toMs(trade.time), trade.price, trade.amount, trade.id});
    QCOMPARE(QByteArray::fromStdString(list.dump()), expected);
}

void TestStreams::timeframesOfTradesShareATopic()
{
    QCOMPARE(topicOf("coinbaseexchange", MarketType::Spot, "BTC/USD", "1m").key, topicOf("coinbaseexchange", MarketType::Spot, "BTC/USD", "1d").key);
}

void TestStreams::badDescriptions_data()
{
    QTest::addColumn<QByteArray>("streams");
    QTest::addColumn<QByteArray>("message");
    const auto row = [](const char* name, const char* streams, const char* message) {
        QTest::newRow(name) << QByteArray(streams) << QByteArray(message);
    };
    row("no address", "url: null", "an address like wss://host/path is expected");
    row("address of HTTP", "url: https://x/ws", "an address like wss://host/path is expected");
    row("nothing is asked", "subscribe: null", "`subscribe` is missing");
    row("asks for nothing", "subscribe: { op: all }", "nothing in the message names the topic");
    row("matches no instrument", "match: { s: x, i: '{frame}' }", "nothing in `match` names the instrument");
    row("matches no timeframe", "match: { s: '{symbol}', i: x }", "nothing in `match` names the timeframe");
    row("topics outside of lists", "batch: 5\nsubscribe: { op: '{symbol}' }", "names them in a list, once for each, and nowhere else");
    row("a question that cannot be known", "pong: { send: pong }", "`at` or `when` is missing");
    row("how often", "ping: { send: ping }", "`every` is missing");
    row("unknown key", "chanel: x", "streams.chanel: unknown key");
    row("protobuf without fields", "protobuf: kline", "a map of field numbers to names is expected");
    row("a field without a number", "protobuf: { x: symbol }", "the number of a field is expected");
    row("a field's number that cannot be", "protobuf: { 536870912: symbol }", "the number of a field is expected");
    row("a field of two names", "protobuf: { 1: { a: { 1: x }, b: { 1: x } } }", "a name is expected, or { name: fields } of a message");
    row("a message of nothing", "protobuf: { 1: { a: {} } }", "a map of field numbers to names is expected");
    row("unknown placeholder", "url: 'wss://x/{tokn}'", "'{tokn}' is no placeholder");
    row("a path with a choice", "match: { 'a.b=c': '{symbol}{frame}' }", "keys, indexes and * of a list are expected");
    row("no fields", "fields: null", "`fields` is missing");
    row("candles where trades are told", "tells: trades", "`price` is missing");
}

void TestStreams::badDescriptions()
{
    QFETCH(QByteArray, streams);
    QFETCH(QByteArray, message);
    const std::string good = R"(
url: wss://small.example/ws
subscribe: { op: ["{symbol}{frame}"] }
match: { s: "{symbol}", i: "{frame}" }
rows: { path: k, kind: objects }
fields: { time: [t, ms], open: o, high: h, low: l, close: c, volume: v }
)";
    Node whole = yaml(smallVenue);
    whole.set("spot.streams", description::overlaid(yaml(good), yaml(streams.toStdString(), "small.yaml")));
    Problems problems;
    (void)Catalogue::load({{"small", whole}}, problems);
    QVERIFY2(!problems.empty(), "taken");
    QByteArray all;
    for (const Problem& problem : problems)
        all += QByteArray::fromStdString(problem.text()) + '\n';

    QVERIFY2(all.contains(message), all.constData());
    QVERIFY2(problems.front().mark.line > 0, all.constData());
}

QTEST_APPLESS_MAIN(TestStreams)
#include "tst_streams.moc"
