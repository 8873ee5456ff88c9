#include <QDir>
#include <QTest>

#include <algorithm>
#include <fstream>
#include <map>

#include <nlohmann/json.hpp>

#include "core/base/timetext.h"
#include "core/config/mapreader.h"
#include "core/exchange/catalogue.h"
#include "places.h"

using namespace mnemo;
using Json = nlohmann::json;

namespace {

QString corpusFolder()
{
    for (const QString& shared : {qEnvironmentVariable("MNEMO_SHARED"), QStringLiteral(MNEMO_SOURCE_DIR "/../shared"),
             QStringLiteral(MNEMO_SOURCE_DIR "/../../shared")})
        if (!shared.isEmpty() && QDir(shared + QStringLiteral("/oracle/corpus")).exists())
            return shared + QStringLiteral("/oracle/corpus");
    return {};
}

Json corpusOf(const QString& folder, const std::string& venue)
{
    std::ifstream file(folder.toStdString() + "/" + venue + ".json");
    return file ? Json::parse(file, nullptr, false) : Json();
}

/// The recorded answer without its rows: lists emptied, columns emptied one by one.
bool emptyRows(Json& answer, const Json& path)
{
    Json* at = &answer;
    for (const Json& step : path) {
        if (step.is_number() && at->is_array() && step.get<std::size_t>() < at->size())
            at = &(*at)[step.get<std::size_t>()];
        else if (step.is_string() && at->is_object() && at->contains(step.get<std::string>()))
            at = &(*at)[step.get<std::string>()];
        else
            return false;
    }
    if (at->is_array()) {
        *at = Json::array();
        return true;
    }
    for (auto& column : *at)
        if (column.is_array())
            column = Json::array();
    return at->is_object();
}

/// What answers.yaml calls a kind of error.
std::optional<ErrorCode> codeOf(const std::string& word)
{
    static const std::map<std::string, ErrorCode> codes{{"rate_limited", ErrorCode::RateLimited},
        {"banned", ErrorCode::Banned}, {"unknown_symbol", ErrorCode::UnknownSymbol},
        {"maintenance", ErrorCode::Maintenance}, {"server_error", ErrorCode::ServerError},
        {"rejected", ErrorCode::Rejected}};
    const auto found = codes.find(word);
    return found == codes.end() ? std::nullopt : std::optional(found->second);
}

/// Nothing where rows were read; else the error.
std::optional<Error> refusal(const Venue& venue, const FetchArgs& args, const std::string& body, std::size_t& rows)
{
    if (args.kind == Kind::Candles) {
        const auto decoded = venue.decodeCandles(args, body);
        rows = decoded ? decoded->rows.size() : 0;
        return decoded ? std::nullopt : std::optional(decoded.error());
    }
    const auto decoded = venue.decodeMetrics(args, body);
    rows = decoded ? decoded->size() : 0;
    return decoded ? std::nullopt : std::optional(decoded.error());
}

} // namespace

/// What every description must get right beside the recorded cases: second pages, pages without rows, errors.
class TestAnswers : public QObject {
    Q_OBJECT
private slots:
    void initTestCase()
    {
        const QDir folder(QStringLiteral(MNEMO_SOURCE_DIR "/config/exchanges"));
        for (const QString& name : folder.entryList({QStringLiteral("*.yaml")}, QDir::Files))
            m_descriptions[name.chopped(5).toStdString()] = readYamlFile(folder.filePath(name).toStdString()).value();
        Problems problems;
        m_catalogue = Catalogue::load(m_descriptions, problems);
        QCOMPARE(problems.size(), std::size_t{0});
        m_corpus = corpusFolder();
    }

    void pages_data() { addVenues(); }
    /// Two pages that follow each other are two requests, and both are paid for.
    void pages()
    {
        QFETCH(QString, id);
        const auto venue = m_catalogue.venue(id.toStdString()).value();
        for (const Kind kind : {Kind::Candles, Kind::OpenInterest})
            for (const MarketType market : venue->markets(kind))
                for (const Timeframe frame : venue->timeframes(market, kind)) {
                    m_what = nameOf(*venue, kind, market) + std::string(frame.name()) + " ";
                    checkPages(*venue, market, kind, frame);
                    if (QTest::currentTestFailed())
                        return;
                }
    }

