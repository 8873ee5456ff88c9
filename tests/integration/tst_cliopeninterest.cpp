// Open interest from the command line: history from a venue that keeps it, readings of now from one that does not.

#include <atomic>

#include "support/programs.h"
#include "tests/support/loopbackserver.h"

using mnemo::test::LoopbackServer;
using mnemo::test::ReceivedRequest;
using mnemo::test::Reply;

namespace {

constexpr qint64 hour = 3'600'000;

qint64 number(const ReceivedRequest& request, const char* name)
{
    const std::size_t at = request.target.find(std::string(name) + "=");
    return at == std::string::npos
        ? 0
        : QByteArray::fromStdString(request.target.substr(at + std::strlen(name) + 1)).split('&').first().toLongLong();
}

/// Two small venues: /history knows the last 100 hours, /now what is open at the moment.
class TwoVenues {
public:
    std::atomic<int> readings = 0;
    std::atomic<bool> isBroken = false;
    std::atomic<qint64> doubled = 0; ///< the time of a reading that is stated twice as high

    Reply answer(const ReceivedRequest& request)
    {
        Reply reply;
        if (request.target.starts_with("/now")) {
            ++readings;
            reply.body = isBroken ? R"({"size":null})" : R"({"size":"12.5"})";
            return reply;
        }
        const qint64 now = QDateTime::currentMSecsSinceEpoch();
        QByteArray rows;
        for (qint64 time = std::max(number(request, "a"), (now / hour - 100) * hour);
             time <= std::min(number(request, "b"), now); time += hour)
            rows += (rows.isEmpty() ? "[" : ",[") + QByteArray::number(time) + ","
                + QByteArray::number((1000 + time / hour % 10) * (time == doubled ? 2 : 1)) + "]";
        reply.body = "[" + rows.toStdString() + "]";
        return reply;
    }
};

} // namespace

class TestCliOpenInterest : public QObject {
    Q_OBJECT

private slots:
    void init();
    void historyIsCollected();
    void readingsAccrueFromNowOn();
    void backfillSaysWhatCannotBeHad();
    void answersWithoutNumberAreNoReadings();
    void quarantinedReadingsAreLeftOut();

private:
    std::unique_ptr<TwoVenues> m_venues;
    std::unique_ptr<LoopbackServer> m_server; // after what it answers from
    std::unique_ptr<Cli> m_cli;
};

void TestCliOpenInterest::init()
{
    m_server.reset();
    m_venues = std::make_unique<TwoVenues>();
    m_server =
        std::make_unique<LoopbackServer>([this](const ReceivedRequest& request) { return m_venues->answer(request); });
    m_cli = std::make_unique<Cli>();
    m_cli->setImpatient();
    const QByteArray host = "host: " + QByteArray::fromStdString(m_server->url(""));
    m_cli->writeFile(QStringLiteral("config/exchanges/keeper.yaml"), "name: Keeper\n" + host + R"(
open_interest:
  sides: 2
  path: /history
  params: { s: "{symbol}", a: "{start}", b: "{end}" }
  frames: { 1h: 1h }
  range: { style: window, max_rows: 50, retention_age: 40d, start: { unit: ms }, end: { unit: ms } }
  rows: { kind: arrays, order: asc }
  fields: { time: [0, ms], amount: 1 }
linear: { symbol: "{base}" }
markets: { fixed: [{ symbol: "BTC/USDT:USDT", id: BTC }] }
)");
    m_cli->writeFile(QStringLiteral("config/exchanges/forgetter.yaml"), "name: Forgetter\n" + host + R"(
open_interest: { snapshot: { path: "/now/{symbol}", fields: { amount: size } } }
linear: { symbol: "{base}" }
markets: { fixed: [{ symbol: "BTC/USDT:USDT", id: BTC }] }
)");
    m_cli->writeFile(QStringLiteral("config/assets.yaml"),
        "universe:\n  - { exchanges: [keeper, forgetter], symbols: [\"BTC/USDT:USDT\"], timeframes: [1h], kinds: "
        "[open_interest] }\n");
}

