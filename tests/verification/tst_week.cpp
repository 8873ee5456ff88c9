// A week of the shipped pipelines against the simulated exchanges, with faults, in a process that is killed now and then: every
// run that was due took place once, every bar that the exchanges have is stored, once, and the file is whole.
// MNEMO_WEEK=full takes seven days of six exchanges, up to twenty symbols each (as many as the simulator has), in three
// timeframes, and twenty kills, about ten minutes; else a small one. Left out: open interest, which the simulator does not
// have, and bitFlyer and BtcBox, whose bars are made of trades that are too many to walk through.

#include <map>
#include <random>
#include <set>

#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QUrlQuery>

#include <sqlite3.h>

#include "app/simulator/marketstore.h"
#include "core/base/timetext.h"
#include "integration/support/programs.h"

using namespace mnemo;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

constexpr std::uint64_t seed = 3;
const QByteArray faults = "5xx=0.02,reset=0.01,429=0.001,truncate=0.01,corrupt=0.01,html=0.005,short=0.02,duplicate=0.02";

struct Plan {
    std::vector<std::string> venues;
    std::size_t symbols = 2;          ///< of each venue
    std::vector<std::string> frames;
    int days = 2;
    int everyHours = 4;               ///< `incremental`
    int kills = 5;
};

Plan planned()
{
    if (qEnvironmentVariable("MNEMO_WEEK") == QStringLiteral("full"))
        return {{"binance", "bybit", "okx", "kraken", "coinbaseexchange", "bitfinex"}, 20, {"5m", "15m", "1h"}, 7, 6, 20};
    return {{"binance", "okx", "coinbaseexchange", "bitfinex"}, 3, {"15m", "1h"}, 2, 2, 6};
}

/// Begins between two due times of every schedule.
const UtcMs begin = *parseTime("2026-03-02T00:10:00Z");

struct Series {
    std::string exchange, symbol, frame;
    const sim::Market* market = nullptr;
};

/// What the exchanges have, made in this process from the same seed.
class Truth {
public:
    explicit Truth(const Plan& plan)
    {
        if (!m_store.addSynthetic(seed, plan.venues))
            qFatal("no such exchange");
        for (const std::string& venue : plan.venues) {
            std::vector<const sim::Market*> markets;
            for (const MarketType type : {MarketType::Spot, MarketType::Linear, MarketType::Inverse}) {
                for (const sim::Market* market : m_store.markets(venue, type))
                    markets.push_back(market);
            }
            markets.resize(std::min(markets.size(), plan.symbols));
            for (const sim::Market* market : markets) {
                for (const std::string& frame : plan.frames)
                    series.push_back({venue, market->symbol.text(), frame, market});
            }
        }
    }

    static std::map<qint64, double> closes(const Series& one, TimeRange range)
    {
        std::map<qint64, double> all;
        const Grid grid(*Timeframe::fromName(one.frame));
        for (const sim::Bar& bar : one.market->source->read(grid, range, 1'000'000, sim::Side::Oldest))
            all[bar.openMs] = bar.close.toDouble();
        return all;
    }

    std::vector<Series> series;

private:
    sim::MarketStore m_store;
};

/// The times of one schedule from begin to @p end, by arithmetic that shares nothing with the scheduler.
std::set<qint64> dueTimes(UtcMs end, milliseconds every, milliseconds atOfDay)
{
    std::set<qint64> all;
    const UtcMs day = std::chrono::floor<std::chrono::days>(begin);
    for (UtcMs time = day + atOfDay; time <= end; time += every) {
        if (time > begin)
            all.insert(toMs(time));
    }
    return all;
}

class Database {
public:
    explicit Database(const QString& folder) { sqlite3_open_v2(qPrintable(folder + QStringLiteral("/mnemo.db")), &m_db, SQLITE_OPEN_READONLY, nullptr); }
    ~Database() { sqlite3_close(m_db); }
    QList<QStringList> rows(const QString& sql) const
    {
        sqlite3_stmt* statement = nullptr;
        QList<QStringList> all;
        if (sqlite3_prepare_v2(m_db, sql.toUtf8().constData(), -1, &statement, nullptr) != SQLITE_OK)
            qFatal("%s: %s", qPrintable(sql), sqlite3_errmsg(m_db));
        while (sqlite3_step(statement) == SQLITE_ROW) {
            QStringList row;
            for (int i = 0; i < sqlite3_column_count(statement); ++i)
                row << QString::fromUtf8(reinterpret_cast<const char*>(sqlite3_column_text(statement, i)));
            all << row;
        }
        sqlite3_finalize(statement);
        return all;
    }

private:
    sqlite3* m_db = nullptr;
};