    void empty_data() { addRecorded(); }
    /// An answer without rows is an answer, not an error.
    void empty()
    {
        QFETCH(QString, id);
        if (id.isEmpty())
            QSKIP("the CCXT oracle is not here: set MNEMO_SHARED to the folder that has oracle/corpus");
        forEachBlock(id, [](const Venue& venue, const FetchArgs& args, Json answer, const Json& path, const char* at) {
            if (!emptyRows(answer, path))
                return;
            std::size_t rows = 0;
            const auto error = refusal(venue, args, answer.dump(), rows);
            QVERIFY2(!error, error ? (at + error->detail).c_str() : "");
            QCOMPARE(rows, std::size_t{0});
        });
    }

    void noAnswer_data() { addRecorded(); }
    /// A body that says nothing is never "no rows", unless the description says so.
    void noAnswer()
    {
        QFETCH(QString, id);
        if (id.isEmpty())
            QSKIP("the CCXT oracle is not here: set MNEMO_SHARED to the folder that has oracle/corpus");
        const auto allowed = nothings(id.toStdString());
        const auto bodies = {"", "null", "{}", "<html>gateway</html>", "{\"unheard\":1}", "\"text\"", "5"};
        forEachBlock(id, [&](const Venue& venue, const FetchArgs& args, const Json&, const Json&, const char* what) {
            for (const std::string body : bodies) {
                if (std::find(allowed.begin(), allowed.end(), body) != allowed.end())
                    continue;
                std::size_t rows = 0;
                const auto error = refusal(venue, args, body, rows);
                QVERIFY2(error, (what + ("takes this for no rows: " + body)).c_str());
                QVERIFY2(error->detail.starts_with(venue.id()), error->detail.c_str());
            }
        });
    }

    void statuses_data() { addVenues(); }
    void statuses()
    {
        QFETCH(QString, id);
        const auto venue = m_catalogue.venue(id.toStdString()).value();
        const FetchArgs args = anyArgs(*venue);
        const auto code = [&](int status, const char* body) {
            const auto error = venue->errorOf(status, body, args);
            return error ? std::optional(error->code) : std::nullopt;
        };
        QVERIFY(code(429, "{}") == ErrorCode::RateLimited);
        QVERIFY(code(418, "{}") == ErrorCode::Banned || code(418, "{}") == ErrorCode::RateLimited);
        QVERIFY(code(503, "") == ErrorCode::ServerError || code(503, "") == ErrorCode::Maintenance);
        QVERIFY(code(502, "<html>Bad gateway</html>").has_value());
        QVERIFY(code(400, "{}").has_value());
    }

    void exactPages_data()
    {
        QTest::addColumn<QString>("id");
        QTest::addColumn<QByteArray>("symbol");
        QTest::addColumn<QByteArray>("exchangeSymbol");
        QTest::addColumn<QByteArray>("kind");
        QTest::addColumn<QByteArray>("url");
        QTest::addColumn<QByteArray>("body");
        for (const auto& [venue, entries] : readTest("pages.yaml").map)
            for (const Node& entry : entries.list)
                QTest::newRow((venue + " " + (textOf(entry, "symbol") + " " + textOf(entry, "kind")).toStdString()).c_str())
                    << QString::fromStdString(venue) << textOf(entry, "symbol") << textOf(entry, "id")
                    << textOf(entry, "kind") << textOf(entry, "url") << textOf(entry, "body");
    }
    /// The whole request for a second page: bounds, limit, endpoint.
    void exactPages()
    {
        QFETCH(QString, id);
        QFETCH(QByteArray, symbol);
        QFETCH(QByteArray, exchangeSymbol);
        QFETCH(QByteArray, kind);
        QFETCH(QByteArray, url);
        QFETCH(QByteArray, body);
        const auto venue = m_catalogue.venue(id.toStdString()).value();
        const auto parts = parseSymbol(symbol.toStdString());
        QVERIFY(parts.has_value());
        FetchArgs args = argsOf(*venue, parts->market(), kind == "open_interest" ? Kind::OpenInterest : Kind::Candles,
            Timeframe::fromName("1h").value());
        args.instrument =
            venue->instrument(parts->market(), symbol.toStdString(), exchangeSymbol.toStdString()).value_or(Instrument{});
        const UtcMs from = parseTime("2024-01-01T03:00").value();
        const auto page = venue->pageRequest(args, {from, from + std::chrono::hours{3}});
        QVERIFY2(page.has_value(), page ? "" : page.error().detail.c_str());
        QCOMPARE(QByteArray::fromStdString(page->http.url), url);
        QCOMPARE(QByteArray::fromStdString(page->http.body), body);
        QCOMPARE(page->http.method, std::string(body.isEmpty() ? "GET" : "POST"));
    }

