#pragma once

#include <optional>

#include "ui/chart/candlescene.h"
#include "ui/chart/difference.h"
#include "ui/chart/pricescale.h"
#include "ui/chart/tilecache.h"

namespace mnemo {

enum class CompareScale {
    Own, ///< fitted to itself
    Percent ///< begins where the first series begins and moves by the same percentage
};

/// A second series over a chart's candles, drawn as a line: its tiles, its scene and its scale; and its difference to
/// the first in a pane of its own. UI thread only.
class ComparedSeries {
public:
    /// @p fetchDifferences null: without differences. Its requests carry a number of the pair in the place of the
    /// series'.
    ComparedSeries(TileCache::Fetch fetch, TileCache::Fetch fetchDifferences, std::size_t budget);

    void set(const SeriesRecord& series, TimeRange extent);
    /// The series that it is compared with. Differences of another one that are on their way are of no account then.
    void setFirst(const SeriesRecord& first);
    void setExtent(TimeRange extent) { m_extent = extent; }
    void setScale(CompareScale scale) { m_mode = scale; }
    CompareScale scaleMode() const { return m_mode; }
    const SeriesRecord& series() const { return m_series; }
    TileCache& tiles() { return m_cache; }
    void setBudget(std::size_t bytes);
    void invalidate(SeriesId series, TimeRange range); ///< of either
    void deliver(const TileKey& key, const Result<ChartTile>& tile); ///< of either kind; others are left

    /// Scene and scale for a view. @p shown is the scale of the first series, @p reference its price at the left edge.
    void prepare(const TimeScale& time, qreal ratio, const PriceScale& shown, double reference);
    const CandleScene& scene() const { return m_scene; }
    const PriceScale& scale() const { return m_scale; }
    ChartContent content(const TimeScale& time, qreal ratio); ///< of a view, for a table
    bool hasDifferences() const; ///< it is comparable with the first
    void prepareDifferences(const TimeScale& time, qreal ratio, qreal height);
    const DifferenceScene& differences() const { return m_differenceScene; }
    const PriceScale& differenceScale() const { return m_differenceScale; }
    const std::optional<Error>& differenceError() const { return m_differences.lastError(); }
    double reference() const { return m_scene.marks.empty() ? 0 : m_scene.marks.front().bar.close; }
    qreal longestStep(const TimeScale& time) const; ///< pixels between neighbours; more is a hole

private:
    std::vector<DifferenceBar> readDifferences(TimeRange seen);

    TileCache m_cache;
    TileCache::Fetch m_fetchDifferences;
    TileCache m_differences;
    SeriesId m_pair = 0; ///< number of the pair; below zero
    std::optional<SeriesRecord> m_first;
    DifferenceScene m_differenceScene;
    PriceScale m_differenceScale;
    SeriesRecord m_series;
    TimeRange m_extent;
    CompareScale m_mode = CompareScale::Percent;
    std::size_t m_level = 0;
    CandleScene m_scene;
    PriceScale m_scale;
};

} // namespace mnemo
