// `gaps` and `repair` on the command line, against an exchange on this machine that has lost bars and got them back.

#include <QtTest>

#include "support/programs.h"

namespace {

constexpr qint64 minute = 60'000;
constexpr qint64 start = 1'704'067'200'000; // 2024-01-01
constexpr int minutes = 3 * 1440;

/// Three days of minutes but for [from, to) and the minute 3000, in which nothing traded.
QByteArray candleFile(int from, int to)
{
    QByteArray csv = "open_time,open,high,low,close,volume\n";
    for (int i = 0; i < minutes; ++i) {
        if ((i < from || i >= to) && i != 3000)
            csv += QByteArray::number(start + i * minute) + ",10,12,9,11," + QByteArray::number(i + 1) + "\n";
    }
    return csv;
}

} // namespace

class TestCliRepair : public QObject {
    Q_OBJECT

private slots:
    void initTestCase();
    void init();
    void whatTheVenueHasGotBackIsFetched();
    void whatNobodyAskedAboutIsFetched();
    void nothingToRepair();
    void aListedOutageIsNoSuccess();
    void aSeriesThatCannotBeAskedIsNamed();
    void evidenceOfAGap();
    void healthTellsWhatIsMissing();
    void whatTheVenueCorrectedIsVerified();

private:
    void aim(Cli& cli, const Sim& sim) const
    {
        cli.set(QStringLiteral("exchanges.binance.base_url=%1/binance").arg(sim.url()));
    }
    std::unique_ptr<Sim> serve(const char* name, const QByteArray& csv)
    {
        QFile file(m_folder.filePath(QString::fromLatin1(name)));
        if (!file.open(QIODevice::WriteOnly) || file.write(csv) != csv.size())
            qFatal("cannot write the market");
        file.close();
        auto sim = std::make_unique<Sim>(QStringList {QStringLiteral("--data"),
            QStringLiteral("exchange=binance,market=spot,symbol=BTC/USDT,timeframe=1m,file=") + file.fileName(),
            QStringLiteral("--exchange"), QStringLiteral("bybit"), QStringLiteral("--synthetic"), QStringLiteral("1")});
        return sim;
    }
    /// Collects from the exchange that has lost bars.
    void collect()
    {
        Cli lossy;
        lossy.setDataDir(m_cli->dataDir());
        aim(lossy, *m_lossy);
        const Outcome outcome = lossy.run(words(QStringLiteral("backfill --exchange binance --symbol BTC/USDT --timeframe 1m --from 2024-01-01 --to 2024-01-04")));
        QVERIFY2(outcome.status == 0, outcome.err);
    }

    QTemporaryDir m_folder;
    std::unique_ptr<Sim> m_lossy, m_whole;
    std::unique_ptr<Cli> m_cli;
};

void TestCliRepair::initTestCase()
{
    m_lossy = serve("lossy.csv", candleFile(700, 720));
    m_whole = serve("whole.csv", candleFile(0, 0));
    QVERIFY(m_lossy->isUp() && m_whole->isUp());
}

void TestCliRepair::init()
{
    m_cli = std::make_unique<Cli>();
    aim(*m_cli, *m_whole);
}

void TestCliRepair::whatTheVenueHasGotBackIsFetched()
{
    collect();
    const Outcome outcome = m_cli->run(words(QStringLiteral("repair --json")));
    QVERIFY2(outcome.status == 0, outcome.err);
    const QJsonObject result = outcome.lastLine();
    QCOMPARE(result[u"type"].toString(), QStringLiteral("result"));
    QCOMPARE(result[u"status"].toString(), QStringLiteral("complete"));
    const QJsonObject series = result[u"series"][0].toObject();
    const QJsonArray ranges = series[u"ranges"].toArray();
    QCOMPARE(ranges.size(), 2); // too far apart for one request
    QCOMPARE(ranges[0][u"from"].toDouble(), double(start + 700 * minute));
    QCOMPARE(ranges[0][u"bars"].toInt(), 20);
    QCOMPARE(ranges[0][u"before"][u"rows"].toInt(), 0);
    QCOMPARE(ranges[0][u"before"][u"gaps"][0][u"class"].toString(), QStringLiteral("empty"));
    QCOMPARE(ranges[0][u"after"][u"rows"].toInt(), 20);
    QCOMPARE(ranges[0][u"added"].toInt(), 20);
    QCOMPARE(ranges[0][u"after"][u"gaps"].toArray().size(), 0);
    QCOMPARE(ranges[1][u"added"].toInt(), 0);
    QCOMPARE(series[u"rowsStored"].toInt(), 20);
    QVERIFY(series[u"requestLog"].toArray().size() >= 2);
    QVERIFY(series[u"requestLog"][0][u"url"].toString().contains(QStringLiteral("klines")));
    QVERIFY2(outcome.err.contains("absent empty 20 (asked once) -> nothing"), outcome.err.constData());
    const Outcome gaps = m_cli->run(words(QStringLiteral("gaps --json")));
    QCOMPARE(gaps.json().array().size(), 1);
    QCOMPARE(gaps.json().array()[0][u"from"].toDouble(), double(start + 3000 * minute));
}

