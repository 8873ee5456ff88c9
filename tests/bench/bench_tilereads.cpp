// How long the window waits for a tile of the chart while a bulk write runs, against the same reads while nothing is
// written, in turns.
//
//   bench_tilereads [FOLDER]        the store of bench_chart, made in FOLDER and kept there, or made anew and removed
//
// A read is one tile of 1,024 raw bars, or of hours or days from the aggregates, at a random place of ten million
// bars. The writer upserts changed values into another series, 20,000 rows a transaction, as a backfill does.
#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <random>
#include <thread>
#include <vector>

#include <unistd.h>

#include "core/quality/gaps.h"
#include "tests/bench/chartstore.h"
#include "ui/chart/tilereader.h"

using namespace mnemo;
using namespace mnemo::bench;

namespace {

constexpr int rounds = 7;
constexpr int reads = 300;

double percentile(std::vector<double> times, double share)
{
    std::sort(times.begin(), times.end());
    return times[std::min(times.size() - 1, static_cast<std::size_t>(static_cast<double>(times.size()) * share))];
}

class Writer {
public:
    explicit Writer(Store& store)
        : m_writer(must(store.openWriter()))
        , m_series(must(m_writer->ensureSeries(chartSeries("BULK/USDT"))).id)
        , m_thread([this](const std::stop_token& stop) { run(stop); })
    {
    }
    std::int64_t written() const { return m_rows; }

private:
    void run(const std::stop_token& stop)
    {
        for (std::int64_t pass = 1; !stop.stop_requested(); ++pass) {
            std::vector<PageCommit> pages;
            for (std::int64_t page = 0; page < 20; ++page)
                pages.push_back(
                    pageAt(m_series, (pass * 20 + page) % 500 * 1'000, 1'000, static_cast<double>(pass % 97)));
            must(m_writer->commit(pages));
            m_rows += 20'000;
        }
    }

    std::unique_ptr<StoreWriter> m_writer;
    SeriesId m_series;
    std::atomic<std::int64_t> m_rows {0};
    std::jthread m_thread;
};

std::vector<double> readTiles(StoreReader& reader, const SeriesRecord& series, std::mt19937& random)
{
    const auto levels = chartLevels(series.grid());
    const FindGaps none = [](const SeriesRecord&, TimeRange) { return Result<std::vector<Gap>>(std::vector<Gap> {}); };
    std::vector<double> times;
    for (int i = 0; i < reads; ++i) {
        const std::size_t level = std::array<std::size_t, 4> {0, 0, 6, 11}[static_cast<std::size_t>(i % 4)];
        const std::int64_t bar = std::uniform_int_distribution<std::int64_t>(0, 9'000'000)(random);
        const TimeRange range = rangeOf(levels.at(level), indexAt(levels.at(level), t0 + bar * minute));
        const auto start = std::chrono::steady_clock::now();
        must(readTile(reader, none, series, levels.at(level), range));
        times.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
    }
    return times;
}

} // namespace

int main(int argc, char** argv)
{
    namespace fs = std::filesystem;
    const fs::path folder =
        argc > 1 ? fs::path(argv[1]) : fs::temp_directory_path() / ("bench_tilereads-" + std::to_string(getpid()));
    {
        const ChartStore made = makeChartStore(folder);
        const auto reader = must(made.store->openReader());
        SeriesRecord series = chartSeries("TEN/USDT");
        series.id = made.tens;
        std::mt19937 random(7);
        readTiles(*reader, series, random); // warm
        std::vector<double> idle, busy, ratios;
        double rate = 0;
        for (int round = 0; round < rounds; ++round) {
            const auto a = readTiles(*reader, series, random);
            Writer writer(*made.store);
            std::this_thread::sleep_for(std::chrono::milliseconds {200});
            const auto start = std::chrono::steady_clock::now();
            const std::int64_t before = writer.written();
            const auto b = readTiles(*reader, series, random);
            rate += static_cast<double>(writer.written() - before)
                / std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() / rounds;
            idle.insert(idle.end(), a.begin(), a.end());
            busy.insert(busy.end(), b.begin(), b.end());
            ratios.push_back(percentile(b, 0.99) / percentile(a, 0.99));
        }
        std::printf(
            "tile reads, ms: idle median %.2f p99 %.2f; while a bulk write runs (%.0f k rows/s) median %.2f p99 "
            "%.2f max %.2f\n",
            percentile(idle, 0.5), percentile(idle, 0.99), rate / 1e3, percentile(busy, 0.5), percentile(busy, 0.99),
            percentile(busy, 1));
        std::printf("p99 busy / idle: %.2f over all, median of %d rounds %.2f\n",
            percentile(busy, 0.99) / percentile(idle, 0.99), rounds, percentile(ratios, 0.5));
    }
    if (argc < 2)
        fs::remove_all(folder);
    return 0;
}
