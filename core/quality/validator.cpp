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
    m_rows.reserve(piece * 2);
}

template <class Row>
void SeriesValidator<Row>::feed(std::span<const Row> rows, const RuleContext& context)
{
    while (!rows.empty()) {
        const auto part = rows.first(std::min(rows.size(), piece));
        rows = rows.subspan(part.size());
        m_rows.insert(m_rows.end(), part.begin(), part.end());
        judge(context);
    }
}

template <class Row>
void SeriesValidator<Row>::judge(const RuleContext& context)
{
    while (m_first < m_rows.size() && timeOf(m_rows[m_first]) < m_from)
        ++m_first;
    if (m_first < m_rows.size()) {
        for (std::size_t i = 0; i < m_rules.size(); ++i)
            check(*m_rules[i].rule, RuleInput<Row> {m_rows, m_first, context, m_rules[i].thresholds}, m_violations[i]);
        m_judged += static_cast<std::int64_t>(m_rows.size() - m_first);
        m_next = std::max(m_next, timeOf(m_rows.back()) + milliseconds {1});
    }
    // rows that may be out of order are kept by their place, not by a search
    const UtcMs oldest = timeOf(m_rows.back()) - m_lookback;
    auto keep = m_rows.end() - 1;
    while (keep != m_rows.begin() && timeOf(*(keep - 1)) >= oldest
        && m_rows.end() - keep < static_cast<std::ptrdiff_t>(piece) * 4)
        --keep;
    if (keep != m_rows.begin())
        --keep; // the row before them
    m_rows.erase(m_rows.begin(), keep);
    m_first = m_rows.size();
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

} // namespace mnemo
