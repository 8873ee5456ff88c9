#include "ui/chart/pricescale.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>

#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

double roundStep(double least)
{
    const double power = std::pow(10.0, std::floor(std::log10(least)));
    for (const double factor : {1.0, 2.0, 2.5, 5.0}) {
        if (factor * power >= least * (1 - 1e-9))
            return factor * power;
    }
    return 10 * power;
}

PriceTicks linearTicks(const PriceScale& scale, qreal spacing)
{
    PriceTicks result;
    const double step = roundStep((scale.high - scale.low) / scale.height * spacing);
    result.decimals = decimalsFor(step);
    if (std::abs(step * std::pow(10.0, result.decimals) - std::round(step * std::pow(10.0, result.decimals))) > 1e-6)
        ++result.decimals; // 0.25, 2.5
    const auto last = static_cast<std::int64_t>(std::floor(scale.high / step + 1e-9));
    for (auto n = static_cast<std::int64_t>(std::ceil(scale.low / step - 1e-9)); n <= last; ++n) {
        const double price = static_cast<double>(n) * step;
        result.ticks.push_back({price, scale.toY(price), price});
    }
    return result;
}

// The densest round values of each decade that keep their distance: 1 2 5, then 1 3, then 1, then every second
// decade...
PriceTicks logarithmicTicks(const PriceScale& scale, qreal spacing)
{
    const double perPixel = std::log(scale.high / scale.low) / scale.height;
    const double leastRatio = std::exp(perPixel * spacing);
    std::vector<double> factors {1};
    if (leastRatio <= 2)
        factors = {1, 2, 5};
    else if (leastRatio <= 3)
        factors = {1, 3};
    const int stride = std::max(1, static_cast<int>(std::ceil(std::log10(leastRatio) - 1e-9)));
    PriceTicks result;
    const auto first = static_cast<int>(std::floor(std::log10(scale.low) / stride)) * stride;
    for (int decade = first; std::pow(10.0, decade) <= scale.high; decade += stride) {
        for (const double factor : factors) {
            const double price = factor * std::pow(10.0, decade);
            if (price >= scale.low && price <= scale.high)
                result.ticks.push_back({price, scale.toY(price), price});
        }
    }
    result.decimals = result.ticks.empty() ? 2 : decimalsFor(result.ticks.front().price);
    return result;
}

} // namespace

qreal PriceScale::toY(double price) const
{
    if (!(high > low))
        return height / 2;
    const double share = isLogarithmic()
        ? (std::log(high) - std::log(std::max(price, 1e-300))) / (std::log(high) - std::log(low))
        : (high - price) / (high - low);
    return height * (isInverted ? 1 - share : share);
}

double PriceScale::toPrice(qreal y) const
{
    if (!(high > low) || height <= 0)
        return low;
    const double share = isInverted ? 1 - y / height : y / height;
    if (isLogarithmic())
        return std::exp(std::log(high) - share * (std::log(high) - std::log(low)));
    return high - share * (high - low);
}

double PriceScale::toShown(double price) const
{
    if (!isRelative())
        return price;
    return mode == PriceMode::Percent ? (price / reference - 1) * 100 : price / reference * 100;
}

double PriceScale::fromShown(double shown) const
{
    if (!isRelative())
        return shown;
    return mode == PriceMode::Percent ? (shown / 100 + 1) * reference : shown / 100 * reference;
}

QString PriceScale::text(double price, int decimals) const
{
    const QString number = priceText(toShown(price), decimals);
    if (!isRelative() || mode != PriceMode::Percent)
        return number;
    const bool isPlus = toShown(price) >= std::pow(10.0, -decimals) / 2; // what rounds to nothing has no sign
    return (isPlus ? u"+"_s : QString()) + QCoreApplication::translate("PriceScale", "%1 %").arg(number);
}

void PriceScale::panBy(qreal pixels)
{
    const double a = toPrice(-pixels);
    const double b = toPrice(height - pixels);
    low = std::min(a, b);
    high = std::max(a, b);
}

void PriceScale::zoomBy(double factor, qreal y)
{
    const double a = toPrice(y - y / factor);
    const double b = toPrice(y + (height - y) / factor);
    if (a == b || !std::isfinite(a) || !std::isfinite(b))
        return;
    low = std::min(a, b);
    high = std::max(a, b);
}

PriceScale fittedScale(double low, double high, qreal height, PriceMode mode, double share)
{
    PriceScale scale {low, high, height, mode};
    if (scale.isLogarithmic() && high > low) {
        const double margin = std::pow(high / low, share);
        scale.low = low / margin;
        scale.high = high * margin;
        return scale;
    }
    const double span = high > low ? high - low : std::max(std::abs(high) * 0.01, 1e-12);
    const double margin = high > low ? span * share : span;
    scale.high = high + margin;
    scale.low = low - margin;
    return scale;
}

PriceMap::PriceMap(const PriceScale& scale, qreal ratio)
    : m_middle(scale.height / 2 * ratio)
    , m_isLogarithmic(scale.isLogarithmic())
{
    if (!(scale.high > scale.low))
        return;
    m_least = 1e-300;
    const double high = m_isLogarithmic ? std::log(scale.high) : scale.high;
    const double low = m_isLogarithmic ? std::log(scale.low) : scale.low;
    m_top = scale.isInverted ? low : high;
    m_factor = scale.height * ratio / (scale.isInverted ? low - high : high - low);
}

int PriceMap::toY(double price) const
{
    if (m_factor == 0)
        return static_cast<int>(m_middle);
    const double value = m_isLogarithmic ? std::log(std::max(price, m_least)) : price;
    return static_cast<int>(std::clamp((m_top - value) * m_factor, -100'000.0, 100'000.0) + 100'000.5) - 100'000;
}

PriceTicks priceTicks(const PriceScale& scale, qreal spacing)
{
    if (!(scale.high > scale.low) || scale.height <= 0 || spacing <= 0)
        return {};
    if (scale.isRelative()) {
        const PriceScale shown {
            scale.toShown(scale.low), scale.toShown(scale.high), scale.height, PriceMode::Linear, scale.isInverted};
        PriceTicks result = linearTicks(shown, spacing);
        for (PriceTick& tick : result.ticks)
            tick.price = scale.fromShown(tick.shown);
        return result;
    }
    // Over less than a factor of four, decades have too few round values; even steps read better.
    if (!scale.isLogarithmic() || scale.high / scale.low < 4)
        return linearTicks(scale, spacing);
    return logarithmicTicks(scale, spacing);
}

} // namespace mnemo
