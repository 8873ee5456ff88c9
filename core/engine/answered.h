#pragma once

#include "core/market/intervalset.h"
#include "core/storage/store.h"

namespace mnemo {

/// Where within @p range the source has spoken. Errors: those of the store.
Result<IntervalSet> answeredIn(StoreReader& reader, SeriesId series, TimeRange range);

} // namespace mnemo
