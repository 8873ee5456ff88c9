// Market lists: their requests, pages and fields.

#include <set>

#include "tests/unit/cataloguefixture.h"

using namespace mnemo;

namespace {

/// Markets that name their currencies by number, which another answer tells.
const std::string joined =
    "errors: { code: code, message: msg }\nmarkets: { calls: [{ name: codes, path: /codes }, { path: /pairs, id: id, market: { value: spot }, "
    "base: { path: b, lookup: { call: codes, list: all, key: n, value: code } }, "
    "quote: { path: q, lookup: { call: codes, list: all, key: n, value: code } } }] }";

} // namespace

class TestMarketReading : public QObject {
    Q_OBJECT
private slots:
    void nowInMarketLists()
    {
        const auto venue = smallWith("markets: { calls: [ { path: /m, params: { t: '{now}' }, id: a, base: b, quote: c, market: { value: spot } } ] }");
        QCOMPARE(venue->marketRequests(at("2025-01-01"))[0].http.url, std::string("https://small.example/m?t=1735689600000"));
    }

    void pagedMarketLists()
    {
        const auto venue = smallWith("markets: { cursor: next, rows: list, calls: [ { path: /m, params: { c: '{cursor}', n: '5' }, "
                                     "id: a, base: b, quote: c, market: { value: spot } }, { path: /o, id: a, base: b, quote: c, market: { value: spot } } ] }");
        QVERIFY(venue != nullptr);
        const std::string first = "{\"next\":\"p 2\",\"list\":[{\"a\":\"x\",\"b\":\"A\",\"c\":\"USD\"}]}";
        const std::string last = "{\"next\":\"\",\"list\":[{\"a\":\"y\",\"b\":\"B\",\"c\":\"USD\"}]}";
        QCOMPARE(venue->marketRequests({})[0].http.url, std::string("https://small.example/m?n=5"));
        const auto next = venue->nextMarketRequest({0, first}, {});
        QVERIFY(next.has_value());
        QCOMPARE(next->http.url, std::string("https://small.example/m?c=p%202&n=5"));
        for (const std::string& end : {last, std::string("{\"list\":[]}"), std::string("{\"next\":null}"), std::string("<")})
            QVERIFY(!venue->nextMarketRequest({0, end}, {}));
        QCOMPARE(venue->decodeMarkets(std::vector<MarketAnswer>{{0, first}, {0, last}, {1, last}})->size(), std::size_t{2});
    }

    void badMarketLists()
    {
        const auto venue = shipped().venue("upbit").value();
        const auto detail = [&](std::vector<std::string> bodies) {
            return venue->decodeMarkets(answers(bodies)).error().detail;
        };
        QVERIFY(detail({"<html>"}).find("HTML") != std::string::npos);
        QVERIFY(detail({""}).find("empty") != std::string::npos);
        QVERIFY(detail({"[{"}).find("not valid JSON") != std::string::npos);
        QVERIFY(detail({"5"}).find("no list of markets") != std::string::npos);
        QVERIFY(detail({R"({"error":{"name":"too_many_requests","message":"slow down"}})"}).find("slow down")
            != std::string::npos);
        QVERIFY(venue->decodeMarkets(answers({R"([{"market":5},{"market":"KRW-BTC"},7,null,{"x":1}])"}))
                    .value()
                    .size()
            == 1);
    }

