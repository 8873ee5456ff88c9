#include <array>
#include <cstddef>
#include <cstring>

#include "core/quality/rules/checks.h"
#include "core/quality/rules/list.h"

namespace mnemo::rules {

namespace {

constexpr std::size_t block = 64; // rows

class Ticks {
public:
    explicit Ticks(double size)
        : m_perTick(1 / size)
    {
    }
    bool isBetween(double price) const
    {
        constexpr double integers = 6'755'399'441'055'744; // 1.5 x 2^52: adding it rounds to whole numbers, without a call
        const double ticks = price * m_perTick;
        return std::abs(ticks - ((ticks + integers) - integers)) > 1e-4 + std::abs(ticks) * 1e-12;
    }
    bool areBetween(const Candle& bar) const
    {
        return isBetween(bar.open) || isBetween(bar.high) || isBetween(bar.low) || isBetween(bar.close);
    }
    /// Any price of at most a block of rows. They are laid side by side first: the compiler then takes several at once, and
    /// there is no rule that has to look at more.
    bool isAnyBetween(std::span<const Candle> rows) const
    {
        static_assert(offsetof(Candle, close) - offsetof(Candle, open) == 3 * sizeof(double));
        std::array<double, 4 * block> prices;
        for (std::size_t i = 0; i < rows.size(); ++i)
            std::memcpy(&prices[4 * i], &rows[i].open, 4 * sizeof(double));
        std::int64_t between = 0;
        for (std::size_t i = 0; i < 4 * rows.size(); ++i)
            between |= isBetween(prices[i]) ? 1 : 0;
        return between != 0;
    }

private:
    double m_perTick;
};

std::string why(const Candle& bar, const Ticks& ticks, double size)
{
    const std::pair<const char*, double> prices[] {
        {"open", bar.open}, {"high", bar.high}, {"low", bar.low}, {"close", bar.close}};
    for (const auto& [name, price] : prices) {
        if (ticks.isBetween(price))
            return std::string(name) + ' ' + words::number(price) + " is no multiple of " + words::number(size);
    }
    return {};
}

} // namespace

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
        const auto size = input.context.tickSize;
        if (!size || !(*size > 0))
            return;
        const Ticks ticks(*size);
        for (std::size_t from = input.first; from < input.rows.size(); from += block) {
            const std::size_t end = std::min(from + block, input.rows.size());
            if (!ticks.isAnyBetween(input.rows.subspan(from, end - from))) [[likely]]
                continue;
            const CandleInput part {input.rows.first(end), from, input.context, {}};
            checks::eachRow(
                part, out, [](const BlockFacts&) { return false; },
                [&](const Candle& bar) { return !ticks.areBetween(bar); },
                [&](const Candle& bar) { return why(bar, ticks, *size); });
        }
    };
    return rule;
}

} // namespace mnemo::rules
