#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/market/timerange.h"

namespace mnemo {

/// What is known about an interval of a series. What no interval covers is unknown.
enum class CoverageState { Answered, Failed, Unlisted, Delisted, BeyondRetention };
std::string_view toText(CoverageState state); ///< "answered", "failed", "unlisted", "delisted", "beyond_retention"
std::optional<CoverageState> coverageStateFromText(std::string_view text);

/// Both ends are bar opens of the series' grid.
struct CoverageSpan {
    TimeRange range;
    CoverageState state = CoverageState::Answered;
    int checks = 1; ///< how often, at different times, the source said the same
    UtcMs checkedAt {};
    bool operator==(const CoverageSpan&) const = default;
};

enum class GapClass { Empty, Outage, Failed, Unlisted, Delisted, BeyondRetention, Unknown };
inline constexpr std::size_t gapClassCount = 7;
std::string_view toText(GapClass gapClass); ///< "empty", "outage", "failed", "unlisted", "delisted", "beyond_retention", "unknown"

/// A maximal run of absent bars with one class.
struct Gap {
    TimeRange range;
    std::int64_t bars = 0;
    GapClass gapClass = GapClass::Unknown;
    std::string evidence; ///< one English sentence: when and how the source was asked
    bool operator==(const Gap&) const = default;
};

} // namespace mnemo
