#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/node.h"
#include "core/quality/rules/rules.h"

namespace mnemo {

/// A rule as it is applied to one series.
struct ActiveRule {
    const Rule* rule = nullptr;
    Severity severity = Severity::Warn;
    std::vector<double> thresholds; ///< in the order of RuleInfo::thresholds
};

/// Another value for one threshold, to be tried out.
struct ThresholdChange {
    std::string rule, key;
    double value = 0;
};

/// quality.yaml understood: what is on, how severe, and from which numbers on, for each series. A value; any thread.
class RuleSettings {
public:
    RuleSettings(); ///< as built in
    /// @param tree `rules` and `overrides` as Settings::rules has them. What is wrong is left out, alone, and told with
    /// its
    ///        place and the nearest known key.
    static RuleSettings load(const Node& tree, Problems& problems);

    bool isOn(const Rule& rule, const SeriesKey& series) const;
    ActiveRule of(const Rule& rule, const SeriesKey& series) const;
    /// Those that apply to rows of the series: on, or named in @p wanted; of the kind of the series.
    /// @param wanted ids; empty: all that are on
    std::vector<ActiveRule> activeFor(const SeriesKey& series, std::span<const std::string> wanted = {}) const;

private:
    struct Change { ///< what one place of the configuration says about a rule; nothing: as before
        std::optional<bool> isOn {};
        std::optional<Severity> severity {};
        std::vector<std::optional<double>> thresholds {};
    };
    struct Override {
        std::vector<std::string> sources, exchanges, markets, symbols, kinds, timeframes; ///< empty: any
        std::vector<Change> changes; ///< in the order of allRules()
        bool matches(const SeriesKey& series) const;
    };
    static void readRules(class MapReader& reader, std::vector<Change>& changes);
    static void readOverrides(class MapReader& reader, std::vector<Override>& overrides, Problems& problems);
    template <class Use>
    void eachChange(const Rule& rule, const SeriesKey& series, const Use& use) const;

    std::vector<Change> m_all; ///< in the order of allRules()
    std::vector<Override> m_overrides; ///< later ones win
};

/// Errors: InvalidArgument for a rule or threshold that there is not (naming the nearest) or a value out of range.
Result<void> checkChanges(std::span<const ThresholdChange> changes);
/// Errors: InvalidArgument for a rule that there is not, naming the nearest.
Result<void> checkRuleIds(std::span<const std::string> ids);
void applyChanges(std::span<const ThresholdChange> changes, std::vector<ActiveRule>& rules);

} // namespace mnemo
