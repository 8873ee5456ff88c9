#include <QTest>

#include <cmath>
#include <random>

#include "core/base/timetext.h"
#include "core/quality/compare.h"
#include "core/quality/rollup.h"

using namespace mnemo;
using std::chrono::minutes;

namespace {

const UtcMs t0 = *parseTime("2024-01-01T00:00Z"); // begins a window of 120 minutes
const Grid minutely {*Timeframe::fromName("1m")};

UtcMs minute(int n)
{
    return t0 + minutes {n};
}

SeriesKey key(const std::string& exchange, const std::string& symbol = "BTC/USDT", MarketType market = MarketType::Spot)
{
    return {exchange, exchange, market, symbol, Kind::Candles, *Timeframe::fromName("1m")};
}

/// Venues that follow one path with a spread of half a basis point, volumes that differ by chance.
std::vector<std::vector<Candle>> venues(std::size_t count, int bars, unsigned seed = 1)
{
    std::mt19937 random(seed);
    std::normal_distribution<double> normal;
    std::vector<std::vector<Candle>> all(count);
    std::vector<double> last(count, 100);
    double level = std::log(100);
    for (int i = 0; i < bars; ++i) {
        level += 0.0006 * normal(random);
        for (std::size_t venue = 0; venue < count; ++venue) {
            Candle bar;
            bar.openTime = minute(i);
            bar.open = last[venue];
            bar.close = std::exp(level + 0.00005 * normal(random));
            bar.high = std::max(bar.open, bar.close) * (1 + 0.0001 * std::abs(normal(random)));
            bar.low = std::min(bar.open, bar.close) * (1 - 0.0001 * std::abs(normal(random)));
            bar.volume = 10 * static_cast<double>(venue + 1) * std::exp(0.5 * normal(random));
            last[venue] = bar.close;
            all[venue].push_back(bar);
        }
    }
    return all;
}

CompareReport compared(const std::vector<std::vector<Candle>>& rows, std::vector<CompareSide> sides, TimeRange range,
    const CompareSettings& settings = {},
    const IntervalSet& answered = IntervalSet(TimeRange {minute(-10'000), minute(100'000)}))
{
    Comparison comparison(std::move(sides), minutely, settings, range);
    const std::vector<IntervalSet> known(rows.size(), answered);
    for (TimeRange window = compareWindow(minutely, settings, range.from); window.from < range.to;
         window = compareWindow(minutely, settings, window.to)) {
        std::vector<std::vector<Candle>> part(rows.size());
        for (std::size_t i = 0; i < rows.size(); ++i)
            std::ranges::copy_if(
                rows[i], std::back_inserter(part[i]), [&](const Candle& bar) { return window.contains(bar.openTime); });
        comparison.add(window, part, known);
    }
    return comparison.finish();
}

std::vector<CompareSide> sidesOf(std::size_t count)
{
    std::vector<CompareSide> sides;
    for (std::size_t i = 0; i < count; ++i)
        sides.push_back({key(std::string(1, static_cast<char>('a' + i))), 1});
    return sides;
}

/// "a cross_close 100-101; ..." in minutes.
std::string textOf(const CompareReport& report)
{
    std::string text;
    for (const CompareFinding& finding : report.findings) {
        const auto place = [](UtcMs time) { return std::to_string((time - t0) / minutes {1}); };
        text += (text.empty() ? "" : "; ") + report.sides[finding.side].key.exchange + ' ' + finding.rule + ' '
            + place(finding.range.from) + '-' + place(finding.range.to);
    }
    return text;
}

void erase(std::vector<Candle>& rows, int from, int to)
{
    std::erase_if(rows, [&](const Candle& bar) { return bar.openTime >= minute(from) && bar.openTime < minute(to); });
}

} // namespace

using Spoil = std::function<void(std::vector<std::vector<Candle>>&)>;
Q_DECLARE_METATYPE(Spoil)

