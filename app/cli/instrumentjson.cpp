#include "app/cli/instrumentjson.h"

#include <optional>

#include <nlohmann/json.hpp>

namespace mnemo::cli {

namespace {

/// Takes one member of a type; false where it has another type.
template<class Target>
bool take(const nlohmann::json& object, const char* name, Target& target)
{
    const auto found = object.find(name);
    if (found == object.end() || found->is_null())
        return true;
    if constexpr (std::is_same_v<Target, std::string>) {
        if (!found->is_string())
            return false;
        target = found->template get<std::string>();
    } else if constexpr (std::is_same_v<Target, std::optional<int>>) {
        if (!found->is_number_integer())
            return false;
        target = found->template get<int>();
    } else {
        if (!found->is_number())
            return false;
        target = found->template get<double>();
    }
    return true;
}

} // namespace

Json toJson(const Instrument& instrument)
{
    const bool isSpot = instrument.market == MarketType::Spot;
    Json json = {{"symbol", instrument.symbol}, {"id", instrument.id}, {"market", toText(instrument.market)}, {"base", instrument.base},
        {"quote", instrument.quote}};
    json["settle"] = isSpot ? Json() : Json(instrument.settle);
    json["contractSize"] = isSpot ? Json() : Json(instrument.contractSize);
    json["active"] = instrument.active;
    json["listed"] = instrument.listed ? Json(toMs(*instrument.listed)) : Json();
    if (!instrument.interestUnit.empty()) { // told by who lists several exchanges' markets
        json["exchange"] = instrument.exchange;
        json["interestUnit"] = instrument.interestUnit;
    }
    return json;
}

Result<Instrument> withJson(Instrument instrument, const std::string& text)
{
    const auto json = nlohmann::json::parse(text, nullptr, false);
    if (!json.is_object())
        return fail(ErrorCode::InvalidArgument, "--instrument is no JSON object; write for instance {\"contractSize\": 0.01}.");
    const std::pair<const char*, bool> taken[] = {
        {"id", take(json, "id", instrument.id)},
        {"base", take(json, "base", instrument.base)},
        {"quote", take(json, "quote", instrument.quote)},
        {"settle", take(json, "settle", instrument.settle)},
        {"contractSize", take(json, "contractSize", instrument.contractSize)},
        {"interestUnit", take(json, "interestUnit", instrument.interestUnit)},
        {"tickSize", take(json, "tickSize", instrument.tickSize)},
        {"priceScale", take(json, "priceScale", instrument.priceScale)},
        {"valueScale", take(json, "valueScale", instrument.valueScale)},
    };
    for (const auto& [name, isRight] : taken) {
        if (!isRight)
            return fail(ErrorCode::InvalidArgument, std::string("--instrument: ") + name + " is of the wrong type.");
    }
    return instrument;
}

} // namespace mnemo::cli
