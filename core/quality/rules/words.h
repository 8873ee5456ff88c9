#pragma once

#include <string>
#include <string_view>

#include "core/market/candle.h"
#include "core/market/openinterest.h"

namespace mnemo::words {

// Numbers as people read them in a rule's arithmetic, and rows as JSON for details.

std::string number(double value); ///< as stored: 0.0000000012
std::string rounded(double value, int digits = 3); ///< to so many significant digits: 26.5
std::string percent(double part); ///< 0.265: "+26.5 %"
std::string json(const Candle& bar); ///< {"time":ms,"open":..., ...}
std::string json(const OpenInterest& row); ///< {"time":ms,"amount":...,"value":...}
std::string json(Kind kind, const Metric& row); ///< {"time":ms,"rate":...}: what is told
std::string first(const Candle& bar); ///< "first":{...}
std::string first(const OpenInterest& row);
std::string first(Kind kind, const Metric& row);
std::string quoted(std::string_view text); ///< a JSON string

} // namespace mnemo::words
