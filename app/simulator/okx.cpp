#include "app/simulator/venue.h"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

// OKX v5: www.okx.com/docs-v5, "Get candlesticks", "Get candlesticks history", "Get instruments", "Get contracts open
// interest and volume", "Get contract open interest history", 2025.

namespace mnemo::sim {

namespace {

using nlohmann::json;

constexpr std::int64_t recentBars = 1440; ///< what /candles reaches back
constexpr std::int64_t maxRows = 300;

constexpr std::int64_t maxReadings = 100;

struct Interval {
    std::string_view text, frame;
    bool dependsOnZone = false; ///< opens at UTC+8 unless "utc" is appended
};
constexpr std::array intervals {Interval {"1m", "1m"}, Interval {"3m", "3m"}, Interval {"5m", "5m"},
    Interval {"15m", "15m"}, Interval {"30m", "30m"}, Interval {"1H", "1h"}, Interval {"2H", "2h"}, Interval {"4H", "4h"},
    Interval {"6H", "6h", true}, Interval {"12H", "12h", true}, Interval {"1D", "1d", true}, Interval {"3D", "3d", true},
    Interval {"1W", "1w", true}, Interval {"1M", "1M", true}};

Answer error(int status, std::string_view code, std::string_view message)
{
    const json body {{"code", code}, {"msg", message}, {"data", json::array()}};
    return {status, body.dump(), "application/json", {}};
}

/// "5m 2 days, 1H 30 days, 1D 180 days" of a coin's contracts together.
struct CoinPeriod {
    std::string_view text;
    std::chrono::days kept;
};
constexpr std::array coinPeriods {CoinPeriod {"5m", std::chrono::days {2}}, CoinPeriod {"1H", std::chrono::days {30}},
    CoinPeriod {"1D", std::chrono::days {180}}};

class Okx final : public Venue {
public:
    Okx(const MarketStore& store, Feed& feed)
        : Venue("okx", store, feed)
    {
    }

    Answer answer(const Request& request, const FaultDraw& draw) override
    {
        if (request.isPath("/api/v5/market/candles"))
            return candles(request, draw, false);
        if (request.isPath("/api/v5/market/history-candles"))
            return candles(request, draw, true);
        if (request.isPath("/api/v5/rubik/stat/contracts/open-interest-history"))
            return interestOfContract(request, draw);
        if (request.isPath("/api/v5/rubik/stat/contracts/open-interest-volume"))
            return interestOfCoin(request, draw);
        if (request.isPath("/api/v5/public/instruments"))
            return instruments(request);
        if (request.isPath("/api/v5/public/time"))
            return data(json::array({{{"ts", std::to_string(toMs(now()))}}}));
        return error(404, "50404", "404 not found");
    }

    LimitRule limit(const Request& request) const override
    {
        LimitRule rule;
        rule.budget = request.path;
        rule.perWindow = request.path.ends_with("/candles") ? 40
            : request.path.ends_with("/open-interest-volume") ? 5
            : request.path.ends_with("/time") || request.path.ends_with("/open-interest-history") ? 10 : 20;
        if (request.path.ends_with("/open-interest-history"))
            rule.budget += request.value("instId"); // "10 requests per 2 seconds", by address and instrument
        rule.window = std::chrono::seconds {2};
        return rule;
    }

    void tellLimit(const Request&, const Permit&, Answer&) const override { } // OKX tells nothing

    Answer refused(const Request&, const Permit&) const override { return error(429, "50011", "Too Many Requests"); }

private:
    static Answer data(const json& rows)
    {
        const json body {{"code", "0"}, {"msg", ""}, {"data", rows}};
        return {200, body.dump(), "application/json", {}};
    }

    Answer candles(const Request& request, const FaultDraw& draw, bool isHistory)
    {
        const std::string instId = request.value("instId");
        if (instId.empty())
            return error(400, "50014", "Parameter instId can not be empty");
        const Market* market = findMarket(instId);
        if (!market)
            return error(200, "51001", "Instrument ID, Instrument ID code, or Spread ID doesn't exist.");
        PageQuery page;
        page.market = market;
        page.limit = 100;
        page.hasRunning = !isHistory;
        const std::string* bar = request.parameter("bar");
        const auto grid = bar ? okxGrid(*bar) : Grid(Timeframe {});
        if (!grid)
            return error(400, "51000", "Parameter bar error");
        page.grid = *grid;
        std::optional<std::int64_t> after, before; // older than, newer than; both exclusive
        for (const auto& [name, target] : {std::pair {"after", &after}, std::pair {"before", &before}}) {
            if (const std::string* text = request.parameter(name)) {
                *target = parseTimeMs(*text);
                if (!*target)
                    return error(400, "51000", "Parameter " + std::string(name) + " error");
            }
        }
        if (const std::string* text = request.parameter("limit")) {
            const auto limit = parseInteger(*text);
            if (!limit || *limit == 0 || *limit > maxRows)
                return error(400, "51000", "Parameter limit error");
            page.limit = static_cast<std::size_t>(*limit);
        }
        page.opens = inclusive(before ? *before + 1 : 0, after ? *after - 1 : endOfTime);
        if (!isHistory) {
            const UtcMs oldest = grid->advance(grid->floor(now()), 1 - recentBars);
            page.opens.from = std::max(page.opens.from, oldest);
        }
        return {200, write(feed().page(page, draw), *market, *grid), "application/json", {}};
    }

