// config/exchanges/exchange.schema.json, with which editors complete and check a description, says what the reader says.

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <fstream>
#include <set>

#include <nlohmann/json.hpp>

#include "core/exchange/catalogue.h"
#include "places.h"

using namespace mnemo;

namespace {

using Json = nlohmann::json;
using Subschemas = std::vector<const Json*>;

const QString folder = QStringLiteral(MNEMO_SOURCE_DIR "/config/exchanges");
const QString schemaFile = folder + QStringLiteral("/exchange.schema.json");
const std::string marker = "zz_marker";

const Json& schema()
{
    static const Json read = [] {
        std::ifstream in(schemaFile.toStdString());
        return Json::parse(in);
    }();
    return read;
}

/// The alternatives that a subschema stands for, references followed.
void expand(const Json& from, Subschemas& into)
{
    if (const auto ref = from.find("$ref"); ref != from.end())
        expand(schema().at(Json::json_pointer(ref->get<std::string>().substr(1))), into);
    else if (const auto any = from.find("anyOf"); any != from.end())
        for (const Json& each : *any)
            expand(each, into);
    else
        into.push_back(&from);
}

Subschemas ofMember(const Subschemas& all, const std::string& key)
{
    Subschemas found;
    for (const Json* each : all) {
        const auto properties = each->find("properties");
        if (properties != each->end() && properties->contains(key))
            expand(properties->at(key), found);
        else if (const auto rest = each->find("additionalProperties"); rest != each->end() && rest->is_object())
            expand(*rest, found);
    }
    return found;
}

Subschemas ofElement(const Subschemas& all)
{
    Subschemas found;
    for (const Json* each : all)
        if (const auto items = each->find("items"); items != each->end() && items->is_object())
            expand(*items, found);
    return found;
}

/// The one that lists the keys of a map; null where keys are free.
const Json* closedMap(const Subschemas& all)
{
    for (const Json* each : all)
        if (each->contains("properties") && each->value("additionalProperties", Json(true)) == Json(false))
            return each;
    return nullptr;
}

void countClosed(const Json& from, std::set<const Json*>& found)
{
    if (from.is_object() && from.contains("properties") && from.value("additionalProperties", Json(true)) == Json(false))
        found.insert(&from);
    if (from.is_structured())
        for (const Json& each : from)
            countClosed(each, found);
}

std::set<std::string> keysOf(const Json& closed)
{
    std::set<std::string> keys;
    for (const auto& [key, value] : closed.at("properties").items())
        keys.insert(key);
    return keys;
}

/// With every map that there is: shipped files do not use all of them.
Node rareDescription()
{
    return readYamlFile(MNEMO_SOURCE_DIR "/tests/unit/raredescription.yaml").value();
}

/// Puts an unknown key into each map of a description, one after another, and compares what the reader knows there with
/// the schema.
class Probe {
public:
    Probe(std::string id, std::map<std::string, Node> descriptions, std::set<const Json*>& seen, QStringList& wrong)
        : m_id(std::move(id))
        , m_descriptions(std::move(descriptions))
        , m_seen(seen)
        , m_wrong(wrong)
    {
    }

    void run()
    {
        Subschemas top;
        expand(schema(), top);
        visit(m_descriptions.at(m_id), top, {});
    }

private:
    void visit(Node& node, const Subschemas& all, const std::string& path)
    {
        if (node.type == Node::Type::Map)
            if (const Json* closed = closedMap(all); closed != nullptr && !m_seen.contains(closed))
                compare(node, *closed, path);
        for (std::size_t i = 0; i < node.map.size(); ++i)
            visit(node.map[i].second, ofMember(all, node.map[i].first), path + "." + node.map[i].first);
        for (Node& element : node.list)
            visit(element, ofElement(all), path + "[]");
    }