    void marketFields_data()
    {
        QTest::addColumn<QByteArray>("markets");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QByteArray>("found"); // symbol, id, listed
        const auto row = [](const char* name, const char* markets, const char* body, const char* found) {
            QTest::newRow(name) << QByteArray(markets) << QByteArray(body) << QByteArray(found);
        };
        const char* const names = "{ id: $value, base: { path: $value, endings: [usdt, usd, btc] }, quote: { path: $value, "
                                  "endings: [usdt, usd, btc], part: 1 }, market: { value: spot } }";
        row("names that end with their quote", names, R"(["btcusd","ethusdt","wbtcusd"])",
            "BTC/USD btcusd, ETH/USDT ethusdt, WBTC/USD wbtcusd");
        row("no ending fits", names, R"(["btceur","usd",7])", "");
        row("tests on the row itself",
            "{ id: $value, base: { value: A }, quote: { value: B }, market: { value: spot }, only: { $value: '~x' } }",
            R"(["ab","ax"])", "A/B ax");
        row("the id follows from the symbol", "{ base: b, quote: q, market: { value: spot } }",
            R"([{"b":"btc","q":"usd"}])", "BTC/USD BTCUSD");
        row("a unit of its own",
            "{ id: b, base: b, quote: q, market: { value: spot }, time_unit: s, listed: { path: day, unit: yyyymmdd } }",
            R"([{"b":"btc","q":"usd","day":"20240101"}])", "BTC/USD btc 2024-01-01T00:00:00.000Z");
        row("the list's unit", "{ id: b, base: b, quote: q, market: { value: spot }, time_unit: s, listed: t }",
            R"([{"b":"btc","q":"usd","t":1704067200}])", "BTC/USD btc 2024-01-01T00:00:00.000Z");
        row("codes have no blanks", "{ id: b, base: b, quote: q, market: { value: spot } }",
            R"([{"b":"1000 shib","q":"usd"}])", "1000SHIB/USD 1000 shib");
        row("no day", "{ id: b, base: b, quote: q, market: { value: spot }, listed: { path: day, unit: yyyymmdd } }",
            R"([{"b":"btc","q":"usd","day":"20241301"}])", "BTC/USD btc");
    }

    void marketFields()
    {
        QFETCH(QByteArray, markets);
        QFETCH(QByteArray, body);
        QFETCH(QByteArray, found);
        const auto venue = smallWith("markets: { path: /m, calls: [" + markets.toStdString() + "] }");
        QVERIFY(venue != nullptr);
        const auto read = venue->decodeMarkets(answers({body.toStdString()}));
        QVERIFY2(read.has_value(), read ? "" : read.error().detail.c_str());
        std::string text;
        for (const Instrument& market : *read)
            text += (text.empty() ? "" : ", ") + market.symbol + " " + market.id
                + (market.listed ? " " + formatIso(*market.listed) : std::string());
        QCOMPARE(QByteArray::fromStdString(text), found);
    }

