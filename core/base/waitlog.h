#pragma once

#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"

namespace mnemo {

/// A time, half-open, in which something waited for one reason.
struct Wait {
    UtcMs from {}, to {};
    std::string why;       ///< "rate limit", "circuit breaker of HOST", "retry", "market list", "its turn"
    milliseconds held {0}; ///< of it spent waiting: less than all where short waits were joined
    bool operator==(const Wait&) const = default;
};

/// What somebody waited for, as it goes. Short waits close to each other for the same reason count as one, and those with the
/// least between them once there are too many: an hour of requests stays a few hundred bytes. Thread-safe.
class WaitLog {
public:
    static constexpr std::size_t capacity = 64;

    explicit WaitLog(const Clock& clock); ///< which outlives it
    void note(std::string_view why); ///< from now on; empty: it goes on
    std::vector<Wait> waits() const; ///< oldest first; one that lasts goes until now

private:
    const Clock& m_clock;
    mutable std::mutex m_mutex; // what follows
    std::vector<Wait> m_waits;
    Wait m_current; ///< why is empty while nothing is waited for
};

/// A reason as jobs tell it, without how long it takes yet: "rate limit, 3 s" and "retry in 3 s" are "rate limit" and "retry".
std::string waitReason(std::string_view told);

/// Something at work, and what it waited for.
struct WorkSpell {
    UtcMs from {}, to {};
    std::vector<Wait> waits; ///< ascending, disjoint
};
/// When all that were at work waited. Where they waited for different things a limit counts more than a turn in a queue.
/// At most WaitLog::capacity. O(n log n).
std::vector<Wait> commonWaits(std::span<const WorkSpell> spells);

} // namespace mnemo
