/// The store stage against bare SQLite loops on the same table: WAL, synchronous = NORMAL and 64 MiB of cache everywhere;
/// what else the store sets for itself (page size, checkpoints) is its own, the loops leave SQLite's defaults.
///
/// Sides: `store` commits pages of 1000 rows, 20 to a transaction, with coverage, pages and aggregates on; `prepared` binds
/// and steps one upsert per row, `multi-row` one statement of 1000 VALUES, `feed` one INSERT ... SELECT of our virtual
/// table; these three write the rows alone. Transactions of 20,000 rows everywhere. Sides take turns, their order rotates
/// from round to round, each on a new file; ratios are of one round, the median over rounds counts.
///
/// Cases: `new` rows, 10 series in turn; `same` rows once more; `changed`: every value of every stored row differs (SQLite
/// skips the write where the bytes are equal); the store also keeps every old value in `revisions` then.
///
/// bench_store [rounds [rows]]      defaults: 5 400000

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <sqlite3.h>
#include <sys/resource.h>
#include <unistd.h>

#include "core/base/timetext.h"
#include "core/storage/sqlite/connection.h"
#include "core/storage/sqlite/rowfeed.h"
#include "core/storage/sqlite/sqlitestore.h"

using namespace mnemo;
namespace fs = std::filesystem;

