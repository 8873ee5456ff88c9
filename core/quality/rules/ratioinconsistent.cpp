#include "core/quality/rules/list.h"
#include "core/quality/rules/metricchecks.h"

namespace mnemo::rules {

namespace {

std::string whatIsWrong(const Metric& row, double tolerance)
{
    using namespace checks::ratio;
    const auto& told = row.numbers[ratio];
    const auto& longs = row.numbers[longShare];
    const auto& shorts = row.numbers[shortShare];
    if (told && !(*told >= 0))
        return "ratio " + words::number(*told) + " < 0";
    for (const auto column : {longShare, shortShare}) {
        const auto& share = row.numbers[column];
        if (share && !(*share >= 0 && *share <= 1))
            return std::string(factsOf(Kind::LongShortRatio).columns[column].name) + ' ' + words::number(*share) + " is not within 0 and 1";
    }
    if (!longs || !shorts)
        return {};
    if (std::abs(*longs + *shorts - 1) > tolerance)
        return "long_share " + words::number(*longs) + " + short_share " + words::number(*shorts) + " is not 1";
    // what a rounding of the shares moves grows where one of them is small
    if (told && std::abs(*told * *shorts - *longs) > tolerance)
        return "ratio " + words::number(*told) + ", but long_share / short_share is " + words::rounded(*longs / *shorts, 5);
    return {};
}

} // namespace

Rule ratioInconsistent()
{
    Rule rule;
    rule.info = {"ratio_inconsistent", "Longs and shorts do not add up", Severity::Error, RuleScope::Bar, Kind::LongShortRatio,
        "The shares of accounts that are long and short add up to one, and their quotient is the ratio. Where they do not, the "
        "source has exchanged columns, told percent as fractions, or put numbers of different times into one row.",
        {{"tolerance", 0.5, 0, 100, "%", "How far off the sum of the shares, and long share from ratio x short share, may be"}}};
    rule.checkMetrics = [](const MetricInput& input, Violations& out) {
        checks::eachRow(Kind::LongShortRatio, input, out,
            [tolerance = input.thresholds[0] / 100](const Metric& row) { return whatIsWrong(row, tolerance); });
    };
    return rule;
}

} // namespace mnemo::rules
