#include "core/storage/store.h"

#include <algorithm>

namespace mnemo {

namespace {

template<class List, class Value>
bool admits(const List& wanted, const Value& value)
{
    return wanted.empty() || std::ranges::find(wanted, value) != wanted.end();
}

} // namespace

bool SeriesFilter::matches(const SeriesKey& key) const
{
    return admits(sources, key.source) && admits(exchanges, key.exchange) && admits(symbols, key.symbol)
        && admits(markets, key.market) && admits(kinds, key.kind) && admits(timeframes, key.timeframe);
}

Result<std::vector<Candle>> StoreReader::candles(SeriesId series, TimeRange within, bool clean)
{
    std::vector<Candle> rows;
    const auto read = eachCandle(series, within, clean, [&rows](const Candle& candle) {
        rows.push_back(candle);
        return true;
    });
    if (!read)
        return fail(read.error());
    return rows;
}

Result<void> StoreReader::eachOpenInterest(
    SeriesId series, TimeRange within, bool clean, const std::function<bool(const OpenInterest&)>& each)
{
    return eachMetric(series, within, clean, [&each](const Metric& row) { return each(toOpenInterest(row)); });
}

Result<std::vector<BucketCount>> StoreReader::bucketCounts(SeriesId series, AggregateLevel level, TimeRange within)
{
    const auto buckets = aggregates(series, level, within);
    if (!buckets)
        return fail(buckets.error());
    std::vector<BucketCount> counts;
    for (const Aggregate& bucket : *buckets)
        counts.push_back({bucket.time, bucket.rows, bucket.flagged});
    return counts;
}

Result<SeriesEnds> StoreReader::ends(SeriesId series)
{
    const auto whole = summary(series);
    if (!whole)
        return fail(whole.error());
    return SeriesEnds {whole->first, whole->last};
}

Result<std::vector<RuleHistory>> StoreReader::ruleHistory(UtcMs now, int days, const FindingFilter& filter)
{
    using Days = std::chrono::days;
    const auto end = std::chrono::floor<Days>(now) + Days {1};
    const auto begin = end - Days {std::max(days, 0)};
    const auto raised = findingDays({begin, end}, filter);
    if (!raised)
        return fail(raised.error());
    std::vector<RuleHistory> histories;
    for (const FindingDay& one : *raised) {
        if (histories.empty() || histories.back().rule != one.rule)
            histories.push_back({one.rule, std::vector<std::int64_t>(static_cast<std::size_t>(days))});
        histories.back().perDay[static_cast<std::size_t>((one.day - begin) / Days {1})] = one.findings;
    }
    return histories;
}

} // namespace mnemo
