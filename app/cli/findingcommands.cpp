#include "app/cli/commands.h"

#include <algorithm>

#include "app/cli/findinglists.h"
#include "app/cli/findingtext.h"
#include "app/cli/storedseries.h"

namespace mnemo::cli {

namespace {

// --- which findings ---

/// Those that were named by number, else those that the filters fit.
Result<std::vector<FindingId>> chosen(
    Engine& engine, const FindingOptions& options, UtcMs now, std::vector<FindingState> states)
{
    auto ids = readFindingIds(options.ids);
    if (!ids || !ids->empty())
        return ids;
    if (!isFiltered(options))
        return fail(ErrorCode::InvalidArgument, "Name findings by number, or filter them: --rule, --exchange, --symbol ...");
    const auto filter = readFilter(options, now, std::move(states));
    if (!filter)
        return fail(filter.error());
    const auto reader = engine.store().openReader();
    if (!reader)
        return fail(reader.error());
    auto found = (*reader)->findingIds(*filter, FindingOrder::Time);
    if (found && found->empty())
        return fail(ErrorCode::NotFound, "No finding fits; mnemo-quant-cli findings list shows those that there are.");
    return found;
}

// --- decisions ---

ExitStatus printChanged(Engine& engine, std::span<const Finding> changed, bool isJson)
{
    const auto reader = engine.store().openReader();
    if (!reader)
        return report(reader.error());
    std::vector<FindingId> ids(changed.size());
    std::ranges::transform(changed, ids.begin(), &Finding::id);
    return printFindings(**reader, ids, isJson);
}

/// The stretch of an accepted finding becomes a note on the whole market, which gaps and charts show as well.
Result<void> noteEvent(Engine& engine, std::span<const Finding> findings, const std::string& text)
{
    const auto reader = engine.store().openReader();
    if (!reader)
        return fail(reader.error());
    const auto keys = keysOf(**reader);
    if (!keys)
        return fail(keys.error());
    for (const Finding& finding : findings) {
        const auto key = keys->find(finding.series);
        if (key == keys->end())
            continue;
        const TimeRange range {finding.range.from, std::max(finding.range.to, finding.range.from + milliseconds {1})};
        const auto noted = engine.annotate({{}, key->second.exchange, key->second.market, {key->second.symbol}, {}, range, text, {}});
        if (!noted)
            return fail(noted.error());
    }
    return {};
}

ExitStatus decide(Context& context, const FindingOptions& options, DecisionAction action, std::vector<FindingState> states)
{
    const auto engine = context.openEngine(OpenMode::ReadWrite);
    if (!engine)
        return report(engine.error());
    auto ids = chosen(**engine, options, context.now(), std::move(states));
    if (!ids)
        return report(ids.error());
    const auto changed = (*engine)->decide({std::move(*ids), action, {}, options.reason, {}, {}});
    if (!changed)
        return report(changed.error());
    if (options.isEvent) {
        if (const auto noted = noteEvent(**engine, *changed, options.reason); !noted)
            return report(noted.error());
    }
    return printChanged(**engine, *changed, options.isJson);
}

/// The one series and whole range that the filters name.
Result<std::pair<SeriesRecord, TimeRange>> namedBars(Engine& engine, const FindingOptions& options, UtcMs now)
{
    const auto selection = readSelection(options.filters, now);
    if (!selection)
        return fail(selection.error());
    if (!selection->range.from || !selection->range.to)
        return fail(ErrorCode::InvalidArgument,
            "Name a finding by number, or bars: --exchange, --symbol, --timeframe, --from and --to.");
    const auto reader = engine.store().openReader();
    if (!reader)
        return fail(reader.error());
    const auto records = matchingSeries(engine, **reader, selection->filter);
    if (!records)
        return fail(records.error());
    if (records->size() != 1)
        return fail(ErrorCode::InvalidArgument,
            std::to_string(records->size()) + " series fit; bars are replaced in one at a time: add --exchange, --symbol, "
                                              "--market or --timeframe.");
    return std::pair {records->front(), selection->range.within({})};
}

Result<SeriesKey> keyOfFinding(Engine& engine, FindingId id)
{
    const auto reader = engine.store().openReader();
    if (!reader)
        return fail(reader.error());
    const auto found = (*reader)->findingsById({&id, 1});
    if (!found)
        return fail(found.error());
    const auto keys = keysOf(**reader);
    if (!keys)
        return fail(keys.error());
    if (found->empty() || !keys->contains(found->front().series))
        return fail(ErrorCode::NotFound, "there is no finding " + std::to_string(id));
    return keys->at(found->front().series);
}

SeriesKey otherKey(SeriesKey own, const FindingOptions& options)
{
    own.exchange = options.with;
    own.source = options.withSource.empty() ? options.with : options.withSource;
    return own;
}

Result<Finding> replaceBars(Engine& engine, const FindingOptions& options, UtcMs now)
{
    const auto bars = namedBars(engine, options, now);
    if (!bars)
        return fail(bars.error());
    return engine.replaceBars(bars->first.key, bars->second, otherKey(bars->first.key, options), options.reason);
}

ExitStatus replace(Context& context, const FindingOptions& options)
{
    const auto ids = readFindingIds(options.ids);
    if (!ids)
        return report(ids.error());
    const auto engine = context.openEngine(OpenMode::ReadWrite);
    if (!engine)
        return report(engine.error());
    std::vector<Finding> changed;
    const auto take = [&](Result<Finding> one) -> Result<void> {
        if (!one)
            return fail(std::move(one.error()));
        changed.push_back(std::move(*one));
        return {};
    };
    if (ids->empty()) {
        if (const auto done = take(replaceBars(**engine, options, context.now())); !done)
            return report(done.error());
    }
    for (const FindingId id : *ids) {
        const auto key = keyOfFinding(**engine, id);
        if (!key)
            return report(key.error());
        if (const auto done = take((*engine)->replace(id, otherKey(*key, options), options.reason)); !done)
            return report(done.error());
    }
    return printChanged(**engine, changed, options.isJson);
}

// --- the commands ---

using Run = std::function<ExitStatus(Context&, const FindingOptions&)>;

/// A command of the group; @p build adds its options.
void addCommand(CLI::App& group, Context& context, const char* name, const char* description,
    const std::function<void(CLI::App&, FindingOptions&)>& build, Run run)
{
    auto* command = group.add_subcommand(name, description);
    auto options = std::make_shared<FindingOptions>();
    build(*command, *options);
    command->add_flag("--json", options->isJson, "JSON on standard output");
    command->final_callback([&context, options, run = std::move(run)] {
        context.chosen = [&context, options, run] { return run(context, *options); };
    });
}

CLI::Option* addIds(CLI::App& command, FindingOptions& options)
{
    return command.add_option("ID", options.ids, "Numbers of findings, as findings list tells them")->delimiter(',');
}

CLI::Option* addReason(CLI::App& command, FindingOptions& options, const char* description)
{
    return command.add_option("--reason", options.reason, description)->type_name("TEXT");
}

void addDecision(CLI::App& group, Context& context, const char* name, const char* description, DecisionAction action,
    std::vector<FindingState> states, bool needsReason)
{
    addCommand(
        group, context, name, description,
        [&](CLI::App& command, FindingOptions& options) {
            addIds(command, options);
            addFindingFilters(command, options);
            addReason(command, options, "Why, in one sentence; kept in the log")->required(needsReason);
            if (action == DecisionAction::Acknowledge)
                command.add_flag("--event", options.isEvent,
                    "A known event: the reason is also noted for the stretch (notes list), where gaps and charts show it");
        },
        [action, states = std::move(states)](Context& at, const FindingOptions& options) {
            return decide(at, options, action, states);
        });
}

} // namespace

void addFindingCommands(CLI::App& app, Context& context)
{
    auto* group = app.add_subcommand("findings", "What validation and comparison found, and what is decided about it");
    group->require_subcommand(1);
    const auto filtered = [](CLI::App& command, FindingOptions& options) {
        addFindingFilters(command, options);
        command.add_option("--most", options.most, "At most so many")->type_name("N");
    };
    addCommand(*group, context, "list", "Findings that are not fixed, by time; nothing is judged anew", filtered, &listFindings);
    addCommand(
        *group, context, "show", "One finding with its bars, the answer they came with, and what was decided",
        [](CLI::App& command, FindingOptions& options) { addIds(command, options)->required(); }, &showFindings);
    using State = FindingState;
    addDecision(*group, context, "accept", "Somebody looked, and it stays as it is", DecisionAction::Acknowledge,
        {State::Open}, true);
    addDecision(*group, context, "quarantine", "Readers that ask for clean data leave the bars out",
        DecisionAction::Quarantine, {State::Open, State::Acknowledged}, false);
    addDecision(*group, context, "reopen", "Not settled after all", DecisionAction::Reopen,
        {State::Acknowledged, State::Quarantined, State::Replaced}, false);
    addDecision(*group, context, "undo", "Take the last decision about each back", DecisionAction::Undo,
        {State::Acknowledged, State::Quarantined, State::Replaced}, false);
    addCommand(
        *group, context, "replace",
        "Another exchange's bars in the place of a finding's, or of bars named by --exchange, --symbol, --timeframe, "
        "--from and --to; marked as foreign, the old values are kept",
        [](CLI::App& command, FindingOptions& options) {
            addIds(command, options);
            addFilterOptions(command, options.filters);
            command.add_option("--with", options.with, "The exchange whose stored bars are taken")->type_name("ID")->required();
            command.add_option("--with-source", options.withSource, "The source that told them; the exchange itself where left out")
                ->type_name("ID");
            addReason(command, options, "Why, in one sentence; kept in the log")->required();
        },
        &replace);
    addCommand(*group, context, "log", "All decisions, newest first", filtered, &logDecisions);
}

} // namespace mnemo::cli
