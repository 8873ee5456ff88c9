#include "core/config/settings.h"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <optional>

#include "core/base/decimal.h"
#include "core/config/layers.h"
#include "core/config/mapreader.h"
#include "core/config/secrets.h"
#include "core/config/settingsfields.h"
#include "core/market/instrument.h"
#include "core/market/timeframe.h"

namespace mnemo {

namespace {

/// Reads one layer's section; what is absent or wrong keeps the lower layer's value.
class FieldReader {
public:
    explicit FieldReader(MapReader& reader)
        : m_reader(reader)
    {
    }

    template<class T, class Bound>
    void field(const char* key, T& target, Bound min, Bound max)
    {
        m_reader.read(key, target, static_cast<T>(min), static_cast<T>(max));
    }
    void field(const char* key, milliseconds& target, milliseconds min, milliseconds max)
    {
        m_reader.read(key, target, min, max);
    }
    void field(const char* key, std::string& target) { m_reader.read(key, target); }
    void field(const char* key, bool& target) { m_reader.read(key, target); }

    void word(const char* key, std::string& target, std::initializer_list<const char*> words)
    {
        std::vector<std::pair<std::string, std::string>> pairs;
        for (const char* word : words)
            pairs.emplace_back(word, word);
        m_reader.readEnum(key, target, pairs);
    }

    template<class IsValid>
    void text(const char* key, std::string& target, IsValid&& isValid, const char* expected)
    {
        std::string value = target;
        m_reader.read(key, value);
        if (isValid(value))
            target = std::move(value);
        else
            m_reader.problem(key, std::string("expected ") + expected);
    }

    void url(const char* key, std::string& target)
    {
        std::string value = target;
        m_reader.read(key, value);
        if (value.find(":***@") != std::string::npos)
            m_reader.problem(key,
                "the password was left out when this was written; put it into the environment and write ${NAME} here");
        else
            target = std::move(value);
    }

    void require(bool condition, const char* key, const char* message)
    {
        if (condition)
            return;
        m_reader.problem(key, message);
        m_isConsistent = false;
    }

    bool isConsistent() const { return m_isConsistent; }

private:
    MapReader& m_reader;
    bool m_isConsistent = true;
};

template<class Section>
void readSection(MapReader& root, const char* name, Section& target)
{
    root.readMap(name, [&](MapReader& reader) {
        Section next = target;
        FieldReader fields(reader);
        visitFields(fields, next);
        if (fields.isConsistent())
            target = std::move(next);
    });
}

std::vector<std::string> timeframeNames()
{
    std::vector<std::string> names;
    for (const Timeframe frame : Timeframe::all())
        names.emplace_back(frame.name());
    return names;
}

/// Where an exchange is named in assets, to be looked up when all layers are known.
struct Mention {
    std::string exchange;
    Mark mark;
    std::string path;
};

/// Reads assets.universe of one layer. A wrong element of a list is left out alone.
class UniverseReader {
public:
    explicit UniverseReader(Problems& problems)
        : m_problems(problems)
    {
    }

    /// Nothing where the layer says nothing about it.
    std::optional<std::vector<UniverseEntry>> read(const Node* node, const std::string& path)
    {
        if (!node || node->isNull())
            return std::nullopt;
        if (node->type != Node::Type::List) {
            m_problems.push_back(
                {node->mark, path, "expected a list of entries with exchanges, markets, symbols and timeframes", {}});
            return std::nullopt;
        }
        std::vector<UniverseEntry> entries;
        for (std::size_t i = 0; i < node->list.size(); ++i) {
            if (auto entry = readEntry(node->list[i], path + '[' + std::to_string(i) + ']'))
                entries.push_back(std::move(*entry));
        }
        return entries;
    }

