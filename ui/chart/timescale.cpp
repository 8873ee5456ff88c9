#include "ui/chart/timescale.h"

#include <QDateTime>
#include <QLocale>
#include <algorithm>
#include <cmath>
#include <optional>

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

enum class Unit { Milliseconds, Months };

struct Step {
    Unit unit;
    std::int64_t size; ///< milliseconds or months
    double length; ///< about so many milliseconds
};

constexpr std::int64_t minute = 60'000;
constexpr std::int64_t hour = 60 * minute;
constexpr std::int64_t day = 24 * hour;
constexpr double month = 30.44 * double(day);

constexpr Step fixed(std::int64_t size)
{
    return {Unit::Milliseconds, size, double(size)};
}
constexpr Step months(std::int64_t count)
{
    return {Unit::Months, count, double(count) * month};
}

constexpr Step steps[] = {fixed(10), fixed(50), fixed(100), fixed(500), fixed(1'000), fixed(5'000), fixed(15'000), fixed(30'000), fixed(minute), fixed(2 * minute),
    fixed(5 * minute), fixed(10 * minute), fixed(15 * minute), fixed(30 * minute), fixed(hour), fixed(2 * hour),
    fixed(3 * hour), fixed(6 * hour), fixed(12 * hour), fixed(day), fixed(2 * day), fixed(5 * day), fixed(10 * day),
    months(1), months(2), months(3), months(6), months(12), months(24), months(60), months(120), months(240),
    months(600), months(1200)};

Step stepFor(double minimum)
{
    for (const Step& step : steps) {
        if (step.length >= minimum)
            return step;
    }
    return std::end(steps)[-1];
}

using Ymd = std::chrono::year_month_day;

Ymd dateOf(UtcMs time)
{
    return Ymd {std::chrono::floor<std::chrono::days>(time)};
}

std::int64_t monthIndex(UtcMs time)
{
    const Ymd date = dateOf(time);
    return std::int64_t {static_cast<int>(date.year())} * 12 + static_cast<unsigned>(date.month()) - 1;
}

UtcMs monthStart(std::int64_t index)
{
    const auto year = static_cast<int>(index >= 0 ? index / 12 : (index - 11) / 12);
    const auto inYear = static_cast<unsigned>(index - std::int64_t {year} * 12);
    return std::chrono::sys_days {
        Ymd {std::chrono::year {year}, std::chrono::month {inYear + 1}, std::chrono::day {1}}};
}

std::int64_t floorTo(std::int64_t value, std::int64_t step)
{
    const std::int64_t rest = value % step;
    return value - (rest < 0 ? rest + step : rest);
}

// Steps of several days start again on the 1st, so that labels stay the same days from month to month.
UtcMs nextDayTick(UtcMs time, std::int64_t days)
{
    const UtcMs start = monthStart(monthIndex(time));
    const UtcMs following = monthStart(monthIndex(time) + 1);
    const std::int64_t past = (time - start).count() / day;
    const UtcMs next = start + milliseconds {(past / days + 1) * days * day};
    // A tick on the last days of a month would crowd the 1st.
    return next + milliseconds {days * day / 2} > following ? following : next;
}

// Days and longer: on the wall's calendar, each tick at the first moment of its day.
UtcMs firstDate(UtcMs wall, const Step& step)
{
    if (step.unit == Unit::Months)
        return monthStart(floorTo(monthIndex(wall), step.size));
    return step.size > day ? monthStart(monthIndex(wall)) : fromMs(floorTo(toMs(wall), day));
}

UtcMs nextDate(UtcMs date, const Step& step)
{
    if (step.unit == Unit::Months)
        return monthStart(monthIndex(date) + step.size);
    return step.size > day ? nextDayTick(date, step.size / day) : date + milliseconds {day};
}

