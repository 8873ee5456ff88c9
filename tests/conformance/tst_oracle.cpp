#include <QDir>
#include <QProcessEnvironment>
#include <QTest>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>

#include <nlohmann/json.hpp>

#include "core/config/mapreader.h"
#include "core/exchange/catalogue.h"
#include "tests/conformance/comparison.h"
#include "places.h"

using namespace mnemo;
using namespace mnemo::conformance;

namespace {

QString corpusFolder()
{
    const QString given = qEnvironmentVariable("MNEMO_ORACLE");
    if (!given.isEmpty())
        return given;
    for (const QString& shared : {qEnvironmentVariable("MNEMO_SHARED"), QStringLiteral(MNEMO_SOURCE_DIR "/../shared"),
             QStringLiteral(MNEMO_SOURCE_DIR "/../../shared")})
        if (!shared.isEmpty() && QDir(shared + QStringLiteral("/oracle/corpus")).exists())
            return shared + QStringLiteral("/oracle/corpus");
    return {};
}

Json readJson(const QString& path)
{
    std::ifstream file(path.toStdString());
    return Json::parse(file, nullptr, false);
}

std::optional<std::int64_t> number(const Json& json, const char* key)
{
    return json.contains(key) && json[key].is_number() ? std::optional(json[key].get<std::int64_t>()) : std::nullopt;
}

std::optional<int> scaleOf(const Json& corpus, const Json& test, const char* column)
{
    const auto pointer = Json::json_pointer(
        "/features/ohlcv/" + test.at("marketType").get<std::string>() + "/response/columns/" + column + "/scale");
    return corpus.contains(pointer) ? std::optional(-corpus[pointer].get<int>()) : std::nullopt;
}

/// A word that is none of ours ("native") is a second kind of spot market.
MarketType marketTypeOf(const Json& test)
{
    return marketTypeFromText(test.at("marketType").get<std::string>()).value_or(MarketType::Spot);
}

FetchArgs argsOf(const Json& corpus, const Json& test, const Venue& venue, UtcMs now)
{
    FetchArgs args;
    args.kind = test.at("method") == "fetchOHLCV" ? Kind::Candles : Kind::OpenInterest;
    args.timeframe = Timeframe::fromName(test.at("timeframe").get<std::string>()).value();
    args.now = now;
    if (const auto since = number(test, "sinceMs"))
        args.since = fromMs(*since);
    if (const auto until = number(test, "untilMs"))
        args.until = fromMs(*until);
    if (const auto limit = number(test, "limit"))
        args.limit = static_cast<int>(*limit);
    const Json& id = test.at("marketId");
    auto instrument = venue.instrument(
        marketTypeOf(test), test.at("symbol").get<std::string>(), id.is_string() ? id.get<std::string>() : id.dump());
    if (instrument)
        args.instrument = *instrument;
    // The scales that a market list would give.
    args.instrument.priceScale = scaleOf(corpus, test, "close");
    args.instrument.valueScale = scaleOf(corpus, test, "volume");
    return args;
}

std::string textOf(const Json& request)
{
    return comparable(request).text();
}

} // namespace

/// Every case of the CCXT oracle against our descriptions: same requests, same rows, same markets.
class TestOracle : public QObject {
    Q_OBJECT
private slots:
    void initTestCase()
    {
        m_corpus = corpusFolder();
        if (m_corpus.isEmpty())
            QSKIP("the CCXT oracle is not here: set MNEMO_SHARED to the folder that has oracle/corpus");
        loadCatalogue();
        loadAccepted();
    }

    void cases_data()
    {
        QTest::addColumn<QString>("id");
        for (const auto& venue : m_catalogue.venues())
            QTest::newRow(venue->id().c_str()) << QString::fromStdString(venue->id());
    }

