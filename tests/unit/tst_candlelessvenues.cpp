#include <QDir>
#include <QTest>

#include "core/base/timetext.h"
#include "core/config/mapreader.h"
#include "core/exchange/catalogue.h"
#include "places.h"

using namespace mnemo;

namespace {

Catalogue shipped()
{
    std::map<std::string, Node> descriptions;
    const QDir folder(QStringLiteral(MNEMO_SOURCE_DIR "/config/exchanges"));
    for (const QString& name : folder.entryList({QStringLiteral("*.yaml")}, QDir::Files))
        descriptions[name.chopped(5).toStdString()] = readYamlFile(folder.filePath(name).toStdString()).value();
    Problems problems;
    return Catalogue::load(descriptions, problems);
}

const Catalogue& catalogue()
{
    static const Catalogue read = shipped();
    return read;
}

UtcMs at(const char* text)
{
    return parseTime(text).value();
}

} // namespace

/// The exchanges whose candles CCXT cannot read: what we ask them, and what we make of their answers.
class TestCandlelessVenues : public QObject {
    Q_OBJECT
private slots:
    void ownCandles_data()
    {
        QTest::addColumn<QByteArray>("venue");
        QTest::addColumn<QByteArray>("symbol");
        QTest::addColumn<QByteArray>("url");
        QTest::addColumn<QByteArray>("body");
        const auto row = [](const char* venue, const char* symbol, const char* url, const char* body) {
            QTest::newRow(venue) << QByteArray(venue) << QByteArray(symbol) << QByteArray(url) << QByteArray(body);
        };
        // each body: the bar of 01:00 with 10, 12, 9, 11 and a volume of 2.5
        row("coinone", "BTC/KRW", "https://api.coinone.co.kr/public/v2/chart/KRW/BTC?interval=1h&timestamp=1704077999999&size=3",
            "{\"result\":\"success\",\"error_code\":\"0\",\"is_last\":false,\"chart\":[{\"timestamp\":1704070800000,\"open\":\"10\",\"high\":\"12\","
            "\"low\":\"9\",\"close\":\"11\",\"target_volume\":\"2.5\",\"quote_volume\":\"26\"}]}");
        row("blockchaincom", "BTC/USD",
            "https://api.blockchain.com/nabu-gateway/markets/exchange/prices?symbol=BTC-USD&start=1704067200000&end=1704077999999&granularity=3600",
            "{\"symbol\":\"BTC-USD\",\"prices\":[[1704070800000,10.0,12.0,9.0,11.0,2.5]]}");
        row("latoken", "ETH/USDT", "https://api.latoken.com/v2/tradingview/history?symbol=ETH%2FUSDT&resolution=60&from=1704067200&to=1704077999",
            "{\"s\":\"ok\",\"t\":[1704070800],\"o\":[\"10\"],\"h\":[\"12\"],\"l\":[\"9\"],\"c\":[\"11\"],\"v\":[\"2.5\"]}");
        row("zaif", "BTC/JPY", "https://zaif.jp/zaif_chart_api/v1/history?symbol=BTC_JPY&resolution=60&from=1704067200&to=1704077999",
            "\"{\\\"data_count\\\": 1, \\\"ohlc_data\\\": [{\\\"volume\\\": 2.5, \\\"average\\\": 11.0, \\\"high\\\": 12.0, \\\"low\\\": 9.0, \\\"time\\\": 1704070800000, "
            "\\\"close\\\": 11.0, \\\"closed\\\": true, \\\"open\\\": 10.0}]}\"");
        row("independentreserve", "BTC/AUD",
            "https://api.independentreserve.com/Public/"
            "GetTradeHistorySummary?primaryCurrencyCode=xbt&secondaryCurrencyCode=aud&numberOfHoursInThePastToRetrieve=240",
            "{\"HistorySummaryItems\":[{\"ClosingSecondaryCurrencyPrice\":11,\"StartTimestampUtc\":\"2024-01-01T01:00:00Z\","
            "\"HighestSecondaryCurrencyPrice\":12,\"LowestSecondaryCurrencyPrice\":9,\"NumberOfTrades\":4,\"OpeningSecondaryCurrencyPrice\":10,"
            "\"PrimaryCurrencyVolume\":2.5}]}");
    }

