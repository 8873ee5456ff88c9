#include <QTest>

#include "core/base/timetext.h"
#include "core/net/http.h"
#include "core/net/secretnames.h"
#include "core/net/url.h"

using namespace mnemo;

namespace {

QByteArray bytes(std::string_view text)
{
    return QByteArray(text.data(), static_cast<int>(text.size()));
}

} // namespace

class TestUrl : public QObject {
    Q_OBJECT
private slots:
    void splits_data()
    {
        QTest::addColumn<QByteArray>("url");
        QTest::addColumn<QByteArray>("origin"); // empty: an error
        QTest::addColumn<int>("port");
        QTest::addColumn<QByteArray>("path");
        QTest::newRow("plain") << QByteArray("https://api.x.com/v1/k?a=b&c=d") << QByteArray("https://api.x.com") << 443
                               << QByteArray("/v1/k?a=b&c=d");
        QTest::newRow("port") << QByteArray("HTTP://Api.X.com:8080/V1") << QByteArray("http://api.x.com:8080") << 8080
                              << QByteArray("/V1");
        QTest::newRow("no path") << QByteArray("wss://x.com") << QByteArray("wss://x.com") << 443 << QByteArray();
        QTest::newRow("query alone") << QByteArray("http://x.com?a=1") << QByteArray("http://x.com") << 80
                                     << QByteArray("?a=1");
        QTest::newRow("fragment dropped")
            << QByteArray("http://x.com/a#b") << QByteArray("http://x.com") << 80 << QByteArray("/a");
        QTest::newRow("user") << QByteArray("http://u:p@x.com:1/a@b") << QByteArray("http://x.com:1") << 1
                              << QByteArray("/a@b");
        QTest::newRow("IPv6") << QByteArray("http://[::1]:9/a") << QByteArray("http://[::1]:9") << 9
                              << QByteArray("/a");
        QTest::newRow("IPv6 without port")
            << QByteArray("http://[::1]/a") << QByteArray("http://[::1]") << 80 << QByteArray("/a");
        for (const char* bad : {"", "x.com/a", "://x.com", "http://", "http:///a", "http://:80/", "http://x.com:0/",
                 "http://x.com:65536/", "http://x.com:8a/", "http://x.com:/", "http://x.com/a b", "http://x.com/a\nb",
                 "1http://x.com", "http://a%b.com/"})
            QTest::addRow("bad: %s", bad) << QByteArray(bad) << QByteArray() << 0 << QByteArray();
    }
    void splits()
    {
        QFETCH(QByteArray, url);
        QFETCH(QByteArray, origin);
        QFETCH(int, port);
        QFETCH(QByteArray, path);
        const auto split = splitUrl(url.toStdString());
        QCOMPARE(split.has_value(), !origin.isEmpty());
        if (!split) {
            QVERIFY(split.error().code == ErrorCode::InvalidArgument);
            QVERIFY(!split.error().detail.empty() && split.error().detail.find('\n') == std::string::npos);
            return;
        }
        QCOMPARE(bytes(split->origin()), origin);
        QCOMPARE(split->effectivePort(), port);
        QCOMPARE(bytes(split->path), path);
    }

    void replacesOrigin_data()
    {
        QTest::addColumn<QByteArray>("url");
        QTest::addColumn<QByteArray>("base");
        QTest::addColumn<QByteArray>("expected");
        QTest::newRow("origin") << QByteArray("https://a.com/v1?x=1") << QByteArray("http://127.0.0.1:9")
                                << QByteArray("http://127.0.0.1:9/v1?x=1");
        QTest::newRow("slash at the end") << QByteArray("https://a.com/v1") << QByteArray("http://127.0.0.1:9/")
                                          << QByteArray("http://127.0.0.1:9/v1");
        QTest::newRow("prefix") << QByteArray("https://a.com/v1") << QByteArray("http://127.0.0.1:9/sim/a/")
                                << QByteArray("http://127.0.0.1:9/sim/a/v1");
        QTest::newRow("no path") << QByteArray("https://a.com") << QByteArray("http://b.com/p")
                                 << QByteArray("http://b.com/p/");
        QTest::newRow("query alone") << QByteArray("https://a.com?x=1") << QByteArray("http://b.com")
                                     << QByteArray("http://b.com/?x=1");
        QTest::newRow("base without scheme") << QByteArray("https://a.com/") << QByteArray("b.com") << QByteArray();
        QTest::newRow("base with query") << QByteArray("https://a.com/") << QByteArray("http://b.com/?a")
                                         << QByteArray();
        QTest::newRow("bad URL") << QByteArray("a.com") << QByteArray("http://b.com") << QByteArray();
    }
    void replacesOrigin()
    {
        QFETCH(QByteArray, url);
        QFETCH(QByteArray, base);
        QFETCH(QByteArray, expected);
        QCOMPARE(bytes(replaceOrigin(url.toStdString(), base.toStdString()).value_or("")), expected);
    }

