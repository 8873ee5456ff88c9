#include "app/cli/commands.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "app/cli/arguments.h"
#include "app/cli/jobfollower.h"
#include "app/cli/jobresults.h"
#include "app/cli/output.h"
#include "app/cli/signals.h"
#include "core/base/timetext.h"

namespace mnemo::cli {

namespace {

struct BackfillOptions {
    std::vector<std::string> exchanges, symbols, timeframes;
    std::string market, source, kind = "candles", exchangeSymbol;
    RangeOptions range;
    bool isPlan = false, isStrict = false, isJson = false;
};

// --- from options to requests ---

Result<TimeRange> readBackfillRange(const RangeOptions& options, UtcMs now)
{
    const auto range = readRange(options, now);
    if (!range)
        return fail(range.error());
    if (!range->from)
        return fail(ErrorCode::InvalidArgument, "The range is missing; write --from TIME [--to TIME] or --last 30d.");
    if (*range->from >= now)
        return fail(ErrorCode::InvalidArgument, "The range lies in the future: it begins at " + formatShort(*range->from) + " and now is "
                + formatShort(now) + " UTC by this computer's clock.");
    return range->within({{}, now});
}

/// Every combination of exchanges, symbols and timeframes.
Result<std::vector<BackfillRequest>> readRequests(const BackfillOptions& options, UtcMs now)
{
    const auto range = readBackfillRange(options.range, now);
    if (!range)
        return fail(range.error());
    const auto kind = readKind(options.kind);
    if (!kind)
        return fail(kind.error());
    if (!options.exchangeSymbol.empty() && options.symbols.size() > 1)
        return fail(ErrorCode::InvalidArgument, "--exchange-symbol names one instrument; give one --symbol with it.");
    std::vector<BackfillRequest> requests;
    for (const auto& exchange : options.exchanges) {
        for (const auto& symbol : options.symbols) {
            for (const auto& name : options.timeframes) {
                const auto market = readMarketOf(symbol, options.market);
                if (!market)
                    return fail(market.error());
                const auto frame = readTimeframe(name);
                if (!frame)
                    return fail(frame.error());
                requests.push_back({exchange, symbol, *frame, *market, *kind, options.source, options.exchangeSymbol, *range});
            }
        }
    }
    return requests;
}

// --- plan ---

Json planJson(const BackfillPlan& plan)
{
    Json json = toJson(plan.series);
    json["from"] = toMs(plan.wanted.from);
    json["to"] = toMs(plan.wanted.to);
    json["barsWanted"] = plan.barsWanted;
    json["barsAnswered"] = plan.barsAnswered;
    json["requests"] = plan.requests;
    json["weight"] = plan.weight;
    json["etaMs"] = plan.eta.count();
    json["bytes"] = plan.bytes;
    if (plan.files.count > 0)
        json["files"] = {{"host", plan.files.host}, {"count", plan.files.count}, {"requests", plan.files.requests}, {"bytes", plan.files.bytes}, {"etaMs", plan.files.time.count()}};
    json["pages"] = Json::array();
    for (const auto& page : plan.list)
        json["pages"].push_back({{"from", toMs(page.range.from)}, {"to", toMs(page.range.to)}, {"route", page.route}, {"url", page.url}});
    json["warnings"] = plan.warnings;
    return json;
}

void printPlan(const BackfillPlan& plan)
{
    std::string text = plan.series.text() + "\n";
    text += "  range     " + formatShort(plan.wanted.from) + " to " + formatShort(plan.wanted.to) + " UTC, " + withThousands(plan.barsWanted) + " bars\n";
    text += "  known     " + withThousands(plan.barsAnswered) + " bars; " + withThousands(plan.barsWanted - plan.barsAnswered) + " to be asked for\n";
    if (plan.files.count > 0)
        text += "  files     " + withThousands(plan.files.count) + " from " + plan.files.host + ", at least " + durationText(plan.files.time)
            + " and as long as about " + bytesText(plan.files.bytes) + " take to download; the exchange is asked for what they lack\n";
    text += "  requests  " + withThousands(plan.requests);
    if (plan.requests > 0)
        text += ", about " + durationText(plan.eta) + " by the exchange's limits";
    text += "\n";
    text += "  storage   about " + bytesText(plan.bytes) + " more\n";
    for (const auto& warning : plan.warnings)
        text += "  warning   " + warning + "\n";
    auto output = Output::toStdout();
    output.write(text);
}

/// Plans need what is stored, but must not be refused because another process collects, nor make a store.
Result<std::unique_ptr<Engine>> openToPlan(Context& context)
{
    auto engine = context.openEngine(OpenMode::ReadOnly);
    if (!engine && engine.error().code == ErrorCode::NotFound)
        return context.openEngine(OpenMode::ReadWrite);
    return engine;
}

Result<std::vector<BackfillPlan>> plansOf(Engine& engine, const std::vector<BackfillRequest>& requests)
{
    std::vector<BackfillPlan> plans;
    for (const auto& request : requests) {
        auto plan = engine.plan(request);
        if (!plan)
            return fail(plan.error());
        plans.push_back(std::move(*plan));
    }
    return plans;
}

ExitStatus showPlans(Context& context, const BackfillOptions& options, const std::vector<BackfillRequest>& requests)
{
    const auto engine = openToPlan(context);
    if (!engine)
        return report(engine.error());
    const auto plans = plansOf(**engine, requests);
    if (!plans)
        return report(plans.error());
    if (!options.isJson) {
        for (const auto& plan : *plans)
            printPlan(plan);
        return ExitStatus::Complete;
    }
    Json series = Json::array();
    for (const auto& plan : *plans)
        series.push_back(planJson(plan));
    return printJson({{"type", "plan"}, {"series", series}});
}

// --- results ---

ExitStatus conclude(const std::vector<JobSnapshot>& jobs, bool isStrict, bool isJson)
{
    auto status = ExitStatus::Complete;
    for (const auto& job : jobs) {
        describe(job, isStrict);
        status = worst(status, statusOf(job, isStrict));
    }
    if (status == ExitStatus::Cancelled)
        note("The same command goes on where this one stopped.");
    if (isJson) {
        Json series = Json::array();
        for (const auto& job : jobs)
            series.push_back(jobJson(job));
        printJson({{"type", "result"}, {"status", wordOf(jobs)}, {"series", series}});
    }
    return status;
}

/// Ends with what can be known where only some of the jobs could be started.
ExitStatus giveUp(Engine& engine, const Error& error)
{
    engine.cancelAll();
    return report(error);
}

ExitStatus backfill(Context& context, const BackfillOptions& options)
{
    const auto requests = readRequests(options, context.now());
    if (!requests)
        return report(requests.error());
    if (options.isPlan)
        return showPlans(context, options, *requests);
    const StopOnSignal stop;
    const auto engine = context.openEngine(OpenMode::ReadWrite);
    if (!engine)
        return report(engine.error());
    // All or none: a mistyped symbol at the end of a list must not be found out after an hour.
    if (const auto plans = plansOf(**engine, *requests); !plans)
        return report(plans.error());
    std::vector<JobId> jobs;
    for (const auto& request : *requests) {
        const auto job = (*engine)->backfill(request);
        if (!job)
            return giveUp(**engine, job.error());
        jobs.push_back(*job);
    }
    JobFollower follower(**engine, options.isJson);
    return conclude(follower.follow(jobs, stop.token()), options.isStrict, options.isJson);
}

ExitStatus incremental(Context& context, bool isJson)
{
    const StopOnSignal stop;
    const auto engine = context.openEngine(OpenMode::ReadWrite);
    if (!engine)
        return report(engine.error());
    Problems skipped;
    const auto jobs = (*engine)->incremental(&skipped);
    if (!jobs)
        return report(jobs.error());
    for (const auto& problem : skipped)
        complain("left out: " + problem.text());
    if (jobs->empty() && skipped.empty())
        note("Nothing to do: the universe is empty. assets.yaml in the configuration folder says which series to keep up to date.");
    JobFollower follower(**engine, isJson);
    const auto status = conclude(follower.follow(*jobs, stop.token()), false, isJson);
    return skipped.empty() ? status : worst(status, ExitStatus::Usage);
}

} // namespace

void addBackfillCommands(CLI::App& app, Context& context)
{
    auto* command = app.add_subcommand("backfill", "Collect history; what is known already is not asked for again");
    auto options = std::make_shared<BackfillOptions>();
    addList(*command, "--exchange", options->exchanges, "Exchanges, as in catalogue list")->required()->type_name("ID,...");
    addList(*command, "--symbol", options->symbols, "Unified symbols: BTC/USDT, BTC/USDT:USDT")->required()->type_name("SYMBOL,...");
    addList(*command, "--timeframe", options->timeframes, "1m ... 1M")->required()->type_name("FRAME,...");
    command->add_option("--market", options->market, "spot, linear or inverse; from the symbol where left out")->type_name("MARKET");
    command->add_option("--source", options->source, "Who tells: a provider of catalogue list; the exchange itself where left out")->type_name("ID");
    command->add_option("--kind", options->kind, "candles (default) or another of " + kindList(", "))->type_name("KIND");
    command->add_option("--exchange-symbol", options->exchangeSymbol, "The venue's own id of the instrument")->type_name("ID");
    addRangeOptions(*command, options->range);
    command->add_flag("--plan", options->isPlan, "Only show what would be done; nothing is sent");
    command->add_flag("--strict", options->isStrict, "Any absent bar gives exit status 1");
    command->add_flag("--json", options->isJson, "JSON lines on standard output: progress, then one result");
    command->footer("Exit status: 0 every wanted bar is stored or known not to exist; 1 something remains unknown, failed or beyond\n"
                    "retention; 2 usage or configuration; 3 storage; 130 stopped. Lists of several values make one job each.");
    command->final_callback([&context, options] { context.chosen = [&context, options] { return backfill(context, *options); }; });

    auto* cycle = app.add_subcommand("incremental", "Bring the configured universe up to date, once");
    auto json = std::make_shared<bool>(false);
    cycle->add_flag("--json", *json, "JSON lines on standard output: progress, then one result");
    cycle->final_callback([&context, json] { context.chosen = [&context, json] { return incremental(context, *json); }; });
}

} // namespace mnemo::cli
