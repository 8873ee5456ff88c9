// Nothing of what 200 streams tell in 10,000 messages a second is lost on the way from the socket through the session and
// the writer to the store: what the exchange has sent is counted, and what is stored.

#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>

#include <atomic>

#include "core/base/taskqueue.h"
#include "core/live/liveservice.h"
#include "core/live/qt/qtsocketloop.h"
#include "core/storage/sqlite/sqlitestore.h"
#include "tests/support/klineexchange.h"

using namespace mnemo;
using namespace std::chrono_literals;
using mnemo::test::KlineExchange;

namespace {

constexpr int topics = 200, perSecond = 50, seconds = 4;
constexpr int roundsOfBar = 10; ///< a thousand bars end in each second

/// Handlers that do nothing.
LiveService::Handlers deaf()
{
    LiveService::Handlers handlers;
    handlers.running = [](const LiveSeries&, const Candle&) {};
    handlers.mustAsk = [](const SeriesKey&, milliseconds) {};
    handlers.lost = [](const SeriesKey&, const std::string&) {};
    handlers.stored = [](const SeriesRecord&, const PageCommit&, const CommitOutcome::Page&, std::span<const Finding>) {};
    handlers.call = [](std::shared_ptr<const Venue>, VenueRequest, std::function<void(Result<std::string>)>) {};
    return handlers;
}

/// A loop without sockets that is late to destroy what it has run: each task is kept until the next begins.
class KeepingLoop final : public SocketLoop {
public:
    void run(std::function<void()> task) override
    {
        auto kept = std::make_shared<std::function<void()>>(std::move(task));
        m_queue.post([this, kept](const std::stop_token&) {
            s_current = this;
            m_newest = kept;
            (*kept)();
        });
    }
    bool isOwnThread() const override { return s_current == this; }
    std::unique_ptr<Socket> connect(const std::string&, SocketHandlers) override { return std::make_unique<NoSocket>(); }
    std::shared_ptr<void> every(milliseconds, std::function<void()>) override { return std::make_shared<int>(); }

private:
    struct NoSocket final : Socket {
        void send(const std::string&) override { }
        void ping() override { }
    };
    static thread_local const KeepingLoop* s_current;
    std::shared_ptr<std::function<void()>> m_newest;
    TaskQueue m_queue; // last: it is ended first
};

thread_local const KeepingLoop* KeepingLoop::s_current = nullptr;

} // namespace

class TestLiveRate : public QObject {
    Q_OBJECT

private slots:
    void everyClosedBarIsStored();
    void nothingOutlivesTheService();

private:
    /// The exchange sends all that is due at each moment; behind its time it catches up.
    static void sendAll(KlineExchange& exchange);
    /// The first cell of the query's answer.
    static QByteArray asked(Store& store, const char* sql);
};

void TestLiveRate::sendAll(KlineExchange& exchange)
{
    QElapsedTimer wall;
    wall.start();
    QEventLoop loop;
    QTimer beat;
    beat.setTimerType(Qt::PreciseTimer);
    connect(&beat, &QTimer::timeout, &loop, [&] {
        const auto due = std::min<qint64>(wall.elapsed() * perSecond / 1'000, perSecond * seconds);
        while (exchange.sent < due * topics)
            exchange.sendRound();
        if (due == perSecond * seconds)
            loop.quit();
    });
    beat.start(1'000 / perSecond);
    loop.exec();
}

QByteArray TestLiveRate::asked(Store& store, const char* sql)
{
    const auto table = (*store.openReader())->query(sql);
    return table && !table->rows.empty() && table->rows[0][0] ? QByteArray::fromStdString(*table->rows[0][0]) : QByteArray("none");
}

void TestLiveRate::everyClosedBarIsStored()
{
    const QTemporaryDir folder;
    const std::filesystem::path place = folder.path().toStdString();
    const DatabaseSettings database;
    const auto store = openSqliteStore(place, database, OpenMode::ReadWrite).value();
    const auto archive = openArchive(place, {}).value();
    const SystemClock clock;
    KlineExchange exchange(topics, roundsOfBar);
    std::atomic<std::int64_t> stored = 0, lost = 0;
    Writer writer(store->openWriter().value(), database);
    LiveService::Handlers handlers = deaf();
    handlers.lost = [&](const SeriesKey&, const std::string&) { ++lost; };
    handlers.stored = [&](const SeriesRecord&, const PageCommit&, const CommitOutcome::Page& page, std::span<const Finding>) { stored += page.added; };
    LiveService live({writer, archive.get(), clock, std::make_shared<QtSocketLoop>()}, std::move(handlers));
    for (LiveSeries& series : exchange.series(writer)) {
        const SeriesKey key = series.series.key;
        live.want(std::move(series));
        live.know(key, KlineExchange::begin);
    }
    QTRY_VERIFY_WITH_TIMEOUT(exchange.isAskedForAll(), 20'000);
    sendAll(exchange);

    QCOMPARE(exchange.sent, std::int64_t {topics * perSecond * seconds});
    QCOMPARE(exchange.closed, exchange.sent / roundsOfBar);
    const auto feed = [&] { return live.snapshots().at(0); };
    QTRY_COMPARE_WITH_TIMEOUT(feed().messages, exchange.sent, 60'000);
    QTRY_COMPARE_WITH_TIMEOUT(stored.load(), exchange.closed, 60'000);
    QCOMPARE(feed().unreadable, std::int64_t {0});
    QCOMPARE(feed().reconnects, 0);
    QCOMPARE(lost.load(), std::int64_t {0});
    const QByteArray closed = QByteArray::number(static_cast<qint64>(exchange.closed));
    QCOMPARE(asked(*store, "SELECT count(*) FROM candles"), closed);
    QCOMPARE(asked(*store, "SELECT count(*) FROM pages WHERE route = 'stream'"), closed);
    // Each is as its last message told it, and none is missing in between.
    QCOMPARE(asked(*store, ("SELECT count(*) FROM candles WHERE volume <> (open_time - " + std::to_string(toMs(KlineExchange::begin))
                 + ") / 60000 * 10 + 10").c_str()), QByteArray("0"));
    QCOMPARE(asked(*store, "SELECT count(*) FROM coverage WHERE state = 'answered'"), QByteArray::number(topics));
}

/// The loop would end on its own thread, and files be closed after their archive.
void TestLiveRate::nothingOutlivesTheService()
{
    const QTemporaryDir folder;
    const DatabaseSettings database;
    const auto store = openSqliteStore(folder.path().toStdString(), database, OpenMode::ReadWrite).value();
    const SystemClock clock;
    const KlineExchange exchange(2, roundsOfBar);
    Writer writer(store->openWriter().value(), database);
    const auto loop = std::make_shared<KeepingLoop>();
    {
        LiveService live({writer, nullptr, clock, loop}, deaf());
        for (LiveSeries& series : exchange.series(writer))
            live.want(std::move(series));
    }
    QCOMPARE(loop.use_count(), 1L);
}

QTEST_GUILESS_MAIN(TestLiveRate)
#include "tst_liverate.moc"
