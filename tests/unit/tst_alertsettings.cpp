// alerts.yaml: what is understood, and how what is not is told.

#include "places.h"

#include <QtTest>

#include "core/alert/alertsettings.h"
#include "core/config/settings.h"

using namespace mnemo;
using namespace std::chrono_literals;

namespace {

struct Read {
    AlertSettings settings;
    QStringList problems;
};

Read read(const QByteArray& yaml)
{
    Problems problems;
    const auto tree = parseYaml(yaml.toStdString(), "alerts.yaml", problems);
    Read out {AlertSettings::load(tree.value_or(Node {}), problems), {}};
    for (const Problem& problem : problems)
        out.problems << QString::fromStdString(problem.text());
    return out;
}

} // namespace

class TestAlertSettings : public QObject {
    Q_OBJECT

private slots:
    void whatShipsIsUnderstoodAndQuiet();
    void aRuleIsRead();
    void channelsAreRead();
    void whatIsWrongIsToldWithItsPlace_data();
    void whatIsWrongIsToldWithItsPlace();
    void aWrongEntryTakesNoOtherWithIt();
    void channelsAreChosen_data();
    void channelsAreChosen();
    void layersMerge();
    void secretsAreNotDumped();
};

void TestAlertSettings::whatShipsIsUnderstoodAndQuiet()
{
    ConfigSources sources;
    sources.shipped = MNEMO_SOURCE_DIR "/config";
    auto loaded = loadSettingsWithoutExchanges(sources);
    const auto settings = AlertSettings::load(loaded.settings.alerts, loaded.problems);
    QVERIFY2(loaded.problems.empty(), loaded.problems.empty() ? "" : loaded.problems.front().text().c_str());
    for (const AlertKind kind : allAlertKinds())
        QCOMPARE(std::ranges::count(settings.rules, kind, &AlertRule::kind), 1);
    for (const AlertRule& rule : settings.rules) {
        QVERIFY2(rule.pendingFor > 0ms, rule.id.c_str()); // nobody is told of a hiccup
        QVERIFY2(rule.repeat.value_or(settings.repeat) >= 6h, rule.id.c_str());
    }
    for (const AlertChannel& channel : settings.channels)
        QVERIFY2(!channel.needsNetwork(), channel.id.c_str()); // nothing leaves the machine unasked
    // a notification interrupts: for what cannot wait alone
    const auto urgent = settings.channelsFor(*settings.rule("jobs-failed"), Severity::Warn);
    QCOMPARE(urgent.size(), std::size_t {1});
    QCOMPARE(urgent.front()->type, ChannelType::App);
}

void TestAlertSettings::aRuleIsRead()
{
    const auto [settings, problems] = read("every: 10s\nkeep: 7d\nrules:\n  a:\n    when: retention\n    severity: error\n    for: 5m\n"
                                           "    clear: 1m\n    group: exchange\n    repeat: 0\n    tell_end: false\n    channels: [c]\n"
                                           "    exchanges: kraken\n    at_least: 3\n    notice: 2d\nchannels:\n  c: {type: app}\n");
    QCOMPARE(problems, QStringList());
    AlertRule rule;
    rule.id = "a";
    rule.kind = AlertKind::Retention;
    rule.severity = Severity::Error;
    rule.pendingFor = 5min;
    rule.clearFor = 1min;
    rule.grouping = AlertGrouping::Exchange;
    rule.repeat = 0ms;
    rule.tellsEnd = false;
    rule.channels = {"c"};
    rule.exchanges = {"kraken"};
    rule.atLeast = 3;
    rule.notice = 48h;
    QCOMPARE(settings.rules, std::vector {rule});
    QCOMPARE(settings.every, milliseconds {10s});
    QCOMPARE(settings.keep, milliseconds {7 * 24h});
}

