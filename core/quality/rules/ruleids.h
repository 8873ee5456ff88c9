#pragma once

namespace mnemo {

/// Rule ids of checkPage; core/quality/rules has their arithmetic. Neighbouring bars that break the same rule make one
/// finding; details hold "bars", the first offender's values and in words what is wrong with it.
namespace rule {
inline constexpr const char* duplicate = "duplicate"; ///< two rows of one bar differ; the later one is kept
inline constexpr const char* offGrid = "off_grid"; ///< open time is no bar's; row dropped
inline constexpr const char* ignoredRange = "ignored_range"; ///< rows came, none of them from the asked range
inline constexpr const char* notFinite = "not_finite"; ///< NaN or infinity; row dropped, or the optional value alone
inline constexpr const char* lowNotLowest = "low_not_lowest"; ///< low above open or close; row kept
inline constexpr const char* highNotHighest = "high_not_highest"; ///< high below open or close; row kept
inline constexpr const char* priceNotPositive = "price_not_positive"; ///< row kept
inline constexpr const char* negativeVolume = "negative_volume"; ///< volume, quote volume or trade count; row kept
// of files and of stored rows
inline constexpr const char* repeatedRow = "repeated_row"; ///< two rows of one bar are equal
inline constexpr const char* truncated = "truncated"; ///< the stated close is not the end of the bar
inline constexpr const char* revision = "revision"; ///< a later answer has other values
} // namespace rule

} // namespace mnemo