namespace {

constexpr int seriesCount = 10;
constexpr int pageRows = 1000;
constexpr int pagesPerTransaction = 20;

[[noreturn]] void stop(const std::string& why)
{
    std::fprintf(stderr, "bench_store: %s\n", why.c_str());
    std::exit(1);
}

template<class T>
T must(Result<T> result)
{
    if (!result)
        stop(result.error().detail);
    if constexpr (!std::is_void_v<T>)
        return std::move(*result);
}

struct Cost {
    double wall = 0, cpu = 0; ///< seconds
};

double cpuSeconds()
{
    rusage usage {};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6; };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

Cost measured(const std::function<void()>& work)
{
    const double cpu = cpuSeconds();
    const auto start = std::chrono::steady_clock::now();
    work();
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
    return {wall.count(), cpuSeconds() - cpu};
}

/// Random walk with 2 decimals of price and 5 of volume, as performance.md.
std::vector<PageCommit> makePages(int rows, UtcMs fetchedAt)
{
    const UtcMs start = *parseTime("2023-01-01");
    std::vector<PageCommit> pages;
    unsigned state = 12345;
    const auto random = [&state] { return (state = state * 1664525U + 1013904223U) >> 8U; };
    std::vector<int> cents(seriesCount, 4'000'000);
    for (int i = 0; i < rows / pageRows; ++i) {
        PageCommit page;
        page.series = i % seriesCount + 1;
        page.fetchedAt = fetchedAt;
        page.status = 200;
        page.archiveKey = "bronze/v1/source=binance/kind=candles/fetched=2024-06-01/seg-0001.zst@" + std::to_string(i * 60000);
        page.sha256 = std::string(64, 'a');
        int& price = cents[static_cast<std::size_t>(i % seriesCount)];
        for (int r = 0; r < pageRows; ++r) {
            Candle c;
            c.openTime = start + std::chrono::minutes {i / seriesCount * pageRows + r};
            const auto wobble = [&] { return static_cast<int>(random() % 2000U) - 1000; };
            c.open = price / 100.0;
            price += wobble();
            c.close = price / 100.0;
            c.high = std::max(c.open, c.close) + static_cast<double>(random() % 500U) / 100.0;
            c.low = std::min(c.open, c.close) - static_cast<double>(random() % 500U) / 100.0;
            c.volume = static_cast<double>(random() % 10'000'000U) / 1e5;
            c.quoteVolume = static_cast<double>(random() % 1'000'000'000U) / 1e3;
            c.trades = random() % 5000U;
            page.rows.push_back(c);
        }
        page.range = {page.rows.front().openTime, page.rows.back().openTime + std::chrono::minutes {1}};
        page.coverage = {{page.range, CoverageState::Answered, 1, fetchedAt}};
        pages.push_back(std::move(page));
    }
    return pages;
}

std::vector<PageCommit> changedPages(std::vector<PageCommit> pages)
{
    for (PageCommit& page : pages) {
        page.fetchedAt += std::chrono::hours {1};
        page.coverage[0].checkedAt = page.fetchedAt;
        for (Candle& row : page.rows) {
            for (double* value : {&row.open, &row.high, &row.low, &row.close, &row.volume})
                *value += 0.01;
            row.quoteVolume = *row.quoteVolume + 0.01;
            row.trades = *row.trades + 1;
        }
    }
    return pages;
}

struct Data {
    std::vector<PageCommit> fresh, changed;
};

/// One way to write; open() and close() are not measured.
class Side {
public:
    virtual ~Side() = default;
    virtual void open(const fs::path& folder) = 0;
    virtual void transaction(std::span<const PageCommit> pages) = 0;
    virtual void close() = 0;

    Cost write(std::span<const PageCommit> pages)
    {
        return measured([&] {
            for (std::size_t i = 0; i < pages.size(); i += pagesPerTransaction)
                transaction(pages.subspan(i, std::min<std::size_t>(pagesPerTransaction, pages.size() - i)));
        });
    }
};

std::unique_ptr<Store> makeStore(const fs::path& folder)
{
    auto store = must(openSqliteStore(folder, {}, OpenMode::ReadWrite));
    const auto writer = must(store->openWriter());
    for (int i = 0; i < seriesCount; ++i) {
        SeriesRecord record;
        record.key = {"binance", "binance", MarketType::Spot, std::string(1, static_cast<char>('A' + i)) + "/USDT", Kind::Candles, {}};
        if (must(writer->ensureSeries(record)).id != i + 1)
            stop("series are not numbered from 1");
    }
    return store;
}

class StoreSide final : public Side {
public:
    void open(const fs::path& folder) override
    {
        m_store = makeStore(folder);
        m_writer = must(m_store->openWriter());
    }
    void transaction(std::span<const PageCommit> pages) override { must(m_writer->commit(pages)); }
    void close() override
    {
        m_writer.reset();
        m_store.reset();
    }

private:
    std::unique_ptr<Store> m_store;
    std::unique_ptr<StoreWriter> m_writer;
};

const char* const conflict = " ON CONFLICT(series_id, open_time) DO UPDATE SET open = excluded.open, high = excluded.high, "
                             "low = excluded.low, close = excluded.close, volume = excluded.volume, "
                             "quote_volume = excluded.quote_volume, trades = excluded.trades, flags = excluded.flags";

class BareSide : public Side {
public:
    void open(const fs::path& folder) override
    {
        fs::create_directories(folder);
        m_connection = must(Connection::open(folder / "mnemo.db", Access::Write));
        must(m_connection->execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -65536"));
        must(m_connection->execute(
            "CREATE TABLE candles(series_id INTEGER NOT NULL, open_time INTEGER NOT NULL, open REAL NOT NULL, high REAL NOT NULL, "
            "low REAL NOT NULL, close REAL NOT NULL, volume REAL NOT NULL, quote_volume REAL, trades INTEGER, "
            "flags INTEGER NOT NULL DEFAULT 0, PRIMARY KEY(series_id, open_time)) WITHOUT ROWID"));
        prepare();
    }
    void transaction(std::span<const PageCommit> pages) override
    {
        must(m_connection->execute("BEGIN IMMEDIATE"));
        for (const PageCommit& page : pages)
            writePage(page);
        must(m_connection->execute("COMMIT"));
    }
    void close() override
    {
        sqlite3_finalize(m_statement);
        m_statement = nullptr;
        m_connection.reset();
    }

protected:
    virtual void prepare() = 0;
    virtual void writePage(const PageCommit& page) = 0;

    void prepareText(const std::string& sql)
    {
        if (sqlite3_prepare_v2(m_connection->handle(), sql.c_str(), -1, &m_statement, nullptr) != SQLITE_OK)
            stop(m_connection->lastError().detail);
    }
    void bindRow(int offset, SeriesId series, const Candle& row) const
    {
        sqlite3_bind_int64(m_statement, offset + 1, series);
        sqlite3_bind_int64(m_statement, offset + 2, toMs(row.openTime));
        sqlite3_bind_double(m_statement, offset + 3, row.open);
        sqlite3_bind_double(m_statement, offset + 4, row.high);
        sqlite3_bind_double(m_statement, offset + 5, row.low);
        sqlite3_bind_double(m_statement, offset + 6, row.close);
        sqlite3_bind_double(m_statement, offset + 7, row.volume);
        sqlite3_bind_double(m_statement, offset + 8, *row.quoteVolume);
        sqlite3_bind_int64(m_statement, offset + 9, *row.trades);
        sqlite3_bind_int64(m_statement, offset + 10, row.flags);
    }
    void step() const
    {
        if (sqlite3_step(m_statement) != SQLITE_DONE)
            stop(m_connection->lastError().detail);
        sqlite3_reset(m_statement);
    }
    std::unique_ptr<Connection> m_connection;
    sqlite3_stmt* m_statement = nullptr;
};

class PreparedSide final : public BareSide {
    void prepare() override { prepareText(std::string("INSERT INTO candles VALUES(?,?,?,?,?,?,?,?,?,?)") + conflict); }
    void writePage(const PageCommit& page) override
    {
        for (const Candle& row : page.rows) {
            bindRow(0, page.series, row);
            step();
        }
    }
};

class MultiRowSide final : public BareSide {
    void prepare() override
    {
        std::string sql = "INSERT INTO candles VALUES";
        for (int i = 0; i < pageRows; ++i)
            sql += i == 0 ? "(?,?,?,?,?,?,?,?,?,?)" : ",(?,?,?,?,?,?,?,?,?,?)";
        prepareText(sql + conflict);
    }
    void writePage(const PageCommit& page) override
    {
        int offset = 0;
        for (const Candle& row : page.rows) {
            bindRow(offset, page.series, row);
            offset += 10;
        }
        step();
    }
};

class FeedSide final : public BareSide {
    void prepare() override
    {
        must(m_feed.attach(*m_connection));
        m_sql = std::string("INSERT INTO candles SELECT c0, c1, c2, c3, c4, c5, c6, c7, c8, c9 FROM mnemo_feed WHERE true") + conflict;
    }
    void writePage(const PageCommit& page) override
    {
        must(m_feed.run(*m_connection, m_sql.c_str(), CandleFeed(page.series, page.rows)));
    }
    RowFeed m_feed;
    std::string m_sql;
};

/// What the file holds, to see that all sides did the same work.
std::string contents(const fs::path& folder)
{
    const auto connection = must(Connection::open(folder / "mnemo.db", Access::Read));
    Cursor row = connection->use("SELECT count(*), sum(cast(round(open * 100) AS INTEGER)), "
                                 "sum(cast(round(volume * 100000) AS INTEGER)), sum(trades) FROM candles");
    if (!row.next())
        stop("nothing to read back");
    return row.text(0) + " " + row.text(1) + " " + row.text(2) + " " + row.text(3);
}

double median(std::vector<double> values)
{
    std::ranges::sort(values);
    return values[values.size() / 2];
}

using Costs = std::map<std::string, std::vector<Cost>>; // by side

void report(const char* name, const Costs& costs, double rows)
{
    std::printf("\n%s rows\n%-10s %12s %12s %12s %14s %14s\n", name, "side", "k rows/s", "us CPU/row", "of prepared", "CPU/prepared", "CPU/multi-row");
    for (const auto& [side, list] : costs) {
        std::vector<double> rate, cpu, rateRatio, preparedCpu, multiCpu;
        for (std::size_t i = 0; i < list.size(); ++i) {
            rate.push_back(rows / list[i].wall / 1000);
            cpu.push_back(list[i].cpu / rows * 1e6);
            rateRatio.push_back(costs.at("prepared")[i].wall / list[i].wall);
            preparedCpu.push_back(list[i].cpu / costs.at("prepared")[i].cpu);
            multiCpu.push_back(list[i].cpu / costs.at("multi-row")[i].cpu);
        }
        std::printf("%-10s %12.0f %12.3f %12.2f %14.2f %14.2f   [%.2f..%.2f]\n", side.c_str(), median(rate), median(cpu), median(rateRatio),
            median(preparedCpu), median(multiCpu), std::ranges::min(rateRatio), std::ranges::max(rateRatio));
    }
}

} // namespace

int main(int argc, char** argv)
{
    const int rounds = argc > 1 ? std::atoi(argv[1]) : 5;
    const int rows = argc > 2 ? std::atoi(argv[2]) : 400'000;
    if (rounds < 1 || rows < pageRows * seriesCount)
        stop("usage: bench_store [rounds [rows]], at least 10000 rows");
    const fs::path base = fs::temp_directory_path() / ("bench_store." + std::to_string(::getpid()));
    const Data data {makePages(rows, *parseTime("2024-06-01")), changedPages(makePages(rows, *parseTime("2024-06-01")))};

    std::map<std::string, std::unique_ptr<Side>> sides;
    sides["store"] = std::make_unique<StoreSide>();
    sides["prepared"] = std::make_unique<PreparedSide>();
    sides["multi-row"] = std::make_unique<MultiRowSide>();
    sides["feed"] = std::make_unique<FeedSide>();
    std::vector<std::string> order {"prepared", "store", "multi-row", "feed"};

    Costs fresh, same, changed;
    std::string seen;
    for (int round = 0; round < rounds; ++round) {
        for (const std::string& name : order) {
            Side& side = *sides[name];
            const fs::path folder = base / name;
            side.open(folder);
            fresh[name].push_back(side.write(data.fresh));
            same[name].push_back(side.write(data.fresh));
            changed[name].push_back(side.write(data.changed));
            side.close();
            const std::string now = contents(folder);
            if (!seen.empty() && now != seen)
                stop(name + " wrote something else: " + now + " instead of " + seen);
            seen = now;
            fs::remove_all(base);
        }
        std::ranges::rotate(order, order.begin() + 1);
    }
    std::printf("%d rows in %d series, %d rounds, SQLite %s; medians; [min..max] of the ratio to prepared\n", rows, seriesCount, rounds, sqlite3_libversion());
    report("new", fresh, rows);
    report("same", same, rows);
    report("changed", changed, rows);
    return 0;
}
