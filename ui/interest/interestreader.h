#pragma once

#include <stop_token>

#include "ui/interest/interestline.h"

namespace mnemo {

struct InterestRequest {
    std::vector<SeriesRecord> series;
    TimeRange range;
    milliseconds step {0}; ///< the last row of each step is enough; a series' own where that is longer
    bool operator==(const InterestRequest&) const = default;
};

/// A line for each series, in their order; quarantined rows are left out. Waits for the store: worker threads only.
Result<std::vector<InterestLine>> readInterest(
    StoreReader& reader, const InterestRequest& request, const std::stop_token& stop);

} // namespace mnemo
