#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/market/candle.h"
#include "core/market/grid.h"
#include "core/market/oddrows.h"
#include "core/quality/rules/ruleids.h"
#include "core/quality/rules/violations.h"

namespace mnemo {

using PageFinding = RuleFinding;

/// What is left of a page, and what was wrong with it.
struct PageCheck {
    std::vector<Candle> rows; ///< sorted, unique, on the grid, in the asked range, closed
    std::vector<Candle> unclosed; ///< likewise, but not closed yet: set aside
    std::vector<PageFinding> findings;
    std::int64_t outside = 0; ///< rows dropped because nobody asked for them
    std::int64_t offGrid = 0; ///< rows dropped
    std::int64_t notFinite = 0; ///< rows dropped
    std::int64_t duplicates = 0; ///< rows dropped in favour of a later one, equal or not
};

/// What only the answer or file shows: bars that it has twice (rules duplicate and repeated_row), and closes before the
/// end of their bar (truncated). Both by time.
void addAnswerFindings(std::span<const RepeatedRow> repeated, std::span<const IrregularClose> closes, const Grid& grid,
    std::vector<PageFinding>& findings);

/// A bar is closed when min(local clock, the answer's Date header) >= its open + timeframe: pass the result to
/// checkPage.
/// @param dateHeader nothing where the answer had none
UtcMs closedBefore(UtcMs localNow, std::optional<UtcMs> dateHeader);

/// Applies the rules that need no other page.
/// @param rows   as the source sent them, any order; of two rows of one bar the later in this order wins
/// @param asked  the bars whose open lies in it were asked for
/// @param closed bars that close after this time are set aside; see closedBefore()
/// A page without faults costs a few linear passes and no allocation. Pure, any thread.
PageCheck checkPage(std::vector<Candle> rows, const Grid& grid, TimeRange asked, UtcMs closed);

} // namespace mnemo