    std::vector<Mention> mentions;

private:
    std::optional<UniverseEntry> readEntry(const Node& node, const std::string& path)
    {
        if (node.type != Node::Type::Map) {
            m_problems.push_back(
                {node.mark, path, "expected a map with exchanges, markets, symbols and timeframes", {}});
            return std::nullopt;
        }
        MapReader reader(&node, path, m_problems);
        UniverseEntry entry;
        const std::size_t before = mentions.size();
        bool complete =
            readList(reader, "exchanges", entry.exchanges, [this](const Node& element, const std::string& at) {
                mentions.push_back({element.scalar, element.mark, at});
                return true;
            });
        readList(reader, "markets", entry.markets, words({"spot", "linear", "inverse"}), false);
        complete &= readList(reader, "symbols", entry.symbols, [this](const Node& element, const std::string& at) {
            return parseSymbol(element.scalar)
                || refuse(element, at, "expected a symbol as BTC/USDT or BTC/USDT:USDT, found ", {});
        });
        complete &= readList(reader, "timeframes", entry.timeframes, words(timeframeNames()));
        readList(reader, "kinds", entry.kinds, words(seriesKindNames()), false);
        if (const Node* sources = reader.node("sources"); sources && !sources->isNull())
            mentions.resize(before); // whether a source knows an exchange only it can tell
        complete &= readList(reader, "sources", entry.sources, [this](const Node& element, const std::string& at) {
            mentions.push_back({element.scalar, element.mark, at});
            return true;
        }, false);
        reader.finish();
        return complete ? std::optional(entry) : std::nullopt;
    }

    bool refuse(const Node& element, const std::string& path, std::string expected, std::string nearest)
    {
        m_problems.push_back({element.mark, path,
            std::move(expected) + (element.source.empty() ? yamlQuoted(element.scalar.substr(0, 40)) : element.source),
            std::move(nearest)});
        return false;
    }

    using Check = std::function<bool(const Node&, const std::string&)>;
    Check words(std::vector<std::string> known)
    {
        return [this, known = std::move(known)](const Node& element, const std::string& path) {
            if (std::ranges::find(known, element.scalar) != known.end())
                return true;
            std::string list;
            for (const std::string& word : known)
                list += (list.empty() ? "" : ", ") + word;
            return refuse(element, path, "expected one of " + list + ", found ", nearestOf(element.scalar, known));
        };
    }

    /// False where nothing usable is there.
    bool readList(
        MapReader& reader, const char* key, std::vector<std::string>& target, const Check& check, bool isNeeded = true)
    {
        const Node* node = reader.node(key);
        const std::string path = reader.path() + '.' + key;
        if (!node || node->isNull() || (node->type == Node::Type::List && node->list.empty())) {
            if (isNeeded)
                reader.problem(key, "at least one is needed");
            return !isNeeded;
        }
        std::vector<std::string> all;
        reader.read(key, all); // says what is no text
        if (node->type == Node::Type::Scalar && check(*node, path))
            target.push_back(node->scalar);
        for (std::size_t i = 0; i < node->list.size(); ++i) {
            const Node& element = node->list[i];
            if (element.type == Node::Type::Scalar && check(element, path + '[' + std::to_string(i) + ']'))
                target.push_back(element.scalar);
        }
        return !target.empty();
    }

    Problems& m_problems;
};

/// Reads the limits that an entry of compare.pairs states; the others stay unset.
class OverrideReader {
public:
    OverrideReader(MapReader& reader, ComparePair& pair)
        : m_reader(reader)
        , m_targets {{"close_bp", &pair.closeBp}, {"ohl_bp", &pair.ohlBp}, {"range_share", &pair.rangeShare},
              {"basis_bp", &pair.basisBp}, {"volume_factor", &pair.volumeFactor},
              {"interest_percent", &pair.interestPercent}}
        , m_missingBars(pair.missingBars)
    {
    }
    void field(const char* key, double& /*limit*/, double min, double max)
    {
        read(key, *m_targets.at(key), min, max);
    }
    void field(const char* key, int& /*limit*/, int min, int max) { read(key, m_missingBars, min, max); }

private:
    template<class T>
    void read(const char* key, std::optional<T>& target, T min, T max)
    {
        T value = min - 1; // what was refused stays so
        m_reader.read(key, value, min, max);
        if (value >= min)
            target = value;
    }

