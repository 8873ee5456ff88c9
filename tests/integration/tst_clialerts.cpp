// Alerts from the command line: a cron job that looks and tells, silences, tests of channels, what happened.

#include "support/programs.h"
#include "tests/support/loopbackserver.h"
#include "tests/support/smtpserver.h"

using namespace mnemo::test;

namespace {

/// A disk is never so large as the rule asks: there is an alert at once.
QByteArray settings(const QByteArray& channels)
{
    return "rules:\n  disk-nearly-full: {free_below_mib: 1000000000, for: 0, repeat: 1h}\nchannels:\n" + channels;
}

class Alerts : public Cli {
public:
    explicit Alerts(const QByteArray& channels)
    {
        setImpatient();
        writeFile(QStringLiteral("config/alerts.yaml"), settings(channels));
    }
    Outcome alerts(const QString& line) const { return run(words(QStringLiteral("alerts ") + line)); }
};

} // namespace

class TestCliAlerts : public QObject {
    Q_OBJECT

private slots:
    void aCheckTellsByHttpAndMail();
    void aCheckSaysWhatCouldNotBeDelivered();
    void silencedAndAcknowledged();
    void besideTheProcessThatCollects();
    void channelsAreTested();
    void rulesAreListed();
    void whatCannotBeIsRefused_data();
    void whatCannotBeIsRefused();
};

void TestCliAlerts::aCheckTellsByHttpAndMail()
{
    LoopbackServer hook([](const ReceivedRequest&) { return Reply {}; });
    const SmtpServerFake mail({});
    const Alerts cli("  team: {type: slack, url: \"" + QByteArray::fromStdString(hook.url("/hook"))
        + "\"}\n  mail: {type: email, host: 127.0.0.1, port: " + QByteArray::number(mail.port())
        + ", tls: none, from: a@example.org, to: b@example.org}\n");
    const Outcome checked = cli.alerts(QStringLiteral("check --json"));
    QCOMPARE(checked.status, 1); // something is firing
    const QJsonArray open = checked.json()[u"alerts"].toArray();
    QCOMPARE(open.size(), 1);
    QCOMPARE(open[0][u"rule"].toString(), QStringLiteral("disk-nearly-full"));
    QCOMPARE(open[0][u"state"].toString(), QStringLiteral("firing"));
    QCOMPARE(open[0][u"told"].toInt(), 1);
    QCOMPARE(hook.received().size(), std::size_t {1});
    QVERIFY(hook.received().front().body.find("[error] only ") != std::string::npos);
    QCOMPARE(mail.received().size(), std::size_t {1});
    QVERIFY(mail.received().front().text().find("Make room") != std::string::npos);

    QCOMPARE(cli.alerts(QStringLiteral("check")).status, 1);
    QCOMPARE(hook.received().size(), std::size_t {1}); // once an hour is enough
    const QJsonDocument history = cli.alerts(QStringLiteral("history --json")).json();
    QCOMPARE(history[u"events"].toArray().size(), 1);
    QStringList sent;
    for (const QJsonValue& delivery : history[u"deliveries"].toArray())
        sent << delivery[u"channel"].toString() + u' ' + delivery[u"state"].toString();
    sent.sort();
    QCOMPARE(sent, (QStringList {QStringLiteral("app sent"), QStringLiteral("desktop failed"), QStringLiteral("mail sent"), QStringLiteral("team sent")}));
}

void TestCliAlerts::aCheckSaysWhatCouldNotBeDelivered()
{
    const Alerts cli("  team: {type: webhook, url: \"http://127.0.0.1:" + QByteArray::number(unusedPort()) + "/\"}\n");
    QCOMPARE(cli.alerts(QStringLiteral("check")).status, 1);
    for (const QJsonValue& delivery : cli.alerts(QStringLiteral("history --json")).json()[u"deliveries"].toArray()) {
        if (delivery[u"channel"].toString() != QStringLiteral("team"))
            continue;
        QCOMPARE(delivery[u"state"].toString(), QStringLiteral("failed"));
        QCOMPARE(delivery[u"attempts"].toInt(), 2);
        QVERIFY(delivery[u"reason"].toString().contains(QStringLiteral("cannot connect")));
        return;
    }
    QFAIL("nothing is known of the delivery");
}

