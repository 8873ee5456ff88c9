#pragma once

#include <span>
#include <vector>

#include "core/market/intervalset.h"
#include "core/quality/coveragematrix.h"

namespace mnemo {

// What the coverage index keeps of one series, and how it is read from the store. Inside core/quality only.

/// Days since 1970, UTC.
using DayNumber = std::int64_t;
inline DayNumber dayOf(UtcMs time)
{
    return std::chrono::floor<std::chrono::days>(time).time_since_epoch().count();
}
inline UtcMs startOf(DayNumber day)
{
    return UtcMs {std::chrono::days {day}};
}
inline TimeRange rangeOf(DayNumber day)
{
    return {startOf(day), startOf(day + 1)};
}

/// The bars that open on a day and lie in the known range: at most 1440 of each kind.
using DayCounts = BasicCoverageCounts<std::uint16_t>;

/// Days of one series; shared between snapshots as long as nothing of it changes.
struct IndexedSeries {
    SeriesRecord record;
    TimeRange known;
    std::optional<UtcMs> first, last;
    std::uint64_t revision = 0;
    DayNumber firstDay = 0;
    std::vector<DayCounts> days; ///< those of the known range
    CoverageCounts total;
    std::vector<TimeRange> findings; ///< open ones, by start
    std::vector<CoverageSpan> coverage; ///< whole

    const DayCounts* day(DayNumber number) const
    {
        const DayNumber index = number - firstDay;
        return index >= 0 && index < static_cast<DayNumber>(days.size()) ? &days[static_cast<std::size_t>(index)]
                                                                         : nullptr;
    }
    std::size_t bytes() const;
};

/// Reads @p record from the store. Errors: those of the store.
/// @param silent outages, sorted and disjoint
/// @param before what was read last time; nothing: everything is read
/// @param changed where rows or coverage may have changed since; the days outside are taken from @p before
Result<IndexedSeries> readIndexed(StoreReader& reader, const SeriesRecord& record, std::span<const TimeRange> silent,
    const IndexedSeries* before, const IntervalSet& changed);

/// The same series with more outages: the days that one of @p touched overlaps are counted anew.
/// @param silent all outages, sorted and disjoint
Result<IndexedSeries> withSilence(StoreReader& reader, const IndexedSeries& series, std::span<const TimeRange> touched,
    std::span<const TimeRange> silent);

} // namespace mnemo
