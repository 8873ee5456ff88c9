#include "app/simulator/limits.h"

#include "core/base/decimal.h"

namespace mnemo::sim {

using std::chrono::milliseconds;

namespace {

milliseconds sinceEpoch(Limiter::Time time)
{
    return std::chrono::duration_cast<milliseconds>(time.time_since_epoch());
}

} // namespace

Result<LimitMode> parseLimitMode(std::string_view text)
{
    if (text == "off")
        return LimitMode {};
    if (text == "real")
        return LimitMode {true, {}};
    const auto rate = text.ends_with("/s") ? parseDecimal(text.substr(0, text.size() - 2)) : std::nullopt;
    if (!rate || *rate <= 0 || *rate > 1e6)
        return fail(ErrorCode::InvalidArgument,
            "--limits: '" + std::string(text) + "' is neither real, off nor a rate such as 20/s");
    return LimitMode {false, rate};
}

void Limiter::forget(Budget& budget, const LimitRule& rule, Time now)
{
    if (rule.isFixedWindow) {
        const std::int64_t number = sinceEpoch(now) / rule.window;
        if (number != budget.windowNumber) {
            budget.windowNumber = number;
            budget.used = 0;
        }
        return;
    }
    while (!budget.spent.empty() && budget.spent.front().first + rule.window <= now) {
        budget.used -= budget.spent.front().second;
        budget.spent.pop_front();
    }
}

Permit Limiter::ask(LimitRule rule, Time now)
{
    if (m_mode.perSecond) {
        // One budget for the whole venue. Slow rates get a longer window, as there are no parts of requests.
        const double seconds = *m_mode.perSecond < 1 ? 1 / *m_mode.perSecond : 1;
        rule = {"all", 1, static_cast<std::int64_t>(*m_mode.perSecond * seconds + 0.5),
            milliseconds {static_cast<std::int64_t>(1000 * seconds)}, false, {}, rule.refusalsToBan, milliseconds {2000}};
    }
    if (rule.perWindow <= 0)
        return {};
    Permit permit;
    permit.limit = rule.perWindow;
    if (m_mode.isOff()) { // the headers tell of a fresh window, so that no client slows down because of them
        permit.used = rule.weight;
        permit.wait = rule.window;
        return permit;
    }
    const std::lock_guard lock(m_mutex);
    Budget& budget = m_budgets[rule.budget];
    if (budget.closedUntil && now < *budget.closedUntil) {
        permit.verdict = budget.isBan ? Permit::Verdict::Banned : Permit::Verdict::Refused;
        permit.used = budget.used;
        permit.wait = std::chrono::ceil<milliseconds>(*budget.closedUntil - now);
        return permit;
    }
    if (budget.closedUntil)
        budget = {};
    forget(budget, rule, now);
    permit.used = budget.used + rule.weight;
    permit.wait = rule.isFixedWindow ? rule.window - sinceEpoch(now) % rule.window
        : budget.spent.empty()       ? rule.window
                                     : std::chrono::ceil<milliseconds>(budget.spent.front().first + rule.window - now);
    if (permit.used <= rule.perWindow) {
        budget.used += rule.weight;
        budget.refusals = 0;
        if (!rule.isFixedWindow)
            budget.spent.emplace_back(now, rule.weight);
        return permit;
    }
    permit.verdict = Permit::Verdict::Refused;
    if (rule.refusalsToBan > 0 && ++budget.refusals > rule.refusalsToBan) {
        permit.verdict = Permit::Verdict::Banned;
        budget.isBan = true;
        budget.closedUntil = now + rule.ban;
        permit.wait = rule.ban;
    } else if (rule.penalty > milliseconds {0}) {
        budget.closedUntil = now + rule.penalty;
        permit.wait = rule.penalty;
    }
    return permit;
}

} // namespace mnemo::sim
