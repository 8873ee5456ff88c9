#pragma once

#include <cstddef>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "core/base/result.h"
#include "core/storage/store.h"
#include "ui/chart/candlescene.h"

namespace mnemo {

/// The tiles that a chart has seen lately, bounded by size; asks for those that it lacks. UI thread only, never waits.
/// A handful of requests are under way at a time: what is no longer on the screen when its turn comes is never asked
/// for.
class TileCache {
public:
    struct Request {
        TileKey key;
        SeriesRecord series;
        ChartLevel level;
        TimeRange range;
    };
    /// Starts a read that ends with deliver() on the cache's thread, later than the call itself.
    using Fetch = std::function<void(const Request&)>;

    explicit TileCache(Fetch fetch, std::size_t budget = std::size_t {96} << 20);

    /// Tiles of other series stay until room is needed.
    void setSeries(const SeriesRecord& series);
    const std::vector<ChartLevel>& levels() const { return m_levels; }

    /// What is there for @p range at @p level; asks for what is not. Where a tile is under way, tiles of other levels
    /// that are there already stand in for it. Nothing is asked for outside of @p extent, where the store holds
    /// nothing.
    ChartContent content(std::size_t level, TimeRange range, TimeRange extent);

    void deliver(const TileKey& key, Result<ChartTile> tile);
    /// Tiles of @p series that touch @p range are asked for again when they are next looked at, and shown until then.
    void invalidate(SeriesId series, TimeRange range);

    void setBudget(std::size_t bytes);
    std::size_t bytes() const { return m_bytes; }
    std::size_t pending() const { return m_pending.size(); }
    const std::optional<Error>& lastError() const { return m_error; } ///< of the last delivery

private:
    struct Entry {
        std::shared_ptr<const ChartTile> tile; ///< null: the read failed
        bool isStale = false;
        std::list<TileKey>::iterator used;
    };
    using Tile = std::shared_ptr<const ChartTile>;

    Tile want(std::size_t level, std::int64_t index);
    void ask(const TileKey& key);
    struct StandIn {
        std::size_t level = 0;
        std::vector<Tile> tiles;
    };
    StandIn standIn(std::size_t level, TimeRange range) const;
    std::vector<Tile> held(std::size_t level, TimeRange range) const;
    void evict();

    static constexpr std::size_t mostPending = 6;

    Fetch m_fetch;
    std::size_t m_budget;
    std::size_t m_bytes = 0;
    SeriesRecord m_series;
    std::vector<ChartLevel> m_levels;
    std::map<TileKey, Entry> m_tiles;
    std::list<TileKey> m_used; ///< least recently used first
    std::map<TileKey, bool> m_pending; ///< true: changed since it was asked for
    std::optional<Error> m_error;
};

} // namespace mnemo
