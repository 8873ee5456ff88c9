#include "core/engine/repair.h"

#include <algorithm>

#include "core/quality/gaps.h"
#include "core/quality/outagebook.h"

namespace mnemo {

namespace {

constexpr std::int64_t fewBars = 500;

int fewestChecks(std::span<const CoverageSpan> coverage, TimeRange range)
{
    int fewest = coverage.empty() ? 0 : coverage.front().checks;
    UtcMs at = range.from;
    for (const CoverageSpan& span : coverage) {
        fewest = at < span.range.from ? 0 : std::min(fewest, span.checks);
        at = span.range.to;
    }
    return at < range.to ? 0 : fewest;
}

Result<RangeState> stateOf(
    StoreReader& reader, const SeriesRecord& series, TimeRange range, std::span<const TimeRange> silent)
{
    RangeState state;
    const Grid grid = series.grid();
    const auto times = reader.openTimes(series.id, range);
    if (!times)
        return fail(times.error());
    const auto coverage = reader.coverage(series.id, range);
    if (!coverage)
        return fail(coverage.error());
    state.rows = static_cast<std::int64_t>(times->size());
    state.checks = fewestChecks(*coverage, range);
    state.gaps = findGaps(*times, *coverage, grid, range);
    explain(state.gaps, series.key.kind, series.timeKind);
    state.gaps = withOutages(std::move(state.gaps), silent, grid);
    if (series.key.kind != Kind::Candles || grid.count(range) > fewBars)
        return state;
    auto candles = reader.candles(series.id, range);
    if (!candles)
        return fail(candles.error());
    state.candles = std::move(*candles);
    return state;
}

std::int64_t changedRows(std::span<const Candle> before, std::span<const Candle> after)
{
    std::int64_t changed = 0;
    for (const Candle& row : before) {
        const auto now = std::ranges::lower_bound(after, row.openTime, {}, &Candle::openTime);
        changed += now != after.end() && now->openTime == row.openTime && !(*now == row) ? 1 : 0;
    }
    return changed;
}

} // namespace

Result<std::vector<RangeState>> statesOf(StoreReader& reader, const SeriesRecord& series,
    std::span<const TimeRange> ranges, std::span<const TimeRange> silent)
{
    std::vector<RangeState> states;
    for (const TimeRange& range : ranges) {
        auto state = stateOf(reader, series, range, silent);
        if (!state)
            return fail(std::move(state.error()));
        states.push_back(std::move(*state));
    }
    return states;
}

std::int64_t requestsFor(const IntervalSet& ranges, const PageRules& rules)
{
    const std::int64_t rows = std::max(1, rules.maxRows);
    std::int64_t requests = 0;
    for (const TimeRange& range : ranges.ranges())
        requests += (rules.grid.count(rules.grid.aligned(range)) + rows - 1) / rows;
    return requests;
}

void compareStates(std::vector<RepairedRange>& ranges, std::vector<RangeState> after, std::int64_t stored)
{
    std::vector<RepairedRange*> uncounted;
    for (std::size_t i = 0; i < std::min(ranges.size(), after.size()); ++i) {
        RepairedRange& range = ranges[i];
        range.after = std::move(after[i]);
        range.added = range.after.rows - range.before.rows;
        range.changed = changedRows(range.before.candles, range.after.candles);
        if (range.before.candles.empty() && range.before.rows > 0)
            uncounted.push_back(&range);
        stored -= range.added + range.changed;
    }
    if (uncounted.size() == 1)
        uncounted.front()->changed = std::max<std::int64_t>(stored, 0);
}

} // namespace mnemo
