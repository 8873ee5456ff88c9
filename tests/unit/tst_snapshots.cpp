// Open interest as it is now: what is asked, what is read, and what a description may say about it.

#include "tests/unit/cataloguefixture.h"

using namespace mnemo;

namespace {

const std::string told =
    "open_interest: { snapshot: { path: /oi, params: { s: '{symbol}' }, fields: { amount: data.size } } }\n"
    "linear: { symbol: '{base}{quote}P', candles: null }";
const std::string timed = "open_interest: { snapshot: { path: /oi, params: { s: '{symbol}' }, fields: { time: [ts, "
                          "ms], amount: data.size } } }\n"
                          "linear: { symbol: '{base}{quote}P', candles: null }";

FetchArgs readingArgs(const Venue& venue, MarketType market, const std::string& symbol, const std::string& id = {})
{
    FetchArgs args = argsFor(venue, market, symbol, "1h", Kind::OpenInterest);
    args.isSnapshot = true;
    if (!id.empty())
        args.instrument = venue.instrument(market, symbol, id).value();
    return args;
}

/// "1735689600000 5.5 -"
QByteArray textOf(const Result<std::vector<Metric>>& rows)
{
    if (!rows)
        return QByteArray::fromStdString(rows.error().detail);
    QByteArray text;
    for (const Metric& row : *rows) {
        const auto number = [](const std::optional<double>& value) {
            return value ? formatDecimal(*value) : std::string("-");
        };
        text += QByteArray::fromStdString(
            std::to_string(toMs(row.time)) + ' ' + number(row.numbers[0]) + ' ' + number(row.numbers[1]));
    }
    return text;
}

} // namespace

class TestSnapshots : public QObject {
    Q_OBJECT

private slots:
    void readings_data();
    void readings();
    void historyComesFirst();
    void historyOfOurOwn_data();
    void historyOfOurOwn();
    void thePastIsRefused();
    void rulesOfASeries();
    void eachIsPaidForAndNeverEmpty_data();
    void eachIsPaidForAndNeverEmpty();
    void badAnswers_data();
    void badAnswers();
    void marketsDiffer();
    void units_data();
    void units();
    void problems_data();
    void problems();
};

