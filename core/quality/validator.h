#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/quality/rules/blockfacts.h"
#include "core/quality/rules/violations.h"
#include "core/quality/rulesettings.h"

namespace mnemo {

/// Applies rules to the rows of one series, handed in piece by piece: whatever the pieces are, the findings are the
/// same. Rows are judged where they lie; a few thousand are kept to be looked back at. One thread.
template <class Row>
class SeriesValidator {
public:
    /// @param from rows before it are looked back at, not judged
    /// @param cuts for each rule, ascending: times at which a finding ends and another begins; see Violations. May be
    /// empty
    SeriesValidator(std::vector<ActiveRule> rules, const Grid& grid, UtcMs from = UtcMs::min(),
        std::vector<std::vector<UtcMs>> cuts = {});

    /// How long before @p from rows are needed.
    milliseconds lookback() const { return m_lookback; }
    /// @param rows    follow those handed in before
    /// @param context of these rows
    void feed(std::span<const Row> rows, const RuleContext& context);
    void finish(const RuleContext& context); ///< no more rows come

    std::size_t rules() const { return m_rules.size(); }
    const ActiveRule& rule(std::size_t index) const { return m_rules[index]; }
    std::int64_t rowsJudged() const { return m_judged; }
    std::int64_t flagged(std::size_t index) const { return m_violations[index].bars(); } ///< bars in finished findings
    /// Finished findings of one rule, ascending.
    std::vector<RuleFinding> take(std::size_t index) { return m_violations[index].take(); }
    std::size_t finished() const; ///< findings that could be taken
    /// No finding of the rule that begins before this is still to come.
    UtcMs settled(std::size_t index) const;

private:
    std::size_t leaningOnEarlier(std::span<const Row> rows) const;
    void judge(std::span<const Row> rows, std::size_t first, const RuleContext& context);
    void judgePiece(std::span<const Row> rows, std::size_t first, const RuleContext& context);
    void keepTail(std::span<const Row> rows);

    /// Rows: they stay in the processor's cache while all rules look at them.
    static constexpr std::size_t piece = 2048;
    static constexpr std::size_t mostLookedBack = 16'384; ///< rows
    std::vector<ActiveRule> m_rules;
    std::vector<Violations> m_violations;
    Grid m_grid;
    UtcMs m_from;
    milliseconds m_lookback {0};
    std::vector<Row> m_earlier; ///< what is looked back at of the rows handed in before
    std::vector<Row> m_joined; ///< the same and the first of those handed in now
    std::vector<BlockFacts> m_blocks;
    std::int64_t m_judged = 0;
    UtcMs m_next = UtcMs::min(); ///< rows before it were judged
};

extern template class SeriesValidator<Candle>;
extern template class SeriesValidator<OpenInterest>;
extern template class SeriesValidator<Metric>;
using CandleValidator = SeriesValidator<Candle>;
using OpenInterestValidator = SeriesValidator<OpenInterest>;

} // namespace mnemo
