#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/base/clock.h"

namespace mnemo {

/// The length of a bar. Only the names of all() exist: 1m 3m 5m 15m 30m 1h 2h 4h 6h 8h 12h 1d 3d 1w 1M.
class Timeframe {
public:
    /// Nothing for a name that is not in all(). Case matters: 1m is a minute, 1M a month.
    static std::optional<Timeframe> fromName(std::string_view name);
    static std::span<const Timeframe> all(); ///< shortest first

    constexpr Timeframe() = default; ///< 1m
    std::string_view name() const;
    bool isMonth() const { return m_index == monthIndex; }
    /// Length of one bar; for 1M the shortest month (28 days): good for waits and estimates, never for counting bars.
    milliseconds length() const;

    auto operator<=>(const Timeframe&) const = default; ///< by length

private:
    static constexpr std::uint8_t monthIndex = 14;
    explicit constexpr Timeframe(std::uint8_t index)
        : m_index(index)
    {
    }
    std::uint8_t m_index = 0;
};

} // namespace mnemo
