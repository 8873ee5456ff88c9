#include <QTest>

#include <functional>
#include <limits>
#include <random>
#include <set>

#include <nlohmann/json.hpp>

#include "core/base/timetext.h"
#include "core/config/node.h"
#include "core/quality/rules/rules.h"
#include "core/quality/rulesettings.h"
#include "core/quality/validator.h"

using namespace mnemo;
using std::chrono::minutes;

namespace {

using Rows = std::vector<Candle>;

const UtcMs t0 = *parseTime("2024-01-01T00:00Z");
constexpr double notANumber = std::numeric_limits<double>::quiet_NaN();

Candle bar(int n, double price = 100, double volume = 10)
{
    return {t0 + minutes {n}, price, price + 0.5, price - 0.5, price, volume, price * volume, 7, 0};
}

/// A market that trades in every minute and moves a little.
Rows market(int count, unsigned seed = 1)
{
    std::mt19937 random(seed);
    const auto part = [&] { return static_cast<double>(random() % 1000) / 1000 - 0.5; };
    Rows rows;
    double price = 100;
    for (int i = 0; i < count; ++i) {
        const double open = price;
        price *= 1 + 0.001 * part();
        Candle row {t0 + minutes {i}, open, std::max(open, price) * 1.0002, std::min(open, price) * 0.9998, price,
            10 + 5 * part(), {}, 20, 0};
        row.quoteVolume = row.volume * (row.high + row.low) / 2;
        rows.push_back(row);
    }
    return rows;
}

ActiveRule active(const char* id)
{
    return RuleSettings().of(*findRule(id), {"x", "x", MarketType::Spot, "BTC/USDT", Kind::Candles, Timeframe {}});
}

template <class Row>
std::vector<RuleFinding> findingsOf(
    const char* id, std::span<const Row> rows, const RuleContext& context, std::size_t piece = 1'000'000)
{
    SeriesValidator<Row> validator({active(id)}, context.grid);
    for (std::size_t i = 0; i < rows.size(); i += piece)
        validator.feed(rows.subspan(i, std::min(piece, rows.size() - i)), context);
    validator.finish(context);
    return validator.take(0);
}

std::string whyOf(const RuleFinding& finding)
{
    return nlohmann::json::parse(finding.details).value("why", std::string());
}

using Change = std::function<void(Rows&, RuleContext&)>;

} // namespace

Q_DECLARE_METATYPE(Change)

class TestRules : public QObject {
    Q_OBJECT
private slots:
    void everyRuleSaysWhatItIs()
    {
        std::set<std::string> ids;
        for (const Rule& rule : allRules()) {
            const RuleInfo& info = rule.info;
            QVERIFY2(ids.insert(info.id).second, info.id.c_str());
            QVERIFY(findRule(info.id) == &rule);
            QVERIFY2(!info.title.empty() && info.explanation.size() > 80, info.id.c_str());
            const bool isJudged = rule.checkCandles || rule.checkOpenInterest || rule.checkMetrics || rule.checkSeries;
            QVERIFY2(isJudged != (info.scope == RuleScope::Answer), info.id.c_str());
            for (const Threshold& threshold : info.thresholds)
                QVERIFY2(
                    threshold.min <= threshold.value && threshold.value <= threshold.max && !threshold.meaning.empty(),
                    info.id.c_str());
        }
        QVERIFY(!findRule("nonsense"));
    }

