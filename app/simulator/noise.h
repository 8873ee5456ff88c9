#pragma once

#include <cstdint>
#include <string_view>

namespace mnemo::sim {

/// Deterministic noise: the same input gives the same number on every machine. (splitmix64's finaliser.)
constexpr std::uint64_t mix(std::uint64_t x)
{
    x += 0x9E3779B97F4A7C15ULL;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
    return x ^ (x >> 31);
}
constexpr std::uint64_t mix(std::uint64_t a, std::uint64_t b)
{
    return mix(a ^ mix(b));
}
constexpr std::uint64_t mixText(std::uint64_t seed, std::string_view text)
{
    for (const char c : text)
        seed = mix(seed, static_cast<unsigned char>(c));
    return seed;
}

/// 0 <= x < 1
constexpr double unit(std::uint64_t hash)
{
    return static_cast<double>(hash >> 11) * 0x1.0p-53;
}
/// Nearly normal: mean 0, variance 1, within +-3.5 (the sum of four 16-bit numbers).
constexpr double normal(std::uint64_t hash)
{
    const auto sum = static_cast<double>((hash & 0xFFFF) + ((hash >> 16) & 0xFFFF) + ((hash >> 32) & 0xFFFF)
        + (hash >> 48));
    return (sum / 65535.0 - 2.0) * 1.7320508075688772;
}

/// A random value at every multiple of @p period, blended in between: a curve without steps.
constexpr double smooth(std::uint64_t seed, std::int64_t at, std::int64_t period)
{
    const std::int64_t rest = at % period + (at % period < 0 ? period : 0);
    const double x = static_cast<double>(rest) / static_cast<double>(period);
    const double blend = x * x * (3 - 2 * x);
    const auto value = [seed, period](std::int64_t cell) {
        return normal(mix(seed, mix(static_cast<std::uint64_t>(cell), static_cast<std::uint64_t>(period))));
    };
    const std::int64_t cell = (at - rest) / period;
    return value(cell) * (1 - blend) + value(cell + 1) * blend;
}

} // namespace mnemo::sim
