#pragma once

#include <cstdint>
#include <span>

#include <sqlite3.h>

#include "core/base/result.h"
#include "core/market/candle.h"
#include "core/storage/rowmerge.h"
#include "core/storage/store.h"

namespace mnemo {

class Connection;

/// Rows in memory that SQL can read as `mnemo_feed`: one INSERT ... SELECT writes a whole page, at about twice the rate
/// of binding and stepping row by row (tests/bench has the figures).
class FeedSource {
public:
    virtual ~FeedSource() = default;
    virtual std::int64_t size() const = 0;
    virtual void put(sqlite3_context* out, std::int64_t row, int column) const = 0;
};

/// Columns of `candles`, in order.
class CandleFeed final : public FeedSource {
public:
    CandleFeed(SeriesId series, std::span<const Candle> rows)
        : m_series(series)
        , m_rows(rows)
    {
    }
    std::int64_t size() const override { return static_cast<std::int64_t>(m_rows.size()); }
    void put(sqlite3_context* out, std::int64_t row, int column) const override;

private:
    SeriesId m_series;
    std::span<const Candle> m_rows;
};

/// Columns of `revisions`, in order: the values before.
class RevisionFeed final : public FeedSource {
public:
    RevisionFeed(SeriesId series, std::span<const Revision> rows, UtcMs at, std::int64_t pageId)
        : m_series(series)
        , m_rows(rows)
        , m_at(at)
        , m_pageId(pageId)
    {
    }
    std::int64_t size() const override { return static_cast<std::int64_t>(m_rows.size()); }
    void put(sqlite3_context* out, std::int64_t row, int column) const override;

private:
    SeriesId m_series;
    std::span<const Revision> m_rows;
    UtcMs m_at;
    std::int64_t m_pageId;
};

/// Columns of `aggregates`, in order.
class AggregateFeed final : public FeedSource {
public:
    AggregateFeed(SeriesId series, AggregateLevel level, std::span<const Aggregate> rows)
        : m_series(series)
        , m_level(level)
        , m_rows(rows)
    {
    }
    std::int64_t size() const override { return static_cast<std::int64_t>(m_rows.size()); }
    void put(sqlite3_context* out, std::int64_t row, int column) const override;

private:
    SeriesId m_series;
    AggregateLevel m_level;
    std::span<const Aggregate> m_rows;
};

// What reads mnemo_feed in more than one place.
inline constexpr auto upsertCandles
    = "INSERT INTO candles SELECT c0, c1, c2, c3, c4, c5, c6, c7, c8, c9 FROM mnemo_feed WHERE true "
      "ON CONFLICT(series_id, open_time) DO UPDATE SET open = excluded.open, high = excluded.high, low = excluded.low, "
      "close = excluded.close, volume = excluded.volume, quote_volume = excluded.quote_volume, trades = excluded.trades, "
      "flags = excluded.flags";
inline constexpr auto insertRevisions
    = "INSERT INTO revisions SELECT c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10 FROM mnemo_feed";

/// Makes `mnemo_feed` readable on one connection and says what it shows. Must outlive the connection.
class RowFeed {
public:
    RowFeed() = default;
    RowFeed(const RowFeed&) = delete;
    RowFeed& operator=(const RowFeed&) = delete;
    Result<void> attach(Connection& connection);
    /// Runs @p sql, which reads mnemo_feed, once over @p source.
    Result<void> run(Connection& connection, const char* sql, const FeedSource& source);

    const FeedSource* source() const { return m_source; }

private:
    const FeedSource* m_source = nullptr;
};

} // namespace mnemo
