#include "core/market/instrument.h"

#include <array>
#include <utility>

namespace mnemo {

std::string_view toText(MarketType type)
{
    switch (type) {
    case MarketType::Spot:
        return "spot";
    case MarketType::Linear:
        return "linear";
    case MarketType::Inverse:
        return "inverse";
    }
    return "spot";
}

std::optional<MarketType> marketTypeFromText(std::string_view text)
{
    for (const MarketType type : {MarketType::Spot, MarketType::Linear, MarketType::Inverse}) {
        if (toText(type) == text)
            return type;
    }
    return std::nullopt;
}

std::string SymbolParts::text() const
{
    std::string out = base + '/' + quote;
    if (!settle.empty())
        out += ':' + settle;
    if (!suffix.empty())
        out += '-' + suffix;
    return out;
}

MarketType SymbolParts::market() const
{
    if (settle.empty())
        return MarketType::Spot;
    return settle == base ? MarketType::Inverse : MarketType::Linear;
}

std::optional<SymbolParts> parseSymbol(std::string_view symbol)
{
    const auto slash = symbol.find('/');
    if (slash == 0 || slash == std::string_view::npos || symbol.find('/', slash + 1) != std::string_view::npos)
        return std::nullopt;
    SymbolParts parts;
    parts.base = symbol.substr(0, slash);
    if (parts.base.find(':') != std::string::npos)
        return std::nullopt;
    std::string_view rest = symbol.substr(slash + 1);
    const auto colon = rest.find(':');
    if (colon != std::string_view::npos) {
        std::string_view settle = rest.substr(colon + 1);
        const auto dash = settle.find('-');
        if (dash != std::string_view::npos) {
            parts.suffix = settle.substr(dash + 1);
            settle = settle.substr(0, dash);
            if (parts.suffix.empty())
                return std::nullopt;
        }
        if (settle.empty() || settle.find(':') != std::string_view::npos)
            return std::nullopt;
        parts.settle = settle;
        rest = rest.substr(0, colon);
    }
    if (rest.empty())
        return std::nullopt;
    parts.quote = rest;
    return parts;
}

std::string_view commonCurrency(std::string_view code)
{
    // as CCXT's Exchange.commonCurrencies
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 4> table {
        {{"XBT", "BTC"}, {"BCC", "BCH"}, {"BCHSV", "BSV"}, {"XDG", "DOGE"}}};
    for (const auto& [from, to] : table) {
        if (code == from)
            return to;
    }
    return code;
}

} // namespace mnemo