    MapReader& m_reader;
    std::map<std::string, std::optional<double>*, std::less<>> m_targets;
    std::optional<int>& m_missingBars;
};

/// Entries that are no map are left out.
std::vector<ComparePair> readPairs(MapReader& compare, Problems& problems)
{
    std::vector<ComparePair> pairs;
    const std::vector<Node>& list = compare.readList("pairs", "a list of maps with between, markets, symbols and limits");
    for (std::size_t i = 0; i < list.size(); ++i) {
        const std::string path = compare.path() + ".pairs[" + std::to_string(i) + ']';
        if (list[i].type != Node::Type::Map) {
            problems.push_back({list[i].mark, path, "expected a map with between, markets, symbols and limits", {}});
            continue;
        }
        MapReader reader(&list[i], path, problems);
        ComparePair pair;
        reader.read("between", pair.between);
        reader.read("markets", pair.markets);
        for (const std::string& market : pair.markets) {
            if (!marketTypeFromText(market))
                reader.problem("markets", "expected spot, linear or inverse, found " + yamlQuoted(market),
                    nearestOf(market, std::vector<std::string> {"spot", "linear", "inverse"}));
        }
        reader.read("symbols", pair.symbols);
        OverrideReader overrides(reader, pair);
        CompareLimits limits;
        visitFields(overrides, limits);
        reader.finish();
        pairs.push_back(std::move(pair));
    }
    return pairs;
}

void readCompare(MapReader& quality, CompareSettings& target, Problems& problems)
{
    quality.readMap("compare", [&](MapReader& reader) {
        CompareSettings next = target;
        FieldReader fields(reader);
        visitFields(fields, next);
        if (!fields.isConsistent()) // each may be right by itself
            next = target;
        readSection(reader, "venues", next.venues);
        readSection(reader, "sources", next.sources);
        if (reader.has("pairs"))
            next.pairs = readPairs(reader, problems);
        target = std::move(next);
    });
}

void readPipeline(MapReader& root, PipelineSettings& target)
{
    constexpr int mostSlots = 1000;
    root.readMap("pipeline", [&](MapReader& reader) {
        reader.read("shell", target.shell);
        reader.read("keep_runs", target.keepRuns, milliseconds {0}, std::chrono::hours {24 * 366 * 100});
        const Node* given = reader.node("pools");
        reader.readMap("pools", [&](MapReader& pools) {
            for (const auto& [name, slots] : given ? given->map : std::vector<Node::Member> {}) {
                int& size = target.pools.try_emplace(name, target.pools["default"]).first->second;
                pools.read(name, size, 1, mostSlots);
            }
        });
    });
}

bool isExchangeId(const std::string& id)
{
    return !id.empty() && id.size() <= 64 && std::ranges::all_of(id, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    });
}

constexpr std::array ruleKeys {"rules", "overrides"};

/// A layer may give one address for all markets or one for each: both forms become the map, so that layers merge.
void normaliseAddresses(Node& exchange)
{
    for (const char* key : {"base_url", "ws_url", "archive_url"}) {
        Node* address = exchange.find(key);
        if (!address || address->type != Node::Type::Scalar)
            continue;
        Node map;
        map.mark = address->mark;
        map.insert("all", std::move(*address), map.mark);
        *address = std::move(map);
    }
}

class SettingsReader {
public:
    SettingsReader(const ConfigSources& sources, bool readsExchanges)
        : m_sources(sources)
        , m_readsExchanges(readsExchanges)
        , m_universe(m_loaded.problems)
    {
    }

    LoadedSettings read()
    {
        m_loaded.fingerprint = fingerprintOf(configFiles(m_sources));
        Layers layers = readLayers(m_sources, sections(), m_readsExchanges ? "" : "exchanges", m_loaded.problems);
        m_loaded.files = std::move(layers.files);
        Layer arguments {Layer::Origin::Argument, {}};
        for (Layer& layer : layers.list) {
            readExchanges(layer);
            takeSection(layer, "dags", m_loaded.settings.dags, "expected a map: each file has a name of its own");
            for (const char* name : {"outages", "annotations"})
                takeEntries(layer, name);
            readRules(layer);
            takeSection(layer, "alerts", m_loaded.settings.alerts, "expected a map with rules and channels");
            if (layer.tree.map.empty()) // all taken: so it is with each file of pipelines
                continue;
            if (layer.origin == Layer::Origin::File)
                readTree(layer.tree);
            else // variables and arguments are one layer each for checks that compare two keys
                m_last[layer.origin] = merged(std::move(m_last[layer.origin]), layer.tree);
        }
        readTree(m_last[Layer::Origin::Environment]);
        readTree(m_last[Layer::Origin::Argument]);
        checkMentions();
        m_loaded.settings.outages = readOutages(m_entries["outages"], m_loaded.problems);
        m_loaded.settings.annotations = readAnnotations(m_entries["annotations"], m_loaded.problems);
        return std::move(m_loaded);
    }

private:
    std::vector<std::string> sections()
    {
        std::vector<std::string> names {"alerts", "annotations", "assets", "dags", "exchanges", "outages", "pipeline", "quality"};
        visitSections(m_loaded.settings, [&](const char* name, auto&) { names.emplace_back(name); });
        return names;
    }

