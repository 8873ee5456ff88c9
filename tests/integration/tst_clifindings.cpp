// What is decided about findings, from the command line: `findings`, and what a person knows: `outages`, `notes`.

#include "support/programs.h"

namespace {

constexpr qint64 minute = 60'000;
constexpr qint64 start = 1'709'251'200'000; // 2024-03-01
constexpr int broken = 500, jump = 700;

/// A thousand minutes; bad ones have one high below its close and one price half as high again.
QByteArray candles(bool isBad)
{
    QByteArray csv = "open_time,open,high,low,close,volume\n";
    for (int i = 0; i < 1000; ++i) {
        const double price = (100 + (i * 37 % 11) * 0.01) * (isBad && i == jump ? 1.5 : 1);
        const double high = isBad && i == broken ? price - 1 : price + 0.05;
        csv += QByteArray::number(start + i * minute) + ',' + QByteArray::number(price, 'f', 4) + ','
            + QByteArray::number(high, 'f', 4) + ',' + QByteArray::number(std::min(high, price) - 0.05, 'f', 4) + ','
            + QByteArray::number(price, 'f', 4) + ",5\n";
    }
    return csv;
}

/// The bad minutes of one exchange, judged, and good ones of another.
class Judged : public Cli {
public:
    Judged()
    {
        bring("binance", true);
        bring("bybit", false);
        const Outcome judged = run(words(QStringLiteral("validate --json")));
        if (judged.status != 1)
            qFatal("%s", judged.err.constData());
    }
    QJsonArray list(const QString& filters = {}) const
    {
        return run(words(QStringLiteral("findings list --json ") + filters)).json().array();
    }
    /// The finding of a rule, whatever its state.
    QJsonObject of(const char* rule) const
    {
        const QJsonArray found = list(QStringLiteral("--state open,acknowledged,quarantined,replaced,fixed --rule ")
            + QString::fromLatin1(rule));
        return found.size() == 1 ? found[0].toObject() : QJsonObject {};
    }
    QString id(const char* rule) const { return QString::number(of(rule)[u"id"].toInteger()); }
    QString state(const char* rule) const { return of(rule)[u"state"].toString(); }
    Outcome decide(const QString& line, const char* reason) const
    {
        return run(words(QStringLiteral("findings ") + line)
            << QStringLiteral("--reason") << QString::fromLatin1(reason) << QStringLiteral("--json"));
    }
    int cleanRows() const { return static_cast<int>(run(words(QStringLiteral("candles --exchange binance --clean"))).out.count('\n')) - 1; }

private:
    void bring(const char* exchange, bool isBad)
    {
        const QString file = writeFile(QString::fromLatin1(exchange) + QStringLiteral(".csv"), candles(isBad));
        const Outcome done = run(QStringList {QStringLiteral("import"), file}
            + words(QStringLiteral("--symbol BTC/USDT --timeframe 1m --exchange ") + QString::fromLatin1(exchange)));
        if (done.status != 0)
            qFatal("%s", done.err.constData());
    }
};

} // namespace

class TestCliFindings : public QObject {
    Q_OBJECT
private slots:
    void listsAndShows()
    {
        const Judged cli;
        QVERIFY(cli.list().size() >= 2);
        QCOMPARE(cli.list(QStringLiteral("--exchange bybit")).size(), 0);
        QCOMPARE(cli.list(QStringLiteral("--severity error --rule high_not_highest")).size(), 1);
        QCOMPARE(cli.list(QStringLiteral("--to 2024-03-01T01:00")).size(), 0);
        QCOMPARE(cli.list(QStringLiteral("--most 1")).size(), 1);
        QVERIFY(cli.run(words(QStringLiteral("findings list"))).out.contains("high_not_highest"));

        const Outcome shown = cli.run({QStringLiteral("findings"), QStringLiteral("show"), cli.id("price_jump"), QStringLiteral("--json")});
        QCOMPARE(shown.status, 0);
        const QJsonObject one = shown.json()[0].toObject();
        QCOMPARE(one[u"from"].toInteger(), start + jump * minute);
        QVERIFY(!one[u"bars"].toArray().isEmpty() && one[u"pages"][0][u"route"].toString() == u"import");
        QVERIFY(one[u"problem"].toString().contains(u"imported from a file"));
        const Outcome told = cli.run({QStringLiteral("findings"), QStringLiteral("show"), cli.id("price_jump")});
        QVERIFY2(told.out.contains("Price jumps") && told.out.contains("BTC/USDT"), told.out.constData());
    }

