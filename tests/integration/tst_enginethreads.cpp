// The engine where threads meet: destroyed, cancelled, paused and reconfigured at the worst moments, against the
// synthetic market. Most is worth running under tsan and asan, where it is a race or a use after the end that fails.

#include <atomic>
#include <chrono>
#include <thread>

#include <QElapsedTimer>
#include <QTest>

#include "core/engine/engine.h"
#include "support/programs.h"
#include "places.h"

using namespace mnemo;
using namespace std::chrono_literals;

namespace {

constexpr int barsOfRange = 131'040;

EngineOptions optionsFor(const QString& folder, const QString& url)
{
    EngineOptions options;
    options.config.shipped = MNEMO_SOURCE_DIR "/config";
    options.config.user = (folder + QStringLiteral("/config")).toStdString();
    options.config.sets = {"retry.base=5ms", "retry.cap=100ms", "breaker.open=50ms"};
    for (const char* exchange : {"binance", "bybit", "okx"})
        options.config.sets.push_back(std::string("exchanges.") + exchange + ".base_url=" + url.toStdString() + '/' + exchange);
    options.config.environment = {"HOME=/nonexistent"};
    options.dataDir = (folder + QStringLiteral("/data")).toStdString();
    return options;
}

BackfillRequest requestFor(const char* exchange, const char* symbol, const char* frame = "1m")
{
    using namespace std::chrono;
    BackfillRequest request;
    request.exchange = exchange;
    request.symbol = symbol;
    request.timeframe = *Timeframe::fromName(frame);
    request.range = {UtcMs {sys_days {year {2024} / 1 / 1}}, UtcMs {sys_days {year {2024} / 4 / 1}}};
    return request;
}

JobId begun(Engine& engine, const BackfillRequest& request)
{
    const auto job = engine.backfill(request);
    return job ? *job : JobId {0};
}

/// Of all that is stored: each bar once, and none that nothing vouches for.
bool isSound(const QString& folder)
{
    auto options = optionsFor(folder, {});
    options.mode = OpenMode::ReadOnly;
    const auto engine = Engine::open(options);
    if (!engine)
        return false;
    const auto reader = (*engine)->store().openReader();
    if (!reader)
        return false;
    const auto lost = (*reader)->query(
        "SELECT count(*) FROM candles c WHERE NOT EXISTS (SELECT 1 FROM coverage v WHERE v.series_id = c.series_id "
        "AND v.state = 'answered' AND v.from_time <= c.open_time AND c.open_time < v.to_time)");
    return lost && lost->rows.at(0).at(0) == "0";
}

void overwrite(const QString& path, const QByteArray& text)
{
    QDir().mkpath(QFileInfo(path).absolutePath());
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
        qFatal("cannot write %s", qPrintable(path));
}

} // namespace

class TestEngineThreads : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void destroyedWhileItWorks_data();
    void destroyedWhileItWorks();
    void destroyedWhileSomebodyWaits();
    void handlersMayAskTheEngine();
    void cancelledFromElsewhereWhileStarting();
    void pausedAndResumedByTwo();
    void twoJobsShareALane();
    void marketListIsGivenUpWhenStopped();
    void finishedJobsAreStillToldAfterTheSettingsChange();
    void jobsStartWhileTheSettingsChange();
    void exchangesAreReadAfterOpening();

private:
    std::unique_ptr<Sim> m_quick, m_slow;
};

void TestEngineThreads::initTestCase()
{
    const QStringList market {QStringLiteral("--synthetic"), QStringLiteral("3"), QStringLiteral("--exchange"), QStringLiteral("binance,bybit,okx")};
    m_quick = std::make_unique<Sim>(market);
    m_slow = std::make_unique<Sim>(market + QStringList {QStringLiteral("--fault"), QStringLiteral("latency=30ms")});
    QVERIFY(m_quick->isUp());
    QVERIFY(m_slow->isUp());
}

void TestEngineThreads::destroyedWhileItWorks_data()
{
    QTest::addColumn<int>("afterMs");
    QTest::newRow("at once") << 0;
    QTest::newRow("while the market list is fetched") << 15;
    QTest::newRow("at the first pages") << 120;
    QTest::newRow("in the middle") << 500;
}

