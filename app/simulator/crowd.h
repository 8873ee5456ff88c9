#pragma once

#include <vector>

#include "app/simulator/feed.h"
#include "app/simulator/marketstore.h"

namespace mnemo::sim {

// What else is told of a made-up market of contracts: what its crowd pays, loses and bets on. The same moment has the same numbers whoever asks.
// @p market must tell some (Market::interest).

/// True where funding is paid then: each 8 hours; of SOL each 4 since 2025, as venues change it.
bool isFunded(const Market& market, std::int64_t atMs);
/// How many hours lie between two payments then.
int fundingHours(const Market& market, std::int64_t atMs);
/// What longs paid to shorts at the last funding up to @p atMs: a fraction with 8 decimals.
Fixed fundingRate(const Market& market, std::int64_t atMs);

/// When Binance says that it was paid: some ms after the hour.
inline std::int64_t binancePaidMs(std::int64_t hourMs)
{
    return hourMs + hourMs / 3'600'000 % 7;
}

/// What was expected at @p atMs of the next payment: the nearer it is, the closer.
Fixed predictedRate(const Market& market, std::int64_t atMs);

/// Of @p page, whose grid does not matter, the hours at which funding is paid, as bars: ascending, at most its limit from its side.
std::vector<Bar> fundings(Feed& feed, PageQuery page, const FaultDraw& draw);

/// Positions that were closed by force within a bar; most bars of a quiet hour have none.
struct Liquidations {
    Fixed longs, shorts; ///< base units
};
Liquidations liquidationsIn(const Market& market, const Bar& bar);

/// How many of a hundred accounts were long: two decimals.
Fixed longPercent(const Market& market, std::int64_t atMs);

} // namespace mnemo::sim
