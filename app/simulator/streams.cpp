#include "app/simulator/streams.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace mnemo::sim {

bool Streams::isSubscribed(std::string_view name) const
{
    return std::ranges::find(m_subscriptions, name, &Subscription::name) != m_subscriptions.end();
}

void Streams::add(Subscription subscription)
{
    if (isSubscribed(subscription.name))
        return;
    subscription.told = now();
    m_subscriptions.push_back(std::move(subscription));
}

bool Streams::remove(std::string_view name)
{
    return std::erase_if(m_subscriptions, [&](const Subscription& each) { return each.name == name; }) > 0;
}

std::vector<Bar> Streams::newest(const Subscription& subscription, std::size_t count) const
{
    const UtcMs open = subscription.grid.floor(now());
    const TimeRange before {subscription.grid.advance(open, -static_cast<std::int64_t>(count)), open};
    auto bars = subscription.market->source->read(subscription.grid, before, count, Side::Newest);
    if (const auto running = subscription.market->source->running(subscription.grid, open, now()))
        bars.push_back(*running);
    return bars;
}

std::vector<std::string> Streams::news(Subscription& subscription, UtcMs at) const
{
    std::vector<std::string> messages;
    const BarSource& source = *subscription.market->source;
    const UtcMs open = subscription.grid.floor(at);
    if (subscription.lastOpen && *subscription.lastOpen < open) {
        for (const Bar& bar : source.read(subscription.grid, {*subscription.lastOpen, open}, 100, Side::Newest))
            messages.push_back(message(subscription, bar, true));
    }
    subscription.lastOpen = open;
    if (const auto bar = source.running(subscription.grid, open, at))
        messages.push_back(message(subscription, *bar, false));
    return messages;
}

std::vector<std::string> Streams::due()
{
    std::vector<std::string> messages;
    const UtcMs at = now();
    for (Subscription& subscription : m_subscriptions) {
        auto told = news(subscription, at);
        if (told.empty()) {
            if (auto beat = heartbeat(subscription); !beat.empty())
                told.push_back(std::move(beat));
        }
        if (!told.empty())
            subscription.told = at;
        std::ranges::move(told, std::back_inserter(messages));
    }
    return messages;
}

std::unique_ptr<Streams> openStreams(
    std::string_view id, std::string_view path, std::string_view query, const MarketStore& store, const Feed& feed)
{
    if (id == "binance")
        return openBinanceStreams(path, query, store, feed);
    if (id == "bybit")
        return openBybitStreams(path, store, feed);
    if (id == "okx")
        return openOkxStreams(path, store, feed);
    if (id == "kraken")
        return openKrakenStreams(path, store, feed);
    if (id == "coinbaseexchange")
        return openCoinbaseStreams(path, store, feed);
    if (id == "bitfinex")
        return openBitfinexStreams(path, store, feed);
    return nullptr;
}

} // namespace mnemo::sim
