#include "core/quality/rules/checks.h"
#include "core/quality/rules/list.h"

namespace mnemo::rules {

Rule lowNotLowest()
{
    Rule rule;
    rule.info = {"low_not_lowest", "Low is not the lowest", Severity::Error, RuleScope::Bar, Kind::Candles,
        "The low of a bar is the lowest price traded in it, so open and close cannot lie below. Where they do, a field "
        "was "
        "mixed up or damaged on the way, and indicators that use the range are wrong. Ask the source again; if it says "
        "the "
        "same, quarantine the bar."};
    rule.checkCandles = [](const CandleInput& input, Violations& out) {
        checks::eachRow(input, out, [](const BlockFacts& block) { return block.isOrdered; }, checks::isLowLowest, [](const Candle& bar) {
            const bool isOpen = bar.low > bar.open;
            return "low " + words::number(bar.low) + (isOpen ? " > open " : " > close ")
                + words::number(isOpen ? bar.open : bar.close);
        });
    };
    return rule;
}

} // namespace mnemo::rules
