#include "core/ingest/listingsearch.h"

#include <algorithm>

#include "core/ingest/pagewalk.h"

namespace mnemo {

namespace {

/// No exchange is older: the first one opened in March 2010.
constexpr UtcMs earliest = std::chrono::sys_days {std::chrono::year {2010} / 1 / 1};

} // namespace

ListingSearch::ListingSearch(Timeframe own, std::vector<PageRules> rules, UtcMs before)
    : m_own(own)
    , m_rules(std::move(rules))
    , m_low(earliest)
    , m_high(before)
{
    std::erase_if(m_rules, [own](const PageRules& r) { return r.walk == Walk::Recent || r.grid.timeframe() < own; });
    std::ranges::sort(m_rules, std::greater {}, [](const PageRules& r) { return r.grid.timeframe(); });
    const PageRules* mine = rulesOf(own);
    if (!mine || m_high <= m_low)
        return;
    if (mine->canAskOldest)
        m_question = Question {true, own, {}};
    else
        bisect();
}

const PageRules* ListingSearch::rulesOf(Timeframe frame) const
{
    const auto found = std::ranges::find(m_rules, frame, [](const PageRules& r) { return r.grid.timeframe(); });
    return found == m_rules.end() ? nullptr : &*found;
}

/// Asks the middle window of what is left, on the coarsest frame; the whole of it where that fits.
void ListingSearch::bisect()
{
    m_question.reset();
    if (m_rules.empty())
        return;
    const PageRules& coarse = m_rules.front();
    const Grid& grid = coarse.grid;
    const UtcMs from = grid.floor(m_low);
    const std::int64_t bars = grid.count({from, grid.ceil(m_high)});
    if (bars <= 0)
        return;
    const std::int64_t windows = (bars + coarse.maxRows - 1) / coarse.maxRows;
    const UtcMs start = grid.advance(from, windows / 2 * coarse.maxRows);
    m_question = Question {false, grid.timeframe(), {start, std::min(pageEnd(coarse, start), grid.ceil(m_high))}};
}

/// The first own bar lies in @p within: asks the coarsest frame below @p coarse that shows all of it in one answer.
void ListingSearch::refine(TimeRange within, Timeframe coarse)
{
    m_low = within.from;
    m_high = within.to;
    m_candidate.reset();
    for (const PageRules& rules : m_rules) {
        if (rules.grid.timeframe() >= coarse)
            continue; // weeks and months do not nest: asking upwards would go in circles
        const TimeRange range {rules.grid.floor(within.from), rules.grid.ceil(within.to)};
        const auto bars = rules.grid.count(range);
        if (bars > 1 && range.to <= pageEnd(rules, range.from)) {
            m_question = Question {false, rules.grid.timeframe(), range};
            return;
        }
    }
    // no frame divides it further: the start of the coarse bar is the best that can be known
    found(rulesOf(m_own)->grid.ceil(within.from));
}

void ListingSearch::answered(std::optional<UtcMs> first)
{
    const Question asked = *m_question;
    const Grid& grid = rulesOf(asked.frame)->grid;
    if (asked.isOldest) {
        m_question.reset();
        if (first)
            found(grid.floor(*first));
        return;
    }
    if (first)
        m_candidate = grid.floor(*first);
    // a row at the very start of the window may have older ones before it
    if (first && (*m_candidate > asked.range.from || asked.range.from <= m_low))
        m_low = m_high = *m_candidate;
    else if (first)
        m_high = *m_candidate;
    else
        m_low = asked.range.to;
    if (m_low < m_high)
        bisect();
    else if (m_candidate && asked.frame == m_own)
        found(*m_candidate);
    else if (m_candidate)
        refine({*m_candidate, grid.next(*m_candidate)}, asked.frame);
    else
        m_question.reset();
}

void ListingSearch::found(UtcMs listing)
{
    m_question.reset();
    m_listing = listing;
}

void ListingSearch::failed()
{
    const PageRules* mine = rulesOf(m_own);
    if (m_question && m_question->isOldest && mine) {
        bisect();
        return;
    }
    m_question.reset();
}

} // namespace mnemo
