#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "core/quality/compare.h"
#include "ui/chart/chartsource.h"

namespace mnemo {

/// The comparison of two stored series, bar by bar (Engine::differences).
using FindDifferences = std::function<Result<std::vector<BarDifference>>(TimeRange)>;

// These wait for the store: worker threads only.

/// The timeframe at which two series are compared: the longer one.
Timeframe comparedFrame(const ComparedPair& pair);
/// One tile of differences; where it holds very many bars, of the closes of the level's bars alone.
Result<ChartTile> readDifferenceTile(StoreReader& reader, const FindDifferences& differences, const ComparedPair& pair,
    const TileCache::Request& request);
/// The nearest bar beyond its limit that opens later or earlier than @p from. Reads in growing windows.
Result<std::optional<BarDifference>> searchBreach(
    const FindDifferences& differences, const ComparedPair& pair, TimeRange extent, UtcMs from, bool isLater);
/// A line a bar: open_time (ms), close_bp, open_bp, high_bp, low_bp (first less second, in basis points of the second),
/// volume_ratio, basis_bp, limit_bp, ohl_limit_bp, beyond (0 or 1), only_in (first or second). @return lines
Result<std::int64_t> writeDifferences(
    const FindDifferences& differences, const ComparedPair& pair, TimeRange range, const QString& file);

} // namespace mnemo
