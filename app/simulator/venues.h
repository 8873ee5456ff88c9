#pragma once

#include <span>
#include <string>
#include <string_view>

#include "app/simulator/fixed.h"
#include "core/market/instrument.h"

namespace mnemo::sim {

/// How a venue names and measures its markets; the rest of it is its Venue class.
struct VenueTraits {
    std::string_view id;
    bool hasLinear = false, hasInverse = false;
    std::string_view spotQuote = "USDT";
    bool showsEmptyBars = true; ///< a minute without trades is a bar of volume 0, else it is absent
    std::string (*marketId)(MarketType type, const SymbolParts& symbol) = nullptr;
    Fixed (*contractSize)(MarketType type, const SymbolParts& symbol) = nullptr;
    bool isProvider = false; ///< has no markets of its own
};

std::span<const VenueTraits> allVenues();
const VenueTraits* findVenue(std::string_view id); ///< null for an exchange that is not simulated

} // namespace mnemo::sim
