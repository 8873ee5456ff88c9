#include <algorithm>

#include <nlohmann/json.hpp>

#include "app/simulator/streams.h"
#include "app/simulator/venue.h"

// Bybit V5: bybit-exchange.github.io/docs/v5/ws/connect and /ws/public/kline, 2025.

namespace mnemo::sim {

namespace {

using nlohmann::json;

constexpr std::size_t mostSpotArgs = 10; ///< of one request

class BybitStreams final : public Streams {
public:
    BybitStreams(MarketType type, const MarketStore& store, const Feed& feed)
        : Streams(store, feed)
        , m_type(type)
    {
    }

    std::vector<std::string> control(std::string_view text) override
    {
        const json request = json::parse(text, nullptr, false);
        if (!request.is_object() || !request.value("op", json {}).is_string())
            return {answer({}, "", "Invalid request", false)};
        const json id = request.value("req_id", json(""));
        const std::string op = request["op"].get<std::string>();
        if (op == "ping")
            return {answer(id, op, "pong", true)};
        const json args = request.value("args", json::array());
        const bool areNames = args.is_array() && std::ranges::all_of(args, [](const json& arg) { return arg.is_string(); });
        if ((op != "subscribe" && op != "unsubscribe") || !areNames || args.empty())
            return {answer(id, op, "error:handler not found", false)};
        if (m_type == MarketType::Spot && args.size() > mostSpotArgs)
            return {answer(id, op, "args size >" + std::to_string(mostSpotArgs), false)};
        for (const json& arg : args) {
            const std::string topic = arg.get<std::string>();
            if (op == "unsubscribe")
                remove(topic);
            else if (auto wanted = subscription(topic))
                add(*std::move(wanted));
            else
                return {answer(id, op, "error:handler not found,topic:" + topic, false)};
        }
        return {answer(id, op, "", true)};
    }

private:
    static std::string answer(const json& id, std::string_view op, std::string_view text, bool isGood)
    {
        return json {{"success", isGood}, {"ret_msg", text}, {"conn_id", "2324d924-aa4d-45b0-a858-7b8be29ab52b"},
            {"req_id", id.is_string() ? id : json(id.dump())}, {"op", op}}
            .dump();
    }

    /// "kline.INTERVAL.SYMBOL"
    std::optional<Subscription> subscription(std::string_view topic) const
    {
        const auto dot = topic.find('.'), second = topic.find('.', dot + 1);
        if (!topic.starts_with("kline.") || second == std::string_view::npos)
            return std::nullopt;
        const auto grid = bybitGrid(topic.substr(dot + 1, second - dot - 1));
        const Market* market = store().find("bybit", m_type, topic.substr(second + 1));
        if (!grid || !market)
            return std::nullopt;
        return Subscription {std::string(topic), market, *grid, {}, {}};
    }

    std::string message(const Subscription& subscription, const Bar& bar, bool isClosed) const override
    {
        const bool isInverse = m_type == MarketType::Inverse; // volume in USD, turnover in coin
        const Fixed dollars = isInverse ? Fixed::fromDouble(bar.volume.toDouble() * bar.close.toDouble(), 0) : Fixed {};
        const std::string& name = subscription.name;
        const json row {{"start", bar.openMs}, {"end", bar.lastMs}, {"interval", name.substr(6, name.find('.', 6) - 6)},
            {"open", formatFixed(bar.open)}, {"close", formatFixed(bar.close)}, {"high", formatFixed(bar.high)},
            {"low", formatFixed(bar.low)}, {"volume", formatFixed(isInverse ? dollars : bar.volume)},
            {"turnover", formatFixed(isInverse ? bar.volume : bar.quoteVolume)}, {"confirm", isClosed},
            {"timestamp", toMs(now())}};
        return json {{"topic", name}, {"data", json::array({row})}, {"ts", toMs(now())}, {"type", "snapshot"}}.dump();
    }

    const MarketType m_type;
};

} // namespace

std::unique_ptr<Streams> openBybitStreams(std::string_view path, const MarketStore& store, const Feed& feed)
{
    constexpr std::string_view folder = "/v5/public/";
    const auto type = path.starts_with(folder) ? marketTypeFromText(path.substr(folder.size())) : std::nullopt;
    return type ? std::make_unique<BybitStreams>(*type, store, feed) : nullptr;
}

} // namespace mnemo::sim
