#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/quality/rulesettings.h"

namespace mnemo {

/// What somebody changed about one rule, for all series.
struct RuleChange {
    std::string rule;
    std::optional<bool> isOn {};
    std::optional<Severity> severity {};
    std::vector<ThresholdChange> thresholds {};
    bool isEmpty() const { return !isOn && !severity && thresholds.empty(); }
};

/// Writes the change into @p text, the user's quality.yaml; what stands there besides stays as it is, comments too.
/// @return the new text. Errors: Config (the text is no YAML, or written in a form that cannot be added to: the detail
/// says what to write by hand). Pure.
Result<std::string> withRuleChange(const std::string& text, const RuleChange& change);

} // namespace mnemo
