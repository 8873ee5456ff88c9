#include <algorithm>
#include <charconv>

#include "core/base/plainname.h"
#include "core/exchange/nodereading.h"

namespace mnemo::description {

namespace {

constexpr std::array marketTypes{MarketType::Spot, MarketType::Linear, MarketType::Inverse};

const std::vector<std::pair<std::string, ErrorCode>>& errorWords()
{
    static const std::vector<std::pair<std::string, ErrorCode>> words{{"rate_limited", ErrorCode::RateLimited},
        {"banned", ErrorCode::Banned}, {"unknown_symbol", ErrorCode::UnknownSymbol},
        {"maintenance", ErrorCode::Maintenance}, {"server_error", ErrorCode::ServerError},
        {"rejected", ErrorCode::Rejected}, {"unsupported", ErrorCode::Unsupported}};
    return words;
}

bool isListed(const Block& block)
{
    return block.interest.amount == AmountUnit::Listed;
}

std::string withoutSlash(std::string url)
{
    while (url.ends_with('/'))
        url.pop_back();
    return url;
}

class VenueReader {
public:
    VenueReader(const std::string& id, const Node& node, Problems& problems)
        : m_node(node)
        , m_path("exchanges." + id)
        , m_problems(problems)
    {
        m_description.id = id;
        m_description.name = id;
        m_description.lane.id = id;
    }

    VenueDescription run(const std::string& lane)
    {
        MapReader reader(&m_node, m_path, m_problems);
        m_description.lane.id = lane;
        reader.read("name", m_description.name);
        reader.read("note", m_description.note);
        readKey(reader);
        readProvider(reader);
        reader.read("version", m_description.version, 1, 1'000'000);
        reader.read("lane", m_description.lane.id);
        for (const char* key :
            {"like", "base_url", "ws_url", "archive_url", "host", "headers", "charge", "symbol", "markets", "streams", "archive"})
            reader.node(key);
        for (const KindFacts& facts : allKinds())
            reader.node(facts.name);
        m_baseUrls = readAddresses("base_url", {"http://", "https://"});
        m_streamUrls = readAddresses("ws_url", {"ws://", "wss://"});
        m_archiveUrls = readAddresses("archive_url", {"http://", "https://"});
        checkKinds(m_node, m_path);
        readRate(reader);
        readTables(reader);
        readErrors(reader);
        for (const MarketType market : marketTypes)
            readMarket(reader, market);
        readMarketLists(m_node, m_description, m_baseUrls, m_problems);
        if (m_description.blocks.empty() && m_description.snapshots.empty() && m_description.note.empty())
            reader.problem({},
                "a description needs at least one of spot, linear, inverse with candles, trades, open_interest or another kind, or a `note` "
                "that says why there is none");
        reader.finish();
        checkCharges();
        checkListedUnits(reader);
        return std::move(m_description);
    }

private:
    /// true: who has a key adds a header. {header: NAME, from: ADDRESS}: the key is a secret, and goes into that header.
    void readKey(MapReader& reader)
    {
        const Node* node = reader.node("needs_key");
        if (!isMap(node))
            return reader.read("needs_key", m_description.needsKey);
        m_description.needsKey = true;
        KeyRules key;
        key.secret = m_description.id + ".api_key";
        reader.readMap("needs_key", [&](MapReader& keys) {
            keys.read("header", key.header);
            keys.read("from", key.from);
            if (key.header.empty())
                keys.problem("header", "`header` is missing: which one carries the key");
            keys.finish();
        });
        const Node* headers = m_node.find("headers");
        const Node* own = headers == nullptr ? nullptr : headers->find(key.header);
        if (own == nullptr || own->isNull()) // a header of the user's own says it already
            m_description.lane.key = std::move(key);
    }

