#pragma once

#include <cstdint>
#include <stop_token>

#include "core/base/clock.h"
#include "core/ingest/writer.h"
#include "core/market/serieskey.h"
#include "core/market/timerange.h"
#include "core/storage/store.h"

namespace mnemo {

struct DerivedBars {
    SeriesKey series;        ///< the coarser one
    std::int64_t rows = 0;   ///< written
    TimeRange stored;        ///< hull of them
};

/// Rolls stored candles up to a coarser frame and stores them in its series, route `derived`, for what reads the store by itself;
/// rolledreading.h makes the same bars while reading. They have no coverage: the source is still asked for its own, which then
/// take their place. Nothing is written where the source was asked before: its bars are not mixed with others.
/// A bar is made where all of its parts are stored or answered.
/// Works in pieces of at most about 50,000 fine bars, each stored whole.
/// Errors: NotFound (no such series), InvalidArgument (no candles, the frame does not consist of whole bars), Cancelled,
/// those of the store.
Result<DerivedBars> deriveBars(Store& store, Writer& writer, const Clock& clock, const SeriesKey& from, Timeframe to, TimeRange range,
    std::stop_token stop);

} // namespace mnemo