class TestCompare : public QObject {
    Q_OBJECT

private slots:
    void finds_data()
    {
        QTest::addColumn<int>("count");
        QTest::addColumn<Spoil>("spoil");
        QTest::addColumn<std::string>("expected");
        using Rows = std::vector<std::vector<Candle>>;
        const auto row = [](const char* name, int count, Spoil spoil, const char* expected) {
            QTest::newRow(name) << count << std::move(spoil) << std::string(expected);
        };
        row(
            "nothing wrong", 2, [](Rows&) {}, "");
        row(
            "nothing wrong among four", 4, [](Rows&) {}, "");
        row(
            "a close", 2, [](Rows& r) { r[1][500].close *= 1.01; }, "b cross_close 500-501");
        row(
            "a close of the first", 2, [](Rows& r) { r[0][500].close *= 0.99; }, "a cross_close 500-501");
        row(
            "closes side by side", 2,
            [](Rows& r) {
                for (const std::size_t i : {500U, 501U, 502U})
                    r[0][i].close *= 1 + 0.004 * static_cast<double>(i - 498);
            },
            "a cross_close 500-503");
        row(
            "closes across a window's end", 2,
            [](Rows& r) {
                for (const std::size_t i : {479U, 480U})
                    r[1][i].close *= i == 479 ? 1.05 : 1.09;
            },
            "b cross_close 479-481");
        row(
            "a high", 2, [](Rows& r) { r[0][300].high *= 1.03; }, "a cross_ohl 300-301");
        row(
            "a low", 2, [](Rows& r) { r[1][300].low *= 0.97; }, "b cross_ohl 300-301");
        row(
            "an open", 2, [](Rows& r) { r[1][300].open *= 1.02; }, "b cross_ohl 300-301");
        row(
            "a price that is none", 2, [](Rows& r) { r[1][300].close = 0; }, "b cross_close 300-301");
        row(
            "outvoted", 3, [](Rows& r) { r[2][700].close *= 1.0101; }, "c cross_close 700-701");
        row(
            "a hole", 2, [](Rows& r) { erase(r[1], 600, 603); }, "b cross_missing 600-603");
        row(
            "a long hole over windows", 2, [](Rows& r) { erase(r[0], 350, 800); }, "a cross_missing 350-800");
        row(
            "holes of both are none", 2,
            [](Rows& r) {
                erase(r[0], 600, 603);
                erase(r[1], 600, 603);
            },
            "");
        row(
            "nobody traded elsewhere", 2,
            [](Rows& r) {
                erase(r[1], 600, 601);
                r[0][600].volume = 0;
            },
            "");
        row(
            "a side that trades little", 2,
            [](Rows& r) {
                for (int i = 5; i < 1440; i += 9)
                    erase(r[1], i, i + 1);
            },
            "");
        row(
            "stamped at close for two hours", 2,
            [](Rows& r) {
                for (std::size_t i = 600; i > 480; --i)
                    r[1][i].close = r[1][i - 1].close, r[1][i].open = r[1][i - 1].open, r[1][i].high = r[1][i - 1].high,
                    r[1][i].low = r[1][i - 1].low;
            },
            "b cross_shift 480-600");
        row(
            "contracts for base", 2,
            [](Rows& r) {
                for (std::size_t i = 500; i < 530; ++i)
                    r[0][i].volume *= 1000;
            },
            "a cross_unit 500-530");
        row(
            "quote for base", 2,
            [](Rows& r) {
                for (std::size_t i = 500; i < 530; ++i)
                    r[1][i].volume *= r[1][i].close;
            },
            "b cross_unit 500-530");
        row(
            "less volume for no known reason", 2,
            [](Rows& r) {
                for (std::size_t i = 500; i < 530; ++i)
                    r[1][i].volume *= 0.01;
            },
            "b cross_volume 500-530");
        row(
            "another thing", 2,
            [](Rows& r) {
                for (Candle& bar : r[1])
                    bar.open *= 1.05, bar.high *= 1.05, bar.low *= 1.05, bar.close *= 1.05;
            },
            "a cross_basis 0-1440");
        row(
            "a small basis is usual", 2,
            [](Rows& r) {
                for (Candle& bar : r[1])
                    bar.open *= 1.005, bar.high *= 1.005, bar.low *= 1.005, bar.close *= 1.005;
            },
            "");
    }
    void finds()
    {
        QFETCH(int, count);
        QFETCH(Spoil, spoil);
        QFETCH(std::string, expected);
        for (const unsigned seed : {1U, 2U, 3U}) {
            auto rows = venues(static_cast<std::size_t>(count), 1440, seed);
            spoil(rows);
            auto sides = sidesOf(static_cast<std::size_t>(count));
            sides[0].contractSize = 0.001;
            const auto report = compared(rows, sides, {minute(0), minute(1440)});
            QCOMPARE(QString::fromStdString(textOf(report)), QString::fromStdString(expected));
            QCOMPARE(report.findingCount, static_cast<std::int64_t>(report.findings.size()));
        }
    }

