#pragma once

#include <functional>
#include <vector>

#include "core/storage/sqlite/connection.h"
#include "core/storage/store.h"

namespace mnemo {

// What reader and writer read alike.

Result<std::vector<SeriesRecord>> readAllSeries(Connection& connection); ///< by key
Result<std::optional<SeriesRecord>> readSeries(Connection& connection, const SeriesKey& key);
Result<std::optional<SeriesRecord>> readSeries(Connection& connection, SeriesId id);

/// Ascending; @p each returns false to stop.
Result<void> readCandles(Connection& connection, SeriesId series, TimeRange within, bool clean,
    const std::function<bool(const Candle&)>& each);
Result<void> appendCandles(Connection& connection, SeriesId series, TimeRange within, std::vector<Candle>& to);

/// Metrics of one series within ?2 to ?3: its rows are in one of the tables. @p and_ is added to each condition.
#define MNEMO_METRIC_SELECT(and_) \
    "SELECT time, amount, value, raw_amount, raw_value, NULL, NULL, flags FROM open_interest " \
    "WHERE series_id = ?1 AND time >= ?2 AND time < ?3" and_ \
    " UNION ALL SELECT time, n1, n2, n3, n4, n5, n6, flags FROM metrics WHERE series_id = ?1 AND time >= ?2 AND time < ?3" and_
/// Of MNEMO_METRIC_SELECT.
Metric metricRow(const Cursor& row);

/// Spans that overlap or touch @p range, whole.
Result<std::vector<CoverageSpan>> readCoverageAround(Connection& connection, SeriesId series, TimeRange range);

Result<void> appendAggregates(Connection& connection, SeriesId series, AggregateLevel level, TimeRange within,
    std::vector<Aggregate>& to);

} // namespace mnemo
