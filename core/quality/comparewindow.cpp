#include "core/quality/comparewindow.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace mnemo {

namespace {

constexpr double absent = std::numeric_limits<double>::quiet_NaN();
constexpr double largestBp = 1e6; // also for prices that are none
constexpr std::int64_t fewestForBasis = 5;
constexpr std::size_t shortestStretch = 5;

/// (a - b) in basis points of b.
double differenceBp(double a, double b)
{
    if (!(a > 0) || !(b > 0) || !std::isfinite(a) || !std::isfinite(b))
        return a == b ? 0 : a < b ? -largestBp : largestBp;
    return std::clamp((a - b) / b * 1e4, -largestBp, largestBp);
}

double rangeBp(const Candle& bar)
{
    return bar.close > 0 && bar.high > bar.low ? (bar.high - bar.low) / bar.close * 1e4 : 0;
}

BarDifference differenceOf(const Candle& a, const Candle& b, const CompareLimits& limits)
{
    BarDifference out;
    out.openTime = a.openTime;
    out.closeBp = differenceBp(a.close, b.close);
    out.openBp = differenceBp(a.open, b.open);
    out.highBp = differenceBp(a.high, b.high);
    out.lowBp = differenceBp(a.low, b.low);
    out.volumeRatio = b.volume > 0 && a.volume >= 0 ? a.volume / b.volume : 0;
    // the narrower bar: a wrong high must not widen what it is judged by
    const double more = limits.rangeShare * std::min(rangeBp(a), rangeBp(b));
    out.limitBp = limits.closeBp + more;
    out.ohlLimitBp = limits.ohlBp + more;
    return out;
}

void judge(BarDifference& bar, double basis)
{
    bar.basisBp = basis;
    bar.isBeyond = std::abs(bar.closeBp - basis) > bar.limitBp || std::abs(bar.openBp - basis) > bar.ohlLimitBp
        || std::abs(bar.highBp - basis) > bar.ohlLimitBp || std::abs(bar.lowBp - basis) > bar.ohlLimitBp;
}

/// Median of the neighbours of @p at that are there, itself included; absent where it is.
double smoothed(std::span<const double> values, std::size_t at)
{
    if (std::isnan(values[at]))
        return absent;
    std::vector<double> near;
    const std::size_t end = std::min(values.size(), at + shortestStretch / 2 + 1);
    for (std::size_t i = at - std::min(at, shortestStretch / 2); i < end; ++i) {
        if (!std::isnan(values[i]))
            near.push_back(values[i]);
    }
    return medianOf(near);
}

} // namespace

TimeRange windowOf(const Grid& grid, int bars, UtcMs time)
{
    const UtcMs zero = grid.floor(UtcMs {});
    const UtcMs open = grid.floor(time);
    const std::int64_t number = open < zero ? -grid.count({open, zero}) : grid.count({zero, open});
    const std::int64_t behind = ((number % bars) + bars) % bars;
    const UtcMs begin = grid.advance(open, -behind);
    return {begin, grid.advance(begin, bars)};
}

Slots slotsOf(std::span<const Candle> rows, const Grid& grid, TimeRange window)
{
    Slots slots(static_cast<std::size_t>(grid.count(window)), nullptr);
    std::size_t place = 0;
    UtcMs open = window.from;
    for (const Candle& row : rows) {
        if (row.openTime != open)
            place = static_cast<std::size_t>(grid.count({window.from, row.openTime}));
        slots[place++] = &row;
        open = grid.next(row.openTime);
    }
    return slots;
}

