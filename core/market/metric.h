#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "core/base/clock.h"
#include "core/market/kind.h"

namespace mnemo {

inline constexpr std::size_t mostMetricColumns = 6;

/// SeriesRecord::timeKind of snapshots: a row was taken some time within the bar that begins at its time.
inline constexpr const char* timeKindOfReadings = "reading";
/// Of events: a row happened within the bar that begins at its time; most bars have none.
inline constexpr const char* timeKindOfEvents = "event";

/// Some numbers at a time: by factsOf(kind).columns, which say their names and units. What a source does not tell is left out.
/// Flags as CandleFlag.
struct Metric {
    UtcMs time {};
    std::array<std::optional<double>, mostMetricColumns> numbers {};
    std::uint32_t flags = 0;
    bool isEmpty() const
    {
        for (const auto& number : numbers)
            if (number)
                return false;
        return true;
    }
    bool operator==(const Metric&) const = default;
};

} // namespace mnemo
