#pragma once

#include <compare>
#include <string>

#include "core/market/grid.h"
#include "core/market/instrument.h"

namespace mnemo {

/// The unit of everything: one instrument's data of one kind and timeframe, as one source tells it.
struct SeriesKey {
    std::string source; ///< who tells: the exchange itself unless said otherwise
    std::string exchange;
    MarketType market = MarketType::Spot;
    std::string symbol; ///< unified
    Kind kind = Kind::Candles;
    Timeframe timeframe {};

    /// "EXCHANGE spot BTC/USDT candles 1m"; with the source in front where it is not the exchange.
    std::string text() const;
    auto operator<=>(const SeriesKey&) const = default;
};

} // namespace mnemo
