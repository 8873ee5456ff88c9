#include "places.h"

#include <QtTest>

#include <csignal>
#include <memory>
#include <string>

#include <curl/curl.h>

namespace {

struct Download {
    CURLcode code = CURLE_OK;
    long status = 0;
    std::string body, headers;
};

std::size_t append(char* data, std::size_t size, std::size_t count, void* target)
{
    static_cast<std::string*>(target)->append(data, size * count);
    return size * count;
}

/// One connection, kept alive between calls.
class Client {
public:
    Client()
        : m_curl(curl_easy_init(), &curl_easy_cleanup)
    {
    }
    Download get(const std::string& url, bool wantsGzip = false)
    {
        Download result;
        CURL* curl = m_curl.get();
        curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
        curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &append);
        curl_easy_setopt(curl, CURLOPT_WRITEDATA, &result.body);
        curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, &append);
        curl_easy_setopt(curl, CURLOPT_HEADERDATA, &result.headers);
        curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, 2000L);
        curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
        curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, wantsGzip ? "gzip" : nullptr);
        result.code = curl_easy_perform(curl);
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &result.status);
        return result;
    }
    long connects() const ///< new connections of the last call
    {
        long count = 0;
        curl_easy_getinfo(m_curl.get(), CURLINFO_NUM_CONNECTS, &count);
        return count;
    }

private:
    std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> m_curl;
};

/// The real program as a child process.
class Program {
public:
    explicit Program(QStringList arguments)
    {
        arguments << QStringLiteral("--synthetic") << QStringLiteral("3") << QStringLiteral("--exchange")
                  << QStringLiteral("binance,kraken") << QStringLiteral("--now") << QStringLiteral("1750000000000");
        m_process.start(QStringLiteral(MNEMO_BIN_DIR "/mnemo-exchange-sim"), arguments);
        if (!m_process.waitForStarted() || !m_process.waitForReadyRead(10000))
            return;
        m_firstLine = m_process.readLine();
        const auto match = QRegularExpression(QStringLiteral("^listening on (http://127\\.0\\.0\\.1:(\\d+)) ws://127\\.0\\.0\\.1:\\2\n$"))
                               .match(QString::fromLatin1(m_firstLine));
        m_base = match.captured(1).toStdString();
    }
    ~Program() { terminate(); }

    bool isListening() const { return !m_base.empty(); }
    const std::string& base() const { return m_base; }
    qint64 id() const { return m_process.processId(); }
    int terminate()
    {
        if (m_process.state() != QProcess::NotRunning) {
            m_process.terminate();
            m_process.waitForFinished(5000);
        }
        return m_process.exitStatus() == QProcess::NormalExit ? m_process.exitCode() : -1;
    }

private:
    QProcess m_process;
    QByteArray m_firstLine;
    std::string m_base;
};

const std::string page = "/binance/api/v3/klines?symbol=BTCUSDT&interval=1m&limit=1000";

} // namespace

class TestSimulatorServer : public QObject {
    Q_OBJECT

private slots:
    void initTestCase()
    {
        QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
        curl_global_init(CURL_GLOBAL_DEFAULT);
    }
    void cleanupTestCase() { curl_global_cleanup(); }

    void oneConnectionServesManyRequests()
    {
        Program program({});
        QVERIFY(program.isListening());
        Client client;
        const Download first = client.get(program.base() + page);
        QCOMPARE(first.code, CURLE_OK);
        QCOMPARE(first.status, 200L);
        QVERIFY(first.headers.find("Date: Sun, 15 Jun 2025 15:06:40 GMT") != std::string::npos); // the clock of --now
        const Download second = client.get(program.base() + page);
        QCOMPARE(client.connects(), 0L);
        QCOMPARE(second.body, first.body);
        QCOMPARE(client.get(program.base() + "/kraken/0/public/Time").body,
            std::string("{\"error\":[],\"result\":{\"rfc1123\":\"2025-06-15T15:06:40.000Z\",\"unixtime\":1750000000}}"));
        QCOMPARE(program.terminate(), 0);
    }

