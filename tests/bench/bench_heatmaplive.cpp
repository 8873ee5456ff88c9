// The screen "Coverage" over 500 series and 2,000 days while a backfill runs at the full speed that the exchange permits:
// first paint, a frame while panning, what is painted anew, memory. The real screen on a real engine that collects from
// the exchange simulator; offscreen, 1600 x 900. 492 of the series are days written into `aggregates`, 8 are collected.
#include <QApplication>
#include <QElapsedTimer>
#include <QScrollBar>
#include <QTemporaryDir>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <random>
#include <thread>

#include <sqlite3.h>

#include "core/storage/sqlite/sqlitestore.h"
#include "tests/bench/chartstore.h"
#include "tests/ui/marketfixture.h"
#include "ui/coverage/coveragecard.h"
#include "ui/coverage/coveragescreen.h"
#include "ui/coverage/enginecoveragesource.h"
#include "ui/coverage/heatmapview.h"

using namespace mnemo;
using bench::must;
using std::chrono::days;

namespace {

constexpr int dayCount = 2000;
constexpr int storedSeries = 492;
constexpr std::array collected {"BTC/USDT", "ETH/USDT", "SOL/USDT", "XRP/USDT", "DOGE/USDT", "ADA/USDT", "LINK/USDT", "ENJ/USDT"};

const UtcMs today = std::chrono::floor<days>(SystemClock().now());
const UtcMs start = today - days {dayCount};

void execute(sqlite3* db, const char* sql)
{
    if (sqlite3_exec(db, sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
        std::fprintf(stderr, "%s: %s\n", sql, sqlite3_errmsg(db));
        std::exit(1);
    }
}

std::vector<SeriesId> fillSeries(Store& store)
{
    const auto writer = must(store.openWriter());
    std::vector<SeriesId> all;
    for (int i = 0; i < storedSeries; ++i) {
        SeriesRecord record;
        const std::string exchange = "venue" + std::to_string(i / 50);
        record.key = {exchange, exchange, MarketType::Spot, "S" + std::to_string(i % 50) + "/USDT", Kind::Candles,
            *Timeframe::fromName("1m")};
        record = must(writer->ensureSeries(record));
        PageCommit page; // the outermost rows, and coverage over everything
        page.series = record.id;
        page.range = {start, today};
        page.fetchedAt = today;
        page.rows = {{start, 1, 1, 1, 1, 1}, {today - std::chrono::minutes {1}, 1, 1, 1, 1, 1}};
        page.coverage = {{page.range, CoverageState::Answered, 2, page.fetchedAt}};
        must(writer->commit({&page, 1}));
        all.push_back(record.id);
    }
    return all;
}

void fillDays(const std::filesystem::path& file, const std::vector<SeriesId>& all)
{
    sqlite3* db = nullptr;
    sqlite3_open(file.c_str(), &db);
    execute(db, "BEGIN");
    sqlite3_stmt* row = nullptr;
    sqlite3_prepare_v2(
        db, "INSERT OR REPLACE INTO aggregates VALUES(?1, '1d', ?2, 1, 1, 1, 1, 1, ?3, 1440, 0)", -1, &row, nullptr);
    std::mt19937 random(1);
    for (const SeriesId series : all) {
        for (int day = 0; day < dayCount; ++day) {
            sqlite3_bind_int64(row, 1, series);
            sqlite3_bind_int64(row, 2, toMs(start + days {day}));
            sqlite3_bind_int64(row, 3, series % 5 == 0 ? 1440 - static_cast<int>(random() % 300) : 1440);
            sqlite3_step(row);
            sqlite3_reset(row);
        }
    }
    sqlite3_finalize(row);
    execute(db, "COMMIT");
    sqlite3_close(db);
}

double processorMs()
{
    timespec now {};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

struct Times {
    std::vector<double> wall, processor;
    void report(const char* what)
    {
        for (std::vector<double>* times : {&wall, &processor})
            std::sort(times->begin(), times->end());
        const auto at = [](const std::vector<double>& times, double share) {
            return times[std::min(times.size() - 1, static_cast<std::size_t>(share * static_cast<double>(times.size())))];
        };
        std::printf("  %-30s median %6.2f ms, p99 %6.2f, worst %6.2f; of the processor %6.2f, %6.2f, %6.2f (n=%zu)\n",
            what, at(wall, 0.5), at(wall, 0.99), wall.back(), at(processor, 0.5), at(processor, 0.99), processor.back(),
            wall.size());
    }
};

template <class Work>
void measured(Times& times, Work work)
{
    QElapsedTimer wall;
    wall.start();
    const double before = processorMs();
    work();
    times.processor.push_back(processorMs() - before);
    times.wall.push_back(static_cast<double>(wall.nsecsElapsed()) / 1e6);
}

void settle(int ms)
{
    QElapsedTimer clock;
    clock.start();
    while (clock.elapsed() < ms)
        QApplication::processEvents(QEventLoop::WaitForMoreEvents, 10);
}

/// Pans back and forth for some seconds, about 60 frames a second, and lets events through in between.
void pan(CoverageScreen& screen, QImage& frame, int seconds, const char* what)
{
    HeatmapView& view = *screen.matrix();
    Times frames, events;
    int direction = -1, refreshes = 0, still = 0;
    auto shown = view.heatmap();
    QElapsedTimer clock;
    clock.start();
    while (clock.elapsed() < seconds * 1000) {
        measured(events, [] { QApplication::processEvents(); });
        if (view.heatmap() != shown) {
            shown = view.heatmap();
            ++refreshes;
            const int before = view.paintedLines();
            view.viewport()->render(&frame); // what a refresh alone costs, before the view moves on
            still += view.paintedLines() - before;
        }
        QScrollBar* bar = view.horizontalScrollBar();
        if (bar->value() == 0 || bar->value() == bar->maximum())
            direction = bar->value() == 0 ? 1 : -1;
        measured(frames, [&] {
            bar->setValue(bar->value() + 7 * direction);
            view.viewport()->render(&frame);
        });
        std::this_thread::sleep_for(std::chrono::milliseconds {4});
    }
    std::printf("%s:\n", what);
    frames.report("frame while panning in time");
    events.report("events between two frames");
    if (refreshes > 0)
        std::printf("  refreshes: %d, lines painted anew for one: %.1f of %d that can be seen\n", refreshes,
            static_cast<double>(still) / refreshes,
            view.layoutOfCells().visibleLines().last - view.layoutOfCells().visibleLines().first + 1);
}

} // namespace

int main(int argc, char** argv)
{
    if (qgetenv("QT_QPA_PLATFORM").isEmpty())
        qputenv("QT_QPA_PLATFORM", "offscreen");
    const QApplication application(argc, argv);
    const QTemporaryDir folder;
    {
        const auto store = must(openSqliteStore(folder.path().toStdString(), {}, OpenMode::ReadWrite));
        fillDays(folder.filePath(QStringLiteral("mnemo.db")).toStdString(), fillSeries(*store));
    }
    Market market;
    if (!market.start())
        return 1;
    const auto engine = must(openEngine(folder, market, OpenMode::ReadWrite));
    std::vector<JobId> jobs;
    BackfillRequest request;
    request.exchange = "binance";
    request.timeframe = *Timeframe::fromName("1m");
    for (const char* symbol : collected) { // a first day, so that the rows are there from the start
        request.symbol = symbol;
        request.range = {today - days {1}, today};
        must(Result<bool>(engine->wait(must(engine->backfill(request)))));
    }
    EngineBridge bridge(*engine, false);
    EngineCoverageSource source(bridge, {});
    CoverageScreen screen(source);
    QObject::connect(&bridge, &EngineBridge::rowsChanged, &screen, &CoverageScreen::storeChanged);
    screen.resize(1600, 900);
    bridge.begin();

    const double before = bench::residentMiB();
    QElapsedTimer clock;
    clock.start();
    QImage frame(1600, 900, QImage::Format_RGB32);
    screen.show();
    while (screen.matrix()->heatmap()->rows.size() < storedSeries + collected.size())
        QApplication::processEvents(QEventLoop::WaitForMoreEvents, 50);
    const double read = static_cast<double>(clock.nsecsElapsed()) / 1e6;
    Times first;
    measured(first, [&] { screen.matrix()->viewport()->render(&frame); });
    const Heatmap& heatmap = *screen.matrix()->heatmap();
    std::printf("%zu series x %d days: index read and picture made in %.0f ms off the UI thread, then first paint %.1f ms "
                "(%.1f of the processor)\n",
        heatmap.rows.size(), heatmap.columns(), read, first.wall[0], first.processor[0]);
    std::printf("memory: %.0f MiB more than before; picture %.1f MiB, index %.1f MiB\n", bench::residentMiB() - before,
        static_cast<double>(heatmap.bytes()) / 1048576, static_cast<double>(heatmap.coverage->bytes()) / 1048576);

    settle(500);
    pan(screen, frame, 5, "nothing else runs");
    for (const char* symbol : collected) {
        request.symbol = symbol;
        request.range = {start, today - days {1}};
        jobs.push_back(must(engine->backfill(request)));
    }
    // The group that is collected, so that its lines are among those that can be seen.
    screen.matrix()->verticalScrollBar()->setValue(0);
    settle(1500);
    const auto rows = [&] {
        std::int64_t sum = 0;
        for (const JobSnapshot& job : engine->jobs())
            sum += job.rowsStored;
        return sum;
    };
    const std::int64_t rowsBefore = rows();
    clock.restart();
    pan(screen, frame, 15, "a backfill of eight series runs");
    std::printf("  it stored %.0f candles a second meanwhile; memory %.0f MiB more than at the start\n",
        static_cast<double>(rows() - rowsBefore) * 1000 / static_cast<double>(clock.elapsed()),
        bench::residentMiB() - before);
    engine->cancelAll();
    return 0;
}
