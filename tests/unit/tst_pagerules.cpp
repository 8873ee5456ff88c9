#include <QTest>

#include <limits>
#include <random>

#include <nlohmann/json.hpp>

#include "core/base/timetext.h"
#include "core/quality/pagerules.h"

using namespace mnemo;
using std::chrono::minutes;

namespace {

const UtcMs t0 = *parseTime("2024-01-01T00:00Z");
constexpr double notANumber = std::numeric_limits<double>::quiet_NaN();
constexpr double inf = std::numeric_limits<double>::infinity();

UtcMs minute(int n)
{
    return t0 + minutes {n};
}
Candle bar(int n, double close = 10)
{
    return {minute(n), 10, std::max(11.0, close), std::min(9.0, close), close, 5, 50.0, 7};
}
PageCheck check(std::vector<Candle> rows, int to = 100, UtcMs closed = t0 + minutes {1000})
{
    return checkPage(std::move(rows), Grid(Timeframe {}), {t0, minute(to)}, closed);
}
std::vector<UtcMs> times(const std::vector<Candle>& rows)
{
    std::vector<UtcMs> all;
    for (const Candle& row : rows)
        all.push_back(row.openTime);
    return all;
}

} // namespace

using Rows = std::vector<Candle>;
Q_DECLARE_METATYPE(Candle)

class TestPageRules : public QObject {
    Q_OBJECT
private slots:
    void aGoodPagePassesUntouched()
    {
        const Rows rows {bar(0), bar(1), bar(2), bar(5)};
        const PageCheck page = check(rows);
        QVERIFY(page.rows == rows);
        QVERIFY(page.findings.empty() && page.unclosed.empty());
        QCOMPARE(page.outside + page.offGrid + page.notFinite + page.duplicates, 0);
    }

    void newestFirstIsSorted()
    {
        const PageCheck page = check({bar(3), bar(2), bar(0)});
        QVERIFY(times(page.rows) == (std::vector {minute(0), minute(2), minute(3)}));
        QVERIFY(page.findings.empty());
    }

    void theLaterOfTwoRowsWins()
    {
        const PageCheck page = check({bar(1, 10.5), bar(0), bar(1, 10.7), bar(2), bar(2)});
        QCOMPARE(page.rows.size(), std::size_t {3});
        QCOMPARE(page.rows[1].close, 10.7);
        QCOMPARE(page.duplicates, 2);
        QCOMPARE(page.findings.size(), std::size_t {1}); // equal ones are no finding
        QCOMPARE(page.findings[0].rule, std::string(rule::duplicate));
        QCOMPARE(page.findings[0].range, (TimeRange {minute(1), minute(2)}));
        const auto details = nlohmann::json::parse(page.findings[0].details);
        QCOMPARE(details["dropped"]["close"].get<double>(), 10.5);
        QCOMPARE(details["kept"]["close"].get<double>(), 10.7);
    }

