#pragma once

#include "ui/metrics/metricline.h"

namespace mnemo {

/// Open interest of which a source tells the amount or the dollars alone gets the other by the instrument's stored candles:
/// by the last close before each row, at most a day old. Only of instruments that are quoted in dollars, or a coin that
/// stands for one. What is told stays; what no candle prices stays untold. Errors: those of the store.
Result<void> completeByPrice(StoreReader& reader, MetricLine& line);

} // namespace mnemo
