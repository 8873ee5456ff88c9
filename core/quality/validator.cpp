#include "core/quality/validator.h"

#include <algorithm>

namespace mnemo {

namespace {

UtcMs timeOf(const Candle& row)
{
    return row.openTime;
}
UtcMs timeOf(const OpenInterest& row)
{
    return row.time;
}
UtcMs timeOf(const Metric& row)
{
    return row.time;
}

void check(const Rule& rule, const CandleInput& input, Violations& out)
{
    if (rule.checkCandles)
        rule.checkCandles(input, out);
}
void check(const Rule& rule, const OpenInterestInput& input, Violations& out)
{
    if (rule.checkOpenInterest)
        rule.checkOpenInterest(input, out);
}
void check(const Rule& rule, const MetricInput& input, Violations& out)
{
    if (rule.checkMetrics)
        rule.checkMetrics(input, out);
}

// one call of rules costs little, so that they measure nothing of other kinds
void measure(std::span<const Candle> rows, std::size_t first, const Grid& grid, std::vector<BlockFacts>& blocks)
{
    measureBlocks(rows, first, grid.timeframe().length(), blocks);
}
template <class Row>
void measure(std::span<const Row>, std::size_t, const Grid&, std::vector<BlockFacts>&)
{
}

} // namespace

template <class Row>
SeriesValidator<Row>::SeriesValidator(
    std::vector<ActiveRule> rules, const Grid& grid, UtcMs from, std::vector<std::vector<UtcMs>> cuts)
    : m_rules(std::move(rules))
    , m_grid(grid)
    , m_from(from)
    , m_next(from)
{
    cuts.resize(m_rules.size());
    int bars = 1;
    for (std::size_t i = 0; i < m_rules.size(); ++i) {
        const ActiveRule& active = m_rules[i];
        m_violations.emplace_back(active.rule->info, active.severity, grid, std::move(cuts[i]));
        if (active.rule->lookback)
            bars = std::max(bars, active.rule->lookback(active.thresholds));
    }
    m_lookback = grid.timeframe().length() * bars;
}

template <class Row>
void SeriesValidator<Row>::feed(std::span<const Row> rows, const RuleContext& context)
{
    if (rows.empty())
        return;
    const std::size_t joined = m_earlier.empty() ? 0 : leaningOnEarlier(rows);
    if (joined > 0) {
        m_joined.assign(m_earlier.begin(), m_earlier.end());
        m_joined.insert(m_joined.end(), rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(joined));
        judge(m_joined, m_earlier.size(), context);
    }
    judge(rows, joined, context);
    keepTail(joined == rows.size() ? std::span<const Row>(m_joined) : rows);
}

/// How many of @p rows look back at more than the rows before them in it.
template <class Row>
std::size_t SeriesValidator<Row>::leaningOnEarlier(std::span<const Row> rows) const
{
    const auto far = rows.first(std::min(rows.size(), mostLookedBack));
    const auto first = std::ranges::find_if(
        far, [from = timeOf(rows.front()) + m_lookback](const Row& row) { return timeOf(row) > from; });
    return static_cast<std::size_t>(first - far.begin());
}

template <class Row>
void SeriesValidator<Row>::judge(std::span<const Row> rows, std::size_t first, const RuleContext& context)
{
    while (first < rows.size() && timeOf(rows[first]) < m_from)
        ++first;
    for (; first < rows.size(); first += std::min(piece, rows.size() - first)) {
        const std::size_t begin = first > mostLookedBack ? first - mostLookedBack : 0;
        const std::size_t end = std::min(first + piece, rows.size());
        judgePiece(rows.subspan(begin, end - begin), first - begin, context);
    }
}

template <class Row>
void SeriesValidator<Row>::judgePiece(std::span<const Row> rows, std::size_t first, const RuleContext& context)
{
    measure(rows, first, m_grid, m_blocks);
    for (std::size_t i = 0; i < m_rules.size(); ++i)
        check(*m_rules[i].rule, RuleInput<Row> {rows, first, context, m_rules[i].thresholds, m_blocks}, m_violations[i]);
    m_judged += static_cast<std::int64_t>(rows.size() - first);
    m_next = std::max(m_next, timeOf(rows.back()) + milliseconds {1});
}

/// Rows that may be out of order are kept by their place, not by a search.
template <class Row>
void SeriesValidator<Row>::keepTail(std::span<const Row> rows)
{
    const UtcMs oldest = timeOf(rows.back()) - m_lookback;
    std::size_t from = rows.size() - 1;
    while (from > 0 && timeOf(rows[from - 1]) >= oldest && rows.size() - from < mostLookedBack)
        --from;
    from -= from > 0 ? 1 : 0; // the row before them
    m_earlier.assign(rows.begin() + static_cast<std::ptrdiff_t>(from), rows.end());
}

template <class Row>
void SeriesValidator<Row>::finish(const RuleContext& context)
{
    for (std::size_t i = 0; i < m_rules.size(); ++i) {
        if (m_rules[i].rule->checkSeries)
            m_rules[i].rule->checkSeries(context, m_rules[i].thresholds, m_violations[i]);
        m_violations[i].finish();
    }
    m_next = UtcMs::max();
}

template <class Row>
std::size_t SeriesValidator<Row>::finished() const
{
    std::size_t count = 0;
    for (const Violations& violations : m_violations)
        count += violations.finished();
    return count;
}

template <class Row>
UtcMs SeriesValidator<Row>::settled(std::size_t index) const
{
    return std::min(m_next, m_violations[index].unfinished());
}

template class SeriesValidator<Candle>;
template class SeriesValidator<OpenInterest>;
template class SeriesValidator<Metric>;

} // namespace mnemo