    void ownCandles()
    {
        QFETCH(QByteArray, venue);
        QFETCH(QByteArray, symbol);
        QFETCH(QByteArray, url);
        QFETCH(QByteArray, body);
        const auto found = catalogue().venue(venue.toStdString());
        QVERIFY(found);
        FetchArgs args;
        args.instrument = (*found)->instrument(MarketType::Spot, symbol.toStdString()).value();
        args.timeframe = Timeframe::fromName("1h").value();
        args.now = at("2025-01-01");
        const auto request = (*found)->pageRequest(args, {at("2024-01-01"), at("2024-01-01T03:00")});
        QVERIFY2(request, request ? "" : request.error().detail.c_str());
        QCOMPARE(QByteArray::fromStdString(request->http.url), url);
        const auto decoded = (*found)->decodeCandles(args, body.toStdString());
        QVERIFY2(decoded, decoded ? "" : decoded.error().detail.c_str());
        QCOMPARE(decoded->rows.size(), std::size_t {1});
        const Candle& bar = decoded->rows.front();
        QCOMPARE(bar.openTime, at("2024-01-01T01:00"));
        QCOMPARE((std::vector {bar.open, bar.high, bar.low, bar.close, bar.volume}), (std::vector {10.0, 12.0, 9.0, 11.0, 2.5}));
    }