    /// { its name of an exchange: our id }
    void readProvider(MapReader& reader)
    {
        const Node* node = reader.node("provider");
        const Node* symbols = reader.node("symbols");
        m_description.isProvider = node != nullptr && !node->isNull();
        if (!m_description.isProvider && symbols != nullptr && !symbols->isNull())
            reader.problem("symbols", "only who tells of other exchanges has it; say who with `provider`");
        if (!m_description.isProvider)
            return;
        for (const auto& [name, id] : readTable(*node, m_path + ".provider", m_problems))
            m_description.provided[plainName(name)] = id;
        if (m_description.provided.empty())
            reader.problem("provider", "a map of its names of exchanges to our ids is expected");
        std::vector<std::string> exchanges;
        for (const auto& [name, id] : m_description.provided)
            if (std::ranges::find(exchanges, id) == exchanges.end())
                exchanges.push_back(id);
        if (symbols != nullptr)
            m_description.corrections = readCorrections(*symbols, m_path + ".symbols", exchanges, m_problems);
    }

    /// One address for all markets, or one for each.
    std::map<std::string, std::string> readAddresses(const char* key, std::array<std::string_view, 2> schemes)
    {
        const Node* node = m_node.find(key);
        if (node == nullptr || node->isNull())
            return {};
        const std::string at = m_path + "." + key;
        Node all;
        all.insert("all", *node, node->mark);
        const Node& table = node->type == Node::Type::Scalar ? all : *node;
        auto urls = readTable(table, at, m_problems);
        for (auto& [market, url] : urls)
            url = withoutSlash(url);
        for (const auto& [market, url] : table.map) {
            if (market != "all" && !marketTypeFromText(market))
                addProblem(m_problems, url, at, "'" + market + "' is no market type (all, spot, linear, inverse)",
                    nearestOf(market, {"all", "spot", "linear", "inverse"}));
            const bool isAddress = std::ranges::any_of(schemes, [&url = url](std::string_view scheme) { return url.scalar.starts_with(scheme); });
            if (url.type == Node::Type::Scalar && !isAddress)
                addProblem(m_problems, url, at, "'" + url.scalar + "' is no address like " + std::string(schemes[0]) + "host:port");
        }
        return urls;
    }

    /// A kind that is neither a map nor null would be left out unnoticed.
    void checkKinds(const Node& node, const std::string& at)
    {
        for (const char* key : {"charge", "headers"})
            if (const Node* value = node.find(key); value != nullptr && !isMap(value) && !value->isNull())
                addProblem(m_problems, *value, at + "." + key, "a map is expected");
        for (const KindFacts& facts : allKinds()) {
            const std::string path = at + "." + std::string(facts.name);
            const Node* block = node.find(facts.name);
            if (block != nullptr && !isMap(block) && !block->isNull())
                addProblem(m_problems, *block, path, "a map is expected, or null to leave it out");
            if (isMap(block))
                checkMaps(*block, path);
        }
    }

    /// What is laid over these hides that they are no maps.
    void checkMaps(const Node& block, const std::string& at)
    {
        for (const char* key : {"frames", "anchors", "range", "limit", "rows", "fields", "scale", "params", "charge", "headers"})
            if (const Node* value = block.find(key); value != nullptr && !isMap(value) && !value->isNull())
                addProblem(m_problems, *value, at + "." + key, "a map is expected");
    }

    static std::string originOf(const std::map<std::string, std::string>& urls, MarketType market)
    {
        for (const std::string& key : {std::string(toText(market)), std::string("all")})
            if (const auto found = urls.find(key); found != urls.end())
                return found->second;
        return {};
    }
    std::string baseUrl(MarketType market) const { return originOf(m_baseUrls, market); }

    void readRate(MapReader& reader)
    {
        reader.readEach("rate", [&](const std::string& name, const Node& value, const std::string& at) {
            if (value.isNull())
                return;
            BudgetSpec budget;
            budget.name = name;
            MapReader each(&value, at, m_problems);
            each.read("limit", budget.capacity, 1e-3, 1e9);
            each.read("per", budget.window, milliseconds{1}, milliseconds{std::chrono::hours{24 * 7}});
            each.read("used", budget.usedHeader);
            each.read("remaining", budget.remainingHeader);
            each.read("reset", budget.resetHeader);
            each.readEnum("reset_unit", budget.resetUnit, {{"s", milliseconds{1000}}, {"ms", milliseconds{1}}});
            for (const char* key : {"limit", "per"})
                if (value.type == Node::Type::Map && !each.has(key))
                    each.problem(key, "`limit` (weight) and `per` (length of time) are needed");
            each.finish();
            m_description.lane.budgets.push_back(std::move(budget));
        });
    }