    void compare(Node& node, const Json& closed, const std::string& path)
    {
        const Mark mark {std::make_shared<const std::string>("probe"), 1, 1};
        node.insert(marker, Node::fromText("1", mark), mark);
        Problems problems;
        (void)Catalogue::load(m_descriptions, problems);
        node.remove(marker);
        for (const Problem& problem : problems) {
            if (!problem.mark.file || *problem.mark.file != "probe" || problem.known.empty() || !problem.path.ends_with(marker))
                continue;
            m_seen.insert(&closed);
            const std::set<std::string> known(problem.known.begin(), problem.known.end());
            report(known, keysOf(closed), path, "the reader knows it, the schema does not");
            report(keysOf(closed), known, path, "the schema knows it, the reader does not");
            return;
        }
        if (m_id == "rare")
            m_wrong << QString::fromStdString(path + ": the reader takes an unknown key");
    }

    /// Keys that the reader refuses with a reason of its own count as unknown.
    void report(const std::set<std::string>& has, const std::set<std::string>& lacks, const std::string& path, const char* what)
    {
        for (const std::string& key : has)
            if (!lacks.contains(key) && !isRefused(path, key))
                m_wrong << QString::fromStdString(m_id + path + "." + key + ": " + what);
    }

    /// Known to the reader of the whole that a variant is laid over, and refused there.
    static bool isRefused(const std::string& path, const std::string& key)
    {
        static const std::set<std::string> ofBlock {
            "frames", "anchors", "volume_unit", "page", "oldest", "snapshot", "amount_unit", "value_unit", "sides", "percent",
            "absent"};
        static const std::set<std::string> ofAnswer {"rows", "fields", "scale"};
        static const std::set<std::string> ofCall {"url", "host", "path", "method", "headers", "params", "body", "charge", "for", "lists", "cursor", "name"};
        const bool isEndpoint = path.ends_with(".endpoints[]");
        if (path.ends_with(".page") && path.find("range") == std::string::npos)
            return ofBlock.contains(key);
        if (path.ends_with(".oldest"))
            return ofBlock.contains(key) || ofAnswer.contains(key);
        if (isEndpoint)
            return ofBlock.contains(key) || ofAnswer.contains(key) || key == "endpoints";
        return path.ends_with(".lists[]") && ofCall.contains(key);
    }

