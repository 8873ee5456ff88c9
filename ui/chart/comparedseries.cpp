#include "ui/chart/comparedseries.h"

#include <algorithm>

namespace mnemo {

namespace {

constexpr std::size_t differencePart = 2; ///< of the budget

} // namespace

ComparedSeries::ComparedSeries(TileCache::Fetch fetch, TileCache::Fetch fetchDifferences, std::size_t budget)
    : m_cache(std::move(fetch))
    , m_fetchDifferences(std::move(fetchDifferences))
    , m_differences(m_fetchDifferences)
{
    setBudget(budget);
}

void ComparedSeries::set(const SeriesRecord& series, TimeRange extent)
{
    m_series = series;
    m_extent = extent;
    m_cache.setSeries(series);
    if (m_first)
        setFirst(*m_first);
}

void ComparedSeries::setFirst(const SeriesRecord& first)
{
    static SeriesId pairs = 0;
    m_first = first;
    SeriesRecord pair = m_series;
    pair.id = m_pair = --pairs;
    m_differences.setSeries(pair);
    m_differenceScene = {};
}

bool ComparedSeries::hasDifferences() const
{
    return m_fetchDifferences && m_first && isComparable(m_first->key, m_series.key);
}

void ComparedSeries::setBudget(std::size_t bytes)
{
    m_cache.setBudget(bytes - bytes / differencePart);
    m_differences.setBudget(bytes / differencePart);
}

void ComparedSeries::invalidate(SeriesId series, TimeRange range)
{
    m_cache.invalidate(series, range);
    if (series == m_series.id || (m_first && series == m_first->id))
        m_differences.invalidate(m_pair, range);
}

void ComparedSeries::deliver(const TileKey& key, const Result<ChartTile>& tile)
{
    (key.series < 0 ? m_differences : m_cache).deliver(key, tile);
}

ChartContent ComparedSeries::content(const TimeScale& time, qreal ratio)
{
    m_level = levelFor(m_cache.levels(), time.msPerPixel / ratio);
    const milliseconds margin = m_cache.levels().at(m_level).length;
    const TimeRange seen {time.visible().from - margin, time.visible().to + margin};
    ChartContent content = m_cache.content(m_level, seen, m_extent);
    content.differences = readDifferences(seen);
    return content;
}

std::vector<DifferenceBar> ComparedSeries::readDifferences(TimeRange seen)
{
    return hasDifferences() ? m_differences.content(m_level, seen, m_extent).differences
                            : std::vector<DifferenceBar> {};
}

void ComparedSeries::prepareDifferences(const TimeScale& time, qreal ratio, qreal height)
{
    const milliseconds margin = m_differences.levels().at(m_level).length;
    const TimeRange seen {time.visible().from - margin, time.visible().to};
    m_differenceScene = mnemo::prepareDifferences(readDifferences(seen), time, ratio);
    m_differenceScale = mnemo::differenceScale(m_differenceScene, height);
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
