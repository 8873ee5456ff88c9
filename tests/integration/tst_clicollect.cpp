// Collecting from the command line: from an exchange on this machine to the store and out again.

#include <map>

#include <sqlite3.h>

#include "support/programs.h"

namespace {

constexpr qint64 minute = 60'000;
constexpr qint64 start = 1'704'067'200'000; // 2024-01-01
constexpr int minutes = 3 * 1440;

bool isInHole(int index) ///< nothing traded in these minutes of the made-up file
{
    return (index >= 700 && index < 720) || index == 2000;
}

/// Three days of minutes, with values that show whether a column or a digit got lost.
QByteArray candleFile()
{
    QByteArray csv = "open_time,open,high,low,close,volume,quote_volume,trades\n";
    for (int i = 0; i < minutes; ++i) {
        if (isInHole(i))
            continue;
        const double price = 42000 + 0.01 * ((i * 7919) % 100'000);
        const auto text = [](double value) { return QByteArray::number(value, 'f', 2); };
        csv += QByteArray::number(start + i * minute) + "," + text(price) + "," + text(price + 3.25) + "," + text(price - 2.5) + "," + text(price + 0.75)
            + ",0." + QByteArray::number(10'000'001 + i) + "," + text(price / 10) + "," + QByteArray::number(i % 97 + 1) + "\n";
    }
    return csv;
}

/// Open time and the five numbers of each line of a CSV with our header.
std::map<qint64, QList<double>> rowsOf(const QByteArray& csv)
{
    std::map<qint64, QList<double>> rows;
    for (const QByteArray& line : csv.split('\n').mid(1)) {
        const auto fields = line.split(',');
        if (fields.size() < 6)
            continue;
        for (int i = 1; i < 6; ++i)
            rows[fields[0].toLongLong()] << fields[i].toDouble();
    }
    return rows;
}

} // namespace

class TestCliCollect : public QObject {
    Q_OBJECT

private slots:
    void initTestCase();
    void init();
    void backfillStoresExactlyTheFile();
    void secondBackfillAsksForNothing();
    void holesAreEmptyNotUnknown();
    void planSendsNothing();
    void progressLinesEndWithOneResult();
    void severalSeriesAtOnce();
    void venueThatFailsLeavesFailedGaps();
    void faultsLoseNothing();
    void unknownSymbol();
    void stopAndGoOn();
    void secondCollectorIsRefused();
    void candlesFormats();
    void readersThatGoAway();
    void exportsAndImports();
    void rebuildWithoutNetwork();
    void incrementalFollowsTheUniverse();
    void queryReadsOnly();
    void databaseCommands();
    void doctor();
    void marketsOfTheVenue();
    void realFile_data();
    void realFile();
    void realOpenInterest_data();
    void realOpenInterest();

private:
    std::unique_ptr<Cli> makeCli(const Sim& sim) const;
    QString backfill(const QString& rest) const { return QStringLiteral("backfill --exchange binance --symbol BTC/USDT --timeframe 1m ") + rest; }
    QString wholeRange() const { return QStringLiteral("--from 2024-01-01 --to 2024-01-04 "); }
    void collect() const; ///< fills m_cli's store with the whole file

