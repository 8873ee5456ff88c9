#include "core/storage/sqlite/sqlitereader.h"

#include <algorithm>
#include <array>

#include "core/base/decimal.h"
#include "core/storage/aggregation.h"
#include "core/storage/sqlite/findingreading.h"
#include "core/storage/sqlite/rowreading.h"

namespace mnemo {

namespace {

/// What SQLite calls reading and still must not pass: settings, other files, transactions that stay open. Writing is
/// refused by sqlite3_stmt_readonly.
int authorizeReading(void* /*context*/, int action, const char* first, const char* /*second*/, const char* /*database*/,
    const char* /*trigger*/)
{
    static constexpr std::array<std::string_view, 8> pragmas {
        "table_info", "table_xinfo", "table_list", "index_list", "index_info", "integrity_check", "quick_check", "page_count"};
    switch (action) {
    case SQLITE_ATTACH:
    case SQLITE_DETACH:
    case SQLITE_TRANSACTION:
    case SQLITE_SAVEPOINT:
        return SQLITE_DENY;
    case SQLITE_PRAGMA:
        return first && std::ranges::find(pragmas, std::string_view(first)) != pragmas.end() ? SQLITE_OK : SQLITE_DENY;
    default:
        return SQLITE_OK;
    }
}

struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using OwnedStatement = std::unique_ptr<sqlite3_stmt, Finalize>;

/// The statement's own fault (syntax, unknown table, overflow) is the caller's; all else is the store's.
Error queryError(const Connection& connection, int rc)
{
    if (rc == SQLITE_AUTH)
        return {ErrorCode::InvalidArgument, "query only reads: write one SELECT statement"};
    if ((rc & 0xff) == SQLITE_ERROR)
        return {ErrorCode::InvalidArgument, std::string("the query cannot be read: ") + sqlite3_errmsg(connection.handle())};
    return connection.lastError();
}

/// Prepares the one statement of @p sql; what follows it may be blanks, comments and semicolons.
Result<OwnedStatement> prepareQuery(const Connection& connection, std::string_view sql)
{
    sqlite3* db = connection.handle();
    sqlite3_stmt* raw = nullptr;
    const char* tail = nullptr;
    const int rc = sqlite3_prepare_v2(db, sql.data(), static_cast<int>(sql.size()), &raw, &tail);
    OwnedStatement statement(raw);
    if (rc != SQLITE_OK)
        return fail(queryError(connection, rc));
    if (!statement)
        return fail(ErrorCode::InvalidArgument, "the query is empty: write one SELECT statement");
    while (tail && tail < sql.data() + sql.size()) {
        const auto rest = static_cast<int>(sql.data() + sql.size() - tail);
        const int more = sqlite3_prepare_v2(db, tail, rest, &raw, &tail);
        const OwnedStatement second(raw);
        if (more != SQLITE_OK || second)
            return fail(ErrorCode::InvalidArgument, "the query has more than one statement: write one SELECT statement");
    }
    if (sqlite3_stmt_readonly(statement.get()) == 0)
        return fail(ErrorCode::InvalidArgument, "query only reads: write one SELECT statement");
    return statement;
}

std::string hexText(const void* bytes, int size)
{
    constexpr char digits[] = "0123456789abcdef";
    std::string out;
    for (int i = 0; i < size; ++i) {
        const unsigned char byte = static_cast<const unsigned char*>(bytes)[i];
        out += {digits[byte >> 4U], digits[byte & 15U]};
    }
    return out;
}

std::optional<std::string> cellText(sqlite3_stmt* row, int column)
{
    switch (sqlite3_column_type(row, column)) {
    case SQLITE_NULL:
        return std::nullopt;
    case SQLITE_FLOAT:
        return formatDecimal(sqlite3_column_double(row, column));
    case SQLITE_BLOB:
        return hexText(sqlite3_column_blob(row, column), sqlite3_column_bytes(row, column));
    default: {
        const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(row, column));
        return std::string(text, static_cast<std::size_t>(sqlite3_column_bytes(row, column)));
    }
    }
}

PageRecord pageRow(const Cursor& row)
{
    PageRecord page;
    page.id = row.integer(0);
    page.series = row.integer(1);
    page.range = {row.time(2), row.time(3)};
    page.fetchedAt = row.time(4);
    page.rows = row.integer(5);
    page.route = row.text(6);
    page.status = static_cast<int>(row.integer(7));
    page.archiveKey = row.text(8);
    page.sha256 = row.text(9);
    page.descriptionVersion = static_cast<int>(row.integer(10));
    return page;
}

Instrument instrumentRow(const Cursor& row)
{
    const auto small = [&row](int column) {
        return row.isNull(column) ? std::nullopt : std::optional(static_cast<int>(row.integer(column)));
    };
    Instrument out;
    out.market = marketTypeFromText(row.text(0)).value_or(MarketType::Spot);
    out.symbol = row.text(1);
    out.id = row.text(2);
    out.base = row.text(3);
    out.quote = row.text(4);
    out.settle = row.text(5);
    out.contractSize = row.real(6);
    out.tickSize = row.optionalReal(7);
    out.priceScale = small(8);
    out.valueScale = small(9);
    out.listed = row.optionalTime(10);
    out.delisted = row.optionalTime(11);
    out.active = row.integer(12) != 0;
    out.interestUnit = row.text(13);
    out.exchange = row.text(14);
    return out;
}

} // namespace

