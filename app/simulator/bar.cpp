#include "app/simulator/bar.h"

#include <algorithm>

namespace mnemo::sim {

Bar merged(const Bar* begin, const Bar* end, const Grid& grid)
{
    Bar result = *begin;
    const UtcMs open = grid.floor(fromMs(begin->openMs));
    result.openMs = toMs(open);
    result.lastMs = toMs(grid.next(open)) - 1;
    result.close = (end - 1)->close;
    for (const Bar* bar = begin + 1; bar != end; ++bar) {
        result.high = less(result.high, bar->high) ? bar->high : result.high;
        result.low = less(bar->low, result.low) ? bar->low : result.low;
        result.volume = sum(result.volume, bar->volume);
        result.quoteVolume = sum(result.quoteVolume, bar->quoteVolume);
        result.takerVolume = sum(result.takerVolume, bar->takerVolume);
        result.takerQuoteVolume = sum(result.takerQuoteVolume, bar->takerQuoteVolume);
        result.trades += bar->trades;
    }
    return result;
}

std::vector<Bar> rolledUp(const std::vector<Bar>& bars, const Grid& grid)
{
    std::vector<Bar> result;
    for (auto begin = bars.begin(); begin != bars.end();) {
        const std::int64_t close = toMs(grid.next(grid.floor(fromMs(begin->openMs))));
        const auto end = std::find_if(begin, bars.end(), [close](const Bar& bar) { return bar.openMs >= close; });
        result.push_back(merged(&*begin, &*begin + (end - begin), grid));
        begin = end;
    }
    return result;
}

namespace {

Fixed part(Fixed value, std::int64_t passed, std::int64_t length)
{
    return {static_cast<std::int64_t>(static_cast<double>(value.mantissa) * static_cast<double>(passed)
                / static_cast<double>(length)),
        value.scale};
}

Fixed between(Fixed from, Fixed to, std::int64_t passed, std::int64_t length)
{
    const int scale = std::max(from.scale, to.scale);
    const double share = static_cast<double>(passed) / static_cast<double>(length);
    return Fixed::fromDouble(from.toDouble() + (to.toDouble() - from.toDouble()) * share, scale);
}

} // namespace

Bar partial(const Bar& bar, UtcMs now, const Grid& grid)
{
    const UtcMs open = fromMs(bar.openMs);
    const std::int64_t length = (grid.next(open) - open).count();
    const std::int64_t passed = std::clamp<std::int64_t>((now - open).count() + 1, 1, length);
    Bar result = bar;
    result.close = between(bar.open, bar.close, passed, length);
    result.high = between(less(bar.open, result.close) ? result.close : bar.open, bar.high, passed, length);
    result.low = between(less(bar.open, result.close) ? bar.open : result.close, bar.low, passed, length);
    result.volume = part(bar.volume, passed, length);
    result.quoteVolume = part(bar.quoteVolume, passed, length);
    result.takerVolume = part(bar.takerVolume, passed, length);
    result.takerQuoteVolume = part(bar.takerQuoteVolume, passed, length);
    result.trades = bar.trades == 0 ? 0 : std::max<std::int64_t>(1, bar.trades * passed / length);
    return result;
}

bool nests(const Grid& fine, const Grid& coarse)
{
    if (fine.timeframe().isMonth() || fine.timeframe() > coarse.timeframe())
        return false;
    const auto step = fine.timeframe().length();
    if (((coarse.anchor() - fine.anchor()) % step).count() != 0)
        return false;
    if (coarse.timeframe().isMonth())
        return (std::chrono::days {1} % step).count() == 0;
    return (coarse.timeframe().length() % step).count() == 0;
}

} // namespace mnemo::sim
