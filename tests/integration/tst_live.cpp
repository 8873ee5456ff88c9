// Streams against the simulator, whose clock runs fast: what is stored equals what the exchange says by REST, whatever
// becomes of connections and messages meanwhile.

#include <fstream>
#include <iomanip>
#include <mutex>

#include <QTest>

#include "app/simulator/fastclock.h"
#include "core/base/timetext.h"
#include "core/engine/engine.h"
#include "core/live/qt/qtsocketloop.h"
#include "support/programs.h"
#include "places.h"

using namespace mnemo;
using namespace std::chrono_literals;

namespace {

constexpr int speed = 60; ///< a minute is a second
const UtcMs begin = parseTime("2025-06-01T00:00:20Z").value();
const SeriesKey key {"binance", "binance", MarketType::Spot, "BTC/USDT", Kind::Candles, *Timeframe::fromName("1m")};

QStringList simArguments(const QString& faults)
{
    QStringList arguments {QStringLiteral("--synthetic"), QStringLiteral("3"), QStringLiteral("--exchange"), QStringLiteral("binance"),
        QStringLiteral("--now"), QString::number(toMs(begin)), QStringLiteral("--speed"), QString::number(speed)};
    if (!faults.isEmpty())
        arguments << QStringLiteral("--stream-fault") << faults << QStringLiteral("--seed") << QStringLiteral("5");
    return arguments;
}

/// An exchange, and an engine with some history that follows its market.
class Fixture {
public:
    explicit Fixture(const QString& faults = {}, const std::vector<std::string>& sets = {})
        : m_sim(simArguments(faults))
        , m_clock(std::make_shared<sim::FastClock>(begin, speed))
        , m_sets(sets)
    {
        engine = open(m_folder.path() + QStringLiteral("/data"), std::make_shared<QtSocketLoop>());
        m_subscription = engine->subscribe([this](const Event& event) {
            const std::lock_guard lock(m_mutex);
            if (const auto* bar = std::get_if<BarRunning>(&event))
                m_bars.push_back(*bar);
        });
    }
    ~Fixture() { m_subscription.reset(); }

    std::unique_ptr<Engine> open(const QString& dataDir, std::shared_ptr<SocketLoop> sockets) const
    {
        EngineOptions options;
        options.config.shipped = MNEMO_SOURCE_DIR "/config";
        options.config.user = (m_folder.path() + QStringLiteral("/config")).toStdString();
        const std::string url = m_sim.url().toStdString();
        options.config.sets = {"exchanges.binance.base_url=" + url, "exchanges.binance.ws_url=ws" + url.substr(4),
            "exchanges.binance.streams.silence=1500ms", "retry.base=50ms"};
        options.config.sets.insert(options.config.sets.end(), m_sets.begin(), m_sets.end());
        options.config.environment = {"HOME=/nonexistent"};
        options.dataDir = dataDir.toStdString();
        options.clock = m_clock;
        options.sockets = std::move(sockets);
        return std::move(*Engine::open(options));
    }
    static bool backfill(Engine& of, TimeRange range, Timeframe frame = key.timeframe)
    {
        BackfillRequest request;
        request.exchange = key.exchange;
        request.symbol = key.symbol;
        request.timeframe = frame;
        request.range = range;
        const auto job = of.backfill(request);
        return job && of.wait(*job) && of.job(*job)->state != JobState::Failed;
    }
    bool begins() { return backfill(*engine, {m_clock->now() - 30min, m_clock->now()}); }
    static std::vector<Candle> stored(Engine& of, TimeRange range)
    {
        const auto reader = *of.store().openReader();
        const auto record = reader->find(key);
        return record && *record ? reader->candles((*record)->id, range).value_or(std::vector<Candle> {}) : std::vector<Candle> {};
    }
    UtcMs newest() const { return fromMs(asked("SELECT max(open_time) FROM candles").toLongLong()); }
    int streamed() const { return asked("SELECT count(*) FROM pages WHERE route = 'stream'").toInt(); } ///< bars
    QByteArray asked(const char* sql) const
    {
        const auto table = (*engine->store().openReader())->query(sql);
        return table && !table->rows.empty() && table->rows[0][0] ? QByteArray::fromStdString(*table->rows[0][0]) : QByteArray("none");
    }
    std::size_t told() const
    {
        const std::lock_guard lock(m_mutex);
        return m_bars.size();
    }
    BarRunning last() const
    {
        const std::lock_guard lock(m_mutex);
        return m_bars.back();
    }
    UtcMs now() const { return m_clock->now(); }
    QString path(const char* name) const { return m_folder.path() + QLatin1Char('/') + QLatin1String(name); }

