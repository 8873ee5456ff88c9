// Funding, liquidations and the ratio of longs to shorts from the command line: held against what the simulated provider and the simulated exchanges
// serve, over their own paths.

#include "support/simulatorstate.h"

namespace {

constexpr qint64 hour = 3'600'000;

QJsonArray historyOf(const Sim& sim, const char* path, const char* symbol, qint64 from, qint64 to)
{
    const QByteArray body = get(QStringLiteral("%1/coinalyze/v1/%2?symbols=%3&interval=1hour&from=%4&to=%5&api_key=simulated-key")
                                    .arg(sim.url(), QString::fromLatin1(path), QString::fromLatin1(symbol))
                                    .arg(from / 1000)
                                    .arg(to / 1000));
    return QJsonDocument::fromJson(body)[0][u"history"].toArray();
}

bool isNear(double a, double b)
{
    return std::abs(a - b) <= 1e-12 + 1e-12 * std::abs(b);
}

} // namespace

class TestCliMetrics : public QObject {
    Q_OBJECT

private slots:
    void init();
    void fundingOfTheProvider_data();
    void fundingOfTheProvider();
    void liquidationsAndRatios();
    void quietHoursAreNoLoss();
    void fundingOfExchanges_data();
    void fundingOfExchanges();
    void aMissingPaymentIsFoundAndVerified();
    void killedInTheMiddle();
    void limitsAreWaitedFor();
    void whoHasNoneIsToldSo();
    void incrementalGoesOn();
    void rowsAreMadeAgainFromTheArchive();

private:
    void useSimulator(const QStringList& more = {});
    Outcome run(const QString& line) const { return m_cli->run(words(line)); }
    Outcome query(const char* sql) const { return m_cli->run({QStringLiteral("query"), QString::fromLatin1(sql), QStringLiteral("--format"), QStringLiteral("csv")}); }
    /// Lines of a reading command without the header, split.
    QList<QByteArrayList> rows(const QString& line) const;
    QJsonArray gaps(const char* filters) const { return run(QStringLiteral("gaps --json ") + QString::fromLatin1(filters)).json().array(); }

    std::unique_ptr<Sim> m_sim;
    std::unique_ptr<Cli> m_cli;
};

void TestCliMetrics::init()
{
    m_sim.reset();
    m_cli = std::make_unique<Cli>();
    m_cli->set(QStringLiteral("rate.share=1"));
}

void TestCliMetrics::useSimulator(const QStringList& more)
{
    m_sim = std::make_unique<Sim>(words(QStringLiteral("--synthetic 5 --exchange binance,bybit,coinalyze")) + more);
    QVERIFY(m_sim->isUp());
    for (const char* id : {"binance", "bybit", "coinalyze"})
        m_cli->set(QStringLiteral("exchanges.%1.base_url=%2/%1").arg(QString::fromLatin1(id), m_sim->url()));
    m_cli->setVariable("MNEMO_SECRET_COINALYZE_API_KEY", "simulated-key");
}

QList<QByteArrayList> TestCliMetrics::rows(const QString& line) const
{
    QList<QByteArrayList> cells;
    const QByteArrayList lines = run(line).out.trimmed().split('\n');
    for (const QByteArray& each : lines.mid(1))
        cells << each.split(',');
    return cells;
}

/// Bars of the rate in force: what is stored is what was served, percent made a fraction.
void TestCliMetrics::fundingOfTheProvider_data()
{
    QTest::addColumn<QString>("kind");
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<QByteArray>("further"); ///< columns that it does not tell
    QTest::newRow("in force") << QStringLiteral("funding") << QByteArray("funding-rate-history") << QByteArray(",mark_price,interval_hours");
    QTest::newRow("expected") << QStringLiteral("predicted_funding") << QByteArray("predicted-funding-rate-history") << QByteArray();
}

