#pragma once

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "core/storage/sqlite/sqlitestore.h"
#include "ui/chart/chartlevel.h"

// One and ten million minute bars in a real SQLite file, for the benchmarks of the chart.
namespace mnemo::bench {

constexpr milliseconds minute {60'000};
inline const UtcMs t0 = fromMs(1'577'836'800'000); // 2020-01-01

inline ChartBar barAt(std::int64_t index)
{
    // As in a walk, what happens within one pixel column is small against the whole, at every zoom.
    const auto at = [](std::int64_t i) {
        const auto x = double(i);
        return 30'000 + 4'000 * std::sin(x / 900'000) + 900 * std::sin(x / 60'000) + 300 * std::sin(x / 4'000)
            + 120 * std::sin(x / 250) + 40 * std::sin(x / 11) + 15 * std::sin(x * 1.7);
    };
    const double open = at(index), close = at(index + 1);
    return {t0 + index * minute, open, std::max(open, close) + 25, std::min(open, close) - 25, close,
        5 + 4 * std::sin(double(index) / 13)};
}

struct ChartStore {
    std::unique_ptr<Store> store;
    SeriesId million = 0, tens = 0;
};

[[noreturn]] inline void giveUp(const Error& error)
{
    std::fprintf(stderr, "bench: %s\n", error.detail.c_str());
    std::exit(1);
}

template <class T>
T must(Result<T> result)
{
    if (!result)
        giveUp(result.error());
    return std::move(*result);
}

inline SeriesRecord chartSeries(const char* symbol)
{
    SeriesRecord series;
    series.key.exchange = series.key.source = "bench";
    series.key.symbol = symbol;
    return series;
}

inline PageCommit pageAt(SeriesId series, std::int64_t first, std::int64_t count, double shift = 0)
{
    PageCommit page;
    page.series = series;
    page.range = {t0 + first * minute, t0 + (first + count) * minute};
    page.fetchedAt = page.range.to;
    page.coverage = {{page.range, CoverageState::Answered, 2, page.range.to}};
    for (std::int64_t i = first; i < first + count; ++i) {
        const ChartBar bar = barAt(i);
        page.rows.push_back({bar.time, bar.open, bar.high, bar.low, bar.close + shift, bar.volume});
        page.rows.back().high = std::max(page.rows.back().high, page.rows.back().close);
    }
    return page;
}

/// Appends what is not there yet: an interrupted preparation goes on.
inline SeriesId fill(StoreWriter& writer, StoreReader& reader, const char* symbol, std::int64_t count)
{
    constexpr std::int64_t rows = 1'000;
    const SeriesId series = must(writer.ensureSeries(chartSeries(symbol))).id;
    const SeriesSummary held = must(reader.summary(series));
    std::int64_t next = held.last ? (*held.last - t0) / minute + 1 : 0;
    while (next < count) {
        std::vector<PageCommit> pages;
        for (int i = 0; i < 20 && next < count; ++i, next += rows)
            pages.push_back(pageAt(series, next, std::min(rows, count - next)));
        must(writer.commit(pages));
    }
    return series;
}

inline ChartStore makeChartStore(const std::filesystem::path& folder)
{
    std::filesystem::create_directories(folder);
    ChartStore made;
    made.store = must(openSqliteStore(folder, DatabaseSettings {}, OpenMode::ReadWrite));
    const auto writer = must(made.store->openWriter());
    const auto reader = must(made.store->openReader());
    made.million = fill(*writer, *reader, "ONE/USDT", 1'000'000);
    made.tens = fill(*writer, *reader, "TEN/USDT", 10'000'000);
    return made;
}

inline double residentMiB()
{
    std::ifstream status("/proc/self/statm");
    long total = 0, resident = 0;
    status >> total >> resident;
    return static_cast<double>(resident) * 4096 / (1 << 20);
}

} // namespace mnemo::bench
