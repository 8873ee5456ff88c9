#include "core/quality/rules/checks.h"
#include "core/quality/rules/list.h"
#include "core/quality/rules/reference.h"

namespace mnemo::rules {

namespace {

enum ThresholdIndex : std::size_t { times, overLargest, window, calmTimes, calmRanges };
constexpr double calmOverLargest = 3; // a calm bar's volume against the largest of the window
constexpr double rise = 0.1; // part of the multiple of the usual that must separate the bar from the one before
constexpr double calmRise = 0.2;

struct Limits {
    double times, rise, overLargest;
};

bool isBeyond(double volume, double before, const Reference::Volumes& usual, const Limits& limits)
{
    return volume > before * limits.times * limits.rise && volume > usual.median * limits.times
        && volume > usual.largest * limits.overLargest;
}

void check(const CandleInput& input, Violations& out)
{
    const Limits any {input.thresholds[times], rise, input.thresholds[overLargest]};
    const Limits calm {input.thresholds[calmTimes], calmRise, std::min(calmOverLargest, any.overLargest)};
    const double leastRise = std::min(any.times * any.rise, calm.times * calm.rise);
    Reference reference(input.rows, input.context.grid, static_cast<int>(input.thresholds[window]));
    const auto cannotBreak = [&](const BlockFacts& block) { return block.largestVolume <= block.leastVolume * leastRise; };
    checks::eachDoubtful(input, cannotBreak, [&](std::size_t i) {
        const Candle& bar = input.rows[i];
        if (i == 0 || !(bar.volume > input.rows[i - 1].volume * leastRise)) [[likely]]
            return;
        if (!reference.isAboveVolumes(i, bar.volume, std::min(any.overLargest, calm.overLargest)))
            return;
        const auto usual = reference.volumesBefore(i);
        if (!usual)
            return;
        const double before = input.rows[i - 1].volume;
        const bool isAny = isBeyond(bar.volume, before, *usual, any);
        if (!isAny && !isBeyond(bar.volume, before, *usual, calm))
            return;
        const auto range = reference.medianRangeBefore(i);
        const bool isCalm = range && bar.high <= bar.low * (1 + *range * input.thresholds[calmRanges]);
        if ((!isAny && !isCalm) || !out.add(bar.openTime))
            return;
        out.say("volume " + words::number(bar.volume) + " is " + words::rounded(bar.volume / usual->median)
                + " times the usual " + words::rounded(usual->median, 6) + " and "
                + words::rounded(bar.volume / usual->largest) + " times the largest"
                + (isAny ? "" : ", and the price hardly moved"),
            words::first(bar));
    });
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
        "or a block trade. Where the price hardly moved meanwhile, less is enough: real bursts move it.",
        {{"times", 500, 2, 1e9, "times",
             "How many times the usual volume is too much; a tenth of it must separate the bar from the one before"},
            {"over_largest", 5, 0, 1e9, "times", "How many times the largest volume of the window it must be as well"},
            windowThreshold(480),
            {"calm_times", 50, 2, 1e9, "times", "The same as times for a bar whose price hardly moved"},
            {"calm_ranges", 5, 0, 1e6, "times", "The span from low to high, in usual ones, up to which that is so"}}};
    rule.lookback = lookbackOver<window>;
    rule.checkCandles = check;
    return rule;
}

} // namespace mnemo::rules
