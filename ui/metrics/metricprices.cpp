#include "ui/metrics/metricprices.h"

#include <algorithm>
#include <array>

#include "core/market/instrument.h"

using namespace std::chrono_literals;

namespace mnemo {

namespace {

constexpr std::size_t amount = 0, dollars = 1; ///< columns of open interest
constexpr milliseconds oldest = 24h;

/// A close, and from when on it is known.
struct Price {
    UtcMs known {};
    double close = 0;
};

bool isQuotedInDollars(const std::string& symbol)
{
    static constexpr std::array<std::string_view, 8> names {"USD", "USDT", "USDC", "FDUSD", "BUSD", "TUSD", "USDE", "DAI"};
    const auto parts = parseSymbol(symbol);
    return parts && std::ranges::find(names, parts->quote) != names.end();
}

/// That of the exchange itself with the shortest bars: its hours are at hand.
Result<std::optional<SeriesRecord>> candlesOf(StoreReader& reader, const SeriesKey& key)
{
    const auto all = reader.series({{key.exchange}, {key.exchange}, {key.symbol}, {key.market}, {Kind::Candles}, {}});
    if (!all)
        return fail(all.error());
    const auto finest = std::ranges::min_element(*all, {}, [](const SeriesRecord& record) { return record.key.timeframe; });
    return finest == all->end() ? std::nullopt : std::optional(*finest);
}

Result<std::vector<Price>> pricesOf(StoreReader& reader, const SeriesRecord& candles, TimeRange range)
{
    std::vector<Price> prices;
    if (candles.key.timeframe.length() < 1h) {
        const auto hours = reader.aggregates(candles.id, AggregateLevel::Hour, range);
        if (!hours)
            return fail(hours.error());
        for (const Aggregate& hour : *hours) {
            if (hour.rows > hour.flagged)
                prices.push_back({hour.time + 1h, hour.close});
        }
        return prices;
    }
    const Grid grid = candles.grid();
    const auto read = reader.eachCandle(candles.id, range, true, [&](const Candle& bar) {
        prices.push_back({grid.next(bar.openTime), bar.close});
        return true;
    });
    return read ? Result<std::vector<Price>>(std::move(prices)) : fail(read.error());
}

bool isHalfTold(const Metric& row)
{
    return row.numbers[amount].has_value() != row.numbers[dollars].has_value();
}

void complete(Metric& row, double price)
{
    if (row.numbers[amount])
        row.numbers[dollars] = *row.numbers[amount] * price;
    else
        row.numbers[amount] = *row.numbers[dollars] / price;
}

} // namespace

Result<void> completeByPrice(StoreReader& reader, MetricLine& line)
{
    const SeriesKey& key = line.series.key;
    if (key.kind != Kind::OpenInterest || std::ranges::none_of(line.rows, isHalfTold) || !isQuotedInDollars(key.symbol))
        return {};
    const auto candles = candlesOf(reader, key);
    if (!candles)
        return fail(candles.error());
    if (!*candles)
        return {};
    const auto prices = pricesOf(reader, **candles, {line.rows.front().time - oldest, line.rows.back().time});
    if (!prices)
        return fail(prices.error());
    for (Metric& row : line.rows) {
        const auto later = std::ranges::upper_bound(*prices, row.time, {}, &Price::known);
        if (isHalfTold(row) && later != prices->begin() && row.time - std::prev(later)->known <= oldest && std::prev(later)->close > 0)
            complete(row, std::prev(later)->close);
    }
    return {};
}

} // namespace mnemo