void TestSnapshots::readings_data()
{
    QTest::addColumn<QByteArray>("venue");
    QTest::addColumn<int>("market");
    QTest::addColumn<QByteArray>("symbol");
    QTest::addColumn<QByteArray>("id");
    QTest::addColumn<QByteArray>("request"); // address, and the body of a POST
    QTest::addColumn<QByteArray>("answer");
    QTest::addColumn<QByteArray>("row");
    const auto row = [](const char* venue, MarketType market, const char* symbol, const char* id, const char* request,
                         const char* answer, const char* expected) {
        QTest::addRow("%s %s", venue, std::string(toText(market)).c_str())
            << QByteArray(venue) << static_cast<int>(market) << QByteArray(symbol) << QByteArray(id)
            << QByteArray(request) << QByteArray(answer) << QByteArray(expected);
    };
    const auto linear = MarketType::Linear;
    const auto inverse = MarketType::Inverse;
    row("binance", linear, "BTC/USDT:USDT", "", "https://fapi.binance.com/fapi/v1/openInterest?symbol=BTCUSDT",
        R"({"openInterest":"10659.509","symbol":"BTCUSDT","time":1589437530011})", "1589437530011 10659.509 -");
    row("bitget", linear, "BTC/USDC:USDC", "",
        "https://api.bitget.com/api/v2/mix/market/open-interest?symbol=BTCPERP&productType=USDC-FUTURES",
        R"({"code":"00000","data":{"openInterestList":[{"symbol":"BTCPERP","size":"34278.06"}],"ts":"1695796781616"}})",
        "1695796781616 34278.06 -");
    row("deribit", inverse, "BTC/USD:BTC", "",
        "https://www.deribit.com/api/v2/public/get_book_summary_by_instrument?instrument_name=BTC-PERPETUAL",
        R"({"result":[{"open_interest":9978911260,"creation_timestamp":1763674177068}]})",
        "1763674177068 - 9978911260");
    row("bitmex", linear, "LTC/USDT:USDT", "", "https://www.bitmex.com/api/v1/instrument?symbol=LTCUSDT",
        R"([{"symbol":"LTCUSDT","state":"Open","openInterest":38103000,"openValue":547963053300,"timestamp":"2022-01-14T17:49:55.000Z"}])",
        "1642182595000 38103000 -");
    row("bitmex", inverse, "BTC/USD:BTC", "", "https://www.bitmex.com/api/v1/instrument?symbol=XBTUSD",
        R"([{"symbol":"XBTUSD","state":"Open","openInterest":967826984,"openValue":10432207060536,"timestamp":"2020-01-29T11:31:37.114Z"}])",
        "1580297497114 967826984 -");
    row("hyperliquid", linear, "ETH/USDC:USDC", "1", R"(https://api.hyperliquid.xyz/info {"type":"metaAndAssetCtxs"})",
        R"([{"universe":[{"name":"BTC"},{"name":"ETH"}]},[{"openInterest":"688.11"},{"openInterest":"1882.55"}]])",
        "1735689600000 1882.55 -");
    row("mexc", linear, "BTC/USDT:USDT", "", "https://api.mexc.com/api/v1/contract/ticker?symbol=BTC_USDT",
        R"({"success":true,"code":0,"data":{"symbol":"BTC_USDT","holdVol":381485808,"timestamp":1761883095759}})",
        "1761883095759 381485808 -");
    row("krakenfutures", linear, "BTC/USD:USD", "PF_XBTUSD",
        "https://futures.kraken.com/derivatives/api/v3/tickers/PF_XBTUSD",
        R"({"result":"success","ticker":{"symbol":"PF_XBTUSD","openInterest":2893.5},"serverTime":"2022-06-17T11:00:31.335Z"})",
        "1655463631335 2893.5 -");
    row("grvt", linear, "BTC/USDT:USDT", "BTC_USDT_Perp",
        R"(https://market-data.grvt.io/full/v1/ticker {"instrument":"BTC_USDT_Perp"})",
        R"({"result":{"event_time":"1764774730025055205","open_interest":"1523.218935908"}})",
        "1764774730025 1523.218935908 -");
    row("cryptocom", linear, "BTC/USD:USD", "",
        "https://api.crypto.com/exchange/v1/public/get-tickers?instrument_name=BTCUSD-PERP",
        R"({"code":0,"result":{"data":[{"i":"BTCUSD-PERP","oi":"10888.9","t":1687402657575}]}})",
        "1687402657575 10888.9 -");
    row("coinbaseinternational", linear, "ETH/USDC:USDC", "",
        "https://api.international.coinbase.com/api/v1/instruments/ETH-PERP",
        R"({"symbol":"ETH-PERP","open_interest":"1270.749"})", "1735689600000 1270.749 -");
    row("coinex", linear, "BTC/USDT:USDT", "", "https://api.coinex.com/v2/futures/market?market=BTCUSDT",
        R"({"code":0,"data":[{"market":"BTCUSDT","open_interest_volume":"185.7498"}],"message":"OK"})",
        "1735689600000 185.7498 -");
    row("whitebit", linear, "BTC/USDT:USDT", "", "https://whitebit.com/api/v4/public/futures",
        R"({"success":true,"result":[{"ticker_id":"ADA_PERP","open_interest":"1"},{"ticker_id":"BTC_PERP","open_interest":"3721488"}]})",
        "1735689600000 3721488 -");
    row("lighter", linear, "ETH/USDC:USDC", "0",
        "https://mainnet.zklighter.elliot.ai/api/v1/orderBookDetails?market_id=0",
        R"({"code":200,"order_book_details":[{"symbol":"ETH","open_interest":39559.3278}]})",
        "1735689600000 39559.3278 -");
    row("woo", linear, "BTC/USDT:USDT", "", "https://api.woox.io/v3/public/futures?symbol=PERP_BTC_USDT",
        R"({"success":true,"data":{"rows":[{"symbol":"PERP_BTC_USDT","openInterest":"221.3498"}]},"timestamp":1786694400000})",
        "1735689600000 221.3498 -");
    row("gate", linear, "BTC/USDT:USDT", "", "https://api.gateio.ws/api/v4/futures/usdt/contracts/BTC_USDT",
        R"({"name":"BTC_USDT","position_size":5223816})", "1735689600000 5223816 -");
    row("dydx", linear, "BTC/USDC:USDC", "BTC-USD", "https://indexer.dydx.trade/v4/perpetualMarkets?ticker=BTC-USD",
        R"({"markets":{"BTC-USD":{"openInterest":"52.0691"}}})", "1735689600000 52.0691 -");
    row("extended", linear, "BTC/USD:USD", "BTC-USD",
        "https://api.starknet.extended.exchange/api/v1/info/markets/BTC-USD/stats",
        R"({"status":"OK","data":{"openInterest":"114851569.088316","openInterestBase":"1491.33012"}})",
        "1735689600000 1491.33012 114851569.088316");
    row("pacifica", linear, "BTC/USDC:USDC", "", "https://api.pacifica.fi/api/v1/info/prices",
        R"({"success":true,"data":[{"symbol":"ETH","mark":"9","open_interest":"9","timestamp":9},{"symbol":"BTC","mark":"2.5","open_interest":"4","timestamp":1759222967974}]})",
        "1759222967974 4 10");
    row("phemex", inverse, "BTC/USD:BTC", "", "https://api.phemex.com/md/v1/ticker/24hr?symbol=BTCUSD",
        R"({"error":null,"id":0,"result":{"symbol":"BTCUSD","openInterest":20000000,"timestamp":1576490244024818000}})",
        "1576490244024 20000000 -");
}

