#include "ui/bridge/storedseries.h"

#include <algorithm>

#include "core/market/coverage.h"

namespace mnemo {

namespace {

// Years 1 to 9999.
constexpr TimeRange always {fromMs(-62'135'596'800'000), fromMs(253'402'300'799'000)};

bool isPartOfLife(CoverageState state)
{
    switch (state) {
    case CoverageState::Answered:
    case CoverageState::Failed:
    case CoverageState::BeyondRetention: return true;
    case CoverageState::Unlisted:
    case CoverageState::Delisted: return false;
    }
    return false;
}

TimeRange hull(TimeRange a, TimeRange b)
{
    if (a.isEmpty())
        return b;
    return b.isEmpty() ? a : TimeRange {std::min(a.from, b.from), std::max(a.to, b.to)};
}

Result<StoredSeries> readOne(StoreReader& reader, const SeriesRecord& record)
{
    StoredSeries series;
    series.record = record;
    const auto summary = reader.summary(record.id);
    if (!summary)
        return fail(summary.error());
    const auto spans = reader.coverage(record.id, always);
    if (!spans)
        return fail(spans.error());
    const Grid grid = record.grid();
    series.rows = summary->rows;
    series.first = summary->first;
    series.last = summary->last;
    if (series.first && series.last)
        series.known = {*series.first, grid.next(*series.last)};
    for (const CoverageSpan& span : *spans) {
        if (isPartOfLife(span.state))
            series.known = hull(series.known, span.range);
        if (span.state == CoverageState::Answered)
            series.answered += grid.count(span.range);
    }
    series.expected = series.known.isEmpty() ? 0 : grid.count(series.known);
    // Rows of an import that recorded no coverage are there nevertheless.
    series.answered = std::min(std::max(series.answered, series.rows), series.expected);
    return series;
}

} // namespace

Result<StoredSeriesList> readStoredSeries(
    StoreReader& reader, const StoredSeriesList& before, const std::set<SeriesKey>& changed)
{
    const auto records = reader.series();
    if (!records)
        return fail(records.error());
    StoredSeriesList list;
    list.reserve(records->size());
    for (const SeriesRecord& record : *records) {
        const auto known = std::lower_bound(before.begin(), before.end(), record.key,
            [](const StoredSeries& series, const SeriesKey& key) { return series.record.key < key; });
        if (known != before.end() && known->record == record && !changed.contains(record.key)) {
            list.push_back(*known);
            continue;
        }
        auto one = readOne(reader, record);
        if (!one)
            return fail(one.error());
        list.push_back(std::move(*one));
    }
    std::sort(list.begin(), list.end(),
        [](const StoredSeries& a, const StoredSeries& b) { return a.record.key < b.record.key; });
    return list;
}

} // namespace mnemo