/// The child that schedules.
class SchedulerProcess {
public:
    SchedulerProcess(const Cli& cli, UtcMs now)
    {
        m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        m_process.start(programPath("weekscheduler"), {cli.configDir(), cli.dataDir(), QString::number(toMs(now))});
        if (!m_process.waitForStarted())
            qFatal("cannot start weekscheduler");
    }
    ~SchedulerProcess() { kill(); }

    void ask(UtcMs time) { m_process.write(QByteArray::number(qint64(toMs(time))) + '\n'); }
    /// False when it ended, or has not answered after @p limitMs.
    bool waitForAnswer(int limitMs)
    {
        QElapsedTimer clock;
        clock.start();
        while (!m_process.canReadLine() && m_process.state() == QProcess::Running && clock.elapsed() < limitMs)
            m_process.waitForReadyRead(std::max(1, limitMs - int(clock.elapsed())));
        return m_process.readLine().startsWith("done");
    }
    void kill()
    {
        m_process.kill(); // SIGKILL
        m_process.waitForFinished();
    }

private:
    QProcess m_process;
};

} // namespace

class TestWeek : public QObject {
    Q_OBJECT

private slots:
    void aWeek();

private:
    void configure();
    void setClock(UtcMs time);
    void live();
    void everyDueRunOnce();
    void everyBarOnce();
    void theFileIsWhole();

    const Plan m_plan = planned();
    const UtcMs m_end = begin + hours {24 * m_plan.days};
    std::unique_ptr<Truth> m_truth;
    std::unique_ptr<Sim> m_sim;
    std::unique_ptr<Cli> m_cli;
    QNetworkAccessManager m_network;
};

void TestWeek::configure()
{
    QByteArray exchanges = "exchanges:\n";
    for (const std::string& venue : m_plan.venues)
        exchanges += "  " + QByteArray::fromStdString(venue) + ": {base_url: " + m_sim->url().toUtf8() + '/' + QByteArray::fromStdString(venue) + "}\n";
    // the exchanges' limits would take hours; what is tested is not how fast it may go
    m_cli->writeFile(QStringLiteral("config/global.yaml"), exchanges
            + "ingest: {first_range: 1d}\npipeline: {pools: {default: 16, checks: 4}}\nretry: {base: 5ms, cap: 20ms}\n");
    const std::map<std::string, QByteArray> rates {{"binance", "spot linear inverse"}, {"bybit", "ip"}, {"okx", "candles history instruments"},
        {"kraken", "public"}, {"coinbaseexchange", "public"}, {"bitfinex", "candles status"}};
    for (const std::string& venue : m_plan.venues) {
        QByteArray text = "rate:\n";
        for (const QByteArray& name : rates.at(venue).split(' '))
            text += "  " + name + ": {limit: 1000000, per: 1m}\n";
        if (venue == "bybit") // its ban is of ten minutes
            text += "errors: {banned_for: 1s}\n";
        if (venue == "bitfinex")
            text += "errors: {limited_for: 1s}\n";
        m_cli->writeFile(QStringLiteral("config/exchanges/%1.yaml").arg(QString::fromStdString(venue)), text);
    }
    QByteArray universe = "universe:\n";
    for (const Series& one : m_truth->series) {
        universe += "  - {exchanges: [" + QByteArray::fromStdString(one.exchange) + "], symbols: [" + QByteArray::fromStdString(one.symbol)
            + "], timeframes: [" + QByteArray::fromStdString(one.frame) + "]}\n";
    }
    m_cli->writeFile(QStringLiteral("config/assets.yaml"), universe);
    const QByteArray common = "paused: false, catchup: true, start: \"" + QByteArray::fromStdString(formatIso(begin)) + "\"}\n";
    m_cli->writeFile(QStringLiteral("config/dags/dag_configs.yaml"),
        "incremental: {schedule: every " + QByteArray::number(m_plan.everyHours) + "h, " + common + "validation: {" + common + "cross_source: {" + common
            + "repair: {" + common);
}

