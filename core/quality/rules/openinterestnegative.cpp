#include "core/quality/rules/list.h"
#include "core/quality/rules/openinterestchecks.h"

namespace mnemo::rules {

Rule openInterestNegative()
{
    Rule rule;
    rule.info = {"oi_negative", "Open interest below zero", Severity::Error, RuleScope::Bar, Kind::OpenInterest,
        "Open interest counts contracts that are open; it cannot be negative. A negative value is a damaged one, or a "
        "change "
        "that was taken for a level."};
    rule.checkOpenInterest = [](const OpenInterestInput& input, Violations& out) {
        checks::eachRow(
            input, out,
            [](const OpenInterest& row) { return !checks::isNegative(row.amount) && !checks::isNegative(row.value); },
            [](const OpenInterest& row) {
                const bool isAmount = checks::isNegative(row.amount);
                return std::string(isAmount ? "amount " : "value ") + words::number(isAmount ? *row.amount : *row.value)
                    + " < 0";
            });
    };
    return rule;
}

} // namespace mnemo::rules
