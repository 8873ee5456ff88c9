// Open interest that a provider tells, from the command line: keys, limits, retention and symbols; its answers are chosen here.

#include <atomic>

#include <QDirIterator>

#include "support/programs.h"
#include "tests/support/loopbackserver.h"

using mnemo::test::LoopbackServer;
using mnemo::test::ReceivedRequest;
using mnemo::test::Reply;

namespace {

constexpr qint64 hour = 3'600'000;

QString backfill(const char* rest)
{
    return QStringLiteral("backfill --exchange binance --source coinalyze --kind open_interest ") + QString::fromLatin1(rest);
}

/// A provider that lists one market, and says of its history what it is told to.
class OneMarket {
public:
    std::atomic<int> kept = 1500; ///< newest hours that it has
    std::atomic<bool> saysEmpty = false; ///< an empty history, not nothing at all
    std::atomic<int> refused = 0; ///< so many requests more get 429

    Reply answer(const ReceivedRequest& request)
    {
        Reply reply;
        if (request.header("api_key") != "k3y-of-mine") {
            reply.status = 401;
            reply.body = R"({"message":"Invalid API key )" + request.header("api_key") + "\"}";
        } else if (request.target.starts_with("/v1/exchanges")) {
            reply.body = R"([{"name":"Binance","code":"A"}])";
        } else if (request.target.starts_with("/v1/future-markets")) {
            reply.body = R"([{"symbol":"BTCUSDT_PERP.A","exchange":"A","symbol_on_exchange":"BTCUSDT","base_asset":"BTC","quote_asset":"USDT","is_perpetual":true,)"
                         R"("margined":"STABLE","expire_at":null,"oi_lq_vol_denominated_in":"BASE_ASSET"}])";
        } else if (refused > 0 && --refused >= 0) {
            reply.status = 429;
            reply.headers = {{"Retry-After", "1"}};
            reply.body = R"({"message":"Too Many Requests"})";
        } else {
            reply.body = history(request);
        }
        return reply;
    }

private:
    static qint64 number(const ReceivedRequest& request, const char* name)
    {
        const std::size_t at = request.target.find(std::string("&") + name + "=");
        return QByteArray::fromStdString(request.target.substr(at + std::strlen(name) + 2)).split('&').first().toLongLong() * 1000;
    }

    std::string history(const ReceivedRequest& request) const
    {
        const qint64 now = QDateTime::currentMSecsSinceEpoch() / hour * hour;
        QByteArray rows;
        for (qint64 time = std::max(number(request, "from") / hour * hour, now - kept * hour); time <= std::min(number(request, "to"), now); time += hour)
            rows += (rows.isEmpty() ? "" : ",") + QByteArray(R"({"t":)") + QByteArray::number(time / 1000) + R"(,"o":7.5,"h":9,"l":7,"c":8})";
        if (rows.isEmpty() && !saysEmpty)
            return "[]";
        return (R"([{"symbol":"BTCUSDT_PERP.A","history":[)" + rows + "]}]").toStdString();
    }
};

} // namespace

class TestCliProvider : public QObject {
    Q_OBJECT

private slots:
    void init();
    void aMissingKey();
    void aWrongKey();
    void theKeyIsNowhere();
    void whatIsTooOldIsBeyondRetention_data();
    void whatIsTooOldIsBeyondRetention();
    void noDataAtAll_data();
    void noDataAtAll();
    void unknownSymbols_data();
    void unknownSymbols();
    void tooManyRequestsAreWaitedFor();
    void theUniverseKeepsItUpToDate();

private:
    void useOneMarket();
    Outcome run(const QString& line) const { return m_cli->run(words(line)); }
    QStringList filesWith(const char* text) const;
    QJsonArray gaps() const { return run(QStringLiteral("gaps --source coinalyze --json")).json().array(); }

    std::unique_ptr<OneMarket> m_market;
    std::unique_ptr<LoopbackServer> m_server; // after what it answers from
    std::unique_ptr<Cli> m_cli;
};

