#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/exchange/venue.h"
#include "core/market/serieskey.h"

namespace mnemo {

/// Null where what the venue calls the series' market was not corrected, as always where it is no provider. O(corrections). Pure.
const SymbolCorrection* correctionOf(const Venue& venue, const SeriesKey& series);

/// The instrument that a correction means; what else is known of it is what @p list says of that id.
/// Nothing where the correction says that the provider has none.
std::optional<Instrument> correctedInstrument(
    const Venue& provider, const SymbolCorrection& correction, std::span<const Instrument> list);

/// What is to be said where a correction is used: that the list, where there is one, has no such id; that what is stored was told
/// by another id. @param storedId empty where nothing is stored
std::vector<std::string> correctionRemarks(
    const Venue& provider, const SymbolCorrection& correction, std::span<const Instrument> list, const std::string& storedId);
/// Why nothing is asked where a correction says that there is none; names the place where it is written.
Error correctedToNone(const Venue& provider, const SymbolCorrection& correction);

enum class MappingOrigin {
    Listed,          ///< by the provider's market list
    Fixed,           ///< by `markets.fixed` of its description
    Corrected,       ///< by `symbols`: with another id, or with none
    NotMapped,       ///< an exchange's market of which the provider tells nothing
    UnknownExchange, ///< a provider's market whose exchange `provider` does not name
};

/// One market, and what a provider calls it.
struct MappedSymbol {
    std::string exchange; ///< of UnknownExchange: as the provider names it
    MarketType market = MarketType::Spot;
    std::string symbol;       ///< unified
    std::string id;           ///< that is asked for; empty: none
    std::string listedId;     ///< that the list, or `markets.fixed`, has; empty: none
    std::string interestUnit; ///< as Instrument::interestUnit
    MappingOrigin origin = MappingOrigin::Listed;
    bool isIdListed = true;   ///< false: a correction to an id that the list, where there is one, lacks
    std::string place;        ///< of a correction: where it is written
    bool operator==(const MappedSymbol&) const = default;
};

/// The whole mapping of a provider, sorted by exchange, market and symbol; one row for each.
/// @param list   its market list, as fetched or stored
/// @param others markets of the exchanges themselves: those that nothing is known of are NotMapped
/// O(n log n). Pure.
std::vector<MappedSymbol> symbolMapping(
    const Venue& provider, std::span<const Instrument> list, std::span<const Instrument> others = {});

} // namespace mnemo
