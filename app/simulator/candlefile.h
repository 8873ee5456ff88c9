#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "app/simulator/bar.h"
#include "core/base/result.h"

namespace mnemo::sim {

/// Which rows of a file to take and how.
struct CandleFile {
    std::filesystem::path path; ///< CSV, gzip or zip (its first .csv)
    std::string venue, coin;    ///< where the file has columns of these names: only equal rows, case ignored
    Grid grid {Timeframe {}};   ///< off-grid rows are an error
};

/// Reads a file of candles: columns by name, any case and order; without a header 6, 12 (Binance's order) or 10
/// columns (time, text, symbol, OHLC, volume, quote volume, trades). Sorted; of rows with the same time the later stays.
/// Quote volume, trades and the takers' part are made up plausibly where the file has none.
/// Errors: NotFound, BadAnswer with file:line.
Result<std::vector<Bar>> readCandles(const CandleFile& file);

} // namespace mnemo::sim
