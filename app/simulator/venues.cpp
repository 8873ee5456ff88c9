#include "app/simulator/venues.h"

#include <algorithm>
#include <array>

namespace mnemo::sim {

namespace {

// Names as the venues' own market lists show them, 2025.

std::string binanceId(MarketType type, const SymbolParts& s)
{
    return s.base + s.quote + (type == MarketType::Inverse ? "_PERP" : "");
}

std::string bybitId(MarketType, const SymbolParts& s)
{
    return s.base + (s.quote == "USDC" && !s.settle.empty() ? "PERP" : s.quote);
}

std::string okxId(MarketType type, const SymbolParts& s)
{
    return s.base + '-' + s.quote + (type == MarketType::Spot ? "" : "-SWAP");
}

std::string krakenCode(const std::string& code)
{
    return code == "BTC" ? "XBT" : code == "DOGE" ? "XDG" : code;
}

/// Kraken's altname; the keys of its pair list (XXBTZUSD) are made from it in kraken.cpp.
std::string krakenId(MarketType, const SymbolParts& s)
{
    return krakenCode(s.base) + krakenCode(s.quote);
}

std::string coinbaseId(MarketType, const SymbolParts& s)
{
    return s.base + '-' + s.quote;
}

std::string bitfinexCode(const std::string& code)
{
    return code == "USDT" ? "UST" : code == "USDC" ? "UDC" : code;
}

std::string bitfinexId(MarketType type, const SymbolParts& s)
{
    const std::string base = bitfinexCode(s.base);
    const std::string quote = bitfinexCode(s.quote);
    if (type != MarketType::Spot)
        return 't' + base + "F0:" + quote + "F0";
    return 't' + base + (base.size() > 3 || quote.size() > 3 ? ":" : "") + quote;
}

std::string bitflyerId(MarketType, const SymbolParts& s)
{
    return s.base + '_' + s.quote;
}

/// One market a coin, all against the yen.
std::string btcboxId(MarketType, const SymbolParts& s)
{
    std::string id = s.base;
    std::ranges::transform(id, id.begin(), [](char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c); });
    return id;
}

Fixed one(MarketType, const SymbolParts&)
{
    return {1, 0};
}

Fixed binanceContract(MarketType type, const SymbolParts& s)
{
    return type == MarketType::Inverse ? Fixed {s.base == "BTC" ? 100 : 10, 0} : Fixed {1, 0};
}

Fixed okxContract(MarketType type, const SymbolParts& s)
{
    if (type == MarketType::Inverse)
        return {s.base == "BTC" ? 100 : 10, 0};
    if (type == MarketType::Spot)
        return {1, 0};
    return s.base == "BTC" ? Fixed {1, 2} : s.base == "ETH" ? Fixed {1, 1} : s.base == "DOGE" ? Fixed {1000, 0}
        : s.base == "XRP"                                                                      ? Fixed {100, 0}
                                                                                               : Fixed {1, 0};
}

std::string noId(MarketType, const SymbolParts&)
{
    return {};
}

constexpr std::array traits {
    VenueTraits {"binance", true, true, "USDT", true, binanceId, binanceContract},
    VenueTraits {"bybit", true, true, "USDT", true, bybitId, one},
    VenueTraits {"okx", true, true, "USDT", true, okxId, okxContract},
    VenueTraits {"kraken", false, false, "USD", true, krakenId, one},
    VenueTraits {"coinbaseexchange", false, false, "USD", false, coinbaseId, one},
    VenueTraits {"bitfinex", true, false, "USD", false, bitfinexId, one},
    VenueTraits {"bitflyer", false, false, "JPY", false, bitflyerId, one},
    VenueTraits {"btcbox", false, false, "JPY", false, btcboxId, one},
    VenueTraits {"coinalyze", false, false, "USDT", false, noId, one, true},
};

} // namespace

std::span<const VenueTraits> allVenues()
{
    return traits;
}

const VenueTraits* findVenue(std::string_view id)
{
    const auto found = std::ranges::find(traits, id, &VenueTraits::id);
    return found == traits.end() ? nullptr : &*found;
}

} // namespace mnemo::sim
