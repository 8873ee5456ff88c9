#include <algorithm>
#include <cmath>

#include "core/base/decimal.h"
#include "core/exchange/nodereading.h"

namespace mnemo::description {

namespace {

/// The fields of a market list, by the key that describes each.
constexpr std::array<std::pair<std::string_view, MarketField MarketList::*>, 16> fieldKeys{{
    {"id", &MarketList::id},
    {"base", &MarketList::base},
    {"quote", &MarketList::quote},
    {"settle", &MarketList::settle},
    {"market", &MarketList::market},
    {"contract_size", &MarketList::contractSize},
    {"tick_size", &MarketList::tickSize},
    {"active", &MarketList::active},
    {"listed", &MarketList::listed},
    {"delisted", &MarketList::delisted},
    {"expiry", &MarketList::expiry},
    {"perpetual", &MarketList::perpetual},
    {"price_scale", &MarketList::priceScale},
    {"value_scale", &MarketList::valueScale},
    {"exchange", &MarketList::exchange},
    {"interest_unit", &MarketList::interestUnit},
}};

class MarketListReader {
public:
    /// @param named the calls in whose answers may be looked up
    MarketListReader(const VenueDescription& description, const std::vector<std::string>& named, Problems& problems)
        : m_tables(description.tables)
        , m_named(named)
        , m_isIdNeeded(description.symbols.empty()) // else it follows from `symbol`
        , m_isProvider(description.isProvider)
        , m_problems(problems)
    {
    }

    /// @param others keys that are read elsewhere
    MarketList read(const Node& node, const std::string& path, const std::vector<std::string_view>& others)
    {
        MarketList list;
        MapReader reader(&node, path, m_problems);
        for (const std::string_view key : others)
            reader.node(key);
        if (const Node* rows = reader.node("rows"))
            list.rows = readPath(*rows, path + ".rows", m_tables, m_problems);
        if (const Node* only = reader.node("only"))
            list.only = readTests(*only, path + ".only", m_tables, m_problems);
        if (const Node* skip = reader.node("skip"))
            list.skip = readTests(*skip, path + ".skip", m_tables, m_problems);
        if (const Node* unit = reader.node("time_unit"))
            list.timeUnit = readUnit(*unit, path + ".time_unit", m_problems).value_or(TimeUnit::Milliseconds);
        for (const auto& [key, field] : fieldKeys)
            if (const Node* value = reader.node(key); value != nullptr && !value->isNull())
                list.*field = readField(*value, path + "." + std::string(key));
        checkMarket(node, path);
        for (const auto& [key, field] : {fieldKeys[0], fieldKeys[1], fieldKeys[2], fieldKeys[4]})
            if (!(list.*field).isSet && (m_isIdNeeded || key != "id"))
                reader.problem(key, "`" + std::string(key) + "` is missing");
        if (m_isProvider != list.exchange.isSet)
            reader.problem("exchange",
                m_isProvider ? "`exchange` is missing: whose market it is" : "only who tells of other exchanges has it; say who with `provider`");
        reader.finish();
        return list;
    }

private:
    /// A constant market type that nobody knows would drop every row.
    void checkMarket(const Node& node, const std::string& path)
    {
        static const std::vector<std::string> words {"spot", "linear", "inverse", "by_settle"};
        const Node* market = node.find("market");
        if (market != nullptr && std::find(words.begin(), words.end(), market->scalar) != words.end())
            addProblem(m_problems, *market, path + ".market",
                "a plain word is a path into the answer; for the market type itself write { value: " + market->scalar + " }");
        const Node* value = isMap(market) ? market->find("value") : nullptr;
        if (value != nullptr && value->type == Node::Type::Scalar && std::find(words.begin(), words.end(), value->scalar) == words.end())
            addProblem(m_problems, *value, path + ".market.value", "expected spot, linear, inverse or by_settle, found '" + value->scalar + "'",
                nearestOf(value->scalar, words));
    }

    /// "baseCoin" is a path; {value: spot} a constant; {path: pair, split: "-", part: 1} a path with steps.
    MarketField readField(const Node& node, const std::string& at)
    {
        MarketField field;
        field.isSet = true;
        if (node.type != Node::Type::Map) {
            readWhere(node, at, field);
            return field;
        }
        MapReader reader(&node, at, m_problems);
        if (const Node* path = reader.node("path"))
            readWhere(*path, at + ".path", field);
        reader.read("value", field.constant);
        reader.read("split", field.separator);
        reader.read("part", field.part, 0, 20);
        if (const Node* slice = reader.node("slice"))
            field.slice = readSlice(*slice, at);
        reader.read("strip", field.strip);
        reader.read("endings", field.endings);
        reader.read("prefix", field.prefix);
        reader.read("reciprocal", field.isReciprocal);
        reader.readMap("lookup", [&](MapReader& lookup) { readLookup(lookup, isMap(node.find("lookup")), at, field); });
        reader.read("words", field.words);
        if (const Node* unit = reader.node("unit"))
            field.unit = readUnit(*unit, at + ".unit", m_problems);
        reader.read("is", field.is);
        reader.read("is_not", field.isNot);
        if (const Node* all = reader.node("all"))
            field.all = readTests(*all, at + ".all", m_tables, m_problems);
        if (field.paths.empty() && field.all.empty() && !field.isKey && !field.isIndex && field.constant.empty())
            reader.problem("path", "a `path`, a `value` or `all` is needed");
        reader.finish();
        return field;
    }

