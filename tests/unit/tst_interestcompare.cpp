#include <QTest>

#include <cmath>
#include <functional>

#include <nlohmann/json.hpp>

#include "core/base/timetext.h"
#include "core/quality/interestcompare.h"

using namespace mnemo;
using Json = nlohmann::json;
using std::chrono::hours;

namespace {

const Grid hourly {*Timeframe::fromName("1h")};
const CompareSettings defaults;
const UtcMs t0 = compareWindow(hourly, defaults, *parseTime("2024-01-01")).to; // begins a window of 120 hours

UtcMs hour(int n)
{
    return t0 + hours {n};
}

/// Sides of one exchange are different sources that tell of it.
CompareSide side(const char* source, const char* exchange, double contractSize = 1)
{
    return {{source, exchange, MarketType::Linear, "BTC/USDT:USDT", Kind::OpenInterest, *Timeframe::fromName("1h")}, contractSize};
}

double priceAt(int n)
{
    return 60'000 + 900 * std::sin(n / 7.0);
}

/// What is open, in coins; the value is dollars.
OpenInterest held(int n)
{
    OpenInterest row;
    row.time = hour(n);
    row.amount = 1000 + 80 * std::sin(n / 11.0);
    row.value = *row.amount * priceAt(n);
    return row;
}

using Rows = std::vector<std::vector<OpenInterest>>;
/// Changes hour @p n of the second side, or leaves it out.
using Spoil = std::function<bool(int n, OpenInterest& row)>;

Rows rowsOf(std::size_t sides, int count, const Spoil& spoil)
{
    Rows all(sides);
    for (int n = 0; n < count; ++n) {
        for (std::size_t i = 0; i < sides; ++i) {
            OpenInterest row = held(n);
            if (i != 1 || spoil(n, row))
                all[i].push_back(row);
        }
    }
    return all;
}

CompareReport compared(const Rows& rows, std::vector<CompareSide> sides, const CompareSettings& settings = {}, int from = 0,
    int to = 360, bool hasPrices = true)
{
    const TimeRange range {hour(from), hour(to)};
    InterestComparison comparison(std::move(sides), hourly, settings, range);
    const std::vector<IntervalSet> answered(rows.size(), IntervalSet(TimeRange {hour(-1000), hour(100)}));
    for (TimeRange window = compareWindow(hourly, settings, range.from); window.from < range.to;
         window = compareWindow(hourly, settings, window.to)) {
        Rows part(rows.size());
        for (std::size_t i = 0; i < rows.size(); ++i)
            std::ranges::copy_if(rows[i], std::back_inserter(part[i]), [&](const OpenInterest& row) { return window.contains(row.time); });
        std::vector<Candle> prices;
        for (UtcMs time = window.from; hasPrices && time < window.to; time += hours {1})
            prices.emplace_back(Candle {time, priceAt(static_cast<int>((time - t0) / hours {1}))});
        comparison.add(window, part, answered, prices);
    }
    return comparison.finish();
}

/// "b cross_interest 10-12; ..." in hours.
QByteArray textOf(const CompareReport& report)
{
    std::string text;
    for (const CompareFinding& finding : report.findings) {
        const auto place = [](UtcMs time) { return std::to_string((time - t0) / hours {1}); };
        text += (text.empty() ? "" : "; ") + report.sides[finding.side].key.source + ' ' + finding.rule + ' ' + finding.severity + ' '
            + place(finding.range.from) + '-' + place(finding.range.to);
    }
    return QByteArray::fromStdString(text);
}

Json interestOf(const CompareReport& report)
{
    return report.findings.empty() ? Json::object() : Json::parse(report.findings.front().details).at("interest");
}

} // namespace

class TestInterestCompare : public QObject {
    Q_OBJECT

private slots:
    void unitsAreNamed_data();
    void unitsAreNamed();
    void differencesHaveBothNumbers();
    void eachPairHasItsLimit_data();
    void eachPairHasItsLimit();
    void theOddOneOfThreeIsAtFault();
    void otherExchangesDoNotSayWhoIsOdd();
    void differentTellersAreComparedInMoney_data();
    void differentTellersAreComparedInMoney();
    void absenceIsCounted();
    void theRangeDoesNotMatter();
    void aReportTellsHowTheyGo();
};