void TestAlertSettings::channelsAreRead()
{
    const auto [settings, problems] = read(
        "channels:\n  s: {type: slack, url: \"https://h.example/x\", at_least: error, on: false}\n  t: {type: telegram, chat: \"-100\"}\n"
        "  m: {type: email, host: mail.example.org, port: 2525, tls: implicit, user: u, from: \"A <a@b.org>\", to: [x@y.org, z@y.org]}\n");
    QCOMPARE(problems, QStringList());
    QCOMPARE(settings.channels.size(), std::size_t {3});
    QCOMPARE(settings.channels[0].url, std::string("https://h.example/x"));
    QVERIFY(!settings.channels[0].isOn);
    QCOMPARE(settings.channels[0].atLeast, Severity::Error);
    QCOMPARE(settings.channels[1].chat, std::string("-100"));
    const SmtpServer server {"mail.example.org", 2525, SmtpTls::Implicit, "u", {}};
    QCOMPARE(settings.channels[2].server, server);
    QCOMPARE(settings.channels[2].to, (std::vector<std::string> {"x@y.org", "z@y.org"}));
}

void TestAlertSettings::whatIsWrongIsToldWithItsPlace_data()
{
    QTest::addColumn<QByteArray>("yaml");
    QTest::addColumn<QString>("begin");
    const auto row = [](const char* name, const char* yaml, const char* begin) {
        QTest::newRow(name) << QByteArray(yaml) << QString::fromLatin1(begin);
    };
    row("unknown key", "rules:\n  a:\n    when: lane\n    fro: 5m\n", "alerts.yaml:4:5: alerts.rules.a.fro: ");
    row("a number of another kind", "rules:\n  a:\n    when: lane\n    at_least: 5\n", "alerts.yaml:4:5: alerts.rules.a.at_least: ");
    row("no kind", "rules:\n  a:\n    for: 5m\n", "alerts.yaml:3:5: alerts.rules.a.when: is needed");
    row("unknown kind", "rules:\n  a:\n    when: stael\n", "alerts.yaml:3:11: alerts.rules.a.when: ");
    row("a time that is none", "rules:\n  a:\n    when: stale\n    for: soon\n", "alerts.yaml:4:10: alerts.rules.a.for: ");
    row("unknown channel", "rules:\n  a:\n    when: lane\n    channels: [tema]\nchannels:\n  team: {type: app}\n",
        "alerts.yaml:4:15: alerts.rules.a.channels: there is no channel \"tema\" (did you mean team?)");
    row("no address", "channels:\n  a:\n    type: webhook\n    url: not an address\n", "alerts.yaml:4:10: alerts.channels.a.url: ");
    row("left out when it was written", "channels:\n  a:\n    type: webhook\n    url: https://a.org/***\n", "alerts.yaml:4:10: alerts.channels.a.url: the address was left out");
    row("another scheme", "channels:\n  a:\n    type: webhook\n    url: ftp://a.org\n", "alerts.yaml:4:10: alerts.channels.a.url: ");
    row("mail without host", "channels:\n  a:\n    type: email\n    from: a@b.org\n    to: c@d.org\n", "alerts.yaml:3:5: alerts.channels.a.host: is needed");
    row("mail to nobody", "channels:\n  a:\n    type: email\n    host: h\n    from: a@b.org\n    to: nobody\n", "alerts.yaml:6:9: alerts.channels.a.to: ");
    row("telegram without chat", "channels:\n  a: {type: telegram}\n", "alerts.yaml:2:6: alerts.channels.a.chat: is needed");
    row("a key of mail in a webhook", "channels:\n  a:\n    type: slack\n    host: h\n", "alerts.yaml:4:5: alerts.channels.a.host: ");
    row("too often", "every: 1ms\n", "alerts.yaml:1:8: alerts.every: ");
}

void TestAlertSettings::whatIsWrongIsToldWithItsPlace()
{
    QFETCH(QByteArray, yaml);
    QFETCH(QString, begin);
    const auto problems = read(yaml).problems;
    QCOMPARE(problems.size(), 1);
    QVERIFY2(problems.front().startsWith(begin), qPrintable(problems.front()));
}

