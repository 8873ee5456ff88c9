#include "core/quality/verification.h"

#include <algorithm>

#include "core/market/intervalset.h"
#include "core/quality/gaps.h"

namespace mnemo {

namespace {

/// Parts of @p range in which bars may be absent.
Result<IntervalSet> incompleteDays(StoreReader& reader, const SeriesRecord& series, TimeRange range)
{
    IntervalSet parts(range);
    if (series.key.kind != Kind::Candles || series.key.timeframe.length() >= std::chrono::hours {24})
        return parts;
    const auto days = reader.bucketCounts(
        series.id, AggregateLevel::Day, {std::chrono::floor<std::chrono::days>(range.from), range.to});
    if (!days)
        return fail(days.error());
    const Grid grid = series.grid();
    for (const BucketCount& day : *days) {
        const TimeRange whole {day.time, day.time + std::chrono::days {1}};
        if (day.rows == grid.count(whole))
            parts.subtract(whole);
    }
    return parts;
}

} // namespace

Result<std::vector<TimeRange>> absenceToVerify(
    StoreReader& reader, const SeriesRecord& series, TimeRange within, UtcMs checkedBefore)
{
    auto coverage = reader.coverage(series.id, series.grid().aligned(within));
    if (!coverage)
        return fail(coverage.error());
    std::erase_if(*coverage, [&](const CoverageSpan& span) {
        return span.state != CoverageState::Answered || span.checks > 1 || span.checkedAt > checkedBefore;
    });
    std::vector<TimeRange> due;
    for (const CoverageSpan& span : *coverage) {
        const auto parts = incompleteDays(reader, series, span.range);
        if (!parts)
            return fail(parts.error());
        for (const TimeRange& part : parts->ranges()) {
            const auto times = reader.openTimes(series.id, part);
            if (!times)
                return fail(times.error());
            const std::vector<TimeRange> absent =
                unverified(findGaps(*times, {&span, 1}, series.grid(), part), {&span, 1});
            due.insert(due.end(), absent.begin(), absent.end());
        }
    }
    return due;
}

} // namespace mnemo
