#include "core/quality/rules/checks.h"
#include "core/quality/rules/list.h"
#include "core/quality/rules/reference.h"

namespace mnemo::rules {

namespace {

enum ThresholdIndex : std::size_t { bars, liquid, window };

void check(const CandleInput& input, Violations& out)
{
    out.requireRun(static_cast<std::int64_t>(input.thresholds[bars]));
    Reference reference(input.rows, input.context.grid, static_cast<int>(input.thresholds[window]));
    checks::eachDoubtful(input, [](const BlockFacts& block) { return block.isMoving; }, [&](std::size_t i) {
        if (i == 0)
            return;
        const Candle& bar = input.rows[i];
        if (bar.high != bar.low || bar.close != input.rows[i - 1].close || !(bar.volume > 0)) [[likely]]
            return;
        const double moving = reference.movingBefore(i);
        if (moving * 100 < input.thresholds[liquid] || !out.add(bar.openTime))
            return;
        out.say("price stays at " + words::number(bar.close)
                + " in this bar and those after it, although there is volume; " + words::rounded(moving * 100)
                + " % of the bars before moved",
            words::first(bar));
    });
}

} // namespace

Rule flatRun()
{
    Rule rule;
    rule.info = {"flat_run", "Price stands still", Severity::Warn, RuleScope::Neighbours, Kind::Candles,
        "Several bars in a row with one and the same price although volume is stated, in a market that moves in nearly "
        "every bar. "
        "Typical of a feed that repeats its last value. Bars without volume are the business of the rule on dead "
        "volume.",
        {{"bars", 10, 2, 1e6, "bars", "How many in a row are too many"},
            {"liquid", 90, 1, 100, "%", "Bars of the window that must have moved for the market to count as liquid"},
            windowThreshold(240)}};
    rule.lookback = lookbackOver<window>;
    rule.checkCandles = check;
    return rule;
}

} // namespace mnemo::rules
