#include "app/simulator/tape.h"
#include "app/simulator/venue.h"

#include <nlohmann/json.hpp>

// BtcBox: blog.btcbox.jp/en/archives/8762, "Order" (the latest executions) and "Tickers".

namespace mnemo::sim {

namespace {

using nlohmann::json;

constexpr std::size_t mostRows = 100;

Answer error(std::string_view code)
{
    return {200, json {{"result", false}, {"code", code}}.dump(), "application/json", {}};
}

class Btcbox final : public Venue {
public:
    Btcbox(const MarketStore& store, Feed& feed)
        : Venue("btcbox", store, feed)
    {
    }

    Answer answer(const Request& request, const FaultDraw& draw) override
    {
        if (request.isPath("/api/v1/tickers"))
            return tickers();
        if (!request.isPath("/api/v1/orders"))
            return {404, "Not Found", "text/plain", {}};
        const Market* market = store().find(id(), MarketType::Spot, request.parameter("coin") ? request.value("coin") : "btc");
        if (!market)
            return error("107");
        auto trades = newestTrades(*market, now(), market->listed, std::nullopt, mostRows);
        spoil(trades, draw);
        return {200, write(trades), "application/json", {}};
    }

    LimitRule limit(const Request&) const override { return {}; }
    void tellLimit(const Request&, const Permit&, Answer&) const override { }
    Answer refused(const Request&, const Permit&) const override { return error("402"); }

private:
    Answer tickers() const
    {
        json all = json::object();
        for (const Market* market : store().markets(id(), MarketType::Spot))
            all[market->symbol.base + '_' + market->symbol.quote] = {{"last", 1}};
        return {200, all.dump(), "application/json", {}};
    }

    static std::string write(const std::vector<TapeTrade>& trades)
    {
        std::string out = "[";
        for (const TapeTrade& trade : trades) {
            out += out.size() == 1 ? "{\"date\":\"" : ",{\"date\":\"";
            appendInteger(out, trade.ms / 1000);
            out += "\",\"price\":";
            appendFixed(out, trade.price);
            out += ",\"amount\":";
            appendFixed(out, trade.amount);
            out += ",\"tid\":\"";
            appendInteger(out, trade.id);
            out += trade.isBuy ? "\",\"type\":\"buy\"}" : "\",\"type\":\"sell\"}";
        }
        return out + ']';
    }
};

} // namespace

std::unique_ptr<Venue> makeBtcbox(const MarketStore& store, Feed& feed)
{
    return std::make_unique<Btcbox>(store, feed);
}

} // namespace mnemo::sim
