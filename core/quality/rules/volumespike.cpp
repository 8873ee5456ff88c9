#include "core/quality/rules/checks.h"
#include "core/quality/rules/list.h"
#include "core/quality/rules/reference.h"

namespace mnemo::rules {

namespace {

enum ThresholdIndex : std::size_t { times, overLargest, window };

void check(const CandleInput& input, Violations& out)
{
    const double factor = input.thresholds[times];
    const double nearFactor = factor / 10;
    Reference reference(input.rows, input.context.grid, static_cast<int>(input.thresholds[window]));
    for (std::size_t i = std::max<std::size_t>(input.first, 1); i < input.rows.size(); ++i) {
        const Candle& bar = input.rows[i];
        if (!(bar.volume > input.rows[i - 1].volume * nearFactor)) [[likely]]
            continue;
        const auto usual = reference.volumesBefore(i);
        if (!usual || bar.volume <= usual->median * factor
            || bar.volume <= usual->largest * input.thresholds[overLargest] || !out.add(bar.openTime))
            continue;
        out.say("volume " + words::number(bar.volume) + " is " + words::rounded(bar.volume / usual->median)
                + " times the usual " + words::rounded(usual->median, 6) + " and "
                + words::rounded(bar.volume / usual->largest) + " times the largest",
            words::first(bar));
    }
}

} // namespace

Rule volumeSpike()
{
    Rule rule;
    rule.info = {"volume_spike", "Volume spike", Severity::Info, RuleScope::Neighbours, Kind::Candles,
        "The volume is many times the median of the bars before (those without trades left out) and of the largest of "
        "them, and rose at once. "
        "Real bursts "
        "reach some hundred times; beyond that it is mostly another unit (contracts instead of coins), a day's sum in "
        "a minute, "
        "or a block trade.",
        {{"times", 500, 2, 1e9, "times",
             "How many times the usual volume is too much; a tenth of it must separate the bar from the one before"},
            {"over_largest", 5, 0, 1e9, "times", "How many times the largest volume of the window it must be as well"},
            {"window", 480, 40, 10'000, "bars", "The bars before that say what is usual"}}};
    rule.lookback = [](std::span<const double> thresholds) {
        return Reference::lookback(static_cast<int>(thresholds[window]));
    };
    rule.checkCandles = check;
    return rule;
}

} // namespace mnemo::rules