    void offTheGridIsDropped()
    {
        Rows rows {bar(0), bar(1), bar(2), bar(3)};
        rows[1].openTime += milliseconds {1};
        rows[2].openTime += milliseconds {30'000};
        const PageCheck page = check(rows);
        QVERIFY(times(page.rows) == (std::vector {minute(0), minute(3)}));
        QCOMPARE(page.offGrid, 2);
        QCOMPARE(page.findings.size(), std::size_t {1}); // neighbours make one finding
        QCOMPARE(page.findings[0].rule, std::string(rule::offGrid));
        QCOMPARE(page.findings[0].range, (TimeRange {minute(1), minute(3)}));
        QCOMPARE(nlohmann::json::parse(page.findings[0].details)["bars"].get<int>(), 2);
    }

    void offTheMonthIsDropped()
    {
        const Grid grid(*Timeframe::fromName("1M"));
        Rows rows {bar(0), bar(0), bar(0)};
        rows[1].openTime = *parseTime("2024-01-31"); // 30 days are no month
        rows[2].openTime = *parseTime("2024-02-01");
        const PageCheck page = checkPage(rows, grid, {t0, *parseTime("2025-01-01")}, *parseTime("2024-02-29"));
        QCOMPARE(page.offGrid, 1);
        QCOMPARE(page.rows.size(), std::size_t {1});
        QCOMPARE(page.unclosed.size(), std::size_t {1}); // February closes on 1 March
    }

    void outsideTheRangeIsCountedOnly()
    {
        const PageCheck page = check({bar(-2), bar(-1), bar(0), bar(9), bar(10)}, 10);
        QVERIFY(times(page.rows) == (std::vector {minute(0), minute(9)}));
        QCOMPARE(page.outside, 3);
        QVERIFY(page.findings.empty());
    }

    void aSourceThatIgnoresTheRangeIsReported()
    {
        const PageCheck page = check({bar(20), bar(30)}, 10);
        QVERIFY(page.rows.empty());
        QCOMPARE(page.outside, 2);
        QCOMPARE(page.findings.size(), std::size_t {1});
        QCOMPARE(page.findings[0].rule, std::string(rule::ignoredRange));
        QCOMPARE(page.findings[0].range, (TimeRange {t0, minute(10)}));
        const auto details = nlohmann::json::parse(page.findings[0].details);
        QCOMPARE(details["first"].get<qint64>(), toMs(minute(20)));
        QCOMPARE(details["last"].get<qint64>(), toMs(minute(30)));
        QVERIFY(check({}, 10).findings.empty()); // an empty answer is an answer
    }

    void aBarIsClosedByTheEarlierClock_data()
    {
        QTest::addColumn<qint64>("local");  // ms after the bar's close
        QTest::addColumn<qint64>("header"); // likewise; 99 s: none
        QTest::addColumn<bool>("closed");
        const qint64 no = 99'000;
        QTest::newRow("at the close") << qint64(0) << no << true;
        QTest::newRow("just before") << qint64(-1) << no << false;
        QTest::newRow("both passed") << qint64(5) << qint64(0) << true;
        QTest::newRow("our clock is fast") << qint64(3'600'000) << qint64(-1000) << false;
        QTest::newRow("our clock is slow") << qint64(-1) << qint64(3'600'000) << false;
    }
    void aBarIsClosedByTheEarlierClock()
    {
        QFETCH(qint64, local);
        QFETCH(qint64, header);
        QFETCH(bool, closed);
        const auto date = header == 99'000 ? std::nullopt : std::optional {minute(3) + milliseconds {header}};
        const PageCheck page = check({bar(0), bar(1), bar(2)}, 100, closedBefore(minute(3) + milliseconds {local}, date));
        QCOMPARE(page.rows.size(), std::size_t(closed ? 3 : 2));
        QVERIFY(times(page.unclosed) == (closed ? std::vector<UtcMs> {} : std::vector {minute(2)}));
        QVERIFY(page.findings.empty());
    }

    void priceRules_data()
    {
        QTest::addColumn<Candle>("row");
        QTest::addColumn<QByteArray>("rules"); // comma list
        QTest::addColumn<bool>("kept");
        const auto row = [](const char* name, Candle candle, const char* rules, bool kept = true) {
            QTest::newRow(name) << candle << QByteArray(rules) << kept;
        };
        const Candle good = bar(0);
        const auto with = [good](auto&& change) {
            Candle candle = good;
            change(candle);
            return candle;
        };
        row("good", good, "");
        row("flat", with([](Candle& c) { c.open = c.high = c.low = c.close = 3; }), "");
        row("no volume", with([](Candle& c) { c.volume = 0; c.quoteVolume = 0; c.trades = 0; }), "");
        row("no optional values", with([](Candle& c) { c.quoteVolume.reset(); c.trades.reset(); }), "");
        row("low above open", with([](Candle& c) { c.low = 10.2; c.close = 10.5; }), "low_not_lowest");
        row("low above close", with([](Candle& c) { c.close = 8; }), "low_not_lowest");
        row("high below open", with([](Candle& c) { c.open = 12; }), "high_not_highest");
        row("high below close", with([](Candle& c) { c.close = 12; }), "high_not_highest");
        row("low and high swapped", with([](Candle& c) { std::swap(c.low, c.high); }), "low_not_lowest,high_not_highest");
        row("zero price", with([](Candle& c) { c.low = 0; }), "price_not_positive");
        row("all zero", with([](Candle& c) { c.open = c.high = c.low = c.close = 0; }), "price_not_positive");
        row("negative volume", with([](Candle& c) { c.volume = -1; }), "negative_volume");
        row("negative quote volume", with([](Candle& c) { c.quoteVolume = -1; }), "negative_volume");
        row("negative trades", with([](Candle& c) { c.trades = -1; }), "negative_volume");
        row("open NaN", with([](Candle& c) { c.open = notANumber; }), "not_finite", false);
        row("high infinite", with([](Candle& c) { c.high = inf; }), "not_finite", false);
        row("low infinite", with([](Candle& c) { c.low = -inf; }), "not_finite", false);
        row("close NaN", with([](Candle& c) { c.close = notANumber; }), "not_finite", false);
        row("volume NaN", with([](Candle& c) { c.volume = notANumber; }), "not_finite", false);
        row("quote volume NaN", with([](Candle& c) { c.quoteVolume = notANumber; }), "not_finite");
    }
    void priceRules()
    {
        QFETCH(Candle, row);
        QFETCH(QByteArray, rules);
        QFETCH(bool, kept);
        const PageCheck page = check({row});
        QByteArray found;
        for (const PageFinding& finding : page.findings) {
            found += (found.isEmpty() ? "" : ",") + QByteArray::fromStdString(finding.rule);
            QCOMPARE(finding.range, (TimeRange {minute(0), minute(1)}));
            QVERIFY2(nlohmann::json::accept(finding.details), finding.details.c_str());
        }
        QCOMPARE(found, rules);
        QCOMPARE(page.rows.size(), std::size_t(kept ? 1 : 0));
        QCOMPARE(page.notFinite, kept ? 0 : 1);
        if (kept)
            QVERIFY(!page.rows[0].quoteVolume || std::isfinite(*page.rows[0].quoteVolume));
    }

    void runsOfOffendersMakeOneFinding()
    {
        Rows rows;
        for (int i = 0; i < 10; ++i)
            rows.push_back(bar(i));
        for (const int i : {2, 3, 4, 7})
            rows[static_cast<std::size_t>(i)].volume = -1;
        const PageCheck page = check(rows);
        QCOMPARE(page.rows.size(), std::size_t {10});
        QCOMPARE(page.findings.size(), std::size_t {2});
        QCOMPARE(page.findings[0].range, (TimeRange {minute(2), minute(5)}));
        QCOMPARE(page.findings[1].range, (TimeRange {minute(7), minute(8)}));
    }

    void whateverComesTheRowsKeepTheirPromise()
    {
        std::mt19937 random(7);
        const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
        const Grid grid(Timeframe {});
        for (int round = 0; round < 2000; ++round) {
            Rows rows;
            for (int i = below(40); i > 0; --i) {
                Candle candle = bar(below(60) - 10, 9 + below(30) / 10.0);
                if (below(8) == 0)
                    candle.openTime += milliseconds {below(60'000)};
                if (below(10) == 0)
                    candle.high = notANumber;
                rows.push_back(candle);
            }
            const auto sent = static_cast<std::int64_t>(rows.size());
            const UtcMs closed = minute(below(60));
            const TimeRange asked {minute(0), minute(40)};
            const PageCheck page = checkPage(std::move(rows), grid, asked, closed);
            for (std::size_t i = 0; i < page.rows.size(); ++i) {
                const Candle& row = page.rows[i];
                QVERIFY(i == 0 || page.rows[i - 1].openTime < row.openTime);
                QVERIFY(grid.isOpen(row.openTime) && asked.contains(row.openTime) && grid.next(row.openTime) <= closed);
                QVERIFY(std::isfinite(row.high));
            }
            for (const Candle& row : page.unclosed)
                QVERIFY(grid.next(row.openTime) > closed && asked.contains(row.openTime));
            const auto kept = static_cast<std::int64_t>(page.rows.size() + page.unclosed.size());
            QCOMPARE(kept + page.outside + page.offGrid + page.notFinite + page.duplicates, sent); // none vanishes uncounted
        }
    }
};

QTEST_APPLESS_MAIN(TestPageRules)
#include "tst_pagerules.moc"
