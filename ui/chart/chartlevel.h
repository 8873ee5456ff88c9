#pragma once

#include <cstdint>
#include <vector>

#include "core/market/candle.h"
#include "core/market/coverage.h"
#include "core/market/grid.h"
#include "ui/chart/qualitynote.h"

namespace mnemo {

/// One bar as it is drawn, of whatever length its level has.
struct ChartBar {
    UtcMs time {}; ///< open
    double open = 0, high = 0, low = 0, close = 0;
    double volume = 0;
    bool operator==(const ChartBar&) const = default;
};
ChartBar toBar(const Candle& candle);
/// @p into becomes the bar over both; @p later does not open before it.
void append(ChartBar& into, const ChartBar& later);

/// One step of detail: where its bars are read from and how long each is.
struct ChartLevel {
    enum class Source { Rows, Hours, Days }; ///< the series' own rows, or the store's aggregates
    Source source = Source::Rows;
    milliseconds length {60'000}; ///< of a bar; for months the mean month
    int merged = 1; ///< how many units of the source one bar holds
    bool operator==(const ChartLevel&) const = default;
};

/// Finest first, each about twice as long as the one before; the coarsest shows decades in a screen width.
std::vector<ChartLevel> chartLevels(const Grid& grid);

/// The finest level with at most two bars per pixel column.
std::size_t levelFor(const std::vector<ChartLevel>& levels, double msPerColumn);

/// Length of a series' own bars for drawing.
milliseconds drawnLength(const Grid& grid);

/// How far a bar of the first of two series lies from the second's, or several such bars together.
struct DifferenceBar {
    UtcMs time {}; ///< open
    milliseconds length {0};
    double low = 0, high = 0, last = 0; ///< first - second, of the closes, in basis points of the second's
    double basis = 0, limit = 0; ///< of the last one: within basis +- limit is fine; limit 0: not judged
    int bars = 0, beyond = 0; ///< that both have; of them with a close, open, high or low beyond its limit
    int onlyFirst = 0, onlySecond = 0; ///< bars that one alone has
    bool operator==(const DifferenceBar&) const = default;
};

/// What the store holds about a stretch of a series at one level; immutable once made.
struct ChartTile {
    TimeRange range;
    std::vector<ChartBar> bars; ///< ascending; absent bars are simply not there
    std::vector<Gap> gaps; ///< ascending, clipped to range
    std::vector<ChartBar> quarantined {}; ///< ascending; not among the bars, and only where single rows are read
    std::vector<QualityNote> notes {}; ///< ascending
    std::vector<DifferenceBar> differences {}; ///< ascending; of two series, then there is nothing else
    std::size_t bytes() const
    {
        return sizeof *this + (bars.capacity() + quarantined.capacity()) * sizeof(ChartBar)
            + gaps.capacity() * sizeof(Gap) + notes.capacity() * sizeof(QualityNote)
            + differences.capacity() * sizeof(DifferenceBar);
    }
};

struct TileKey {
    std::int64_t series = 0;
    int level = 0;
    std::int64_t index = 0; ///< range is [index, index + 1) tile lengths since 1970
    auto operator<=>(const TileKey&) const = default;
};
constexpr int barsPerTile = 1024;
TimeRange rangeOf(const ChartLevel& level, std::int64_t index);
UtcMs startOf(const ChartLevel& level, const Grid& grid, UtcMs time); ///< open of the level's bar over it
std::int64_t indexAt(const ChartLevel& level, UtcMs time);

} // namespace mnemo
