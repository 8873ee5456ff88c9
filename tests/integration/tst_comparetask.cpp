// The pipeline `cross_source` over open interest: what an exchange tells of itself beside what a provider tells of it. The
// numbers are the simulator's; a proxy in front of the provider changes some.

#include <limits>
#include <map>

#include <QNetworkAccessManager>
#include <QNetworkReply>

#include "support/programs.h"
#include "tests/support/loopbackserver.h"

using mnemo::test::LoopbackServer;
using mnemo::test::ReceivedRequest;
using mnemo::test::Reply;

namespace {

constexpr qint64 hour = 3'600'000;

/// Hands requests on, and of one symbol's history times some rows.
class TamperingProxy {
public:
    struct Lie {
        qint64 from = 0, to = std::numeric_limits<qint64>::max(); ///< ms
        double factor = 1;
    };

    TamperingProxy(QString url, std::map<QString, Lie> lies)
        : m_url(std::move(url))
        , m_lies(std::move(lies))
        , m_server([this](const ReceivedRequest& request) { return answer(request); })
    {
    }
    QString url() const { return QString::fromStdString(m_server.url("")); }

private:
    Reply answer(const ReceivedRequest& request) const
    {
        QNetworkAccessManager manager; // of the connection's thread
        QNetworkRequest onward {QUrl(m_url + QString::fromStdString(request.target))};
        onward.setRawHeader("api_key", QByteArray::fromStdString(request.header("api_key")));
        QNetworkReply* const got = manager.get(onward);
        QEventLoop loop;
        QObject::connect(got, &QNetworkReply::finished, &loop, &QEventLoop::quit);
        loop.exec();
        Reply reply;
        reply.status = got->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
        const QByteArray body = got->readAll();
        reply.body = (request.target.find("/open-interest-history") == std::string::npos ? body : tampered(body)).toStdString();
        return reply;
    }

    QByteArray tampered(const QByteArray& body) const
    {
        QJsonArray symbols = QJsonDocument::fromJson(body).array();
        for (auto each : symbols) {
            QJsonObject symbol = each.toObject();
            const auto lie = m_lies.find(symbol[u"symbol"].toString());
            if (lie == m_lies.end())
                continue;
            QJsonArray rows = symbol[u"history"].toArray();
            for (auto row : rows) {
                QJsonObject bar = row.toObject();
                const qint64 time = bar[u"t"].toInteger() * 1000;
                if (time >= lie->second.from && time < lie->second.to)
                    bar[u"o"] = bar[u"o"].toDouble() * lie->second.factor;
                row = bar;
            }
            symbol[u"history"] = rows;
            each = symbol;
        }
        return QJsonDocument(symbols).toJson(QJsonDocument::Compact);
    }

    const QString m_url;
    const std::map<QString, Lie> m_lies;
    LoopbackServer m_server;
};

} // namespace

class TestCompareTask : public QObject {
    Q_OBJECT

private slots:
    void openInterestOfTwoSources();

private:
    void useSources(const std::map<QString, TamperingProxy::Lie>& lies);
    Outcome run(const char* line) const { return m_cli.run(words(QString::fromLatin1(line))); }
    /// What the tasks of a new run of cross_source made, added up; there is one for each symbol.
    std::map<QString, int> compare() const;

    std::unique_ptr<Sim> m_sim;
    std::unique_ptr<TamperingProxy> m_proxy;
    Cli m_cli;
};

