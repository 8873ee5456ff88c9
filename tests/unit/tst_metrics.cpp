// Kinds that are some numbers at a time: what descriptions say of them, what answers mean, what is known where nothing is told.

#include <set>

#include "cataloguefixture.h"
#include "core/ingest/pagedecoding.h"
#include "core/ingest/planner.h"
#include "core/quality/gaps.h"

using namespace std::chrono_literals;

using namespace mnemo;

namespace {

std::shared_ptr<const Venue> small(const std::string& blocks)
{
    Problems problems;
    const auto catalogue = Catalogue::load({{"small", yaml("host: https://small.example\n" + blocks + "linear: { symbol: '{base}' }\ninverse: { symbol: '{base}' }\n")}}, problems);
    for (const Problem& problem : problems)
        qWarning("%s", problem.text().c_str());
    return catalogue.venue("small").value();
}

/// Funding that is told as events: at most 3 rows an answer, 48 hours a page.
const std::string events = "funding: { path: /f, params: { s: '{symbol}', a: '{start}', b: '{end}', n: '{limit}' }, frames: { 1h: '' },\n"
                           "  range: { style: window, events: 8h, max_rows: 48, start: { unit: ms }, end: { unit: ms } }, limit: { max: 3 },\n"
                           "  rows: { kind: arrays }, fields: { time: [0, ms], rate: 1, mark_price: 2 } }\n";

const std::string bars = "long_short_ratio: &bars { path: /l, params: { s: '{symbol}', a: '{start}', b: '{end}' }, frames: { 1h: '' },\n"
                         "  range: { style: window, start: { unit: ms }, end: { unit: ms } }, limit: { max: 100 }, rows: { kind: arrays },\n"
                         "  percent: [long_share, short_share], fields: { time: [0, ms], ratio: 1, long_share: 2, short_share: 3 } }\n"
                         "liquidations: { <<: *bars, percent: null, amount_unit: listed, fields: { time: [0, ms], long: 1, short: 2 } }\n"
                         "markets: { rows: l, id: i, base: b, quote: q, settle: q, interest_unit: u, market: { value: linear }, calls: [{ path: /m }] }\n";

FetchArgs argsOf(const Venue& venue, Kind kind, const char* unit = "")
{
    FetchArgs args;
    args.kind = kind;
    args.instrument = venue.instrument(MarketType::Linear, "BTC/USDT:USDT").value();
    args.instrument.interestUnit = unit;
    args.timeframe = *Timeframe::fromName("1h");
    return args;
}

QByteArray numbersOf(const Metric& row)
{
    QByteArray text;
    for (const auto& number : row.numbers)
        text += (text.isEmpty() ? "" : " ") + (number ? QByteArray::fromStdString(formatDecimal(*number)) : QByteArray("-"));
    return text;
}

const UtcMs day = at("2025-03-01");

std::string row(milliseconds after, const std::string& numbers)
{
    return "[" + std::to_string(toMs(day + after)) + "," + numbers + "]";
}

/// What a page of @p range makes of a body, two days later.
struct Read {
    DecodedPage page;
    PageVerdict verdict;
};
Read readPage(const Venue& venue, const FetchArgs& args, const Page& page, const std::string& body, UtcMs now = day + 48h)
{
    const PageRules rules = venue.pageRules(MarketType::Linear, args.kind, args.timeframe).value();
    HttpResponse response;
    response.status = 200;
    response.body = body;
    auto decoded = decodePage(venue, args, rules, page, response, now).value();
    auto verdict = judge(page, rules, decoded);
    return {std::move(decoded), std::move(verdict)};
}

} // namespace

