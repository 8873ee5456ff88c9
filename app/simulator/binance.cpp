#include "app/simulator/crowd.h"
#include "app/simulator/interest.h"
#include "app/simulator/venue.h"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

// Binance spot, USD-M and COIN-M: developers.binance.com, "Market Data endpoints" and "General info" of the three APIs, 2025;
// "Open Interest Statistics" and "Get Funding Rate History" of the two futures APIs.

namespace mnemo::sim {

namespace {

using nlohmann::json;

constexpr std::int64_t dayMs = 86'400'000;
constexpr std::int64_t inverseWindow = 200 * dayMs; ///< COIN-M: longest distance of startTime and endTime

constexpr std::int64_t interestKept = 30 * dayMs;   ///< "only the data of the latest 1 month is available"
constexpr std::int64_t interestRows = 500;
constexpr std::string_view statistics = "/futures/data/"; ///< of both futures APIs
constexpr std::array<std::string_view, 9> periods {"5m", "15m", "30m", "1h", "2h", "4h", "6h", "12h", "1d"};

struct Api {
    std::string_view prefix;
    MarketType type;
    std::int64_t weightPerMinute;
    std::int64_t maxLimit;
};
constexpr std::array<Api, 3> apis {{{"/api/v3/", MarketType::Spot, 6000, 1000},
    {"/fapi/v1/", MarketType::Linear, 2400, 1500}, {"/dapi/v1/", MarketType::Inverse, 2400, 1500}}};

Answer error(int status, int code, std::string_view message)
{
    return {status, json {{"code", code}, {"msg", message}}.dump(), "application/json", {}};
}

/// A call's parameters after all checks.
struct KlineCall {
    const Market* market = nullptr;
    Grid grid {Timeframe {}};
    std::optional<std::int64_t> start, end;
    std::int64_t limit = 500;
    bool inMicroseconds = false;
};

class Binance final : public Venue {
public:
    Binance(const MarketStore& store, Feed& feed)
        : Venue("binance", store, feed)
    {
    }

    Answer answer(const Request& request, const FaultDraw& draw) override
    {
        if (request.isPath(std::string(statistics) + "openInterestHist"))
            return openInterest(request, draw);
        const Api* api = apiOf(request);
        if (!api)
            return notFound();
        const std::string_view call = std::string_view(request.path).substr(api->prefix.size());
        if (request.method != "GET")
            return error(405, -1000, "Request method '" + request.method + "' is not supported.");
        if (call == "ping")
            return {200, "{}", "application/json", {}};
        if (call == "time")
            return {200, R"({"serverTime":)" + std::to_string(toMs(now())) + "}", "application/json", {}};
        if (call == "exchangeInfo")
            return exchangeInfo(*api, request);
        if (call == "openInterest" && api->type != MarketType::Spot)
            return openInterestNow(*api, request);
        if (call == "fundingRate" && api->type != MarketType::Spot)
            return fundingHistory(*api, request, draw);
        if (call == "klines" || (call == "uiKlines" && api->type == MarketType::Spot))
            return klines(*api, request, draw);
        return notFound();
    }

    LimitRule limit(const Request& request) const override
    {
        const bool isStatistics = request.path.starts_with(statistics);
        const Api* api = apiOf(request);
        if (!api && !isStatistics)
            return {};
        LimitRule rule;
        if (isStatistics) { // "IP rate limit 1000 requests / 5 min", no weight
            rule.budget = statistics;
            rule.perWindow = 1000;
            rule.window = std::chrono::minutes {5};
        } else if (request.path.ends_with("/fundingRate")) { // "share 500/5min/IP rate limit with GET /fapi/v1/fundingInfo"
            rule.budget = "fundingRate";
            rule.perWindow = 500;
            rule.window = std::chrono::minutes {5};
        } else {
            rule.budget = api->prefix;
            rule.weight = weight(*api, request);
            rule.perWindow = api->weightPerMinute;
            rule.window = std::chrono::minutes {1};
            rule.isFixedWindow = true;
        }
        rule.refusalsToBan = 20; // "repeatedly": the vendor gives no number
        rule.ban = std::chrono::minutes {2};
        return rule;
    }

    void tellLimit(const Request& request, const Permit& permit, Answer& answer) const override
    {
        if (request.path.starts_with(statistics))
            return;
        const std::string used = std::to_string(permit.used);
        if (request.path.starts_with("/api/"))
            answer.headers.emplace_back("x-mbx-used-weight", used);
        answer.headers.emplace_back("X-MBX-USED-WEIGHT-1M", used);
    }

