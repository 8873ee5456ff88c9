#include "ui/validation/rulechange.h"

#include "core/base/decimal.h"
#include "core/config/yamledit.h"

namespace mnemo {

Result<std::string> withRuleChange(const std::string& text, const RuleChange& change)
{
    std::vector<std::pair<std::string, std::string>> values;
    if (change.isOn)
        values.emplace_back("on", *change.isOn ? "true" : "false");
    if (change.severity)
        values.emplace_back("severity", toText(*change.severity));
    for (const ThresholdChange& threshold : change.thresholds)
        values.emplace_back(threshold.key, formatDecimal(threshold.value));
    Result<std::string> out = text;
    for (const auto& [key, value] : values) {
        out = withYamlValue(*out, {"rules", change.rule, key}, value);
        if (!out)
            return out;
    }
    return out;
}

} // namespace mnemo