class TestMetrics : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }

    void kindsHaveNames()
    {
        for (const KindFacts& facts : allKinds()) {
            QCOMPARE(kindFromText(facts.name), std::optional(facts.kind));
            QVERIFY(facts.columns.size() <= mostMetricColumns);
            std::set<std::string_view> names;
            for (const MetricColumn& column : facts.columns)
                QVERIFY2(names.insert(column.name).second && !column.unit.empty(), facts.name.data());
        }
        QVERIFY(!isMetric(Kind::Candles) && !isMetric(Kind::Trades) && isMetric(Kind::OpenInterest) && isMetric(Kind::Funding));
        QVERIFY(!kindFromText("fundings"));
        const auto names = seriesKindNames();
        QVERIFY(std::ranges::find(names, "trades") == names.end() && std::ranges::find(names, "liquidations") != names.end());
    }

    /// The provider's own words, its list of markets and its units; percent becomes a fraction, digit for digit.
    void numbersOfTheProvider_data()
    {
        QTest::addColumn<int>("kind");
        QTest::addColumn<QByteArray>("unit");
        QTest::addColumn<QByteArray>("told");
        QTest::addColumn<QByteArray>("stored");
        const auto add = [](const char* name, Kind kind, const char* unit, const char* told, const char* stored) {
            QTest::newRow(name) << static_cast<int>(kind) << QByteArray(unit) << QByteArray(told) << QByteArray(stored);
        };
        add("funding", Kind::Funding, "base", R"("o":0.01,"h":0.0125,"l":-0.003217,"c":0.0057)", "0.0001 0.000125 -0.00003217 0.000057 - -");
        add("tiny funding", Kind::Funding, "base", R"("o":1e-06,"h":7.3e-05,"l":0,"c":0.007777)", "0.00000001 0.00000073 0 0.00007777 - -");
        add("liquidations in base", Kind::Liquidations, "base", R"("l":12.5,"s":0)", "12.5 0 - - - -");
        add("liquidations in quote", Kind::Liquidations, "quote", R"("l":12.5,"s":0)", "- - 12.5 0 - -");
        add("ratio", Kind::LongShortRatio, "base", R"("r":1.5,"l":60,"s":40.25)", "1.5 0.6 0.4025 - - -");
    }

    void numbersOfTheProvider()
    {
        QFETCH(int, kind);
        QFETCH(QByteArray, unit);
        QFETCH(QByteArray, told);
        const auto venue = shipped().venue("coinalyze").value();
        FetchArgs args = argsOf(*venue, static_cast<Kind>(kind), unit.constData());
        args.instrument.id = "BTCUSDT_PERP.A";
        const auto rows = venue->decodeMetrics(args, R"([{"symbol":"BTCUSDT_PERP.A","history":[{"t":1740787200,)" + told.toStdString() + "}]}]");
        QVERIFY2(rows.has_value(), rows ? "" : rows.error().detail.c_str());
        QCOMPARE(rows->at(0).time, day);
        QTEST(numbersOf(venue->metric(args, rows->at(0))), "stored");
    }

    void requestsOfTheProvider_data()
    {
        QTest::addColumn<int>("kind");
        QTest::addColumn<QByteArray>("path");
        QTest::newRow("funding") << static_cast<int>(Kind::Funding) << QByteArray("/v1/funding-rate-history?symbols=X&interval=1hour&from=1740787200&to=1740790799");
        QTest::newRow("liquidations") << static_cast<int>(Kind::Liquidations)
                                      << QByteArray("/v1/liquidation-history?symbols=X&interval=1hour&from=1740787200&to=1740790799&convert_to_usd=false");
        QTest::newRow("ratio") << static_cast<int>(Kind::LongShortRatio) << QByteArray("/v1/long-short-ratio-history?symbols=X&interval=1hour&from=1740787200&to=1740790799");
    }

    void requestsOfTheProvider()
    {
        QFETCH(int, kind);
        const auto venue = shipped().venue("coinalyze").value();
        FetchArgs args = argsOf(*venue, static_cast<Kind>(kind), "base");
        args.instrument.id = "X";
        const auto request = venue->pageRequest(args, {day, day + 1h});
        QVERIFY2(request.has_value(), request ? "" : request.error().detail.c_str());
        QFETCH(QByteArray, path);
        QCOMPARE(QByteArray::fromStdString(request->http.url), "https://api.coinalyze.net" + path);
    }

    /// What the venues tell of what was paid; as recorded, and as their papers have it.
    void fundingOfVenues_data()
    {
        QTest::addColumn<QByteArray>("venue");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QByteArray>("url"); // of a page of one day
        QTest::addColumn<QByteArray>("rows");
        QTest::newRow("binance") << QByteArray("binance")
                                 << QByteArray(R"([{"symbol":"BTCUSDT","fundingTime":1740787200003,"fundingRate":"0.00010000","markPrice":"84000.10000000"},
            {"symbol":"BTCUSDT","fundingTime":1740816000000,"fundingRate":"-0.00003270","markPrice":""}])")
                                 << QByteArray("/fapi/v1/fundingRate?symbol=BTCUSDT&startTime=1740787200000&endTime=1740873599999&limit=24")
                                 << QByteArray("1740787200003 0.0001 - - - 84000.1 -;1740816000000 -0.0000327 - - - - -");
        QTest::newRow("bybit") << QByteArray("bybit")
                               << QByteArray(R"({"retCode":0,"retMsg":"OK","result":{"category":"linear","list":[
            {"symbol":"BTCUSDT","fundingRate":"0.0001","fundingRateTimestamp":"1709884800000"},{"symbol":"BTCUSDT","fundingRate":"0.00015","fundingRateTimestamp":"1709856000000"}]},"time":1})")
                               << QByteArray("/v5/market/funding/history?category=linear&symbol=BTCUSDT&startTime=1740787200000&endTime=1740873599999&limit=24")
                               << QByteArray("1709856000000 0.00015 - - - - -;1709884800000 0.0001 - - - - -");
        QTest::newRow("okx") << QByteArray("okx") << QByteArray(R"({"code":"0","msg":"","data":[
            {"instType":"SWAP","instId":"BTC-USDT-SWAP","fundingRate":"0.0001515032","realizedRate":"0.00015","fundingTime":"1704067200000"},
            {"instType":"SWAP","instId":"BTC-USDT-SWAP","fundingRate":"-0.0000236017","realizedRate":"-0.00002","fundingTime":"1704038400000"}]})")
                             << QByteArray("/api/v5/public/funding-rate-history?instId=BTC-USDT-SWAP&before=1740787199999&after=1740873600000&limit=24")
                             << QByteArray("1704038400000 -0.00002 - - - - -;1704067200000 0.00015 - - - - -");
        QTest::newRow("gate") << QByteArray("gate") << QByteArray(R"([{"t":1740816000,"r":"0.000157"},{"t":1740787200,"r":"0.0001"}])")
                              << QByteArray("/api/v4/futures/usdt/funding_rate?contract=BTC_USDT&from=1740787200&to=1740873599&limit=1000")
                              << QByteArray("1740787200000 0.0001 - - - - -;1740816000000 0.000157 - - - - -");
        QTest::newRow("bitmex") << QByteArray("bitmex")
                                << QByteArray(R"([{"timestamp":"2025-03-01T04:00:00.000Z","symbol":"XBTUSDT","fundingInterval":"2000-01-01T08:00:00.000Z","fundingRate":0.0001,"fundingRateDaily":0.0003},
            {"timestamp":"2025-03-01T12:00:00.000Z","symbol":"XBTUSDT","fundingInterval":"2000-01-01T08:00:00.000Z","fundingRate":-0.000027,"fundingRateDaily":-0.000081}])")
                                << QByteArray("/api/v1/funding?symbol=XBTUSDT&startTime=2025-03-01T00%3A00%3A00.000Z&endTime=2025-03-01T23%3A59%3A59.999Z&count=500")
                                << QByteArray("1740801600000 0.0001 - - - - -;1740830400000 -0.000027 - - - - -");
        QTest::newRow("hyperliquid") << QByteArray("hyperliquid")
                                     << QByteArray(R"([{"coin":"BTC","fundingRate":"0.0000125","premium":"0.0002","time":1740787200042}])")
                                     << QByteArray("/info") << QByteArray("1740787200042 0.0000125 - - - - -");
    }

    void fundingOfVenues()
    {
        QFETCH(QByteArray, venue);
        QFETCH(QByteArray, body);
        QFETCH(QByteArray, url);
        const auto teller = shipped().venue(venue.toStdString()).value();
        FetchArgs args = argsOf(*teller, Kind::Funding);
        if (venue == "hyperliquid")
            args.instrument = teller->instrument(MarketType::Linear, "BTC/USDC:USDC", "0").value();
        const auto request = teller->pageRequest(args, {day, day + 24h});
        QVERIFY2(request.has_value(), request ? "" : request.error().detail.c_str());
        QVERIFY2(request->http.url.ends_with(url.toStdString()), request->http.url.c_str());
        const auto rows = teller->decodeMetrics(args, body.toStdString());
        QVERIFY2(rows.has_value(), rows ? "" : rows.error().detail.c_str());
        QByteArray text;
        for (const Metric& each : *rows)
            text += (text.isEmpty() ? "" : ";") + QByteArray::number(static_cast<qint64>(toMs(each.time))) + ' ' + numbersOf(each);
        QTEST(text, "rows");
    }

    /// Events stand in the hour in which they were; what lies between them is known to have none.
    void eventsAreAnsweredForTheirRange_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<int>("rows");
        QTest::addColumn<int>("hoursAnswered");
        QTest::addColumn<QByteArray>("asked"); ///< again: hours, and whether to confirm
        const auto add = [](const char* name, const std::string& body, int rows, int hours, const char* again) {
            QTest::newRow(name) << QByteArray::fromStdString(body) << rows << hours << QByteArray(again);
        };
        add("each eight hours", "[" + row(3ms, "0.1") + "," + row(8h, "0.2") + "]", 2, 14, "");
        add("cut short by the limit", "[" + row(0h, "0.1") + "," + row(1h, "0.2") + "," + row(2h, "0.3") + "]", 3, 3, "3-14");
        add("a pause that is too long", "[" + row(0h, "0.1") + "]", 1, 1, "1-14?");
        add("a blank rate is none", "[" + row(0h, "\"\"") + "," + row(8h, "0.2") + "]", 1, 14, "");
        add("nothing", "[]", 0, 0, "0-14?");
    }

    void eventsAreAnsweredForTheirRange()
    {
        QFETCH(QByteArray, body);
        QFETCH(int, rows);
        QFETCH(int, hoursAnswered);
        QFETCH(QByteArray, asked);
        const auto venue = small(events);
        const Read read = readPage(*venue, argsOf(*venue, Kind::Funding), {{day, day + 14h}}, body.toStdString());
        QCOMPARE(read.page.metrics.size(), static_cast<std::size_t>(rows));
        for (const Metric& each : read.page.metrics)
            QVERIFY(Grid(*Timeframe::fromName("1h")).isOpen(each.time));
        std::int64_t hours = 0;
        for (const TimeRange& range : read.verdict.answered.ranges())
            hours += range.length() / 1h;
        QCOMPARE(hours, hoursAnswered);
        QByteArray again;
        for (const Page& page : read.verdict.follow)
            again += QByteArray::number(static_cast<qint64>((page.range.from - day) / 1h)) + '-' + QByteArray::number(static_cast<qint64>((page.range.to - day) / 1h))
                + (page.isConfirmation ? "?" : "");
        QCOMPARE(again, asked);
    }

    void pagesOfEventsReachFurtherThanTheirRows()
    {
        const auto venue = small(events);
        const PageRules rules = venue->pageRules(MarketType::Linear, Kind::Funding, *Timeframe::fromName("1h")).value();
        QCOMPARE(rules.maxRows, 48);
        QCOMPARE(rules.fullAnswer, 3);
        QCOMPARE(timeKindOf(rules), std::string(timeKindOfEvents));
        const auto request = venue->pageRequest(argsOf(*venue, Kind::Funding), {day, day + 48h}).value();
        QVERIFY2(request.http.url.ends_with("&n=3"), request.http.url.c_str());
    }

    void hoursWithoutEventsAreNoGaps()
    {
        const Grid grid(*Timeframe::fromName("1h"));
        const std::vector<UtcMs> held {day, day + 8h};
        const std::vector<CoverageSpan> coverage {{{day, day + 10h}, CoverageState::Answered, 1, day + 48h}};
        auto gaps = findGaps(held, coverage, grid, {day, day + 12h});
        QCOMPARE(gaps.size(), 3U);
        explain(gaps, Kind::Funding, timeKindOfEvents);
        QCOMPARE(gaps.size(), 1U);
        QVERIFY(gaps[0].gapClass == GapClass::Unknown && gaps[0].range == (TimeRange {day + 10h, day + 12h}));
    }

    /// A bar of liquidations that an answer leaves out had none; before its first row and after its last maybe nobody knows.
    void leftOutBars_data()
    {
        QTest::addColumn<QByteArray>("more");
        QTest::addColumn<int>("firstRow");
        QTest::addColumn<int>("hoursAnswered");
        QTest::newRow("between two rows") << QByteArray() << 0 << 4;
        QTest::newRow("between two rows, where nobody knows of others") << QByteArray(", absent: unknown") << 0 << 4;
        QTest::newRow("before the first row") << QByteArray() << 1 << 4;
        QTest::newRow("before the first row, where nobody knows") << QByteArray(", absent: unknown") << 1 << 3;
    }

    void leftOutBars()
    {
        QFETCH(QByteArray, more);
        QFETCH(int, firstRow);
        QFETCH(int, hoursAnswered);
        std::string blocks = bars;
        blocks.replace(blocks.find(", amount_unit: listed"), 0, more.toStdString());
        const auto venue = small(blocks);
        const Read read = readPage(*venue, argsOf(*venue, Kind::Liquidations, "base"), {{day, day + 4h}},
            "[" + row(std::chrono::hours {firstRow}, "1,2") + "," + row(3h, "3,4") + "]");
        std::int64_t hours = 0;
        for (const TimeRange& range : read.verdict.answered.ranges())
            hours += range.length() / 1h;
        QCOMPARE(hours, hoursAnswered);
    }

    /// A bar that has not ended has not its last numbers.
    void runningBarsAreLeftOut()
    {
        const auto venue = small(bars);
        const std::string body = "[" + row(0h, "1,0.5,0.5") + "," + row(1h, "2,0.6,0.4") + "]";
        const FetchArgs args = argsOf(*venue, Kind::LongShortRatio);
        QCOMPARE(readPage(*venue, args, {{day, day + 2h}}, body, day + 90min).page.metrics.size(), 1U);
        QCOMPARE(readPage(*venue, args, {{day, day + 2h}}, body, day + 2h).page.metrics.size(), 2U);
    }

    void descriptionsAreChecked_data()
    {
        QTest::addColumn<QByteArray>("over");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("no number") << QByteArray("funding: { fields: { rate: null } }") << QByteArray("`rate`, `rate_high`, `rate_low`, `rate_close`, `mark_price` or `interval_hours` is missing");
        QTest::newRow("percent of nothing") << QByteArray("funding: { percent: [price] }") << QByteArray("'price' is none of its fields");
        QTest::newRow("events of candles") << QByteArray("candles: { range: { events: 8h } }") << QByteArray("candles and trades are no such events");
        QTest::newRow("sides of funding") << QByteArray("funding: { sides: 2 }") << QByteArray("sides");
        QTest::newRow("word for absent") << QByteArray("funding: { absent: zero }") << QByteArray("zero");
    }

    void descriptionsAreChecked()
    {
        QFETCH(QByteArray, over);
        QFETCH(QByteArray, says);
        Problems problems;
        (void)shipped({{"bybit", over.toStdString()}}, &problems);
        QVERIFY2(std::ranges::any_of(problems, [&](const Problem& problem) { return problem.text().find(says.toStdString()) != std::string::npos; }),
            problems.empty() ? "no problem" : problems.front().text().c_str());
    }
};

QTEST_GUILESS_MAIN(TestMetrics)
#include "tst_metrics.moc"