void TestCliProvider::init()
{
    m_server.reset();
    m_cli = std::make_unique<Cli>();
    m_cli->set(QStringLiteral("retry.base=1ms"));
    m_cli->set(QStringLiteral("rate.share=1"));
}

void TestCliProvider::useOneMarket()
{
    m_market = std::make_unique<OneMarket>();
    m_server = std::make_unique<LoopbackServer>([this](const ReceivedRequest& request) { return m_market->answer(request); });
    m_cli->set(QStringLiteral("exchanges.coinalyze.base_url=") + QString::fromStdString(m_server->url("")));
    m_cli->setVariable("MNEMO_SECRET_COINALYZE_API_KEY", "k3y-of-mine");
}

/// Files of the data folder that hold @p text.
QStringList TestCliProvider::filesWith(const char* text) const
{
    QStringList found;
    for (QDirIterator each(m_cli->dataDir(), QDir::Files, QDirIterator::Subdirectories); each.hasNext();) {
        QFile file(each.next());
        if (!file.open(QIODevice::ReadOnly) || file.readAll().contains(text))
            found << file.fileName();
    }
    return found;
}

void TestCliProvider::aMissingKey()
{
    useOneMarket();
    m_cli->setVariable("MNEMO_SECRET_COINALYZE_API_KEY", "");
    const char* const said = "coinalyze answers only who sends a key of their own: put yours into the environment variable MNEMO_SECRET_COINALYZE_API_KEY";
    const QString line = backfill("--symbol BTC/USDT:USDT --timeframe 1h --last 2d");
    const Outcome plan = run(line + QStringLiteral(" --plan"));
    QCOMPARE(plan.status, 0);
    QVERIFY2(plan.out.contains(said), plan.out.constData());
    for (const QString& refused : {line, QStringLiteral("markets coinalyze")}) {
        const Outcome outcome = run(refused);
        QCOMPARE(outcome.status, 2);
        QVERIFY2(outcome.err.contains(said), outcome.err.constData());
    }
    m_cli->writeFile(QStringLiteral("config/assets.yaml"),
        "universe:\n  - { exchanges: [binance], sources: [coinalyze], symbols: [\"BTC/USDT:USDT\"], timeframes: [1h], kinds: [open_interest] }\n");
    const Outcome cycle = run(QStringLiteral("incremental"));
    QCOMPARE(cycle.status, 2);
    QVERIFY2(cycle.err.contains(said), cycle.err.constData());
    QVERIFY(run(QStringLiteral("doctor")).out.contains(said));
    QVERIFY(m_server->received().empty());
    // As other exchanges that need one: a header of one's own file.
    m_cli->writeFile(QStringLiteral("config/exchanges/coinalyze.yaml"), "headers: { api_key: k3y-of-mine }\n");
    QCOMPARE(run(line).status, 0);
}

void TestCliProvider::aWrongKey()
{
    useOneMarket();
    m_cli->setVariable("MNEMO_SECRET_COINALYZE_API_KEY", "an0ther");
    const Outcome outcome = run(backfill("--symbol BTC/USDT:USDT --timeframe 1h --last 2d --json"));
    QCOMPARE(outcome.status, 2); // as without one
    QCOMPARE(outcome.lastLine()[u"status"].toString(), QStringLiteral("failed"));
    QVERIFY2(outcome.err.contains("HTTP 401"), outcome.err.constData());
    QVERIFY2(outcome.err.contains("Invalid API key ***"), outcome.err.constData());
    QVERIFY2(outcome.err.contains("the key that was sent was refused: correct it in the environment variable MNEMO_SECRET_COINALYZE_API_KEY"), outcome.err.constData());
    QVERIFY(!(outcome.err + outcome.out).contains("an0ther"));
    QCOMPARE(m_server->received().size(), std::size_t {1}); // that will not heal by itself
    m_cli->writeFile(QStringLiteral("config/exchanges/coinalyze.yaml"), "headers: { api_key: 0f-my-own }\n");
    const Outcome own = run(QStringLiteral("markets coinalyze --log-level trace"));
    QCOMPARE(own.status, 2);
    QVERIFY2(own.err.contains("the key that was sent was refused: correct it in `headers` or `params` of exchanges/coinalyze.yaml"), own.err.constData());
    QVERIFY2(own.err.contains("Invalid API key ***") && !own.err.contains("0f-my-own"), own.err.constData());
    QCOMPARE(filesWith("0f-my-own"), QStringList());
}