    /// Each market type of each venue that has candles is among the pages above, and each venue has said an error.
    void nobodyIsLeftOut()
    {
        QStringList missing;
        const Node pages = readTest("pages.yaml"), answers = readTest("answers.yaml");
        for (const auto& venue : m_catalogue.venues()) {
            const auto id = QString::fromStdString(venue->id());
            for (const Kind kind : {Kind::Candles, Kind::OpenInterest})
                for (const MarketType market : venue->markets(kind))
                    if (venue->hasHistory(market, kind) && !hasPage(pages.find(venue->id()), market, kind))
                        missing << QStringLiteral("no page: %1 %2").arg(id, QString::fromStdString(nameOf(*venue, kind, market)));
            for (const char* is : {"rate_limited", "error"})
                if (!hasAnswer(answers.find(venue->id()), is))
                    missing << QStringLiteral("no answer: %1 %2").arg(id, QString::fromLatin1(is));
        }
        QVERIFY2(missing.isEmpty(), qPrintable(missing.join(u'\n')));
    }

    void said_data()
    {
        QTest::addColumn<QString>("id");
        QTest::addColumn<QString>("market");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QString>("is");
        for (const auto& [venue, entries] : readTest("answers.yaml").map)
            for (const Node& entry : entries.list) {
                const QByteArray status = textOf(entry, "status");
                const std::string name = venue + " " + (textOf(entry, "is") + " " + textOf(entry, "body")).toStdString();
                QTest::newRow(name.c_str())
                    << QString::fromStdString(venue) << QString::fromUtf8(textOf(entry, "market"))
                    << (status.isEmpty() ? 200 : status.toInt()) << textOf(entry, "body")
                    << QString::fromUtf8(textOf(entry, "is"));
            }
    }
    /// What the venue itself says went wrong, in its own words.
    void said()
    {
        QFETCH(QString, id);
        QFETCH(QString, market);
        QFETCH(int, status);
        QFETCH(QByteArray, body);
        QFETCH(QString, is);
        const auto venue = m_catalogue.venue(id.toStdString());
        QVERIFY2(venue.has_value(), qPrintable(id));
        FetchArgs args = anyArgs(**venue);
        if (const auto other = marketTypeFromText(market.toStdString()))
            args = argsOf(**venue, *other, args.kind, args.timeframe);
        if (is == QStringLiteral("no_rows")) {
            std::size_t found = 0;
            const auto refused = refusal(**venue, args, body.toStdString(), found);
            QVERIFY2(!refused, refused ? refused->detail.c_str() : "");
            QCOMPARE(found, std::size_t{0});
            return;
        }
        const auto wanted = codeOf(is.toStdString());
        QVERIFY2(wanted, qPrintable(is));
        const auto error = (*venue)->errorOf(status, body.toStdString(), args);
        QVERIFY(error);
        QVERIFY2(error->code == *wanted, error->detail.c_str());
        std::size_t rows = 0;
        const auto decoded = refusal(**venue, args, body.toStdString(), rows);
        QVERIFY(decoded); // whatever the status: never "no rows"
        if (status == 200)
            QVERIFY2(decoded->code == *wanted, decoded->detail.c_str());
    }

private:
    static bool hasPage(const Node* entries, MarketType market, Kind kind)
    {
        for (const Node& entry : entries == nullptr ? std::vector<Node>() : entries->list) {
            const auto parts = parseSymbol(textOf(entry, "symbol").toStdString());
            if (parts && parts->market() == market && (textOf(entry, "kind") == "open_interest") == (kind == Kind::OpenInterest))
                return true;
        }
        return false;
    }

