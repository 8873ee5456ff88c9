#include "core/market/kind.h"

#include <algorithm>
#include <array>

namespace mnemo {

namespace {

constexpr std::array openInterest {MetricColumn {"amount", "base units, one-sided"}, MetricColumn {"value", "USD, one-sided"},
    MetricColumn {"raw_amount", "as the source states it", false}, MetricColumn {"raw_value", "as the source states it", false}};

/// Of an event: what was paid. Of a bar: the rate in force as it opens, and how it went until it closed.
constexpr std::array funding {MetricColumn {"rate", "fraction, for one funding interval"}, MetricColumn {"rate_high", "fraction"},
    MetricColumn {"rate_low", "fraction"}, MetricColumn {"rate_close", "fraction"}, MetricColumn {"mark_price", "quote currency"},
    MetricColumn {"interval_hours", "hours"}};

constexpr std::array liquidations {MetricColumn {"long", "base units, of longs"}, MetricColumn {"short", "base units, of shorts"},
    MetricColumn {"long_usd", "USD, of longs"}, MetricColumn {"short_usd", "USD, of shorts"}};

constexpr std::array longShortRatio {MetricColumn {"ratio", "longs for each short"}, MetricColumn {"long_share", "fraction"},
    MetricColumn {"short_share", "fraction"}};

constexpr std::array<KindFacts, 7> kinds {{{Kind::Candles, "candles", {}}, {Kind::OpenInterest, "open_interest", openInterest, true, true},
    {Kind::Trades, "trades", {}}, {Kind::Funding, "funding", funding, true},
    {Kind::Liquidations, "liquidations", liquidations, true, true, true},
    {Kind::LongShortRatio, "long_short_ratio", longShortRatio, true},
    {Kind::PredictedFunding, "predicted_funding", std::span(funding).first(4), true}}};

static_assert(std::ranges::all_of(kinds, [i = 0](const KindFacts& facts) mutable { return static_cast<int>(facts.kind) == i++; }));

} // namespace

std::span<const KindFacts> allKinds()
{
    return kinds;
}

const KindFacts& factsOf(Kind kind)
{
    return kinds[static_cast<std::size_t>(kind)];
}

std::string_view toText(Kind kind)
{
    return factsOf(kind).name;
}

std::optional<Kind> kindFromText(std::string_view text)
{
    const auto found = std::ranges::find(kinds, text, &KindFacts::name);
    return found == kinds.end() ? std::nullopt : std::optional(found->kind);
}

std::vector<std::string> seriesKindNames()
{
    std::vector<std::string> names;
    for (const KindFacts& facts : kinds)
        if (facts.kind != Kind::Trades)
            names.emplace_back(facts.name);
    return names;
}

} // namespace mnemo
