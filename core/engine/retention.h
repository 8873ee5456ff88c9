#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "core/exchange/venue.h"
#include "core/market/coverage.h"
#include "core/storage/store.h"

namespace mnemo {

class Engine;

/// How long a source keeps a bar, from its opening on; nothing where it keeps all. Of readings (PageRules::isSnapshot), which
/// it keeps not at all, their bar's length.
std::optional<milliseconds> retentionOf(const PageRules& rules, Timeframe frame);

/// What a source is about to forget of a series that is not stored. A value.
struct RetentionClock {
    milliseconds kept {0}; ///< as retentionOf()
    TimeRange offered; ///< bars that it still has
    std::int64_t missing = 0; ///< of them not stored, and could be: nobody asked, or in vain
    std::optional<UtcMs> firstMissing; ///< the oldest of these
    std::optional<UtcMs> lostAt; ///< when that one is gone for good; the others follow it
    bool operator==(const RetentionClock&) const = default;
};

/// Bars that the source has at @p now: closed ones, or the one at hand of readings.
TimeRange offeredBy(const PageRules& rules, const Grid& grid, milliseconds kept, UtcMs now);

/// @param gaps of @p offered, sorted. Pure.
RetentionClock retentionClock(milliseconds kept, TimeRange offered, std::span<const Gap> gaps);

/// The same by the engine's clock; nothing where the source keeps all, were it in its own files, or is no longer described.
/// Waits for the store.
Result<std::optional<RetentionClock>> retentionClock(Engine& engine, const SeriesRecord& series);

} // namespace mnemo