double medianOf(std::vector<double>& values)
{
    if (values.empty())
        return 0;
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::ranges::nth_element(values, middle);
    if (values.size() % 2 == 1)
        return *middle;
    return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

std::vector<BarDifference> differencesOf(
    const Slots& a, const Slots& b, const Grid& grid, TimeRange window, const CompareLimits& limits)
{
    std::vector<BarDifference> out;
    std::vector<double> closes;
    UtcMs open = window.from;
    for (std::size_t i = 0; i < a.size(); ++i, open = grid.next(open)) {
        if (a[i] && b[i]) {
            out.push_back(differenceOf(*a[i], *b[i], limits));
            closes.push_back(out.back().closeBp);
        } else if (a[i] || b[i]) {
            BarDifference& bar = out.emplace_back();
            bar.openTime = open;
            bar.presence = a[i] ? BarDifference::Presence::OnlyA : BarDifference::Presence::OnlyB;
        }
    }
    // the middle of a few bars would be the wrong one itself
    const double basis = static_cast<std::int64_t>(closes.size()) < fewestForBasis ? 0 : medianOf(closes);
    for (BarDifference& bar : out) {
        if (bar.presence == BarDifference::Presence::Both)
            judge(bar, basis);
    }
    return out;
}

bool isIdentical(const Candle& a, const Candle& b)
{
    const double rounding = 1e-9 * std::max(std::abs(a.volume), std::abs(b.volume));
    return a.open == b.open && a.high == b.high && a.low == b.low && a.close == b.close
        && std::abs(a.volume - b.volume) <= rounding;
}

void Correlation::add(double left, double right)
{
    ++count;
    x += left;
    y += right;
    xx += left * left;
    yy += right * right;
    xy += left * right;
}

void Correlation::add(const Correlation& other)
{
    count += other.count;
    x += other.x;
    y += other.y;
    xx += other.xx;
    yy += other.yy;
    xy += other.xy;
}

double Correlation::value() const
{
    if (count < 3)
        return 0;
    const auto n = static_cast<double>(count);
    const double left = xx - x * x / n;
    const double right = yy - y * y / n;
    return left > 0 && right > 0 ? (xy - x * y / n) / std::sqrt(left * right) : 0;
}

std::vector<double> returnsOf(const Slots& bars)
{
    std::vector<double> out(bars.size(), absent);
    std::vector<double> sizes;
    for (std::size_t i = 1; i < bars.size(); ++i) {
        if (!bars[i] || !bars[i - 1] || !(bars[i]->close > 0) || !(bars[i - 1]->close > 0))
            continue;
        out[i] = std::log(bars[i]->close / bars[i - 1]->close);
        sizes.push_back(std::abs(out[i]));
    }
    // two and a half standard deviations, were they normal: one wrong price must not decide
    const double cut = 3.7 * medianOf(sizes);
    if (cut > 0) {
        for (double& value : out)
            value = std::isnan(value) ? value : std::clamp(value, -cut, cut);
    }
    return out;
}

std::vector<Correlation> laggedCorrelations(
    std::span<const double> a, std::span<const double> b, int maxLag, std::size_t begin, std::size_t end)
{
    std::vector<Correlation> byLag(static_cast<std::size_t>(2 * maxLag + 1));
    const auto size = static_cast<std::int64_t>(a.size());
    for (std::size_t i = begin; i < end; ++i) {
        if (std::isnan(b[i]))
            continue;
        for (int lag = -maxLag; lag <= maxLag; ++lag) {
            const std::int64_t at = static_cast<std::int64_t>(i) + lag;
            if (at < 0 || at >= size || std::isnan(a[static_cast<std::size_t>(at)]))
                continue;
            byLag[static_cast<std::size_t>(lag + maxLag)].add(a[static_cast<std::size_t>(at)], b[i]);
        }
    }
    return byLag;
}

int clearLag(std::span<const Correlation> byLag)
{
    const auto middle = static_cast<std::ptrdiff_t>(byLag.size() / 2);
    const auto best = std::ranges::max_element(byLag, {}, &Correlation::value);
    if (best == byLag.end() || best->count < 20)
        return 0;
    // chance gives correlations of about 1 / sqrt(n); a shift has to stand far out of that, and of the one in step
    const double chance = 1 / std::sqrt(static_cast<double>(best->count));
    const double inStep = byLag[static_cast<std::size_t>(middle)].value();
    const bool isClear = best->value() > 4.2 * chance && best->value() - std::max(inStep, 0.0) > 3 * chance;
    return isClear ? static_cast<int>(best - byLag.begin() - middle) : 0;
}

int lagOfStretch(std::span<const Correlation> byLag)
{
    const auto middle = static_cast<std::ptrdiff_t>(byLag.size() / 2);
    const auto best = std::ranges::max_element(byLag, {}, &Correlation::value);
    const double inStep = std::max(byLag[static_cast<std::size_t>(middle)].value(), 0.0);
    const bool isClear = best->count >= 20 && best->value() > 0.6 && best->value() - inStep > 0.4;
    return isClear ? static_cast<int>(best - byLag.begin() - middle) : 0;
}

std::pair<std::size_t, std::size_t> trimmed(
    std::span<const double> a, std::span<const double> b, int lag, std::size_t begin, std::size_t end)
{
    const auto fits = [&](std::size_t i) {
        const std::int64_t at = static_cast<std::int64_t>(i) + lag;
        if (at < 0 || at >= static_cast<std::int64_t>(a.size()))
            return false;
        return std::abs(a[static_cast<std::size_t>(at)] - b[i])
            < 0.5 * std::abs(a[i] - b[i]); // false for what is absent
    };
    while (begin < end && !fits(begin))
        ++begin;
    while (end > begin && !fits(end - 1))
        --end;
    return {begin, end};
}

std::vector<double> logVolumeRatios(const Slots& a, const Slots& b)
{
    std::vector<double> out(a.size(), absent);
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (a[i] && b[i] && a[i]->volume > 0 && b[i]->volume > 0)
            out[i] = std::log(a[i]->volume / b[i]->volume);
    }
    return out;
}

