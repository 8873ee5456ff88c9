// Descriptions: what is wrong with them, and the requests that follow from them.

#include "tests/unit/cataloguefixture.h"

using namespace mnemo;

class TestCatalogue : public QObject {
    Q_OBJECT
private slots:
    void shippedDescriptionsHaveNoProblems()
    {
        Problems problems;
        const Catalogue catalogue = shipped({}, &problems);
        for (const Problem& problem : problems)
            qWarning("%s", problem.text().c_str());
        QCOMPARE(problems.size(), std::size_t{0});
        QVERIFY(catalogue.venues().size() >= 9);
        const auto wrong = catalogue.venue("binanse");
        QVERIFY(!wrong);
        QCOMPARE(wrong.error().code, ErrorCode::NotFound);
        QVERIFY(wrong.error().detail.find("binance") != std::string::npos);
    }

    void pages_data()
    {
        QTest::addColumn<QByteArray>("venue");
        QTest::addColumn<QByteArray>("market");
        QTest::addColumn<QByteArray>("symbol");
        QTest::addColumn<QByteArray>("frame");
        QTest::addColumn<QByteArray>("from");
        QTest::addColumn<QByteArray>("to");
        QTest::addColumn<QByteArray>("url");
        QTest::addColumn<QByteArray>("body");
        const auto row = [](const char* name, const char* venue, const char* market, const char* symbol,
                             const char* frame, const char* from, const char* to, const char* url,
                             const char* body = "") {
            QTest::newRow(name) << QByteArray(venue) << QByteArray(market) << QByteArray(symbol) << QByteArray(frame)
                                << QByteArray(from) << QByteArray(to) << QByteArray(url) << QByteArray(body);
        };
        const char* const day = "2024-01-01";
        const char* const three = "2024-01-01T03:00";
        row("binance spot: end inclusive", "binance", "spot", "BTC/USDT", "1h", day, three,
            "https://api.binance.com/api/v3/"
            "klines?symbol=BTCUSDT&interval=1h&startTime=1704067200000&endTime=1704077999999&limit=3");
        row("binance spot: 1000 minutes", "binance", "spot", "BTC/USDT", "1m", day, "2024-01-01T16:40",
            "https://api.binance.com/api/v3/"
            "klines?symbol=BTCUSDT&interval=1m&startTime=1704067200000&endTime=1704127199999&limit=1000");
        row("binance linear: 1500 rows", "binance", "linear", "BTC/USDT:USDT", "1m", day, "2024-01-02T01:00",
            "https://fapi.binance.com/fapi/v1/"
            "klines?symbol=BTCUSDT&interval=1m&startTime=1704067200000&endTime=1704157199999&limit=1500");
        row("binance inverse: months", "binance", "inverse", "BTC/USD:BTC", "1M", day, "2024-04-01",
            "https://dapi.binance.com/dapi/v1/"
            "klines?symbol=BTCUSD_PERP&interval=1M&startTime=1704067200000&endTime=1711929599999&limit=3");
        row("bybit linear", "bybit", "linear", "BTC/USDT:USDT", "1h", day, three,
            "https://api.bybit.com/v5/market/"
            "kline?category=linear&symbol=BTCUSDT&interval=60&start=1704067200000&end=1704077999999&limit=3");
        row("bybit weeks keep their Monday", "bybit", "spot", "BTC/USDT", "1w", day, "2024-01-15",
            "https://api.bybit.com/v5/market/"
            "kline?category=spot&symbol=BTCUSDT&interval=W&start=1704067200000&end=1705276799999&limit=2");
        row("bybit USDC perpetual", "bybit", "linear", "BTC/USDC:USDC", "1h", day, three,
            "https://api.bybit.com/v5/market/"
            "kline?category=linear&symbol=BTCPERP&interval=60&start=1704067200000&end=1704077999999&limit=3");
        row("okx old: both ends exclusive", "okx", "spot", "BTC/USDT", "1h", day, three,
            "https://www.okx.com/api/v5/market/"
            "history-candles?instId=BTC-USDT&bar=1H&before=1704067199999&after=1704078000000&limit=3");
        row("okx recent: the other endpoint", "okx", "linear", "BTC/USDT:USDT", "1h", "2024-12-31T00:00",
            "2024-12-31T03:00",
            "https://www.okx.com/api/v5/market/"
            "candles?instId=BTC-USDT-SWAP&bar=1H&before=1735603199999&after=1735614000000&limit=3");
        row("okx day in UTC", "okx", "inverse", "BTC/USD:BTC", "1d", day, "2024-01-03",
            "https://www.okx.com/api/v5/market/"
            "candles?instId=BTC-USD-SWAP&bar=1Dutc&before=1704067199999&after=1704240000000&limit=2");
        row("kraken: after since", "kraken", "spot", "BTC/USD", "1h", day, three,
            "https://api.kraken.com/0/public/OHLC?pair=XXBTZUSD&interval=60&since=1704067199");
        row("kraken: weeks from Thursday", "kraken", "spot", "ETH/USDT", "1w", "2024-01-04", "2024-01-18",
            "https://api.kraken.com/0/public/OHLC?pair=ETHUSDT&interval=10080&since=1704326399");
        row("kraken: a short name", "kraken", "spot", "BTC/USDT", "1h", day, three,
            "https://api.kraken.com/0/public/OHLC?pair=XBTUSDT&interval=60&since=1704067199");
        row("bitfinex: oldest first", "bitfinex", "spot", "BTC/USD", "1h", day, three,
            "https://api-pub.bitfinex.com/v2/candles/trade:1h:tBTCUSD/"
            "hist?start=1704067200000&end=1704077999999&limit=3&sort=1");
        row("bitfinex: long names take a colon, USDT is UST", "bitfinex", "spot", "DOGE/USDT", "1h", day, three,
            "https://api-pub.bitfinex.com/v2/candles/trade:1h:tDOGE:UST/"
            "hist?start=1704067200000&end=1704077999999&limit=3&sort=1");
        row("coinbase: the last bar's open is the end", "coinbaseexchange", "spot", "BTC/USD", "1h", day, three,
            "https://api.exchange.coinbase.com/products/BTC-USD/"
            "candles?granularity=3600&start=2024-01-01T00%3A00%3A00.000Z&end=2024-01-01T02%3A00%3A00.000Z");
        row("bitmex: bars go by their end", "bitmex", "inverse", "BTC/USD:BTC", "1h", day, three,
            "https://www.bitmex.com/api/v1/trade/"
            "bucketed?symbol=XBTUSD&binSize=1h&partial=true&count=3&startTime=2024-01-01T01%3A00%3A00.000Z&endTime=2024-01-01T03%3A00%3A00.000Z");
        row("bitmex spot", "bitmex", "spot", "BTC/USDT", "1d", day, "2024-01-03",
            "https://www.bitmex.com/api/v1/trade/"
            "bucketed?symbol=XBT_USDT&binSize=1d&partial=true&count=2&startTime=2024-01-02T00%3A00%3A00.000Z&endTime=2024-01-03T00%3A00%3A00.000Z");
        row("bitmex: of a coin other than bitcoin the quanto contract has the plain name", "bitmex", "inverse", "ETH/USD:ETH", "5m", day, "2024-01-01T00:05",
            "https://www.bitmex.com/api/v1/trade/"
            "bucketed?symbol=ETHUSD_ETH&binSize=5m&partial=true&count=1&startTime=2024-01-01T00%3A05%3A00.000Z&endTime=2024-01-01T00%3A05%3A00.000Z");
        row("deribit", "deribit", "inverse", "BTC/USD:BTC", "1h", day, three,
            "https://www.deribit.com/api/v2/public/"
            "get_tradingview_chart_data?instrument_name=BTC-PERPETUAL&resolution=60&start_timestamp=1704067200000&end_"
            "timestamp=1704077999999");
        row("hyperliquid: body", "hyperliquid", "linear", "BTC/USDC:USDC", "1h", day, three,
            "https://api.hyperliquid.xyz/info",
            R"({"type":"candleSnapshot","req":{"coin":"BTC","interval":"1h","startTime":1704067200000,"endTime":1704077999999}})");
        row("hyperliquid: thousands", "hyperliquid", "linear", "KPEPE/USDC:USDC", "1h", day, three,
            "https://api.hyperliquid.xyz/info",
            R"({"type":"candleSnapshot","req":{"coin":"kPEPE","interval":"1h","startTime":1704067200000,"endTime":1704077999999}})");
        row("upbit: end excluded", "upbit", "spot", "BTC/KRW", "1h", day, three,
            "https://api.upbit.com/v1/candles/minutes/60?market=KRW-BTC&to=2024-01-01T03%3A00%3A00.000Z&count=3");
        row("upbit: another path for days", "upbit", "spot", "BTC/KRW", "1d", day, "2024-01-03",
            "https://api.upbit.com/v1/candles/days?market=KRW-BTC&to=2024-01-03T00%3A00%3A00.000Z&count=2");
        row("coinex: times that CCXT does not send", "coinex", "spot", "BTC/USDT", "1h", day, three,
            "https://api.coinex.com/v2/spot/"
            "kline?market=BTCUSDT&period=1hour&limit=3&start_time=1704067200000&end_time=1704077999999");
        row("htx: no size beside times", "htx", "linear", "BTC/USDT:USDT", "1h", day, three,
            "https://api.hbdm.vn/linear-swap-ex/market/history/"
            "kline?contract_code=BTC-USDT&period=60min&from=1704067200&to=1704077999");
        row("htx: days of UTC+8", "htx", "spot", "BTC/USDT", "1d", "2023-12-31T16:00", "2024-01-02T16:00",
            "https://api.huobi.pro/market/history/"
            "candles?symbol=btcusdt&period=1day&from=1704038400&to=1704211199&size=2");
        row("kucoin: weeks from Thursday", "kucoin", "spot", "BTC/USDT", "1w", "2024-01-04", "2024-01-18",
            "https://api.kucoin.com/api/v1/market/"
            "candles?symbol=BTC-USDT&type=1week&startAt=1704326400&endAt=1705535999");
        row("kucoin futures: XBT", "kucoinfutures", "inverse", "BTC/USD:BTC", "1h", day, three,
            "https://api-futures.kucoin.com/api/v1/kline/"
            "query?symbol=XBTUSDM&granularity=60&from=1704067200000&to=1704077999999");
        row("gate: no limit beside times", "gate", "inverse", "BTC/USD:BTC", "1h", day, three,
            "https://api.gateio.ws/api/v4/futures/btc/candlesticks?interval=1h&from=1704067200&to=1704077999&contract=BTC_USD");
        row("gate Europe: another host", "gateeu", "spot", "BTC/USDC", "1h", day, three,
            "https://api.gateeu.com/api/v4/spot/"
            "candlesticks?interval=1h&from=1704067200&to=1704077999&currency_pair=BTC_USDC");
        row("dydx: ISO in capitals, unlike CCXT", "dydx", "linear", "BTC/USDC:USDC", "1h", day, three,
            "https://indexer.dydx.trade/v4/candles/perpetualMarkets/"
            "BTC-USD?resolution=1HOUR&limit=3&fromISO=2024-01-01T00%3A00%3A00.000Z&toISO=2024-01-01T02%3A59%3A59.999Z");
        row("extended: backwards from an end", "extended", "linear", "BTC/USDC:USDC", "1h", day, three,
            "https://api.starknet.extended.exchange/api/v1/info/candles/BTC-USD/"
            "trades?interval=PT1H&endTime=1704077999999&limit=3");
        row("deepcoin: end excluded", "deepcoin", "linear", "BTC/USDT:USDT", "1h", day, three,
            "https://api.deepcoin.com/deepcoin/market/"
            "candles?instId=BTC-USDT-SWAP&bar=1H&after=1704078000000&limit=3");
        row("cryptocom: start excluded", "cryptocom", "spot", "BTC/USDT", "1h", day, three,
            "https://api.crypto.com/exchange/v1/public/"
            "get-candlestick?instrument_name=BTC_USDT&timeframe=1h&start_ts=1704067199999&end_ts=1704077999999&count=3");
        row("gemini: perpetuals have an address of their own", "gemini", "linear", "BTC/GUSD:GUSD", "1m", "2024-12-31T23:00",
            "2025-01-01", "https://api.gemini.com/v2/derivatives/candles/btcgusdperp/1m");
        row("gemini: but for minutes alone", "gemini", "linear", "BTC/GUSD:GUSD", "1h", "2024-12-31T23:00", "2025-01-01",
            "https://api.gemini.com/v2/candles/btcgusdperp/1hr");
        row("lbank: exactly what is wanted", "lbank", "spot", "BTC/USDT", "1h", day, three,
            "https://api.lbank.info/v2/kline.do?symbol=btc_usdt&type=hour1&time=1704067200&size=3");
        row("cex: a limit with one end", "cex", "spot", "BTC/USD", "1h", day, three,
            "https://trade.cex.io/api/spot/rest-public/get_candles",
            R"({"pair":"BTC-USD","resolution":"1h","dataType":"bestAsk","fromISO":"2024-01-01T00:00:00.000Z","limit":3})");
        row("grvt: nanoseconds as text", "grvt", "linear", "BTC/USDT:USDT", "1h", day, three,
            "https://market-data.grvt.io/full/v1/kline",
            R"({"instrument":"BTC_USDT_Perp","interval":"CI_1_H","type":"TRADE","limit":3,"start_time":"1704067200000000000","end_time":"1704077999999000000"})");
    }

