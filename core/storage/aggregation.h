#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "core/storage/store.h"

namespace mnemo {

std::string_view toText(AggregateLevel level); ///< "1h", "1d"
milliseconds bucketLength(AggregateLevel level);
UtcMs bucketOf(UtcMs time, AggregateLevel level); ///< start of the UTC hour or day that holds @p time

/// A series has a level only where its bars are shorter than the level's buckets.
bool hasLevel(Timeframe frame, AggregateLevel level);

/// Adds @p rows to @p buckets, which come to hold at least one row each, ascending. A quarantined row counts in `rows` and
/// `flagged` and is left out of the prices and the volume; in a bucket of quarantined rows alone (rows == flagged) these
/// are 0. `expected` is the number of bars of the grid that open in the bucket. Volumes are added in order of time, so that
/// the same rows always give the same sum.
/// @param rows ascending, after all that @p buckets hold; the first may continue the last bucket
void foldRows(std::vector<Aggregate>& buckets, std::span<const Candle> rows, const Grid& grid, AggregateLevel level);

/// Days out of their hours, by the same rules. This, not a fold of rows, defines the day of a series that has hours.
void foldHours(std::vector<Aggregate>& days, std::span<const Aggregate> hours, const Grid& grid);

} // namespace mnemo
