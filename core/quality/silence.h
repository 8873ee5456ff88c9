#pragma once

#include <span>
#include <vector>

#include "core/quality/indexedseries.h"
#include "core/quality/outagebook.h"

namespace mnemo {

/// Outages of one venue that its own series show; see OutageRules. Only absence about which the source has answered
/// counts, and only in candles. Of an instrument with several frames the finest one speaks that is known on the day.
/// Rows are read for the days on which enough instruments lack bars.
/// @param group series of one source, exchange and market, counted with listed outages alone
/// @return sorted, disjoint. Errors: those of the store.
Result<std::vector<InferredOutage>> inferOutages(
    StoreReader& reader, std::span<const IndexedSeries* const> group, const OutageRules& rules);

/// An instrument is liquid on a day if it has every bar on most of the days around, the day itself left out. Days of
/// which nothing is known do not count; where fewer than half as many as wanted are known, nothing is said: false.
bool isLiquid(const IndexedSeries& series, DayNumber day, const OutageRules& rules);

} // namespace mnemo
