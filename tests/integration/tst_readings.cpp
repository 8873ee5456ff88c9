// Open interest that an exchange tells only as of now: taken by the shipped pipeline, bar by bar, over restarts and failures.

#include <QEventLoop>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <mutex>

#include "core/base/timetext.h"
#include "core/engine/pipelines.h"
#include "places.h"

using namespace mnemo;
using namespace std::chrono_literals;

namespace {

template <class T>
T must(Result<T> result)
{
    if (!result)
        qFatal("%s", result.error().detail.c_str());
    return std::move(*result);
}

UtcMs at(const char* time)
{
    return *parseTime(std::string("2025-06-15T") + time + "Z");
}

/// Goes on as the system's does, from where it is put.
class JumpingClock final : public Clock {
public:
    UtcMs now() const override { return m_system.now() + milliseconds {m_ahead.load()}; }
    SteadyTime steady() const override { return m_system.steady(); }
    void set(UtcMs now) { m_ahead = (now - m_system.now()).count(); }

private:
    SystemClock m_system;
    std::atomic<std::int64_t> m_ahead {0};
};

/// mnemo-exchange-sim with made-up contracts; its clock stands where it is put.
class Simulator {
public:
    Simulator()
    {
        m_process.start(QStringLiteral(MNEMO_BIN_DIR "/mnemo-exchange-sim"),
            {QStringLiteral("--synthetic"), QStringLiteral("3"), QStringLiteral("--exchange"), QStringLiteral("binance"),
                QStringLiteral("--die-with-parent"), QStringLiteral("--now"), QStringLiteral("2025-06-15T10:00:00Z")});
        m_process.waitForReadyRead(20'000);
        m_url = QString::fromUtf8(m_process.readLine()).section(u' ', 2, 2).trimmed();
    }
    ~Simulator()
    {
        m_process.kill();
        m_process.waitForFinished();
    }
    QString url() const { return m_url; }
    void setNow(UtcMs now)
    {
        QNetworkAccessManager network;
        QNetworkRequest request {QUrl(m_url + QStringLiteral("/_sim/clock?now=") + QString::number(toMs(now)))};
        request.setHeader(QNetworkRequest::ContentTypeHeader, QByteArray("text/plain"));
        QNetworkReply* const reply = network.post(request, QByteArray());
        QEventLoop loop;
        QObject::connect(reply, &QNetworkReply::finished, &loop, &QEventLoop::quit);
        loop.exec();
        reply->deleteLater();
    }

private:
    QProcess m_process;
    QString m_url;
};

/// An engine with its scheduler, as the programs have them.
class Session {
public:
    Session(const std::filesystem::path& folder, std::shared_ptr<JumpingClock> clock)
        : m_clock(std::move(clock))
    {
        EngineOptions options;
        options.config.shipped = MNEMO_SOURCE_DIR "/config";
        options.config.user = folder / "config";
        options.config.environment = {"A=b"};
        options.config.sets = {"retry.attempts=1", "retry.base=1ms", "retry.cap=1ms", "breaker.failures=1000"};
        options.dataDir = folder / "data";
        options.clock = m_clock;
        m_engine = must(Engine::open(std::move(options)));
        m_pipelines = must(Pipelines::open(*m_engine, {true, false, true}));
        m_guard = m_pipelines->subscribe([this](const PipelinesChanged&) {
            const std::lock_guard lock(m_mutex);
            m_hasNews = true;
            m_changed.notify_one();
        });
    }
    ~Session()
    {
        m_guard.reset();
        m_pipelines.reset();
    }

    Engine& engine() { return *m_engine; }

    /// All that is due by then is over when this returns; a task that waits for its next try is not waited for.
    void decide()
    {
        m_pipelines->wake();
        PipelineCommand question; // when this is answered, what is due is decided
        question.pipeline = "readings";
        question.isDryRun = true;
        (void)m_pipelines->ask(question).get();
        RunFilter open;
        open.states = openRunStates();
        while (!must(m_pipelines->runs(open)).empty()) {
            std::unique_lock lock(m_mutex);
            m_changed.wait_for(lock, 200ms, [this] { return std::exchange(m_hasNews, false); });
            lock.unlock();
            m_pipelines->wake();
        }
    }