    /// Windows lie still: a part of the range says the same about its bars, in the same words.
    void sameWhateverRange()
    {
        auto rows = venues(2, 1440);
        for (const std::size_t i : {100U, 310U, 311U, 900U, 1300U})
            rows[i % 2][i].close *= 1.02;
        erase(rows[1], 1000, 1003);
        const auto whole = compared(rows, sidesOf(2), {minute(0), minute(1440)});
        QCOMPARE(whole.findings.size(), 6U); // 310 and 311 are one of each side
        const auto part = compared(rows, sidesOf(2), {minute(299), minute(1001)});
        std::vector<CompareFinding> expected;
        std::ranges::copy_if(whole.findings, std::back_inserter(expected),
            [](const CompareFinding& f) { return f.range.from >= minute(299) && f.range.to <= minute(1001); });
        QVERIFY(expected.size() >= 2);
        for (const CompareFinding& finding : expected)
            QVERIFY(std::ranges::find(part.findings, finding) != part.findings.end());
        QCOMPARE(part.pairs[0].common, 701);
    }

    void countsAbsence()
    {
        auto rows = venues(2, 240);
        erase(rows[0], 10, 20);
        erase(rows[1], 100, 102);
        const auto report =
            compared(rows, sidesOf(2), {minute(0), minute(240)}, {}, IntervalSet(TimeRange {minute(15), minute(240)}));
        const PairReport& pair = report.pairs.front();
        QCOMPARE(pair.common, 228);
        QCOMPARE(pair.missingInA, 10);
        QCOMPARE(pair.unaskedInA, 5);
        QCOMPARE(pair.missingInB, 2);
        QCOMPARE(pair.unaskedInB, 0);
        QCOMPARE(textOf(report), "a cross_missing 15-20; b cross_missing 100-102");
    }

    void statesTheLag()
    {
        auto rows = venues(2, 1440);
        for (Candle& bar : rows[1])
            bar.openTime += minutes {2};
        const auto report = compared(rows, sidesOf(2), {minute(2), minute(1440)});
        QCOMPARE(report.pairs[0].lag, -2); // b is late
        QVERIFY(report.pairs[0].correlation > 0.9 && std::abs(report.pairs[0].correlationInStep) < 0.2);
        QCOMPARE(textOf(report), "b cross_shift 2-1440");
    }

    /// A short one, wherever it lies in a window: found, with bounds that are right to a few bars.
    void shortShift()
    {
        for (const std::size_t from : {600U, 607U, 615U, 622U, 633U, 740U}) {
            auto rows = venues(2, 1440, static_cast<unsigned>(from));
            for (std::size_t i = from + 34; i >= from; --i)
                rows[0][i].close = rows[0][i - 1].close;
            const auto report = compared(rows, sidesOf(2), {minute(0), minute(1440)});
            QCOMPARE(report.findings.size(), 1U);
            const CompareFinding& finding = report.findings.front();
            QCOMPARE(finding.rule, rule::crossShift);
            QCOMPARE(finding.side, 0U);
            QVERIFY2(std::abs((finding.range.from - minute(static_cast<int>(from))) / minutes {1}) <= 8
                    && std::abs((finding.range.to - minute(static_cast<int>(from) + 35)) / minutes {1}) <= 8,
                textOf(report).c_str());
        }
    }