    void readLookup(MapReader& lookup, bool isSaid, const std::string& at, MarketField& field)
    {
        lookup.read("call", field.lookupCall);
        if (!field.lookupCall.empty() && std::find(m_named.begin(), m_named.end(), field.lookupCall) == m_named.end())
            lookup.problem("call", "no call has the name '" + field.lookupCall + "'", nearestOf(field.lookupCall, m_named));
        if (const Node* list = lookup.node("list"))
            field.lookupList = readPath(*list, at + ".lookup.list", m_tables, m_problems);
        lookup.read("key", field.lookupKey);
        lookup.read("value", field.lookupValue);
        if (isSaid && (field.lookupKey.empty() || field.lookupValue.empty() || !lookup.has("list")))
            lookup.problem({}, "`list`, `key` and `value` are needed");
        lookup.finish();
    }

    void readWhere(const Node& node, const std::string& at, MarketField& field)
    {
        field.isKey = node.scalar == "$key";
        field.isIndex = node.scalar == "$index";
        if (!field.isKey && !field.isIndex)
            field.paths = readPaths(node, at, m_tables, m_problems);
    }

    std::optional<std::pair<int, int>> readSlice(const Node& node, const std::string& at)
    {
        std::vector<int> ends;
        for (const Node& item : node.list) {
            const auto number = item.type == Node::Type::Scalar ? parseDecimal(item.scalar) : std::nullopt;
            if (number && *number >= 0 && *number <= 100 && std::floor(*number) == *number)
                ends.push_back(static_cast<int>(*number));
        }
        if (node.list.size() == 2 && ends.size() == 2 && ends[0] < ends[1])
            return std::pair(ends[0], ends[1]);
        addProblem(m_problems, node, at + ".slice", "[first, end] is expected, as in [0, 3]");
        return std::nullopt;
    }

