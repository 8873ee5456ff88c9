#include "app/simulator/crowd.h"
#include "app/simulator/venue.h"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

#include "core/base/timetext.h"

// Coinalyze: api.coinalyze.net/v1/doc, 2025 (authentication, limits, retention), and clients of it (the answers' fields). It tells of other
// exchanges: of those markets of the same world that have open interest, and of contracts that end with the quarter beside the largest of them.
// Funding is in percent, as a client found that compared it with an exchange (2026-06), and so are the shares of longs and shorts. Not
// confirmed by any page, and chosen here: the lists cost a call each, of an instrument without data in the range nothing is said at all, a bar
// without liquidations is left out, and `expire_at` is in seconds, as the other times are.

namespace mnemo::sim {

namespace {

using nlohmann::json;

/// The only key that is known here.
constexpr std::string_view knownKey = "simulated-key";

struct Code {
    std::string_view exchange, code, name;
};
constexpr std::array codes {Code {"binance", "A", "Binance"}, Code {"bybit", "6", "Bybit"}, Code {"okx", "3", "OKX"}, Code {"bitfinex", "F", "Bitfinex"}};

struct Interval {
    std::string_view text, frame;
};
constexpr std::array intervals {Interval {"1min", "1m"}, Interval {"5min", "5m"}, Interval {"15min", "15m"}, Interval {"30min", "30m"},
    Interval {"1hour", "1h"}, Interval {"2hour", "2h"}, Interval {"4hour", "4h"}, Interval {"6hour", "6h"}, Interval {"12hour", "12h"},
    Interval {"daily", "1d"}};

constexpr std::int64_t pointsKept = 1500; ///< "intraday: 1500-2000 datapoints are kept, the old data is deleted daily"
constexpr std::int64_t pointsBeforeDeletion = 2000;
constexpr std::size_t mostSymbols = 20;

Answer error(int status, std::string_view message)
{
    return {status, json {{"message", message}}.dump(), "application/json", {}};
}

std::vector<std::string> symbolsOf(const Request& request)
{
    std::vector<std::string> symbols;
    std::string rest = request.value("symbols");
    while (!rest.empty()) {
        const auto comma = rest.find(',');
        symbols.push_back(rest.substr(0, comma));
        rest.erase(0, comma == std::string::npos ? rest.size() : comma + 1);
    }
    return symbols;
}

constexpr std::array datedBases {std::string_view("BTC"), std::string_view("ETH")};
constexpr double datedShare = 0.0625; ///< of what is open in the perpetual contract
constexpr std::chrono::days datedLife {182};

/// A perpetual contract, or one beside it that ends.
struct Contract {
    const Market& market;
    const Code& code;
    std::optional<UtcMs> end {};