    std::vector<std::string> statesOfRuns()
    {
        RunFilter all;
        all.pipelines = {"readings"};
        std::vector<std::string> states;
        for (const RunRecord& run : must(m_pipelines->runs(all)))
            states.push_back(run.state);
        return states;
    }

private:
    std::shared_ptr<JumpingClock> m_clock;
    std::unique_ptr<Engine> m_engine;
    std::unique_ptr<Pipelines> m_pipelines;
    std::mutex m_mutex;
    std::condition_variable m_changed;
    bool m_hasNews = false;
    std::shared_ptr<void> m_guard;
};

QString hoursOf(const std::vector<UtcMs>& times)
{
    QStringList texts;
    for (const UtcMs time : times)
        texts.append(QString::fromStdString(formatIso(time).substr(11, 5)));
    return texts.join(u' ');
}

} // namespace

class TestReadings : public QObject {
    Q_OBJECT

private slots:
    void init();
    void aBarHasOneReading();
    void whatIsMissedIsNamed();
    void aFailedReadingIsTakenLaterInItsBar();

private:
    /// The exchange first: the scheduler may look at its clock at any time, and asks at once when a run is due.
    void goTo(UtcMs time)
    {
        m_simulator->setNow(time);
        m_clock->set(time);
        m_session->decide();
    }
    void open() { m_session = std::make_unique<Session>(m_folder->path().toStdString(), m_clock); }
    /// A time each minute: the pipeline is due at each of them.
    void walk(const char* from, const char* to)
    {
        for (UtcMs time = at(from); time <= at(to); time += 1min)
            goTo(time);
    }
    void writeExchange(const char* path) const;
    SeriesRecord series(const char* frame) const;
    std::vector<OpenInterest> rows(const char* frame) const;
    std::vector<UtcMs> times(const char* frame) const;

