#pragma once

#include <algorithm>
#include <optional>

#include "core/market/timerange.h"
#include "ui/chart/timescale.h"

namespace mnemo {

/// Which stretch of time a chart shows, and the rules by which that moves: it follows the newest bar while that is in
/// view and is never moved by new bars else; some bars always stay in view; zoom is bounded. A value, no widget.
class ChartViewport {
public:
    /// @p length of a bar; @p extent from the first known bar to the end of the last. Shows the newest bars.
    void setSeries(milliseconds length, TimeRange extent);
    void setExtent(TimeRange extent);
    /// A bar beyond the extent, while it forms: the newest in view is that one. Nothing: none.
    void setForming(std::optional<UtcMs> closes);
    /// @p margin pixels stay free on the right of the newest bar. Keeps the right edge where it is.
    void setWidth(qreal width, qreal margin);

    const TimeScale& time() const { return m_time; }
    TimeRange extent() const { return m_extent; }
    milliseconds barLength() const { return m_length; }
    bool isFollowing() const { return m_isFollowing; }
    bool isAtLatest() const;

    void panBy(qreal pixels);
    void panByBars(int bars); ///< above zero: towards the past; at least a pixel
    void panByPages(double pages);
    void zoomBy(double factor, qreal x);
    void zoomInPlace(double factor); ///< the newest bar stays while it is followed, else the middle
    void goToFirst();
    void goToLatest();
    void reset();
    void showAll();
    void showRange(TimeRange range);
    void centreOn(UtcMs time);
    bool operator==(const ChartViewport&) const = default;

private:
    void set(TimeScale time);
    double least() const;
    double most() const;
    UtcMs end() const { return m_closes ? std::max(*m_closes, m_extent.to) : m_extent.to; }

    TimeScale m_time;
    TimeRange m_extent;
    milliseconds m_length {60'000};
    std::optional<UtcMs> m_closes;
    qreal m_margin = 0;
    bool m_isFollowing = true;
};

} // namespace mnemo
