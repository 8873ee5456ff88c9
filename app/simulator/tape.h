#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "app/simulator/faults.h"
#include "app/simulator/marketstore.h"

namespace mnemo::sim {

/// One execution of a market.
struct TapeTrade {
    std::int64_t id = 0; ///< grows with time
    std::int64_t ms = 0;
    Fixed price, amount;
    bool isBuy = false;
};

/// The executions that make up a market's minutes: at most four of each, at its open, high, low and close, whose amounts
/// add up to its volume. Each shows once its time has come. The same market always gives the same trades.
/// @param from trades of this minute on; @param before only ids below it; @return the newest @p limit of them, ascending
std::vector<TapeTrade> newestTrades(const Market& market, UtcMs now, UtcMs from, std::optional<std::int64_t> before, std::size_t limit);

/// Takes rows away at the old end (short) and lists some twice (duplicate).
void spoil(std::vector<TapeTrade>& trades, const FaultDraw& draw);

} // namespace mnemo::sim
