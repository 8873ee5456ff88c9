#pragma once

#include "app/simulator/marketstore.h"

namespace mnemo::sim {

/// The open interest of a made-up market at the opening of @p bar, as a bar: volume is the amount in base units, quoteVolume
/// its value at the opening price, both one-sided; takerQuoteVolume is what traded until the next reading. The same moment has
/// the same amount in every timeframe. @p market must tell some (Market::interest).
Bar interestAt(const Market& market, const Bar& bar);

} // namespace mnemo::sim
