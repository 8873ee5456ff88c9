#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <set>
#include <thread>

#include <dlfcn.h>
#include <netdb.h>

#include "core/net/httpclient.h"
#include "tests/support/loopbackserver.h"

using namespace mnemo;
using namespace mnemo::test;
using namespace std::chrono_literals;

Q_DECLARE_METATYPE(mnemo::ErrorCode)

/// A name server that takes its time: libcurl's resolver thread calls this one.
extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* hints, addrinfo** result)
{
    if (node && std::string_view(node) == "slow.invalid") {
        std::this_thread::sleep_for(1500ms);
        return EAI_AGAIN;
    }
    using Function = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
    static const Function next = [] {
        void* found = dlsym(RTLD_NEXT, "getaddrinfo");
        Function function = nullptr;
        std::memcpy(&function, &found, sizeof function);
        return function;
    }();
    return next(node, service, hints, result);
}

namespace {

HttpSettings quick()
{
    HttpSettings settings;
    settings.connectTimeout = 2s;
    settings.lowSpeedTime = 1s;
    settings.totalTimeout = 5s;
    return settings;
}

HttpRequest get(std::string url)
{
    HttpRequest request;
    request.url = std::move(url);
    return request;
}

/// Waits until @p count are done or 20 s have passed.
std::vector<Completion> waitFor(HttpClient& client, std::size_t count)
{
    std::vector<Completion> all;
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    while (all.size() < count && std::chrono::steady_clock::now() < deadline)
        std::ranges::move(client.wait(200ms), std::back_inserter(all));
    return all;
}

Result<HttpResponse> fetch(HttpClient& client, HttpRequest request)
{
    client.start(1, std::move(request));
    auto all = waitFor(client, 1);
    if (all.size() != 1 || all.front().ticket != 1)
        return fail(ErrorCode::Internal, "the test saw " + std::to_string(all.size()) + " completions");
    return std::move(all.front().response);
}

Reply textReply(std::string body)
{
    Reply reply;
    reply.body = std::move(body);
    return reply;
}

std::string describe(const Result<HttpResponse>& response)
{
    return response ? "status " + std::to_string(response->status)
                    : std::string(toText(response.error().code)) + ": " + response.error().detail;
}

milliseconds since(std::chrono::steady_clock::time_point start)
{
    return std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - start);
}

/// The answer failed with @p code and its sentence holds each of the words.
bool isFailure(const Result<HttpResponse>& response, ErrorCode code, std::initializer_list<std::string_view> words)
{
    qInfo("%s", describe(response).c_str());
    if (response || response.error().code != code)
        return false;
    const std::string& detail = response.error().detail;
    return detail.find('\n') == std::string::npos
        && std::ranges::all_of(words, [&](std::string_view word) { return detail.find(word) != std::string::npos; });
}

#define VERIFY_FAILURE(response, code, ...) QVERIFY(isFailure(response, code, {__VA_ARGS__}))

} // namespace

class TestHttpClient : public QObject {
    Q_OBJECT
private slots:
    void initTestCase()
    {
        for (const char* name :
            {"http_proxy", "https_proxy", "all_proxy", "HTTPS_PROXY", "ALL_PROXY", "no_proxy", "NO_PROXY"})
            qunsetenv(name);
        QVERIFY(m_folder.isValid());
    }

