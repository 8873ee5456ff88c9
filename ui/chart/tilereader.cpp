#include "ui/chart/tilereader.h"

#include <algorithm>

#include "core/engine/rolledreading.h"
#include "core/market/intervalset.h"
#include "ui/chart/findingsearch.h"

namespace mnemo {

namespace {

// Bars that share a step of the level become one.
class Merger {
public:
    Merger(const ChartLevel& level, const Grid& grid, std::vector<ChartBar>& bars)
        : m_level(level)
        , m_grid(grid)
        , m_bars(bars)
    {
    }
    void add(ChartBar bar)
    {
        if (m_level.merged > 1)
            bar.time = startOf(m_level, m_grid, bar.time);
        if (!m_bars.empty() && m_bars.back().time == bar.time)
            append(m_bars.back(), bar);
        else
            m_bars.push_back(bar);
    }

private:
    ChartLevel m_level;
    Grid m_grid;
    std::vector<ChartBar>& m_bars;
};

/// Which bars of the level have fewer rows than their time has room for.
struct Holes {
    std::int64_t rows = 0; ///< that were read
    std::vector<TimeRange> buckets; ///< of aggregates; neighbours are merged
    std::int64_t bars = 0; ///< that the buckets have room for
    void add(TimeRange bucket, std::int64_t room)
    {
        if (!buckets.empty() && buckets.back().to == bucket.from)
            buckets.back().to = bucket.to;
        else
            buckets.push_back(bucket);
        bars += room;
    }
};

/// @param stored the series itself, or what it is made of
Result<Holes> readBars(StoreReader& reader, const SeriesRecord& series, const SeriesRecord& stored, const ChartLevel& level, ChartTile& tile,
    NoteCollector& notes)
{
    Merger merger(level, series.grid(), tile.bars), apart(level, series.grid(), tile.quarantined);
    Holes holes;
    if (level.source == ChartLevel::Source::Rows) {
        const auto read = eachBar(reader, series, tile.range, false, [&](const Candle& candle) {
            const bool isApart = (candle.flags & Quarantined) != 0; // as in aggregates
            (isApart ? apart : merger).add(toBar(candle));
            if (isApart)
                notes.add(candle.openTime, NoteKind::Quarantined);
            else if ((candle.flags & (Replaced | Foreign)) != 0)
                notes.add(candle.openTime, NoteKind::Replaced);
            ++holes.rows;
            return true;
        });
        return read ? Result<Holes>(holes) : fail(read.error());
    }
    const bool isHours = level.source == ChartLevel::Source::Hours;
    const auto rows = reader.aggregates(stored.id, isHours ? AggregateLevel::Hour : AggregateLevel::Day, tile.range);
    if (!rows)
        return fail(rows.error());
    for (const Aggregate& row : *rows) {
        if (row.rows > row.flagged)
            merger.add({row.time, row.open, row.high, row.low, row.close, row.volume});
        if (row.flagged > 0)
            notes.add(row.time, NoteKind::Quarantined);
        if (row.rows < row.expected)
            holes.add({row.time, row.time + level.length / level.merged}, row.expected);
    }
    return holes;
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

// Holes within a bar are narrower than a pixel or two and still belong into the lane. They are looked for as long as
// that costs little; where nearly every bar has some, whole absent bars are enough.
constexpr std::size_t mostRuns = 64;
constexpr std::int64_t mostBars = 300'000;

std::vector<TimeRange> runsOf(const ChartTile& tile, const ChartLevel& level, const Holes& holes, const Grid& grid)
{
    if (level.source == ChartLevel::Source::Rows)
        return holes.rows < grid.count(tile.range) ? std::vector {tile.range} : std::vector<TimeRange> {};
    auto runs = absentRuns(tile, level.length);
    if (runs.size() + holes.buckets.size() <= mostRuns && holes.bars <= mostBars) {
        const IntervalSet all = united(IntervalSet(runs), IntervalSet(holes.buckets));
        runs.assign(all.ranges().begin(), all.ranges().end());
    }
    return runs;
}

/// What is too short to be seen goes where there is too much of it.
void thinOut(std::vector<Gap>& gaps, milliseconds length)
{
    constexpr std::size_t mostGaps = 1'024;
    if (gaps.size() > mostGaps)
        std::erase_if(gaps, [&](const Gap& gap) { return gap.range.length() < length; });
}

} // namespace

Result<ChartTile> readTile(
    StoreReader& reader, const FindGaps& findGaps, const SeriesRecord& series, const ChartLevel& level, TimeRange range)
{
    const auto stored = storedOf(reader, series);
    if (!stored)
        return fail(stored.error());
    ChartTile tile;
    tile.range = range;
    NoteCollector notes(level, series.grid(), range);
    const auto holes = readBars(reader, series, *stored, level, tile, notes);
    if (!holes)
        return fail(holes.error());
    const auto noted = eachFinding(reader, stored->id, range, [&](const Finding& finding) {
        notes.add(finding);
        return true;
    });
    if (!noted)
        return fail(noted.error());
    tile.notes = notes.take();
    tile.quarantined.shrink_to_fit();
    tile.bars.shrink_to_fit();
    const auto runs = isRolled(series) ? absentRuns(tile, level.length) : runsOf(tile, level, *holes, series.grid());
    for (std::size_t i = 0; i < std::min(runs.size(), mostRuns); ++i) {
        auto gaps = findGaps(*stored, runs[i]);
        if (!gaps)
            return fail(gaps.error());
        tile.gaps.insert(tile.gaps.end(), std::make_move_iterator(gaps->begin()), std::make_move_iterator(gaps->end()));
    }
    thinOut(tile.gaps, level.length);
    tile.gaps.shrink_to_fit();
    return tile;
}

} // namespace mnemo
