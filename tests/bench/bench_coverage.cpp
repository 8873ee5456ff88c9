// The coverage index over a store of 500 series x 5 years of minutes: what the heatmap and the summaries cost. The days are
// written into `aggregates` as the writer would leave them; the 1.3 billion rows themselves are not there.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <random>

#include <sqlite3.h>

#include "core/engine/healthreader.h"
#include "core/quality/coverageindex.h"
#include "core/storage/sqlite/sqlitestore.h"

using namespace mnemo;

namespace {

constexpr int seriesCount = 500;
constexpr int dayCount = 5 * 365 + 1;
const UtcMs start = std::chrono::sys_days {std::chrono::year {2021} / 1 / 1};

template<class T>
T must(Result<T> result)
{
    if (!result) {
        std::fprintf(stderr, "%s\n", result.error().detail.c_str());
        std::exit(1);
    }
    if constexpr (!std::is_void_v<T>)
        return std::move(*result);
}

double millisecondsOf(const std::function<void()>& work, int runs = 7)
{
    std::vector<double> took;
    for (int i = 0; i < runs; ++i) {
        const auto begun = std::chrono::steady_clock::now();
        work();
        took.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begun).count());
    }
    std::ranges::sort(took);
    return took[took.size() / 2];
}

void execute(sqlite3* db, const char* sql)
{
    if (sqlite3_exec(db, sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
        std::fprintf(stderr, "%s: %s\n", sql, sqlite3_errmsg(db));
        std::exit(1);
    }
}

std::vector<SeriesRecord> fill(Store& store)
{
    auto writer = must(store.openWriter());
    std::vector<SeriesRecord> all;
    for (int i = 0; i < seriesCount; ++i) {
        SeriesRecord record;
        const std::string exchange = "venue" + std::to_string(i / 50);
        record.key = {exchange, exchange, MarketType::Spot, "S" + std::to_string(i % 50) + "/USDT", Kind::Candles, *Timeframe::fromName("1m")};
        record = must(writer->ensureSeries(record));
        PageCommit page; // the outermost rows, and coverage over everything
        page.series = record.id;
        const UtcMs last = start + std::chrono::days {dayCount} - std::chrono::minutes {1};
        page.range = {start, last + std::chrono::minutes {1}};
        page.fetchedAt = last;
        page.rows = {{start, 1, 1, 1, 1, 1}, {last, 1, 1, 1, 1, 1}};
        page.coverage = {{page.range, CoverageState::Answered, 1, page.fetchedAt}};
        must(writer->commit({&page, 1}));
        all.push_back(record);
    }
    return all;
}

void fillDays(const std::filesystem::path& file, const std::vector<SeriesRecord>& all)
{
    sqlite3* db = nullptr;
    sqlite3_open(file.c_str(), &db);
    execute(db, "BEGIN");
    sqlite3_stmt* row = nullptr;
    sqlite3_prepare_v2(db, "INSERT OR REPLACE INTO aggregates VALUES(?1, '1d', ?2, 1, 1, 1, 1, 1, ?3, 1440, 0)", -1, &row, nullptr);
    std::mt19937 random(1);
    for (const SeriesRecord& series : all) {
        const bool isThin = series.id % 5 == 0; // every fifth trades little
        for (int day = 0; day < dayCount; ++day) {
            sqlite3_bind_int64(row, 1, series.id);
            sqlite3_bind_int64(row, 2, toMs(start + std::chrono::days {day}));
            sqlite3_bind_int64(row, 3, isThin ? 1440 - static_cast<int>(random() % 300) : 1440);
            sqlite3_step(row);
            sqlite3_reset(row);
        }
    }
    sqlite3_finalize(row);
    execute(db, "COMMIT");
    sqlite3_close(db);
}

} // namespace

int main()
{
    const auto folder = std::filesystem::temp_directory_path() / "mnemo-bench-coverage";
    std::filesystem::remove_all(folder);
    const auto store = must(openSqliteStore(folder, {}, OpenMode::ReadWrite));
    const auto all = fill(*store);
    fillDays(folder / "mnemo.db", all);

    CoverageIndex index(*store, {}, {});
    std::printf("%d series x %d days of 1m\n", seriesCount, dayCount);
    std::printf("load                         %9.2f ms\n", millisecondsOf([&] { must(index.load()); }, 3));
    const auto snapshot = index.snapshot();
    std::printf("memory                       %9.1f MiB\n", static_cast<double>(snapshot->bytes()) / (1024 * 1024));
    std::int64_t present = 0;
    std::printf("summary of the store         %9.3f ms\n", millisecondsOf([&] { present += snapshot->summary().total.present; }));
    SeriesFilter one;
    one.exchanges = {"venue3"};
    std::printf("summary of one exchange      %9.3f ms\n", millisecondsOf([&] { present += snapshot->summary(one).total.present; }));
    const TimeRange whole {start, start + std::chrono::days {dayCount}};
    const auto matrix = [&](const char* name, const std::vector<UtcMs>& bounds) {
        std::printf("%s %4zu columns %9.2f ms\n", name, bounds.size() - 1,
            millisecondsOf([&] { present += snapshot->matrix({}, bounds).rows.front().cells.front().counts.present; }));
    };
    matrix("matrix, days  ", dayBounds(whole));
    matrix("matrix, weeks ", weekBounds(whole));
    matrix("matrix, months", monthBounds(whole));
    std::printf("one row, days                %9.3f ms\n", millisecondsOf([&] { present += snapshot->row(all[250].id, dayBounds(whole))->total.present; }));
    const TimeRange page {start + std::chrono::days {700}, start + std::chrono::days {700} + std::chrono::minutes {1000}};
    std::printf("refresh after one page       %9.2f ms\n", millisecondsOf([&] {
        index.note(all[250].key, page);
        must(index.refresh());
    }));
    std::printf("refresh after 50 pages       %9.2f ms\n", millisecondsOf([&] {
        for (std::size_t i = 0; i < 50; ++i)
            index.note(all[i * 10].key, page);
        must(index.refresh());
    }));
    Problems problems;
    const Catalogue catalogue = Catalogue::load(loadSettings({shippedConfigDir(), {}, "dev", {}, {}, {}}).settings.exchanges, problems);
    const LoadedSettings settings;
    const SystemClock clock;
    HealthReader reader;
    const RuleSettings rules;
    const HealthPlaces places {*store, index, nullptr, settings, catalogue, rules, clock, folder};
    std::int64_t stale = 0;
    std::printf("health, first                %9.2f ms\n", millisecondsOf([&] { stale += must(reader.read(places)).series; }, 1));
    std::printf("health, nothing new          %9.2f ms\n", millisecondsOf([&] { stale += must(reader.read(places)).series; }));
    std::printf("health, after 50 pages       %9.2f ms\n", millisecondsOf([&] {
        for (std::size_t i = 0; i < 50; ++i)
            index.note(all[i * 10].key, page);
        stale += must(reader.read(places)).series;
    }));
    std::filesystem::remove_all(folder);
    return present > 0 && stale > 0 ? 0 : 1;
}
