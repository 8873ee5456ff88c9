#include "app/cli/commands.h"

#include <algorithm>
#include <map>

#include <nlohmann/json.hpp>

#include "app/cli/findingtext.h"
#include "app/cli/jobfollower.h"
#include "app/cli/jobresults.h"
#include "app/cli/output.h"
#include "app/cli/signals.h"
#include "app/cli/storedseries.h"
#include "core/base/timetext.h"
#include "core/quality/gaps.h"

namespace mnemo::cli {

namespace {

// --- gaps ---

Json toJson(const GapEvidence::Neighbours& side)
{
    Json json = {{"bars", side.bars}, {"medianVolume", side.bars > 0 ? Json(side.medianVolume) : Json()}};
    json["medianTrades"] = side.medianTrades ? Json(*side.medianTrades) : Json();
    return json;
}

Json rangeJson(TimeRange range)
{
    return {{"from", toMs(range.from)}, {"to", toMs(range.to)}};
}

Json pageJson(const PageRecord& page)
{
    Json json = rangeJson(page.range);
    json["fetchedAt"] = toMs(page.fetchedAt);
    json["route"] = page.route;
    json["status"] = page.status;
    json["rows"] = page.rows;
    json["archiveKey"] = page.archiveKey.empty() ? Json() : Json(page.archiveKey);
    return json;
}

Json outagesJson(const GapEvidence& evidence)
{
    Json list = Json::array();
    for (const auto& outage : evidence.listed) {
        Json json = rangeJson(outage.range);
        json.update({{"listed", outage.id}, {"reason", outage.reason}, {"source", outage.source}});
        list.push_back(std::move(json));
    }
    for (const auto& outage : evidence.inferred) {
        Json json = rangeJson(outage.range);
        json.update({{"silent", outage.silent}, {"asked", outage.asked}, {"symbols", outage.symbols}});
        list.push_back(std::move(json));
    }
    return list;
}

/// The evidence for programs; the sentence stands beside it.
Json detailsJson(const GapEvidence& evidence)
{
    Json pages = Json::array(), elsewhere = Json::array(), notes = Json::array();
    for (const auto& page : evidence.pages)
        pages.push_back(pageJson(page));
    for (const auto& other : evidence.elsewhere) {
        Json json = mnemo::cli::toJson(other.series);
        json["bars"] = other.bars;
        json["rows"] = other.rows;
        elsewhere.push_back(std::move(json));
    }
    for (const auto& annotation : evidence.annotations)
        notes.push_back(annotation.text);
    return {{"checks", {{"fewest", evidence.fewestChecks}, {"most", evidence.mostChecks}}},
        {"requests", evidence.requests}, {"pages", pages}, {"before", toJson(evidence.before)},
        {"after", toJson(evidence.after)}, {"elsewhere", elsewhere},
        {"venue",
            {{"others", evidence.venue.others}, {"asked", evidence.venue.asked}, {"silent", evidence.venue.silent}}},
        {"outages", outagesJson(evidence)}, {"notes", notes}};
}

bool isExplained(GapClass gapClass)
{
    return gapClass == GapClass::Empty || gapClass == GapClass::Unlisted || gapClass == GapClass::Delisted;
}

class GapPrinter {
public:
    GapPrinter() { m_table.alignRight(7); }

    Result<void> add(Engine& engine, const SeriesState& state, const OpenRange& wanted)
    {
        const auto range = state.record.grid().aligned(wanted.within(state.known));
        if (range.isEmpty())
            return {};
        if (!m_isIndexed) { // outages are inferred from all series of a venue
            if (const auto loaded = engine.coverage().load(); !loaded)
                return fail(loaded.error());
            m_isIndexed = true;
        }
        const auto gaps = engine.gaps(state.record, range);
        if (!gaps)
            return fail(gaps.error());
        const auto evidence = engine.evidence(state.record, *gaps);
        if (!evidence)
            return fail(evidence.error());
        for (std::size_t i = 0; i < gaps->size(); ++i)
            add(state.record.key, (*gaps)[i], (*evidence)[i]);
        return {};
    }

    ExitStatus print(bool isJson) const
    {
        const auto printed = isJson ? printJson(m_list) : m_table.print();
        return worst(printed, m_isAllExplained ? ExitStatus::Complete : ExitStatus::Incomplete);
    }

private:
    void add(const SeriesKey& key, const Gap& gap, const GapEvidence& evidence)
    {
        Json json = mnemo::cli::toJson(key);
        json.update(mnemo::cli::toJson(gap));
        json["evidence"] = evidence.text;
        json["details"] = detailsJson(evidence);
        m_list.push_back(std::move(json));
        m_table.add({key.exchange, std::string(toText(key.market)), key.symbol, std::string(toText(key.kind)),
            std::string(key.timeframe.name()), formatShort(gap.range.from), formatShort(gap.range.to),
            withThousands(gap.bars), std::string(toText(gap.gapClass)), evidence.text});
        m_isAllExplained = m_isAllExplained && isExplained(gap.gapClass);
    }