    void doubtsTheUnit()
    {
        auto rows = venues(2, 1440);
        for (Candle& bar : rows[0])
            bar.volume *= 180; // two shares of the trade, counted in contracts of 0.01
        const auto sides = std::vector<CompareSide> {
            {key("a", "BTC/USDT:USDT", MarketType::Linear), 0.01}, {key("b", "BTC/USDT:USDT", MarketType::Linear), 1}};
        const auto report = compared(rows, sides, {minute(0), minute(1440)});
        QVERIFY2(report.pairs[0].unitDoubt.find("contracts of 0.01") != std::string::npos,
            report.pairs[0].unitDoubt.c_str());
        QVERIFY(compared(venues(2, 1440), sides, {minute(0), minute(1440)}).pairs[0].unitDoubt.empty());
    }

    void overlayAgrees()
    {
        auto rows = venues(2, 480);
        rows[1][200].close *= 1.02;
        erase(rows[0], 50, 52);
        const CompareSettings settings;
        const auto bars =
            barDifferences(rows[0], rows[1], minutely, {minute(30), minute(300)}, settings, settings.venues);
        QCOMPARE(bars.size(), 270U);
        for (const BarDifference& bar : bars) {
            QCOMPARE(bar.isBeyond, bar.openTime == minute(200));
            const bool isOnlyB = bar.openTime == minute(50) || bar.openTime == minute(51);
            QVERIFY((bar.presence == BarDifference::Presence::OnlyB) == isOnlyB);
        }
        QVERIFY(bars[170].closeBp < -190 && bars[170].closeBp > -210 && bars[170].limitBp >= 30
            && std::abs(bars[170].basisBp) < 1);
        QVERIFY(barDifferences({}, {}, minutely, {minute(0), minute(10)}, settings, settings.venues).empty());
    }

    void likeWithLike_data()
    {
        QTest::addColumn<SeriesKey>("other");
        QTest::addColumn<int>("anchorHours");
        QTest::addColumn<QString>("objection");
        QTest::newRow("like") << key("b") << 0 << QString();
        QTest::newRow("market") << key("b", "BTC/USDT:USDT", MarketType::Linear) << 0 << QStringLiteral("market type");
        QTest::newRow("base") << key("b", "ETH/USDT") << 0 << QStringLiteral("what is traded");
        QTest::newRow("quote") << key("b", "BTC/USD") << 0 << QStringLiteral("the currency of their prices");
        QTest::newRow("anchor") << key("b") << -8 << QStringLiteral("the time at which their bars open");
    }
    void likeWithLike()
    {
        QFETCH(SeriesKey, other);
        QFETCH(int, anchorHours);
        QFETCH(QString, objection);
        const Grid daily(*Timeframe::fromName("1d"));
        const Grid shifted(*Timeframe::fromName("1d"), std::chrono::hours {anchorHours});
        const auto why = unlikeness({key("a"), 1}, daily, {other, 1}, shifted);
        QCOMPARE(why.has_value(), !objection.isEmpty());
        QVERIFY(QString::fromStdString(why.value_or("")).endsWith(objection));
    }