    void trades_data()
    {
        QTest::addColumn<QByteArray>("venue");
        QTest::addColumn<QByteArray>("symbol");
        QTest::addColumn<QByteArray>("url");
        QTest::addColumn<QByteArray>("sent");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<bool>("hasIds");
        const auto row = [](const char* venue, const char* symbol, const char* url, const char* body, const char* sent = "", bool hasIds = true) {
            QTest::newRow(venue) << QByteArray(venue) << QByteArray(symbol) << QByteArray(url) << QByteArray(sent) << QByteArray(body) << hasIds;
        };
        // each body: a trade of 0.5 at 10 and one second later a trade of 2 at 11, from 2024-01-01 01:00:00 on; asked for what is older than id 77
        row("bit2c", "BTC/NIS", "https://bit2c.co.il/Exchanges/BtcNis/lasttrades",
            "[{\"date\":1704070800,\"price\":10,\"amount\":0.5,\"isBid\":true,\"tid\":1},{\"date\":1704070801,\"price\":11.00,\"amount\":2,\"isBid\":false,\"tid\":2}]");
        row("bitbns", "BTC/INR", "https://bitbns.com/exchangeData/tradedetails?coin=BTC&market=INR",
            "[{\"tradeId\":\"1\",\"price\":\"10.00\",\"quote_volume\":5,\"base_volume\":0.5,\"timestamp\":1704070800000,\"type\":\"buy\"},"
            "{\"tradeId\":\"2\",\"price\":\"11\",\"quote_volume\":22,\"base_volume\":2,\"timestamp\":1704070801000,\"type\":\"sell\"}]");
        row("bitflyer", "BTC/JPY", "https://api.bitflyer.com/v1/getexecutions?product_code=BTC_JPY&count=500&before=77",
            "[{\"id\":2,\"side\":\"BUY\",\"price\":11,\"size\":2,\"exec_date\":\"2024-01-01T01:00:01.000\"},"
            "{\"id\":1,\"side\":\"\",\"price\":10,\"size\":0.5,\"exec_date\":\"2024-01-01T01:00:00\"}]");
        row("btcbox", "BTC/JPY", "https://www.btcbox.co.jp/api/v1/orders?coin=btc",
            "[{\"date\":\"1704070800\",\"price\":10,\"amount\":0.5,\"tid\":\"1\",\"type\":\"buy\"},{\"date\":\"1704070801\",\"price\":11,\"amount\":2,\"tid\":\"2\",\"type\":\"buy\"}]");
        row("coincheck", "BTC/JPY", "https://coincheck.com/api/trades?pair=btc_jpy&limit=100&order=desc&starting_after=77",
            "{\"success\":true,\"pagination\":{\"limit\":2},\"data\":[{\"id\":2,\"amount\":\"2.0\",\"rate\":\"11.0\",\"pair\":\"btc_jpy\",\"order_type\":\"buy\",\"created_at\":\"2024-01-01T01:00:01.000Z\"},"
            "{\"id\":1,\"amount\":\"0.5\",\"rate\":\"10.0\",\"pair\":\"btc_jpy\",\"order_type\":\"sell\",\"created_at\":\"2024-01-01T01:00:00.000Z\"}]}");
        row("coinmate", "BTC/EUR", "https://coinmate.io/api/transactions?currencyPair=BTC_EUR&minutesIntoHistory=1440",
            "{\"error\":false,\"errorMessage\":null,\"data\":[{\"timestamp\":1704070801000,\"transactionId\":\"2\",\"price\":11,\"amount\":2,\"currencyPair\":\"BTC_EUR\"},"
            "{\"timestamp\":1704070800000,\"transactionId\":\"1\",\"price\":10,\"amount\":0.5,\"currencyPair\":\"BTC_EUR\"}]}");
        row("coinspot", "BTC/AUD", "https://www.coinspot.com.au/pubapi/v2/orders/completed/BTC/AUD",
            "{\"status\":\"ok\",\"buyorders\":[{\"amount\":2,\"rate\":11,\"total\":22,\"coin\":\"BTC\",\"market\":\"BTC/AUD\",\"solddate\":\"2024-01-01T01:00:01.000Z\"},"
            "{\"amount\":0.5,\"rate\":10,\"total\":5,\"coin\":\"BTC\",\"market\":\"BTC/AUD\",\"solddate\":\"2024-01-01T01:00:00.000Z\"}],\"sellorders\":[]}",
            "", false);
        row("cryptomus", "BTC/USDT", "https://api.cryptomus.com/v1/exchange/market/trades/BTC_USDT",
            "{\"data\":[{\"trade_id\":\"01B\",\"price\":\"11.00\",\"base_volume\":\"22.0\",\"quote_volume\":\"2.00\",\"timestamp\":1704070801,\"type\":\"sell\"},"
            "{\"trade_id\":\"01A\",\"price\":\"10\",\"base_volume\":\"5\",\"quote_volume\":\"0.5\",\"timestamp\":1704070800,\"type\":\"buy\"}]}");
        row("derive", "BTC/USD:USDC", "https://api.lyra.finance/public/get_trade_history",
            "{\"result\":{\"trades\":[{\"trade_id\":\"b\",\"timestamp\":1704070801000,\"trade_price\":\"11\",\"trade_amount\":\"2\",\"liquidity_role\":\"taker\"},"
            "{\"trade_id\":\"b\",\"timestamp\":1704070801000,\"trade_price\":\"11\",\"trade_amount\":\"2\",\"liquidity_role\":\"maker\"},"
            "{\"trade_id\":\"a\",\"timestamp\":1704070800000,\"trade_price\":\"10\",\"trade_amount\":\"0.5\",\"liquidity_role\":\"taker\"}],\"pagination\":{\"num_pages\":1,\"count\":3}},\"id\":\"1\"}",
            "{\"instrument_name\":\"BTC-PERP\",\"from_timestamp\":1704067200000,\"to_timestamp\":1704077999999,\"page_size\":1000}");
        row("independentreserve", "ETH/AUD",
            "https://api.independentreserve.com/Public/GetRecentTrades?primaryCurrencyCode=eth&secondaryCurrencyCode=aud&numberOfRecentTradesToRetrieve=50",
            "{\"Trades\":[{\"TradeGuid\":\"b\",\"Taker\":\"Bid\",\"PrimaryCurrencyAmount\":2,\"SecondaryCurrencyTradePrice\":11,\"TradeTimestampUtc\":\"2024-01-01T01:00:01.0000000Z\"},"
            "{\"TradeGuid\":\"a\",\"Taker\":\"Bid\",\"PrimaryCurrencyAmount\":0.5,\"SecondaryCurrencyTradePrice\":10,\"TradeTimestampUtc\":\"2024-01-01T01:00:00Z\"}]}");
        row("paymium", "BTC/EUR", "https://paymium.com/api/v1/data/eur/trades",
            "[{\"uuid\":\"a\",\"traded_btc\":0.5,\"traded_currency\":5,\"price\":10.0,\"created_at_int\":1704070800},{\"uuid\":\"b\",\"traded_btc\":2,\"traded_currency\":22,\"price\":11.0,\"created_at_int\":1704070801}]");
        row("zaif", "BTC/JPY", "https://api.zaif.jp/api/1/trades/btc_jpy",
            "[{\"date\":1704070801,\"price\":11.0,\"amount\":2.0,\"tid\":2,\"currency_pair\":\"btc_jpy\"},{\"date\":1704070800,\"price\":10.0,\"amount\":0.5,\"tid\":1,\"currency_pair\":\"btc_jpy\"}]");
    }

