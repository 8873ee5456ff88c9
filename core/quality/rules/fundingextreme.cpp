#include "core/quality/rules/list.h"
#include "core/quality/rules/metricchecks.h"

namespace mnemo::rules {

Rule fundingExtreme()
{
    Rule rule;
    rule.info = {"funding_extreme", "Funding beyond what exchanges allow", Severity::Warn, RuleScope::Bar, Kind::Funding,
        "Exchanges limit what is paid for one funding interval, most of them to 0.3 % on large markets and to 2 or 3 % on small "
        "ones. A rate beyond that is mostly one in another unit, percent taken for a fraction or a year's rate for that of an "
        "interval. Compare with the exchange's own page.",
        {{"most", 3, 0, 1e6, "%", "A smaller rate for one interval, paid or received, is none"}}};
    rule.checkMetrics = [](const MetricInput& input, Violations& out) {
        const double most = input.thresholds[0] / 100;
        checks::eachRow(Kind::Funding, input, out, [most](const Metric& row) -> std::string {
            for (const auto column : {checks::funding::rate, checks::funding::high, checks::funding::low, checks::funding::close}) {
                const auto& rate = row.numbers[column];
                if (rate && !(std::abs(*rate) <= most))
                    return std::string(factsOf(Kind::Funding).columns[column].name) + ' ' + words::percent(*rate) + " is beyond "
                        + words::rounded(most * 100) + " %";
            }
            return {};
        });
    };
    return rule;
}

} // namespace mnemo::rules
