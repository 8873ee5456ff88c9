#include "support/programs.h"

namespace {

/// Minutes of a market that moves a little; @p broken has its high below its close.
QByteArray minutesCsv(int count, int broken = -1, int repeated = -1, int jump = -1)
{
    QByteArray csv = "open_time,open,high,low,close,volume,close_time\n";
    for (int i = 0; i < count; ++i) {
        const qint64 open = 1'709'251'200'000 + i * 60'000LL;
        const double price = (100 + (i * 37 % 11) * 0.01) * (i == jump ? 1.5 : 1);
        const double high = i == broken ? price - 1 : price + 0.05;
        const qint64 close = open + 59'999;
        const QByteArray row = QByteArray::number(open) + ',' + QByteArray::number(price, 'f', 4) + ','
            + QByteArray::number(high, 'f', 4) + ',' + QByteArray::number(std::min(high, price) - 0.05, 'f', 4) + ','
            + QByteArray::number(price, 'f', 4) + ",5," + QByteArray::number(close) + '\n';
        csv += row;
        if (i == repeated)
            csv += row;
    }
    return csv;
}

QJsonObject findingOf(const Outcome& outcome, const char* rule)
{
    for (const QJsonValue& one : outcome.json()[u"findings"].toArray()) {
        if (one[u"rule"].toString() == QLatin1String(rule))
            return one.toObject();
    }
    return {};
}

} // namespace

class TestCliValidate : public QObject {
    Q_OBJECT
private slots:
    void findsTellsAndHeals()
    {
        Cli cli;
        const QStringList target {QStringLiteral("--exchange"), QStringLiteral("binance"), QStringLiteral("--symbol"),
            QStringLiteral("BTC/USDT"), QStringLiteral("--timeframe"), QStringLiteral("1m")};
        const QString bad = cli.writeFile(QStringLiteral("bad.csv"), minutesCsv(1000, 500, 300, 700));
        QCOMPARE(cli.run(QStringList {QStringLiteral("import"), bad} + target).status, 0);

        const QStringList validate {QStringLiteral("validate"), QStringLiteral("--json")};
        const Outcome first = cli.run(validate);
        QVERIFY2(first.status == 1, first.err.constData());
        const QJsonObject high = findingOf(first, "high_not_highest");
        QCOMPARE(high[u"from"].toInteger(), 1'709'251'200'000 + 500 * 60'000LL);
        QVERIFY2(high[u"why"].toString().startsWith(u"high 99.") && high[u"why"].toString().contains(u" < "),
            first.out.constData());
        QCOMPARE(high[u"state"].toString(), QStringLiteral("open"));
        QVERIFY(!findingOf(first, "repeated_row").isEmpty());
        QVERIFY(!findingOf(first, "price_jump").isEmpty());
        QCOMPARE(first.json()[u"rows"].toInt(), 1000);

        const Outcome second = cli.run(validate); // nothing twice
        QCOMPARE(second.status, 1);
        QCOMPARE(
            second.json()[u"added"].toInt() + second.json()[u"fixed"].toInt() + second.json()[u"reopened"].toInt(), 0);
        QCOMPARE(second.json()[u"findings"].toArray().size(), first.json()[u"findings"].toArray().size());

        const Outcome people = cli.run({QStringLiteral("validate")});
        QVERIFY(people.out.contains("high_not_highest") && people.out.contains(" < open "));

        const QString good = cli.writeFile(QStringLiteral("good.csv"), minutesCsv(1000));
        QCOMPARE(cli.run(QStringList {QStringLiteral("import"), good} + target).status, 0);
        const Outcome healed = cli.run(validate);
        QVERIFY2(healed.status == 0, healed.out.constData());
        QVERIFY(findingOf(healed, "high_not_highest").isEmpty());
        QVERIFY(findingOf(healed, "price_jump").isEmpty());
        QVERIFY(!findingOf(healed, "revision").isEmpty());
    }

    void previewStoresNothing()
    {
        Cli cli;
        const QString file = cli.writeFile(QStringLiteral("a.csv"), minutesCsv(1000, -1, -1, 700));
        QCOMPARE(cli.run({QStringLiteral("import"), file, QStringLiteral("--exchange"), QStringLiteral("binance"),
                             QStringLiteral("--symbol"), QStringLiteral("BTC/USDT"), QStringLiteral("--timeframe"),
                             QStringLiteral("1m")})
                     .status,
            0);
        const auto preview = [&](const char* threshold) {
            const Outcome outcome = cli.run({QStringLiteral("validate"), QStringLiteral("--preview"),
                QStringLiteral("--json"), QStringLiteral("--rule"), QStringLiteral("price_jump"),
                QStringLiteral("--threshold"), QString::fromLatin1(threshold)});
            return outcome.status == 0 ? outcome.json()[u"results"][0][u"bars"].toInt(-1) : -1;
        };
        QCOMPARE(preview("price_jump.z=40"), 1);
        QCOMPARE(preview("price_jump.min_change=60"), 0);
        QCOMPARE(cli.run({QStringLiteral("query"),
                             QStringLiteral("SELECT count(*) FROM findings WHERE rule = 'price_jump'")})
                     .out.trimmed(),
            QByteArray("count(*)\n0"));
    }

    void mistakesAreTold_data()
    {
        QTest::addColumn<QString>("command");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("rule") << "validate --rule price_jmp" << QByteArray("did you mean price_jump?");
        QTest::newRow("threshold") << "validate --preview --threshold price_jump.zz=3" << QByteArray("no threshold zz");
        QTest::newRow("range") << "validate --preview --threshold price_jump.z=0" << QByteArray("from 1 to 1000000");
        QTest::newRow("form") << "validate --preview --threshold z" << QByteArray("RULE.KEY=NUMBER");
        QTest::newRow("no preview") << "validate --threshold price_jump.z=3" << QByteArray("preview");
    }
    void mistakesAreTold()
    {
        QFETCH(QString, command);
        QFETCH(QByteArray, says);
        Cli cli;
        const QString file = cli.writeFile(QStringLiteral("a.csv"), minutesCsv(10));
        QCOMPARE(cli.run({QStringLiteral("import"), file, QStringLiteral("--exchange"), QStringLiteral("binance"),
                             QStringLiteral("--symbol"), QStringLiteral("BTC/USDT"), QStringLiteral("--timeframe"),
                             QStringLiteral("1m")})
                     .status,
            0);
        const Outcome outcome = cli.run(command.split(u' '));
        QCOMPARE(outcome.status, 2);
        QVERIFY2(outcome.err.contains(says), outcome.err.constData());
    }

    void rulesAreListed()
    {
        Cli cli;
        const Outcome outcome =
            cli.run({QStringLiteral("validate"), QStringLiteral("--list"), QStringLiteral("--json")});
        QCOMPARE(outcome.status, 0);
        QVERIFY(outcome.json().array().size() > 25);
        QVERIFY(cli.run({QStringLiteral("validate"), QStringLiteral("--help")}).out.contains("Exit status 1"));
    }
};

QTEST_GUILESS_MAIN(TestCliValidate)
#include "tst_clivalidate.moc"
