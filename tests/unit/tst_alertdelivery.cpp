// Messages on their way: the shapes of the services, mail over real SMTP with TLS, webhooks over real HTTP, and a courier
// that tries again, gives up and never makes anybody wait.

#include <QtTest>

#include <condition_variable>
#include <mutex>
#include <thread>

#include <nlohmann/json.hpp>

#include "core/alert/courier.h"
#include "core/alert/webhook.h"
#include "core/base/timetext.h"
#include "tests/support/loopbackserver.h"
#include "tests/support/smtpserver.h"

using namespace mnemo;
using namespace mnemo::test;
using namespace std::chrono_literals;
using Json = nlohmann::json;

namespace {

const UtcMs start = *parseTime("2026-03-01T10:20");
constexpr auto patience = 10'000ms;

AlertMessage messageOf(const char* event = "fired")
{
    AlertMessage message;
    message.delivery = 7;
    message.event = event;
    message.at = start;
    Alert& alert = message.alert;
    alert.id = 3;
    alert.rule = "jobs-failed";
    alert.group = "kraken";
    alert.kind = AlertKind::FailedJobs;
    alert.where = "kraken";
    alert.what = "rate_limited";
    alert.severity = Severity::Error;
    alert.state = AlertState::Firing;
    alert.since = start;
    alert.series = 100;
    alert.count = 120;
    alert.detail = "HTTP 429 <!channel> & \"more\" \u2013 \u00e4\u00f6\u00fc";
    return message;
}

AlertChannel channelOf(ChannelType type, const std::string& url)
{
    AlertChannel channel;
    channel.id = "team";
    channel.type = type;
    channel.url = url;
    channel.chat = "-100";
    return channel;
}

/// Secrets as a test gives them.
class GivenSecrets final : public SecretSource {
public:
    std::map<std::string, std::string, std::less<>> given;
    std::optional<std::string> secret(std::string_view name) const override
    {
        const auto found = given.find(name);
        return found == given.end() ? std::nullopt : std::optional(found->second);
    }
    std::string place(std::string_view name) const override { return "the place of " + std::string(name); }
};

/// What a courier told, to be waited for.
class Outcomes {
public:
    Courier::Told told()
    {
        return [this](const AlertDelivery& delivery) {
            const std::lock_guard lock(m_mutex);
            m_all.push_back(delivery);
            m_changed.notify_all();
        };
    }
    /// The first of @p state; what is there when it takes too long.
    std::optional<AlertDelivery> waitFor(DeliveryState state)
    {
        std::unique_lock lock(m_mutex);
        std::optional<AlertDelivery> found;
        m_changed.wait_for(lock, patience, [&] {
            const auto one = std::ranges::find(m_all, state, &AlertDelivery::state);
            if (one != m_all.end())
                found = *one;
            return found.has_value();
        });
        return found;
    }
    std::vector<AlertDelivery> all()
    {
        const std::lock_guard lock(m_mutex);
        return m_all;
    }

private:
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::vector<AlertDelivery> m_all;
};

RetrySettings quickly(int attempts = 3)
{
    return {attempts, 5ms, 20ms, 5s};
}

/// A carrier and a courier over real connections.
struct Network {
    HttpSettings http;
    std::shared_ptr<GivenSecrets> secrets = std::make_shared<GivenSecrets>();
    std::shared_ptr<const Clock> clock = std::make_shared<SystemClock>();

    Network()
    {
        http.connectTimeout = 2s;
        http.totalTimeout = 5s;
    }
    std::shared_ptr<NetworkCarrier> carrier()
    {
        return std::make_shared<NetworkCarrier>(
            http, secrets, clock, [](const AlertChannel&, const AlertMessage&) { return Result<void>(); });
    }
};

/// A mail server with a certificate of an authority that the client is told of.
struct MailDesk {
    TestAuthority authority {"mail tests"};
    QTemporaryDir folder;
    Network network;
    AlertChannel channel;