    void readTables(MapReader& reader)
    {
        reader.readEach("tables", [&](const std::string& name, const Node& value, const std::string& at) {
            m_description.tables[name] = readTable(value, at, m_problems);
        });
        reader.read("currencies", m_description.currencies);
        for (const auto& [own, unified] : m_description.currencies)
            m_description.ownCodes.emplace(unified, own); // the first of several, by name
    }

    void readErrors(MapReader& reader)
    {
        ErrorForm& form = m_description.errors;
        reader.readMap("errors", [&](MapReader& errors) {
            const std::string& at = errors.path();
            if (const Node* code = errors.node("code"))
                form.code = readPaths(*code, at + ".code", m_description.tables, m_problems);
            if (const Node* message = errors.node("message"))
                form.message = readPaths(*message, at + ".message", m_description.tables, m_problems);
            if (const Node* success = errors.node("success"))
                form.success = readWords(*success, at + ".success", m_problems);
            if (const Node* when = errors.node("when"))
                form.when = readTests(*when, at + ".when", m_description.tables, m_problems);
            if (const Node* noData = errors.node("no_data"))
                form.noData = readWords(*noData, at + ".no_data", m_problems);
            for (const auto& [name, code] : errorWords())
                if (const Node* words = errors.node(name))
                    form.words.emplace_back(code, readWords(*words, at + "." + name, m_problems));
            errors.readEach("http", [&](const std::string& status, const Node& value, const std::string& path) {
                readHttp(status, value, path);
            });
            errors.readMap("retry_after", [&](MapReader& retry) {
                if (const Node* path = retry.node("path"))
                    form.retryAfter = readPath(*path, at + ".retry_after", m_description.tables, m_problems);
                retry.readEnum("unit", form.retryUnit, {{"s", TimeUnit::Seconds}, {"ms", TimeUnit::Milliseconds}});
                retry.finish();
            });
            LaneRules& lane = m_description.lane;
            errors.read("limited_for", lane.limitedFor, milliseconds{1}, milliseconds{std::chrono::hours{24}});
            errors.read("banned_for", lane.bannedFor, milliseconds{1}, milliseconds{std::chrono::hours{24}});
            errors.finish();
        });
    }

    void readHttp(const std::string& status, const Node& value, const std::string& path)
    {
        if (value.isNull())
            return;
        int number = 0;
        const auto [end, ec] = std::from_chars(status.data(), status.data() + status.size(), number);
        if (ec != std::errc{} || end != status.data() + status.size())
            number = 0;
        std::vector<std::string> names;
        for (const auto& [name, code] : errorWords()) {
            if (name == value.scalar && number >= 300 && number < 600) {
                m_description.errors.http[number] = code;
                return;
            }
            names.push_back(name);
        }
        addProblem(m_problems, value, path, "a status from 300 to 599 and one of the kinds of error are expected",
            nearestOf(value.scalar, names));
    }

    void readMarket(MapReader& reader, MarketType market)
    {
        const std::string name(toText(market));
        const Node* node = reader.node(name);
        if (node == nullptr || node->isNull())
            return;
        MapReader own(node, m_path + "." + name, m_problems);
        for (const char* key : {"like", "host", "headers", "charge", "streams", "archive", "symbol"})
            own.node(key);
        for (const KindFacts& facts : allKinds())
            own.node(facts.name);
        own.finish();
        checkKinds(*node, m_path + "." + name);
        readSymbol(*node, market);
        for (const KindFacts& facts : allKinds())
            if (const auto block = blockNode(*node, market, facts.kind))
                readKind(*block, m_path + "." + name + "." + std::string(facts.name), market, facts.kind);
        readMarketStreams(*node, m_path + "." + name, market);
        readMarketFiles(*node, m_path + "." + name, market);
    }

