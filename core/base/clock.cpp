#include "core/base/clock.h"

namespace mnemo {

UtcMs SystemClock::now() const
{
    return std::chrono::time_point_cast<milliseconds>(std::chrono::system_clock::now());
}

SteadyTime SystemClock::steady() const
{
    return std::chrono::steady_clock::now();
}

} // namespace mnemo