void TestCliRepair::whatNobodyAskedAboutIsFetched()
{
    const QString file = m_folder.filePath(QStringLiteral("lossy.csv"));
    const Outcome import = m_cli->run(words(QStringLiteral("import %1 --exchange binance --symbol BTC/USDT --timeframe 1m --no-coverage").arg(file)));
    QVERIFY2(import.status == 0, import.err);
    const Outcome before = m_cli->run(words(QStringLiteral("gaps --json")));
    QCOMPARE(before.status, 1);
    QCOMPARE(before.json().array()[0][u"class"].toString(), QStringLiteral("unknown"));
    const Outcome outcome = m_cli->run(words(QStringLiteral("repair --from 2024-01-01T10:00 --to 2024-01-02")));
    QVERIFY2(outcome.status == 0, outcome.err);
    QVERIFY2(outcome.err.contains("absent unknown 20 (never asked) -> nothing (asked once), 20 rows added"), outcome.err.constData());
    const Outcome after = m_cli->run(words(QStringLiteral("gaps --json")));
    QCOMPARE(after.status, 1); // the minute of the third day is still unknown: it was not wanted
    QCOMPARE(after.json().array().size(), 1);
}

void TestCliRepair::nothingToRepair()
{
    const Outcome nothingStored = m_cli->run(words(QStringLiteral("repair --json")));
    QCOMPARE(nothingStored.status, 0);
    QCOMPARE(nothingStored.lastLine()[u"series"].toArray().size(), 0);
    QVERIFY2(nothingStored.err.contains("Nothing to repair"), nothingStored.err.constData());
    QCOMPARE(m_cli->run(words(QStringLiteral("repair --symbol nonsense"))).status, 2);
}

void TestCliRepair::aListedOutageIsNoSuccess()
{
    m_cli->set(QStringLiteral("outages.mine={exchange: binance, from: 2024-01-03T02:00Z, to: 2024-01-03T02:01Z, reason: seen by hand, source: me}"));
    const Outcome outcome = m_cli->run(words(QStringLiteral("backfill --exchange binance --symbol BTC/USDT --timeframe 1m --from 2024-01-01 --to 2024-01-04 --json")));
    QCOMPARE(outcome.status, 1);
    const QJsonObject series = outcome.lastLine()[u"series"][0].toObject();
    QCOMPARE(series[u"gaps"].toArray().size(), 1);
    QCOMPARE(series[u"gaps"][0][u"class"].toString(), QStringLiteral("outage"));
    const Outcome gaps = m_cli->run(words(QStringLiteral("gaps --json")));
    QCOMPARE(gaps.status, 1);
    const QJsonValue gap = gaps.json().array()[0];
    QCOMPARE(gap[u"class"].toString(), QStringLiteral("outage"));
    QVERIFY(gap[u"evidence"].toString().contains(QStringLiteral("seen by hand")));
    QCOMPARE(gap[u"details"][u"outages"][0][u"listed"].toString(), QStringLiteral("mine"));
}

void TestCliRepair::aSeriesThatCannotBeAskedIsNamed()
{
    collect();
    Cli poor;
    poor.setDataDir(m_cli->dataDir());
    poor.setImpatient();
    poor.set(QStringLiteral("exchanges.binance.base_url=http://127.0.0.1:1"));
    const Outcome outcome = poor.run(words(QStringLiteral("repair --json")));
    QCOMPARE(outcome.status, 1);
    QCOMPARE(outcome.lastLine()[u"status"].toString(), QStringLiteral("failed"));
    // the answer that there was stands
    QCOMPARE(m_cli->run(words(QStringLiteral("gaps --json"))).json().array()[0][u"class"].toString(), QStringLiteral("empty"));
}

void TestCliRepair::evidenceOfAGap()
{
    collect();
    const QString file = m_folder.filePath(QStringLiteral("whole.csv"));
    const Outcome import = m_cli->run(words(QStringLiteral("import %1 --exchange bybit --symbol BTC/USDT --timeframe 1m").arg(file)));
    QVERIFY2(import.status == 0, import.err);
    const Outcome gaps = m_cli->run(words(QStringLiteral("gaps --exchange binance --json")));
    QCOMPARE(gaps.status, 0);
    const QJsonValue gap = gaps.json().array()[0];
    const QJsonObject details = gap[u"details"].toObject();
    QCOMPARE(details[u"checks"][u"fewest"].toInt(), 1);
    QVERIFY(details[u"requests"].toInt() >= 1);
    QCOMPARE(details[u"pages"][0][u"route"].toString(), QStringLiteral("rest"));
    QCOMPARE(details[u"pages"][0][u"status"].toInt(), 200);
    QVERIFY(!details[u"pages"][0][u"archiveKey"].toString().isEmpty());
    QCOMPARE(details[u"before"][u"bars"].toInt(), 10);
    QCOMPARE(details[u"before"][u"medianVolume"].toDouble(), 696.0); // minutes 690 to 699 trade 691 to 700
    QCOMPARE(details[u"elsewhere"][0][u"exchange"].toString(), QStringLiteral("bybit"));
    QCOMPARE(details[u"elsewhere"][0][u"rows"].toInt(), 20);
    QVERIFY2(gap[u"evidence"].toString().contains(QStringLiteral("bybit has 20 of 20 bars")), gaps.out.constData());
}