void TestCliProvider::theKeyIsNowhere()
{
    useOneMarket();
    const Outcome good = run(backfill("--symbol BTC/USDT:USDT --timeframe 1h --last 2d --json --log-level trace"));
    QVERIFY2(good.status == 0, good.err.constData());
    QVERIFY(!(good.err + good.out).contains("k3y-of-mine"));
    QVERIFY(filesWith("").size() >= 3); // store, log, archive
    QCOMPARE(filesWith("k3y-of-mine"), QStringList());
    for (const ReceivedRequest& request : m_server->received()) {
        QCOMPARE(request.header("api_key"), std::string("k3y-of-mine"));
        QVERIFY(request.target.find("k3y") == std::string::npos);
    }
}

void TestCliProvider::whatIsTooOldIsBeyondRetention_data()
{
    QTest::addColumn<int>("kept");
    QTest::newRow("just what it promises") << 1500;
    QTest::newRow("more than it promises") << 1900;
}

/// The plan says it, one request asks for all, and what was not there is neither failed nor empty.
void TestCliProvider::whatIsTooOldIsBeyondRetention()
{
    QFETCH(int, kept);
    useOneMarket();
    m_market->kept = kept;
    const QString line = backfill("--symbol BTC/USDT:USDT --timeframe 1h --last 120d");
    QCOMPARE(run(QStringLiteral("markets coinalyze")).status, 0);
    const auto before = m_server->received().size();
    const QJsonObject plan = run(line + QStringLiteral(" --plan --json")).json()[u"series"][0].toObject();
    QCOMPARE(m_server->received().size(), before);
    QCOMPARE(plan[u"requests"].toInt(), 1);
    QCOMPARE(plan[u"weight"].toDouble(), 1.0);
    const QString warning = plan[u"warnings"][0].toString();
    QVERIFY2(warning.startsWith(QStringLiteral("coinalyze keeps only the latest 1500 bars of 1h, since about ")), qPrintable(warning));
    const Outcome outcome = run(line + QStringLiteral(" --json"));
    QCOMPARE(outcome.status, 1);
    QCOMPARE(outcome.lastLine()[u"status"].toString(), QStringLiteral("gaps"));
    const auto received = m_server->received();
    QCOMPARE(received.size(), before + 1);
    QVERIFY2(plan[u"pages"][0][u"url"].toString().toStdString() == m_server->url(received.back().target), received.back().target.c_str()); // as planned
    QCOMPARE(gaps().size(), 1);
    QCOMPARE(gaps()[0][u"class"].toString(), QStringLiteral("beyond_retention"));
    const int rows = run(QStringLiteral("series --json")).json().array()[0][u"rows"].toInt();
    QVERIFY2(rows >= kept - 1 && rows <= kept + 1, qPrintable(QString::number(rows)));
}

void TestCliProvider::noDataAtAll_data()
{
    QTest::addColumn<bool>("saysEmpty");
    QTest::newRow("left out") << false;
    QTest::newRow("an empty history") << true;
}

