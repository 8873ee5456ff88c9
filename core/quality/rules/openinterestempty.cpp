#include "core/quality/rules/list.h"
#include "core/quality/rules/openinterestchecks.h"

namespace mnemo::rules {

Rule openInterestEmpty()
{
    Rule rule;
    rule.info = {"oi_empty", "Open interest without a value", Severity::Warn, RuleScope::Bar, Kind::OpenInterest,
        "The source has a row for this time, but neither an amount nor a value above zero in it. A market in which "
        "nobody holds a "
        "position is rare; mostly the source had lost its numbers and kept the rows. Take such rows for missing."};
    rule.checkOpenInterest = [](const OpenInterestInput& input, Violations& out) {
        const auto isGood = [](const OpenInterest& row) {
            return checks::isUsable(row.amount) || checks::isUsable(row.value) || checks::isNegative(row.amount)
                || checks::isNegative(row.value);
        };
        checks::eachRow(input, out, isGood, [](const OpenInterest& row) {
            const auto said = [](const std::optional<double>& value) {
                return value ? words::number(*value) : std::string("empty");
            };
            return "amount is " + said(row.amount) + ", value is " + said(row.value);
        });
    };
    return rule;
}

} // namespace mnemo::rules
