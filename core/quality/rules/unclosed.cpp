#include "core/base/timetext.h"
#include "core/quality/rules/checks.h"
#include "core/quality/rules/list.h"

namespace mnemo::rules {

Rule unclosed()
{
    Rule rule;
    rule.info = {"unclosed", "Stored before it closed", Severity::Error, RuleScope::Bar, Kind::Candles,
        "A bar is final only when its time is over. One that was stored earlier holds a part of its trades: its close, "
        "its "
        "range and its volume will be others. Rows that come are held back until they are closed; a stored one came "
        "from "
        "elsewhere, or from a clock that was wrong. Ask the source again once the bar has closed."};
    rule.checkCandles = [](const CandleInput& input, Violations& out) {
        const Grid& grid = input.context.grid;
        const UtcMs now = input.context.now;
        if (input.first == input.rows.size() || now == UtcMs::max())
            return;
        // all bars that open this long ago are closed, whatever their length
        const UtcMs surely = now - std::chrono::days {32};
        checks::eachRow(
            input, out, [&](const BlockFacts& block) { return block.isSteady && block.last < surely; },
            [&](const Candle& bar) { return bar.openTime < surely || grid.next(grid.floor(bar.openTime)) <= now; },
            [&](const Candle& bar) {
                return "closes at " + formatIso(grid.next(grid.floor(bar.openTime))) + ", it is " + formatIso(now);
            });
    };
    return rule;
}

} // namespace mnemo::rules
