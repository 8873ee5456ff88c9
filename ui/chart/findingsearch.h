#pragma once

#include <functional>
#include <vector>

#include "core/storage/store.h"

namespace mnemo {

struct FindingQuery {
    enum class Where {
        Over, ///< all that is said about bars of `bars`, fixed findings apart
        After, ///< of the first bar with an open finding that opens later than bars.from
        Before ///< of the last that opens earlier than bars.from
    };
    Where where = Where::Over;
    TimeRange bars;
};

/// All that touch @p within, one by one: memory stays small however many there are. @p each returns false to stop.
Result<void> eachFinding(
    StoreReader& reader, SeriesId series, TimeRange within, const std::function<bool(const Finding&)>& each);

/// The findings of a bar, the most urgent first; at most 500. Empty where there are none. Waits: worker threads only.
Result<std::vector<Finding>> searchFindings(StoreReader& reader, const SeriesRecord& series, const FindingQuery& query);

} // namespace mnemo
