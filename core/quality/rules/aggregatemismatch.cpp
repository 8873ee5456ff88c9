#include "core/quality/rules/checks.h"
#include "core/quality/rules/list.h"

namespace mnemo::rules {

namespace {

enum ThresholdIndex : std::size_t { price, volume };

bool isNear(double a, double b, double part)
{
    return std::abs(a - b) <= part * std::max(std::abs(a), std::abs(b));
}

void check(const CandleInput& input, Violations& out)
{
    const double pricePart = input.thresholds[price] / 100, volumePart = input.thresholds[volume] / 100;
    if (input.context.rollUps.empty() || input.first == input.rows.size())
        return;
    auto rollUp =
        std::ranges::lower_bound(input.context.rollUps, input.rows[input.first].openTime, {}, &Candle::openTime);
    for (std::size_t i = input.first; i < input.rows.size(); ++i) {
        const Candle& bar = input.rows[i];
        while (rollUp != input.context.rollUps.end() && rollUp->openTime < bar.openTime)
            ++rollUp;
        if (rollUp == input.context.rollUps.end())
            return;
        if (rollUp->openTime != bar.openTime || checks::isQuarantined(*rollUp))
            continue;
        struct Field {
            const char* name;
            double stored, finer, part;
        };
        const Field fields[] {{"open", bar.open, rollUp->open, pricePart}, {"high", bar.high, rollUp->high, pricePart},
            {"low", bar.low, rollUp->low, pricePart}, {"close", bar.close, rollUp->close, pricePart},
            {"volume", bar.volume, rollUp->volume, volumePart}};
        const auto off = std::ranges::find_if(
            fields, [](const Field& field) { return !isNear(field.stored, field.finer, field.part); });
        if (off != std::end(fields) && out.add(bar.openTime))
            out.say(std::string(off->name) + ' ' + words::number(off->stored) + ", but "
                    + words::rounded(off->finer, 12) + " from the shorter bars",
                words::first(bar));
    }
}

} // namespace

Rule aggregateMismatch()
{
    Rule rule;
    rule.info = {"aggregate_mismatch", "Not the sum of its shorter bars", Severity::Warn, RuleScope::Series,
        Kind::Candles,
        "An hour is made of its minutes: first open, highest high, lowest low, last close, sum of volumes. A bar that "
        "differs from "
        "the shorter bars stored of the same market was revised, cut short or collected at another time than they "
        "were. Only bars "
        "are compared whose shorter bars are all there.",
        {{"price_tolerance", 0.0001, 0, 100, "%", "How far prices may differ"},
            {"volume_tolerance", 0.1, 0, 100, "%", "How far volumes may differ"}}};
    rule.checkCandles = check;
    return rule;
}

} // namespace mnemo::rules
