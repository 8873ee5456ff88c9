#include "app/simulator/tape.h"
#include "app/simulator/venue.h"

#include <nlohmann/json.hpp>

#include "core/base/timetext.h"

// bitFlyer Lightning: lightning.bitflyer.com/docs, "Market List", "Execution History", "API limits".

namespace mnemo::sim {

namespace {

using nlohmann::json;

constexpr std::int64_t mostRows = 500;

Answer error(int status, int code, std::string_view message)
{
    return {status, json {{"status", code}, {"error_message", message}, {"data", nullptr}}.dump(), "application/json; charset=utf-8", {}};
}

/// 2015-07-08T02:43:34.823; without the fraction where it is 0.
std::string dateText(std::int64_t ms)
{
    std::string text = formatIso(fromMs(ms)); // 2015-07-08T02:43:34.823Z
    text.resize(ms % 1000 == 0 ? 19 : 23);
    return text;
}

class Bitflyer final : public Venue {
public:
    Bitflyer(const MarketStore& store, Feed& feed)
        : Venue("bitflyer", store, feed)
    {
    }

    Answer answer(const Request& request, const FaultDraw& draw) override
    {
        if (request.isPath("/v1/getmarkets") || request.isPath("/v1/markets"))
            return products();
        if (request.isPath("/v1/getexecutions") || request.isPath("/v1/executions"))
            return executions(request, draw);
        return error(404, -404, "Not found");
    }

    LimitRule limit(const Request&) const override
    {
        LimitRule rule; // "500 queries in 5 minutes" by address
        rule.budget = "public";
        rule.perWindow = 500;
        rule.window = std::chrono::minutes {5};
        return rule;
    }

    void tellLimit(const Request&, const Permit&, Answer&) const override { }
    Answer refused(const Request&, const Permit&) const override { return error(429, -1, "Over API limit per period, per IP address"); }

private:
    Answer products() const
    {
        json list = json::array();
        for (const Market* market : store().markets(id(), MarketType::Spot))
            list.push_back({{"product_code", market->id}, {"market_type", "Spot"}});
        return {200, list.dump(), "application/json; charset=utf-8", {}};
    }

    Answer executions(const Request& request, const FaultDraw& draw) const
    {
        const Market* market = store().find(id(), MarketType::Spot, request.value("product_code"));
        if (!market)
            return error(404, -208, "Invalid product");
        const auto count = request.parameter("count") ? parseInteger(request.value("count")) : 100;
        const auto before = request.parameter("before") ? parseInteger(request.value("before")) : std::nullopt;
        if (!count || (request.parameter("before") && !before))
            return error(400, -100, "Invalid parameter");
        // "executions are kept for 31 days"
        const UtcMs oldest = Grid(Timeframe {}).ceil(now() - std::chrono::days {31});
        auto trades = newestTrades(*market, now(), oldest, before, static_cast<std::size_t>(std::clamp<std::int64_t>(*count, 1, mostRows)));
        spoil(trades, draw);
        return {200, write(trades), "application/json; charset=utf-8", {}};
    }

    static std::string write(const std::vector<TapeTrade>& trades)
    {
        std::string out = "[";
        for (auto trade = trades.rbegin(); trade != trades.rend(); ++trade) {
            out += out.size() == 1 ? "{\"id\":" : ",{\"id\":";
            appendInteger(out, trade->id);
            out += trade->isBuy ? ",\"side\":\"BUY\",\"price\":" : ",\"side\":\"SELL\",\"price\":";
            appendFixed(out, trade->price);
            out += ",\"size\":";
            appendFixed(out, trade->amount);
            out += ",\"exec_date\":\"" + dateText(trade->ms) + "\",\"buy_child_order_acceptance_id\":\"JRF0\",\"sell_child_order_acceptance_id\":\"JRF1\"}";
        }
        return out + ']';
    }
};

} // namespace

std::unique_ptr<Venue> makeBitflyer(const MarketStore& store, Feed& feed)
{
    return std::make_unique<Bitflyer>(store, feed);
}

} // namespace mnemo::sim
