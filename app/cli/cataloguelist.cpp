#include "app/cli/cataloguelist.h"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

#include "core/exchange/stream.h"

namespace mnemo::cli {

namespace {

/// Timeframes that are asked for in one way.
struct Group {
    PageRules rules; ///< of the first; the grid is that one's
    std::vector<Timeframe> frames;
    int fewestRows = 0, mostRows = 0;
};

bool isAlike(const PageRules& a, const PageRules& b, bool isRowsEqual)
{
    PageRules other = b;
    other.grid = a.grid;
    if (!isRowsEqual)
        other.maxRows = a.maxRows;
    return a == other;
}

/// Of trades alone there are no rules: they are what candles are made of.
std::vector<Group> groupsOf(const Venue& venue, MarketType market, Kind kind, bool isRowsEqual)
{
    std::vector<Group> groups;
    for (const Timeframe frame : venue.timeframes(market, kind)) {
        const auto rules = venue.pageRules(market, kind, frame);
        if (!rules)
            continue;
        auto group =
            std::ranges::find_if(groups, [&](const Group& each) { return isAlike(each.rules, *rules, isRowsEqual); });
        if (group == groups.end())
            group = groups.insert(groups.end(), {*rules, {}, rules->maxRows, rules->maxRows});
        group->frames.push_back(frame);
        group->fewestRows = std::min(group->fewestRows, rules->maxRows);
        group->mostRows = std::max(group->mostRows, rules->maxRows);
    }
    return groups;
}

std::string_view pagingOf(const PageRules& rules)
{
    if (rules.isSnapshot)
        return "now";
    if (rules.isLatestOnly())
        return "latest";
    if (rules.walk == Walk::Cursor)
        return "cursor";
    return rules.bucket == Bucket::Day ? "day" : rules.bucket == Bucket::Year ? "year" : "pages";
}

/// "30 days", "36 hours"
std::string ageText(milliseconds age)
{
    const auto hours = std::chrono::floor<std::chrono::hours>(age).count();
    return hours >= 48 && hours % 24 == 0 ? withThousands(hours / 24) + " days" : withThousands(hours) + " hours";
}

std::string reachOf(const PageRules& rules)
{
    if (rules.isSnapshot)
        return "from now on";
    if (rules.retentionAge)
        return "last " + ageText(*rules.retentionAge);
    if (rules.retentionRows || rules.isLatestOnly())
        return "last " + withThousands(rules.retentionRows.value_or(rules.maxRows))
            + (rules.isFromTrades ? " trades" : " bars");
    return "all";
}

Json framesJson(const std::vector<Timeframe>& frames)
{
    Json names = Json::array();
    for (const Timeframe frame : frames)
        names.push_back(frame.name());
    return names;
}

Json anchorsJson(const Venue& venue, MarketType market, Kind kind, const std::vector<Timeframe>& frames)
{
    Json anchors = Json::object();
    for (const Timeframe frame : frames) {
        const auto rules = venue.pageRules(market, kind, frame);
        if (rules && rules->grid.anchor() != Grid(frame).anchor())
            anchors[std::string(frame.name())] = rules->grid.anchor().count();
    }
    return anchors;
}

Json groupJson(const Venue& venue, MarketType market, Kind kind, const Group& group)
{
    const PageRules& rules = group.rules;
    const auto lengthOf = [](const std::optional<milliseconds>& length) {
        return length ? Json(length->count()) : Json();
    };
    return {{"timeframes", framesJson(group.frames)}, {"paging", pagingOf(rules)}, {"pageRows", rules.maxRows},
        {"pageHolds", rules.isBackward ? "newest" : "oldest"}, {"fromTrades", rules.isFromTrades},
        {"retentionRows",
            rules.retentionRows        ? Json(*rules.retentionRows)
                : rules.isLatestOnly() ? Json(rules.maxRows)
                                       : Json()},
        {"retentionAgeMs", lengthOf(rules.retentionAge)}, {"reach", reachOf(rules)},
        {"oldestInOneRequest", rules.canAskOldest}, {"delayMs", rules.delay.count()},
        {"anchorsMs", anchorsJson(venue, market, kind, group.frames)}};
}

Json kindJson(const Venue& venue, MarketType market, Kind kind)
{
    Json json = {{"market", toText(market)}, {"kind", toText(kind)}, {"history", venue.hasHistory(market, kind)},
        {"snapshot", kind == Kind::OpenInterest && venue.hasSnapshot(market)}, {"ways", Json::array()}};
    for (const Group& group : groupsOf(venue, market, kind, true))
        json["ways"].push_back(groupJson(venue, market, kind, group));
    return json;
}

constexpr std::array allMarkets {MarketType::Spot, MarketType::Linear, MarketType::Inverse};

std::vector<Timeframe> framesOf(const StreamProtocol& stream)
{
    std::vector<Timeframe> frames;
    for (const Timeframe frame : Timeframe::all())
        if (stream.has(frame))
            frames.push_back(frame);
    return frames;
}

bool isOfTrades(const StreamProtocol& stream)
{
    return stream.rules().tells == StreamTells::Trades;
}

/// toldClosed: its last message says that a bar has ended, and is what is stored.
Json streamsJson(const Venue& venue)
{
    Json streams = Json::array();
    for (const MarketType market : allMarkets)
        if (const auto stream = venue.streams(market))
            streams.push_back({{"market", toText(market)}, {"timeframes", framesJson(framesOf(*stream))}, {"fromTrades", isOfTrades(*stream)},
                {"toldClosed", !isOfTrades(*stream) && stream->rules().closes == StreamClose::Told}});
    return streams;
}

Json venueJson(const Venue& venue)
{
    Json markets = Json::object();
    Json series = Json::array();
    for (const KindFacts& facts : allKinds()) {
        const Kind kind = facts.kind;
        for (const MarketType market : venue.markets(kind)) {
            markets[std::string(toText(market))][std::string(toText(kind))] =
                framesJson(venue.timeframes(market, kind));
            if (kind != Kind::Trades)
                series.push_back(kindJson(venue, market, kind));
        }
    }
    const LaneRules lane = venue.lane();
    Json budgets = Json::array();
    for (const auto& budget : lane.budgets)
        budgets.push_back({{"name", budget.name}, {"capacity", budget.capacity}, {"windowMs", budget.window.count()}});
    Json tellsOf; // null: of itself
    if (venue.isProvider())
        tellsOf = venue.exchanges();
    return {{"id", venue.id()}, {"name", venue.name()}, {"tellsOf", tellsOf}, {"version", venue.version()}, {"lane", lane.id},
        {"budgets", budgets}, {"markets", markets}, {"note", venue.note().empty() ? Json() : Json(venue.note())},
        {"needsKey", venue.needsKey()}, {"series", series}, {"marketListCalls", venue.marketRequests({}).size()},
        {"streams", streamsJson(venue)}};
}

std::string joined(const std::vector<Timeframe>& frames)
{
    std::string text;
    for (const Timeframe frame : frames)
        text.append(text.empty() ? "" : " ").append(frame.name());
    return text;
}

std::string joined(const std::vector<std::string>& words)
{
    std::string text;
    for (const std::string& word : words)
        text.append(text.empty() ? "" : " ").append(word);
    return text;
}

std::string pageOf(const Group& group)
{
    const std::string most = withThousands(group.mostRows);
    return group.fewestRows == group.mostRows ? most : withThousands(group.fewestRows) + " to " + most;
}

/// "candles", "candles of trades", "open_interest and now"
std::string kindText(const Venue& venue, MarketType market, Kind kind, const Group& group)
{
    std::string text(toText(kind));
    if (group.rules.isFromTrades)
        text += " of trades";
    if (kind == Kind::OpenInterest && !group.rules.isSnapshot && venue.hasSnapshot(market))
        text += " and now";
    return text;
}

void addStreams(Table& table, const Venue& venue)
{
    for (const MarketType market : allMarkets)
        if (const auto stream = venue.streams(market))
            table.add({venue.id(), std::string(toText(market)), isOfTrades(*stream) ? "candles of trades" : "candles", "stream", "", "from now on",
                "", joined(framesOf(*stream))});
}

} // namespace

Json catalogueJson(std::span<const std::shared_ptr<const Venue>> venues)
{
    Json json = Json::array();
    for (const auto& venue : venues)
        json.push_back(venueJson(*venue));
    return json;
}

Table catalogueTable(std::span<const std::shared_ptr<const Venue>> venues)
{
    Table table({"exchange", "market", "kind", "paging", "page", "how far back", "key", "timeframes"});
    table.alignRight(4);
    for (const auto& venue : venues) {
        if (venue->isProvider())
            table.add({venue->id(), "", "source", "", "", "", "", "of " + joined(venue->exchanges())});
        if (!venue->note().empty())
            table.add({venue->id(), "", "note", "", "", "", "", venue->note()});
        for (const KindFacts& facts : allKinds()) {
            if (facts.kind == Kind::Trades)
                continue;
            for (const MarketType market : venue->markets(facts.kind))
                for (const Group& group : groupsOf(*venue, market, facts.kind, false))
                    table.add({venue->id(), std::string(toText(market)), kindText(*venue, market, facts.kind, group),
                        std::string(pagingOf(group.rules)), pageOf(group), reachOf(group.rules),
                        venue->needsKey() ? "yes" : "", joined(group.frames)});
        }
        addStreams(table, *venue);
    }
    return table;
}

} // namespace mnemo::cli