void TestEngineThreads::destroyedWhileItWorks()
{
    QFETCH(int, afterMs);
    const QTemporaryDir folder;
    for (int round = 0; round < 3; ++round) {
        auto engine = Engine::open(optionsFor(folder.path(), m_slow->url()));
        QVERIFY2(engine.has_value(), engine ? "" : engine.error().detail.c_str());
        QVERIFY(begun(**engine, requestFor("binance", "BTC/USDT")) != 0);
        QVERIFY(begun(**engine, requestFor("bybit", "BTC/USDT:USDT")) != 0);
        QVERIFY(begun(**engine, requestFor("okx", "BTC/USDT")) != 0);
        std::this_thread::sleep_for(milliseconds {afterMs});
        QElapsedTimer timer;
        timer.start();
        engine->reset();
        QVERIFY2(timer.elapsed() < 20'000, qPrintable(QString::number(timer.elapsed())));
    }
    QVERIFY(isSound(folder.path()));
}

void TestEngineThreads::destroyedWhileSomebodyWaits()
{
    const QTemporaryDir folder;
    for (int round = 0; round < 5; ++round) {
        auto engine = Engine::open(optionsFor(folder.path(), m_slow->url()));
        QVERIFY(engine.has_value());
        const JobId job = begun(**engine, requestFor("binance", "ETH/USDT"));
        std::atomic<int> waiting = 0;
        const auto wait = [&, raw = engine->get()] {
            ++waiting;
            raw->wait(job);
        };
        std::jthread first(wait), second(wait);
        while (waiting < 2)
            std::this_thread::yield();
        std::this_thread::sleep_for(20ms); // let them reach the wait
        engine->reset();
    }
}

void TestEngineThreads::handlersMayAskTheEngine()
{
    const QTemporaryDir folder;
    auto opened = Engine::open(optionsFor(folder.path(), m_quick->url()));
    QVERIFY(opened.has_value());
    Engine* const engine = opened->get();
    std::atomic<int> told = 0;
    {
        const auto guard = engine->subscribe([&](const Event& event) {
            if (std::holds_alternative<JobChanged>(event) || std::holds_alternative<LaneChanged>(event)) {
                engine->lanes();
                told += static_cast<int>(engine->jobs().size());
            }
        });
        begun(*engine, requestFor("binance", "BTC/USDT"));
        begun(*engine, requestFor("okx", "BTC/USDT"));
        QTRY_VERIFY_WITH_TIMEOUT(told > 20, 20'000);
        opened->reset(); // events of the end are told as well
    }
    QVERIFY(told > 20);
}

void TestEngineThreads::cancelledFromElsewhereWhileStarting()
{
    const QTemporaryDir folder;
    auto engine = Engine::open(optionsFor(folder.path(), m_slow->url()));
    QVERIFY(engine.has_value());
    for (int round = 0; round < 20; ++round) {
        std::atomic<JobId> job = 0;
        std::jthread canceller([&] {
            while (job == 0)
                std::this_thread::yield();
            std::this_thread::sleep_for(std::chrono::microseconds {round * 400});
            (*engine)->cancel(job);
            (*engine)->cancel(job);
        });
        job = begun(**engine, requestFor("binance", round % 2 ? "BTC/USDT" : "BTC/USDT:USDT"));
        QVERIFY(job != 0);
        QVERIFY((*engine)->wait(job));
        canceller.join();
        QCOMPARE(toText((*engine)->job(job)->state).data(), "cancelled");
    }
}

void TestEngineThreads::pausedAndResumedByTwo()
{
    const QTemporaryDir folder;
    auto engine = Engine::open(optionsFor(folder.path(), m_quick->url()));
    QVERIFY(engine.has_value());
    const JobId job = begun(**engine, requestFor("binance", "BTC/USDT"));
    {
        const auto storm = [&](int rounds) {
            for (int i = 0; i < rounds; ++i) {
                (*engine)->pause(job);
                (*engine)->jobs();
                (*engine)->resume(job);
                (*engine)->lanes();
            }
        };
        std::jthread first(storm, 300), second(storm, 300);
    }
    QVERIFY((*engine)->wait(job));
    const JobSnapshot end = *(*engine)->job(job);
    QCOMPARE(toText(end.state).data(), "complete");
    QCOMPARE(end.total, std::int64_t {barsOfRange});
    QCOMPARE(end.done, end.total);
    QCOMPARE(end.rowsStored + end.empty, end.total);
}

void TestEngineThreads::twoJobsShareALane()
{
    const QTemporaryDir folder;
    auto engine = Engine::open(optionsFor(folder.path(), m_quick->url()));
    QVERIFY(engine.has_value());
    const JobId first = begun(**engine, requestFor("binance", "BTC/USDT"));
    const JobId second = begun(**engine, requestFor("binance", "ETH/USDT"));
    const JobId same = begun(**engine, requestFor("binance", "BTC/USDT")); // asks what the first asks: nothing may be doubled
    for (const JobId job : {first, second, same}) {
        QVERIFY((*engine)->wait(job));
        QCOMPARE(toText((*engine)->job(job)->state).data(), "complete");
        QCOMPARE((*engine)->job(job)->done, std::int64_t {barsOfRange});
    }
    const JobSnapshot one = *(*engine)->job(first), other = *(*engine)->job(same);
    QVERIFY(other.rowsTotal > 0);
    QCOMPARE(one.rowsStored + other.rowsStored, other.rowsTotal);
    QCOMPARE((*engine)->lanes().size(), std::size_t {1});
    const auto reader = (*engine)->store().openReader();
    const auto series = (*reader)->series();
    QVERIFY(series.has_value());
    QCOMPARE(series->size(), std::size_t {2});
    const auto revisions = (*reader)->query("SELECT count(*) FROM revisions");
    QCOMPARE(QByteArray::fromStdString(*revisions->rows.at(0).at(0)), QByteArray("0"));
}

void TestEngineThreads::marketListIsGivenUpWhenStopped()
{
    const QTemporaryDir folder;
    auto engine = Engine::open(optionsFor(folder.path(), m_slow->url()));
    QVERIFY(engine.has_value());
    for (int round = 0; round < 8; ++round) {
        std::stop_source stop;
        std::jthread stopper([&] {
            std::this_thread::sleep_for(milliseconds {round * 2});
            stop.request_stop();
        });
        const auto list = (*engine)->fetchMarkets("binance", stop.get_token());
        if (!list)
            QVERIFY(list.error().code == ErrorCode::Cancelled);
    }
    QVERIFY((*engine)->fetchMarkets("binance").has_value());
}

void TestEngineThreads::finishedJobsAreStillToldAfterTheSettingsChange()
{
    const QTemporaryDir folder;
    auto options = optionsFor(folder.path(), m_quick->url());
    options.watchSettings = true;
    auto engine = Engine::open(options);
    QVERIFY(engine.has_value());
    const JobId job = begun(**engine, requestFor("binance", "BTC/USDT", "1h"));
    QVERIFY((*engine)->wait(job));
    overwrite(folder.path() + QStringLiteral("/config/global.yaml"), "http:\n  connect_timeout: 7s\n");
    // idle lanes make room for lanes of the new settings
    QTRY_COMPARE_WITH_TIMEOUT((*engine)->lanes().size(), std::size_t {0}, 10'000);
    (*engine)->cancel(job);
    (*engine)->pause(job);
    (*engine)->resume(job);
    QCOMPARE(toText((*engine)->job(job)->state).data(), "complete");
}

void TestEngineThreads::jobsStartWhileTheSettingsChange()
{
    const QTemporaryDir folder;
    auto options = optionsFor(folder.path(), m_quick->url());
    options.watchSettings = true;
    auto engine = Engine::open(options);
    QVERIFY(engine.has_value());
    std::atomic<int> changes = 0;
    const auto guard = (*engine)->subscribe([&](const Event& event) { changes += std::holds_alternative<SettingsChanged>(event) ? 1 : 0; });
    QElapsedTimer timer;
    timer.start();
    overwrite(folder.path() + QStringLiteral("/config/global.yaml"), "http:\n  connect_timeout: 7s\n");
    for (int round = 0; changes < 1 && timer.elapsed() < 20'000; ++round) {
        BackfillRequest request = requestFor("binance", "BTC/USDT", "1h");
        request.range.to = request.range.from + std::chrono::hours {24 * (1 + round % 80)};
        const JobId job = begun(**engine, request);
        QVERIFY((*engine)->wait(job));
        QCOMPARE(toText((*engine)->job(job)->state).data(), "complete");
    }
    QVERIFY(changes > 0);
}

void TestEngineThreads::exchangesAreReadAfterOpening()
{
    const QTemporaryDir folder;
    auto options = optionsFor(folder.path(), m_quick->url());
    options.watchSettings = true;
    options.opensAtOnce = true;
    for (int round = 0; round < 5; ++round) {
        QVERIFY(Engine::open(options).has_value()); // and gone, before the files are read
        auto engine = Engine::open(options);
        QVERIFY(engine.has_value());
        QCOMPARE((*engine)->settings()->settings.retry.base, 5ms);
        const JobId job = begun(**engine, requestFor("binance", "BTC/USDT", "1h")); // waits for the description
        QVERIFY(job != 0);
        QVERIFY((*engine)->wait(job));
        QVERIFY((*engine)->catalogue()->venues().size() > 100);
        QVERIFY((*engine)->settings()->settings.exchanges.contains("okx"));
    }
}

QTEST_GUILESS_MAIN(TestEngineThreads)
#include "tst_enginethreads.moc"
