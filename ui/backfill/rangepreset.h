#pragma once

#include <QString>
#include <span>

#include "core/ingest/planner.h"
#include "core/market/timeframe.h"
#include "core/market/timerange.h"

namespace mnemo {

enum class RangePreset { LastDay, LastWeek, LastMonth, LastYear, AllHistory, OnlyHoles, LastDays, LastBars, Custom };
std::span<const RangePreset> rangePresets();
QString textOf(RangePreset preset);

/// Which times are wanted: a preset with its number or its ends. A value.
struct RangeChoice {
    RangePreset preset = RangePreset::LastDay;
    int count = 0;    ///< of days or bars
    TimeRange custom; ///< for Custom
    /// Up to @p now; "all history" begins before any venue did, the planner finds the listing. May be empty for Custom.
    TimeRange range(UtcMs now, Timeframe frame) const;
    RangeScope scope() const { return preset == RangePreset::OnlyHoles ? RangeScope::Holes : RangeScope::Whole; }
};
/// What is wrong with it, as one sentence; empty where nothing is.
QString problemOf(const RangeChoice& choice, UtcMs now);

} // namespace mnemo
