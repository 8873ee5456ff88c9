#pragma once

#include <algorithm>
#include <cmath>

#include "core/quality/rules/blockfacts.h"
#include "core/quality/rules/rule.h"
#include "core/quality/rules/violations.h"
#include "core/quality/rules/words.h"

namespace mnemo::checks {

// The arithmetic of rules that look at one row: here once, for rows that come and for rows that are stored.

inline bool isFinite(const Candle& bar)
{
    // one sum instead of five questions: it is finite where all are, but for values that overflow together
    const double sum = bar.open + bar.high + bar.low + bar.close + bar.volume;
    return std::isfinite(sum)
        || (std::isfinite(bar.open) && std::isfinite(bar.high) && std::isfinite(bar.low) && std::isfinite(bar.close)
            && std::isfinite(bar.volume));
}
inline bool hasFiniteOptionals(const Candle& bar)
{
    return !bar.quoteVolume || std::isfinite(*bar.quoteVolume);
}
inline bool isLowLowest(const Candle& bar)
{
    return bar.low <= std::min(bar.open, bar.close);
}
inline bool isHighHighest(const Candle& bar)
{
    return bar.high >= std::max(bar.open, bar.close);
}
inline bool arePricesPositive(const Candle& bar)
{
    return bar.open > 0 && bar.high > 0 && bar.low > 0 && bar.close > 0;
}
inline bool isVolumeSane(const Candle& bar)
{
    return bar.volume >= 0 && bar.quoteVolume.value_or(0) >= 0 && bar.trades.value_or(0) >= 0;
}
inline bool isQuarantined(const Candle& bar)
{
    return (bar.flags & Quarantined) != 0;
}

/// Hands the index of every row that is to be judged to @p each, but for those of blocks of which @p cannotBreak says that
/// none of their rows can break the rule.
template <class CannotBreak, class Each>
void eachDoubtful(const CandleInput& input, const CannotBreak& cannotBreak, const Each& each)
{
    std::size_t row = input.first;
    for (const BlockFacts& block : input.blocks) {
        const std::size_t end = std::min(row + BlockFacts::rows, input.rows.size());
        if (cannotBreak(block)) [[likely]]
            row = end;
        for (; row < end; ++row)
            each(row);
    }
    for (; row < input.rows.size(); ++row)
        each(row);
}

/// A check that adds every row that @p isGood denies; @p why says what is wrong with the first of a run.
template <class CannotBreak, class IsGood, class Why>
void eachRow(const CandleInput& input, Violations& out, const CannotBreak& cannotBreak, const IsGood& isGood, const Why& why)
{
    eachDoubtful(input, cannotBreak, [&](std::size_t row) {
        const Candle& bar = input.rows[row];
        if (isGood(bar)) [[likely]]
            return;
        if (out.add(bar.openTime))
            out.say(why(bar), words::first(bar));
    });
}

/// No price of the block is more than @p factor times another.
inline bool isWithin(const BlockFacts& block, double factor)
{
    return block.isOrdered && block.lowest > 0 && block.highest <= block.lowest * factor;
}

} // namespace mnemo::checks
