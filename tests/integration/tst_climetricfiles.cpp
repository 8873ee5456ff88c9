// Open interest of an exchange whose API forgets soon and whose files hold each day for good.

#include "core/base/sha256.h"
#include "support/programs.h"
#include "tests/support/loopbackserver.h"
#include "tests/unit/zipfixture.h"

using mnemo::test::LoopbackServer;
using mnemo::test::ReceivedRequest;
using mnemo::test::Reply;

namespace {

constexpr qint64 hour = 3'600'000, day = 24 * hour;
const QString series = QStringLiteral("--exchange publisher --symbol BTC/USDT:USDT --timeframe 1h --kind open_interest ");

QDateTime timeOf(qint64 ms)
{
    return QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC);
}

/// /history has two days, /files/BTC-1h-DAY.zip every day that has ended.
class Publisher {
public:
    std::set<qint64> blank, absent; ///< hours of which a file has a row without number, or none; before it is asked

    Reply answer(const ReceivedRequest& request) const
    {
        const QUrl url(QString::fromStdString(request.target));
        Reply reply;
        if (url.path() == QStringLiteral("/history"))
            reply.body = "[]";
        else if (url.path() == QStringLiteral("/list"))
            reply.body = listing();
        else if (url.path().endsWith(QStringLiteral(".CHECKSUM")))
            reply.body = mnemo::sha256Hex(fileOf(url.path().chopped(9))) + "  " + url.fileName().chopped(9).toStdString() + "\n";
        else
            reply.body = fileOf(url.path());
        return reply;
    }

private:
    std::string fileOf(const QString& path) const
    {
        const qint64 from = QDateTime(QDate::fromString(path.mid(path.size() - 14, 10), Qt::ISODate), QTime(0, 0), Qt::UTC).toMSecsSinceEpoch();
        QByteArray csv = "create_time,symbol,sum_open_interest\n";
        for (qint64 time = from; time < from + day; time += hour) {
            if (!absent.contains(time))
                csv += timeOf(time).toString(QStringLiteral("yyyy-MM-dd HH:mm:ss")).toLatin1() + ",BTC," + (blank.contains(time) ? "" : "12.5") + "\n";
        }
        return zipOf({{path.section(u'/', -1).chopped(4).toStdString() + ".csv", csv.toStdString()}});
    }

    static std::string listing()
    {
        QByteArray xml = "<?xml version=\"1.0\"?><ListBucketResult><IsTruncated>false</IsTruncated>";
        const QDate today = QDateTime::currentDateTimeUtc().date();
        for (int ago = 9; ago > 1; --ago)
            xml += "<Contents><Key>files/BTC-1h-" + today.addDays(-ago).toString(Qt::ISODate).toLatin1()
                + ".zip</Key><LastModified>2024-02-05T03:00:01.000Z</LastModified><Size>100</Size></Contents>";
        return (xml + "</ListBucketResult>").toStdString();
    }
};

} // namespace

class TestCliMetricFiles : public QObject {
    Q_OBJECT

private slots:
    void init();
    void anHourThatOnlyFilesHaveIsHad();
    void repairReadsFilesWhereTheApiHasForgotten();
    void readingsThatAFileLacksAreNamed();

private:
    Outcome run(const QString& line) { return m_cli->run(words(line)); }
    QString span(int fromHour, int toHour) const
    {
        return QStringLiteral("--from %1 --to %2 ").arg(m_day + fromHour * hour).arg(m_day + toHour * hour);
    }

    qint64 m_day = 0; ///< some days ago
    std::unique_ptr<Publisher> m_publisher;
    std::unique_ptr<LoopbackServer> m_server; // after what it answers from
    std::unique_ptr<Cli> m_cli;
};