void TestCliMetrics::fundingOfTheProvider()
{
    QFETCH(QString, kind);
    QFETCH(QByteArray, path);
    QFETCH(QByteArray, further);
    useSimulator();
    const QString command = QString(kind).replace(u'_', u'-');
    const QString line = QStringLiteral("backfill --exchange binance --source coinalyze --kind %1 --symbol BTC/USDT:USDT --timeframe 1h --last 5d --json").arg(kind);
    const Outcome filled = run(line);
    QVERIFY2(filled.status == 0, filled.err.constData());
    QCOMPARE(filled.lastLine()[u"status"].toString(), QStringLiteral("complete"));
    QCOMPARE(filled.lastLine()[u"series"][0][u"kind"].toString(), kind);
    QVERIFY(run(command).out.startsWith("time,rate,rate_high,rate_low,rate_close" + further + '\n'));
    const auto stored = rows(command + QStringLiteral(" --source coinalyze"));
    QVERIFY(stored.size() >= 119);
    const qint64 first = stored.first()[0].toLongLong(), last = stored.last()[0].toLongLong();
    const QJsonArray served = historyOf(*m_sim, path.constData(), "BTCUSDT_PERP.A", first, last);
    QCOMPARE(served.size(), stored.size());
    int negative = 0;
    for (qsizetype i = 0; i < stored.size(); ++i) {
        QCOMPARE(stored[i][0].toLongLong(), served[i][u"t"].toInteger() * 1000);
        const char* names[] = {"o", "h", "l", "c"};
        for (int column = 0; column < 4; ++column)
            QVERIFY2(isNear(stored[i][column + 1].toDouble() * 100, served[i][QString::fromLatin1(names[column])].toDouble()), stored[i].join(',').constData());
        for (const QByteArray& cell : stored[i].mid(5))
            QVERIFY(cell.isEmpty());
        negative += stored[i][1].startsWith('-') ? 1 : 0;
    }
    QVERIFY(negative < stored.size()); // rates of some size, not zeros
    QVERIFY(std::ranges::any_of(stored, [](const QByteArrayList& row) { return std::abs(row[1].toDouble()) > 1e-6; }));
    QVERIFY(gaps(("--kind " + kind.toLatin1()).constData()).isEmpty());
    const QJsonArray series = run(QStringLiteral("series --kind %1 --json").arg(kind)).json().array();
    QCOMPARE(series.size(), 1);
    QCOMPARE(series[0][u"rows"].toInt(), static_cast<int>(stored.size()));
    QCOMPARE(series[0][u"coverage"].toDouble(), 1.0);
    QCOMPARE(query(("SELECT count(*), count(rate) FROM " + kind.toLatin1()).constData()).out.split('\n')[1], QByteArray::number(stored.size()) + ',' + QByteArray::number(stored.size()));
    const QString file = m_cli->path(QStringLiteral("out.csv"));
    QCOMPARE(run(QStringLiteral("export --kind %1 --format csv --out ").arg(kind) + file).status, 0);
    QFile exported(file);
    QVERIFY(exported.open(QIODevice::ReadOnly));
    QCOMPARE(exported.readAll(), run(command).out);
    QCOMPARE(run(QStringLiteral("validate --kind ") + kind).status, 0);
    const int asked = askedOf(*m_sim, "coinalyze");
    QCOMPARE(run(line).status, 0);
    QCOMPARE(askedOf(*m_sim, "coinalyze"), asked); // known already
}

