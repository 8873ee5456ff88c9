#include "app/simulator/venue.h"

#include <algorithm>
#include <array>
#include <set>

#include <nlohmann/json.hpp>

#include "core/base/timetext.h"

// Coinbase Exchange: docs.cdp.coinbase.com/exchange, "Get product candles", "Get all known trading pairs", 2025.

namespace mnemo::sim {

namespace {

using nlohmann::json;

constexpr std::int64_t maxRows = 300;

struct Granularity {
    std::int64_t seconds;
    std::string_view frame;
};
constexpr std::array granularities {Granularity {60, "1m"}, Granularity {300, "5m"}, Granularity {900, "15m"},
    Granularity {3600, "1h"}, Granularity {21600, "6h"}, Granularity {86400, "1d"}};

Answer error(int status, std::string_view message)
{
    return {status, json {{"message", message}}.dump(), "application/json; charset=utf-8", {}};
}

Answer content(const json& body)
{
    return {200, body.dump(), "application/json; charset=utf-8", {}};
}

class CoinbaseExchange final : public Venue {
public:
    CoinbaseExchange(const MarketStore& store, Feed& feed)
        : Venue("coinbaseexchange", store, feed)
    {
    }

    Answer answer(const Request& request, const FaultDraw& draw) override
    {
        if (request.isPath("/products"))
            return products();
        if (request.isPath("/currencies"))
            return currencies();
        if (request.isPath("/time")) {
            const std::int64_t ms = toMs(now());
            return content({{"iso", formatIso(now())}, {"epoch", static_cast<double>(ms) / 1000}});
        }
        std::string_view rest = request.path;
        if (!rest.starts_with("/products/"))
            return error(404, "NotFound");
        rest.remove_prefix(10);
        const auto slash = rest.find('/');
        const Market* market = store().find(id(), MarketType::Spot, rest.substr(0, slash));
        if (!market)
            return error(404, "NotFound");
        if (slash == std::string_view::npos)
            return content(product(*market));
        return rest.substr(slash) == "/candles" ? candles(*market, request, draw) : error(404, "NotFound");
    }

    LimitRule limit(const Request&) const override
    {
        LimitRule rule; // "10 requests per second, up to 15 in bursts", by IP
        rule.budget = "public";
        rule.perWindow = 15;
        rule.window = std::chrono::milliseconds {1500};
        return rule;
    }

    void tellLimit(const Request&, const Permit&, Answer&) const override { } // Coinbase tells nothing

    Answer refused(const Request&, const Permit&) const override { return error(429, "Public rate limit exceeded"); }

private:
    Answer candles(const Market& market, const Request& request, const FaultDraw& draw)
    {
        const std::string* text = request.parameter("granularity");
        const auto seconds = text ? parseInteger(*text) : std::optional<std::int64_t> {60};
        const auto granularity = std::ranges::find(granularities, seconds.value_or(0), &Granularity::seconds);
        if (granularity == granularities.end())
            return error(400, "Unsupported granularity");
        PageQuery page;
        page.market = &market;
        page.grid = Grid(*Timeframe::fromName(granularity->frame));
        page.limit = maxRows;
        page.opens = inclusive(0, endOfTime);
        const std::string* start = request.parameter("start");
        const std::string* end = request.parameter("end");
        if (start && end) { // "if either is not provided, both are ignored"
            const auto from = parseTime(*start);
            const auto to = parseTime(*end);
            if (!from || !to)
                return error(400, from ? "Invalid end" : "Invalid start");
            if (*to < *from)
                return error(400, "start must be before end");
            page.opens = inclusive(toMs(*from), toMs(*to));
            if (page.grid.count(page.opens) > maxRows)
                return error(400, "granularity too small for the requested time range. Count of aggregations requested exceeds 300");
        }
        return {200, write(feed().page(page, draw)), "application/json; charset=utf-8", {}};
    }

    static std::string write(const std::vector<Bar>& bars)
    {
        std::string out;
        out.reserve(bars.size() * 72 + 2);
        out += '[';
        for (auto bar = bars.rbegin(); bar != bars.rend(); ++bar) {
            out += out.size() == 1 ? "[" : ",[";
            appendInteger(out, bar->openMs / 1000);
            for (const Fixed value : {bar->low, bar->high, bar->open, bar->close, bar->volume}) {
                out += ',';
                appendFixed(out, value);
            }
            out += ']';
        }
        out += ']';
        return out;
    }

    static json product(const Market& market)
    {
        return {{"id", market.id}, {"base_currency", market.symbol.base}, {"quote_currency", market.symbol.quote},
            {"quote_increment", stepText(market.priceScale)}, {"base_increment", stepText(market.volumeScale)},
            {"display_name", market.symbol.base + '/' + market.symbol.quote}, {"min_market_funds", "1"},
            {"margin_enabled", false}, {"post_only", false}, {"limit_only", false}, {"cancel_only", false},
            {"status", "online"}, {"status_message", ""}, {"trading_disabled", false}, {"fx_stablecoin", false},
            {"max_slippage_percentage", "0.02000000"}, {"auction_mode", false}, {"high_bid_limit_percentage", ""}};
    }

    Answer products() const
    {
        json list = json::array();
        for (const Market* market : store().markets(id(), MarketType::Spot))
            list.push_back(product(*market));
        return content(list);
    }

    Answer currencies() const
    {
        std::set<std::string> codes;
        for (const Market* market : store().markets(id(), MarketType::Spot))
            codes.insert({market->symbol.base, market->symbol.quote});
        json list = json::array();
        for (const std::string& code : codes) {
            const bool isMoney = code == "USD" || code == "EUR" || code == "GBP";
            list.push_back({{"id", code}, {"name", code}, {"min_size", isMoney ? "0.01" : "0.00000001"},
                {"status", "online"}, {"message", ""}, {"max_precision", isMoney ? "0.01" : "0.00000001"},
                {"convertible_to", json::array()}, {"details", {{"type", isMoney ? "fiat" : "crypto"}}},
                {"default_network", ""}, {"supported_networks", json::array()}});
        }
        return content(list);
    }
};

} // namespace

std::unique_ptr<Venue> makeCoinbaseExchange(const MarketStore& store, Feed& feed)
{
    return std::make_unique<CoinbaseExchange>(store, feed);
}

} // namespace mnemo::sim