void TestCliAlerts::silencedAndAcknowledged()
{
    const Alerts cli({});
    const Outcome silenced = cli.alerts(QStringLiteral("silence --rule disk-nearly-full --for 2h --why moving --json"));
    QCOMPARE(silenced.status, 0);
    const qint64 length = silenced.json()[u"until"].toInteger() - silenced.json()[u"from"].toInteger();
    QVERIFY(std::abs(length - 7'200'000) < 60'000);
    const QJsonArray open = cli.alerts(QStringLiteral("check --json")).json()[u"alerts"].toArray();
    QVERIFY(open[0][u"isSilenced"].toBool());
    QCOMPARE(open[0][u"told"].toInt(), 0);
    QVERIFY(cli.alerts(QStringLiteral("list")).err.contains("moving"));
    QCOMPARE(cli.alerts(QStringLiteral("unsilence 1")).status, 0);
    QCOMPARE(cli.alerts(QStringLiteral("check --json")).json()[u"alerts"][0][u"told"].toInt(), 1); // it lasts
    QCOMPARE(cli.alerts(QStringLiteral("acknowledge 1")).status, 0);
    QVERIFY(!cli.alerts(QStringLiteral("list --json")).json()[u"alerts"][0][u"acknowledgedBy"].toString().isEmpty());
    const Outcome one = cli.alerts(QStringLiteral("silence --alert 1 --json"));
    QCOMPARE(one.json()[u"rule"].toString(), QStringLiteral("disk-nearly-full"));
}

/// It holds the folder's lock; commands go to it, and what they did is seen at once.
void TestCliAlerts::besideTheProcessThatCollects()
{
    const Alerts cli({});
    QCOMPARE(cli.alerts(QStringLiteral("check")).status, 1);
    const auto scheduler = cli.start(words(QStringLiteral("dags run-scheduler")));
    scheduler->setReadChannel(QProcess::StandardError);
    while (scheduler->state() == QProcess::Running && !scheduler->canReadLine()) // until it says that it schedules
        scheduler->waitForReadyRead(20'000);
    QCOMPARE(cli.alerts(QStringLiteral("check")).status, 3); // so much for the lock
    const Outcome silenced = cli.alerts(QStringLiteral("silence --alert 1 --for 2h --why moving --json"));
    QVERIFY2(silenced.status == 0, silenced.err.constData());
    QCOMPARE(silenced.json()[u"rule"].toString(), QStringLiteral("disk-nearly-full"));
    QVERIFY(cli.alerts(QStringLiteral("list")).err.contains("moving"));
    QVERIFY(cli.alerts(QStringLiteral("list --json")).json()[u"alerts"][0][u"isSilenced"].toBool());
    QCOMPARE(cli.alerts(QStringLiteral("acknowledge 1 --json")).json()[u"id"].toInt(), 1);
    QCOMPARE(cli.alerts(QStringLiteral("unsilence 1")).status, 0);
    const Outcome wrong = cli.alerts(QStringLiteral("silence --rule disk-nearly-ful"));
    QCOMPARE(wrong.status, 2);
    QVERIFY(wrong.err.contains("did you mean disk-nearly-full?"));
    QCOMPARE(cli.alerts(QStringLiteral("unsilence 7")).status, 2);
    Cli::send(*scheduler, SIGTERM);
    QCOMPARE(Cli::finish(*scheduler).status, 0);
    QVERIFY(!cli.alerts(QStringLiteral("list --json")).json()[u"alerts"][0][u"acknowledgedBy"].toString().isEmpty()); // it is stored
}

void TestCliAlerts::channelsAreTested()
{
    LoopbackServer hook([](const ReceivedRequest& request) {
        Reply reply;
        reply.status = request.number == 1 ? 200 : 403;
        return reply;
    });
    const Alerts cli("  team: {type: discord, on: false, url: \"" + QByteArray::fromStdString(hook.url("/hook")) + "\"}\n");
    QCOMPARE(cli.alerts(QStringLiteral("test team")).status, 0);
    const Outcome refused = cli.alerts(QStringLiteral("test team --json"));
    QCOMPARE(refused.status, 1);
    QCOMPARE(refused.json()[u"reason"].toString(), QStringLiteral("HTTP 403"));
    QVERIFY(cli.alerts(QStringLiteral("test desktop")).err.contains("no window"));
}

void TestCliAlerts::rulesAreListed()
{
    const Alerts cli({});
    QCOMPARE(cli.alerts(QStringLiteral("check")).status, 1);
    const QJsonArray rules = cli.alerts(QStringLiteral("rules --json")).json().array();
    QCOMPARE(rules.size(), 9);
    for (const QJsonValue& rule : rules) {
        if (rule[u"rule"].toString() == QStringLiteral("disk-nearly-full"))
            QCOMPARE(rule[u"state"].toString(), QStringLiteral("firing"));
    }
}

void TestCliAlerts::whatCannotBeIsRefused_data()
{
    QTest::addColumn<QString>("line");
    QTest::addColumn<int>("status");
    QTest::addColumn<QString>("says");
    const auto row = [](const char* line, int status, const char* says) {
        QTest::newRow(line) << QString::fromLatin1(line) << status << QString::fromLatin1(says);
    };
    row("silence --rule disk-nearly-ful", 2, "did you mean disk-nearly-full?");
    row("silence --for soon", 2, "--for takes");
    row("silence --until 2001-01-01", 2, "must end after it begins");
    row("unsilence 7", 2, "no silence 7");
    row("acknowledge 7", 2, "no alert 7");
    row("test nobody", 2, "no channel nobody");
}

void TestCliAlerts::whatCannotBeIsRefused()
{
    QFETCH(QString, line);
    QFETCH(int, status);
    QFETCH(QString, says);
    const Alerts cli({});
    const Outcome refused = cli.alerts(line);
    QVERIFY2(refused.err.contains(says.toUtf8()), refused.err);
    QCOMPARE(refused.status, status);
}

QTEST_GUILESS_MAIN(TestCliAlerts)
#include "tst_clialerts.moc"