void TestInterestCompare::unitsAreNamed_data()
{
    QTest::addColumn<double>("times");    // what the second side states, times ...
    QTest::addColumn<bool>("isPriced");   // ... and the price
    QTest::addColumn<double>("contract"); // of both
    QTest::addColumn<QByteArray>("expected");
    QTest::addColumn<QByteArray>("means");
    const QByteArray b = "b cross_interest_unit warn 0-360", a = "a cross_interest_unit warn 0-360";
    QTest::newRow("both sides") << 2.0 << false << 1.0 << b << QByteArray("both sides of each position");
    QTest::newRow("one side of what the first states twice") << 0.5 << false << 1.0 << a << QByteArray("both sides of each position");
    QTest::newRow("contracts of 0.01") << 100.0 << false << 0.01 << b << QByteArray("contracts of 0.01");
    QTest::newRow("contracts of 10, by the first") << 10.0 << false << 10.0 << a << QByteArray("contracts of 10");
    QTest::newRow("dollars") << 1.0 << true << 1.0 << b << QByteArray("money");
    QTest::newRow("near 2, not at it") << 2.2 << false << 1.0 << QByteArray("a cross_interest warn 0-360") << QByteArray();
    QTest::newRow("as it should be") << 1.005 << false << 1.0 << QByteArray() << QByteArray();
}

void TestInterestCompare::unitsAreNamed()
{
    QFETCH(double, times);
    QFETCH(bool, isPriced);
    QFETCH(double, contract);
    QFETCH(QByteArray, means);
    const Rows rows = rowsOf(2, 360, [&](int n, OpenInterest& row) {
        row.amount = *row.amount * times * (isPriced ? priceAt(n) : 1);
        return true;
    });
    const CompareReport report = compared(rows, {side("a", "x", contract), side("b", "x", contract)});
    QTEST(textOf(report), "expected");
    const Json told = interestOf(report);
    QCOMPARE(QByteArray::fromStdString(told.value("means", std::string())), means);
    QCOMPARE(!report.pairs.front().unitDoubt.empty(), !means.isEmpty());
    if (!means.isEmpty()) {
        QCOMPARE(report.pairs.front().interest->inOtherUnit, std::int64_t {360});
        QCOMPARE(report.pairs.front().interest->beyondLimit, std::int64_t {0});
    }
}

void TestInterestCompare::differencesHaveBothNumbers()
{
    const Rows rows = rowsOf(2, 360, [](int n, OpenInterest& row) {
        if (n >= 100 && n < 105)
            row.amount = *row.amount * (n == 102 ? 1.4 : 1.1);
        return true;
    });
    const CompareReport report = compared(rows, {side("a", "x"), side("b", "x")});
    QCOMPARE(textOf(report), QByteArray("a cross_interest warn 100-105"));
    QCOMPARE(report.findings.front().bars, std::int64_t {5});
    const Json told = interestOf(report);
    QCOMPARE(told["time"].get<std::int64_t>(), toMs(hour(102)));
    QCOMPARE(told["ours"].get<double>(), *held(102).amount);
    QCOMPARE(told["theirs"].get<double>(), *held(102).amount * 1.4);
    QCOMPARE(told["off_percent"].get<double>(), 28.57); // of theirs
    QCOMPARE(told["limit_percent"].get<double>(), 2.0);
    QVERIFY(Json::parse(report.findings.front().details).at("others") == Json::array({report.sides[1].key.text()}));
}

void TestInterestCompare::eachPairHasItsLimit_data()
{
    QTest::addColumn<bool>("isOneVenue");
    QTest::addColumn<double>("own"); // of the pair; below 0: none
    QTest::addColumn<int>("findings");
    QTest::newRow("sources, as shipped") << true << -1.0 << 1;
    QTest::newRow("sources, wider") << true << 20.0 << 0;
    QTest::newRow("sources, not judged") << true << 0.0 << 0;
    QTest::newRow("venues, as shipped") << false << -1.0 << 0;
    QTest::newRow("venues, with a limit") << false << 5.0 << 1;
}

void TestInterestCompare::eachPairHasItsLimit()
{
    QFETCH(bool, isOneVenue);
    QFETCH(double, own);
    QFETCH(int, findings);
    const Rows rows = rowsOf(2, 360, [](int n, OpenInterest& row) {
        row.amount = *row.amount * (n == 7 ? 1.1 : 1.0);
        return true;
    });
    CompareSettings settings;
    if (own >= 0) {
        ComparePair pair;
        pair.between = {"x"};
        pair.interestPercent = own;
        settings.pairs = {pair};
    }
    const auto report = compared(rows, {side("x", "x"), isOneVenue ? side("b", "x") : side("y", "y")}, settings);
    QCOMPARE(static_cast<int>(report.findings.size()), findings);
}

void TestInterestCompare::theOddOneOfThreeIsAtFault()
{
    const Rows rows = rowsOf(3, 360, [](int n, OpenInterest& row) {
        row.amount = *row.amount * (n == 50 ? 0.7 : 1.0);
        return true;
    });
    QCOMPARE(textOf(compared(rows, {side("a", "x"), side("b", "x"), side("c", "x")})), QByteArray("b cross_interest warn 50-51"));
}

