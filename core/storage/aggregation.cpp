#include "core/storage/aggregation.h"

#include <algorithm>

namespace mnemo {

namespace {

/// The bucket that @p time belongs to: the last one, or a new one behind it.
Aggregate& bucketFor(std::vector<Aggregate>& buckets, UtcMs time, const Grid& grid, AggregateLevel level)
{
    if (!buckets.empty() && time - buckets.back().time < bucketLength(level))
        return buckets.back();
    Aggregate bucket;
    bucket.time = bucketOf(time, level);
    bucket.expected = grid.count({bucket.time, bucket.time + bucketLength(level)});
    return buckets.emplace_back(bucket);
}

void addPrices(Aggregate& to, double open, double high, double low, double close, double volume)
{
    const bool isFirst = to.rows == to.flagged;
    to.open = isFirst ? open : to.open;
    to.high = isFirst ? high : std::max(to.high, high);
    to.low = isFirst ? low : std::min(to.low, low);
    to.close = close;
    to.volume += volume;
}

} // namespace

std::string_view toText(AggregateLevel level)
{
    switch (level) {
    case AggregateLevel::Hour:
        return "1h";
    case AggregateLevel::Day:
        return "1d";
    }
    return "1d";
}

milliseconds bucketLength(AggregateLevel level)
{
    return level == AggregateLevel::Hour ? milliseconds {std::chrono::hours {1}} : milliseconds {std::chrono::hours {24}};
}

UtcMs bucketOf(UtcMs time, AggregateLevel level)
{
    if (level == AggregateLevel::Hour)
        return std::chrono::floor<std::chrono::hours>(time);
    return std::chrono::floor<std::chrono::days>(time);
}

bool hasLevel(Timeframe frame, AggregateLevel level)
{
    return frame.length() < bucketLength(level);
}

void foldRows(std::vector<Aggregate>& buckets, std::span<const Candle> rows, const Grid& grid, AggregateLevel level)
{
    for (const Candle& row : rows) {
        Aggregate& bucket = bucketFor(buckets, row.openTime, grid, level);
        if ((row.flags & Quarantined) != 0)
            ++bucket.flagged;
        else
            addPrices(bucket, row.open, row.high, row.low, row.close, row.volume);
        ++bucket.rows;
    }
}

void foldHours(std::vector<Aggregate>& days, std::span<const Aggregate> hours, const Grid& grid)
{
    for (const Aggregate& hour : hours) {
        Aggregate& day = bucketFor(days, hour.time, grid, AggregateLevel::Day);
        if (hour.rows > hour.flagged)
            addPrices(day, hour.open, hour.high, hour.low, hour.close, hour.volume);
        day.rows += hour.rows;
        day.flagged += hour.flagged;
    }
}

} // namespace mnemo