    void cases()
    {
        QFETCH(QString, id);
        const QString file = m_corpus + QLatin1Char('/') + id + QStringLiteral(".json");
        if (!QFile::exists(file))
            QSKIP("no cases for this exchange");
        const Json corpus = readJson(file);
        m_corpusFile = corpus;
        QVERIFY(corpus.is_object());
        const auto venue = m_catalogue.venue(id.toStdString()).value();
        m_now = fromMs(corpus.value("nowMs", std::int64_t{1'735'689'600'000}));
        m_tally = {};
        for (const Json& test : corpus.at("cases")) {
            m_name = venue->id() + "." + test.at("id").get<std::string>();
            const std::string method = test.at("method").get<std::string>();
            m_failed = m_isAccepted = false;
            if (method == "fetchMarkets")
                runMarkets(*venue, test);
            else
                runRows(*venue, test, method);
            ++(m_failed ? m_tally.failed : m_isAccepted ? m_tally.accepted : m_tally.passed);
        }
        m_table += QStringLiteral("%1 %2 %3 %4\n")
                       .arg(id, -18)
                       .arg(m_tally.passed, 8)
                       .arg(m_tally.accepted, 10)
                       .arg(m_tally.failed, 8);
        QCOMPARE(m_tally.failed, 0);
        QVERIFY(m_tally.passed > 0);
    }

    /// No case may be passed over without being held against ours: venues that the corpus asks for history have it here.
    void allOpenInterestIsHeldAgainstOurs()
    {
        int cases = 0, venues = 0;
        std::string without;
        for (const auto& venue : m_catalogue.venues()) {
            const Json corpus = readJson(m_corpus + QLatin1Char('/') + QString::fromStdString(venue->id()) + QStringLiteral(".json"));
            if (!corpus.is_object())
                continue;
            int ofVenue = 0;
            for (const Json& test : corpus.at("cases")) {
                if (test.at("method") != "fetchOpenInterestHistory")
                    continue;
                ++ofVenue;
                const auto frame = Timeframe::fromName(test.at("timeframe").get<std::string>());
                if (!frame || !venue->hasHistory(marketTypeOf(test), Kind::OpenInterest) || !test.contains("response"))
                    without += " " + venue->id() + "." + test.at("id").get<std::string>();
            }
            cases += ofVenue;
            venues += ofVenue > 0 ? 1 : 0;
        }
        QVERIFY2(without.empty(), without.c_str());
        QVERIFY2(qEnvironmentVariableIsSet("MNEMO_ORACLE") || (cases >= 124 && venues >= 16),
            qPrintable(QStringLiteral("%1 cases of %2 venues").arg(cases).arg(venues)));
    }

    void everyAcceptedDifferenceIsNeeded()
    {
        if (qEnvironmentVariableIsSet("MNEMO_ORACLE"))
            QSKIP("another corpus was asked for");
        for (const std::string& pattern : m_accepted.unused())
            QFAIL(pattern.c_str());
    }

    void cleanupTestCase()
    {
        if (!m_table.isEmpty())
            qInfo().noquote().nospace() << "\nexchange             passed   accepted   failed\n" << m_table;
    }

private:
    struct Tally {
        int passed = 0, accepted = 0, failed = 0;
    };

    void loadCatalogue()
    {
        std::map<std::string, Node> descriptions;
        const QDir folder(QStringLiteral(MNEMO_SOURCE_DIR "/config/exchanges"));
        for (const QString& name : folder.entryList({QStringLiteral("*.yaml")}, QDir::Files)) {
            auto node = readYamlFile(folder.filePath(name).toStdString());
            QVERIFY2(node.has_value(), node ? "" : node.error().detail.c_str());
            descriptions[name.chopped(5).toStdString()] = *node;
        }
        Problems problems;
        m_catalogue = Catalogue::load(descriptions, problems);
        for (const Problem& problem : problems)
            qWarning().noquote() << problem.text().c_str();
        QCOMPARE(problems.size(), std::size_t{0});
        QCOMPARE(m_catalogue.venues().size() + m_catalogue.providers().size(), descriptions.size());
    }

