#include "core/quality/rules/list.h"
#include "core/quality/rules/metricchecks.h"

namespace mnemo::rules {

namespace {

std::string whatIsWrong(const Metric& row)
{
    using namespace checks::funding;
    for (const auto column : {rate, close}) {
        const auto& value = row.numbers[column];
        const std::string name(factsOf(Kind::Funding).columns[column].name);
        if (value && row.numbers[high] && *row.numbers[high] < *value)
            return "rate_high " + words::number(*row.numbers[high]) + " < " + name + ' ' + words::number(*value);
        if (value && row.numbers[low] && *row.numbers[low] > *value)
            return "rate_low " + words::number(*row.numbers[low]) + " > " + name + ' ' + words::number(*value);
    }
    return {};
}

} // namespace

Rule fundingOrder()
{
    Rule rule;
    rule.info = {"funding_order", "Funding outside of its bar's range", Severity::Error, RuleScope::Bar, Kind::Funding,
        "Of a bar of funding the highest rate must be the highest and the lowest the lowest of all that is told of it. Where it is "
        "not, columns were exchanged or the source's numbers come from different times. The bar cannot be trusted."};
    rule.checkMetrics = [](const MetricInput& input, Violations& out) { checks::eachRow(Kind::Funding, input, out, whatIsWrong); };
    return rule;
}

} // namespace mnemo::rules
