#include <QTest>

#include <map>

#include "core/base/timetext.h"
#include "core/config/mapreader.h"
#include "core/exchange/catalogue.h"
#include "core/ingest/pagedecoding.h"

using namespace mnemo;
using namespace std::chrono_literals;

namespace {

const char* const description = "name: Small\n"
                                "candles:\n"
                                "  url: https://small.example/klines\n"
                                "  params: { s: \"{symbol}\", from: \"{start}\", to: \"{end}\" }\n"
                                "  frames: { 1d: 1d }\n"
                                "  range: { max_rows: 100, start: { unit: ms }, end: { unit: ms } }\n"
                                "  rows: { kind: arrays }\n"
                                "  fields: { time: [0, ms], open: 1, high: 2, low: 3, close: 4, volume: 5, close_time: [6, s] }\n"
                                "  volume_unit: contracts\n"
                                "spot: { symbol: \"{base}{quote}\" }\n";

std::shared_ptr<const Venue> smallVenue()
{
    Problems problems;
    return Catalogue::load({{"small", parseYaml(description, "small.yaml").value()}}, problems).venue("small").value();
}

} // namespace

/// What a page's answer is worth before anything is stored of it.
class TestPageDecoding : public QObject {
    Q_OBJECT
private slots:
    void barsOffTheGrid_data()
    {
        QTest::addColumn<int>("fitting"); // days that open at midnight
        QTest::addColumn<int>("shifted"); // days that open five hours later
        QTest::addColumn<bool>("isGood");
        QTest::newRow("none at all") << 0 << 0 << true;
        QTest::newRow("all fit") << 3 << 0 << true;
        QTest::newRow("one does not") << 3 << 1 << true; // dropped, with a finding
        QTest::newRow("as many do as do not") << 2 << 2 << true;
        QTest::newRow("most do not") << 2 << 3 << false;
        QTest::newRow("none fits") << 0 << 3 << false; // else the range would count as without trades
    }
    void barsOffTheGrid()
    {
        QFETCH(int, fitting);
        QFETCH(int, shifted);
        QFETCH(bool, isGood);
        const auto venue = smallVenue();
        FetchArgs args;
        args.instrument = venue->instrument(MarketType::Spot, "BTC/USDT").value();
        args.timeframe = *Timeframe::fromName("1d");
        const UtcMs from = *parseTime("2024-01-01");
        const auto rules = venue->pageRules(MarketType::Spot, Kind::Candles, args.timeframe).value();
        std::string body;
        for (int day = 0; day < fitting + shifted; ++day) {
            const UtcMs open = from + std::chrono::days {day} + (day < fitting ? 0h : 5h);
            body += (body.empty() ? "[" : ",") + ("[" + std::to_string(toMs(open))) + ",1,2,1,1,5]";
        }
        HttpResponse response;
        response.status = 200;
        response.body = body.empty() ? "[]" : body + "]";
        const auto page = decodePage(*venue, args, rules, {{from, from + std::chrono::days {10}}}, response, from + std::chrono::days {30});
        QCOMPARE(page.has_value(), isGood);
        if (isGood) {
            QCOMPARE(page->rows.size(), std::size_t(fitting));
            QCOMPARE(page->findings.empty(), shifted == 0);
        } else {
            QCOMPARE(page.error().code, ErrorCode::BadAnswer);
            QVERIFY(page.error().detail.find("`anchors`") != std::string::npos);
        }
    }

    /// Rows that the reader makes one of, and closes that are no part of a row, are findings all the same: of bars that
    /// are stored.
    void whatTheAnswerAloneShows()
    {
        const auto venue = smallVenue();
        FetchArgs args;
        args.instrument = venue->instrument(MarketType::Spot, "BTC/USDT").value();
        args.instrument.contractSize = 2;
        args.timeframe = *Timeframe::fromName("1d");
        const UtcMs from = *parseTime("2024-01-01");
        const auto rules = venue->pageRules(MarketType::Spot, Kind::Candles, args.timeframe).value();
        const auto row = [&](int day, const char* volume, int hours) {
            const auto open = toMs(from + std::chrono::days {day});
            return "[" + std::to_string(open) + ",1,2,1,1," + volume + "," + std::to_string(open / 1000 + hours * 3600 - 1) + "]";
        };
        HttpResponse response;
        response.status = 200;
        response.body = "[" + row(0, "5", 24) + "," + row(1, "4", 24) + "," + row(1, "5", 24) + "," + row(2, "5", 24) + ","
            + row(2, "5", 24) + "," + row(3, "5", 7) + "," + row(11, "5", 7) + "," + row(11, "6", 24) + "]";
        const auto page =
            decodePage(*venue, args, rules, {{from, from + std::chrono::days {10}}}, response, from + std::chrono::days {30});
        QCOMPARE(page->rows.size(), std::size_t {4});
        std::map<std::string, Finding> found;
        for (const Finding& finding : page->findings)
            found[finding.rule] = finding;
        QCOMPARE(page->findings.size(), std::size_t {3}); // day 11 was not asked for
        QCOMPARE(found["duplicate"].range.from, from + std::chrono::days {1});
        QVERIFY2(found["duplicate"].details.find("volume 8, then 10") != std::string::npos, found["duplicate"].details.c_str());
        QCOMPARE(found["repeated_row"].range.from, from + std::chrono::days {2});
        QCOMPARE(found["truncated"].range.from, from + std::chrono::days {3});
        QVERIFY(found["truncated"].details.find("closed at 2024-01-04T06:59:59") != std::string::npos);
    }