/// Of liquidations a bar that an answer leaves out had none; inverse contracts are told in money.
void TestCliMetrics::liquidationsAndRatios()
{
    useSimulator();
    const QString base = QStringLiteral("backfill --exchange binance --source coinalyze --timeframe 1h --last 3d --json --symbol BTC/USDT:USDT,BTC/USD:BTC --kind ");
    const Outcome filled = run(base + QStringLiteral("liquidations"));
    QVERIFY2(filled.status == 0, filled.err.constData());
    for (const char* symbol : {"BTC/USDT:USDT", "BTC/USD:BTC"}) {
        const bool isInverse = QByteArray(symbol) == "BTC/USD:BTC";
        const auto stored = rows(QStringLiteral("liquidations --symbol ") + QString::fromLatin1(symbol)); // time,long,short,long_usd,short_usd
        QVERIFY(stored.size() > 20 && stored.size() < 72);
        const QJsonArray served = historyOf(*m_sim, "liquidation-history", isInverse ? "BTCUSD_PERP.A" : "BTCUSDT_PERP.A", stored.first()[0].toLongLong(), stored.last()[0].toLongLong());
        QCOMPARE(served.size(), stored.size());
        for (qsizetype i = 0; i < stored.size(); ++i) {
            QCOMPARE(stored[i][0].toLongLong(), served[i][u"t"].toInteger() * 1000);
            const int first = isInverse ? 3 : 1, other = isInverse ? 1 : 3;
            QVERIFY(isNear(stored[i][first].toDouble(), served[i][u"l"].toDouble()) && isNear(stored[i][first + 1].toDouble(), served[i][u"s"].toDouble()));
            QVERIFY(stored[i][other].isEmpty() && stored[i][other + 1].isEmpty());
        }
        qint64 quiet = 0;
        for (const auto& gap : gaps((QByteArray("--kind liquidations --symbol ") + symbol).constData())) {
            QCOMPARE(gap.toObject()[u"class"].toString(), QStringLiteral("empty"));
            quiet += gap.toObject()[u"bars"].toInteger();
        }
        QVERIFY(std::abs(stored.size() + quiet - 72) <= 1);
    }
    const Outcome ratios = run(QStringLiteral("backfill --exchange binance --source coinalyze --timeframe 1h --last 3d --json --symbol BTC/USDT:USDT --kind long_short_ratio"));
    QVERIFY2(ratios.status == 0, ratios.err.constData());
    const auto stored = rows(QStringLiteral("long-short-ratio"));
    const QJsonArray served = historyOf(*m_sim, "long-short-ratio-history", "BTCUSDT_PERP.A", stored.first()[0].toLongLong(), stored.last()[0].toLongLong());
    QCOMPARE(served.size(), stored.size());
    for (qsizetype i = 0; i < stored.size(); ++i) {
        QVERIFY(isNear(stored[i][1].toDouble(), served[i][u"r"].toDouble()));
        QVERIFY(isNear(stored[i][2].toDouble() * 100, served[i][u"l"].toDouble()) && isNear(stored[i][3].toDouble() * 100, served[i][u"s"].toDouble()));
    }
}

/// More hours than the provider keeps: of those that it still has each is told of, the others are beyond what it keeps; none is
/// about to be lost, and asking again takes nothing of that back.
void TestCliMetrics::quietHoursAreNoLoss()
{
    useSimulator();
    m_cli->writeFile(QStringLiteral("config/assets.yaml"),
        "universe:\n  - { exchanges: [binance], sources: [coinalyze], symbols: [\"BTC/USDT:USDT\"], timeframes: [1h], kinds: [liquidations] }\n");
    QCOMPARE(run(QStringLiteral("backfill --exchange binance --source coinalyze --kind liquidations --symbol BTC/USDT:USDT --timeframe 1h --last 90d")).status, 1);
    const auto barsOf = [this] {
        std::map<QString, qint64> bars;
        for (const auto& gap : gaps("--kind liquidations"))
            bars[gap.toObject()[u"class"].toString()] += gap.toObject()[u"bars"].toInteger();
        return bars;
    };
    const auto told = barsOf();
    const qint64 stored = rows(QStringLiteral("liquidations")).size();
    QVERIFY(told.at(QStringLiteral("empty")) > 20);
    const qint64 known = stored + told.at(QStringLiteral("empty"));
    QVERIFY2(known >= 1500 && known < 1530, QByteArray::number(known).constData()); // what it keeps at most a day after it deleted
    QVERIFY(told.at(QStringLiteral("beyond_retention")) > 500);
    QCOMPARE(told.size(), 2U);
    QVERIFY(run(QStringLiteral("repair")).status <= 1);
    QCOMPARE(barsOf(), told);
    const QByteArray health = run(QStringLiteral("health --json")).out;
    QVERIFY2(!health.contains("retention/") && !health.contains("gaps/"), health.constData());
}

