#include "core/base/timetext.h"
#include "core/quality/rules/checks.h"
#include "core/quality/rules/list.h"

namespace mnemo::rules {

Rule notIncreasing()
{
    Rule rule;
    rule.info = {"not_increasing", "Times do not increase", Severity::Error, RuleScope::Neighbours, Kind::Candles,
        "Each bar of a series opens after the one before it. Where one does not, rows were repeated or put in the "
        "wrong "
        "order by what collected them, and every value that looks back at earlier bars is wrong from there on."};
    rule.lookback = [](std::span<const double>) { return 1; };
    rule.checkCandles = [](const CandleInput& input, Violations& out) {
        checks::eachDoubtful(input, [](const BlockFacts& block) { return block.isSteady; }, [&](std::size_t i) {
            const UtcMs open = input.rows[i].openTime;
            if (i == 0 || input.rows[i - 1].openTime < open) [[likely]]
                return;
            const UtcMs before = input.rows[i - 1].openTime;
            if (out.add(open))
                out.say(formatIso(open) + (open == before ? " comes twice" : " comes after " + formatIso(before)),
                    words::first(input.rows[i]));
        });
    };
    return rule;
}

} // namespace mnemo::rules
