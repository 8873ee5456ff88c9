#include "ui/chart/findingsearch.h"

#include <algorithm>
#include <span>

#include "ui/chart/qualitynote.h"
#include "ui/widgets/findingtext.h"

namespace mnemo {

namespace {

constexpr std::size_t most = 500;
constexpr std::int64_t fewEnough = 20'000; ///< to be read at once
constexpr std::size_t readAtOnce = 2'000;
constexpr std::int64_t firstWindow = 4'096; // bars
constexpr TimeRange allTime {fromMs(0), fromMs(253'402'300'800'000)};

/// From an index that the store keeps of them: cheap.
Result<std::int64_t> countFindings(StoreReader& reader, SeriesId series)
{
    FindingFilter filter;
    filter.series = {series};
    const auto counts = reader.findingCounts(filter);
    if (!counts)
        return fail(counts.error());
    std::int64_t count = 0;
    for (const FindingCount& one : *counts)
        count += one.findings;
    return count;
}

Result<std::vector<Finding>> findingsOver(StoreReader& reader, const SeriesRecord& series, TimeRange bars)
{
    std::vector<Finding> found;
    const auto read = eachFinding(reader, series.id, bars, [&](const Finding& one) {
        if (kindOf(one))
            found.push_back(one);
        return found.size() < most;
    });
    if (!read)
        return fail(read.error());
    std::ranges::stable_sort(found, [](const Finding& a, const Finding& b) { return kindOf(a) > kindOf(b); });
    return found;
}

/// The next bar with an open finding, in windows that grow: near ones are found at once.
Result<std::optional<UtcMs>> barBeside(StoreReader& reader, const SeriesRecord& series, UtcMs time, bool isLater)
{
    const Grid grid = series.grid();
    const auto summary = reader.ends(series.id);
    if (!summary)
        return fail(summary.error());
    const TimeRange known {grid.floor(summary->first.value_or(time)), grid.next(summary->last.value_or(time))};
    std::optional<UtcMs> found;
    std::int64_t bars = firstWindow;
    for (UtcMs edge = time; !found && (isLater ? edge < known.to : edge > known.from); bars *= 8) {
        const UtcMs far = grid.advance(grid.floor(edge), isLater ? bars : -bars);
        const UtcMs other = std::clamp(far, allTime.from, allTime.to);
        const TimeRange window = isLater ? TimeRange {edge, other} : TimeRange {other, edge};
        const auto read = eachFinding(reader, series.id, window, [&](const Finding& one) {
            const UtcMs bar = grid.floor(one.range.from);
            const bool isBeside = isLater ? bar > time : bar < time;
            if (stateOf(one) == FindingState::Open && isBeside)
                found = !found ? bar : isLater ? std::min(*found, bar) : std::max(*found, bar);
            return true;
        });
        if (!read)
            return fail(read.error());
        edge = other;
    }
    return found;
}

} // namespace

Result<void> eachFinding(
    StoreReader& reader, SeriesId series, TimeRange within, const std::function<bool(const Finding&)>& each)
{
    const auto hand = [&](Result<std::vector<Finding>> found) -> Result<bool> {
        if (!found)
            return fail(found.error());
        return std::ranges::all_of(*found, each);
    };
    const auto count = countFindings(reader, series);
    if (!count)
        return fail(count.error());
    if (*count == 0)
        return {};
    if (*count <= fewEnough) {
        const auto done = hand(reader.findings(series, within));
        return done ? Result<void>() : fail(done.error());
    }
    FindingFilter filter;
    filter.series = {series};
    filter.within = within;
    const auto ids = reader.findingIds(filter, FindingOrder::Time);
    if (!ids)
        return fail(ids.error());
    for (std::span<const FindingId> left(*ids); !left.empty();) {
        const auto part = left.first(std::min(left.size(), readAtOnce));
        left = left.subspan(part.size());
        const auto goesOn = hand(reader.findingsById(part));
        if (!goesOn)
            return fail(goesOn.error());
        if (!*goesOn)
            break;
    }
    return {};
}

Result<std::vector<Finding>> searchFindings(StoreReader& reader, const SeriesRecord& series, const FindingQuery& query)
{
    if (query.where == FindingQuery::Where::Over)
        return findingsOver(reader, series, query.bars);
    const auto bar = barBeside(reader, series, query.bars.from, query.where == FindingQuery::Where::After);
    if (!bar)
        return fail(bar.error());
    if (!*bar)
        return std::vector<Finding> {};
    return findingsOver(reader, series, {**bar, series.grid().next(**bar)});
}

} // namespace mnemo
