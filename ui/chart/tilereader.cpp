#include "ui/chart/tilereader.h"

#include <algorithm>

namespace mnemo {

namespace {

// Bars that share a step of the level become one.
class Merger {
public:
    Merger(const ChartLevel& level, std::vector<ChartBar>& bars)
        : m_level(level)
        , m_bars(bars)
    {
    }
    void add(ChartBar bar)
    {
        if (m_level.merged > 1) {
            const std::int64_t length = m_level.length.count();
            const std::int64_t ms = toMs(bar.time);
            bar.time = fromMs((ms >= 0 ? ms / length : -((-ms + length - 1) / length)) * length);
        }
        if (!m_bars.empty() && m_bars.back().time == bar.time)
            append(m_bars.back(), bar);
        else
            m_bars.push_back(bar);
    }

private:
    ChartLevel m_level;
    std::vector<ChartBar>& m_bars;
};

Result<void> readBars(StoreReader& reader, SeriesId series, const ChartLevel& level, ChartTile& tile)
{
    Merger merger(level, tile.bars);
    if (level.source == ChartLevel::Source::Rows)
        return reader.eachCandle(series, tile.range, true, [&](const Candle& candle) {
            merger.add(toBar(candle));
            return true;
        });
    const auto step = level.source == ChartLevel::Source::Hours ? AggregateLevel::Hour : AggregateLevel::Day;
    const auto rows = reader.aggregates(series, step, tile.range);
    if (!rows)
        return fail(rows.error());
    for (const Aggregate& row : *rows) {
        if (row.rows > 0)
            merger.add({row.time, row.open, row.high, row.low, row.close, row.volume});
    }
    return {};
}

std::vector<TimeRange> absentRuns(const ChartTile& tile, milliseconds length)
{
    std::vector<TimeRange> runs;
    UtcMs next = tile.range.from;
    for (const ChartBar& bar : tile.bars) {
        if (bar.time >= next + length)
            runs.push_back({next, bar.time});
        next = std::max(next, bar.time + length);
    }
    if (tile.range.to >= next + length)
        runs.push_back({next, tile.range.to});
    return runs;
}

} // namespace

Result<ChartTile> readTile(
    StoreReader& reader, const FindGaps& findGaps, const SeriesRecord& series, const ChartLevel& level, TimeRange range)
{
    ChartTile tile;
    tile.range = range;
    if (auto read = readBars(reader, series.id, level, tile); !read)
        return fail(read.error());
    tile.bars.shrink_to_fit();
    const bool isExact = level.source == ChartLevel::Source::Rows && level.merged == 1;
    const auto runs = isExact ? std::vector {range} : absentRuns(tile, level.length);
    constexpr std::size_t mostRuns = 64; // more would each be too narrow to tell apart
    for (std::size_t i = 0; i < std::min(runs.size(), mostRuns); ++i) {
        auto gaps = findGaps(series, runs[i]);
        if (!gaps)
            return fail(gaps.error());
        tile.gaps.insert(tile.gaps.end(), std::make_move_iterator(gaps->begin()), std::make_move_iterator(gaps->end()));
    }
    return tile;
}

} // namespace mnemo
