// What `catalogue check` says of shipped descriptions that somebody spoiled in one place: an error that names the line, or
// nothing where the file still means something, and then the kind of mutation says why.

#include <QDir>
#include <QTest>

#include <algorithm>
#include <array>
#include <fstream>
#include <functional>
#include <iterator>
#include <random>
#include <set>

#include "core/exchange/catalogue.h"
#include "places.h"

using namespace mnemo;

namespace {

constexpr unsigned seed = 20'260'401;
constexpr int wanted = 100;

using Lines = std::vector<std::string>;

struct File {
    std::string id, path;
    std::string text;
    Node node;
};

/// One value of a file that stands there as it is written (no alias, no merge).
struct Place {
    std::string path; ///< "spot.candles.limit.max"; elements of lists are "[]"
    std::string key;
    const Node* node = nullptr;
    const Node* parent = nullptr;
    Mark keyMark;
    bool isInList = false;
};

struct Mutation {
    std::string text;
    int line = 0; ///< where the mistake is
    std::string mention; ///< the error may as well stand where this word does: what refers to it
};

std::string readText(const std::string& path)
{
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

const std::map<std::string, File>& files()
{
    static const std::map<std::string, File> all = [] {
        std::map<std::string, File> read;
        const QDir folder(QStringLiteral(MNEMO_SOURCE_DIR "/config/exchanges"));
        for (const QString& name : folder.entryList({QStringLiteral("*.yaml")}, QDir::Files)) {
            const std::string path = folder.filePath(name).toStdString();
            const std::string id = name.chopped(5).toStdString();
            read[id] = {id, path, readText(path), readYamlFile(path).value()};
        }
        return read;
    }();
    return all;
}

std::size_t offsetOf(const std::string& text, const Mark& mark)
{
    std::size_t at = 0;
    for (int line = 1; line < mark.line; ++line)
        at = text.find('\n', at) + 1;
    return at + static_cast<std::size_t>(mark.column - 1);
}

/// How a scalar is written at its place; empty where something else stands there.
std::string written(const File& file, const Mark& mark, const std::string& scalar)
{
    if (mark.line <= 0)
        return {};
    const std::size_t at = offsetOf(file.text, mark);
    for (const std::string& form : {scalar, "\"" + scalar + "\"", "'" + scalar + "'"})
        if (!scalar.empty() && file.text.compare(at, form.size(), form) == 0)
            return form;
    return {};
}

void collect(const File& file, const Node& node, const std::string& path, std::vector<Place>& places)
{
    for (std::size_t i = 0; i < node.map.size(); ++i) {
        const auto& [key, value] = node.map[i];
        if (written(file, node.keyMarks[i], key) != key)
            continue;
        const std::string at = path.empty() ? key : path + "." + key;
        places.push_back({at, key, &value, &node, node.keyMarks[i], false});
        collect(file, value, at, places);
    }
    for (const Node& element : node.list) {
        places.push_back({path + ".[]", {}, &element, &node, element.mark, true});
        collect(file, element, path + ".[]", places);
    }
}

/// Where an alias is copied to, its places are met twice.
std::vector<Place> placesOf(const File& file)
{
    std::vector<Place> all, once;
    collect(file, file.node, {}, all);
    std::set<std::pair<int, int>> seen;
    for (Place& place : all)
        if (seen.insert({place.keyMark.line, place.keyMark.column}).second)
            once.push_back(std::move(place));
    return once;
}

/// Whether the map stands in braces.
bool isFlow(const File& file, const Node& map)
{
    const std::size_t at = map.mark.line > 0 ? offsetOf(file.text, map.mark) : std::string::npos;
    return at >= file.text.size() || file.text[at] == '{';
}

std::string replaced(const std::string& text, std::size_t at, std::size_t length, const std::string& by)
{
    return text.substr(0, at) + by + text.substr(at + length);
}

std::string lastOf(const std::string& path, int back = 0)
{
    std::string rest = path;
    while (back-- > 0)
        rest = rest.substr(0, rest.rfind('.') == std::string::npos ? 0 : rest.rfind('.'));
    return rest.substr(rest.rfind('.') == std::string::npos ? 0 : rest.rfind('.') + 1);
}

bool isOneOf(const std::string& word, std::initializer_list<const char*> words)
{
    return std::find(words.begin(), words.end(), word) != words.end();
}

bool isScalar(const Place& place)
{
    return place.node->type == Node::Type::Scalar;
}

/// A part of a message of streams, which is sent as it stands, whatever JSON it is.
bool isSent(const Place& place)
{
    return std::ranges::any_of(std::array {"streams.subscribe.", "streams.unsubscribe.", "streams.ping.send."},
        [&](const char* message) { return place.path.find(message) != std::string::npos; });
}

/// Maps whose keys are the describer's own words: names of parameters, budgets, tables, codes, paths.
bool isFree(const Place& place)
{
    const std::string map = lastOf(place.path, 1);
    const bool isErrorWhen = place.path.rfind("errors.when.", 0) == 0;
    return isErrorWhen || isSent(place) || place.path.rfind("tables.", 0) == 0 || place.path.find(".body.") != std::string::npos
        || isOneOf(map, {"params", "headers", "charge", "rate", "currencies", "known", "words", "only", "skip", "all"})
        || (lastOf(place.path, 2) == "frames");
}

using Mutate = std::function<std::optional<Mutation>(const File&, const Place&, std::mt19937&)>;

struct MutationKind {
    const char* name;
    Mutate mutate;
    /// Why no error is right, for what this kind may leave meaningful; null: an error in every case.
    const char* harmless = nullptr;
    std::function<bool(const File&, const Place&)> isHarmless = {};
    int count = 10; ///< files to spoil this way
};

std::optional<Mutation> withValue(const File& file, const Place& place, const std::string& by)
{
    const std::string form = isScalar(place) ? written(file, place.node->mark, place.node->scalar) : std::string();
    if (form.empty() || form == by)
        return std::nullopt;
    return Mutation {replaced(file.text, offsetOf(file.text, place.node->mark), form.size(), by), place.node->mark.line, {}};
}

/// The key of a block map with all that is below it, or "key: word" in braces.
std::optional<Mutation> withoutKey(const File& file, const Place& place, std::mt19937&)
{
    if (place.isInList)
        return std::nullopt;
    const std::size_t at = offsetOf(file.text, place.keyMark);
    const std::size_t lineStart = at - static_cast<std::size_t>(place.keyMark.column - 1);
    const bool isBlock = !isFlow(file, *place.parent) && file.text.find_first_not_of(' ', lineStart) == at;
    std::string text;
    if (isBlock) {
        std::size_t end = file.text.find('\n', at) + 1;
        while (end < file.text.size()) {
            const std::size_t first = file.text.find_first_not_of(' ', end);
            if (first == std::string::npos || (file.text[first] != '\n' && first - end < static_cast<std::size_t>(place.keyMark.column)))
                break;
            end = file.text.find('\n', end) + 1;
        }
        text = replaced(file.text, lineStart, end - lineStart, {});
    } else {
        const std::string value = isScalar(place) ? written(file, place.node->mark, place.node->scalar) : std::string();
        if (value.empty())
            return std::nullopt;
        std::size_t end = offsetOf(file.text, place.node->mark) + value.size();
        if (file.text[end] == ',')
            end = file.text.find_first_not_of(" \n", end + 1);
        text = replaced(file.text, at, end - at, {});
    }
    const int line = place.parent->mark.line;
    return Mutation {text, line, place.key};
}

std::optional<Mutation> misspelledKey(const File& file, const Place& place, std::mt19937& random)
{
    if (place.isInList || isFree(place))
        return std::nullopt;
    std::string key = place.key;
    const std::size_t i = random() % key.size();
    key.insert(i, 1, key[i]); // a letter twice
    return Mutation {replaced(file.text, offsetOf(file.text, place.keyMark), place.key.size(), key), place.keyMark.line, {}};
}

std::optional<Mutation> doubledKey(const File& file, const Place& place, std::mt19937&)
{
    const std::size_t at = place.isInList ? 0 : offsetOf(file.text, place.keyMark);
    const std::size_t lineStart = place.isInList ? 0 : at - static_cast<std::size_t>(place.keyMark.column - 1);
    if (place.isInList || isFlow(file, *place.parent) || file.text.find_first_not_of(' ', lineStart) != at)
        return std::nullopt;
    return Mutation {replaced(file.text, lineStart, 0, file.text.substr(lineStart, at - lineStart) + place.key + ": null\n"),
        place.keyMark.line + 1, {}};
}

/// A formula's place, not a column's or a parameter's.
bool isFormula(const Place& place)
{
    const bool isKey = isOneOf(lastOf(place.path), {"value", "page", "send"}) && isOneOf(lastOf(place.path, 1), {"start", "end", "limit"});
    const bool isElement = place.isInList && isOneOf(lastOf(place.path, 1), {"value", "page", "send"}) && isOneOf(lastOf(place.path, 2), {"start", "end", "limit"});
    return (isKey || isElement) && isScalar(place) && place.path.find("params") == std::string::npos && place.path.find("body") == std::string::npos;
}

bool isTemplate(const Place& place)
{
    return isScalar(place) && place.node->scalar.find('{') != std::string::npos && place.node->scalar.find('}') != std::string::npos;
}

/// Whether the file means something without this key. What must be said may be said elsewhere: for all market types, by
/// the exchange that this one is like.
bool isDispensable(const File& file, const Place& place)
{
    const std::string map = lastOf(place.path, 1);
    if (isFree(place))
        return true;
    const bool isNeeded = isOneOf(place.key, {"fields", "range", "frames", "time", "open", "high", "low", "close", "volume", "at", "host", "path", "url", "base", "quote", "market", "rows", "limit", "max", "max_rows"})
        || (place.key == "per" && lastOf(place.path, 2) == "rate");
    if (!isNeeded)
        return true;
    const auto all = placesOf(file);
    const bool isSaidTwice = std::count_if(all.begin(), all.end(), [&](const Place& other) { return other.key == place.key; }) > 1;
    const bool isInherited = file.text.find("\nlike:") != std::string::npos || file.text.find("<<:") != std::string::npos;
    const bool hasDefault = isOneOf(place.key, {"rows", "max", "limit", "max_rows"}) && lastOf(place.path, 2) != "rate";
    return isSaidTwice || isInherited || hasDefault || isOneOf(map, {"page", "oldest", "markets", "lists"});
}

const std::vector<MutationKind>& mutationKinds()
{
    static const std::vector<MutationKind> all {
        {"drop a key", withoutKey, "the key has a default, is inherited, or is one of several (a parameter, a timeframe, a word, a market type)", isDispensable, 60},
        {"misspell a key", misspelledKey},
        {"a list for a word",
            [](const File& file, const Place& place, std::mt19937&) -> std::optional<Mutation> {
                const bool mayBeAnything = place.path.find("body") != std::string::npos || isSent(place);
                return place.isInList || mayBeAnything ? std::nullopt : withValue(file, place, "[[1], {a: b}]");
            }},
        {"a word for a map",
            [](const File& file, const Place& place, std::mt19937&) -> std::optional<Mutation> {
                if (place.isInList || place.node->type != Node::Type::Map || place.node->mark.line != place.keyMark.line)
                    return std::nullopt;
                const std::size_t at = offsetOf(file.text, place.node->mark);
                const std::size_t end = file.text.find('\n', at);
                const std::string line = file.text.substr(at, end - at);
                const auto close = line.rfind('}');
                if (line.empty() || line[0] != '{' || close == std::string::npos || std::count(line.begin(), line.end(), '{') != std::count(line.begin(), line.end(), '}'))
                    return std::nullopt;
                if (line.find_first_of("}") != close && line.find("\"") == std::string::npos)
                    return std::nullopt;
                return Mutation {replaced(file.text, at, close + 1, "nonsense"), place.keyMark.line, {}};
            },
            "a field of a market list may be a path, a parameter or part of a body a word",
            [](const File&, const Place& place) { return place.path.rfind("markets.", 0) == 0 || lastOf(place.path, 1) == "params" || place.path.find("body") != std::string::npos; }},
        {"a word for a number",
            [](const File& file, const Place& place, std::mt19937&) -> std::optional<Mutation> {
                const bool isNumber = isOneOf(place.key, {"version", "max", "default", "max_rows", "retention_rows", "per_rows", "width", "part", "open", "high", "low", "close", "volume"})
                    && isScalar(place) && !place.node->isQuoted && place.node->scalar.find_first_not_of("0123456789") == std::string::npos;
                return isNumber && place.path.find("params") == std::string::npos ? withValue(file, place, "many") : std::nullopt;
            }},
        {"a negative number",
            [](const File& file, const Place& place, std::mt19937&) -> std::optional<Mutation> {
                const bool isCount = isOneOf(place.key, {"version", "max", "default", "max_rows", "retention_rows", "per_rows", "width", "part"})
                    || (place.key == "limit" && lastOf(place.path, 2) == "rate") || lastOf(place.path, 1) == "charge";
                const bool isNumber = isScalar(place) && !place.node->scalar.empty() && place.node->scalar.find_first_not_of("0123456789") == std::string::npos;
                const bool isZero = place.node->scalar.find_first_not_of('0') == std::string::npos; // -0 is 0
                return isCount && isNumber && !isZero ? withValue(file, place, "-" + place.node->scalar) : std::nullopt;
            }},
        {"a bad formula",
            [](const File& file, const Place& place, std::mt19937& random) -> std::optional<Mutation> {
                static const std::vector<std::string> bad {"\"sinse + step\"", "\"since +\"", "\"min(since, now\"", "\"since * * 2\"", "\"now when sometimes\"", "\"1 fortnight\""};
                return isFormula(place) ? withValue(file, place, bad[random() % bad.size()]) : std::nullopt;
            }},
        {"a bad unit of time",
            [](const File& file, const Place& place, std::mt19937&) -> std::optional<Mutation> {
                const bool isUnit = (place.key == "unit" && isOneOf(lastOf(place.path, 1), {"start", "end", "time"})) || place.key == "time_unit"
                    || (place.isInList && lastOf(place.path, 1) == "time" && isOneOf(place.node->scalar, {"ms", "s", "us", "ns", "iso"}));
                return isUnit ? withValue(file, place, "msec") : std::nullopt;
            }},
        {"a bad length of time",
            [](const File& file, const Place& place, std::mt19937&) -> std::optional<Mutation> {
                return isOneOf(place.key, {"per", "max_span", "retention_age"}) ? withValue(file, place, "1 minute") : std::nullopt;
            }},
        {"a bad timeframe",
            [](const File& file, const Place& place, std::mt19937&) -> std::optional<Mutation> {
                if (place.isInList || !isOneOf(lastOf(place.path, 1), {"frames", "anchors", "older_than"}))
                    return std::nullopt;
                return Mutation {replaced(file.text, offsetOf(file.text, place.keyMark), place.key.size(), "7x"), place.keyMark.line, {}};
            }},
        {"a bad word of several",
            [](const File& file, const Place& place, std::mt19937&) -> std::optional<Mutation> {
                const bool isEnum = isOneOf(place.key, {"style", "keeps", "kind", "order", "volume_unit", "for", "method"})
                    || (place.key == "value" && lastOf(place.path, 1) == "market") || (lastOf(place.path, 1) == "http")
                    || (isOneOf(lastOf(place.path, 1), {"anchors"}) && !place.isInList);
                return isEnum && !isFree(place) ? withValue(file, place, "somehow") : std::nullopt;
            }},
        {"an unknown placeholder",
            [](const File& file, const Place& place, std::mt19937&) -> std::optional<Mutation> {
                if (!isTemplate(place))
                    return std::nullopt;
                std::string text = place.node->scalar;
                text.insert(text.find('{') + 1, "x");
                return withValue(file, place, "\"" + text + "\"");
            }},
        {"an open brace",
            [](const File& file, const Place& place, std::mt19937&) -> std::optional<Mutation> {
                if (!isTemplate(place))
                    return std::nullopt;
                std::string text = place.node->scalar;
                text.erase(text.rfind('}'), 1);
                return withValue(file, place, "\"" + text + "\"");
            }},
        {"a missing column",
            [](const File& file, const Place& place, std::mt19937& random) -> std::optional<Mutation> {
                if (lastOf(place.path, 1) != "fields" || !isOneOf(place.key, {"open", "high", "low", "close", "volume"}) || lastOf(place.path, 2) == "page"
                    || place.path.find("open_interest") != std::string::npos)
                    return std::nullopt;
                return withoutKey(file, place, random);
            },
            "every market type says the column itself", isDispensable},
        {"two fields of one column",
            [](const File& file, const Place& place, std::mt19937&) -> std::optional<Mutation> {
                const Node* high = lastOf(place.path, 1) == "fields" && place.key == "low" ? place.parent->find("high") : nullptr;
                return high != nullptr && high->type == Node::Type::Scalar ? withValue(file, place, high->scalar) : std::nullopt;
            }},
        {"a key twice", doubledKey},
        {"an unknown budget",
            [](const File& file, const Place& place, std::mt19937&) -> std::optional<Mutation> {
                if (place.isInList || lastOf(place.path, 1) != "charge" || place.node->isNull())
                    return std::nullopt;
                return Mutation {replaced(file.text, offsetOf(file.text, place.keyMark), place.key.size(), "piblic"), place.keyMark.line, {}};
            }},
        {"an unknown parent",
            [](const File& file, const Place& place, std::mt19937&) -> std::optional<Mutation> {
                return place.key == "like" ? withValue(file, place, "nobody") : std::nullopt;
            }},
        {"no address",
            [](const File& file, const Place& place, std::mt19937&) -> std::optional<Mutation> {
                return isOneOf(place.key, {"host", "url"}) ? withValue(file, place, "api.example.com") : std::nullopt;
            }},
        {"a lost bracket",
            [](const File& file, const Place& place, std::mt19937&) -> std::optional<Mutation> {
                const std::size_t at = place.node->mark.line > 0 ? offsetOf(file.text, place.node->mark) : std::string::npos;
                if (at == std::string::npos || at >= file.text.size() || (file.text[at] != '[' && file.text[at] != '{'))
                    return std::nullopt;
                return Mutation {replaced(file.text, at, 1, {}), place.node->mark.line, "\n"}; // where YAML stumbles is near
            }},
        {"a bracket left open",
            [](const File& file, const Place& place, std::mt19937&) -> std::optional<Mutation> {
                const std::size_t at = place.node->mark.line > 0 ? offsetOf(file.text, place.node->mark) : std::string::npos;
                const std::size_t end = at < file.text.size() ? file.text.find('\n', at) : std::string::npos;
                if (place.isInList || end == std::string::npos || file.text[at] != '{' || file.text[end - 1] != '}')
                    return std::nullopt;
                return Mutation {replaced(file.text, end - 1, 1, {}), place.node->mark.line, "\n"};
            }},
        {"a tab",
            [](const File& file, const Place& place, std::mt19937&) -> std::optional<Mutation> {
                const std::size_t at = offsetOf(file.text, place.keyMark);
                if (place.isInList || place.keyMark.column < 3 || isFlow(file, *place.parent) || file.text.find_first_not_of(' ', at - static_cast<std::size_t>(place.keyMark.column - 1)) != at)
                    return std::nullopt;
                return Mutation {replaced(file.text, at - 2, 2, "\t"), place.keyMark.line, {}};
            }},
    };
    return all;
}

/// What a description inherits from.
void addParents(const Node& node, std::map<std::string, Node>& descriptions)
{
    for (const char* path : {"like", "spot.like", "linear.like", "inverse.like"}) {
        const Node* like = node.at(path);
        const std::string id = like != nullptr ? like->scalar.substr(0, like->scalar.find('.')) : std::string();
        const auto parent = files().find(id);
        if (parent != files().end() && descriptions.emplace(id, parent->second.node).second)
            addParents(parent->second.node, descriptions);
    }
}

/// As `catalogue check FILE` finds them: the file among those that it needs.
Problems problemsOf(const File& file, const std::string& text)
{
    Problems problems;
    const auto node = parseYaml(text, file.path, problems);
    if (!node)
        return problems;
    std::map<std::string, Node> descriptions;
    addParents(file.node, descriptions);
    descriptions[file.id] = *node;
    (void)Catalogue::load(descriptions, problems);
    const std::string path = "exchanges." + file.id;
    std::erase_if(problems, [&](const Problem& problem) { return problem.path != path && problem.path.rfind(path + ".", 0) != 0; });
    return problems;
}

/// The lines on which an error is right: the mistake's own, and those of what refers to it.
std::set<int> rightLines(const File& file, const Place& place, const Mutation& mutation)
{
    std::set<int> lines {mutation.line};
    if (mutation.mention.empty())
        return lines;
    const std::string mention = mutation.mention == "rate" ? "charge" : mutation.mention == "host" ? "path" : mutation.mention == "method" ? "body" : mutation.mention;
    const bool isAnchor = std::count(file.text.begin(), file.text.end(), '&') > std::count(mutation.text.begin(), mutation.text.end(), '&');
    const bool isParam = isOneOf(lastOf(place.path, 1), {"params", "range"});
    if (place.parent->map.size() == 1) // nothing is left of the map, which says that there is none
        lines.insert(file.node.mark.line);
    std::istringstream text(mutation.text);
    std::string line;
    for (int number = 1; std::getline(text, line); ++number)
        if (mutation.mention == "\n" ? number >= mutation.line - 1 && number <= mutation.line + 3 : line.find(mention) != std::string::npos || (isAnchor && line.find('*') != std::string::npos)
            || (isParam && line.find("params") != std::string::npos))
            lines.insert({number, mention == "body" ? number + 1 : number});
    if (mutation.mention == "\n") {
        lines.insert(mutation.line + 1); // beyond the last one
        return lines;
    }
    for (const char* path : {"candles.fields", "open_interest.fields", "funding.fields", "trades.fields", "candles.params", "trades.params"}) // what rows.kind or a frame's parts decide
        if (const Node* block = file.node.at(path))
            for (int i = -1; i <= 1; ++i)
                lines.insert(block->mark.line + i);
    // what all market types share is missed where one of them is described
    Problems ignored;
    const auto node = parseYaml(mutation.text, file.path, ignored);
    for (const char* market : {"spot", "linear", "inverse"})
        for (const char* path : {"", ".candles", ".open_interest", ".candles.fields", ".open_interest.fields", ".candles.range", ".candles.params", ".trades", ".trades.fields"})
            if (const Node* block = node ? node->at(market + std::string(path)) : nullptr; block != nullptr && place.path.rfind("markets", 0) != 0)
                lines.insert(block->mark.line);
    for (const char* path : {"candles", "open_interest", "trades", "markets"})
        if (const Node* block = node ? node->at(path) : nullptr; block != nullptr) {
            lines.insert(block->mark.line);
            if (const Node* calls = block->find("calls"))
                for (const Node& call : calls->list) {
                    lines.insert(call.mark.line);
                    if (const Node* own = call.find("lists"))
                        for (const Node& list : own->list)
                            lines.insert(list.mark.line);
                }
        }
    return lines;
}

} // namespace

class TestMutations : public QObject {
    Q_OBJECT

private slots:
    void spoiledFiles_data();
    void spoiledFiles();
    void unspoiledFiles();
    void enoughKindsFindAPlace();

private:
    struct Row {
        const MutationKind* kind;
        const File* file;
        Place place;
        Mutation mutation;
    };
    std::vector<Row> m_rows;
    std::map<std::string, int> m_perKind;
};

void TestMutations::spoiledFiles_data()
{
    QTest::addColumn<int>("index");
    m_rows.clear();
    m_perKind.clear();
    std::mt19937 random(qEnvironmentVariableIntValue("MNEMO_SEED") > 0 ? static_cast<unsigned>(qEnvironmentVariableIntValue("MNEMO_SEED")) : seed);
    std::vector<const File*> order;
    for (const auto& [id, file] : files())
        order.push_back(&file);
    for (const MutationKind& kind : mutationKinds()) {
        std::shuffle(order.begin(), order.end(), random);
        for (const File* file : order) {
            if (m_perKind[kind.name] == kind.count)
                break;
            auto places = placesOf(*file);
            std::shuffle(places.begin(), places.end(), random);
            for (const Place& place : places) {
                const auto mutation = kind.mutate(*file, place, random);
                if (!mutation)
                    continue;
                ++m_perKind[kind.name];
                m_rows.push_back({&kind, file, place, *mutation});
                QTest::addRow("%s: %s %s:%d", kind.name, place.path.c_str(), file->id.c_str(), mutation->line) << static_cast<int>(m_rows.size()) - 1;
                break;
            }
        }
    }
}

void TestMutations::spoiledFiles()
{
    QFETCH(int, index);
    const Row& row = m_rows.at(static_cast<std::size_t>(index));
    const Problems problems = problemsOf(*row.file, row.mutation.text);
    std::string said;
    for (const Problem& problem : problems)
        said += problem.text() + "\n";
    if (problems.empty()) {
        QVERIFY2(row.kind->harmless != nullptr && row.kind->isHarmless(*row.file, row.place), "no error");
        return;
    }
    const auto right = rightLines(*row.file, row.place, row.mutation);
    const bool isRight = std::any_of(problems.begin(), problems.end(), [&](const Problem& problem) {
        const bool isHere = problem.mark.file && *problem.mark.file == row.file->path && right.contains(problem.mark.line);
        // what an exchange no longer takes away from the one that it is like is wrong where that one says it
        const bool isInherited = problem.mark.file && *problem.mark.file != row.file->path && row.file->node.find("like") != nullptr && !row.mutation.mention.empty();
        const bool isNamed = problem.message.find("bracket of line " + std::to_string(row.mutation.line) + " is still open") != std::string::npos;
        return (isHere || isInherited || isNamed) && problem.mark.column > 0 && !problem.message.empty();
    });
    QVERIFY2(isRight, said.c_str());
}

void TestMutations::unspoiledFiles()
{
    for (const char* id : {"binance", "kraken", "binanceusdm"}) {
        const File& file = files().at(id);
        const Problems problems = problemsOf(file, file.text);
        QVERIFY2(problems.empty(), problems.empty() ? "" : problems.front().text().c_str());
    }
}

void TestMutations::enoughKindsFindAPlace()
{
    QVERIFY2(m_rows.size() >= wanted, qPrintable(QString::number(m_rows.size())));
    for (const MutationKind& kind : mutationKinds())
        QVERIFY2(m_perKind[kind.name] >= 3, kind.name);
}

QTEST_APPLESS_MAIN(TestMutations)
#include "tst_mutations.moc"
