// `compare` as people and scripts see it, over imported series.

#include "support/programs.h"

namespace {

constexpr std::int64_t begin = 1'704'067'200'000; // 2024-01-01

/// Minutes of a saw-tooth; @p spoil may change a bar or leave it out.
using Spoil = std::function<bool(int minute, double& close, double& volume)>;
QByteArray csv(int bars, const Spoil& spoil = {})
{
    QByteArray text = "open_time,open,high,low,close,volume\n";
    for (int i = 0; i < bars; ++i) {
        const double open = 100 + (i * 7919 % 101) * 0.01;
        double close = 100 + ((i + 1) * 7919 % 101) * 0.01;
        double volume = 5 + i % 3;
        if (spoil && !spoil(i, close, volume))
            continue;
        text += QByteArray::number(begin + 60'000LL * i) + ',' + QByteArray::number(open) + ','
            + QByteArray::number(qMax(open, close)) + ',' + QByteArray::number(qMin(open, close)) + ','
            + QByteArray::number(close) + ',' + QByteArray::number(volume) + '\n';
    }
    return text;
}

QStringList words(const char* line)
{
    return QString::fromLatin1(line).split(u' ', Qt::SkipEmptyParts);
}

} // namespace

class TestCliCompare : public QObject {
    Q_OBJECT

private slots:
    void initTestCase()
    {
        add("binance", "BTC/USDT", csv(600));
        add("bybit", "BTC/USDT", csv(600));
        add("okx", "BTC/USDT", csv(600, [](int minute, double& close, double&) {
            if (minute == 300)
                close *= 1.02;
            return minute < 400 || minute > 402;
        }));
        add("binance", "BTC/USDT:USDT", csv(500));
    }

    void agreement()
    {
        const Outcome done =
            m_cli.run(words("compare --symbol BTC/USDT --exchange binance,bybit --timeframe 1m --json"));
        QCOMPARE(done.status, 0);
        const QJsonObject report = done.json().object();
        const QJsonObject pair = report[QStringLiteral("pairs")].toArray().first().toObject();
        QCOMPARE(pair[QStringLiteral("common")].toInt(), 600);
        QCOMPARE(pair[QStringLiteral("identical")].toInt(), 600);
        QVERIFY(report[QStringLiteral("findings")].toArray().isEmpty());
    }