    void decisionsAreKeptAndTakenBack()
    {
        const Judged cli;
        const QString high = cli.id("high_not_highest");
        QVERIFY(cli.cleanRows() == 1000);
        QCOMPARE(cli.decide(QStringLiteral("quarantine ") + high, "wrong field").status, 0);
        QCOMPARE(cli.state("high_not_highest"), QStringLiteral("quarantined"));
        QCOMPARE(cli.cleanRows(), 999);
        QCOMPARE(cli.run(words(QStringLiteral("findings undo ") + high)).status, 0);
        QCOMPARE(cli.state("high_not_highest"), QStringLiteral("open"));
        QCOMPARE(cli.cleanRows(), 1000);

        // those that filters fit, as one decision
        const Outcome accepted = cli.decide(QStringLiteral("accept --exchange binance --event"), "the venue said so");
        QCOMPARE(accepted.status, 0);
        QVERIFY(accepted.json().array().size() >= 2);
        QVERIFY(cli.list(QStringLiteral("--state open")).isEmpty());
        QVERIFY(!cli.run(words(QStringLiteral("notes list --json"))).json().array().isEmpty());
        QCOMPARE(cli.run(words(QStringLiteral("findings reopen ") + high)).status, 0);
        QCOMPARE(cli.state("high_not_highest"), QStringLiteral("open"));

        const QJsonArray log = cli.run(words(QStringLiteral("findings log --json"))).json().array();
        QCOMPARE(log[0][u"action"].toString(), QStringLiteral("reopen"));
        QCOMPARE(log[0][u"finding"].toInteger(), high.toLongLong());
        QVERIFY(!log[0][u"who"].toString().isEmpty() && log[0][u"at"].toInteger() > start);
        QCOMPARE(log.last()[u"action"].toString(), QStringLiteral("quarantine"));
        QCOMPARE(log.last()[u"reason"].toString(), QStringLiteral("wrong field"));
        QCOMPARE(cli.run(words(QStringLiteral("findings log --json --most 2"))).json().array().size(), 2);
    }

    void barsOfAnotherExchangeTakeThePlace()
    {
        const Judged cli;
        const auto close = [&] {
            return cli.run(words(QStringLiteral("candles --exchange binance --from %1 --to %2").arg(start + jump * minute).arg(start + (jump + 1) * minute)))
                .out.split('\n')
                .value(1)
                .split(',')
                .value(4)
                .toDouble();
        };
        const double before = close();
        QVERIFY(before > 140);
        const Outcome done = cli.decide(QStringLiteral("replace %1 --with bybit").arg(cli.id("price_jump")), "a wrong print");
        QVERIFY2(done.status == 0, done.err.constData());
        QCOMPARE(done.json()[0][u"state"].toString(), QStringLiteral("replaced"));
        QVERIFY(close() < 101);
        QCOMPARE(cli.cleanRows(), 999); // clean readers leave foreign rows out
        QCOMPARE(cli.run(words(QStringLiteral("findings undo ") + cli.id("price_jump"))).status, 0);
        QCOMPARE(close(), before);

        // bars that no finding names
        const Outcome by = cli.decide(QStringLiteral("replace --exchange binance --timeframe 1m --from %1 --to %2 --with bybit")
                                          .arg(start + 100 * minute)
                                          .arg(start + 103 * minute),
            "to be sure");
        QVERIFY2(by.status == 0, by.err.constData());
        QCOMPARE(by.json()[0][u"rule"].toString(), QStringLiteral("by_hand"));
        QCOMPARE(cli.cleanRows(), 997);
    }

