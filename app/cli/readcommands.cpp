#include "app/cli/commands.h"

#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

#include "app/cli/arguments.h"
#include "app/cli/output.h"
#include "app/cli/storedseries.h"
#include "core/base/decimal.h"
#include "core/base/timetext.h"
#include "core/engine/retention.h"
#include "core/engine/rolledreading.h"
#include "core/market/intervalset.h"
#include "core/market/metric.h"

namespace mnemo::cli {

namespace {

// --- series ---

struct SeriesLine {
    std::optional<UtcMs> first, last;
    std::int64_t rows = 0, expected = 0;
    double coverage = 0; ///< part of the expected bars about which the source has answered, 0 to 1
};

/// Bars of @p range that are stored, or about which the source has said that there are none.
Result<std::int64_t> explainedBars(Engine& engine, StoreReader& reader, const SeriesState& state, TimeRange range)
{
    const Grid grid = state.record.grid();
    const auto spans = reader.coverage(state.record.id, range);
    if (!spans)
        return fail(spans.error());
    std::int64_t answered = 0;
    for (const auto& span : *spans) {
        const bool isAnswer = span.state == CoverageState::Answered || span.state == CoverageState::Unlisted || span.state == CoverageState::Delisted;
        answered += isAnswer ? grid.count(span.range.intersected(range)) : 0;
    }
    const auto expected = grid.count(range);
    if (answered == expected)
        return answered;
    // Rows may stand outside of coverage (imported without it): only the gaps themselves tell.
    const auto gaps = engine.gaps(state.record, range);
    if (!gaps)
        return fail(gaps.error());
    std::int64_t open = 0;
    for (const auto& gap : *gaps) {
        const bool isExplained = gap.gapClass == GapClass::Empty || gap.gapClass == GapClass::Unlisted || gap.gapClass == GapClass::Delisted;
        open += isExplained ? 0 : gap.bars;
    }
    return expected - open;
}

/// Bars of @p range in which there was nothing to trade: nobody expects them.
Result<std::int64_t> barsNotTraded(StoreReader& reader, const SeriesRecord& record, TimeRange range)
{
    const auto spans = reader.coverage(record.id, range);
    if (!spans)
        return fail(spans.error());
    std::int64_t bars = 0;
    for (const auto& span : *spans) {
        if (span.state == CoverageState::Unlisted || span.state == CoverageState::Delisted)
            bars += record.grid().count(span.range.intersected(range));
    }
    return bars;
}

/// Rows within @p range: from the summary where the range holds them all, else counted.
Result<SeriesLine> lineOf(Engine& engine, StoreReader& reader, const SeriesState& state, const OpenRange& wanted)
{
    SeriesLine line {state.summary.first, state.summary.last, state.summary.rows, 0, 0};
    if (wanted.from || wanted.to) {
        const auto times = reader.openTimes(state.record.id, wanted.within(allTime));
        if (!times)
            return fail(times.error());
        line.rows = static_cast<std::int64_t>(times->size());
        line.first = times->empty() ? std::nullopt : std::optional(times->front());
        line.last = times->empty() ? std::nullopt : std::optional(times->back());
    }
    const Grid grid = state.record.grid();
    TimeRange range = grid.aligned(wanted.within(state.known));
    if (!wanted.from && line.first)
        range.from = *line.first;
    if (!wanted.to && line.last)
        range.to = grid.next(*line.last);
    if (range.isEmpty())
        return line;
    const auto explained = explainedBars(engine, reader, state, range);
    if (!explained)
        return fail(explained.error());
    const auto notTraded = barsNotTraded(reader, state.record, range);
    if (!notTraded)
        return fail(notTraded.error());
    line.expected = grid.count(range) - *notTraded;
    line.coverage = line.expected > 0 ? static_cast<double>(*explained - *notTraded) / static_cast<double>(line.expected) : 1;
    if (state.record.timeKind == timeKindOfEvents) // nobody expects one in each bar
        line.expected = line.rows + grid.count(range) - *explained;
    return line;
}

std::string percent(double part)
{
    // Rounded down: 100 % is said only where nothing is open.
    const auto tenths = static_cast<std::int64_t>(std::floor(part * 1000));
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " %";
}

/// What the source soon forgets; null where it keeps all.
Json retentionJson(const std::optional<RetentionClock>& clock)
{
    if (!clock)
        return {};
    const auto time = [](const std::optional<UtcMs>& moment) { return moment ? Json(toMs(*moment)) : Json(); };
    return {{"keptMs", clock->kept.count()}, {"missing", clock->missing}, {"firstMissing", time(clock->firstMissing)},
        {"lostAt", time(clock->lostAt)}};
}

ExitStatus series(Context& context, const ListOptions& options)
{
    Json list = Json::array();
    Table table({"exchange", "source", "market", "symbol", "kind", "frame", "rows", "expected", "covered", "first", "last", "next loss"});
    for (const std::size_t column : {6U, 7U, 8U})
        table.alignRight(column);
    const auto status = forEachSeries(context, options.filters,
        [&](Engine& engine, StoreReader& reader, const SeriesState& state, const OpenRange& range) -> Result<void> {
            const auto line = lineOf(engine, reader, state, range);
            if (!line)
                return fail(line.error());
            const auto& key = state.record.key;
            Json json = toJson(key);
            json["first"] = line->first ? Json(toMs(*line->first)) : Json();
            json["last"] = line->last ? Json(toMs(*line->last)) : Json();
            json["rows"] = line->rows;
            json["expected"] = line->expected;
            json["coverage"] = line->coverage;
            const auto clock = retentionClock(engine, state.record);
            if (!clock)
                return fail(clock.error());
            json["retention"] = retentionJson(*clock);
            list.push_back(std::move(json));
            table.add({key.exchange, key.source, std::string(toText(key.market)), key.symbol, std::string(toText(key.kind)), std::string(key.timeframe.name()),
                withThousands(line->rows), withThousands(line->expected), percent(line->coverage), line->first ? formatShort(*line->first) : "",
                line->last ? formatShort(*line->last) : "",
                *clock && (*clock)->lostAt ? formatShort(*(*clock)->lostAt) : ""});
            return {};
        });
    if (status != ExitStatus::Complete)
        return status;
    return options.isJson ? printJson(list) : table.print();
}

// --- candles ---

struct CandlesOptions {
    FilterOptions filters;
    std::string format = "csv";
    bool isClean = false, isForeign = false;
};

ExitStatus printNoCandles(RowFormat format)
{
    auto output = Output::toStdout();
    CandleWriter writer(output, format);
    writer.begin();
    writer.end();
    if (const auto done = output.finish(); !done)
        return report(done.error());
    return ExitStatus::Incomplete;
}

ExitStatus printCandles(
    StoreReader& reader, const SeriesRecord& series, TimeRange range, const CandlesOptions& options, RowFormat format)
{
    const auto frame = madeOf(reader, series);
    if (!frame)
        return report(frame.error());
    auto output = Output::toStdout();
    CandleWriter writer(output, format);
    writer.begin();
    const auto read = eachBar(reader, series, range, options.isClean && !options.isForeign, [&](const Candle& candle) {
        const bool isLeftOut = options.isClean && (candle.flags & Quarantined) != 0;
        return isLeftOut || writer.add(candle, *frame);
    });
    if (!read)
        return report(read.error());
    writer.end();
    if (const auto done = output.finish(); !done)
        return report(done.error());
    return ExitStatus::Complete;
}

ExitStatus candles(Context& context, const CandlesOptions& options)
{
    auto selection = readSelection(options.filters, context.now());
    if (!selection)
        return report(selection.error());
    const auto format = options.format == "json" ? RowFormat::Json : RowFormat::Csv;
    if (selection->filter.kinds.empty())
        selection->filter.kinds = {Kind::Candles};
    return forOneSeries(
        context, selection->filter, [&] { return printNoCandles(format); },
        [&](StoreReader& reader, const SeriesRecord& series) {
            return printCandles(reader, series, selection->range.within(allTime), options, format);
        });
}

// --- query ---

std::string csvLine(const std::vector<std::string>& fields)
{
    std::string line;
    for (std::size_t i = 0; i < fields.size(); ++i)
        line.append(i == 0 ? "" : ",").append(csvField(fields[i]));
    return line + "\n";
}

/// A number where the text is one as JSON writes it, so that programs need not convert; else a string.
Json cellJson(const std::optional<std::string>& cell)
{
    if (!cell)
        return {};
    const bool looksLikeNumber = !cell->empty() && (cell->front() == '-' || (cell->front() >= '0' && cell->front() <= '9'));
    if (looksLikeNumber) {
        auto number = Json::parse(*cell, nullptr, false);
        if (number.is_number())
            return number;
    }
    return *cell;
}

ExitStatus printQuery(const QueryTable& table, bool isJson)
{
    if (!isJson) {
        auto output = Output::toStdout();
        output.write(csvLine(table.columns));
        for (const auto& row : table.rows) {
            std::vector<std::string> fields;
            for (const auto& cell : row)
                fields.push_back(cell.value_or(""));
            if (!output.write(csvLine(fields)))
                break;
        }
        if (const auto done = output.finish(); !done)
            return report(done.error());
        return ExitStatus::Complete;
    }
    Json list = Json::array();
    for (const auto& row : table.rows) {
        Json object = Json::object();
        for (std::size_t i = 0; i < row.size(); ++i)
            object[table.columns[i]] = cellJson(row[i]);
        list.push_back(std::move(object));
    }
    return printJson(list);
}

ExitStatus query(Context& context, const std::string& sql, bool isJson)
{
    const auto engine = context.openEngineToRead();
    if (!engine) {
        report(engine.error());
        return ExitStatus::Storage;
    }
    const auto reader = (*engine)->store().openReader();
    if (!reader)
        return report(reader.error());
    const auto table = (*reader)->query(sql);
    if (!table)
        return report(table.error());
    return printQuery(*table, isJson);
}

} // namespace

void addReadCommands(CLI::App& app, Context& context)
{
    addListCommand(app, context, "series", "Stored series: rows, ends, how much of them is known, and when the source begins to forget what is missing", &series);

    auto* candlesCommand = app.add_subcommand("candles", "Stored candles of one series");
    auto options = std::make_shared<CandlesOptions>();
    addFilterOptions(*candlesCommand, options->filters);
    candlesCommand->add_option("--format", options->format, "csv (default) or json")->check(CLI::IsMember({"csv", "json"}));
    candlesCommand->add_flag("--clean", options->isClean, "Without quarantined bars and those that hold another venue's values");
    candlesCommand->add_flag("--foreign", options->isForeign, "With --clean: keep bars that were replaced by another venue's");
    candlesCommand->final_callback([&context, options] { context.chosen = [&context, options] { return candles(context, *options); }; });

    auto* queryCommand = app.add_subcommand("query", "One SQL statement that only reads");
    auto sql = std::make_shared<std::string>();
    auto format = std::make_shared<std::string>("csv");
    queryCommand->add_option("SQL", *sql, "\"SELECT ...\"; the tables are those of mnemo.db")->required();
    queryCommand->add_option("--format", *format, "csv (default) or json")->check(CLI::IsMember({"csv", "json"}));
    queryCommand->final_callback([&context, sql, format] { context.chosen = [&context, sql, format] { return query(context, *sql, *format == "json"); }; });
}

} // namespace mnemo::cli
