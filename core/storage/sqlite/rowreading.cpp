#include "core/storage/sqlite/rowreading.h"

#include <algorithm>

#include "core/storage/aggregation.h"

namespace mnemo {

namespace {

#define MNEMO_SERIES_COLUMNS \
    "id, source, exchange, market, symbol, kind, timeframe, exchange_symbol, anchor_ms, unit, time_kind, contract_size"

Result<SeriesRecord> seriesRow(const Cursor& row, const Connection& connection)
{
    SeriesRecord record;
    record.id = row.integer(0);
    const auto market = marketTypeFromText(row.text(3));
    const auto kind = kindFromText(row.text(5));
    const auto frame = Timeframe::fromName(row.text(6));
    if (!market || !kind || !frame)
        return fail(ErrorCode::Corrupt, connection.file().string() + ": series " + std::to_string(record.id)
                + " has an unknown market, kind or timeframe (" + row.text(3) + ", " + row.text(5) + ", " + row.text(6)
                + "): correct the row in the table series");
    record.key = {row.text(1), row.text(2), *market, row.text(4), *kind, *frame};
    record.exchangeSymbol = row.text(7);
    record.anchor = milliseconds {row.integer(8)};
    record.unit = row.text(9);
    record.timeKind = row.text(10);
    record.contractSize = row.real(11);
    return record;
}

Result<std::optional<SeriesRecord>> oneSeries(Cursor& row, const Connection& connection)
{
    if (!row.next()) {
        if (const auto read = row.status(); !read)
            return fail(read.error());
        return std::optional<SeriesRecord> {};
    }
    auto record = seriesRow(row, connection);
    if (!record)
        return fail(record.error());
    return std::optional(std::move(*record));
}

Candle candleRow(const Cursor& row)
{
    Candle candle;
    candle.openTime = row.time(0);
    candle.open = row.real(1);
    candle.high = row.real(2);
    candle.low = row.real(3);
    candle.close = row.real(4);
    candle.volume = row.real(5);
    candle.quoteVolume = row.optionalReal(6);
    candle.trades = row.optionalInteger(7);
    candle.flags = static_cast<std::uint32_t>(row.integer(8));
    return candle;
}

#define MNEMO_CANDLE_SELECT \
    "SELECT open_time, open, high, low, close, volume, quote_volume, trades, flags FROM candles " \
    "WHERE series_id = ?1 AND open_time >= ?2 AND open_time < ?3"

} // namespace

Metric metricRow(const Cursor& row)
{
    Metric metric;
    metric.time = row.time(0);
    for (std::size_t i = 0; i < mostMetricColumns; ++i)
        metric.numbers[i] = row.optionalReal(static_cast<int>(i) + 1);
    metric.flags = static_cast<std::uint32_t>(row.integer(static_cast<int>(mostMetricColumns) + 1));
    return metric;
}

Result<std::vector<SeriesRecord>> readAllSeries(Connection& connection)
{
    std::vector<SeriesRecord> out;
    Cursor rows = connection.use("SELECT " MNEMO_SERIES_COLUMNS " FROM series");
    while (rows.next()) {
        auto record = seriesRow(rows, connection);
        if (!record)
            return fail(record.error());
        out.push_back(std::move(*record));
    }
    if (const auto read = rows.status(); !read)
        return fail(read.error());
    std::ranges::sort(out, {}, &SeriesRecord::key);
    return out;
}

Result<std::optional<SeriesRecord>> readSeries(Connection& connection, const SeriesKey& key)
{
    Cursor row = connection.use("SELECT " MNEMO_SERIES_COLUMNS " FROM series WHERE source = ?1 AND exchange = ?2 "
                                "AND market = ?3 AND symbol = ?4 AND kind = ?5 AND timeframe = ?6");
    row.bind(key.source, key.exchange, toText(key.market), key.symbol, toText(key.kind), key.timeframe.name());
    return oneSeries(row, connection);
}

Result<std::optional<SeriesRecord>> readSeries(Connection& connection, SeriesId id)
{
    Cursor row = connection.use("SELECT " MNEMO_SERIES_COLUMNS " FROM series WHERE id = ?1");
    row.bind(id);
    return oneSeries(row, connection);
}

Result<void> readCandles(Connection& connection, SeriesId series, TimeRange within, bool clean,
    const std::function<bool(const Candle&)>& each)
{
    Cursor rows = connection.use(clean ? MNEMO_CANDLE_SELECT " AND flags & 5 = 0 ORDER BY open_time"
                                       : MNEMO_CANDLE_SELECT " ORDER BY open_time");
    rows.bind(series, within.from, within.to);
    while (rows.next()) {
        if (!each(candleRow(rows)))
            return {};
    }
    return rows.status();
}

Result<void> appendCandles(Connection& connection, SeriesId series, TimeRange within, std::vector<Candle>& to)
{
    Cursor rows = connection.use(MNEMO_CANDLE_SELECT " ORDER BY open_time");
    rows.bind(series, within.from, within.to);
    while (rows.next())
        to.push_back(candleRow(rows));
    return rows.status();
}

Result<std::vector<CoverageSpan>> readCoverageAround(Connection& connection, SeriesId series, TimeRange range)
{
    std::vector<CoverageSpan> out;
    // spans are disjoint: of those that start before the range only the last can reach it
    Cursor rows = connection.use(
        "SELECT from_time, to_time, state, checks, checked_at FROM coverage WHERE series_id = ?1 AND from_time <= ?3 AND from_time >= "
        "ifnull((SELECT max(from_time) FROM coverage WHERE series_id = ?1 AND from_time < ?2), ?2) ORDER BY from_time");
    rows.bind(series, range.from, range.to);
    while (rows.next()) {
        const auto state = coverageStateFromText(rows.text(2));
        if (!state)
            return fail(ErrorCode::Corrupt, connection.file().string() + ": coverage of series " + std::to_string(series)
                    + " has the unknown state '" + rows.text(2) + "': correct or delete that row");
        CoverageSpan span {{rows.time(0), rows.time(1)}, *state, static_cast<int>(rows.integer(3)), rows.time(4)};
        if (span.range.to >= range.from)
            out.push_back(span);
    }
    if (const auto read = rows.status(); !read)
        return fail(read.error());
    return out;
}

Result<void> appendAggregates(Connection& connection, SeriesId series, AggregateLevel level, TimeRange within,
    std::vector<Aggregate>& to)
{
    Cursor rows = connection.use("SELECT time, open, high, low, close, volume, rows, expected, flagged FROM aggregates "
                                 "WHERE series_id = ?1 AND level = ?2 AND time >= ?3 AND time < ?4 ORDER BY time");
    rows.bind(series, toText(level), within.from, within.to);
    while (rows.next())
        to.push_back({rows.time(0), rows.real(1), rows.real(2), rows.real(3), rows.real(4), rows.real(5),
            rows.integer(6), rows.integer(7), rows.integer(8)});
    return rows.status();
}

} // namespace mnemo
