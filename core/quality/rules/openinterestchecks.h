#pragma once

#include <cmath>
#include <optional>

#include "core/quality/rules/checks.h"

namespace mnemo::checks {

/// A value that can be compared with others.
inline bool isUsable(const std::optional<double>& value)
{
    return value && std::isfinite(*value) && *value > 0;
}
inline bool isNegative(const std::optional<double>& value)
{
    return value && *value < 0;
}
inline bool isUsable(const OpenInterest& row)
{
    return (isUsable(row.amount) || isUsable(row.value)) && !isNegative(row.amount) && !isNegative(row.value);
}
inline bool isQuarantined(const OpenInterest& row)
{
    return (row.flags & Quarantined) != 0;
}

template <class IsGood, class Why>
void eachRow(const OpenInterestInput& input, Violations& out, const IsGood& isGood, const Why& why)
{
    for (const OpenInterest& row : input.rows.subspan(input.first)) {
        if (!isGood(row) && out.add(row.time))
            out.say(why(row), words::first(row));
    }
}

} // namespace mnemo::checks