    SmtpBehaviour behaviour(SmtpBehaviour::Tls tls)
    {
        SmtpBehaviour wanted;
        wanted.tls = tls;
        const UtcMs now = SystemClock().now();
        if (tls != SmtpBehaviour::Tls::None)
            wanted.identity = authority.issue("localhost", now - 1h, now + 24h);
        QFile file(folder.filePath(QStringLiteral("ca.pem")));
        if (!file.open(QIODevice::WriteOnly))
            qFatal("the CA file cannot be written");
        file.write(QByteArray::fromStdString(authority.certificatePem()));
        network.http.caFile = file.fileName().toStdString();
        return wanted;
    }
    void reach(const SmtpServerFake& server, SmtpTls tls)
    {
        channel.id = "mail";
        channel.type = ChannelType::Email;
        channel.server = {"localhost", server.port(), tls, {}, {}};
        channel.from = "mnemo-quant <collector@example.org>";
        channel.to = {"ann@example.org", "Bob <bob@example.org>"};
    }
};

} // namespace

class TestAlertDelivery : public QObject {
    Q_OBJECT

private slots:
    void servicesGetTheirShape_data();
    void servicesGetTheirShape();
    void aTestSaysThatItIsOne();
    void longTextIsCutBetweenCharacters();
    void answersAreJudged_data();
    void answersAreJudged();
    void aWebhookArrives();
    void missingSecretsAreNamed_data();
    void missingSecretsAreNamed();
    void mailArrives_data();
    void mailArrives();
    void mailThatCannotBeSaysWhy_data();
    void mailThatCannotBeSaysWhy();
    void mailStopsAtOnce();
    void mailHeadersAreSafe();
    void triesAgainUntilItIsTaken();
    void aDeadServerFailsInTheEnd();
    void waitsAsLongAsItIsTold();
    void changedSettingsHoldFromTheNextMessage();
    void whoPostsNeverWaits();
    void oneChannelDoesNotHoldUpAnother();
    void theEndComesSoon();
};

void TestAlertDelivery::servicesGetTheirShape_data()
{
    QTest::addColumn<int>("type");
    QTest::addColumn<QString>("url");
    QTest::addColumn<QStringList>("paths"); // JSON pointer=value that starts so
    const QString hook = QStringLiteral("https://h.example/x");
    QTest::newRow("slack") << int(ChannelType::Slack) << hook
                           << QStringList {QStringLiteral("/text=[error] kraken: 120 jobs failed, of 100 series"),
                                  QStringLiteral("/attachments/0/color=#D55E00"), QStringLiteral("/attachments/0/text=Rule: jobs-failed")};
    QTest::newRow("discord") << int(ChannelType::Discord) << hook
                             << QStringList {QStringLiteral("/embeds/0/title=[error] kraken: 120 jobs"),
                                    QStringLiteral("/embeds/0/fields/0/name=Rule"), QStringLiteral("/embeds/0/timestamp=2026-03-01T10:20:00.000Z"),
                                    QStringLiteral("/username=mnemo-quant")};
    QTest::newRow("telegram") << int(ChannelType::Telegram) << QStringLiteral("https://h.example/x/bottoken/sendMessage")
                              << QStringList {QStringLiteral("/chat_id=-100"), QStringLiteral("/text=[error] kraken: 120 jobs failed")};
    QTest::newRow("our own") << int(ChannelType::Webhook) << hook
                             << QStringList {QStringLiteral("/event=fired"), QStringLiteral("/alert/rule=jobs-failed"),
                                    QStringLiteral("/alert/severity=error"), QStringLiteral("/alert/where=kraken"), QStringLiteral("/alert/kind=failed_jobs"),
                                    QStringLiteral("/title=[error] kraken")};
}

void TestAlertDelivery::servicesGetTheirShape()
{
    QFETCH(int, type);
    QFETCH(QString, url);
    QFETCH(QStringList, paths);
    const auto request = webhookRequest(channelOf(ChannelType(type), {}), messageOf(), "https://h.example/x", "token");
    QCOMPARE(request.method, std::string("POST"));
    QCOMPARE(QString::fromStdString(request.url), url);
    QVERIFY(std::ranges::find(request.headers, std::pair<std::string, std::string>("Content-Type", "application/json")) != request.headers.end());
    const Json body = Json::parse(request.body);
    for (const QString& path : paths) {
        const auto at = path.indexOf(u'=');
        const Json::json_pointer pointer(path.left(at).toStdString());
        QVERIFY2(body.contains(pointer), qPrintable(path));
        const QString value = QString::fromStdString(body[pointer].get<std::string>());
        QVERIFY2(value.startsWith(path.mid(at + 1)), qPrintable(path + QStringLiteral(" but ") + value));
    }
    if (ChannelType(type) == ChannelType::Slack) // nobody is called by an error's text
        QVERIFY(body["attachments"][0]["text"].get<std::string>().find("&lt;!channel&gt; &amp;") != std::string::npos);
    if (ChannelType(type) == ChannelType::Discord)
        QVERIFY(body["allowed_mentions"]["parse"].is_array() && body["allowed_mentions"]["parse"].empty());
    if (ChannelType(type) == ChannelType::Webhook)
        QCOMPARE(body["alert"]["series"].get<int>(), 100);
}

