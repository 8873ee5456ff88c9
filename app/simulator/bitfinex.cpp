#include "app/simulator/venue.h"

#include <algorithm>
#include <array>
#include <set>

#include <nlohmann/json.hpp>

// Bitfinex v2: docs.bitfinex.com/reference, "Candles", "Configs", 2025.

namespace mnemo::sim {

namespace {

using nlohmann::json;

constexpr std::int64_t maxRows = 10000;

struct Interval {
    std::string_view text, frame;
};
constexpr std::array intervals {Interval {"1m", "1m"}, Interval {"5m", "5m"}, Interval {"15m", "15m"},
    Interval {"30m", "30m"}, Interval {"1h", "1h"}, Interval {"6h", "6h"}, Interval {"12h", "12h"}, Interval {"1D", "1d"},
    Interval {"1W", "1w"}, Interval {"1M", "1M"}};

Answer error(int status, int code, std::string_view message)
{
    return {status, json::array({"error", code, message}).dump(), "application/json; charset=utf-8", {}};
}

std::string code(const std::string& unified)
{
    return unified == "USDT" ? "UST" : unified == "USDC" ? "UDC" : unified;
}

class Bitfinex final : public Venue {
public:
    Bitfinex(const MarketStore& store, Feed& feed)
        : Venue("bitfinex", store, feed)
    {
    }

    Answer answer(const Request& request, const FaultDraw& draw) override
    {
        const std::string_view path = request.path;
        if (path.starts_with("/v2/candles/"))
            return candles(path.substr(12), request, draw);
        if (path.starts_with("/v2/conf/"))
            return configs(path.substr(9));
        if (path == "/v2/platform/status")
            return {200, "[1]", "application/json; charset=utf-8", {}};
        return error(404, 10000, "not_found");
    }

    LimitRule limit(const Request& request) const override
    {
        LimitRule rule; // "between 10 and 90 a minute, by endpoint"; over it a pause of a minute
        rule.budget = request.path.starts_with("/v2/candles/") ? "candles" : "conf";
        rule.perWindow = 90;
        rule.window = std::chrono::minutes {1};
        rule.penalty = std::chrono::minutes {1};
        return rule;
    }

    void tellLimit(const Request&, const Permit&, Answer&) const override { } // Bitfinex tells nothing

    Answer refused(const Request&, const Permit&) const override { return error(429, 11010, "ratelimit: error"); }

private:
    /// @p rest: trade:1m:tBTCUSD/hist; the symbol of a derivative has a colon of its own.
    Answer candles(std::string_view rest, const Request& request, const FaultDraw& draw)
    {
        const auto slash = rest.find('/');
        const std::string_view section = slash == std::string_view::npos ? std::string_view {} : rest.substr(slash + 1);
        const std::string_view key = rest.substr(0, slash);
        const auto first = key.find(':');
        const auto second = key.find(':', first + 1);
        if ((section != "hist" && section != "last") || first == std::string_view::npos
            || second == std::string_view::npos || key.substr(0, first) != "trade")
            return error(500, 10020, "candles: invalid");
        const auto grid = bitfinexGrid(key.substr(first + 1, second - first - 1));
        if (!grid)
            return error(500, 10020, "timeframe: invalid");
        const std::string_view symbol = key.substr(second + 1);
        const Market* market = store().find(id(), MarketType::Spot, symbol);
        if (!market)
            market = store().find(id(), MarketType::Linear, symbol);
        if (!market)
            return error(500, 10020, "symbol: invalid");
        PageQuery page;
        page.market = market;
        page.grid = *grid;
        bool ascends = false;
        if (auto problem = readRange(request, page, ascends))
            return *std::move(problem);
        if (section == "last")
            page.limit = 1;
        auto bars = feed().page(page, draw);
        if (!ascends)
            std::ranges::reverse(bars);
        return {200, write(bars, section == "last"), "application/json; charset=utf-8", {}};
    }