void TestAlertSettings::aWrongEntryTakesNoOtherWithIt()
{
    const auto [settings, problems] = read("rules:\n  a: {when: lane}\n  b: {when: nonsense}\n  c: 7\n  d:\n  e: {when: disk, free_below_mib: 5}\n"
                                           "channels:\n  x: {type: app}\n  y: {type: email}\n");
    QVERIFY(problems.size() >= 3);
    QCOMPARE(settings.rules.size(), std::size_t {2});
    QCOMPARE(settings.rule("e")->freeMiB, 5);
    QCOMPARE(settings.channels.size(), std::size_t {1});
}

void TestAlertSettings::channelsAreChosen_data()
{
    QTest::addColumn<QByteArray>("rule");
    QTest::addColumn<QString>("severity");
    QTest::addColumn<QString>("chosen");
    QTest::newRow("all") << QByteArray("{when: lane}") << QStringLiteral("error") << QStringLiteral("a b");
    QTest::newRow("not severe enough") << QByteArray("{when: lane}") << QStringLiteral("warn") << QStringLiteral("a");
    QTest::newRow("named") << QByteArray("{when: lane, channels: [b]}") << QStringLiteral("error") << QStringLiteral("b");
    QTest::newRow("named, not severe enough") << QByteArray("{when: lane, channels: [b]}") << QStringLiteral("warn") << QString();
    QTest::newRow("named, off") << QByteArray("{when: lane, channels: [c]}") << QStringLiteral("error") << QString();
}

void TestAlertSettings::channelsAreChosen()
{
    QFETCH(QByteArray, rule);
    QFETCH(QString, severity);
    QFETCH(QString, chosen);
    const auto settings = read("rules:\n  r: " + rule + "\nchannels:\n  a: {type: app}\n  b: {type: desktop, at_least: error}\n"
                                                        "  c: {type: app, on: false}\n").settings;
    QStringList names;
    for (const AlertChannel* channel : settings.channelsFor(settings.rules.front(), *severityFromText(severity.toStdString())))
        names << QString::fromStdString(channel->id);
    QCOMPARE(names.join(u' '), chosen);
}

void TestAlertSettings::layersMerge()
{
    QTemporaryDir user;
    QFile file(user.filePath(QStringLiteral("alerts.yaml")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("rules:\n  findings:\n    on: false\n  mine:\n    when: stale\n    at_least: 50\nchannels:\n  team: {type: slack}\n");
    file.close();
    ConfigSources sources;
    sources.shipped = MNEMO_SOURCE_DIR "/config";
    sources.user = user.path().toStdString();
    sources.sets = {"alerts.rules.mine.for=3m"};
    auto loaded = loadSettingsWithoutExchanges(sources);
    const auto settings = AlertSettings::load(loaded.settings.alerts, loaded.problems);
    QVERIFY2(loaded.problems.empty(), loaded.problems.empty() ? "" : loaded.problems.front().text().c_str());
    QVERIFY(!settings.rule("findings")->isOn);
    QCOMPARE(settings.rule("findings")->kind, AlertKind::Findings); // the rest is as shipped
    QCOMPARE(settings.rule("mine")->pendingFor, milliseconds {3min});
    QVERIFY(settings.rule("store-failed"));
    QVERIFY(settings.channel("team") && settings.channel("app"));
    QVERIFY(dumpSettings(loaded.settings).find("mine:") != std::string::npos);
}

void TestAlertSettings::secretsAreNotDumped()
{
    QTemporaryDir user;
    QFile file(user.filePath(QStringLiteral("alerts.yaml")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("channels:\n  team: {type: slack, url: \"${HOOK}\"}\n");
    file.close();
    ConfigSources sources;
    sources.user = user.path().toStdString();
    sources.environment = {"HOOK=https://hooks.example/T1/secret"};
    auto loaded = loadSettingsWithoutExchanges(sources);
    const auto settings = AlertSettings::load(loaded.settings.alerts, loaded.problems);
    QCOMPARE(settings.channel("team")->url, std::string("https://hooks.example/T1/secret"));
    const std::string dumped = dumpSettings(loaded.settings);
    QVERIFY(dumped.find("secret") == std::string::npos);
    QVERIFY(dumped.find("${HOOK}") != std::string::npos);
}

QTEST_APPLESS_MAIN(TestAlertSettings)
#include "tst_alertsettings.moc"