    Answer refused(const Request&, const Permit& permit) const override
    {
        Answer answer;
        if (permit.verdict == Permit::Verdict::Banned) {
            answer = error(418, -1003,
                "Way too much request weight used; IP banned until " + std::to_string(toMs(now()) + permit.wait.count())
                    + ". Please use WebSocket Streams for live updates to avoid bans.");
        } else {
            answer = error(429, -1003,
                "Too much request weight used; current limit is " + std::to_string(permit.limit)
                    + " request weight per 1 MINUTE. Please use WebSocket Streams for live updates to avoid polling the API.");
        }
        answer.headers.emplace_back("Retry-After", secondsText(permit.wait));
        return answer;
    }

private:
    static Answer notFound() { return {404, "<html><body><h2>404 Not found</h2></body></html>", "text/html", {}}; }

    static const Api* apiOf(const Request& request)
    {
        const auto found = std::ranges::find_if(apis, [&](const Api& api) { return request.path.starts_with(api.prefix); });
        return found == apis.end() ? nullptr : &*found;
    }

    static std::int64_t weight(const Api& api, const Request& request)
    {
        const bool isKlines = request.path.ends_with("lines");
        if (api.type == MarketType::Spot)
            return isKlines ? 2 : request.path.ends_with("exchangeInfo") ? 20 : 1;
        if (!isKlines)
            return 1;
        const std::int64_t rows = parseInteger(request.value("limit")).value_or(500);
        return rows < 100 ? 1 : rows < 500 ? 2 : rows <= 1000 ? 5 : 10;
    }

    Answer klines(const Api& api, const Request& request, const FaultDraw& draw)
    {
        KlineCall call;
        if (auto problem = check(api, request, call))
            return *std::move(problem);
        return {200, write(feed().page(query(api, call), draw), api, call), "application/json", {}};
    }

    /// Fills @p call; an answer is the first complaint.
    std::optional<Answer> check(const Api& api, const Request& request, KlineCall& call) const
    {
        for (const std::string_view name : {"symbol", "interval"}) {
            if (request.value(name).empty())
                return error(400, -1102,
                    "Mandatory parameter '" + std::string(name) + "' was not sent, was empty/null, or malformed.");
        }
        const std::string symbol = request.value("symbol");
        const bool isLegal = symbol.size() <= 20 && std::ranges::all_of(symbol, [](char c) {
            return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
        });
        if (!isLegal)
            return error(400, -1100,
                "Illegal characters found in parameter 'symbol'; legal range is '^[A-Z0-9-_.]{1,20}$'.");
        const auto frame = Timeframe::fromName(request.value("interval"));
        if (!frame)
            return error(400, -1120, "Invalid interval.");
        call.grid = Grid(*frame);
        call.market = store().find(id(), api.type, symbol);
        if (!call.market)
            return error(400, -1121, "Invalid symbol.");
        return checkRange(api, request, call);
    }

    std::optional<Answer> checkRange(const Api& api, const Request& request, KlineCall& call) const
    {
        for (const auto& [name, target] : {std::pair {"startTime", &call.start}, std::pair {"endTime", &call.end}}) {
            const std::string* text = request.parameter(name);
            if (!text)
                continue;
            *target = parseTimeMs(*text);
            if (!*target)
                return error(400, -1100, "Illegal characters found in parameter '" + std::string(name)
                        + "'; legal range is '^[0-9]{1,20}$'.");
        }
        if (const std::string* text = request.parameter("limit")) {
            const auto limit = parseInteger(*text);
            if (!limit)
                return error(400, -1100, "Illegal characters found in parameter 'limit'; legal range is '^[0-9]{1,20}$'.");
            // The spot API serves its maximum where more is asked for; the futures APIs refuse.
            if (*limit == 0 || (*limit > api.maxLimit && api.type != MarketType::Spot))
                return error(400, -1130, "Data sent for parameter 'limit' is not valid.");
            call.limit = std::min(*limit, api.maxLimit);
        }
        if (api.type == MarketType::Inverse && call.start && call.end && *call.end - *call.start > inverseWindow)
            return error(400, -1127, "Lookup interval is too big. Not more than 4800 hours between startTime and endTime.");
        return api.type == MarketType::Spot ? checkSpotExtras(request, call) : std::nullopt;
    }

