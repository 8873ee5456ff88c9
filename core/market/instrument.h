#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/clock.h"
#include "core/market/kind.h"

namespace mnemo {

enum class MarketType { Spot, Linear, Inverse };
std::string_view toText(MarketType type); ///< "spot", "linear", "inverse"
std::optional<MarketType> marketTypeFromText(std::string_view text);

/// A unified symbol in parts: BTC/USDT, BTC/USDT:USDT, BTC/USD:BTC, BTC/USD:BTC-220527 (as CCXT writes them).
struct SymbolParts {
    std::string base, quote;
    std::string settle; ///< empty for spot
    std::string suffix; ///< expiry and option part without the dash; empty for perpetuals
    std::string text() const;
    /// No colon is spot, settle = base is inverse, else linear.
    MarketType market() const;
    bool operator==(const SymbolParts&) const = default;
};
/// Nothing where base or quote is empty or a separator stands in the wrong place.
std::optional<SymbolParts> parseSymbol(std::string_view symbol);

/// The currency code that everybody else uses: XBT is BTC, XDG is DOGE, BCC is BCH. Others come back as they are.
/// A venue's own exceptions stand in its description.
std::string_view commonCurrency(std::string_view code);

/// What can be traded somewhere; from a venue's market list, or made from its symbol template.
struct Instrument {
    std::string exchange;
    MarketType market = MarketType::Spot;
    std::string symbol;              ///< unified
    std::string id;                  ///< the venue's own
    std::string base, quote, settle; ///< unified codes
    double contractSize = 1;         ///< base units (linear) or quote units (inverse) of one contract; 1 for spot
    std::optional<double> tickSize {};
    std::optional<int> priceScale {}, valueScale {}; ///< decimals of integers in answers, where a venue scales by market
    std::optional<UtcMs> listed {}, delisted {};
    bool active = true;
    /// What its open interest and liquidations are told in, where the market list says that: "base", "quote", or the list's own word where that is neither.
    std::string interestUnit {};
    bool operator==(const Instrument&) const = default;
};

} // namespace mnemo
