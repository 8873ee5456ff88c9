#include "ui/chart/chartviewport.h"

#include <algorithm>

namespace mnemo {

namespace {

constexpr qreal firstBarPixels = 8; ///< of a bar when a series is first shown
constexpr qreal widestBarPixels = 80; ///< of a bar, zoomed in as far as it goes

double ms(UtcMs time)
{
    return static_cast<double>(toMs(time));
}

} // namespace

void ChartViewport::setSeries(milliseconds length, TimeRange extent)
{
    m_length = length;
    m_extent = extent;
    m_closes.reset();
    reset();
}

void ChartViewport::setExtent(TimeRange extent)
{
    const bool wasEmpty = m_extent.isEmpty();
    m_extent = extent;
    if (wasEmpty || m_isFollowing)
        goToLatest();
}

void ChartViewport::setForming(std::optional<UtcMs> closes)
{
    m_closes = closes;
    if (m_isFollowing && !m_extent.isEmpty())
        goToLatest();
}

void ChartViewport::setWidth(qreal width, qreal margin)
{
    const double right = m_time.to();
    m_margin = margin;
    m_time.width = width;
    m_time.from = right - width * m_time.msPerPixel;
    if (m_isFollowing)
        goToLatest();
}

bool ChartViewport::isAtLatest() const
{
    return m_extent.isEmpty() || m_time.to() >= ms(m_extent.to) - m_time.msPerPixel;
}

double ChartViewport::least() const
{
    return static_cast<double>(m_length.count()) / widestBarPixels;
}

double ChartViewport::most() const
{
    const double all = static_cast<double>(m_extent.length().count()) / std::max(1.0, m_time.width);
    return std::max({all * 1.5, static_cast<double>(m_length.count()), least()});
}

void ChartViewport::set(TimeScale time)
{
    // At least a few bars stay in view, so that nobody gets lost beside the data.
    if (!m_extent.isEmpty()) {
        const double kept = 3 * firstBarPixels * time.msPerPixel;
        time.from = std::clamp(time.from,
            std::min(ms(m_extent.from) + kept - time.width * time.msPerPixel, ms(end()) - kept), ms(end()) - kept);
    }
    m_time = time;
    m_isFollowing = isAtLatest();
}

void ChartViewport::panBy(qreal pixels)
{
    TimeScale time = m_time;
    time.panBy(pixels);
    set(time);
}

void ChartViewport::panByBars(int bars)
{
    panBy(bars * std::max(1.0, static_cast<double>(m_length.count()) / m_time.msPerPixel));
}

void ChartViewport::panByPages(double pages)
{
    panBy(pages * m_time.width * 0.9);
}

void ChartViewport::zoomBy(double factor, qreal x)
{
    TimeScale time = m_time;
    time.zoomBy(factor, x, least(), most());
    set(time);
}

void ChartViewport::zoomInPlace(double factor)
{
    zoomBy(factor, m_isFollowing ? m_time.toX(end()) : m_time.width / 2);
}

void ChartViewport::goToFirst()
{
    if (m_extent.isEmpty())
        return;
    TimeScale time = m_time;
    time.from = ms(m_extent.from) - m_margin * time.msPerPixel;
    set(time);
}

void ChartViewport::goToLatest()
{
    TimeScale time = m_time;
    time.from = ms(end()) - (time.width - m_margin) * time.msPerPixel;
    set(time);
    m_isFollowing = true;
}

void ChartViewport::reset()
{
    m_time.msPerPixel = static_cast<double>(m_length.count()) / firstBarPixels;
    goToLatest();
}

void ChartViewport::showAll()
{
    const milliseconds margin = m_extent.length() / 40;
    showRange({m_extent.from - margin, m_extent.to + margin});
}

void ChartViewport::showRange(TimeRange range)
{
    if (range.isEmpty() || m_time.width <= 0)
        return;
    TimeScale time = m_time;
    time.msPerPixel =
        std::clamp(static_cast<double>(range.length().count()) / m_time.width, least(), std::max(least(), most()));
    time.from = ms(range.from);
    set(time);
}

void ChartViewport::centreOn(UtcMs at)
{
    TimeScale time = m_time;
    time.from = ms(at) - time.width / 2 * time.msPerPixel;
    set(time);
}

} // namespace mnemo
