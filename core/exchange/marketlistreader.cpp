#include <algorithm>
#include <cmath>

#include "core/base/decimal.h"
#include "core/exchange/nodereading.h"

namespace mnemo::description {

namespace {

/// The fields of a market list, by the key that describes each.
constexpr std::array<std::pair<std::string_view, MarketField MarketList::*>, 14> fieldKeys{{
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
}};

class MarketListReader {
public:
    MarketListReader(const VenueDescription& description, Problems& problems)
        : m_tables(description.tables)
        , m_isIdNeeded(description.symbols.empty()) // else it follows from `symbol`
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
        reader.readMap("lookup", [&](MapReader& lookup) {
            if (const Node* list = lookup.node("list"))
                field.lookupList = readPath(*list, at + ".lookup.list", m_tables, m_problems);
            lookup.read("key", field.lookupKey);
            lookup.read("value", field.lookupValue);
            const Node* said = node.find("lookup");
            if (isMap(said) && (field.lookupKey.empty() || field.lookupValue.empty() || said->find("list") == nullptr))
                lookup.problem({}, "`list`, `key` and `value` are needed");
            lookup.finish();
        });
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
    bool m_isIdNeeded;
    Problems& m_problems;
};

/// A market that the description itself names: {symbol: BTC/USD, id: BTC/USD}.
void readFixed(const Node& node, const std::string& at, VenueDescription& description, Problems& problems)
{
    Instrument instrument;
    MapReader reader(&node, at, problems);
    reader.read("symbol", instrument.symbol);
    reader.read("id", instrument.id);
    reader.read("contract_size", instrument.contractSize, 1e-18, 1e18);
    if (const auto parts = parseSymbol(instrument.symbol)) {
        instrument.exchange = description.id;
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
    const std::vector<std::string_view> requestKeys{
        "url", "host", "path", "method", "headers", "params", "body", "charge", "for"};
    const std::vector<std::string_view> callKeys{
        "url", "host", "path", "method", "headers", "params", "body", "charge", "for", "lists", "cursor"};
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
        MarketListReader lists(description, problems);
        MapReader whole(&call, path + ".calls", problems);
        const std::vector<Node>& own = whole.readList("lists", "a list of maps with what differs");
        const Node common = without(without(call, {"lists", "cursor"}), requestKeys);
        for (const Node& list : own) {
            if (!isMap(&list))
                addProblem(problems, list, path + ".calls.lists", "a map is expected");
            refuseKeys(list, callKeys, path + ".calls.lists", "it holds for the whole call", problems);
        }
        if (own.empty())
            read.lists.push_back(lists.read(common, path + ".calls", callKeys));
        for (const Node& list : own)
            read.lists.push_back(lists.read(overlaid(common, list), path + ".calls", callKeys));
        description.marketCalls.push_back(std::move(read));
    }
}

} // namespace mnemo::description