void TestCliMetrics::fundingOfExchanges_data()
{
    QTest::addColumn<QByteArray>("exchange");
    QTest::addColumn<QByteArray>("symbol");
    QTest::addColumn<QByteArray>("path"); ///< of the exchange itself, up to the times
    QTest::addColumn<int>("interval"); ///< hours
    QTest::newRow("binance linear") << QByteArray("binance") << QByteArray("BTC/USDT:USDT") << QByteArray("/binance/fapi/v1/fundingRate?symbol=BTCUSDT") << 8;
    QTest::newRow("binance inverse") << QByteArray("binance") << QByteArray("BTC/USD:BTC") << QByteArray("/binance/dapi/v1/fundingRate?symbol=BTCUSD_PERP") << 8;
    QTest::newRow("each four hours") << QByteArray("binance") << QByteArray("SOL/USDT:USDT") << QByteArray("/binance/fapi/v1/fundingRate?symbol=SOLUSDT") << 4;
    QTest::newRow("bybit") << QByteArray("bybit") << QByteArray("BTC/USDT:USDT") << QByteArray("/bybit/v5/market/funding/history?category=linear&symbol=BTCUSDT") << 8;
}

/// What was paid, over more than one page; hours between are no gaps.
void TestCliMetrics::fundingOfExchanges()
{
    QFETCH(QByteArray, exchange);
    QFETCH(QByteArray, symbol);
    QFETCH(QByteArray, path);
    QFETCH(int, interval);
    useSimulator();
    const QString line = QStringLiteral("backfill --exchange %1 --kind funding --symbol %2 --timeframe 1h --last 400d --json").arg(QString::fromLatin1(exchange), QString::fromLatin1(symbol));
    const Outcome filled = run(line);
    QVERIFY2(filled.status == 0, filled.err.constData());
    const auto stored = rows(QStringLiteral("funding --exchange ") + QString::fromLatin1(exchange));
    QVERIFY(std::abs(stored.size() - 400 * 24 / interval) <= 2);
    const qint64 end = stored.last()[0].toLongLong();
    const QByteArray body = get(m_sim->url() + QString::fromLatin1(path) + QStringLiteral("&startTime=%1&endTime=%2&limit=200").arg(end - 20 * 24 * hour).arg(end + hour / 2));
    const QJsonDocument answer = QJsonDocument::fromJson(body);
    const bool isBybit = exchange == "bybit";
    const QJsonArray served = isBybit ? answer[u"result"][u"list"].toArray() : answer.array();
    QCOMPARE(served.size(), 20 * 24 / interval + 1);
    for (qsizetype i = 0; i < served.size(); ++i) {
        const QJsonObject event = served[isBybit ? served.size() - 1 - i : i].toObject();
        const QByteArrayList& row = stored[stored.size() - served.size() + i];
        const qint64 time = isBybit ? event[u"fundingRateTimestamp"].toString().toLongLong() : event[u"fundingTime"].toInteger();
        QCOMPARE(row[0].toLongLong(), time - time % hour);
        QCOMPARE(row[1].toDouble(), event[u"fundingRate"].toString().toDouble());
        QCOMPARE(row[5].isEmpty(), isBybit);
        if (!isBybit)
            QCOMPARE(row[5].toDouble(), event[u"markPrice"].toString().toDouble());
    }
    for (qsizetype i = 1; i < stored.size(); ++i)
        QCOMPARE(stored[i][0].toLongLong() - stored[i - 1][0].toLongLong(), interval * hour);
    QVERIFY(gaps("--kind funding").isEmpty());
    QCOMPARE(run(QStringLiteral("series --kind funding --json")).json()[0][u"expected"].toInt(), static_cast<int>(stored.size()));
    const int asked = askedOf(*m_sim, exchange.constData());
    QVERIFY2(asked < 20, QByteArray::number(asked).constData()); // far fewer than one for each week
    QCOMPARE(run(line).status, 0);
    QCOMPARE(askedOf(*m_sim, exchange.constData()), asked);
}