void TestCliOpenInterest::historyIsCollected()
{
    const Outcome filled = m_cli->run(words(QStringLiteral(
        "backfill --exchange keeper --symbol BTC/USDT:USDT --timeframe 1h --kind open_interest --last 3d --json")));
    QVERIFY2(filled.status == 0, filled.err.constData());
    QCOMPARE(filled.lastLine()[u"status"].toString(), QStringLiteral("complete"));
    const QByteArrayList lines =
        m_cli->run(words(QStringLiteral("open-interest --exchange keeper"))).out.trimmed().split('\n');
    QCOMPARE(lines.first(), QByteArray("time,amount,value,raw_amount,raw_value"));
    QVERIFY(lines.size() >= 72);
    for (const QByteArray& line : lines.mid(1)) {
        const QByteArrayList cells = line.split(',');
        const int stated = 1000 + static_cast<int>(cells[0].toLongLong() / hour % 10);
        QCOMPARE(cells[3].toInt(), stated);
        QCOMPARE(cells[1].toDouble(), stated / 2.0); // one side
    }
    const auto asked = m_server->received().size();
    QCOMPARE(
        m_cli
            ->run(words(QStringLiteral(
                "backfill --exchange keeper --symbol BTC/USDT:USDT --timeframe 1h --kind open_interest --last 2d")))
            .status,
        0);
    QCOMPARE(m_server->received().size(), asked); // known already
    const QJsonArray series = m_cli->run(words(QStringLiteral("series --json"))).json().array();
    QCOMPARE(series.size(), 1);
    QCOMPARE(series[0][u"rows"].toInt(), static_cast<int>(lines.size()) - 1);
    const QJsonValue clock = series[0][u"retention"]; // 37 of its 40 days were not asked for
    QCOMPARE(clock[u"keptMs"].toInteger(), 960 * hour);
    QVERIFY(clock[u"missing"].toInt() >= 886 && clock[u"missing"].toInt() <= 888);
    QCOMPARE(clock[u"lostAt"].toInteger(), clock[u"firstMissing"].toInteger() + 960 * hour);
    QVERIFY(clock[u"lostAt"].toInteger() >= QDateTime::currentMSecsSinceEpoch() - hour);
    QVERIFY(m_cli->run(words(QStringLiteral("series"))).out.contains("next loss"));
    const Outcome health = m_cli->run(words(QStringLiteral("health --json"))); // it is wanted, so somebody is told
    QVERIFY2(health.out.contains("retention/keeper/"), health.out.constData());
    QVERIFY(m_cli->run(words(QStringLiteral("gaps --json"))).json().array().isEmpty());
}

void TestCliOpenInterest::readingsAccrueFromNowOn()
{
    const qint64 before = QDateTime::currentMSecsSinceEpoch() / hour * hour;
    const Outcome first = m_cli->run(words(QStringLiteral("incremental")));
    QVERIFY2(first.status == 0, first.err.constData());
    QCOMPARE(m_venues->readings.load(), 1);
    const QByteArrayList lines =
        m_cli->run(words(QStringLiteral("open-interest --exchange forgetter"))).out.trimmed().split('\n');
    QCOMPARE(lines.size(), 2);
    QVERIFY(lines[1].endsWith(",12.5,,12.5,"));
    const qint64 time = lines[1].split(',').first().toLongLong();
    QVERIFY(time % hour == 0 && time >= before); // the time at which its bar begins
    QCOMPARE(m_cli->run(words(QStringLiteral("incremental"))).status, 0); // in the same hour, most likely
    QVERIFY(m_venues->readings.load() <= 2);
}

void TestCliOpenInterest::backfillSaysWhatCannotBeHad()
{
    const QString line = QStringLiteral(
        "backfill --exchange forgetter --symbol BTC/USDT:USDT --timeframe 1h --kind open_interest --last 1d");
    const char* const said =
        "forgetter tells open interest as it is now and nothing of the past: this series accrues only from now on";
    const Outcome plan = m_cli->run(words(line + QStringLiteral(" --plan")));
    QVERIFY2((plan.out + plan.err).contains(said), (plan.out + plan.err).constData());
    QCOMPARE(m_venues->readings.load(), 0);
    const Outcome done = m_cli->run(words(line));
    QCOMPARE(done.status, 1); // the past is beyond retention, and that is no success
    QVERIFY2(done.err.contains(said), done.err.constData());
    QCOMPARE(m_venues->readings.load(), 1);
    const QJsonArray gaps = m_cli->run(words(QStringLiteral("gaps --json"))).json().array();
    QCOMPARE(gaps.size(), 1);
    QCOMPARE(gaps[0][u"class"].toString(), QStringLiteral("beyond_retention"));
}

void TestCliOpenInterest::answersWithoutNumberAreNoReadings()
{
    m_venues->isBroken = true;
    const Outcome outcome = m_cli->run(words(QStringLiteral(
        "backfill --exchange forgetter --symbol BTC/USDT:USDT --timeframe 1h --kind open_interest --last 2h")));
    QCOMPARE(outcome.status, 1);
    QVERIFY2(outcome.err.contains("has nothing at 'size'"), outcome.err.constData());
    QCOMPARE(
        m_cli->run(words(QStringLiteral("open-interest --exchange forgetter"))).out.trimmed().split('\n').size(), 1);
}

void TestCliOpenInterest::quarantinedReadingsAreLeftOut()
{
    m_venues->doubled = QDateTime::currentMSecsSinceEpoch() / hour * hour - 30 * hour;
    QCOMPARE(
        m_cli
            ->run(words(QStringLiteral(
                "backfill --exchange keeper --symbol BTC/USDT:USDT --timeframe 1h --kind open_interest --last 3d")))
            .status,
        0);
    const auto rows = [this](const char* option) {
        return m_cli->run(words(QStringLiteral("open-interest --exchange keeper ") + QString::fromLatin1(option))).out.count('\n') - 1;
    };
    const auto all = rows("");
    QCOMPARE(rows("--clean"), all);
    QVERIFY(m_cli->run(words(QStringLiteral("validate --kind open_interest"))).status >= 0);
    const Outcome decided = m_cli->run(words(QStringLiteral("findings quarantine --rule oi_jump --json")));
    QVERIFY2(decided.status == 0 && !decided.json().array().isEmpty(), decided.err.constData());
    QVERIFY(rows("--clean") < all);
    QCOMPARE(rows(""), all);
}

QTEST_GUILESS_MAIN(TestCliOpenInterest)
#include "tst_cliopeninterest.moc"