    /// @param is "error": any but that requests are too many
    static bool hasAnswer(const Node* entries, const QByteArray& is)
    {
        for (const Node& entry : entries == nullptr ? std::vector<Node>() : entries->list) {
            const QByteArray said = textOf(entry, "is");
            if (is == "error" ? said != "no_rows" && said != "rate_limited" : said == is)
                return true;
        }
        return false;
    }

    void addVenues()
    {
        QTest::addColumn<QString>("id");
        for (const auto& venue : m_catalogue.venues())
            QTest::newRow(venue->id().c_str()) << QString::fromStdString(venue->id());
    }

    void addRecorded()
    {
        QTest::addColumn<QString>("id");
        for (const auto& venue : m_catalogue.venues())
            if (!m_corpus.isEmpty() && corpusOf(m_corpus, venue->id()).is_object())
                QTest::newRow(venue->id().c_str()) << QString::fromStdString(venue->id());
        if (m_corpus.isEmpty())
            QTest::newRow("none") << QString();
    }

    static FetchArgs argsOf(const Venue& venue, MarketType market, Kind kind, Timeframe frame)
    {
        FetchArgs args;
        args.kind = kind;
        args.timeframe = frame;
        args.now = parseTime("2025-01-01").value();
        const char* const symbol = market == MarketType::Spot ? "BTC/USDT"
            : market == MarketType::Linear                    ? "BTC/USDT:USDT"
                                                              : "BTC/USD:BTC";
        args.instrument = venue.instrument(market, symbol, "BTC-USDT").value_or(Instrument{});
        args.instrument.priceScale = args.instrument.valueScale = 0;
        return args;
    }

    static FetchArgs anyArgs(const Venue& venue)
    {
        const Kind kind = venue.markets(Kind::Candles).empty() ? Kind::OpenInterest : Kind::Candles;
        const MarketType market = venue.markets(kind).front();
        return argsOf(venue, market, kind, venue.timeframes(market, kind).front());
    }

    void checkPages(const Venue& venue, MarketType market, Kind kind, Timeframe frame)
    {
        const FetchArgs args = argsOf(venue, market, kind, frame);
        const auto rules = venue.pageRules(market, kind, frame);
        QVERIFY2(rules.has_value() && rules->maxRows > 0, m_what.c_str());
        const UtcMs from = rules->grid.floor(parseTime("2023-06-01").value());
        const UtcMs middle = rules->grid.advance(from, rules->maxRows);
        const auto first = venue.pageRequest(args, {from, middle});
        const auto second = venue.pageRequest(
            args, {middle, rules->grid.advance(middle, rules->maxRows)}, rules->walk == Walk::Cursor ? "1" : "");
        QVERIFY2(first.has_value() && second.has_value(), m_what.c_str());
        m_what += first->http.url;
        QVERIFY2(first->charges.empty() == venue.lane().budgets.empty() && first->http.url.starts_with("https://"), m_what.c_str());
        const bool isSame = first->http.url == second->http.url && first->http.body == second->http.body;
        const bool isInFuture = middle >= args.now; // which may be asked for with "the latest"
        QVERIFY2(isInFuture || isSame == rules->isLatestOnly() || rules->retentionRows, m_what.c_str());
    }

    static std::string nameOf(const Venue& venue, Kind kind, MarketType market)
    {
        return venue.id() + " " + std::string(toText(kind)) + " " + std::string(toText(market)) + " ";
    }