    void differences()
    {
        const Outcome done =
            m_cli.run(words("compare --symbol BTC/USDT --exchange okx,binance,bybit --timeframe 1m --json"));
        QCOMPARE(done.status, 1);
        QVERIFY(done.err.isEmpty());
        const QJsonArray findings = done.json().object()[QStringLiteral("findings")].toArray();
        QCOMPARE(findings.size(), 2);
        const QJsonObject close = findings[0].toObject();
        QCOMPARE(close[QStringLiteral("rule")].toString(), QStringLiteral("cross_close"));
        QCOMPARE(close[QStringLiteral("exchange")].toString(), QStringLiteral("okx"));
        QCOMPARE(close[QStringLiteral("from")].toInteger(), begin + 300 * 60'000LL);
        QCOMPARE(close[QStringLiteral("to")].toInteger(), begin + 301 * 60'000LL);
        const QJsonObject missing = findings[1].toObject();
        QCOMPARE(missing[QStringLiteral("rule")].toString(), QStringLiteral("cross_missing"));
        QCOMPARE(missing[QStringLiteral("bars")].toInt(), 3);
        QCOMPARE(missing[QStringLiteral("details")].toObject()[QStringLiteral("traded_elsewhere")].toInt(), 2);

        const Outcome table = m_cli.run(words("compare --symbol BTC/USDT --exchange okx,binance --timeframe 1m"));
        QCOMPARE(table.status, 1);
        QVERIFY(table.out.contains("cross_close") && table.out.contains("2024-01-01 05:00")
            && table.out.contains("cross_missing"));
        const Outcome part =
            m_cli.run(words("compare --symbol BTC/USDT --exchange okx,binance --timeframe 1m --to 2024-01-01T04:59"));
        QCOMPARE(part.status, 0);
    }

    void rollsUp()
    {
        const Outcome done =
            m_cli.run(words("compare --symbol BTC/USDT --exchange binance,bybit --timeframe 15m --json"));
        QCOMPARE(done.status, 0);
        QVERIFY(done.err.contains("rolled up to 15m"));
        QCOMPARE(done.json()
                     .object()[QStringLiteral("pairs")]
                     .toArray()
                     .first()
                     .toObject()[QStringLiteral("identical")]
                     .toInt(),
            40);
    }

    void unlike()
    {
        const QStringList command = words("compare --symbol BTC/USDT,BTC/USDT:USDT --exchange binance --timeframe 1m");
        const Outcome refused = m_cli.run(command);
        QCOMPARE(refused.status, 2);
        QVERIFY(refused.err.contains("differ in market type"));
        QCOMPARE(m_cli.run(command + words("--unlike")).status, 0);
    }

    void openInterest()
    {
        const auto rows = [](double times, int oddHour) {
            QByteArray text = "create_time,symbol,sum_open_interest,sum_open_interest_value\n";
            for (int hour = 0; hour < 240; ++hour) {
                const double amount = (1000 + hour % 7) * times * (hour == oddHour ? 1.5 : 1);
                text += QByteArray::number(begin + 3'600'000LL * hour) + ",X," + QByteArray::number(amount, 'g', 12) + ",\n";
            }
            return text;
        };
        addInterest("binance", rows(1, -1));
        addInterest("okx", rows(1.01, 30));
        addInterest("bybit", rows(2, -1));
        const QStringList command = words("compare --kind open_interest --symbol BTC/USDT:USDT --timeframe 1h --json --exchange");
        const Outcome as = m_cli.run(command + words("binance,okx"));
        QCOMPARE(as.status, 0); // venues hold what they hold
        const QJsonObject interest = as.json()[QStringLiteral("pairs")][0][QStringLiteral("interest")].toObject();
        QCOMPARE(interest[QStringLiteral("rows")].toInt(), 240);
        QVERIFY(qAbs(interest[QStringLiteral("ratio")].toDouble() * 1.01 - 1) < 1e-9);

        const QStringList judged = {QStringLiteral("--set"),
            QStringLiteral("quality.compare.pairs=[{between: [binance, okx], interest_percent: 5}]")};
        const Outcome odd = m_cli.run(command + words("binance,okx") + judged);
        QCOMPARE(odd.status, 1);
        const QJsonArray findings = odd.json()[QStringLiteral("findings")].toArray();
        QCOMPARE(findings.size(), 1);
        QCOMPARE(findings[0][QStringLiteral("rule")].toString(), QStringLiteral("cross_interest"));
        QCOMPARE(findings[0][QStringLiteral("from")].toInteger(), begin + 30 * 3'600'000LL);
        const QJsonValue told = findings[0][QStringLiteral("details")][QStringLiteral("interest")];
        QCOMPARE(told[QStringLiteral("ours")].toDouble(), 1002.0);
        QCOMPARE(told[QStringLiteral("theirs")].toDouble(), 1518.03);

        const Outcome table = m_cli.run(
            words("compare --kind open_interest --symbol BTC/USDT:USDT --timeframe 1h --exchange binance,bybit --store"));
        QCOMPARE(table.status, 1);
        QVERIFY2(table.out.contains("cross_interest_unit") && table.out.contains("seems to count both sides of each position"),
            table.out.constData());
        const Outcome stored = m_cli.run(words("findings list --rule cross_interest_unit --json"));
        QCOMPARE(stored.json().array().size(), 1);
        QCOMPARE(stored.json()[0][QStringLiteral("exchange")].toString(), QStringLiteral("bybit"));
    }

    void kindsAreNotMixed()
    {
        const Outcome none = m_cli.run(words("compare --kind open_interest --symbol BTC/USDT --exchange binance,okx --timeframe 1m"));
        QCOMPARE(none.status, 2);
        QVERIFY2(none.err.contains("is not stored"), none.err.constData());
    }

    void refused_data()
    {
        QTest::addColumn<QString>("command");
        QTest::addColumn<QString>("sentence");
        QTest::newRow("not stored") << "--symbol BTC/USDT --exchange binance,kraken --timeframe 1m"
                                    << "kraken spot BTC/USDT candles 1m is not stored";
        QTest::newRow("one series") << "--symbol BTC/USDT --exchange binance --timeframe 1m"
                                    << "two to eight series, not 1";
        QTest::newRow("twice") << "--symbol BTC/USDT --exchange binance,binance --timeframe 1m"
                               << "stands twice";
        QTest::newRow("timeframe") << "--symbol BTC/USDT --exchange binance,bybit --timeframe 1x"
                                   << "1x";
        QTest::newRow("symbol") << "--symbol BTCUSDT --exchange binance,bybit --timeframe 1m"
                                << "no unified symbol";
        QTest::newRow("no common time") << "--symbol BTC/USDT --exchange binance,bybit --timeframe 1m --from 2025-01-01"
                                        << "no bars of the same time";
    }
    void refused()
    {
        QFETCH(QString, command);
        QFETCH(QString, sentence);
        const Outcome done = m_cli.run(words("compare") + command.split(u' '));
        QCOMPARE(done.status, 2);
        QVERIFY(done.out.isEmpty());
        QVERIFY2(done.err.contains(sentence.toUtf8()), done.err.constData());
    }

private:
    void addInterest(const char* exchange, const QByteArray& text)
    {
        const QString file = m_cli.writeFile(QStringLiteral("interest.csv"), text);
        const Outcome done = m_cli.run({QStringLiteral("import"), file, QStringLiteral("--exchange"), QString::fromLatin1(exchange),
            QStringLiteral("--symbol"), QStringLiteral("BTC/USDT:USDT"), QStringLiteral("--timeframe"), QStringLiteral("1h"),
            QStringLiteral("--kind"), QStringLiteral("open_interest")});
        QVERIFY2(done.status == 0, done.err.constData());
    }

    void add(const char* exchange, const char* symbol, const QByteArray& text)
    {
        const QString file = m_cli.writeFile(QStringLiteral("candles.csv"), text);
        const Outcome done = m_cli.run({QStringLiteral("import"), file, QStringLiteral("--exchange"),
            QString::fromLatin1(exchange), QStringLiteral("--symbol"), QString::fromLatin1(symbol),
            QStringLiteral("--timeframe"), QStringLiteral("1m")});
        QVERIFY2(done.status == 0, done.err.constData());
    }

    Cli m_cli;
};

QTEST_GUILESS_MAIN(TestCliCompare)
#include "tst_clicompare.moc"
