// All rules that need one series alone, over candles in memory: against one plain pass over the same memory, and
// against SQLite's LEAD() finding nothing but gaps. Sides alternate; medians of processor time. Arguments: candles
// (10,000,000), rounds (5).

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include <sqlite3.h>

#include "core/quality/validator.h"

using namespace mnemo;

namespace {

std::vector<Candle> walk(std::size_t count)
{
    std::mt19937_64 random(7);
    std::vector<Candle> rows(count);
    double price = 30'000;
    for (std::size_t i = 0; i < count; ++i) {
        const std::uint64_t bits = random();
        const auto part = [bits](unsigned shift) { return static_cast<double>((bits >> shift) & 0x3ffU) / 1024 - 0.5; };
        const double open = price;
        price *= 1 + 0.001 * part(0);
        Candle& row = rows[i];
        row.openTime = fromMs(1'500'000'000'000 / 60'000 * 60'000 + static_cast<std::int64_t>(i) * 60'000);
        row.open = open;
        row.high = std::max(open, price) * 1.0002;
        row.low = std::min(open, price) * 0.9998;
        row.close = price;
        row.volume = 10 + 8 * part(10);
        row.quoteVolume = row.volume * price;
        row.trades = 50;
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
        context.tickSize = 1e-6;
    CandleValidator validator(
        RuleSettings().activeFor({"x", "x", MarketType::Spot, "BTC/USDT", Kind::Candles, Timeframe {}}), context.grid);
    validator.feed(rows, context);
    validator.finish(context);
    return validator.finished();
}

/// Gaps alone, over as many rows as are given; candles per second.
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
    const double took = seconds([db] {
        sqlite3_exec(db,
            "SELECT count(*) FROM (SELECT open_time, LEAD(open_time) OVER (ORDER BY open_time) AS next FROM candles) "
            "WHERE next - open_time > 60000",
            nullptr, nullptr, nullptr);
    });
    sqlite3_close(db);
    return static_cast<double>(count) / took;
}

} // namespace

int main(int argc, char** argv)
{
    const auto count = static_cast<std::size_t>(argc > 1 ? std::atoll(argv[1]) : 10'000'000);
    const int rounds = argc > 2 ? std::atoi(argv[2]) : 5;
    const std::vector<Candle> rows = walk(count);
    std::vector<double> scans, plain, ticked, leads;
    double sum = 0;
    std::size_t findings = 0;
    for (int i = 0; i < rounds; ++i) {
        scans.push_back(seconds([&] { sum += scan(rows); }));
        plain.push_back(seconds([&] { findings = validate(rows, false); }));
        ticked.push_back(seconds([&] { validate(rows, true); }));
        leads.push_back(leadRate(rows, std::min<std::size_t>(count, 300'000)));
    }
    const double million = static_cast<double>(count) / 1e6;
    std::printf("%zu candles, %d rounds, %zu findings (sum %g)\n", count, rounds, findings, sum);
    std::printf("plain scan           %7.3f s  %7.1f M candles/s\n", median(scans), million / median(scans));
    std::printf("rules                %7.3f s  %7.1f M candles/s  %5.1f x the scan\n", median(plain),
        million / median(plain), median(plain) / median(scans));
    std::printf("rules with tick size %7.3f s  %7.1f M candles/s\n", median(ticked), million / median(ticked));
    std::printf("SQLite LEAD()                   %7.2f M candles/s  the rules are %.0f x as fast\n",
        median(leads) / 1e6, million * 1e6 / median(plain) / median(leads));
    return 0;
}
