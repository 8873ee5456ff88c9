#include "app/simulator/venue.h"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

#include "core/base/timetext.h"

// Kraken spot REST: docs.kraken.com/api, "Get OHLC Data", "Get Tradable Asset Pairs", 2025.

namespace mnemo::sim {

namespace {

using nlohmann::json;

constexpr std::size_t newestRows = 720; ///< "regardless of the value of since"

struct Interval {
    std::string_view minutes, frame;
};
constexpr std::array intervals {Interval {"1", "1m"}, Interval {"5", "5m"}, Interval {"15", "15m"}, Interval {"30", "30m"},
    Interval {"60", "1h"}, Interval {"240", "4h"}, Interval {"1440", "1d"}, Interval {"10080", "1w"}};

constexpr std::array<std::string_view, 10> oldCoins {
    "XBT", "ETH", "XRP", "LTC", "XMR", "ZEC", "ETC", "REP", "MLN", "XLM"};
constexpr std::array<std::string_view, 6> oldMoney {"USD", "EUR", "GBP", "JPY", "CAD", "AUD"};

std::string altCode(const std::string& code)
{
    return code == "BTC" ? "XBT" : code == "DOGE" ? "XDG" : code;
}

bool isOldCoin(std::string_view code)
{
    return std::ranges::find(oldCoins, code) != oldCoins.end();
}

/// The asset's key: the oldest ones carry X (coins) or Z (money) in front.
std::string assetKey(const std::string& code)
{
    const std::string alt = altCode(code);
    if (isOldCoin(alt) || alt == "XDG")
        return 'X' + alt;
    return std::ranges::find(oldMoney, alt) != oldMoney.end() ? 'Z' + alt : alt;
}

/// XXBTZUSD where both halves are old, else the short name.
std::string pairKey(const Market& market)
{
    const std::string base = altCode(market.symbol.base);
    const std::string quote = assetKey(market.symbol.quote);
    const bool isOld = isOldCoin(base) && quote != altCode(market.symbol.quote);
    return isOld ? assetKey(market.symbol.base) + quote : market.id;
}

std::string streamName(const Market& market)
{
    return altCode(market.symbol.base) + '/' + altCode(market.symbol.quote);
}

Answer error(std::string_view text)
{
    return {200, json {{"error", json::array({text})}}.dump(), "application/json; charset=utf-8", {}};
}

Answer result(json content)
{
    return {200, json {{"error", json::array()}, {"result", std::move(content)}}.dump(), "application/json; charset=utf-8", {}};
}

class Kraken final : public Venue {
public:
    Kraken(const MarketStore& store, Feed& feed)
        : Venue("kraken", store, feed)
    {
    }

    Answer answer(const Request& request, const FaultDraw& draw) override
    {
        if (request.isPath("/0/public/OHLC"))
            return candles(request, draw);
        if (request.isPath("/0/public/AssetPairs"))
            return pairs(request);
        if (request.isPath("/0/public/Assets"))
            return assets();
        if (request.isPath("/0/public/Time"))
            return result({{"unixtime", toMs(now()) / 1000}, {"rfc1123", formatIso(now())}});
        if (request.isPath("/0/public/SystemStatus"))
            return result({{"status", "online"}, {"timestamp", formatIso(now())}});
        if (request.path.starts_with("/0/"))
            return error("EGeneral:Unknown method");
        return {404, "<html><body>Not Found</body></html>", "text/html", {}};
    }

    LimitRule limit(const Request&) const override
    {
        LimitRule rule; // about one a second, with some in advance; the vendor gives no number for bursts
        rule.budget = "public";
        rule.perWindow = 15;
        rule.window = std::chrono::seconds {15};
        return rule;
    }

    void tellLimit(const Request&, const Permit&, Answer&) const override { } // Kraken tells nothing

    Answer refused(const Request&, const Permit&) const override { return error("EGeneral:Too many requests"); }

private:
    /// By key, short name or stream name.
    const Market* findMarket(const std::string& name) const
    {
        for (const Market* market : store().markets(id(), MarketType::Spot)) {
            if (market->id == name || pairKey(*market) == name || streamName(*market) == name)
                return market;
        }
        return nullptr;
    }