    void pages()
    {
        QFETCH(QByteArray, venue);
        QFETCH(QByteArray, market);
        QFETCH(QByteArray, symbol);
        QFETCH(QByteArray, frame);
        QFETCH(QByteArray, from);
        QFETCH(QByteArray, to);
        QFETCH(QByteArray, url);
        QFETCH(QByteArray, body);
        const auto found = shipped().venue(venue.toStdString()).value();
        const FetchArgs args =
            argsFor(*found, marketTypeFromText(market.toStdString()).value(), symbol.toStdString(), frame.constData());
        const auto page = found->pageRequest(args, {at(from.constData()), at(to.constData())});
        QVERIFY2(page.has_value(), page ? "" : page.error().detail.c_str());
        QCOMPARE(QByteArray::fromStdString(page->http.url), url);
        QCOMPARE(QByteArray::fromStdString(page->http.body), body);
        QVERIFY(!page->charges.empty());
    }

    void openInterestPages()
    {
        const Catalogue catalogue = shipped();
        const TimeRange range{at("2024-12-20"), at("2024-12-20T03:00")};
        const auto url = [&](const char* id, MarketType market, const char* symbol) {
            const auto venue = catalogue.venue(id).value();
            return QByteArray::fromStdString(
                venue->pageRequest(argsFor(*venue, market, symbol, "1h", Kind::OpenInterest), range).value().http.url);
        };
        QCOMPARE(url("binance", MarketType::Linear, "BTC/USDT:USDT"),
            QByteArray(
                "https://fapi.binance.com/futures/data/"
                "openInterestHist?symbol=BTCUSDT&period=1h&startTime=1734652800000&endTime=1734663599999&limit=3"));
        QCOMPARE(url("binance", MarketType::Inverse, "BTC/USD:BTC"),
            QByteArray("https://dapi.binance.com/futures/data/"
                       "openInterestHist?pair=BTCUSD&contractType=PERPETUAL&period=1h&startTime=1734652800000&endTime="
                       "1734663599999&limit=3"));
        QCOMPARE(url("bybit", MarketType::Inverse, "BTC/USD:BTC"),
            QByteArray("https://api.bybit.com/v5/market/"
                       "open-interest?category=inverse&symbol=BTCUSD&intervalTime=1h&startTime=1734652800000&endTime="
                       "1734663599999&limit=3"));
        QCOMPARE(url("okx", MarketType::Linear, "BTC/USDT:USDT"),
            QByteArray(
                "https://www.okx.com/api/v5/rubik/stat/contracts/"
                "open-interest-history?period=1H&begin=1734652799999&end=1734663600000&instId=BTC-USDT-SWAP&limit=3"));
        QCOMPARE(url("bitfinex", MarketType::Linear, "BTC/USDT:USDT"),
            QByteArray("https://api-pub.bitfinex.com/v2/status/deriv/tBTCF0:USTF0/"
                       "hist?start=1734652800000&end=1734663599999&limit=5000&sort=1"));
        QCOMPARE(url("extended", MarketType::Linear, "BTC/USDC:USDC"),
            QByteArray("https://api.starknet.extended.exchange/api/v1/info/BTC-USD/"
                       "open-interests?interval=P1H&startTime=1734652800000&endTime=1734663599999&limit=3"));
        QCOMPARE(url("delta", MarketType::Linear, "BTC/USD:USD"),
            QByteArray("https://api.delta.exchange/v2/history/"
                       "candles?resolution=1h&symbol=OI%3ABTCUSD&start=1734652800&end=1734663599"));
        QCOMPARE(url("kucoin", MarketType::Linear, "BTC/USDT:USDT"),
            QByteArray("https://api.kucoin.com/api/ua/v1/market/open-interest?symbol=XBTUSDTM&interval=1hour&startAt="
                       "1734652800000&endAt=1734663599999&pageSize=3"));
    }

