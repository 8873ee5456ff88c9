#include "app/cli/commands.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "app/cli/arguments.h"
#include "app/cli/output.h"
#include "app/cli/progressbar.h"
#include "app/cli/signals.h"
#include "app/cli/storedseries.h"
#include "core/engine/rolledreading.h"

namespace mnemo::cli {

namespace {

namespace fs = std::filesystem;

constexpr TimeRange allTime {fromMs(0), fromMs(253'402'300'800'000)};

// --- import ---

struct ImportOptions {
    std::vector<std::string> files, columns;
    std::string exchange, symbol, timeframe, market, kind = "candles";
    std::vector<std::string> where;
    bool hasNoCoverage = false, isJson = false;
};

Result<ImportRequest> readImport(const ImportOptions& options)
{
    ImportRequest request;
    const auto market = readMarketOf(options.symbol, options.market);
    if (!market)
        return fail(market.error());
    const auto frame = readTimeframe(options.timeframe);
    if (!frame)
        return fail(frame.error());
    const auto kind = readKind(options.kind);
    if (!kind)
        return fail(kind.error());
    for (const std::string& text : options.where) {
        const auto equals = text.find('=');
        if (equals == 0 || equals == std::string::npos)
            return fail(ErrorCode::InvalidArgument, "--where takes COLUMN=VALUE, not \"" + text + "\".");
        request.where[text.substr(0, equals)] = text.substr(equals + 1);
    }
    std::error_code ignored;
    for (const auto& file : options.files) {
        if (!fs::exists(file, ignored))
            return fail(ErrorCode::NotFound, file + ": there is no such file; nothing was imported.");
        request.files.emplace_back(file);
    }
    request.target.exchange = options.exchange;
    request.target.symbol = options.symbol;
    request.target.timeframe = *frame;
    request.target.market = *market;
    request.target.kind = *kind;
    request.columns = options.columns;
    request.coverage = !options.hasNoCoverage;
    return request;
}

Json outcomeJson(const ImportOutcome& outcome)
{
    Json json = toJson(outcome.series);
    json.update({{"read", outcome.read}, {"added", outcome.added}, {"changed", outcome.changed}, {"same", outcome.same},
        {"rejected", outcome.rejected}, {"notes", outcome.notes}});
    return json;
}

ExitStatus import(Context& context, const ImportOptions& options)
{
    const auto request = readImport(options);
    if (!request)
        return report(request.error());
    const StopOnSignal stop;
    const auto engine = context.openEngine(OpenMode::ReadWrite);
    if (!engine)
        return report(engine.error());
    const auto outcome = (*engine)->importFiles(*request, stop.token());
    if (!outcome)
        return report(outcome.error());
    note(outcome->series.text() + ": " + withThousands(outcome->read) + " rows read, " + withThousands(outcome->added) + " added, "
        + withThousands(outcome->changed) + " changed, " + withThousands(outcome->same) + " were there, " + withThousands(outcome->rejected) + " rejected");
    for (const auto& line : outcome->notes)
        note("  " + line);
    const auto status = outcome->rejected > 0 ? ExitStatus::Incomplete : ExitStatus::Complete;
    return options.isJson ? worst(printJson(outcomeJson(*outcome)), status) : status;
}

// --- export ---

struct ExportOptions {
    FilterOptions filters;
    std::string format, out;
    bool isClean = false, isForeign = false;
};

std::string fileNameOf(const SeriesKey& key, std::string_view ending)
{
    std::string name = key.exchange + "_" + (key.source == key.exchange ? "" : key.source + "_") + std::string(toText(key.market)) + "_" + key.symbol + "_"
        + (key.kind == Kind::Candles ? "" : std::string(toText(key.kind)) + "_") + std::string(key.timeframe.name());
    std::replace_if(name.begin(), name.end(), [](char c) { return c == '/' || c == ':'; }, '-');
    return name.append(".").append(ending);
}

/// @return rows written
Result<std::int64_t> writeMetrics(StoreReader& reader, const SeriesRecord& record, TimeRange range, const ExportOptions& options, Output& output)
{
    const auto format = options.format == "json" ? RowFormat::Json : RowFormat::Csv;
    std::int64_t rows = 0;
    output.write(rowsBegin(format, record.key.kind));
    const auto read = reader.eachMetric(record.id, range, options.isClean, [&](const Metric& row) {
        std::string text;
        appendRow(text, format, record.key.kind, row, rows++ == 0);
        return output.write(text);
    });
    if (!read)
        return fail(read.error());
    output.write(rowsEnd(format, rows == 0));
    return rows;
}

Result<std::int64_t> writeCandles(StoreReader& reader, const SeriesRecord& record, TimeRange range, const ExportOptions& options, Output& output)
{
    CandleWriter writer(output, options.format == "json" ? RowFormat::Json : RowFormat::Csv);
    const auto frame = madeOf(reader, record);
    if (!frame)
        return fail(frame.error());
    std::int64_t rows = 0;
    writer.begin();
    const auto read = eachBar(reader, record, range, options.isClean && !options.isForeign, [&](const Candle& candle) {
        if (options.isClean && (candle.flags & Quarantined) != 0)
            return true;
        ++rows;
        return writer.add(candle, *frame);
    });
    if (!read)
        return fail(read.error());
    writer.end();
    return rows;
}

/// @return rows written. A half-written file does not stay.
Result<std::int64_t> exportSeries(StoreReader& reader, const SeriesRecord& record, TimeRange range, const ExportOptions& options, Output& output)
{
    const auto rows = isMetric(record.key.kind) ? writeMetrics(reader, record, range, options, output)
                                                : writeCandles(reader, record, range, options, output);
    if (!rows)
        return rows;
    if (const auto done = output.finish(); !done)
        return fail(done.error());
    return rows;
}

ExitStatus exportToFile(StoreReader& reader, const SeriesRecord& record, TimeRange range, const ExportOptions& options, const fs::path& path)
{
    auto output = options.out == "-" ? Result<Output>(Output::toStdout()) : Output::toFile(path);
    if (!output)
        return report(output.error());
    const auto rows = exportSeries(reader, record, range, options, *output);
    if (!rows)
        return report(rows.error());
    note(record.key.text() + ": " + withThousands(*rows) + " rows to " + (options.out == "-" ? "standard output" : path.string()));
    return ExitStatus::Complete;
}

bool isFolder(const std::string& path)
{
    std::error_code ignored;
    return path.back() == '/' || fs::is_directory(path, ignored);
}

ExitStatus exportAll(Context& context, const ExportOptions& options)
{
    if (options.format == "parquet") {
        complain("This program was built without Parquet; use --format csv or json.");
        return ExitStatus::Usage;
    }
    auto selection = readSelection(options.filters, context.now());
    if (!selection)
        return report(selection.error());
    if (selection->filter.kinds.empty())
        selection->filter.kinds = {Kind::Candles};
    const auto engine = context.openEngineToRead();
    if (!engine)
        return report(engine.error());
    const auto reader = (*engine)->store().openReader();
    if (!reader)
        return report(reader.error());
    const auto records = readableCandles(**engine, **reader, selection->filter);
    if (!records)
        return report(records.error());
    if (records->empty())
        return exitStatusOf(ErrorCode::NotFound);
    const bool toFolder = options.out != "-" && isFolder(options.out);
    if (!toFolder && records->size() > 1)
        return report({ErrorCode::InvalidArgument, std::to_string(records->size()) + " series match, but " + options.out
                + " is one file; narrow the filters, or end --out with a slash to get a folder with one file a series.", {}});
    std::error_code error;
    if (toFolder && !fs::create_directories(options.out, error) && error)
        return report({ErrorCode::StorageReadOnly, "Cannot make the folder " + options.out + ": " + error.message(), {}});
    const auto range = selection->range.within(allTime);
    for (const auto& record : *records) {
        const auto path = toFolder ? fs::path(options.out) / fileNameOf(record.key, options.format) : fs::path(options.out);
        if (const auto status = exportToFile(**reader, record, range, options, path); status != ExitStatus::Complete)
            return status;
    }
    return ExitStatus::Complete;
}

// --- rebuild ---

struct RebuildOptions {
    FilterOptions filters;
    bool isAggregates = false, isJson = false;
};

ExitStatus rebuildAggregates(Engine& engine, const SeriesFilter& filter, bool isJson)
{
    const auto rows = engine.rebuildAggregates(filter);
    if (!rows)
        return report(rows.error());
    note(withThousands(*rows) + " aggregate rows written again");
    return isJson ? printJson({{"aggregates", *rows}}) : ExitStatus::Complete;
}

ExitStatus rebuild(Context& context, const RebuildOptions& options)
{
    const auto selection = readSelection(options.filters, context.now());
    if (!selection)
        return report(selection.error());
    if (selection->range.from || selection->range.to)
        return report({ErrorCode::InvalidArgument, "rebuild works on whole series; leave --from, --to and --last out.", {}});
    const StopOnSignal stop;
    const auto engine = context.openEngine(OpenMode::ReadWrite);
    if (!engine)
        return report(engine.error());
    if (options.isAggregates)
        return rebuildAggregates(**engine, selection->filter, options.isJson);
    ProgressBar bar;
    const auto outcome = (*engine)->rebuild(selection->filter, stop.token(),
        [&bar](std::int64_t answers) { bar.show(0, 0, withThousands(answers) + " answers read again"); });
    bar.clear();
    if (!outcome)
        return report(outcome.error());
    note(withThousands(outcome->answers) + " answers read again, " + withThousands(outcome->rows) + " rows; " + withThousands(outcome->skipped)
        + " answers left out");
    return options.isJson ? printJson({{"answers", outcome->answers}, {"rows", outcome->rows}, {"skipped", outcome->skipped}}) : ExitStatus::Complete;
}

void addImport(CLI::App& app, Context& context)
{
    auto* command = app.add_subcommand("import", "Candles or open interest from files: CSV, gzip, zip");
    auto options = std::make_shared<ImportOptions>();
    command->add_option("FILE", options->files, "Files of one series")->required();
    command->add_option("--exchange", options->exchange, "Id as in catalogue list")->required()->type_name("ID");
    command->add_option("--symbol", options->symbol, "Unified symbol")->required()->type_name("SYMBOL");
    command->add_option("--timeframe", options->timeframe, "1m ... 1M")->required()->type_name("FRAME");
    command->add_option("--market", options->market, "spot, linear or inverse; from the symbol where left out")->type_name("MARKET");
    command->add_option("--kind", options->kind, "candles (default) or open_interest")->type_name("KIND");
    addList(*command, "--where", options->where, "Of a file of several series: the rows that are meant")->type_name("COLUMN=VALUE,...");
    addList(*command, "--columns", options->columns, "What the columns hold, where there is no header: time,open,high,low,close,volume")->type_name("NAME,...");
    command->add_flag("--no-coverage", options->hasNoCoverage, "Do not take bars that the files lack for bars without trades");
    command->add_flag("--json", options->isJson, "JSON on standard output");
    command->final_callback([&context, options] { context.chosen = [&context, options] { return import(context, *options); }; });
}

void addExport(CLI::App& app, Context& context)
{
    auto* command = app.add_subcommand("export", "Stored candles, or what --kind says, to files");
    auto options = std::make_shared<ExportOptions>();
    addFilterOptions(*command, options->filters);
    command->add_option("--format", options->format, "csv or json")->required()->check(CLI::IsMember({"csv", "json", "parquet"}));
    command->add_option("--out", options->out, "A file, - for standard output, or a folder (ends with /) for one file a series")->required()->type_name("PATH");
    command->add_flag("--clean", options->isClean, "Without quarantined bars and those that hold another venue's values");
    command->add_flag("--foreign", options->isForeign, "With --clean: keep bars that were replaced by another venue's");
    command->final_callback([&context, options] { context.chosen = [&context, options] { return exportAll(context, *options); }; });
}

void addRebuild(CLI::App& app, Context& context)
{
    auto* command = app.add_subcommand("rebuild", "Rows again from the archived answers, without network");
    auto options = std::make_shared<RebuildOptions>();
    addFilterOptions(*command, options->filters);
    command->add_flag("--aggregates", options->isAggregates, "Only hourly and daily aggregates, from the stored rows");
    command->add_flag("--json", options->isJson, "JSON on standard output");
    command->final_callback([&context, options] { context.chosen = [&context, options] { return rebuild(context, *options); }; });
}

} // namespace

void addFileCommands(CLI::App& app, Context& context)
{
    addImport(app, context);
    addExport(app, context);
    addRebuild(app, context);
}

} // namespace mnemo::cli