    void soManyContractsAreOneCoin()
    {
        const auto venue = smallWith("linear: { symbol: '{base}', candles: null }\nmarkets: { path: /m, calls: [ { id: b, base: b, quote: q, settle: q, "
                                     "market: { value: linear }, contract_size: { path: [n, m], reciprocal: true } } ] }");
        QVERIFY(venue != nullptr);
        const auto read = venue->decodeMarkets(answers({R"([{"b":"A","q":"X","n":10000},{"b":"B","q":"X","n":null,"m":"0.01"},
            {"b":"C","q":"X","n":0},{"b":"D","q":"X"}])"}));
        QVERIFY2(read.has_value(), read ? "" : read.error().detail.c_str());
        std::vector<double> sizes;
        for (const Instrument& market : *read)
            sizes.push_back(market.contractSize);
        QCOMPARE(sizes, (std::vector<double> {0.0001, 100, 1, 1})); // 1: not told
    }

    /// The second is worth a fixed sum of bitcoin for each dollar of its price: neither of its currencies.
    void quantoContractsAreLeftOut()
    {
        const auto venue = shipped().venue("bitmex").value();
        const auto contract = [](const char* id, const char* base, const char* quote, const char* settle, const char* rest) {
            return std::string(R"({"state":"Open","symbol":")") + id + R"(","underlying":")" + base + R"(","quoteCurrency":")" + quote
                + R"(","settlCurrency":")" + settle + "\"," + rest + "}";
        };
        const auto read = venue->decodeMarkets(answers({"[" + contract("LTCUSDT", "LTC", "USDT", "USDt", R"("typ":"FFWCSX","isQuanto":false,"isInverse":false,"underlyingToPositionMultiplier":10000)")
            + "," + contract("ETHUSD", "ETH", "USD", "XBt", R"("typ":"FFWCSX","isQuanto":true,"isInverse":false,"multiplier":100)")
            + "," + contract("ETHUSD_ETH", "ETH", "USD", "Gwei", R"("typ":"FFWCSX","isQuanto":false,"isInverse":true,"multiplier":-1000000000)")
            + "," + contract("XBTUSD", "XBT", "USD", "XBt", R"("typ":"FFWCSX","isQuanto":false,"isInverse":true,"multiplier":-100000000)")
            + "," + contract("XBTZ26", "XBT", "USD", "XBt", R"("typ":"FFCCSX","expiry":"2026-12-25T12:00:00.000Z","isQuanto":false,"isInverse":true)")
            + "," + contract("XBT_USDT", "XBT", "USDT", "", R"("typ":"IFXXXP","isQuanto":false,"isInverse":false)")
            + "," + contract(".BXBT", "XBT", "USD", "", R"("typ":"MRCXXX","isQuanto":false,"isInverse":false)") + "]"}));
        QVERIFY2(read.has_value(), read ? "" : read.error().detail.c_str());
        std::set<std::string> found;
        for (const Instrument& market : *read)
            found.insert(market.symbol + " " + market.id + " " + formatDecimal(market.contractSize));
        QCOMPARE(found, (std::set<std::string> {"BTC/USD:BTC XBTUSD 1", "BTC/USD:BTC-261225 XBTZ26 1", "BTC/USDT XBT_USDT 1", "ETH/USD:ETH ETHUSD_ETH 1", "LTC/USDT:USDT LTCUSDT 0.0001"}));
        QVERIFY(venue->instrument(MarketType::Linear, "ETH/USD:BTC").value_or(Instrument {}).id.empty());
    }

    void aMarketListNeedsAnIdOrASymbol()
    {
        Problems problems;
        const Node node = description::overlaid(
            yaml(smallVenue), yaml("spot: { symbol: null }\nmarkets: { calls: [ { path: /m, base: b, quote: q, market: { value: spot } } ] }"));
        Catalogue::load({{"small", node}}, problems);
        QCOMPARE(problems.size(), std::size_t{1});
        QVERIFY2(problems[0].text().find("`id` is missing") != std::string::npos, problems[0].text().c_str());
    }

    void joinedAnswers()
    {
        const auto venue = smallWith(joined);
        QVERIFY(venue != nullptr);
        QCOMPARE(venue->marketRequests({})[0].http.url, std::string("https://small.example/codes"));
        const std::string pairs = R"([{"id":"p1","b":1,"q":"9"},{"id":"p2","b":"9","q":1},{"id":"p3","b":7,"q":9}])";
        const std::string first = R"({"all":[{"n":1,"code":"btc"},{"n":"1","code":"later"},{"code":"x"},5,{"n":8,"code":null}]})";
        const std::string second = R"({"all":[{"n":9,"code":"usd"}]})";
        // Pages of the list that is looked up in, in any order beside the markets; numbers and texts are one.
        const auto read = venue->decodeMarkets(std::vector<MarketAnswer> {{0, first}, {1, pairs}, {0, second}});
        QVERIFY2(read.has_value(), read ? "" : read.error().detail.c_str());
        QCOMPARE(read->size(), std::size_t {2}); // of the third nobody knows what it is made of
        QCOMPARE((*read)[0].symbol + " " + (*read)[0].id, std::string("BTC/USD p1"));
        QCOMPARE((*read)[1].symbol + " " + (*read)[1].id, std::string("USD/BTC p2"));
    }

    void anAnswerToLookUpInIsMissingOrBad()
    {
        const auto venue = smallWith(joined);
        const auto detail = [&](std::vector<MarketAnswer> given) { return venue->decodeMarkets(given).error().detail; };
        QCOMPARE(detail({{1, "[]"}}), std::string("small: answer to GET /pairs cannot be read without the answer to GET /codes"));
        QCOMPARE(detail({{0, R"({"all":[]})"}}), std::string("small: answer to GET /codes lists no markets by itself"));
        QVERIFY(detail({{0, "<html>"}, {1, "[]"}}).find("answer to GET /codes is HTML") != std::string::npos);
        QVERIFY(detail({{0, R"({"code":-1003,"msg":"slow down"})"}, {1, "[]"}}).find("slow down") != std::string::npos);
        QVERIFY(venue->decodeMarkets(answers({R"({"all":{}})", R"([{"id":"p","b":1,"q":9}])"}))->empty());
    }

    void lookupsInTheSameAnswer()
    {
        const auto venue = smallWith("markets: { path: /m, rows: rows, id: a, base: { path: a, lookup: { list: codes, key: n, value: c } }, "
                                     "quote: { value: USD }, market: { value: spot }, calls: [{ params: { p: '1' } }, { params: { p: '2' } }] }");
        QVERIFY(venue != nullptr);
        const auto read = venue->decodeMarkets(answers(
            {R"({"codes":[{"n":1,"c":"BTC"}],"rows":[{"a":1},{"a":2}]})", R"({"codes":[{"n":1,"c":"ETH"}],"rows":[{"a":1}]})"}));
        QVERIFY(read.has_value());
        QCOMPARE(read->size(), std::size_t {2}); // what one answer's codes mean says nothing of another's
        QCOMPARE((*read)[0].symbol, std::string("BTC/USD"));
        QCOMPARE((*read)[1].symbol, std::string("ETH/USD"));
    }

    void wrongJoins_data()
    {
        QTest::addColumn<QByteArray>("right");
        QTest::addColumn<QByteArray>("wrong");
        QTest::addColumn<QByteArray>("said");
        const auto row = [](const char* name, const char* right, const char* wrong, const char* said) {
            QTest::newRow(name) << QByteArray(right) << QByteArray(wrong) << QByteArray(said);
        };
        row("no call has the name", "call: codes", "call: coeds", "no call has the name 'coeds'");
        row("no list", "list: all, ", "", "`list`, `key` and `value` are needed");
        row("a named call with markets", "name: codes,", "name: codes, base: b,", "lists no markets");
        row("a word that no call knows", "name: codes,", "name: codes, pthe: x,", "unknown key");
        row("nobody looks up", "call: codes, ", "", "nothing is looked up in the answers to 'codes'");
    }

    void wrongJoins()
    {
        QFETCH(QByteArray, right);
        QFETCH(QByteArray, wrong);
        QFETCH(QByteArray, said);
        Problems problems;
        const std::string markets = QByteArray::fromStdString(joined).replace(right, wrong).toStdString();
        Catalogue::load({{"small", description::overlaid(yaml(smallVenue), yaml(markets))}}, problems);
        QVERIFY(!problems.empty());
        QVERIFY2(problems[0].text().find(said.toStdString()) != std::string::npos, problems[0].text().c_str());
    }

    void severalConditions_data()
    {
        QTest::addColumn<QByteArray>("row");
        QTest::addColumn<bool>("isActive");
        QTest::newRow("all hold") << QByteArray("{'s':'up','off':false}") << true;
        QTest::newRow("another of the words") << QByteArray("{'s':'open','off':false}") << true;
        QTest::newRow("one does not") << QByteArray("{'s':'up','off':true}") << false;
        QTest::newRow("one is absent") << QByteArray("{'s':'up'}") << false;
    }

    void severalConditions()
    {
        QFETCH(QByteArray, row);
        QFETCH(bool, isActive);
        const auto venue =
            smallWith("markets: { calls: [ { path: /m, base: { value: A }, quote: { value: B }, market: { value: spot }, "
                      "active: { all: { s: [up, open], off: 'false' } } } ] }");
        QVERIFY(venue != nullptr);
        const auto markets =
            venue->decodeMarkets(answers({"[" + row.replace('\'', '"').toStdString() + "]"}));
        QVERIFY(markets.has_value());
        QCOMPARE(markets->size(), std::size_t{1});
        QCOMPARE(markets->front().active, isActive);
    }

    void datedFutures()
    {
        const auto venue = shipped().venue("binance").value();
        const auto markets = venue->decodeMarkets(answers({R"({"symbols":[]})",
            R"({"symbols":[{"symbol":"BTCUSDT_240628","contractType":"CURRENT_QUARTER","deliveryDate":1719561600000,"onboardDate":1700000000000,"status":"TRADING","baseAsset":"BTC","quoteAsset":"USDT","marginAsset":"USDT"}]})",
            R"({"symbols":[]})"}));
        QCOMPARE(markets->size(), std::size_t{1});
        const Instrument market = markets->front();
        QCOMPARE(market.symbol, std::string("BTC/USDT:USDT-240628"));
        QCOMPARE(market.delisted, std::optional(at("2024-06-28T08:00")));
        QCOMPARE(market.market, MarketType::Linear);
    }
};

QTEST_APPLESS_MAIN(TestMarketReading)
#include "tst_marketreading.moc"
