#pragma once

#include <functional>
#include <span>
#include <vector>

#include "core/market/coverage.h"

namespace mnemo {

/// Asks whether @p said, over @p overlap where @p known already has the same state, is a check of its own: asked at
/// another time, about something that a second answer can confirm.
using IsNewCheck = std::function<bool(const CoverageSpan& known, const CoverageSpan& said, TimeRange overlap)>;

/// Asks whether the answer holds a row in @p overlap.
using HasRows = std::function<bool(TimeRange overlap)>;

/// The shortest time between two answers that count as two checks.
inline constexpr milliseconds checkDistance {60'000};

/// What is known after a source has spoken.
/// - Answered overwrites everything, but an answer without rows leaves Unlisted and Delisted: it says the same;
///   Failed overwrites only Failed and unknown, since a failure teaches nothing; BeyondRetention overwrites all but Answered:
///   what was told stays told; the other states overwrite all.
/// - The same state again keeps the known span, with one more check and the new time where @p isNewCheck says so.
/// - Neighbours of equal state and checks merge; the older checkedAt stays.
/// @param known sorted, disjoint
/// @param said  any order, ranges not empty
/// @return sorted, disjoint. Pure. O(known x said).
std::vector<CoverageSpan> appliedCoverage(
    std::span<const CoverageSpan> known, std::span<const CoverageSpan> said, const IsNewCheck& isNewCheck, const HasRows& hasRows);

} // namespace mnemo
