#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/market/candle.h"

namespace mnemo {

/// What one look at some candles in a row tells about all of them, measured once for all rules: a rule that cannot be
/// broken by rows like these passes over the block. With the row before the block, where there is one, taken into account:
/// what holds of the block holds of the steps between its rows and into it.
struct BlockFacts {
    static constexpr std::size_t rows = 64;

    UtcMs first {}, last {}; ///< open times; of the block alone
    bool isOrdered = true; ///< low <= open and close <= high: no price is NaN, and all lie from lowest to highest
    double lowest = 0, highest = 0;
    double leastVolume = 0, largestVolume = 0; ///< NaN where one is NaN, which fails every comparison
    std::int64_t leastTrades = 1, mostTrades = 1; ///< of rows that count them
    bool isSteady = true; ///< each opens one step after the one before
    bool isMoving = true; ///< high above low in every row
    bool doesTurnoverFit = true; ///< volume x low <= turnover <= volume x high, or no turnover is stated
    bool hasQuarantined = false;
};

/// Facts about blocks of @p rows from @p begin on; the last block may be shorter. Takes the place of @p facts.
void measureBlocks(std::span<const Candle> rows, std::size_t begin, milliseconds step, std::vector<BlockFacts>& facts);

} // namespace mnemo