void TestAlertDelivery::aTestSaysThatItIsOne()
{
    for (const ChannelType type : {ChannelType::Slack, ChannelType::Discord, ChannelType::Telegram, ChannelType::Webhook}) {
        const auto request = webhookRequest(channelOf(type, {}), testMessage(start), "https://h.example", {});
        QVERIFY(request.body.find("[test]") != std::string::npos);
        QVERIFY(Json::accept(request.body));
    }
    AlertMessage over = messageOf("resolved");
    over.alert.state = AlertState::Resolved;
    over.alert.resolvedAt = start + 1h;
    over.alert.why = "it is no longer so";
    QVERIFY(QString::fromStdString(plainText(over)).startsWith(QStringLiteral("[resolved] kraken")));
    QVERIFY(plainText(over).find("2026-03-01 11:20 UTC, it is no longer so") != std::string::npos);
}

void TestAlertDelivery::longTextIsCutBetweenCharacters()
{
    AlertMessage message = messageOf();
    message.alert.where.clear();
    for (int i = 0; i < 3000; ++i)
        message.alert.where += "\u00e4";
    const Json slack = Json::parse(webhookRequest(channelOf(ChannelType::Telegram, {}), message, "https://h.example", "t").body);
    const std::string text = slack["text"];
    QVERIFY(text.size() <= 4096);
    QVERIFY(text.ends_with("\u00e4\u2026"));
}

void TestAlertDelivery::answersAreJudged_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QString>("code");
    QTest::addColumn<int>("wait"); // -1: none
    QTest::newRow("taken") << 200 << QByteArray("ok") << QString() << -1;
    QTest::newRow("taken without a word") << 204 << QByteArray() << QString() << -1;
    QTest::newRow("discord's wait") << 429 << QByteArray(R"({"message":"slow","retry_after":1.25,"global":false})") << QStringLiteral("rate_limited") << 1250;
    QTest::newRow("telegram's wait") << 429 << QByteArray(R"({"ok":false,"parameters":{"retry_after":7}})") << QStringLiteral("rate_limited") << 7000;
    QTest::newRow("no wait told") << 429 << QByteArray("[1]") << QStringLiteral("rate_limited") << -1;
    QTest::newRow("down") << 503 << QByteArray() << QStringLiteral("server_error") << -1;
    QTest::newRow("gone") << 404 << QByteArray("no_service") << QStringLiteral("rejected") << -1;
}

void TestAlertDelivery::answersAreJudged()
{
    QFETCH(int, status);
    QFETCH(QByteArray, body);
    QFETCH(QString, code);
    QFETCH(int, wait);
    HttpResponse response;
    response.status = status;
    response.body = body.toStdString();
    const auto judged = judgeWebhookAnswer(response, start);
    QCOMPARE(judged.has_value(), code.isEmpty());
    if (judged)
        return;
    QCOMPARE(QString::fromStdString(std::string(toText(judged.error().code))), code);
    QCOMPARE(judged.error().retryAfter ? int(judged.error().retryAfter->count()) : -1, wait);
    QVERIFY(judged.error().detail.starts_with("HTTP " + std::to_string(status)));
}

