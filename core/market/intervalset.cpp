#include "core/market/intervalset.h"

#include <algorithm>

namespace mnemo {

namespace {

/// Sorted by start in, canonical out.
std::vector<TimeRange> merged(std::vector<TimeRange> sorted)
{
    std::vector<TimeRange> out;
    out.reserve(sorted.size());
    for (const TimeRange& range : sorted) {
        if (range.isEmpty())
            continue;
        if (!out.empty() && range.from <= out.back().to)
            out.back().to = std::max(out.back().to, range.to);
        else
            out.push_back(range);
    }
    return out;
}

} // namespace

IntervalSet::IntervalSet(std::initializer_list<TimeRange> ranges)
    : IntervalSet(std::vector<TimeRange>(ranges))
{
}

IntervalSet::IntervalSet(std::vector<TimeRange> ranges)
{
    std::ranges::sort(ranges, {}, &TimeRange::from);
    m_ranges = merged(std::move(ranges));
}

IntervalSet::IntervalSet(TimeRange range)
{
    if (!range.isEmpty())
        m_ranges.push_back(range);
}

TimeRange IntervalSet::hull() const
{
    return m_ranges.empty() ? TimeRange {} : TimeRange {m_ranges.front().from, m_ranges.back().to};
}

milliseconds IntervalSet::length() const
{
    milliseconds sum {0};
    for (const TimeRange& range : m_ranges)
        sum += range.length();
    return sum;
}

bool IntervalSet::contains(UtcMs time) const
{
    return contains(TimeRange {time, time + milliseconds {1}});
}

bool IntervalSet::contains(TimeRange range) const
{
    if (range.isEmpty())
        return true;
    const auto after = std::ranges::upper_bound(m_ranges, range.from, {}, &TimeRange::from);
    return after != m_ranges.begin() && std::prev(after)->contains(range);
}

void IntervalSet::add(TimeRange range)
{
    if (range.isEmpty())
        return;
    // all ranges that touch the new one melt into it
    const auto first = std::ranges::lower_bound(m_ranges, range.from, {}, &TimeRange::to);
    auto last = first;
    for (; last != m_ranges.end() && last->from <= range.to; ++last) {
        range.from = std::min(range.from, last->from);
        range.to = std::max(range.to, last->to);
    }
    if (first == last) {
        m_ranges.insert(first, range);
    } else {
        *first = range;
        m_ranges.erase(first + 1, last);
    }
}

void IntervalSet::subtract(TimeRange range)
{
    *this = subtracted(*this, IntervalSet(range));
}

IntervalSet united(const IntervalSet& a, const IntervalSet& b)
{
    std::vector<TimeRange> all;
    all.reserve(a.m_ranges.size() + b.m_ranges.size());
    std::ranges::merge(a.m_ranges, b.m_ranges, std::back_inserter(all), {}, &TimeRange::from, &TimeRange::from);
    IntervalSet out;
    out.m_ranges = merged(std::move(all));
    return out;
}

IntervalSet subtracted(const IntervalSet& a, const IntervalSet& b)
{
    IntervalSet out;
    auto cut = b.m_ranges.begin();
    for (TimeRange range : a.m_ranges) {
        while (cut != b.m_ranges.end() && cut->to <= range.from)
            ++cut;
        for (auto it = cut; it != b.m_ranges.end() && it->from < range.to; ++it) {
            if (range.from < it->from)
                out.m_ranges.push_back({range.from, it->from});
            range.from = std::max(range.from, it->to);
        }
        if (!range.isEmpty())
            out.m_ranges.push_back(range);
    }
    return out;
}

IntervalSet intersected(const IntervalSet& a, const IntervalSet& b)
{
    IntervalSet out;
    auto left = a.m_ranges.begin();
    auto right = b.m_ranges.begin();
    while (left != a.m_ranges.end() && right != b.m_ranges.end()) {
        const TimeRange both = left->intersected(*right);
        if (!both.isEmpty())
            out.m_ranges.push_back(both);
        (left->to < right->to ? left : right)++;
    }
    return out;
}

} // namespace mnemo
