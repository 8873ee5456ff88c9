#include "ui/chart/chartlevel.h"

#include <algorithm>

namespace mnemo {

namespace {

constexpr milliseconds hour {3'600'000};
constexpr milliseconds day {24 * hour};
constexpr milliseconds coarsest {64 * day};

} // namespace

ChartBar toBar(const Candle& candle)
{
    return {candle.openTime, candle.open, candle.high, candle.low, candle.close, candle.volume};
}

void append(ChartBar& into, const ChartBar& later)
{
    into.high = std::max(into.high, later.high);
    into.low = std::min(into.low, later.low);
    into.close = later.close;
    into.volume += later.volume;
}

milliseconds drawnLength(const Grid& grid)
{
    return grid.timeframe().isMonth() ? milliseconds {2'629'746'000} : grid.timeframe().length();
}

std::vector<ChartLevel> chartLevels(const Grid& grid)
{
    const milliseconds length = drawnLength(grid);
    std::vector<ChartLevel> levels;
    const auto add = [&](ChartLevel::Source source, milliseconds unit, milliseconds below) {
        for (int merged = 1; unit * merged < below; merged *= 2)
            levels.push_back({source, unit * merged, merged});
    };
    // Aggregates exist only for series whose bars are shorter than them.
    const milliseconds rowsEnd = length < hour ? hour : length < day ? day : coarsest;
    add(ChartLevel::Source::Rows, length, std::max(rowsEnd, 2 * length));
    if (length < hour)
        add(ChartLevel::Source::Hours, hour, day);
    if (length < day)
        add(ChartLevel::Source::Days, day, coarsest);
    return levels;
}

std::size_t levelFor(const std::vector<ChartLevel>& levels, double msPerColumn)
{
    for (std::size_t i = 0; i < levels.size(); ++i) {
        if (static_cast<double>(levels[i].length.count()) * 2 >= msPerColumn)
            return i;
    }
    return levels.empty() ? 0 : levels.size() - 1;
}

TimeRange rangeOf(const ChartLevel& level, std::int64_t index)
{
    const milliseconds span = level.length * barsPerTile;
    return {UtcMs {span * index}, UtcMs {span * (index + 1)}};
}

UtcMs startOf(const ChartLevel& level, const Grid& grid, UtcMs time)
{
    if (level.source == ChartLevel::Source::Rows && level.merged == 1)
        return grid.floor(time);
    const std::int64_t length = level.length.count();
    const std::int64_t ms = toMs(time);
    return fromMs((ms >= 0 ? ms / length : -((-ms + length - 1) / length)) * length);
}

std::int64_t indexAt(const ChartLevel& level, UtcMs time)
{
    const std::int64_t span = level.length.count() * barsPerTile;
    const std::int64_t ms = toMs(time);
    return ms >= 0 ? ms / span : -((-ms + span - 1) / span);
}

} // namespace mnemo
