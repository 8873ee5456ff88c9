#pragma once

#include "core/ingest/writer.h"
#include "core/storage/store.h"

namespace mnemo {

/// The bars of another series that would take the place of a finding's. Errors: NotFound (no such finding or series, no
/// bars there), InvalidArgument (another instrument, kind, timeframe or anchor, a series in its own place); the
/// store's.
Result<std::vector<Candle>> replacementRows(StoreReader& reader, FindingId finding, const SeriesKey& from);

/// Raises the finding "by_hand" over @p bars of @p series: what a person decides about has to be one. The same bars
/// give the same finding. Errors: NotFound, InvalidArgument (not on the grid); the store's.
Result<FindingId> raiseByHand(StoreReader& reader, Writer& writer, const SeriesKey& series, TimeRange bars, UtcMs at);

} // namespace mnemo
