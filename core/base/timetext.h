#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/clock.h"

namespace mnemo {

/// Reads a time as people and files write it; UTC where no zone is given. Accepts
/// integers (below 1e11 seconds, 1e14 milliseconds, 1e17 microseconds, above nanoseconds), "2024-01-31",
/// "2024-01-31T10:20[:30[.123456]][Z|+02:00|+0200]" with 'T' or a blank. Nothing for anything else, nor for dates that do not exist.
std::optional<UtcMs> parseTime(std::string_view text);

/// A length of time: "30d", "12h", "90m", "2w", "45s". Nothing for zero, negative or unknown units.
std::optional<milliseconds> parseDuration(std::string_view text);

std::string formatIso(UtcMs time);   ///< 2024-01-31T10:20:30.123Z, always 24 characters for years 0..9999
std::string formatShort(UtcMs time); ///< 2024-01-31 10:20, for people; seconds added where not zero
std::string formatDate(UtcMs time);  ///< 2024-01-31

/// Integer time of any magnitude to milliseconds, by the rule of parseTime.
UtcMs fromMagnitude(std::int64_t value);

} // namespace mnemo