void TestSnapshots::readings()
{
    QFETCH(QByteArray, venue);
    QFETCH(int, market);
    QFETCH(QByteArray, symbol);
    QFETCH(QByteArray, id);
    QFETCH(QByteArray, answer);
    const auto found = shipped().venue(venue.toStdString()).value();
    const FetchArgs args = readingArgs(*found, static_cast<MarketType>(market), symbol.toStdString(), id.toStdString());
    const auto requests = found->request(args);
    QVERIFY2(requests.has_value(), requests ? "" : requests.error().detail.c_str());
    QCOMPARE(requests->size(), std::size_t {1});
    const HttpRequest& http = requests->front().http;
    QTEST(QByteArray::fromStdString(http.url + (http.body.empty() ? "" : " " + http.body)), "request");
    QTEST(textOf(found->decodeMetrics(args, answer.toStdString())), "row");
}

void TestSnapshots::historyComesFirst()
{
    const auto binance = shipped().venue("binance").value();
    FetchArgs args = argsFor(*binance, MarketType::Linear, "BTC/USDT:USDT", "1h", Kind::OpenInterest);
    QVERIFY(binance->request(args)->front().http.url.find("openInterestHist") != std::string::npos);
    args.isSnapshot = true;
    QVERIFY(binance->request(args)->front().http.url.find("/fapi/v1/openInterest?") != std::string::npos);
    QVERIFY(binance->hasSnapshot(MarketType::Linear) && binance->hasHistory(MarketType::Linear, Kind::OpenInterest));
    QVERIFY(!binance->pageRules(MarketType::Linear, Kind::OpenInterest, args.timeframe)->isSnapshot);
    const auto bitget = shipped().venue("bitget").value();
    QVERIFY(bitget->hasSnapshot(MarketType::Linear) && !bitget->hasHistory(MarketType::Linear, Kind::OpenInterest));
    args = argsFor(*bitget, MarketType::Linear, "BTC/USDT:USDT", "1h", Kind::OpenInterest);
    QVERIFY(bitget->request(args)->front().http.url.find("/open-interest?") != std::string::npos);
}