void TestCliMetricFiles::init()
{
    m_day = (QDateTime::currentMSecsSinceEpoch() / day - 5) * day;
    m_server.reset();
    m_publisher = std::make_unique<Publisher>();
    m_server = std::make_unique<LoopbackServer>([this](const ReceivedRequest& request) { return m_publisher->answer(request); });
    m_cli = std::make_unique<Cli>();
    m_cli->setImpatient();
    const QByteArray url = QByteArray::fromStdString(m_server->url(""));
    m_cli->writeFile(QStringLiteral("config/exchanges/publisher.yaml"), "name: Publisher\nhost: " + url + R"(
open_interest:
  path: /history
  params: { s: "{symbol}", a: "{start}", b: "{end}" }
  frames: { 1h: 1h }
  range: { style: window, max_rows: 50, retention_age: 3d, start: { unit: ms }, end: { unit: ms } }
  rows: { kind: arrays, order: asc }
  fields: { time: [0, ms], amount: 1 }
archive: { url: ")" + url + R"(", listing: ")" + url + R"(/list", checksum: .CHECKSUM }
linear:
  symbol: "{base}"
  archive: { open_interest: { daily: { path: "/files/{symbol}-{frame}-{start}.zip", after: 1d }, frames: { 1h: 1h }, columns: [time, "-", amount] } }
markets: { fixed: [{ symbol: "BTC/USDT:USDT", id: BTC }] }
)");
}

void TestCliMetricFiles::anHourThatOnlyFilesHaveIsHad()
{
    const Outcome filled = run(QStringLiteral("backfill ") + series + span(10, 11));
    QVERIFY2(filled.status == 0, filled.err.constData());
    QCOMPARE(run(QStringLiteral("open-interest --exchange publisher")).out.count('\n'), 2);
}

void TestCliMetricFiles::repairReadsFilesWhereTheApiHasForgotten()
{
    QByteArray csv = "create_time,symbol,sum_open_interest,sum_open_interest_value\n";
    for (const int at : {8, 12})
        csv += QByteArray::number(m_day + at * hour) + ",BTC,12.5,9\n";
    const QString file = m_cli->writeFile(QStringLiteral("rows.csv"), csv);
    const Outcome imported = run(QStringLiteral("import ") + file + u' ' + series + QStringLiteral("--no-coverage"));
    QVERIFY2(imported.status == 0, imported.err.constData());
    QCOMPARE(run(QStringLiteral("gaps --json")).json()[0][u"class"].toString(), QStringLiteral("unknown"));
    const Outcome repaired = run(QStringLiteral("repair"));
    QVERIFY2(repaired.status == 0, repaired.err.constData());
    QVERIFY2(run(QStringLiteral("gaps --json")).json().array().isEmpty(), repaired.err.constData());
}

/// A row without number is as good as none. Nothing is said of trades.
void TestCliMetricFiles::readingsThatAFileLacksAreNamed()
{
    m_publisher->blank = {m_day + 3 * hour};
    m_publisher->absent = {m_day + 5 * hour, m_day + 6 * hour};
    const QString line = QStringLiteral("backfill ") + series + span(0, 24);
    const Outcome filled = run(line);
    QVERIFY2(filled.status == 0, filled.err.constData());
    const QByteArray date = timeOf(m_day).toString(QStringLiteral("yyyy-MM-dd ")).toLatin1();
    for (const QByteArray& named : {date + "03:00 to " + date + "04:00 UTC, 1 bar: ", date + "05:00 to " + date + "07:00 UTC, 2 bars: "}) {
        const qsizetype at = filled.err.indexOf("  empty  " + named);
        QVERIFY2(at >= 0 && filled.err.indexOf(": the source answered without a reading", at) < filled.err.indexOf('\n', at), filled.err.constData());
    }
    QVERIFY2(!filled.err.contains("trade"), filled.err.constData());
    const QJsonArray gaps = run(QStringLiteral("gaps --json")).json().array();
    QCOMPARE(gaps.size(), 2);
    QCOMPARE(gaps[0][u"class"].toString(), QStringLiteral("empty"));
    QVERIFY(gaps[0][u"evidence"].toString().contains(QStringLiteral("without a reading")));
    QCOMPARE(run(line + QStringLiteral("--strict")).status, 1);
}

QTEST_GUILESS_MAIN(TestCliMetricFiles)
#include "tst_climetricfiles.moc"