    /// timeZone moves the bars' openings; a header asks for microseconds.
    static std::optional<Answer> checkSpotExtras(const Request& request, KlineCall& call)
    {
        call.inMicroseconds = request.header("x-mbx-time-unit") == "MICROSECOND";
        const std::string* zone = request.parameter("timeZone");
        if (!zone)
            return std::nullopt;
        std::string_view text = *zone;
        const bool isWest = text.starts_with('-');
        if (isWest || text.starts_with('+'))
            text.remove_prefix(1);
        const auto colon = text.find(':');
        const auto hours = parseInteger(text.substr(0, colon));
        const auto minutes = colon == std::string_view::npos ? std::optional<std::int64_t> {0} : parseInteger(text.substr(colon + 1));
        if (!hours || !minutes || *minutes > 59 || *hours > (isWest ? 12 : 14))
            return error(400, -1130, "Data sent for parameter 'timeZone' is not valid.");
        const auto offset = std::chrono::minutes {(*hours * 60 + *minutes) * (isWest ? -1 : 1)};
        const Timeframe frame = call.grid.timeframe();
        call.grid = Grid(frame, Grid::defaultAnchor(frame) - offset);
        if (frame.length() <= std::chrono::hours {1} && nests(Grid(frame), call.grid))
            call.grid = Grid(frame); // the same openings: keep the files' own bars
        return std::nullopt;
    }

    PageQuery query(const Api& api, const KlineCall& call) const
    {
        PageQuery page;
        page.market = call.market;
        page.grid = call.grid;
        page.limit = static_cast<std::size_t>(call.limit);
        page.side = call.start ? Side::Oldest : Side::Newest;
        std::int64_t from = call.start.value_or(0);
        std::int64_t to = call.end.value_or(endOfTime);
        if (api.type == MarketType::Inverse) {
            // "the most recent limit data from endTime"; a missing end lies 200 days after the start, and the other way round
            page.side = Side::Newest;
            page.lost = call.start ? Side::Newest : Side::Oldest;
            if (call.start && !call.end)
                to = *call.start + inverseWindow;
            to = std::min(to, toMs(now()));
            if (!call.start)
                from = std::max<std::int64_t>(0, to - inverseWindow);
        }
        page.opens = inclusive(from, to);
        return page;
    }

    static std::string write(const std::vector<Bar>& bars, const Api& api, const KlineCall& call)
    {
        const bool isInverse = api.type == MarketType::Inverse;
        std::string out;
        out.reserve(bars.size() * 190 + 2);
        out += '[';
        for (const Bar& bar : bars) {
            out += out.size() == 1 ? "[" : ",[";
            appendInteger(out, call.inMicroseconds ? bar.openMs * 1000 : bar.openMs);
            for (const Fixed price : {bar.open, bar.high, bar.low, bar.close}) {
                out += ',';
                appendQuoted(out, price);
            }
            out += ',';
            appendQuoted(out, isInverse ? contracts(bar.volume, bar.close, *call.market) : bar.volume);
            out += ',';
            appendInteger(out, call.inMicroseconds ? bar.lastMs * 1000 + 999 : bar.lastMs);
            out += ',';
            appendQuoted(out, isInverse ? bar.volume : bar.quoteVolume);
            out += ',';
            appendInteger(out, bar.trades);
            out += ',';
            appendQuoted(out, isInverse ? contracts(bar.takerVolume, bar.close, *call.market) : bar.takerVolume);
            out += ',';
            appendQuoted(out, isInverse ? bar.takerVolume : bar.takerQuoteVolume);
            out += ",\"0\"]";
        }
        out += ']';
        return out;
    }

    static Fixed contracts(Fixed base, Fixed price, const Market& market)
    {
        return Fixed::fromDouble(base.toDouble() * price.toDouble() / market.contractSize.toDouble(), 0);
    }

    /// USD-M contracts go by symbol, those of COIN-M by pair and kind.
    Answer openInterest(const Request& request, const FaultDraw& draw)
    {
        const bool isInverse = request.parameter("pair") != nullptr;
        for (const std::string_view name : {isInverse ? "pair" : "symbol", isInverse ? "contractType" : "period", "period"}) {
            if (request.value(name).empty())
                return error(400, -1102,
                    "Mandatory parameter '" + std::string(name) + "' was not sent, was empty/null, or malformed.");
        }
        PageQuery page;
        page.kind = Kind::OpenInterest;
        page.market = isInverse ? store().find(id(), MarketType::Inverse, request.value("pair") + "_PERP")
                                : store().find(id(), MarketType::Linear, request.value("symbol"));
        if (!page.market)
            return isInverse ? error(400, -4144, "Invalid pair.") : error(400, -1121, "Invalid symbol.");
        if (auto problem = readInterestRange(request, page))
            return *std::move(problem);
        const std::string contracts = request.value("contractType");
        if (isInverse && (contracts == "CURRENT_QUARTER" || contracts == "NEXT_QUARTER"))
            return {200, "[]", "application/json", {}}; // nothing that ends is simulated
        if (isInverse && contracts != "PERPETUAL" && contracts != "ALL")
            return invalid("contractType");
        return {200, writeInterest(feed().page(page, draw), *page.market, contracts), "application/json", {}};
    }