void TestInterestCompare::otherExchangesDoNotSayWhoIsOdd()
{
    Rows rows = rowsOf(6, 360, [](int n, OpenInterest& row) {
        row.amount = *row.amount * (n == 50 ? 1.5 : 1.0);
        return true;
    });
    for (std::size_t side = 3; side < rows.size(); ++side)
        for (OpenInterest& row : rows[side])
            row.amount = *row.amount * 1.5; // they hold as much as the odd one
    QCOMPARE(textOf(compared(rows, {side("a", "x"), side("b", "x"), side("c", "x"), side("p", "p"), side("q", "q"), side("r", "r")})),
        QByteArray("b cross_interest warn 50-51"));
}

void TestInterestCompare::differentTellersAreComparedInMoney_data()
{
    QTest::addColumn<bool>("hasPrices");
    QTest::addColumn<int>("rows");
    QTest::newRow("at the price") << true << 360;
    QTest::newRow("nobody tells the price") << false << 0;
}

/// The first tells coins alone, the second dollars alone.
void TestInterestCompare::differentTellersAreComparedInMoney()
{
    QFETCH(bool, hasPrices);
    QFETCH(int, rows);
    Rows all = rowsOf(2, 360, [](int n, OpenInterest& row) {
        row.value = *row.value * (n == 50 ? 1.3 : 1.0);
        row.amount.reset();
        return true;
    });
    for (OpenInterest& row : all[0])
        row.value.reset();
    const CompareReport report = compared(all, {side("a", "x"), side("b", "x")}, {}, 0, 360, hasPrices);
    QCOMPARE(report.pairs.front().interest->rows, std::int64_t {rows});
    QCOMPARE(report.pairs.front().interest->inMoney, std::int64_t {rows});
    QCOMPARE(textOf(report), QByteArray(hasPrices ? "a cross_interest warn 50-51" : ""));
    if (hasPrices)
        QCOMPARE(interestOf(report)["unit"].get<std::string>(), std::string("USD"));
}

void TestInterestCompare::absenceIsCounted()
{
    const Rows rows = rowsOf(2, 360, [](int n, OpenInterest&) { return n < 95 || n >= 110; });
    const CompareReport report = compared(rows, {side("a", "x"), side("b", "x")});
    const PairReport& pair = report.pairs.front();
    QCOMPARE(pair.common, std::int64_t {345});
    QCOMPARE(pair.identical, std::int64_t {345});
    QCOMPARE(pair.missingInB, std::int64_t {15});
    QCOMPARE(pair.unaskedInB, std::int64_t {10}); // the source has spoken until hour 100
    QCOMPARE(pair.missingInA, std::int64_t {0});
    QVERIFY(report.findings.empty());
}

/// All rows of a window are judged together, whatever part of it is asked for.
void TestInterestCompare::theRangeDoesNotMatter()
{
    const Rows rows = rowsOf(2, 360, [](int n, OpenInterest& row) {
        row.amount = *row.amount * (n < 120 ? 2.0 : n == 200 ? 1.5 : 1.0);
        return true;
    });
    const std::vector<CompareSide> sides {side("a", "x"), side("b", "x")};
    QCOMPARE(textOf(compared(rows, sides)), QByteArray("b cross_interest_unit warn 0-120; a cross_interest warn 200-201"));
    QCOMPARE(textOf(compared(rows, sides, {}, 118, 360)), QByteArray("b cross_interest_unit warn 118-120; a cross_interest warn 200-201"));
    QCOMPARE(textOf(compared(rows, sides, {}, 201, 360)), QByteArray());
}

void TestInterestCompare::aReportTellsHowTheyGo()
{
    const Rows rows = rowsOf(2, 360, [](int n, OpenInterest& row) {
        row.amount = *row.amount / (n == 9 ? 1.5 : 1.25);
        return true;
    });
    const CompareReport report = compared(rows, {side("x", "x"), side("y", "y")});
    const InterestReport& interest = *report.pairs.front().interest;
    QCOMPARE(interest.ratio, 1.25);
    QVERIFY(std::abs(interest.off - 25) < 1e-9 && std::abs(interest.offMax - 50) < 1e-9);
    QCOMPARE(interest.worst, std::optional(hour(9)));
    QCOMPARE(interest.limit, 0.0);
    QVERIFY(report.findings.empty()); // venues hold what they hold
}

QTEST_APPLESS_MAIN(TestInterestCompare)
#include "tst_interestcompare.moc"
