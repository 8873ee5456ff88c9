#include "core/quality/rules/checks.h"
#include "core/quality/rules/list.h"

namespace mnemo::rules {

Rule priceNotPositive()
{
    Rule rule;
    rule.info = {"price_not_positive", "A price is zero or negative", Severity::Error, RuleScope::Bar, Kind::Candles,
        "Spot and perpetual markets have prices above zero. A zero is mostly a value that the source did not have. "
        "Returns "
        "over such a bar are infinite or meaningless."};
    rule.checkCandles = [](const CandleInput& input, Violations& out) {
        checks::eachRow(input, out, [](const BlockFacts& block) { return block.isOrdered && block.lowest > 0; }, checks::arePricesPositive, [](const Candle& bar) {
            const auto said = [](const char* name, double price) {
                return std::string(name) + ' ' + words::number(price) + " <= 0";
            };
            return bar.open <= 0 ? said("open", bar.open)
                : bar.high <= 0  ? said("high", bar.high)
                : bar.low <= 0   ? said("low", bar.low)
                                 : said("close", bar.close);
        });
    };
    return rule;
}

} // namespace mnemo::rules
