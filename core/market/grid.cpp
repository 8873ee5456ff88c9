#include "core/market/grid.h"

namespace mnemo {

namespace {

using namespace std::chrono;

std::int64_t floorDiv(std::int64_t a, std::int64_t b)
{
    return a / b - ((a % b != 0 && (a < 0) != (b < 0)) ? 1 : 0);
}

} // namespace

milliseconds Grid::defaultAnchor(Timeframe frame)
{
    static const auto week = Timeframe::fromName("1w");
    return frame == week ? milliseconds {days {4}} : milliseconds {0}; // 1970-01-05 was a Monday
}

Grid::Grid(Timeframe frame)
    : Grid(frame, defaultAnchor(frame))
{
}

Grid::Grid(Timeframe frame, milliseconds anchor)
    : m_frame(frame)
    , m_anchor(anchor)
{
}

std::int64_t Grid::index(UtcMs time) const
{
    const UtcMs shifted = time - m_anchor;
    if (!m_frame.isMonth())
        return floorDiv(shifted.time_since_epoch().count(), m_frame.length().count());
    const year_month_day date {std::chrono::floor<days>(shifted)};
    return static_cast<std::int64_t>(static_cast<int>(date.year())) * 12 + static_cast<unsigned>(date.month()) - 1;
}

UtcMs Grid::open(std::int64_t index) const
{
    if (!m_frame.isMonth())
        return UtcMs {m_frame.length() * index} + m_anchor;
    const std::int64_t y = floorDiv(index, 12);
    const year_month_day date {
        year {static_cast<int>(y)}, month {static_cast<unsigned>(index - y * 12 + 1)}, day {1}};
    return UtcMs {sys_days {date}} + m_anchor;
}

UtcMs Grid::floor(UtcMs time) const
{
    return open(index(time));
}

UtcMs Grid::ceil(UtcMs time) const
{
    const UtcMs below = floor(time);
    return below == time ? time : next(below);
}

UtcMs Grid::advance(UtcMs from, std::int64_t bars) const
{
    return open(index(from) + bars);
}

std::int64_t Grid::count(TimeRange range) const
{
    return range.isEmpty() ? 0 : index(ceil(range.to)) - index(ceil(range.from));
}

} // namespace mnemo
