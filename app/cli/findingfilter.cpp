#include "app/cli/findingfilter.h"

#include "app/cli/findingtext.h"
#include "core/quality/rules/rule.h"

namespace mnemo::cli {

namespace {

Result<std::vector<FindingState>> readStates(const std::vector<std::string>& words)
{
    std::vector<FindingState> states;
    for (const std::string& word : words) {
        const auto state = findingStateFromText(word);
        if (!state)
            return fail(ErrorCode::InvalidArgument,
                "\"" + word + "\" is no state; write open, acknowledged, quarantined, replaced or fixed.");
        states.push_back(*state);
    }
    return states;
}

} // namespace

Result<FindingFilter> readFilter(const FindingOptions& options, UtcMs now, std::vector<FindingState> states)
{
    auto selection = readSelection(options.filters, now);
    if (!selection)
        return fail(std::move(selection.error()));
    FindingFilter filter;
    filter.sources = std::move(selection->filter.sources);
    filter.exchanges = std::move(selection->filter.exchanges);
    filter.symbols = std::move(selection->filter.symbols);
    filter.markets = std::move(selection->filter.markets);
    filter.kinds = std::move(selection->filter.kinds);
    filter.timeframes = std::move(selection->filter.timeframes);
    filter.within = selection->range.within(filter.within);
    filter.rules = options.rules; // any word: comparisons and decisions by hand raise findings of names of their own
    for (const std::string& severity : options.severities) {
        if (!severityFromText(severity))
            return fail(ErrorCode::InvalidArgument, "\"" + severity + "\" is no severity; write info, warn or error.");
    }
    filter.severities = options.severities;
    auto wanted = readStates(options.states);
    if (!wanted)
        return fail(std::move(wanted.error()));
    filter.states = wanted->empty() ? std::move(states) : std::move(*wanted);
    return filter;
}

bool isFiltered(const FindingOptions& options)
{
    const FilterOptions& filters = options.filters;
    return !options.rules.empty() || !options.severities.empty() || !options.states.empty()
        || !filters.exchanges.empty() || !filters.sources.empty() || !filters.markets.empty()
        || !filters.symbols.empty() || !filters.kinds.empty() || !filters.timeframes.empty()
        || !filters.range.from.empty() || !filters.range.to.empty() || !filters.range.last.empty();
}

void addFindingFilters(CLI::App& command, FindingOptions& options)
{
    addFilterOptions(command, options.filters);
    addList(command, "--rule", options.rules, "Only of these rules")->type_name("ID,...");
    addList(command, "--severity", options.severities, "Only info, warn, error")->type_name("SEVERITY,...");
    addList(command, "--state", options.states, "Only open, acknowledged, quarantined, replaced, fixed")->type_name("STATE,...");
}

Result<std::map<SeriesId, SeriesKey>> keysOf(StoreReader& reader)
{
    const auto all = reader.series();
    if (!all)
        return fail(all.error());
    std::map<SeriesId, SeriesKey> keys;
    for (const SeriesRecord& record : *all)
        keys[record.id] = record.key;
    return keys;
}

ExitStatus printFindings(StoreReader& reader, std::span<const FindingId> ids, bool isJson)
{
    const auto keys = keysOf(reader);
    if (!keys)
        return report(keys.error());
    Json list = Json::array();
    FindingTable table;
    for (const FindingId id : ids) { // one at a time: there may be a million
        const auto found = reader.findingsById({&id, 1});
        if (!found)
            return report(found.error());
        for (const Finding& one : *found) {
            const auto key = keys->find(one.series);
            if (key == keys->end())
                continue;
            if (isJson)
                list.push_back(toJson(one, key->second));
            else
                table.add(one, key->second);
        }
    }
    return isJson ? printJson(list) : table.print();
}

} // namespace mnemo::cli
