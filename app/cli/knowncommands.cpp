#include "app/cli/commands.h"

#include <nlohmann/json.hpp>

#include "app/cli/arguments.h"
#include "app/cli/output.h"
#include "core/base/timetext.h"
#include "core/config/outages.h"

namespace mnemo::cli {

namespace {

// What a person knows about a stretch of time: outages.yaml and annotations.yaml.

struct KnownOptions {
    std::string exchange, market, text, source;
    std::vector<std::string> symbols, timeframes;
    RangeOptions range;
    bool isJson = false;
};

Json namesJson(const std::vector<std::string>& names)
{
    return names;
}

template <class Entry>
Json entryJson(const Entry& entry)
{
    return {{"id", entry.id}, {"exchange", entry.exchange}, {"market", entry.market ? Json(toText(*entry.market)) : Json()},
        {"symbols", namesJson(entry.symbols)}, {"from", toMs(entry.range.from)}, {"to", toMs(entry.range.to)},
        {"file", entry.file}};
}

std::string joined(const std::vector<std::string>& names)
{
    std::string text;
    for (const std::string& name : names)
        text += (text.empty() ? "" : ",") + name;
    return text.empty() ? "all" : text;
}

std::string marketText(const std::optional<MarketType>& market)
{
    return market ? std::string(toText(*market)) : "all";
}

bool isWanted(const KnownOptions& options, const std::string& exchange)
{
    return options.exchange.empty() || options.exchange == exchange;
}

ExitStatus listOutages(Context& context, const KnownOptions& options)
{
    const auto settings = context.settings();
    if (!settings)
        return report(settings.error());
    Json list = Json::array();
    Table table({"id", "exchange", "market", "symbols", "from", "to", "reason"});
    for (const ListedOutage& one : (*settings)->settings.outages) {
        if (!isWanted(options, one.exchange))
            continue;
        Json json = entryJson(one);
        json.update({{"reason", one.reason}, {"source", one.source}});
        list.push_back(std::move(json));
        table.add({one.id, one.exchange, marketText(one.market), joined(one.symbols), formatShort(one.range.from),
            formatShort(one.range.to), one.reason});
    }
    return options.isJson ? printJson(list) : table.print();
}

ExitStatus listNotes(Context& context, const KnownOptions& options)
{
    const auto settings = context.settings();
    if (!settings)
        return report(settings.error());
    Json list = Json::array();
    Table table({"id", "exchange", "market", "symbols", "timeframes", "from", "to", "text"});
    for (const Annotation& one : (*settings)->settings.annotations) {
        if (!isWanted(options, one.exchange))
            continue;
        Json json = entryJson(one);
        json.update({{"timeframes", namesJson(one.timeframes)}, {"text", one.text}});
        list.push_back(std::move(json));
        table.add({one.id, one.exchange, marketText(one.market), joined(one.symbols), joined(one.timeframes),
            formatShort(one.range.from), formatShort(one.range.to), one.text});
    }
    return options.isJson ? printJson(list) : table.print();
}

struct Where {
    std::optional<MarketType> market;
    TimeRange range;
};

Result<Where> readWhere(const KnownOptions& options, UtcMs now)
{
    Where where;
    if (!options.market.empty()) {
        const auto market = readMarket(options.market);
        if (!market)
            return fail(market.error());
        where.market = *market;
    }
    for (const std::string& symbol : options.symbols) {
        if (const auto known = readMarketOf(symbol, {}); !known)
            return fail(known.error());
    }
    for (const std::string& frame : options.timeframes) {
        if (const auto known = readTimeframe(frame); !known)
            return fail(known.error());
    }
    const auto range = readRange(options.range, now);
    if (!range)
        return fail(range.error());
    if (!range->from || !range->to)
        return fail(ErrorCode::InvalidArgument, "Say when: --from and --to.");
    where.range = range->within({});
    return where;
}

/// A file of settings needs no lock of the store: reading is enough, and where nothing is stored yet one is made.
Result<std::unique_ptr<Engine>> openEngine(Context& context)
{
    auto engine = context.openEngineToRead();
    return !engine && engine.error().code == ErrorCode::NotFound ? context.openEngine(OpenMode::ReadWrite) : std::move(engine);
}

ExitStatus conclude(const Result<std::string>& id, bool isJson)
{
    if (!id)
        return report(id.error());
    if (isJson)
        return printJson({{"id", *id}});
    note("Added as " + *id + ".");
    return ExitStatus::Complete;
}

ExitStatus addOutage(Context& context, const KnownOptions& options)
{
    const auto where = readWhere(options, context.now());
    if (!where)
        return report(where.error());
    const auto engine = openEngine(context);
    if (!engine)
        return report(engine.error());
    return conclude((*engine)->markOutage({{}, options.exchange, where->market, options.symbols, where->range, options.text,
                        options.source.empty() ? "marked by hand" : options.source, {}}),
        options.isJson);
}

ExitStatus addNote(Context& context, const KnownOptions& options)
{
    const auto where = readWhere(options, context.now());
    if (!where)
        return report(where.error());
    const auto engine = openEngine(context);
    if (!engine)
        return report(engine.error());
    return conclude((*engine)->annotate({{}, options.exchange, where->market, options.symbols, options.timeframes, where->range,
                        options.text, {}}),
        options.isJson);
}

using Run = ExitStatus (*)(Context&, const KnownOptions&);

CLI::App* addCommand(CLI::App& group, Context& context, const char* name, const char* description,
    const std::shared_ptr<KnownOptions>& options, Run run)
{
    auto* command = group.add_subcommand(name, description);
    command->add_option("--exchange", options->exchange, "The exchange")->type_name("ID");
    command->add_flag("--json", options->isJson, "JSON on standard output");
    command->final_callback([&context, options, run] { context.chosen = [&context, options, run] { return run(context, *options); }; });
    return command;
}

void addPlace(CLI::App& command, KnownOptions& options)
{
    command.get_option("--exchange")->required();
    command.add_option("--market", options.market, "spot, linear or inverse; all where left out")->type_name("MARKET");
    addList(command, "--symbol", options.symbols, "Only these unified symbols")->type_name("SYMBOL,...");
    addRangeOptions(command, options.range);
}

} // namespace

void addKnownCommands(CLI::App& app, Context& context)
{
    auto* outages = app.add_subcommand("outages", "Times in which an exchange traded nothing, as you know them");
    outages->require_subcommand(1);
    addCommand(*outages, context, "list", "Those of all settings", std::make_shared<KnownOptions>(), &listOutages);
    auto options = std::make_shared<KnownOptions>();
    auto* add = addCommand(*outages, context, "add",
        "Adds one to outages.yaml of your settings: absent bars within are classed as outage from then on", options, &addOutage);
    addPlace(*add, *options);
    add->add_option("--reason", options->text, "What happened")->type_name("TEXT")->required();
    add->add_option("--said-by", options->source, "Who says so: an address, a name")->type_name("TEXT");

    auto* notes = app.add_subcommand("notes", "Remarks about stretches of time, shown with gaps and charts");
    notes->require_subcommand(1);
    addCommand(*notes, context, "list", "Those of all settings", std::make_shared<KnownOptions>(), &listNotes);
    options = std::make_shared<KnownOptions>();
    add = addCommand(*notes, context, "add", "Adds one to annotations.yaml of your settings", options, &addNote);
    addPlace(*add, *options);
    addList(*add, "--timeframe", options->timeframes, "Only these timeframes")->type_name("FRAME,...");
    add->add_option("--text", options->text, "The remark")->type_name("TEXT")->required();
}

} // namespace mnemo::cli