    void readTree(const Node& tree)
    {
        MapReader root(&tree, {}, m_loaded.problems);
        visitSections(m_loaded.settings, [&](const char* name, auto& section) { readSection(root, name, section); });
        root.readMap("assets", [&](MapReader& assets) {
            std::vector<Mention> before;
            before.swap(m_universe.mentions);
            auto universe = m_universe.read(assets.node("universe"), "assets.universe");
            if (universe)
                m_loaded.settings.universe = std::move(*universe);
            else
                m_universe.mentions = std::move(before);
        });
        root.readMap("quality", [&](MapReader& quality) {
            readCompare(quality, m_loaded.settings.compare, m_loaded.problems);
            for (const char* key : ruleKeys)
                quality.node(key); // taken out where they were right
        });
        readPipeline(root, m_loaded.settings.pipeline);
        for (const char* name : {"alerts", "annotations", "dags", "exchanges", "outages"})
            root.node(name);
        root.finish();
    }

    /// Maps of free keys: layers merge entry by entry, and are understood when all are there.
    void takeEntries(Layer& layer, const char* name)
    {
        Node* tree = layer.tree.find(name);
        if (!tree || tree->isNull())
            return;
        if (tree->type == Node::Type::Map) {
            Node& held = m_entries[name];
            held = merged(std::move(held), *tree);
        } else {
            m_loaded.problems.push_back({tree->mark, name, "expected a map: each entry has a name of its own", {}});
        }
        layer.tree.remove(name);
    }

    /// What decides about stored data is understood where the rules are; here layers are put together.
    void readRules(Layer& layer)
    {
        Node* quality = layer.tree.find("quality");
        if (!quality || quality->type != Node::Type::Map)
            return;
        for (const char* name : ruleKeys) {
            Node* part = quality->find(name);
            if (!part)
                continue;
            Node tree;
            tree.insert(name, *part, part->mark);
            m_loaded.settings.rules = merged(std::move(m_loaded.settings.rules), tree);
            quality->remove(name);
        }
    }

    /// A section that is understood where it is used; here its layers are put together, key by key.
    void takeSection(Layer& layer, const char* name, Node& tree, const char* expected)
    {
        Node* own = layer.tree.find(name);
        if (!own)
            return;
        if (own->type != Node::Type::Map && !own->isNull())
            m_loaded.problems.push_back({own->mark, name, expected, {}});
        for (std::size_t i = 0; i < own->map.size(); ++i) { // what no layer has changed is moved: there may be many files
            auto& [key, value] = own->map[i];
            if (Node* held = tree.find(key))
                *held = merged(std::move(*held), value);
            else
                tree.insert(key, std::move(value), own->keyMarks[i]);
        }
        layer.tree.remove(name);
    }

    void readExchanges(Layer& layer)
    {
        Node* all = layer.tree.find("exchanges");
        if (!all || all->isNull())
            return;
        if (!m_readsExchanges) {
            layer.tree.remove("exchanges");
            return;
        }
        if (all->type != Node::Type::Map) {
            m_loaded.problems.push_back({all->mark, "exchanges", "expected a map of exchanges", {}});
            return;
        }
        for (std::size_t i = 0; i < all->map.size(); ++i)
            readExchange(layer.origin, all->map[i].first, all->map[i].second, all->keyMarks[i]);
        layer.tree.remove("exchanges");
    }

    void readExchange(Layer::Origin origin, const std::string& id, Node& tree, const Mark& keyMark)
    {
        auto& exchanges = m_loaded.settings.exchanges;
        const auto add = [&](const Mark& mark, std::string message, std::string nearest = {}) {
            m_loaded.problems.push_back({mark, "exchanges." + id, std::move(message), std::move(nearest)});
        };
        if (!isExchangeId(id)) {
            add(keyMark, "the id of an exchange has only letters, digits, _ and -");
        } else if (tree.type != Node::Type::Map) {
            if (!tree.isNull())
                add(tree.mark, "expected a map");
        } else if (origin != Layer::Origin::File && !exchanges.contains(id)) {
            add(keyMark, "there is no such exchange", nearestOf(id, exchangeIds()));
        } else {
            normaliseAddresses(tree);
            Node& held = exchanges[id];
            held = held.isNull() ? std::move(tree) : merged(std::move(held), tree); // a hundred are moved, few are changed
        }
    }

