#include "app/cli/commands.h"

#include <algorithm>
#include <map>

#include <nlohmann/json.hpp>

#include "app/cli/arguments.h"
#include "app/cli/findingtext.h"
#include "app/cli/output.h"
#include "app/cli/progressbar.h"
#include "app/cli/signals.h"
#include "app/cli/storedseries.h"
#include "core/quality/rules/rules.h"

namespace mnemo::cli {

namespace {

struct ValidateOptions {
    FilterOptions filters;
    std::vector<std::string> rules, thresholds;
    bool isPreview = false, isJson = false, isList = false;
};

/// "price_jump.z=30"
Result<ThresholdChange> readChange(const std::string& text)
{
    const auto equals = text.find('=');
    const auto dot = text.substr(0, equals).find('.');
    const auto wrong = [&] {
        return fail(
            ErrorCode::InvalidArgument, "--threshold takes RULE.KEY=NUMBER, as in price_jump.z=30, not '" + text + "'");
    };
    if (equals == std::string::npos || dot == std::string::npos)
        return wrong();
    const auto value = Json::parse(text.substr(equals + 1), nullptr, false);
    if (!value.is_number())
        return wrong();
    return ThresholdChange {text.substr(0, dot), text.substr(dot + 1, equals - dot - 1), value.get<double>()};
}

Result<ValidationRequest> requestOf(const ValidateOptions& options, const Selection& selection)
{
    ValidationRequest request;
    request.filter = selection.filter;
    request.range = selection.range.within({UtcMs::min(), UtcMs::max()});
    request.rules = options.rules;
    request.isPreview = options.isPreview;
    for (const std::string& text : options.thresholds) {
        auto change = readChange(text);
        if (!change)
            return fail(std::move(change.error()));
        request.changes.push_back(std::move(*change));
    }
    return request;
}

ExitStatus listRules(bool isJson)
{
    if (!isJson) {
        Table table({"rule", "kind", "scope", "severity", "title", "thresholds"});
        for (const Rule& rule : allRules()) {
            std::string thresholds;
            for (const Threshold& threshold : rule.info.thresholds)
                thresholds += (thresholds.empty() ? "" : ", ") + threshold.key + " " + Json(threshold.value).dump()
                    + " " + threshold.unit;
            table.add({rule.info.id, std::string(toText(rule.info.kind)), std::string(toText(rule.info.scope)),
                std::string(toText(rule.info.severity)), rule.info.title, thresholds});
        }
        return table.print();
    }
    Json list = Json::array();
    for (const Rule& rule : allRules()) {
        Json thresholds = Json::array();
        for (const Threshold& one : rule.info.thresholds)
            thresholds.push_back({{"key", one.key}, {"value", one.value}, {"min", one.min}, {"max", one.max},
                {"unit", one.unit}, {"meaning", one.meaning}});
        list.push_back({{"rule", rule.info.id}, {"title", rule.info.title}, {"kind", toText(rule.info.kind)},
            {"scope", toText(rule.info.scope)}, {"severity", toText(rule.info.severity)},
            {"explanation", rule.info.explanation}, {"thresholds", thresholds}});
    }
    return printJson(list);
}

Json summaryJson(const ValidationOutcome& outcome)
{
    std::map<SeriesId, SeriesKey> keys;
    for (const SeriesRecord& record : outcome.series)
        keys[record.id] = record.key;
    Json results = Json::array();
    for (const RuleResult& result : outcome.results) {
        Json one = toJson(keys[result.series]);
        one["rule"] = result.rule;
        one["severity"] = result.severity;
        one["verdict"] = toText(result.verdict);
        one["findings"] = result.findings;
        one["bars"] = result.bars;
        results.push_back(std::move(one));
    }
    return {{"rows", outcome.rows}, {"ms", outcome.took.count()}, {"added", outcome.stored.added},
        {"kept", outcome.stored.kept}, {"reopened", outcome.stored.reopened}, {"fixed", outcome.stored.fixed},
        {"results", std::move(results)}};
}

void noteSummary(const ValidationOutcome& outcome, bool isPreview)
{
    std::int64_t findings = 0, bars = 0;
    for (const RuleResult& result : outcome.results) {
        findings += result.findings;
        bars += result.bars;
    }
    std::string line = withThousands(outcome.rows) + " rows of "
        + withThousands(static_cast<std::int64_t>(outcome.series.size())) + " series, "
        + withThousands(static_cast<std::int64_t>(outcome.rowsPerSecond())) + " a second: ";
    if (isPreview)
        line += "would flag " + withThousands(bars) + " rows in " + withThousands(findings) + " findings";
    else
        line += withThousands(findings) + " findings by these rules, " + withThousands(outcome.stored.added)
            + " of them new, " + withThousands(outcome.stored.fixed) + " earlier ones are fixed";
    note(line);
}

ExitStatus printPreview(const ValidationOutcome& outcome, bool isJson)
{
    if (isJson)
        return printJson(summaryJson(outcome));
    Table table({"series", "rule", "severity", "findings", "rows"});
    table.alignRight(3);
    table.alignRight(4);
    for (const RuleResult& result : outcome.results) {
        const auto record = std::ranges::find(outcome.series, result.series, &SeriesRecord::id);
        if (result.findings > 0 && record != outcome.series.end())
            table.add({record->key.text(), result.rule, result.severity, withThousands(result.findings),
                withThousands(result.bars)});
    }
    return table.print();
}

/// Findings that are not fixed; those of rules on answers too.
ExitStatus printFindings(
    StoreReader& reader, const ValidationOutcome& outcome, const ValidationRequest& request, bool isJson)
{
    FindingFilter filter;
    filter.rules = request.rules;
    filter.states = unfixedStates();
    filter.within = request.range;
    Json list = Json::array();
    FindingTable table;
    bool hasOpenError = false;
    std::size_t listed = 0;
    for (const SeriesRecord& record : outcome.series) {
        filter.series = {record.id};
        const auto ids = reader.findingIds(filter, FindingOrder::Time);
        if (!ids)
            return report(ids.error());
        listed += ids->size();
        for (const FindingId id : *ids) {
            const auto found = reader.findingsById({&id, 1});
            if (!found)
                return report(found.error());
            for (const Finding& one : *found) {
                hasOpenError = hasOpenError || (one.severity == "error" && one.state == "open");
                if (isJson)
                    list.push_back(toJson(one, record.key));
                else
                    table.add(one, record.key);
            }
        }
    }
    std::int64_t byRules = 0;
    for (const RuleResult& result : outcome.results)
        byRules += result.findings;
    if (const auto others = static_cast<std::int64_t>(listed) - byRules; others > 0)
        note(withThousands(others) + " more are listed that earlier answers or comparisons left");
    Json json = summaryJson(outcome);
    json["findings"] = std::move(list);
    const auto printed = isJson ? printJson(json) : table.print();
    return worst(printed, hasOpenError ? ExitStatus::Incomplete : ExitStatus::Complete);
}

ExitStatus validate(Context& context, const ValidateOptions& options)
{
    if (options.isList)
        return listRules(options.isJson);
    const auto selection = readSelection(options.filters, context.now());
    if (!selection)
        return report(selection.error());
    const auto request = requestOf(options, *selection);
    if (!request)
        return report(request.error());
    const StopOnSignal stop;
    const auto engine = options.isPreview ? context.openEngineToRead() : context.openEngine(OpenMode::ReadWrite);
    if (!engine) {
        if (engine.error().code != ErrorCode::NotFound)
            return report(engine.error());
        note(engine.error().detail);
        return options.isJson ? printJson(summaryJson({})) : ExitStatus::Complete;
    }
    const auto reader = (*engine)->store().openReader();
    if (!reader)
        return report(reader.error());
    if (const auto matching = matchingSeries(**engine, **reader, selection->filter); !matching)
        return report(matching.error());
    ProgressBar bar;
    const auto outcome = (*engine)->validate(*request, stop.token(),
        [&bar](const ValidationProgress& now) { bar.show(now.rows, now.totalRows, now.current); });
    bar.clear();
    if (!outcome)
        return report(outcome.error());
    noteSummary(*outcome, options.isPreview);
    if (options.isPreview)
        return printPreview(*outcome, options.isJson);
    return printFindings(**reader, *outcome, *request, options.isJson);
}

} // namespace

void addValidateCommand(CLI::App& app, Context& context)
{
    auto* command = app.add_subcommand("validate",
        "Stored rows against the rules of quality.yaml; lists what is found. Exit status 1 where a finding of severity "
        "error is open, else 0");
    auto options = std::make_shared<ValidateOptions>();
    addFilterOptions(*command, options->filters);
    addList(*command, "--rule", options->rules, "These rules alone, also those that are off; --list tells all")
        ->type_name("ID,...");
    command->add_flag("--preview", options->isPreview, "Only tell how many rows would be flagged; nothing is stored");
    addList(*command, "--threshold", options->thresholds, "With --preview: another threshold, as price_jump.z=30")
        ->type_name("RULE.KEY=N");
    command->add_flag("--list", options->isList, "The rules and their thresholds");
    command->add_flag("--json", options->isJson, "JSON on standard output");
    command->final_callback(
        [&context, options] { context.chosen = [&context, options] { return validate(context, *options); }; });
}

} // namespace mnemo::cli
