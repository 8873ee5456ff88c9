#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace mnemo {

/// UTC milliseconds since 1970, the only time of day below ui/.
using UtcMs = std::chrono::sys_time<std::chrono::milliseconds>;
using std::chrono::milliseconds;
using SteadyTime = std::chrono::steady_clock::time_point;

constexpr UtcMs fromMs(std::int64_t ms)
{
    return UtcMs {milliseconds {ms}};
}
constexpr std::int64_t toMs(UtcMs time)
{
    return time.time_since_epoch().count();
}

/// Where the time comes from. Services take one in their constructor; tests hand in FakeClock. Thread-safe.
class Clock {
public:
    virtual ~Clock() = default;
    virtual UtcMs now() const = 0;         ///< the wall clock; may jump
    virtual SteadyTime steady() const = 0; ///< for waits and budgets; never goes back
};

class SystemClock final : public Clock {
public:
    UtcMs now() const override;
    SteadyTime steady() const override;
};

/// Stands still until advance(); both clocks move together, set() moves the wall clock alone (a clock that jumps).
class FakeClock final : public Clock {
public:
    explicit FakeClock(UtcMs start)
        : m_now(toMs(start))
    {
    }
    UtcMs now() const override { return fromMs(m_now.load()); }
    SteadyTime steady() const override { return SteadyTime {milliseconds {m_steady.load()}}; }
    void advance(milliseconds by)
    {
        m_now += by.count();
        m_steady += by.count();
    }
    void set(UtcMs now) { m_now = toMs(now); }

private:
    std::atomic<std::int64_t> m_now;
    std::atomic<std::int64_t> m_steady {1'000'000};
};

} // namespace mnemo
