#include "app/simulator/tape.h"

#include <algorithm>
#include <array>

#include "app/simulator/noise.h"

namespace mnemo::sim {

namespace {

constexpr std::int64_t minuteMs = 60'000;
constexpr std::int64_t idsPerMinute = 10; // the other products of the venue take the rest
constexpr std::size_t minutesAtOnce = 500;

/// Amounts may be finer than the volume that they add up to.
Fixed partOf(Fixed volume, std::size_t part, std::size_t parts)
{
    const std::int64_t whole = volume.mantissa * 1000;
    const std::int64_t each = whole / static_cast<std::int64_t>(parts);
    return {part + 1 < parts ? each : whole - each * static_cast<std::int64_t>(parts - 1), volume.scale + 3};
}

void appendMinute(std::vector<TapeTrade>& trades, const Bar& bar)
{
    if (bar.volume.isZero())
        return;
    const std::uint64_t noise = mix(static_cast<std::uint64_t>(bar.openMs));
    const bool isHighFirst = (noise & 1U) != 0;
    const std::array prices {bar.open, isHighFirst ? bar.high : bar.low, isHighFirst ? bar.low : bar.high, bar.close};
    std::array<std::int64_t, 4> times {};
    for (std::size_t i = 0; i < times.size(); ++i)
        times[i] = static_cast<std::int64_t>(mix(noise, i) % minuteMs);
    std::ranges::sort(times);
    if ((noise & 6U) == 0)
        times[0] = 0; // a trade at the very open ...
    if ((noise & 24U) == 0)
        times[3] = minuteMs - 1; // ... and at the very end
    if ((noise & 96U) == 0)
        times[2] = times[1]; // two at one moment
    for (std::size_t i = 0; i < prices.size(); ++i)
        trades.push_back({bar.openMs / minuteMs * idsPerMinute + static_cast<std::int64_t>(i), bar.openMs + times[i], prices[i],
            partOf(bar.volume, i, prices.size()), (mix(noise, 10 + i) & 1U) != 0});
}

} // namespace

std::vector<TapeTrade> newestTrades(const Market& market, UtcMs now, UtcMs from, std::optional<std::int64_t> before, std::size_t limit)
{
    const Grid grid(Timeframe {});
    UtcMs end = grid.next(grid.floor(now)); // of the minute under way what has happened so far
    if (before) // its own minute may hold smaller ones
        end = std::min(end, fromMs((std::min(*before, toMs(end)) / idsPerMinute + 1) * minuteMs));
    std::vector<TapeTrade> trades;
    while (end > from && trades.size() < limit) {
        const auto bars = market.source->read(grid, {from, end}, minutesAtOnce, Side::Newest);
        std::vector<TapeTrade> older;
        for (const Bar& bar : bars)
            appendMinute(older, bar);
        std::erase_if(older, [&](const TapeTrade& trade) {
            return trade.ms > toMs(now) || (before && trade.id >= *before);
        });
        trades.insert(trades.begin(), older.begin(), older.end());
        if (bars.size() < minutesAtOnce)
            break;
        end = fromMs(bars.front().openMs);
    }
    if (trades.size() > limit)
        trades.erase(trades.begin(), trades.end() - static_cast<std::ptrdiff_t>(limit));
    return trades;
}

void spoil(std::vector<TapeTrade>& trades, const FaultDraw& draw)
{
    if (draw.has(Fault::Short) && trades.size() > 1)
        trades.erase(trades.begin(), trades.begin() + static_cast<std::ptrdiff_t>(mix(draw.noise ^ 0x5407) % trades.size()));
    if (!draw.has(Fault::Duplicate) || trades.empty())
        return;
    for (std::size_t i = 0; i < 1 + draw.noise % 5; ++i) {
        const auto at = static_cast<std::ptrdiff_t>(mix(draw.noise ^ 0xD0B1, i) % trades.size());
        const TapeTrade copy = trades[static_cast<std::size_t>(at)];
        trades.insert(trades.begin() + at, copy);
    }
}

} // namespace mnemo::sim