    static std::optional<Answer> readRange(const Request& request, PageQuery& page, bool& ascends)
    {
        std::int64_t start = 0;
        std::int64_t end = endOfTime;
        std::int64_t limit = 100;
        for (const auto& [name, target] : {std::pair {"start", &start}, std::pair {"end", &end}, std::pair {"limit", &limit}}) {
            if (const std::string* text = request.parameter(name)) {
                const auto value = parseInteger(*text);
                if (!value)
                    return error(500, 10020, std::string(name) + ": invalid");
                *target = *value;
            }
        }
        if (limit == 0 || limit > maxRows)
            return error(500, 10020, "limit: invalid");
        const std::string sort = request.value("sort");
        if (!sort.empty() && sort != "1" && sort != "+1" && sort != " 1" && sort != "-1" && sort != "0")
            return error(500, 10020, "sort: invalid");
        ascends = sort.ends_with('1') && sort != "-1";
        page.limit = static_cast<std::size_t>(limit);
        page.opens = inclusive(start, end);
        page.side = ascends ? Side::Oldest : Side::Newest;
        return std::nullopt;
    }

    static std::string write(const std::vector<Bar>& bars, bool isSingle)
    {
        std::string out;
        out.reserve(bars.size() * 80 + 2);
        if (!isSingle)
            out += '[';
        bool isFirst = true;
        for (const Bar& bar : bars) {
            out += isFirst ? "[" : ",[";
            isFirst = false;
            appendInteger(out, bar.openMs);
            for (const Fixed value : {bar.open, bar.close, bar.high, bar.low, bar.volume}) {
                out += ',';
                appendFixed(out, value);
            }
            out += ']';
        }
        if (!isSingle || isFirst)
            out += isSingle ? "[]" : "]";
        return out;
    }

    Answer configs(std::string_view labels) const
    {
        json all = json::array();
        while (!labels.empty()) {
            const auto comma = labels.find(',');
            all.push_back(config(labels.substr(0, comma)));
            labels.remove_prefix(comma == std::string_view::npos ? labels.size() : comma + 1);
        }
        return {200, all.dump(), "application/json; charset=utf-8", {}};
    }

    json config(std::string_view label) const
    {
        const bool isFutures = label.ends_with(":futures");
        json list = json::array();
        if (label == "pub:info:pair" || label == "pub:info:pair:futures" || label == "pub:list:pair:exchange"
            || label == "pub:list:pair:futures") {
            for (const Market* market : store().markets(id(), isFutures ? MarketType::Linear : MarketType::Spot)) {
                const std::string pair = market->id.substr(1);
                const std::string least = stepText(market->volumeScale);
                json info = json::array({nullptr, nullptr, nullptr, least, "2000.0", nullptr, nullptr, nullptr,
                    isFutures ? json(0.01) : json(nullptr), isFutures ? json(0.005) : json(nullptr), nullptr, nullptr});
                list.push_back(label.starts_with("pub:list:") ? json(pair) : json::array({pair, std::move(info)}));
            }
        } else if (label == "pub:list:currency") {
            for (const std::string& name : currencies())
                list.push_back(name);
        } else if (label == "pub:map:currency:sym") {
            list = json::array({json::array({"UST", "USDt"}), json::array({"UDC", "USDC"})});
        } else if (label == "pub:map:currency:undl") {
            for (const Market* market : store().markets(id(), MarketType::Linear)) {
                const std::string base = code(market->symbol.base);
                list.push_back(json::array({base + "F0", base}));
            }
        }
        return list; // the other labels exist and have nothing to say here
    }

    std::set<std::string> currencies() const
    {
        std::set<std::string> names;
        for (const MarketType type : {MarketType::Spot, MarketType::Linear}) {
            const std::string suffix = type == MarketType::Spot ? "" : "F0";
            for (const Market* market : store().markets(id(), type))
                names.insert({code(market->symbol.base) + suffix, code(market->symbol.quote) + suffix});
        }
        return names;
    }
};

} // namespace

std::optional<Grid> bitfinexGrid(std::string_view text)
{
    const auto interval = std::ranges::find(intervals, text, &Interval::text);
    return interval == intervals.end() ? std::nullopt : std::optional(Grid(*Timeframe::fromName(interval->frame)));
}

std::unique_ptr<Venue> makeBitfinex(const MarketStore& store, Feed& feed)
{
    return std::make_unique<Bitfinex>(store, feed);
}

} // namespace mnemo::sim