/// The exchange leaves payments out of its answer, and has them when it is asked once more.
void TestCliMetrics::aMissingPaymentIsFoundAndVerified()
{
    useSimulator({QStringLiteral("--fault"), QStringLiteral("hole=1"), QStringLiteral("--seed"), QStringLiteral("5")});
    const Outcome filled = run(QStringLiteral("backfill --exchange binance --kind funding --symbol BTC/USDT:USDT --timeframe 1h --last 60d --json"));
    QVERIFY2(filled.status == 0, filled.err.constData());
    const auto stored = rows(QStringLiteral("funding"));
    QList<qint64> late; // those before which one is missing
    for (qsizetype i = 1; i < stored.size(); ++i) {
        if (stored[i][0].toLongLong() - stored[i - 1][0].toLongLong() > 8 * hour)
            late << stored[i][0].toLongLong();
    }
    QVERIFY(!late.isEmpty());
    const auto open = [this] {
        QList<qint64> times;
        for (const QJsonValue& one : run(QStringLiteral("validate --json")).json()[u"findings"].toArray()) {
            if (one[u"rule"] == QStringLiteral("funding_missed") && one[u"state"] == QStringLiteral("open"))
                times << one[u"from"].toInteger();
        }
        return times;
    };
    QCOMPARE(open(), late);
    QVERIFY(run(QStringLiteral("repair --verify --kind funding --last 60d")).status != 2);
    QVERIFY(std::abs(rows(QStringLiteral("funding")).size() - 180) <= 1);
    QCOMPARE(open(), QList<qint64>());
}

void TestCliMetrics::killedInTheMiddle()
{
    useSimulator({QStringLiteral("--fault"), QStringLiteral("latency=400ms")});
    const QString line = QStringLiteral("backfill --exchange binance --source coinalyze --kind funding --symbol BTC/USDT:USDT,ETH/USDT:USDT,SOL/USDT:USDT,XRP/USDT:USDT "
                                        "--timeframe 1h,4h,1d --last 30d --json --set http.connections_per_host=1");
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
    QVERIFY(gaps("--kind funding").isEmpty());
    QCOMPARE(run(QStringLiteral("series --kind funding --json")).json().array().size(), 12);
}

/// "Too many requests" comes and passes; nothing is lost or doubled.
void TestCliMetrics::limitsAreWaitedFor()
{
    useSimulator({QStringLiteral("--fault"), QStringLiteral("429=0.4"), QStringLiteral("--seed"), QStringLiteral("3")});
    m_cli->set(QStringLiteral("retry.base=10ms"));
    m_cli->set(QStringLiteral("retry.cap=200ms"));
    m_cli->set(QStringLiteral("retry.attempts=30"));
    m_cli->set(QStringLiteral("breaker.failures=1000"));
    const Outcome filled = run(QStringLiteral("backfill --exchange bybit --kind funding --symbol BTC/USDT:USDT --timeframe 1h --last 400d --json"));
    QVERIFY2(filled.status == 0, filled.err.constData());
    QVERIFY(std::abs(rows(QStringLiteral("funding")).size() - 1200) <= 2);
}

