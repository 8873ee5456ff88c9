#include "app/cli/commands.h"

#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

#include "app/cli/arguments.h"
#include "app/cli/output.h"
#include "app/cli/progressbar.h"
#include "app/cli/signals.h"
#include "core/base/decimal.h"
#include "core/base/timetext.h"
#include "core/quality/rollup.h"

namespace mnemo::cli {

namespace {

constexpr std::size_t listedFindings = 40; // on the terminal; --json has them all

struct CompareOptions {
    std::vector<std::string> exchanges, sources, symbols;
    std::string timeframe, market, kind = "candles";
    RangeOptions range;
    bool isUnlike = false, isJson = false, isStored = false;
};

/// The stored series of @p wanted: of its own timeframe, else of the longest one that can be rolled up to it.
Result<SeriesKey> storedSeries(StoreReader& reader, const SeriesKey& wanted)
{
    const auto records =
        reader.series({{wanted.source}, {wanted.exchange}, {wanted.symbol}, {wanted.market}, {wanted.kind}, {}});
    if (!records)
        return fail(records.error());
    const SeriesRecord* best = nullptr;
    for (const SeriesRecord& record : *records) {
        const bool isSame = record.key.timeframe == wanted.timeframe;
        if (!isSame && !nests(record.grid(), Grid(wanted.timeframe)))
            continue;
        if (!best || record.key.timeframe > best->key.timeframe)
            best = &record;
    }
    if (!best)
        return fail(ErrorCode::NotFound,
            wanted.text() + " is not stored, nor are bars that it could be made of: backfill it first.");
    return best->key;
}

/// Every exchange with every source and symbol, in the order in which they were typed.
Result<CompareRequest> readRequest(const CompareOptions& options, StoreReader& reader, UtcMs now)
{
    CompareRequest request;
    const auto frame = readTimeframe(options.timeframe);
    if (!frame)
        return fail(frame.error());
    const auto range = readRange(options.range, now);
    if (!range)
        return fail(range.error());
    request.timeframe = *frame;
    request.from = range->from;
    request.to = range->to;
    request.allowsUnlike = options.isUnlike;
    const Kind kind = kindFromText(options.kind).value_or(Kind::Candles);
    for (const std::string& exchange : options.exchanges) {
        for (const std::string& source : options.sources.empty() ? std::vector {exchange} : options.sources) {
            for (const std::string& symbol : options.symbols) {
                const auto market = readMarketOf(symbol, options.market);
                if (!market)
                    return fail(market.error());
                auto key = storedSeries(reader, {source, exchange, *market, symbol, kind, *frame});
                if (!key)
                    return fail(std::move(key.error()));
                if (key->timeframe != *frame)
                    note("Note: " + key->text() + (kind == Kind::Candles ? " is rolled up to " : " is taken at each ")
                        + std::string(frame->name()) + ".");
                request.series.push_back(std::move(*key));
            }
        }
    }
    return request;
}

Json spreadJson(const Spread& spread)
{
    return {{"median", spread.median}, {"p95", spread.p95}, {"p99", spread.p99}, {"max", spread.max}};
}

Json timeJson(const std::optional<UtcMs>& time)
{
    return time ? Json(toMs(*time)) : Json();
}

Json interestJson(const InterestReport& interest)
{
    return {{"rows", interest.rows}, {"inMoney", interest.inMoney}, {"ratio", interest.ratio},
        {"ratioP5", interest.ratioP5}, {"ratioP95", interest.ratioP95}, {"offPercent", interest.off},
        {"offPercentP95", interest.offP95}, {"offPercentMax", interest.offMax}, {"worst", timeJson(interest.worst)},
        {"limitPercent", interest.limit}, {"beyondLimit", interest.beyondLimit}, {"inOtherUnit", interest.inOtherUnit}};
}

/// Open interest has no prices and volumes.
Json interestPairJson(const PairReport& pair)
{
    return {{"a", pair.a}, {"b", pair.b}, {"common", pair.common}, {"identical", pair.identical},
        {"missingInA", pair.missingInA}, {"missingInB", pair.missingInB}, {"unaskedInA", pair.unaskedInA},
        {"unaskedInB", pair.unaskedInB}, {"first", timeJson(pair.first)}, {"last", timeJson(pair.last)},
        {"unitDoubt", pair.unitDoubt}, {"isExact", pair.isExact}, {"interest", interestJson(*pair.interest)}};
}

Json pairJson(const PairReport& pair)
{
    if (pair.interest)
        return interestPairJson(pair);
    return {{"a", pair.a}, {"b", pair.b}, {"common", pair.common}, {"identical", pair.identical},
        {"missingInA", pair.missingInA}, {"missingInB", pair.missingInB}, {"unaskedInA", pair.unaskedInA},
        {"unaskedInB", pair.unaskedInB}, {"first", timeJson(pair.first)}, {"last", timeJson(pair.last)},
        {"medianCloseBp", pair.medianCloseBp}, {"closeBp", spreadJson(pair.close)}, {"openBp", spreadJson(pair.open)},
        {"highBp", spreadJson(pair.high)}, {"lowBp", spreadJson(pair.low)}, {"worstClose", timeJson(pair.worstClose)},
        {"apart", pair.apart}, {"beyondLimits", pair.beyondLimits}, {"volumeRatio", pair.volumeRatio},
        {"volumeRatioP5", pair.volumeRatioP5}, {"volumeRatioP95", pair.volumeRatioP95}, {"ratioBars", pair.ratioBars},
        {"lag", pair.lag}, {"correlation", pair.correlation}, {"correlationInStep", pair.correlationInStep},
        {"unitDoubt", pair.unitDoubt}, {"isExact", pair.isExact}};
}

Json findingJson(const CompareReport& report, const CompareFinding& finding)
{
    Json json = toJson(report.sides[finding.side].key);
    json.update({{"rule", finding.rule}, {"severity", finding.severity}, {"from", toMs(finding.range.from)},
        {"to", toMs(finding.range.to)}, {"bars", finding.bars},
        {"details", Json::parse(finding.details, nullptr, false)}});
    return json;
}

Json reportJson(const CompareReport& report)
{
    Json json {{"timeframe", report.grid.timeframe().name()}, {"from", toMs(report.range.from)},
        {"to", toMs(report.range.to)}};
    json["series"] = Json::array();
    for (const CompareSide& side : report.sides) {
        json["series"].push_back(toJson(side.key));
        json["series"].back()["contractSize"] = side.contractSize;
    }
    json["pairs"] = Json::array();
    for (const PairReport& pair : report.pairs)
        json["pairs"].push_back(pairJson(pair));
    json["findingCount"] = report.findingCount;
    json["findings"] = Json::array();
    for (const CompareFinding& finding : report.findings)
        json["findings"].push_back(findingJson(report, finding));
    return json;
}

/// Two decimals at most.
std::string bp(double value)
{
    return formatDecimal(std::round(value * 100) / 100 + 0.0);
}

/// Four digits that count.
std::string ratio(double value)
{
    if (!(value > 0))
        return "-";
    const double step = std::pow(10, 3 - std::floor(std::log10(value)));
    return formatDecimal(std::round(value * step) / step);
}

/// What tells the sides apart: the exchange, and source, market or symbol where those differ.
std::string nameOf(const CompareReport& report, std::size_t side)
{
    const SeriesKey& key = report.sides[side].key;
    const auto differs = [&](auto member) {
        return std::ranges::any_of(
            report.sides, [&](const CompareSide& other) { return other.key.*member != key.*member; });
    };
    std::string name = key.source != key.exchange ? key.source + ":" + key.exchange : key.exchange;
    if (differs(&SeriesKey::symbol) || differs(&SeriesKey::market))
        name += " " + key.symbol;
    return name;
}

ExitStatus printInterestPairs(const CompareReport& report)
{
    Table table({"a", "b", "rows", "equal", "not in a", "not in b", "a/b", "p5", "p95", "off %", "p95", "max", "limit %",
        "beyond", "other unit"});
    for (std::size_t column = 2; column < 15; ++column)
        table.alignRight(column);
    for (const PairReport& pair : report.pairs) {
        const InterestReport& interest = *pair.interest;
        table.add({nameOf(report, pair.a), nameOf(report, pair.b), withThousands(interest.rows),
            withThousands(pair.identical), withThousands(pair.missingInA), withThousands(pair.missingInB),
            ratio(interest.ratio), ratio(interest.ratioP5), ratio(interest.ratioP95), bp(interest.off),
            bp(interest.offP95), bp(interest.offMax), interest.limit > 0 ? bp(interest.limit) : "-",
            withThousands(interest.beyondLimit), withThousands(interest.inOtherUnit)});
    }
    return table.print();
}

ExitStatus printPairs(const CompareReport& report)
{
    if (!report.pairs.empty() && report.pairs.front().interest)
        return printInterestPairs(report);
    Table table({"a", "b", "bars", "equal", "not in a", "not in b", "median bp", "|median|", "p95", "p99", "max",
        "beyond", "volume a/b", "in step", "lag"});
    for (std::size_t column = 2; column < 15; ++column)
        table.alignRight(column);
    for (const PairReport& pair : report.pairs) {
        table.add({nameOf(report, pair.a), nameOf(report, pair.b), withThousands(pair.common),
            withThousands(pair.identical), withThousands(pair.missingInA), withThousands(pair.missingInB),
            bp(pair.medianCloseBp), bp(pair.close.median), bp(pair.close.p95), bp(pair.close.p99), bp(pair.close.max),
            withThousands(pair.beyondLimits), ratio(pair.volumeRatio), bp(pair.correlationInStep),
            std::to_string(pair.lag)});
    }
    return table.print();
}

/// The number that says how bad it is, in words.
std::string gist(const CompareFinding& finding)
{
    const auto details = Json::parse(finding.details, nullptr, false);
    const auto text = [&](const Json& value) { return formatDecimal(value.get<double>()); };
    if (details.contains("interest")) {
        const Json& worst = details["interest"];
        const std::string both = text(worst["ours"]) + " against " + text(worst["theirs"]) + " (" + worst["unit"].get<std::string>()
            + ") of " + worst["against"].get<std::string>();
        return worst.contains("means") ? both + ": seems to count " + worst["means"].get<std::string>()
                                       : both + ": " + text(worst["off_percent"]) + " % off, limit " + text(worst["limit_percent"]);
    }
    if (details.contains("worst"))
        return text(details["worst"]["off_bp"]) + " bp off " + details["worst"]["against"].get<std::string>()
            + ", limit " + text(details["worst"]["limit_bp"]);
    if (details.contains("lag"))
        return text(details["lag"]) + " bars late against " + details["against"].get<std::string>();
    if (details.contains("factor"))
        return "volume x " + text(details["factor"])
            + (details.contains("unit") ? ": as " + details["unit"].get<std::string>() : std::string());
    if (details.contains("traded_elsewhere"))
        return "traded at " + text(details["traded_elsewhere"]) + " of the others";
    if (details.contains("basis_bp"))
        return "usual difference " + text(details["basis_bp"]) + " bp, limit " + text(details["limit_bp"]);
    return {};
}

ExitStatus printFindings(const CompareReport& report)
{
    if (report.findings.empty())
        return ExitStatus::Complete;
    Table table({"series", "rule", "from", "to", "bars", "what"});
    table.alignRight(4);
    for (std::size_t i = 0; i < std::min(report.findings.size(), listedFindings); ++i) {
        const CompareFinding& finding = report.findings[i];
        table.add({nameOf(report, finding.side), finding.rule, formatShort(finding.range.from),
            formatShort(finding.range.to), withThousands(finding.bars), gist(finding)});
    }
    return table.print();
}

ExitStatus printReport(const CompareReport& report)
{
    const auto pairs = printPairs(report);
    if (pairs != ExitStatus::Complete)
        return pairs;
    const auto findings = printFindings(report);
    for (const PairReport& pair : report.pairs) {
        if (!pair.unitDoubt.empty())
            note(pair.unitDoubt);
        if (!pair.isExact)
            note("Medians and the like of so many bars are right to 0.05 %; the largest values are exact.");
    }
    const auto shown = static_cast<std::int64_t>(std::min(report.findings.size(), listedFindings));
    if (report.findingCount > shown)
        note(withThousands(report.findingCount - shown) + " more findings; --json lists up to "
            + withThousands(CompareReport::keptFindings) + ".");
    return findings;
}

Result<CompareReport> run(
    Engine& engine, const CompareRequest& request, bool isStored, std::stop_token stop, ProgressBar& bar)
{
    const auto progress = [&bar](std::int64_t done, std::int64_t total) {
        bar.show(done, total, withThousands(done) + " of " + withThousands(total) + " bars compared");
    };
    if (!isStored)
        return engine.compare(request, std::move(stop), progress);
    auto done = engine.compareAndStore(request, std::move(stop), progress);
    if (!done)
        return fail(std::move(done.error()));
    bar.clear();
    const FindingSyncOutcome& stored = done->stored;
    note(withThousands(stored.added) + " findings raised, " + withThousands(stored.kept) + " known before, "
        + withThousands(stored.reopened) + " back again, " + withThousands(stored.fixed) + " gone");
    return std::move(done->report);
}

ExitStatus compare(Context& context, const CompareOptions& options)
{
    const StopOnSignal stop;
    const auto engine = options.isStored ? context.openEngine(OpenMode::ReadWrite) : context.openEngineToRead();
    if (!engine)
        return report(engine.error());
    const auto reader = (*engine)->store().openReader();
    if (!reader)
        return report(reader.error());
    const auto request = readRequest(options, **reader, context.now());
    if (!request)
        return report(request.error());
    ProgressBar bar;
    const auto outcome = run(**engine, *request, options.isStored, stop.token(), bar);
    bar.clear();
    if (!outcome)
        return report(outcome.error());
    const auto printed = options.isJson ? printJson(reportJson(*outcome)) : printReport(*outcome);
    return worst(printed, outcome->findingCount > 0 ? ExitStatus::Incomplete : ExitStatus::Complete);
}

} // namespace

void addCompareCommand(CLI::App& app, Context& context)
{
    auto* command = app.add_subcommand("compare", "One instrument at two or more venues or sources, bar by bar: candles, or open interest");
    auto options = std::make_shared<CompareOptions>();
    addList(*command, "--symbol", options->symbols, "Unified symbol")->required()->type_name("SYMBOL,...");
    addList(*command, "--exchange", options->exchanges, "The exchanges to compare; the first is the subject")
        ->required()
        ->type_name("ID,...");
    command->add_option("--timeframe", options->timeframe, "1m ... 1M; shorter stored bars are rolled up")
        ->required()
        ->type_name("FRAME");
    command->add_option("--kind", options->kind, "candles (default) or open_interest")
        ->check(CLI::IsMember({"candles", "open_interest"}))
        ->type_name("KIND");
    command->add_option("--market", options->market, "spot, linear or inverse; from the symbol where left out")
        ->type_name("MARKET");
    addList(*command, "--source", options->sources, "Who told; the exchange itself where left out")
        ->type_name("ID,...");
    addRangeOptions(*command, options->range);
    command->add_flag("--unlike", options->isUnlike, "Also what is not alike: spot with linear, USD with USDT");
    command->add_flag("--store", options->isStored, "Keep the findings, and mark those as fixed that are gone");
    command->add_flag("--json", options->isJson, "JSON on standard output");
    command->footer("Without a range: where at least two of the series hold rows. Limits: quality.yaml, compare.\n"
                    "Exit status: 0 nothing is beyond the limits; 1 something is, each listed; 2 usage, configuration, "
                    "or a series that\n"
                    "is not stored; 3 storage; 130 cancelled.");
    command->final_callback(
        [&context, options] { context.chosen = [&context, options] { return compare(context, *options); }; });
}

} // namespace mnemo::cli
