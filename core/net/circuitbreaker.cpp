#include "core/net/circuitbreaker.h"

#include <algorithm>

namespace mnemo {

CircuitBreaker::CircuitBreaker(const BreakerSettings& settings)
    : m_settings(settings)
    , m_pause(settings.open)
{
}

BreakerState CircuitBreaker::state(SteadyTime now) const
{
    if (!m_isOpen)
        return BreakerState::Closed;
    return m_probing || now >= m_openUntil ? BreakerState::HalfOpen : BreakerState::Open;
}

bool CircuitBreaker::allows(SteadyTime now) const
{
    return !m_isOpen || (!m_probing && now >= m_openUntil);
}

SteadyTime CircuitBreaker::nextProbe() const
{
    return m_openUntil;
}

void CircuitBreaker::sent(SteadyTime now)
{
    if (m_isOpen && now >= m_openUntil)
        m_probing = true;
}

void CircuitBreaker::succeeded()
{
    if (m_isOpen && !m_probing)
        return;
    m_isOpen = false;
    m_probing = false;
    m_failures = 0;
    m_pause = m_settings.open;
}

void CircuitBreaker::failed(SteadyTime now)
{
    if (m_isOpen) {
        if (!m_probing)
            return;
        m_pause = std::min(m_pause * 2, std::max(m_settings.openMax, m_settings.open));
    } else if (++m_failures < m_settings.failures) {
        return;
    }
    m_isOpen = true;
    m_probing = false;
    m_openUntil = now + m_pause;
}

void CircuitBreaker::abandoned()
{
    m_probing = false;
}

} // namespace mnemo
