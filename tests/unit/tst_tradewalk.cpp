#include <QTest>

#include <algorithm>
#include <random>

#include "core/base/timetext.h"
#include "core/ingest/tradewalk.h"

using namespace mnemo;
using namespace std::chrono_literals;

namespace {

const UtcMs t0 = std::chrono::sys_days {std::chrono::year {2025} / 1 / 1};

Grid gridOf(const char* frame)
{
    return Grid(Timeframe::fromName(frame).value());
}

Trade trade(milliseconds after, double price, double amount = 1, std::string id = {})
{
    return {t0 + after, price, amount, std::move(id)};
}

/// Trading for @p length with lulls, bursts within one moment, and times that are multiples of @p instant.
std::vector<Trade> market(unsigned seed, milliseconds length, milliseconds instant)
{
    std::mt19937 random(seed);
    std::vector<Trade> trades;
    std::int64_t id = 700'000;
    double price = 100;
    for (milliseconds at = 0ms; at < length;) {
        const int burst = random() % 5 == 0 ? 1 + static_cast<int>(random() % 4) : 1;
        for (int i = 0; i < burst; ++i) {
            price += (static_cast<double>(random() % 201) - 100) / 100;
            id += 1 + static_cast<int>(random() % 7); // other pairs take ids too
            trades.push_back(trade(at - at % instant, std::max(1.0, price), 0.25 * static_cast<double>(1 + random() % 8), std::to_string(id)));
        }
        at += random() % 40 == 0 ? 11min : milliseconds {200 + random() % 30'000};
    }
    return trades;
}

/// A venue that holds these trades, asked as the rules say.
struct Source {
    PageRules rules;
    std::vector<Trade> trades;
    unsigned shortEvery = 0; ///< so many answers are cut short
    int asked = 0;

    DecodedTrades answer(const TradePage& page)
    {
        ++asked;
        std::vector<Trade> found;
        std::ranges::copy_if(trades, std::back_inserter(found), [&](const Trade& each) {
            if (rules.walk == Walk::Pages)
                return page.range.contains(each.time);
            return page.cursor.empty() || std::stoll(each.id) < std::stoll(page.cursor);
        });
        auto most = static_cast<std::size_t>(rules.maxRows);
        if (shortEvery > 0 && static_cast<unsigned>(asked) % shortEvery == 0)
            most = std::max<std::size_t>(1, most / 3);
        const bool keepsOldest = rules.walk == Walk::Pages && !rules.isBackward;
        if (found.size() > most && keepsOldest)
            found.resize(most);
        else if (found.size() > most)
            found.erase(found.begin(), found.end() - static_cast<std::ptrdiff_t>(most));
        return {found, found.size()};
    }
};

PageRules rulesOf(const char* frame, Walk walk, int maxRows, bool isBackward = false)
{
    PageRules rules;
    rules.grid = gridOf(frame);
    rules.walk = walk;
    rules.isBackward = isBackward;
    rules.maxRows = maxRows;
    rules.isFromTrades = true;
    return rules;
}

struct Walked {
    std::vector<Candle> rows;
    IntervalSet answered, tooOld, unlisted;
    std::vector<std::pair<TradePage, DecodedTrades>> log;
};

Walked walk(Source& source, const IntervalSet& todo, UtcMs now, int mostPages = 100'000)
{
    Walked all;
    TradeWalk walk(source.rules, todo);
    while (walk.next() && mostPages-- > 0) {
        const TradePage page = *walk.next();
        const DecodedTrades answer = source.answer(page);
        all.log.emplace_back(page, answer);
        const auto verdict = walk.answered(page, answer, now);
        if (!verdict) {
            qWarning("%s", verdict.error().detail.c_str());
            break;
        }
        all.rows.insert(all.rows.end(), verdict->rows.begin(), verdict->rows.end());
        all.answered = united(all.answered, verdict->answered);
        all.tooOld = united(all.tooOld, verdict->tooOld);
        all.unlisted = united(all.unlisted, verdict->unlisted);
    }
    std::ranges::sort(all.rows, {}, &Candle::openTime);
    return all;
}

std::vector<Candle> within(std::vector<Candle> bars, const IntervalSet& times)
{
    std::erase_if(bars, [&](const Candle& bar) { return !times.contains(bar.openTime); });
    return bars;
}

} // namespace

class TestTradeWalk : public QObject {
    Q_OBJECT
private slots:
    void folds()
    {
        const std::vector<Trade> trades {trade(0s, 10, 2), trade(59'999ms, 12, 0.5), trade(60s, 11, 1), trade(60s, 9, 0), trade(200s, 8, 3)};
        const auto bars = foldTrades(trades, gridOf("1m"));
        QCOMPARE(bars.size(), std::size_t {3});
        QCOMPARE(bars[0], (Candle {t0, 10, 12, 10, 12, 2.5, 26.0, 2, 0}));
        QCOMPARE(bars[1], (Candle {t0 + 1min, 11, 11, 11, 11, 1, 11.0, 1, 0})); // the trade of no amount has set no price
        QCOMPARE(bars[2].openTime, t0 + 3min); // and minute 2 is absent
        QVERIFY(foldTrades({}, gridOf("1h")).empty());
        QVERIFY(foldTrades(std::vector {trade(0s, 5, 0)}, gridOf("1h")).empty());
    }

    void everyWalkGivesTheTruth_data()
    {
        QTest::addColumn<Walk>("walk");
        QTest::addColumn<bool>("isBackward");
        QTest::addColumn<int>("maxRows");
        QTest::addColumn<bool>("isCounting");
        QTest::addColumn<int>("instant");
        QTest::addColumn<int>("longest");
        QTest::newRow("forwards") << Walk::Pages << false << 50 << false << 1 << 0;
        QTest::newRow("forwards, whole seconds") << Walk::Pages << false << 50 << false << 1000 << 0;
        QTest::newRow("forwards, an hour at most") << Walk::Pages << false << 50 << false << 1 << 3600;
        QTest::newRow("backwards") << Walk::Pages << true << 50 << false << 1 << 0;
        QTest::newRow("backwards, whole seconds") << Walk::Pages << true << 20 << false << 1000 << 0;
        QTest::newRow("backwards, two hours at most") << Walk::Pages << true << 50 << false << 1 << 7200;
        QTest::newRow("older than") << Walk::Cursor << false << 50 << false << 1 << 0;
        QTest::newRow("older than, small pages") << Walk::Cursor << false << 7 << false << 1000 << 0;
        QTest::newRow("older than, counting") << Walk::Cursor << false << 50 << true << 1 << 0;
        QTest::newRow("older than, counting, whole seconds") << Walk::Cursor << false << 10 << true << 1000 << 0;
    }

    void everyWalkGivesTheTruth()
    {
        QFETCH(Walk, walk);
        QFETCH(bool, isBackward);
        QFETCH(int, maxRows);
        QFETCH(bool, isCounting);
        QFETCH(int, instant);
        QFETCH(int, longest);
        for (const char* frame : {"1m", "15m", "1h"}) {
            for (const unsigned shortEvery : {0U, 3U}) {
                Source source {rulesOf(frame, walk, maxRows, isBackward), market(7, 12h, milliseconds {instant}), shortEvery};
                source.rules.instant = milliseconds {instant};
                source.rules.hasCountingIds = isCounting;
                if (longest > 0)
                    source.rules.longestRange = std::chrono::seconds {longest};
                const auto truth = foldTrades(source.trades, source.rules.grid);
                const IntervalSet todo {TimeRange {t0 + 1h, t0 + 3h}, TimeRange {t0 + 5h, t0 + 11h}};
                const Walked all = ::walk(source, todo, t0 + 13h);
                QCOMPARE(all.answered, todo);
                QVERIFY(all.rows == within(truth, todo));
                QVERIFY2(source.asked < 2000, std::to_string(source.asked).c_str());

                TradeFold again(source.rules); // from the archive
                std::vector<Candle> rows;
                IntervalSet answered;
                for (const auto& [page, answer] : all.log) {
                    again.want(IntervalSet(TimeRange {source.rules.grid.floor(page.range.from), source.rules.grid.ceil(page.range.to)}));
                    const auto verdict = again.add(page, answer, t0 + 13h);
                    rows.insert(rows.end(), verdict.rows.begin(), verdict.rows.end());
                    answered = united(answered, verdict.answered);
                }
                std::ranges::sort(rows, {}, &Candle::openTime);
                QVERIFY(subtracted(todo, answered).isEmpty());
                QVERIFY(within(rows, todo) == all.rows);
            }
        }
    }

    void countingIdsAreJumpedTo()
    {
        Source source {rulesOf("1m", Walk::Cursor, 20), market(3, 48h, 1ms)};
        const IntervalSet todo(TimeRange {t0 + 2h, t0 + 3h});
        walk(source, todo, t0 + 49h);
        const int walked = std::exchange(source.asked, 0);
        source.rules.hasCountingIds = true;
        const Walked all = walk(source, todo, t0 + 49h);
        QCOMPARE(all.answered, todo);
        QVERIFY(all.rows == within(foldTrades(source.trades, source.rules.grid), todo));
        QVERIFY2(source.asked * 4 < walked, (std::to_string(source.asked) + " of " + std::to_string(walked)).c_str());
    }

    /// Stopped after any number of pages, the rest asked for by a new walk: every bar comes once and is right.
    void goesOnAfterAStop()
    {
        for (const bool isBackward : {false, true}) {
            for (const Walk way : {Walk::Pages, Walk::Cursor}) {
                Source source {rulesOf("5m", way, 30, isBackward), market(5, 8h, 1ms)};
                source.rules.hasCountingIds = way == Walk::Cursor && isBackward;
                const IntervalSet todo(TimeRange {t0 + 30min, t0 + 7h});
                const auto truth = within(foldTrades(source.trades, source.rules.grid), todo);
                for (const int stop : {1, 2, 3, 5, 8, 13}) {
                    Walked first = walk(source, todo, t0 + 9h, stop);
                    const Walked rest = walk(source, subtracted(todo, first.answered), t0 + 9h);
                    first.rows.insert(first.rows.end(), rest.rows.begin(), rest.rows.end());
                    std::ranges::sort(first.rows, {}, &Candle::openTime);
                    QVERIFY(first.rows == truth);
                    QCOMPARE(united(first.answered, rest.answered), todo);
                }
            }
        }
    }

    void theLatestAlone()
    {
        Source source {rulesOf("5m", Walk::Recent, 100), market(9, 6h, 1s)};
        source.rules.instant = 1s;
        const IntervalSet todo(TimeRange {t0, t0 + 6h});
        const Walked all = walk(source, todo, t0 + 6h + 1s);
        QCOMPARE(source.asked, 1);
        const UtcMs oldest = source.trades[source.trades.size() - 100].time;
        const TimeRange whole {source.rules.grid.ceil(oldest + 1s), t0 + 6h};
        QVERIFY(all.rows == within(foldTrades(source.trades, source.rules.grid), IntervalSet(whole)));
        QCOMPARE(all.tooOld, IntervalSet(TimeRange {t0, whole.from}));
        QCOMPARE(all.answered.hull().from, whole.from);

        source.rules.maxRows = 100'000; // not full: what is older was not asked for
        const Walked loose = walk(source, todo, t0 + 6h + 1s);
        QVERIFY(loose.tooOld.isEmpty());
        QVERIFY(!loose.answered.contains(t0));
        source.rules.retentionAge = 24h; // unless all of a day is there
        QCOMPARE(walk(source, todo, t0 + 6h + 1s).answered.hull().from, t0);
    }

    void theBarUnderWay_data() { everyWalkGivesTheTruth_data(); }

    /// Of a walk to the present the newest trades make a bar that is not complete.
    void theBarUnderWay()
    {
        QFETCH(Walk, walk);
        QFETCH(bool, isBackward);
        QFETCH(int, maxRows);
        QFETCH(bool, isCounting);
        QFETCH(int, instant);
        QFETCH(int, longest);
        for (const char* frame : {"1m", "15m", "4h"}) {
            Source source {rulesOf(frame, walk, maxRows, isBackward), market(11, 12h, milliseconds {instant})};
            source.rules.instant = milliseconds {instant};
            source.rules.hasCountingIds = isCounting;
            if (longest > 0)
                source.rules.longestRange = std::chrono::seconds {longest};
            const UtcMs now = source.trades[source.trades.size() / 2].time + 1ms;
            std::erase_if(source.trades, [now](const Trade& each) { return each.time >= now; });
            const Grid& grid = source.rules.grid;
            const TimeRange todo {grid.floor(now) - std::chrono::minutes {30}, grid.next(grid.floor(now))};
            TradeWalk newest(source.rules, IntervalSet(TimeRange {grid.floor(todo.from), todo.to}));
            while (newest.next()) {
                const TradePage page = *newest.next();
                QVERIFY(newest.answered(page, source.answer(page), now));
                QVERIFY2(source.asked < 500, frame);
            }
            QVERIFY(newest.running().has_value());
            QCOMPARE(*newest.running(), foldTrades(source.trades, grid).back());
        }
    }

    void theBarUnderWayNeedsItsOpen()
    {
        TradeFold fold(rulesOf("1m", Walk::Recent, 3), IntervalSet(TimeRange {t0, t0 + 5min}));
        QVERIFY(!fold.running());
        fold.add({{t0, t0 + 5min}, {}, false}, {{trade(70s, 2), trade(80s, 3), trade(90s, 4)}, 3}, t0 + 100s);
        QVERIFY(!fold.running()); // what happened before 70 s is not known
        fold.add({{t0, t0 + 5min}, {}, false}, {{trade(80s, 3), trade(90s, 4), trade(130s, 7, 2)}, 3}, t0 + 140s);
        QCOMPARE(fold.running(), std::optional(Candle {t0 + 2min, 7, 7, 7, 7, 2, 14.0, 1, 0}));
        fold.add({{t0, t0 + 5min}, {}, false}, {{trade(80s, 3), trade(90s, 4), trade(130s, 7, 2)}, 3}, t0 + 190s);
        QVERIFY(!fold.running()); // nothing has traded in this one
    }

    void aBarNeedsBothItsEdges()
    {
        Source source {rulesOf("1m", Walk::Recent, 100), {trade(10s, 5, 1, "1"), trade(70s, 6, 1, "2"), trade(130s, 7, 1, "3")}};
        source.rules.delay = 5s;
        const IntervalSet todo(TimeRange {t0, t0 + 3min});
        const Walked soon = walk(source, todo, t0 + 3min + 4s); // what happened a moment ago may still be on its way
        QCOMPARE(soon.rows.size(), std::size_t {1});
        QCOMPARE(soon.rows[0].openTime, t0 + 1min); // minute 0 may have had earlier trades, minute 2 later ones
        const Walked later = walk(source, todo, t0 + 3min + 5s);
        QCOMPARE(later.rows.size(), std::size_t {2});
    }

    void emptyBarsInsideAWalkedRangeAreAnswered()
    {
        Source source {rulesOf("1m", Walk::Pages, 100), {trade(10s, 5, 1, "1"), trade(610s, 6, 1, "2")}};
        const IntervalSet todo(TimeRange {t0, t0 + 20min});
        const Walked all = walk(source, todo, t0 + 1h);
        QCOMPARE(all.rows.size(), std::size_t {2});
        QCOMPARE(all.answered, todo);
        const Walked young = walk(source, todo, t0 + 20min); // the last minutes may yet come
        QVERIFY(!young.answered.contains(t0 + 19min));
        QVERIFY(young.answered.contains(t0 + 14min));
        source.trades.clear();
        source.asked = 0;
        QCOMPARE(walk(source, todo, t0 + 1h).answered, todo);
        QCOMPARE(source.asked, 2); // nothing must be said twice
    }

    void theBeginningOfHistory()
    {
        Source source {rulesOf("1m", Walk::Cursor, 10), market(2, 1h, 1ms)};
        const IntervalSet todo(TimeRange {t0 - 2h, t0 + 1h});
        const Walked all = walk(source, todo, t0 + 2h);
        QCOMPARE(all.unlisted, IntervalSet(TimeRange {t0 - 2h, t0}));
        QCOMPARE(all.answered, IntervalSet(TimeRange {t0, t0 + 1h}));
        source.rules.retentionAge = 24h;
        QCOMPARE(walk(source, todo, t0 + 2h).tooOld, IntervalSet(TimeRange {t0 - 2h, t0}));
    }

    void aSeamIsRefused()
    {
        Source source {rulesOf("1m", Walk::Cursor, 10), market(4, 2h, 1ms)};
        TradeWalk walk(source.rules, IntervalSet(TimeRange {t0, t0 + 2h}));
        const TradePage first = *walk.next();
        QVERIFY(walk.answered(first, source.answer(first), t0 + 3h));
        const TradePage second = *walk.next();
        DecodedTrades holed = source.answer(second);
        holed.rows.pop_back(); // the trade where the first page ended
        holed.rows.pop_back();
        const auto refused = walk.answered(second, holed, t0 + 3h);
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::BadAnswer);
        QCOMPARE(*walk.next(), second); // asked again
        QVERIFY(walk.answered(second, source.answer(second), t0 + 3h));
    }

    void moreAtOneMomentThanAPageHolds()
    {
        Source source {rulesOf("1m", Walk::Pages, 3), {}};
        for (int i = 0; i < 5; ++i)
            source.trades.push_back(trade(30s, 5 + i, 1, std::to_string(i)));
        TradeWalk walk(source.rules, IntervalSet(TimeRange {t0, t0 + 1min}));
        Result<TradeVerdict> verdict = TradeVerdict {};
        for (int i = 0; i < 5 && verdict && walk.next(); ++i)
            verdict = walk.answered(*walk.next(), source.answer(*walk.next()), t0 + 1h);
        QVERIFY(!verdict);
        QVERIFY(verdict.error().detail.find("2025-01-01T00:00:30") != std::string::npos);
        QCOMPARE(walk.gaveUp(), IntervalSet(TimeRange {t0, t0 + 1min}));
        QVERIFY(!walk.next());
    }

    void duplicatesCountOnce()
    {
        TradeFold fold(rulesOf("1m", Walk::Cursor, 3), IntervalSet(TimeRange {t0, t0 + 5min}));
        const std::vector<Trade> all {trade(30s, 1, 1, "1"), trade(70s, 2, 1, "2"), trade(70s, 3, 1, "3"), trade(130s, 4, 1, "4"), trade(200s, 5, 1, "5")};
        fold.add({{t0, t0 + 5min}, {}, false}, {{all[2], all[3], all[4]}, 3}, t0 + 4min);
        const auto verdict = fold.add({{t0, t0 + 5min}, "4", false}, {{all[0], all[1], all[2]}, 3}, t0 + 4min);
        QVERIFY(verdict.joins);
        QCOMPARE(verdict.rows.size(), std::size_t {1});
        QCOMPARE(verdict.rows[0], (Candle {t0 + 1min, 2, 3, 2, 3, 2, 5.0, 2, 0}));
    }
};

QTEST_APPLESS_MAIN(TestTradeWalk)
#include "tst_tradewalk.moc"