    std::unique_ptr<Simulator> m_simulator;
    std::unique_ptr<QTemporaryDir> m_folder;
    std::shared_ptr<JumpingClock> m_clock;
    std::unique_ptr<Session> m_session;
};

void TestReadings::init()
{
    m_session.reset();
    m_simulator = std::make_unique<Simulator>();
    m_folder = std::make_unique<QTemporaryDir>();
    m_clock = std::make_shared<JumpingClock>();
    const std::filesystem::path config = m_folder->path().toStdString() + "/config";
    std::filesystem::create_directories(config / "exchanges");
    std::filesystem::create_directories(config / "dags");
    std::ofstream(config / "assets.yaml") << "universe: [{ exchanges: [forgetter, binance], symbols: [\"BTC/USDT:USDT\"], "
                                             "timeframes: [1m, 15m], kinds: [open_interest] }]\n";
    std::ofstream(config / "dags" / "dag_configs.yaml") << "readings: { paused: false, schedule: after 1m + 5s }\n";
    writeExchange("/binance/fapi/v1/openInterest");
    m_clock->set(at("10:00:00"));
    open();
}

/// Binance of the simulator, without its history.
void TestReadings::writeExchange(const char* path) const
{
    std::ofstream(m_folder->path().toStdString() + "/config/exchanges/forgetter.yaml")
        << "name: Forgetter\nhost: " << m_simulator->url().toStdString() << "\nopen_interest: { snapshot: { path: " << path
        << ", params: { symbol: \"{symbol}\" }, fields: { time: [time, ms], amount: openInterest } } }\n"
           "linear: { symbol: \"{base}{quote}\" }\nmarkets: { fixed: [{ symbol: \"BTC/USDT:USDT\", id: BTCUSDT }] }\n";
}

SeriesRecord TestReadings::series(const char* frame) const
{
    const auto reader = must(m_session->engine().store().openReader());
    for (const SeriesRecord& record : must(reader->series())) {
        if (record.key.timeframe.name() == frame)
            return record;
    }
    return {};
}

std::vector<OpenInterest> TestReadings::rows(const char* frame) const
{
    std::vector<OpenInterest> all;
    const auto reader = must(m_session->engine().store().openReader());
    const auto read = reader->eachOpenInterest(series(frame).id, {fromMs(0), UtcMs::max()}, false, [&](const OpenInterest& row) {
        all.push_back(row);
        return true;
    });
    return read ? all : std::vector<OpenInterest>();
}

std::vector<UtcMs> TestReadings::times(const char* frame) const
{
    std::vector<UtcMs> all;
    for (const OpenInterest& row : rows(frame))
        all.push_back(row.time);
    return all;
}

/// The 1m series is asked in each of its bars, that of 15m in the first minute of its own; venues with history are not.
void TestReadings::aBarHasOneReading()
{
    walk("10:01:05", "10:16:05");
    std::vector<UtcMs> minutes;
    for (UtcMs time = at("10:01:00"); time <= at("10:16:00"); time += 1min)
        minutes.push_back(time);
    QCOMPARE(hoursOf(times("1m")), hoursOf(minutes));
    QCOMPARE(hoursOf(times("15m")), QStringLiteral("10:00 10:15")); // and nothing of before
    const auto reader = must(m_session->engine().store().openReader());
    QCOMPARE(must(reader->series()).size(), std::size_t {2});
    const auto fine = rows("1m"), coarse = rows("15m");
    QVERIFY(fine.front().amount != fine.back().amount);
    QVERIFY(coarse.front().amount == fine.front().amount && coarse.back().amount == fine.at(14).amount);
    goTo(at("10:16:40")); // the bar has its reading: nobody is asked again
    QCOMPARE(rows("1m").size(), minutes.size());
    QVERIFY(m_session->statesOfRuns().size() == 16);
}

void TestReadings::whatIsMissedIsNamed()
{
    walk("10:01:05", "10:05:05");
    const auto before = rows("1m");
    m_session.reset(); // the machine is off
    m_simulator->setNow(at("10:52:30"));
    m_clock->set(at("10:52:30"));
    open();
    m_session->decide();
    walk("10:53:05", "10:54:05");
    const auto after = rows("1m");
    QVERIFY(after.size() >= before.size() && std::equal(before.begin(), before.end(), after.begin())); // as it was
    QCOMPARE(hoursOf(times("1m")), QStringLiteral("10:01 10:02 10:03 10:04 10:05 10:52 10:53 10:54"));
    QCOMPARE(hoursOf(times("15m")), QStringLiteral("10:00 10:45"));
    const auto gaps = must(m_session->engine().gaps(series("1m"), {at("10:01:00"), at("10:55:00")}));
    QCOMPARE(gaps.size(), std::size_t {1});
    QVERIFY((gaps.front().range == TimeRange {at("10:06:00"), at("10:52:00")}));
    QCOMPARE(toText(gaps.front().gapClass), toText(GapClass::BeyondRetention));
    QCOMPARE(gaps.front().evidence, std::string("no reading was taken then, and the source tells only how things are now"));
    const auto coarse = must(m_session->engine().gaps(series("15m"), {at("10:00:00"), at("11:00:00")}));
    QCOMPARE(coarse.size(), std::size_t {1});
    QVERIFY((coarse.front().range == TimeRange {at("10:15:00"), at("10:45:00")}));
}

/// 15 minutes are long enough for a venue to come back.
void TestReadings::aFailedReadingIsTakenLaterInItsBar()
{
    m_session.reset();
    writeExchange("/binance/fapi/v1/nothingHere");
    open();
    walk("10:01:05", "10:03:05");
    QVERIFY(times("1m").empty() && times("15m").empty());
    for (const std::string& state : m_session->statesOfRuns())
        QCOMPARE(state, std::string("failed"));
    m_session.reset();
    writeExchange("/binance/fapi/v1/openInterest");
    open();
    walk("10:04:05", "10:05:05");
    QCOMPARE(hoursOf(times("1m")), QStringLiteral("10:04 10:05"));
    QCOMPARE(hoursOf(times("15m")), QStringLiteral("10:00"));
    const auto lost = must(m_session->engine().gaps(series("1m"), {at("10:01:00"), at("10:06:00")}));
    QCOMPARE(lost.size(), std::size_t {1});
    QVERIFY((lost.front().range == TimeRange {at("10:01:00"), at("10:04:00")}));
}

QTEST_GUILESS_MAIN(TestReadings)
#include "tst_readings.moc"
