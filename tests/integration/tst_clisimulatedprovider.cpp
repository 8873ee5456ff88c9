// Open interest that the simulated provider tells, from the command line: beside what the exchange itself tells.

#include "support/simulatorstate.h"

namespace {

QString backfill(const char* rest)
{
    return QStringLiteral("backfill --exchange binance --source coinalyze --kind open_interest ") + QString::fromLatin1(rest);
}

} // namespace

class TestCliSimulatedProvider : public QObject {
    Q_OBJECT

private slots:
    void init();
    void seriesOfTheSimulatedProvider();
    void itsMarketsAreShown();
    void contractsThatEnd();
    void killedInTheMiddle();
    void rowsAreMadeAgainFromTheArchive();

private:
    void useSimulator(const QStringList& more = {});
    Outcome run(const QString& line) const { return m_cli->run(words(line)); }
    QJsonArray gaps() const { return run(QStringLiteral("gaps --source coinalyze --json")).json().array(); }

    std::unique_ptr<Sim> m_sim;
    std::unique_ptr<Cli> m_cli;
};

void TestCliSimulatedProvider::init()
{
    m_sim.reset();
    m_cli = std::make_unique<Cli>();
    m_cli->set(QStringLiteral("rate.share=1"));
}

void TestCliSimulatedProvider::useSimulator(const QStringList& more)
{
    m_sim = std::make_unique<Sim>(words(QStringLiteral("--synthetic 5 --exchange binance,coinalyze")) + more);
    QVERIFY(m_sim->isUp());
    for (const char* id : {"binance", "coinalyze"})
        m_cli->set(QStringLiteral("exchanges.%1.base_url=%2/%1").arg(QString::fromLatin1(id), m_sim->url()));
    m_cli->setVariable("MNEMO_SECRET_COINALYZE_API_KEY", "simulated-key");
}

/// What it tells beside what the exchange itself tells: two series, the same numbers.
void TestCliSimulatedProvider::seriesOfTheSimulatedProvider()
{
    useSimulator();
    const Outcome filled = run(backfill("--symbol BTC/USDT:USDT,BTC/USD:BTC --timeframe 1h --last 5d --json"));
    QVERIFY2(filled.status == 0, filled.err.constData());
    QCOMPARE(filled.lastLine()[u"status"].toString(), QStringLiteral("complete"));
    QCOMPARE(filled.lastLine()[u"series"][0][u"source"].toString(), QStringLiteral("coinalyze"));
    QCOMPARE(run(QStringLiteral("backfill --exchange binance --kind open_interest --symbol BTC/USDT:USDT,BTC/USD:BTC --timeframe 1h --last 5d")).status, 0);
    const auto rowsOf = [this](const char* source, const char* symbol) {
        return run(QStringLiteral("open-interest --exchange binance --source %1 --symbol %2").arg(QString::fromLatin1(source), QString::fromLatin1(symbol)))
            .out.trimmed().split('\n').mid(1);
    };
    const QByteArrayList linear = rowsOf("coinalyze", "BTC/USDT:USDT"), own = rowsOf("binance", "BTC/USDT:USDT");
    QCOMPARE(linear.size(), own.size());
    QVERIFY(linear.size() >= 119);
    for (qsizetype i = 0; i < linear.size(); ++i) { // time,amount,value,raw_amount,raw_value
        QCOMPARE(linear[i].split(',').first(), own[i].split(',').first());
        QCOMPARE(linear[i].split(',')[1].toDouble(), own[i].split(',')[1].toDouble());
        QCOMPARE(linear[i].split(',')[2], QByteArray());
    }
    const QByteArrayList inverse = rowsOf("coinalyze", "BTC/USD:BTC");
    QCOMPARE(inverse.size(), own.size());
    const auto cells = inverse.last().split(',');
    QVERIFY(cells[1].isEmpty() && cells[3].isEmpty() && cells[2].toDouble() > 0 && cells[2] == cells[4]); // USD
    const QJsonArray series = run(QStringLiteral("series --source coinalyze --json")).json().array();
    QCOMPARE(series.size(), 2);
    QVERIFY(gaps().isEmpty());
    const QByteArray units = m_cli->run({QStringLiteral("query"), QStringLiteral("SELECT symbol, unit FROM series WHERE source = 'coinalyze'"),
                                      QStringLiteral("--format"), QStringLiteral("csv")}).out;
    QVERIFY2(units.contains("BTC/USD:BTC,quote") && units.contains("BTC/USDT:USDT,base"), units.constData());
    const int asked = askedOf(*m_sim, "coinalyze");
    QCOMPARE(run(backfill("--symbol BTC/USDT:USDT --timeframe 1h --last 4d")).status, 0);
    QCOMPARE(askedOf(*m_sim, "coinalyze"), asked); // known already
}

