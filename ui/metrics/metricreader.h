#pragma once

#include <stop_token>

#include "ui/metrics/metricline.h"

namespace mnemo {

struct MetricRequest {
    std::vector<SeriesRecord> series;
    TimeRange range;
    milliseconds step {0}; ///< the last row of each step is enough, of what is counted their sum; a series' own where that is longer
    bool operator==(const MetricRequest&) const = default;
};

/// A line for each series, in their order; quarantined rows are left out. Waits for the store: worker threads only.
Result<std::vector<MetricLine>> readMetrics(
    StoreReader& reader, const MetricRequest& request, const std::stop_token& stop);

} // namespace mnemo
