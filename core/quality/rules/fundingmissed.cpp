#include "core/base/timetext.h"
#include "core/quality/rules/list.h"
#include "core/quality/rules/metricchecks.h"

namespace mnemo::rules {

namespace {

constexpr std::size_t pausesThatTell = 3;
constexpr int reach = 1000; // bars: of those pauses, and of one that is too long

/// From one payment to the next, as the row tells it, else the longest of the last ones; nothing where too few are known.
std::optional<milliseconds> usualPause(const MetricInput& input, std::size_t row)
{
    if (const auto hours = input.rows[row].numbers[checks::funding::intervalHours]; hours && *hours > 0)
        return milliseconds {static_cast<std::int64_t>(*hours * 3'600'000)};
    if (row < pausesThatTell + 1)
        return std::nullopt;
    if (input.rows[row].time - input.rows[row - pausesThatTell - 1].time > input.context.grid.timeframe().length() * reach)
        return std::nullopt;
    milliseconds longest {0};
    for (std::size_t i = row - pausesThatTell; i < row; ++i)
        longest = std::max(longest, input.rows[i].time - input.rows[i - 1].time);
    return longest;
}

void check(const MetricInput& input, Violations& out)
{
    for (std::size_t i = std::max<std::size_t>(input.first, 1); i < input.rows.size(); ++i) {
        const UtcMs before = input.rows[i - 1].time, now = input.rows[i].time;
        const auto usual = usualPause(input, i);
        if (!usual || now - before < *usual * 3 / 2)
            continue;
        const auto known = std::ranges::find_if(input.context.answered, [&](const TimeRange& range) { return range.contains(TimeRange {before, now}); });
        if (known == input.context.answered.end()) // nobody has asked whether there are more
            continue;
        out.separate();
        if (!out.add(now))
            continue;
        const auto hours = [](milliseconds length) { return words::rounded(static_cast<double>(length.count()) / 3'600'000) + " h"; };
        out.say("the one before was " + hours(now - before) + " earlier, " + hours(*usual) + " are usual: none at "
                + formatShort(before + *usual),
            words::first(Kind::Funding, input.rows[i]) + ",\"before\":" + words::json(Kind::Funding, input.rows[i - 1]));
    }
}

} // namespace

Rule fundingMissed()
{
    Rule rule;
    rule.info = {"funding_missed", "A payment of funding is missing", Severity::Warn, RuleScope::Neighbours, Kind::Funding,
        "Funding is paid at fixed hours. Between two payments of a range about which the exchange has answered more time went by "
        "than usual: one was left out of the answer, or the exchange was down, or it changed to a longer interval, of which the "
        "first payment is told here, too, where rows do not say for how many hours they are. Verify asks once more."};
    rule.lookback = [](std::span<const double>) { return reach; };
    rule.checkMetrics = check;
    return rule;
}

} // namespace mnemo::rules
