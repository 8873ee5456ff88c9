#include "core/quality/rules/checks.h"
#include "core/quality/rules/list.h"
#include "core/quality/rules/reference.h"

namespace mnemo::rules {

namespace {

enum ThresholdIndex : std::size_t { times, overLargest, window };
constexpr double rise = 0.25; // part of the multiple of the usual that must separate the bar from the one before

void check(const CandleInput& input, Violations& out)
{
    const double factor = input.thresholds[times];
    const double leastRise = factor * rise;
    Reference reference(input.rows, input.context.grid, static_cast<int>(input.thresholds[window]));
    const auto cannotBreak = [&](const BlockFacts& block) { // no trades counted: the least is above the most
        return block.leastTrades > block.mostTrades
            || (block.leastTrades > 0
                && block.largestVolume * static_cast<double>(block.mostTrades)
                    <= block.leastVolume * static_cast<double>(block.leastTrades) * leastRise);
    };
    checks::eachDoubtful(input, cannotBreak, [&](std::size_t i) {
        const Candle& bar = input.rows[i];
        if (i == 0 || bar.trades.value_or(0) <= 0)
            return;
        const Candle& before = input.rows[i - 1];
        const auto trades = static_cast<double>(*bar.trades);
        const bool isRising = before.trades
            && (*before.trades <= 0
                || bar.volume * static_cast<double>(*before.trades) > before.volume * trades * leastRise);
        if (!isRising) [[likely]]
            return;
        const double size = bar.volume / trades;
        if (!reference.isAboveTradeSizes(i, size, input.thresholds[overLargest]))
            return;
        const auto usual = reference.tradeSizesBefore(i);
        if (!usual || size <= usual->median * factor || size <= usual->largest * input.thresholds[overLargest]
            || !out.add(bar.openTime))
            return;
        out.say("volume " + words::number(bar.volume) + " in " + std::to_string(*bar.trades) + " trades: a trade is "
                + words::rounded(size / usual->median) + " times the usual " + words::rounded(usual->median, 6) + " and "
                + words::rounded(size / usual->largest) + " times the largest",
            words::first(bar));
    });
}

} // namespace

Rule tradeSize()
{
    Rule rule;
    rule.info = {"trade_size", "Trades of a size nobody trades", Severity::Info, RuleScope::Neighbours, Kind::Candles,
        "Volume divided by the number of trades is many times what it was in the bars before, and rose at once. A rush of "
        "trading makes more trades, hardly larger ones: such a bar has a volume of another unit or of a longer time, a count "
        "that was lost in part, or one block trade.",
        {{"times", 20, 2, 1e9, "times", "How many times the usual size is too much; a quarter of it must separate the bar "
                                        "from the one before"},
            {"over_largest", 2, 0, 1e9, "times", "How many times the largest average of the window it must be as well"},
            windowThreshold(480)}};
    rule.lookback = lookbackOver<window>;
    rule.checkCandles = check;
    return rule;
}

} // namespace mnemo::rules
