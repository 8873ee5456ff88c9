#pragma once

#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "core/config/comparesettings.h"
#include "core/quality/compare.h"
#include "core/storage/store.h"

namespace mnemo {

/// Two to eight stored series of one instrument, to be held against each other.
struct CompareRequest {
    std::vector<SeriesKey> series; ///< a finer timeframe than the one below is rolled up; the first is the subject
    Timeframe timeframe {};
    std::optional<UtcMs> from, to; ///< bars that open in between; left out: where at least two of them hold rows
    bool allowsUnlike = false; ///< spot with linear, USD with USDT, ...: what is usual is the basis then
};

/// Bars done of all that the range has; called on the caller's thread, about twenty times a second at most.
using CompareProgress = std::function<void(std::int64_t done, std::int64_t total)>;

/// Reads both sides once, in memory that does not grow with the range: about 3 MiB for each series.
/// @param each findings as they are completed; may be null
/// Errors: NotFound (a series, or no bars in common range), InvalidArgument (fewer than two, twice the same, unlike
/// ones, a coarser timeframe), Cancelled, those of the store.
Result<CompareReport> compareStored(Store& store, const CompareRequest& request, const CompareSettings& settings,
    const std::function<Result<void>(std::vector<CompareFinding>)>& each, std::stop_token stop,
    const CompareProgress& progress);

/// The bars of two series with their differences, for a chart's overlay: both ends must be stated. The same
/// verdicts as compareStored() gives them. Errors: as compareStored().
Result<std::vector<BarDifference>> differencesStored(
    Store& store, const CompareRequest& request, const CompareSettings& settings, std::stop_token stop);

} // namespace mnemo
