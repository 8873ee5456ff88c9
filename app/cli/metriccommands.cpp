#include "app/cli/commands.h"

#include <algorithm>

#include "app/cli/arguments.h"
#include "app/cli/output.h"
#include "app/cli/storedseries.h"
#include "core/base/decimal.h"
#include "core/market/metric.h"

namespace mnemo::cli {

namespace {

struct MetricOptions {
    FilterOptions filters;
    std::string format = "csv";
    bool isClean = false;
    bool isJson() const { return format == "json"; }
};

std::string headerOf(Kind kind)
{
    std::string header = "time";
    for (const MetricColumn& column : factsOf(kind).columns)
        header.append(",").append(column.name);
    return header + "\n";
}

/// "1704067200000,12.5,,12.5," or [1704067200000,12.5,null,12.5,null]
std::string rowText(const Metric& row, std::size_t columns, bool isJson)
{
    std::string text = (isJson ? "[" : "") + std::to_string(toMs(row.time));
    for (std::size_t i = 0; i < columns; ++i) {
        text += ',';
        if (row.numbers[i])
            appendDecimal(text, *row.numbers[i]);
        else if (isJson)
            text += "null";
    }
    return text + (isJson ? "]" : "\n");
}

/// @param reader null: there are none
ExitStatus print(StoreReader* reader, SeriesId series, TimeRange range, Kind kind, const MetricOptions& options)
{
    auto output = Output::toStdout();
    output.write(options.isJson() ? "[" : headerOf(kind));
    const std::size_t columns = factsOf(kind).columns.size();
    bool isFirst = true;
    Result<void> read;
    if (reader != nullptr)
        read = reader->eachMetric(series, range, options.isClean, [&](const Metric& row) {
            const bool goesOn = output.write((options.isJson() && !isFirst ? "," : "") + rowText(row, columns, options.isJson()));
            isFirst = false;
            return goesOn;
        });
    if (!read)
        return report(read.error());
    if (options.isJson())
        output.write("]\n");
    if (const auto done = output.finish(); !done)
        return report(done.error());
    return reader != nullptr ? ExitStatus::Complete : ExitStatus::Incomplete;
}

ExitStatus rows(Context& context, Kind kind, const MetricOptions& options)
{
    auto selection = readSelection(options.filters, context.now());
    if (!selection)
        return report(selection.error());
    selection->filter.kinds = {kind};
    return forOneSeries(
        context, selection->filter, [&] { return print(nullptr, 0, {}, kind, options); },
        [&](StoreReader& reader, const SeriesRecord& series) { return print(&reader, series.id, selection->range.within(allTime), kind, options); });
}

/// "Stored funding of one series: rate (fraction, for one funding interval), ..."
std::string descriptionOf(const KindFacts& facts, std::string name)
{
    std::ranges::replace(name, '-', ' ');
    std::string text = "Stored " + name + " of one series: ";
    for (const MetricColumn& column : facts.columns)
        text.append(&column == &facts.columns.front() ? "" : "; ").append(column.name).append(": ").append(column.unit);
    return text;
}

} // namespace

void addMetricCommands(CLI::App& app, Context& context)
{
    for (const KindFacts& facts : allKinds()) {
        if (!isMetric(facts.kind))
            continue;
        std::string name(facts.name);
        std::ranges::replace(name, '_', '-');
        auto* command = app.add_subcommand(name, descriptionOf(facts, name));
        auto options = std::make_shared<MetricOptions>();
        addFilterOptions(*command, options->filters);
        command->add_option("--format", options->format, "csv (default) or json")->check(CLI::IsMember({"csv", "json"}));
        command->add_flag("--clean", options->isClean, "Without quarantined rows");
        command->final_callback([&context, options, kind = facts.kind] {
            context.chosen = [&context, options, kind] { return rows(context, kind, *options); };
        });
    }
}

} // namespace mnemo::cli