    void limitsByPair()
    {
        CompareSettings settings;
        ComparePair thin {{"b"}, {}, {}, 90.0, {}, {}, {}, {}, {}};
        ComparePair both {{"a", "b"}, {"spot"}, {}, {}, 200.0, {}, {}, {}, 5};
        settings.pairs = {thin, both};
        const auto of = [&](const SeriesKey& left, const SeriesKey& right) { return limitsFor(settings, left, right); };
        QVERIFY(of(key("a"), key("c")) == settings.venues);
        QCOMPARE(of(key("c"), key("b")).closeBp, 90.0);
        QCOMPARE(of(key("c"), key("b")).ohlBp, settings.venues.ohlBp);
        QCOMPARE(of(key("b"), key("a")).closeBp, 90.0);
        QCOMPARE(of(key("b"), key("a")).ohlBp, 200.0);
        QCOMPARE(of(key("b"), key("a")).missingBars, 5);
        const auto linear = [](const char* exchange) { return key(exchange, "BTC/USDT:USDT", MarketType::Linear); };
        QCOMPARE(of(linear("a"), linear("b")).ohlBp, settings.venues.ohlBp);
        SeriesKey provided = key("a");
        provided.source = "provider";
        QVERIFY(of(key("a"), provided) == settings.sources);
        QVERIFY(
            of(key("a"), key("a", "BTC/USDT:USDT", MarketType::Linear)) == settings.venues); // spot and its perpetual
    }

    void quantiles()
    {
        std::mt19937 random(5);
        std::normal_distribution<double> normal(0, 10);
        for (const std::size_t count : {1U, 2U, 999U, 400'000U}) {
            Quantiles estimated;
            std::vector<double> values;
            for (std::size_t i = 0; i < count; ++i) {
                values.push_back(normal(random));
                estimated.add(values.back());
            }
            estimated.add(std::nan(""));
            std::ranges::sort(values);
            QCOMPARE(estimated.count(), static_cast<std::int64_t>(count));
            QCOMPARE(estimated.isExact(), count <= Quantiles::exactValues);
            QCOMPARE(estimated.largest(), values.back());
            for (const double part : {0.0, 0.05, 0.95, 0.99, 1.0}) {
                const double exact =
                    values[std::min(count - 1, static_cast<std::size_t>(part * static_cast<double>(count)))];
                QVERIFY(std::abs(estimated.at(part) - exact) <= (estimated.isExact() ? 0 : std::abs(exact) * 0.0006));
            }
            if (estimated.isExact())
                QCOMPARE(estimated.median(), (values[(count - 1) / 2] + values[count / 2]) / 2);
        }
        QCOMPARE(Quantiles().median(), 0.0);
    }

    void rollsUp()
    {
        const Grid coarse(*Timeframe::fromName("5m"));
        auto rows = venues(1, 20).front();
        rows[3].trades = 7;
        auto bars = rolledUp(rows, minutely, coarse);
        QCOMPARE(bars.size(), 4U);
        QCOMPARE(bars[1].openTime, minute(5));
        QCOMPARE(bars[1].open, rows[5].open);
        QCOMPARE(bars[1].close, rows[9].close);
        QCOMPARE(bars[1].high, std::ranges::max(std::span(rows).subspan(5, 5), {}, &Candle::high).high);
        QCOMPARE(bars[1].low, std::ranges::min(std::span(rows).subspan(5, 5), {}, &Candle::low).low);
        QVERIFY(std::abs(bars[1].volume
                    - (rows[5].volume + rows[6].volume + rows[7].volume + rows[8].volume + rows[9].volume))
            < 1e-9);
        QVERIFY(!bars[0].trades); // not all parts have it
        rows.erase(rows.begin() + 7);
        rows.erase(rows.begin());
        QCOMPARE(rolledUp(rows, minutely, coarse).size(), 2U); // 5:07 and 5:00 were never asked for
        QCOMPARE(rolledUp(rows, minutely, coarse, IntervalSet(TimeRange {minute(7), minute(8)})).size(), 3U);
        QCOMPARE(rolledUp(rows, minutely, coarse, IntervalSet(TimeRange {minute(-5), minute(60)})).size(), 4U);
        QVERIFY(nests(minutely, coarse) && !nests(coarse, minutely) && nests(minutely, minutely));
        QVERIFY(!nests(Grid(*Timeframe::fromName("3m")), coarse)
            && nests(Grid(*Timeframe::fromName("1d")), Grid(*Timeframe::fromName("1M"))));
        QVERIFY(!nests(Grid(*Timeframe::fromName("1w")), Grid(*Timeframe::fromName("1M"))));
    }
};

QTEST_GUILESS_MAIN(TestCompare)
#include "tst_compare.moc"
