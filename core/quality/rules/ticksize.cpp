#include "core/quality/rules/checks.h"
#include "core/quality/rules/list.h"

namespace mnemo::rules {

Rule tickSize()
{
    Rule rule;
    rule.info = {"tick_size", "Price between two ticks", Severity::Info, RuleScope::Bar, Kind::Candles,
        "Prices of a market are multiples of its tick size. One that is none was rounded, averaged or converted on its "
        "way. "
        "Exchanges change tick sizes from time to time and tell only today's: before a change many bars are found, in "
        "one piece, "
        "and nothing is wrong with them."};
    rule.checkCandles = [](const CandleInput& input, Violations& out) {
        const auto tick = input.context.tickSize;
        if (!tick || !(*tick > 0))
            return;
        const double perTick = 1 / *tick;
        const auto isOff = [perTick](double price) {
            constexpr double integers =
                6'755'399'441'055'744; // 1.5 x 2^52: adding it rounds to whole numbers, without a call
            const double ticks = price * perTick;
            return std::abs(ticks - ((ticks + integers) - integers)) > 1e-4 + std::abs(ticks) * 1e-12;
        };
        checks::eachRow(
            input, out,
            [&](const Candle& bar) {
                return !isOff(bar.open) && !isOff(bar.high) && !isOff(bar.low) && !isOff(bar.close);
            },
            [&](const Candle& bar) {
                const std::pair<const char*, double> prices[] {
                    {"open", bar.open}, {"high", bar.high}, {"low", bar.low}, {"close", bar.close}};
                for (const auto& [name, price] : prices) {
                    if (isOff(price))
                        return std::string(name) + ' ' + words::number(price) + " is no multiple of "
                            + words::number(*tick);
                }
                return std::string();
            });
    };
    return rule;
}

} // namespace mnemo::rules
