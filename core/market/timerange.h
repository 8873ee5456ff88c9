#pragma once

#include <algorithm>
#include <compare>

#include "core/base/clock.h"

namespace mnemo {

/// Half-open: [from, to). Empty where to <= from.
struct TimeRange {
    UtcMs from {};
    UtcMs to {};

    bool isEmpty() const { return to <= from; }
    milliseconds length() const { return isEmpty() ? milliseconds {0} : to - from; }
    bool contains(UtcMs time) const { return from <= time && time < to; }
    bool contains(TimeRange other) const { return other.isEmpty() || (from <= other.from && other.to <= to); }
    bool overlaps(TimeRange other) const { return !isEmpty() && !other.isEmpty() && from < other.to && other.from < to; }
    TimeRange intersected(TimeRange other) const { return {std::max(from, other.from), std::min(to, other.to)}; }
    auto operator<=>(const TimeRange&) const = default;
};

} // namespace mnemo
