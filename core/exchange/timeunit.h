#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/clock.h"

namespace mnemo::description {

/// How a venue writes a time.
enum class TimeUnit {
    Milliseconds,
    Seconds,
    Microseconds,
    Nanoseconds,
    Iso, ///< 2024-01-31T10:20:00.000Z; read with and without zone (then UTC), with 'T' or a blank
    IsoSeconds, ///< 2024-01-31T10:20:00Z
    YmdHms, ///< 2024-01-31 10:20:00
    Yyyymmdd, ///< 20240131
    Yyyy, ///< 2024
    Magnitude, ///< read only: s, ms, us or ns by the number of digits
};

const std::vector<std::pair<std::string, TimeUnit>>& timeUnitWords();
bool isNumeric(TimeUnit unit); ///< written as a whole number
milliseconds granularity(TimeUnit unit); ///< the smallest difference that it can say, at least 1 ms

std::string timeText(std::int64_t ms, TimeUnit unit);
/// Nothing for what is no time of the years 1970..9999 in this unit. Whole numbers, or decimals for seconds.
std::optional<std::int64_t> readTime(std::string_view text, TimeUnit unit);

} // namespace mnemo::description