/// Of a market that it lists: none, said twice.
void TestCliProvider::noDataAtAll()
{
    QFETCH(bool, saysEmpty);
    useOneMarket();
    m_market->kept = -1;
    m_market->saysEmpty = saysEmpty;
    const Outcome outcome = run(backfill("--symbol BTC/USDT:USDT --timeframe 1h --last 3d --json"));
    QVERIFY2(outcome.status == 0, outcome.err.constData());
    const QJsonObject series = outcome.lastLine()[u"series"][0].toObject();
    QCOMPARE(series[u"rowsTotal"].toInt(-1), 0);
    QCOMPARE(series[u"requests"].toInt(), 2);
    QCOMPARE(gaps()[0][u"class"].toString(), QStringLiteral("empty"));
    QCOMPARE(run(backfill("--symbol BTC/USDT:USDT --timeframe 1h --last 3d --strict")).status, 1);
}

void TestCliProvider::unknownSymbols_data()
{
    QTest::addColumn<QString>("line");
    QTest::addColumn<QByteArray>("says");
    QTest::newRow("a symbol") << backfill("--symbol BTC/USDC:USDC --timeframe 1h --last 3d")
                              << QByteArray("coinalyze lists no linear market BTC/USDC:USDC of binance (did you mean BTC/USDT:USDT?)");
    QTest::newRow("an id") << backfill("--symbol BTC/USDT:USDT --exchange-symbol NONE_PERP.A --timeframe 1h --last 3d")
                           << QByteArray("coinalyze lists no linear market NONE_PERP.A of binance");
    QTest::newRow("an exchange without it") << QStringLiteral("backfill --exchange bybit --source coinalyze --kind open_interest --symbol BTC/USDT:USDT --timeframe 1h --last 3d")
                                            << QByteArray("coinalyze lists no linear market BTC/USDT:USDT of bybit");
}

/// An answer without it would say "no data" too: nothing is asked, and nothing counts as answered.
void TestCliProvider::unknownSymbols()
{
    QFETCH(QString, line);
    QFETCH(QByteArray, says);
    useOneMarket();
    const Outcome outcome = run(line);
    QVERIFY(outcome.status != 0);
    QVERIFY2(outcome.err.contains(says), outcome.err.constData());
    for (const ReceivedRequest& request : m_server->received())
        QVERIFY2(!request.target.starts_with("/v1/open-interest-history"), request.target.c_str());
    QVERIFY(run(QStringLiteral("series --json")).json().array().isEmpty());
}

void TestCliProvider::tooManyRequestsAreWaitedFor()
{
    useOneMarket();
    QCOMPARE(run(QStringLiteral("markets coinalyze")).status, 0);
    m_market->refused = 2;
    QElapsedTimer timer;
    timer.start();
    const Outcome outcome = run(backfill("--symbol BTC/USDT:USDT --timeframe 1h --last 3d --json"));
    QVERIFY2(outcome.status == 0, outcome.err.constData());
    QVERIFY(timer.elapsed() >= 2000); // as Retry-After says, twice
    QCOMPARE(m_server->received().size(), std::size_t {2 + 3});
    QVERIFY(gaps().isEmpty());
}

void TestCliProvider::theUniverseKeepsItUpToDate()
{
    useOneMarket();
    m_cli->writeFile(QStringLiteral("config/assets.yaml"),
        "universe:\n  - { exchanges: [binance], sources: [coinalyze], symbols: [\"BTC/USDT:USDT\"], timeframes: [1h], kinds: [open_interest] }\n");
    const Outcome first = run(QStringLiteral("incremental"));
    QVERIFY2(first.status == 0, first.err.constData());
    const QJsonArray series = run(QStringLiteral("series --json")).json().array();
    QCOMPARE(series.size(), 1);
    QCOMPARE(series[0][u"source"].toString(), QStringLiteral("coinalyze"));
    QVERIFY(series[0][u"rows"].toInt() >= 30 * 24 - 1);
    QCOMPARE(run(QStringLiteral("incremental")).status, 0);
    QVERIFY(gaps().isEmpty());
    QVERIFY(run(QStringLiteral("doctor")).out.contains("coinalyze answers"));
}

QTEST_GUILESS_MAIN(TestCliProvider)
#include "tst_cliprovider.moc"
