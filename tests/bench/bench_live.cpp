// Streams: 200 topics of 50 messages a second each through real sockets to archive and store. Prints what the client
// costs of a core, whether anything was lost, and its memory. bench_live [SECONDS]

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QTimer>

#include <sys/resource.h>

#include "core/live/liveservice.h"
#include "core/live/qt/qtsocketloop.h"
#include "core/storage/sqlite/sqlitestore.h"
#include "tests/support/klineexchange.h"

using namespace mnemo;
using namespace std::chrono_literals;
using mnemo::test::KlineExchange;

namespace {

constexpr int topics = 200;
constexpr int perSecond = 50;
constexpr int messagesOfBar = 500; ///< a bar ends after so many: every 10 s

double cpuOf(clockid_t clock)
{
    timespec time {};
    clock_gettime(clock, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

double processCpu()
{
    rusage usage {};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) { return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6; };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

} // namespace

int main(int argc, char** argv)
{
    QCoreApplication application(argc, argv);
    const int seconds = argc > 1 ? std::atoi(argv[1]) : 30;
    const auto folder = std::filesystem::temp_directory_path() / ("bench_live-" + std::to_string(QCoreApplication::applicationPid()));
    std::filesystem::create_directories(folder);
    DatabaseSettings database;
    auto store = openSqliteStore(folder, database, OpenMode::ReadWrite).value();
    auto archive = openArchive(folder, {}).value();
    SystemClock clock;
    KlineExchange exchange(topics, messagesOfBar);
    std::atomic<std::int64_t> stored = 0, shown = 0;
    {
        Writer writer(store->openWriter().value(), database);
        LiveService::Handlers handlers;
        handlers.running = [&](const LiveSeries&, const Candle&) { ++shown; };
        handlers.mustAsk = [](const SeriesKey&, milliseconds) {};
        handlers.lost = [](const SeriesKey& series, const std::string& why) { std::printf("lost %s: %s\n", series.text().c_str(), why.c_str()); };
        handlers.stored = [&](const SeriesRecord&, const PageCommit&, const CommitOutcome::Page& page, std::span<const Finding>) { stored += page.added; };
        handlers.call = [](std::shared_ptr<const Venue>, VenueRequest, std::function<void(Result<std::string>)>) {};
        LiveService live({writer, archive.get(), clock, std::make_shared<QtSocketLoop>()}, std::move(handlers));
        for (LiveSeries& series : exchange.series(writer)) {
            const SeriesKey key = series.series.key;
            live.want(std::move(series));
            live.know(key, KlineExchange::begin);
        }
        while (!exchange.isAskedForAll())
            QCoreApplication::processEvents(QEventLoop::AllEvents, 50);

        const double process = processCpu(), server = cpuOf(CLOCK_THREAD_CPUTIME_ID);
        QElapsedTimer wall;
        wall.start();
        QTimer beat;
        beat.setTimerType(Qt::PreciseTimer);
        QObject::connect(&beat, &QTimer::timeout, [&] { // behind its time it catches up
            const std::int64_t due = std::min<std::int64_t>(wall.elapsed(), seconds * 1'000LL) * perSecond / 1'000;
            while (exchange.sent < due * topics)
                exchange.sendRound();
            if (due == seconds * perSecond)
                application.quit();
        });
        beat.start(1'000 / perSecond);
        QCoreApplication::exec();
        const double took = static_cast<double>(wall.elapsed()) / 1e3;
        const auto received = [&] { return live.snapshots().empty() ? 0 : live.snapshots().front().messages; };
        QElapsedTimer rest;
        rest.start();
        while ((received() < exchange.sent || stored < exchange.closed) && rest.elapsed() < 10'000)
            QCoreApplication::processEvents(QEventLoop::AllEvents, 20);
        const double client = processCpu() - process - (cpuOf(CLOCK_THREAD_CPUTIME_ID) - server);
        std::printf("%d topics, %.0f messages/s for %.1f s, behind at the end %.2f s\n", topics, static_cast<double>(exchange.sent) / took, took,
            static_cast<double>(rest.elapsed()) / 1e3);
        std::printf("received %lld of %lld, stored %lld of %lld closed bars, shown %.1f a second and topic\n", static_cast<long long>(received()),
            static_cast<long long>(exchange.sent), static_cast<long long>(stored.load()), static_cast<long long>(exchange.closed),
            static_cast<double>(shown.load()) / took / topics);
        std::printf("client: %.1f %% of a core, %.1f us a message; peak memory of both ends ", client / took * 100, client / static_cast<double>(exchange.sent) * 1e6);
        rusage usage {};
        getrusage(RUSAGE_SELF, &usage);
        std::printf("%ld MiB\n", usage.ru_maxrss / 1024);
    }
    store.reset();
    std::filesystem::remove_all(folder);
    return stored == exchange.closed ? 0 : 1;
}
