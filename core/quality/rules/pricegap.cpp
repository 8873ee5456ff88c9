#include "core/quality/rules/checks.h"
#include "core/quality/rules/list.h"
#include "core/quality/rules/reference.h"

namespace mnemo::rules {

namespace {

enum ThresholdIndex : std::size_t { ranges, leastGap, window };

bool differs(double a, double b, double part)
{
    return a > b * (1 + part) || b > a * (1 + part);
}

void check(const CandleInput& input, Violations& out)
{
    const double least = input.thresholds[leastGap] / 100;
    const milliseconds step = input.context.grid.timeframe().length();
    Reference reference(input.rows, input.context.grid, static_cast<int>(input.thresholds[window]));
    checks::eachDoubtful(input, [&](const BlockFacts& block) { return checks::isWithin(block, 1 + least); }, [&](std::size_t i) {
        if (i == 0)
            return;
        const Candle& bar = input.rows[i];
        const Candle& before = input.rows[i - 1];
        if (!differs(bar.open, before.close, least)) [[likely]]
            return;
        const bool isNext =
            bar.openTime - before.openTime == step || input.context.grid.next(before.openTime) == bar.openTime;
        if (!isNext || checks::isQuarantined(before) || !(before.close > 0) || !(bar.open > 0))
            return;
        // after a bar whose close was wrong the price is where it was before that bar
        if (i >= 2 && input.rows[i - 1].openTime - input.rows[i - 2].openTime <= step * 2
            && !differs(bar.open, input.rows[i - 2].close, least))
            return;
        const double gap = std::abs(bar.open / before.close - 1);
        const auto usual = reference.medianRangeBefore(i);
        if (gap <= usual.value_or(0) * input.thresholds[ranges] || !out.add(bar.openTime))
            return;
        out.say("close " + words::number(before.close) + ", next open " + words::number(bar.open) + ": "
                + words::percent(bar.open / before.close - 1)
                + (usual ? ", the usual bar spans " + words::rounded(*usual * 100) + " %" : std::string()),
            words::first(bar) + ",\"before\":" + words::json(before));
    });
}

} // namespace

Rule priceGap()
{
    Rule rule;
    rule.info = {"price_gap", "Gap between close and next open", Severity::Warn, RuleScope::Neighbours, Kind::Candles,
        "Markets that never close open a bar where the bar before ended, give or take a few trades. Where the open is "
        "far from "
        "the close before although no bar lacks between them, one of the two bars is not what was traded, or the "
        "exchange stood "
        "still within the bar. Bars with others missing between them are not compared.",
        {{"ranges", 10, 0, 1e6, "times", "How many times the usual span from low to high is too much"},
            {"min_gap", 2, 0, 1e6, "%", "A smaller gap is never found"},
            windowThreshold(240)}};
    rule.lookback = lookbackOver<window>;
    rule.checkCandles = check;
    return rule;
}

} // namespace mnemo::rules