    void openInterestOfBothForms()
    {
        const auto okx = shipped().venue("okx").value();
        const FetchArgs args = argsFor(*okx, MarketType::Linear, "BTC/USDT:USDT", "1h", Kind::OpenInterest);
        const auto coin =
            okx->decodeMetrics(args, R"({"code":"0","data":[["1734652800000","2000.5","7"]]})").value();
        QCOMPARE(coin.size(), std::size_t{1});
        QVERIFY(!coin[0].numbers[0] && coin[0].numbers[1] == 2000.5);
        const auto page =
            okx->decodeMetrics(args, R"({"code":"0","data":[["1734652800000","300","3","2000.5"]]})").value();
        QVERIFY(page[0].numbers[0] == 3.0 && page[0].numbers[1] == 2000.5);
    }

    void openInterestFromCandles()
    {
        const auto dydx = shipped().venue("dydx").value();
        const auto rows = dydx->decodeMetrics(
            argsFor(*dydx, MarketType::Linear, "BTC/USDC:USDC", "1h", Kind::OpenInterest),
            R"({"candles":[{"startedAt":"2024-01-01T01:00:00.000Z","open":"1","startingOpenInterest":"56.5"},
            {"startedAt":"2024-01-01T00:00:00.000Z","open":"1","startingOpenInterest":"54.25"}]})");
        QCOMPARE(rows->size(), std::size_t{2});
        QCOMPARE(rows->front().time, at("2024-01-01"));
        QCOMPARE(rows->front().numbers[0], std::optional<double>(54.25));
    }

    void pageRules()
    {
        const Catalogue catalogue = shipped();
        const auto rules = [&](const char* id, MarketType market, const char* frame) {
            return catalogue.venue(id)
                .value()
                ->pageRules(market, Kind::Candles, Timeframe::fromName(frame).value())
                .value();
        };
        QCOMPARE(rules("binance", MarketType::Spot, "1m").maxRows, 1000);
        QCOMPARE(rules("binance", MarketType::Linear, "1m").maxRows, 1500);
        QCOMPARE(rules("binance", MarketType::Inverse, "1m").maxRows, 1500);
        QCOMPARE(rules("binance", MarketType::Inverse, "1d").maxRows, 200); // 200 days
        QCOMPARE(rules("binance", MarketType::Inverse, "1w").maxRows, 28);
        QCOMPARE(rules("binance", MarketType::Inverse, "1M").maxRows, 6);
        QVERIFY(rules("binance", MarketType::Spot, "1m").canAskOldest);
        QVERIFY(rules("bitfinex", MarketType::Spot, "1m").canAskOldest);
        QVERIFY(!rules("okx", MarketType::Spot, "1m").canAskOldest);
        QVERIFY(rules("kraken", MarketType::Spot, "1m").isOpenEnded);
        QVERIFY(!rules("binance", MarketType::Spot, "1m").isOpenEnded);
        QVERIFY(!rules("hyperliquid", MarketType::Linear, "1m").isOpenEnded);
        QVERIFY(rules("upbit", MarketType::Spot, "1m").isOpenEnded); // no start
        QCOMPARE(rules("okx", MarketType::Spot, "1m").maxRows, 300);
        QCOMPARE(rules("bybit", MarketType::Spot, "1m").maxRows, 1000);
        QCOMPARE(rules("kraken", MarketType::Spot, "1m").retentionRows, std::optional<int>(720));
        QCOMPARE(
            rules("kraken", MarketType::Spot, "1w").grid, Grid(Timeframe::fromName("1w").value(), milliseconds{0}));
        QCOMPARE(rules("bitfinex", MarketType::Spot, "1w").grid, Grid(Timeframe::fromName("1w").value()));
        QCOMPARE(rules("bitfinex", MarketType::Spot, "1m").maxRows, 10000);
        QCOMPARE(rules("coinbaseexchange", MarketType::Spot, "1d").maxRows, 300);
        QCOMPARE(rules("hyperliquid", MarketType::Linear, "1m").retentionRows, std::optional<int>(5000));
        QCOMPARE(rules("hyperliquid", MarketType::Linear, "1w").grid,
            Grid(Timeframe::fromName("1w").value(), milliseconds{0}));
        QVERIFY(rules("upbit", MarketType::Spot, "1m").isBackward);
        QCOMPARE(rules("upbit", MarketType::Spot, "1m").maxRows, 200);
        const Timeframe week = Timeframe::fromName("1w").value();
        QCOMPARE(rules("bithumb", MarketType::Spot, "1d").grid.floor(at("2024-01-03")), at("2024-01-02T15:00"));
        QCOMPARE(rules("bithumb", MarketType::Spot, "1w").grid.floor(at("2024-01-03")), at("2023-12-31T15:00")); // Monday in Seoul
        QCOMPARE(rules("bithumb", MarketType::Spot, "4h").grid.floor(at("2024-01-03")), at("2024-01-02T23:00"));
        QCOMPARE(rules("bithumb", MarketType::Spot, "1M").grid.floor(at("2024-01-03")), at("2023-12-31T15:00"));
        QVERIFY(rules("bithumb", MarketType::Spot, "1m").isBackward);
        QCOMPARE(rules("bithumb", MarketType::Spot, "1m").walk, Walk::Pages); // although CCXT knows the latest rows alone
        QCOMPARE(rules("alpaca", MarketType::Spot, "1w").grid.floor(at("2024-01-03")), at("2024-01-01T06:00"));
        QCOMPARE(rules("alpaca", MarketType::Spot, "1m").walk, Walk::Cursor);
        QCOMPARE(rules("bitbank", MarketType::Spot, "1h").bucket, Bucket::Day);
        QCOMPARE(rules("bitbank", MarketType::Spot, "1d").maxRows, 366);
        QCOMPARE(rules("bitopro", MarketType::Spot, "5m").retentionAge, std::optional<milliseconds>(std::chrono::hours{365 * 24}));
        QVERIFY(!rules("bitopro", MarketType::Spot, "1h").retentionAge);
        QCOMPARE(rules("bitget", MarketType::Linear, "1m").maxRows, 200);
        QCOMPARE(rules("bitget", MarketType::Linear, "1d").maxRows, 90); // 90 days
        QCOMPARE(rules("bitget", MarketType::Spot, "1w").grid, Grid(week));
        QCOMPARE(rules("bitmex", MarketType::Inverse, "1m").maxRows, 1000);
        QCOMPARE(rules("blofin", MarketType::Linear, "1m").maxRows, 1440);
        QCOMPARE(rules("bittrade", MarketType::Spot, "1m").walk, Walk::Recent);
        QVERIFY(rules("hitbtc", MarketType::Linear, "1m").canAskOldest);
        QCOMPARE(catalogue.venue("binanceusdm").value()->lane().id, std::string("binance")); // one limit for both
        QCOMPARE(catalogue.venue("binanceus").value()->lane().id, std::string("binanceus"));
        const auto lacking = catalogue.venue("deribit").value()->pageRules(
            MarketType::Inverse, Kind::Candles, Timeframe::fromName("1w").value());
        QCOMPARE(lacking.error().code, ErrorCode::Unsupported);
        QVERIFY(lacking.error().detail.find("1h") != std::string::npos); // what there is instead
    }

    void oldest()
    {
        const Catalogue catalogue = shipped();
        const auto binance = catalogue.venue("binance").value();
        QCOMPARE(binance->oldestRequest(argsFor(*binance, MarketType::Spot, "BTC/USDT", "1d")).value().http.url,
            std::string("https://api.binance.com/api/v3/klines?symbol=BTCUSDT&interval=1d&startTime=0&limit=1"));
        const auto bitfinex = catalogue.venue("bitfinex").value();
        QCOMPARE(bitfinex->oldestRequest(argsFor(*bitfinex, MarketType::Spot, "BTC/USD", "1d")).value().http.url,
            std::string("https://api-pub.bitfinex.com/v2/candles/trade:1D:tBTCUSD/hist?start=0&limit=1&sort=1"));
        const auto okx = catalogue.venue("okx").value();
        QCOMPARE(
            okx->oldestRequest(argsFor(*okx, MarketType::Spot, "BTC/USDT", "1d")).error().code, ErrorCode::Unsupported);
    }

    void refusedPages()
    {
        const auto venue = shipped().venue("okx").value();
        const FetchArgs args = argsFor(*venue, MarketType::Spot, "BTC/USDT", "1h");
        const auto code = [&](const char* from, const char* to) {
            return venue->pageRequest(args, {at(from), at(to)}).error().code;
        };
        QCOMPARE(code("2024-01-01T00:30", "2024-01-01T03:00"), ErrorCode::InvalidArgument);
        QCOMPARE(code("2024-01-02", "2024-01-01"), ErrorCode::InvalidArgument);
        QCOMPARE(code("2024-01-01", "2024-02-01"), ErrorCode::InvalidArgument); // 744 bars
        FetchArgs bad = args;
        bad.limit = 0;
        QCOMPARE(venue->request(bad).error().code, ErrorCode::InvalidArgument);
        bad.limit.reset();
        bad.since = at("2024-01-02");
        bad.until = at("2024-01-01");
        QVERIFY(venue->request(bad).error().detail.find("reversed") != std::string::npos);
        bad = args;
        bad.instrument.id.clear();
        QCOMPARE(venue->request(bad).error().code, ErrorCode::InvalidArgument);
    }

    void instruments()
    {
        const auto binance = shipped().venue("binance").value();
        QCOMPARE(binance->instrument(MarketType::Spot, "BTC-USDT").error().code, ErrorCode::InvalidArgument);
        QCOMPARE(binance->instrument(MarketType::Spot, "BTC/USDT:USDT").error().code, ErrorCode::InvalidArgument);
        QCOMPARE(binance->instrument(MarketType::Linear, "BTC/USDT").error().code, ErrorCode::InvalidArgument);
        QCOMPARE(shipped().venue("kraken").value()->instrument(MarketType::Linear, "BTC/USD:USD").error().code,
            ErrorCode::Unsupported);
        QCOMPARE(binance->instrument(MarketType::Linear, "BTC/USDT:USDT", "X").value().id, std::string("X"));
        QVERIFY(binance->instrument(MarketType::Linear, "BTC/USDT:USDT-240628")
                    .value()
                    .id.empty()); // dated: only the market list knows
    }

    void charges()
    {
        const auto binance = shipped().venue("binance").value();
        const auto weight = [&](int minutes) {
            const FetchArgs args = argsFor(*binance, MarketType::Linear, "BTC/USDT:USDT", "1m");
            const UtcMs from = at("2024-01-01");
            return binance->pageRequest(args, {from, from + std::chrono::minutes(minutes)})
                .value()
                .charges.front()
                .weight;
        };
        QCOMPARE(weight(99), 1.0);
        QCOMPARE(weight(100), 2.0);
        QCOMPARE(weight(500), 5.0);
        QCOMPARE(weight(1000), 5.0);
        QCOMPARE(weight(1001), 10.0);
        QCOMPARE(binance->lane().budgets.front().usedHeader, std::string("x-mbx-used-weight-1m"));
        const auto hyperliquid = shipped().venue("hyperliquid").value();
        const UtcMs from = at("2024-12-31");
        const auto page = hyperliquid->pageRequest(
            argsFor(*hyperliquid, MarketType::Linear, "BTC/USDC:USDC", "1m"), {from, from + std::chrono::minutes(120)});
        QCOMPARE(page->charges.front().weight, 22.0);
    }

    void baseUrl()
    {
        const Catalogue catalogue =
            shipped({{"binance", "base_url: { all: 'http://127.0.0.1:8080/binance/', linear: 'http://127.0.0.1:9' }"},
                {"bitfinex", "base_url: 'http://127.0.0.1:1/x'"}});
        const auto binance = catalogue.venue("binance").value();
        const auto url = [&](const std::shared_ptr<const Venue>& venue, MarketType market, const char* symbol) {
            return venue->request(argsFor(*venue, market, symbol, "1h")).value().front().http.url;
        };
        QCOMPARE(url(binance, MarketType::Spot, "BTC/USDT"),
            std::string("http://127.0.0.1:8080/binance/api/v3/klines?symbol=BTCUSDT&interval=1h&limit=500"));
        QCOMPARE(url(binance, MarketType::Linear, "BTC/USDT:USDT"),
            std::string("http://127.0.0.1:9/fapi/v1/klines?symbol=BTCUSDT&interval=1h&limit=500"));
        QCOMPARE(
            binance->marketRequests({})[0].http.url, std::string("http://127.0.0.1:8080/binance/api/v3/exchangeInfo"));
        QCOMPARE(binance->marketRequests({})[1].http.url, std::string("http://127.0.0.1:9/fapi/v1/exchangeInfo"));
        QCOMPARE(url(catalogue.venue("bitfinex").value(), MarketType::Spot, "BTC/USD"),
            std::string("http://127.0.0.1:1/x/v2/candles/trade:1h:tBTCUSD/hist?limit=100"));
        QVERIFY(url(catalogue.venue("okx").value(), MarketType::Spot, "BTC/USDT").starts_with("https://www.okx.com/"));
    }

    void likeAnotherVenue()
    {
        Problems problems;
        const Catalogue catalogue = Catalogue::load(
            {{"small",
                 description::overlaid(yaml(smallVenue),
                     yaml("base_url: 'http://127.0.0.1:1'\nrate: { all: { limit: 5, per: 1s } }\ncharge: { all: 1 }"))},
                {"twin",
                    yaml("like: small\nhost: https://twin.example\ncandles: { limit: { max: 300 } }\nlinear: { like: "
                         "spot, symbol: '{base}-{quote}' }")},
                {"part", yaml("name: Part\nspot: { like: twin.spot }")}},
            problems);
        for (const Problem& problem : problems)
            qWarning("%s", problem.text().c_str());
        const auto twin = catalogue.venue("twin").value();
        QCOMPARE(twin->lane().id, std::string("small")); // inherited
        QCOMPARE(twin->name(), std::string("twin"));
        const auto spot = twin->request(argsFor(*twin, MarketType::Spot, "BTC/USDT", "1h")).value();
        QCOMPARE(spot.front().http.url,
            std::string("https://twin.example/klines?s=BTCUSDT&i=60&n=100")); // base_url is not inherited
        QCOMPARE(
            twin->pageRules(MarketType::Spot, Kind::Candles, Timeframe::fromName("1h").value()).value().maxRows, 300);
        QCOMPARE(twin->request(argsFor(*twin, MarketType::Linear, "BTC/USDT:USDT", "1h")).value().front().http.url,
            std::string("https://twin.example/klines?s=BTC-USDT&i=60&n=100"));
    }

    void problems_data()
    {
        QTest::addColumn<QByteArray>("over");
        QTest::addColumn<QByteArray>("expected"); // part of one problem's text
        const auto row = [](const char* name, const char* over, const char* expected) {
            QTest::newRow(name) << QByteArray(over) << QByteArray(expected);
        };
        row("unknown key", "spott: {}", "over.yaml:1:1: exchanges.small.spott");
        row("its nearest", "spott: {}", "did you mean spot?");
        row("unknown key inside", "candles:\n  parms: {}", "over.yaml:2:3");
        row("its nearest inside", "candles:\n  parms: {}", "did you mean params?");
        row("no timeframe", "candles: { frames: { 7m: 7 } }", "'7m' is no timeframe");
        row("no placeholder", "candles: { params: { s: '{symbl}' } }", "'{symbl}' is no placeholder");
        row("open brace", "candles: { params: { s: '{symbol' } }", "'}' is missing");
        row("no formula", "candles: { range: { end: { value: 'since + stepp' } } }", "'stepp' is no value");
        row("no condition", "candles: { params: { n: { value: '1', when: 'sunday' } } }", "'sunday' is no value");
        row("no unit", "candles: { range: { start: { unit: sec } } }", "a unit of time is expected");
        row("style", "candles: { range: { style: windows } }", "did you mean window?");
        row("column of arrays", "candles: { fields: { open: open } }", "a column's number");
        row("retention of an unknown frame", "candles: { range: { retention_age: { 7m: 30d } } }", "7m");
        row("retention that is no length", "candles: { range: { retention_age: { 1m: long } } }", "long");
        row("a field is missing", "candles: { fields: { close: null } }", "`close` is missing");
        row("one column for two", "candles: { fields: { close: 3 } }", "two fields are read from column 3");
        row("limit out of range", "candles: { limit: { max: 0 } }", "limit.max");
        row("no page size", "candles: { limit: null }", "to cut a range into pages");
        row("no address", "host: null\ncandles: { path: null }", "the request needs a `url`");
        row("bad address", "host: small.example", "is no address like https://");
        row("bad base_url", "base_url: 'ftp://x'", "is no address like http://");
        row("unknown market in base_url", "base_url: { swap: 'http://x' }", "'swap' is no market type");
        row("budget", "charge: { weigth: 1 }\nrate: { weight: { limit: 1, per: 1s } }", "did you mean weight?");
        row("like nobody", "like: smal2", "there is no exchange 'smal2'");
        row("like itself", "like: small", "is like this exchange itself");
        row("error kind", "errors: { http: { 403: baned } }", "did you mean banned?");
        row("market list", "markets: { calls: [ { path: /m, id: a, base: b, quote: c } ] }", "`market` is missing");
        row("weekday", "candles: { anchors: { 1m: mondy } }", "did you mean monday?");
        row("nothing at all", "spot: null", "at least one of spot, linear, inverse");
    }

    void problems()
    {
        QFETCH(QByteArray, over);
        QFETCH(QByteArray, expected);
        const Node bad = description::overlaid(yaml(smallVenue, "small.yaml"), yaml(over.toStdString(), "over.yaml"));
        Problems found;
        const Catalogue catalogue = Catalogue::load({{"small", bad}, {"good", yaml(smallVenue)}}, found);
        QVERIFY(!found.empty());
        QByteArray all;
        for (const Problem& problem : found)
            all += QByteArray::fromStdString(problem.text()) + "\n";
        QVERIFY2(all.contains(expected), all.constData());
        QVERIFY(!catalogue.venue("small")); // it alone is left out
        QVERIFY(catalogue.venue("good").has_value());
    }

    void allProblemsAtOnce()
    {
        Problems found;
        Catalogue::load(
            {{"small",
                description::overlaid(yaml(smallVenue),
                    yaml("colour: red\nversion: zero\ncandles: { frames: { 7m: 7 }, limit: { max: many } }"))}},
            found);
        QVERIFY2(found.size() >= 4, std::to_string(found.size()).c_str());
    }

    void formulas_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<bool>("hasValue");
        QTest::addColumn<qint64>("value");
        const auto row = [](const char* text, bool has, qint64 value = 0) {
            QTest::newRow(text) << QByteArray(text) << has << value;
        };
        row("since", true, 1000);
        row("until", false);
        row("since + n*step - 1ms", true, 1000 + 5 * 60'000 - 1);
        row("since + (n - 1)*step", true, 1000 + 4 * 60'000);
        row("min(now, since + n*step)", true, 200'000);
        row("max(since - 2s, 0)", true, 0);
        row("floor(now)", true, 180'000);
        row("ceil(now)", true, 240'000);
        row("200d", true, 17'280'000'000);
        row("7 when since, no until", true, 7);
        row("7 when until", false);
        row("7 when since > 1000", false);
        row("7 when since >= 1000", true, 7);
        row("7 when since < now - 2*step", true, 7);
        row("7 when until < now", false);
        row("9223372036854775807 + now", true, std::numeric_limits<qint64>::max());
        row("n*9223372036854775807", true, std::numeric_limits<qint64>::max());
    }

    void formulas()
    {
        QFETCH(QByteArray, text);
        QFETCH(bool, hasValue);
        QFETCH(qint64, value);
        const Grid grid(Timeframe::fromName("1m").value());
        description::FormulaInput input;
        input.since = 1000;
        input.n = 5;
        input.now = 200'000;
        input.step = 60'000;
        input.grid = &grid;
        const auto formula = description::Formula::parse(text.toStdString());
        QVERIFY2(formula.has_value(), formula ? "" : formula.error().detail.c_str());
        const auto result = formula->value(input);
        QCOMPARE(result.has_value(), hasValue);
        QCOMPARE(result.value_or(0), value);
    }

    void badFormulas()
    {
        for (const char* text : {"", "since +", "(since", "min(since)", "since since", "1x", "99999999999999999999",
                 "1 when", "1 when no since > 1", "1 when since + 1"})
            QVERIFY2(!description::Formula::parse(text), text);
        QVERIFY(!description::Formula::parse(std::string(1000, '(')));
    }

    void templates()
    {
        const description::Tables tables{{"old", {{"BTC", "XXBT"}}}};
        description::TemplateValues values;
        values.base = "BTC";
        values.quote = "usdt";
        values.symbol = "A/B";
        const auto text = [&](const char* pattern) {
            return description::Template::parse(pattern, tables).value().text(values, description::percentEncodedPath);
        };
        QCOMPARE(text("/x/{base:lower}-{quote:upper}"), std::optional<std::string>("/x/btc-USDT"));
        QCOMPARE(text("{symbol}"), std::optional<std::string>("A%2FB"));
        QCOMPARE(text("{base:old}"), std::optional<std::string>("XXBT"));
        QCOMPARE(text("{quote:old}"), std::optional<std::string>());
        QCOMPARE(text("{quote:max3}"), std::optional<std::string>());
        QCOMPARE(text("{settle}"), std::optional<std::string>());
        QCOMPARE(description::percentEncoded("a[gte]=1 ü"), std::string("a%5Bgte%5D%3D1%20%C3%BC"));
    }

    void times_data()
    {
        QTest::addColumn<QByteArray>("unit");
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<bool>("isRoundTrip");
        for (const char* pair : {"ms 1704067200000", "s 1704067200", "us 1704067200000000", "ns 1704067200000000000",
                 "iso 2024-01-01T00:00:00.000Z", "iso_s 2024-01-01T00:00:00Z", "ymd_hms 2024-01-01 00:00:00",
                 "yyyymmdd 20240101", "yyyy 2024"}) {
            const QByteArray line(pair);
            const QByteArray unit = line.left(line.indexOf(' '));
            QTest::newRow(unit.constData()) << unit << line.mid(line.indexOf(' ') + 1) << !unit.startsWith("yyyy");
        }
    }

    void times()
    {
        QFETCH(QByteArray, unit);
        QFETCH(QByteArray, text);
        QFETCH(bool, isRoundTrip);
        for (const auto& [name, each] : description::timeUnitWords()) {
            if (name != unit.toStdString())
                continue;
            QCOMPARE(QByteArray::fromStdString(description::timeText(1'704'067'200'000, each)), text);
            if (isRoundTrip)
                QCOMPARE(
                    description::readTime(text.toStdString(), each), std::optional<std::int64_t>(1'704'067'200'000));
            return;
        }
        QFAIL("no such unit");
    }

    void badTimes()
    {
        using description::TimeUnit;
        QVERIFY(!description::readTime("-1", TimeUnit::Milliseconds));
        QVERIFY(!description::readTime("99999999999999999999", TimeUnit::Milliseconds));
        QVERIFY(!description::readTime("9999999999999", TimeUnit::Seconds));
        QVERIFY(!description::readTime("abc", TimeUnit::Seconds));
        QVERIFY(!description::readTime("", TimeUnit::Iso));
        QVERIFY(!description::readTime("1704067200", TimeUnit::Iso));
        QVERIFY(!description::readTime("2024-13-01T00:00:00", TimeUnit::Iso));
        QCOMPARE(
            description::readTime("1704067200.0", TimeUnit::Seconds), std::optional<std::int64_t>(1'704'067'200'000));
        QCOMPARE(description::readTime("1704067200000000", TimeUnit::Magnitude),
            std::optional<std::int64_t>(1'704'067'200'000));
    }

    void calendarBuckets()
    {
        const auto venue = smallWith("candles: { path: '/{symbol}/{frame}/{start}', params: null, frames: { 1m: 1, 1h: 60, 4h: 4h, 1w: 1w }, limit: null,"
                                     " range: { style: calendar-bucket, max_rows: 3000, start: { unit: { 1m: yyyymmdd, 1h: yyyymmdd, 4h: yyyy, 1w: yyyy } } } }");
        const auto rules = [&](const char* frame) {
            return venue->pageRules(MarketType::Spot, Kind::Candles, Timeframe::fromName(frame).value()).value();
        };
        QCOMPARE(rules("1m").bucket, Bucket::Day);
        QCOMPARE(rules("1m").maxRows, 1440);
        QCOMPARE(rules("1h").maxRows, 24);
        QCOMPARE(rules("4h").bucket, Bucket::Year);
        QCOMPARE(rules("4h").maxRows, 2196);
        QCOMPARE(rules("1w").maxRows, 53);
        QCOMPARE(shipped().venue("binance").value()->pageRules(MarketType::Spot, Kind::Candles, Timeframe{}).value().bucket, Bucket::None);
    }

    void endpointByQuote()
    {
        const auto venue = smallWith(
            "candles: { endpoints: [ { when: { quote: [EUR, GBP] }, path: /europe }, { path: /world } ] }");
        QVERIFY(venue != nullptr);
        const auto path = [&](const char* symbol) {
            const auto request = venue->request(argsFor(*venue, MarketType::Spot, symbol, "1h"));
            return request.value().front().http.url.substr(21, 7);
        };
        QCOMPARE(path("BTC/GBP"), std::string("/europe"));
        QCOMPARE(path("EUR/USD"), std::string("/world?"));
    }
};

QTEST_APPLESS_MAIN(TestCatalogue)
#include "tst_catalogue.moc"
