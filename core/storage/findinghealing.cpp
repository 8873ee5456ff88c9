#include "core/storage/findinghealing.h"

#include <algorithm>
#include <optional>

#include <nlohmann/json.hpp>

#include "core/quality/rules/ruleids.h"
#include "core/quality/rules/rules.h"
#include "core/quality/rules/violations.h"

namespace mnemo {

namespace {

using Json = nlohmann::json;

/// Every bar is there and none breaks the rule.
bool keepsRule(const Rule& rule, const Grid& grid, TimeRange range, std::span<const Candle> rows)
{
    if (static_cast<std::int64_t>(rows.size()) < grid.count(range))
        return false;
    RuleContext context;
    context.grid = grid;
    Violations found(rule.info, rule.info.severity, grid);
    rule.checkCandles({rows, 0, context, {}}, found);
    found.finish();
    return found.finished() == 0;
}

std::optional<double> valueOf(const Candle& row, const std::string& name)
{
    if (name == "open")
        return row.open;
    if (name == "high")
        return row.high;
    if (name == "low")
        return row.low;
    if (name == "close")
        return row.close;
    if (name == "volume")
        return row.volume;
    if (name == "quote_volume")
        return row.quoteVolume;
    if (name == "trades" && row.trades)
        return static_cast<double>(*row.trades);
    return std::nullopt;
}

/// The rows have the values again that they had before the revision.
bool isTakenBack(const Finding& finding, std::span<const Candle> rows)
{
    const Json details = Json::parse(finding.details, nullptr, false);
    const auto changes = details.find("changes");
    if (!details.is_object() || changes == details.end() || !changes->is_array() || changes->empty())
        return false;
    return std::ranges::all_of(*changes, [&](const Json& change) {
        if (!change.is_object() || !change.contains("time") || !change["time"].is_number_integer()
            || !change.contains("old") || !change["old"].is_object())
            return false;
        const auto row =
            std::ranges::lower_bound(rows, fromMs(change["time"].get<std::int64_t>()), {}, &Candle::openTime);
        if (row == rows.end() || toMs(row->openTime) != change["time"].get<std::int64_t>())
            return false;
        return std::ranges::all_of(change["old"].items(), [&](const auto& item) {
            const auto now = valueOf(*row, item.key());
            return item.value().is_number() ? now == item.value().template get<double>() : !now.has_value();
        });
    });
}

/// Needs no number that somebody configured, no clock and no other series.
bool isPlain(std::string_view id)
{
    static constexpr std::string_view ids[] {rule::notFinite, rule::lowNotLowest, rule::highNotHighest,
        rule::priceNotPositive, rule::negativeVolume, rule::offGrid, "volume_without_trades",
        "price_change_without_volume"};
    return std::ranges::find(ids, id) != std::end(ids);
}

} // namespace

bool canHeal(std::string_view id)
{
    static constexpr std::string_view onAnswers[] {
        "revision", rule::duplicate, "repeated_row", rule::ignoredRange, "truncated"};
    return isPlain(id) || std::ranges::find(onAnswers, id) != std::end(onAnswers);
}

bool isHealed(const Finding& finding, const Grid& grid, const PageNews& news)
{
    const Rule* rule = findRule(finding.rule);
    if (!rule)
        return false;
    if (isPlain(finding.rule))
        return keepsRule(*rule, grid, finding.range, news.rows);
    if (finding.rule == "revision")
        return isTakenBack(finding, news.rows);
    if (news.isReplay)
        return false;
    if (finding.rule == rule::duplicate || finding.rule == "repeated_row")
        return news.stated;
    if (finding.rule == rule::ignoredRange)
        return news.statedAny;
    return finding.rule == "truncated" && news.stated && news.changed;
}

} // namespace mnemo