    /// begin and end, exclusive ("newer than", "earlier than"); at most so many bars back.
    static std::optional<Answer> readInterestRange(const Request& request, PageQuery& page, UtcMs oldest)
    {
        std::int64_t begin = toMs(oldest) - 1;
        std::int64_t end = endOfTime;
        std::int64_t limit = maxReadings;
        for (const auto& [name, target] : {std::pair {"begin", &begin}, std::pair {"end", &end}, std::pair {"limit", &limit}}) {
            const std::string* text = request.parameter(name);
            const auto value = text ? parseTimeMs(*text) : *target;
            if (!value)
                return error(400, "51000", "Parameter " + std::string(name) + " error");
            *target = *value;
        }
        if (limit == 0 || limit > maxReadings)
            return error(400, "51000", "Parameter limit error");
        page.limit = static_cast<std::size_t>(limit);
        page.opens = inclusive(std::max(begin + 1, toMs(oldest)), end - 1);
        return std::nullopt;
    }

    Answer interestOfContract(const Request& request, const FaultDraw& draw)
    {
        PageQuery page;
        page.kind = Kind::OpenInterest;
        page.market = findMarket(request.value("instId"));
        if (!page.market || page.market->type == MarketType::Spot)
            return error(200, "51001", "Instrument ID, Instrument ID code, or Spread ID doesn't exist.");
        const std::string* period = request.parameter("period");
        const auto grid = okxGrid(period ? *period : "5m");
        if (!grid || grid->timeframe() < *Timeframe::fromName("5m"))
            return error(400, "51000", "Parameter period error");
        page.grid = *grid;
        if (auto problem = readInterestRange(request, page, grid->advance(grid->floor(now()), 1 - recentBars)))
            return *std::move(problem);
        std::string out = R"({"code":"0","msg":"","data":[)";
        const auto readings = feed().page(page, draw);
        for (auto reading = readings.rbegin(); reading != readings.rend(); ++reading) {
            out += reading == readings.rbegin() ? "[\"" : ",[\"";
            appendInteger(out, reading->openMs);
            out += '"';
            for (const Fixed value : {okxContracts(*reading, *page.market), reading->volume, reading->quoteVolume}) {
                out += ',';
                appendQuoted(out, value);
            }
            out += ']';
        }
        return {200, out + "]}", "application/json", {}};
    }

    /// All contracts of a coin together, in USD.
    Answer interestOfCoin(const Request& request, const FaultDraw& draw)
    {
        const std::string* text = request.parameter("period");
        const auto period = std::ranges::find(coinPeriods, text ? std::string_view(*text) : "5m", &CoinPeriod::text);
        if (period == coinPeriods.end())
            return error(400, "51000", "Parameter period error");
        PageQuery page;
        page.kind = Kind::OpenInterest;
        page.grid = *okxGrid(period->text);
        if (auto problem = readInterestRange(request, page, page.grid.ceil(now() - period->kept)))
            return *std::move(problem);
        page.limit = recentBars;
        json rows = json::array();
        const auto readings = interestOfCoin(request.value("ccy"), page, draw);
        for (auto reading = readings.rbegin(); reading != readings.rend(); ++reading) {
            rows.push_back({std::to_string(reading->openMs), formatFixed(reading->quoteVolume),
                formatFixed(reading->takerQuoteVolume)});
        }
        return data(rows);
    }

    /// What spoils the answer spoils the rows of the first contract; the others add to those that are left.
    std::vector<Bar> interestOfCoin(const std::string& coin, PageQuery page, const FaultDraw& draw)
    {
        std::vector<Bar> readings;
        for (const MarketType type : {MarketType::Linear, MarketType::Inverse}) {
            for (const Market* market : store().markets(id(), type)) {
                if (market->symbol.base != coin)
                    continue;
                page.market = market;
                const auto ofMarket = feed().page(page, readings.empty() ? draw : FaultDraw {});
                if (readings.empty()) {
                    readings = ofMarket;
                    continue;
                }
                for (Bar& reading : readings) {
                    const auto other = std::ranges::lower_bound(ofMarket, reading.openMs, {}, &Bar::openMs);
                    if (other == ofMarket.end() || other->openMs != reading.openMs)
                        continue;
                    reading.quoteVolume = sum(reading.quoteVolume, other->quoteVolume);
                    reading.takerQuoteVolume = sum(reading.takerQuoteVolume, other->takerQuoteVolume);
                }
            }
        }
        return readings;
    }