/// History that CCXT does not ask for: the hours from 2024-01-01 on.
void TestSnapshots::historyOfOurOwn_data()
{
    QTest::addColumn<QByteArray>("venue");
    QTest::addColumn<QByteArray>("symbol");
    QTest::addColumn<QByteArray>("request");
    QTest::addColumn<QByteArray>("answer");
    const auto row = [](const char* venue, const char* symbol, const char* request, const char* answer) {
        QTest::addRow("%s %s", venue, symbol) << QByteArray(venue) << QByteArray(symbol) << QByteArray(request) << QByteArray(answer);
    };
    // Each answer: 10.5 as the first hour opens, 11 as the second does.
    const char* const bars = R"({"result":{"timestamp":[1704067200,1704070800],"more":false,"data":[["10.5","12","10","11"],["11","11.5","9","9.25"]]},"errors":[]})";
    row("krakenfutures", "BTC/USD:USD",
        "https://futures.kraken.com/api/charts/v1/analytics/PF_XBTUSD/open-interest?interval=3600&since=1704067200&to=1704074399", bars);
    row("krakenfutures", "BTC/USD:BTC",
        "https://futures.kraken.com/api/charts/v1/analytics/PI_XBTUSD/open-interest?interval=3600&since=1704067200&to=1704074399", bars);
    const char* const candles = R"([{"timestamp":"2024-01-01T00:00:00.000Z","open":"10.5","close":"11","min":"10","max":"12"},)"
                                R"({"timestamp":"2024-01-01T01:00:00.000Z","open":"11","close":"9.25","min":"9","max":"11.5"}])";
    for (const auto& [venue, host] : {std::pair("hitbtc", "hitbtc.com"), std::pair("bequant", "bequant.io"), std::pair("fmfwio", "fmfw.io")})
        row(venue, "BTC/USDT:USDT",
            (std::string("https://api.") + host
                + "/api/3/public/futures/candles/open_interest/BTCUSDT_PERP?period=H1&from=2024-01-01T00%3A00%3A00.000Z&sort=ASC&limit=2")
                .c_str(),
            candles);
    row("delta", "BTC/USD:USD", "https://api.delta.exchange/v2/history/candles?resolution=1h&symbol=OI%3ABTCUSD&start=1704067200&end=1704074400",
        R"({"success":true,"result":[{"time":1704070800,"open":11,"high":12,"low":9,"close":10},{"time":1704067200,"open":10.5,"high":12,"low":10,"close":11}]})");
    row("dydx", "BTC/USDC:USDC",
        "https://indexer.dydx.trade/v4/candles/perpetualMarkets/BTC-USD?resolution=1HOUR&fromISO=2024-01-01T00%3A00%3A00.000Z&limit=2",
        R"({"candles":[{"startedAt":"2024-01-01T01:00:00.000Z","startingOpenInterest":"11"},{"startedAt":"2024-01-01T00:00:00.000Z","startingOpenInterest":"10.5"}]})");
}

void TestSnapshots::historyOfOurOwn()
{
    QFETCH(QByteArray, venue);
    QFETCH(QByteArray, symbol);
    QFETCH(QByteArray, answer);
    const auto found = shipped().venue(venue.toStdString()).value();
    const MarketType market = parseSymbol(symbol.toStdString())->market();
    FetchArgs args = argsFor(*found, market, symbol.toStdString(), "1h", Kind::OpenInterest);
    args.since = at("2024-01-01");
    args.limit = 2;
    const auto requests = found->request(args);
    QVERIFY2(requests.has_value(), requests ? "" : requests.error().detail.c_str());
    QTEST(QByteArray::fromStdString(requests->front().http.url), "request");
    QVERIFY(!requests->front().charges.empty());
    const auto rows = found->decodeMetrics(args, answer.toStdString());
    QVERIFY2(rows.has_value(), rows ? "" : rows.error().detail.c_str());
    QCOMPARE(*rows, (std::vector {Metric {at("2024-01-01"), {10.5}, 0}, Metric {at("2024-01-01T01:00"), {11.0}, 0}}));
}

void TestSnapshots::thePastIsRefused()
{
    const auto bitget = shipped().venue("bitget").value();
    FetchArgs args = argsFor(*bitget, MarketType::Linear, "BTC/USDT:USDT", "1h", Kind::OpenInterest);
    args.since = at("2024-12-01");
    auto refused = bitget->request(args);
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, ErrorCode::Unsupported);
    QVERIFY2(
        refused.error().detail.find("bitget linear tells open interest as it is now, and nothing of the past") == 0,
        refused.error().detail.c_str());

    const auto binance = shipped().venue("binance").value();
    args = readingArgs(*binance, MarketType::Linear, "BTC/USDT:USDT");
    args.limit = 5;
    QCOMPARE(binance->request(args).error().code, ErrorCode::Unsupported);

    const auto upbit = shipped().venue("upbit").value();
    args = readingArgs(*upbit, MarketType::Spot, "BTC/KRW");
    refused = upbit->request(args);
    QVERIFY(!refused && refused.error().detail == "upbit spot does not tell open interest as it is now");
    QVERIFY(!upbit->decodeMetrics(args, "{}"));
}