    void encodesAsJavaScript_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("encoded"); // what node's encodeURIComponent gives
        QTest::newRow("pair") << QByteArray("BTC/USDT:USDT") << QByteArray("BTC%2FUSDT%3AUSDT");
        QTest::newRow("kept") << QByteArray("aZ09-_.!~*'()") << QByteArray("aZ09-_.!~*'()");
        QTest::newRow("blank and plus") << QByteArray("a b+c") << QByteArray("a%20b%2Bc");
        QTest::newRow("umlaut") << QByteArray("\xc3\xa4") << QByteArray("%C3%A4");
        QTest::newRow("JSON") << QByteArray("{\"a\":[1]}") << QByteArray("%7B%22a%22%3A%5B1%5D%7D");
    }
    void encodesAsJavaScript()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, encoded);
        QCOMPARE(bytes(percentEncode(text.toStdString())), encoded);
        QCOMPARE(bytes(percentDecode(encoded.toStdString())), text);
        QCOMPARE(bytes(percentDecode("%")), QByteArray("%"));
        QCOMPARE(bytes(percentDecode("%4")), QByteArray("%4"));
        QCOMPARE(bytes(percentDecode("%zz%2f")), QByteArray("%zz/"));
    }

    void hidesSecrets_data()
    {
        QTest::addColumn<QByteArray>("url");
        QTest::addColumn<QByteArray>("shown");
        const auto same = [](const char* url) { QTest::newRow(url) << QByteArray(url) << QByteArray(url); };
        same("https://a.com/v1?symbol=BTCUSDT&interval=1m&limit=1000");
        same("https://a.com/v1?asset=1&sort=desc&from=1");
        same("https://a.com/@user/x?api_key=");
        QTest::newRow("api_key") << QByteArray("https://a.com/v1?api_key=abc&symbol=X")
                                 << QByteArray("https://a.com/v1?api_key=***&symbol=X");
        QTest::newRow("signature last") << QByteArray("https://a.com/?t=1&signature=ab%2Fc")
                                        << QByteArray("https://a.com/?t=1&signature=***");
        QTest::newRow("other spellings") << QByteArray(
            "https://a.com/?apiKey=1&X-Amz-Signature=2&sign=3&passphrase=4&access_token=5&KEY=6&AWSAccessKeyId=7")
                                         << QByteArray("https://a.com/"
                                                       "?apiKey=***&X-Amz-Signature=***&sign=***&passphrase=***&access_"
                                                       "token=***&KEY=***&AWSAccessKeyId=***");
        QTest::newRow("encoded name") << QByteArray("https://a.com/?api%5Fkey=1")
                                      << QByteArray("https://a.com/?api%5Fkey=***");
        QTest::newRow("fragment") << QByteArray("https://a.com/?a=1#token=2")
                                  << QByteArray("https://a.com/?a=1#token=***");
        QTest::newRow("semicolons") << QByteArray("https://a.com/?a=1;secret=2;b=3")
                                    << QByteArray("https://a.com/?a=1;secret=***;b=3");
        QTest::newRow("password before the host")
            << QByteArray("http://me:pw@a.com:1/x") << QByteArray("http://***@a.com:1/x");
        QTest::newRow("one line") << QByteArray("http://a.com/\n\tx") << QByteArray("http://a.com/??x");
        QTest::newRow("no URL at all") << QByteArray("?") << QByteArray("?");
    }
    void hidesSecrets()
    {
        QFETCH(QByteArray, url);
        QFETCH(QByteArray, shown);
        QCOMPARE(bytes(redactedUrl(url.toStdString())), shown);
    }

    void readsRetryAfter_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<qint64>("ms"); // -1: nothing
        // now is 2024-01-01T10:00:20Z
        QTest::newRow("seconds") << QByteArray("7") << qint64(7000);
        QTest::newRow("zero") << QByteArray("0") << qint64(0);
        QTest::newRow("fraction") << QByteArray("1.25") << qint64(1250);
        QTest::newRow("date") << QByteArray("Mon, 01 Jan 2024 10:01:00 GMT") << qint64(40'000);
        QTest::newRow("old date form") << QByteArray("Monday, 01-Jan-24 10:01:00 GMT") << qint64(40'000);
        QTest::newRow("date in the past") << QByteArray("Mon, 01 Jan 2024 09:00:00 GMT") << qint64(0);
        QTest::newRow("seconds since 1970") << QByteArray("1704103230") << qint64(10'000);
        QTest::newRow("ms since 1970") << QByteArray("1704103230500") << qint64(10'500);
        QTest::newRow("absent") << QByteArray() << qint64(-1);
        QTest::newRow("negative") << QByteArray("-3") << qint64(-1);
        QTest::newRow("text") << QByteArray("soon") << qint64(-1);
        QTest::newRow("absurd") << QByteArray("1e300") << qint64(-1);
    }
    void readsRetryAfter()
    {
        QFETCH(QByteArray, text);
        QFETCH(qint64, ms);
        HttpResponse response;
        if (!text.isEmpty())
            response.headers["retry-after"] = text.toStdString();
        const auto wait = response.retryAfter(*parseTime("2024-01-01T10:00:20Z"));
        QCOMPARE(qint64(wait ? wait->count() : -1), ms);
    }

    void whatIsSentAndSecretIsHiddenWhereItIsRepeated_data()
    {
        QTest::addColumn<QByteArray>("header");
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<QByteArray>("query");
        QTest::addColumn<QByteArray>("said");
        QTest::addColumn<QByteArray>("expected");
        QTest::newRow("a key") << QByteArray("X-Api-Key") << QByteArray("wrongkey") << QByteArray() << QByteArray("Invalid API key wrongkey (wrongkey)")
                               << QByteArray("Invalid API key *** (***)");
        QTest::newRow("the word after the scheme") << QByteArray("Authorization") << QByteArray("Bearer abcdef") << QByteArray()
                                                   << QByteArray("Bearer abcdef: abcdef is no token") << QByteArray("***: *** is no token");
        QTest::newRow("a parameter") << QByteArray() << QByteArray() << QByteArray("?symbol=BTCUSDT&api_key=a%2Bbcde&x=1")
                                     << QByteArray("BTCUSDT: a+bcde, a%2Bbcde") << QByteArray("BTCUSDT: ***, ***");
        QTest::newRow("no secret") << QByteArray("Content-Type") << QByteArray("application/json") << QByteArray("?symbol=BTCUSDT")
                                   << QByteArray("BTCUSDT is no application/json") << QByteArray("BTCUSDT is no application/json");
        QTest::newRow("too short") << QByteArray("token") << QByteArray("a") << QByteArray() << QByteArray("a bad day") << QByteArray("a bad day");
    }
    void whatIsSentAndSecretIsHiddenWhereItIsRepeated()
    {
        QFETCH(QByteArray, header);
        QFETCH(QByteArray, value);
        QFETCH(QByteArray, query);
        QFETCH(QByteArray, said);
        QFETCH(QByteArray, expected);
        HttpRequest request;
        request.url = "https://a.com/v1" + query.toStdString();
        if (!header.isEmpty())
            request.headers.emplace_back(header.toStdString(), value.toStdString());
        QCOMPARE(bytes(withoutSecrets(said.toStdString(), secretValues(request))), expected);
    }

    void readsTheDate()
    {
        HttpResponse response;
        QVERIFY(!response.date());
        response.headers["date"] = "Sun, 06 Nov 1994 08:49:37 GMT";
        QCOMPARE(bytes(formatIso(*response.date())), QByteArray("1994-11-06T08:49:37.000Z"));
        response.headers["date"] = "yesterday";
        QVERIFY(!response.date());
    }
};

QTEST_APPLESS_MAIN(TestUrl)
#include "tst_url.moc"
