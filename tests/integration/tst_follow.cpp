// Series that somebody looks at are kept up to date: the newest bar is told before it closes, closed ones are stored,
// and nothing is asked that nobody wants.

#include <mutex>

#include <QTest>

#include "core/engine/engine.h"
#include "core/engine/follower.h"
#include "core/ingest/newestpage.h"
#include "support/programs.h"
#include "places.h"

using namespace mnemo;
using namespace std::chrono_literals;

namespace {

const Timeframe minute = *Timeframe::fromName("1m");
constexpr int answerTime = 8'000; // ms

EngineOptions optionsFor(const QString& folder, const QString& url)
{
    EngineOptions options;
    options.config.shipped = MNEMO_SOURCE_DIR "/config";
    options.config.user = (folder + QStringLiteral("/config")).toStdString();
    for (const char* exchange : {"binance", "okx", "kraken", "bitflyer", "btcbox"})
        options.config.sets.push_back(
            std::string("exchanges.") + exchange + ".base_url=" + url.toStdString() + '/' + exchange);
    options.config.environment = {"HOME=/nonexistent"};
    options.dataDir = (folder + QStringLiteral("/data")).toStdString();
    return options;
}

/// An engine with some history of one series, and the running bars that it told.
class Fixture {
public:
    explicit Fixture(const QString& url, const std::string& exchange = "binance",
        const std::vector<std::string>& sets = {}, Timeframe frame = minute)
        : key {exchange, exchange, MarketType::Spot,
            exchange == "kraken"                               ? "BTC/USD"
                : exchange == "bitflyer" || exchange == "btcbox" ? "BTC/JPY"
                                                               : "BTC/USDT",
            Kind::Candles, frame}
    {
        auto options = optionsFor(folder.path(), url);
        options.config.sets.insert(options.config.sets.end(), sets.begin(), sets.end());
        engine = std::move(*Engine::open(options));
        subscription = engine->subscribe([this](const Event& event) {
            const std::lock_guard lock(mutex);
            if (const auto* bar = std::get_if<BarRunning>(&event))
                bars.push_back(*bar);
        });
    }
    ~Fixture() { subscription.reset(); }

    bool backfill(milliseconds fromAgo, milliseconds toAgo)
    {
        BackfillRequest request;
        request.exchange = key.exchange;
        request.symbol = key.symbol;
        request.timeframe = key.timeframe;
        request.range = {now() - fromAgo, now() - toAgo};
        const auto job = engine->backfill(request);
        return job && engine->wait(*job) && engine->job(*job)->state != JobState::Failed;
    }
    bool isOfTrades() const { return key.symbol == "BTC/JPY"; }
    static UtcMs now() { return SystemClock().now(); }
    static UtcMs openNow() { return std::chrono::floor<std::chrono::minutes>(now()); }
    std::size_t told()
    {
        const std::lock_guard lock(mutex);
        return bars.size();
    }
    BarRunning last()
    {
        const std::lock_guard lock(mutex);
        return bars.back();
    }
    QByteArray asked(const char* sql) const
    {
        const auto table = (*engine->store().openReader())->query(sql);
        return table && !table->rows.empty() && table->rows[0][0] ? QByteArray::fromStdString(*table->rows[0][0])
                                                                  : QByteArray("none");
    }
    /// Open of the newest stored bar.
    UtcMs newest() const { return fromMs(asked("SELECT max(open_time) FROM candles").toLongLong()); }

    QTemporaryDir folder;
    SeriesKey key;
    std::unique_ptr<Engine> engine;
    std::shared_ptr<void> subscription;
    std::mutex mutex;
    std::vector<BarRunning> bars;
};

} // namespace

class TestFollow : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void interval_data();
    void interval();
    void pageReachesOverTheRunningBar();
    void runningBarIsToldAndNotStored_data();
    void runningBarIsToldAndNotStored();
    void closedBarsAreStored_data();
    void closedBarsAreStored();
    void lookingAgainLeavesNoTrace();
    void whatWasStoredCanBeRebuilt_data();
    void whatWasStoredCanBeRebuilt();
    void longOutOfDateIsLeftAlone_data();
    void longOutOfDateIsLeftAlone();
    void whatTakesTooManyTradesLeavesNoTrace();
    void nothingWhereTheSettingIsOff();
    void nothingWithoutGuard();
    void whoComesBackIsToldAtOnce();
    void failuresAreNotHammered();
    void readOnlyFollowsNothing();
    void endsWhileItAsks();

