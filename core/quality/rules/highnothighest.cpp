#include "core/quality/rules/checks.h"
#include "core/quality/rules/list.h"

namespace mnemo::rules {

Rule highNotHighest()
{
    Rule rule;
    rule.info = {"high_not_highest", "High is not the highest", Severity::Error, RuleScope::Bar, Kind::Candles,
        "The high of a bar is the highest price traded in it, so open and close cannot lie above. Where they do, a "
        "field was "
        "mixed up or damaged on the way, and indicators that use the range are wrong. Ask the source again; if it says "
        "the "
        "same, quarantine the bar."};
    rule.checkCandles = [](const CandleInput& input, Violations& out) {
        checks::eachRow(input, out, [](const BlockFacts& block) { return block.isOrdered; }, checks::isHighHighest, [](const Candle& bar) {
            const bool isOpen = bar.high < bar.open;
            return "high " + words::number(bar.high) + (isOpen ? " < open " : " < close ")
                + words::number(isOpen ? bar.open : bar.close);
        });
    };
    return rule;
}

} // namespace mnemo::rules
