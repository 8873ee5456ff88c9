#include "app/cli/providermarkets.h"

#include <map>
#include <tuple>

#include <nlohmann/json.hpp>

#include "app/cli/instrumentjson.h"
#include "core/exchange/symbolmapping.h"

namespace mnemo::cli {

namespace {

std::vector<MappedSymbol> rowsOf(const Venue& provider, const std::vector<Instrument>& list, std::optional<MarketType> only)
{
    auto rows = symbolMapping(provider, list);
    std::erase_if(rows, [only](const MappedSymbol& row) { return only && row.market != *only; });
    return rows;
}

std::string noteOn(const MappedSymbol& row)
{
    switch (row.origin) {
    case MappingOrigin::Corrected:
        return (row.id.empty() ? "corrected to none: " : "corrected: ") + row.place
            + (row.listedId.empty() ? "; it lists none" : row.listedId != row.id ? "; it lists " + row.listedId : "")
            + (row.isIdListed ? "" : "; not in its list");
    case MappingOrigin::UnknownExchange: return "not asked for: `provider` lacks this name of an exchange";
    case MappingOrigin::Listed:
    case MappingOrigin::Fixed:
    case MappingOrigin::NotMapped: break;
    }
    return {};
}

std::string unitText(const MappedSymbol& row)
{
    const auto parts = parseSymbol(row.symbol);
    if (!parts || (row.interestUnit != "base" && row.interestUnit != "quote"))
        return row.interestUnit;
    return row.interestUnit == "base" ? parts->base : parts->quote;
}

/// What the list knows of the market is kept but for the id; where it knows nothing, what the symbol tells.
Instrument shownInstrument(const Venue& provider, const MappedSymbol& row, const Instrument* listed)
{
    Instrument shown = listed != nullptr ? *listed : provider.instrument(row.market, row.symbol, row.id).value_or(Instrument {});
    shown.exchange = row.exchange;
    shown.market = row.market;
    shown.symbol = row.symbol;
    shown.id = row.id;
    shown.interestUnit = row.interestUnit;
    return shown;
}

} // namespace

Table providerTable(const Venue& provider, const std::vector<Instrument>& list, std::optional<MarketType> only)
{
    Table table({"exchange", "symbol", "market", "id", "open interest in", "note"});
    for (const MappedSymbol& row : rowsOf(provider, list, only))
        table.add({row.exchange, row.symbol, std::string(toText(row.market)), row.id, unitText(row), noteOn(row)});
    return table;
}

Json providerJson(const Venue& provider, const std::vector<Instrument>& list, std::optional<MarketType> only)
{
    std::map<std::tuple<std::string, MarketType, std::string>, const Instrument*> listed;
    for (const Instrument& one : list)
        listed.emplace(std::tuple(one.exchange, one.market, one.symbol), &one);
    Json all = Json::array();
    for (const MappedSymbol& row : rowsOf(provider, list, only)) {
        const bool isCorrected = row.origin == MappingOrigin::Corrected;
        Json json = toJson(shownInstrument(provider, row, listed[{row.exchange, row.market, row.symbol}]));
        json["exchange"] = row.exchange;
        json["corrected"] = isCorrected;
        if (isCorrected) {
            json["listedId"] = row.listedId.empty() ? Json() : Json(row.listedId);
            json["place"] = row.place;
        }
        all.push_back(std::move(json));
    }
    return all;
}

void warnOfUnlisted(const Venue& provider, const std::vector<Instrument>& list, std::optional<MarketType> only)
{
    for (const MappedSymbol& row : rowsOf(provider, list, only))
        if (!row.isIdListed)
            note("The market list of " + provider.id() + " has no " + row.id + ", which " + row.place + " names for the "
                + std::string(toText(row.market)) + " " + row.symbol + " of " + row.exchange + ": it is asked for all the same.");
}

} // namespace mnemo::cli