    QTemporaryDir m_folder;
    QString m_file;
    std::unique_ptr<Sim> m_sim;
    std::unique_ptr<Cli> m_cli;
};

void TestCliCollect::initTestCase()
{
    m_file = m_folder.filePath(QStringLiteral("minutes.csv"));
    QFile file(m_file);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(candleFile());
    file.close();
    m_sim = std::make_unique<Sim>(QStringList {QStringLiteral("--data"),
        QStringLiteral("exchange=binance,market=spot,symbol=BTC/USDT,timeframe=1m,file=") + m_file});
    QVERIFY(m_sim->isUp());
}

void TestCliCollect::init()
{
    m_cli = makeCli(*m_sim);
}

std::unique_ptr<Cli> TestCliCollect::makeCli(const Sim& sim) const
{
    auto cli = std::make_unique<Cli>();
    for (const char* exchange : {"binance", "bybit", "okx", "kraken", "coinbaseexchange", "bitfinex"})
        cli->set(QStringLiteral("exchanges.%1.base_url=%2/%1").arg(QString::fromLatin1(exchange), sim.url()));
    return cli;
}

void TestCliCollect::collect() const
{
    const Outcome outcome = m_cli->run(words(backfill(wholeRange())));
    QVERIFY2(outcome.status == 0, outcome.err);
}

void TestCliCollect::backfillStoresExactlyTheFile()
{
    const Outcome outcome = m_cli->run(words(backfill(wholeRange() + QStringLiteral("--json"))));
    QVERIFY2(outcome.status == 0, outcome.err);
    const QJsonObject result = outcome.lastLine();
    QCOMPARE(result[u"type"].toString(), QStringLiteral("result"));
    QCOMPARE(result[u"status"].toString(), QStringLiteral("complete"));
    const QJsonObject series = result[u"series"][0].toObject();
    QCOMPARE(series[u"exchange"].toString(), QStringLiteral("binance"));
    QCOMPARE(series[u"source"].toString(), QStringLiteral("binance"));
    QCOMPARE(series[u"market"].toString(), QStringLiteral("spot"));
    QCOMPARE(series[u"symbol"].toString(), QStringLiteral("BTC/USDT"));
    QCOMPARE(series[u"kind"].toString(), QStringLiteral("candles"));
    QCOMPARE(series[u"timeframe"].toString(), QStringLiteral("1m"));
    QCOMPARE(series[u"from"].toDouble(), double(start));
    QCOMPARE(series[u"to"].toDouble(), double(start + minutes * minute));
    QCOMPARE(series[u"rowsStored"].toInt(), minutes - 21);
    QCOMPARE(series[u"rowsTotal"].toInt(), minutes - 21);
    QVERIFY(series[u"requests"].toInt() >= 5); // pages of 1000
    QVERIFY(series[u"gaps"].isArray());
    const Outcome candles = m_cli->run(words(QStringLiteral("candles --symbol BTC/USDT --timeframe 1m")));
    QCOMPARE(candles.status, 0);
    QVERIFY(rowsOf(candles.out) == rowsOf(candleFile()));
}

void TestCliCollect::secondBackfillAsksForNothing()
{
    collect();
    const Outcome again = m_cli->run(words(backfill(wholeRange() + QStringLiteral("--json"))));
    QCOMPARE(again.status, 0);
    const QJsonValue series = again.lastLine()[u"series"][0];
    QCOMPARE(series[u"requests"].toInt(), 0);
    QCOMPARE(series[u"rowsStored"].toInt(), 0);
    QCOMPARE(series[u"rowsTotal"].toInt(), minutes - 21);
}

void TestCliCollect::holesAreEmptyNotUnknown()
{
    collect();
    const Outcome gaps = m_cli->run(words(QStringLiteral("gaps --json")));
    QCOMPARE(gaps.status, 0); // nothing traded: explained
    const QJsonArray list = gaps.json().array();
    QCOMPARE(list.size(), 2);
    QCOMPARE(list[0][u"class"].toString(), QStringLiteral("empty"));
    QCOMPARE(list[0][u"from"].toDouble(), double(start + 700 * minute));
    QCOMPARE(list[0][u"to"].toDouble(), double(start + 720 * minute));
    QCOMPARE(list[0][u"bars"].toInt(), 20);
    QVERIFY(!list[0][u"evidence"].toString().isEmpty());
    QCOMPARE(m_cli->run(words(backfill(wholeRange() + QStringLiteral("--strict")))).status, 1);
    // what was never asked is unknown, and that is status 1
    const Outcome wider = m_cli->run(words(QStringLiteral("gaps --json --from 2023-12-31")));
    QCOMPARE(wider.status, 1);
    QCOMPARE(wider.json().array()[0][u"class"].toString(), QStringLiteral("unknown"));
    QCOMPARE(wider.json().array()[0][u"bars"].toInt(), 1440);
}

void TestCliCollect::planSendsNothing()
{
    const Outcome plan = m_cli->run(words(backfill(wholeRange() + QStringLiteral("--plan --json"))));
    QVERIFY2(plan.status == 0, plan.err);
    const QJsonObject series = plan.json().object()[u"series"][0].toObject();
    QCOMPARE(series[u"barsWanted"].toInt(), minutes);
    QCOMPARE(series[u"barsAnswered"].toInt(), 0);
    const QJsonArray pages = series[u"pages"].toArray();
    QCOMPARE(pages.size(), 5);
    qint64 at = start;
    for (const QJsonValue& page : pages) { // adjacent, complete
        QCOMPARE(page[u"from"].toDouble(), double(at));
        at = static_cast<qint64>(page[u"to"].toDouble());
        QCOMPARE(page[u"route"].toString(), QStringLiteral("rest"));
        QVERIFY(page[u"url"].toString().contains(QStringLiteral("klines")));
    }
    QCOMPARE(at, start + minutes * minute);
    collect();
    const Outcome after = m_cli->run(words(backfill(QStringLiteral("--from 2024-01-01 --to 2024-01-05 --plan --json"))));
    QCOMPARE(after.json().object()[u"series"][0][u"barsAnswered"].toInt(), minutes);
    QVERIFY(m_cli->run(words(backfill(wholeRange() + QStringLiteral("--plan")))).out.startsWith("binance spot BTC/USDT candles 1m"));
}

void TestCliCollect::progressLinesEndWithOneResult()
{
    const Sim slow({QStringLiteral("--data"), QStringLiteral("exchange=binance,market=spot,symbol=BTC/USDT,timeframe=1m,file=") + m_file,
        QStringLiteral("--fault"), QStringLiteral("latency=400ms")});
    const auto cli = makeCli(slow);
    cli->set(QStringLiteral("http.connections_per_host=1"));
    const Outcome outcome = cli->run(words(backfill(wholeRange() + QStringLiteral("--json"))));
    QVERIFY2(outcome.status == 0, outcome.err);
    const auto lines = outcome.out.trimmed().split('\n');
    QVERIFY(lines.size() >= 3);
    qint64 done = -1;
    for (qsizetype i = 0; i + 1 < lines.size(); ++i) {
        const QJsonObject line = QJsonDocument::fromJson(lines[i]).object();
        QCOMPARE(line[u"type"].toString(), QStringLiteral("progress"));
        QCOMPARE(line[u"series"].toString(), QStringLiteral("binance spot BTC/USDT candles 1m"));
        QCOMPARE(line[u"total"].toInt(), minutes);
        QVERIFY(line[u"done"].toInt() > done); // a line only where there is news
        done = line[u"done"].toInt();
        QVERIFY(line.contains(u"rows"));
    }
    QCOMPARE(outcome.lastLine()[u"type"].toString(), QStringLiteral("result"));
}

void TestCliCollect::severalSeriesAtOnce()
{
    const Sim synthetic({QStringLiteral("--synthetic"), QStringLiteral("7"), QStringLiteral("--exchange"), QStringLiteral("binance,kraken")});
    const auto cli = makeCli(synthetic);
    const Outcome outcome = cli->run(words(QStringLiteral("backfill --exchange binance --symbol BTC/USDT,ETH/USDT --timeframe 1h,1d "
                                                          "--from 2024-01-01 --to 2024-01-11 --json")));
    QVERIFY2(outcome.status == 0, outcome.err);
    QCOMPARE(outcome.lastLine()[u"series"].toArray().size(), 4);
    const QJsonArray series = cli->run(words(QStringLiteral("series --timeframe 1h --json"))).json().array();
    QCOMPARE(series.size(), 2);
    QVERIFY(series[0][u"rows"].toInt() > 230); // a made-up market may be silent for an hour
    QCOMPARE(series[0][u"expected"].toInt(), 240);
    QCOMPARE(series[0][u"coverage"].toDouble(), 1.0);
    QCOMPARE(series[0][u"first"].toDouble(), double(start));
    const Outcome ambiguous = cli->run(words(QStringLiteral("candles --timeframe 1h")));
    QCOMPARE(ambiguous.status, 2);
    QCOMPARE(ambiguous.out, QByteArray());
    QVERIFY(ambiguous.err.contains("binance spot ETH/USDT candles 1h"));
}

void TestCliCollect::venueThatFailsLeavesFailedGaps()
{
    const Sim broken({QStringLiteral("--data"), QStringLiteral("exchange=binance,market=spot,symbol=BTC/USDT,timeframe=1m,file=") + m_file,
        QStringLiteral("--fault"), QStringLiteral("5xx=1")});
    const auto cli = makeCli(broken);
    cli->setImpatient();
    const Outcome outcome = cli->run(words(backfill(wholeRange() + QStringLiteral("--json"))));
    QCOMPARE(outcome.status, 1);
    QVERIFY2(outcome.lastLine()[u"status"].toString() != QStringLiteral("complete"), outcome.out.constData());
    QCOMPARE(outcome.lastLine()[u"series"][0][u"rowsTotal"].toInt(), 0);
    QVERIFY(!outcome.err.isEmpty());
    // the same command mends it once the venue is back
    cli->set(QStringLiteral("exchanges.binance.base_url=%1/binance").arg(m_sim->url()));
    const Outcome again = cli->run(words(backfill(wholeRange() + QStringLiteral("--json"))));
    QVERIFY2(again.status == 0, again.err);
    QCOMPARE(again.lastLine()[u"series"][0][u"rowsTotal"].toInt(), minutes - 21);
}

void TestCliCollect::faultsLoseNothing()
{
    const Sim faulty({QStringLiteral("--data"), QStringLiteral("exchange=binance,market=spot,symbol=BTC/USDT,timeframe=1m,file=") + m_file,
        QStringLiteral("--fault"), QStringLiteral("5xx=0.1,reset=0.05,429=0.05,truncate=0.02"), QStringLiteral("--seed"), QStringLiteral("11")});
    const auto cli = makeCli(faulty);
    cli->set(QStringLiteral("retry.base=5ms"));
    cli->set(QStringLiteral("retry.cap=50ms"));
    const Outcome outcome = cli->run(words(backfill(wholeRange())));
    QVERIFY2(outcome.status == 0, outcome.err);
    QVERIFY(rowsOf(cli->run(words(QStringLiteral("candles"))).out) == rowsOf(candleFile()));
}

void TestCliCollect::unknownSymbol()
{
    const Outcome outcome = m_cli->run(words(QStringLiteral("backfill --exchange binance --symbol NOSUCH/USDT --timeframe 1m --from 2024-01-01 --to 2024-01-02")));
    QVERIFY2(outcome.status == 2, outcome.err);
    QVERIFY2(outcome.err.contains("NOSUCH"), outcome.err.constData());
    QCOMPARE(m_cli->run(words(QStringLiteral("candles"))).status, 1);
}

void TestCliCollect::stopAndGoOn()
{
    const Sim slow({QStringLiteral("--data"), QStringLiteral("exchange=binance,market=spot,symbol=BTC/USDT,timeframe=1m,file=") + m_file,
        QStringLiteral("--fault"), QStringLiteral("latency=300ms")});
    const auto cli = makeCli(slow);
    cli->set(QStringLiteral("http.connections_per_host=1"));
    const auto process = cli->start(words(backfill(wholeRange() + QStringLiteral("--json"))));
    QTRY_VERIFY_WITH_TIMEOUT(process->bytesAvailable() > 0 && process->peek(100'000).contains("\"rows\":9"), 20'000); // a page is stored
    QElapsedTimer timer;
    timer.start();
    Cli::send(*process, SIGINT);
    QTest::qWait(20);
    Cli::send(*process, SIGINT); // as timeout(1) does; no second wish
    const Outcome stopped = Cli::finish(*process);
    QVERIFY2(timer.elapsed() < 15'000, qPrintable(QString::number(timer.elapsed())));
    QCOMPARE(stopped.status, 130);
    QCOMPARE(stopped.lastLine()[u"status"].toString(), QStringLiteral("cancelled"));
    QVERIFY2(stopped.err.contains("goes on"), stopped.err.constData());
    const int before = stopped.lastLine()[u"series"][0][u"rowsStored"].toInt();
    QVERIFY(before > 0 && before < minutes - 21);
    const Outcome resumed = cli->run(words(backfill(wholeRange() + QStringLiteral("--json"))));
    QVERIFY2(resumed.status == 0, resumed.err);
    QCOMPARE(resumed.lastLine()[u"series"][0][u"rowsStored"].toInt(), minutes - 21 - before);
    QVERIFY(rowsOf(cli->run(words(QStringLiteral("candles"))).out) == rowsOf(candleFile()));
}

void TestCliCollect::secondCollectorIsRefused()
{
    const Sim slow({QStringLiteral("--data"), QStringLiteral("exchange=binance,market=spot,symbol=BTC/USDT,timeframe=1m,file=") + m_file,
        QStringLiteral("--fault"), QStringLiteral("latency=3000ms")}); // longer than all that is done beside it
    const auto cli = makeCli(slow);
    cli->set(QStringLiteral("http.connections_per_host=1"));
    const auto first = cli->start(words(backfill(wholeRange() + QStringLiteral("--json"))));
    QTRY_VERIFY_WITH_TIMEOUT(first->bytesAvailable() > 0, 20'000);
    const Outcome second = cli->run(words(backfill(wholeRange() + QStringLiteral("--json"))));
    QCOMPARE(second.status, 3);
    QCOMPARE(second.out, QByteArray());
    QVERIFY2(second.err.contains(QByteArray::number(first->processId())), second.err.constData());
    for (const char* reading : {"series --json", "gaps --json", "db status", "backfill --exchange binance --symbol BTC/USDT --timeframe 1m --last 1d --plan"})
        QVERIFY2(cli->run(words(QString::fromLatin1(reading))).status <= 1, reading);
    Cli::send(*first, SIGTERM);
    QCOMPARE(Cli::finish(*first).status, 130);
}

void TestCliCollect::candlesFormats()
{
    collect();
    const Outcome csv = m_cli->run(words(QStringLiteral("candles --from 1704067200000 --to 2024-01-01T00:02:00Z")));
    QCOMPARE(csv.out,
        QByteArray("open_time,open,high,low,close,volume,quote_volume,trades\n"
                   "1704067200000,42000,42003.25,41997.5,42000.75,0.10000001,4200,1\n"
                   "1704067260000,42079.19,42082.44,42076.69,42079.94,0.10000002,4207.92,2\n"));
    const Outcome json = m_cli->run(words(QStringLiteral("candles --format json --from 2024-01-01 --to 2024-01-01T00:02")));
    const QJsonArray rows = json.json().array();
    QCOMPARE(rows.size(), 2);
    QCOMPARE(rows[1][u"open_time"].toDouble(), double(start + minute));
    QCOMPARE(rows[1][u"quote_volume"].toDouble(), 4207.92);
    QCOMPARE(rows[1][u"trades"].toInt(), 2);
}

void TestCliCollect::readersThatGoAway()
{
    collect();
    const Outcome head = m_cli->shell(QStringLiteral("set -o pipefail; $CLI candles | head -n 2"));
    QCOMPARE(head.err, QByteArray());
    QCOMPARE(head.status, 0);
    QCOMPARE(head.out.count('\n'), 2);
    QCOMPARE(m_cli->shell(QStringLiteral("$CLI candles > /dev/full")).status, 3);
}

void TestCliCollect::exportsAndImports()
{
    collect();
    const QString file = m_cli->path(QStringLiteral("out.csv"));
    QCOMPARE(m_cli->run({QStringLiteral("export"), QStringLiteral("--format"), QStringLiteral("csv"), QStringLiteral("--out"), file}).status, 0);
    const Outcome shown = m_cli->run(words(QStringLiteral("candles")));
    QFile written(file);
    QVERIFY(written.open(QIODevice::ReadOnly));
    QCOMPARE(written.readAll(), shown.out);

    Cli other;
    const Outcome imported = other.run({QStringLiteral("import"), file, QStringLiteral("--exchange"), QStringLiteral("binance"), QStringLiteral("--symbol"),
        QStringLiteral("BTC/USDT"), QStringLiteral("--timeframe"), QStringLiteral("1m"), QStringLiteral("--json")});
    QVERIFY2(imported.status == 0, imported.err);
    QCOMPARE(imported.json().object()[u"added"].toInt(), minutes - 21);
    QCOMPARE(imported.json().object()[u"rejected"].toInt(), 0);
    QVERIFY(rowsOf(other.run(words(QStringLiteral("candles"))).out) == rowsOf(candleFile()));

    const QString folder = m_cli->path(QStringLiteral("folder/"));
    QCOMPARE(m_cli->run({QStringLiteral("export"), QStringLiteral("--format"), QStringLiteral("json"), QStringLiteral("--out"), folder}).status, 0);
    QVERIFY(QFile::exists(folder + QStringLiteral("binance_spot_BTC-USDT_1m.json")));
    const Outcome nowhere = m_cli->run({QStringLiteral("export"), QStringLiteral("--format"), QStringLiteral("csv"), QStringLiteral("--out"), QStringLiteral("/proc/no/such/file.csv")});
    QCOMPARE(nowhere.status, 3);
    QVERIFY(nowhere.err.contains("/proc/no/such/file.csv"));
}

void TestCliCollect::rebuildWithoutNetwork()
{
    collect();
    const Outcome before = m_cli->run(words(QStringLiteral("candles")));
    for (const char* name : {"mnemo.db", "mnemo.db-wal", "mnemo.db-shm"})
        QFile::remove(m_cli->dataDir() + u'/' + QString::fromLatin1(name));
    m_cli->set(QStringLiteral("exchanges.binance.base_url=http://127.0.0.1:9")); // nobody listens there
    const Outcome rebuilt = m_cli->run(words(QStringLiteral("rebuild --json")));
    QVERIFY2(rebuilt.status == 0, rebuilt.err);
    QVERIFY(rebuilt.json().object()[u"answers"].toInt() >= 5);
    QCOMPARE(m_cli->run(words(QStringLiteral("candles"))).out, before.out);
    const QStringList countPages {QStringLiteral("query"), QStringLiteral("SELECT count(*) FROM pages")};
    const Outcome pages = m_cli->run(countPages);
    QCOMPARE(m_cli->run(words(QStringLiteral("rebuild"))).status, 0);
    QCOMPARE(m_cli->run(countPages).out, pages.out); // an answer read again is still one page
    QCOMPARE(m_cli->run(words(QStringLiteral("rebuild --aggregates"))).status, 0);
}

void TestCliCollect::incrementalFollowsTheUniverse()
{
    const Sim synthetic({QStringLiteral("--synthetic"), QStringLiteral("3"), QStringLiteral("--exchange"), QStringLiteral("binance")});
    const auto cli = makeCli(synthetic);
    cli->set(QStringLiteral("assets.universe=[]"));
    const Outcome nothing = cli->run(words(QStringLiteral("incremental --json")));
    QCOMPARE(nothing.status, 0);
    QVERIFY2(nothing.err.contains("universe is empty"), nothing.err.constData());
    cli->set(QStringLiteral("assets.universe=[{exchanges: [binance], symbols: [BTC/USDT], timeframes: [1h]}]"));
    cli->set(QStringLiteral("ingest.first_range=2d"));
    const Outcome first = cli->run(words(QStringLiteral("incremental --json")));
    QVERIFY2(first.status == 0, first.err);
    QVERIFY(first.lastLine()[u"series"][0][u"rowsTotal"].toInt() >= 47);
    const Outcome second = cli->run(words(QStringLiteral("incremental --json")));
    QVERIFY2(second.status == 0, second.err);
    QVERIFY(second.lastLine()[u"series"][0][u"rowsStored"].toInt() <= 1);
}

void TestCliCollect::queryReadsOnly()
{
    collect();
    const auto query = [this](const char* sql, const char* format = "csv") {
        return m_cli->run({QStringLiteral("query"), QString::fromLatin1(sql), QStringLiteral("--format"), QString::fromLatin1(format)});
    };
    QCOMPARE(query("SELECT count(*) AS n, min(open_time) AS first FROM candles").out, QByteArray("n,first\n4299,1704067200000\n"));
    QCOMPARE(query("SELECT symbol, 1.5 AS x, NULL AS y FROM series", "json").json().array()[0].toObject(),
        QJsonObject({{QStringLiteral("symbol"), QStringLiteral("BTC/USDT")}, {QStringLiteral("x"), 1.5}, {QStringLiteral("y"), QJsonValue::Null}}));
    for (const char* sql : {"DELETE FROM candles", "DROP TABLE candles", "SELECT 1; DELETE FROM candles", "SELECT nothing FROM nowhere", ""}) {
        const Outcome refused = query(sql);
        QVERIFY2(refused.status == 2, sql);
        QCOMPARE(refused.out, QByteArray());
        QVERIFY(!refused.err.isEmpty());
    }
    QCOMPARE(query("SELECT count(*) FROM candles").out, QByteArray("count(*)\n4299\n"));
}

void TestCliCollect::databaseCommands()
{
    QCOMPARE(m_cli->run(words(QStringLiteral("db status"))).status, 3); // nothing there yet
    const Outcome made = m_cli->run(words(QStringLiteral("db migrate --json")));
    QCOMPARE(made.status, 0);
    const QJsonObject info = made.json().object();
    QCOMPARE(info[u"schemaVersion"].toInt(), info[u"newestVersion"].toInt());
    QVERIFY(info[u"engine"].toString().startsWith(QStringLiteral("SQLite")));

    sqlite3* database = nullptr;
    QCOMPARE(sqlite3_open((m_cli->dataDir() + QStringLiteral("/mnemo.db")).toUtf8().constData(), &database), SQLITE_OK);
    QCOMPARE(sqlite3_exec(database, "UPDATE schema_version SET version = version + 1000", nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(database);
    for (const char* command : {"series", "db migrate", "backfill --exchange binance --symbol BTC/USDT --timeframe 1m --last 1d"}) {
        const Outcome refused = m_cli->run(words(QString::fromLatin1(command)));
        QVERIFY2(refused.status == 3, refused.err);
        QVERIFY2(refused.err.contains("newer"), refused.err.constData());
    }
}

void TestCliCollect::doctor()
{
    collect();
    const Outcome healthy = m_cli->run(words(QStringLiteral("doctor --json")));
    QVERIFY2(healthy.status == 0, healthy.out);
    QStringList areas;
    for (const QJsonValue& line : healthy.json().array())
        areas << line[u"area"].toString();
    for (const char* area : {"config", "store", "archive", "clock"})
        QVERIFY2(areas.contains(QString::fromLatin1(area)), area);

    // an exchange whose clock is five hours behind ours: a warning, and work goes on
    const Sim late({QStringLiteral("--data"), QStringLiteral("exchange=binance,market=spot,symbol=BTC/USDT,timeframe=1m,file=") + m_file, QStringLiteral("--now"),
        QString::number(QDateTime::currentMSecsSinceEpoch() - 5 * 60 * minute)});
    m_cli->set(QStringLiteral("exchanges.binance.base_url=%1/binance").arg(late.url()));
    const Outcome off = m_cli->run(words(QStringLiteral("doctor")));
    QCOMPARE(off.status, 0);
    QVERIFY2(off.out.contains("clock") && off.out.contains("warn"), off.out.constData());
    QVERIFY(m_cli->run(words(backfill(QStringLiteral("--from 2024-01-01 --to 2024-01-02")))).status == 0);
}

void TestCliCollect::marketsOfTheVenue()
{
    const Outcome outcome = m_cli->run(words(QStringLiteral("markets binance --market spot --json")));
    QVERIFY2(outcome.status == 0, outcome.err);
    const QJsonArray markets = outcome.json().array();
    QCOMPARE(markets.size(), 1);
    QCOMPARE(markets[0][u"symbol"].toString(), QStringLiteral("BTC/USDT"));
    QCOMPARE(markets[0][u"id"].toString(), QStringLiteral("BTCUSDT"));
    QVERIFY(m_cli->run(words(QStringLiteral("markets binance"))).out.contains("BTCUSDT"));
    QCOMPARE(m_cli->run(words(QStringLiteral("markets nowhere"))).status, 2);
}

void TestCliCollect::realFile_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("exchange");
    QTest::addColumn<QString>("symbol");
    QTest::addColumn<QString>("timeframe");
    QTest::addColumn<QString>("range");
    QTest::newRow("binance spot") << "binance_spot_BTCUSDT_1m_2020-12-01_2020-12-02.csv.gz" << "binance" << "BTC/USDT" << "1m" << "--from 2020-12-01 --to 2020-12-03";
    QTest::newRow("binance spot, thin") << "binance_spot_XRPETH_1m_2019-10-11_2019-10-13.csv.gz" << "binance" << "XRP/ETH" << "1m" << "--from 2019-10-11 --to 2019-10-14";
    QTest::newRow("bybit linear") << "bybit_linear_ETHUSDT_5m_2025-04-03_2025-07-02.csv.gz" << "bybit" << "ETH/USDT:USDT" << "5m" << "--from 2025-04-03 --to 2025-07-03";
    QTest::newRow("bitfinex spot") << "bitfinex_spot_ETHUSD_1m_2018-02-01_2018-03-01.csv.gz" << "bitfinex" << "ETH/USD" << "1m" << "--from 2018-02-01 --to 2018-03-02";
}

void TestCliCollect::realFile()
{
    QFETCH(QString, file);
    QFETCH(QString, exchange);
    QFETCH(QString, symbol);
    QFETCH(QString, timeframe);
    QFETCH(QString, range);
    const QString shared = sharedFolder();
    if (shared.isEmpty())
        QSKIP("there is no folder of real data ($MNEMO_SHARED, ../shared)");
    const QString path = shared + QStringLiteral("/data/candles/") + file;
    const QString market = symbol.contains(u':') ? QStringLiteral("linear") : QStringLiteral("spot");
    const Sim sim({QStringLiteral("--data"), QStringLiteral("exchange=%1,market=%2,symbol=%3,timeframe=%4,file=%5").arg(exchange, market, symbol, timeframe, path)});
    QVERIFY(sim.isUp());
    const auto cli = makeCli(sim);
    const Outcome outcome = cli->run(words(QStringLiteral("backfill --exchange %1 --symbol %2 --timeframe %3 %4").arg(exchange, symbol, timeframe, range)));
    QVERIFY2(outcome.status == 0, outcome.err);

    Cli reference; // the same file by another way
    const Outcome imported = reference.run({QStringLiteral("import"), path, QStringLiteral("--exchange"), exchange, QStringLiteral("--symbol"), symbol, QStringLiteral("--timeframe"), timeframe});
    QVERIFY2(imported.status == 0, imported.err);
    const auto collected = rowsOf(cli->run(words(QStringLiteral("candles"))).out);
    const auto expected = rowsOf(reference.run(words(QStringLiteral("candles"))).out);
    QVERIFY(expected.size() > 100);
    QCOMPARE(collected.size(), expected.size());
    QVERIFY(collected == expected);
}

void TestCliCollect::realOpenInterest_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("target");
    QTest::addColumn<int>("rows");
    QTest::addColumn<int>("missing");
    QTest::addColumn<QByteArray>("first"); // of `open-interest`
    QTest::newRow("Binance's metrics, which lack many days") << "binance_usdm_BTCUSDT_metrics_1d_2022-06-01_2023-01-22.csv"
                                              << "--exchange binance --symbol BTC/USDT:USDT --timeframe 1d" << 146 << 90
                                              << QByteArray("\n1654041600000,");
    QTest::newRow("one of several series, with a hole") << "hyperliquid-lighter_perp_BTC-ETH_oi-usd_1h_2025-12_2026-03.csv.gz"
                                                        << "--exchange hyperliquid --symbol BTC/USDC:USDC --timeframe 1h --where venue=hyperliquid,coin=BTC"
                                                        << 2142 << 18 << QByteArray("\n1765105200000,");
}

void TestCliCollect::realOpenInterest()
{
    QFETCH(QString, file);
    QFETCH(QString, target);
    QFETCH(int, rows);
    QFETCH(int, missing);
    QFETCH(QByteArray, first);
    const QString shared = sharedFolder();
    if (shared.isEmpty())
        QSKIP("there is no folder of real data ($MNEMO_SHARED, ../shared)");
    Cli cli;
    const QStringList import {QStringLiteral("import"), shared + QStringLiteral("/data/open_interest/") + file};
    const Outcome imported = cli.run(import + words(target + QStringLiteral(" --kind open_interest --no-coverage --json")));
    const int rejected = imported.json().object()[u"rejected"].toInt(); // rows that tell nothing
    QVERIFY2(imported.status == (rejected > 0 ? 1 : 0), imported.err);
    QCOMPARE(imported.json().object()[u"added"].toInt(), rows);
    QCOMPARE(imported.json().object()[u"kind"].toString(), QStringLiteral("open_interest"));
    const Outcome printed = cli.run(words(QStringLiteral("open-interest")));
    QVERIFY2(printed.status == 0, printed.err);
    QCOMPARE(printed.out.count('\n'), rows + 1);
    QVERIFY2(printed.out.contains(first), printed.out.left(300));
    int absent = 0;
    const Outcome gaps = cli.run(words(QStringLiteral("gaps --kind open_interest --json")));
    for (const QJsonValue& gap : gaps.json().array())
        absent += gap[u"bars"].toInt();
    QVERIFY2(absent == missing, gaps.out);
    QCOMPARE(cli.run(import + words(target + QStringLiteral(" --kind open_interest --json"))).json().object()[u"same"].toInt(), rows);
}

QTEST_GUILESS_MAIN(TestCliCollect)
#include "tst_clicollect.moc"
