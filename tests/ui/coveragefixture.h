#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/quality/indexedseries.h"
#include "ui/coverage/heatmap.h"

namespace mnemo::test {

inline constexpr UtcMs firstDay = std::chrono::sys_days {std::chrono::year {2024} / 1 / 1};

inline SeriesRecord seriesNamed(
    SeriesId id, const std::string& exchange, const std::string& symbol, const char* frame = "1m")
{
    SeriesRecord record;
    record.id = id;
    record.key.source = record.key.exchange = exchange;
    record.key.symbol = symbol;
    record.key.timeframe = *Timeframe::fromName(frame);
    return record;
}

inline DayCounts fullDay()
{
    DayCounts day;
    day.present = 1440;
    return day;
}

/// A day on which @p bars of 1,440 are absent for @p gapClass.
inline DayCounts dayWithout(GapClass gapClass, int bars)
{
    DayCounts day = fullDay();
    day.present = static_cast<std::uint16_t>(day.present - bars);
    day.absent[static_cast<std::size_t>(gapClass)] = static_cast<std::uint16_t>(bars);
    return day;
}

inline std::shared_ptr<IndexedSeries> indexed(
    const SeriesRecord& record, std::vector<DayCounts> days, std::uint64_t revision = 1)
{
    auto series = std::make_shared<IndexedSeries>();
    series->record = record;
    series->firstDay = dayOf(firstDay);
    series->known = {firstDay, firstDay + std::chrono::days {days.size()}};
    for (const DayCounts& day : days)
        series->total += day;
    series->first = firstDay;
    series->last = series->known.to - std::chrono::minutes {1};
    series->days = std::move(days);
    series->revision = revision;
    return series;
}

inline std::shared_ptr<const CoverageSnapshot> snapshotOf(std::vector<std::shared_ptr<const IndexedSeries>> series)
{
    return std::make_shared<const CoverageSnapshot>(std::move(series), 1);
}

} // namespace mnemo::test
