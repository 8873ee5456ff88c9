// Streams: 200 topics of 50 messages a second each through real sockets to archive and store. Prints what the client
// costs of a core, whether anything was lost, and its memory. bench_live [SECONDS]

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <map>

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QTimer>
#include <QWebSocket>
#include <QWebSocketServer>

#include <sys/resource.h>

#include "core/exchange/catalogue.h"
#include "core/live/liveservice.h"
#include "core/live/qt/qtsocketloop.h"
#include "core/storage/sqlite/sqlitestore.h"
#include "places.h"

using namespace mnemo;
using namespace std::chrono_literals;

namespace {

constexpr int topics = 200;
constexpr int perSecond = 50;
constexpr int messagesOfBar = 500; ///< a bar ends after so many: every 10 s
const UtcMs begin = UtcMs {} + std::chrono::hours {24 * 20'000};

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

std::shared_ptr<const Venue> venueAt(int port)
{
    Node node = readYamlFile(MNEMO_SOURCE_DIR "/config/exchanges/binance.yaml").value();
    node.set("ws_url", Node::fromText("ws://127.0.0.1:" + std::to_string(port)));
    Problems problems;
    return Catalogue::load({{"binance", node}}, problems).venue("binance").value();
}

/// Sends what is due to whoever is connected; counts.
class Exchange {
public:
    Exchange()
        : m_server(QStringLiteral("bench"), QWebSocketServer::NonSecureMode)
    {
        if (!m_server.listen(QHostAddress::LocalHost))
            std::abort();
        QObject::connect(&m_server, &QWebSocketServer::newConnection, [this] {
            QWebSocket* socket = m_server.nextPendingConnection();
            QObject::connect(socket, &QWebSocket::textMessageReceived, [this, socket](const QString& text) {
                asked += text.count(QLatin1String("@kline_"));
                m_socket = socket;
            });
        });
    }
    int port() const { return m_server.serverPort(); }
    bool isReady() const { return asked == topics; }
    /// One message of each topic.
    void sendAll()
    {
        ++m_round;
        const int bar = (m_round - 1) / messagesOfBar;
        const bool isClosed = m_round % messagesOfBar == 0;
        const std::int64_t open = toMs(begin) + bar * 60'000LL;
        for (int i = 0; i < topics; ++i) {
            char text[512];
            const int size = std::snprintf(text, sizeof text,
                R"({"e":"kline","E":%lld,"s":"C%dUSDT","k":{"t":%lld,"T":%lld,"s":"C%dUSDT","i":"1m","f":158411535,"L":158411550,"o":"100.01913200","c":"%d.01913500","h":"900.01913700","l":"1.01913200","v":"%d.08400000","n":%d,"x":%s,"q":"9.09728060","V":"3.30200000","Q":"0.06318500","B":"0"}})",
                static_cast<long long>(open + 1), i, static_cast<long long>(open), static_cast<long long>(open + 59'999), i,
                100 + m_round % 700, m_round, m_round, isClosed ? "true" : "false");
            m_socket->sendTextMessage(QString::fromLatin1(text, size));
        }
        sent += topics;
        closed += isClosed ? topics : 0;
    }

    qsizetype asked = 0;
    std::int64_t sent = 0, closed = 0;

private:
    QWebSocketServer m_server;
    QWebSocket* m_socket = nullptr;
    int m_round = 0;
};

/// A store with a series for each topic, as the service wants them.
std::vector<LiveSeries> seriesOf(Writer& writer, const std::shared_ptr<const Venue>& venue)
{
    std::vector<LiveSeries> all;
    const auto protocol = venue->streams(MarketType::Spot);
    for (int i = 0; i < topics; ++i) {
        SeriesRecord wanted;
        wanted.key = {"binance", "binance", MarketType::Spot, "C" + std::to_string(i) + "/USDT", Kind::Candles, *Timeframe::fromName("1m")};
        const auto instrument = venue->instrument(MarketType::Spot, wanted.key.symbol).value();
        wanted.exchangeSymbol = instrument.id;
        const auto record = writer.call([&](StoreWriter& store) { return store.ensureSeries(wanted); }).value();
        all.push_back({record, venue, protocol, protocol->topic(instrument, wanted.key.timeframe).value()});
    }
    return all;
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
    Exchange exchange;
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
        for (LiveSeries& series : seriesOf(writer, venueAt(exchange.port()))) {
            const SeriesKey key = series.series.key;
            live.want(std::move(series));
            live.know(key, begin);
        }
        while (!exchange.isReady())
            QCoreApplication::processEvents(QEventLoop::AllEvents, 50);

        const double process = processCpu(), server = cpuOf(CLOCK_THREAD_CPUTIME_ID);
        QElapsedTimer wall;
        wall.start();
        QTimer beat;
        beat.setTimerType(Qt::PreciseTimer);
        QObject::connect(&beat, &QTimer::timeout, [&] { // behind its time it catches up
            const std::int64_t due = std::min<std::int64_t>(wall.elapsed(), seconds * 1'000LL) * perSecond / 1'000;
            while (exchange.sent < due * topics)
                exchange.sendAll();
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
