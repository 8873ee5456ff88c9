// Long ranges from the files that an exchange publishes, and what becomes of files that are damaged, wrong, absent or replaced.

#include <QEventLoop>
#include <QJsonDocument>
#include <QJsonObject>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <filesystem>

#include "core/base/timetext.h"
#include "core/engine/engine.h"
#include "places.h"

using namespace mnemo;
using namespace std::chrono_literals;

namespace {

/// mnemo-exchange-sim with made-up markets, its clock standing still.
class Simulator {
public:
    explicit Simulator(const char* now, const char* faults = "")
    {
        QStringList arguments {QStringLiteral("--synthetic"), QStringLiteral("3"), QStringLiteral("--exchange"), QStringLiteral("binance"), QStringLiteral("--die-with-parent"),
            QStringLiteral("--now"), QString::fromLatin1(now)};
        if (*faults)
            arguments << QStringLiteral("--archive-fault") << QString::fromLatin1(faults);
        m_process.start(QStringLiteral(MNEMO_BIN_DIR "/mnemo-exchange-sim"), arguments);
        m_process.waitForReadyRead(20'000);
        m_url = QString::fromUtf8(m_process.readLine()).section(u' ', 2, 2).trimmed();
    }
    ~Simulator()
    {
        m_process.kill();
        m_process.waitForFinished();
    }
    std::string url() const { return m_url.toStdString(); }
    int served(const char* what) const { return answer("/_sim/stats", false)[u"files"][QString::fromLatin1(what)].toInt(); }
    void setNow(const char* now) { answer(QByteArray("/_sim/clock?now=") + now, true); }

private:
    QJsonObject answer(const QByteArray& path, bool isPost) const
    {
        QNetworkAccessManager network;
        QNetworkRequest request {QUrl(m_url + QString::fromLatin1(path))};
        request.setHeader(QNetworkRequest::ContentTypeHeader, QByteArray("text/plain"));
        QNetworkReply* const reply = isPost ? network.post(request, QByteArray()) : network.get(request);
        QEventLoop loop;
        QObject::connect(reply, &QNetworkReply::finished, &loop, &QEventLoop::quit);
        loop.exec();
        reply->deleteLater();
        return QJsonDocument::fromJson(reply->readAll()).object();
    }
    QProcess m_process;
    QString m_url;
};

/// One day, on which waiting takes its time all the same: the API keeps open interest for a month before.
class OneDay final : public Clock {
public:
    UtcMs now() const override { return *parseTime("2025-03-20"); }
    SteadyTime steady() const override { return std::chrono::steady_clock::now(); }
};

/// An engine with a data folder of its own.
class Place {
public:
    Place(const std::string& base, const std::string& archive, std::vector<std::string> sets = {}, std::shared_ptr<const Clock> clock = nullptr)
    {
        EngineOptions options;
        options.config.shipped = MNEMO_SOURCE_DIR "/config";
        options.config.sets = {"exchanges.binance.base_url=" + base, "exchanges.binance.archive_url=" + archive, "retry.base=5ms", "retry.cap=50ms", "retry.attempts=3"};
        options.config.sets.insert(options.config.sets.end(), sets.begin(), sets.end());
        options.config.environment = {"HOME=/nonexistent"};
        options.clock = std::move(clock);
        options.dataDir = m_folder.path().toStdString();
        m_engine = std::move(Engine::open(options).value());
    }