    void trades()
    {
        QFETCH(QByteArray, venue);
        QFETCH(QByteArray, symbol);
        QFETCH(QByteArray, url);
        QFETCH(QByteArray, sent);
        QFETCH(QByteArray, body);
        QFETCH(bool, hasIds);
        const auto found = catalogue().venue(venue.toStdString());
        QVERIFY(found);
        const auto market = symbol.contains(':') ? MarketType::Linear : MarketType::Spot;
        FetchArgs args;
        args.instrument = (*found)->instrument(market, symbol.toStdString()).value();
        args.timeframe = Timeframe::fromName("1d").value();
        args.now = at("2025-01-01");
        const auto rules = (*found)->pageRules(market, Kind::Candles, args.timeframe);
        QVERIFY2(rules, rules ? "" : rules.error().detail.c_str());
        QVERIFY(rules->isFromTrades);
        const auto request = (*found)->pageRequest(args, {at("2024-01-01"), at("2024-01-01T03:00")}, "77");
        QVERIFY2(request, request ? "" : request.error().detail.c_str());
        QCOMPARE(QByteArray::fromStdString(request->http.url), url);
        QCOMPARE(QByteArray::fromStdString(request->http.body), sent);
        const auto trades = (*found)->decodeTrades(args, body.toStdString());
        QVERIFY2(trades, trades ? "" : trades.error().detail.c_str());
        QCOMPARE(trades->rows.size(), std::size_t {2});
        const Trade& first = trades->rows.front();
        const Trade& second = trades->rows.back();
        QCOMPARE(first.time, at("2024-01-01T01:00"));
        QCOMPARE(second.time, at("2024-01-01T01:00:01"));
        QCOMPARE((std::vector {first.price, first.amount, second.price, second.amount}), (std::vector {10.0, 0.5, 11.0, 2.0}));
        QCOMPARE(!first.id.empty() && first.id != second.id, hasIds);
        const auto folded = (*found)->decodeCandles(args, body.toStdString()).value();
        QCOMPARE(folded.rows.size(), std::size_t {1});
        QCOMPARE(folded.rows.front(), (Candle {at("2024-01-01"), 10, 11, 10, 11, 2.5, 27.0, 2, 0}));
        const auto series = (*found)->pageRules(market, Kind::Trades, args.timeframe);
        QVERIFY(!series);
        QCOMPARE(series.error().code, ErrorCode::Unsupported);
    }

