#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/simulator/feed.h"
#include "app/simulator/marketstore.h"

namespace mnemo::sim {

/// A venue's streams of candles or trades on one WebSocket connection: what it is subscribed to, answers to what the client sends,
/// and the messages that are due. Not thread-safe: owned by its connection.
class Streams {
public:
    virtual ~Streams() = default;
    Streams(const Streams&) = delete;
    Streams& operator=(const Streams&) = delete;

    virtual std::vector<std::string> greeting() { return {}; } ///< what the venue says first
    virtual std::vector<std::string> control(std::string_view message) = 0; ///< the answers to a client's message
    /// What is new of every subscription.
    std::vector<std::string> due();

protected:
    struct Subscription {
        std::string name; ///< unique on the connection
        const Market* market = nullptr;
        Grid grid {Timeframe {}};
        std::optional<UtcMs> lastOpen {};
        UtcMs told {}; ///< when something of it was sent last
        std::int64_t lastTrade = 0; ///< id of the newest that was told
    };

    Streams(const MarketStore& store, const Feed& feed)
        : m_store(store)
        , m_feed(feed)
    {
    }
    const MarketStore& store() const { return m_store; }
    UtcMs now() const { return m_feed.now(); }
    /// What a subscription begins with where the venue sends its newest bars: ascending, the running one last.
    std::vector<Bar> newest(const Subscription& subscription, std::size_t count) const;
    const std::vector<Subscription>& subscriptions() const { return m_subscriptions; }
    bool isSubscribed(std::string_view name) const;
    void add(Subscription subscription); ///< once is enough
    bool remove(std::string_view name);

private:
    /// Of venues that stream candles: the running bar, if there is one; before it bars that closed since the last call, as
    /// closed, each by message().
    virtual std::vector<std::string> news(Subscription& subscription, UtcMs at) const;
    virtual std::string message(const Subscription&, const Bar&, bool /*isClosed*/) const { return {}; }
    /// Said of a subscription that nothing happens in; empty: nothing.
    virtual std::string heartbeat(const Subscription&) const { return {}; }

    const MarketStore& m_store;
    const Feed& m_feed;
    std::vector<Subscription> m_subscriptions;
};

// By path and query as the client asks for them; null where the venue has none there.
std::unique_ptr<Streams> openBinanceStreams(
    std::string_view path, std::string_view query, const MarketStore& store, const Feed& feed);
std::unique_ptr<Streams> openBybitStreams(std::string_view path, const MarketStore& store, const Feed& feed);
std::unique_ptr<Streams> openOkxStreams(std::string_view path, const MarketStore& store, const Feed& feed);
std::unique_ptr<Streams> openKrakenStreams(std::string_view path, const MarketStore& store, const Feed& feed);
std::unique_ptr<Streams> openCoinbaseStreams(std::string_view path, const MarketStore& store, const Feed& feed);
std::unique_ptr<Streams> openBitfinexStreams(std::string_view path, const MarketStore& store, const Feed& feed);
/// Of the venue @p id.
std::unique_ptr<Streams> openStreams(
    std::string_view id, std::string_view path, std::string_view query, const MarketStore& store, const Feed& feed);

} // namespace mnemo::sim
