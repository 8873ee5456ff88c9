#include <nlohmann/json.hpp>

#include "app/simulator/streams.h"
#include "app/simulator/tape.h"
#include "core/base/timetext.h"

// Coinbase Exchange's feed: docs.cdp.coinbase.com/exchange/websocket-feed, "Overview" and "Channels", 2025. It has trades
// (matches) and no candles; the first message of a product is the trade before, as last_match.

namespace mnemo::sim {

namespace {

using nlohmann::json;

constexpr std::size_t mostTrades = 1000; ///< of a product in one beat

class CoinbaseStreams final : public Streams {
public:
    CoinbaseStreams(const MarketStore& store, const Feed& feed)
        : Streams(store, feed)
    {
    }

    std::vector<std::string> control(std::string_view text) override
    {
        const json request = json::parse(text, nullptr, false);
        const json type = request.is_object() ? request.value("type", json {}) : json {};
        if (type != "subscribe" && type != "unsubscribe")
            return {failed("Malformed JSON", "type is no known message")};
        std::vector<std::string> told;
        for (const json& channel : request.value("channels", json::array())) {
            const bool isNamed = channel.is_object();
            if ((isNamed ? channel.value("name", json {}) : channel) != "matches")
                return {failed("Failed to subscribe", channel.dump() + " is not a valid channel")};
            const json products = isNamed && channel.contains("product_ids") ? channel["product_ids"] : request.value("product_ids", json::array());
            for (const json& product : products) {
                const Market* market = product.is_string() ? store().find("coinbaseexchange", MarketType::Spot, product.get<std::string>()) : nullptr;
                if (!market)
                    return {failed("Failed to subscribe", product.dump() + " is not a valid product")};
                if (type == "unsubscribe")
                    remove(market->id);
                else if (!isSubscribed(market->id))
                    subscribe(*market, told);
            }
        }
        told.insert(told.begin(), state());
        return told;
    }

private:
    static std::string failed(const std::string& message, const std::string& reason)
    {
        return json {{"type", "error"}, {"message", message}, {"reason", reason}}.dump();
    }

    void subscribe(const Market& market, std::vector<std::string>& told)
    {
        Subscription subscription;
        subscription.name = market.id;
        subscription.market = &market;
        const auto trades = newestTrades(market, now(), now() - std::chrono::hours {1}, std::nullopt, 1);
        if (!trades.empty()) {
            subscription.lastTrade = trades.back().id;
            told.push_back(match("last_match", market, trades.back()));
        }
        subscription.lastOpen = subscription.grid.floor(now());
        add(std::move(subscription));
    }

    /// What the connection is subscribed to.
    std::string state() const
    {
        json products = json::array();
        for (const Subscription& each : subscriptions())
            products.push_back(each.name);
        json channels = json::array();
        if (!products.empty())
            channels.push_back({{"name", "matches"}, {"product_ids", products}, {"account_ids", nullptr}});
        return json {{"type", "subscriptions"}, {"channels", channels}}.dump();
    }

    static std::string match(const char* type, const Market& market, const TapeTrade& trade)
    {
        std::string time = formatIso(fromMs(trade.ms)); // with microseconds, as the venue writes them
        time.replace(time.size() - 1, 1, "000Z");
        return json {{"type", type}, {"trade_id", trade.id}, {"maker_order_id", "7f2a1c52-0000-4000-8000-00000000000a"},
            {"taker_order_id", "7f2a1c52-0000-4000-8000-00000000000b"}, {"side", trade.isBuy ? "sell" : "buy"},
            {"size", formatFixed(trade.amount)}, {"price", formatFixed(trade.price)}, {"product_id", market.id}, {"sequence", trade.id * 7},
            {"time", time}}.dump();
    }

    std::vector<std::string> news(Subscription& subscription, UtcMs at) const override
    {
        std::vector<std::string> messages;
        const UtcMs from = subscription.lastOpen.value_or(subscription.grid.floor(at));
        for (const TapeTrade& trade : newestTrades(*subscription.market, at, from, std::nullopt, mostTrades)) {
            if (trade.id <= subscription.lastTrade)
                continue;
            subscription.lastTrade = trade.id;
            messages.push_back(match("match", *subscription.market, trade));
        }
        subscription.lastOpen = subscription.grid.floor(at);
        return messages;
    }
};

} // namespace

std::unique_ptr<Streams> openCoinbaseStreams(std::string_view path, const MarketStore& store, const Feed& feed)
{
    return path.empty() || path == "/" ? std::make_unique<CoinbaseStreams>(store, feed) : nullptr;
}

} // namespace mnemo::sim
