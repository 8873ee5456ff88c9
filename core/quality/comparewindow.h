#pragma once

#include <array>
#include <span>
#include <utility>
#include <vector>

#include "core/quality/compare.h"

namespace mnemo {

// What a comparison works out of one window of one pair. Inside core/quality only.

/// The bars of one side in a window, by their place in it; null where there is none.
using Slots = std::vector<const Candle*>;

/// Places @p rows, which lie in @p window.
Slots slotsOf(std::span<const Candle> rows, const Grid& grid, TimeRange window);

/// The window at fixed places of the grid, of @p bars bars, that contains @p time.
TimeRange windowOf(const Grid& grid, int bars, UtcMs time);

/// Median of what is there, reordering it; 0 for nothing.
double medianOf(std::vector<double>& values);

/// One entry for each place that either has; basis and limits filled in.
std::vector<BarDifference> differencesOf(
    const Slots& a, const Slots& b, const Grid& grid, TimeRange window, const CompareLimits& limits);

bool isIdentical(const Candle& a, const Candle& b); ///< volumes up to the rounding of sums

/// Sums of products: correlations can be added up over windows.
struct Correlation {
    std::int64_t count = 0;
    double x = 0, y = 0, xx = 0, yy = 0, xy = 0;
    void add(double left, double right);
    void add(const Correlation& other);
    double value() const; ///< 0 where either side does not move
};

/// Log returns from each place to the next, cut off at 3.7 times their usual size; NaN where one of the two bars is
/// absent.
std::vector<double> returnsOf(const Slots& bars);

/// Correlations of @p a, moved back by lag bars, with @p b over the places [begin, end); element i is lag i - maxLag.
std::vector<Correlation> laggedCorrelations(
    std::span<const double> a, std::span<const double> b, int maxLag, std::size_t begin, std::size_t end);

/// The lag at which two series clearly fit better than in step, by correlations of that many bars; 0 where there is
/// none.
int clearLag(std::span<const Correlation> byLag);

/// The same for a few bars of two series that usually go together: there one in step would show.
int lagOfStretch(std::span<const Correlation> byLag);

/// Of [begin, end) the part between the outermost places that fit better at @p lag than in step.
std::pair<std::size_t, std::size_t> trimmed(
    std::span<const double> a, std::span<const double> b, int lag, std::size_t begin, std::size_t end);

/// Log of the volume ratio a / b at each place; NaN where either traded nothing.
std::vector<double> logVolumeRatios(const Slots& a, const Slots& b);

/// Stretches [begin, end) of at least five places whose ratio, smoothed, is farther from @p usual than @p limit; all
/// logarithms.
struct Stretch {
    std::size_t begin = 0, end = 0;
    double deviation = 0; ///< median
};
std::vector<Stretch> unusualStretches(std::span<const double> ratios, double usual, double limit);

} // namespace mnemo
