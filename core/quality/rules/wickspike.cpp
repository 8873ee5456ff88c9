#include "core/quality/rules/checks.h"
#include "core/quality/rules/list.h"
#include "core/quality/rules/reference.h"

namespace mnemo::rules {

namespace {

enum ThresholdIndex : std::size_t { ranges, leastWick, window };

void check(const CandleInput& input, Violations& out)
{
    const double least = 1 + input.thresholds[leastWick] / 100;
    Reference reference(input.rows, input.context.grid, static_cast<int>(input.thresholds[window]));
    checks::eachDoubtful(input, [&](const BlockFacts& block) { return checks::isWithin(block, least); }, [&](std::size_t i) {
        const Candle& bar = input.rows[i];
        const double top = std::max(bar.open, bar.close), bottom = std::min(bar.open, bar.close);
        const bool isHigh = bar.high > top * least;
        if (!isHigh && !(bottom > bar.low * least)) [[likely]]
            return;
        if (!(bar.low > 0))
            return; // the rule on prices says that
        const double wick = std::max(bar.high / top, bottom / bar.low) - 1;
        const auto usual = reference.medianRangeBefore(i);
        if (wick <= usual.value_or(0) * input.thresholds[ranges] || !out.add(bar.openTime))
            return;
        const bool isUp = bar.high / top >= bottom / bar.low;
        out.say(std::string(isUp ? "high " : "low ") + words::number(isUp ? bar.high : bar.low) + " is "
                + words::rounded(wick * 100) + " % off open and close"
                + (usual ? ", the usual bar spans " + words::rounded(*usual * 100) + " %" : std::string()),
            words::first(bar));
    });
}

} // namespace

Rule wickSpike()
{
    Rule rule;
    rule.info = {"wick_spike", "High or low far off", Severity::Warn, RuleScope::Neighbours, Kind::Candles,
        "High or low lie much further from open and close than whole bars usually span. Mostly it is a single wrong "
        "print or a "
        "shifted decimal point, which ruins stops and ranges in a backtest; on a thin market it may be one real trade. "
        "Compare "
        "with another exchange.",
        {{"ranges", 60, 0, 1e6, "times", "How many times the usual span from low to high is too much"},
            {"min_wick", 10, 0, 1e6, "%", "A smaller distance is never found"},
            windowThreshold(240)}};
    rule.lookback = lookbackOver<window>;
    rule.checkCandles = check;
    return rule;
}

} // namespace mnemo::rules