void TestSnapshots::rulesOfASeries()
{
    const auto bitget = shipped().venue("bitget").value();
    const auto frames = bitget->timeframes(MarketType::Linear, Kind::OpenInterest);
    QVERIFY(!frames.empty() && frames.front().name() == "1m" && frames.back().name() == "1d");
    const auto rules = bitget->pageRules(MarketType::Linear, Kind::OpenInterest, Timeframe::fromName("5m").value());
    QVERIFY(rules && rules->isSnapshot && rules->isLatestOnly());
    QCOMPARE(rules->maxRows, 1);
    const auto tooRare = bitget->pageRules(MarketType::Linear, Kind::OpenInterest, Timeframe::fromName("1w").value());
    QVERIFY(!tooRare && tooRare.error().code == ErrorCode::Unsupported);
    QVERIFY(bitget->timeframes(MarketType::Spot, Kind::OpenInterest).empty());
    QCOMPARE(bitget->markets(Kind::OpenInterest), (std::vector {MarketType::Linear, MarketType::Inverse}));
}

void TestSnapshots::eachIsPaidForAndNeverEmpty_data()
{
    QTest::addColumn<QByteArray>("venue");
    int withHistory = 0;
    int withSnapshot = 0;
    for (const auto& venue : shipped().venues()) {
        const auto any = [&](auto test) {
            return std::ranges::any_of(std::array {MarketType::Spot, MarketType::Linear, MarketType::Inverse}, test);
        };
        withHistory += any([&](MarketType market) { return venue->hasHistory(market, Kind::OpenInterest); }) ? 1 : 0;
        if (!any([&](MarketType market) { return venue->hasSnapshot(market); }))
            continue;
        ++withSnapshot;
        QTest::newRow(venue->id().c_str()) << QByteArray::fromStdString(venue->id());
    }
    qInfo("open interest: %d venues tell it as of now, %d have history", withSnapshot, withHistory);
    QVERIFY(withSnapshot >= 48 && withHistory >= 22);
}

void TestSnapshots::eachIsPaidForAndNeverEmpty()
{
    QFETCH(QByteArray, venue);
    const auto found = shipped().venue(venue.toStdString()).value();
    for (const auto& [market, symbol] :
        {std::pair(MarketType::Linear, "BTC/USDT:USDT"), std::pair(MarketType::Inverse, "BTC/USD:BTC")}) {
        if (!found->hasSnapshot(market))
            continue;
        const FetchArgs args = readingArgs(*found, market, symbol, "7");
        const auto request = found->request(args);
        QVERIFY2(request.has_value(), request ? "" : request.error().detail.c_str());
        QVERIFY(!request->front().charges.empty());
        QVERIFY(request->front().http.url.starts_with("https://"));
        for (const char* body : {"", "null", "{}", "[]", "[{}]", "<html>", R"({"data":[]})", R"({"result":{}})",
                 R"({"data":{},"code":"0","ts":1})"}) {
            const auto rows = found->decodeMetrics(args, body);
            QVERIFY2(!rows, (venue + " takes " + body).constData());
        }
    }
}

void TestSnapshots::badAnswers_data()
{
    QTest::addColumn<QByteArray>("answer");
    QTest::addColumn<QByteArray>("expected");
    QTest::newRow("no number") << QByteArray(R"({"data":{"size":"many"}})")
                               << QByteArray("has 'many' at 'data.size', which is not a number");
    QTest::newRow("null") << QByteArray(R"({"data":{"size":null}})")
                          << QByteArray("has nothing at 'data.size' for BTC/USDT:USDT");
    QTest::newRow("empty text") << QByteArray(R"({"data":{"size":""}})") << QByteArray("has nothing at 'data.size'");
    QTest::newRow("cut off") << QByteArray(R"({"data":{"size":"1)") << QByteArray("is not the expected JSON");
    QTest::newRow("another page") << QByteArray("<html>")
                                  << QByteArray("is not the expected JSON (starts with \"<html>\")");
    QTest::newRow("nothing") << QByteArray("") << QByteArray("is empty");
    QTest::newRow("an error") << QByteArray(R"({"err":"E5","text":"no such symbol"})")
                              << QByteArray("E5 no such symbol");
    QTest::newRow("no time") << QByteArray(R"({"data":{"size":"1"},"ts":"soon"})")
                             << QByteArray("has 'soon' at 'ts', which is not a time");
}

