#include "core/quality/rules/list.h"
#include "core/quality/rules/openinterestchecks.h"

namespace mnemo::rules {

namespace {

enum ThresholdIndex : std::size_t { tolerance, rows };

template <class Row, class Time>
const Row* rowAt(std::span<const Row> all, UtcMs time, Time Row::*member)
{
    const auto found = std::ranges::lower_bound(all, time, {}, member);
    return found != all.end() && (*found).*member == time ? &*found : nullptr;
}

/// What @p ratio is suspiciously near to; empty where it is not.
std::string suspicion(double ratio, double contractSize, const Candle* price, double part)
{
    const auto isNear = [part](double value, double wanted) {
        return value > wanted * (1 - part) && value < wanted * (1 + part);
    };
    const auto isNearEither = [&](double wanted) { return isNear(ratio, wanted) || isNear(ratio, 1 / wanted); };
    if (isNearEither(2))
        return "2: one of them counts both sides";
    if (contractSize > 0 && (contractSize > 1.5 || contractSize < 0.7) && isNearEither(contractSize))
        return "the contract size " + words::number(contractSize) + ": one of them counts contracts";
    if (price && price->close > 0 && (price->close > 1.5 || price->close < 0.7) && isNearEither(price->close))
        return "the price " + words::number(price->close) + ": one of them is in money";
    return {};
}

void check(const OpenInterestInput& input, Violations& out)
{
    out.requireRun(static_cast<std::int64_t>(input.thresholds[rows]));
    const RuleContext& context = input.context;
    if (context.peers.empty())
        return;
    const double part = input.thresholds[tolerance] / 100;
    for (const OpenInterest& row : input.rows.subspan(input.first)) {
        const OpenInterest* peer = rowAt(context.peers, row.time, &OpenInterest::time);
        if (!peer || !checks::isUsable(row) || !checks::isUsable(*peer))
            continue;
        const bool isAmount = checks::isUsable(row.amount) && checks::isUsable(peer->amount);
        if (!isAmount && !(checks::isUsable(row.value) && checks::isUsable(peer->value)))
            continue;
        const double ratio = isAmount ? *row.amount / *peer->amount : *row.value / *peer->value;
        const std::string near =
            suspicion(ratio, context.contractSize, rowAt(context.prices, row.time, &Candle::openTime), part);
        if (!near.empty() && out.add(row.time))
            out.say(std::string(isAmount ? "amount " : "value ") + words::number(isAmount ? *row.amount : *row.value)
                    + " is " + words::rounded(ratio, 5) + " times another source's, near " + near,
                words::first(row) + ",\"peer\":" + words::json(*peer));
    }
}

} // namespace

Rule openInterestUnit()
{
    Rule rule;
    rule.info = {"oi_unit", "Open interest in another unit?", Severity::Warn, RuleScope::Series, Kind::OpenInterest,
        "Two sources tell of the same market, and one states twice as much as the other, or as many times as the "
        "contract has coins "
        "or the coin costs. So one counts both sides of a position, contracts, or money. Compare with the exchange's "
        "own page, and "
        "correct the unit in the description of the source.",
        {{"tolerance", 3, 0, 50, "%", "How near the ratio must be"},
            {"rows", 3, 1, 1e6, "rows", "How many in a row must say the same"}}};
    rule.checkOpenInterest = check;
    return rule;
}

} // namespace mnemo::rules
