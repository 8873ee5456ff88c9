#include "app/simulator/crowd.h"
#include "app/simulator/venue.h"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

// Bybit V5: bybit-exchange.github.io/docs/v5/market, "Get Kline", "Get Open Interest", "Get Funding Rate History", "Get Instruments Info", "Rate Limit Rules", 2025.

namespace mnemo::sim {

namespace {

using nlohmann::json;

struct Interval {
    std::string_view text, frame;
};
constexpr std::array intervals {Interval {"1", "1m"}, Interval {"3", "3m"}, Interval {"5", "5m"}, Interval {"15", "15m"},
    Interval {"30", "30m"}, Interval {"60", "1h"}, Interval {"120", "2h"}, Interval {"240", "4h"}, Interval {"360", "6h"},
    Interval {"720", "12h"}, Interval {"D", "1d"}, Interval {"W", "1w"}, Interval {"M", "1M"}};

constexpr std::array intervalTimes {Interval {"5min", "5m"}, Interval {"15min", "15m"}, Interval {"30min", "30m"},
    Interval {"1h", "1h"}, Interval {"4h", "4h"}, Interval {"1d", "1d"}};

constexpr std::int64_t maxRows = 1000;
constexpr std::int64_t maxReadings = 200;

class Bybit final : public Venue {
public:
    Bybit(const MarketStore& store, Feed& feed)
        : Venue("bybit", store, feed)
    {
    }

    Answer answer(const Request& request, const FaultDraw& draw) override
    {
        if (request.isPath("/v5/market/kline"))
            return klines(request, draw);
        if (request.isPath("/v5/market/funding/history"))
            return fundingHistory(request, draw);
        if (request.isPath("/v5/market/open-interest"))
            return openInterest(request, draw);
        if (request.isPath("/v5/market/instruments-info"))
            return instruments(request);
        if (request.isPath("/v5/market/time")) {
            const std::int64_t ms = toMs(now());
            return result({{"timeSecond", std::to_string(ms / 1000)}, {"timeNano", std::to_string(ms) + "000000"}});
        }
        return {404, "404 page not found", "text/plain", {}};
    }

    LimitRule limit(const Request&) const override
    {
        LimitRule rule; // "600 requests within 5 seconds by default"; over it 403 and a pause of 10 minutes
        rule.budget = "ip";
        rule.perWindow = 600;
        rule.window = std::chrono::seconds {5};
        rule.refusalsToBan = 20;
        rule.ban = std::chrono::minutes {10};
        return rule;
    }

    void tellLimit(const Request&, const Permit& permit, Answer& answer) const override
    {
        answer.headers.emplace_back("X-Bapi-Limit", std::to_string(permit.limit));
        answer.headers.emplace_back(
            "X-Bapi-Limit-Status", std::to_string(std::max<std::int64_t>(0, permit.limit - permit.used)));
        answer.headers.emplace_back(
            "X-Bapi-Limit-Reset-Timestamp", std::to_string(toMs(now()) + permit.wait.count()));
    }

    Answer refused(const Request&, const Permit& permit) const override
    {
        if (permit.verdict == Permit::Verdict::Banned)
            return {403, R"({"retCode":10006,"retMsg":"access too frequent, please try again later","result":{},"retExtInfo":{},"time":)"
                    + std::to_string(toMs(now())) + "}",
                "application/json", {}};
        return error(10006, "Too many visits. Exceeded the API Rate Limit.");
    }

private:
    Answer result(const json& content) const
    {
        const json body {{"retCode", 0}, {"retMsg", "OK"}, {"result", content}, {"retExtInfo", json::object()},
            {"time", toMs(now())}};
        return {200, body.dump(), "application/json; charset=utf-8", {}};
    }

    Answer error(int code, std::string_view message) const
    {
        const json body {{"retCode", code}, {"retMsg", message}, {"result", json::object()},
            {"retExtInfo", json::object()}, {"time", toMs(now())}};
        return {200, body.dump(), "application/json; charset=utf-8", {}};
    }