    std::vector<std::string> exchangeIds() const
    {
        std::vector<std::string> ids;
        for (const auto& exchange : m_loaded.settings.exchanges)
            ids.push_back(exchange.first);
        return ids;
    }

    /// The universe may name only exchanges that some layer describes.
    void checkMentions()
    {
        const auto& exchanges = m_loaded.settings.exchanges;
        if (exchanges.empty())
            return;
        for (const Mention& mention : m_universe.mentions) {
            if (!exchanges.contains(mention.exchange))
                m_loaded.problems.push_back(
                    {mention.mark, mention.path, "there is no exchange " + yamlQuoted(mention.exchange),
                        nearestOf(mention.exchange, exchangeIds())});
        }
        const auto isUnknown = [&](const std::string& id) { return !exchanges.contains(id); };
        for (UniverseEntry& entry : m_loaded.settings.universe) {
            if (entry.sources.empty())
                std::erase_if(entry.exchanges, isUnknown);
            else if (std::erase_if(entry.sources, isUnknown) > 0 && entry.sources.empty()) // who is meant is not the exchange itself
                entry.exchanges.clear();
        }
        std::erase_if(m_loaded.settings.universe, [](const UniverseEntry& entry) { return entry.exchanges.empty(); });
    }

    const ConfigSources& m_sources;
    bool m_readsExchanges;
    LoadedSettings m_loaded;
    UniverseReader m_universe;
    std::map<std::string, Node> m_entries; ///< outages, annotations
    std::map<Layer::Origin, Node> m_last;
};

/// Writes sections as block YAML.
class FieldWriter {
public:
    template<class T, class... Bounds>
    void field(const char* key, T& value, Bounds...)
    {
        line(key, text(value));
    }
    void word(const char* key, std::string& value, std::initializer_list<const char*>) { line(key, text(value)); }
    template<class IsValid>
    void text(const char* key, std::string& value, IsValid&&, const char*)
    {
        line(key, text(value));
    }
    void url(const char* key, std::string& value) { line(key, text(withoutPassword(value))); }
    void require(bool, const char*, const char*) { }

    std::string out;
    std::string indent = "  ";

    static std::string text(const std::string& value)
    {
        std::string escaped;
        for (std::size_t i = 0; i < value.size(); ++i) {
            if (value[i] == '$' && i + 1 < value.size() && value[i + 1] == '{')
                escaped += '$';
            escaped += value[i];
        }
        return yamlQuoted(escaped);
    }

private:
    static std::string text(milliseconds value) { return durationText(value); }
    static std::string text(double value) { return formatDecimal(value); }
    static std::string text(std::int64_t value) { return std::to_string(value); }
    static std::string text(int value) { return std::to_string(value); }
    static std::string text(bool value) { return value ? "true" : "false"; }