    void loadAccepted()
    {
        auto accepted = AcceptedDifferences::read(MNEMO_SOURCE_DIR "/tests/conformance/accepted.yaml");
        QVERIFY2(accepted.has_value(), accepted ? "" : accepted.error().detail.c_str());
        m_accepted = *accepted;
    }

    void report(const std::string& part, const std::string& what)
    {
        if (m_accepted.accepts(m_name, part)) {
            m_isAccepted = true;
            return;
        }
        m_failed = true;
        qInfo().noquote() << "FAILED" << m_name.c_str() << part.c_str() << "\n  " << what.c_str();
    }

    void runRows(const Venue& venue, const Json& test, const std::string& method)
    {
        if (!Timeframe::fromName(test.at("timeframe").get<std::string>()))
            return;
        const MarketType market = marketTypeOf(test);
        const Kind kind = method == "fetchOHLCV" ? Kind::Candles : Kind::OpenInterest;
        const auto markets = venue.markets(kind);
        if (std::find(markets.begin(), markets.end(), market) == markets.end())
            return report("request", "not described");
        const FetchArgs args = argsOf(m_corpusFile, test, venue, m_now);
        const auto requests = venue.request(args);
        if (!requests)
            return report("request", requests.error().detail);
        const Comparable ours = comparable(requests->front());
        const Comparable theirs = comparable(test.at("request"));
        if (requests->size() != 1 || !(ours == theirs))
            report("request", "ours   " + ours.text() + "\n   theirs " + theirs.text());
        if (!test.contains("response"))
            return; // a case about the request alone
        const Json& wanted = test.contains("expected") ? test["expected"] : test.at("parsed");
        const auto rows = rowsOf(venue, args, test.at("response").dump());
        if (!rows)
            return report("rows", rows.error().detail);
        if (!sameRows(*rows, wanted))
            report("rows", "ours   " + rows->dump() + "\n   theirs " + wanted.dump());
    }

    void runMarkets(const Venue& venue, const Json& test)
    {
        std::set<std::string> unused;
        for (const Json& request : test.at("requests"))
            unused.insert(textOf(request));
        std::vector<MarketAnswer> bodies;
        if (venue.marketRequests(m_now).empty())
            return report("request", "a fixed list: CCXT's calls are not sent");
        for (const VenueRequest& request : venue.marketRequests(m_now)) {
            const std::string text = comparable(request).text();
            unused.erase(text);
            for (std::size_t i = 0; i < test["requests"].size(); ++i)
                if (textOf(test["requests"][i]) == text) {
                    bodies.push_back({bodies.size(), test.at("responses")[i].dump()});
                    break;
                }
        }
        for (const std::string& request : unused)
            report("request", "not sent: " + request);
        if (bodies.size() != venue.marketRequests(m_now).size())
            return report("request", "CCXT does not send all of ours");
        const auto ours = venue.decodeMarkets(bodies);
        if (!ours)
            return report("rows", ours.error().detail);
        std::set<std::string> wanted;
        for (const Json& market : test.at("parsed"))
            if (const auto text = marketText(market))
                wanted.insert(*text);
        std::set<std::string> found;
        for (const Instrument& market : *ours)
            found.insert(marketText(market));
        if (found == wanted)
            return;
        for (const std::string& market : wanted)
            if (found.count(market) == 0)
                report("rows", "missing: " + market);
        for (const std::string& market : found)
            if (wanted.count(market) == 0)
                report("rows", "not theirs: " + market);
    }

    QString m_corpus;
    Json m_corpusFile;
    Catalogue m_catalogue;
    AcceptedDifferences m_accepted;
    std::string m_name;
    UtcMs m_now{};
    bool m_failed = false, m_isAccepted = false;
    Tally m_tally;
    QString m_table;
};

QTEST_APPLESS_MAIN(TestOracle)
#include "tst_oracle.moc"