    void candleRules_data()
    {
        QTest::addColumn<QString>("rule");
        QTest::addColumn<Change>("trips");
        QTest::addColumn<Change>("passes");
        QTest::addColumn<QString>("why");
        const auto row = [](const char* rule, Change trips, Change passes, const char* why) {
            QTest::newRow(rule) << QString::fromUtf8(rule) << std::move(trips) << std::move(passes)
                                << QString::fromUtf8(why);
        };
        // changes of bar 600 of a market of 1000
        const auto at = [](auto&& change) { return Change([change](Rows& rows, RuleContext&) { change(rows[600]); }); };
        row("not_finite", at([](Candle& c) { c.close = notANumber; }), at([](Candle& c) { c.quoteVolume.reset(); }),
            "close is nan");
        row("low_not_lowest", at([](Candle& c) {
            c.open = c.high = c.close = 100.3;
            c.low = 100.4;
        }),
            at([](Candle& c) { c.open = c.high = c.low = c.close = 100.3; }), "low 100.4 > open 100.3");
        row("high_not_highest", at([](Candle& c) {
            c.open = 100;
            c.low = 99;
            c.high = 100.1;
            c.close = 100.3;
        }),
            at([](Candle& c) {
                c.open = 100;
                c.low = 99;
                c.high = c.close = 100.3;
            }),
            "high 100.1 < close 100.3");
        row("price_not_positive", at([](Candle& c) { c.low = 0; }), at([](Candle& c) { c.low = 1e-12; }), "low 0 <= 0");
        row("negative_volume", at([](Candle& c) { c.volume = -1; }), at([](Candle& c) { c.volume = 0; }),
            "volume -1 < 0");
        row("off_grid", at([](Candle& c) { c.openTime += milliseconds {1}; }), at([](Candle&) {}),
            "opens at 2024-01-01T10:00:00.001Z");
        row("not_increasing", at([](Candle& c) { c.openTime -= minutes {1}; }), at([](Candle&) {}), "comes twice");
        row(
            "unclosed", [](Rows&, RuleContext& c) { c.now = t0 + minutes {1000} - milliseconds {1}; },
            [](Rows&, RuleContext& c) { c.now = t0 + minutes {1000}; }, "closes at 2024-01-01T16:40");
        row("volume_without_trades", at([](Candle& c) { c.trades = 0; }), at([](Candle& c) { c.trades.reset(); }),
            "trades 0, but volume");
        row("price_change_without_volume", at([](Candle& c) { c.volume = 0; }), at([](Candle& c) {
            c.volume = 0;
            c.low = c.high;
        }),
            "differ");
        row("turnover", at([](Candle& c) { c.quoteVolume = c.volume * c.high * 1.02; }),
            at([](Candle& c) { c.quoteVolume = c.volume * c.high * 1.009; }), "outside of");
        row(
            "tick_size",
            [](Rows& rows, RuleContext& c) {
                c.tickSize = 0.01;
                for (Candle& one : rows)
                    one.open = one.high = one.low = one.close = 100.01;
                rows[600].close = 100.015;
            },
            [](Rows& rows, RuleContext& c) {
                c.tickSize = 0.01;
                for (Candle& one : rows)
                    one.open = one.high = one.low = one.close = 98'765.43;
            },
            "close 100.015 is no multiple of 0.01");
        row("price_jump", at([](Candle& c) { c.close *= 1.06; }), at([](Candle& c) { c.close *= 1.045; }),
            "deviations");
        row("price_gap", at([](Candle& c) { c.open *= 1.025; }), at([](Candle& c) { c.open *= 1.018; }), "next open");
        row("wick_spike", at([](Candle& c) { c.high *= 1.12; }), at([](Candle& c) { c.high *= 1.09; }),
            "% off open and close");
        const auto burst = [](double times) { // which moves the price
            return [times](Candle& c) {
                c.volume = 10 * times;
                c.high *= 1.02;
            };
        };
        row("volume_spike", at(burst(520)), at(burst(450)), "times the usual");
        row("trade_size", at([](Candle& c) { c.volume = 10 * 25; }), at([](Candle& c) { c.volume = 10 * 15; }),
            "in 20 trades: a trade is");
        const auto quiet = [](int bars) {
            return Change([bars](Rows& rows, RuleContext&) {
                for (int i = 0; i < bars; ++i)
                    rows[600 + static_cast<std::size_t>(i)].volume = 0;
            });
        };
        row("dead_volume", quiet(5), quiet(4), "volume 0");
        const auto still = [](int bars) {
            return Change([bars](Rows& rows, RuleContext&) {
                for (std::size_t i = 600; i < 600 + static_cast<std::size_t>(bars); ++i)
                    rows[i].open = rows[i].high = rows[i].low = rows[i].close = rows[599].close;
            });
        };
        row("flat_run", still(10), still(9), "price stays at");
    }
    void candleRules()
    {
        QFETCH(QString, rule);
        QFETCH(Change, trips);
        QFETCH(Change, passes);
        QFETCH(QString, why);
        const QByteArray id = rule.toUtf8();
        for (const bool isTripped : {true, false}) {
            Rows rows = market(1000);
            RuleContext context;
            (isTripped ? trips : passes)(rows, context);
            const auto found = findingsOf<Candle>(id.constData(), rows, context);
            if (!isTripped) {
                QVERIFY2(found.empty(), found.empty() ? "" : found[0].details.c_str());
                continue;
            }
            QCOMPARE(found.size(), std::size_t {1});
            QCOMPARE(found[0].rule, id.toStdString());
            const std::string words = whyOf(found[0]);
            QVERIFY2(words.find(why.toStdString()) != std::string::npos, found[0].details.c_str());
            const UtcMs open = rule == u"unclosed" ? t0 + minutes {999}
                : rule == u"not_increasing"        ? t0 + minutes {599}
                                                   : t0 + minutes {600};
            QCOMPARE(found[0].range.from, open);
        }
    }