SqliteReader::SqliteReader(std::unique_ptr<Connection> connection)
    : m_connection(std::move(connection))
{
}

Result<std::vector<SeriesRecord>> SqliteReader::series(const SeriesFilter& filter)
{
    auto all = readAllSeries(*m_connection);
    if (all)
        std::erase_if(*all, [&filter](const SeriesRecord& record) { return !filter.matches(record.key); });
    return all;
}

Result<std::optional<SeriesRecord>> SqliteReader::find(const SeriesKey& key)
{
    return readSeries(*m_connection, key);
}

Result<SeriesSummary> SqliteReader::summary(SeriesId series)
{
    SeriesSummary out;
    // one statement, so that all of it comes from the same snapshot; a series without days is short enough to be counted
    Cursor row = m_connection->use(
        "SELECT (SELECT min(open_time) FROM candles WHERE series_id = ?1), "
        "(SELECT max(open_time) FROM candles WHERE series_id = ?1), "
        "ifnull((SELECT sum(rows) FROM aggregates WHERE series_id = ?1 AND level = '1d'), "
        "(SELECT count(*) FROM candles WHERE series_id = ?1))");
    row.bind(series);
    if (row.next()) {
        out.first = row.optionalTime(0);
        out.last = row.optionalTime(1);
        out.rows = row.integer(2);
    }
    if (const auto read = row.status(); !read)
        return fail(read.error());
    return out.rows > 0 ? Result<SeriesSummary>(out) : metricSummary(series);
}

Result<SeriesSummary> SqliteReader::metricSummary(SeriesId series)
{
    SeriesSummary out;
    Cursor row = m_connection->use("SELECT min(time), max(time), count(*) FROM (SELECT time FROM open_interest WHERE series_id = ?1 "
                                   "UNION ALL SELECT time FROM metrics WHERE series_id = ?1)");
    row.bind(series);
    if (row.next()) {
        out.first = row.optionalTime(0);
        out.last = row.optionalTime(1);
        out.rows = row.integer(2);
    }
    if (const auto read = row.status(); !read)
        return fail(read.error());
    return out;
}

Result<std::vector<CoverageSpan>> SqliteReader::coverage(SeriesId series, TimeRange within)
{
    auto spans = readCoverageAround(*m_connection, series, within);
    if (!spans)
        return spans;
    for (CoverageSpan& span : *spans)
        span.range = span.range.intersected(within);
    std::erase_if(*spans, [](const CoverageSpan& span) { return span.range.isEmpty(); });
    return spans;
}

Result<void> SqliteReader::eachCandle(
    SeriesId series, TimeRange within, bool clean, const std::function<bool(const Candle&)>& each)
{
    return readCandles(*m_connection, series, within, clean, each);
}

Result<std::vector<UtcMs>> SqliteReader::openTimes(SeriesId series, TimeRange within)
{
    std::vector<UtcMs> times;
    Cursor rows = m_connection->use("SELECT open_time FROM candles WHERE series_id = ?1 AND open_time >= ?2 AND open_time < ?3 "
                                    "ORDER BY open_time");
    rows.bind(series, within.from, within.to);
    while (rows.next())
        times.push_back(rows.time(0));
    if (const auto read = rows.status(); !read)
        return fail(read.error());
    if (times.empty()) { // a series has rows in one of the tables
        const auto read = eachMetric(series, within, false, [&times](const Metric& row) {
            times.push_back(row.time);
            return true;
        });
        if (!read)
            return fail(read.error());
    }
    return times;
}

Result<std::vector<Aggregate>> SqliteReader::aggregates(SeriesId series, AggregateLevel level, TimeRange within)
{
    std::vector<Aggregate> out;
    if (const auto read = appendAggregates(*m_connection, series, level, within, out); !read)
        return fail(read.error());
    return out;
}

Result<std::vector<BucketCount>> SqliteReader::bucketCounts(SeriesId series, AggregateLevel level, TimeRange within)
{
    std::vector<BucketCount> out;
    Cursor rows = m_connection->use("SELECT time, rows, flagged FROM aggregates "
                                    "WHERE series_id = ?1 AND level = ?2 AND time >= ?3 AND time < ?4 ORDER BY time");
    rows.bind(series, toText(level), within.from, within.to);
    while (rows.next())
        out.push_back({rows.time(0), rows.integer(1), rows.integer(2)});
    if (const auto read = rows.status(); !read)
        return fail(read.error());
    return out;
}

