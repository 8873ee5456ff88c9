#include "core/net/budget.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

#include "core/base/decimal.h"
#include "core/base/timetext.h"

namespace mnemo {

namespace {

using std::chrono::ceil;
using std::chrono::floor;
using std::chrono::nanoseconds;

constexpr double burstShare = 0.25;
constexpr int windowParts = 8192; // most entries kept per window; bounds memory, costs no measurable pace
constexpr int leastSlackPart = 100; // a trailing window is at least this part longer than the venue's
constexpr int mostSlackPart = 4; // and at most this
constexpr double epsilon = 1e-6; // of a weight: what adding up doubles may lose
constexpr double leastEpoch = 1e6;

nanoseconds ceiled(double ns)
{
    return nanoseconds{static_cast<std::int64_t>(std::ceil(ns))};
}

nanoseconds floored(double ns)
{
    return nanoseconds{static_cast<std::int64_t>(std::floor(ns))};
}

std::optional<double> numberHeader(const HttpResponse& response, const std::string& name)
{
    if (name.empty())
        return std::nullopt;
    std::string lower = name;
    for (char& c : lower)
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    const auto value = parseDecimal(response.header(lower));
    return value && *value >= 0 && *value < 1e18 ? value : std::nullopt;
}

/// Weight that the venue has counted; the greater one where it tells both.
std::optional<double> usedWeight(const BudgetSpec& spec, const HttpResponse& response)
{
    const auto used = numberHeader(response, spec.usedHeader);
    const auto remaining = numberHeader(response, spec.remainingHeader);
    if (!remaining)
        return used;
    return std::max(used.value_or(0), std::max(spec.capacity - *remaining, 0.0));
}

UtcMs nextMultiple(UtcMs time, milliseconds window)
{
    const std::int64_t ms = toMs(time);
    return fromMs(ms - ms % window.count() + window.count());
}

} // namespace

double Budgets::Bucket::rate() const
{
    return allowed / static_cast<double>(nanoseconds(spec.window).count());
}

double Budgets::Bucket::tokensAt(SteadyTime now) const
{
    if (!isStarted)
        return burst;
    const auto passed = static_cast<double>(nanoseconds(now - at).count());
    return std::min(burst, tokens + std::max(passed, 0.0) * rate());
}

/// The first entry after @p time.
std::deque<Budgets::Spent>::const_iterator Budgets::Bucket::entryAfter(SteadyTime time) const
{
    return std::ranges::upper_bound(window, time, {}, &Spent::last);
}

/// Weight spent after @p time; an entry counts as a whole. O(log entries).
double Budgets::Bucket::spentSince(SteadyTime time) const
{
    const auto entry = entryAfter(time);
    return entry == window.end() ? 0 : total - entry->before;
}

/// The last request of a window may pass our share of it, but not the venue's capacity: else a share of 2.7 requests
/// would mean 2.
bool Budgets::Bucket::fitsShare(double used, double weight) const
{
    return used <= epsilon || (used < allowed - epsilon && used + weight <= spec.capacity + epsilon);
}

bool Budgets::Bucket::fitsCapacity(double used, double weight) const
{
    return used <= epsilon || used + weight <= spec.capacity + epsilon;
}

SteadyTime Budgets::Bucket::tokensReadyAt(double weight, SteadyTime now) const
{
    const double missing = std::min(weight, burst) - tokensAt(now);
    return missing <= epsilon ? now : std::max(now, at) + ceiled(missing / rate());
}

/// When what the trailing @p span holds leaves room.
SteadyTime Budgets::Bucket::windowReadyAt(
    milliseconds span, bool (Bucket::*fits)(double, double) const, double weight, SteadyTime now) const
{
    for (auto entry = entryAfter(now - span); entry != window.end(); ++entry) {
        if ((this->*fits)(total - entry->before, weight))
            return entry == window.begin() ? now : std::max(now, std::prev(entry)->last + span);
    }
    return window.empty() ? now : std::max(now, window.back().last + span);
}

/// Alone, our own count says it all. With others on the same address the venue's count decides, and what they are
/// expected to take until the window ends is left to them.
SteadyTime Budgets::Bucket::venueReadyAt(double weight, SteadyTime now) const
{
    if (!venue || now >= venue->windowEnd || !(venue->isShared || venue->wasShared))
        return now;
    const double room = std::min(allowed, spec.capacity + epsilon - weight) - venue->used - 2 * epsilon;
    if (room <= 0)
        return venue->windowEnd;
    const auto windowNs = static_cast<double>(nanoseconds(spec.window).count());
    if (room >= venue->othersBefore)
        return now;
    // From here on, what they take in the rest of the window still fits beside us.
    return std::max(now, venue->windowEnd - floored(room / venue->othersBefore * windowNs));
}

SteadyTime Budgets::Bucket::readyAt(double weight, SteadyTime now) const
{
    const SteadyTime ready = std::max({tokensReadyAt(weight, now),
        windowReadyAt(spec.window, &Bucket::fitsShare, weight, now),
        windowReadyAt(spec.window + slack, &Bucket::fitsCapacity, weight, now), venueReadyAt(weight, now)});
    return blockedUntil ? std::max(ready, *blockedUntil) : ready;
}

void Budgets::Bucket::spend(double weight, SteadyTime now)
{
    tokens = tokensAt(now) - weight;
    at = isStarted ? std::max(at, now) : now;
    isStarted = true;
    while (!window.empty() && window.front().last + spec.window + spec.window / mostSlackPart <= now)
        window.pop_front();
    if (window.empty())
        total = 0; // sheds what adding up has lost
    if (!window.empty() && now - window.back().first < nanoseconds(spec.window) / windowParts)
        window.back().last = std::max(window.back().last, now);
    else
        window.push_back({now, now, total});
    total += weight;
    if (venue)
        venue->used += weight;
}

void Budgets::Bucket::allowFor(milliseconds jitter)
{
    slack = std::clamp(jitter, spec.window / leastSlackPart, spec.window / mostSlackPart);
}

/// We may have stopped to look long before the window ended.
double Budgets::Venue::othersInWholeWindow(milliseconds window) const
{
    const nanoseconds seen = std::max<nanoseconds>(learnt - (windowEnd - window), window / 4);
    return others * std::max(1.0, static_cast<double>(nanoseconds(window).count()) / static_cast<double>(seen.count()));
}

void Budgets::Bucket::learn(double used, milliseconds elapsed, SteadyTime windowEnd, SteadyTime now)
{
    Venue next;
    const bool isSameWindow = venue && windowEnd - venue->windowEnd < spec.window / 2;
    if (isSameWindow) {
        next = *venue;
    } else if (venue && windowEnd - venue->windowEnd < spec.window * 2) {
        next.wasShared = venue->isShared;
        next.othersBefore = venue->isShared || venue->wasShared ? venue->othersInWholeWindow(spec.window) : 0;
    }
    next.used = used;
    next.windowEnd = windowEnd;
    next.learnt = now;
    // Whatever kind of window the venue has, what it holds of ours went out within the window's length and the way
    // there.
    next.isShared = next.isShared || used > spentSince(now - 2 * elapsed - spec.window) + epsilon;
    next.others = std::max(0.0, used - spentSince(windowEnd - spec.window) + spentSince(now - elapsed / 2));
    next.used += spentSince(now - elapsed); // not counted yet when the venue answered
    venue = next;
}

void Budgets::Bucket::block(SteadyTime until)
{
    if (blockedUntil && *blockedUntil >= until)
        return;
    blockedUntil = until;
    // The venue has just said "too much": go on at the pace, without the tokens of the time that was waited.
    tokens = std::min(isStarted ? tokens : 0.0, 0.0);
    at = until;
    isStarted = true;
}

void Budgets::VenueClock::learn(const HttpResponse& response, SteadyTime now)
{
    const auto date = response.date();
    if (!date)
        return;
    const milliseconds local = floor<milliseconds>(now.time_since_epoch());
    const milliseconds least = date->time_since_epoch() - local;
    const milliseconds most = least + std::chrono::seconds{1} + response.elapsed;
    low = std::max(low.value_or(least), least);
    high = std::min(high.value_or(most), most);
    if (*low > *high) { // the clock was set, or another machine answered
        low = least;
        high = most;
    }
}

UtcMs Budgets::VenueClock::at(SteadyTime now, UtcMs wallNow) const
{
    return low ? UtcMs{floor<milliseconds>(now.time_since_epoch()) + *low} : wallNow;
}

/// Five deviations: two requests that differ by more are rare.
milliseconds Budgets::Jitter::learn(milliseconds elapsed)
{
    const auto ms = static_cast<double>(elapsed.count());
    if (!mean) {
        mean = ms;
        deviation = ms / 2;
    }
    deviation += (std::abs(ms - *mean) - deviation) / 16;
    *mean += (ms - *mean) / 16;
    return milliseconds{static_cast<std::int64_t>(std::ceil(5 * deviation))};
}

Budgets::Budgets(std::vector<BudgetSpec> specs, double share)
{
    const double part = share > 0 ? std::min(share, 1.0) : 1.0;
    for (BudgetSpec& spec : specs) {
        if (!(spec.capacity > 0) || spec.window <= milliseconds{0})
            continue;
        Bucket bucket;
        bucket.allowed = spec.capacity * part;
        bucket.burst = bucket.allowed * burstShare;
        bucket.slack = spec.window / leastSlackPart;
        bucket.spec = std::move(spec);
        m_buckets.push_back(std::move(bucket));
    }
}

std::optional<double> Budgets::weightOf(const Bucket& bucket, const std::vector<Charge>& charges)
{
    std::optional<double> sum;
    for (const Charge& charge : charges) {
        if (charge.budget == bucket.spec.name)
            sum = sum.value_or(0) + std::max(charge.weight, 0.0);
    }
    return sum;
}

bool Budgets::isNamed(const Bucket& bucket, const std::vector<Charge>& charges)
{
    return charges.empty() || weightOf(bucket, charges);
}

SteadyTime Budgets::readyAt(const std::vector<Charge>& charges, SteadyTime now) const
{
    SteadyTime ready = now;
    for (const Bucket& bucket : m_buckets) {
        if (const auto weight = weightOf(bucket, charges))
            ready = std::max(ready, bucket.readyAt(*weight, now));
    }
    return ready;
}

void Budgets::spend(const std::vector<Charge>& charges, SteadyTime now)
{
    for (Bucket& bucket : m_buckets) {
        if (const auto weight = weightOf(bucket, charges))
            bucket.spend(*weight, now);
    }
}

std::optional<SteadyTime> Budgets::toldEnd(
    const BudgetSpec& spec, const HttpResponse& response, UtcMs wallNow, SteadyTime now) const
{
    const auto reset = numberHeader(response, spec.resetHeader);
    if (!reset)
        return std::nullopt;
    const milliseconds left = *reset < leastEpoch
        ? milliseconds{static_cast<std::int64_t>(*reset * static_cast<double>(spec.resetUnit.count()))}
        : fromMagnitude(static_cast<std::int64_t>(*reset)) - m_clock.at(now, wallNow);
    // A reset beyond the window is in another unit than the contract says: one whole window is the safe reading.
    return now + std::clamp(left, milliseconds{0}, spec.window);
}

/// When the window that @p response speaks of ends. It may have ended while the answer was on its way.
SteadyTime Budgets::windowEnd(const BudgetSpec& spec, const HttpResponse& response, UtcMs wallNow, SteadyTime now) const
{
    if (const auto told = toldEnd(spec, response, wallNow, now))
        return *told;
    const SteadyTime sent = now - response.elapsed;
    const UtcMs counted = m_clock.at(sent, wallNow - response.elapsed);
    return sent + (nextMultiple(counted, spec.window) - counted);
}

void Budgets::learn(
    const HttpResponse& response, UtcMs wallNow, SteadyTime now, const std::vector<Charge>& charges)
{
    m_clock.learn(response, now);
    const milliseconds jitter = m_jitter.learn(response.elapsed);
    for (Bucket& bucket : m_buckets) {
        bucket.allowFor(jitter);
        const auto used = usedWeight(bucket.spec, response);
        if (!used || !isNamed(bucket, charges))
            continue;
        bucket.learn(*used, response.elapsed, windowEnd(bucket.spec, response, wallNow, now), now);
    }
}

std::optional<milliseconds> Budgets::resetIn(
    const HttpResponse& response, UtcMs wallNow, SteadyTime now, const std::vector<Charge>& charges) const
{
    std::optional<SteadyTime> last;
    for (const Bucket& bucket : m_buckets) {
        if (isNamed(bucket, charges))
            last = std::max(last, toldEnd(bucket.spec, response, wallNow, now)); // nothing is before any time
    }
    return last ? std::optional{ceil<milliseconds>(*last - now)} : std::nullopt;
}

void Budgets::block(SteadyTime until, const std::vector<Charge>& charges)
{
    for (Bucket& bucket : m_buckets) {
        if (isNamed(bucket, charges))
            bucket.block(until);
    }
}

std::vector<BudgetState> Budgets::states(SteadyTime now) const
{
    std::vector<BudgetState> out;
    for (const Bucket& bucket : m_buckets) {
        BudgetState state{bucket.spec.name, bucket.spentSince(now - bucket.spec.window), bucket.spec.capacity,
            bucket.spec.window, std::nullopt};
        if (bucket.venue && now < bucket.venue->windowEnd)
            state.used = std::max(state.used, bucket.venue->used);
        if (bucket.blockedUntil && *bucket.blockedUntil > now)
            state.blockedUntil = bucket.blockedUntil;
        out.push_back(std::move(state));
    }
    return out;
}

} // namespace mnemo
