#pragma once

#include <optional>
#include <set>
#include <vector>

#include "core/storage/store.h"

namespace mnemo {

/// A stored series and how much of it there is.
struct StoredSeries {
    SeriesRecord record;
    std::int64_t rows = 0;
    std::optional<UtcMs> first, last; ///< open times of the outermost rows
    TimeRange known; ///< hull of rows and of what was asked, without the time before listing and after delisting
    std::int64_t expected = 0; ///< bars within known
    std::int64_t answered = 0; ///< of them: the source has spoken about them
    double coverage() const { return expected > 0 ? static_cast<double>(answered) / static_cast<double>(expected) : 0; }
    bool operator==(const StoredSeries&) const = default;
};
using StoredSeriesList = std::vector<StoredSeries>; ///< by key

/// Reads the list; series that are in @p before and not in @p changed are taken from there. Waits for the store.
Result<StoredSeriesList> readStoredSeries(
    StoreReader& reader, const StoredSeriesList& before, const std::set<SeriesKey>& changed);

} // namespace mnemo