    Json m_list = Json::array();
    Table m_table {{"exchange", "market", "symbol", "kind", "frame", "from", "to", "bars", "class", "evidence"}};
    bool m_isAllExplained = true;
    bool m_isIndexed = false;
};

ExitStatus gaps(Context& context, const ListOptions& options)
{
    GapPrinter printer;
    const auto status = forEachSeries(
        context, options.filters, [&](Engine& engine, StoreReader&, const SeriesState& state, const OpenRange& wanted) {
            return printer.add(engine, state, wanted);
        });
    return status == ExitStatus::Complete ? printer.print(options.isJson) : status;
}

// --- repair ---

struct RepairOptions : ListOptions {
    bool isVerifying = false;
    std::vector<std::string> findings;
};

/// What asking again may mend in @p range; all of it where the source's answers themselves are in question.
Result<std::vector<TimeRange>> rangesOf(
    Engine& engine, StoreReader& reader, const SeriesRecord& record, TimeRange range, bool isVerifying)
{
    if (isVerifying)
        return std::vector {range};
    const auto gaps = engine.gaps(record, range);
    if (!gaps)
        return fail(gaps.error());
    const auto coverage = reader.coverage(record.id, range);
    if (!coverage)
        return fail(coverage.error());
    return repairable(*gaps, *coverage);
}

/// Begins the repair of one series; nothing where there is nothing to be asked.
Result<std::optional<JobId>> begin(
    Engine& engine, StoreReader& reader, const SeriesState& state, const OpenRange& wanted, bool isVerifying)
{
    const auto range = state.record.grid().aligned(wanted.within(state.known));
    if (range.isEmpty())
        return std::nullopt;
    auto ranges = rangesOf(engine, reader, state.record, range, isVerifying);
    if (!ranges)
        return fail(std::move(ranges.error()));
    if (ranges->empty())
        return std::nullopt;
    const auto job = engine.repair({state.record.key, std::move(*ranges), {}});
    if (!job)
        return fail(job.error());
    return *job;
}

/// One repair for each series that has some of the findings.
Result<std::vector<JobId>> beginFindings(Engine& engine, const std::vector<FindingId>& ids)
{
    const auto reader = engine.store().openReader();
    if (!reader)
        return fail(reader.error());
    const auto findings = (*reader)->findingsById(ids);
    if (!findings)
        return fail(findings.error());
    if (findings->size() < ids.size())
        return fail(ErrorCode::NotFound, "Not all of these findings are there; mnemo-quant-cli findings list tells them.");
    const auto records = (*reader)->series();
    if (!records)
        return fail(records.error());
    std::vector<JobId> jobs;
    for (const SeriesRecord& record : *records) {
        RepairRequest request {record.key, {}, {}};
        for (const Finding& one : *findings) {
            if (one.series == record.id) // a moment is about the bar that holds it
                request.ranges.push_back({one.range.from, std::max(one.range.to, one.range.from + milliseconds {1})});
        }
        if (request.ranges.empty())
            continue;
        const auto job = engine.repair(request);
        if (!job)
            return fail(job.error());
        jobs.push_back(*job);
    }
    return jobs;
}

/// "outage 3, empty 2"; "nothing" where no bar is absent.
std::string classesText(const std::vector<Gap>& gaps)
{
    std::map<GapClass, std::int64_t> bars;
    for (const auto& gap : gaps)
        bars[gap.gapClass] += gap.bars;
    std::string text;
    for (const auto& [gapClass, count] : bars)
        text += (text.empty() ? "" : ", ") + std::string(toText(gapClass)) + " " + withThousands(count);
    return text.empty() ? "nothing" : text;
}

std::string checksText(int checks)
{
    return checks == 0 ? "never asked" : checks == 1 ? "asked once" : "asked " + std::to_string(checks) + " times";
}

void describe(const RepairProof& proof)
{
    for (const auto& range : proof.ranges) {
        note("  " + formatShort(range.range.from) + " to " + formatShort(range.range.to) + " UTC, "
            + withThousands(range.bars) + (range.bars == 1 ? " bar" : " bars") + ": absent "
            + classesText(range.before.gaps) + " (" + checksText(range.before.checks) + ") -> "
            + classesText(range.after.gaps) + " (" + checksText(range.after.checks) + "), " + withThousands(range.added)
            + (range.added == 1 ? " row" : " rows") + " added, " + withThousands(range.changed) + " changed");
    }
}

Json toJson(const RangeState& state)
{
    Json gaps = Json::array();
    for (const auto& gap : state.gaps)
        gaps.push_back(mnemo::cli::toJson(gap));
    return {{"rows", state.rows}, {"checks", state.checks}, {"gaps", gaps}};
}

Json toJson(const RepairProof& proof)
{
    Json ranges = Json::array();
    for (const auto& range : proof.ranges) {
        Json json = rangeJson(range.range);
        json["bars"] = range.bars;
        json["before"] = toJson(range.before);
        json["after"] = toJson(range.after);
        json["added"] = range.added;
        json["changed"] = range.changed;
        ranges.push_back(std::move(json));
    }
    return ranges;
}

Json requestsJson(const RepairProof& proof)
{
    Json list = Json::array();
    for (const auto& request : proof.requests) {
        Json json = {{"at", toMs(request.sentAt)}, {"method", request.method}, {"url", request.url},
            {"status", request.status}, {"tookMs", request.took.count()}, {"rows", request.rows}};
        json["error"] = request.error ? Json(request.error->detail) : Json();
        list.push_back(std::move(json));
    }
    return list;
}

ExitStatus conclude(Engine& engine, const std::vector<JobSnapshot>& jobs, bool isJson)
{
    auto status = ExitStatus::Complete;
    Json series = Json::array();
    for (const auto& job : jobs) {
        mnemo::cli::describe(job, false);
        const auto proof = engine.proof(job.id);
        Json json = jobJson(job);
        json["ranges"] = proof ? toJson(*proof) : Json::array();
        json["requestLog"] = proof ? requestsJson(*proof) : Json::array();
        series.push_back(std::move(json));
        if (proof)
            describe(*proof);
        status = worst(status, statusOf(job, false));
    }
    if (!isJson)
        return status;
    return worst(status, printJson({{"type", "result"}, {"status", wordOf(jobs)}, {"series", series}}));
}

ExitStatus repairFindings(Context& context, const RepairOptions& options)
{
    const auto ids = readFindingIds(options.findings);
    if (!ids)
        return report(ids.error());
    const StopOnSignal stop;
    const auto engine = context.openEngine(OpenMode::ReadWrite);
    if (!engine)
        return report(engine.error());
    const auto jobs = beginFindings(**engine, *ids);
    if (!jobs)
        return report(jobs.error());
    JobFollower follower(**engine, options.isJson);
    return conclude(**engine, follower.follow(*jobs, stop.token()), options.isJson);
}

ExitStatus repair(Context& context, const RepairOptions& options)
{
    if (!options.findings.empty())
        return repairFindings(context, options);
    const auto selection = readSelection(options.filters, context.now());
    if (!selection)
        return report(selection.error());
    if (options.isVerifying && !selection->range.from)
        return report({ErrorCode::InvalidArgument, "--verify asks for every bar again: say from when, with --from or --last.", {}});
    const StopOnSignal stop;
    const auto engine = context.openEngine(OpenMode::ReadWrite);
    if (!engine)
        return report(engine.error());
    if (const auto loaded = (*engine)->coverage().load(); !loaded) // outages are inferred from all series of a venue
        return report(loaded.error());
    std::vector<JobId> jobs;
    auto refused = ExitStatus::Complete;
    const auto status = forEachSeries(**engine, *selection,
        [&](Engine& e, StoreReader& reader, const SeriesState& state, const OpenRange& wanted) -> Result<void> {
            const auto job = begin(e, reader, state, wanted, options.isVerifying);
            if (job && *job)
                jobs.push_back(**job);
            if (!job) { // the others can still be mended
                complain(state.record.key.text() + ": " + job.error().detail);
                refused = worst(refused, exitStatusOf(job.error().code));
            }
            return {};
        });
    if (status != ExitStatus::Complete)
        return status;
    if (jobs.empty() && refused == ExitStatus::Complete)
        note(options.isVerifying ? "Nothing to verify: no series that fits holds anything in that range."
                                 : "Nothing to repair: no bar is unknown, failed, in an outage, or absent by one answer alone.");
    JobFollower follower(**engine, options.isJson);
    return worst(refused, conclude(**engine, follower.follow(jobs, stop.token()), options.isJson));
}

void addRepairCommand(CLI::App& app, Context& context)
{
    auto* command = app.add_subcommand("repair",
        "Ask again for bars that are unknown, failed, in an outage, or absent by one answer alone; before and after of "
        "each range");
    auto options = std::make_shared<RepairOptions>();
    addFilterOptions(*command, options->filters);
    auto* verify = command->add_flag("--verify", options->isVerifying,
        "Ask again for all that is known of the range: what the source says otherwise now is stored as a revision");
    addList(*command, "--finding", options->findings, "Ask again for the bars of these findings")
        ->type_name("N,...")
        ->excludes(verify);
    command->add_flag("--json", options->isJson, "JSON on standard output");
    command->final_callback(
        [&context, options] { context.chosen = [&context, options] { return repair(context, *options); }; });
}

} // namespace

void addGapCommands(CLI::App& app, Context& context)
{
    addListCommand(app, context, "gaps",
        "Absent bars, each with its class and the evidence; exit status 1 where one is not explained", &gaps);
    addRepairCommand(app, context);
}

} // namespace mnemo::cli