void TestSnapshots::badAnswers()
{
    QFETCH(QByteArray, answer);
    QFETCH(QByteArray, expected);
    const auto venue =
        smallWith("errors: { code: err, message: text }\n" + (expected.contains("not a time") ? timed : told));
    const auto text = textOf(
        venue->decodeMetrics(readingArgs(*venue, MarketType::Linear, "BTC/USDT:USDT"), answer.toStdString()));
    QVERIFY2(text.contains(expected), text.constData());
}

void TestSnapshots::marketsDiffer()
{
    const auto venue =
        smallWith("open_interest: { snapshot: { path: /oi, params: { s: '{symbol}' }, fields: { amount: size } } }\n"
                  "linear: { symbol: '{base}', candles: null }\n"
                  "inverse: { symbol: '{base}', candles: null, open_interest: { snapshot: { host: "
                  "https://coin.example, fields: { amount: null, value: size } } } }");
    const auto url = [&](MarketType market, const char* symbol) {
        return venue->request(readingArgs(*venue, market, symbol))->front().http.url;
    };
    QCOMPARE(url(MarketType::Linear, "BTC/USDT:USDT"), std::string("https://small.example/oi?s=BTC"));
    QCOMPARE(url(MarketType::Inverse, "BTC/USD:BTC"), std::string("https://coin.example/oi?s=BTC"));
    QCOMPARE(
        textOf(venue->decodeMetrics(readingArgs(*venue, MarketType::Inverse, "BTC/USD:BTC"), R"({"size":7})")),
        QByteArray("1735689600000 - 7"));
    QVERIFY(!venue->hasSnapshot(MarketType::Spot));
    const auto none =
        smallWith("open_interest: { snapshot: { path: /oi, params: { s: '{symbol}' }, fields: { amount: size } } }\n"
                  "linear: { symbol: '{base}' }\ninverse: { symbol: '{base}', open_interest: null }");
    QVERIFY(none->hasSnapshot(MarketType::Linear) && !none->hasSnapshot(MarketType::Inverse));
}

void TestSnapshots::units_data()
{
    QTest::addColumn<QByteArray>("venue");
    QTest::addColumn<int>("market");
    QTest::addColumn<double>("contractSize");
    QTest::addColumn<double>("amount"); // as stated; negative: not
    QTest::addColumn<double>("value");
    QTest::addColumn<QByteArray>("meant");
    const auto row = [](const char* venue, MarketType market, double size, double amount, double value,
                         const char* meant) {
        QTest::addRow("%s %s", venue, std::string(toText(market)).c_str())
            << QByteArray(venue) << static_cast<int>(market) << size << amount << value << QByteArray(meant);
    };
    row("binance", MarketType::Linear, 1, 10.5, 630000, "10.5 630000");
    row("binance", MarketType::Inverse, 100, 5000, 8.25, "8.25 500000"); // contracts of 100 USD, and base currency
    row("bybit", MarketType::Linear, 1, 20, -1, "10 -"); // both sides
    row("bybit", MarketType::Inverse, 1, -1, 500000, "- 250000");
    row("okx", MarketType::Linear, 0.01, 21254.19, 100, "21254.19 100");
    row("gate", MarketType::Linear, 0.0001, 50000, 300000, "5 300000");
    row("gate", MarketType::Inverse, 1, 50000, 50000, "- 50000");
    row("kucoin", MarketType::Linear, 0.001, 8000, -1, "8 -");
    row("kucoin", MarketType::Inverse, 1, 8000, -1, "- 8000");
    row("mexc", MarketType::Linear, 0.0001, 300000, -1, "30 -");
    row("bitget", MarketType::Linear, 1, 52234.134, -1, "52234.134 -");
    row("bitmex", MarketType::Linear, 0.0001, 38103000, -1, "3810.3 -"); // openValue and markPrice of that moment say the same
    row("bitmex", MarketType::Inverse, 1, 967826984, -1, "- 967826984");
    row("hyperliquid", MarketType::Linear, 1, 100, -1, "50 -");
    row("krakenfutures", MarketType::Linear, 1, 2893.5, -1, "2893.5 -");
    row("krakenfutures", MarketType::Inverse, 1, 3023363, -1, "- 3023363");
    row("deribit", MarketType::Inverse, 10, -1, 9978911260, "- 9978911260");
}

