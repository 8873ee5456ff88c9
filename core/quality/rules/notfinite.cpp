#include "core/quality/rules/checks.h"
#include "core/quality/rules/list.h"

namespace mnemo::rules {

Rule notFinite()
{
    Rule rule;
    rule.info = {"not_finite", "A value is no number", Severity::Error, RuleScope::Bar, Kind::Candles,
        "NaN and infinity are what programs write where they had no value. A row whose prices or volume are no numbers "
        "is "
        "dropped when it comes, so that nothing is computed with it; a turnover that is none is left out alone."};
    rule.checkCandles = [](const CandleInput& input, Violations& out) {
        const auto isGood = [](const Candle& bar) { return checks::isFinite(bar) && checks::hasFiniteOptionals(bar); };
        const auto cannotBreak = [](const BlockFacts& block) {
            return block.isOrdered && block.lowest >= 0 && std::isfinite(block.highest) && block.leastVolume >= 0
                && std::isfinite(block.largestVolume * (1 + block.highest)) && block.doesTurnoverFit;
        };
        checks::eachRow(input, out, cannotBreak, isGood, [](const Candle& bar) {
            const std::pair<const char*, double> values[] {{"open", bar.open}, {"high", bar.high}, {"low", bar.low},
                {"close", bar.close}, {"volume", bar.volume}, {"quote volume", bar.quoteVolume.value_or(0)}};
            for (const auto& [name, value] : values) {
                if (!std::isfinite(value))
                    return std::string(name) + " is " + words::number(value);
            }
            return std::string();
        });
    };
    return rule;
}

} // namespace mnemo::rules
