#pragma once

#include <functional>
#include <string>
#include <vector>

#include "app/cli/arguments.h"
#include "app/cli/context.h"

namespace mnemo::cli {

// What the commands about stored series share.

/// Every time that a store can hold.
inline constexpr TimeRange allTime {fromMs(0), fromMs(253'402'300'800'000)};

/// FILTERS and --json.
struct ListOptions {
    FilterOptions filters;
    bool isJson = false;
};

/// A stored series with what is known about it.
struct SeriesState {
    SeriesRecord record;
    SeriesSummary summary;
    TimeRange known; ///< hull of rows and coverage; empty where there is neither
};
Result<SeriesState> stateOf(StoreReader& reader, const SeriesRecord& record);

/// What matches. Nothing is said so on standard error; it is an error (InvalidArgument, with the nearest id) where the filter
/// names an exchange that neither the catalogue nor the store knows.
Result<std::vector<SeriesRecord>> matchingSeries(Engine& engine, StoreReader& reader, const SeriesFilter& filter);

/// The same; where none matches and the filter names frames, what can be made of finer ones while reading, which is said on standard error.
Result<std::vector<SeriesRecord>> readableCandles(Engine& engine, StoreReader& reader, const SeriesFilter& filter);
/// The frame of which bars of @p series are made; empty where it is stored.
Result<std::string> madeOf(StoreReader& reader, const SeriesRecord& series);

/// Where one series is asked for and several match.
ExitStatus reportSeveral(const std::vector<SeriesRecord>& records);

/// Opens the store to read and hands the one series that matches to @p each. Several are an error; where there is none, or
/// nothing was ever stored, @p none says what is printed instead.
ExitStatus forOneSeries(Context& context, const SeriesFilter& filter, const std::function<ExitStatus()>& none,
    const std::function<ExitStatus(StoreReader&, const SeriesRecord&)>& each);

using EachSeries = std::function<Result<void>(Engine&, StoreReader&, const SeriesState&, const OpenRange&)>;
/// Hands each matching series of @p engine to @p each.
ExitStatus forEachSeries(Engine& engine, const Selection& selection, const EachSeries& each);
/// Opens the store to read; where nothing was ever stored there are no series.
ExitStatus forEachSeries(Context& context, const FilterOptions& filters, const EachSeries& each);

/// A command that takes FILTERS and --json.
void addListCommand(CLI::App& app, Context& context, const std::string& name, const std::string& description,
    ExitStatus (*run)(Context&, const ListOptions&));

} // namespace mnemo::cli