private:
    std::unique_ptr<Sim> m_sim, m_slow;
};

void TestFollow::initTestCase()
{
    const QStringList market {QStringLiteral("--synthetic"), QStringLiteral("3"), QStringLiteral("--exchange"),
        QStringLiteral("binance,okx,kraken,bitflyer,btcbox")};
    m_sim = std::make_unique<Sim>(market);
    m_slow = std::make_unique<Sim>(market + QStringList {QStringLiteral("--fault"), QStringLiteral("latency=400ms")});
    QVERIFY(m_sim->isUp());
    QVERIFY(m_slow->isUp());
}

void TestFollow::interval_data()
{
    QTest::addColumn<QString>("frame");
    QTest::addColumn<int>("seconds");
    QTest::newRow("a minute: at most every 5 s") << QStringLiteral("1m") << 5;
    QTest::newRow("5 minutes") << QStringLiteral("5m") << 15;
    QTest::newRow("an hour") << QStringLiteral("1h") << 180;
    QTest::newRow("a day") << QStringLiteral("1d") << 4'320;
}

void TestFollow::interval()
{
    QFETCH(QString, frame);
    QFETCH(int, seconds);
    QCOMPARE(followInterval(*Timeframe::fromName(frame.toStdString())).count(), seconds * 1000LL);
}

void TestFollow::pageReachesOverTheRunningBar()
{
    PageRules rules;
    rules.grid = Grid(minute);
    rules.maxRows = 100;
    const UtcMs now = fromMs(1'700'000'000'000); // 20 s into a minute
    const UtcMs open = rules.grid.floor(now);
    QCOMPARE(newestRange(rules, open, now), (TimeRange {open, open + 1min}));
    QCOMPARE(newestRange(rules, open - 3min, now), (TimeRange {open - 3min, open + 1min}));
    QCOMPARE(newestRange(rules, open - 99min, now), (TimeRange {open - 99min, open + 1min}));
    QCOMPARE(newestRange(rules, open - 200min, now),
        (TimeRange {open - 200min, open - 100min})); // one page, the oldest first
    QCOMPARE(newestRange(rules, open + 1min, now), (TimeRange {open, open + 1min})); // a source ahead of our clock
}

void TestFollow::runningBarIsToldAndNotStored_data()
{
    QTest::addColumn<QString>("exchange");
    QTest::newRow("forward, to a limit") << QStringLiteral("binance");
    QTest::newRow("newest first") << QStringLiteral("okx");
    QTest::newRow("only its latest bars") << QStringLiteral("kraken");
    QTest::newRow("folded from trades") << QStringLiteral("bitflyer");
    QTest::newRow("folded from its latest trades") << QStringLiteral("btcbox");
}