    const Tables& m_tables;
    const std::vector<std::string>& m_named;
    bool m_isIdNeeded;
    bool m_isProvider;
    Problems& m_problems;
};

/// A market that the description itself names: {symbol: BTC/USD, id: BTC/USD}; of a provider's with its exchange.
void readFixed(const Node& node, const std::string& at, VenueDescription& description, Problems& problems)
{
    Instrument instrument;
    MapReader reader(&node, at, problems);
    reader.read("symbol", instrument.symbol);
    reader.read("id", instrument.id);
    reader.read("contract_size", instrument.contractSize, 1e-18, 1e18);
    reader.read("exchange", instrument.exchange);
    if (description.isProvider == instrument.exchange.empty())
        reader.problem("exchange", description.isProvider ? "`exchange` is missing: whose market it is" : "only markets of a provider have it");
    if (!description.isProvider)
        instrument.exchange = description.id;
    reader.readEnum<std::string>("interest_unit", instrument.interestUnit, {{"base", "base"}, {"quote", "quote"}});
    if (const auto parts = parseSymbol(instrument.symbol)) {
        instrument.market = parts->market();
        instrument.base = parts->base;
        instrument.quote = parts->quote;
        instrument.settle = parts->settle;
        description.fixedMarkets.push_back(std::move(instrument));
    } else {
        reader.problem("symbol", "'" + instrument.symbol + "' is no symbol like BTC/USDT or BTC/USDT:USDT");
    }
    reader.finish();
}

const std::vector<std::string_view> requestKeys {
    "url", "host", "path", "method", "headers", "params", "body", "charge", "for"};
/// Keys of a call that are none of a list.
const std::vector<std::string_view> callKeys {
    "url", "host", "path", "method", "headers", "params", "body", "charge", "for", "lists", "cursor", "name"};

std::vector<std::string> namesOf(const std::vector<Node>& calls)
{
    std::vector<std::string> names;
    for (const Node& call : calls)
        if (const Node* name = call.find("name"); name != nullptr && name->type == Node::Type::Scalar)
            names.push_back(name->scalar);
    return names;
}

/// A call with a name lists no markets.
void checkNamed(const Node& call, const std::string& path, Problems& problems)
{
    std::vector<std::string_view> keys {"rows", "only", "skip", "time_unit", "lists"};
    for (const auto& [key, field] : fieldKeys)
        keys.push_back(key);
    refuseKeys(call, keys, path, "a call with a `name` lists no markets; it is there for lookups of the others", problems);
    MapReader reader(&call, path, problems);
    keys.insert(keys.end(), callKeys.begin(), callKeys.end());
    for (const std::string_view key : keys)
        reader.node(key);
    reader.finish();
}

/// A name in whose answers nothing is looked up is a call too many.
void checkNames(const std::vector<Node>& calls, const VenueDescription& description, const std::string& path, Problems& problems)
{
    const auto isUsed = [&](const std::string& name) {
        for (const MarketCall& call : description.marketCalls)
            for (const MarketList& list : call.lists)
                for (const auto& [key, field] : fieldKeys)
                    if ((list.*field).lookupCall == name)
                        return true;
        return false;
    };
    const std::vector<std::string> names = namesOf(calls);
    for (const Node& call : calls) {
        const Node* name = call.find("name");
        if (name == nullptr || name->isNull())
            continue;
        if (std::count(names.begin(), names.end(), name->scalar) > 1)
            addProblem(problems, *name, path + ".name", "another call has the name '" + name->scalar + "' too");
        else if (!isUsed(name->scalar))
            addProblem(problems, *name, path + ".name", "nothing is looked up in the answers to '" + name->scalar + "'");
    }
}

/// The lists of one call; @p call has what holds for all calls too.
std::vector<MarketList> readLists(const Node& call, const std::string& path, MarketListReader reader, Problems& problems)
{
    MapReader whole(&call, path, problems);
    const std::vector<Node>& own = whole.readList("lists", "a list of maps with what differs");
    const Node common = without(without(call, {"lists", "cursor"}), requestKeys);
    for (const Node& list : own) {
        if (!isMap(&list))
            addProblem(problems, list, path + ".lists", "a map is expected");
        refuseKeys(list, callKeys, path + ".lists", "it holds for the whole call", problems);
    }
    std::vector<MarketList> lists;
    if (own.empty())
        lists.push_back(reader.read(common, path, callKeys));
    for (const Node& list : own)
        lists.push_back(reader.read(overlaid(common, list), path, callKeys));
    return lists;
}

} // namespace

void readMarketLists(const Node& venue, VenueDescription& description,
    const std::map<std::string, std::string>& baseUrls, Problems& problems)
{
    const std::string path = "exchanges." + description.id + ".markets";
    const Node* node = venue.find("markets");
    if (node == nullptr || node->isNull())
        return;
    MapReader reader(node, path, problems);
    const std::vector<Node>& calls = reader.readList("calls", "a list of calls");
    const std::vector<Node>& fixed = reader.readList("fixed", "a list of markets");
    for (const Node& market : fixed)
        readFixed(market, path + ".fixed", description, problems);
    if (calls.empty() && fixed.empty())
        reader.problem({}, "`calls` or `fixed` is needed");
    for (const auto& [key, field] : fieldKeys)
        reader.node(key);
    for (const char* key : {"rows", "only", "skip", "time_unit", "url", "host", "path", "method", "headers", "params",
             "body", "charge", "for", "cursor"})
        reader.node(key);
    reader.finish();
    const Node shared = without(*node, {"calls", "fixed"});
    const std::vector<std::string> named = namesOf(calls);
    for (const Node& each : calls) {
        if (!isMap(&each)) {
            addProblem(problems, each, path + ".calls", "a map is expected");
            continue;
        }
        const Node call = overlaid(overlaid(only(venue, {"host", "headers", "charge"}), shared), each);
        const Node requestNode = only(call, requestKeys);
        MapReader request(&requestNode, path + ".calls", problems);
        std::string market = "all"; // whose base_url it obeys
        request.readEnum<std::string>(
            "for", market, {{"all", "all"}, {"spot", "spot"}, {"linear", "linear"}, {"inverse", "inverse"}});
        const auto base = baseUrls.find(market) != baseUrls.end() ? baseUrls.find(market) : baseUrls.find("all");
        MarketCall read;
        read.request =
            RequestReader(description.tables, base == baseUrls.end() ? std::string() : base->second, problems)
                .read(request, false);
        request.finish();
        if (const Node* cursor = call.find("cursor"); cursor != nullptr && !cursor->isNull())
            read.cursor = readPath(*cursor, path + ".cursor", description.tables, problems);
        MapReader(&each, path + ".calls", problems).read("name", read.name);
        if (read.name.empty())
            read.lists = readLists(call, path + ".calls", MarketListReader(description, named, problems), problems);
        else
            checkNamed(each, path + ".calls", problems);
        description.marketCalls.push_back(std::move(read));
    }
    checkNames(calls, description, path + ".calls", problems);
}

} // namespace mnemo::description