    void mistakesAreTold_data()
    {
        QTest::addColumn<QString>("command");
        QTest::addColumn<QByteArray>("says");
        const auto row = [](const char* command, const char* says) { QTest::newRow(command) << QString::fromLatin1(command) << QByteArray(says); };
        row("findings show 99999", "there is no finding 99999");
        row("findings show twelve", "no finding's number");
        row("findings quarantine", "Name findings by number");
        row("findings quarantine --rule no_such", "No finding fits");
        row("findings accept 1", "--reason is required");
        row("findings undo 1", "nothing was decided about it yet");
        row("findings replace 1 --with okx --reason x", "is not stored");
        row("findings replace 1 --with binance --reason x", "cannot be replaced by itself");
        row("findings replace --with bybit --reason x", "Name a finding by number, or bars");
        row("findings list --state closed", "is no state");
        row("findings list --severity bad", "is no severity");
        row("findings lst", "did you mean list?");
        row("repair --verify", "say from when");
        row("repair --finding 99999", "Not all of these findings are there");
        row("outages add --exchange nobody --from 2024-01-01 --to 2024-01-02 --reason x", "no exchange nobody");
        row("outages add --exchange binance --reason x", "Say when");
        row("notes add --exchange binance --from 2024-01-01 --to 2024-01-02", "--text is required");
    }
    void mistakesAreTold()
    {
        QFETCH(QString, command);
        QFETCH(QByteArray, says);
        static const Judged cli;
        const Outcome outcome = cli.run(words(command));
        QCOMPARE(outcome.status, 2);
        QVERIFY2(outcome.err.contains(says), outcome.err.constData());
    }

    void outagesAndNotesAreAdded()
    {
        Cli cli;
        const auto add = [&](const QString& line, const char* option, const char* text) {
            return cli.run(words(line) << QString::fromLatin1(option) << QString::fromLatin1(text));
        };
        QCOMPARE(add(QStringLiteral("outages add --exchange binance --market spot --from 2024-03-01 --to 2024-03-01T02:00"), "--reason", "an upgrade").status, 0);
        QCOMPARE(add(QStringLiteral("notes add --exchange binance --symbol BTC/USDT --timeframe 1m --from 2024-03-01 --to 2024-03-02"), "--text", "odd day").status, 0);
        const auto own = [&](const char* command, const QString& key) {
            for (const QJsonValue& one : cli.run(words(QString::fromLatin1(command))).json().array()) {
                if (one[u"from"].toInteger() == start)
                    return one[key].toString();
            }
            return QString();
        };
        QCOMPARE(own("outages list --json", QStringLiteral("reason")), QStringLiteral("an upgrade"));
        QCOMPARE(own("notes list --exchange binance --json", QStringLiteral("text")), QStringLiteral("odd day"));
        QCOMPARE(own("notes list --exchange kraken --json", QStringLiteral("text")), QString());
        QVERIFY(cli.run(words(QStringLiteral("outages list"))).out.contains("binance-2018-02-08"));
    }

    void nothingStoredYet()
    {
        const Cli cli;
        for (const char* command : {"findings list --json", "findings log --json"}) {
            const Outcome outcome = cli.run(words(QString::fromLatin1(command)));
            QCOMPARE(outcome.status, 0);
            QCOMPARE(outcome.json().array().size(), 0);
        }
    }

    void completionKnowsThem()
    {
        const QByteArray script = Cli().run(words(QStringLiteral("completion bash"))).out;
        for (const char* path : {"\"findings replace\"", "\"findings log\"", "\"outages add\"", "\"notes list\""})
            QVERIFY2(script.contains(path), path);
    }
};

QTEST_GUILESS_MAIN(TestCliFindings)
#include "tst_clifindings.moc"