namespace {

/// The stretch around [begin, end) whose own ratios are nearer to its median than to the usual one. Chance may take a
/// bar back to the usual: fewer than a shortest stretch of them in a row do not end it.
Stretch grown(std::span<const double> ratios, std::size_t begin, std::size_t end, double usual)
{
    std::vector<double> inside;
    std::copy_if(ratios.begin() + static_cast<std::ptrdiff_t>(begin), ratios.begin() + static_cast<std::ptrdiff_t>(end),
        std::back_inserter(inside), [](double ratio) { return !std::isnan(ratio); });
    Stretch out {begin, end, medianOf(inside) - usual};
    const auto belongs = [&](std::size_t at) { return (ratios[at] - usual) / out.deviation > 0.5; };
    while (out.begin < out.end && !belongs(out.begin))
        ++out.begin;
    while (out.end > out.begin && !belongs(out.end - 1))
        --out.end;
    std::size_t misses = 0;
    for (std::size_t at = out.end; at < ratios.size() && misses < shortestStretch; ++at) {
        misses = belongs(at) ? 0 : misses + 1;
        out.end = belongs(at) ? at + 1 : out.end;
    }
    misses = 0;
    for (std::size_t at = out.begin; at > 0 && misses < shortestStretch; --at) {
        misses = belongs(at - 1) ? 0 : misses + 1;
        out.begin = belongs(at - 1) ? at - 1 : out.begin;
    }
    return out;
}

} // namespace

std::vector<Stretch> unusualStretches(std::span<const double> ratios, double usual, double limit)
{
    std::vector<Stretch> out;
    std::size_t begin = 0;
    std::size_t at = 0;
    const auto isUnusual = [&](std::size_t i) {
        return std::abs(smoothed(ratios, i) - usual) > limit;
    }; // not what is absent
    while (at < ratios.size()) {
        for (begin = at; at < ratios.size() && isUnusual(at);)
            ++at;
        if (at - begin < shortestStretch) {
            ++at;
            continue;
        }
        const Stretch stretch = grown(ratios, begin, at, usual);
        if (!out.empty() && stretch.begin < out.back().end)
            out.back().end = std::max(out.back().end, stretch.end);
        else
            out.push_back(stretch);
        at = std::max(at, stretch.end);
    }
    return out;
}

} // namespace mnemo