    static std::optional<MarketType> category(const std::string& text)
    {
        return text.empty() ? MarketType::Linear : marketTypeFromText(text);
    }

    Answer klines(const Request& request, const FaultDraw& draw)
    {
        const auto type = category(request.value("category"));
        if (!type)
            return error(10001, "params error: Category is invalid");
        const Market* market = store().find(id(), *type, request.value("symbol"));
        if (!market)
            return error(10001, *type == MarketType::Spot ? "Not supported symbols" : "params error: Symbol Is Invalid");
        const auto grid = bybitGrid(request.value("interval"));
        if (!grid)
            return error(10001, "Invalid period!");
        PageQuery page;
        page.market = market;
        page.grid = *grid;
        page.limit = 200;
        std::optional<std::int64_t> start, end;
        for (const auto& [name, target] : {std::pair {"start", &start}, std::pair {"end", &end}}) {
            if (const std::string* text = request.parameter(name)) {
                *target = parseTimeMs(*text);
                if (!*target)
                    return error(10001, "params error: " + std::string(name) + " is invalid");
            }
        }
        if (const std::string* text = request.parameter("limit")) {
            const auto limit = parseInteger(*text);
            if (!limit || *limit == 0)
                return error(10001, "params error: limit is invalid");
            page.limit = static_cast<std::size_t>(std::min(*limit, maxRows));
        }
        if (start && end && *start > *end)
            return error(10001, "params error: Start Time is greater than End Time");
        // A start in the middle of a bar asks for that bar. With both ends the newest bars up to the end are served.
        const std::int64_t from = start ? toMs(page.grid.floor(fromMs(std::min(*start, endOfTime)))) : 0;
        page.opens = inclusive(from, end.value_or(endOfTime));
        page.side = start && !end ? Side::Oldest : Side::Newest;
        return {200, write(feed().page(page, draw), *market), "application/json; charset=utf-8", {}};
    }

    std::string write(const std::vector<Bar>& bars, const Market& market) const
    {
        const bool isInverse = market.type == MarketType::Inverse;
        std::string out;
        out.reserve(bars.size() * 110 + 200);
        out += R"({"retCode":0,"retMsg":"OK","result":{"category":")";
        out += toText(market.type);
        out += R"(","symbol":")" + market.id + R"(","list":[)";
        const std::size_t empty = out.size();
        for (auto bar = bars.rbegin(); bar != bars.rend(); ++bar) {
            out += out.size() == empty ? "[\"" : ",[\"";
            appendInteger(out, bar->openMs);
            out += '"';
            // inverse: volume in USD, turnover in coin
            const Fixed dollars = isInverse ? Fixed::fromDouble(bar->volume.toDouble() * bar->close.toDouble(), 0) : Fixed {};
            for (const Fixed value : {bar->open, bar->high, bar->low, bar->close, isInverse ? dollars : bar->volume,
                     isInverse ? bar->volume : bar->quoteVolume}) {
                out += ',';
                appendQuoted(out, value);
            }
            out += ']';
        }
        out += R"(]},"retExtInfo":{},"time":)" + std::to_string(toMs(now())) + '}';
        return out;
    }

    Answer openInterest(const Request& request, const FaultDraw& draw)
    {
        const auto type = marketTypeFromText(request.value("category"));
        if (!type || *type == MarketType::Spot)
            return error(10001, "params error: Category is invalid");
        PageQuery page;
        page.kind = Kind::OpenInterest;
        page.market = store().find(id(), *type, request.value("symbol"));
        if (!page.market)
            return error(10001, "params error: Symbol Is Invalid");
        const auto interval = std::ranges::find(intervalTimes, request.value("intervalTime"), &Interval::text);
        if (interval == intervalTimes.end())
            return error(10001, "params error: Interval is invalid");
        page.grid = Grid(*Timeframe::fromName(interval->frame));
        if (auto problem = readInterestRange(request, page))
            return *std::move(problem);
        return result(interest(feed().page(page, draw), page));
    }

