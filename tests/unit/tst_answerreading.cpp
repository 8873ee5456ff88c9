// What is read in answers: rows, errors, "no rows", and nothing where they cannot be read.

#include <random>

#include "tests/unit/cataloguefixture.h"

using namespace mnemo;

class TestAnswerReading : public QObject {
    Q_OBJECT
private slots:
    void badAnswers_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QByteArray>("expected");
        const auto row = [](const char* name, const char* body, const char* expected) {
            QTest::newRow(name) << QByteArray(body) << QByteArray(expected);
        };
        row("HTML", "<html><body>Bad gateway</body></html>",
            "binance: answer to GET /api/v3/klines is HTML, not JSON (starts with \"<html><body>Bad "
            "gateway</body></html>\")");
        row("empty", "", "is empty");
        row("blanks", " \n", "is empty");
        row("text", "upstream failed", "is not the expected JSON");
        row("null", "null", "is not the expected JSON");
        row("truncated in a row", "[[1704067200000,\"1\",\"2\",\"1\",\"1\"", "is not valid JSON");
        row("truncated after a row", "[[1704067200000,\"1\",\"2\",\"1\",\"1\",\"5\"],", "is not valid JSON");
        row("truncated in a text", "[[1704067200000,\"1\",\"2\",\"1\",\"1\",\"5", "is not valid JSON");
        row("text after the end", R"([[1704067200000,"1","2","1","1","5",1,"1",1]] x)", "is not valid JSON");
        row("another shape", R"({"rows":[]})", "has no list of rows");
        row("row is no list", R"([{"t":1}])", "row 0 is no list");
        row("row is a number", "[5]", "row 0 is no list");
        row("a word for a number",
            R"([[1704067200000,"1","2","1","1","5",1,"1",1],[1704067260000,"1","2","1","abc","5",1,"1",1]])",
            "row 1, column 4 (close): 'abc' is not a number");
        row("NaN", R"([[1704067200000,"NaN","2","1","1","5",1,"1",1]])", "column 1 (open): 'NaN' is not a number");
        row("minus infinity", R"([[1704067200000,"1","-inf","1","1","5",1,"1",1]])",
            "column 2 (high): '-inf' is not a number");
        row("too large", R"([[1704067200000,"1","1e999","1","1","5",1,"1",1]])",
            "column 2 (high): '1e999' is not a number");
        row("null price", R"([[1704067200000,"1",null,"1","1","5",1,"1",1]])", "column 2 (high): null is not a number");
        row("empty text", R"([[1704067200000,"1","","1","1","5",1,"1",1]])", "column 2 (high): '' is not a number");
        row("list for a number", R"([[1704067200000,"1",[2],"1","1","5",1,"1",1]])", "column 2 (high)");
        row("hex", R"([[1704067200000,"1","0x10","1","1","5",1,"1",1]])", "'0x10' is not a number");
        row("time beyond 64 bits", R"([[99999999999999999999,"1","2","1","1","5",1,"1",1]])",
            "column 0 (time): '99999999999999999999' is not a time");
        row("time before 1970", R"([[-5,"1","2","1","1","5",1,"1",1]])", "is not a time");
        row("time is a word", R"([["noon","1","2","1","1","5",1,"1",1]])", "'noon' is not a time");
        row("short row", R"([[1704067200000,"1","2","1"]])", "row 0 has no column 4 (close)");
        row("broken UTF-8", "[[1704067200000,\"1\",\"2\",\"1\",\"1\",\"\xff\xfe\"]]", "is not valid JSON");
    }

    void badAnswers()
    {
        QFETCH(QByteArray, body);
        QFETCH(QByteArray, expected);
        const auto venue = shipped().venue("binance").value();
        const auto decoded =
            venue->decodeCandles(argsFor(*venue, MarketType::Spot, "BTC/USDT", "1m"), body.toStdString());
        QVERIFY(!decoded);
        QCOMPARE(decoded.error().code, ErrorCode::BadAnswer);
        QVERIFY2(QByteArray::fromStdString(decoded.error().detail).contains(expected), decoded.error().detail.c_str());
        QVERIFY(decoded.error().detail.find('\n') == std::string::npos);
    }

    void deepNesting()
    {
        const auto venue = shipped().venue("binance").value();
        const FetchArgs args = argsFor(*venue, MarketType::Spot, "BTC/USDT", "1m");
        const std::string deep(100'000, '[');
        QCOMPARE(venue->decodeCandles(args, deep).error().code, ErrorCode::BadAnswer);
        QCOMPARE(venue->decodeCandles(args, deep + std::string(100'000, ']')).error().code, ErrorCode::BadAnswer);
    }

    void sortedAndUnique()
    {
        const auto venue = shipped().venue("binance").value();
        const FetchArgs args = argsFor(*venue, MarketType::Spot, "BTC/USDT", "1m");
        const auto decoded = venue->decodeCandles(
            args, R"([[1704067260000,"2","2","2","2","5",1,"7.5",3],[1704067200000,"1","1","1","1","5",1,"1",1],
            [1704067260000,"3","3","3","3","5",1,"1",1],[1704067200000,"1","1","1","1","5",1,"1",1]])");
        QCOMPARE(decoded->rows.size(), std::size_t{2});
        QCOMPARE(decoded->rows[0].openTime, at("2024-01-01"));
        QCOMPARE(decoded->rows[1].open, 3.0); // the later one of the body
        QCOMPARE(decoded->repeated.size(), std::size_t {2});
        QVERIFY(venue->decodeCandles(args, "[]")->rows.empty());
        const auto fields =
            venue->decodeCandles(args, R"([[1704067200000,1,1,1,1.25,0,1,"7.5",3]])").value().rows.front();
        QCOMPARE(fields.quoteVolume, std::optional<double>(7.5));
        QCOMPARE(fields.trades, std::optional<std::int64_t>(3));
    }

    void closesBeforeTheEnd()
    {
        const auto venue = shipped().venue("binance").value();
        const FetchArgs args = argsFor(*venue, MarketType::Spot, "BTC/USDT", "1m");
        const auto decoded = venue->decodeCandles(args, R"([
            [1704067200000,"1","1","1","1","5",1704067259999,"5",1],
            [1704067260000,"1","1","1","1","5",1704067290123,"5",1],
            [1704067320000,"1","1","1","1","5",1704067380000,"5",1],
            [1704067380000,"1","1","1","1","5",null,"5",1],
            [1704067440000,"1","1","1","1","5","soon","5",1]])");
        QCOMPARE(decoded->rows.size(), std::size_t {5}); // what it says is no part of the row
        QCOMPARE(decoded->cutShort, (std::vector<IrregularClose> {{fromMs(1704067260000), fromMs(1704067290123)}}));
    }

    void venueErrors_data()
    {
        QTest::addColumn<QByteArray>("venue");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<int>("code"); // -1: no error
        const auto row = [](const char* name, const char* venue, int status, const char* body, int code) {
            QTest::newRow(name) << QByteArray(venue) << status << QByteArray(body) << code;
        };
        const auto number = [](ErrorCode code) { return static_cast<int>(code); };
        row("429 first", "binance", 429, R"({"code":-1121,"msg":"Invalid symbol."})", number(ErrorCode::RateLimited));
        row("418", "binance", 418, "{}", number(ErrorCode::Banned));
        row("symbol", "binance", 400, R"({"code":-1121,"msg":"Invalid symbol."})", number(ErrorCode::UnknownSymbol));
        row("limit by code", "binance", 400, R"({"code":-1003,"msg":"Too many requests."})",
            number(ErrorCode::RateLimited));
        row("parameters", "binance", 400, R"({"code":-1100,"msg":"Illegal characters"})", number(ErrorCode::Rejected));
        row("gateway", "binance", 502, "<html>Bad gateway</html>", number(ErrorCode::ServerError));
        row("503 without a body", "okx", 503, "", number(ErrorCode::ServerError));
        row("data", "binance", 200, "[]", -1);
        row("okx limit at 200", "okx", 200, R"({"code":"50011","msg":"Too Many Requests","data":[]})",
            number(ErrorCode::RateLimited));
        row("okx instrument", "okx", 200, R"({"code":"51001","msg":"Instrument ID does not exist","data":[]})",
            number(ErrorCode::UnknownSymbol));
        row("okx data", "okx", 200, R"({"code":"0","msg":"","data":[]})", -1);
        row("bybit limit at 200", "bybit", 200, R"({"retCode":10006,"retMsg":"Too many visits!","result":{}})",
            number(ErrorCode::RateLimited));
        row("bybit symbol", "bybit", 200, R"({"retCode":10001,"retMsg":"params error: Symbol Is Invalid","result":{}})",
            number(ErrorCode::UnknownSymbol));
        row("bybit 403 is a ban", "bybit", 403, "access too frequent", number(ErrorCode::Banned));
        row("kraken limit", "kraken", 200, R"({"error":["EGeneral:Too many requests"]})",
            number(ErrorCode::RateLimited));
        row("kraken pair", "kraken", 200, R"({"error":["EQuery:Unknown asset pair"]})",
            number(ErrorCode::UnknownSymbol));
        row("kraken data", "kraken", 200, R"({"error":[],"result":{"XXBTZUSD":[],"last":1}})", -1);
        row("bitfinex limit", "bitfinex", 200, R"(["error",11010,"ratelimit: error"])", number(ErrorCode::RateLimited));
        row("bitfinex symbol", "bitfinex", 500, R"(["error",10020,"symbol: invalid"])",
            number(ErrorCode::UnknownSymbol));
        row("bitfinex data", "bitfinex", 200, "[]", -1);
        row("coinbase product", "coinbaseexchange", 404, R"({"message":"NotFound"})", number(ErrorCode::UnknownSymbol));
        row("coinbase limit", "coinbaseexchange", 429, R"({"message":"Public rate limit exceeded"})",
            number(ErrorCode::RateLimited));
        row("deribit", "deribit", 400,
            R"({"jsonrpc":"2.0","error":{"message":"Invalid params","data":{"reason":"instrument_not_found"},"code":-32602}})",
            number(ErrorCode::Rejected));
        row("deribit instrument", "deribit", 400, R"({"error":{"message":"instrument_not_found","code":13020}})",
            number(ErrorCode::UnknownSymbol));
        row("bitmex limit", "bitmex", 429, R"({"error":{"message":"Rate limit exceeded, retry in 1 seconds.","name":"RateLimitError"}})",
            number(ErrorCode::RateLimited));
        row("bitmex overload", "bitmex", 503, R"({"error":{"message":"The system is currently overloaded. Please try again later.","name":"HTTPError"}})",
            number(ErrorCode::Maintenance));
        row("upbit", "upbit", 404, R"({"error":{"name":"404","message":"Code not found"}})",
            number(ErrorCode::UnknownSymbol));
    }

    void venueErrors()
    {
        QFETCH(QByteArray, venue);
        QFETCH(int, status);
        QFETCH(QByteArray, body);
        QFETCH(int, code);
        const auto found = shipped().venue(venue.toStdString()).value();
        const FetchArgs args = argsFor(*found, found->markets(Kind::Candles).front(), "BTC/USD", "1h");
        const auto error = found->errorOf(status, body.toStdString(), args);
        QCOMPARE(error ? static_cast<int>(error->code) : -1, code);
        if (error)
            QVERIFY2(QByteArray::fromStdString(error->detail).startsWith(venue), error->detail.c_str());
        if (status == 200 && code >= 0)
            QCOMPARE(static_cast<int>(found->decodeCandles(args, body.toStdString()).error().code),
                code); // decode says the same
    }

    /// A bar that is told by its end opens a timeframe before; what it counts is in base currency, contracts are not asked.
    void barsByTheirEnd()
    {
        const auto venue = shipped().venue("bitmex").value();
        const auto read = venue->decodeCandles(argsFor(*venue, MarketType::Inverse, "BTC/USD:BTC", "1m"),
            R"([{"timestamp":"2020-02-03T01:13:00.000Z","symbol":"XBTUSD","open":9395,"high":9395.5,"low":9394.5,"close":9395,"trades":221,"volume":839204,"vwap":9394.9643,"lastSize":1874,"turnover":8932641535,"homeNotional":89.5,"foreignNotional":839204},
            {"timestamp":"2020-02-03T01:14:00.000Z","symbol":"XBTUSD","open":9395,"high":9395,"low":9395,"close":9395,"trades":0,"volume":0,"vwap":null,"lastSize":null,"turnover":0,"homeNotional":0,"foreignNotional":0}])");
        QVERIFY2(read.has_value(), read ? "" : read.error().detail.c_str());
        QCOMPARE(read->rows.size(), std::size_t {2}); // without trades is told, too
        QCOMPARE(read->rows[0].openTime, at("2020-02-03T01:12"));
        QCOMPARE(read->rows[0].volume, 89.5);
        QCOMPARE(read->rows[0].quoteVolume, std::optional<double>(839204));
        QCOMPARE(read->rows[0].trades, std::optional<std::int64_t>(221));
        QCOMPARE(read->rows[0].flags, 0U); // exact
        QCOMPARE(read->rows[1].openTime, at("2020-02-03T01:13"));
        const auto days = venue->decodeCandles(argsFor(*venue, MarketType::Linear, "BTC/USDT:USDT", "1d"),
            R"([{"timestamp":"2020-02-04T00:00:00.000Z","open":1,"high":3,"low":1,"close":2,"homeNotional":5,"foreignNotional":9,"trades":4}])");
        QCOMPARE(days->rows.front().openTime, at("2020-02-03"));
    }

    void columnsAndNoData()
    {
        const auto venue = shipped().venue("deribit").value();
        const FetchArgs args = argsFor(*venue, MarketType::Inverse, "BTC/USD:BTC", "1h");
        QVERIFY(
            venue
                ->decodeCandles(args,
                    R"({"result":{"volume":[],"ticks":[],"status":"no_data","open":[],"low":[],"high":[],"cost":[],"close":[]}})")
                ->rows.empty());
        const auto uneven = venue->decodeCandles(args,
            R"({"result":{"volume":[1],"ticks":[1704067200000],"open":[1],"low":[1,2],"high":[1],"cost":[1],"close":[1]}})");
        QVERIFY(uneven.error().detail.find("2 values in column 'low'") != std::string::npos);
        const auto lacking = venue->decodeCandles(
            args, R"({"result":{"ticks":[1704067200000],"open":[1],"low":[1],"high":[1],"close":[1]}})");
        QVERIFY(lacking.error().detail.find("no column 'volume'") != std::string::npos);
    }

    void columnsOfLists()
    {
        const auto venue = smallWith("candles: { rows: { path: r, kind: columns }, fields: { time: [t, s], open: d.0, high: d.1, low: d.2, "
                                     "close: d.3, volume: v } }");
        QVERIFY(venue != nullptr);
        const FetchArgs args = argsFor(*venue, MarketType::Spot, "BTC/USDT", "1m");
        const auto read = venue->decodeCandles(args,
            R"({"r":{"d":[["1","4",0.5,"2","more"],["2","3","1","2.5"]],"t":[1704067200,1704067260],"v":[8,"9"]}})");
        QVERIFY2(read.has_value(), read ? "" : read.error().detail.c_str());
        QCOMPARE(read->rows, (std::vector {Candle {at("2024-01-01"), 1, 4, 0.5, 2, 8}, Candle {at("2024-01-01T00:01"), 2, 3, 1, 2.5, 9}}));
        QVERIFY(venue->decodeCandles(args, R"({"r":{"d":[],"t":[],"v":[]}})")->rows.empty());
        const auto said = [&](const char* body) { return venue->decodeCandles(args, body).error().detail; };
        for (const auto& [body, detail] : {std::pair(R"({"r":{"d":[1],"t":[1704067200],"v":[8]}})", "column 'd' holds no lists"),
                 std::pair(R"({"r":{"d":[[1,4,1]],"t":[1704067200],"v":[8]}})", "has 0 values in column 'd' for 1 times"),
                 std::pair(R"({"r":{"d":[[1,4,1,"x"]],"t":[1704067200],"v":[8]}})", "'d.3' (close): 'x' is not a number"),
                 std::pair(R"({"r":{"t":[1704067200],"v":[8]}})", "has no column 'd'")})
            QVERIFY2(said(body).find(detail) != std::string::npos, said(body).c_str());
    }

    void declaredNothing()
    {
        const auto venue = smallWith("candles: { rows: { path: data, empty: [body, 'null', missing] } }\nerrors: { "
                                     "code: code, success: ['0'], no_data: ['77'] }");
        const FetchArgs args = argsFor(*venue, MarketType::Spot, "BTC/USDT", "1m");
        for (const char* body : {"", R"({"code":0})", R"({"data":null})", R"({"data":[]})", R"({"code":77})"})
            QVERIFY2(venue->decodeCandles(args, body).has_value(), body);
        QVERIFY(!venue->decodeCandles(args, "null").has_value()); // the rows may be null, not all of the answer
        QVERIFY(smallWith("candles: { rows: { empty: 'null' } }")->decodeCandles(args, "null").has_value());
        const auto nested = smallWith("candles: { rows: { path: 'data.{symbol}', empty: missing } }");
        QVERIFY(nested->decodeCandles(args, R"({"data":{}})").has_value());
        for (const char* body : {"{}", R"({"data":null})", R"({"data":[]})"}) // only the last step may be missing
            QVERIFY2(!nested->decodeCandles(args, body).has_value(), body);
        const auto gaps = smallWith("candles: { rows: { empty: row } }");
        const auto kept = gaps->decodeCandles(args, "[[1704067200000,null,null,null,null,0],[1704067260000,1,2,0.5,1.5,3]]");
        QCOMPARE(kept.value().rows.size(), std::size_t{1});
        QCOMPARE(toMs(kept.value().rows[0].openTime), std::int64_t{1704067260000});
        QVERIFY(!gaps->decodeCandles(args, "[[null,1,2,0.5,1.5,3]]").has_value()); // a row needs its time
        const auto strict = smallWith("candles: { rows: { path: data } }");
        QVERIFY(!strict->decodeCandles(args, R"({"data":[[1704067200000,null,null,null,null,0]]})").has_value());
        for (const char* body : {"", "null", R"({"code":0})", R"({"data":null})", R"({"code":77})"})
            QVERIFY2(!strict->decodeCandles(args, body).has_value(), body);
    }

    void numbersAreRoundedCorrectly()
    {
        const auto venue = shipped().venue("binance").value();
        const FetchArgs args = argsFor(*venue, MarketType::Spot, "BTC/USDT", "1m");
        std::mt19937_64 random(7);
        const auto digits = [&](int count) {
            std::string text;
            for (int i = 0; i < count; ++i)
                text += static_cast<char>('0' + random() % 10);
            return text;
        };
        std::vector<std::string> texts{"0", "-0.5", "9007199254740992", "9007199254740993", "9007199254740993.0", "0.1",
            "1e-8", "123456789012345678901234567890", "0.00000000000000000000000000001", "1.7976931348623157e308",
            "5e-324", "18446744073709551616", "42283.58000000", "1234567.12345678"};
        for (int i = 0; i < 3000; ++i)
            texts.push_back("1" + digits(static_cast<int>(random() % 20))
                + (i % 3 == 0 ? std::string() : "." + digits(1 + static_cast<int>(random() % 24))));
        for (const std::string& text : texts) {
            const std::string body = "[[1704067200000," + text + ",\"" + text + "\",1,1,1,1,1,1]]";
            const auto decoded = venue->decodeCandles(args, body);
            QVERIFY2(decoded.has_value(), decoded ? "" : decoded.error().detail.c_str());
            const double expected = parseDecimal(text).value();
            QVERIFY2(decoded->rows[0].open == expected && decoded->rows[0].high == expected, text.c_str());
        }
    }

    void scaledIntegers()
    {
        const auto venue = smallWith("candles: { scale: { price: 18, volume: value_scale } }");
        FetchArgs args = argsFor(*venue, MarketType::Spot, "BTC/USDT", "1m");
        const std::string body =
            R"([[1704067200000,"42459070000000000000000",42459070000000000000001,"1","100000000000000000","250"]])";
        const auto unknown = venue->decodeCandles(args, body);
        QCOMPARE(unknown.error().code, ErrorCode::InvalidArgument); // the market list is needed
        args.instrument.valueScale = 2;
        const Candle row = venue->decodeCandles(args, body).value().rows.front();
        QCOMPARE(row.open, 42459.07);
        QCOMPARE(row.high, 42459.07);
        QCOMPARE(row.low, 1e-18);
        QCOMPARE(row.close, 0.1);
        QCOMPARE(row.volume, 2.5);
    }

    void closeTimesAndCursor()
    {
        const auto venue = smallWith(
            R"(candles: { rows: { path: data, kind: objects, cursor: next }, fields: { time: { at: t, unit: iso, of: close }, open: o, high: h, low: l, close: c, volume: v } })");
        const FetchArgs args = argsFor(*venue, MarketType::Spot, "BTC/USDT", "1h");
        const auto decoded = venue->decodeCandles(
            args, R"({"data":[{"t":"2024-01-01 01:00:00","o":1,"h":2,"l":1,"c":1,"v":"3","x":{"o":9}}],"next":"abc"})");
        QVERIFY2(decoded.has_value(), decoded ? "" : decoded.error().detail.c_str());
        QCOMPARE(decoded->rows.front().openTime, at("2024-01-01"));
        QCOMPARE(decoded->rows.front().open, 1.0);
        QCOMPARE(decoded->cursor, std::string("abc"));
    }

    void runningBar()
    {
        const auto venue = shipped().venue("okx").value();
        const FetchArgs args = argsFor(*venue, MarketType::Spot, "BTC/USDT", "1m");
        const auto running = [&](const std::string& flag) {
            const std::string cells = ",1,1,1,1,1,1,1,";
            return venue->decodeCandles(args, "{\"data\":[[1704067260000" + cells + flag + "],[1704067200000" + cells + "1]]}").value().running;
        };
        QCOMPARE(running("0"), std::optional(at("2024-01-01T00:01")));
        QCOMPARE(running("1"), std::optional<UtcMs>());
    }

    void volumeInBaseUnits()
    {
        const auto venue =
            smallWith("candles: { volume_unit: contracts }\nlinear: { symbol: x }\ninverse: { symbol: x, candles: { "
                      "volume_unit: contracts } }\nspot: { candles: { volume_unit: quote } }");
        const auto converted = [&](MarketType market, double contractSize) {
            Instrument instrument;
            instrument.market = market;
            instrument.contractSize = contractSize;
            std::vector<Candle> rows(1);
            rows[0].close = 50'000;
            rows[0].volume = 100;
            venue->toBaseVolume(rows, instrument);
            return rows[0];
        };
        QCOMPARE(converted(MarketType::Linear, 0.01).volume, 1.0);
        QCOMPARE(converted(MarketType::Linear, 0.01).flags, 0U);
        QCOMPARE(converted(MarketType::Inverse, 100).volume, 0.2);
        QCOMPARE(converted(MarketType::Inverse, 100).flags, static_cast<std::uint32_t>(ApproximateVolume));
        QCOMPARE(converted(MarketType::Spot, 1).volume, 0.002);
        QCOMPARE(converted(MarketType::Spot, 1).quoteVolume, std::optional<double>(100));
    }
};

QTEST_APPLESS_MAIN(TestAnswerReading)
#include "tst_answerreading.moc"
