#pragma once

#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/config/comparesettings.h"
#include "core/ingest/writer.h"
#include "core/quality/compare.h"
#include "core/storage/store.h"

namespace mnemo {

/// Two to eight stored series of one instrument, to be held against each other: candles, or open interest.
struct CompareRequest {
    /// A finer timeframe than the one below is rolled up, of open interest the row at the time is taken; the first is the
    /// subject.
    std::vector<SeriesKey> series;
    Timeframe timeframe {};
    std::optional<UtcMs> from, to; ///< bars that open in between; left out: where at least two of them hold rows
    bool allowsUnlike = false; ///< spot with linear, USD with USDT, ...: what is usual is the basis then
};

/// Bars done of all that the range has; called on the caller's thread, about twenty times a second at most.
using CompareProgress = std::function<void(std::int64_t done, std::int64_t total)>;

/// Takes findings as they are completed, and until when they are: those that begin before have all been handed over.
using CompareSink = std::function<Result<void>(std::vector<CompareFinding>, UtcMs settled)>;

/// Reads both sides once, in memory that does not grow with the range: about 3 MiB for each series.
/// @param each after every window; may be null
/// Errors: NotFound (a series, or no bars in common range), InvalidArgument (fewer than two, twice the same, unlike
/// ones, a coarser timeframe), Cancelled, those of the store.
Result<CompareReport> compareStored(Store& store, const CompareRequest& request, const CompareSettings& settings,
    const CompareSink& each, std::stop_token stop, const CompareProgress& progress);

struct CompareStoring {
    CompareReport report;
    FindingSyncOutcome stored;
};
/// The same, with stored findings brought in line: new ones are raised, those that are gone are fixed, and those of
/// comparisons with other series stay. Doing it twice changes nothing.
/// @param writer null where this process must not write. Errors also: StorageReadOnly
Result<CompareStoring> compareAndStore(Store& store, Writer* writer, const Clock& clock, const CompareRequest& request,
    const CompareSettings& settings, std::stop_token stop, const CompareProgress& progress);

/// The bars of two series with their differences, for a chart's overlay: both ends must be stated. The same
/// verdicts as compareStored() gives them. Errors: as compareStored().
Result<std::vector<BarDifference>> differencesStored(
    Store& store, const CompareRequest& request, const CompareSettings& settings, std::stop_token stop);

} // namespace mnemo
