#include "app/simulator/streams.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace mnemo::sim {

namespace {

using nlohmann::json;

std::string upper(std::string_view text)
{
    std::string result(text);
    std::ranges::transform(
        result, result.begin(), [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    return result;
}

/// Binance's kline streams. Paths: /ws, /ws/NAME[/NAME...], /stream?streams=NAME[/NAME...]; with /spot, /linear or /inverse
/// in front the market type is fixed, /market in front stands for linear; else it is the first that knows the symbol.
/// Source: developers.binance.com, "WebSocket Market Streams", 2025.
class BinanceStreams final : public Streams {
public:
    BinanceStreams(const MarketStore& store, const Feed& feed)
        : Streams(store, feed)
    {
    }
    bool open(std::string_view path, std::string_view query); ///< false where there are none

    std::vector<std::string> control(std::string_view text) override { return {answer(text)}; }

private:
    std::string answer(std::string_view text);
    void subscribe(std::string_view name);
    std::string message(const Subscription& subscription, const Bar& bar, bool isClosed) const override;

    std::optional<MarketType> m_type;
    bool m_isCombined = false;
};

bool BinanceStreams::open(std::string_view path, std::string_view query)
{
    for (const MarketType type : {MarketType::Spot, MarketType::Linear, MarketType::Inverse}) {
        const std::string prefix = '/' + std::string(mnemo::toText(type)) + '/';
        if (path.starts_with(prefix)) {
            m_type = type;
            path.remove_prefix(prefix.size() - 1);
        }
    }
    if (path.starts_with("/market/")) { // where linear futures have theirs
        m_type = m_type.value_or(MarketType::Linear);
        path.remove_prefix(7);
    }
    std::string_view names;
    if (path == "/stream") {
        m_isCombined = true;
        if (query.starts_with("streams="))
            names = query.substr(8, query.find('&') == std::string_view::npos ? query.size() : query.find('&') - 8);
    } else if (path.starts_with("/ws/")) {
        names = path.substr(4);
    } else if (path != "/ws") {
        return false;
    }
    while (!names.empty()) {
        const auto slash = names.find('/');
        subscribe(names.substr(0, slash)); // unknown names are accepted and stay silent
        names.remove_prefix(slash == std::string_view::npos ? names.size() : slash + 1);
    }
    return true;
}

void BinanceStreams::subscribe(std::string_view name)
{
    const auto at = name.find("@kline_");
    if (at == std::string_view::npos)
        return;
    const auto frame = Timeframe::fromName(name.substr(at + 7));
    if (!frame)
        return;
    const std::string id = upper(name.substr(0, at));
    for (const MarketType type : {MarketType::Spot, MarketType::Linear, MarketType::Inverse}) {
        const Market* market = m_type.value_or(type) == type ? store().find("binance", type, id) : nullptr;
        if (!market)
            continue;
        add({std::string(name), market, Grid(*frame), {}, {}});
        return;
    }
}

std::string BinanceStreams::answer(std::string_view text)
{
    const json message = json::parse(text, nullptr, false);
    const auto refuse = [](const json& id, std::string_view why) {
        return json {{"error", {{"code", 2}, {"msg", "Invalid request: " + std::string(why)}}}, {"id", id}}.dump();
    };
    if (!message.is_object() || !message.contains("method") || !message["method"].is_string())
        return refuse(nullptr, "request must be an object with a method");
    const json id = message.value("id", json {});
    const std::string method = message["method"].get<std::string>();
    if (method == "LIST_SUBSCRIPTIONS") {
        json names = json::array();
        for (const Subscription& subscription : subscriptions())
            names.push_back(subscription.name);
        return json {{"result", names}, {"id", id}}.dump();
    }
    const json names = message.value("params", json {});
    if ((method != "SUBSCRIBE" && method != "UNSUBSCRIBE") || !names.is_array()
        || !std::ranges::all_of(names, [](const json& name) { return name.is_string(); }))
        return refuse(id, "unknown method or missing params");
    for (const json& entry : names) {
        const std::string name = entry.get<std::string>();
        if (method == "UNSUBSCRIBE")
            remove(name);
        else
            subscribe(name);
    }
    return json {{"result", nullptr}, {"id", id}}.dump();
}

std::string BinanceStreams::message(const Subscription& subscription, const Bar& bar, bool isClosed) const
{
    const bool isInverse = subscription.market->type == MarketType::Inverse;
    const auto contracts = [&](Fixed base) {
        const double size = subscription.market->contractSize.toDouble();
        return formatFixed(Fixed::fromDouble(base.toDouble() * bar.close.toDouble() / size, 0));
    };
    json body {{"e", "kline"}, {"E", toMs(now())}, {"s", subscription.market->id},
        {"k",
            {{"t", bar.openMs}, {"T", bar.lastMs}, {"s", subscription.market->id},
                {"i", subscription.grid.timeframe().name()}, {"f", bar.openMs / 1000},
                {"L", bar.openMs / 1000 + bar.trades - 1}, {"o", formatFixed(bar.open)}, {"c", formatFixed(bar.close)},
                {"h", formatFixed(bar.high)}, {"l", formatFixed(bar.low)},
                {"v", isInverse ? contracts(bar.volume) : formatFixed(bar.volume)}, {"n", bar.trades}, {"x", isClosed},
                {"q", formatFixed(isInverse ? bar.volume : bar.quoteVolume)},
                {"V", isInverse ? contracts(bar.takerVolume) : formatFixed(bar.takerVolume)},
                {"Q", formatFixed(isInverse ? bar.takerVolume : bar.takerQuoteVolume)}, {"B", "0"}}}};
    if (m_isCombined)
        body = {{"stream", subscription.name}, {"data", std::move(body)}};
    return body.dump();
}

} // namespace

std::unique_ptr<Streams> openBinanceStreams(
    std::string_view path, std::string_view query, const MarketStore& store, const Feed& feed)
{
    auto streams = std::make_unique<BinanceStreams>(store, feed);
    return streams->open(path, query) ? std::move(streams) : nullptr;
}

} // namespace mnemo::sim
