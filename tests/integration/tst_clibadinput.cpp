// What goes wrong outside: answers that are no candles, networks, disks. Each gives one clear sentence and an exit status,
// and leaves what is stored as it was.

#include <csignal>

#include <sys/resource.h>

#include "support/programs.h"
#include "support/stubvenue.h"

namespace {

constexpr qint64 minute = 60'000;
constexpr qint64 start = 1'704'067'200'000; // 2024-01-01

using Rows = QList<QByteArray>;

QStringList words(const char* line)
{
    return QString::fromLatin1(line).split(u' ', Qt::SkipEmptyParts);
}

QByteArray row(qint64 open, const QByteArray& close = "1.5")
{
    return "[" + QByteArray::number(open) + ",\"1\",\"2\",\"0.5\",\"" + close + "\",\"100\"," + QByteArray::number(open + minute - 1)
        + ",\"5\",40,\"1\",\"2\",\"0\"]";
}

/// The rows that were asked for, as the venue would send them.
Rows askedRows(const QUrlQuery& query)
{
    const qint64 from = query.queryItemValue(QStringLiteral("startTime")).toLongLong();
    const qint64 to = query.hasQueryItem(QStringLiteral("endTime")) ? query.queryItemValue(QStringLiteral("endTime")).toLongLong() : start + 1440 * minute;
    const int limit = query.hasQueryItem(QStringLiteral("limit")) ? query.queryItemValue(QStringLiteral("limit")).toInt() : 500;
    Rows rows;
    for (qint64 open = qMax(start, (from + minute - 1) / minute * minute); open <= to && rows.size() < limit; open += minute)
        rows << row(open);
    return rows;
}

QByteArray bodyOf(const Rows& rows)
{
    return "[" + rows.join(',') + "]";
}

/// A venue that has no market list and answers candles with what @p candles makes of the right rows.
StubVenue::Answer venue(std::function<StubVenue::Reply(Rows)> candles)
{
    return [candles = std::move(candles)](const QString& path, const QUrlQuery& query) -> StubVenue::Reply {
        if (!path.endsWith(QStringLiteral("/klines")))
            return {404, "{}"};
        return candles(askedRows(query));
    };
}

StubVenue::Reply rightAnswer(const Rows& rows)
{
    return {200, bodyOf(rows)};
}

constexpr const char* backfillHour = "backfill --exchange binance --symbol BTC/USDT --timeframe 1m --from 2024-01-01 --to 2024-01-01T01:00 --json";

} // namespace

Q_DECLARE_METATYPE(std::function<StubVenue::Reply(Rows)>)

class TestCliBadInput : public QObject {
    Q_OBJECT

private slots:
    void init();
    void answersThatCannotBeRead_data();
    void answersThatCannotBeRead();
    void answersThatAreTidied_data();
    void answersThatAreTidied();
    void absentMarketListIsAWarning();
    void noNetwork();
    void expiredCertificate();
    void folderThatCannotBeWritten();
    void fullDisk();
    void fileThatIsNoDatabase();
    void readerOfProgressGoesAway();
    void filterThatNamesNoExchange_data();
    void filterThatNamesNoExchange();

private:
    using Answer = std::function<StubVenue::Reply(Rows)>;
    void point(const QString& url) { m_cli->set(QStringLiteral("exchanges.binance.base_url=") + url); }
    int storedRows() const;

    std::unique_ptr<Cli> m_cli;
};

void TestCliBadInput::init()
{
    m_cli = std::make_unique<Cli>();
    m_cli->setImpatient();
}

int TestCliBadInput::storedRows() const
{
    return static_cast<int>(m_cli->run(words("candles")).out.count('\n')) - 1;
}

void TestCliBadInput::answersThatCannotBeRead_data()
{
    QTest::addColumn<Answer>("answer");
    const auto always = [](StubVenue::Reply reply) { return Answer([reply](Rows) { return reply; }); };
    QTest::newRow("HTML") << always({200, "<html><body>Please wait</body></html>", "text/html"});
    QTest::newRow("HTML with 503") << always({503, "<html><body>Bad gateway</body></html>", "text/html"});
    QTest::newRow("another shape") << always({200, R"({"candles":{"list":[]}})"});
    QTest::newRow("a number") << always({200, "17"});
    QTest::newRow("nothing") << always({200, ""});
    QTest::newRow("NaN") << Answer([](Rows rows) {
        rows[0] = row(start, "NaN");
        return StubVenue::Reply {200, bodyOf(rows)};
    });
    QTest::newRow("text for numbers") << Answer([](Rows rows) {
        rows[0] = row(start, "one and a half");
        return StubVenue::Reply {200, bodyOf(rows)};
    });
    QTest::newRow("truncated") << Answer([](Rows rows) {
        const QByteArray body = bodyOf(rows);
        return StubVenue::Reply {200, body.left(body.size() / 2)};
    });
    QTest::newRow("refused") << always({400, R"({"code":-1100,"msg":"Illegal characters found in a parameter."})"});
}

