#pragma once

#include <string>

#include "app/cli/output.h"
#include "core/market/instrument.h"

namespace mnemo::cli {

/// {symbol,id,market,base,quote,settle,contractSize,active,listed}; settle and contractSize are null for spot.
Json toJson(const Instrument& instrument);

/// Lays the members that @p text (a JSON object) has over @p instrument: id base quote settle contractSize tickSize
/// priceScale valueScale. Errors: InvalidArgument.
Result<Instrument> withJson(Instrument instrument, const std::string& text);

} // namespace mnemo::cli
