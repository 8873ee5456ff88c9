#include "app/cli/commands.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "app/cli/output.h"
#include "core/base/timetext.h"

namespace mnemo::cli {

namespace {

Json timeOrNull(const std::optional<UtcMs>& time)
{
    return time ? Json(toMs(*time)) : Json();
}

Json toJson(const HealthIssue& issue)
{
    Json json = {{"id", issue.id()}, {"cause", toText(issue.cause)}, {"step", toText(issue.step)},
        {"severity", mnemo::toText(issue.severity)}, {"where", issue.where}, {"what", issue.what},
        {"series", issue.series}, {"count", issue.count}};
    json["from"] = issue.range.isEmpty() ? Json() : Json(toMs(issue.range.from));
    json["to"] = issue.range.isEmpty() ? Json() : Json(toMs(issue.range.to));
    json["since"] = timeOrNull(issue.since);
    json["until"] = timeOrNull(issue.until);
    json["detail"] = issue.detail;
    Json parts = Json::array();
    for (const auto& part : issue.parts) {
        Json one = mnemo::cli::toJson(part.series.key);
        one.update({{"from", toMs(part.range.from)}, {"to", toMs(part.range.to)}});
        parts.push_back(std::move(one));
    }
    json["parts"] = std::move(parts);
    return json;
}

Json toJson(const Health& health)
{
    Json issues = Json::array();
    for (const auto& issue : health.issues)
        issues.push_back(toJson(issue));
    Json json = {{"checkedAt", toMs(health.checkedAt)}, {"series", health.series}, {"kept", health.kept},
        {"fresh", health.fresh}, {"withGaps", health.withGaps}, {"missingBars", health.missingBars},
        {"atRisk", health.atRisk}, {"findings", health.findings}};
    json["jobs"] = !health.areJobsKnown ? Json() // they are those of the process that collects
                                        : Json {{"running", health.running}, {"waiting", health.waiting},
                                            {"failed", health.failed}, {"withGaps", health.withGapsEnded}};
    json["issues"] = std::move(issues);
    return json;
}

/// What somebody types, or opens, to do something about it.
std::string helpFor(const HealthIssue& issue)
{
    switch (issue.cause) {
    case HealthCause::Retention: return "backfill --from, before the source forgets";
    case HealthCause::Stale: return "incremental, or backfill --last";
    case HealthCause::Gaps: return "repair --exchange " + issue.where;
    case HealthCause::Findings: return "validate --exchange " + issue.where;
    case HealthCause::Outage: return "an entry in outages.yaml, or the window's Accept";
    case HealthCause::Store:
    case HealthCause::Disk:
    case HealthCause::Settings: return "doctor";
    case HealthCause::Lane:
    case HealthCause::FailedJobs: return "the window's Jobs";
    }
    return {};
}

ExitStatus printText(const Health& health)
{
    auto output = Output::toStdout();
    output.write("series      " + withThousands(health.series) + "\nfresh       " + withThousands(health.fresh) + " of "
        + withThousands(health.kept) + " that are kept up to date\ngaps        " + withThousands(health.withGaps)
        + " series lack " + withThousands(health.missingBars) + " bars\nat risk     " + withThousands(health.atRisk)
        + " series\nfindings    " + withThousands(health.findings) + " open\n");
    if (health.isClear())
        output.write("All clear.\n");
    if (const auto done = output.finish(); !done)
        return report(done.error());
    if (health.isClear())
        return ExitStatus::Complete;
    Table table({"severity", "cause", "where", "what", "series", "count", "since", "until", "what helps"});
    table.alignRight(4);
    table.alignRight(5);
    for (const auto& issue : health.issues)
        table.add({std::string(mnemo::toText(issue.severity)), std::string(toText(issue.cause)), issue.where, issue.what,
            withThousands(issue.series), withThousands(issue.count), issue.since ? formatShort(*issue.since) : "",
            issue.until ? formatShort(*issue.until) : "", helpFor(issue)});
    return table.print();
}

ExitStatus health(Context& context, bool isJson)
{
    const auto engine = context.openEngineToRead();
    if (!engine)
        return report(engine.error());
    const auto health = (*engine)->health();
    if (!health)
        return report(health.error());
    const bool isWell = std::ranges::all_of(
        health->issues, [](const HealthIssue& issue) { return issue.severity == Severity::Info; });
    return worst(
        isJson ? printJson(toJson(*health)) : printText(*health), isWell ? ExitStatus::Complete : ExitStatus::Incomplete);
}

} // namespace

void addHealthCommand(CLI::App& app, Context& context)
{
    auto* command =
        app.add_subcommand("health", "What is stale, missing, about to be lost or wrong, grouped by cause; 1 where something is");
    auto json = std::make_shared<bool>(false);
    command->add_flag("--json", *json, "JSON on standard output");
    command->final_callback(
        [&context, json] { context.chosen = [&context, json] { return health(context, *json); }; });
}

} // namespace mnemo::cli
