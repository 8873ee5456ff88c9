#include "core/quality/rules/checks.h"
#include "core/quality/rules/list.h"

namespace mnemo::rules {

Rule volumeWithoutTrades()
{
    Rule rule;
    rule.info = {"volume_without_trades", "Volume without a trade", Severity::Warn, RuleScope::Bar, Kind::Candles,
        "Where a source counts trades, volume needs at least one. A bar with volume and no trade has a count that was "
        "lost, or "
        "volume that belongs to another bar."};
    rule.checkCandles = [](const CandleInput& input, Violations& out) {
        const auto isGood = [](const Candle& bar) { return bar.trades.value_or(1) != 0 || !(bar.volume > 0); };
        checks::eachRow(input, out, [](const BlockFacts& block) { return block.leastTrades > 0; }, isGood,
            [](const Candle& bar) { return "trades 0, but volume " + words::number(bar.volume) + " > 0"; });
    };
    return rule;
}

} // namespace mnemo::rules
