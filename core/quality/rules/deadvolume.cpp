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
    checks::eachDoubtful(input, [](const BlockFacts& block) { return block.leastVolume > 0; }, [&](std::size_t i) {
        const Candle& bar = input.rows[i];
        if (bar.volume != 0) [[likely]]
            return;
        const double traded = reference.tradedBefore(i);
        if (traded * 100 < input.thresholds[liquid] || !out.add(bar.openTime))
            return;
        out.say("volume 0 in this bar and those after it, " + words::rounded(traded * 100)
                + " % of the bars before had trades",
            words::first(bar));
    });
}

} // namespace

Rule deadVolume()
{
    Rule rule;
    rule.info = {"dead_volume", "No volume where there always is", Severity::Warn, RuleScope::Neighbours, Kind::Candles,
        "Several bars in a row without volume in a market that trades in nearly every bar. The exchange stood still, "
        "or its "
        "feed did and filled the time with empty bars. If other markets of the exchange are silent at the same time it "
        "was an "
        "outage.",
        {{"bars", 5, 1, 1e6, "bars", "How many in a row are too many"},
            {"liquid", 95, 1, 100, "%", "Bars of the window that must have traded for the market to count as liquid"},
            windowThreshold(240)}};
    rule.lookback = lookbackOver<window>;
    rule.checkCandles = check;
    return rule;
}

} // namespace mnemo::rules
