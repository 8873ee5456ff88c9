#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace mnemo::sim {

/// `--limits`.
struct LimitMode {
    bool isReal = false;
    std::optional<double> perSecond; ///< one budget of requests for each exchange
    /// Nothing is counted.
    bool isOff() const { return !isReal && !perSecond; }
};
Result<LimitMode> parseLimitMode(std::string_view text); ///< "real", "off", "20/s"

/// A budget as the venues state it: so much weight in a window.
struct LimitRule {
    std::string budget;                    ///< requests with the same name share it
    std::int64_t weight = 1;               ///< of this request
    std::int64_t perWindow = 0;            ///< 0: not limited
    std::chrono::milliseconds window {0};
    bool isFixedWindow = false;            ///< counted from full minutes (Binance), else over the time just passed
    std::chrono::milliseconds penalty {0}; ///< how long everything is refused once it is over
    int refusalsToBan = 0;                 ///< so many refused requests in a row make it a ban; 0: never
    std::chrono::milliseconds ban {0};
};

/// What the venue says to a request.
struct Permit {
    enum class Verdict { Allowed, Refused, Banned };
    Verdict verdict = Verdict::Allowed;
    std::int64_t used = 0, limit = 0;          ///< weight in this window, with this request
    std::chrono::milliseconds wait {0};        ///< until the budget is free again
};

/// The counters of one venue. Thread-safe.
class Limiter {
public:
    using Time = std::chrono::steady_clock::time_point;
    explicit Limiter(const LimitMode& mode)
        : m_mode(mode)
    {
    }
    Permit ask(LimitRule rule, Time now);

private:
    struct Budget {
        std::deque<std::pair<Time, std::int64_t>> spent;
        std::int64_t used = 0;
        std::int64_t windowNumber = 0;
        int refusals = 0;
        std::optional<Time> closedUntil;
        bool isBan = false;
    };
    static void forget(Budget& budget, const LimitRule& rule, Time now);

    const LimitMode m_mode;
    std::mutex m_mutex;
    std::map<std::string, Budget, std::less<>> m_budgets;
};

} // namespace mnemo::sim
