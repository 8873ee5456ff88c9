#pragma once

#include <deque>
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
    milliseconds window{0};
    std::string usedHeader; ///< weight used in the current window, as the venue counts it
    std::string remainingHeader; ///< weight left
    std::string resetHeader; ///< when the window ends: ms or s since 1970, or from now (below 1e6)
    milliseconds resetUnit{1000}; ///< of a time from now
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
    milliseconds window{0};
    std::optional<SteadyTime> blockedUntil; ///< hard stop: 429, 418
    bool operator==(const BudgetState&) const = default;
};

/// The budgets of one lane. Three rules hold at once, so that a venue's own count never passes its capacity:
/// a token bucket paces to capacity x share (a quarter of that may go out in a burst), no trailing window holds more
/// than we allow ourselves (and none that is longer by what requests catch up with each other on their way more than the
/// capacity), and what the venue's headers tell (others on the same address included) counts as spent until its window ends. A charge heavier than a rule's limit waits for the best moment there is and then goes out.
/// Stops dead on a ban. Owned by the lane's thread; pure but for the times handed in.
class Budgets {
public:
    /// @param specs capacity and window above 0; others limit nothing (reading the description refuses them)
    /// @param share part of each capacity that we allow ourselves, (0, 1]
    Budgets(std::vector<BudgetSpec> specs, double share);

    /// When all of @p charges may be spent; @p now means: at once. Unknown budget names are ignored.
    SteadyTime readyAt(const std::vector<Charge>& charges, SteadyTime now) const;
    void spend(const std::vector<Charge>& charges, SteadyTime now);
    /// Reads used, remaining and reset headers of an answer to a request that charged the named budgets (all where
    /// empty): a header of one name may speak of another budget on another host or path. Without a reset header the
    /// venue's windows are taken to begin at multiples of their length, by the venue's clock where it sends a Date header.
    void learn(
        const HttpResponse& response, UtcMs wallNow, SteadyTime now, const std::vector<Charge>& charges = {});
    /// How long until all named budgets (all where empty) are whole again, where @p response tells it by a reset header.
    std::optional<milliseconds> resetIn(
        const HttpResponse& response, UtcMs wallNow, SteadyTime now, const std::vector<Charge>& charges = {}) const;
    /// Nothing of the named budgets (all where empty) before @p until, and no burst right after it.
    void block(SteadyTime until, const std::vector<Charge>& charges = {});
    std::vector<BudgetState> states(SteadyTime now) const;

private:
    struct Spent {
        SteadyTime first, last; ///< spends that are closer than a small part of the window are one entry
        double before = 0; ///< all that was spent before it
    };
    struct Venue { ///< what the headers told about the window that ends at windowEnd
        double used = 0;
        double others = 0; ///< about so much of it is not ours
        double othersBefore = 0; ///< the same of the whole window before
        bool isShared = false; ///< others were surely seen in this window
        bool wasShared = false; ///< or in the one before
        SteadyTime windowEnd{};
        SteadyTime learnt{};

        double othersInWholeWindow(milliseconds window) const;
    };
    struct Bucket {
        BudgetSpec spec;
        double allowed = 0; ///< capacity x share
        double burst = 0; ///< most tokens
        double tokens = 0;
        SteadyTime at{}; ///< when there were so many tokens
        bool isStarted = false;
        milliseconds slack{0}; ///< so much longer than the venue's window is ours
        std::deque<Spent> window;
        double total = 0; ///< spent up to now, counted like Spent::before
        std::optional<Venue> venue;
        std::optional<SteadyTime> blockedUntil;

        double rate() const; ///< weight per nanosecond
        double tokensAt(SteadyTime now) const;
        std::deque<Spent>::const_iterator entryAfter(SteadyTime time) const;
        double spentSince(SteadyTime time) const;
        bool fitsShare(double used, double weight) const;
        bool fitsCapacity(double used, double weight) const;
        SteadyTime tokensReadyAt(double weight, SteadyTime now) const;
        SteadyTime windowReadyAt(
            milliseconds span, bool (Bucket::*fits)(double, double) const, double weight, SteadyTime now) const;
        SteadyTime venueReadyAt(double weight, SteadyTime now) const;
        SteadyTime readyAt(double weight, SteadyTime now) const;
        void learn(double used, milliseconds elapsed, SteadyTime windowEnd, SteadyTime now);
        void spend(double weight, SteadyTime now);
        void allowFor(milliseconds jitter);
        void block(SteadyTime until);
    };
    /// The venue's clock less ours, known to lie in [low, high]: each Date header narrows it.
    struct VenueClock {
        std::optional<milliseconds> low, high;
        void learn(const HttpResponse& response, SteadyTime now);
        UtcMs at(SteadyTime now, UtcMs wallNow) const;
    };

    /// How much the time on the way varies: the mean deviation, smoothed.
    struct Jitter {
        std::optional<double> mean; ///< ms
        double deviation = 0; ///< ms
        milliseconds learn(milliseconds elapsed);
    };

    std::optional<SteadyTime> toldEnd(
        const BudgetSpec& spec, const HttpResponse& response, UtcMs wallNow, SteadyTime now) const;
    SteadyTime windowEnd(const BudgetSpec& spec, const HttpResponse& response, UtcMs wallNow, SteadyTime now) const;
    static std::optional<double> weightOf(const Bucket& bucket, const std::vector<Charge>& charges);
    static bool isNamed(const Bucket& bucket, const std::vector<Charge>& charges); ///< by one of them, or there are none

    std::vector<Bucket> m_buckets;
    VenueClock m_clock;
    Jitter m_jitter;
};

} // namespace mnemo
