#include <algorithm>
#include <map>

#include <nlohmann/json.hpp>

#include "app/simulator/streams.h"
#include "app/simulator/venue.h"

// Bitfinex v2: docs.bitfinex.com/docs/ws-general and /reference/ws-public-candles, 2025. Channels are numbers that the
// answer to a subscription gives; no message says that a bar has ended.

namespace mnemo::sim {

namespace {

using nlohmann::json;

constexpr std::size_t mostChannels = 25;
constexpr std::size_t snapshotBars = 100;
constexpr std::chrono::seconds quiet {15}; ///< then a heartbeat

std::string row(const Bar& bar)
{
    std::string out = '[' + std::to_string(bar.openMs);
    for (const Fixed value : {bar.open, bar.close, bar.high, bar.low, bar.volume})
        out += ',' + formatFixed(value);
    return out + ']';
}

class BitfinexStreams final : public Streams {
public:
    BitfinexStreams(const MarketStore& store, const Feed& feed)
        : Streams(store, feed)
    {
    }

    std::vector<std::string> greeting() override
    {
        return {R"({"event":"info","version":2,"serverId":"5eed","platform":{"status":1}})"};
    }

    std::vector<std::string> control(std::string_view text) override
    {
        const json request = json::parse(text, nullptr, false);
        const std::string event
            = request.is_object() && request.value("event", json {}).is_string() ? request["event"].get<std::string>() : "";
        if (event == "ping")
            return {json {{"event", "pong"}, {"ts", toMs(now())}, {"cid", request.value("cid", json {})}}.dump()};
        if (event == "unsubscribe")
            return {unsubscribe(request)};
        if (event == "subscribe")
            return subscribe(request);
        return {error("unknown event", 10001, request)};
    }

private:
    static std::string error(std::string_view text, int code, const json& request)
    {
        json answer {{"event", "error"}, {"msg", text}, {"code", code}};
        if (request.is_object() && request.contains("key"))
            answer["key"] = request["key"];
        return answer.dump();
    }

    std::vector<std::string> subscribe(const json& request)
    {
        const std::string key = request.value("key", json {}).is_string() ? request["key"].get<std::string>() : "";
        if (request.value("channel", json {}) != "candles")
            return {error("channel: unknown", 10302, request)};
        auto wanted = subscription(key);
        if (!wanted)
            return {error("key: invalid", 10300, request)};
        if (isSubscribed(key))
            return {error("subscribe: dup", 10301, request)};
        if (subscriptions().size() >= mostChannels)
            return {error("Reached limit of open channels", 10305, request)};
        const int channel = m_next++;
        m_channels[key] = channel;
        std::string bars;
        const auto known = newest(*wanted, snapshotBars);
        for (auto bar = known.rbegin(); bar != known.rend(); ++bar)
            bars += (bars.empty() ? "" : ",") + row(*bar);
        add(*std::move(wanted));
        return {json {{"event", "subscribed"}, {"channel", "candles"}, {"chanId", channel}, {"key", key}}.dump(),
            '[' + std::to_string(channel) + ",[" + bars + "]]"};
    }

    std::string unsubscribe(const json& request)
    {
        const json channel = request.value("chanId", json {});
        const auto known = std::ranges::find_if(m_channels, [&](const auto& each) { return channel == each.second; });
        if (known == m_channels.end())
            return error("unsubscribe: invalid", 10400, request);
        remove(known->first);
        m_channels.erase(known);
        return json {{"event", "unsubscribed"}, {"status", "OK"}, {"chanId", channel}}.dump();
    }

    /// "trade:FRAME:SYMBOL", where symbols may hold a colon.
    std::optional<Subscription> subscription(std::string_view key) const
    {
        const auto first = key.find(':'), second = key.find(':', first + 1);
        if (!key.starts_with("trade:") || second == std::string_view::npos)
            return std::nullopt;
        const auto grid = bitfinexGrid(key.substr(first + 1, second - first - 1));
        const Market* market = store().find("bitfinex", MarketType::Spot, key.substr(second + 1));
        if (!market)
            market = store().find("bitfinex", MarketType::Linear, key.substr(second + 1));
        if (!grid || !market)
            return std::nullopt;
        return Subscription {std::string(key), market, *grid, {}, {}};
    }

    std::string message(const Subscription& subscription, const Bar& bar, bool) const override
    {
        return '[' + std::to_string(m_channels.at(subscription.name)) + ',' + row(bar) + ']';
    }

    std::string heartbeat(const Subscription& subscription) const override
    {
        return now() - subscription.told >= quiet ? '[' + std::to_string(m_channels.at(subscription.name)) + R"(,"hb"])" : std::string();
    }

    std::map<std::string, int> m_channels; ///< by key
    int m_next = 343351;
};

} // namespace

std::unique_ptr<Streams> openBitfinexStreams(std::string_view path, const MarketStore& store, const Feed& feed)
{
    return path == "/ws/2" ? std::make_unique<BitfinexStreams>(store, feed) : nullptr;
}

} // namespace mnemo::sim
