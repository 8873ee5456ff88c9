// A week of the shipped pipelines against the simulated exchanges, with faults, in a process that is killed now and then: every
// run that was due took place once, every bar and every reading of open interest that the exchanges have is stored, once, and
// the file is whole. MNEMO_WEEK=full takes seven days of all eight exchanges that are simulated, twenty symbols each, in three
// timeframes, with the open interest of those that tell it, and twenty kills, about a quarter of an hour; else a small one. BtcBox
// only has its newest hundred trades: of it what is stored is held against the truth, and not that all is there.

#include <map>
#include <random>
#include <set>

#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QUrlQuery>

#include <sqlite3.h>

#include "app/simulator/interest.h"
#include "app/simulator/marketstore.h"
#include "core/base/timetext.h"
#include "core/market/intervalset.h"
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
    std::size_t interests = 2;        ///< symbols of each venue whose open interest is kept, where it tells any
    int days = 2;
    int everyHours = 4;               ///< `incremental`
    int kills = 5;
};

Plan planned()
{
    if (qEnvironmentVariable("MNEMO_WEEK") == QStringLiteral("full"))
        return {{"binance", "bybit", "okx", "kraken", "coinbaseexchange", "bitfinex", "bitflyer", "btcbox"}, 20, {"5m", "15m", "1h"}, 20, 7, 6, 20};
    return {{"binance", "okx", "coinbaseexchange", "bitflyer"}, 3, {"15m", "1h"}, 2, 2, 2, 6};
}

/// Begins between two due times of every schedule.
const UtcMs begin = *parseTime("2026-03-02T00:10:00Z");

struct Series {
    std::string exchange, symbol, frame;
    Kind kind = Kind::Candles;
    const sim::Market* market = nullptr;

    QString text() const { return QString::fromStdString(exchange + ' ' + symbol + ' ' + std::string(toText(kind)) + ' ' + frame); }
    QString table() const { return kind == Kind::Candles ? QStringLiteral("candles") : QStringLiteral("open_interest"); }
    QString where() const
    {
        return QStringLiteral("exchange = '%1' AND symbol = '%2' AND timeframe = '%3' AND kind = '%4'")
            .arg(QString::fromStdString(exchange), QString::fromStdString(symbol), QString::fromStdString(frame), QString::fromStdString(std::string(toText(kind))));
    }
    /// Its newest trades are all that it has: nothing older can be asked for.
    bool isRecentOnly() const { return exchange == "btcbox"; }
};

/// Frames of open interest, as the venues' pages name them.
bool tellsInterest(const std::string& venue, const std::string& frame)
{
    return venue == "binance" || venue == "bybit" || (venue == "okx" && frame != "15m");
}

/// What the exchanges have, made in this process from the same seed.
class Truth {
public:
    explicit Truth(const Plan& plan)
    {
        if (!m_store.addSynthetic(seed, plan.venues))
            qFatal("no such exchange");
        for (const std::string& venue : plan.venues)
            addVenue(plan, venue);
    }

    /// A bar's close, a reading's amount in base units and its value in USD.
    struct Row {
        double close = 0, amount = 0, value = 0;
    };
    static std::map<qint64, Row> rows(const Series& one, TimeRange range)
    {
        std::map<qint64, Row> all;
        const Grid grid(*Timeframe::fromName(one.frame));
        for (const sim::Bar& bar : one.market->source->read(grid, range, 1'000'000, sim::Side::Oldest)) {
            Row& row = all[bar.openMs];
            row.close = bar.close.toDouble();
            if (one.kind == Kind::Candles)
                continue;
            const sim::Bar reading = sim::interestAt(*one.market, bar);
            row.amount = reading.volume.toDouble();
            row.value = reading.quoteVolume.toDouble();
        }
        return all;
    }