    std::string m_id;
    std::map<std::string, Node> m_descriptions;
    std::set<const Json*>& m_seen;
    QStringList& m_wrong;
};

QStringList shippedFiles()
{
    QStringList files;
    for (const QString& name : QDir(folder).entryList({QStringLiteral("*.yaml")}, QDir::Files))
        files << folder + u'/' + name;
    return files;
}

/// What the schema says of each file; nothing where Python has no jsonschema.
std::optional<QMap<QString, QStringList>> validated(const QStringList& files)
{
    QProcess python;
    python.start(QFile::exists(QStringLiteral("/usr/bin/python3")) ? QStringLiteral("/usr/bin/python3") : QStringLiteral("python3"),
        QStringList {QStringLiteral(MNEMO_SOURCE_DIR "/tests/unit/validateschema.py"), schemaFile} + files);
    if (!python.waitForStarted() || !python.waitForFinished(60'000) || python.exitCode() == 77)
        return std::nullopt;
    if (python.exitCode() != 0)
        qWarning("%s", python.readAllStandardError().constData());
    QMap<QString, QStringList> found;
    for (const QByteArray& line : python.readAllStandardOutput().trimmed().split('\n')) {
        const QJsonObject each = QJsonDocument::fromJson(line).object();
        QStringList errors;
        for (const auto& error : each[QStringLiteral("errors")].toArray())
            errors << error.toString();
        found[each[QStringLiteral("file")].toString()] = errors;
    }
    return found;
}

constexpr const char* needed = "python3 with jsonschema and yaml is needed (packaging/dependencies.sh tests)";

} // namespace

class TestSchema : public QObject {
    Q_OBJECT

private slots:
    void initTestCase();
    void shippedFilesAreValid();
    void shippedFilesNameTheSchema();
    void readerAndSchemaKnowTheSameKeys();
    void badDescriptions_data();
    void badDescriptions();

private:
    QTemporaryDir m_folder;
    QMap<QString, QByteArray> m_bad;
    std::optional<QMap<QString, QStringList>> m_verdicts;
};

void TestSchema::initTestCase()
{
    const auto bad = [this](const char* name, const char* text) { m_bad[QString::fromLatin1(name)] = text; };
    bad("unknown key", "nmae: X\n");
    bad("unknown key of a block", "candles: { paramz: { a: b } }\n");
    bad("unknown key of a range", "candles: { range: { stile: window } }\n");
    bad("unknown key of an end", "candles: { range: { end: { unti: ms } } }\n");
    bad("unknown key of a market list", "markets: { calls: [{ path: /m, bsae: b }] }\n");
    bad("unknown key of a field", "markets: { calls: [{ path: /m, base: { pth: b } }] }\n");
    bad("unknown kind of error", "errors: { ratelimited: [a] }\n");
    bad("list for a map", "candles: [1, 2]\n");
    bad("word for a map", "candles: { fields: 5 }\n");
    bad("map for a word", "name: { a: b }\n");
    bad("unknown key of a snapshot", "open_interest: { snapshot: { frames: { 1m: 1 } } }\n");
    bad("unit of a snapshot's time", "open_interest: { snapshot: { fields: { time: [ts, msec] } } }\n");
    bad("unknown key of streams", "streams: { chanel: x }\n");
    bad("address of streams", "streams: { url: \"https://x/ws\" }\n");
    bad("number of a field", "streams: { protobuf: { x: symbol } }\n");
    bad("two names of a field", "streams: { protobuf: { 1: { a: { 1: x }, b: { 1: x } } } }\n");
    bad("unknown key of a ping", "streams: { ping: { evry: 5s } }\n");
    bad("text for a number", "version: many\n");
    bad("fraction", "version: 1.5\n");
    bad("quoted number", "candles: { limit: { max: \"500\" } }\n");
    bad("negative number", "candles: { limit: { max: -5 } }\n");
    bad("negative budget", "rate: { public: { limit: -1, per: 1s } }\n");
    bad("number too large", "candles: { rows: { width: 1000 } }\n");
    bad("text for yes or no", "candles: { range: { end: { inclusive: maybe } } }\n");
    bad("unknown style", "candles: { range: { style: windows } }\n");
    bad("unknown kind of rows", "candles: { rows: { kind: lists } }\n");
    bad("unknown unit", "candles: { range: { start: { unit: msec } } }\n");
    bad("unknown unit of a time", "candles: { fields: { time: [0, msec] } }\n");
    bad("unknown unit of volume", "candles: { volume_unit: coins }\n");
    bad("unknown timeframe", "candles: { frames: { 7m: 7 } }\n");
    bad("unknown method", "candles: { method: PUT }\n");
    bad("unknown empty word", "candles: { rows: { empty: nothing } }\n");
    bad("unknown anchor", "candles: { anchors: { 1w: someday } }\n");
    bad("length of time", "rate: { public: { limit: 1, per: 1 minute } }\n");
    bad("unit of a reset", "rate: { public: { limit: 1, per: 1s, reset: x-reset, reset_unit: us } }\n");
    bad("length of a ban", "errors: { banned_for: long }\n");
    bad("host without scheme", "host: api.example.com\n");
    bad("path without slash", "open_interest: { path: interest }\n");
    bad("unknown placeholder", "candles: { params: { s: \"{simbol}\" } }\n");
    bad("open brace", "candles: { params: { s: \"{symbol\" } }\n");
    bad("parameter without value", "candles: { params: { other: { when: since } } }\n");
    bad("http status", "errors: { http: { 200: banned } }\n");
    bad("http kind", "errors: { http: { 403: forbidden } }\n");
    bad("market of a base_url", "base_url: { futures: \"http://127.0.0.1\" }\n");
    bad("key of a block in an endpoint", "candles: { endpoints: [{ path: /a, fields: { open: 1 } }] }\n");
    bad("frames of a page", "candles: { page: { frames: { 1m: 1 } } }\n");
    bad("endpoints as a map", "candles: { endpoints: { path: /a } }\n");
    bad("calls as a map", "markets: { calls: { path: /m } }\n");
    bad("whose base_url", "markets: { calls: [{ path: /m, for: futures }] }\n");
    bad("slice", "markets: { calls: [{ path: /m, base: { path: b, slice: [1] } }] }\n");
    bad("list for a symbol", "symbols: { binance: { A/B: [x] } }\n");
    bad("tiers", "charge: { public: { by_limit: [[1, 2, 3]] } }\n");
    QStringList files = shippedFiles();
    for (auto each = m_bad.cbegin(); each != m_bad.cend(); ++each) {
        QFile file(m_folder.filePath(each.key() + QStringLiteral(".yaml")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(each.value());
        files << file.fileName();
    }
    m_verdicts = validated(files);
    QVERIFY2(m_verdicts || qEnvironmentVariable("CI") != QStringLiteral("true"), needed);
}

void TestSchema::shippedFilesAreValid()
{
    if (!m_verdicts)
        QSKIP(needed);
    for (const QString& file : shippedFiles()) {
        QVERIFY2(m_verdicts->contains(file), qPrintable(file));
        QVERIFY2(m_verdicts->value(file).isEmpty(), qPrintable(file + QStringLiteral(": ") + m_verdicts->value(file).join(u'\n')));
    }
}

void TestSchema::shippedFilesNameTheSchema()
{
    for (const QString& path : shippedFiles()) {
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray first = file.readLine().trimmed();
        QVERIFY2(first == "# yaml-language-server: $schema=exchange.schema.json",
            qPrintable(path + QStringLiteral(": the first line must be \"# yaml-language-server: $schema=exchange.schema.json\"")));
    }
}

void TestSchema::readerAndSchemaKnowTheSameKeys()
{
    std::set<const Json*> seen;
    QStringList wrong;
    Probe("rare", {{"rare", rareDescription()}}, seen, wrong).run();
    for (const char* id : {"bitget", "phemex", "bitfinex", "htx", "kraken"})
        Probe(id, {{id, readYamlFile((folder + u'/' + QString::fromLatin1(id) + QStringLiteral(".yaml")).toStdString()).value()}}, seen, wrong).run();
    const Node provider = readYamlFile((folder + QStringLiteral("/coinalyze.yaml")).toStdString()).value();
    Probe("provider", {{"provider", merged(provider, parseYaml("symbols: { binance: { A/B: { id: x } } }", "symbols").value())}}, seen, wrong).run();
    QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join(u'\n')));
    std::set<const Json*> all;
    countClosed(schema(), all);
    QVERIFY(all.size() > 25);
    for (const Json* each : all)
        QVERIFY2(seen.contains(each), ("no description has the map of the schema that begins with " + *keysOf(*each).begin() + ": "
                     + each->value("description", std::string())).c_str());
}

void TestSchema::badDescriptions_data()
{
    QTest::addColumn<QString>("name");
    for (auto each = m_bad.cbegin(); each != m_bad.cend(); ++each)
        QTest::newRow(qPrintable(each.key())) << each.key();
}

void TestSchema::badDescriptions()
{
    QFETCH(QString, name);
    Problems without, with;
    const Node good = rareDescription();
    (void)Catalogue::load({{"x", good}}, without);
    QVERIFY2(without.empty(), without.empty() ? "" : without.front().text().c_str());
    const Node bad = parseYaml(m_bad[name].toStdString(), "bad.yaml").value();
    (void)Catalogue::load({{"x", merged(good, bad)}}, with);
    QVERIFY2(!with.empty(), "the reader takes it");
    if (!m_verdicts)
        QSKIP(needed);
    QVERIFY2(!m_verdicts->value(m_folder.filePath(name + QStringLiteral(".yaml"))).isEmpty(), "the schema takes it");
}

QTEST_GUILESS_MAIN(TestSchema)
#include "tst_schema.moc"