    void sendsWhatItIsTold()
    {
        LoopbackServer server(
            [](const ReceivedRequest& request) { return textReply(request.method + " " + request.body); });
        HttpClient client(quick());
        HttpRequest request{"POST", server.url("/a/../b?x=%2F"),
            {{"X-One", "1"}, {"Content-Type", "application/json"}, {"X-Empty", ""}}, "{}"};
        const auto answer = fetch(client, request);
        QVERIFY2(answer, describe(answer).c_str());
        QCOMPARE(answer->body, std::string("POST {}"));
        const ReceivedRequest seen = server.received().at(0);
        QCOMPARE(seen.target, std::string("/a/../b?x=%2F"));
        QCOMPARE(seen.header("x-one"), std::string("1"));
        QVERIFY(seen.headers.contains("x-empty"));
        QCOMPARE(seen.header("content-type"), std::string("application/json"));
        QCOMPARE(seen.header("user-agent"), HttpSettings().userAgent);
        QVERIFY(seen.header("accept-encoding").find("gzip") != std::string::npos);
        QVERIFY(!seen.headers.contains("expect"));

        request.headers.clear();
        request.method = "PUT";
        QCOMPARE(fetch(client, request)->body, std::string("PUT {}"));
        QVERIFY(!server.received().at(1).headers.contains("content-type"));
        QCOMPARE(fetch(client, {"DELETE", server.url(), {}, ""})->body, std::string("DELETE "));
        QCOMPARE(fetch(client, {"HEAD", server.url(), {}, ""})->body, std::string());
        QCOMPARE(fetch(client, get(server.url()))->body, std::string("GET "));
    }

    void readsStatusHeadersAndBody()
    {
        LoopbackServer server([](const ReceivedRequest&) {
            Reply reply = textReply("teapot");
            reply.status = 418;
            reply.headers = {
                {"Retry-After", "7"}, {"X-MBX-Used-Weight-1M", " 12 "}, {"X-Twice", "a"}, {"x-twice", "b"}};
            return reply;
        });
        HttpClient client(quick());
        const auto answer = fetch(client, get(server.url()));
        QVERIFY2(answer, describe(answer).c_str());
        QCOMPARE(answer->status, 418);
        QCOMPARE(answer->body, std::string("teapot"));
        QVERIFY(answer->header("x-mbx-used-weight-1m") == "12");
        QVERIFY(answer->header("x-twice") == "a, b");
        QVERIFY(answer->retryAfter(UtcMs{}) == std::optional{7000ms});
        QVERIFY(answer->wireBytes > 6 && answer->wireBytes < 500);
    }

    void reusesOneConnection()
    {
        LoopbackServer server([](const ReceivedRequest& request) { return textReply(request.target); });
        HttpClient client(quick());
        for (int i = 0; i < 50; ++i)
            QCOMPARE(fetch(client, get(server.url("/" + std::to_string(i))))->body, "/" + std::to_string(i));
        QCOMPARE(server.connections(), 1);
    }

    void keepsToTheConnectionsPerHost()
    {
        LoopbackServer server([](const ReceivedRequest&) {
            Reply reply = textReply("x");
            reply.delay = 20ms;
            return reply;
        });
        HttpSettings settings = quick();
        settings.connectionsPerHost = 3;
        HttpClient client(settings);
        for (Ticket ticket = 0; ticket < 30; ++ticket)
            client.start(ticket, get(server.url()));
        std::set<Ticket> seen;
        for (const Completion& completion : waitFor(client, 30)) {
            QVERIFY(completion.response);
            seen.insert(completion.ticket);
        }
        QCOMPARE(seen.size(), std::size_t{30});
        QCOMPARE(server.connections(), 3);
    }

    void reconnectsWhenTheServerHasHungUp()
    {
        LoopbackServer server([](const ReceivedRequest&) {
            Reply reply = textReply("x");
            reply.end = Reply::End::Close;
            return reply;
        });
        HttpClient client(quick());
        for (int i = 0; i < 5; ++i)
            QVERIFY(fetch(client, get(server.url())));
        QCOMPARE(server.connections(), 5);
    }

