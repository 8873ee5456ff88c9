#pragma once

#include <cstdint>
#include <optional>
#include <random>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/config/settings.h"

namespace mnemo {

/// Decides whether and when a failed request is sent again: exponential with full jitter, Retry-After as the least
/// wait, only for what may succeed again, bounded by attempts and by time. RateLimited, Banned and CircuitOpen do not
/// use up attempts (budget and breaker hold them back), only time; without Retry-After the first waits at least the
/// base delay, the second the cap. Pure but for its random numbers, which the seed decides.
class RetryPolicy {
public:
    RetryPolicy(const RetrySettings& settings, std::uint64_t seed);
    /// @param attempt how often it was sent so far, >= 1; best without the times that ended RateLimited or Banned
    /// @param since   time since the first try
    /// @return the wait before the next try; nothing where the request has failed for good
    [[nodiscard]] std::optional<milliseconds> delay(const Error& error, int attempt, milliseconds since);

private:
    milliseconds leastWait(const Error& error) const;
    milliseconds jitter(int attempt);

    RetrySettings m_settings;
    std::mt19937_64 m_random;
};

} // namespace mnemo
