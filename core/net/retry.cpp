#include "core/net/retry.h"

#include <algorithm>

namespace mnemo {

namespace {

/// The budget, not the number of tries, holds these back.
bool isHeldBack(ErrorCode code)
{
    return code == ErrorCode::RateLimited || code == ErrorCode::Banned || code == ErrorCode::CircuitOpen;
}

} // namespace

RetryPolicy::RetryPolicy(const RetrySettings& settings, std::uint64_t seed)
    : m_settings(settings)
    , m_random(seed)
{
}

std::optional<milliseconds> RetryPolicy::delay(const Error& error, int attempt, milliseconds since)
{
    if (!isTransient(error.code) || (!isHeldBack(error.code) && attempt >= m_settings.attempts))
        return std::nullopt;
    const milliseconds wait = std::max(leastWait(error), jitter(attempt));
    return since + wait > m_settings.total ? std::nullopt : std::optional{wait};
}

milliseconds RetryPolicy::leastWait(const Error& error) const
{
    if (error.retryAfter)
        return std::max(*error.retryAfter, milliseconds{0});
    if (error.code == ErrorCode::Banned)
        return m_settings.cap;
    return error.code == ErrorCode::RateLimited ? m_settings.base : milliseconds{0};
}

milliseconds RetryPolicy::jitter(int attempt)
{
    milliseconds most = std::max(m_settings.base, milliseconds{0});
    for (int i = 1; i < attempt && most < m_settings.cap; ++i)
        most *= 2;
    most = std::min(most, std::max(m_settings.cap, milliseconds{0}));
    return milliseconds{std::uniform_int_distribution<std::int64_t>(0, most.count())(m_random)};
}

} // namespace mnemo