    /// Newest first. "Passing only startTime returns an error", an end alone the newest before it.
    Answer fundingHistory(const Request& request, const FaultDraw& draw)
    {
        const auto type = marketTypeFromText(request.value("category"));
        if (!type || *type == MarketType::Spot)
            return error(10001, "params error: Category is invalid");
        PageQuery page;
        page.market = store().find(id(), *type, request.value("symbol"));
        if (!page.market)
            return error(10001, "params error: Symbol Is Invalid");
        if (request.parameter("startTime") && !request.parameter("endTime"))
            return error(10001, "params error: endTime is required with startTime");
        const auto start = request.parameter("startTime") ? parseTimeMs(request.value("startTime")) : 0;
        const auto end = request.parameter("endTime") ? parseTimeMs(request.value("endTime")) : endOfTime;
        const auto limit = request.parameter("limit") ? parseInteger(request.value("limit")) : maxReadings;
        if (!start || !end || *start > *end || !limit || *limit == 0)
            return error(10001, "params error: startTime, endTime or limit is invalid");
        page.limit = static_cast<std::size_t>(std::min(*limit, maxReadings));
        page.side = Side::Newest;
        page.opens = inclusive(*start, *end);
        const auto bars = fundings(feed(), page, draw);
        json list = json::array();
        for (auto bar = bars.rbegin(); bar != bars.rend(); ++bar)
            list.push_back({{"symbol", page.market->id}, {"fundingRate", formatFixed(fundingRate(*page.market, bar->openMs))},
                {"fundingRateTimestamp", std::to_string(bar->openMs)}});
        return result({{"category", toText(*type)}, {"list", std::move(list)}});
    }

    /// Backwards from the end, or from the cursor: the time of the oldest reading of the page before.
    std::optional<Answer> readInterestRange(const Request& request, PageQuery& page) const
    {
        std::int64_t start = 0;
        std::int64_t end = endOfTime;
        std::int64_t limit = 50;
        std::int64_t cursor = endOfTime;
        for (const auto& [name, target] : {std::pair {"startTime", &start}, std::pair {"endTime", &end},
                 std::pair {"limit", &limit}, std::pair {"cursor", &cursor}}) {
            const std::string text = request.value(name);
            if (text.empty())
                continue;
            const auto value = parseTimeMs(text);
            if (!value)
                return error(10001, "params error: " + std::string(name) + " is invalid");
            *target = *value;
        }
        if (limit == 0 || start > end)
            return error(10001, start > end ? "params error: Start Time is greater than End Time" : "params error: limit is invalid");
        page.limit = static_cast<std::size_t>(std::min(limit, maxReadings));
        const bool isAlone = request.parameter("startTime") && !request.parameter("endTime"); // then it is ignored
        page.opens = inclusive(isAlone ? 0 : start, std::min(end, cursor - 1));
        return std::nullopt;
    }

    /// Both sides: base currency of linear contracts, USD of inverse ones.
    static json interest(const std::vector<Bar>& readings, const PageQuery& page)
    {
        json list = json::array();
        for (auto reading = readings.rbegin(); reading != readings.rend(); ++reading) {
            const Fixed one = page.market->type == MarketType::Inverse ? Fixed::fromDouble(reading->quoteVolume.toDouble(), 0)
                                                                        : reading->volume;
            list.push_back({{"openInterest", formatFixed(sum(one, one))}, {"timestamp", std::to_string(reading->openMs)}});
        }
        const bool isLast = readings.size() < page.limit;
        return {{"symbol", page.market->id}, {"category", toText(page.market->type)}, {"list", std::move(list)},
            {"nextPageCursor", isLast ? std::string {} : std::to_string(readings.front().openMs)}};
    }