void TestCliRepair::healthTellsWhatIsMissing()
{
    QCOMPARE(m_cli->run(words(QStringLiteral("health"))).status, 2); // nothing was ever stored
    const QString file = m_folder.filePath(QStringLiteral("lossy.csv"));
    const Outcome import = m_cli->run(words(QStringLiteral("import %1 --exchange binance --symbol BTC/USDT --timeframe 1m --no-coverage").arg(file)));
    QVERIFY2(import.status == 0, import.err);
    const Outcome outcome = m_cli->run(words(QStringLiteral("health --json")));
    QCOMPARE(outcome.status, 1);
    const QJsonObject health = outcome.json().object();
    QCOMPARE(health[u"series"].toInt(), 1);
    QCOMPARE(health[u"withGaps"].toInt(), 1);
    QCOMPARE(health[u"missingBars"].toInt(), 21);
    QVERIFY(health[u"jobs"].isNull());
    const QJsonValue issue = health[u"issues"][0];
    QCOMPARE(issue[u"id"].toString(), QStringLiteral("gaps/binance/unknown"));
    QCOMPARE(issue[u"step"].toString(), QStringLiteral("fill"));
    QCOMPARE(issue[u"parts"][0][u"symbol"].toString(), QStringLiteral("BTC/USDT"));
    const Outcome text = m_cli->run(words(QStringLiteral("health")));
    QVERIFY2(text.out.contains("1 series lack 21 bars"), text.out.constData());
    QVERIFY2(text.out.contains("repair --exchange binance"), text.out.constData());
    QCOMPARE(m_cli->run(words(QStringLiteral("repair"))).status, 0);
    const Outcome after = m_cli->run(words(QStringLiteral("health")));
    QCOMPARE(after.status, 0);
    QVERIFY2(after.out.contains("All clear."), after.out.constData());
}

void TestCliRepair::whatTheVenueCorrectedIsVerified()
{
    const QString period = QStringLiteral("--from 2024-01-01 --to 2024-01-04");
    QCOMPARE(m_cli->run(words(QStringLiteral("backfill --exchange binance --symbol BTC/USDT --timeframe 1m ") + period)).status, 0);
    QByteArray corrected = candleFile(0, 0);
    corrected.replace(QByteArray::number(start + 2000 * minute) + ",10,12,9,11,2001", QByteArray::number(start + 2000 * minute) + ",10,12,9,11,1999");
    const auto now = serve("corrected.csv", corrected);
    QVERIFY(now->isUp());
    Cli later;
    later.setDataDir(m_cli->dataDir());
    aim(later, *now);
    QCOMPARE(later.run(words(QStringLiteral("repair --json"))).status, 0); // asks about absent bars alone
    const auto revisions = [&] { return later.run(words(QStringLiteral("findings list --rule revision --json"))).json().array(); };
    QCOMPARE(revisions().size(), 0);
    const Outcome verified = later.run(words(QStringLiteral("repair --verify --json ") + period));
    QVERIFY2(verified.status == 0, verified.err.constData());
    const QJsonObject range = verified.lastLine()[u"series"][0][u"ranges"][0].toObject();
    QVERIFY2(range[u"changed"].toInt() == 1, verified.out.constData());
    QCOMPARE(range[u"added"].toInt(), 0);
    QCOMPARE(revisions().size(), 1);
    QCOMPARE(revisions()[0][u"from"].toDouble(), double(start + 2000 * minute));

    // and back, by its number
    const Outcome again = m_cli->run(words(QStringLiteral("repair --json --finding %1").arg(revisions()[0][u"id"].toInteger())));
    QVERIFY2(again.status == 0, again.err.constData());
    QVERIFY(again.lastLine()[u"series"][0][u"ranges"][0][u"changed"].toInt() == 1);
    QCOMPARE(revisions().size(), 1); // of the same bar: that it went to and fro is worth a look
    QCOMPARE(m_cli->run(words(QStringLiteral("repair --verify --from 2020-01-01 --to 2020-01-02"))).status, 0);
    QCOMPARE(m_cli->run(words(QStringLiteral("repair --verify --finding 1"))).status, 2);
}

QTEST_GUILESS_MAIN(TestCliRepair)
#include "tst_clirepair.moc"
