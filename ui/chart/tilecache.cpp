#include "ui/chart/tilecache.h"

#include <algorithm>
#include <utility>

namespace mnemo {

namespace {

using Tile = std::shared_ptr<const ChartTile>;

/// Bars stay where they are: a frame copies none.
void addBars(std::vector<ChartContent::Piece>& pieces, milliseconds length, const Tile& tile,
    const std::vector<ChartBar>& bars, TimeRange within)
{
    const auto before = [](const ChartBar& bar, UtcMs time) { return bar.time < time; };
    const auto first = std::lower_bound(bars.begin(), bars.end(), within.from, before);
    const auto last = std::lower_bound(first, bars.end(), within.to, before);
    if (first != last)
        pieces.emplace_back(length, std::span(first, last), tile);
}

void addGaps(ChartContent& content, const std::vector<Gap>& gaps, TimeRange within)
{
    for (const Gap& gap : gaps) {
        const TimeRange shown = gap.range.intersected(within);
        if (shown.isEmpty())
            continue;
        if (!content.gaps.empty() && content.gaps.back().gapClass == gap.gapClass
            && content.gaps.back().range.to == shown.from) {
            content.gaps.back().range.to = shown.to;
            content.gaps.back().bars += gap.bars;
        } else {
            content.gaps.push_back({shown, gap.bars, gap.gapClass, gap.evidence});
        }
    }
}

void addNotes(ChartContent& content, const std::vector<QualityNote>& notes, TimeRange within)
{
    for (const QualityNote& note : notes) {
        if (note.from < within.to && note.to > within.from)
            content.notes.push_back(note);
    }
}

void addTile(ChartContent& content, milliseconds length, const Tile& tile, TimeRange within)
{
    addBars(content.pieces, length, tile, tile->bars, within);
    addBars(content.quarantined, length, tile, tile->quarantined, within);
    addGaps(content, tile->gaps, within);
    addNotes(content, tile->notes, within);
    for (const DifferenceBar& bar : tile->differences) {
        if (bar.time >= within.from && bar.time < within.to)
            content.differences.push_back(bar);
    }
}

} // namespace

TileCache::TileCache(Fetch fetch, std::size_t budget)
    : m_fetch(std::move(fetch))
    , m_budget(budget)
{
}

void TileCache::setSeries(const SeriesRecord& series)
{
    m_series = series;
    m_levels = chartLevels(series.grid());
    m_error.reset();
}

ChartContent TileCache::content(std::size_t level, TimeRange range, TimeRange extent)
{
    ChartContent content;
    const TimeRange asked = range.intersected(extent);
    if (level >= m_levels.size() || asked.isEmpty())
        return content;
    const std::int64_t first = indexAt(m_levels[level], asked.from);
    const std::int64_t last = indexAt(m_levels[level], asked.to - milliseconds {1});
    for (std::int64_t index = first; index <= last; ++index) {
        const TimeRange part = rangeOf(m_levels[level], index).intersected(range);
        if (const Tile tile = want(level, index)) {
            addTile(content, m_levels[level].length, tile, part);
            continue;
        }
        const StandIn instead = standIn(level, part.intersected(extent));
        for (const Tile& tile : instead.tiles)
            addTile(content, m_levels[instead.level].length, tile, part);
        if (instead.tiles.empty())
            content.loading.push_back(part.intersected(extent));
    }
    // The neighbours, so that a pan finds them there.
    for (const std::int64_t index : {last + 1, first - 1}) {
        if (rangeOf(m_levels[level], index).overlaps(extent) && m_pending.size() < mostPending / 2)
            want(level, index);
    }
    return content;
}

TileCache::Tile TileCache::want(std::size_t level, std::int64_t index)
{
    const TileKey key {m_series.id, static_cast<int>(level), index};
    const auto found = m_tiles.find(key);
    if (found == m_tiles.end()) {
        ask(key);
        return nullptr;
    }
    m_used.splice(m_used.end(), m_used, found->second.used);
    if (found->second.isStale)
        ask(key);
    return found->second.tile;
}

void TileCache::ask(const TileKey& key)
{
    if (m_pending.size() >= mostPending || m_pending.contains(key))
        return;
    m_pending.emplace(key, false);
    const ChartLevel& level = m_levels[static_cast<std::size_t>(key.level)];
    m_fetch({key, m_series, level, rangeOf(level, key.index)});
}

// Coarser first: its tiles are fewer and cover more. Finer ones only where few of them are needed.
TileCache::StandIn TileCache::standIn(std::size_t level, TimeRange range) const
{
    for (std::size_t other = level + 1; other < m_levels.size(); ++other) {
        if (auto tiles = held(other, range); !tiles.empty())
            return {other, std::move(tiles)};
    }
    for (std::size_t other = level; other-- > 0 && m_levels[level].length <= m_levels[other].length * 8;) {
        if (auto tiles = held(other, range); !tiles.empty())
            return {other, std::move(tiles)};
    }
    return {};
}

std::vector<TileCache::Tile> TileCache::held(std::size_t level, TimeRange range) const
{
    std::vector<Tile> tiles;
    const std::int64_t last = indexAt(m_levels[level], range.to - milliseconds {1});
    for (std::int64_t index = indexAt(m_levels[level], range.from); index <= last; ++index) {
        const auto found = m_tiles.find({m_series.id, static_cast<int>(level), index});
        if (found == m_tiles.end() || !found->second.tile)
            return {};
        tiles.push_back(found->second.tile);
    }
    return tiles;
}

void TileCache::deliver(const TileKey& key, Result<ChartTile> tile)
{
    const auto pending = m_pending.extract(key);
    if (pending.empty())
        return;
    m_error = tile ? std::nullopt : std::optional<Error>(tile.error());
    auto found = m_tiles.find(key);
    if (found == m_tiles.end()) {
        found = m_tiles.emplace(key, Entry {}).first;
        found->second.used = m_used.insert(m_used.end(), key);
    } else if (found->second.tile) {
        m_bytes -= found->second.tile->bytes();
    }
    found->second.isStale = pending.mapped();
    found->second.tile = tile ? std::make_shared<const ChartTile>(std::move(*tile)) : nullptr;
    if (found->second.tile)
        m_bytes += found->second.tile->bytes();
    evict();
}

void TileCache::invalidate(SeriesId series, TimeRange range)
{
    for (auto& [key, entry] : m_tiles) {
        if (key.series == series && (!entry.tile || entry.tile->range.overlaps(range)))
            entry.isStale = true;
    }
    for (auto& [key, isChanged] : m_pending) {
        const auto level = static_cast<std::size_t>(key.level);
        isChanged = isChanged
            || (key.series == series && level < m_levels.size() && rangeOf(m_levels[level], key.index).overlaps(range));
    }
}

void TileCache::setBudget(std::size_t bytes)
{
    m_budget = bytes;
    evict();
}

void TileCache::evict()
{
    while (m_bytes > m_budget && m_used.size() > 1) {
        const auto found = m_tiles.find(m_used.front());
        if (found->second.tile)
            m_bytes -= found->second.tile->bytes();
        m_tiles.erase(found);
        m_used.pop_front();
    }
}

} // namespace mnemo
