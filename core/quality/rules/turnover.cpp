#include "core/quality/rules/checks.h"
#include "core/quality/rules/list.h"

namespace mnemo::rules {

namespace {
constexpr std::size_t tolerance = 0;
}

Rule turnover()
{
    Rule rule;
    rule.info = {"turnover", "Turnover does not fit the prices", Severity::Warn, RuleScope::Bar, Kind::Candles,
        "Turnover divided by volume is the average price paid, which lies between low and high. Where it does not, "
        "volume or "
        "turnover is in another unit (contracts, lots, the other currency), or one of the two is of another bar. "
        "Volumes that "
        "were converted with a price are left out.",
        {{"tolerance", 1, 0, 1000, "%", "How far the average price may lie outside of low to high"}}};
    rule.checkCandles = [](const CandleInput& input, Violations& out) {
        const double part = input.thresholds[tolerance] / 100;
        checks::eachRow(
            input, out, [](const BlockFacts& block) { return block.doesTurnoverFit && block.isOrdered && block.lowest >= 0; },
            [part](const Candle& bar) {
                if (!bar.quoteVolume || !(bar.volume > 0) || (bar.flags & ApproximateVolume) != 0)
                    return true;
                return *bar.quoteVolume >= bar.volume * bar.low * (1 - part)
                    && *bar.quoteVolume <= bar.volume * bar.high * (1 + part);
            },
            [](const Candle& bar) {
                return "turnover " + words::number(*bar.quoteVolume) + " / volume " + words::number(bar.volume) + " = "
                    + words::rounded(*bar.quoteVolume / bar.volume, 6) + ", outside of " + words::number(bar.low)
                    + " to " + words::number(bar.high);
            });
    };
    return rule;
}

} // namespace mnemo::rules
