#pragma once

#include <string>
#include <vector>

#include "core/storage/sqlite/connection.h"
#include "core/storage/store.h"

namespace mnemo {

// What reader and writer read of findings alike.

Result<std::vector<Finding>> readFindings(
    Connection& connection, SeriesId series, TimeRange within); ///< that touch it; by time
Result<std::optional<Finding>> readFinding(Connection& connection, FindingId id);
Result<std::vector<Decision>> readDecisions(Connection& connection, FindingId finding); ///< oldest first
Result<std::vector<Decision>> readDecisionLog(Connection& connection, const FindingFilter& filter, std::size_t most);
Result<std::vector<FindingId>> readFindingIds(Connection& connection, const FindingFilter& filter, FindingOrder order);
Result<std::vector<FindingCount>> readFindingCounts(Connection& connection, const FindingFilter& filter);
Result<std::vector<FindingDay>> readFindingDays(Connection& connection, TimeRange raised, const FindingFilter& filter);

} // namespace mnemo