void TestWeek::setClock(UtcMs time)
{
    QNetworkRequest request(QUrl(m_sim->url() + QStringLiteral("/_sim/clock?now=") + QString::number(toMs(time))));
    request.setHeader(QNetworkRequest::ContentTypeHeader, QStringLiteral("text/plain"));
    const std::unique_ptr<QNetworkReply> reply(m_network.post(request, QByteArray()));
    QSignalSpy finished(reply.get(), &QNetworkReply::finished);
    QVERIFY(reply->isFinished() || finished.wait(10'000));
    QCOMPARE(reply->error(), QNetworkReply::NoError);
}

/// The clock in half hours; some of them end with a kill, and some kills with hours in which nobody schedules.
void TestWeek::live()
{
    constexpr minutes step {30};
    constexpr int answerMs = 300'000;
    const auto steps = int((m_end - begin) / step);
    std::mt19937 random(7);
    std::set<int> kills;
    while (int(kills.size()) < m_plan.kills)
        kills.insert(std::uniform_int_distribution<int>(0, steps - 2)(random));
    auto scheduler = std::make_unique<SchedulerProcess>(*m_cli, begin);
    for (int i = 0; i < steps; ++i) {
        UtcMs time = begin + step * (i + 1);
        setClock(time);
        scheduler->ask(time);
        if (kills.contains(i)) {
            const int afterMs = std::uniform_int_distribution<int>(0, 400)(random);
            QTest::qWait(afterMs); // the moment of the kill is what is tested
            scheduler->kill();
            const int missed = std::uniform_int_distribution<int>(0, 2)(random) == 0 ? 7 : 0;
            i = std::min(i + missed, steps - 1);
            time = begin + step * (i + 1);
            qInfo("%s killed after %d ms, on again at %s", formatIso(begin + step * (i + 1 - missed)).c_str(), afterMs, formatIso(time).c_str());
            setClock(time);
            scheduler = std::make_unique<SchedulerProcess>(*m_cli, time);
            scheduler->ask(time);
        }
        QVERIFY2(scheduler->waitForAnswer(answerMs), formatIso(time).c_str());
    }
}

void TestWeek::everyDueRunOnce()
{
    const Database db(m_cli->dataDir());
    const std::map<QString, std::set<qint64>> wanted {
        {QStringLiteral("incremental"), dueTimes(m_end, hours {m_plan.everyHours}, hours {0})},
        {QStringLiteral("validation"), dueTimes(m_end, hours {24}, hours {4})},
        {QStringLiteral("cross_source"), dueTimes(m_end, hours {24}, hours {4} + minutes {30})},
        {QStringLiteral("repair"), dueTimes(m_end, hours {24}, hours {5})}};
    std::map<QString, std::set<qint64>> took;
    for (const QStringList& run : db.rows(QStringLiteral("SELECT pipeline, due, state FROM runs WHERE trigger = 'schedule' ORDER BY due"))) {
        QVERIFY2(took[run[0]].insert(run[1].toLongLong()).second, qPrintable(run.join(u' '))); // none twice
        QVERIFY2(run[2] != QStringLiteral("running") && run[2] != QStringLiteral("queued"), qPrintable(run.join(u' ')));
    }
    QCOMPARE(took.size(), wanted.size());
    for (const auto& [pipeline, dues] : wanted) {
        QVERIFY2(took[pipeline] == dues, qPrintable(QStringLiteral("%1: %2 instead of %3").arg(pipeline).arg(took[pipeline].size()).arg(dues.size())));
        qInfo("%s: %zu runs, each once", qPrintable(pipeline), dues.size());
    }
    for (const QStringList& row : db.rows(QStringLiteral("SELECT pipeline, state, count(*) FROM runs GROUP BY 1, 2 ORDER BY 1, 2")))
        qInfo("runs of %s: %s %s", qPrintable(row[0]), qPrintable(row[2]), qPrintable(row[1]));
    for (const QStringList& row : db.rows(QStringLiteral("SELECT state, attempt, count(*) FROM tasks GROUP BY 1, 2 ORDER BY 1, 2")))
        qInfo("tasks: %s %s in attempt %s", qPrintable(row[2]), qPrintable(row[0]), qPrintable(row[1]));
}

void TestWeek::everyBarOnce()
{
    const Database db(m_cli->dataDir());
    qsizetype bars = 0;
    for (const Series& one : m_truth->series) {
        const milliseconds frame = Timeframe::fromName(one.frame)->length();
        const UtcMs from = std::chrono::ceil<hours>(begin);
        const UtcMs to = std::chrono::floor<hours>(m_end) - hours {m_plan.everyHours}; // the last run came before later bars closed
        const auto wanted = Truth::closes(one, {from, to});
        const QString series = QStringLiteral("%1 %2 %3").arg(QString::fromStdString(one.exchange), QString::fromStdString(one.symbol), QString::fromStdString(one.frame));
        const auto rows = db.rows(QStringLiteral("SELECT open_time, close FROM candles JOIN series ON series.id = series_id WHERE exchange = '%1' AND symbol = '%2' "
            "AND timeframe = '%3' AND open_time >= %4 AND open_time < %5")
                .arg(QString::fromStdString(one.exchange), QString::fromStdString(one.symbol), QString::fromStdString(one.frame)).arg(toMs(from)).arg(toMs(to)));
        std::map<qint64, double> stored;
        for (const QStringList& row : rows)
            QVERIFY2(stored.emplace(row[0].toLongLong(), row[1].toDouble()).second, qPrintable(series)); // none twice
        for (const auto& [open, close] : wanted) {
            const auto found = stored.find(open);
            QVERIFY2(found != stored.end(), qPrintable(series + QStringLiteral(" lacks ") + QString::fromStdString(formatIso(fromMs(open)))));
            QVERIFY2(qFuzzyCompare(found->second, close), qPrintable(series));
        }
        for (const auto& [open, close] : stored)
            QVERIFY2(wanted.contains(open), qPrintable(series + QStringLiteral(" made up ") + QString::fromStdString(formatIso(fromMs(open)))));
        // and the store knows it: no time about which nobody was asked
        qint64 known = toMs(from);
        for (const QStringList& piece : db.rows(QStringLiteral("SELECT from_time, to_time, state FROM coverage JOIN series ON series.id = series_id WHERE exchange = '%1' "
                 "AND symbol = '%2' AND timeframe = '%3' ORDER BY from_time")
                     .arg(QString::fromStdString(one.exchange), QString::fromStdString(one.symbol), QString::fromStdString(one.frame)))) {
            if (piece[2] == QStringLiteral("answered") && piece[0].toLongLong() <= known)
                known = std::max(known, piece[1].toLongLong());
        }
        QVERIFY2(known >= toMs(to), qPrintable(series + QStringLiteral(" is answered only until ") + QString::fromStdString(formatIso(fromMs(known)))));
        QVERIFY(frame.count() > 0 && !wanted.empty());
        bars += qsizetype(wanted.size());
    }
    qInfo("%zu series complete, %lld bars, none twice and none missing", m_truth->series.size(), qlonglong(bars));
}

void TestWeek::theFileIsWhole()
{
    const Database db(m_cli->dataDir());
    QCOMPARE(db.rows(QStringLiteral("PRAGMA integrity_check")), QList<QStringList> {QStringList {QStringLiteral("ok")}});
}

void TestWeek::aWeek()
{
    m_truth = std::make_unique<Truth>(m_plan);
    m_cli = std::make_unique<Cli>();
    QStringList venues;
    for (const std::string& venue : m_plan.venues)
        venues << QString::fromStdString(venue);
    m_sim = std::make_unique<Sim>(QStringList {QStringLiteral("--synthetic"), QString::number(seed), QStringLiteral("--exchange"), venues.join(u','),
        QStringLiteral("--now"), QString::number(toMs(begin)), QStringLiteral("--fault"), QString::fromLatin1(faults)});
    QVERIFY(m_sim->isUp());
    configure();
    QElapsedTimer clock;
    clock.start();
    live();
    if (QTest::currentTestFailed())
        return;
    qInfo("%d days with %d kills and %s in %lld s", m_plan.days, m_plan.kills, faults.constData(), qlonglong(clock.elapsed() / 1000));
    everyDueRunOnce();
    everyBarOnce();
    theFileIsWhole();
}

QTEST_GUILESS_MAIN(TestWeek)
#include "tst_week.moc"
