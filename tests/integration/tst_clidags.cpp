// Pipelines on the command line: they really run against the synthetic market, a scheduler that is killed loses nothing and does
// nothing twice, and commands reach it from other processes.

#include <QtTest>

#include <map>
#include <random>
#include <set>

#include <sqlite3.h>

#include "support/programs.h"

namespace {

const QByteArray universe = "universe:\n  - {exchanges: [binance, bybit], symbols: [BTC/USDT], timeframes: [1h]}\n";

QStringList words(const char* line)
{
    return QString::fromLatin1(line).split(u' ');
}

/// Rows of a query, as text.
QList<QStringList> rowsOf(const QString& dataDir, const char* sql)
{
    sqlite3* db = nullptr;
    sqlite3_open_v2(qPrintable(dataDir + QStringLiteral("/mnemo.db")), &db, SQLITE_OPEN_READONLY, nullptr);
    sqlite3_busy_timeout(db, 5'000);
    sqlite3_stmt* statement = nullptr;
    QList<QStringList> rows;
    if (sqlite3_prepare_v2(db, sql, -1, &statement, nullptr) == SQLITE_OK) {
        while (sqlite3_step(statement) == SQLITE_ROW) {
            QStringList row;
            for (int i = 0; i < sqlite3_column_count(statement); ++i)
                row << QString::fromUtf8(reinterpret_cast<const char*>(sqlite3_column_text(statement, i)));
            rows << row;
        }
    }
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return rows;
}

/// A scheduler without a window, until it says that it schedules.
std::unique_ptr<QProcess> startScheduler(const Cli& cli)
{
    auto process = cli.start(words("dags run-scheduler"));
    process->setReadChannel(QProcess::StandardError);
    while (process->state() == QProcess::Running && !process->canReadLine())
        process->waitForReadyRead(20'000);
    return process;
}

int endOf(QProcess& process)
{
    Cli::send(process, SIGTERM);
    return Cli::finish(process).status;
}

} // namespace

class TestCliDags : public QObject {
    Q_OBJECT

private slots:
    void initTestCase();
    void init();
    void collectsValidatesAndRepairs();
    void theKindsOfTasks();
    void shellIsOffUnlessAskedFor();
    void aFailedTaskIsRetriedByHand();
    void whatATryWaitedForIsStored_data();
    void whatATryWaitedForIsStored();
    void killedAtAnyMoment();
    void commandsReachTheScheduler();
    void withoutASchedulerCommandsWait();
    void backfillOverARange();
    void aBrokenFileDisablesItselfAlone();
    void wrongUse_data();
    void wrongUse();

private:
    QJsonValue json(const char* line) const
    {
        const Outcome outcome = m_cli->run(words(line));
        const auto document = outcome.json();
        if (document.isNull())
            qWarning("%s: %s", line, outcome.err.constData());
        return document.isArray() ? QJsonValue(document.array()) : QJsonValue(document.object());
    }
    void dag(const QByteArray& text) const { m_cli->writeFile(QStringLiteral("config/dags/mine.yaml"), text); }

    std::unique_ptr<Sim> m_sim;
    std::unique_ptr<Cli> m_cli;
};

void TestCliDags::initTestCase()
{
    m_sim = std::make_unique<Sim>(words("--synthetic 3 --exchange binance,bybit"));
    QVERIFY(m_sim->isUp());
}

void TestCliDags::init()
{
    m_cli = std::make_unique<Cli>();
    for (const char* exchange : {"binance", "bybit"})
        m_cli->set(QStringLiteral("exchanges.%1.base_url=%2/%1").arg(QString::fromLatin1(exchange), m_sim->url()));
    m_cli->set(QStringLiteral("ingest.first_range=5d"));
    m_cli->writeFile(QStringLiteral("config/assets.yaml"), universe);
}

void TestCliDags::collectsValidatesAndRepairs()
{
    dag("chain:\n  tasks:\n    - {id: fetch, type: incremental}\n    - {id: check, type: validate, with: {last: 5d, fail_on: never}, depends_on: fetch}\n"
        "    - {id: mend, type: repair, with: {last: 5d}, depends_on: check}\n");
    const auto would = json("dags trigger chain --dry-run --json").toObject();
    QCOMPARE(would[QStringLiteral("tasks")].toArray().size(), 6);
    const Outcome done = m_cli->run(words("dags trigger chain --wait --json"));
    QVERIFY2(done.status == 0, done.err.constData());
    const QJsonObject run = done.json().object();
    QCOMPARE(run[QStringLiteral("state")].toString(), QStringLiteral("success"));
    QCOMPARE(run[QStringLiteral("tasks")].toArray().size(), 6);
    for (const auto& task : run[QStringLiteral("tasks")].toArray())
        QCOMPARE(task.toObject()[QStringLiteral("state")].toString(), QStringLiteral("success"));
    const auto stored = rowsOf(m_cli->dataDir(), "SELECT exchange, count(*) FROM candles JOIN series ON series.id = series_id GROUP BY 1 ORDER BY 1");
    QCOMPARE(stored.size(), 2);
    QVERIFY2(stored[0][1].toInt() >= 119, qPrintable(stored[0][1])); // five days of hours
    const Outcome log = m_cli->run(words("dags log 1 fetch"));
    QVERIFY2(log.out.contains("binance spot BTC/USDT candles 1h: complete"), log.out.constData());
    QVERIFY(!log.out.contains("rows judged"));
    QCOMPARE(json("dags runs chain --json").toArray().size(), 1);
}

/// What leaves the store, and what looks at it.
void TestCliDags::theKindsOfTasks()
{
    dag("kinds:\n  tasks:\n    - {id: lists, type: markets}\n    - {id: fetch, type: backfill, with: {last: 3d, newest_first: true}, depends_on: lists}\n"
        "    - {id: same, type: compare, with: {last: 3d}, depends_on: fetch}\n"
        "    - {id: days, type: rollup, with: {last: 3d, timeframes: [4h, 1d]}, depends_on: fetch}\n"
        "    - {id: again, type: rollup, depends_on: days}\n"
        "    - {id: out, type: export, with: {last: 3d, path: 'exports/{exchange}-{symbol}-{timeframe}.csv'}, depends_on: fetch}\n"
        "    - {id: count, type: sql, with: {query: 'SELECT count(*) FROM candles', expect: '> 100'}, depends_on: [fetch, days]}\n"
        "    - {id: none, type: sql, with: {query: \"SELECT timeframe FROM series WHERE exchange = '{params.exchange}'\", expect: empty}, depends_on: fetch}\n");
    const Outcome done = m_cli->run(words("dags trigger kinds --wait --json --param exchange=kraken"));
    QVERIFY2(done.status == 0, (done.err + done.out).constData());
    QFile file(m_cli->dataDir() + QStringLiteral("/exports/binance-BTC-USDT-1h.csv"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    QVERIFY(file.readLine().startsWith("open_time,open,high"));
    QCOMPARE(rowsOf(m_cli->dataDir(), "SELECT DISTINCT timeframe FROM series ORDER BY 1").size(), 3);
    QVERIFY(rowsOf(m_cli->dataDir(), "SELECT count(*) FROM pages WHERE route = 'derived'").front().front().toInt() >= 4);
    const Outcome failed = m_cli->run(words("dags trigger kinds --wait --json --param exchange=binance"));
    QCOMPARE(failed.status, 1);
    QVERIFY2(failed.out.contains("expected no rows, found 3"), failed.out.constData());
}

void TestCliDags::shellIsOffUnlessAskedFor()
{
    dag("sh:\n  tasks:\n    - {id: say, type: shell, with: {command: 'echo hello {params.who} of $MNEMO_PIPELINE'}, expand: {by: all}}\n");
    const Outcome off = m_cli->run(words("dags trigger sh --wait --json --param who=ann"));
    QCOMPARE(off.status, 1);
    QVERIFY2(off.out.contains("pipeline.shell"), off.out.constData());
    m_cli->set(QStringLiteral("pipeline.shell=true"));
    const Outcome on = m_cli->run(words("dags trigger sh --wait --json --param who=$(id)"));
    QVERIFY2(on.status == 0, on.out.constData());
    QVERIFY(m_cli->run(words("dags log 2")).out.contains("say: hello $(id) of sh\n"));
}

void TestCliDags::whatATryWaitedForIsStored_data()
{
    QTest::addColumn<QByteArray>("rate"); ///< of our own budget
    QTest::addColumn<QString>("limits");  ///< of the exchange
    QTest::addColumn<QStringList>("why"); ///< a refusal holds the page that met it, or the lane before the next one
    QTest::addColumn<int>("leastMs"); ///< of eight pages
    QTest::newRow("for our own budget") << QByteArray("{limit: 4, per: 1s}") << QStringLiteral("off") << QStringList {QStringLiteral("rate limit")} << 1'500;
    QTest::newRow("because the exchange refuses") << QByteArray("{limit: 1000000, per: 1m}") << QStringLiteral("4/s") << QStringList {QStringLiteral("retry"), QStringLiteral("rate limit")} << 700;
}

/// Pages cost 2 of the budget of binance's spot market, and the lane is the engine's own.
void TestCliDags::whatATryWaitedForIsStored()
{
    QFETCH(QByteArray, rate);
    QFETCH(QString, limits);
    QFETCH(QStringList, why);
    QFETCH(int, leastMs);
    Sim tight(words("--synthetic 3 --exchange binance --limits") << limits);
    QVERIFY(tight.isUp());
    m_cli->set(QStringLiteral("exchanges.binance.base_url=%1/binance").arg(tight.url()));
    m_cli->writeFile(QStringLiteral("config/exchanges/binance.yaml"), "rate: {spot: " + rate + "}\n");
    dag("minutes:\n  tasks:\n    - {id: fetch, type: backfill, with: {from: 2025-03-01, to: 2025-03-06}, expand: {over: list, exchanges: [binance], "
        "symbols: [BTC/USDT], timeframes: [1m]}}\n");
    const Outcome done = m_cli->run(words("dags trigger minutes --wait --json"));
    QVERIFY2(done.status == 0, done.err.constData());
    const auto stored = rowsOf(m_cli->dataDir(), "SELECT tries FROM tasks");
    QCOMPARE(stored.size(), 1);
    const QJsonArray tries = QJsonDocument::fromJson(stored[0][0].toUtf8()).array();
    QCOMPARE(tries.size(), 1);
    const QJsonObject only = tries[0].toObject();
    qint64 held = 0, before = only[QStringLiteral("started")].toInteger();
    for (const QJsonValue& wait : only[QStringLiteral("waits")].toArray()) {
        QVERIFY(wait[QStringLiteral("from")].toInteger() >= before && wait[QStringLiteral("to")].toInteger() > wait[QStringLiteral("from")].toInteger());
        before = wait[QStringLiteral("to")].toInteger();
        if (why.contains(wait[QStringLiteral("why")].toString()))
            held += wait[QStringLiteral("held")].toInteger();
    }
    QVERIFY(before <= only[QStringLiteral("finished")].toInteger());
    QVERIFY2(held >= leastMs, stored[0][0].toUtf8().constData());
}

void TestCliDags::aFailedTaskIsRetriedByHand()
{
    m_cli->set(QStringLiteral("pipeline.shell=true"));
    dag("flag:\n  tasks:\n    - {id: look, type: shell, retries: 0, with: {command: 'test -e \"$XDG_DATA_HOME/flag\"'}, expand: {by: all}}\n"
        "    - {id: after, type: sql, with: {query: 'SELECT 1'}, depends_on: look}\n");
    QCOMPARE(m_cli->run(words("dags trigger flag --wait --json")).status, 1);
    const auto would = json("dags retry 1 --dry-run --json").toObject()[QStringLiteral("tasks")].toArray();
    QCOMPARE(would.size(), 2);
    QCOMPARE(would[1].toObject()[QStringLiteral("state")].toString(), QStringLiteral("upstream_failed"));
    m_cli->writeFile(QStringLiteral("xdg-data/flag"), "x");
    const auto scheduler = startScheduler(*m_cli);
    QCOMPARE(m_cli->run(words("dags retry 1 --json")).status, 0);
    QTRY_COMPARE_WITH_TIMEOUT(json("dags runs flag --json").toArray().first().toObject()[QStringLiteral("state")].toString(), QStringLiteral("success"), 20'000);
    QCOMPARE(m_cli->run(words("dags mark 1 after --state failed --json")).status, 0);
    QCOMPARE(json("dags runs flag --json").toArray().first().toObject()[QStringLiteral("state")].toString(), QStringLiteral("failed"));
    QCOMPARE(endOf(*scheduler), 0);
}

/// Every due time has its run, once, whenever the process ends; what was at work goes on.
void TestCliDags::killedAtAnyMoment()
{
    dag("often:\n  schedule: every 1s\n  catchup: true\n  max_active_runs: 3\n  tasks:\n    - {id: fetch, type: incremental}\n"
        "    - {id: count, type: sql, with: {query: 'SELECT count(*) FROM candles'}, depends_on: fetch}\n");
    std::mt19937 random(7);
    std::uniform_int_distribution<int> moment(0, 1'200);
    for (int i = 0; i < 8; ++i) {
        const auto scheduler = startScheduler(*m_cli);
        QVERIFY2(scheduler->state() == QProcess::Running, scheduler->readAllStandardError().constData());
        QTest::qWait(moment(random)); // the moment of the kill is what is tested
        Cli::send(*scheduler, SIGKILL);
        Cli::finish(*scheduler);
    }
    const auto killed = rowsOf(m_cli->dataDir(), "SELECT max(due) FROM runs").front().front().toLongLong();
    QVERIFY(killed > 0);
    const auto last = startScheduler(*m_cli);
    QTRY_VERIFY_WITH_TIMEOUT(rowsOf(m_cli->dataDir(), "SELECT max(due) FROM runs WHERE state = 'success'").front().front().toLongLong() > killed + 2'000, 60'000);
    QCOMPARE(endOf(*last), 0);
    std::set<qint64> dues;
    const auto runs = rowsOf(m_cli->dataDir(), "SELECT due, state, id FROM runs WHERE pipeline = 'often' ORDER BY due");
    qint64 newestSuccess = 0;
    for (const QStringList& run : runs) {
        QVERIFY2(dues.insert(run[0].toLongLong()).second, qPrintable(run[0])); // none twice
        if (run[1] == QStringLiteral("success"))
            newestSuccess = run[0].toLongLong();
        else
            QVERIFY2(run[1] == QStringLiteral("running"), qPrintable(run.join(u' '))); // at work when it ended
    }
    for (qint64 due = *dues.begin(); due <= newestSuccess; due += 1'000)
        QVERIFY2(dues.contains(due), qPrintable(QString::number(due))); // none lost
    QVERIFY(std::ssize(dues) >= 5);
    const auto tasks = rowsOf(m_cli->dataDir(), "SELECT DISTINCT tasks.state FROM tasks JOIN runs ON runs.id = run_id WHERE runs.state = 'success'");
    QCOMPARE(tasks, QList<QStringList> {QStringList {QStringLiteral("success")}});
    QCOMPARE(rowsOf(m_cli->dataDir(), "SELECT count(*) FROM tasks LEFT JOIN runs ON runs.id = run_id WHERE runs.id IS NULL").front().front(), QStringLiteral("0"));
}

void TestCliDags::commandsReachTheScheduler()
{
    m_cli->set(QStringLiteral("pipeline.shell=true"));
    dag("slow:\n  tasks:\n    - {id: wait, type: shell, with: {command: 'sleep 60'}, expand: {by: all}}\n    - {id: then, type: sql, with: {query: 'SELECT 1'}, depends_on: wait}\n"
        "quick:\n  schedule: every 1d\n  tasks:\n    - {id: one, type: sql, with: {query: 'SELECT 1'}}\n");
    const auto scheduler = startScheduler(*m_cli);
    const Outcome second = m_cli->run(words("dags run-scheduler"));
    QCOMPARE(second.status, 3);
    QVERIFY2(second.err.contains(QByteArray::number(scheduler->processId())), second.err.constData());
    QCOMPARE(m_cli->run(words("dags trigger quick --wait --json")).status, 0); // run by the other one
    const auto begun = json("dags trigger slow --json").toObject();
    const int run = begun[QStringLiteral("runs")].toArray().first().toInt();
    QVERIFY(run > 0);
    QTRY_COMPARE_WITH_TIMEOUT(json(qPrintable(QStringLiteral("dags tasks %1 --json").arg(run))).toArray().first().toObject()[QStringLiteral("state")].toString(), QStringLiteral("running"), 10'000);
    QCOMPARE(m_cli->run(words(qPrintable(QStringLiteral("dags priority %1 then --priority 9").arg(run)))).status, 0);
    QCOMPARE(m_cli->run(words(qPrintable(QStringLiteral("dags pause --run %1 --task then").arg(run)))).status, 0);
    QCOMPARE(m_cli->run(words(qPrintable(QStringLiteral("dags cancel %1").arg(run)))).status, 0);
    QTRY_VERIFY_WITH_TIMEOUT(!json("dags runs slow --json").toArray().first().toObject()[QStringLiteral("finished")].isNull(), 10'000);
    const auto tasks = json(qPrintable(QStringLiteral("dags tasks %1 --json").arg(run))).toArray();
    QCOMPARE(tasks[0].toObject()[QStringLiteral("state")].toString(), QStringLiteral("cancelled"));
    QCOMPARE(tasks[1].toObject()[QStringLiteral("priority")].toInt(), 9);
    QCOMPARE(m_cli->run(words("dags pause quick")).status, 0);
    const auto isPaused = [this](const QString& id) {
        for (const auto& one : json("dags list --json").toObject()[QStringLiteral("dags")].toArray()) {
            if (one.toObject()[QStringLiteral("dag")].toString() == id)
                return one.toObject()[QStringLiteral("paused")].toBool();
        }
        return false;
    };
    QVERIFY(isPaused(QStringLiteral("quick")));
    QCOMPARE(m_cli->run(words("dags resume quick")).status, 0);
    QVERIFY(!isPaused(QStringLiteral("quick")));
    const int undo = json("dags pause quick --json").toObject()[QStringLiteral("undo")].toInt();
    QVERIFY(undo > 0 && isPaused(QStringLiteral("quick")));
    QCOMPARE(m_cli->run(words(qPrintable(QStringLiteral("dags undo %1").arg(undo)))).status, 0);
    QVERIFY(!isPaused(QStringLiteral("quick")));
    const Outcome twice = m_cli->run(words(qPrintable(QStringLiteral("dags undo %1").arg(undo))));
    QVERIFY2(twice.status != 0 && twice.err.contains("cannot be taken back"), twice.err.constData());
    QCOMPARE(endOf(*scheduler), 0);
}

void TestCliDags::withoutASchedulerCommandsWait()
{
    dag("quick:\n  tasks:\n    - {id: one, type: sql, with: {query: 'SELECT 1'}}\n");
    const Outcome begun = m_cli->run(words("dags trigger quick --json"));
    QVERIFY2(begun.status == 0, begun.err.constData());
    QVERIFY(begun.err.contains("run-scheduler"));
    QCOMPARE(json("dags tasks 1 --json").toArray().first().toObject()[QStringLiteral("state")].toString(), QStringLiteral("scheduled"));
    const auto scheduler = startScheduler(*m_cli);
    QTRY_COMPARE_WITH_TIMEOUT(json("dags tasks 1 --json").toArray().first().toObject()[QStringLiteral("state")].toString(), QStringLiteral("success"), 10'000);
    QCOMPARE(endOf(*scheduler), 0);
}

void TestCliDags::backfillOverARange()
{
    dag("daily:\n  schedule: 0 0 * * *\n  paused: true\n  tasks:\n    - {id: fetch, type: backfill, expand: {exchanges: [binance]}}\n");
    const auto would = json("dags backfill daily --from 2024-01-02 --to 2024-01-06 --newest-first --dry-run --json").toObject();
    QCOMPARE(would[QStringLiteral("dues")].toArray().size(), 4);
    QVERIFY(would[QStringLiteral("dues")].toArray().first().toDouble() > would[QStringLiteral("dues")].toArray().last().toDouble());
    const auto scheduler = startScheduler(*m_cli);
    const Outcome begun = m_cli->run(words("dags backfill daily --from 2024-01-02 --to 2024-01-06 --newest-first --max-parallel 2 --json"));
    QVERIFY2(begun.status == 0, begun.err.constData());
    QTRY_COMPARE_WITH_TIMEOUT(json("dags runs daily --state success --json").toArray().size(), 4, 30'000);
    QCOMPARE(endOf(*scheduler), 0);
    const auto stored = rowsOf(m_cli->dataDir(), "SELECT count(*), min(open_time), max(open_time) FROM candles").front();
    QCOMPARE(stored, (QStringList {QStringLiteral("96"), QStringLiteral("1704067200000"), QStringLiteral("1704409200000")}));
}

void TestCliDags::aBrokenFileDisablesItselfAlone()
{
    dag("good:\n  tasks:\n    - {id: one, type: sql, with: {query: 'SELECT 1'}}\nround:\n  tasks:\n    - {id: a, type: markets, depends_on: b}\n    - {id: b, type: markets, depends_on: a}\n");
    const Outcome wrong = m_cli->run(words("dags check"));
    QCOMPARE(wrong.status, 2);
    QVERIFY2(wrong.err.contains("dags/mine.yaml:") && wrong.err.contains("a -> b -> a"), wrong.err.constData());
    const auto scheduler = startScheduler(*m_cli);
    m_cli->writeFile(QStringLiteral("config/dags/other.yaml"), "broken: [\n");
    QCOMPARE(m_cli->run(words("dags trigger good --wait --json")).status, 0);
    const auto list = json("dags list --json").toObject();
    QCOMPARE(list[QStringLiteral("problems")].toArray().size(), 2);
    m_cli->writeFile(QStringLiteral("config/dags/other.yaml"), "fresh:\n  tasks:\n    - {id: one, type: sql, with: {query: 'SELECT 1'}}\n");
    QTRY_COMPARE_WITH_TIMEOUT(m_cli->run(words("dags trigger fresh --wait --json")).status, 0, 20'000); // once the file was noticed
    QCOMPARE(endOf(*scheduler), 0);
}

void TestCliDags::wrongUse_data()
{
    QTest::addColumn<QString>("line");
    QTest::addColumn<int>("status");
    QTest::addColumn<QString>("says");
    QTest::newRow("no such pipeline") << "dags trigger incrementl" << 2 << "did you mean incremental?";
    QTest::newRow("nor to show") << "dags show incrementl" << 2 << "did you mean incremental?";
    QTest::newRow("no such run") << "dags tasks 7" << 2 << "no run 7";
    QTest::newRow("parameter") << "dags trigger incremental --param x" << 2 << "NAME=VALUE";
    QTest::newRow("backfill of nothing") << "dags backfill validation" << 2 << "--from";
    QTest::newRow("mark without a state") << "dags mark 1 a" << 2 << "--state";
    QTest::newRow("pause of nothing") << "dags pause" << 2 << "--backfill";
    QTest::newRow("state of runs") << "dags runs --state done" << 2 << "no state";
}

void TestCliDags::wrongUse()
{
    QFETCH(QString, line);
    QFETCH(int, status);
    QFETCH(QString, says);
    const Outcome outcome = m_cli->run(words(qPrintable(line)));
    QCOMPARE(outcome.status, status);
    QVERIFY2(outcome.err.contains(says.toUtf8()), outcome.err.constData());
}

QTEST_GUILESS_MAIN(TestCliDags)
#include "tst_clidags.moc"
