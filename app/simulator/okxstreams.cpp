#include <algorithm>

#include <nlohmann/json.hpp>

#include "app/simulator/streams.h"
#include "app/simulator/venue.h"

// OKX v5: www.okx.com/docs-v5, "WebSocket API", "Candlesticks channel", 2025.

namespace mnemo::sim {

namespace {

using nlohmann::json;

constexpr std::string_view connection = "a4d3ae55";

class OkxStreams final : public Streams {
public:
    OkxStreams(bool hasCandles, const MarketStore& store, const Feed& feed)
        : Streams(store, feed)
        , m_hasCandles(hasCandles)
    {
    }

    std::vector<std::string> control(std::string_view text) override
    {
        if (text == "ping")
            return {"pong"};
        const json request = json::parse(text, nullptr, false);
        const std::string op = request.is_object() && request.value("op", json {}).is_string() ? request["op"].get<std::string>() : "";
        const json args = request.is_object() ? request.value("args", json {}) : json {};
        if ((op != "subscribe" && op != "unsubscribe") || !args.is_array())
            return {error("60012", "Invalid request: " + std::string(text))};
        std::vector<std::string> answers;
        for (const json& arg : args)
            answers.push_back(change(op, arg));
        return answers;
    }

private:
    static std::string error(std::string_view code, std::string_view text)
    {
        return json {{"event", "error"}, {"code", code}, {"msg", text}, {"connId", connection}}.dump();
    }

    std::string change(const std::string& op, const json& arg)
    {
        const auto text = [&](const char* name) {
            return arg.is_object() && arg.value(name, json {}).is_string() ? arg[name].get<std::string>() : std::string();
        };
        const std::string channel = text("channel"), id = text("instId");
        const auto grid = m_hasCandles && channel.starts_with("candle") ? okxGrid(std::string_view(channel).substr(6)) : std::nullopt;
        const Market* market = find(id);
        if (!grid || !market)
            return error("60018", "Wrong URL or channel:" + channel + ",instId:" + id
                    + " doesn't exist. Please use the correct URL, channel and parameters referring to API document.");
        const std::string name = channel + ' ' + id;
        if (op == "subscribe")
            add({name, market, *grid, {}, {}});
        else
            remove(name);
        return json {{"event", op}, {"arg", {{"channel", channel}, {"instId", id}}}, {"connId", connection}}.dump();
    }

    const Market* find(std::string_view id) const
    {
        for (const MarketType type : {MarketType::Spot, MarketType::Linear, MarketType::Inverse}) {
            if (const Market* market = store().find("okx", type, id))
                return market;
        }
        return nullptr;
    }

    std::string message(const Subscription& subscription, const Bar& bar, bool isClosed) const override
    {
        const Market& market = *subscription.market;
        const bool isSpot = market.type == MarketType::Spot;
        json row = json::array({std::to_string(bar.openMs)});
        for (const Fixed value : {bar.open, bar.high, bar.low, bar.close, isSpot ? bar.volume : okxContracts(bar, market),
                 isSpot ? bar.quoteVolume : bar.volume, bar.quoteVolume})
            row.push_back(formatFixed(value));
        row.push_back(isClosed ? "1" : "0");
        const auto space = subscription.name.find(' ');
        return json {{"arg", {{"channel", subscription.name.substr(0, space)}, {"instId", market.id}}}, {"data", json::array({row})}}.dump();
    }

    const bool m_hasCandles;
};

} // namespace

std::unique_ptr<Streams> openOkxStreams(std::string_view path, const MarketStore& store, const Feed& feed)
{
    const bool isBusiness = path == "/ws/v5/business"; // candles are there since 2023
    return isBusiness || path == "/ws/v5/public" ? std::make_unique<OkxStreams>(isBusiness, store, feed) : nullptr;
}

} // namespace mnemo::sim
