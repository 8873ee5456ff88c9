#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/market/candle.h"
#include "core/market/grid.h"

namespace mnemo {

/// One execution as the venue states it: price in quote currency, amount in base currency. The id may be empty.
struct Trade {
    UtcMs time {};
    double price = 0, amount = 0;
    std::string id;
    bool operator==(const Trade&) const = default;
};

/// The bars that these trades make: volume is the sum of amounts, quote volume of price x amount, trades their number.
/// A trade of no amount is none. Bars without trades do not appear.
/// @param trades ascending by time, in the venue's order within one moment. O(trades). Pure.
std::vector<Candle> foldTrades(std::span<const Trade> trades, const Grid& grid);

} // namespace mnemo
