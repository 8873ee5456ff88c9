#include "core/base/timetext.h"
#include "core/quality/rules/checks.h"
#include "core/quality/rules/list.h"

namespace mnemo::rules {

namespace {

constexpr std::size_t bars = 0;

/// For rows of any kind.
void check(const RuleContext& context, std::span<const double> thresholds, Violations& out)
{
    if (!context.freshUntil || !context.lastClose)
        return;
    const milliseconds late = *context.freshUntil - *context.lastClose;
    const milliseconds step = context.grid.timeframe().length();
    if (static_cast<double>(late.count()) <= thresholds[bars] * static_cast<double>(step.count()))
        return;
    out.addMoment(*context.lastClose,
        "the newest bar closed at " + formatIso(*context.lastClose) + "; those closed since are not stored");
}

} // namespace

Rule stale()
{
    Rule rule;
    rule.info = {"stale", "Series is not fresh", Severity::Warn, RuleScope::Series, Kind::Candles,
        "The series is one of those that are kept up to date, and its newest bar is older than its timeframe and the "
        "delay of the "
        "exchange explain. Collecting has stopped, fails, or the exchange is silent: look at the jobs of the series.",
        {{"bars", 3, 1, 1e6, "bars", "How many bars may be late"}}};
    rule.checkSeries = check;
    return rule;
}

} // namespace mnemo::rules
