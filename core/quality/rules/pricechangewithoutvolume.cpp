#include "core/quality/rules/checks.h"
#include "core/quality/rules/list.h"

namespace mnemo::rules {

Rule priceChangeWithoutVolume()
{
    Rule rule;
    rule.info = {"price_change_without_volume", "Price moved without volume", Severity::Warn, RuleScope::Bar,
        Kind::Candles,
        "A price moves by trades. A bar whose high and low differ although nothing was traded was made of quotes, of "
        "another "
        "market's price, or lost its volume."};
    rule.checkCandles = [](const CandleInput& input, Violations& out) {
        const auto isGood = [](const Candle& bar) { return bar.volume != 0 || bar.high == bar.low; };
        checks::eachRow(input, out, [](const BlockFacts& block) { return block.leastVolume > 0; }, isGood, [](const Candle& bar) {
            return "volume 0, but high " + words::number(bar.high) + " and low " + words::number(bar.low) + " differ";
        });
    };
    return rule;
}

} // namespace mnemo::rules