void TestCliBadInput::answersThatCannotBeRead()
{
    QFETCH(Answer, answer);
    {
        StubVenue good(venue(&rightAnswer)); // some rows are there before
        point(good.url());
        QCOMPARE(m_cli->run(words("backfill --exchange binance --symbol BTC/USDT --timeframe 1m --from 2024-01-01T01:00 --to 2024-01-01T02:00")).status, 0);
    }
    StubVenue bad(venue(answer));
    point(bad.url());
    const Outcome outcome = m_cli->run(words(backfillHour));
    QVERIFY2(outcome.status == 1, outcome.err);
    const QString status = outcome.lastLine()[u"status"].toString();
    QVERIFY2(status == QStringLiteral("gaps") || status == QStringLiteral("failed"), outcome.out.constData());
    QVERIFY2(outcome.err.contains("\nmnemo-quant-cli: "), outcome.err.constData()); // the reason, beside the gaps
    QVERIFY(bad.requests() >= 1);
    QCOMPARE(storedRows(), 60); // those from before, none invented
    // and once the venue is back, the same command completes
    StubVenue again(venue(&rightAnswer));
    point(again.url());
    const Outcome mended = m_cli->run(words(backfillHour));
    QVERIFY2(mended.status == 0, mended.err);
    QCOMPARE(storedRows(), 120);
}

void TestCliBadInput::answersThatAreTidied_data()
{
    QTest::addColumn<Answer>("answer");
    QTest::newRow("out of order") << Answer([](Rows rows) {
        std::reverse(rows.begin(), rows.end());
        return rightAnswer(rows);
    });
    QTest::newRow("duplicated") << Answer([](Rows rows) { return rightAnswer(rows + rows); });
    QTest::newRow("off the grid beside right ones") << Answer([](Rows rows) {
        rows.insert(1, row(start + minute / 2));
        return rightAnswer(rows);
    });
    QTest::newRow("from another range beside right ones") << Answer([](Rows rows) {
        rows.prepend(row(start - 5000 * minute));
        rows.append(row(start + 5000 * minute));
        return rightAnswer(rows);
    });
}

void TestCliBadInput::answersThatAreTidied()
{
    QFETCH(Answer, answer);
    StubVenue stub(venue(answer));
    point(stub.url());
    const Outcome outcome = m_cli->run(words(backfillHour));
    QVERIFY2(outcome.status == 0, outcome.err);
    QCOMPARE(outcome.lastLine()[u"series"][0][u"rowsTotal"].toInt(), 60);
    QCOMPARE(storedRows(), 60);
}

void TestCliBadInput::absentMarketListIsAWarning()
{
    StubVenue stub(venue(&rightAnswer));
    point(stub.url());
    const Outcome outcome = m_cli->run(words(backfillHour));
    QVERIFY2(outcome.status == 0, outcome.err);
    QVERIFY2(outcome.err.contains("warning"), outcome.err.constData());
}

void TestCliBadInput::noNetwork()
{
    QString url;
    {
        const StubVenue closed(venue(&rightAnswer));
        url = closed.url(); // free again, so nobody listens
    }
    point(url);
    const Outcome outcome = m_cli->run(words(backfillHour));
    QCOMPARE(outcome.status, 1);
    QVERIFY2(outcome.err.contains("mnemo-quant-cli: cannot connect to 127.0.0.1"), outcome.err.constData());
    QCOMPARE(outcome.lastLine()[u"series"][0][u"error"][u"code"].toString(), QStringLiteral("network"));
    QCOMPARE(m_cli->run(words("markets binance")).status, 1);
}

