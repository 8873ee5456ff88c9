// All rules that need one series alone, over candles in memory: against one plain pass over the same memory, and
// against SQLite's LEAD() finding nothing but gaps; a calm market and a rough one. Then over stored rows, read as
// validation reads them, against LEAD() over the same table. Sides alternate; medians of processor time. Arguments:
// candles in memory (10,000,000), rounds (5), stored candles (1,000,000).

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include <sqlite3.h>
#include <unistd.h>

#include "core/quality/validator.h"
#include "core/storage/sqlite/sqlitestore.h"

using namespace mnemo;

namespace {

std::vector<Candle> walk(std::size_t count)
{
    std::mt19937_64 random(7);
    std::vector<Candle> rows(count);
    const auto rounded = [](double value) { return std::round(value * 100) / 100; }; // ticks of 0.01
    double price = 30'000;
    for (std::size_t i = 0; i < count; ++i) {
        const std::uint64_t bits = random();
        const auto part = [bits](unsigned shift) { return static_cast<double>((bits >> shift) & 0x3ffU) / 1024 - 0.5; };
        const double open = price;
        price = rounded(price * (1 + 0.001 * part(0)));
        Candle& row = rows[i];
        row.openTime = fromMs(1'500'000'000'000 / 60'000 * 60'000 + static_cast<std::int64_t>(i) * 60'000);
        row.open = open;
        row.high = rounded(std::max(open, price) * 1.0002);
        row.low = rounded(std::min(open, price) * 0.9998);
        row.close = price;
        row.volume = 10 + 8 * part(10);
        row.quoteVolume = row.volume * price;
        row.trades = 50;
    }
    return rows;
}

/// As a thin market: bars without a trade, volumes that differ a thousandfold, now and then a move of some percent, turnover
/// rounded.
std::vector<Candle> roughWalk(std::size_t count)
{
    std::vector<Candle> rows = walk(count);
    std::mt19937_64 random(9);
    std::normal_distribution<double> normal;
    double factor = 1;
    for (Candle& row : rows) {
        factor *= random() % 200 == 0 ? 1 + 0.01 * normal(random) : 1;
        for (double* price : {&row.open, &row.high, &row.low, &row.close})
            *price = std::round(*price * factor * 100) / 100;
        row.volume = std::exp(1.2 * normal(random));
        row.trades = static_cast<std::int64_t>(1 + row.volume * 5);
        if (random() % 20 == 0) {
            row.volume = 0;
            row.trades = 0;
            row.open = row.high = row.low = row.close;
        }
        row.quoteVolume = std::round(row.volume * row.close * 100) / 100;
    }
    return rows;
}

/// Of this process on a core: other programs do not count.
double seconds(const std::function<void()>& work)
{
    const auto begun = std::clock();
    work();
    return static_cast<double>(std::clock() - begun) / CLOCKS_PER_SEC;
}

double median(std::vector<double> values)
{
    std::ranges::sort(values);
    return values[values.size() / 2];
}

double scan(const std::vector<Candle>& rows)
{
    double sum = 0;
    for (const Candle& row : rows)
        sum += static_cast<double>(toMs(row.openTime)) + row.open + row.high + row.low + row.close + row.volume
            + row.quoteVolume.value_or(0) + static_cast<double>(row.trades.value_or(0));
    return sum;
}

std::size_t validate(const std::vector<Candle>& rows, bool hasTick)
{
    RuleContext context;
    context.now = rows.back().openTime + std::chrono::minutes {1};
    if (hasTick)
        context.tickSize = 0.01;
    CandleValidator validator(
        RuleSettings().activeFor({"x", "x", MarketType::Spot, "BTC/USDT", Kind::Candles, Timeframe {}}), context.grid);
    validator.feed(rows, context);
    validator.finish(context);
    return validator.finished();
}

/// Gaps alone.
double leadSeconds(sqlite3* db, const std::string& where)
{
    const std::string sql = "SELECT count(*) FROM (SELECT open_time, LEAD(open_time) OVER (ORDER BY open_time) AS next FROM "
                            "candles " + where + ") WHERE next - open_time > 60000";
    return seconds([&] { sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr); });
}

/// Over as many rows as are given, of a table in memory that holds nothing else; candles per second.
double leadRate(const std::vector<Candle>& rows, std::size_t count)
{
    sqlite3* db = nullptr;
    sqlite3_open(":memory:", &db);
    sqlite3_exec(db,
        "CREATE TABLE candles(open_time INTEGER PRIMARY KEY, open REAL, high REAL, low REAL, close REAL, volume REAL) "
        "WITHOUT ROWID; BEGIN",
        nullptr, nullptr, nullptr);
    sqlite3_stmt* insert = nullptr;
    sqlite3_prepare_v2(db, "INSERT INTO candles VALUES(?1, ?2, ?3, ?4, ?5, ?6)", -1, &insert, nullptr);
    for (std::size_t i = 0; i < count; ++i) {
        const Candle& row = rows[i];
        sqlite3_bind_int64(insert, 1, toMs(row.openTime));
        const double values[] {row.open, row.high, row.low, row.close, row.volume};
        for (int k = 0; k < 5; ++k)
            sqlite3_bind_double(insert, k + 2, values[k]);
        sqlite3_step(insert);
        sqlite3_reset(insert);
    }
    sqlite3_finalize(insert);
    sqlite3_exec(db, "COMMIT", nullptr, nullptr, nullptr);
    const double took = leadSeconds(db, {});
    sqlite3_close(db);
    return static_cast<double>(count) / took;
}

template <class T>
T must(Result<T> result)
{
    if (!result) {
        std::fprintf(stderr, "%s\n", result.error().detail.c_str());
        std::exit(1);
    }
    return std::move(*result);
}

/// A store with one series.
std::filesystem::path store(const std::vector<Candle>& rows)
{
    const auto folder = std::filesystem::temp_directory_path() / ("mnemo-bench-rules-" + std::to_string(::getpid()));
    const auto made = must(openSqliteStore(folder, {}, OpenMode::ReadWrite));
    const auto writer = must(made->openWriter());
    SeriesRecord record;
    record.key = {"x", "x", MarketType::Spot, "BTC/USDT", Kind::Candles, Timeframe {}};
    const SeriesId id = must(writer->ensureSeries(record)).id;
    constexpr std::size_t page = 20'000;
    for (std::size_t i = 0; i < rows.size(); i += page) {
        PageCommit commit;
        commit.series = id;
        commit.rows.assign(rows.begin() + static_cast<std::ptrdiff_t>(i),
            rows.begin() + static_cast<std::ptrdiff_t>(std::min(rows.size(), i + page)));
        commit.range = {commit.rows.front().openTime, commit.rows.back().openTime + std::chrono::minutes {1}};
        commit.fetchedAt = commit.range.to;
        must(writer->commit({&commit, 1}));
    }
    return folder;
}

/// Rows and rules, in pieces as validation reads them.
void validateStored(StoreReader& reader, TimeRange all)
{
    RuleContext context;
    CandleValidator validator(
        RuleSettings().activeFor({"x", "x", MarketType::Spot, "BTC/USDT", Kind::Candles, Timeframe {}}), context.grid);
    std::vector<Candle> piece;
    const auto read = reader.eachCandle(1, all, false, [&](const Candle& bar) {
        piece.push_back(bar);
        if (piece.size() == 8'192) {
            validator.feed(piece, context);
            piece.clear();
        }
        return true;
    });
    if (!read)
        std::exit(1);
    validator.feed(piece, context);
    validator.finish(context);
}

void benchStored(const std::vector<Candle>& rows, int rounds)
{
    const auto folder = store(rows);
    {
        const auto opened = must(openSqliteStore(folder, {}, OpenMode::ReadOnly));
        const auto reader = must(opened->openReader());
        sqlite3* db = nullptr;
        sqlite3_open((folder / "mnemo.db").c_str(), &db);
        std::vector<double> ours, leads;
        for (int i = 0; i < rounds; ++i) {
            ours.push_back(seconds([&] { validateStored(*reader, {UtcMs::min(), UtcMs::max()}); }));
            leads.push_back(leadSeconds(db, "WHERE series_id = 1"));
        }
        sqlite3_close(db);
        std::printf("%zu stored candles: rules %.2f M candles/s, LEAD() %.2f: %.1f x as fast\n", rows.size(),
            static_cast<double>(rows.size()) / 1e6 / median(ours), static_cast<double>(rows.size()) / 1e6 / median(leads),
            median(leads) / median(ours));
    }
    std::filesystem::remove_all(folder);
}

void benchMemory(const char* name, const std::vector<Candle>& rows, int rounds)
{
    std::vector<double> scans, plain, ticked, leads;
    double sum = 0;
    std::size_t findings = 0;
    for (int i = 0; i < rounds; ++i) {
        scans.push_back(seconds([&] { sum += scan(rows); }));
        plain.push_back(seconds([&] { findings = validate(rows, false); }));
        ticked.push_back(seconds([&] { validate(rows, true); }));
        leads.push_back(leadRate(rows, std::min<std::size_t>(rows.size(), 300'000)));
    }
    const double million = static_cast<double>(rows.size()) / 1e6;
    std::printf("%s: %zu candles, %d rounds, %zu findings (sum %g)\n", name, rows.size(), rounds, findings, sum);
    std::printf("  plain scan           %7.3f s  %7.1f M candles/s\n", median(scans), million / median(scans));
    std::printf("  SQLite LEAD()                   %7.2f M candles/s\n", median(leads) / 1e6);
    for (const auto& [what, times] : {std::pair {"rules               ", &plain}, {"rules with tick size", &ticked}})
        std::printf("  %s %7.3f s  %7.1f M candles/s  %5.2f x the scan, %.0f x as fast as LEAD()\n", what, median(*times),
            million / median(*times), median(*times) / median(scans), million * 1e6 / median(*times) / median(leads));
}

} // namespace

int main(int argc, char** argv)
{
    const auto count = static_cast<std::size_t>(argc > 1 ? std::atoll(argv[1]) : 10'000'000);
    const int rounds = argc > 2 ? std::atoi(argv[2]) : 5;
    const auto stored = static_cast<std::size_t>(argc > 3 ? std::atoll(argv[3]) : 1'000'000);
    benchMemory("a calm market", walk(count), rounds);
    benchMemory("a rough market", roughWalk(count), rounds);
    if (stored > 0)
        benchStored(walk(stored), rounds);
    return 0;
}