    std::unique_ptr<Engine> engine;

private:
    QTemporaryDir m_folder;
    Sim m_sim;
    std::shared_ptr<sim::FastClock> m_clock;
    const std::vector<std::string> m_sets;
    std::shared_ptr<void> m_subscription;
    mutable std::mutex m_mutex;
    std::vector<BarRunning> m_bars;
};

} // namespace

class TestLive : public QObject {
    Q_OBJECT

private slots:
    void closedBarsComeByTheStream();
    void storedIsWhatTheExchangeSays_data();
    void storedIsWhatTheExchangeSays();
    void asksWhereNobodyTellsTheEnd();
    void addressIsAskedForFirst();
    void pollsWhereTheStreamIsDead();
    void openInterestIsAskedFor();
    void isAskedNoMoreOnceUnwanted();
    void whoComesBackIsStreamedAtOnce();
    void longerBarsAreHeldAgainstShorterOnes();
    void endsWhileItStreams();
};

void TestLive::closedBarsComeByTheStream()
{
    Fixture f;
    QVERIFY(f.begins());
    const UtcMs before = f.newest();
    auto guard = f.engine->follow(key);
    QTRY_VERIFY_WITH_TIMEOUT(f.newest() >= before + 12min && f.streamed() >= 5, 150'000);
    const auto feeds = f.engine->feeds();
    QCOMPARE(feeds.size(), std::size_t {1});
    QCOMPARE(feeds[0].id, std::string("binance spot"));
    QCOMPARE(feeds[0].state, FeedState::Open);
    QCOMPARE(feeds[0].alive, 1);
    QVERIFY(feeds[0].messages > 50);
    QVERIFY(feeds[0].latency.has_value());
    const auto running = f.last();
    QVERIFY(running.closes > f.newest());
    guard.reset();
    // The archive says the same of them.
    QTRY_COMPARE_WITH_TIMEOUT(f.engine->feeds().front().topics, 0, 20'000);
    const QByteArray rows = f.asked("SELECT count(*) || ' ' || sum(close) || ' ' || sum(quote_volume) FROM candles");
    const auto rebuilt = f.engine->rebuild({});
    QVERIFY(rebuilt.has_value());
    QCOMPARE(rebuilt->rows, std::int64_t {0});
    QCOMPARE(rebuilt->skipped, std::int64_t {0});
    QCOMPARE(f.asked("SELECT count(*) || ' ' || sum(close) || ' ' || sum(quote_volume) FROM candles"), rows);
}

void TestLive::storedIsWhatTheExchangeSays_data()
{
    QTest::addColumn<QString>("faults");
    QTest::newRow("none") << QString();
    QTest::newRow("connections break") << QStringLiteral("drop=0.03");
    QTest::newRow("the server closes") << QStringLiteral("close=0.03");
    QTest::newRow("nothing comes any more") << QStringLiteral("stall=0.02");
    QTest::newRow("messages get lost") << QStringLiteral("lost=0.4");
    QTest::newRow("messages come twice") << QStringLiteral("twice=0.5");
    QTest::newRow("messages come late") << QStringLiteral("late=0.5");
    QTest::newRow("messages are cut") << QStringLiteral("garbage=0.3");
    QTest::newRow("everything") << QStringLiteral("drop=0.02,close=0.01,stall=0.005,lost=0.1,twice=0.1,late=0.2,garbage=0.05");
}

void TestLive::storedIsWhatTheExchangeSays()
{
    QFETCH(QString, faults);
    Fixture f(faults);
    QVERIFY(f.begins());
    const UtcMs before = f.newest();
    auto guard = f.engine->follow(key);
    QTRY_VERIFY_WITH_TIMEOUT(f.newest() >= before + 15min, 180'000);
    guard.reset();
    const TimeRange range {before - 10min, f.newest() + 1min};
    const auto stored = Fixture::stored(*f.engine, range);
    const auto record = (*f.engine->store().openReader())->find(key);
    const auto gaps = f.engine->gaps(**record, range);
    QVERIFY(gaps && gaps->empty());
    QCOMPARE(f.asked("SELECT count(*) FROM revisions"), QByteArray("0"));
    const auto truth = f.open(f.path("truth"), nullptr);
    QVERIFY(Fixture::backfill(*truth, range));
    const auto served = Fixture::stored(*truth, range);
    QCOMPARE(served.size(), static_cast<std::size_t>((range.to - range.from) / 1min));
    QCOMPARE(stored.size(), served.size());
    for (std::size_t i = 0; i < served.size(); ++i)
        QVERIFY2(stored[i] == served[i], formatIso(served[i].openTime).c_str());
}

/// As of a venue that does not say when a bar has ended: the stream shows it, REST tells what is stored.
void TestLive::asksWhereNobodyTellsTheEnd()
{
    Fixture f({}, {"exchanges.binance.spot.streams.fields.closed=null"});
    QVERIFY(f.begins());
    const UtcMs before = f.newest();
    const auto guard = f.engine->follow(key);
    QTRY_VERIFY_WITH_TIMEOUT(f.newest() >= before + 8min, 180'000);
    QCOMPARE(f.streamed(), 0);
    QVERIFY(f.engine->feeds().front().alive == 1);
    QVERIFY(f.told() > 8);
}

/// By the exchange's lane, again before each connection.
void TestLive::addressIsAskedForFirst()
{
    Fixture f(QStringLiteral("drop=0.02"),
        {"exchanges.binance.spot.streams.url=wss://stream.binance.com:9443/ws?at={token}",
            "exchanges.binance.spot.streams.handshake={url: 'https://api.binance.com/api/v3/time', token: serverTime, charge: {spot: 1}}"});
    QVERIFY(f.begins());
    const UtcMs before = f.newest();
    const auto guard = f.engine->follow(key);
    QTRY_VERIFY_WITH_TIMEOUT(
        f.newest() >= before + 8min && f.engine->feeds().front().reconnects > 1 && f.streamed() > 0, 180'000);
}

void TestLive::pollsWhereTheStreamIsDead()
{
    Fixture f({}, {"exchanges.binance.ws_url=ws://127.0.0.1:1"});
    QVERIFY(f.begins());
    const UtcMs before = f.newest();
    const auto guard = f.engine->follow(key);
    QTRY_VERIFY_WITH_TIMEOUT(f.newest() >= before + 5min && f.told() > 0, 150'000);
    const auto feeds = f.engine->feeds();
    QCOMPARE(feeds.size(), std::size_t {1});
    QCOMPARE(feeds[0].alive, 0);
    QVERIFY(feeds[0].reconnects > 0);
    QVERIFY2(feeds[0].lastError.find("refused") != std::string::npos, feeds[0].lastError.c_str());
}

/// What a chart shows below its candles moves with them, though no stream tells it.
void TestLive::openInterestIsAskedFor()
{
    Fixture f({}, {"archive.use=never"});
    BackfillRequest request;
    request.exchange = "binance";
    request.symbol = "BTC/USDT:USDT";
    request.market = MarketType::Linear;
    request.kind = Kind::OpenInterest;
    request.timeframe = *Timeframe::fromName("5m");
    request.range = {f.now() - 2h, f.now()};
    const auto job = f.engine->backfill(request);
    QVERIFY(job && f.engine->wait(*job) && f.engine->job(*job)->state != JobState::Failed);
    const auto newest = [&] { return fromMs(f.asked("SELECT max(time) FROM open_interest").toLongLong()); };
    const UtcMs before = newest();
    const SeriesKey interest {"binance", "binance", MarketType::Linear, "BTC/USDT:USDT", Kind::OpenInterest, request.timeframe};
    const auto guard = f.engine->follow(interest);
    QTRY_VERIFY_WITH_TIMEOUT(newest() >= before + 20min, 120'000);
    QCOMPARE(f.asked("SELECT count(*) FROM revisions"), QByteArray("0"));
    QVERIFY(f.engine->feeds().empty());
}

void TestLive::isAskedNoMoreOnceUnwanted()
{
    Fixture f;
    QVERIFY(f.begins());
    auto guard = f.engine->follow(key);
    QTRY_VERIFY_WITH_TIMEOUT(!f.engine->feeds().empty() && f.engine->feeds().front().alive == 1, 180'000);
    guard.reset();
    QTRY_COMPARE_WITH_TIMEOUT(f.engine->feeds().front().topics, 0, 20'000);
    const UtcMs newest = f.newest();
    const std::size_t told = f.told();
    QTest::qWait(2'500); // two minutes there
    QCOMPARE(f.told(), told);
    QVERIFY(f.newest() <= newest + 1min);
}

/// Not when the next bar would have been overdue.
void TestLive::whoComesBackIsStreamedAtOnce()
{
    Fixture f;
    QVERIFY(f.begins());
    auto guard = f.engine->follow(key);
    QTRY_VERIFY_WITH_TIMEOUT(f.streamed() > 1, 180'000); // a stored bar puts off the next question
    guard.reset();
    QTRY_COMPARE_WITH_TIMEOUT(f.engine->feeds().front().topics, 0, 20'000);
    guard = f.engine->follow(key);
    QTRY_VERIFY_WITH_TIMEOUT(f.engine->feeds().front().alive == 1, 8'000);
}

/// Bars of both timeframes come by streams: the longer are what the shorter make, and one that is not is found.
void TestLive::longerBarsAreHeldAgainstShorterOnes()
{
    Fixture f;
    SeriesKey longer = key;
    longer.timeframe = *Timeframe::fromName("5m");
    QVERIFY(f.begins());
    QVERIFY(Fixture::backfill(*f.engine, {f.now() - 1h, f.now()}, longer.timeframe));
    const auto guards = std::pair {f.engine->follow(key), f.engine->follow(longer)};
    QTRY_VERIFY_WITH_TIMEOUT(
        f.asked("SELECT count(*) FROM pages JOIN series ON series.id = series_id WHERE route = 'stream' AND timeframe = '5m'").toInt() >= 2, 180'000);
    ValidationRequest request;
    request.rules = {"aggregate_mismatch"};
    const auto good = f.engine->validate(request);
    QVERIFY(good.has_value());
    QCOMPARE(good->stored.added, 0);
    const auto record = *(*f.engine->store().openReader())->find(longer);
    auto bars = (*f.engine->store().openReader())->candles(record->id, {f.now() - 1h, f.now()}).value();
    Candle& wrong = *(bars.end() - 1);
    wrong.volume *= 1.01;
    ImportRequest file;
    file.files = {f.path("wrong.csv").toStdString()};
    file.target = BackfillRequest::of(longer);
    std::ofstream(file.files.front()) << "open_time,open,high,low,close,volume\n"
                                      << std::setprecision(15) << toMs(wrong.openTime) << ',' << wrong.open << ',' << wrong.high << ','
                                      << wrong.low << ',' << wrong.close << ',' << wrong.volume << '\n';
    QVERIFY(f.engine->importFiles(file).has_value());
    QTRY_VERIFY_WITH_TIMEOUT(f.newest() >= wrong.openTime + 5min, 60'000); // its minutes are there
    const auto found = f.engine->validate(request);
    QVERIFY(found.has_value());
    QCOMPARE(found->stored.added, 1);
    QCOMPARE(f.asked("SELECT max(from_time) FROM findings WHERE rule = 'aggregate_mismatch'"), QByteArray::number(qlonglong(toMs(wrong.openTime))));
}

void TestLive::endsWhileItStreams()
{
    for (const int afterMs : {0, 500, 1'500, 3'000}) {
        Fixture f(QStringLiteral("drop=0.05,twice=0.3"));
        QVERIFY(f.begins());
        const auto guard = f.engine->follow(key);
        QTest::qWait(afterMs);
        QElapsedTimer timer;
        timer.start();
        f.engine->drain(500ms);
        f.engine.reset();
        QVERIFY2(timer.elapsed() < 30'000, qPrintable(QString::number(timer.elapsed())));
    }
}

QTEST_GUILESS_MAIN(TestLive)
#include "tst_live.moc"