    /// The venue's streams or archive, then the market's; nothing where there is none. What is inherited without an address is of
    /// another venue: none here.
    std::optional<Node> addressedNode(const char* key, const Node& marketNode, const std::string& at)
    {
        const Node* shared = m_node.find(key);
        const Node* own = marketNode.find(key);
        for (const Node* node : {shared, own}) {
            if (node != nullptr && !isMap(node) && !node->isNull()) {
                addProblem(m_problems, *node, at, "a map is expected, or null to leave it out");
                return std::nullopt;
            }
        }
        if (!isMap(&marketNode) || (own != nullptr && own->isNull()) || (!isMap(shared) && !isMap(own)))
            return std::nullopt;
        Node whole = isMap(shared) ? *shared : *own;
        if (isMap(shared) && isMap(own))
            whole = overlaid(*shared, *own);
        const Node* url = whole.find("url");
        const bool isInherited = (url == nullptr || url->isNull()) && m_node.find("like") != nullptr;
        return isInherited ? std::nullopt : std::optional(std::move(whole));
    }

    void readMarketFiles(const Node& marketNode, const std::string& at, MarketType market)
    {
        const auto whole = addressedNode("archive", marketNode, at + ".archive");
        if (!whole)
            return;
        const std::string redirect = originOf(m_archiveUrls, market);
        auto files = readFiles(*whole, at + ".archive", m_description.tables, redirect, m_problems);
        if (!baseUrl(market).empty() && redirect.empty()) // else candles of two markets would meet in one series
            return;
        for (auto& [kind, form] : files)
            m_description.files.emplace(std::pair(market, kind), std::move(form));
    }

    void readMarketStreams(const Node& marketNode, const std::string& at, MarketType market)
    {
        const auto whole = addressedNode("streams", marketNode, at + ".streams");
        if (!whole)
            return;
        const auto candles = m_description.blocks.find({market, Kind::Candles});
        const StreamOrigins origins {baseUrl(market), originOf(m_streamUrls, market)};
        StreamForm form = readStreams(*whole, at + ".streams",
            candles == m_description.blocks.end() ? nullptr : &candles->second, m_description.tables, origins, m_problems);
        if (origins.rest.empty() || !origins.stream.empty()) // else candles of two markets would meet in one series
            m_description.streams.emplace(market, std::move(form));
    }

    /// Open interest has a history, a snapshot or both; each has what stands beside it.
    void readKind(const Node& block, const std::string& at, MarketType market, Kind kind)
    {
        const Node* snapshot = kind == Kind::OpenInterest ? block.find("snapshot") : nullptr;
        if (snapshot != nullptr && !isMap(snapshot) && !snapshot->isNull())
            addProblem(m_problems, *snapshot, at + ".snapshot", "a map is expected, or null to leave it out");
        if (isMap(snapshot)) {
            Node whole =
                overlaid(only(block, {"host", "headers", "charge", "amount_unit", "value_unit", "sides"}), *snapshot);
            whole.mark = snapshot->mark;
            m_description.snapshots.emplace(
                market, readSnapshot(whole, at + ".snapshot", m_description.tables, baseUrl(market), m_problems));
        }
        const Node history = kind == Kind::OpenInterest ? without(block, {"snapshot"}) : block;
        if (!isMap(snapshot)
            || !without(history, {"host", "headers", "charge", "amount_unit", "value_unit", "sides"}).map.empty())
            m_description.blocks.emplace(std::pair(market, kind),
                readBlock(history, at, kind, m_description.tables, baseUrl(market), m_problems));
    }

