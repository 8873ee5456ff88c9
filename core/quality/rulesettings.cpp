#include "core/quality/rulesettings.h"

#include <algorithm>
#include <limits>

#include "core/base/decimal.h"
#include "core/config/mapreader.h"

namespace mnemo {

namespace {

std::size_t indexOf(const Rule& rule)
{
    return static_cast<std::size_t>(&rule - allRules().data());
}

bool admits(const std::vector<std::string>& wanted, std::string_view value)
{
    return wanted.empty() || std::ranges::find(wanted, value) != wanted.end();
}

std::string nearestPart(const std::string& nearest)
{
    return nearest.empty() ? std::string() : " (did you mean " + nearest + "?)";
}

std::vector<std::string> ruleIds()
{
    std::vector<std::string> ids;
    for (const Rule& rule : allRules())
        ids.push_back(rule.info.id);
    return ids;
}

/// Reads a list of words, each of which must be known; the others are told and left out.
void readWords(
    MapReader& reader, const char* key, const std::vector<std::string>& known, std::vector<std::string>& target)
{
    reader.read(key, target);
    std::erase_if(target, [&](const std::string& word) {
        const bool isKnown = std::ranges::find(known, word) != known.end();
        if (!isKnown)
            reader.problem(key, "there is no " + yamlQuoted(word) + " here", nearestOf(word, known));
        return !isKnown;
    });
}

template <class Value>
std::vector<std::string> textsOf(std::initializer_list<Value> values)
{
    std::vector<std::string> texts;
    for (const Value value : values)
        texts.emplace_back(toText(value));
    return texts;
}

std::vector<std::string> frameNames()
{
    std::vector<std::string> names;
    for (const Timeframe frame : Timeframe::all())
        names.emplace_back(frame.name());
    return names;
}

} // namespace

RuleSettings::RuleSettings()
    : m_all(allRules().size())
{
}

bool RuleSettings::Override::matches(const SeriesKey& series) const
{
    return admits(sources, series.source) && admits(exchanges, series.exchange)
        && admits(markets, toText(series.market)) && admits(symbols, series.symbol)
        && admits(kinds, toText(series.kind)) && admits(timeframes, series.timeframe.name());
}

void RuleSettings::readRules(MapReader& reader, std::vector<Change>& changes)
{
    changes.resize(allRules().size());
    for (const Rule& rule : allRules()) {
        reader.readMap(rule.info.id, [&](MapReader& one) {
            Change& change = changes[indexOf(rule)];
            if (one.has("on")) {
                bool isOn = rule.info.isOn;
                one.read("on", isOn);
                change.isOn = isOn;
            }
            one.node("on"); // known where it is absent too
            if (one.has("severity")) {
                Severity severity = rule.info.severity;
                one.readEnum("severity", severity,
                    {{"info", Severity::Info}, {"warn", Severity::Warn}, {"error", Severity::Error}});
                change.severity = severity;
            }
            one.node("severity");
            change.thresholds.resize(rule.info.thresholds.size());
            for (std::size_t i = 0; i < rule.info.thresholds.size(); ++i) {
                const Threshold& threshold = rule.info.thresholds[i];
                constexpr double none = std::numeric_limits<double>::infinity();
                double value = none; // stays so where it is absent or refused
                one.read(threshold.key, value, threshold.min, threshold.max);
                if (value != none)
                    change.thresholds[i] = value;
            }
        });
    }
}

void RuleSettings::readOverrides(MapReader& reader, std::vector<Override>& overrides, Problems& problems)
{
    const std::vector<Node>& list = reader.readList("overrides", "a list of maps that say for which series and what");
    for (std::size_t i = 0; i < list.size(); ++i) {
        const std::string path = reader.path() + ".overrides[" + std::to_string(i) + ']';
        if (list[i].type != Node::Type::Map) {
            problems.push_back({list[i].mark, path, "expected a map that says for which series and what", {}});
            continue;
        }
        MapReader entry(&list[i], path, problems);
        Override one;
        entry.read("sources", one.sources);
        entry.read("exchanges", one.exchanges);
        entry.read("symbols", one.symbols);
        readWords(entry, "markets", textsOf({MarketType::Spot, MarketType::Linear, MarketType::Inverse}), one.markets);
        readWords(entry, "kinds", textsOf({Kind::Candles, Kind::OpenInterest}), one.kinds);
        readWords(entry, "timeframes", frameNames(), one.timeframes);
        if (!entry.has("rules"))
            entry.problem("rules", "missing: which rules are different for these series?");
        entry.readMap("rules", [&](MapReader& rules) { readRules(rules, one.changes); });
        entry.finish();
        overrides.push_back(std::move(one));
    }
}

RuleSettings RuleSettings::load(const Node& tree, Problems& problems)
{
    RuleSettings settings;
    MapReader reader(&tree, "quality", problems);
    reader.readMap("rules", [&](MapReader& rules) { readRules(rules, settings.m_all); });
    readOverrides(reader, settings.m_overrides, problems);
    reader.finish();
    return settings;
}

template <class Use>
void RuleSettings::eachChange(const Rule& rule, const SeriesKey& series, const Use& use) const
{
    use(m_all[indexOf(rule)]);
    for (const Override& one : m_overrides) {
        if (one.matches(series))
            use(one.changes[indexOf(rule)]);
    }
}

bool RuleSettings::isOn(const Rule& rule, const SeriesKey& series) const
{
    bool isOn = rule.info.isOn;
    eachChange(rule, series, [&](const Change& change) { isOn = change.isOn.value_or(isOn); });
    return isOn;
}

ActiveRule RuleSettings::of(const Rule& rule, const SeriesKey& series) const
{
    ActiveRule active {&rule, rule.info.severity, {}};
    for (const Threshold& threshold : rule.info.thresholds)
        active.thresholds.push_back(threshold.value);
    eachChange(rule, series, [&](const Change& change) {
        active.severity = change.severity.value_or(active.severity);
        for (std::size_t i = 0; i < change.thresholds.size(); ++i)
            active.thresholds[i] = change.thresholds[i].value_or(active.thresholds[i]);
    });
    return active;
}

std::vector<ActiveRule> RuleSettings::activeFor(const SeriesKey& series, std::span<const std::string> wanted) const
{
    std::vector<ActiveRule> active;
    for (const Rule& rule : allRules()) {
        if (!rule.readsRows(series.kind) && !rule.checkSeries)
            continue;
        const bool isChosen =
            wanted.empty() ? isOn(rule, series) : std::ranges::find(wanted, rule.info.id) != wanted.end();
        if (isChosen)
            active.push_back(of(rule, series));
    }
    return active;
}

Result<void> checkRuleIds(std::span<const std::string> ids)
{
    for (const std::string& id : ids) {
        if (!findRule(id))
            return fail(ErrorCode::InvalidArgument, "there is no rule " + id + nearestPart(nearestOf(id, ruleIds())));
    }
    return {};
}

Result<void> checkChanges(std::span<const ThresholdChange> changes)
{
    for (const ThresholdChange& change : changes) {
        if (const auto known = checkRuleIds({&change.rule, 1}); !known)
            return known;
        const auto& thresholds = findRule(change.rule)->info.thresholds;
        const auto found = std::ranges::find(thresholds, change.key, &Threshold::key);
        if (found == thresholds.end()) {
            std::vector<std::string> keys;
            for (const Threshold& threshold : thresholds)
                keys.push_back(threshold.key);
            return fail(ErrorCode::InvalidArgument,
                "the rule " + change.rule + " has no threshold " + change.key
                    + nearestPart(nearestOf(change.key, keys)));
        }
        if (!(change.value >= found->min && change.value <= found->max))
            return fail(ErrorCode::InvalidArgument,
                change.rule + '.' + change.key + " goes from " + formatDecimal(found->min) + " to "
                    + formatDecimal(found->max) + ", not " + formatDecimal(change.value));
    }
    return {};
}

void applyChanges(std::span<const ThresholdChange> changes, std::vector<ActiveRule>& rules)
{
    for (const ThresholdChange& change : changes) {
        for (ActiveRule& active : rules) {
            const auto& thresholds = active.rule->info.thresholds;
            const auto found = std::ranges::find(thresholds, change.key, &Threshold::key);
            if (active.rule->info.id == change.rule && found != thresholds.end())
                active.thresholds[static_cast<std::size_t>(found - thresholds.begin())] = change.value;
        }
    }
}

} // namespace mnemo
