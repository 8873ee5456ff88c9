#include "core/quality/outagebook.h"

#include <algorithm>

#include "core/market/intervalset.h"
#include "core/quality/gaps.h"

namespace mnemo {

OutageBook::OutageBook(std::vector<ListedOutage> listed, std::vector<InferredOutage> inferred)
    : m_listed(std::move(listed))
    , m_inferred(std::move(inferred))
{
    std::ranges::sort(m_listed, {}, &ListedOutage::range);
    std::ranges::sort(m_inferred, {}, &InferredOutage::range);
}

std::vector<TimeRange> OutageBook::rangesOf(const SeriesKey& series) const
{
    IntervalSet ranges;
    for (const ListedOutage& outage : m_listed) {
        if (outage.concerns(series))
            ranges.add(outage.range);
    }
    for (const InferredOutage& outage : m_inferred) {
        if (outage.concerns(series))
            ranges.add(outage.range);
    }
    return {ranges.ranges().begin(), ranges.ranges().end()};
}

std::vector<Gap> withOutages(std::vector<Gap> gaps, std::span<const TimeRange> silent, const Grid& grid)
{
    std::vector<Gap> out;
    out.reserve(gaps.size());
    const auto add = [&](const Gap& gap, TimeRange range, GapClass gapClass) {
        if (range.isEmpty())
            return;
        out.push_back(gap);
        out.back().range = range;
        out.back().gapClass = gapClass;
        if (gapClass != gap.gapClass)
            conclude(out.back(), "the venue was silent");
        out.back().bars = range == gap.range ? gap.bars : grid.count(range);
    };
    for (const Gap& gap : gaps) {
        TimeRange rest = gap.range;
        if (gap.gapClass == GapClass::Empty || gap.gapClass == GapClass::Unknown) {
            auto one = std::ranges::lower_bound(silent, gap.range.from, {}, &TimeRange::to);
            for (; one != silent.end() && one->from < gap.range.to; ++one) {
                const TimeRange bars = TimeRange {grid.ceil(one->from), grid.floor(one->to)}.intersected(rest);
                if (bars.isEmpty())
                    continue;
                add(gap, {rest.from, bars.from}, gap.gapClass);
                add(gap, bars, GapClass::Outage);
                rest.from = bars.to;
            }
        }
        add(gap, rest, gap.gapClass);
    }
    return out;
}

} // namespace mnemo
