#pragma once

#include <optional>
#include <vector>

#include "app/cli/output.h"
#include "core/exchange/venue.h"

namespace mnemo::cli {

/// What a provider calls which market of which exchange, what it tells its open interest in, and what the user has corrected.
/// @param list as fetched or stored
Table providerTable(const Venue& provider, const std::vector<Instrument>& list, std::optional<MarketType> only);

/// As of an exchange's markets, with `corrected`; of those that are, `listedId` (null: none) and `place` too. An empty id: the user says
/// that the provider has none.
Json providerJson(const Venue& provider, const std::vector<Instrument>& list, std::optional<MarketType> only);

/// Tells standard error of corrections that the list does not know.
void warnOfUnlisted(const Venue& provider, const std::vector<Instrument>& list, std::optional<MarketType> only);

} // namespace mnemo::cli
