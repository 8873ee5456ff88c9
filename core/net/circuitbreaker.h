#pragma once

#include "core/base/clock.h"
#include "core/config/settings.h"

namespace mnemo {

enum class BreakerState { Closed, Open, HalfOpen };

/// Of one host: after so many failures in a row nothing is sent for a while, then one probe decides. What requests sent
/// before the break still bring while it is open changes nothing. Pure but for the times handed in; owned by the lane's
/// thread. Failures are what the host is to blame for: Network, Timeout, ServerError, Maintenance; not 4xx, not rate
/// limits.
class CircuitBreaker {
public:
    explicit CircuitBreaker(const BreakerSettings& settings);
    BreakerState state(SteadyTime now) const;
    bool allows(SteadyTime now) const; ///< HalfOpen allows one request until its outcome is known
    SteadyTime nextProbe() const; ///< meaningful while Open
    void sent(SteadyTime now); ///< call when a request goes out
    void succeeded();
    void failed(SteadyTime now);
    void abandoned(); ///< a sent request ended without telling anything (cancelled)

private:
    BreakerSettings m_settings;
    int m_failures = 0;
    milliseconds m_pause{0};
    SteadyTime m_openUntil{};
    bool m_isOpen = false;
    bool m_probing = false;
};

} // namespace mnemo