void TestAlertDelivery::aWebhookArrives()
{
    LoopbackServer server([](const ReceivedRequest&) { return Reply {}; });
    Network network;
    network.secrets->given = {{"alerts.team.url", server.url("/secret/hook")}, {"alerts.team.token", "t0ken"}};
    Outcomes outcomes;
    Courier courier(network.carrier(), quickly(), network.clock, outcomes.told());
    courier.post(channelOf(ChannelType::Webhook, {}), messageOf());
    const auto sent = outcomes.waitFor(DeliveryState::Sent);
    QVERIFY(sent);
    QCOMPARE(sent->id, 7);
    QCOMPARE(sent->alert, 3);
    QCOMPARE(sent->channel, std::string("team"));
    QCOMPARE(sent->attempts, 1);
    QVERIFY(sent->finishedAt);
    const auto received = server.received();
    QCOMPARE(received.size(), std::size_t {1});
    QCOMPARE(received.front().target, std::string("/secret/hook"));
    QCOMPARE(received.front().header("authorization"), std::string("Bearer t0ken"));
    QCOMPARE(received.front().header("content-type"), std::string("application/json"));
    QCOMPARE(Json::parse(received.front().body)["alert"]["detail"].get<std::string>(), messageOf().alert.detail);
}

void TestAlertDelivery::missingSecretsAreNamed_data()
{
    QTest::addColumn<int>("type");
    QTest::addColumn<QString>("place");
    QTest::newRow("slack") << int(ChannelType::Slack) << QStringLiteral("alerts.team.url");
    QTest::newRow("telegram") << int(ChannelType::Telegram) << QStringLiteral("alerts.team.token");
    QTest::newRow("mail") << int(ChannelType::Email) << QStringLiteral("alerts.team.password");
}

void TestAlertDelivery::missingSecretsAreNamed()
{
    QFETCH(int, type);
    QFETCH(QString, place);
    AlertChannel channel = channelOf(ChannelType(type), {});
    channel.server.user = "ann";
    const auto carried = Network().carrier()->carry(channel, messageOf(), {});
    QVERIFY(!carried);
    QCOMPARE(carried.error().code, ErrorCode::Config);
    QVERIFY2(carried.error().detail.ends_with("the place of " + place.toStdString()), carried.error().detail.c_str());
}

void TestAlertDelivery::mailArrives_data()
{
    QTest::addColumn<int>("server");
    QTest::addColumn<int>("client");
    QTest::addColumn<bool>("logsIn");
    using enum SmtpBehaviour::Tls;
    QTest::newRow("plain, on this machine") << int(None) << int(SmtpTls::None) << false;
    QTest::newRow("starttls") << int(StartTls) << int(SmtpTls::StartTls) << true;
    QTest::newRow("tls from the start") << int(Implicit) << int(SmtpTls::Implicit) << true;
}

void TestAlertDelivery::mailArrives()
{
    QFETCH(int, server);
    QFETCH(int, client);
    QFETCH(bool, logsIn);
    MailDesk desk;
    auto behaviour = desk.behaviour(SmtpBehaviour::Tls(server));
    if (logsIn) {
        behaviour.user = "ann";
        behaviour.password = "pa:ss wörd";
    }
    const SmtpServerFake mail(behaviour);
    desk.reach(mail, SmtpTls(client));
    desk.channel.server.user = behaviour.user;
    desk.network.secrets->given = {{"alerts.mail.password", behaviour.password}};
    Outcomes outcomes;
    Courier courier(desk.network.carrier(), quickly(), desk.network.clock, outcomes.told());
    courier.post(desk.channel, messageOf());
    const auto sent = outcomes.waitFor(DeliveryState::Sent);
    QVERIFY2(sent, outcomes.all().back().reason.c_str());
    const auto received = mail.received();
    QCOMPARE(received.size(), std::size_t {1});
    const ReceivedMail& one = received.front();
    QCOMPARE(one.isSecure, SmtpBehaviour::Tls(server) != SmtpBehaviour::Tls::None);
    QCOMPARE(one.user, behaviour.user);
    QCOMPARE(one.from, std::string("collector@example.org"));
    QCOMPARE(one.to, (std::vector<std::string> {"ann@example.org", "bob@example.org"}));
    QCOMPARE(one.header("Subject"), std::string("[error] kraken: 120 jobs failed, of 100 series"));
    QCOMPARE(one.header("From"), std::string("mnemo-quant <collector@example.org>"));
    QCOMPARE(one.header("To"), std::string("ann@example.org, Bob <bob@example.org>"));
    QCOMPARE(one.header("Date"), std::string("Sun, 1 Mar 2026 10:20:00 +0000"));
    QVERIFY(one.header("Message-ID").ends_with("@example.org>"));
    QCOMPARE(one.text(), plainText(messageOf()));
}