    void line(const char* key, const std::string& value) { out += indent + key + ": " + value + '\n'; }
};

std::string flowList(const std::vector<std::string>& words)
{
    std::string out;
    for (const std::string& word : words)
        out += (out.empty() ? "" : ", ") + FieldWriter::text(word);
    return '[' + out + ']';
}

template<class T>
void addOverride(std::string& out, const char* key, const std::optional<T>& value)
{
    if (value)
        out += std::string(", ") + key + ": " + formatDecimal(static_cast<double>(*value));
}

std::string pairText(const ComparePair& pair)
{
    std::string out = "{between: " + flowList(pair.between) + ", markets: " + flowList(pair.markets)
        + ", symbols: " + flowList(pair.symbols);
    addOverride(out, "close_bp", pair.closeBp);
    addOverride(out, "ohl_bp", pair.ohlBp);
    addOverride(out, "range_share", pair.rangeShare);
    addOverride(out, "basis_bp", pair.basisBp);
    addOverride(out, "volume_factor", pair.volumeFactor);
    addOverride(out, "missing_bars", pair.missingBars);
    addOverride(out, "interest_percent", pair.interestPercent);
    return out + '}';
}

/// The block quality.compare, its first line included.
std::string compareText(CompareSettings settings)
{
    FieldWriter writer;
    writer.indent = "    ";
    writer.out = "  compare:\n";
    visitFields(writer, settings);
    writer.indent = "      ";
    writer.out += "    venues:\n";
    visitFields(writer, settings.venues);
    writer.out += "    sources:\n";
    visitFields(writer, settings.sources);
    writer.out += settings.pairs.empty() ? "    pairs: []\n" : "    pairs:\n";
    for (const ComparePair& pair : settings.pairs)
        writer.out += "      - " + pairText(pair) + '\n';
    return writer.out;
}

std::string pipelineText(const PipelineSettings& settings)
{
    std::string out = std::string("pipeline:\n  shell: ") + (settings.shell ? "true" : "false")
        + "\n  keep_runs: " + durationText(settings.keepRuns) + "\n  pools:\n";
    for (const auto& [name, slots] : settings.pools)
        out += "    " + FieldWriter::text(name) + ": " + std::to_string(slots) + '\n';
    return out;
}

/// Whoever knows the address of a webhook can post there: only where it leads is told.
Node withoutAddresses(Node alerts)
{
    Node* channels = alerts.find("channels");
    if (!channels)
        return alerts;
    for (auto& [id, channel] : channels->map) {
        Node* url = channel.find("url");
        if (!url || !url->source.empty())
            continue;
        const auto host = url->scalar.find("://");
        const auto path = url->scalar.find_first_of("/?#", host == std::string::npos ? 0 : host + 3);
        if (path != std::string::npos)
            url->scalar.replace(path, std::string::npos, leftOutAddress);
        url->scalar = withoutPassword(url->scalar);
    }
    return alerts;
}

void dumpEntries(std::string& out, const Settings& settings)
{
    out += settings.outages.empty() ? "outages: {}\n" : "outages:\n";
    for (const ListedOutage& outage : settings.outages)
        out += entryText(outage, "  ");
    out += settings.annotations.empty() ? "annotations: {}\n" : "annotations:\n";
    for (const Annotation& annotation : settings.annotations)
        out += entryText(annotation, "  ");
}

} // namespace

LoadedSettings loadSettings(const ConfigSources& sources)
{
    return SettingsReader(sources, true).read();
}

LoadedSettings loadSettingsWithoutExchanges(const ConfigSources& sources)
{
    return SettingsReader(sources, false).read();
}

std::string dumpSettings(const Settings& settings)
{
    Settings copy = settings;
    FieldWriter writer;
    visitSections(copy, [&](const char* name, auto& section) {
        writer.out += std::string(name) + ":\n";
        visitFields(writer, section);
    });
    writer.out += "quality:\n" + compareText(settings.compare);
    writer.out += settings.universe.empty() ? "assets:\n  universe: []\n" : "assets:\n  universe:\n";
    for (const UniverseEntry& entry : settings.universe) {
        writer.out += "    - exchanges: " + flowList(entry.exchanges) + '\n';
        writer.out += "      markets: " + flowList(entry.markets) + '\n';
        writer.out += "      symbols: " + flowList(entry.symbols) + '\n';
        writer.out += "      timeframes: " + flowList(entry.timeframes) + '\n';
        if (!entry.kinds.empty())
            writer.out += "      kinds: " + flowList(entry.kinds) + '\n';
        if (!entry.sources.empty())
            writer.out += "      sources: " + flowList(entry.sources) + '\n';
    }
    writer.out += pipelineText(settings.pipeline);
    dumpEntries(writer.out, settings);
    Node exchanges;
    exchanges.type = Node::Type::Map;
    for (const auto& [id, tree] : settings.exchanges)
        exchanges.insert(id, tree, {});
    Node root;
    root.insert("exchanges", std::move(exchanges), {});
    if (!settings.dags.isNull())
        root.insert("dags", settings.dags, {});
    if (!settings.rules.isNull())
        root.insert("quality", settings.rules, {});
    if (!settings.alerts.isNull())
        root.insert("alerts", withoutAddresses(settings.alerts), {});
    return writer.out + toYaml(root);
}

} // namespace mnemo
