#pragma once

#include <initializer_list>
#include <span>
#include <vector>

#include "core/market/timerange.h"

namespace mnemo {

/// A set of times as half-open ranges: sorted, disjoint, never adjacent, never empty. A value; O(n) set operations.
class IntervalSet {
public:
    IntervalSet() = default;
    IntervalSet(std::initializer_list<TimeRange> ranges); ///< any order, may overlap, empty ones are dropped
    explicit IntervalSet(std::vector<TimeRange> ranges);
    explicit IntervalSet(TimeRange range);

    bool isEmpty() const { return m_ranges.empty(); }
    std::span<const TimeRange> ranges() const { return m_ranges; }
    TimeRange hull() const; ///< from the first start to the last end; empty range for the empty set
    milliseconds length() const;
    bool contains(UtcMs time) const;
    bool contains(TimeRange range) const;

    void add(TimeRange range);      ///< O(log n) at the end, O(n) else
    void subtract(TimeRange range);

    friend IntervalSet united(const IntervalSet& a, const IntervalSet& b);
    friend IntervalSet subtracted(const IntervalSet& a, const IntervalSet& b); ///< what is in a and not in b
    friend IntervalSet intersected(const IntervalSet& a, const IntervalSet& b);
    bool operator==(const IntervalSet&) const = default;

private:
    std::vector<TimeRange> m_ranges;
};

} // namespace mnemo