Result<SeriesEnds> SqliteReader::ends(SeriesId series)
{
    SeriesEnds out;
    Cursor row = m_connection->use("SELECT (SELECT min(open_time) FROM candles WHERE series_id = ?1), "
                                   "(SELECT max(open_time) FROM candles WHERE series_id = ?1)");
    row.bind(series);
    if (row.next())
        out = {row.optionalTime(0), row.optionalTime(1)};
    if (const auto read = row.status(); !read)
        return fail(read.error());
    if (out.first)
        return out;
    const auto metrics = metricSummary(series);
    return metrics ? Result<SeriesEnds>({metrics->first, metrics->last}) : fail(metrics.error());
}

Result<std::vector<PageRecord>> SqliteReader::pages(SeriesId series, TimeRange within)
{
    std::vector<PageRecord> out;
    Cursor rows = m_connection->use(
        "SELECT id, series_id, from_time, to_time, fetched_at, rows, route, status, archive_key, sha256, description_version "
        "FROM pages WHERE series_id = ?1 AND from_time < ?3 AND to_time > ?2 ORDER BY fetched_at DESC, id DESC");
    rows.bind(series, within.from, within.to);
    while (rows.next())
        out.push_back(pageRow(rows));
    if (const auto read = rows.status(); !read)
        return fail(read.error());
    return out;
}

Result<std::vector<Finding>> SqliteReader::findings(SeriesId series, TimeRange within)
{
    return readFindings(*m_connection, series, within);
}

Result<std::vector<FindingId>> SqliteReader::findingIds(const FindingFilter& filter, FindingOrder order)
{
    return readFindingIds(*m_connection, filter, order);
}

Result<std::vector<Finding>> SqliteReader::findingsById(std::span<const FindingId> ids)
{
    std::vector<Finding> out;
    for (const FindingId id : ids) {
        auto finding = readFinding(*m_connection, id);
        if (!finding)
            return fail(finding.error());
        if (*finding)
            out.push_back(std::move(**finding));
    }
    return out;
}

Result<std::vector<FindingCount>> SqliteReader::findingCounts(const FindingFilter& filter)
{
    return readFindingCounts(*m_connection, filter);
}

Result<std::vector<FindingDay>> SqliteReader::findingDays(TimeRange raised, const FindingFilter& filter)
{
    return readFindingDays(*m_connection, raised, filter);
}

Result<std::vector<Decision>> SqliteReader::decisions(FindingId finding)
{
    return readDecisions(*m_connection, finding);
}

Result<std::vector<Decision>> SqliteReader::decisionLog(const FindingFilter& filter, std::size_t most)
{
    return readDecisionLog(*m_connection, filter, most);
}

Result<void> SqliteReader::eachMetric(
    SeriesId series, TimeRange within, bool clean, const std::function<bool(const Metric&)>& each)
{
    Cursor rows = m_connection->use(clean ? MNEMO_METRIC_SELECT(" AND flags & 1 = 0") " ORDER BY time" : MNEMO_METRIC_SELECT("") " ORDER BY time");
    rows.bind(series, within.from, within.to);
    while (rows.next())
        if (!each(metricRow(rows)))
            return {};
    return rows.status();
}

Result<QueryTable> SqliteReader::query(std::string_view sql)
{
    sqlite3* db = m_connection->handle();
    sqlite3_set_authorizer(db, authorizeReading, nullptr);
    const auto statement = prepareQuery(*m_connection, sql);
    sqlite3_set_authorizer(db, nullptr, nullptr);
    if (!statement)
        return fail(statement.error());

    QueryTable table;
    const int columns = sqlite3_column_count(statement->get());
    for (int i = 0; i < columns; ++i)
        table.columns.emplace_back(sqlite3_column_name(statement->get(), i));
    int rc = SQLITE_OK;
    while ((rc = sqlite3_step(statement->get())) == SQLITE_ROW) {
        auto& row = table.rows.emplace_back();
        for (int i = 0; i < columns; ++i)
            row.push_back(cellText(statement->get(), i));
    }
    if (rc == SQLITE_DONE)
        return table;
    return fail(queryError(*m_connection, rc));
}

void SqliteReader::interrupt()
{
    m_connection->interrupt();
}

Result<std::vector<Instrument>> SqliteReader::instruments(std::string_view source)
{
    std::vector<Instrument> out;
    Cursor rows = m_connection->use(
        "SELECT market, symbol, id, base, quote, settle, contract_size, tick_size, price_scale, value_scale, listed, delisted, active, "
        "interest_unit, exchange FROM instruments WHERE source = ?1 ORDER BY exchange, market, symbol");
    rows.bind(source);
    while (rows.next())
        out.push_back(instrumentRow(rows));
    if (const auto read = rows.status(); !read)
        return fail(read.error());
    return out;
}

} // namespace mnemo
