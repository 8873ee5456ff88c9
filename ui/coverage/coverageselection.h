#pragma once

#include <vector>

#include "core/storage/store.h"

namespace mnemo {

/// What is chosen on a level of the coverage screen: some series, and one stretch of time. A value.
struct CoverageSelection {
    std::vector<SeriesRecord> series;
    TimeRange range;
    bool isEmpty() const { return series.empty() || range.isEmpty(); }
    bool operator==(const CoverageSelection&) const = default;
};

} // namespace mnemo
