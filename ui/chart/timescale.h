#pragma once

#include <QString>
#include <QtGlobal>
#include <vector>

#include "core/base/clock.h"
#include "core/market/timerange.h"
#include "ui/chart/chartzone.h"

namespace mnemo {

/// Maps time to pixels and back, linearly: a hole keeps its width. A value. Times are milliseconds since 1970 as
/// double, exact to well below a millisecond for any year, so that a pan by one pixel and back lands where it began.
struct TimeScale {
    double from = 0; ///< time at x = 0
    double msPerPixel = 60'000; ///< above zero
    qreal width = 0; ///< of the plot

    qreal toX(UtcMs time) const { return (static_cast<double>(toMs(time)) - from) / msPerPixel; }
    double msAt(qreal x) const { return from + x * msPerPixel; }
    UtcMs toTime(qreal x) const;
    double to() const { return msAt(width); }
    TimeRange visible() const; ///< whole milliseconds, covering every pixel

    void panBy(qreal pixels) { from -= pixels * msPerPixel; } ///< the picture moves right for positive @p pixels
    /// @p factor above 1 shows less time. The time under @p x stays there. Bounded to [@p least, @p most] ms a pixel.
    void zoomBy(double factor, qreal x, double least, double most);
    bool operator==(const TimeScale&) const = default;
};

struct TimeTick {
    UtcMs time {};
    qreal x = 0;
    QString label;
    bool isMajor = false; ///< a new day, month or year begins here
    bool operator==(const TimeTick&) const = default;
};

/// Times that are round on the zone's clock, at least @p spacing pixels apart: minutes, hours, days, months, years.
/// Ascending; those whose x lies in [0, width]. A day of 23 or 25 hours begins where the zone says.
std::vector<TimeTick> timeTicks(const TimeScale& scale, qreal spacing, const ChartZone& zone = {});

} // namespace mnemo
