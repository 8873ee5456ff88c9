#pragma once

#include "core/base/clock.h"

namespace mnemo::sim {

/// The wall clock, some times as fast from a moment on. The steady clock stays as it is: waits are for real.
class FastClock final : public Clock {
public:
    FastClock(UtcMs start, int speed)
        : m_start(start)
        , m_speed(speed)
    {
    }
    UtcMs now() const override
    {
        return m_start + m_speed * std::chrono::duration_cast<milliseconds>(steady() - m_begun);
    }
    SteadyTime steady() const override { return std::chrono::steady_clock::now(); }

private:
    const UtcMs m_start;
    const int m_speed;
    const SteadyTime m_begun = std::chrono::steady_clock::now();
};

} // namespace mnemo::sim
