#pragma once

#include <optional>

#include "ui/chart/tilereader.h"

namespace mnemo {

struct GapQuery {
    enum class Where {
        At, ///< the gap over @p time
        After, ///< the first that begins later than @p time
        Before ///< the last that ends at @p time or earlier
    };
    Where where = Where::At;
    UtcMs time {};
};

/// Looks for one gap and follows it to both its ends, within @p extent. Reads the store in growing windows from the
/// time asked about: near gaps are found at once, a series without gaps costs one pass. Waits: worker threads only.
Result<std::optional<Gap>> searchGap(
    const FindGaps& findGaps, const SeriesRecord& series, TimeRange extent, GapQuery query);

} // namespace mnemo
