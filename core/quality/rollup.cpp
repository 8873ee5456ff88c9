#include "core/quality/rollup.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace mnemo {

namespace {

/// Sums of decimal numbers are off in their last binary digits; 15 decimal ones are what a double holds of them.
double withoutNoise(double sum)
{
    std::array<char, 32> text;
    const auto end = std::to_chars(text.data(), text.data() + text.size(), sum, std::chars_format::general, 15).ptr;
    std::from_chars(text.data(), end, sum);
    return sum;
}

Candle merged(std::span<const Candle> parts, UtcMs open)
{
    Candle bar = parts.front();
    bar.openTime = open;
    for (const Candle& part : parts.subspan(1)) {
        bar.high = std::max(bar.high, part.high);
        bar.low = std::min(bar.low, part.low);
        bar.close = part.close;
        bar.volume += part.volume;
        bar.quoteVolume =
            bar.quoteVolume && part.quoteVolume ? std::optional(*bar.quoteVolume + *part.quoteVolume) : std::nullopt;
        bar.trades = bar.trades && part.trades ? std::optional(*bar.trades + *part.trades) : std::nullopt;
        bar.flags |= part.flags;
    }
    bar.volume = withoutNoise(bar.volume);
    if (bar.quoteVolume)
        bar.quoteVolume = withoutNoise(*bar.quoteVolume);
    return bar;
}

/// All bars of @p fine in @p range are rows, or were asked for.
bool isComplete(std::span<const Candle> parts, const Grid& fine, TimeRange range, const IntervalSet& answered)
{
    if (static_cast<std::int64_t>(parts.size()) == fine.count(range) || answered.contains(range))
        return true;
    UtcMs next = range.from;
    for (const Candle& part : parts) {
        if (part.openTime > next && !answered.contains(TimeRange {next, part.openTime}))
            return false;
        next = fine.next(part.openTime);
    }
    return next >= range.to || answered.contains(TimeRange {next, range.to});
}

} // namespace

bool nests(const Grid& fine, const Grid& coarse)
{
    if (fine.timeframe() > coarse.timeframe() || fine.timeframe().isMonth())
        return fine == coarse;
    const milliseconds step = fine.timeframe().length();
    const bool isMultiple = coarse.timeframe().isMonth() ? std::chrono::hours {24} % step == milliseconds {0}
                                                         : coarse.timeframe().length() % step == milliseconds {0};
    return isMultiple && fine.isOpen(coarse.floor(UtcMs {}));
}

std::vector<Candle> rolledUp(
    std::span<const Candle> rows, const Grid& fine, const Grid& coarse, const IntervalSet& answered)
{
    std::vector<Candle> out;
    std::size_t begin = 0;
    while (begin < rows.size()) {
        const UtcMs open = coarse.floor(rows[begin].openTime);
        const UtcMs close = coarse.next(open);
        std::size_t end = begin + 1;
        while (end < rows.size() && rows[end].openTime < close)
            ++end;
        const auto parts = rows.subspan(begin, end - begin);
        if (isComplete(parts, fine, {open, close}, answered))
            out.push_back(merged(parts, open));
        begin = end;
    }
    return out;
}

} // namespace mnemo
