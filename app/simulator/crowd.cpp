#include "app/simulator/crowd.h"

#include <algorithm>
#include <cmath>

#include "app/simulator/noise.h"

namespace mnemo::sim {

namespace {

constexpr std::int64_t hourMs = 3'600'000;
constexpr std::int64_t dayMs = 24 * hourMs;
constexpr std::int64_t soonerSinceMs = 1'735'689'600'000; ///< 2025-01-01
constexpr double usualRate = 0.0001;                      ///< of 8 hours, as most venues have it in calm times
constexpr double mostRate = 0.0075;

std::int64_t intervalMs(const Market& market, std::int64_t atMs)
{
    return (market.symbol.base == "SOL" && atMs >= soonerSinceMs ? 4 : 8) * hourMs;
}

} // namespace

bool isFunded(const Market& market, std::int64_t atMs)
{
    return atMs % intervalMs(market, atMs) == 0;
}

int fundingHours(const Market& market, std::int64_t atMs)
{
    return static_cast<int>(intervalMs(market, atMs) / hourMs);
}

Fixed fundingRate(const Market& market, std::int64_t atMs)
{
    const std::int64_t paid = atMs - atMs % intervalMs(market, atMs);
    const std::uint64_t seed = mix(market.interestSeed, 0xF00D);
    const double rate = usualRate + 0.0002 * smooth(seed, paid, 9 * dayMs) + 0.00005 * normal(mix(seed, static_cast<std::uint64_t>(paid)));
    return Fixed::fromDouble(std::clamp(rate, -mostRate, mostRate), 8);
}

Fixed predictedRate(const Market& market, std::int64_t atMs)
{
    const std::int64_t interval = intervalMs(market, atMs), left = interval - atMs % interval;
    const double paid = fundingRate(market, atMs + left).toDouble(), part = static_cast<double>(left) / static_cast<double>(interval);
    const std::uint64_t noise = mix(mix(market.interestSeed, 0x9E8), static_cast<std::uint64_t>(atMs / hourMs));
    return Fixed::fromDouble(std::clamp(paid + 0.0001 * part * normal(noise), -mostRate, mostRate), 8);
}

std::vector<Bar> fundings(Feed& feed, PageQuery page, const FaultDraw& draw)
{
    const std::size_t limit = page.limit;
    page.kind = Kind::Funding;
    // No finer than payments are now: a hole is to be one that was paid.
    page.grid = Grid(*Timeframe::fromName(fundingHours(*page.market, toMs(feed.now())) == 4 ? "4h" : "8h"));
    page.limit = static_cast<std::size_t>(feed.now().time_since_epoch() / std::chrono::hours {1});
    std::vector<Bar> bars = feed.page(page, draw);
    std::erase_if(bars, [&](const Bar& bar) { return !isFunded(*page.market, bar.openMs); });
    if (bars.size() > limit && page.side == Side::Newest)
        bars.erase(bars.begin(), bars.end() - static_cast<std::ptrdiff_t>(limit));
    bars.resize(std::min(bars.size(), limit));
    return bars;
}

Liquidations liquidationsIn(const Market& market, const Bar& bar)
{
    const std::uint64_t noise = mix(mix(market.interestSeed, 0x11C), static_cast<std::uint64_t>(bar.openMs));
    const bool falls = less(bar.close, bar.open);
    const auto part = [&](std::uint64_t salt, bool isHit) {
        const double share = unit(mix(noise, salt)) - (isHit ? 0.3 : 0.7);
        return Fixed::fromDouble(std::max(0.0, share) * 0.02 * bar.volume.toDouble(), market.volumeScale);
    };
    return {part(1, falls), part(2, !falls)};
}

Fixed longPercent(const Market& market, std::int64_t atMs)
{
    const std::uint64_t seed = mix(market.interestSeed, 0x105);
    const double percent = 54 + 5 * smooth(seed, atMs, 20 * dayMs) + smooth(seed, atMs, 6 * hourMs);
    return Fixed::fromDouble(std::clamp(percent, 5.0, 95.0), 2);
}

} // namespace mnemo::sim
