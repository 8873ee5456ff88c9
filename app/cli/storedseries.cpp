#include "app/cli/storedseries.h"

#include "app/cli/output.h"
#include "core/engine/rolledreading.h"
#include "core/market/intervalset.h"

namespace mnemo::cli {

namespace {

bool isNarrowed(const SeriesFilter& filter)
{
    return !filter.sources.empty() || !filter.exchanges.empty() || !filter.symbols.empty() || !filter.markets.empty()
        || !filter.timeframes.empty();
}

} // namespace

Result<SeriesState> stateOf(StoreReader& reader, const SeriesRecord& record)
{
    SeriesState state {record, {}, {}};
    const auto summary = reader.summary(record.id);
    if (!summary)
        return fail(summary.error());
    const auto coverage = reader.coverage(record.id, allTime);
    if (!coverage)
        return fail(coverage.error());
    state.summary = *summary;
    IntervalSet known;
    if (summary->first && summary->last)
        known.add({*summary->first, record.grid().next(*summary->last)});
    for (const auto& span : *coverage)
        known.add(span.range);
    state.known = known.hull();
    return state;
}

Result<std::vector<SeriesRecord>> matchingSeries(Engine& engine, StoreReader& reader, const SeriesFilter& filter)
{
    auto records = reader.series(filter);
    if (!records || !records->empty())
        return records;
    for (const std::string& exchange : filter.exchanges) {
        const auto venue = engine.catalogue()->venue(exchange);
        if (venue)
            continue;
        SeriesFilter its;
        its.exchanges = {exchange};
        if (const auto stored = reader.series(its); stored && stored->empty())
            return fail(ErrorCode::InvalidArgument, venue.error().detail);
    }
    if (isNarrowed(filter))
        complain("No stored series matches; mnemo-quant-cli series lists those that there are.");
    return records;
}

Result<std::vector<SeriesRecord>> readableCandles(Engine& engine, StoreReader& reader, const SeriesFilter& filter)
{
    if (filter.timeframes.empty() || filter.kinds != std::vector {Kind::Candles})
        return matchingSeries(engine, reader, filter);
    auto records = reader.series(filter);
    if (!records || !records->empty())
        return records;
    auto made = rollableSeries(reader, filter);
    if (!made || made->empty())
        return made ? matchingSeries(engine, reader, filter) : made;
    for (const SeriesRecord& series : *made) {
        const auto frame = madeOf(reader, series);
        if (!frame)
            return fail(frame.error());
        note(series.key.text() + " is not stored: its bars are made of those of " + *frame + ". A backfill brings the source's own.");
    }
    return made;
}

Result<std::string> madeOf(StoreReader& reader, const SeriesRecord& series)
{
    if (!isRolled(series))
        return std::string();
    const auto finer = finerOf(reader, series.key);
    if (!finer)
        return fail(finer.error());
    return *finer ? std::string((*finer)->key.timeframe.name()) : std::string();
}

ExitStatus reportSeveral(const std::vector<SeriesRecord>& records)
{
    std::string text = std::to_string(records.size()) + " series match; narrow the filters to one of:";
    for (const auto& record : records)
        text += "\n  " + record.key.text();
    complain(text);
    return ExitStatus::Usage;
}

ExitStatus forOneSeries(Context& context, const SeriesFilter& filter, const std::function<ExitStatus()>& none,
    const std::function<ExitStatus(StoreReader&, const SeriesRecord&)>& each)
{
    const auto engine = context.openEngineToRead();
    if (!engine && engine.error().code == ErrorCode::NotFound) {
        note(engine.error().detail);
        return none();
    }
    if (!engine)
        return report(engine.error());
    const auto reader = (*engine)->store().openReader();
    if (!reader)
        return report(reader.error());
    const auto records = readableCandles(**engine, **reader, filter);
    if (!records)
        return report(records.error());
    if (records->size() > 1)
        return reportSeveral(*records);
    if (records->empty())
        return none();
    return each(**reader, records->front());
}

ExitStatus forEachSeries(Engine& engine, const Selection& selection, const EachSeries& each)
{
    const auto reader = engine.store().openReader();
    if (!reader)
        return report(reader.error());
    const auto records = matchingSeries(engine, **reader, selection.filter);
    if (!records)
        return report(records.error());
    for (const auto& record : *records) {
        const auto state = stateOf(**reader, record);
        if (!state)
            return report(state.error());
        if (const auto done = each(engine, **reader, *state, selection.range); !done)
            return report(done.error());
    }
    return ExitStatus::Complete;
}

ExitStatus forEachSeries(Context& context, const FilterOptions& filters, const EachSeries& each)
{
    const auto selection = readSelection(filters, context.now());
    if (!selection)
        return report(selection.error());
    const auto engine = context.openEngineToRead();
    if (!engine) {
        // An empty list is the right answer where nothing was ever stored.
        if (engine.error().code != ErrorCode::NotFound)
            return report(engine.error());
        note(engine.error().detail);
        return ExitStatus::Complete;
    }
    return forEachSeries(**engine, *selection, each);
}

void addListCommand(CLI::App& app, Context& context, const std::string& name, const std::string& description,
    ExitStatus (*run)(Context&, const ListOptions&))
{
    auto* command = app.add_subcommand(name, description);
    auto options = std::make_shared<ListOptions>();
    addFilterOptions(*command, options->filters);
    command->add_flag("--json", options->isJson, "JSON on standard output");
    command->final_callback([&context, options, run] { context.chosen = [&context, options, run] { return run(context, *options); }; });
}

} // namespace mnemo::cli
