#include "core/quality/rules/checks.h"
#include "core/quality/rules/list.h"

namespace mnemo::rules {

Rule negativeVolume()
{
    Rule rule;
    rule.info = {"negative_volume", "Volume below zero", Severity::Error, RuleScope::Bar, Kind::Candles,
        "Volume, turnover and the number of trades are counts of what happened; none can be negative. A negative one "
        "is a "
        "damaged value or a number that overflowed at the source."};
    rule.checkCandles = [](const CandleInput& input, Violations& out) {
        const auto cannotBreak = [](const BlockFacts& block) {
            return block.leastVolume >= 0 && block.leastTrades >= 0 && block.doesTurnoverFit && block.isOrdered
                && block.lowest >= 0;
        };
        checks::eachRow(input, out, cannotBreak, checks::isVolumeSane, [](const Candle& bar) {
            if (!(bar.volume >= 0))
                return "volume " + words::number(bar.volume) + " < 0";
            if (!(bar.quoteVolume.value_or(0) >= 0))
                return "quote volume " + words::number(*bar.quoteVolume) + " < 0";
            return "trades " + std::to_string(bar.trades.value_or(0)) + " < 0";
        });
    };
    return rule;
}

} // namespace mnemo::rules