    void tradesThatCannotBe_data()
    {
        QTest::addColumn<QByteArray>("price");
        QTest::addColumn<QByteArray>("amount");
        QTest::addColumn<QByteArray>("said");
        QTest::newRow("no price") << QByteArray("0") << QByteArray("1") << QByteArray("row 0: a trade of");
        QTest::newRow("negative") << QByteArray("5") << QByteArray("-1") << QByteArray("row 0: a trade of");
        QTest::newRow("NaN") << QByteArray("\"NaN\"") << QByteArray("1") << QByteArray("'price' (price): 'NaN' is not a number");
        QTest::newRow("null") << QByteArray("5") << QByteArray("null") << QByteArray("'amount' (amount): null is not a number");
    }

    void tradesThatCannotBe()
    {
        QFETCH(QByteArray, price);
        QFETCH(QByteArray, amount);
        QFETCH(QByteArray, said);
        const auto venue = catalogue().venue("zaif").value();
        FetchArgs args;
        args.instrument = venue->instrument(MarketType::Spot, "BTC/JPY").value();
        const auto trades =
            venue->decodeTrades(args, ("[{\"date\":1704070801,\"price\":" + price + ",\"amount\":" + amount + ",\"tid\":2}]").toStdString());
        QVERIFY(!trades);
        QCOMPARE(trades.error().code, ErrorCode::BadAnswer);
        QVERIFY2(trades.error().detail.find(said.toStdString()) != std::string::npos, trades.error().detail.c_str());
    }

    void nothingButANote()
    {
        Problems problems;
        const auto read = Catalogue::load(
            {{"silent", parseYaml("name: Silent\nnote: Tells nobody its trades.\nmarkets: { fixed: [{ symbol: BTC/EUR, id: x }] }\n", "silent.yaml").value()},
                {"empty", parseYaml("name: Empty\n", "empty.yaml").value()}},
            problems);
        QCOMPARE(problems.size(), std::size_t {1});
        QVERIFY(problems.front().message.find("`note`") != std::string::npos);
        const auto venue = read.venue("silent").value();
        QCOMPARE(venue->note(), std::string("Tells nobody its trades."));
        QVERIFY(venue->markets(Kind::Candles).empty());
        QCOMPARE(venue->decodeMarkets({}).value().size(), std::size_t {1});
    }

    void aWalkByCursorNeedsIds()
    {
        Problems problems;
        (void)Catalogue::load({{"x",
                                  parseYaml("host: https://x.example\nspot: { symbol: \"{base}\" }\ntrades:\n  path: /t\n  params: { pair: \"{symbol}\", before: \"{cursor}\" }\n  range: { style: cursor }\n"
                                            "  limit: { max: 10 }\n  rows: { kind: objects }\n  fields: { time: [t, ms], price: p, amount: a }\n",
                                      "x.yaml")
                                      .value()}},
            problems);
        QCOMPARE(problems.size(), std::size_t {1});
        QVERIFY2(problems.front().message.find("`id`") != std::string::npos, problems.front().text().c_str());
    }

    /// Where a venue has candles and trades, its own candles come first.
    void framesOfBoth()
    {
        const auto venue = catalogue().venue("independentreserve").value();
        const auto rules = [&](const char* frame) {
            return venue->pageRules(MarketType::Spot, Kind::Candles, Timeframe::fromName(frame).value()).value();
        };
        QVERIFY(!rules("1h").isFromTrades);
        QVERIFY(rules("5m").isFromTrades);
        QCOMPARE(rules("1h").delay, milliseconds {1'800'000});
        QCOMPARE(venue->timeframes(MarketType::Spot, Kind::Candles).size(), std::size_t {12});
        const auto week = venue->pageRules(MarketType::Spot, Kind::Candles, Timeframe::fromName("1w").value());
        QVERIFY(!week);
        QCOMPARE(week.error().code, ErrorCode::Unsupported);
    }
};

QTEST_APPLESS_MAIN(TestCandlelessVenues)
#include "tst_candlelessvenues.moc"
