#pragma once

#include <cstdint>

#include "core/market/timeframe.h"
#include "core/market/timerange.h"

namespace mnemo {

/// Where the bars of a timeframe open: timeframe + anchor. Default anchors: the Unix epoch; Monday for 1w; the 1st of
/// the month for 1M; all UTC. A venue's frame may state another anchor (days at UTC+8: -8 h; weeks from Thursday: 0).
/// For 1M the anchor shifts the month's start. Pure calendar arithmetic, exact for any time of years 1..9999.
class Grid {
public:
    explicit Grid(Timeframe frame);
    Grid(Timeframe frame, milliseconds anchor);
    static milliseconds defaultAnchor(Timeframe frame);

    Timeframe timeframe() const { return m_frame; }
    milliseconds anchor() const { return m_anchor; }

    bool isOpen(UtcMs time) const { return floor(time) == time; } ///< a bar opens exactly here
    UtcMs floor(UtcMs time) const;                                ///< open of the bar that contains @p time
    UtcMs ceil(UtcMs time) const;                                 ///< first open at or after @p time
    UtcMs advance(UtcMs open, std::int64_t bars) const;           ///< @p open must be on the grid; bars may be negative
    UtcMs next(UtcMs open) const { return advance(open, 1); }     ///< also the close of the bar
    std::int64_t count(TimeRange range) const;                    ///< bars that open within @p range
    /// The bars that open within @p range, as a range with both ends on the grid.
    TimeRange aligned(TimeRange range) const { return {ceil(range.from), ceil(range.to)}; }

    bool operator==(const Grid&) const = default;

private:
    std::int64_t index(UtcMs time) const; ///< number of the bar that contains @p time
    UtcMs open(std::int64_t index) const;

    Timeframe m_frame;
    milliseconds m_anchor;
};

} // namespace mnemo