void TestCompareTask::useSources(const std::map<QString, TamperingProxy::Lie>& lies)
{
    m_sim = std::make_unique<Sim>(words(QStringLiteral("--synthetic 5 --exchange binance,coinalyze")));
    QVERIFY(m_sim->isUp());
    m_proxy = std::make_unique<TamperingProxy>(m_sim->url() + QStringLiteral("/coinalyze"), lies);
    m_cli.set(QStringLiteral("exchanges.binance.base_url=%1/binance").arg(m_sim->url()));
    m_cli.set(QStringLiteral("exchanges.coinalyze.base_url=") + m_proxy->url());
    m_cli.setVariable("MNEMO_SECRET_COINALYZE_API_KEY", "simulated-key");
    m_cli.set(QStringLiteral("ingest.first_range=6d"));
    m_cli.set(QStringLiteral("rate.share=1"));
    const QByteArray what = "exchanges: [binance], symbols: [BTC/USDT:USDT, ETH/USDT:USDT, SOL/USDT:USDT, BTC/USD:BTC], kinds: [open_interest], timeframes: [1h]";
    m_cli.writeFile(QStringLiteral("config/assets.yaml"), "universe:\n  - {" + what + "}\n  - {sources: [coinalyze], " + what + "}\n");
}

std::map<QString, int> TestCompareTask::compare() const
{
    const Outcome done = run("dags trigger cross_source --wait --json");
    if (done.status != 0)
        qWarning("%s %s", done.out.constData(), done.err.constData());
    std::map<QString, int> sums;
    for (const auto& task : done.json().object()[u"tasks"].toArray()) {
        const QJsonObject result = task[u"result"].toObject();
        for (auto each = result.begin(); each != result.end(); ++each)
            sums[each.key()] += each.value().toInt();
    }
    return sums;
}

void TestCompareTask::openInterestOfTwoSources()
{
    const qint64 now = QDateTime::currentMSecsSinceEpoch() / hour * hour, from = now - 50 * hour, to = now - 47 * hour;
    useSources({{QStringLiteral("BTCUSDT_PERP.A"), {from, to, 1.1}}, {QStringLiteral("SOLUSDT_PERP.A"), {from, to, 1.1}},
        {QStringLiteral("ETHUSDT_PERP.A"), {0, now + hour, 2}}});
    m_cli.set(QStringLiteral("quality.compare.pairs=[{symbols: [\"SOL/USDT:USDT\"], interest_percent: 20}]"));
    const Outcome collected = run("incremental");
    QVERIFY2(collected.status == 0, collected.err.constData());
    QCOMPARE(run("series --json").json().array().size(), 8);

    using Sums = std::map<QString, int>;
    const auto sumsOf = [](int added) { return Sums {{QStringLiteral("added"), added}, {QStringLiteral("compared"), 4}, {QStringLiteral("fixed"), 0}}; };
    QCOMPARE(compare(), sumsOf(2)); // within the limit of its pair, and contracts beside dollars, are no difference

    const QJsonArray amounts = run("findings list --rule cross_interest --json").json().array();
    QCOMPARE(amounts.size(), 1);
    QCOMPARE(amounts[0][u"source"].toString(), QStringLiteral("coinalyze"));
    QCOMPARE(amounts[0][u"symbol"].toString(), QStringLiteral("BTC/USDT:USDT"));
    QCOMPARE(amounts[0][u"from"].toInteger(), from);
    QCOMPARE(amounts[0][u"to"].toInteger(), to);
    const QJsonValue told = amounts[0][u"details"][u"interest"];
    QCOMPARE(told[u"unit"].toString(), QStringLiteral("base"));
    QVERIFY(qAbs(told[u"ours"].toDouble() / told[u"theirs"].toDouble() - 1.1) < 1e-9);
    QCOMPARE(told[u"limit_percent"].toDouble(), 2.0);

    const QJsonArray units = run("findings list --rule cross_interest_unit --json").json().array();
    QCOMPARE(units.size(), 1);
    QCOMPARE(units[0][u"source"].toString(), QStringLiteral("coinalyze"));
    QCOMPARE(units[0][u"symbol"].toString(), QStringLiteral("ETH/USDT:USDT"));
    QCOMPARE(units[0][u"details"][u"interest"][u"means"].toString(), QStringLiteral("both sides of each position"));

    QCOMPARE(compare(), sumsOf(0)); // again
}

QTEST_GUILESS_MAIN(TestCompareTask)
#include "tst_comparetask.moc"