    const Market* findMarket(const std::string& instId) const
    {
        if (!instId.ends_with("-SWAP"))
            return store().find(id(), MarketType::Spot, instId);
        const Market* linear = store().find(id(), MarketType::Linear, instId);
        return linear ? linear : store().find(id(), MarketType::Inverse, instId);
    }

    std::string write(const std::vector<Bar>& bars, const Market& market, const Grid& grid) const
    {
        std::string out;
        out.reserve(bars.size() * 120 + 64);
        out += R"({"code":"0","msg":"","data":[)";
        const std::size_t empty = out.size();
        const std::int64_t running = toMs(grid.floor(now()));
        for (auto bar = bars.rbegin(); bar != bars.rend(); ++bar) {
            out += out.size() == empty ? "[\"" : ",[\"";
            appendInteger(out, bar->openMs);
            out += '"';
            const bool isSpot = market.type == MarketType::Spot;
            for (const Fixed value : {bar->open, bar->high, bar->low, bar->close, isSpot ? bar->volume : okxContracts(*bar, market),
                     isSpot ? bar->quoteVolume : bar->volume, bar->quoteVolume}) {
                out += ',';
                appendQuoted(out, value);
            }
            out += bar->openMs < running ? ",\"1\"]" : ",\"0\"]";
        }
        out += "]}";
        return out;
    }

    Answer instruments(const Request& request) const
    {
        const std::string type = request.value("instType");
        if (type.empty())
            return error(400, "50014", "Parameter instType can not be empty");
        if (type == "OPTION" && !request.parameter("uly") && !request.parameter("instFamily"))
            return error(400, "50015", "Either parameter uly or instFamily is required");
        if (type != "SPOT" && type != "SWAP" && type != "FUTURES" && type != "OPTION" && type != "MARGIN")
            return error(400, "51000", "Parameter instType error");
        const std::string* instId = request.parameter("instId");
        json rows = json::array();
        for (const MarketType market : {MarketType::Spot, MarketType::Linear, MarketType::Inverse}) {
            if (type != (market == MarketType::Spot ? "SPOT" : "SWAP"))
                continue;
            for (const Market* entry : store().markets(id(), market)) {
                if (!instId || *instId == entry->id)
                    rows.push_back(instrument(*entry));
            }
        }
        if (rows.empty() && instId)
            return error(200, "51001", "Instrument ID, Instrument ID code, or Spread ID doesn't exist.");
        return data(rows);
    }

    static json instrument(const Market& market)
    {
        const bool isSpot = market.type == MarketType::Spot;
        const bool isInverse = market.type == MarketType::Inverse;
        const std::string family = isSpot ? "" : market.symbol.base + '-' + market.symbol.quote;
        const std::string lot = isSpot ? stepText(market.volumeScale) : isInverse ? "1" : "0.01";
        return {{"alias", ""}, {"baseCcy", isSpot ? market.symbol.base : ""}, {"category", "1"},
            {"ctMult", isSpot ? "" : "1"}, {"ctType", isSpot ? "" : isInverse ? "inverse" : "linear"},
            {"ctVal", isSpot ? "" : formatFixed(market.contractSize)},
            {"ctValCcy", isSpot ? "" : isInverse ? market.symbol.quote : market.symbol.base}, {"expTime", ""},
            {"instFamily", family}, {"instId", market.id}, {"instType", isSpot ? "SPOT" : "SWAP"},
            {"lever", isSpot ? "10" : "100"}, {"listTime", std::to_string(toMs(market.listed))}, {"lotSz", lot},
            {"minSz", lot}, {"optType", ""}, {"quoteCcy", isSpot ? market.symbol.quote : ""},
            {"settleCcy", market.symbol.settle}, {"state", "live"}, {"stk", ""}, {"tickSz", stepText(market.priceScale)},
            {"uly", family}};
    }
};

} // namespace

std::optional<Grid> okxGrid(std::string_view bar)
{
    const bool isUtc = bar.ends_with("utc");
    if (isUtc)
        bar.remove_suffix(3);
    const auto found = std::ranges::find(intervals, bar, &Interval::text);
    if (found == intervals.end() || (isUtc && !found->dependsOnZone))
        return std::nullopt;
    const Timeframe frame = *Timeframe::fromName(found->frame);
    if (isUtc || !found->dependsOnZone)
        return Grid(frame);
    return Grid(frame, Grid::defaultAnchor(frame) - std::chrono::hours {8});
}

Fixed okxContracts(const Bar& bar, const Market& market)
{
    if (market.type == MarketType::Inverse)
        return Fixed::fromDouble(bar.volume.toDouble() * bar.close.toDouble() / market.contractSize.toDouble(), 0);
    // linear sizes are powers of ten
    int digits = market.contractSize.scale;
    for (std::int64_t size = market.contractSize.mantissa; size > 1; size /= 10)
        --digits;
    return shifted(bar.volume, digits);
}

std::unique_ptr<Venue> makeOkx(const MarketStore& store, Feed& feed)
{
    return std::make_unique<Okx>(store, feed);
}

} // namespace mnemo::sim
