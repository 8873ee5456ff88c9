#include "ui/chart/comparedseries.h"

#include <algorithm>

namespace mnemo {

ComparedSeries::ComparedSeries(TileCache::Fetch fetch, std::size_t budget)
    : m_cache(std::move(fetch), budget)
{
}

void ComparedSeries::set(const SeriesRecord& series, TimeRange extent)
{
    m_series = series;
    m_extent = extent;
    m_cache.setSeries(series);
}

void ComparedSeries::prepare(const TimeScale& time, qreal ratio, const PriceScale& shown, double reference)
{
    m_level = levelFor(m_cache.levels(), time.msPerPixel / ratio);
    const milliseconds margin = m_cache.levels().at(m_level).length;
    const TimeRange seen {time.visible().from - margin, time.visible().to + margin};
    m_scene = prepareScene(m_cache.content(m_level, seen, m_extent), time, m_extent, ratio);
    m_scale = shown;
    if (m_scene.marks.empty())
        return;
    if (m_mode == CompareScale::Percent && reference > 0 && this->reference() > 0) {
        const double factor = this->reference() / reference;
        m_scale.low *= factor;
        m_scale.high *= factor;
        m_scale.reference = this->reference();
        return;
    }
    double low = m_scene.marks.front().bar.close, high = low;
    for (const CandleMark& mark : m_scene.marks) {
        low = std::min(low, mark.bar.close);
        high = std::max(high, mark.bar.close);
    }
    m_scale = fittedScale(low, high, shown.height, shown.mode, 0.12);
    m_scale.isInverted = shown.isInverted;
}

qreal ComparedSeries::longestStep(const TimeScale& time) const
{
    const double slot = static_cast<double>(m_cache.levels().at(m_level).length.count()) / time.msPerPixel;
    return std::max(2.5, slot * 1.5);
}

} // namespace mnemo
