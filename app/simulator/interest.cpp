#include "app/simulator/interest.h"

#include <array>
#include <cmath>

#include "app/simulator/noise.h"

namespace mnemo::sim {

namespace {

constexpr int valueScale = 2;

/// So much of the ordinary amount: it moves slowly far and quickly little.
struct Wave {
    std::int64_t periodMs;
    double share;
};
constexpr std::array waves {Wave {32LL * 86'400'000, 0.3}, Wave {86'400'000, 0.05}, Wave {3'600'000, 0.01}, Wave {300'000, 0.002}};

} // namespace

Bar interestAt(const Market& market, const Bar& bar)
{
    double log = 0;
    for (const Wave& wave : waves)
        log += wave.share * smooth(market.interestSeed, bar.openMs, wave.periodMs);
    Bar reading;
    reading.openMs = reading.lastMs = bar.openMs;
    reading.open = reading.high = reading.low = reading.close = bar.open;
    reading.volume = Fixed::fromDouble(market.interest * std::exp(log), market.volumeScale);
    reading.quoteVolume = Fixed::fromDouble(reading.volume.toDouble() * bar.open.toDouble(), valueScale);
    reading.takerQuoteVolume = bar.quoteVolume;
    reading.trades = bar.trades;
    return reading;
}

} // namespace mnemo::sim
