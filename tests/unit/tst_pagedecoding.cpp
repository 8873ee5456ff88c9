#include <QTest>

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
                                "  fields: { time: [0, ms], open: 1, high: 2, low: 3, close: 4, volume: 5 }\n"
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
};

QTEST_APPLESS_MAIN(TestPageDecoding)
#include "tst_pagedecoding.moc"
