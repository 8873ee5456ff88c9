#include <algorithm>

#include <nlohmann/json.hpp>

#include "app/simulator/streams.h"
#include "app/simulator/venue.h"
#include "core/base/timetext.h"

// Kraken WebSocket v2: docs.kraken.com/api/docs/websocket-v2, "Candles (OHLC)", "Ping", "Status", "Heartbeat", 2025. No
// message says that a bar has ended: its last update stands.

namespace mnemo::sim {

namespace {

using nlohmann::json;

constexpr std::size_t snapshotBars = 10;
constexpr std::chrono::seconds quiet {1}; ///< then a heartbeat

std::string stamp(UtcMs time)
{
    std::string text = formatIso(time); // with nine digits of the second, as the venue writes them
    return text.replace(text.size() - 1, 1, "000000Z");
}

class KrakenStreams final : public Streams {
public:
    KrakenStreams(const MarketStore& store, const Feed& feed)
        : Streams(store, feed)
    {
    }

    std::vector<std::string> greeting() override
    {
        const json status {{"api_version", "v2"}, {"connection_id", 12393906104898154338U}, {"system", "online"}, {"version", "2.0.4"}};
        return {json {{"channel", "status"}, {"type", "update"}, {"data", json::array({status})}}.dump()};
    }

    std::vector<std::string> control(std::string_view text) override
    {
        const json request = json::parse(text, nullptr, false);
        const std::string method
            = request.is_object() && request.value("method", json {}).is_string() ? request["method"].get<std::string>() : "";
        if (method == "ping") {
            json pong {{"method", "pong"}, {"time_in", stamp(now())}, {"time_out", stamp(now())}};
            if (request.contains("req_id"))
                pong["req_id"] = request["req_id"];
            return {pong.dump()};
        }
        const json params = request.is_object() ? request.value("params", json {}) : json {};
        if ((method != "subscribe" && method != "unsubscribe") || !params.is_object())
            return {refused(request, method, "Unsupported method or malformed request", {})};
        if (params.value("channel", json {}) != "ohlc" || !params.value("symbol", json {}).is_array())
            return {refused(request, method, "Unsupported channel or symbols", {})};
        std::vector<std::string> answers;
        for (const json& symbol : params["symbol"])
            change(request, method, params, symbol.is_string() ? symbol.get<std::string>() : "", answers);
        return answers;
    }

private:
    std::string refused(const json& request, const std::string& method, const std::string& why, const std::string& symbol) const
    {
        json answer {{"error", why}, {"method", method}, {"success", false}, {"time_in", stamp(now())}, {"time_out", stamp(now())}};
        if (!symbol.empty())
            answer["symbol"] = symbol;
        if (request.is_object() && request.contains("req_id"))
            answer["req_id"] = request["req_id"];
        return answer.dump();
    }

    void change(const json& request, const std::string& method, const json& params, const std::string& symbol,
        std::vector<std::string>& answers)
    {
        const json interval = params.value("interval", json {});
        const auto grid = interval.is_number_integer() ? krakenGrid(std::to_string(interval.get<int>())) : std::nullopt;
        const Market* market = find(symbol);
        if (!market)
            return answers.push_back(refused(request, method, "Currency pair not supported " + symbol, symbol));
        if (!grid)
            return answers.push_back(refused(request, method, "Subscription ohlc interval not supported", symbol));
        Subscription subscription {symbol + ' ' + std::to_string(interval.get<int>()), market, *grid, {}, {}};
        json result {{"channel", "ohlc"}, {"interval", interval}, {"symbol", symbol}};
        if (method == "subscribe")
            result.update(json {{"snapshot", true}, {"warnings", json::array()}});
        json answer {{"method", method}, {"result", result}, {"success", true}, {"time_in", stamp(now())}, {"time_out", stamp(now())}};
        if (request.contains("req_id"))
            answer["req_id"] = request["req_id"];
        answers.push_back(answer.dump());
        if (method == "unsubscribe") {
            remove(subscription.name);
        } else if (!isSubscribed(subscription.name)) {
            answers.push_back(told("snapshot", subscription, newest(subscription, snapshotBars)));
            add(std::move(subscription));
        }
    }

    const Market* find(std::string_view symbol) const
    {
        const auto markets = store().markets("kraken", MarketType::Spot);
        const auto found = std::ranges::find_if(
            markets, [&](const Market* each) { return each->symbol.base + '/' + each->symbol.quote == symbol; });
        return found == markets.end() ? nullptr : *found;
    }

    std::string told(std::string_view type, const Subscription& subscription, const std::vector<Bar>& bars) const
    {
        const auto space = subscription.name.find(' ');
        std::string out = R"({"channel":"ohlc","type":")" + std::string(type) + R"(","timestamp":")" + stamp(now()) + R"(","data":[)";
        bool isFirst = true;
        for (const Bar& bar : bars) {
            out += (isFirst ? "" : ",") + (R"({"symbol":")" + subscription.name.substr(0, space) + '"');
            isFirst = false;
            for (const auto& [name, value] : {std::pair {"open", bar.open}, std::pair {"high", bar.high},
                     std::pair {"low", bar.low}, std::pair {"close", bar.close}, std::pair {"vwap", krakenMeanPrice(bar)},
                     std::pair {"volume", bar.volume}})
                out += ",\"" + std::string(name) + "\":" + formatFixed(value);
            out += R"(,"trades":)" + std::to_string(bar.trades) + R"(,"interval_begin":")" + stamp(fromMs(bar.openMs))
                + R"(","interval":)" + subscription.name.substr(space + 1) + R"(,"timestamp":")"
                + stamp(fromMs(bar.lastMs + 1)) + "\"}";
        }
        return out + "]}";
    }

    std::string message(const Subscription& subscription, const Bar& bar, bool) const override
    {
        return told("update", subscription, {bar});
    }

    std::string heartbeat(const Subscription& subscription) const override
    {
        return now() - subscription.told >= quiet ? R"({"channel":"heartbeat"})" : std::string();
    }
};

} // namespace

std::unique_ptr<Streams> openKrakenStreams(std::string_view path, const MarketStore& store, const Feed& feed)
{
    return path == "/v2" ? std::make_unique<KrakenStreams>(store, feed) : nullptr;
}

} // namespace mnemo::sim