void TestFollow::runningBarIsToldAndNotStored()
{
    QFETCH(QString, exchange);
    Fixture f(m_sim->url(), exchange.toStdString());
    QVERIFY(f.backfill(2h, 0ms));
    const auto guard = f.engine->follow(f.key);
    // Of trades there may be none in the first half of a minute, and a walk over many may end after its bar has closed.
    const int patience = f.isOfTrades() ? 170'000 : answerTime;
    const auto isTold = [&f] { return f.told() > 0 && f.last().closes > Fixture::now() - 2s; };
    QTRY_VERIFY_WITH_TIMEOUT(isTold(), patience);
    const BarRunning bar = f.last();
    QCOMPARE(bar.series, f.key);
    QVERIFY(bar.closes <= Fixture::now() + 60s);
    QCOMPARE(bar.closes - bar.bar.openTime, milliseconds {60'000});
    QVERIFY(bar.bar.low > 0 && bar.bar.low <= bar.bar.high);
    QVERIFY(f.newest() < bar.bar.openTime);
    if (exchange != QStringLiteral("bitflyer"))
        return;
    // What it was when it has closed begins with it and goes further.
    QTRY_VERIFY_WITH_TIMEOUT(f.newest() >= bar.bar.openTime, 90'000);
    const auto rows = (*f.engine->store().openReader())->candles((*(*f.engine->store().openReader())->find(f.key))->id,
        {bar.bar.openTime, bar.closes});
    QVERIFY(rows && rows->size() == 1);
    const Candle& closed = rows->front();
    QCOMPARE(closed.open, bar.bar.open);
    QVERIFY(closed.high >= bar.bar.high && closed.low <= bar.bar.low);
    QVERIFY(closed.volume >= bar.bar.volume && bar.bar.volume > 0);
}

void TestFollow::closedBarsAreStored_data()
{
    QTest::addColumn<QString>("exchange");
    QTest::addColumn<int>("missing"); // minutes
    QTest::newRow("bars") << QStringLiteral("binance") << 40;
    QTest::newRow("trades") << QStringLiteral("bitflyer") << 40;
    QTest::newRow("the latest trades alone") << QStringLiteral("btcbox") << 15; // 100 of them are 25 minutes
}

void TestFollow::closedBarsAreStored()
{
    QFETCH(QString, exchange);
    QFETCH(int, missing);
    Fixture f(m_sim->url(), exchange.toStdString());
    QVERIFY(f.backfill(2h, std::chrono::minutes {missing}));
    const UtcMs before = f.newest();
    const auto guard = f.engine->follow(f.key);
    QTRY_VERIFY_WITH_TIMEOUT(f.newest() >= Fixture::openNow() - 2min, answerTime);
    QVERIFY(f.newest() > before + std::chrono::minutes {missing - 5});
    const auto record = (*f.engine->store().openReader())->find(f.key);
    const auto gaps = f.engine->gaps(**record, {before, f.newest()});
    QVERIFY(gaps && gaps->empty());
    QCOMPARE(f.asked("SELECT count(*) FROM revisions"), QByteArray("0"));
}

void TestFollow::lookingAgainLeavesNoTrace()
{
    Fixture f(m_sim->url());
    QVERIFY(f.backfill(1h, 0ms));
    const auto guard = f.engine->follow(f.key);
    QTRY_VERIFY_WITH_TIMEOUT(f.told() > 0, answerTime);
    const UtcMs open = f.last().bar.openTime;
    const QByteArray pages = f.asked("SELECT count(*) FROM pages");
    QTRY_VERIFY_WITH_TIMEOUT(f.told() > 1, answerTime); // 5 s later
    if (f.last().bar.openTime != open)
        QSKIP("the minute ended meanwhile");
    QCOMPARE(f.asked("SELECT count(*) FROM pages"), pages);
}

void TestFollow::whatWasStoredCanBeRebuilt_data()
{
    QTest::addColumn<QString>("exchange");
    QTest::newRow("bars") << QStringLiteral("binance");
    QTest::newRow("trades") << QStringLiteral("bitflyer");
}

void TestFollow::whatWasStoredCanBeRebuilt()
{
    QFETCH(QString, exchange);
    Fixture f(m_sim->url(), exchange.toStdString());
    QVERIFY(f.backfill(2h, 30min));
    const UtcMs before = f.newest();
    auto guard = f.engine->follow(f.key);
    QTRY_VERIFY_WITH_TIMEOUT(f.newest() > before, answerTime);
    guard.reset();
    const QByteArray rows = f.asked("SELECT count(*) || ' ' || sum(close) FROM candles");
    const QByteArray coverage = f.asked("SELECT sum(to_time - from_time) FROM coverage");
    const auto rebuilt = f.engine->rebuild({});
    QVERIFY(rebuilt.has_value());
    QCOMPARE(rebuilt->rows, std::int64_t {0}); // what is there already is what the archive says
    QCOMPARE(f.asked("SELECT count(*) || ' ' || sum(close) FROM candles"), rows);
    QCOMPARE(f.asked("SELECT sum(to_time - from_time) FROM coverage"), coverage);
}

void TestFollow::longOutOfDateIsLeftAlone_data()
{
    QTest::addColumn<QString>("exchange");
    QTest::newRow("bars") << QStringLiteral("binance");
    QTest::newRow("trades") << QStringLiteral("bitflyer");
}

void TestFollow::longOutOfDateIsLeftAlone()
{
    QFETCH(QString, exchange);
    Fixture f(m_sim->url(), exchange.toStdString());
    QVERIFY(f.backfill(240h, 239h));
    const QByteArray rows = f.asked("SELECT count(*) FROM candles");
    const auto guard = f.engine->follow(f.key);
    QTest::qWait(2'500);
    QCOMPARE(f.told(), std::size_t {0});
    QCOMPARE(f.asked("SELECT count(*) FROM candles"), rows);
}

void TestFollow::whatTakesTooManyTradesLeavesNoTrace()
{
    Fixture f(m_sim->url(), "bitflyer", {"exchanges.bitflyer.rate.public.limit=100000"}, *Timeframe::fromName("1d"));
    QVERIFY(f.backfill(120h, 72h)); // three days are 17,000 trades, 35 answers
    const QByteArray pages = f.asked("SELECT count(*) FROM pages");
    const UtcMs newest = f.newest();
    const auto guard = f.engine->follow(f.key);
    QTest::qWait(5'000);
    QCOMPARE(f.told(), std::size_t {0});
    QCOMPARE(f.newest(), newest);
    QCOMPARE(f.asked("SELECT count(*) FROM pages"), pages);
}

void TestFollow::nothingWhereTheSettingIsOff()
{
    Fixture f(m_sim->url(), "binance", {"ingest.follow_live=false"});
    QVERIFY(f.backfill(1h, 0ms));
    const auto guard = f.engine->follow(f.key);
    QTest::qWait(2'500);
    QCOMPARE(f.told(), std::size_t {0});
}

void TestFollow::nothingWithoutGuard()
{
    Fixture f(m_sim->url());
    QVERIFY(f.backfill(1h, 0ms));
    auto guard = f.engine->follow(f.key);
    QTRY_VERIFY_WITH_TIMEOUT(f.told() > 0, answerTime);
    guard.reset();
    QTest::qWait(300); // what was under way is in
    const std::size_t told = f.told();
    QTest::qWait(6'500);
    QCOMPARE(f.told(), told);
}

void TestFollow::whoComesBackIsToldAtOnce()
{
    Fixture f(m_sim->url());
    QVERIFY(f.backfill(1h, 0ms));
    auto guard = f.engine->follow(f.key);
    QTRY_VERIFY_WITH_TIMEOUT(f.told() > 0, answerTime);
    guard.reset();
    if (f.last().closes - Fixture::now() < 1s)
        QSKIP("the minute ends just now");
    const std::size_t told = f.told();
    guard = f.engine->follow(f.key);
    QCOMPARE(f.told(), told + 1);
    const auto second = f.engine->follow(f.key); // shares the questions of the first
    QTest::qWait(3'000);
    QVERIFY(f.told() <= told + 3);
}

void TestFollow::failuresAreNotHammered()
{
    Sim gone({QStringLiteral("--synthetic"), QStringLiteral("3"), QStringLiteral("--exchange"),
        QStringLiteral("binance,okx")});
    QVERIFY(gone.isUp());
    Fixture f(gone.url());
    QVERIFY(f.backfill(1h, 0ms));
    gone.stop();
    const auto guard = f.engine->follow(f.key);
    QTest::qWait(4'000);
    QCOMPARE(f.told(), std::size_t {0});
    const auto lanes = f.engine->lanes();
    QCOMPARE(lanes.size(), std::size_t {1});
    QVERIFY(lanes[0].breaker == BreakerState::Closed); // one try is no reason to distrust a host
    QCOMPARE(lanes[0].queued, 0);
}

void TestFollow::readOnlyFollowsNothing()
{
    Fixture f(m_sim->url());
    QVERIFY(f.backfill(1h, 0ms));
    auto options = optionsFor(f.folder.path(), m_sim->url());
    options.mode = OpenMode::ReadOnly;
    const auto reader = Engine::open(options);
    QVERIFY(reader.has_value());
    QVERIFY((*reader)->follow(f.key) == nullptr);
}

void TestFollow::endsWhileItAsks()
{
    for (const int afterMs : {0, 410, 600, 900}) {
        std::shared_ptr<void> guard;
        {
            Fixture f(m_slow->url());
            QVERIFY(f.backfill(30min, 10min));
            guard = f.engine->follow(f.key);
            QTest::qWait(afterMs);
            QElapsedTimer timer;
            timer.start();
            f.engine->drain(500ms);
            f.subscription.reset();
            f.engine.reset();
            QVERIFY2(timer.elapsed() < 10'000, qPrintable(QString::number(timer.elapsed())));
        }
        guard.reset(); // may outlive the engine
    }
}

QTEST_GUILESS_MAIN(TestFollow)
#include "tst_follow.moc"
