#pragma once

#include <string>
#include <vector>

#include "app/simulator/marketstore.h"

namespace mnemo::sim {

// What the files of Binance's archive hold, made of a market's bars: github.com/binance/binance-public-data, 2026. A draft has some rows that are
// wrong until the file is replaced.

/// Spot has no header, and microseconds since 2025; futures have one since 2022.
std::string candlesCsv(std::vector<Bar> bars, const Market& market, bool isDraft);
/// Open interest each five minutes, with the ratios that the venue tells beside it. @p market must tell some (Market::interest).
std::string metricsCsv(const std::vector<Bar>& bars, const Market& market, bool isDraft);
/// @p bars: those at whose opening funding was paid (crowd.h).
std::string fundingCsv(const std::vector<Bar>& bars, const Market& market, bool isDraft);

} // namespace mnemo::sim