void TestCliSimulatedProvider::itsMarketsAreShown()
{
    useSimulator();
    const QByteArray table = run(QStringLiteral("markets coinalyze")).out;
    const QByteArrayList lines = table.split('\n');
    QVERIFY(std::ranges::any_of(lines, [](const QByteArray& line) { return line.simplified() == "binance BTC/USDT:USDT linear BTCUSDT_PERP.A BTC"; }));
    QVERIFY(std::ranges::any_of(lines, [](const QByteArray& line) { return line.simplified() == "binance BTC/USD:BTC inverse BTCUSD_PERP.A USD"; }));
    const QJsonArray json = run(QStringLiteral("markets coinalyze --market linear --json")).json().array();
    QVERIFY(!json.isEmpty());
    QCOMPARE(json[0][u"exchange"].toString(), QStringLiteral("binance"));
    QCOMPARE(json[0][u"interestUnit"].toString(), QStringLiteral("base"));
    QVERIFY(run(QStringLiteral("catalogue list")).out.contains("of binance bitfinex"));
    const QJsonArray request = run(QStringLiteral("catalogue request coinalyze --kind markets")).json().array();
    QCOMPARE(request.size(), 2);
    QCOMPARE(request[0][u"headers"][u"api_key"].toString(), QStringLiteral("${MNEMO_SECRET_COINALYZE_API_KEY}"));
}

void TestCliSimulatedProvider::contractsThatEnd()
{
    useSimulator();
    QString symbol;
    for (const auto& market : run(QStringLiteral("markets coinalyze --market linear --json")).json().array())
        if (market[u"symbol"].toString().startsWith(QStringLiteral("BTC/USDT:USDT-")))
            symbol = market[u"symbol"].toString();
    QVERIFY2(QRegularExpression(QStringLiteral("-\\d{6}$")).match(symbol).hasMatch(), qPrintable(symbol));
    const Outcome filled = run(backfill("--timeframe 1h --last 5d --json --symbol ") + symbol);
    QVERIFY2(filled.status == 0, filled.err.constData());
    QCOMPARE(filled.lastLine()[u"status"].toString(), QStringLiteral("complete"));
    const QJsonArray series = run(QStringLiteral("series --source coinalyze --json")).json().array();
    QCOMPARE(series.size(), 1);
    QCOMPARE(series[0][u"symbol"].toString(), symbol);
    QVERIFY(series[0][u"rows"].toInt() >= 119);
    QVERIFY(gaps().isEmpty());
}

void TestCliSimulatedProvider::killedInTheMiddle()
{
    useSimulator({QStringLiteral("--fault"), QStringLiteral("latency=400ms")});
    const QString line = backfill("--symbol BTC/USDT:USDT,ETH/USDT:USDT,SOL/USDT:USDT,XRP/USDT:USDT --timeframe 1h,4h,1d --last 30d --json --set http.connections_per_host=1");
    const auto process = m_cli->start(words(line));
    while (askedOf(*m_sim, "coinalyze") < 6) // two lists, then series
        QTest::qWait(50);
    Cli::send(*process, SIGKILL);
    QVERIFY(Cli::finish(*process).status > 128);
    const int asked = askedOf(*m_sim, "coinalyze");
    QVERIFY(asked < 14);
    const Outcome rest = run(line);
    QVERIFY2(rest.status == 0, rest.err.constData());
    QVERIFY(askedOf(*m_sim, "coinalyze") - asked < 12); // not all of them again
    QVERIFY(gaps().isEmpty());
    QCOMPARE(run(QStringLiteral("series --source coinalyze --json")).json().array().size(), 12);
}

void TestCliSimulatedProvider::rowsAreMadeAgainFromTheArchive()
{
    useSimulator();
    QCOMPARE(run(backfill("--symbol BTC/USDT:USDT,BTC/USD:BTC --timeframe 4h --last 5d")).status, 0);
    const auto rows = [this] {
        return m_cli->run({QStringLiteral("query"), QStringLiteral("SELECT s.symbol, o.time, o.amount, o.value FROM open_interest o "
            "JOIN series s ON s.id = o.series_id ORDER BY 1, 2"), QStringLiteral("--format"), QStringLiteral("csv")}).out;
    };
    const QByteArray before = rows();
    QVERIFY(before.count('\n') > 50);
    for (const char* file : {"/mnemo.db", "/mnemo.db-wal", "/mnemo.db-shm"})
        QFile::remove(m_cli->dataDir() + QString::fromLatin1(file));
    const Outcome rebuilt = run(QStringLiteral("rebuild"));
    QVERIFY2(rebuilt.status == 0, rebuilt.err.constData());
    QCOMPARE(rows(), before);
}

QTEST_GUILESS_MAIN(TestCliSimulatedProvider)
#include "tst_clisimulatedprovider.moc"
