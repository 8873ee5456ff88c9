#include "core/quality/rules/checks.h"
#include "core/quality/rules/list.h"
#include "core/quality/rules/reference.h"

namespace mnemo::rules {

namespace {

enum ThresholdIndex : std::size_t { z, leastChange, window };

/// Grows with the fourth root of the timeframe: 1 for a minute, 2.8 for an hour, 6.2 for a day.
double lengthFactor(const Grid& grid)
{
    return std::pow(static_cast<double>(grid.timeframe().length().count()) / 60'000, 0.25);
}

bool differs(double a, double b, double part)
{
    return a > b * (1 + part) || b > a * (1 + part);
}

/// The bar before that one can measure against, at most a few bars back.
const Candle* cleanBefore(std::span<const Candle> rows, std::size_t row, const Grid& grid, int reach)
{
    const UtcMs oldest = rows[row].openTime - grid.timeframe().length() * reach;
    while (row > 0 && rows[row - 1].openTime >= oldest) {
        if (!checks::isQuarantined(rows[--row]))
            return &rows[row];
    }
    return nullptr;
}

constexpr int reach = 10; // bars

void check(const CandleInput& input, Violations& out)
{
    const double least = input.thresholds[leastChange] / 100 * lengthFactor(input.context.grid);
    Reference reference(input.rows, input.context.grid, static_cast<int>(input.thresholds[window]));
    const auto cannotBreak = [&](const BlockFacts& block) {
        return checks::isWithin(block, 1 + least) && !block.hasQuarantined;
    };
    checks::eachDoubtful(input, cannotBreak, [&](std::size_t i) {
        if (i == 0)
            return;
        const Candle& bar = input.rows[i];
        const Candle& neighbour = input.rows[i - 1];
        if (!differs(bar.close, neighbour.close, least) && !checks::isQuarantined(neighbour)) [[likely]]
            return;
        const Candle* before = cleanBefore(input.rows, i, input.context.grid, reach);
        if (!before || !(before->close > 0) || !(bar.close > 0) || !differs(bar.close, before->close, least))
            return;
        // the way back from a bar that jumped is no jump
        const auto place = static_cast<std::size_t>(before - input.rows.data());
        const Candle* earlier = cleanBefore(input.rows, place, input.context.grid, reach);
        if (earlier && !differs(bar.close, earlier->close, least))
            return;
        const double move = std::log(bar.close / before->close);
        const auto usual = reference.returnsBefore(i);
        const double score = usual && usual->deviation > 0 ? std::abs(move - usual->median) / usual->deviation : 0;
        // where nothing is usual yet, only what is far beyond the least change
        if (usual && usual->deviation > 0 ? score <= input.thresholds[z]
                                          : !differs(bar.close, before->close, 4 * least))
            return;
        if (!out.add(bar.openTime))
            return;
        std::string why = "close " + words::number(before->close) + " to " + words::number(bar.close) + ": "
            + words::percent(bar.close / before->close - 1);
        if (score > 0)
            why += ", " + words::rounded(score) + " deviations of the bars before";
        out.say(why, words::first(bar) + ",\"before\":" + words::json(*before));
    });
}

} // namespace

Rule priceJump()
{
    Rule rule;
    rule.info = {"price_jump", "Price jumps", Severity::Warn, RuleScope::Neighbours, Kind::Candles,
        "The close is further from the close before than the bars of the time before let expect: its log return is "
        "more than z "
        "robust deviations (median absolute deviation of a rolling window) from their median, and the change is not "
        "small in "
        "itself. A wrong print, a wrong scale or another instrument's row does this; so does a crash. Compare with "
        "another "
        "exchange: a true move is there too.",
        {{"z", 40, 1, 1e6, "deviations", "How many robust standard deviations are too many"},
            {"min_change", 5, 0, 1e6, "%",
                "A smaller change of a bar of one minute is never a jump; for longer bars it grows with the fourth "
                "root of their length"},
            windowThreshold(480)}};
    rule.lookback = [](std::span<const double> thresholds) {
        return std::max(Reference::lookback(static_cast<int>(thresholds[window])), 2 * reach);
    };
    rule.checkCandles = check;
    return rule;
}

} // namespace mnemo::rules
