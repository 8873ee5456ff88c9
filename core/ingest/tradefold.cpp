#include "core/ingest/tradefold.h"

#include <algorithm>

#include "core/ingest/pagewalk.h"

namespace mnemo {

namespace {

bool isEarlier(const Trade& a, const Trade& b)
{
    return a.time < b.time;
}

/// Of ids that count: within one moment the smaller number is the earlier trade.
bool isSmaller(const Trade& a, const Trade& b)
{
    return a.time != b.time ? a.time < b.time : a.id.size() != b.id.size() ? a.id.size() < b.id.size() : a.id < b.id;
}

bool holds(const std::vector<Trade>& trades, const std::string& id)
{
    return std::ranges::find(trades, id, &Trade::id) != trades.end();
}

bool isFull(const PageRules& rules, const DecodedTrades& answer)
{
    return answer.decodedRows >= static_cast<std::size_t>(rules.maxRows);
}

constexpr UtcMs earliest = std::chrono::sys_days {std::chrono::year {2010} / 1 / 1}; // no exchange is older

} // namespace

TradeFold::TradeFold(PageRules rules, IntervalSet wanted)
    : m_rules(std::move(rules))
    , m_wanted(std::move(wanted))
{
}

void TradeFold::want(const IntervalSet& bars)
{
    m_wanted = united(m_wanted, bars);
}

TradeVerdict TradeFold::add(const TradePage& page, DecodedTrades answer, UtcMs now)
{
    TradeVerdict verdict;
    verdict.known = claim(page, answer, now, verdict);
    const bool isCut = m_rules.walk == Walk::Recent && isFull(m_rules, answer);
    keep(std::move(answer.rows), verdict.known);
    m_known.add(verdict.known);
    complete(verdict, now);
    if (isCut) // and nobody can ask for what is older
        verdict.tooOld = intersected(m_wanted, IntervalSet(TimeRange {earliest, m_rules.grid.ceil(verdict.known.from)}));
    return verdict;
}

std::optional<Candle> TradeFold::running() const
{
    if (m_known.ranges().empty())
        return std::nullopt;
    const TimeRange newest = m_known.ranges().back();
    const UtcMs open = m_rules.grid.floor(newest.to);
    if (newest.from > open)
        return std::nullopt;
    const auto at = [&](UtcMs time) { return std::ranges::lower_bound(m_open, time, {}, &Trade::time); };
    const auto bars = foldTrades(std::span<const Trade>(at(open), at(m_rules.grid.next(open))), m_rules.grid);
    return bars.empty() ? std::nullopt : std::optional(bars.front());
}

/// The times whose trades this answer, with what is kept of earlier ones, holds all of. Where a page was cut, the trades
/// of its last moment may be cut too: that moment is not known yet.
TimeRange TradeFold::claim(const TradePage& page, const DecodedTrades& answer, UtcMs now, TradeVerdict& verdict)
{
    switch (m_rules.walk) {
    case Walk::Recent:
        return claimRecent(answer, now);
    case Walk::Cursor:
        return claimOlder(page, answer, now, verdict);
    case Walk::Pages:
        break;
    }
    return claimRange(page, answer, now, verdict);
}

TimeRange TradeFold::claimRecent(const DecodedTrades& answer, UtcMs now) const
{
    const UtcMs until = now - m_rules.delay;
    if (m_rules.retentionAge && !isFull(m_rules, answer)) // all of this age is there
        return {now - *m_rules.retentionAge, until};
    return answer.rows.empty() ? TimeRange {} : TimeRange {answer.rows.front().time + m_rules.instant, until};
}

TimeRange TradeFold::claimOlder(const TradePage& page, const DecodedTrades& answer, UtcMs now, TradeVerdict& verdict)
{
    // asked from above an edge, it comes again; the answer may reach further runs too
    const auto joined = std::stable_partition(m_edges.begin(), m_edges.end(),
        [&](const Trade& edge) { return page.cursor != edge.id && !holds(answer.rows, edge.id); });
    verdict.joins = joined != m_edges.end();
    if (page.cursor.empty() || !verdict.joins) {
        if (answer.rows.empty())
            return {};
        m_edges.push_back(answer.rows.front());
        const UtcMs until = page.cursor.empty() ? now - m_rules.delay : answer.rows.back().time;
        return {answer.rows.front().time + m_rules.instant, until};
    }
    const Trade edge = *std::max_element(joined, m_edges.end(), isEarlier);
    m_edges.erase(joined, m_edges.end());
    verdict.isNew = !answer.rows.empty() && answer.rows.front().id != edge.id;
    m_edges.push_back(verdict.isNew ? answer.rows.front() : edge);
    if (verdict.isNew)
        return {answer.rows.front().time + m_rules.instant, edge.time + m_rules.instant};
    if (!page.isConfirmation)
        return {};
    m_beginning = edge.time;
    return {earliest, edge.time + m_rules.instant};
}

TimeRange TradeFold::claimRange(const TradePage& page, const DecodedTrades& answer, UtcMs now, TradeVerdict& verdict) const
{
    const TimeRange whole = page.range.intersected({page.range.from, now - m_rules.delay});
    std::optional<UtcMs> first, last;
    bool spokeBeyond = false;
    for (const Trade& trade : answer.rows) {
        if (whole.contains(trade.time)) {
            first = first.value_or(trade.time);
            last = trade.time;
        } else if (m_rules.isBackward ? trade.time < whole.from : trade.time >= whole.to) {
            spokeBeyond = true;
        }
    }
    const bool isNothingNew = !first || (m_rules.isBackward ? *first + m_rules.instant >= whole.to : *last <= whole.from);
    verdict.isWhole = (isNothingNew && page.isConfirmation && !isFull(m_rules, answer)) || (spokeBeyond && first);
    if (verdict.isWhole)
        return whole;
    if (!first)
        return {};
    return m_rules.isBackward ? TimeRange {*first + m_rules.instant, whole.to} : TimeRange {whole.from, *last};
}

/// Keeps what may be needed: trades of the claimed times, and for a walk by cursor also those of its outermost moments, of
/// which the next answer brings the rest.
void TradeFold::keep(std::vector<Trade> trades, TimeRange claimed)
{
    std::erase_if(trades, [&](const Trade& trade) {
        if (m_known.contains(trade.time) || (m_rules.walk != Walk::Cursor && !claimed.contains(trade.time)))
            return true;
        const auto [begin, end] = std::equal_range(m_open.begin(), m_open.end(), trade, isEarlier);
        return !trade.id.empty() && std::any_of(begin, end, [&](const Trade& kept) { return kept.id == trade.id; });
    });
    // else walks by cursor go backwards: of one moment, the answer that comes later holds the earlier trades
    const auto isOlder = m_rules.hasCountingIds ? isSmaller : isEarlier;
    std::ranges::stable_sort(trades, isOlder);
    const auto middle = static_cast<std::ptrdiff_t>(trades.size());
    m_open.insert(m_open.begin(), std::make_move_iterator(trades.begin()), std::make_move_iterator(trades.end()));
    std::inplace_merge(m_open.begin(), m_open.begin() + middle, m_open.end(), isOlder);
}

void TradeFold::complete(TradeVerdict& verdict, UtcMs now)
{
    const Grid& grid = m_rules.grid;
    IntervalSet bars;
    for (const TimeRange& known : m_known.ranges())
        bars.add({grid.ceil(known.from), grid.floor(known.to)});
    const IntervalSet fresh = subtracted(bars, m_done);
    const auto at = [&](UtcMs time) { return std::ranges::lower_bound(m_open, time, {}, &Trade::time); };
    const IntervalSet wanted = intersected(fresh, m_wanted);
    for (const TimeRange& range : wanted.ranges()) {
        const auto rows = foldTrades(std::span<const Trade>(at(range.from), at(range.to)), grid);
        verdict.answered = united(verdict.answered, trustedCoverage(range, grid, rows, now));
        verdict.rows.insert(verdict.rows.end(), rows.begin(), rows.end());
    }
    for (const TimeRange& range : fresh.ranges())
        m_open.erase(at(range.from), at(range.to));
    m_done = united(m_done, fresh);
    if (m_beginning) {
        const IntervalSet unborn(TimeRange {earliest, grid.floor(*m_beginning)});
        (m_rules.retentionAge ? verdict.tooOld : verdict.unlisted) = intersected(verdict.answered, unborn);
        verdict.answered = subtracted(verdict.answered, unborn);
    }
}

} // namespace mnemo
