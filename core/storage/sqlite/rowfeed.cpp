#include "core/storage/sqlite/rowfeed.h"

#include "core/storage/aggregation.h"
#include "core/storage/sqlite/connection.h"

namespace mnemo {

namespace {

void putReal(sqlite3_context* out, const std::optional<double>& value)
{
    if (value)
        sqlite3_result_double(out, *value);
}

void putInteger(sqlite3_context* out, const std::optional<std::int64_t>& value)
{
    if (value)
        sqlite3_result_int64(out, *value);
}

// The virtual table, https://www.sqlite.org/vtab.html: eponymous (no CREATE), read only, rows in order.

struct FeedTable {
    sqlite3_vtab base {}; // first, as SQLite sees this struct
    RowFeed* feed = nullptr;
};

struct FeedCursor {
    sqlite3_vtab_cursor base {}; // first, as SQLite sees this struct
    const FeedSource* source = nullptr;
    std::int64_t row = 0;
    std::int64_t size = 0;
};

FeedCursor& asCursor(sqlite3_vtab_cursor* cursor)
{
    return *reinterpret_cast<FeedCursor*>(cursor);
}

int feedConnect(sqlite3* db, void* feed, int /*argc*/, const char* const* /*argv*/, sqlite3_vtab** out, char** /*error*/)
{
    const int rc = sqlite3_declare_vtab(db, "CREATE TABLE mnemo_feed(c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10)");
    if (rc != SQLITE_OK)
        return rc;
    auto* table = new FeedTable;
    table->feed = static_cast<RowFeed*>(feed);
    *out = &table->base;
    return SQLITE_OK;
}

int feedDisconnect(sqlite3_vtab* table)
{
    delete reinterpret_cast<FeedTable*>(table);
    return SQLITE_OK;
}

int feedBestIndex(sqlite3_vtab* /*table*/, sqlite3_index_info* info)
{
    info->estimatedCost = 1000;
    info->estimatedRows = 1000;
    return SQLITE_OK;
}

int feedOpen(sqlite3_vtab* /*table*/, sqlite3_vtab_cursor** out)
{
    *out = &(new FeedCursor)->base;
    return SQLITE_OK;
}

int feedClose(sqlite3_vtab_cursor* cursor)
{
    delete &asCursor(cursor);
    return SQLITE_OK;
}

int feedFilter(sqlite3_vtab_cursor* base, int /*index*/, const char* /*text*/, int /*argc*/, sqlite3_value** /*argv*/)
{
    FeedCursor& cursor = asCursor(base);
    cursor.source = reinterpret_cast<FeedTable*>(base->pVtab)->feed->source();
    cursor.row = 0;
    cursor.size = cursor.source ? cursor.source->size() : 0;
    return SQLITE_OK;
}

int feedNext(sqlite3_vtab_cursor* cursor)
{
    ++asCursor(cursor).row;
    return SQLITE_OK;
}

int feedEof(sqlite3_vtab_cursor* base)
{
    const FeedCursor& cursor = asCursor(base);
    return cursor.row >= cursor.size ? 1 : 0;
}

int feedColumn(sqlite3_vtab_cursor* base, sqlite3_context* out, int column)
{
    const FeedCursor& cursor = asCursor(base);
    cursor.source->put(out, cursor.row, column);
    return SQLITE_OK;
}

int feedRowid(sqlite3_vtab_cursor* cursor, sqlite3_int64* out)
{
    *out = asCursor(cursor).row;
    return SQLITE_OK;
}

const sqlite3_module& feedModule()
{
    static const sqlite3_module module = [] {
        sqlite3_module m {};
        m.xConnect = feedConnect; // no xCreate: eponymous only
        m.xBestIndex = feedBestIndex;
        m.xDisconnect = feedDisconnect;
        m.xOpen = feedOpen;
        m.xClose = feedClose;
        m.xFilter = feedFilter;
        m.xNext = feedNext;
        m.xEof = feedEof;
        m.xColumn = feedColumn;
        m.xRowid = feedRowid;
        return m;
    }();
    return module;
}

} // namespace

void CandleFeed::put(sqlite3_context* out, std::int64_t row, int column) const
{
    const Candle& candle = m_rows[static_cast<std::size_t>(row)];
    switch (column) {
    case 0:
        return sqlite3_result_int64(out, m_series);
    case 1:
        return sqlite3_result_int64(out, toMs(candle.openTime));
    case 2:
        return sqlite3_result_double(out, candle.open);
    case 3:
        return sqlite3_result_double(out, candle.high);
    case 4:
        return sqlite3_result_double(out, candle.low);
    case 5:
        return sqlite3_result_double(out, candle.close);
    case 6:
        return sqlite3_result_double(out, candle.volume);
    case 7:
        return putReal(out, candle.quoteVolume);
    case 8:
        return putInteger(out, candle.trades);
    case 9:
        return sqlite3_result_int64(out, candle.flags);
    default:
        return;
    }
}

void RevisionFeed::put(sqlite3_context* out, std::int64_t row, int column) const
{
    const Candle& before = m_rows[static_cast<std::size_t>(row)].before;
    switch (column) {
    case 0:
        return sqlite3_result_int64(out, m_series);
    case 1:
        return sqlite3_result_int64(out, toMs(before.openTime));
    case 2:
        return sqlite3_result_int64(out, toMs(m_at));
    case 3:
        return sqlite3_result_double(out, before.open);
    case 4:
        return sqlite3_result_double(out, before.high);
    case 5:
        return sqlite3_result_double(out, before.low);
    case 6:
        return sqlite3_result_double(out, before.close);
    case 7:
        return sqlite3_result_double(out, before.volume);
    case 8:
        return putReal(out, before.quoteVolume);
    case 9:
        return putInteger(out, before.trades);
    case 10:
        return sqlite3_result_int64(out, m_pageId);
    default:
        return;
    }
}

void AggregateFeed::put(sqlite3_context* out, std::int64_t row, int column) const
{
    const Aggregate& bucket = m_rows[static_cast<std::size_t>(row)];
    switch (column) {
    case 0:
        return sqlite3_result_int64(out, m_series);
    case 1:
        return sqlite3_result_text(out, toText(m_level).data(), static_cast<int>(toText(m_level).size()), SQLITE_STATIC);
    case 2:
        return sqlite3_result_int64(out, toMs(bucket.time));
    case 3:
        return sqlite3_result_double(out, bucket.open);
    case 4:
        return sqlite3_result_double(out, bucket.high);
    case 5:
        return sqlite3_result_double(out, bucket.low);
    case 6:
        return sqlite3_result_double(out, bucket.close);
    case 7:
        return sqlite3_result_double(out, bucket.volume);
    case 8:
        return sqlite3_result_int64(out, bucket.rows);
    case 9:
        return sqlite3_result_int64(out, bucket.expected);
    case 10:
        return sqlite3_result_int64(out, bucket.flagged);
    default:
        return;
    }
}

Result<void> RowFeed::attach(Connection& connection)
{
    if (sqlite3_create_module_v2(connection.handle(), "mnemo_feed", &feedModule(), this, nullptr) != SQLITE_OK)
        return fail(connection.lastError());
    return {};
}

Result<void> RowFeed::run(Connection& connection, const char* sql, const FeedSource& source)
{
    m_source = &source;
    auto done = connection.use(sql).run();
    m_source = nullptr;
    return done;
}

} // namespace mnemo
