#include "core/base/timetext.h"
#include "core/quality/rules/checks.h"
#include "core/quality/rules/list.h"

namespace mnemo::rules {

Rule offGrid()
{
    Rule rule;
    rule.info = {"off_grid", "Opens where no bar opens", Severity::Error, RuleScope::Bar, Kind::Candles,
        "Bars of a timeframe open at fixed times: an hour at full hours, a day at midnight UTC unless the exchange "
        "says "
        "otherwise. A row with another time is of another timeframe, was stamped at its close, or the time was "
        "damaged. Such "
        "rows are dropped when they come."};
    rule.checkCandles = [](const CandleInput& input, Violations& out) {
        const Grid& grid = input.context.grid;
        const bool isFixed = !grid.timeframe().isMonth();
        const milliseconds step = grid.timeframe().length();
        UtcMs expected = UtcMs::max(); // saves the division for a bar that follows its neighbour
        // a month is not steady; of what is, one bar tells of all
        const auto cannotBreak = [&](const BlockFacts& block) { return isFixed && block.isSteady && grid.isOpen(block.first); };
        checks::eachRow(
            input, out, cannotBreak,
            [&](const Candle& bar) {
                const bool isOn = bar.openTime == expected || grid.isOpen(bar.openTime);
                if (isOn && isFixed)
                    expected = bar.openTime + step;
                return isOn;
            },
            [&](const Candle& bar) {
                return "opens at " + formatIso(bar.openTime) + ", the bar of " + std::string(grid.timeframe().name())
                    + " at " + formatIso(grid.floor(bar.openTime));
            });
    };
    return rule;
}

} // namespace mnemo::rules
