#include "core/market/trade.h"

#include <algorithm>

namespace mnemo {

namespace {

Candle begun(UtcMs open, double price)
{
    Candle bar;
    bar.openTime = open;
    bar.open = bar.high = bar.low = bar.close = price;
    bar.quoteVolume = 0;
    bar.trades = 0;
    return bar;
}

} // namespace

std::vector<Candle> foldTrades(std::span<const Trade> trades, const Grid& grid)
{
    std::vector<Candle> bars;
    UtcMs end = UtcMs::min();
    for (const Trade& trade : trades) {
        if (!(trade.amount > 0))
            continue;
        if (trade.time >= end) {
            bars.push_back(begun(grid.floor(trade.time), trade.price));
            end = grid.next(bars.back().openTime);
        }
        Candle& bar = bars.back();
        bar.high = std::max(bar.high, trade.price);
        bar.low = std::min(bar.low, trade.price);
        bar.close = trade.price;
        bar.volume += trade.amount;
        *bar.quoteVolume += trade.price * trade.amount;
        ++*bar.trades;
    }
    return bars;
}

} // namespace mnemo
