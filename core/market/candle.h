#pragma once

#include <cstdint>
#include <optional>

#include "core/base/clock.h"

namespace mnemo {

enum CandleFlag : std::uint32_t {
    Quarantined = 1,       ///< left out by readers that ask for clean data
    Replaced = 2,          ///< value taken from another source by decision
    Foreign = 4,           ///< another venue's or source's value; left out likewise
    ApproximateVolume = 8, ///< volume converted with a price
};

/// One closed bar, half-open in time: [openTime, openTime + timeframe).
/// Prices in quote currency, volume in base currency; doubles of the venue's decimals.
struct Candle {
    UtcMs openTime {};
    double open = 0, high = 0, low = 0, close = 0;
    double volume = 0;
    std::optional<double> quoteVolume {};
    std::optional<std::int64_t> trades {};
    std::uint32_t flags = 0; ///< CandleFlag
    bool operator==(const Candle&) const = default;
};

} // namespace mnemo
