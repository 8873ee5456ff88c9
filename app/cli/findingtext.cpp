#include "app/cli/findingtext.h"

#include <charconv>

#include "core/base/timetext.h"

namespace mnemo::cli {

std::string whyOf(const Finding& finding)
{
    const Json details = Json::parse(finding.details, nullptr, false);
    if (details.is_object() && details.contains("why") && details["why"].is_string())
        return details["why"].get<std::string>();
    return finding.details.size() > 120 ? finding.details.substr(0, 117) + "..." : finding.details;
}

Json toJson(const Finding& finding, const SeriesKey& key)
{
    Json json = toJson(key);
    json["id"] = finding.id;
    json["rule"] = finding.rule;
    json["severity"] = finding.severity;
    json["from"] = toMs(finding.range.from);
    json["to"] = toMs(finding.range.to);
    json["state"] = finding.state;
    json["why"] = whyOf(finding);
    json["details"] = Json::parse(finding.details, nullptr, false);
    if (json["details"].is_discarded())
        json["details"] = finding.details;
    return json;
}

Result<std::vector<FindingId>> readFindingIds(const std::vector<std::string>& words)
{
    std::vector<FindingId> ids;
    for (const std::string& word : words) {
        FindingId id = 0;
        const char* const last = word.data() + word.size();
        const auto [end, problem] = std::from_chars(word.data(), last, id);
        if (problem != std::errc {} || end != last || id < 1)
            return fail(ErrorCode::InvalidArgument,
                "\"" + word + "\" is no finding's number; mnemo-quant-cli findings list tells them.");
        ids.push_back(id);
    }
    return ids;
}

FindingTable::FindingTable()
    : m_table({"id", "exchange", "market", "symbol", "frame", "rule", "severity", "state", "from", "to", "why"})
{
    m_table.alignRight(0);
}

void FindingTable::add(const Finding& finding, const SeriesKey& key)
{
    m_table.add({std::to_string(finding.id), key.exchange, std::string(toText(key.market)), key.symbol,
        std::string(key.timeframe.name()), finding.rule, finding.severity, finding.state,
        formatShort(finding.range.from), formatShort(finding.range.to), whyOf(finding)});
}

std::vector<FindingState> unfixedStates()
{
    return {FindingState::Open, FindingState::Acknowledged, FindingState::Quarantined, FindingState::Replaced};
}

} // namespace mnemo::cli
