#include "core/quality/coveragematrix.h"

#include <algorithm>

#include "core/quality/indexedseries.h"

namespace mnemo {

namespace {

using std::chrono::days;

std::vector<UtcMs> boundsFrom(UtcMs first, UtcMs to, std::int64_t daysEach)
{
    std::vector<UtcMs> bounds {first};
    while (bounds.back() < to)
        bounds.push_back(bounds.back() + days {daysEach});
    return bounds;
}

std::chrono::year_month_day dateOf(UtcMs time)
{
    return std::chrono::floor<days>(time);
}

CoverageRow outlineOf(const IndexedSeries& series)
{
    CoverageRow row;
    row.series = series.record;
    row.total = series.total;
    row.findings = static_cast<std::int64_t>(series.findings.size());
    row.known = series.known;
    row.first = series.first;
    row.last = series.last;
    row.revision = series.revision;
    return row;
}

template <class Counts>
void addDays(Counts& to, const IndexedSeries& series, DayNumber from, DayNumber end)
{
    from = std::max(from, series.firstDay);
    end = std::min(end, series.firstDay + static_cast<DayNumber>(series.days.size()));
    for (DayNumber day = from; day < end; ++day)
        to += series.days[static_cast<std::size_t>(day - series.firstDay)];
}

/// Bars of @p days that lie outside of the known range.
std::int64_t barsOutside(const IndexedSeries& series, TimeRange range, const Grid& grid)
{
    if (series.known.contains(range))
        return 0;
    const TimeRange known = range.intersected(series.known);
    return grid.count(range) - (known.isEmpty() ? 0 : grid.count(known));
}

/// A bucket in which no bar opens shows the one that runs through it.
void showLongBar(CoverageCell& cell, const IndexedSeries& series, UtcMs bucket, const Grid& grid)
{
    const UtcMs open = grid.floor(bucket);
    if (const DayCounts* day = series.known.contains(open) ? series.day(dayOf(open)) : nullptr)
        cell.counts += *day;
    else
        cell.counts.outside = 1;
}

std::vector<CoverageCell> cellsOf(const IndexedSeries& series, std::span<const UtcMs> bounds)
{
    std::vector<CoverageCell> cells(bounds.size() < 2 ? 0 : bounds.size() - 1);
    const Grid grid = series.record.grid();
    const bool areBarsLong = series.record.key.timeframe.length() > days {1};
    for (std::size_t i = 0; i < cells.size(); ++i) {
        CoverageCell& cell = cells[i];
        const TimeRange bucket {bounds[i], bounds[i + 1]};
        addDays(cell.counts, series, dayOf(bucket.from), dayOf(bucket.to));
        cell.counts.outside = static_cast<std::int32_t>(barsOutside(series, bucket, grid));
        if (areBarsLong && cell.counts.bars() == 0)
            showLongBar(cell, series, bucket.from, grid);
    }
    return cells;
}

void countFindings(std::vector<CoverageCell>& cells, const IndexedSeries& series, std::span<const UtcMs> bounds)
{
    for (const TimeRange& finding : series.findings) {
        const UtcMs end =
            std::max(finding.to, finding.from + milliseconds {1}); // one about a moment has an empty range
        const auto after = std::ranges::upper_bound(bounds, finding.from);
        auto i = after == bounds.begin() ? 0 : static_cast<std::size_t>(after - bounds.begin()) - 1;
        for (; i < cells.size() && bounds[i] < end; ++i)
            ++cells[i].findings;
    }
}

CoverageRow rowOf(const IndexedSeries& series, std::span<const UtcMs> bounds)
{
    CoverageRow row = outlineOf(series);
    row.cells = cellsOf(series, bounds);
    if (!row.cells.empty())
        countFindings(row.cells, series, bounds);
    return row;
}

void floorToDays(std::vector<UtcMs>& bounds)
{
    for (UtcMs& bound : bounds)
        bound = startOf(dayOf(bound));
}

/// @p range without the days at its ends that lack no bar; empty where no day of it lacks one.
TimeRange trimmed(const IndexedSeries& series, TimeRange range, const Grid& grid)
{
    const auto isWhole = [&series](DayNumber day) {
        const DayCounts* counts = series.day(day);
        return !counts || counts->missing() == 0;
    };
    DayNumber first = dayOf(range.from);
    DayNumber last = dayOf(range.to - milliseconds {1});
    while (first <= last && isWhole(first))
        ++first;
    while (first <= last && isWhole(last))
        --last;
    if (first > last)
        return {};
    return range.intersected({grid.ceil(startOf(first)), grid.ceil(startOf(last + 1))});
}

std::vector<TimeRange> missingOf(const IndexedSeries& series)
{
    std::vector<TimeRange> missing;
    if (series.total.missing() == 0)
        return missing;
    const Grid grid = series.record.grid();
    const auto add = [&](TimeRange range) {
        if (range.isEmpty() || (range = trimmed(series, range, grid)).isEmpty())
            return;
        if (!missing.empty() && missing.back().to == range.from)
            missing.back().to = range.to;
        else
            missing.push_back(range);
    };
    UtcMs at = series.known.from;
    for (const CoverageSpan& span : series.coverage) {
        add({at, span.range.from});
        if (span.state == CoverageState::Failed)
            add(span.range);
        at = std::max(at, span.range.to);
    }
    add({at, series.known.to});
    return missing;
}

} // namespace

std::vector<UtcMs> dayBounds(TimeRange range)
{
    return boundsFrom(startOf(dayOf(range.from)), range.to, 1);
}

std::vector<UtcMs> weekBounds(TimeRange range)
{
    const auto day = std::chrono::floor<days>(range.from);
    return boundsFrom(day - (std::chrono::weekday(day) - std::chrono::Monday), range.to, 7);
}

std::vector<UtcMs> monthBounds(TimeRange range)
{
    const auto first = dateOf(range.from);
    std::chrono::year_month month = first.year() / first.month();
    std::vector<UtcMs> bounds {std::chrono::sys_days(month / 1)};
    while (bounds.back() < range.to) {
        month += std::chrono::months {1};
        bounds.emplace_back(std::chrono::sys_days(month / 1));
    }
    return bounds;
}

std::vector<UtcMs> evenBounds(TimeRange range, int columns)
{
    const DayNumber from = dayOf(range.from);
    const DayNumber all = dayOf(std::max(range.from, range.to - milliseconds {1})) + 1 - from;
    const std::int64_t most = std::max(1, columns);
    return boundsFrom(startOf(from), startOf(from + all), (all + most - 1) / most);
}

CoverageSnapshot::CoverageSnapshot(std::vector<std::shared_ptr<const IndexedSeries>> series, std::uint64_t version)
    : m_series(std::move(series))
    , m_version(version)
{
}

std::vector<CoverageRow> CoverageSnapshot::rows(const SeriesFilter& filter) const
{
    std::vector<CoverageRow> rows;
    for (const auto& series : m_series) {
        if (filter.matches(series->record.key))
            rows.push_back(outlineOf(*series));
    }
    return rows;
}

CoverageMatrix CoverageSnapshot::matrix(const SeriesFilter& filter, std::vector<UtcMs> bounds) const
{
    floorToDays(bounds);
    CoverageMatrix matrix;
    for (const auto& series : m_series) {
        if (filter.matches(series->record.key))
            matrix.rows.push_back(rowOf(*series, bounds));
    }
    matrix.bounds = std::move(bounds);
    return matrix;
}

const IndexedSeries* CoverageSnapshot::find(SeriesId series) const
{
    const auto found = std::ranges::find_if(m_series, [series](const auto& one) { return one->record.id == series; });
    return found == m_series.end() ? nullptr : found->get();
}

std::optional<CoverageRow> CoverageSnapshot::row(SeriesId series, std::vector<UtcMs> bounds) const
{
    const IndexedSeries* found = find(series);
    if (!found)
        return std::nullopt;
    floorToDays(bounds);
    return rowOf(*found, bounds);
}

CoverageCounts CoverageSnapshot::counts(SeriesId series, TimeRange range) const
{
    CoverageCounts counts;
    const IndexedSeries* found = find(series);
    const TimeRange whole {startOf(dayOf(range.from)), startOf(dayOf(range.to))};
    if (!found || whole.isEmpty())
        return counts;
    addDays(counts, *found, dayOf(whole.from), dayOf(whole.to));
    counts.outside = barsOutside(*found, whole, found->record.grid());
    return counts;
}

std::vector<CoverageHoles> CoverageSnapshot::holes(const SeriesFilter& filter) const
{
    std::vector<CoverageHoles> holes;
    for (const auto& series : m_series) {
        if (!filter.matches(series->record.key))
            continue;
        const auto newest = series->coverage.empty() ? std::nullopt : std::optional(series->coverage.back());
        holes.push_back(
            {series->record, series->total, series->known, series->last, newest, missingOf(*series)});
    }
    return holes;
}

CoverageSnapshot::Summary CoverageSnapshot::summary(const SeriesFilter& filter) const
{
    Summary sum;
    IntervalSet known;
    for (const auto& series : m_series) {
        if (!filter.matches(series->record.key))
            continue;
        ++sum.series;
        sum.total += series->total;
        sum.findings += static_cast<std::int64_t>(series->findings.size());
        known.add(series->known);
    }
    sum.known = known.hull();
    return sum;
}

std::size_t CoverageSnapshot::bytes() const
{
    std::size_t sum = sizeof *this + m_series.capacity() * sizeof m_series.front();
    for (const auto& series : m_series)
        sum += series->bytes();
    return sum;
}

} // namespace mnemo