    /// The venue's block, then the market's, each after what stands beside it.
    std::optional<Node> blockNode(const Node& marketNode, MarketType market, Kind kind) const
    {
        const std::string key(toText(kind));
        const Node* shared = m_node.find(key);
        const Node* own = marketNode.find(key);
        const bool isRemoved = own != nullptr && own->isNull();
        const bool isShared = isMap(shared) && (!factsOf(kind).isOfContracts || market != MarketType::Spot);
        if (isRemoved || (!isMap(own) && !isShared) || !isMap(&marketNode))
            return std::nullopt;
        Node block = only(m_node, {"host", "headers", "charge"});
        if (isMap(shared))
            block = overlaid(std::move(block), *shared);
        block = overlaid(std::move(block), only(marketNode, {"host", "headers", "charge"}));
        if (isMap(own))
            block = overlaid(std::move(block), *own);
        block.mark = isMap(own) ? own->mark : shared->mark;
        return block;
    }

    void readSymbol(const Node& marketNode, MarketType market)
    {
        const Node* node = marketNode.find("symbol");
        if (node == nullptr)
            node = m_node.find("symbol");
        const std::string at = m_path + "." + std::string(toText(market)) + ".symbol";
        if (node == nullptr || node->isNull())
            return;
        MarketTemplates& templates = m_description.symbols[market];
        const Node* texts = node;
        if (node->type == Node::Type::Map) {
            MapReader reader(node, at, m_problems);
            reader.read("known", templates.known);
            texts = reader.node("id");
            reader.finish();
        }
        if (texts == nullptr || texts->isNull())
            return;
        if (texts->type != Node::Type::List)
            templates.ids.push_back(readTemplate(*texts, at, m_description.tables, m_problems));
        for (const Node& text : texts->list)
            templates.ids.push_back(readTemplate(text, at, m_description.tables, m_problems));
    }

    /// What lists are to tell, one of them must.
    void checkListedUnits(MapReader& reader)
    {
        const bool isNeeded = std::ranges::any_of(m_description.blocks, [](const auto& entry) { return isListed(entry.second); });
        const auto tells = [](const MarketCall& call) {
            return std::ranges::any_of(call.lists, [](const MarketList& list) { return list.interestUnit.isSet; });
        };
        if (isNeeded && !std::ranges::any_of(m_description.marketCalls, tells)
            && std::ranges::none_of(m_description.fixedMarkets, [](const Instrument& fixed) { return !fixed.interestUnit.empty(); }))
            reader.problem("markets", "`amount_unit: listed` needs `interest_unit` of a market list");
    }

    void checkCharges()
    {
        std::vector<std::string> names;
        for (const BudgetSpec& budget : m_description.lane.budgets)
            names.push_back(budget.name);
        const auto check = [&](const RequestForm& form) {
            for (const ChargeRule& rule : form.charges)
                if (std::find(names.begin(), names.end(), rule.budget) == names.end())
                    m_problems.push_back({rule.mark, m_path + ".charge",
                        "'" + rule.budget + "' is not one of the budgets of `rate`", nearestOf(rule.budget, names)});
        };
        for (const auto& [key, block] : m_description.blocks)
            for (const auto* forms : {&block.asked, &block.page, &block.oldest})
                std::for_each(forms->begin(), forms->end(), check);
        for (const auto& [market, snapshot] : m_description.snapshots)
            check(snapshot.request);
        for (const MarketCall& call : m_description.marketCalls)
            check(call.request);
        for (const auto& [market, stream] : m_description.streams)
            if (stream.handshake)
                check(stream.handshake->request);
    }

    const Node& m_node;
    std::string m_path;
    Problems& m_problems;
    std::map<std::string, std::string> m_baseUrls, m_streamUrls, m_archiveUrls;
    VenueDescription m_description;
};

} // namespace

VenueDescription readDescription(const std::string& id, const Node& node, const std::string& lane, Problems& problems)
{
    Problems found;
    VenueDescription description = VenueReader(id, node, found).run(lane);
    std::vector<std::string> seen; // a block that several market types share is read for each of them
    for (Problem& problem : found) {
        const std::string key = problem.mark.text() + problem.message;
        if (std::find(seen.begin(), seen.end(), key) != seen.end())
            continue;
        seen.push_back(key);
        problems.push_back(std::move(problem));
    }
    return description;
}

} // namespace mnemo::description