    void decompresses()
    {
        const std::string body(300'000, 'a');
        LoopbackServer server([&](const ReceivedRequest&) {
            Reply reply = textReply(body);
            reply.isGzip = true;
            return reply;
        });
        HttpClient client(quick());
        const auto answer = fetch(client, get(server.url()));
        QVERIFY2(answer, describe(answer).c_str());
        QVERIFY(answer->body == body);
        QVERIFY(answer->wireBytes < 5000);
    }

    void readsChunksAndDribble()
    {
        LoopbackServer server([](const ReceivedRequest& request) {
            Reply reply = textReply(std::string(200, 'x'));
            reply.isChunked = request.target == "/chunked";
            reply.piece = 1;
            reply.pause = 1ms;
            return reply;
        });
        HttpClient client(quick());
        QCOMPARE(fetch(client, get(server.url("/chunked")))->body, std::string(200, 'x'));
        QCOMPARE(fetch(client, get(server.url("/plain")))->body, std::string(200, 'x'));
    }

    void capsTheBody_data()
    {
        QTest::addColumn<quint64>("blanks");
        QTest::addColumn<bool>("isGzip");
        QTest::addColumn<bool>("isChunked");
        QTest::addColumn<bool>("isFine");
        const quint64 mib = 1024 * 1024;
        QTest::newRow("as much as allowed") << mib << false << false << true;
        QTest::newRow("a byte more, announced") << mib + 1 << false << false << false;
        QTest::newRow("a byte more, not announced") << mib + 1 << false << true << false;
        QTest::newRow("10 TB announced") << quint64{10'000'000'000'000} << false << false << false;
        QTest::newRow("compressed, fits") << mib << true << false << true;
        QTest::newRow("zip bomb") << 200 * mib << true << false << false;
        QTest::newRow("zip bomb in chunks") << 200 * mib << true << true << false;
    }
    void capsTheBody()
    {
        QFETCH(quint64, blanks);
        QFETCH(bool, isGzip);
        QFETCH(bool, isChunked);
        QFETCH(bool, isFine);
        LoopbackServer server([&](const ReceivedRequest& request) {
            Reply reply;
            if (request.target == "/after")
                return textReply("x");
            reply.blanks = blanks;
            reply.isGzip = isGzip;
            reply.isChunked = isChunked;
            return reply;
        });
        HttpSettings settings = quick();
        settings.maxBodyMiB = 1;
        settings.totalTimeout = 20s; // packing the bomb takes the server a while
        settings.lowSpeedTime = 20s;
        HttpClient client(settings);
        const auto answer = fetch(client, get(server.url()));
        if (isFine) {
            QVERIFY2(answer, describe(answer).c_str());
            QCOMPARE(answer->body.size(), std::size_t{blanks});
        } else {
            VERIFY_FAILURE(answer, ErrorCode::TooLarge, "127.0.0.1", "1 MiB");
        }
        QVERIFY(fetch(client, get(server.url("/after"))));
    }

    void failsWith_data()
    {
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<ErrorCode>("code");
        QTest::addColumn<int>("leastMs");
        QTest::addColumn<int>("mostMs");
        QTest::newRow("reset before the answer") << QByteArray("/reset") << ErrorCode::Network << 0 << 1000;
        QTest::newRow("reset in the body") << QByteArray("/resetinbody") << ErrorCode::Network << 0 << 1000;
        QTest::newRow("truncated") << QByteArray("/truncated") << ErrorCode::Network << 0 << 1000;
        QTest::newRow("truncated chunks") << QByteArray("/truncatedchunks") << ErrorCode::Network << 0 << 1000;
        QTest::newRow("closed without an answer") << QByteArray("/nothing") << ErrorCode::Network << 0 << 1000;
        QTest::newRow("never answers") << QByteArray("/stall") << ErrorCode::Timeout << 900 << 4000;
        QTest::newRow("stops in the body") << QByteArray("/stallinbody") << ErrorCode::Timeout << 900 << 4500;
        QTest::newRow("dribbles for ever") << QByteArray("/dribble") << ErrorCode::Timeout << 900 << 5500;
        QTest::newRow("not HTTP") << QByteArray("/garbage") << ErrorCode::BadAnswer << 0 << 1000;
        QTest::newRow("not gzip") << QByteArray("/notgzip") << ErrorCode::BadAnswer << 0 << 1000;
    }
    void failsWith()
    {
        QFETCH(QByteArray, path);
        QFETCH(ErrorCode, code);
        QFETCH(int, leastMs);
        QFETCH(int, mostMs);
        LoopbackServer server(&TestHttpClient::faultyReply);
        HttpClient client(quick());
        const auto start = std::chrono::steady_clock::now();
        const auto answer = fetch(client, get(server.url(path.toStdString())));
        const auto took = since(start);
        VERIFY_FAILURE(answer, code, "127.0.0.1:" + std::to_string(server.port()));
        QVERIFY2(took.count() >= leastMs && took.count() <= mostMs, qPrintable(QString::number(took.count())));
        QVERIFY(fetch(client, get(server.url("/fine")))); // the next request is not harmed
    }

    void unknownHostTwice() // a handle that failed before it had a connection is not fit for another request
    {
        LoopbackServer server([](const ReceivedRequest&) { return textReply("fine"); });
        HttpClient client(quick());
        for (int i = 0; i < 2; ++i)
            VERIFY_FAILURE(fetch(client, get("http://no-such-host.invalid/")), ErrorCode::Network, "no-such-host.invalid");
        QVERIFY(fetch(client, get(server.url("/fine"))));
    }

    void gaveTooLittleTime()
    {
        LoopbackServer server([](const ReceivedRequest&) {
            Reply reply = textReply(std::string(10'000, 'x'));
            reply.piece = 100;
            reply.pause = 20ms;
            return reply;
        });
        HttpSettings settings = quick();
        settings.totalTimeout = 300ms;
        HttpClient client(settings);
        const auto start = std::chrono::steady_clock::now();
        VERIFY_FAILURE(fetch(client, get(server.url())), ErrorCode::Timeout, "127.0.0.1", "timed out");
        QVERIFY(since(start) >= 290ms);
    }

    void refusesWhatCannotBeAsked_data()
    {
        QTest::addColumn<QByteArray>("url");
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<QByteArray>("header");
        QTest::newRow("no scheme") << QByteArray("api.x.com/v1") << QByteArray("GET") << QByteArray("a");
        QTest::newRow("file") << QByteArray("file:///etc/passwd") << QByteArray("GET") << QByteArray("a");
        QTest::newRow("ftp") << QByteArray("ftp://x.com/") << QByteArray("GET") << QByteArray("a");
        QTest::newRow("empty") << QByteArray("") << QByteArray("GET") << QByteArray("a");
        QTest::newRow("blank in it") << QByteArray("http://x.com/a b") << QByteArray("GET") << QByteArray("a");
        QTest::newRow("two lines in a header")
            << QByteArray("http://127.0.0.1:1/") << QByteArray("GET") << QByteArray("a\r\nHost: b");
        QTest::newRow("method") << QByteArray("http://127.0.0.1:1/") << QByteArray("GET / HTTP/1.1\r\n")
                                << QByteArray("a");
    }
    void refusesWhatCannotBeAsked()
    {
        QFETCH(QByteArray, url);
        QFETCH(QByteArray, method);
        QFETCH(QByteArray, header);
        HttpClient client(quick());
        const auto answer = fetch(client, {method.toStdString(), url.toStdString(), {{"X", header.toStdString()}}, ""});
        qInfo("%s", describe(answer).c_str());
        QVERIFY(!answer && answer.error().code == ErrorCode::InvalidArgument && !answer.error().detail.empty());
    }

    void saysThatNobodyListens()
    {
        HttpClient client(quick());
        const std::string host = "127.0.0.1:" + std::to_string(unusedPort());
        VERIFY_FAILURE(fetch(client, get("http://" + host + "/")), ErrorCode::Network, host, "Connection refused");
    }

    void saysThatTheNameIsUnknown()
    {
        HttpClient client(quick());
        VERIFY_FAILURE(fetch(client, get("https://name.invalid/")), ErrorCode::Network, "name.invalid", "no address");
    }

    void checksCertificates_data()
    {
        QTest::addColumn<QByteArray>("host");
        QTest::addColumn<int>("fromDays");
        QTest::addColumn<int>("untilDays");
        QTest::addColumn<bool>("knowsAuthority");
        QTest::addColumn<QByteArray>("words"); // empty: accepted
        QTest::newRow("custom CA") << QByteArray("127.0.0.1") << -1 << 1 << true << QByteArray();
        QTest::newRow("expired") << QByteArray("127.0.0.1") << -9 << -1 << true << QByteArray("expired");
        QTest::newRow("not yet valid") << QByteArray("127.0.0.1") << 1 << 9 << true << QByteArray("not valid yet");
        QTest::newRow("wrong host") << QByteArray("other.example") << -1 << 1 << true << QByteArray("for another host");
        QTest::newRow("unknown CA") << QByteArray("127.0.0.1") << -1 << 1 << false << QByteArray("does not trust");
    }
    void checksCertificates()
    {
        QFETCH(QByteArray, host);
        QFETCH(int, fromDays);
        QFETCH(int, untilDays);
        QFETCH(bool, knowsAuthority);
        QFETCH(QByteArray, words);
        const TestAuthority authority("Test authority");
        const UtcMs now = SystemClock().now();
        LoopbackServer server([](const ReceivedRequest&) { return textReply("secret"); },
            authority.issue(host.toStdString(), now + std::chrono::days{fromDays}, now + std::chrono::days{untilDays}));
        HttpSettings settings = quick();
        if (knowsAuthority)
            settings.caFile = writeFile("ca.pem", authority.certificatePem());
        HttpClient client(settings);
        const auto answer = fetch(client, get(server.url()));
        if (words.isEmpty()) {
            QVERIFY2(answer, describe(answer).c_str());
            QCOMPARE(answer->body, std::string("secret"));
            QVERIFY(fetch(client, get(server.url())));
            QCOMPARE(server.connections(), 1);
            return;
        }
        VERIFY_FAILURE(answer, ErrorCode::Tls, "127.0.0.1:" + std::to_string(server.port()), words.toStdString());
        QVERIFY(server.received().empty());
    }

    void saysThatTheCaFileIsMissing()
    {
        const TestAuthority authority("Test authority");
        const UtcMs now = SystemClock().now();
        LoopbackServer server(
            [](const ReceivedRequest&) { return textReply("x"); }, authority.issue("127.0.0.1", now - 24h, now + 24h));
        HttpSettings settings = quick();
        settings.caFile = "/nowhere/ca.pem";
        HttpClient client(settings);
        VERIFY_FAILURE(fetch(client, get(server.url())), ErrorCode::Tls, "/nowhere/ca.pem");
    }

    void saysThatTheServerDoesNotSpeakTls()
    {
        LoopbackServer server([](const ReceivedRequest&) { return textReply("x"); });
        HttpClient client(quick());
        const auto answer = fetch(client, get("https://127.0.0.1:" + std::to_string(server.port()) + "/"));
        VERIFY_FAILURE(answer, ErrorCode::Tls, "no secure connection", "check the URL");
    }

    void redirects_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("location"); // {self}: this server, {other}: another
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<QByteArray>("expected"); // empty: refused
        QTest::newRow("path") << 302 << QByteArray("/end") << QByteArray("GET") << QByteArray("GET /end ");
        QTest::newRow("same host in full")
            << 301 << QByteArray("{self}/end?a=1") << QByteArray("GET") << QByteArray("GET /end?a=1 ");
        QTest::newRow("POST stays POST") << 308 << QByteArray("/end") << QByteArray("POST")
                                         << QByteArray("POST /end body");
        QTest::newRow("POST stays POST, 301 too")
            << 301 << QByteArray("/end") << QByteArray("POST") << QByteArray("POST /end body");
        QTest::newRow("see other") << 303 << QByteArray("/end") << QByteArray("POST") << QByteArray("GET /end ");
        QTest::newRow("another host") << 302 << QByteArray("{other}/end") << QByteArray("GET") << QByteArray();
        QTest::newRow("another host without scheme")
            << 302 << QByteArray("//other.invalid/end") << QByteArray("GET") << QByteArray();
        QTest::newRow("file") << 302 << QByteArray("file:///etc/passwd") << QByteArray("GET") << QByteArray();
        QTest::newRow("in circles") << 302 << QByteArray("/start") << QByteArray("GET") << QByteArray();
    }
    void redirects()
    {
        QFETCH(int, status);
        QFETCH(QByteArray, location);
        QFETCH(QByteArray, method);
        QFETCH(QByteArray, expected);
        LoopbackServer other([](const ReceivedRequest&) { return textReply("caught"); });
        std::string self;
        LoopbackServer server([&](const ReceivedRequest& request) {
            if (request.target.starts_with("/end"))
                return textReply(request.method + " " + request.target + " " + request.body);
            Reply reply = textReply("moved");
            reply.status = status;
            QByteArray to = location;
            to.replace("{self}", ("http://" + request.header("host")).c_str())
                .replace("{other}", other.url("", "localhost").c_str());
            reply.headers = {{"Location", to.toStdString()}};
            return reply;
        });
        HttpClient client(quick());
        const auto answer =
            fetch(client, {method.toStdString(), server.url("/start"), {}, method == "POST" ? "body" : ""});
        if (expected.isEmpty()) {
            VERIFY_FAILURE(answer, ErrorCode::Rejected, "127.0.0.1", "redirects");
        } else {
            QVERIFY2(answer, describe(answer).c_str());
            QCOMPARE(answer->body, expected.toStdString());
            QCOMPARE(answer->status, 200);
        }
        QVERIFY(other.received().empty());
    }

    void usesTheProxyOfTheSettings()
    {
        LoopbackServer proxy([](const ReceivedRequest& request) { return textReply("via proxy: " + request.target); });
        HttpSettings settings = quick();
        settings.proxy = proxy.url();
        HttpClient client(settings);
        const auto answer = fetch(client, get("http://venue.invalid/v1?a=b"));
        QVERIFY2(answer, describe(answer).c_str());
        QCOMPARE(answer->body, std::string("via proxy: http://venue.invalid/v1?a=b"));
    }

    void usesTheProxyOfTheEnvironmentButNotForLoopback()
    {
        LoopbackServer proxy([](const ReceivedRequest&) { return textReply("proxy"); });
        LoopbackServer server([](const ReceivedRequest&) { return textReply("server"); });
        qputenv("http_proxy", proxy.url().c_str());
        HttpClient client(quick());
        const auto far = fetch(client, get("http://venue.invalid/"));
        const auto near = fetch(client, get(server.url()));
        qunsetenv("http_proxy");
        QVERIFY2(far && near, (describe(far) + describe(near)).c_str());
        QCOMPARE(far->body, std::string("proxy"));
        QCOMPARE(near->body, std::string("server"));
    }

    void saysThatTheProxyIsGone()
    {
        HttpSettings settings = quick();
        settings.proxy = "http://me:secret@127.0.0.1:" + std::to_string(unusedPort());
        HttpClient client(settings);
        const auto answer = fetch(client, get("http://venue.invalid/"));
        VERIFY_FAILURE(answer, ErrorCode::Network, "venue.invalid", "proxy", "Connection refused");
        QVERIFY(answer.error().detail.find("secret") == std::string::npos);
    }

    void cancelsAtOnce_data()
    {
        QTest::addColumn<QByteArray>("url");
        QTest::newRow("waiting for the answer") << QByteArray("/stall");
        QTest::newRow("in the body") << QByteArray("/stallinbody");
        QTest::newRow("waiting for a connection") << QByteArray("/queued");
        QTest::newRow("waiting for the name server") << QByteArray("http://slow.invalid/");
    }
    void cancelsAtOnce()
    {
        QFETCH(QByteArray, url);
        LoopbackServer server(&TestHttpClient::faultyReply);
        HttpSettings settings = quick();
        settings.lowSpeedTime = 30s;
        settings.totalTimeout = 30s;
        settings.connectionsPerHost = url == "/queued" ? 1 : 4;
        HttpClient client(settings);
        client.start(1, get(server.url("/stall")));
        client.start(2, get(url.startsWith('/') ? server.url(url.toStdString()) : url.toStdString()));
        client.wait(200ms);
        auto start = std::chrono::steady_clock::now();
        client.cancel(2);
        client.cancel(2); // twice, and unknown ones, do no harm
        client.cancel(77);
        QVERIFY2(since(start) < 10s, qPrintable(QString::number(since(start).count())));
        QVERIFY(client.wait(100ms).empty()); // no completion for it
        client.cancel(1);
        QVERIFY(fetch(client, get(server.url("/fine"))));
    }

    void cancelsWhatIsDoneButNotFetched()
    {
        HttpClient client(quick());
        client.start(1, get("no url"));
        client.start(2, get("no url"));
        client.cancel(1);
        const auto all = client.wait(0ms);
        QCOMPARE(all.size(), std::size_t{1});
        QCOMPARE(all.front().ticket, Ticket{2});
    }

    void goesAwayWhileBusy()
    {
        LoopbackServer server(&TestHttpClient::faultyReply);
        HttpSettings patient;
        patient.lowSpeedTime = 30s;
        patient.totalTimeout = 30s;
        const auto start = std::chrono::steady_clock::now();
        {
            HttpClient client(patient);
            client.start(1, get(server.url("/stall")));
            client.start(2, get(server.url("/stallinbody")));
            client.start(3, get("http://slow.invalid/"));
            client.start(4, get(server.url("/fine")));
            client.wait(50ms);
        }
        QVERIFY2(since(start) < 15s, qPrintable(QString::number(since(start).count())));
    }

    void wakesUpFromAnotherThread()
    {
        LoopbackServer server(&TestHttpClient::faultyReply);
        for (const bool isBusy : {false, true}) {
            HttpClient client(quick());
            if (isBusy)
                client.start(1, get(server.url("/stall")));
            const auto start = std::chrono::steady_clock::now();
            std::jthread other([&client] {
                std::this_thread::sleep_for(100ms);
                client.wakeUp();
            });
            QVERIFY(client.wait(10s).empty());
            QVERIFY2(since(start) >= 90ms && since(start) < 8s, qPrintable(QString::number(since(start).count())));
        }
        HttpClient client(quick());
        client.wakeUp(); // before the wait: it must not be lost
        const auto start = std::chrono::steady_clock::now();
        QVERIFY(client.wait(10s).empty());
        QVERIFY(since(start) < 8s);
    }

    void waitEndsInTime()
    {
        HttpClient client(quick());
        const auto start = std::chrono::steady_clock::now();
        QVERIFY(client.wait(150ms).empty());
        QVERIFY(since(start) >= 150ms);
        QVERIFY(client.wait(-5ms).empty());
    }

    void ticketInUseIsABug()
    {
        LoopbackServer server(&TestHttpClient::faultyReply);
        HttpClient client(quick());
        client.start(1, get(server.url("/stall")));
        client.start(1, get(server.url("/fine")));
        const auto all = client.wait(1s);
        QCOMPARE(all.size(), std::size_t{1});
        QVERIFY(!all.front().response && all.front().response.error().code == ErrorCode::Internal);
    }

    void manyThreadsEachWithItsClient()
    {
        LoopbackServer server([](const ReceivedRequest& request) { return textReply(request.target); });
        std::atomic<int> fine = 0;
        {
            std::vector<std::jthread> threads;
            for (int t = 0; t < 4; ++t) {
                threads.emplace_back([&] {
                    HttpClient client(quick());
                    for (Ticket i = 0; i < 40; ++i)
                        client.start(i, get(server.url("/" + std::to_string(i))));
                    for (const Completion& completion : waitFor(client, 40)) {
                        if (completion.response && completion.response->body == "/" + std::to_string(completion.ticket))
                            ++fine;
                    }
                });
            }
        }
        QCOMPARE(fine.load(), 160);
    }

    /// nghttpd speaks HTTP/2 alone, so that any answer proves it.
    void speaksHttp2AndSharesAConnection()
    {
        const QString nghttpd = QStandardPaths::findExecutable(
            QStringLiteral("nghttpd"), {QStringLiteral("/usr/bin"), QStringLiteral("/usr/sbin")});
        if (nghttpd.isEmpty())
            QSKIP("nghttpd is missing (Debian package nghttp2-server)");
        const TestAuthority authority("Test authority");
        const UtcMs now = SystemClock().now();
        const TlsIdentity identity = authority.issue("127.0.0.1", now - 24h, now + 24h);
        const std::string body(50'000, 'h');
        writeFile("page", body);
        const QString port = QString::number(unusedPort());
        QProcess server;
        server.setProcessChannelMode(QProcess::MergedChannels);
        server.start(nghttpd,
            {QStringLiteral("-v"), QStringLiteral("-a"), QStringLiteral("127.0.0.1"), QStringLiteral("-d"),
                m_folder.path(), port, QString::fromStdString(writeFile("key.pem", identity.keyPem)),
                QString::fromStdString(writeFile("cert.pem", identity.certificatePem))});
        QVERIFY(server.waitForStarted());
        HttpSettings settings = quick();
        settings.caFile = writeFile("ca.pem", authority.certificatePem());
        HttpClient client(settings);
        const std::string url = "https://127.0.0.1:" + port.toStdString() + "/page";
        QTRY_VERIFY_WITH_TIMEOUT(fetch(client, get(url)), 5000);
        for (Ticket ticket = 1; ticket <= 20; ++ticket)
            client.start(ticket, get(url));
        const auto all = waitFor(client, 20);
        QCOMPARE(all.size(), std::size_t{20});
        for (const Completion& completion : all)
            QVERIFY2(completion.response && completion.response->body == body, describe(completion.response).c_str());
        server.terminate();
        QVERIFY(server.waitForFinished(5000));
        const QByteArray log = server.readAll();
        QVERIFY2(log.contains("[id=1]") && !log.contains("[id=2]"), log.left(2000).constData()); // one connection
        QVERIFY(log.contains("stream_id=41")); // the 21st request of that connection
    }

private:
    static Reply faultyReply(const ReceivedRequest& request)
    {
        const std::string& target = request.target;
        Reply reply = textReply(std::string(1000, 'x'));
        if (target == "/reset" || target == "/nothing" || target == "/stall" || target == "/garbage")
            reply.raw = target == "/garbage" ? "HELO who are you\r\n" : "";
        if (target.starts_with("/reset"))
            reply.end = Reply::End::Reset;
        else if (target.starts_with("/stall"))
            reply.end = Reply::End::Stall;
        else if (target.starts_with("/truncated") || target == "/nothing" || target == "/garbage")
            reply.end = Reply::End::Close;
        reply.isChunked = target == "/truncatedchunks";
        if (target == "/resetinbody" || target == "/stallinbody" || target.starts_with("/truncated"))
            reply.cutAfter = 500;
        if (target == "/stallinbody")
            reply.cutAfter = 10; // libcurl looks at the mean of some seconds
        if (target == "/dribble") {
            reply.piece = 1;
            reply.pause = 50ms;
        }
        if (target == "/notgzip")
            reply.headers = {{"Content-Encoding", "gzip"}};
        return reply;
    }

    std::string writeFile(const char* name, const std::string& text)
    {
        QFile file(m_folder.filePath(QString::fromLatin1(name)));
        if (!file.open(QIODevice::WriteOnly) || file.write(text.data(), static_cast<qint64>(text.size())) < 0)
            qFatal("cannot write %s", name);
        return file.fileName().toStdString();
    }

    QTemporaryDir m_folder;
};

QTEST_GUILESS_MAIN(TestHttpClient)
#include "tst_httpclient.moc"
