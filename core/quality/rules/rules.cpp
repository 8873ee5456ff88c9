#include "core/quality/rules/rules.h"

#include <algorithm>
#include <array>

#include "core/quality/rules/list.h"

namespace mnemo {

std::string_view toText(Severity severity)
{
    switch (severity) {
    case Severity::Info:
        return "info";
    case Severity::Warn:
        return "warn";
    case Severity::Error:
        return "error";
    }
    return "error";
}

std::optional<Severity> severityFromText(std::string_view text)
{
    for (const Severity severity : {Severity::Info, Severity::Warn, Severity::Error}) {
        if (toText(severity) == text)
            return severity;
    }
    return std::nullopt;
}

std::string_view toText(RuleScope scope)
{
    switch (scope) {
    case RuleScope::Bar:
        return "bar";
    case RuleScope::Neighbours:
        return "neighbours";
    case RuleScope::Series:
        return "series";
    case RuleScope::Answer:
        return "answer";
    }
    return "answer";
}

bool Rule::readsRows(Kind kind) const
{
    switch (kind) {
    case Kind::Candles:
        return checkCandles != nullptr;
    case Kind::OpenInterest:
        return checkOpenInterest != nullptr;
    default:
        return checkMetrics != nullptr && info.kind == kind;
    }
}

std::span<const Rule> allRules()
{
    static const std::array all {
        rules::notFinite(),
        rules::lowNotLowest(),
        rules::highNotHighest(),
        rules::priceNotPositive(),
        rules::negativeVolume(),
        rules::offGrid(),
        rules::notIncreasing(),
        rules::unclosed(),
        rules::volumeWithoutTrades(),
        rules::priceChangeWithoutVolume(),
        rules::turnover(),
        rules::tickSize(),
        rules::priceJump(),
        rules::priceGap(),
        rules::wickSpike(),
        rules::volumeSpike(),
        rules::tradeSize(),
        rules::deadVolume(),
        rules::flatRun(),
        rules::aggregateMismatch(),
        rules::stale(),
        rules::revision(),
        rules::duplicate(),
        rules::repeatedRow(),
        rules::truncated(),
        rules::ignoredRange(),
        rules::openInterestNegative(),
        rules::openInterestEmpty(),
        rules::openInterestJump(),
        rules::openInterestUnit(),
        rules::fundingExtreme(),
        rules::fundingOrder(),
        rules::fundingMissed(),
        rules::liquidationsNegative(),
        rules::ratioInconsistent(),
    };
    return all;
}

const Rule* findRule(std::string_view id)
{
    const auto all = allRules();
    const auto found = std::ranges::find(all, id, [](const Rule& rule) -> std::string_view { return rule.info.id; });
    return found == all.end() ? nullptr : &*found;
}

} // namespace mnemo
