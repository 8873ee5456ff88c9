#include "core/engine/retention.h"

#include <algorithm>

#include "core/engine/engine.h"
#include "core/ingest/fileplanning.h"

namespace mnemo {

std::optional<milliseconds> retentionOf(const PageRules& rules, Timeframe frame)
{
    if (rules.isSnapshot)
        return frame.length();
    std::optional<milliseconds> retention = rules.retentionAge;
    std::optional<int> rows = rules.retentionRows;
    if (rules.walk == Walk::Recent)
        rows = std::min(rows.value_or(rules.maxRows), rules.maxRows);
    if (rows) {
        const milliseconds kept = *rows * frame.length();
        retention = retention ? std::min(*retention, kept) : kept;
    }
    return retention;
}

TimeRange offeredBy(const PageRules& rules, const Grid& grid, milliseconds kept, UtcMs now)
{
    if (rules.isSnapshot)
        return {grid.floor(now), grid.next(grid.floor(now))};
    return {grid.ceil(now - kept), grid.floor(now - rules.delay)};
}

RetentionClock retentionClock(milliseconds kept, TimeRange offered, std::span<const Gap> gaps)
{
    RetentionClock clock {kept, offered, 0, {}, {}};
    for (const Gap& gap : gaps) {
        if (gap.gapClass != GapClass::Unknown && gap.gapClass != GapClass::Failed)
            continue;
        clock.missing += gap.bars;
        if (!clock.firstMissing) {
            clock.firstMissing = gap.range.from;
            clock.lostAt = gap.range.from + kept;
        }
    }
    return clock;
}

Result<std::optional<RetentionClock>> retentionClock(Engine& engine, const SeriesRecord& series)
{
    const SeriesKey& key = series.key;
    const auto venue = engine.catalogue()->teller(key);
    if (!venue)
        return std::optional<RetentionClock> {};
    const auto rules = (*venue)->pageRules(key.market, key.kind, key.timeframe);
    const auto kept = rules ? retentionOf(*rules, key.timeframe) : std::nullopt;
    const FileUse use = fileUseFromText(engine.settings()->settings.files.use);
    if (!kept || areKeptInFiles(**venue, series, *rules, *kept, use))
        return std::optional<RetentionClock> {};
    const TimeRange offered = offeredBy(*rules, series.grid(), *kept, engine.clock().now());
    const auto gaps = offered.isEmpty() ? Result<std::vector<Gap>>() : engine.gaps(series, offered);
    if (!gaps)
        return fail(gaps.error());
    return std::optional(retentionClock(*kept, offered, *gaps));
}

} // namespace mnemo
