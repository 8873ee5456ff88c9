#include "ui/chart/gapsearch.h"

#include <algorithm>

#include "ui/chart/chartlevel.h"

namespace mnemo {

namespace {

constexpr std::int64_t firstWindow = 4'096; ///< bars
constexpr std::int64_t widest = 1'048'576; ///< bars; bounds the memory of one read

class GapSearch {
public:
    GapSearch(const FindGaps& findGaps, const SeriesRecord& series, TimeRange extent)
        : m_findGaps(findGaps)
        , m_series(series)
        , m_extent(extent)
        , m_length(drawnLength(series.grid()))
    {
    }
    Result<std::optional<Gap>> at(UtcMs time) const
    {
        auto found = m_findGaps(m_series, TimeRange {time, time + m_length}.intersected(m_extent));
        if (!found)
            return fail(found.error());
        const auto gap =
            std::find_if(found->begin(), found->end(), [&](const Gap& g) { return g.range.contains(time); });
        if (gap == found->end())
            return std::optional<Gap> {};
        return whole(*gap);
    }
    Result<std::optional<Gap>> after(UtcMs time) const
    {
        std::int64_t bars = firstWindow;
        for (UtcMs from = std::max(time, m_extent.from); from < m_extent.to;) {
            const TimeRange window = TimeRange {from, from + m_length * bars}.intersected(m_extent);
            auto found = m_findGaps(m_series, window);
            if (!found)
                return fail(found.error());
            for (const Gap& gap : *found) {
                if (gap.range.from <= time)
                    continue;
                auto all = whole(gap); // it may have begun before this window, even before the time
                if (!all || (*all && (*all)->range.from > time))
                    return all;
            }
            from = window.to;
            bars = std::min(bars * 2, widest);
        }
        return std::optional<Gap> {};
    }
    Result<std::optional<Gap>> before(UtcMs time) const
    {
        std::int64_t bars = firstWindow;
        for (UtcMs to = std::min(time, m_extent.to); to > m_extent.from;) {
            const TimeRange window = TimeRange {to - m_length * bars, to}.intersected(m_extent);
            auto found = m_findGaps(m_series, window);
            if (!found)
                return fail(found.error());
            for (auto gap = found->rbegin(); gap != found->rend(); ++gap) {
                auto all = whole(*gap);
                if (!all || (*all && (*all)->range.to <= time))
                    return all;
            }
            to = window.from;
            bars = std::min(bars * 2, widest);
        }
        return std::optional<Gap> {};
    }

private:
    // Both ends may lie beyond the window in which it was found.
    Result<std::optional<Gap>> whole(Gap gap) const
    {
        std::int64_t bars = firstWindow;
        while (gap.range.to < m_extent.to) {
            const auto next = neighbour(gap, TimeRange {gap.range.to, gap.range.to + m_length * bars});
            if (!next)
                return fail(next.error());
            if (!*next)
                break;
            gap.range.to = (*next)->range.to;
            gap.bars += (*next)->bars;
            bars = std::min(bars * 2, widest);
        }
        bars = firstWindow;
        while (gap.range.from > m_extent.from) {
            const auto previous = neighbour(gap, TimeRange {gap.range.from - m_length * bars, gap.range.from});
            if (!previous)
                return fail(previous.error());
            if (!*previous)
                break;
            gap.range.from = (*previous)->range.from;
            gap.bars += (*previous)->bars;
            bars = std::min(bars * 2, widest);
        }
        return std::optional(gap);
    }
    /// The gap of the same class within @p window that touches @p gap.
    Result<std::optional<Gap>> neighbour(const Gap& gap, TimeRange window) const
    {
        const auto found = m_findGaps(m_series, window.intersected(m_extent));
        if (!found)
            return fail(found.error());
        for (const Gap& other : *found) {
            if (other.gapClass == gap.gapClass
                && (other.range.from == gap.range.to || other.range.to == gap.range.from))
                return std::optional(other);
        }
        return std::optional<Gap> {};
    }

    const FindGaps& m_findGaps;
    const SeriesRecord& m_series;
    TimeRange m_extent;
    milliseconds m_length;
};

} // namespace

Result<std::optional<Gap>> searchGap(
    const FindGaps& findGaps, const SeriesRecord& series, TimeRange extent, GapQuery query)
{
    const GapSearch search(findGaps, series, extent);
    switch (query.where) {
    case GapQuery::Where::At:
        return search.at(query.time);
    case GapQuery::Where::After:
        return search.after(query.time);
    case GapQuery::Where::Before:
        return search.before(query.time);
    }
    return std::optional<Gap> {};
}

} // namespace mnemo