    std::vector<Series> series;

private:
    /// Contracts first: they have both kinds.
    void addVenue(const Plan& plan, const std::string& venue)
    {
        std::vector<const sim::Market*> markets;
        for (const MarketType type : {MarketType::Linear, MarketType::Inverse, MarketType::Spot}) {
            for (const sim::Market* market : m_store.markets(venue, type))
                markets.push_back(market);
        }
        markets.resize(std::min(markets.size(), plan.symbols));
        std::size_t interests = 0;
        for (const sim::Market* market : markets) {
            const bool hasInterest = market->interest > 0 && interests < plan.interests;
            interests += hasInterest ? 1 : 0;
            for (const std::string& frame : plan.frames) {
                series.push_back({venue, market->symbol.text(), frame, Kind::Candles, market});
                if (hasInterest && tellsInterest(venue, frame))
                    series.push_back({venue, market->symbol.text(), frame, Kind::OpenInterest, market});
            }
        }
    }

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

using Rows = std::map<qint64, QStringList>;

/// By time; fails where there is one twice.
Rows storedRows(const Database& db, const Series& one, TimeRange range)
{
    const bool isCandles = one.kind == Kind::Candles;
    Rows stored;
    for (const QStringList& row : db.rows(QStringLiteral("SELECT %1 FROM %2 JOIN series ON series.id = series_id WHERE %3 AND %4 >= %5 AND %4 < %6")
             .arg(isCandles ? QStringLiteral("open_time, close") : QStringLiteral("time, amount, value"), one.table(), one.where(),
                 isCandles ? QStringLiteral("open_time") : QStringLiteral("time"))
                 .arg(toMs(range.from))
                 .arg(toMs(range.to)))) {
        if (!stored.emplace(row[0].toLongLong(), row).second)
            QTest::qFail(qPrintable(one.text() + QStringLiteral(" has twice ") + row[0]), __FILE__, __LINE__);
    }
    return stored;
}

IntervalSet answered(const Database& db, const Series& one)
{
    IntervalSet all;
    for (const QStringList& piece : db.rows(QStringLiteral("SELECT from_time, to_time FROM coverage JOIN series ON series.id = series_id WHERE state = 'answered' AND %1").arg(one.where())))
        all.add({fromMs(piece[0].toLongLong()), fromMs(piece[1].toLongLong())});
    return all;
}

/// Contracts are whole ones, which moves a value of millions by a few dollars.
bool isTrue(const Series& one, const QStringList& row, const Truth::Row& truth)
{
    if (one.kind == Kind::Candles)
        return qFuzzyCompare(row[1].toDouble(), truth.close);
    const auto isNear = [](const QString& number, double wanted) { return number.isEmpty() || std::abs(number.toDouble() - wanted) <= 1e-4 * wanted; };
    return !(row[1] + row[2]).isEmpty() && isNear(row[1], truth.amount) && isNear(row[2], truth.value);
}

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
    void everyRowOnce();
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
    const std::map<std::string, QByteArray> rates {{"binance", "spot linear inverse statistics"}, {"bybit", "ip"}, {"okx", "candles history instruments interest"},
        {"kraken", "public"}, {"coinbaseexchange", "public"}, {"bitfinex", "candles status"}, {"bitflyer", "public"}, {"btcbox", "public"}};
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
            + "], kinds: ["
            + QByteArray::fromStdString(std::string(toText(one.kind))) + "], timeframes: [" + QByteArray::fromStdString(one.frame) + "]}\n";
    }
    m_cli->writeFile(QStringLiteral("config/assets.yaml"), universe);
    const QByteArray common = "paused: false, catchup: true, start: \"" + QByteArray::fromStdString(formatIso(begin)) + "\"}\n";
    // as shipped, but for the year, which no week has room for
    const QByteArray deep = "tasks: [{id: markets, type: markets, retries: 3, retry_delay: 5m}, "
                            "{id: candles, type: backfill, with: {last: 2d, newest_first: true}, depends_on: [markets], trigger_rule: all_done}, "
                            "{id: open_interest, type: open_interest, with: {last: 2d}, depends_on: [markets], trigger_rule: all_done}], ";
    m_cli->writeFile(QStringLiteral("config/dags/dag_configs.yaml"),
        "incremental: {schedule: every " + QByteArray::number(m_plan.everyHours) + "h, " + common + "validation: {" + common + "cross_source: {" + common
            + "repair: {" + common + "deep_backfill: {" + deep + common);
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
        {QStringLiteral("repair"), dueTimes(m_end, hours {24}, hours {5})},
        {QStringLiteral("deep_backfill"), dueTimes(m_end, hours {24}, hours {1} + minutes {30})}};
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

void TestWeek::everyRowOnce()
{
    const Database db(m_cli->dataDir());
    const UtcMs from = std::chrono::ceil<hours>(begin);
    const UtcMs to = std::chrono::floor<hours>(m_end) - hours {m_plan.everyHours}; // the last run came before later bars closed
    std::map<QString, qsizetype> count;
    for (const Series& one : m_truth->series) {
        const auto stored = storedRows(db, one, {from, to});
        if (QTest::currentTestFailed())
            return;
        const IntervalSet known = answered(db, one);
        if (!one.isRecentOnly())
            QVERIFY2(known.contains({from, to}), qPrintable(one.text() + QStringLiteral(" is not answered throughout")));
        const auto wanted = Truth::rows(one, {from, to});
        QVERIFY2(!wanted.empty(), qPrintable(one.text()));
        for (const auto& [time, row] : wanted) {
            if (known.contains(fromMs(time)))
                QVERIFY2(stored.contains(time), qPrintable(one.text() + QStringLiteral(" lacks ") + QString::fromStdString(formatIso(fromMs(time)))));
        }
        for (const auto& [time, row] : stored) {
            const auto truth = wanted.find(time);
            const QString where = one.text() + QStringLiteral(" at ") + row.join(u' ');
            QVERIFY2(truth != wanted.end(), qPrintable(where));
            QVERIFY2(isTrue(one, row, truth->second), qPrintable(where));
        }
        count[QString::fromStdString(one.exchange) + u' ' + one.table()] += qsizetype(stored.size());
    }
    for (const auto& [name, rows] : count) {
        QVERIFY2(rows > 0, qPrintable(name));
        qInfo("%s: %lld rows, none twice and none missing", qPrintable(name), qlonglong(rows));
    }
    qInfo("%zu series as the exchanges have them", m_truth->series.size());
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
    everyRowOnce();
    theFileIsWhole();
}

QTEST_GUILESS_MAIN(TestWeek)
#include "tst_week.moc"