    void gzipIsSentToThoseWhoAskWhereSwitchedOn()
    {
        Program packing({QStringLiteral("--gzip")});
        Program plain({});
        QVERIFY(packing.isListening() && plain.isListening());
        Client client;
        const Download packed = client.get(packing.base() + page, true);
        QVERIFY(packed.headers.find("Content-Encoding: gzip") != std::string::npos);
        QVERIFY(client.get(packing.base() + page).headers.find("Content-Encoding") == std::string::npos);
        const Download open = client.get(plain.base() + page, true);
        QVERIFY(open.headers.find("Content-Encoding") == std::string::npos);
        QCOMPARE(packed.body, open.body);
    }

    void faultsReachTheWire_data()
    {
        QTest::addColumn<QString>("fault");
        QTest::addColumn<int>("code");
        QTest::newRow("reset") << QStringLiteral("reset=1") << int(CURLE_RECV_ERROR);
        QTest::newRow("stall") << QStringLiteral("stall=1") << int(CURLE_OPERATION_TIMEDOUT);
        QTest::newRow("truncate") << QStringLiteral("truncate=1") << int(CURLE_PARTIAL_FILE);
    }
    void faultsReachTheWire()
    {
        QFETCH(QString, fault);
        QFETCH(int, code);
        Program program({QStringLiteral("--fault"), fault});
        QVERIFY(program.isListening());
        Client client;
        int seen = 0;
        const int tries = fault.startsWith(QStringLiteral("stall")) ? 1 : 12;
        for (int i = 0; i < tries; ++i)
            seen += int(client.get(program.base() + page).code) == code ? 1 : 0;
        QVERIFY(seen > 0);
        QVERIFY(seen == tries || fault.startsWith(QStringLiteral("truncate"))); // that one has two forms
    }

    void latencyDelaysEveryAnswer()
    {
        Program program({QStringLiteral("--fault"), QStringLiteral("latency=200ms")});
        QVERIFY(program.isListening());
        QElapsedTimer timer;
        timer.start();
        QCOMPARE(Client().get(program.base() + page).status, 200L);
        QVERIFY(timer.elapsed() >= 200);
    }

    void aTakenPortIsRefused()
    {
        Program first({});
        QVERIFY(first.isListening());
        QProcess second;
        const QString port = QString::fromStdString(first.base()).section(QLatin1Char(':'), -1);
        second.start(QStringLiteral(MNEMO_BIN_DIR "/mnemo-exchange-sim"),
            {QStringLiteral("--synthetic"), QStringLiteral("3"), QStringLiteral("--exchange"), QStringLiteral("okx"),
                QStringLiteral("--port"), port});
        QVERIFY(second.waitForFinished(10000));
        QCOMPARE(second.exitCode(), 2);
        QVERIFY(second.readAllStandardError().contains("cannot listen on 127.0.0.1:" + port.toLatin1()));
        QVERIFY(second.readAllStandardOutput().isEmpty());
    }

    void aMissingFileIsRefused()
    {
        QProcess process;
        process.start(QStringLiteral(MNEMO_BIN_DIR "/mnemo-exchange-sim"),
            {QStringLiteral("--data"), QStringLiteral("exchange=okx,symbol=BTC/USDT,timeframe=1m,file=/nowhere.csv")});
        QVERIFY(process.waitForFinished(10000));
        QCOMPARE(process.exitCode(), 2);
        QCOMPARE(process.readAllStandardError(), QByteArray("mnemo-exchange-sim: cannot open /nowhere.csv\n"));
    }

    void itEndsWithItsParent()
    {
        QProcess shell; // a parent that can be killed
        shell.start(QStringLiteral("sh"),
            {QStringLiteral("-c"),
                QStringLiteral("\"$0\" --synthetic 3 --exchange okx --die-with-parent & echo $!; wait"),
                QStringLiteral(MNEMO_BIN_DIR "/mnemo-exchange-sim")});
        QByteArray output;
        while (output.count('\n') < 2 && shell.waitForReadyRead(10000))
            output += shell.readAllStandardOutput();
        QVERIFY(output.contains("listening on"));
        pid_t child = 0; // either line may come first
        for (const QByteArray& line : output.split('\n'))
            child = std::max(child, line.toInt());
        QVERIFY(child > 0 && ::kill(child, 0) == 0);
        shell.kill();
        QVERIFY(shell.waitForFinished(5000));
        QTRY_VERIFY_WITH_TIMEOUT(::kill(child, 0) != 0, 5000);
    }
};

QTEST_GUILESS_MAIN(TestSimulatorServer)
#include "tst_simulatorserver.moc"
