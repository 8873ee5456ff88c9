#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/simulator/feed.h"
#include "app/simulator/marketstore.h"

namespace mnemo::sim {

/// Binance's kline streams on one WebSocket connection: what the path subscribes to, the control messages, and the
/// messages that are due. Paths: /ws, /ws/NAME[/NAME...], /stream?streams=NAME[/NAME...]; with /spot, /linear or
/// /inverse in front the market type is fixed, else it is the first that knows the symbol.
/// Source: developers.binance.com, "WebSocket Market Streams", 2025. Not thread-safe: owned by its connection.
class KlineStreams {
public:
    /// Nothing where @p path is none of these.
    static std::optional<KlineStreams> open(
        std::string_view path, std::string_view query, const MarketStore& store, const Feed& feed);

    std::string control(std::string_view message); ///< the answer to a client's message
    /// The running bar of every subscription that has one; a bar that closed since the last call once more, as closed.
    std::vector<std::string> due();

private:
    struct Subscription {
        std::string name;
        const Market* market = nullptr;
        Grid grid {Timeframe {}};
        std::optional<UtcMs> lastOpen {};
    };

    KlineStreams(const MarketStore& store, const Feed& feed)
        : m_store(&store)
        , m_feed(&feed)
    {
    }
    void subscribe(std::string_view name);
    std::string message(const Subscription& subscription, const Bar& bar, bool isClosed) const;

    const MarketStore* m_store;
    const Feed* m_feed;
    std::optional<MarketType> m_type;
    bool m_isCombined = false;
    std::vector<Subscription> m_subscriptions;
};

} // namespace mnemo::sim