    /// Each kind and market of a venue that has a recorded answer.
    template <class Check>
    void forEachBlock(const QString& id, Check check)
    {
        const auto venue = m_catalogue.venue(id.toStdString()).value();
        const Json corpus = corpusOf(m_corpus, venue->id());
        const Json none = Json::array();
        for (const Kind kind : {Kind::Candles, Kind::OpenInterest})
            for (const MarketType market : venue->markets(kind))
                for (const Json& test : corpus.is_object() ? corpus.at("cases") : none) {
                    const char* const method = kind == Kind::Candles ? "fetchOHLCV" : "fetchOpenInterestHistory";
                    const bool isOurs = test.at("method") == method && test.value("marketType", "") == toText(market)
                        && test.contains("response");
                    if (!isOurs || !Timeframe::fromName(test.at("timeframe").get<std::string>()))
                        continue;
                    const Json path = corpus.value(rowsPointer(kind, market), Json());
                    const FetchArgs args = recordedArgs(*venue, market, kind, test);
                    check(*venue, args, test.at("response"), path, nameOf(*venue, kind, market).c_str());
                    if (QTest::currentTestFailed())
                        return;
                    break; // one is enough
                }
    }

    static Json::json_pointer rowsPointer(Kind kind, MarketType market)
    {
        return Json::json_pointer("/features/" + std::string(kind == Kind::Candles ? "ohlcv" : "openInterest") + "/"
            + std::string(toText(market)) + "/response/rowsPath");
    }

    static FetchArgs recordedArgs(const Venue& venue, MarketType market, Kind kind, const Json& test)
    {
        const Json& id = test.at("marketId");
        FetchArgs args =
            argsOf(venue, market, kind, Timeframe::fromName(test.at("timeframe").get<std::string>()).value());
        args.instrument = venue
                              .instrument(market, test.at("symbol").get<std::string>(),
                                  id.is_string() ? id.get<std::string>() : id.dump())
                              .value();
        args.instrument.priceScale = args.instrument.valueScale = 0;
        return args;
    }

    static Node readTest(const std::string& file)
    {
        return readYamlFile(MNEMO_SOURCE_DIR "/tests/conformance/" + file).value_or(Node{});
    }

    static QByteArray textOf(const Node& entry, const char* key)
    {
        const Node* found = entry.find(key);
        return found == nullptr ? QByteArray() : QByteArray::fromStdString(found->scalar);
    }

    /// The bodies that a description declares as "no rows" with `empty`, anywhere in it or in what it is like.
    std::vector<std::string> nothings(const std::string& venue) const
    {
        std::vector<std::string> bodies;
        for (const std::string& word : emptyWords(m_descriptions.at(venue))) {
            if (word == "body")
                bodies.emplace_back("");
            else if (word == "null")
                bodies.emplace_back("null");
            else if (word == "missing")
                bodies.insert(bodies.end(), {"{}", "{\"unheard\":1}"});
        }
        const Node* like = m_descriptions.at(venue).find("like");
        if (like != nullptr)
            for (std::string& body : nothings(like->scalar))
                bodies.push_back(std::move(body));
        return bodies;
    }

    static std::vector<std::string> emptyWords(const Node& node)
    {
        std::vector<std::string> words;
        for (const auto& [key, value] : node.map) {
            if (key == "empty" && value.type == Node::Type::Scalar)
                words.push_back(value.scalar);
            for (const Node& word : key == "empty" ? value.list : std::vector<Node>{})
                words.push_back(word.scalar);
            for (std::string& word : emptyWords(value))
                words.push_back(std::move(word));
        }
        for (const Node& value : node.list)
            for (std::string& word : emptyWords(value))
                words.push_back(std::move(word));
        return words;
    }

    std::map<std::string, Node> m_descriptions;
    Catalogue m_catalogue;
    QString m_corpus;
    std::string m_what;
};

QTEST_APPLESS_MAIN(TestAnswers)
#include "tst_answers.moc"