    void aBurstThatMovesNothingNeedsLess()
    {
        const auto spike = [](double times, double range) {
            Rows rows = market(1000);
            rows[600].volume = 10 * times;
            rows[600].high *= range;
            return findingsOf<Candle>("volume_spike", rows, {}).size();
        };
        QCOMPARE(spike(60, 1), std::size_t {1});
        QCOMPARE(spike(45, 1), std::size_t {0});
        QCOMPARE(spike(60, 1.02), std::size_t {0});
    }

    void tradesAreCountedBeforeTheyAreLarge()
    {
        const auto large = [](const std::function<void(Rows&)>& change) {
            Rows rows = market(1000);
            rows[600].volume *= 30;
            change(rows);
            return findingsOf<Candle>("trade_size", rows, {}).size();
        };
        QCOMPARE(large([](Rows&) {}), std::size_t {1});
        QCOMPARE(large([](Rows& rows) { rows[600].trades = 20 * 30; }), std::size_t {0}); // as many more trades
        QCOMPARE(large([](Rows& rows) { rows[600].trades.reset(); }), std::size_t {0});
        QCOMPARE(large([](Rows& rows) { // after a minute without a trade
            rows[599].volume = 0;
            rows[599].trades = 0;
        }),
            std::size_t {1});
        QCOMPARE(large([](Rows& rows) { rows[599].volume *= 30; }), std::size_t {1}); // of the two the first alone rose
    }

    void aSpikeIsFoundOnceNotOnItsWayBack()
    {
        Rows rows = market(1000);
        rows[600].close *= 2;
        rows[600].high = rows[600].close;
        const auto found = findingsOf<Candle>("price_jump", rows, {});
        QCOMPARE(found.size(), std::size_t {1});
        QCOMPARE(found[0].range, (TimeRange {t0 + minutes {600}, t0 + minutes {601}}));
        QVERIFY(findingsOf<Candle>("price_gap", rows, {}).empty());
    }

    void quarantinedBarsAreJudgedButNotMeasuredAgainst()
    {
        Rows rows = market(1000);
        for (const std::size_t i : {600U, 601U})
            rows[i].open = rows[i].high = rows[i].low = rows[i].close = 300;
        rows[600].flags = rows[601].flags = Quarantined;
        const auto found = findingsOf<Candle>("price_jump", rows, {});
        QCOMPARE(found.size(), std::size_t {1});
        QCOMPARE(found[0].range, (TimeRange {t0 + minutes {600}, t0 + minutes {602}})); // the bar after them is good
    }

    void aggregatesAreHeldAgainstShorterBars()
    {
        Rows rows {bar(0), bar(1), bar(2)}, made {bar(0), bar(1), bar(2)};
        made[1].close += 0.1;
        made[2].volume *= 1.0005;
        RuleContext context;
        context.rollUps = made;
        const auto found = findingsOf<Candle>("aggregate_mismatch", rows, context);
        QCOMPARE(found.size(), std::size_t {1});
        QCOMPARE(QString::fromStdString(whyOf(found[0])), QStringLiteral("close 100, but 100.1 from the shorter bars"));
        made[1].flags = Quarantined;
        QVERIFY(findingsOf<Candle>("aggregate_mismatch", rows, context).empty());
    }

    void staleIsAboutSeriesThatAreKeptFresh()
    {
        const Rows rows {bar(0)};
        RuleContext context;
        context.lastClose = t0 + minutes {1};
        QVERIFY(findingsOf<Candle>("stale", rows, context).empty());
        context.freshUntil = t0 + minutes {4};
        QVERIFY(findingsOf<Candle>("stale", rows, context).empty());
        context.freshUntil = t0 + minutes {5};
        const auto found = findingsOf<Candle>("stale", rows, context);
        QCOMPARE(found.size(), std::size_t {1});
        QCOMPARE(found[0].range, (TimeRange {t0 + minutes {1}, t0 + minutes {1}}));
    }