/// The first time after @p time at which the zone's clock shows a multiple of @p step, which divides a day. Where the
/// clock is set back an hour is met twice; one that is left out is passed over.
UtcMs nextOnClock(UtcMs time, std::int64_t step, const ChartZone& zone)
{
    const auto rest = [step](UtcMs wall) { return toMs(wall) - floorTo(toMs(wall), step); };
    for (int attempt = 0; attempt < 4; ++attempt) {
        const milliseconds offset = zone.offsetAt(time);
        const UtcMs next = time + milliseconds {step - rest(time + offset)};
        const milliseconds changed = zone.offsetAt(next);
        if (rest(next + changed) == 0)
            return next;
        const UtcMs shifted = next + offset - changed; // shows what was meant, unless that was left out
        if (shifted > time && rest(zone.wall(shifted)) == 0)
            return shifted;
        time = next;
    }
    return time;
}

TimeTick labelled(UtcMs time, const Step& step, const ChartZone& zone)
{
    const QLocale locale;
    const UtcMs wall = zone.wall(time);
    const QDateTime moment = QDateTime::fromMSecsSinceEpoch(toMs(wall), Qt::UTC);
    const Ymd date = dateOf(wall);
    const bool isDayStart = zone.isDayStart(time);
    const bool isFirst = isDayStart && static_cast<unsigned>(date.day()) == 1;
    const bool isNewYear = isFirst && static_cast<unsigned>(date.month()) == 1;
    TimeTick tick {time, 0, {}, false};
    if (isNewYear) {
        tick.label = QString::number(static_cast<int>(date.year()));
        tick.isMajor = step.length < months(12).length;
    } else if (isFirst) {
        tick.label = locale.toString(moment.date(), u"MMM"_s);
        tick.isMajor = step.length < month;
    } else if (isDayStart) {
        tick.label = locale.toString(moment.date(), u"d MMM"_s);
        tick.isMajor = step.length < double(day);
    } else {
        tick.label = moment.toString(step.size < 1'000 ? u"HH:mm:ss.zzz"_s : step.size < minute ? u"HH:mm:ss"_s : u"HH:mm"_s);
    }
    return tick;
}

// Years 1 to 9999: calendar arithmetic is exact there, and a wild zoom cannot make it loop.
constexpr double earliest = -62'135'596'800'000.0;
constexpr double latest = 253'402'300'799'000.0;

} // namespace

UtcMs TimeScale::toTime(qreal x) const
{
    return fromMs(static_cast<std::int64_t>(std::llround(std::clamp(msAt(x), earliest, latest))));
}

TimeRange TimeScale::visible() const
{
    const auto clampTime = [](double ms) { return std::clamp(ms, earliest, latest); };
    return {fromMs(static_cast<std::int64_t>(std::floor(clampTime(from)))),
        fromMs(static_cast<std::int64_t>(std::ceil(clampTime(to()))))};
}

void TimeScale::zoomBy(double factor, qreal x, double least, double most)
{
    const double anchor = msAt(x);
    msPerPixel = std::clamp(msPerPixel / factor, least, std::max(least, most));
    from = anchor - x * msPerPixel;
}

std::vector<TimeTick> timeTicks(const TimeScale& scale, qreal spacing, const ChartZone& zone)
{
    std::vector<TimeTick> ticks;
    if (scale.width <= 0 || spacing <= 0)
        return ticks;
    const Step step = stepFor(spacing * scale.msPerPixel);
    const TimeRange visible = scale.visible();
    const auto add = [&](UtcMs time) {
        const qreal x = scale.toX(time);
        if (x < 0 || x > scale.width || (!ticks.empty() && ticks.back().time >= time))
            return;
        ticks.push_back(labelled(time, step, zone));
        ticks.back().x = x;
    };
    if (step.unit == Unit::Milliseconds && step.size < day) {
        for (UtcMs time = nextOnClock(visible.from - milliseconds {1}, step.size, zone); time <= visible.to;
             time = nextOnClock(time, step.size, zone))
            add(time);
        return ticks;
    }
    for (UtcMs date = firstDate(zone.wall(visible.from), step); date <= zone.wall(visible.to);
         date = nextDate(date, step))
        add(zone.startOf(std::chrono::floor<std::chrono::days>(date)));
    return ticks;
}

} // namespace mnemo
