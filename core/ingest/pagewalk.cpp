#include "core/ingest/pagewalk.h"

#include <algorithm>

namespace mnemo {

using namespace std::chrono_literals;

namespace {

IntervalSet trusted(TimeRange spoken, const PageRules& rules, const PageAnswer& answer)
{
    return trustedCoverage(spoken, rules.grid, answer.rows, answer.now);
}

/// The answer holds all that the source still has, from the oldest row on.
PageVerdict judgeLatest(const Page& page, const PageRules& rules, const PageAnswer& answer)
{
    PageVerdict verdict;
    if (rules.isSnapshot) { // one reading: it stands for the slot in which it was taken, and those before it are lost
        const UtcMs slot = rules.grid.floor(answer.now);
        verdict.answered = IntervalSet(TimeRange {slot, rules.grid.next(slot)});
        verdict.tooOld = IntervalSet(TimeRange {page.range.from, std::min(slot, page.range.to)});
        return verdict;
    }
    const UtcMs oldest = answer.rows.empty() ? page.range.to : answer.rows.front().openTime;
    const bool isFull = answer.decodedRows >= static_cast<std::size_t>(rules.maxRows);
    if (isFull) {
        verdict.answered = trusted({oldest, page.range.to}, rules, answer);
        verdict.tooOld = IntervalSet(TimeRange {page.range.from, oldest});
        return verdict;
    }
    if (rules.walk == Walk::Recent) { // nobody asked for what is older, so nothing is known about it
        if (answer.decodedRows > 0)
            verdict.answered = trusted({oldest, page.range.to}, rules, answer);
        return verdict;
    }
    const TimeRange older {page.range.from, oldest};
    if (!older.isEmpty() && !(page.isConfirmation && answer.rows.empty())) {
        verdict.answered = trusted({oldest, page.range.to}, rules, answer);
        verdict.follow.push_back({older, true}); // gone, never traded, or left out by mistake
        return verdict;
    }
    verdict.tooOld = splitByRetention(IntervalSet(older), rules, answer.now).tooOld;
    verdict.answered = subtracted(trusted(page.range, rules, answer), verdict.tooOld);
    return verdict;
}

/// The part of the page that the answer left open: beyond the outermost row in walking direction.
TimeRange remainderOf(const Page& page, const PageRules& rules, const PageAnswer& answer)
{
    if (answer.rows.empty())
        return page.range;
    if (rules.isBackward)
        return {page.range.from, answer.rows.front().openTime};
    return {rules.grid.next(answer.rows.back().openTime), page.range.to};
}

/// First moment of the bucket that contains @p time.
UtcMs bucketStart(Bucket bucket, UtcMs time)
{
    const auto day = std::chrono::floor<std::chrono::days>(time);
    if (bucket == Bucket::Day)
        return day;
    return std::chrono::sys_days {std::chrono::year_month_day {day}.year() / 1 / 1};
}

UtcMs bucketEnd(Bucket bucket, UtcMs time)
{
    const UtcMs start = bucketStart(bucket, time);
    return bucketStart(bucket, start + (bucket == Bucket::Day ? std::chrono::days {1} : std::chrono::days {366}));
}

} // namespace

IntervalSet barsOf(std::span<const Candle> rows, const Grid& grid)
{
    std::vector<TimeRange> bars;
    for (const Candle& row : rows) {
        const TimeRange bar {row.openTime, grid.next(row.openTime)};
        if (!bars.empty() && bars.back().to == bar.from)
            bars.back().to = bar.to;
        else
            bars.push_back(bar);
    }
    return IntervalSet(std::move(bars));
}

IntervalSet barsOfEvents(std::span<const Candle> rows, const Grid& grid, TimeRange range, milliseconds longestPause)
{
    std::vector<TimeRange> told;
    UtcMs at = range.from;
    for (const Candle& row : rows) {
        told.push_back({row.openTime - at < longestPause ? at : row.openTime, grid.next(row.openTime)});
        at = told.back().to;
    }
    if (range.to - at < longestPause && !rows.empty())
        told.push_back({at, range.to});
    return intersected(IntervalSet(std::move(told)), IntervalSet(range));
}

IntervalSet trustedCoverage(TimeRange spoken, const Grid& grid, std::span<const Candle> rows, UtcMs now)
{
    const UtcMs limit = absenceTrustedBefore(grid, now);
    IntervalSet out(spoken.intersected({spoken.from, limit}));
    const auto young = std::ranges::lower_bound(rows, limit, {}, &Candle::openTime);
    for (auto row = young; row != rows.end(); ++row)
        out.add({row->openTime, grid.next(row->openTime)});
    return out;
}

UtcMs pageEnd(const PageRules& rules, UtcMs from)
{
    const UtcMs end = rules.grid.advance(from, rules.maxRows);
    return rules.bucket == Bucket::None ? end : std::min(end, rules.grid.ceil(bucketEnd(rules.bucket, from)));
}

UtcMs pageStart(const PageRules& rules, UtcMs to)
{
    const UtcMs start = rules.grid.advance(to, -rules.maxRows);
    const UtcMs last = rules.grid.advance(to, -1);
    return rules.bucket == Bucket::None ? start : std::max(start, rules.grid.ceil(bucketStart(rules.bucket, last)));
}

std::vector<Page> cutPages(const IntervalSet& todo, const PageRules& rules)
{
    std::vector<Page> pages;
    if (todo.isEmpty())
        return pages;
    if (rules.isLatestOnly())
        return {Page {todo.hull()}};
    for (const TimeRange& range : todo.ranges()) {
        if (rules.isFromTrades) { // how far a request reaches depends on the trading
            pages.push_back({range});
            continue;
        }
        for (UtcMs from = range.from; from < range.to;) {
            const UtcMs to = std::min(pageEnd(rules, from), range.to);
            pages.push_back({{from, to}});
            from = to;
        }
    }
    return pages;
}

RetentionSplit splitByRetention(const IntervalSet& todo, const PageRules& rules, UtcMs now)
{
    UtcMs oldest = UtcMs::min();
    if (rules.retentionRows)
        oldest = rules.grid.advance(rules.grid.floor(now), -*rules.retentionRows + (rules.includesOpenCandle ? 1 : 0));
    if (rules.retentionAge)
        oldest = std::max(oldest, rules.grid.ceil(now - *rules.retentionAge));
    const IntervalSet past(TimeRange {UtcMs::min(), oldest});
    return {subtracted(todo, past), intersected(todo, past)};
}

UtcMs absenceTrustedBefore(const Grid& grid, UtcMs now)
{
    const milliseconds length = grid.timeframe().length();
    if (length >= 1h)
        return grid.floor(now);
    const milliseconds age = std::max<milliseconds>(2 * length, 5min);
    return grid.next(grid.floor(now - age));
}

PageVerdict judge(const Page& page, const PageRules& rules, const PageAnswer& answer)
{
    if (rules.isLatestOnly())
        return judgeLatest(page, rules, answer);

    PageVerdict verdict;
    const TimeRange remainder = remainderOf(page, rules, answer);
    const bool nothingMore = page.isConfirmation && answer.rows.empty();
    const bool isFull = !answer.rows.empty()
        && answer.decodedRows >= static_cast<std::size_t>(rules.fullAnswer > 0 ? rules.fullAnswer : rules.maxRows);
    const bool isPause = !isFull && remainder.length() < rules.longestPause;
    if (remainder.isEmpty() || answer.spokeBeyond || nothingMore || isPause) {
        verdict.answered = trusted(page.range, rules, answer);
        return verdict;
    }
    verdict.answered = subtracted(trusted(page.range, rules, answer), IntervalSet(remainder));
    // A full answer was cut by its limit: the rest is an ordinary page. A short one must say so twice.
    verdict.follow.push_back({remainder, !isFull});
    return verdict;
}

} // namespace mnemo