    JobSnapshot backfill(TimeRange range, const char* symbol = "BTC/USDT", Kind kind = Kind::Candles)
    {
        BackfillRequest wanted = request(range, symbol);
        wanted.kind = kind;
        if (kind != Kind::Candles)
            wanted.timeframe = *Timeframe::fromName(kind == Kind::OpenInterest ? "5m" : "1h");
        const auto job = m_engine->backfill(wanted);
        if (!job)
            qFatal("%s", job.error().detail.c_str());
        m_engine->wait(*job);
        return *m_engine->job(*job);
    }
    Result<BackfillPlan> plan(TimeRange range) { return m_engine->plan(request(range, "BTC/USDT")); }
    std::vector<Candle> candles()
    {
        const auto reader = m_engine->store().openReader().value();
        return reader->candles(reader->series().value().front().id, {UtcMs::min(), UtcMs::max()}).value();
    }
    std::int64_t count(const std::string& sql)
    {
        const auto table = m_engine->store().openReader().value()->query(sql).value();
        return QByteArray::fromStdString(*table.rows.front().front()).toLongLong();
    }
    /// A line for each row.
    QByteArray table(const std::string& sql)
    {
        QByteArray text;
        const auto found = m_engine->store().openReader().value()->query(sql);
        if (!found)
            return QByteArray::fromStdString(found.error().detail);
        for (const auto& row : found->rows) {
            for (const auto& cell : row)
                text += QByteArray::fromStdString(cell.value_or("-")) + ' ';
            text += '\n';
        }
        return text;
    }
    std::int64_t pages(const std::string& route) { return count("SELECT count(*) FROM pages WHERE route = '" + route + "'"); }
    Engine& engine() { return *m_engine; }
    std::filesystem::path answers() const { return std::filesystem::path(m_folder.path().toStdString()) / "bronze"; }

private:
    static BackfillRequest request(TimeRange range, const char* symbol)
    {
        BackfillRequest request;
        request.exchange = "binance";
        request.symbol = symbol;
        request.timeframe = *Timeframe::fromName("1m");
        request.range = range;
        return request;
    }
    QTemporaryDir m_folder;
    std::unique_ptr<Engine> m_engine;
};

TimeRange range(const char* from, const char* to)
{
    return {*parseTime(from), *parseTime(to)};
}

const TimeRange january = range("2025-01-01", "2025-02-01");

/// What the API alone brings.
std::vector<Candle> truth(const Simulator& sim, TimeRange wanted, const char* symbol = "BTC/USDT")
{
    Place place(sim.url(), sim.url(), {"archive.use=never"});
    return place.backfill(wanted, symbol).state == JobState::Complete ? place.candles() : std::vector<Candle> {};
}

std::string warningsOf(const JobSnapshot& job)
{
    std::string all;
    for (const std::string& warning : job.warnings)
        all += warning + '\n';
    return all;
}

} // namespace

class TestArchiveRoute : public QObject {
    Q_OBJECT
private slots:
    void longRange_data()
    {
        QTest::addColumn<QByteArray>("symbol");
        QTest::addColumn<TimeRange>("wanted");
        QTest::addColumn<int>("zips");
        // the year in which microseconds begin
        QTest::newRow("months, and the rest by the API") << QByteArray("BTC/USDT") << range("2024-12-20", "2025-03-10") << 2;
        QTest::newRow("months and days") << QByteArray("BTC/USDT:USDT") << range("2025-01-01", "2025-03-04") << 5;
        QTest::newRow("inverse") << QByteArray("BTC/USD:BTC") << january << 1;
        QTest::newRow("from before the listing") << QByteArray("BTC/USDT") << range("2017-07-01", "2017-10-01") << 2;
    }
    void longRange()
    {
        QFETCH(QByteArray, symbol);
        QFETCH(TimeRange, wanted);
        QFETCH(int, zips);
        const Simulator sim("2025-03-20");
        Place place(sim.url(), sim.url());
        const JobSnapshot job = place.backfill(wanted, symbol.constData());
        QVERIFY2(job.state == JobState::Complete, job.error ? job.error->detail.c_str() : warningsOf(job).c_str());
        QCOMPARE(sim.served("zips"), zips);
        QCOMPARE(place.pages("archive"), std::int64_t {zips});
        const auto rows = place.candles();
        QVERIFY(rows.size() > 20'000);
        QVERIFY(rows == truth(sim, wanted, symbol.constData()));
        QVERIFY2(warningsOf(job).empty(), warningsOf(job).c_str());
    }

    void secondTimeAsksOnlyWhetherFilesWereReplaced()
    {
        const Simulator sim("2025-03-20");
        Place place(sim.url(), sim.url());
        QCOMPARE(place.backfill(january).state, JobState::Complete);
        const JobSnapshot again = place.backfill(january);
        QCOMPARE(again.state, JobState::Complete);
        QCOMPARE(again.rowsStored, std::int64_t {0});
        QCOMPARE(again.requests, std::int64_t {1});
        QCOMPARE(sim.served("listings"), 2);
        QCOMPARE(sim.served("checksums"), 1);
        QCOMPARE(sim.served("zips"), 1);
    }

    void planShowsFiles()
    {
        const Simulator sim("2025-03-20");
        Place place(sim.url(), sim.url());
        const BackfillPlan plan = place.plan(range("2025-01-01", "2025-02-03")).value();
        QCOMPARE(plan.files.count, std::int64_t {1});
        QCOMPARE(plan.files.requests, std::int64_t {3});
        QVERIFY(plan.files.bytes > 1'000'000);
        QCOMPARE("http://" + plan.files.host, sim.url());
        QCOMPARE(plan.list.size(), std::size_t {1 + 3}); // January, and two days in pages of 1000
        QCOMPARE(plan.list[0].route, std::string("archive"));
        QCOMPARE(plan.list[0].url, sim.url() + "/data/spot/monthly/klines/BTCUSDT/1m/BTCUSDT-1m-2025-01.zip");
        QCOMPARE(plan.list[1].route, std::string("rest"));
        QCOMPARE(plan.list[1].range.from, plan.list[0].range.to);
        QCOMPARE(plan.requests, std::int64_t {3});
        QCOMPARE(sim.served("listings"), 0);
        PlanTotals totals;
        totals.add(plan);
        QCOMPARE(totals.files.count, std::int64_t {1});
        QCOMPARE(totals.lanes.size(), std::size_t {2});
    }

    void canBeTurnedOff()
    {
        const Simulator sim("2025-03-20");
        QVERIFY(!truth(sim, january).empty());
        QCOMPARE(sim.served("listings"), 0);
    }

    void badFiles_data()
    {
        QTest::addColumn<QByteArray>("fault");
        QTest::addColumn<QByteArray>("told");
        QTest::newRow("damaged") << QByteArray("corrupt=1") << QByteArray("cannot be unpacked");
        QTest::newRow("another checksum") << QByteArray("checksum=1") << QByteArray("is not what its checksum says");
        QTest::newRow("listed and absent") << QByteArray("missing=1") << QByteArray("HTTP 404");
    }
    void badFiles() // the exchange is asked instead, and it is said
    {
        QFETCH(QByteArray, fault);
        QFETCH(QByteArray, told);
        const Simulator sim("2025-03-20", fault.constData());
        Place place(sim.url(), sim.url());
        const JobSnapshot job = place.backfill(january);
        QCOMPARE(job.state, JobState::Complete);
        const auto warnings = QByteArray::fromStdString(warningsOf(job));
        QVERIFY2(warnings.contains(told) && warnings.contains("the exchange is asked instead"), warnings.constData());
        QCOMPARE(place.pages("archive"), std::int64_t {0});
        QVERIFY(place.candles() == truth(sim, january));
    }

    void amendedFileIsReadAgain()
    {
        Simulator sim("2025-02-05", "amended=1");
        Place place(sim.url(), sim.url());
        QCOMPARE(place.backfill(january).state, JobState::Complete);
        const auto right = truth(sim, january);
        QVERIFY(place.candles() != right);
        sim.setNow("2025-02-20T00:00:00Z");
        const JobSnapshot again = place.backfill(january);
        QCOMPARE(again.state, JobState::Complete);
        QVERIFY2(warningsOf(again).find("was amended since it was read") != std::string::npos, warningsOf(again).c_str());
        QVERIFY(place.candles() == right);
        QVERIFY(again.rowsStored > 80); // each 500th of 44,640, where its close was not its low
        QCOMPARE(place.count("SELECT count(*) FROM revisions"), again.rowsStored);
        QCOMPARE(place.backfill(january).rowsStored, std::int64_t {0});
        QCOMPARE(sim.served("zips"), 2);
    }

    void exchangeThatCannotBeReached() // the API is closed to some places, the files are not
    {
        const Simulator sim("2025-03-20");
        Place place("http://127.0.0.1:1", sim.url(), {"breaker.failures=1000"});
        const JobSnapshot whole = place.backfill(january);
        QVERIFY2(whole.rowsTotal >= 44'640 - 60, warningsOf(whole).c_str()); // at most one hour of silence in the made-up world
        QCOMPARE(whole.state == JobState::Complete, whole.rowsTotal == 44'640);
        const JobSnapshot more = place.backfill(range("2025-01-01", "2025-02-03"));
        QVERIFY(more.state != JobState::Complete); // never success over what nobody has told
        QCOMPARE(more.rowsTotal, whole.rowsTotal);
    }

    void listingThatFails()
    {
        const Simulator sim("2025-03-20");
        Place place(sim.url(), sim.url() + "/nowhere");
        const JobSnapshot job = place.backfill(january);
        QCOMPARE(job.state, JobState::Complete);
        QVERIFY2(warningsOf(job).find("cannot be listed") != std::string::npos, warningsOf(job).c_str());
    }

    void rowsComeAgainFromTheAnswers()
    {
        const Simulator sim("2025-03-20");
        Place place(sim.url(), sim.url());
        QCOMPARE(place.backfill(range("2025-01-01", "2025-02-03")).state, JobState::Complete);
        Place other("http://127.0.0.1:1", "http://127.0.0.1:1");
        std::filesystem::copy(place.answers(), other.answers(), std::filesystem::copy_options::recursive);
        QVERIFY(other.engine().rebuild({}).has_value());
        QVERIFY(other.candles() == place.candles());
        QCOMPARE(other.pages("archive"), std::int64_t {1});
    }

    void metricsAreThoseOfTheApi_data()
    {
        QTest::addColumn<int>("kind");
        QTest::addColumn<QByteArray>("symbol");
        QTest::addColumn<TimeRange>("wanted");
        QTest::addColumn<QByteArray>("rows");
        QTest::addColumn<int>("zips");
        QTest::addColumn<int>("count");
        const QByteArray interest = "SELECT time, amount, value, raw_amount, raw_value, flags FROM open_interest ORDER BY time";
        const QByteArray paid = "SELECT time, n1, flags FROM metrics ORDER BY time"; // the file has the hours, the API the price
        QTest::newRow("open interest") << static_cast<int>(Kind::OpenInterest) << QByteArray("BTC/USDT:USDT") << range("2025-03-08", "2025-03-18") << interest << 10 << 10 * 288;
        QTest::newRow("funding") << static_cast<int>(Kind::Funding) << QByteArray("BTC/USDT:USDT") << range("2025-01-01", "2025-03-01") << paid << 2 << 59 * 3;
        QTest::newRow("funding each four hours") << static_cast<int>(Kind::Funding) << QByteArray("SOL/USDT:USDT") << range("2024-12-01", "2025-02-01") << paid << 2 << 31 * 3 + 31 * 6;
    }
    void metricsAreThoseOfTheApi()
    {
        QFETCH(int, kind);
        QFETCH(QByteArray, symbol);
        QFETCH(TimeRange, wanted);
        QFETCH(QByteArray, rows);
        QFETCH(int, zips);
        QFETCH(int, count);
        const Simulator sim("2025-03-20");
        Place files("http://127.0.0.1:1", sim.url(), {"archive.use=always", "breaker.failures=1000"}, std::make_shared<OneDay>());
        Place api(sim.url(), "http://127.0.0.1:1", {"archive.use=never"}, std::make_shared<OneDay>());
        const JobSnapshot job = files.backfill(wanted, symbol.constData(), static_cast<Kind>(kind));
        QVERIFY2(job.state == JobState::Complete, job.error ? job.error->detail.c_str() : warningsOf(job).c_str());
        QCOMPARE(sim.served("zips"), zips);
        QCOMPARE(files.pages("archive"), std::int64_t {zips});
        const QByteArray found = files.table(rows.toStdString());
        QCOMPARE(found.count('\n'), count);
        QCOMPARE(api.backfill(wanted, symbol.constData(), static_cast<Kind>(kind)).state, JobState::Complete);
        QCOMPARE(found, api.table(rows.toStdString()));
    }

    /// Open interest that the API has forgotten.
    void filesReachFurtherBackThanTheApi()
    {
        const Simulator sim("2025-03-20");
        Place place(sim.url(), sim.url());
        const JobSnapshot job = place.backfill(range("2024-12-01", "2024-12-04"), "BTC/USDT:USDT", Kind::OpenInterest);
        QVERIFY2(job.state == JobState::Complete, warningsOf(job).c_str());
        QCOMPARE(place.pages("archive"), std::int64_t {3});
        QCOMPARE(place.count("SELECT count(*) FROM open_interest"), std::int64_t {3 * 288});
    }

    void badFilesOfMetrics_data() { badFiles_data(); }
    void badFilesOfMetrics()
    {
        QFETCH(QByteArray, fault);
        QFETCH(QByteArray, told);
        const Simulator sim("2025-03-20", fault.constData());
        Place place(sim.url(), sim.url(), {"archive.use=always"}, std::make_shared<OneDay>());
        for (const Kind kind : {Kind::OpenInterest, Kind::Funding}) {
            const TimeRange wanted = kind == Kind::Funding ? range("2025-02-01", "2025-03-01") : range("2025-03-10", "2025-03-12");
            const JobSnapshot job = place.backfill(wanted, "BTC/USDT:USDT", kind);
            QCOMPARE(job.state, JobState::Complete);
            const auto warnings = QByteArray::fromStdString(warningsOf(job));
            QVERIFY2(warnings.contains(told) && warnings.contains("the exchange is asked instead"), warnings.constData());
        }
        QCOMPARE(place.pages("archive"), std::int64_t {0});
        QCOMPARE(place.count("SELECT count(*) FROM open_interest"), std::int64_t {2 * 288});
        QCOMPARE(place.count("SELECT count(*) FROM metrics"), std::int64_t {28 * 3});
    }

    void amendedMetricsAreReadAgain()
    {
        Simulator sim("2025-03-15", "amended=1");
        Place place(sim.url(), sim.url(), {"archive.use=always"});
        const TimeRange wanted = range("2025-03-10", "2025-03-12");
        QCOMPARE(place.backfill(wanted, "BTC/USDT:USDT", Kind::OpenInterest).state, JobState::Complete);
        sim.setNow("2025-03-25T00:00:00Z");
        const JobSnapshot again = place.backfill(wanted, "BTC/USDT:USDT", Kind::OpenInterest);
        QCOMPARE(again.state, JobState::Complete);
        QVERIFY2(warningsOf(again).find("was amended since it was read") != std::string::npos, warningsOf(again).c_str());
        QCOMPARE(again.rowsStored, std::int64_t {2 * 3}); // each hundredth of a day's 288
    }

    void cancelledWhileFilesCome()
    {
        const Simulator sim("2025-03-20");
        Place place(sim.url(), sim.url());
        BackfillRequest request;
        request.exchange = "binance";
        request.symbol = "BTC/USDT";
        request.timeframe = *Timeframe::fromName("1m");
        request.range = range("2023-01-01", "2025-03-01");
        const JobId job = place.engine().backfill(request).value();
        QTRY_VERIFY_WITH_TIMEOUT(place.engine().job(job)->rowsStored > 0, 60'000); // the simulator makes the files first
        place.engine().command(job, JobCommand::Cancel);
        place.engine().wait(job);
        QCOMPARE(place.engine().job(job)->state, JobState::Cancelled);
        QCOMPARE(place.backfill(request.range).state, JobState::Complete); // and goes on where it was
    }
};

QTEST_GUILESS_MAIN(TestArchiveRoute)
#include "tst_archiveroute.moc"
