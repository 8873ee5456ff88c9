#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/net/http.h"

namespace mnemo {

/// One limit of a venue: so much weight per window. Source of the numbers: the venue's description.
struct BudgetSpec {
    std::string name;
    double capacity = 0; ///< weight per window, as the venue states it
    milliseconds window {0};
    std::string usedHeader;      ///< weight used in the current window, as the venue counts it
    std::string remainingHeader; ///< weight left
    std::string resetHeader;     ///< when the window ends: ms or s since 1970, or seconds from now (below 1e6)
    bool operator==(const BudgetSpec&) const = default;
};

struct Charge {
    std::string budget;
    double weight = 1;
    bool operator==(const Charge&) const = default;
};

/// What is known about a budget now, for the status bar.
struct BudgetState {
    std::string name;
    double used = 0, capacity = 0;
    milliseconds window {0};
    std::optional<SteadyTime> blockedUntil; ///< hard stop: 429, 418
    bool operator==(const BudgetState&) const = default;
};

/// The budgets of one lane. Paces by token bucket (a whole window's burst is not allowed: a quarter is), corrects itself
/// by the venue's headers, and stops dead on a ban. Owned by the lane's thread; pure but for the times handed in.
class Budgets {
public:
    /// @param share part of each capacity that we allow ourselves, (0, 1]
    Budgets(std::vector<BudgetSpec> specs, double share);

    /// When all of @p charges may be spent; @p now or earlier means: at once. Unknown budget names are ignored.
    SteadyTime readyAt(const std::vector<Charge>& charges, SteadyTime now) const;
    void spend(const std::vector<Charge>& charges, SteadyTime now);
    /// Reads used, remaining and reset headers of an answer.
    void learn(const HttpResponse& response, UtcMs wallNow, SteadyTime now);
    /// Nothing of the named budgets (all where empty) before @p until.
    void block(SteadyTime until, const std::vector<Charge>& charges = {});
    std::vector<BudgetState> states(SteadyTime now) const;

private:
    struct Bucket {
        BudgetSpec spec;
        double rate = 0;  ///< weight per millisecond
        double burst = 0; ///< most tokens
        double tokens = 0;
        SteadyTime at {};
        std::optional<SteadyTime> blockedUntil;
        double tokensAt(SteadyTime now) const;
    };
    std::vector<Bucket> m_buckets;
};

} // namespace mnemo
