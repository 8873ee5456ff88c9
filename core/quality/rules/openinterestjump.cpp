#include "core/quality/rules/list.h"
#include "core/quality/rules/openinterestchecks.h"

namespace mnemo::rules {

namespace {

constexpr std::size_t leastChange = 0;
constexpr int reach = 200; // rows that hold no value may lie between

double changeOf(const std::optional<double>& before, const std::optional<double>& now)
{
    return checks::isUsable(before) && checks::isUsable(now) ? *now / *before - 1 : 0;
}

const OpenInterest* usableBefore(const OpenInterestInput& input, std::size_t row)
{
    const UtcMs oldest = input.rows[row].time - input.context.grid.timeframe().length() * reach;
    while (row > 0 && input.rows[row - 1].time >= oldest) {
        if (checks::isUsable(input.rows[--row]) && !checks::isQuarantined(input.rows[row]))
            return &input.rows[row];
    }
    return nullptr;
}

void check(const OpenInterestInput& input, Violations& out)
{
    const double least = input.thresholds[leastChange] / 100;
    for (std::size_t i = input.first; i < input.rows.size(); ++i) {
        const OpenInterest& row = input.rows[i];
        if (!checks::isUsable(row))
            continue;
        const OpenInterest* before = usableBefore(input, i);
        if (!before)
            continue;
        const double amount = changeOf(before->amount, row.amount), value = changeOf(before->value, row.value);
        if (std::abs(amount) <= least && std::abs(value) <= least)
            continue;
        out.separate(); // two changes in a row are two
        if (!out.add(row.time))
            continue;
        const bool isAmount = std::abs(amount) > least;
        out.say((isAmount ? "amount " + words::number(*before->amount) + " to " + words::number(*row.amount)
                          : "value " + words::number(*before->value) + " to " + words::number(*row.value))
                + ": " + words::percent(isAmount ? amount : value),
            words::first(row) + ",\"before\":" + words::json(*before));
    }
}

} // namespace

Rule openInterestJump()
{
    Rule rule;
    rule.info = {"oi_jump", "Open interest jumps", Severity::Warn, RuleScope::Neighbours, Kind::OpenInterest,
        "Open interest changes as positions are opened and closed, on liquid markets by some percent a day. A jump "
        "from one row to "
        "the next is a change of unit at the source, a part of the market that it began or ceased to count, or a "
        "liquidation "
        "cascade, which shows in the price at the same time. Rows without a value are skipped.",
        {{"min_change", 25, 0, 1e6, "%", "A smaller change is no jump"}}};
    rule.lookback = [](std::span<const double>) { return reach; };
    rule.checkOpenInterest = check;
    return rule;
}

} // namespace mnemo::rules
