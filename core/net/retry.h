#pragma once

#include <cstdint>
#include <optional>
#include <random>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/config/settings.h"

namespace mnemo {

/// Decides whether and when a failed request is sent again: exponential with full jitter, Retry-After as the least wait,
/// only for what may succeed again, bounded by attempts and by time. RateLimited and Banned do not use up attempts
/// (the budget holds them back), only time.
class RetryPolicy {
public:
    RetryPolicy(const RetrySettings& settings, std::uint64_t seed);
    /// @param attempt how often it was sent so far, >= 1
    /// @param since   time since the first try
    /// @return the wait before the next try; nothing where the request has failed for good
    std::optional<milliseconds> delay(const Error& error, int attempt, milliseconds since);

private:
    RetrySettings m_settings;
    std::mt19937_64 m_random;
};

} // namespace mnemo
