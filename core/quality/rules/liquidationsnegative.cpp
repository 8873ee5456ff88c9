#include "core/quality/rules/list.h"
#include "core/quality/rules/metricchecks.h"

namespace mnemo::rules {

Rule liquidationsNegative()
{
    Rule rule;
    rule.info = {"liquidations_negative", "Liquidations below zero", Severity::Error, RuleScope::Bar, Kind::Liquidations,
        "Liquidations of a bar are amounts that were closed by force, of longs and of shorts each; neither can be negative. Some "
        "tools draw shorts below zero: a source that stores them so counts them with the wrong sign."};
    rule.checkMetrics = [](const MetricInput& input, Violations& out) {
        checks::eachRow(Kind::Liquidations, input, out, [](const Metric& row) -> std::string {
            const auto columns = factsOf(Kind::Liquidations).columns;
            for (std::size_t i = 0; i < columns.size(); ++i)
                if (row.numbers[i] && *row.numbers[i] < 0)
                    return std::string(columns[i].name) + ' ' + words::number(*row.numbers[i]) + " < 0";
            return {};
        });
    };
    return rule;
}

} // namespace mnemo::rules