void TestCliBadInput::expiredCertificate()
{
    const QString openssl = QStandardPaths::findExecutable(QStringLiteral("openssl"));
    if (openssl.isEmpty())
        QSKIP("openssl is not installed");
    const Outcome made = m_cli->shell(QStringLiteral(
        "cd %1 && openssl req -newkey rsa:2048 -nodes -keyout key.pem -out request.pem -subj /CN=localhost >/dev/null 2>&1 && "
        "mkdir -p ca && : > ca/index.txt && echo 01 > ca/serial && "
        "printf '[ca]\\ndefault_ca=c\\n[c]\\ndatabase=ca/index.txt\\nserial=ca/serial\\nnew_certs_dir=ca\\ndefault_md=sha256\\npolicy=p\\nx509_extensions=x\\n"
        "[p]\\ncommonName=supplied\\n[x]\\nsubjectAltName=DNS:localhost\\n' > ca.cnf && "
        "openssl ca -batch -selfsign -config ca.cnf -keyfile key.pem -in request.pem -out cert.pem -startdate 20200101000000Z -enddate 20200201000000Z")
                                              .arg(m_cli->path(QString())));
    QVERIFY2(made.status == 0, made.err);
    QTcpServer probe;
    QVERIFY(probe.listen(QHostAddress::LocalHost));
    const auto port = QString::number(probe.serverPort());
    probe.close();
    QProcess server;
    server.setWorkingDirectory(m_cli->path(QString()));
    server.start(openssl, {QStringLiteral("s_server"), QStringLiteral("-accept"), port, QStringLiteral("-cert"), QStringLiteral("cert.pem"), QStringLiteral("-key"),
        QStringLiteral("key.pem"), QStringLiteral("-www")});
    QVERIFY(server.waitForReadyRead(10'000)); // ACCEPT
    point(QStringLiteral("https://localhost:") + port);
    m_cli->set(QStringLiteral("http.ca_file=") + m_cli->path(QStringLiteral("cert.pem")));
    const Outcome outcome = m_cli->run(words(backfillHour));
    server.kill();
    server.waitForFinished();
    QCOMPARE(outcome.status, 1);
    QVERIFY2(outcome.err.contains("certificate"), outcome.err.constData());
    QVERIFY2(outcome.err.contains("expired"), outcome.err.constData());
}

void TestCliBadInput::folderThatCannotBeWritten()
{
    m_cli->setDataDir(QStringLiteral("/proc/mnemo"));
    const Outcome outcome = m_cli->run(words(backfillHour));
    QVERIFY2(outcome.status == 3, outcome.err);
    QCOMPARE(outcome.out, QByteArray());
    QVERIFY2(outcome.err.contains("/proc/mnemo"), outcome.err.constData());
}

void TestCliBadInput::fullDisk()
{
    StubVenue stub(venue(&rightAnswer));
    point(stub.url());
    QCOMPARE(m_cli->run(words(backfillHour)).status, 0);
    // no file may grow beyond 400 KiB: as near to a full disk as one gets without a disk of one's own
    const Outcome full = m_cli->shell(QStringLiteral("trap '' XFSZ; ulimit -f 400; $CLI backfill --exchange binance --symbol BTC/USDT --timeframe 1m "
                                                     "--from 2024-01-01 --to 2024-01-02 --json"));
    QVERIFY2(full.status == 3 || full.status == 0, full.err);
    if (full.status == 3)
        QVERIFY2(!full.err.isEmpty(), "a sentence is missing");
    QVERIFY(storedRows() >= 60);
    const Outcome mended = m_cli->run(words("backfill --exchange binance --symbol BTC/USDT --timeframe 1m --from 2024-01-01 --to 2024-01-02"));
    QVERIFY2(mended.status == 0, mended.err);
    QCOMPARE(storedRows(), 1440);
    QCOMPARE(m_cli->run({QStringLiteral("query"), QStringLiteral("PRAGMA integrity_check")}).out, QByteArray("integrity_check\nok\n"));
}

void TestCliBadInput::fileThatIsNoDatabase()
{
    m_cli->writeFile(QStringLiteral("data/mnemo.db"), QByteArray("this is a letter to a friend\n").repeated(1000));
    for (const char* command : {"series", backfillHour}) {
        const Outcome outcome = m_cli->run(words(command));
        QVERIFY2(outcome.status == 3, outcome.err);
        QCOMPARE(outcome.out, QByteArray());
        QVERIFY2(outcome.err.contains("mnemo.db"), outcome.err.constData());
    }
}

void TestCliBadInput::readerOfProgressGoesAway()
{
    StubVenue silent([](const QString&, const QUrlQuery&) { return StubVenue::Reply {200, {}, {}, true}; });
    point(silent.url());
    const Outcome outcome = m_cli->shell(QStringLiteral("$CLI %1 2>/dev/null | head -c 1 > /dev/null; echo ${PIPESTATUS[0]}").arg(QString::fromLatin1(backfillHour)));
    QVERIFY2(outcome.status == 0, outcome.err); // it ended, although the venue never answered
    QVERIFY2(outcome.out == "130\n" || outcome.out == "1\n", outcome.out.constData());
}

void TestCliBadInput::filterThatNamesNoExchange_data()
{
    QTest::addColumn<QString>("command");
    for (const char* command : {"series", "gaps", "validate", "repair", "candles", "export --format csv --out -"})
        QTest::newRow(command) << QString::fromLatin1(command);
}

/// A slip of the pen must not look like a store without holes.
void TestCliBadInput::filterThatNamesNoExchange()
{
    QFETCH(QString, command);
    const auto stored = m_cli->run(words("db migrate")); // a store is there
    QCOMPARE(stored.status, 0);
    const auto slip = m_cli->run(words((command + QStringLiteral(" --exchange binanse")).toLatin1().constData()));
    QCOMPARE(slip.status, 2);
    QVERIFY2(slip.err.contains("did you mean binance?"), slip.err.constData());
    const auto none = m_cli->run(words((command + QStringLiteral(" --exchange binance")).toLatin1().constData()));
    QVERIFY2(none.err.contains("No stored series matches"), none.err.constData());
}

QTEST_GUILESS_MAIN(TestCliBadInput)
#include "tst_clibadinput.moc"