/// What a venue's number means: one-sided, base units and USD.
void TestSnapshots::units()
{
    QFETCH(QByteArray, venue);
    QFETCH(int, market);
    QFETCH(double, contractSize);
    QFETCH(double, amount);
    QFETCH(double, value);
    const auto found = shipped().venue(venue.toStdString()).value();
    FetchArgs args;
    args.kind = Kind::OpenInterest;
    args.instrument.market = static_cast<MarketType>(market);
    args.instrument.contractSize = contractSize;
    Metric row {at("2025-01-01"), {}, 0};
    if (amount >= 0)
        row.numbers[0] = amount;
    if (value >= 0)
        row.numbers[1] = value;
    const OpenInterest meant = toOpenInterest(found->metric(args, row));
    QVERIFY(meant.rawAmount == row.numbers[0] && meant.rawValue == row.numbers[1]);
    const auto text = [](const std::optional<double>& number) {
        return number ? formatDecimal(*number) : std::string("-");
    };
    QTEST(QByteArray::fromStdString(text(meant.amount) + " " + text(meant.value)), "meant");
}

void TestSnapshots::problems_data()
{
    QTest::addColumn<QByteArray>("over");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char* name, const char* over, const char* expected) {
        QTest::newRow(name) << QByteArray(over) << QByteArray(expected);
    };
    row("unknown key", "pth: /oi\nfields: { amount: size }", "did you mean path?");
    row("a range", "path: /oi\nparams: { s: '{symbol}' }\nrange: { style: window }\nfields: { amount: size }",
        "over.yaml:5:5");
    row("no fields", "path: /oi\nparams: { s: '{symbol}' }", "`amount` or `value` is missing");
    row("no address", "host: null\nfields: { amount: size }", "needs a `url`");
    row("names no instrument", "path: /oi\nfields: { amount: size }", "names the instrument");
    row("names a time", "path: '/oi/{symbol}'\nparams: { t: '{end}' }\nfields: { amount: size }",
        "a snapshot is of now");
    row("time without unit", "path: '/oi/{symbol}'\nfields: { time: ts, amount: size }", "[path, unit] is expected");
    row("unknown unit", "path: '/oi/{symbol}'\nfields: { time: [ts, msec], amount: size }",
        "a unit of time is expected");
    row("times of nothing", "path: '/oi/{symbol}'\nfields: { value: { path: size } }", "`path` and `times` are needed");
    row("unknown budget", "path: '/oi/{symbol}'\ncharge: { nothing: 1 }\nfields: { amount: size }",
        "'nothing' is not one of the budgets");
    row("unknown placeholder", "path: /oi\nfields: { amount: 'data.s={simbol}.size' }", "'{simbol}' is no placeholder");
}

void TestSnapshots::problems()
{
    QFETCH(QByteArray, over);
    QFETCH(QByteArray, expected);
    const QByteArray text = "open_interest:\n  snapshot:\n    " + over.replace("\n", "\n    ")
        + "\nlinear: { symbol: '{base}', candles: null }";
    Problems problems;
    (void)Catalogue::load(
        {{"small", description::overlaid(yaml(smallVenue), yaml(text.toStdString(), "over.yaml"))}}, problems);
    const bool isFound = std::ranges::any_of(
        problems, [&](const Problem& problem) { return QByteArray::fromStdString(problem.text()).contains(expected); });
    QVERIFY2(isFound, problems.empty() ? "no problem" : problems.front().text().c_str());
    for (const Problem& problem : problems)
        QVERIFY2(problem.mark.file && (*problem.mark.file == "over.yaml" || expected.contains("url")),
            problem.text().c_str());
}

QTEST_APPLESS_MAIN(TestSnapshots)
#include "tst_snapshots.moc"