    void openInterestRules()
    {
        const auto row = [](int n, std::optional<double> amount, std::optional<double> value = {}) {
            return OpenInterest {t0 + minutes {n}, amount, value, {}, {}, 0};
        };
        std::vector<OpenInterest> rows {
            row(0, 100), row(1, -1), row(2, {}), row(3, 0, 0), row(4, 124.9), row(5, 157), row(6, 100)};
        QCOMPARE(findingsOf<OpenInterest>("oi_negative", rows, {}).size(), std::size_t {1});
        const auto empty = findingsOf<OpenInterest>("oi_empty", rows, {});
        QCOMPARE(empty.size(), std::size_t {1});
        QCOMPARE(empty[0].range, (TimeRange {t0 + minutes {2}, t0 + minutes {4}}));
        const auto jumps =
            findingsOf<OpenInterest>("oi_jump", rows, {}); // 100 to 124.9 is none, rows without a value are skipped
        QCOMPARE(jumps.size(), std::size_t {2});
        QCOMPARE(QString::fromStdString(whyOf(jumps[0])), QStringLiteral("amount 124.9 to 157: +25.7 %"));

        std::vector<OpenInterest> peers, ours;
        Rows prices;
        for (int i = 0; i < 5; ++i) {
            peers.push_back(row(i, 100));
            prices.push_back(bar(i, 30'000));
        }
        RuleContext context;
        context.peers = peers;
        context.prices = prices;
        context.contractSize = 0.01;
        for (const auto& [ratio, isFound] : std::vector<std::pair<double, bool>> {
                 {1, false}, {2.04, true}, {0.5, true}, {1.8, false}, {100, true}, {30'500, true}, {20'000, false}}) {
            ours.clear();
            for (int i = 0; i < 3; ++i)
                ours.push_back(row(i, 100 * ratio));
            QCOMPARE(findingsOf<OpenInterest>("oi_unit", ours, context).size(), std::size_t(isFound ? 1 : 0));
            ours.pop_back();
            QVERIFY(findingsOf<OpenInterest>("oi_unit", ours, context).empty()); // too few in a row
        }
    }

    void metricRules_data()
    {
        QTest::addColumn<QString>("rule");
        QTest::addColumn<std::vector<std::optional<double>>>("numbers");
        QTest::addColumn<QString>("why");
        const auto row = [](const char* name, const char* rule, std::vector<std::optional<double>> numbers, const char* why) {
            QTest::newRow(name) << QString::fromLatin1(rule) << std::move(numbers) << QString::fromLatin1(why);
        };
        row("a rate at the limit", "funding_extreme", {0.03}, "");
        row("a rate in percent", "funding_extreme", {-0.1}, "rate -10 % is beyond 3 %");
        row("the bar's lowest", "funding_extreme", {0.01, 0.01, -0.04, 0.01}, "rate_low -4 % is beyond 3 %");
        row("a bar", "funding_order", {0.01, 0.02, -0.01, 0.02}, "");
        row("a payment", "funding_order", {0.01, {}, {}, {}, 60'000.0, 8.0}, "");
        row("high below close", "funding_order", {0.01, 0.02, 0.01, 0.03}, "rate_high 0.02 < rate_close 0.03");
        row("low above rate", "funding_order", {0.01, 0.02, 0.015, 0.02}, "rate_low 0.015 > rate 0.01");
        row("none", "liquidations_negative", {0.0, 0.0}, "");
        row("shorts below zero", "liquidations_negative", {{}, {}, 5.0, -3.0}, "short_usd -3 < 0");
        row("shares and their quotient", "ratio_inconsistent", {1.5, 0.6, 0.4}, "");
        row("rounded to two digits", "ratio_inconsistent", {23.9, 0.96, 0.04}, "");
        row("a ratio alone", "ratio_inconsistent", {3.0}, "");
        row("nobody is short", "ratio_inconsistent", {{}, 1.0, 0.0}, "");
        row("a ratio below zero", "ratio_inconsistent", {-1.0}, "ratio -1 < 0");
        row("percent", "ratio_inconsistent", {1.5, 60.0, 40.0}, "long_share 60 is not within 0 and 1");
        row("another sum", "ratio_inconsistent", {1.5, 0.6, 0.5}, "long_share 0.6 + short_share 0.5 is not 1");
        row("exchanged", "ratio_inconsistent", {1.5, 0.4, 0.6}, "ratio 1.5, but long_share / short_share is 0.66667");
    }
    void metricRules()
    {
        QFETCH(QString, rule);
        QFETCH(std::vector<std::optional<double>>, numbers);
        QFETCH(QString, why);
        Metric row {t0 + minutes {1}, {}, 0};
        std::ranges::copy(numbers, row.numbers.begin());
        const std::vector<Metric> rows {row};
        const auto found = findingsOf<Metric>(rule.toLatin1(), rows, {});
        QCOMPARE(found.size(), std::size_t(why.isEmpty() ? 0 : 1));
        if (found.empty())
            return;
        QCOMPARE(QString::fromStdString(whyOf(found[0])), why);
        QCOMPARE(found[0].range, (TimeRange {row.time, row.time + minutes {1}}));
        QVERIFY(nlohmann::json::parse(found[0].details)["first"]["time"] == toMs(row.time));
    }

    void missedPayments_data()
    {
        QTest::addColumn<std::vector<int>>("hours");
        QTest::addColumn<int>("each"); // as the rows tell it; 0: they do not
        QTest::addColumn<int>("asked"); // about so many hours
        QTest::addColumn<std::vector<int>>("found");
        const std::vector<int> none;
        QTest::newRow("each 8 hours") << std::vector {0, 8, 16, 24, 32} << 0 << 48 << none;
        QTest::newRow("one is missing") << std::vector {0, 8, 16, 24, 40, 48} << 0 << 48 << std::vector {40};
        QTest::newRow("nobody asked about it") << std::vector {0, 8, 16, 24, 40, 48} << 0 << 30 << none;
        QTest::newRow("sooner from now on") << std::vector {0, 8, 16, 24, 28, 32, 36} << 0 << 48 << none;
        QTest::newRow("later from now on") << std::vector {0, 4, 8, 12, 20, 28, 36} << 0 << 48 << std::vector {20};
        QTest::newRow("too few to tell") << std::vector {0, 8, 24} << 0 << 48 << none;
        QTest::newRow("each row tells") << std::vector {0, 16, 24} << 8 << 48 << std::vector {16};
        QTest::newRow("each row tells, later than the last") << std::vector {0, 4, 8, 12, 20, 28} << 8 << 48 << none;
    }
    void missedPayments()
    {
        QFETCH(std::vector<int>, hours);
        QFETCH(int, each);
        QFETCH(int, asked);
        QFETCH(std::vector<int>, found);
        std::vector<Metric> rows;
        for (const int hour : hours)
            rows.push_back({t0 + std::chrono::hours {hour}, {0.0001, {}, {}, {}, {}, each > 0 ? std::optional(double(each)) : std::nullopt}, 0});
        const std::vector<TimeRange> answered {{t0, t0 + std::chrono::hours {asked}}};
        RuleContext context;
        context.grid = Grid(*Timeframe::fromName("1h"));
        context.answered = answered;
        for (const std::size_t piece : {std::size_t {100}, std::size_t {1}, std::size_t {3}}) {
            SeriesValidator<Metric> validator({active("funding_missed")}, context.grid);
            for (std::size_t i = 0; i < rows.size(); i += piece)
                validator.feed(std::span<const Metric>(rows).subspan(i, std::min(piece, rows.size() - i)), context);
            validator.finish(context);
            std::vector<int> at;
            for (const RuleFinding& one : validator.take(0))
                at.push_back(static_cast<int>((one.range.from - t0) / std::chrono::hours {1}));
            QCOMPARE(at, found);
        }
    }

    void piecesFindWhatTheWholeFinds()
    {
        for (unsigned seed = 1; seed <= 6; ++seed) {
            Rows rows = market(12'000, seed);
            std::mt19937 random(seed);
            const auto below = [&](unsigned n) { return random() % n; };
            for (int i = 0; i < 200; ++i) { // faults of all kinds, at places that do not care about seams
                Candle& row = rows[below(12'000)];
                switch (below(7)) {
                case 0:
                    row.close *= 1.5;
                    break;
                case 1:
                    row.high *= 3;
                    break;
                case 2:
                    row.volume *= 5000;
                    break;
                case 3:
                    std::swap(row.low, row.high);
                    break;
                case 4:
                    row.flags = Quarantined;
                    row.close *= 4;
                    break;
                case 5:
                    row.open *= 1.2;
                    break;
                default:
                    row.trades = 0;
                    break;
                }
            }
            for (int i = 0; i < 20; ++i) {
                const std::size_t from = below(11'900);
                for (std::size_t k = from; k < from + 12; ++k) {
                    if (i % 2 == 0)
                        rows[k].volume = 0;
                    else
                        rows[k].open = rows[k].high = rows[k].low = rows[k].close = rows[from].close;
                }
            }
            std::erase_if(rows, [&](const Candle&) { return below(50) == 0; });
            const auto all = [&](std::size_t piece) {
                RuleContext context;
                std::vector<ActiveRule> rules =
                    RuleSettings().activeFor({"x", "x", MarketType::Spot, "BTC/USDT", Kind::Candles, Timeframe {}});
                CandleValidator validator(std::move(rules), context.grid);
                for (std::size_t i = 0; i < rows.size(); i += piece)
                    validator.feed(std::span(rows).subspan(i, std::min(piece, rows.size() - i)), context);
                validator.finish(context);
                std::vector<RuleFinding> found;
                for (std::size_t i = 0; i < validator.rules(); ++i)
                    std::ranges::move(validator.take(i), std::back_inserter(found));
                return found;
            };
            const auto whole = all(rows.size());
            QVERIFY(whole.size() > 150);
            for (const std::size_t piece : {1U, 7U, 999U, 4096U, 5000U}) {
                if (piece == 1 && seed > 1)
                    continue;
                QVERIFY2(all(piece) == whole, QByteArray::number(static_cast<int>(piece)).constData());
            }
        }
    }

    /// What is measured of blocks of rows only spares rules the look at rows that they would pass.
    void blocksChangeNothing()
    {
        constexpr double nan = std::numeric_limits<double>::quiet_NaN();
        constexpr double inf = std::numeric_limits<double>::infinity();
        const std::vector<ActiveRule> rules =
            RuleSettings().activeFor({"x", "x", MarketType::Spot, "BTC/USDT", Kind::Candles, Timeframe {}});
        std::size_t found = 0;
        for (unsigned seed = 1; seed <= 60; ++seed) {
            Rows rows = market(1'500, seed);
            std::mt19937 random(seed);
            const auto below = [&](unsigned n) { return random() % n; };
            RuleContext context;
            context.now = rows.back().openTime;
            if (seed % 2 == 0)
                context.tickSize = 0.01;
            for (auto i = below(12); i > 0; --i) {
                Candle& row = rows[below(1'500)];
                const double odd[] {nan, inf, -inf, 0, -1, 1e-12, 1e300, row.close * 1.03, row.close * 0.3};
                double* const fields[] {&row.open, &row.high, &row.low, &row.close, &row.volume};
                switch (below(6)) {
                case 0:
                    row.openTime += milliseconds {static_cast<int>(below(200'000)) - 100'000};
                    break;
                case 1:
                    row.trades = below(3) == 0 ? std::nullopt : std::optional<std::int64_t>(below(2) == 0 ? 0 : -1);
                    break;
                case 2:
                    row.quoteVolume = odd[below(9)];
                    break;
                case 3:
                    row.flags = Quarantined;
                    row.close *= 1.2;
                    break;
                case 4:
                    row.volume *= 300;
                    break;
                default:
                    *fields[below(5)] = odd[below(9)];
                    break;
                }
            }
            std::vector<BlockFacts> blocks;
            const std::size_t first = seed % 3 == 0 ? 0 : 700 + seed;
            measureBlocks(rows, first, context.grid.timeframe().length(), blocks);
            for (const ActiveRule& active : rules) {
                if (!active.rule->checkCandles)
                    continue;
                Violations plain(active.rule->info, active.severity, context.grid);
                Violations spared(active.rule->info, active.severity, context.grid);
                active.rule->checkCandles({rows, first, context, active.thresholds}, plain);
                active.rule->checkCandles({rows, first, context, active.thresholds, blocks}, spared);
                plain.finish();
                spared.finish();
                const auto all = plain.take();
                found += all.size();
                QVERIFY2(all == spared.take(), active.rule->info.id.c_str());
            }
        }
        QVERIFY(found > 150);
    }

    void cutsKeepFindingsApart()
    {
        Rows rows = market(20);
        for (std::size_t i = 5; i < 15; ++i)
            rows[i].volume = -1;
        CandleValidator validator(
            {active("negative_volume")}, Grid(Timeframe {}), UtcMs::min(), {{t0 + minutes {8}, t0 + minutes {10}}});
        validator.feed(rows, {});
        validator.finish({});
        const auto found = validator.take(0);
        QCOMPARE(found.size(), std::size_t {3});
        QCOMPARE(found[1].range, (TimeRange {t0 + minutes {8}, t0 + minutes {10}}));
        QCOMPARE(validator.flagged(0), 10);
    }

    void settingsApplyToTheirSeries()
    {
        const auto tree =
            parseYaml("rules:\n  price_jump: {z: 50, severity: error}\n  tick_size: {on: false}\n"
                      "overrides:\n  - {exchanges: [kraken], timeframes: [1h], rules: {price_jump: {z: 7}}}\n"
                      "  - {symbols: [ETH/USDT], rules: {price_jump: {on: false}}}\n",
                "quality.yaml");
        QVERIFY(tree);
        Problems problems;
        const RuleSettings settings = RuleSettings::load(*tree, problems);
        QVERIFY2(problems.empty(), problems.empty() ? "" : problems[0].text().c_str());
        const Rule& jump = *findRule("price_jump");
        SeriesKey key {"kraken", "kraken", MarketType::Spot, "BTC/USDT", Kind::Candles, *Timeframe::fromName("1h")};
        QCOMPARE(settings.of(jump, key).thresholds[0], 7.0);
        QCOMPARE(settings.of(jump, key).thresholds[1], 5.0);
        QCOMPARE(settings.of(jump, key).severity, Severity::Error);
        QVERIFY(!settings.isOn(*findRule("tick_size"), key));
        key.timeframe = Timeframe {};
        QCOMPARE(settings.of(jump, key).thresholds[0], 50.0);
        key.symbol = "ETH/USDT";
        QVERIFY(!settings.isOn(jump, key));
        QCOMPARE(settings.activeFor(key, std::vector<std::string> {"price_jump"}).size(),
            std::size_t {1}); // asked for by name
    }

    void wrongSettingsAreTold_data()
    {
        QTest::addColumn<QString>("yaml");
        QTest::addColumn<QString>("says");
        QTest::newRow("rule") << "rules:\n  price_jmp: {z: 3}\n"
                              << "quality.yaml:2:3: quality.rules.price_jmp: ";
        QTest::newRow("nearest") << "rules:\n  price_jmp: {z: 3}\n"
                                 << "price_jump?";
        QTest::newRow("threshold") << "rules:\n  price_jump: {zz: 3}\n"
                                   << "quality.yaml:2:16:";
        QTest::newRow("range") << "rules:\n  price_jump: {z: 0}\n"
                               << "quality.yaml:2:19:";
        QTest::newRow("type") << "rules:\n  price_jump: {on: perhaps}\n"
                              << "quality.yaml:2:20:";
        QTest::newRow("severity") << "rules:\n  price_jump: {severity: eror}\n"
                                  << "error?";
        QTest::newRow("market") << "overrides:\n  - {markets: [spto], rules: {}}\n"
                                << "spot?";
        QTest::newRow("no rules") << "overrides:\n  - {markets: [spot]}\n"
                                  << "missing";
    }
    void wrongSettingsAreTold()
    {
        QFETCH(QString, yaml);
        QFETCH(QString, says);
        const auto tree = parseYaml(yaml.toStdString(), "quality.yaml");
        QVERIFY(tree);
        Problems problems;
        RuleSettings::load(*tree, problems);
        QCOMPARE(problems.size(), std::size_t {1});
        QVERIFY2(problems[0].text().find(says.toStdString()) != std::string::npos, problems[0].text().c_str());
    }

    void changesAreChecked()
    {
        const auto text = [](const char* rule, const char* key, double value) {
            const ThresholdChange change {rule, key, value};
            const auto checked = checkChanges({&change, 1});
            return QByteArray::fromStdString(checked ? std::string() : checked.error().detail);
        };
        QCOMPARE(text("price_jump", "z", 10), QByteArray());
        QVERIFY(text("price_jmp", "z", 10).contains("price_jump?"));
        QVERIFY(text("price_jump", "windw", 100).contains("window?"));
        QVERIFY(text("price_jump", "z", 0).contains("from 1 to 1000000"));
    }
};

QTEST_APPLESS_MAIN(TestRules)
#include "tst_rules.moc"
