#pragma once

#include <optional>
#include <span>
#include <vector>

#include "core/market/candle.h"
#include "core/market/grid.h"
#include "core/market/intervalset.h"

namespace mnemo {

/// True where every bar of @p coarse consists of whole bars of @p fine.
bool nests(const Grid& fine, const Grid& coarse);

/// The coarser bars that finer ones make: the first's open, the last's close, sums of the volumes. A quote volume or
/// trade count is there where all parts have one; flags are those of any part.
/// @param rows     ascending, unique, on @p fine
/// @param answered where the source has spoken about @p fine: what has no row there had no trades
/// @return bars of @p coarse all of whose parts are rows or answered, and at least one is a row; ascending
/// Pure, O(rows + answered).
std::vector<Candle> rolledUp(
    std::span<const Candle> rows, const Grid& fine, const Grid& coarse, const IntervalSet& answered = {});

} // namespace mnemo
