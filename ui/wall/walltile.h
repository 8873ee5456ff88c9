#pragma once

#include <QString>
#include <optional>
#include <span>
#include <vector>

#include "core/engine/feedreport.h"
#include "core/market/candle.h"
#include "ui/bridge/storedseries.h"

namespace mnemo {

/// What one tile of the live wall shows. A value.
struct WallTile {
    static constexpr std::size_t mostPoints = 96; ///< of the line

    SeriesRecord record;
    UtcMs stored {}; ///< end of the newest bar in the store
    std::vector<double> line; ///< closes of bars in the store, oldest first, thinned out
    std::optional<double> reference; ///< what the change is counted from: the first close of the line's bars
    UtcMs since {}; ///< when that bar closed
    std::optional<Candle> running;
    std::optional<UtcMs> heard; ///< when the running bar was told last, by our clock
    std::optional<FollowedSeries> followed; ///< none: nobody follows it
    QString age; ///< how long ago something was told or stored; as of the last setAge()

    std::optional<double> last() const;
    std::optional<double> change() const; ///< share of the reference
    /// How long the change took: wallSpanText(), or less where the store holds less. Empty where there is none.
    QString changeSpan() const;
    bool isShort() const; ///< less is stored than the stretch that the change should be about
    /// @param bars ascending, those that the line is of
    void setBars(std::span<const Candle> bars);
    /// @return whether it reads otherwise now
    bool setAge(UtcMs now);
};

/// The stretch that line and change of a series are about: a day of bars up to an hour, else thirty bars.
milliseconds wallSpan(Timeframe timeframe);
QString wallSpanText(Timeframe timeframe); ///< "1 d", "30 d"

/// One series an instrument, that of the finest frame; candles alone, from the exchange itself, by key.
std::vector<const StoredSeries*> finestOf(const StoredSeriesList& list);

} // namespace mnemo
