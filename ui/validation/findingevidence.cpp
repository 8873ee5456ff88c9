#include "ui/validation/findingevidence.h"

#include <algorithm>
#include <array>

#include "core/quality/gaps.h"

namespace mnemo {

namespace {

/// More bars are not replaced in one go: a finding of that length is a matter for a backfill.
constexpr std::int64_t mostReplaced = 100'000;

Result<std::vector<ChartBar>> readBars(StoreReader& reader, const SeriesRecord& series, TimeRange range)
{
    std::vector<ChartBar> bars;
    const auto read = isMetric(series.key.kind)
        ? reader.eachMetric(series.id, range, false,
            [&](const Metric& row) {
                const double amount = row.numbers[0].value_or(row.numbers[1].value_or(0));
                bars.push_back({row.time, amount, amount, amount, amount, 0});
                return true;
            })
        : reader.eachCandle(series.id, range, false, [&](const Candle& row) {
              bars.push_back(toBar(row));
              return true;
          });
    if (!read)
        return fail(read.error());
    return bars;
}

Result<std::vector<OtherValue>> readOthers(StoreReader& reader, const SeriesRecord& ours, UtcMs open)
{
    SeriesFilter filter;
    filter.symbols = {ours.key.symbol};
    filter.markets = {ours.key.market};
    filter.kinds = {ours.key.kind};
    filter.timeframes = {ours.key.timeframe};
    const auto same = reader.series(filter);
    if (!same)
        return fail(same.error());
    std::vector<OtherValue> others;
    for (const SeriesRecord& one : *same) {
        if (one.id == ours.id)
            continue;
        auto bars = readBars(reader, one, {open, one.grid().next(one.grid().floor(open))});
        if (!bars)
            return fail(bars.error());
        others.push_back({one, bars->empty() ? std::nullopt : std::optional(bars->front())});
    }
    return others;
}

} // namespace

TimeRange neighbourhood(const Finding& finding, const Grid& grid, int around, int most)
{
    const UtcMs first = grid.floor(finding.range.from);
    const std::int64_t bars = std::clamp<std::int64_t>(grid.count({first, finding.range.to}), 1, most);
    return {grid.advance(first, -around), grid.advance(first, bars + around)};
}

Result<FindingEvidence> readEvidence(StoreReader& reader, Provenance provenance)
{
    FindingEvidence out;
    out.provenance = std::move(provenance);
    const SeriesRecord& series = out.provenance.series;
    const Grid grid = series.grid();
    out.shown = neighbourhood(out.provenance.finding, grid);
    auto bars = readBars(reader, series, out.shown);
    if (!bars)
        return fail(bars.error());
    out.bars = std::move(*bars);
    const auto coverage = reader.coverage(series.id, out.shown);
    if (!coverage)
        return fail(coverage.error());
    std::vector<UtcMs> held;
    std::ranges::transform(
        out.bars, std::back_inserter(held), [&](const ChartBar& bar) { return grid.floor(bar.time); });
    out.gaps = findGaps(held, *coverage, grid, out.shown);
    auto others = readOthers(reader, series, grid.floor(out.provenance.finding.range.from));
    if (!others)
        return fail(others.error());
    out.others = std::move(*others);
    return out;
}

Result<std::vector<Candle>> readReplacement(StoreReader& reader, FindingId finding, SeriesId from)
{
    const std::array ids {finding};
    const auto found = reader.findingsById(ids);
    if (!found)
        return fail(found.error());
    if (found->empty())
        return fail(ErrorCode::NotFound, "the finding is gone: the rows no longer break the rule");
    const auto all = reader.series();
    if (!all)
        return fail(all.error());
    const auto ours = std::ranges::find(*all, found->front().series, &SeriesRecord::id);
    if (ours == all->end())
        return fail(ErrorCode::NotFound, "the series of the finding is gone");
    if (ours->key.kind != Kind::Candles)
        return fail(
            ErrorCode::Unsupported, "open interest of one source cannot stand for that of another: units differ");
    if (ours->grid().count(found->front().range) > mostReplaced)
        return fail(
            ErrorCode::Unsupported, "the finding has too many bars to be replaced in one step: fetch them again");
    auto rows = reader.candles(from, found->front().range);
    if (!rows)
        return rows;
    if (rows->empty())
        return fail(ErrorCode::NotFound, "the other series holds no bar of this finding: fetch its history first");
    return rows;
}

} // namespace mnemo