void TestAlertDelivery::mailThatCannotBeSaysWhy_data()
{
    QTest::addColumn<int>("server");
    QTest::addColumn<int>("client");
    QTest::addColumn<QString>("change");
    QTest::addColumn<QString>("code");
    QTest::addColumn<QString>("says");
    using enum SmtpBehaviour::Tls;
    const int start = int(SmtpTls::StartTls), none = int(SmtpTls::None), implicit = int(SmtpTls::Implicit);
    QTest::newRow("no STARTTLS there") << int(None) << start << QString() << QStringLiteral("tls") << QStringLiteral("offers no STARTTLS");
    QTest::newRow("unknown authority") << int(Implicit) << implicit << QStringLiteral("no ca") << QStringLiteral("tls") << QStringLiteral("certificate");
    QTest::newRow("unknown authority, STARTTLS") << int(StartTls) << start << QStringLiteral("no ca") << QStringLiteral("tls") << QStringLiteral("certificate");
    QTest::newRow("another host's certificate") << int(Implicit) << implicit << QStringLiteral("other host") << QStringLiteral("tls") << QStringLiteral("127.0.0.1");
    QTest::newRow("wrong password") << int(StartTls) << start << QStringLiteral("password") << QStringLiteral("rejected") << QStringLiteral("wrong user or password");
    QTest::newRow("later") << int(None) << none << QStringLiteral("451 4.7.1 greylisted") << QStringLiteral("server_error") << QStringLiteral("greylisted");
    QTest::newRow("no") << int(None) << none << QStringLiteral("554 5.7.1 spam") << QStringLiteral("rejected") << QStringLiteral("spam");
    QTest::newRow("nobody there") << int(None) << none << QStringLiteral("dead") << QStringLiteral("network") << QStringLiteral("cannot connect");
    QTest::newRow("silence") << int(None) << none << QStringLiteral("silent") << QStringLiteral("timeout") << QStringLiteral("too slow");
    QTest::newRow("no address") << int(None) << none << QStringLiteral("address") << QStringLiteral("invalid_argument") << QStringLiteral("no address");
}

void TestAlertDelivery::mailThatCannotBeSaysWhy()
{
    QFETCH(int, server);
    QFETCH(int, client);
    QFETCH(QString, change);
    QFETCH(QString, code);
    QFETCH(QString, says);
    MailDesk desk;
    auto behaviour = desk.behaviour(SmtpBehaviour::Tls(server));
    if (change == QStringLiteral("password"))
        behaviour.user = behaviour.password = "ann";
    if (change.startsWith(u'4') || change.startsWith(u'5'))
        behaviour.answers = {change.toStdString()};
    behaviour.isSilent = change == QStringLiteral("silent");
    const SmtpServerFake mail(behaviour);
    desk.reach(mail, SmtpTls(client));
    SmtpServer target = desk.channel.server;
    if (change == QStringLiteral("password"))
        target.user = target.password = "bob";
    if (change == QStringLiteral("dead"))
        target.port = unusedPort();
    if (change == QStringLiteral("other host"))
        target.host = "127.0.0.1";
    if (change == QStringLiteral("no ca"))
        desk.network.http.caFile.clear();
    if (behaviour.isSilent)
        desk.network.http.totalTimeout = 300ms;
    const std::vector<std::string> to {change == QStringLiteral("address") ? "nobody\r\n@example.org" : "ann@example.org"};
    const auto sent = sendMail(target, {"a@example.org", to, "s", "t", start}, desk.network.http, {});
    QVERIFY(!sent);
    QVERIFY2(QString::fromStdString(sent.error().detail).contains(says), sent.error().detail.c_str());
    QCOMPARE(QString::fromStdString(std::string(toText(sent.error().code))), code);
    QVERIFY(mail.received().empty());
}