    /// A reading stands for the slot in which it was taken, and nothing before it is claimed.
    void readingsOfNow()
    {
        Problems problems;
        const auto venue = Catalogue::load(
            {{"small",
                parseYaml("open_interest: { sides: 2, snapshot: { url: 'https://small.example/oi/{symbol}', fields: { "
                          "time: [t, ms], amount: a } } }\n"
                          "linear: { symbol: '{base}' }",
                    "small.yaml")
                    .value()}},
            problems)
                               .venue("small")
                               .value();
        FetchArgs args;
        args.kind = Kind::OpenInterest;
        args.instrument = venue->instrument(MarketType::Linear, "BTC/USDT:USDT").value();
        args.timeframe = *Timeframe::fromName("5m");
        const PageRules rules = venue->pageRules(MarketType::Linear, Kind::OpenInterest, args.timeframe).value();
        const UtcMs slot = *parseTime("2024-01-01T10:05");
        const Page page {{slot - 10min, slot + 5min}};
        HttpResponse response;
        response.status = 200;
        response.body = R"({"t":1704103199000,"a":"7"})"; // 09:59:59 by the venue's clock
        auto decoded = decodePage(*venue, args, rules, page, response, slot + 2min).value();
        QCOMPARE(decoded.metrics.size(), 1U);
        QVERIFY(toOpenInterest(decoded.metrics[0]) == (OpenInterest {slot, 3.5, std::nullopt, 7.0, std::nullopt}));
        const PageCommit commit = pageCommit(1, page, rules, decoded, slot + 2min);
        QCOMPARE(commit.rows.size(), commit.metrics.size());
        QCOMPARE(commit.coverage.size(), 2U);
        QVERIFY(commit.coverage[0].state == CoverageState::BeyondRetention
            && commit.coverage[0].range == (TimeRange {page.range.from, slot}));
        QVERIFY(commit.coverage[1].state == CoverageState::Answered
            && commit.coverage[1].range == (TimeRange {slot, slot + 5min}));
        response.body = "{}";
        QVERIFY(!decodePage(*venue, args, rules, page, response, slot + 2min)); // never an empty answer
    }

    /// Histories at times of their own: the first value of each bar's time.
    void irregularHistory()
    {
        Problems problems;
        const auto venue =
            Catalogue::load({{"small",
                                parseYaml("open_interest: { url: 'https://small.example/oi', params: { s: '{symbol}', "
                                          "a: '{start}', b: '{end}' }, frames: { 1h: x }, amount_unit: contracts,\n"
                                          "  range: { start: { unit: ms }, end: { unit: ms } }, limit: { max: 100 }, "
                                          "rows: { kind: arrays }, fields: { time: [0, ms], amount: 1 } }\n"
                                          "linear: { symbol: '{base}' }",
                                    "small.yaml")
                                    .value()}},
                problems)
                .venue("small")
                .value();
        FetchArgs args;
        args.kind = Kind::OpenInterest;
        args.instrument = venue->instrument(MarketType::Linear, "BTC/USDT:USDT").value();
        args.instrument.contractSize = 0.01;
        args.timeframe = *Timeframe::fromName("1h");
        const PageRules rules = venue->pageRules(MarketType::Linear, Kind::OpenInterest, args.timeframe).value();
        const UtcMs from = *parseTime("2024-01-01");
        const auto row = [&](milliseconds after, int contracts) {
            return "[" + std::to_string(toMs(from + after)) + "," + std::to_string(contracts) + "]";
        };
        HttpResponse response;
        response.status = 200;
        response.body = "[" + row(1min, 100) + "," + row(40min, 200) + "," + row(1h, 300) + "," + row(3h, 400) + "]";
        const auto decoded = decodePage(*venue, args, rules, {{from, from + 3h}}, response, from + 24h).value();
        QCOMPARE(decoded.metrics.size(), 2U);
        QVERIFY(decoded.metrics[0].time == from && decoded.metrics[0].numbers[0] == 1.0 && decoded.metrics[0].numbers[2] == 100.0);
        QVERIFY(decoded.metrics[1].time == from + 1h && decoded.metrics[1].numbers[0] == 3.0);
        QVERIFY(decoded.spokeBeyond);
        response.body = "[" + row(100h, 1) + "]";
        QVERIFY(!decodePage(*venue, args, rules, {{from, from + 3h}}, response, from + 240h));
    }
};

QTEST_APPLESS_MAIN(TestPageDecoding)
#include "tst_pagedecoding.moc"