/// The provider has no ratio of inverse contracts; nobody has funding of spot.
void TestCliMetrics::whoHasNoneIsToldSo()
{
    useSimulator();
    const Outcome none = run(QStringLiteral("backfill --exchange binance --source coinalyze --kind long_short_ratio --symbol BTC/USD:BTC --timeframe 1d --last 10d"));
    QVERIFY(none.status == 0 || none.status == 1);
    QVERIFY(rows(QStringLiteral("long-short-ratio --symbol BTC/USD:BTC")).isEmpty());
    const Outcome spot = run(QStringLiteral("backfill --exchange binance --kind funding --symbol BTC/USDT --timeframe 1h --last 10d"));
    QCOMPARE(spot.status, 2);
    QVERIFY2(spot.err.contains("binance has no spot funding; it has linear inverse"), spot.err.constData());
    const Outcome frame = run(QStringLiteral("backfill --exchange binance --kind funding --symbol BTC/USDT:USDT --timeframe 8h --last 10d"));
    QVERIFY2(frame.status == 2 && frame.err.contains("it has 1h"), frame.err.constData());
    const Outcome word = run(QStringLiteral("backfill --exchange binance --kind fundings --symbol BTC/USDT:USDT --timeframe 1h --last 10d"));
    QVERIFY2(word.status == 2 && word.err.contains("did you mean funding"), word.err.constData());
}

void TestCliMetrics::incrementalGoesOn()
{
    useSimulator();
    m_cli->writeFile(QStringLiteral("config/assets.yaml"),
        "universe:\n  - { exchanges: [binance], symbols: [\"BTC/USDT:USDT\"], timeframes: [1h], kinds: [funding] }\n"
        "  - { exchanges: [binance], sources: [coinalyze], symbols: [\"BTC/USDT:USDT\"], timeframes: [1h], kinds: [funding, liquidations, long_short_ratio] }\n");
    const QString from = QDateTime::currentDateTimeUtc().addDays(-20).toString(QStringLiteral("yyyy-MM-dd")), to = QDateTime::currentDateTimeUtc().addDays(-2).toString(QStringLiteral("yyyy-MM-dd"));
    QCOMPARE(run(QStringLiteral("backfill --exchange binance --kind funding --symbol BTC/USDT:USDT --timeframe 1h --from %1 --to %2").arg(from, to)).status, 0);
    const qsizetype before = rows(QStringLiteral("funding --source binance")).size();
    const Outcome cycle = run(QStringLiteral("incremental --json"));
    QVERIFY2(cycle.status == 0 || cycle.status == 1, cycle.err.constData());
    QVERIFY(rows(QStringLiteral("funding --source binance")).size() >= before + 5);
    QVERIFY(gaps("--kind funding --source binance").isEmpty());
    for (const char* command : {"funding --source coinalyze", "liquidations", "long-short-ratio"})
        QVERIFY2(!rows(QString::fromLatin1(command)).isEmpty(), command);
}

void TestCliMetrics::rowsAreMadeAgainFromTheArchive()
{
    useSimulator();
    QCOMPARE(run(QStringLiteral("backfill --exchange binance --kind funding --symbol BTC/USDT:USDT --timeframe 1h --last 30d")).status, 0);
    QVERIFY(run(QStringLiteral("backfill --exchange binance --source coinalyze --kind liquidations --symbol BTC/USDT:USDT,BTC/USD:BTC --timeframe 4h --last 5d")).status <= 1);
    const auto all = [this] { return query("SELECT s.kind, s.symbol, s.time_kind, m.time, m.n1, m.n2, m.n3, m.n4, m.n5, m.n6, m.flags FROM metrics m JOIN series s ON s.id = m.series_id ORDER BY 1, 2, m.time").out; };
    const QByteArray before = all();
    QVERIFY(before.count('\n') > 100);
    for (const char* file : {"/mnemo.db", "/mnemo.db-wal", "/mnemo.db-shm"})
        QFile::remove(m_cli->dataDir() + QString::fromLatin1(file));
    const Outcome rebuilt = run(QStringLiteral("rebuild"));
    QVERIFY2(rebuilt.status == 0, rebuilt.err.constData());
    QCOMPARE(all(), before);
}

QTEST_GUILESS_MAIN(TestCliMetrics)
#include "tst_climetrics.moc"