    Answer candles(const Request& request, const FaultDraw& draw)
    {
        const std::string pair = request.value("pair");
        if (pair.empty())
            return error("EGeneral:Invalid arguments");
        const Market* market = findMarket(pair);
        if (!market)
            return error("EQuery:Unknown asset pair");
        const std::string* minutes = request.parameter("interval");
        const auto grid = krakenGrid(minutes ? *minutes : std::string {"1"});
        if (!grid)
            return error("EGeneral:Invalid arguments");
        std::int64_t since = -1;
        if (const std::string* text = request.parameter("since")) {
            const auto value = parseInteger(*text);
            if (!value)
                return error("EGeneral:Invalid arguments");
            since = std::min(*value, endOfTime / 1000);
        }
        PageQuery page;
        page.market = market;
        page.grid = *grid;
        page.limit = newestRows;
        page.opens = inclusive(0, endOfTime);
        page.lost = Side::Oldest; // a recent-only answer always reaches to now
        return {200, write(feed().page(page, draw), *market, page.grid, since), "application/json; charset=utf-8", {}};
    }

    /// Only rows after @p since, in seconds; `last` is the id to go on with: the newest closed row.
    std::string write(const std::vector<Bar>& bars, const Market& market, const Grid& grid, std::int64_t since) const
    {
        std::string out;
        out.reserve(bars.size() * 110 + 64);
        out += R"({"error":[],"result":{")" + pairKey(market) + R"(":[)";
        const std::size_t empty = out.size();
        std::int64_t last = since < 0 ? 0 : since;
        const std::int64_t running = toMs(grid.floor(now()));
        for (const Bar& bar : bars) {
            if (bar.openMs / 1000 <= since)
                continue;
            if (bar.openMs < running)
                last = bar.openMs / 1000;
            out += out.size() == empty ? "[" : ",[";
            appendInteger(out, bar.openMs / 1000);
            for (const Fixed value : {bar.open, bar.high, bar.low, bar.close, krakenMeanPrice(bar), bar.volume}) {
                out += ',';
                appendQuoted(out, value);
            }
            out += ',';
            appendInteger(out, bar.trades);
            out += ']';
        }
        out += R"(],"last":)";
        appendInteger(out, last);
        out += "}}";
        return out;
    }

    Answer pairs(const Request& request) const
    {
        json content = json::object();
        if (const std::string* names = request.parameter("pair")) {
            std::string_view rest = *names;
            while (!rest.empty()) {
                const auto comma = rest.find(',');
                const Market* market = findMarket(std::string(rest.substr(0, comma)));
                if (!market)
                    return error("EQuery:Unknown asset pair");
                content[pairKey(*market)] = pair(*market);
                rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
            }
            return result(std::move(content));
        }
        for (const Market* market : store().markets(id(), MarketType::Spot))
            content[pairKey(*market)] = pair(*market);
        return result(std::move(content));
    }

    static json pair(const Market& market)
    {
        return {{"altname", market.id}, {"wsname", streamName(market)}, {"aclass_base", "currency"},
            {"base", assetKey(market.symbol.base)}, {"aclass_quote", "currency"}, {"quote", assetKey(market.symbol.quote)},
            {"lot", "unit"}, {"cost_decimals", 5}, {"pair_decimals", market.priceScale}, {"lot_decimals", 8},
            {"lot_multiplier", 1}, {"leverage_buy", json::array()}, {"leverage_sell", json::array()},
            {"fees", json::array({json::array({0, 0.4}), json::array({10000, 0.35})})},
            {"fees_maker", json::array({json::array({0, 0.25}), json::array({10000, 0.2})})}, {"fee_volume_currency", "ZUSD"},
            {"margin_call", 80}, {"margin_stop", 40}, {"ordermin", "0.0001"}, {"costmin", "0.5"},
            {"tick_size", stepText(market.priceScale)}, {"status", "online"}};
    }

    Answer assets() const
    {
        json content = json::object();
        for (const Market* market : store().markets(id(), MarketType::Spot)) {
            for (const std::string& code : {market->symbol.base, market->symbol.quote})
                content[assetKey(code)] = {{"aclass", "currency"}, {"altname", altCode(code)}, {"decimals", 10},
                    {"display_decimals", 5}, {"status", "enabled"}};
        }
        return result(std::move(content));
    }
};

} // namespace

std::optional<Grid> krakenGrid(std::string_view minutes)
{
    const auto interval = std::ranges::find(intervals, minutes, &Interval::minutes);
    return interval == intervals.end() ? std::nullopt : std::optional(Grid(*Timeframe::fromName(interval->frame)));
}

Fixed krakenMeanPrice(const Bar& bar)
{
    if (bar.volume.isZero())
        return {0, 1};
    return Fixed::fromDouble(bar.quoteVolume.toDouble() / bar.volume.toDouble(), std::max(1, bar.open.scale));
}

std::unique_ptr<Venue> makeKraken(const MarketStore& store, Feed& feed)
{
    return std::make_unique<Kraken>(store, feed);
}

} // namespace mnemo::sim
