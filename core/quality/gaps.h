#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "core/market/coverage.h"
#include "core/market/grid.h"
#include "core/market/kind.h"

namespace mnemo {

/// Finds the bars that storage lacks, and says why they are absent as far as that is known.
/// @param held     open times of the stored bars: sorted, unique, on @p grid; those outside @p wanted are skipped
/// @param coverage what the source said: sorted and disjoint; may reach beyond @p wanted
/// @param wanted   the bars whose open lies in it; need not be on the grid, may be empty
/// @return maximal runs of absent bars with one class, sorted and disjoint; two of them touch only where the class
///         changes. An answered interval is Empty, one that nobody asked about Unknown. Never Outage: that is inferred
///         from several series, elsewhere.
/// O(held + coverage), without division per bar for fixed frames. Pure: no clock, no I/O, any thread.
std::vector<Gap> findGaps(
    std::span<const UtcMs> held, std::span<const CoverageSpan> coverage, const Grid& grid, TimeRange wanted);

/// What the gaps of a series mean that is not of plain bars. By SeriesRecord::timeKind: of readings moments that nobody read, and
/// of which the source tells nothing any more; of events the Empty ones are none, since most bars have no event. The evidence says
/// what an answer lacked.
void explain(std::vector<Gap>& gaps, Kind kind, std::string_view timeKind);

/// Says another conclusion of the same evidence: "asked once, 2024-01-01 10:00 UTC: @p what".
void conclude(Gap& gap, std::string_view what);

/// Empty gaps, or parts of them, that the source has told of less than @p checks times.
/// @param gaps, @p coverage of one series, each sorted and disjoint. Pure.
std::vector<TimeRange> unverified(std::span<const Gap> gaps, std::span<const CoverageSpan> coverage, int checks = 2);

/// What asking again may mend: gaps that are Unknown, Failed or Outage, and what is unverified(). Sorted, disjoint.
std::vector<TimeRange> repairable(std::span<const Gap> gaps, std::span<const CoverageSpan> coverage);

/// The class of an absent bar in an interval of this state.
GapClass gapClassOf(CoverageState state);

} // namespace mnemo
