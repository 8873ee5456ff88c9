#pragma once

#include <vector>

#include "core/storage/store.h"

namespace mnemo {

/// Absent bars that the source has told of once, and not lately: a second answer is due. Days that are whole by their
/// aggregates are not looked into.
/// @param checkedBefore only what was asked about before this time
/// @return sorted, disjoint. Errors: those of the store.
Result<std::vector<TimeRange>> absenceToVerify(
    StoreReader& reader, const SeriesRecord& series, TimeRange within, UtcMs checkedBefore);

} // namespace mnemo
