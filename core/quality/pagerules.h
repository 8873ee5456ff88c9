#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/market/candle.h"
#include "core/market/grid.h"

namespace mnemo {

/// A violation of one rule by one range of a page; the ingest layer makes a stored Finding of it.
struct PageFinding {
    std::string rule; ///< one of the ids below
    std::string severity = "warn"; ///< info, warn, error
    TimeRange range; ///< from the first bar's open to the last bar's close
    std::string details = "{}"; ///< JSON
    bool operator==(const PageFinding&) const = default;
};

/// Rule ids of checkPage. Neighbouring bars that break the same rule make one finding; details hold "bars" and the
/// first offender's values.
namespace rule {
inline constexpr const char* duplicate = "duplicate"; ///< two rows of one bar differ; the later one is kept
inline constexpr const char* offGrid = "off_grid"; ///< open time is no bar's; row dropped
inline constexpr const char* ignoredRange = "ignored_range"; ///< rows came, none of them from the asked range
inline constexpr const char* notFinite = "not_finite"; ///< NaN or infinity; row dropped, or the optional value alone
inline constexpr const char* lowNotLowest = "low_not_lowest"; ///< low above open or close; row kept
inline constexpr const char* highNotHighest = "high_not_highest"; ///< high below open or close; row kept
inline constexpr const char* priceNotPositive = "price_not_positive"; ///< row kept
inline constexpr const char* negativeVolume = "negative_volume"; ///< volume, quote volume or trade count; row kept
} // namespace rule

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