    /// At the last full minute.
    Answer openInterestNow(const Api& api, const Request& request)
    {
        const Market* market = store().find(id(), api.type, request.value("symbol"));
        if (!market || market->interest <= 0)
            return error(400, -1121, "Invalid symbol.");
        const std::int64_t nowMs = toMs(now());
        const std::int64_t minuteMs = nowMs - nowMs % 60'000;
        const auto bars = market->source->read(
            Grid(*Timeframe::fromName("1m")), {fromMs(minuteMs), fromMs(minuteMs + 60'000)}, 1, Side::Oldest);
        if (bars.empty())
            return error(400, -1121, "Invalid symbol.");
        const Bar reading = interestAt(*market, bars.front());
        json answer {{"symbol", market->id}, {"time", minuteMs}};
        const bool isInverse = api.type == MarketType::Inverse;
        answer["openInterest"] = formatFixed(isInverse ? contracts(reading.volume, reading.open, *market) : reading.volume);
        if (isInverse) {
            answer["pair"] = market->symbol.base + market->symbol.quote;
            answer["contractType"] = "PERPETUAL";
        }
        return {200, answer.dump(), "application/json", {}};
    }

    /// Ascending; without times the newest. "If the number of data between startTime and endTime is larger than limit, return as startTime + limit."
    Answer fundingHistory(const Api& api, const Request& request, const FaultDraw& draw)
    {
        PageQuery page;
        page.market = store().find(id(), api.type, request.value("symbol"));
        if (!page.market)
            return error(400, -1121, "Invalid symbol.");
        const auto start = request.parameter("startTime") ? parseTimeMs(request.value("startTime")) : 0;
        const auto end = request.parameter("endTime") ? parseTimeMs(request.value("endTime")) : endOfTime;
        if (!start || !end)
            return error(400, -1100, "Illegal characters found in a parameter.");
        const auto limit = request.parameter("limit") ? parseInteger(request.value("limit")) : 100;
        if (!limit || *limit == 0 || *limit > 1000)
            return invalid("limit");
        page.limit = static_cast<std::size_t>(*limit);
        page.side = request.parameter("startTime") ? Side::Oldest : Side::Newest;
        page.opens = inclusive(*start, *end);
        std::string out = "[";
        for (const Bar& bar : fundings(feed(), page, draw)) {
            out += out.size() == 1 ? R"({"symbol":")" : R"(,{"symbol":")";
            out += page.market->id + R"(","fundingTime":)";
            appendInteger(out, binancePaidMs(bar.openMs));
            out += R"(,"fundingRate":)";
            appendQuoted(out, fundingRate(*page.market, bar.openMs));
            out += R"(,"markPrice":)";
            appendQuoted(out, bar.open);
            out += '}';
        }
        return {200, out + ']', "application/json", {}};
    }

    static Answer invalid(std::string_view name)
    {
        return error(400, -1130, "parameter '" + std::string(name) + "' is invalid.");
    }

    std::optional<Answer> readInterestRange(const Request& request, PageQuery& page) const
    {
        const std::string period = request.value("period");
        if (std::ranges::find(periods, period) == periods.end())
            return invalid("period");
        page.grid = Grid(*Timeframe::fromName(period));
        const std::int64_t oldest = toMs(now()) - interestKept;
        const auto start = request.parameter("startTime") ? parseTimeMs(request.value("startTime")) : oldest;
        if (!start || *start < oldest)
            return invalid("startTime");
        const auto end = request.parameter("endTime") ? parseTimeMs(request.value("endTime")) : endOfTime;
        if (!end || *end < *start)
            return invalid("endTime");
        const auto limit = request.parameter("limit") ? parseInteger(request.value("limit")) : 30;
        if (!limit || *limit == 0 || *limit > interestRows)
            return invalid("limit");
        page.limit = static_cast<std::size_t>(*limit);
        page.opens = inclusive(*start, *end);
        page.side = request.parameter("startTime") ? Side::Oldest : Side::Newest;
        return std::nullopt;
    }

    /// COIN-M counts contracts and values them in the coin.
    static std::string writeInterest(const std::vector<Bar>& readings, const Market& market, const std::string& contractType)
    {
        const bool isInverse = market.type == MarketType::Inverse;
        const std::string name = isInverse
            ? R"({"pair":")" + market.symbol.base + market.symbol.quote + R"(","contractType":")" + contractType
            : R"({"symbol":")" + market.id;
        std::string out = "[";
        for (const Bar& reading : readings) {
            out += out.size() == 1 ? name : ',' + name;
            out += R"(","sumOpenInterest":)";
            appendQuoted(out, isInverse ? contracts(reading.volume, reading.open, market) : reading.volume);
            out += R"(,"sumOpenInterestValue":)";
            appendQuoted(out, isInverse ? reading.volume : reading.quoteVolume);
            out += R"(,"timestamp":)";
            appendInteger(out, reading.openMs);
            out += '}';
        }
        return out + ']';
    }

