#pragma once

#include <QString>
#include <span>

#include "core/market/timerange.h"

namespace mnemo {

enum class RangePreset { LastDay, LastWeek, LastMonth, LastYear, AllHistory, Custom };
std::span<const RangePreset> rangePresets();
QString textOf(RangePreset preset);
/// Up to @p now; "all history" begins before any venue did, the planner finds the listing. Custom: an empty range.
TimeRange rangeOf(RangePreset preset, UtcMs now);

} // namespace mnemo
