#include "core/ingest/tradewalk.h"

#include <algorithm>
#include <charconv>

#include "core/base/timetext.h"

namespace mnemo {

namespace {

/// Guesses are as good as trading is even; after so many the walk begins at the nearest that was found.
constexpr int mostSeeks = 16;

/// 0 for what is no number.
std::int64_t numberOf(const std::string& id)
{
    std::int64_t number = 0;
    const auto [end, ec] = std::from_chars(id.data(), id.data() + id.size(), number);
    return ec == std::errc {} && end == id.data() + id.size() ? number : 0;
}

} // namespace

TradeWalk::TradeWalk(const PageRules& rules, IntervalSet todo)
    : m_rules(rules)
    , m_hull(todo.hull())
    , m_fold(rules, todo)
{
    m_holes.assign(todo.ranges().begin(), todo.ranges().end());
    if (rules.isBackward || rules.walk == Walk::Cursor)
        std::ranges::reverse(m_holes);
    begin();
}

/// What one request may ask for of the hole, from @p from on in walking order.
TimeRange TradeWalk::piece(UtcMs from) const
{
    const milliseconds most = m_rules.longestRange.value_or(m_hull.length());
    return m_rules.isBackward ? TimeRange {std::max(m_hole.from, from - most), from} : TimeRange {from, std::min(m_hole.to, from + most)};
}

void TradeWalk::begin()
{
    m_next.reset();
    m_hole = {};
    while (!m_holes.empty() && isHoleFilled()) {
        m_hole = m_holes.front();
        m_holes.pop_front();
    }
    if (isHoleFilled())
        return;
    if (m_rules.walk == Walk::Recent)
        m_holes.clear();
    if (m_rules.walk == Walk::Pages) {
        m_next = TradePage {piece(m_rules.isBackward ? m_hole.to : m_hole.from), {}, false};
        return;
    }
    const Trade* edge = m_fold.edge();
    m_isSeeking = m_rules.walk == Walk::Cursor && m_rules.hasCountingIds;
    m_next = TradePage {m_hull, edge != nullptr && !m_isSeeking ? edge->id : std::string(), false};
    m_seeks = 0;
    m_above.reset();
    m_below.reset();
}

Result<TradeVerdict> TradeWalk::answered(const TradePage& page, const DecodedTrades& answer, UtcMs now)
{
    const bool isFull = answer.decodedRows >= static_cast<std::size_t>(m_rules.maxRows);
    TradeFold fold = m_fold; // an answer that is refused leaves no trace
    TradeVerdict verdict = fold.add(page, answer, now);
    if (m_rules.walk == Walk::Cursor && !verdict.joins && !page.cursor.empty() && !m_isSeeking)
        return fail(ErrorCode::BadAnswer, "the trades older than " + page.cursor + " do not go on where the page before ended");
    if (m_rules.walk == Walk::Pages && isFull && verdict.known.isEmpty() && !answer.rows.empty())
        return fail(ErrorCode::BadAnswer,
            "more trades at " + formatIso(answer.rows.front().time) + " than one page holds (" + std::to_string(m_rules.maxRows) + ")");
    m_fold = std::move(fold);
    if (m_rules.walk == Walk::Recent)
        begin();
    else if (m_rules.walk == Walk::Pages)
        goOnByTime(page, verdict, isFull);
    else if (m_isSeeking)
        seek(page, answer);
    else
        goOnOlder(page, answer, verdict.isNew || page.cursor.empty());
    return verdict;
}

void TradeWalk::goOnByTime(const TradePage& page, const TradeVerdict& verdict, bool isFull)
{
    TimeRange rest = page.range;
    if (verdict.isWhole)
        (m_rules.isBackward ? rest.to : rest.from) = m_rules.isBackward ? rest.from : rest.to;
    else if (!verdict.known.isEmpty())
        (m_rules.isBackward ? rest.to : rest.from) = m_rules.isBackward ? verdict.known.from : verdict.known.to;
    const UtcMs reached = m_rules.isBackward ? rest.to : rest.from;
    if (!rest.isEmpty())
        m_next = TradePage {rest, {}, !isFull};
    else if (m_rules.isBackward ? reached > m_hole.from : reached < m_hole.to)
        m_next = TradePage {piece(reached), {}, false};
    else {
        m_hole = {};
        begin();
    }
}

void TradeWalk::goOnOlder(const TradePage& page, const DecodedTrades& answer, bool isNew)
{
    const Trade* edge = m_fold.edge();
    const bool isPassed = edge != nullptr && edge->time < m_hole.from && m_fold.known().contains(m_hole.from);
    if (edge == nullptr || (page.isConfirmation && !isNew)) // the venue has nothing older
        m_holes.clear();
    else if (!isHoleFilled() && !isPassed) {
        // from above the edge where that can be: the answer must then begin with it
        const std::string& above = answer.rows.size() > 1 ? answer.rows[1].id : edge->id;
        m_next = TradePage {m_hull, isNew ? above : page.cursor, !isNew};
        return;
    }
    m_hole = {};
    begin();
}

/// Nearer and nearer to the end of the hole, which the answer must reach from above.
void TradeWalk::seek(const TradePage& page, const DecodedTrades& answer)
{
    const UtcMs target = m_hole.to;
    const bool isFirst = page.cursor.empty();
    Mark newest {numberOf(page.cursor), {}};
    if (!answer.rows.empty())
        newest = {numberOf(answer.rows.back().id), answer.rows.back().time};
    const bool isAbove = newest.time > target && newest.id > 0;
    if (isAbove)
        m_above = newest;
    else if (!isFirst)
        m_below = newest;
    const bool isThere = isAbove ? answer.rows.front().time <= target || m_seeks > mostSeeks : isFirst;
    if (isThere || !m_above) {
        m_isSeeking = false;
        goOnOlder(page, answer, true);
        return;
    }
    const bool isNear = m_below && m_above->id - m_below->id <= m_rules.maxRows;
    if (++m_seeks >= mostSeeks || isNear)
        m_seeks = mostSeeks + 1; // the next one is taken as it comes
    m_next = TradePage {m_hull, std::to_string(m_seeks > mostSeeks ? m_above->id + 1 : guess(answer)), false};
}

/// The id near which the target lies, if trading is even; half a page above it.
std::int64_t TradeWalk::guess(const DecodedTrades& answer) const
{
    const auto ms = [](milliseconds length) { return static_cast<double>(std::max<std::int64_t>(1, length.count())); };
    if (m_below && m_below->time == UtcMs {}) // before the first trade there was
        return m_below->id + (m_above->id - m_below->id) / 2;
    double rate = 1;
    if (m_below)
        rate = static_cast<double>(m_above->id - m_below->id) / ms(m_above->time - m_below->time);
    else if (!answer.rows.empty())
        rate = static_cast<double>(m_above->id - numberOf(answer.rows.front().id))
            / ms(m_above->time - answer.rows.front().time);
    const double back = rate * ms(m_above->time - m_hole.to);
    const std::int64_t low = m_below ? m_below->id + 1 : 1;
    const auto wanted = m_above->id - static_cast<std::int64_t>(std::min(back, 1e15)) + m_rules.maxRows / 2;
    return std::clamp(wanted, std::min(low, m_above->id - 1), m_above->id - 1);
}

IntervalSet TradeWalk::gaveUp()
{
    const IntervalSet left = intersected(m_fold.open(), IntervalSet(m_hole));
    m_hole = {};
    begin();
    return left;
}

} // namespace mnemo