    Answer exchangeInfo(const Api& api, const Request& request) const
    {
        json symbols = json::array();
        for (const Market* market : store().markets(id(), api.type))
            symbols.push_back(api.type == MarketType::Spot ? spotSymbol(*market) : contractSymbol(*market));
        if (const std::string* wanted = request.parameter("symbol"); wanted && api.type == MarketType::Spot) {
            json chosen = json::array();
            for (const json& symbol : symbols) {
                if (symbol["symbol"] == *wanted)
                    chosen.push_back(symbol);
            }
            if (chosen.empty())
                return error(400, -1121, "Invalid symbol.");
            symbols = std::move(chosen);
        }
        const json body {{"timezone", "UTC"}, {"serverTime", toMs(now())},
            {"rateLimits",
                json::array({{{"rateLimitType", "REQUEST_WEIGHT"}, {"interval", "MINUTE"}, {"intervalNum", 1},
                    {"limit", api.weightPerMinute}}})},
            {"exchangeFilters", json::array()}, {"symbols", std::move(symbols)}};
        return {200, body.dump(), "application/json", {}};
    }

    static json filters(const Market& market)
    {
        const std::string tick = stepText(market.priceScale);
        const std::string step = stepText(market.type == MarketType::Inverse ? 0 : market.volumeScale);
        return json::array({{{"filterType", "PRICE_FILTER"}, {"minPrice", tick}, {"maxPrice", "10000000"}, {"tickSize", tick}},
            {{"filterType", "LOT_SIZE"}, {"minQty", step}, {"maxQty", "100000000"}, {"stepSize", step}}});
    }

    static json spotSymbol(const Market& market)
    {
        return {{"symbol", market.id}, {"status", "TRADING"}, {"baseAsset", market.symbol.base}, {"baseAssetPrecision", 8},
            {"quoteAsset", market.symbol.quote}, {"quotePrecision", 8}, {"quoteAssetPrecision", 8},
            {"orderTypes", {"LIMIT", "LIMIT_MAKER", "MARKET"}}, {"isSpotTradingAllowed", true},
            {"isMarginTradingAllowed", false}, {"filters", filters(market)}, {"permissions", json::array()},
            {"permissionSets", json::array({json::array({"SPOT"})})}};
    }

    static json contractSymbol(const Market& market)
    {
        const bool isInverse = market.type == MarketType::Inverse;
        json symbol {{"symbol", market.id}, {"pair", market.symbol.base + market.symbol.quote},
            {"contractType", "PERPETUAL"}, {"deliveryDate", 4133404800000}, {"onboardDate", toMs(market.listed)},
            {"baseAsset", market.symbol.base}, {"quoteAsset", market.symbol.quote}, {"marginAsset", market.symbol.settle},
            {"pricePrecision", market.priceScale}, {"quantityPrecision", isInverse ? 0 : market.volumeScale},
            {"filters", filters(market)}, {"orderTypes", {"LIMIT", "MARKET"}}};
        symbol[isInverse ? "contractStatus" : "status"] = "TRADING";
        if (isInverse)
            symbol["contractSize"] = market.contractSize.mantissa;
        return symbol;
    }
};

} // namespace

std::unique_ptr<Venue> makeBinance(const MarketStore& store, Feed& feed)
{
    return std::make_unique<Binance>(store, feed);
}

} // namespace mnemo::sim