void TestAlertDelivery::mailStopsAtOnce()
{
    SmtpBehaviour silent;
    silent.isSilent = true;
    const SmtpServerFake mail(silent);
    std::stop_source stop;
    const std::jthread stopper([&] {
        while (mail.connections() == 0)
            std::this_thread::yield();
        stop.request_stop();
    });
    QElapsedTimer time;
    time.start();
    const auto sent = sendMail({"127.0.0.1", mail.port(), SmtpTls::None, {}, {}}, {"a@b.org", {"c@d.org"}, "s", "t", start}, {}, stop.get_token());
    QVERIFY(!sent);
    QCOMPARE(sent.error().code, ErrorCode::Cancelled);
    QVERIFY2(time.elapsed() < 10'000, qPrintable(QString::number(time.elapsed())));
}

void TestAlertDelivery::mailHeadersAreSafe()
{
    MailMessage message {"Zoë\r\nBcc: x@y.org <a@b.org>", {"c@d.org"}, "one\r\nBcc: z@y.org", "text", start};
    const std::string text = mailText(message);
    QVERIFY(text.find("\r\nBcc") == std::string::npos);
    QVERIFY(text.find("Subject: one  Bcc: z@y.org\r\n") != std::string::npos);
    message.subject.clear();
    for (int i = 0; i < 60; ++i)
        message.subject += "ä";
    const QString encoded = QString::fromStdString(mailText(message));
    const QRegularExpression word(QStringLiteral("=\\?UTF-8\\?B\\?([A-Za-z0-9+/=]+)\\?="));
    QByteArray decoded;
    const auto subject = encoded.mid(encoded.indexOf(QStringLiteral("Subject:")));
    for (auto it = word.globalMatch(subject); it.hasNext();) {
        const auto match = it.next();
        QVERIFY(match.captured(0).size() <= 75);
        const QByteArray part = QByteArray::fromBase64(match.captured(1).toLatin1());
        QVERIFY(!QString::fromUtf8(part).contains(QChar::ReplacementCharacter)); // whole characters
        decoded += part;
    }
    QCOMPARE(decoded, QByteArray::fromStdString(message.subject));
}

void TestAlertDelivery::triesAgainUntilItIsTaken()
{
    LoopbackServer server([](const ReceivedRequest& request) {
        Reply reply;
        reply.status = request.number < 3 ? 503 : 200;
        reply.body = request.number < 3 ? "busy" : "ok";
        return reply;
    });
    Network network;
    Outcomes outcomes;
    Courier courier(network.carrier(), quickly(), network.clock, outcomes.told());
    courier.post(channelOf(ChannelType::Slack, server.url("/hook")), messageOf());
    const auto sent = outcomes.waitFor(DeliveryState::Sent);
    QVERIFY(sent);
    QCOMPARE(sent->attempts, 3);
    const auto all = outcomes.all();
    QCOMPARE(all.size(), std::size_t {4}); // waiting, retrying twice, sent
    QCOMPARE(all[1].state, DeliveryState::Retrying);
    QCOMPARE(all[1].reason, std::string("HTTP 503: busy"));
}

void TestAlertDelivery::aDeadServerFailsInTheEnd()
{
    Network network;
    Outcomes outcomes;
    Courier courier(network.carrier(), quickly(4), network.clock, outcomes.told());
    const std::string url = "http://127.0.0.1:" + std::to_string(unusedPort()) + "/hook";
    courier.post(channelOf(ChannelType::Webhook, url), messageOf());
    const auto failed = outcomes.waitFor(DeliveryState::Failed);
    QVERIFY(failed);
    QCOMPARE(failed->attempts, 4);
    QVERIFY2(failed->reason.find("cannot connect to 127.0.0.1:") == 0, failed->reason.c_str());
    QVERIFY(failed->reason.find("check that the server is up") != std::string::npos);
    QVERIFY(failed->finishedAt);
}

void TestAlertDelivery::waitsAsLongAsItIsTold()
{
    std::mutex mutex;
    std::vector<std::chrono::steady_clock::time_point> times;
    LoopbackServer server([&](const ReceivedRequest& request) {
        const std::lock_guard lock(mutex);
        times.push_back(std::chrono::steady_clock::now());
        Reply reply;
        if (request.number == 1) {
            reply.status = 429;
            reply.headers = {{"Retry-After", "1"}};
        }
        return reply;
    });
    Network network;
    Outcomes outcomes;
    Courier courier(network.carrier(), quickly(1), network.clock, outcomes.told()); // being held back uses up no attempt
    courier.post(channelOf(ChannelType::Discord, server.url("/hook")), messageOf());
    const auto sent = outcomes.waitFor(DeliveryState::Sent);
    QVERIFY(sent);
    QCOMPARE(sent->attempts, 2);
    const std::lock_guard lock(mutex);
    QVERIFY(times.at(1) - times.at(0) >= 1s);
}

void TestAlertDelivery::changedSettingsHoldFromTheNextMessage()
{
    LoopbackServer server([](const ReceivedRequest&) {
        Reply reply;
        reply.status = 503;
        return reply;
    });
    LoopbackServer proxy([](const ReceivedRequest&) { return Reply(); });
    Network network;
    Outcomes outcomes;
    const auto carrier = network.carrier();
    Courier courier(carrier, quickly(1), network.clock, outcomes.told());
    const AlertChannel channel = channelOf(ChannelType::Webhook, server.url("/hook"));
    courier.post(channel, messageOf());
    QCOMPARE(outcomes.waitFor(DeliveryState::Failed)->attempts, 1);
    QVERIFY(courier.waitUntilIdle(patience));
    courier.apply(quickly(3));
    courier.post(channel, messageOf());
    QVERIFY(courier.waitUntilIdle(patience));
    QCOMPARE(outcomes.all().back().attempts, 3);
    network.http.proxy = proxy.url("");
    carrier->apply(network.http);
    courier.post(channel, messageOf());
    QVERIFY(courier.waitUntilIdle(patience));
    QCOMPARE(outcomes.all().back().state, DeliveryState::Sent);
    QCOMPARE(proxy.received().size(), std::size_t(1));
}

namespace {

/// Holds every message until it is let go.
class StuckCarrier final : public AlertCarrier {
public:
    std::string stuck; ///< the channel
    Result<void> carry(const AlertChannel& channel, const AlertMessage&, std::stop_token stop) override
    {
        if (channel.id != stuck)
            return {};
        std::mutex mutex;
        std::condition_variable_any never;
        std::unique_lock lock(mutex);
        never.wait(lock, stop, [] { return false; });
        return fail(ErrorCode::Cancelled, "stopped");
    }
};

} // namespace

void TestAlertDelivery::whoPostsNeverWaits()
{
    const auto carrier = std::make_shared<StuckCarrier>();
    carrier->stuck = "team";
    Outcomes outcomes;
    Courier courier(carrier, quickly(), std::make_shared<SystemClock>(), outcomes.told());
    for (std::size_t i = 0; i < Courier::mostWaiting + 2; ++i) // one is on its way; so many wait; the last is too much
        courier.post(channelOf(ChannelType::Webhook, "http://h"), messageOf());
    const auto failed = outcomes.waitFor(DeliveryState::Failed);
    QVERIFY(failed);
    QVERIFY2(failed->reason.find("100 messages wait") == 0, failed->reason.c_str());
    QVERIFY(!courier.waitUntilIdle(1ms));
}

void TestAlertDelivery::oneChannelDoesNotHoldUpAnother()
{
    const auto carrier = std::make_shared<StuckCarrier>();
    carrier->stuck = "team";
    Outcomes outcomes;
    Courier courier(carrier, quickly(), std::make_shared<SystemClock>(), outcomes.told());
    AlertChannel other = channelOf(ChannelType::Webhook, "http://h");
    other.id = "other";
    courier.post(channelOf(ChannelType::Webhook, "http://h"), messageOf());
    courier.post(other, messageOf());
    QCOMPARE(outcomes.waitFor(DeliveryState::Sent)->channel, std::string("other"));
}

void TestAlertDelivery::theEndComesSoon()
{
    const auto carrier = std::make_shared<StuckCarrier>();
    carrier->stuck = "team";
    Outcomes outcomes;
    QElapsedTimer time;
    {
        Courier courier(carrier, quickly(), std::make_shared<SystemClock>(), outcomes.told());
        for (int i = 0; i < 3; ++i)
            courier.post(channelOf(ChannelType::Webhook, "http://h"), messageOf());
        time.start();
    }
    QVERIFY(time.elapsed() < 10'000);
    const auto all = outcomes.all();
    QCOMPARE(std::ranges::count(all, DeliveryState::Failed, &AlertDelivery::state), 3); // none is forgotten
}

QTEST_APPLESS_MAIN(TestAlertDelivery)
#include "tst_alertdelivery.moc"