    Answer instruments(const Request& request) const
    {
        const std::string text = request.value("category");
        if (text != "option" && (text.empty() || !marketTypeFromText(text)))
            return error(10001, "params error: Category is invalid");
        json list = json::array();
        const std::string status = request.value("status");
        if (text != "option" && (status.empty() || status == "Trading"))
            list = instrumentList(*marketTypeFromText(text), request);
        if (list.empty() && request.parameter("symbol"))
            return error(10001, "params error: Symbol Is Invalid");
        json content {{"category", text}};
        content["nextPageCursor"] = text == "spot" ? std::string {} : cut(list, request);
        content["list"] = std::move(list);
        return result(content);
    }

    /// One page of the list; returns where the next one begins. Spot markets all come at once.
    static std::string cut(json& list, const Request& request)
    {
        const auto asked = static_cast<std::size_t>(parseInteger(request.value("limit")).value_or(500));
        const std::size_t limit = std::clamp<std::size_t>(asked, 1, 1000);
        const auto from = std::min(static_cast<std::size_t>(parseInteger(request.value("cursor")).value_or(0)), list.size());
        const std::size_t to = std::min(from + limit, list.size());
        json page = json::array();
        for (std::size_t i = from; i < to; ++i)
            page.push_back(std::move(list[i]));
        const bool isLast = to == list.size();
        list = std::move(page);
        return isLast ? std::string {} : std::to_string(to);
    }

    json instrumentList(MarketType type, const Request& request) const
    {
        json list = json::array();
        for (const Market* market : store().markets(id(), type)) {
            const std::string* symbol = request.parameter("symbol");
            const std::string* coin = request.parameter("baseCoin");
            if ((!symbol || *symbol == market->id) && (!coin || *coin == market->symbol.base))
                list.push_back(type == MarketType::Spot ? spot(*market) : contract(*market));
        }
        return list;
    }

    static json spot(const Market& market)
    {
        return {{"symbol", market.id}, {"baseCoin", market.symbol.base}, {"quoteCoin", market.symbol.quote},
            {"innovation", "0"}, {"status", "Trading"}, {"marginTrading", "none"},
            {"lotSizeFilter",
                {{"basePrecision", stepText(market.volumeScale)}, {"quotePrecision", "0.00000001"},
                    {"minOrderQty", stepText(market.volumeScale)}, {"maxOrderQty", "1000000"}, {"minOrderAmt", "1"},
                    {"maxOrderAmt", "4000000"}}},
            {"priceFilter", {{"tickSize", stepText(market.priceScale)}}}};
    }

    static json contract(const Market& market)
    {
        const bool isLinear = market.type == MarketType::Linear;
        const std::string step = stepText(isLinear ? market.volumeScale : 0);
        return {{"symbol", market.id}, {"contractType", isLinear ? "LinearPerpetual" : "InversePerpetual"},
            {"status", "Trading"}, {"baseCoin", market.symbol.base}, {"quoteCoin", market.symbol.quote},
            {"launchTime", std::to_string(toMs(market.listed))}, {"deliveryTime", "0"}, {"deliveryFeeRate", ""},
            {"priceScale", std::to_string(market.priceScale)},
            {"leverageFilter", {{"minLeverage", "1"}, {"maxLeverage", "100.00"}, {"leverageStep", "0.01"}}},
            {"priceFilter",
                {{"minPrice", stepText(market.priceScale)}, {"maxPrice", "1999999.80"},
                    {"tickSize", stepText(market.priceScale)}}},
            {"lotSizeFilter", {{"maxOrderQty", "1000000"}, {"minOrderQty", step}, {"qtyStep", step}}},
            {"unifiedMarginTrade", true}, {"fundingInterval", 480}, {"settleCoin", market.symbol.settle}};
    }
};

} // namespace

std::optional<Grid> bybitGrid(std::string_view text)
{
    const auto interval = std::ranges::find(intervals, text, &Interval::text);
    return interval == intervals.end() ? std::nullopt : std::optional(Grid(*Timeframe::fromName(interval->frame)));
}

std::unique_ptr<Venue> makeBybit(const MarketStore& store, Feed& feed)
{
    return std::make_unique<Bybit>(store, feed);
}

} // namespace mnemo::sim
