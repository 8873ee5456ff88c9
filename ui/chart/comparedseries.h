#pragma once

#include <optional>

#include "ui/chart/candlescene.h"
#include "ui/chart/pricescale.h"
#include "ui/chart/tilecache.h"

namespace mnemo {

enum class CompareScale {
    Own, ///< fitted to itself
    Percent ///< begins where the first series begins and moves by the same percentage
};

/// A second series over a chart's candles, drawn as a line: its tiles, its scene and its scale. UI thread only.
class ComparedSeries {
public:
    ComparedSeries(TileCache::Fetch fetch, std::size_t budget);

    void set(const SeriesRecord& series, TimeRange extent);
    void setExtent(TimeRange extent) { m_extent = extent; }
    void setScale(CompareScale scale) { m_mode = scale; }
    CompareScale scaleMode() const { return m_mode; }
    const SeriesRecord& series() const { return m_series; }
    TileCache& tiles() { return m_cache; }

    /// Scene and scale for a view. @p shown is the scale of the first series, @p reference its price at the left edge.
    void prepare(const TimeScale& time, qreal ratio, const PriceScale& shown, double reference);
    const CandleScene& scene() const { return m_scene; }
    const PriceScale& scale() const { return m_scale; }
    double reference() const { return m_scene.marks.empty() ? 0 : m_scene.marks.front().bar.close; }
    qreal longestStep(const TimeScale& time) const; ///< pixels between neighbours; more is a hole

private:
    TileCache m_cache;
    SeriesRecord m_series;
    TimeRange m_extent;
    CompareScale m_mode = CompareScale::Percent;
    std::size_t m_level = 0;
    CandleScene m_scene;
    PriceScale m_scale;
};

} // namespace mnemo