    /// BTCUSDT, BTCUSDT_260327
    std::string name() const
    {
        const std::string date = end ? formatDate(*end) : std::string();
        return market.symbol.base + market.symbol.quote + (end ? '_' + date.substr(2, 2) + date.substr(5, 2) + date.substr(8, 2) : "");
    }
    /// BTCUSDT_PERP.A, BTCUSDT_260327.A: the pair, and the exchange's code.
    std::string symbol() const { return name() + (end ? "." : "_PERP.") + std::string(code.code); }
};

/// The last Friday of a quarter, at eight, as exchanges have it: the first that is not over.
UtcMs endOfQuarter(UtcMs now)
{
    using namespace std::chrono;
    const year_month_day today {floor<days>(now)};
    year_month month {today.year(), std::chrono::month {(static_cast<unsigned>(today.month()) - 1) / 3 * 3 + 3}};
    const auto end = [&] { return UtcMs {sys_days {month / Friday[last]}} + hours {8}; };
    if (end() <= now)
        month += months {3};
    return end();
}

/// What is told of each bar of a history.
enum class Of { Interest, Funding, Predicted, Liquidations, Ratio };
struct History {
    std::string_view path;
    Of of;
    Kind kind;
    bool hasMoney; ///< convert_to_usd is known
};
constexpr std::array histories {History {"/v1/open-interest-history", Of::Interest, Kind::OpenInterest, true},
    History {"/v1/funding-rate-history", Of::Funding, Kind::Funding, false},
    History {"/v1/predicted-funding-rate-history", Of::Predicted, Kind::PredictedFunding, false},
    History {"/v1/liquidation-history", Of::Liquidations, Kind::Liquidations, true},
    History {"/v1/long-short-ratio-history", Of::Ratio, Kind::LongShortRatio, false}};

/// A number that moves within a bar: it opens with one and closes with the next.
json movement(const Bar& bar, double open, double close)
{
    return {{"t", bar.openMs / 1000}, {"o", open}, {"h", std::max(open, close)}, {"l", std::min(open, close)}, {"c", close}};
}

json interestBar(const Bar& reading, const Bar& next, bool isInQuote, double share)
{
    const auto number = [&](const Bar& bar) { return (isInQuote ? bar.quoteVolume : bar.volume).toDouble() * share; };
    return movement(reading, number(reading), number(next));
}

/// @param rateAt a fraction
json fundingBar(Fixed (*rateAt)(const Market&, std::int64_t), const Market& market, const Bar& bar, std::int64_t endMs)
{
    const auto percent = [&](std::int64_t at) {
        const Fixed rate = rateAt(market, at);
        return Fixed {rate.mantissa, rate.scale - 2}.toDouble();
    };
    return movement(bar, percent(bar.openMs), percent(endMs));
}

/// Null where there were none.
json liquidationBar(const Market& market, const Bar& bar, bool isInQuote)
{
    const Liquidations closed = liquidationsIn(market, bar);
    if (closed.longs.isZero() && closed.shorts.isZero())
        return {};
    const auto number = [&](Fixed base) {
        return isInQuote ? Fixed::fromDouble(base.toDouble() * bar.close.toDouble(), 2).toDouble() : base.toDouble();
    };
    return {{"t", bar.openMs / 1000}, {"l", number(closed.longs)}, {"s", number(closed.shorts)}};
}

json ratioBar(const Market& market, const Bar& bar)
{
    const Fixed longs = longPercent(market, bar.openMs);
    const Fixed shorts {10'000 - longs.mantissa, 2};
    return {{"t", bar.openMs / 1000}, {"r", Fixed::fromDouble(longs.toDouble() / shorts.toDouble(), 4).toDouble()}, {"l", longs.toDouble()},
        {"s", shorts.toDouble()}};
}

class Coinalyze final : public Venue {
public:
    Coinalyze(const MarketStore& store, Feed& feed)
        : Venue("coinalyze", store, feed)
    {
    }

    Answer answer(const Request& request, const FaultDraw& draw) override
    {
        const std::string_view key = keyOf(request);
        if (key != knownKey)
            return error(401, key.empty() ? "No API key" : "Invalid API key " + std::string(key));
        if (request.isPath("/v1/exchanges"))
            return exchanges();
        if (request.isPath("/v1/future-markets"))
            return markets();
        const auto asked = std::ranges::find_if(histories, [&](const History& each) { return request.isPath(each.path); });
        if (asked != histories.end())
            return history(*asked, request, draw);
        return error(404, "Not Found");
    }

    LimitRule limit(const Request& request) const override
    {
        LimitRule rule; // "40 API calls per minute per API key"; "each symbol consumes one API call"
        rule.budget = keyOf(request);
        rule.weight = std::max<std::int64_t>(1, static_cast<std::int64_t>(symbolsOf(request).size()));
        rule.perWindow = 40;
        rule.window = std::chrono::minutes {1};
        return rule;
    }

    void tellLimit(const Request&, const Permit&, Answer&) const override { } // nothing tells how much is left

    Answer refused(const Request&, const Permit& permit) const override
    {
        Answer answer = error(429, "Too Many Requests");
        answer.headers.emplace_back("Retry-After", secondsText(permit.wait));
        return answer;
    }

private:
    static std::string_view keyOf(const Request& request)
    {
        const std::string* parameter = request.parameter("api_key");
        return parameter ? std::string_view(*parameter) : request.header("api_key");
    }

    static Answer list(const json& content) { return {200, content.dump(), "application/json", {}}; }

    std::vector<Contract> contracts() const
    {
        std::vector<Contract> all;
        for (const Code& code : codes)
            for (const MarketType type : {MarketType::Linear, MarketType::Inverse})
                for (const Market* market : store().markets(code.exchange, type)) {
                    if (!(market->interest > 0))
                        continue;
                    all.push_back({*market, code});
                    if (std::ranges::find(datedBases, market->symbol.base) != datedBases.end())
                        all.push_back({*market, code, endOfQuarter(now())});
                }
        return all;
    }

    static Answer exchanges()
    {
        json content = json::array();
        for (const Code& code : codes)
            content.push_back({{"name", code.name}, {"code", code.code}});
        return list(content);
    }

    Answer markets() const
    {
        json content = json::array();
        for (const Contract& contract : contracts()) {
            const Market& market = contract.market;
            const bool isInverse = market.type == MarketType::Inverse;
            content.push_back({{"symbol", contract.symbol()}, {"exchange", contract.code.code},
                {"symbol_on_exchange", contract.end ? contract.name() : market.id},
                {"base_asset", market.symbol.base}, {"quote_asset", market.symbol.quote}, {"is_perpetual", !contract.end},
                {"margined", isInverse ? "COIN" : "STABLE"}, {"expire_at", contract.end ? json(toMs(*contract.end) / 1000) : json()},
                {"oi_lq_vol_denominated_in", isInverse ? "QUOTE_ASSET" : "BASE_ASSET"}, {"has_long_short_ratio_data", !isInverse},
                {"has_ohlcv_data", true}, {"has_buy_sell_data", true}});
        }
        return list(content);
    }

    Answer history(const History& what, const Request& request, const FaultDraw& draw)
    {
        const auto symbols = symbolsOf(request);
        if (symbols.empty() || symbols.size() > mostSymbols)
            return error(400, symbols.empty() ? "'symbols' is required" : "Maximum 20 symbols are allowed");
        const auto interval = std::ranges::find(intervals, request.value("interval"), &Interval::text);
        if (interval == intervals.end())
            return error(400, "'interval' must be one of 1min, 5min, 15min, 30min, 1hour, 2hour, 4hour, 6hour, 12hour, daily");
        const auto from = parseInteger(request.value("from")), to = parseInteger(request.value("to"));
        if (!from || !to)
            return error(400, "'from' and 'to' must be UNIX timestamps in seconds");
        json content = json::array();
        const auto all = contracts();
        for (const std::string& symbol : symbols)
            if (const auto contract = std::ranges::find(all, symbol, &Contract::symbol); contract != all.end()) {
                const bool isInQuote = contract->market.type == MarketType::Inverse || (what.hasMoney && request.value("convert_to_usd") == "true");
                json rows = rowsOf(what, *contract, Grid(*Timeframe::fromName(interval->frame)), *from, *to, isInQuote, draw);
                if (!rows.empty())
                    content.push_back({{"symbol", symbol}, {"history", std::move(rows)}});
            }
        return list(content);
    }

    /// Milliseconds are times far in the future: nothing is there.
    json rowsOf(const History& what, const Contract& contract, const Grid& grid, std::int64_t from, std::int64_t to, bool isInQuote, const FaultDraw& draw)
    {
        PageQuery page;
        page.market = &contract.market;
        page.kind = what.kind;
        page.grid = grid;
        page.limit = static_cast<std::size_t>(endOfTime);
        page.side = Side::Oldest;
        page.opens = inclusive(std::min(from, endOfTime / 1000) * 1000, std::min(to, endOfTime / 1000) * 1000);
        page.opens.from = std::max({page.opens.from, oldestKept(grid), contract.end.value_or(UtcMs {} + datedLife) - datedLife});
        const bool isTold = !(what.of == Of::Ratio && contract.market.type == MarketType::Inverse) && !(what.of == Of::Funding && contract.end);
        if (page.opens.isEmpty() || !isTold)
            return json::array();
        const auto bars = feed().page(page, draw);
        json rows = json::array();
        for (std::size_t i = 0; i < bars.size(); ++i) {
            json row = rowOf(what, contract, grid, bars[i], bars[std::min(i + 1, bars.size() - 1)], isInQuote);
            if (!row.is_null())
                rows.push_back(std::move(row));
        }
        return rows;
    }

    /// @param next the bar after it; itself where it is the last
    json rowOf(const History& what, const Contract& contract, const Grid& grid, const Bar& bar, const Bar& next, bool isInQuote) const
    {
        const Market& market = contract.market;
        switch (what.of) {
        case Of::Interest:
            return interestBar(bar, next, isInQuote, contract.end ? datedShare : 1);
        case Of::Funding:
            return fundingBar(fundingRate, market, bar, std::min(toMs(grid.next(fromMs(bar.openMs))), toMs(now())));
        case Of::Predicted:
            return fundingBar(predictedRate, market, bar, std::min(toMs(grid.next(fromMs(bar.openMs))), toMs(now())));
        case Of::Liquidations:
            return liquidationBar(market, bar, isInQuote);
        case Of::Ratio:
            return ratioBar(market, bar);
        }
        return {};
    }

    /// At the start of each day what is older than so many points goes; until the next one more are there.
    UtcMs oldestKept(const Grid& grid) const
    {
        const auto day = std::chrono::floor<std::chrono::days>(now());
        if (grid.timeframe().length() >= std::chrono::days {1})
            return UtcMs {};
        const UtcMs atDeletion = grid.advance(grid.floor(day), -pointsKept);
        return std::max(atDeletion, grid.advance(grid.floor(now()), -pointsBeforeDeletion));
    }
};

} // namespace

std::unique_ptr<Venue> makeCoinalyze(const MarketStore& store, Feed& feed)
{
    return std::make_unique<Coinalyze>(store, feed);
}

} // namespace mnemo::sim
