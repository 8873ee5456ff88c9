#pragma once

#include <QString>
#include <QStringList>
#include <span>
#include <vector>

#include "core/quality/compare.h"
#include "ui/chart/chartlevel.h"
#include "ui/chart/pricescale.h"
#include "ui/chart/timescale.h"

namespace mnemo {

/// Whether a difference in basis points says anything: one thing's price in one market or another.
bool isComparable(const SeriesKey& a, const SeriesKey& b);

/// The bars of a tile: those of @p level, made of @p bars, which ascend.
std::vector<DifferenceBar> differenceBars(
    std::span<const BarDifference> bars, const ChartLevel& level, const Grid& grid);
/// Of bars that are too many to be judged one by one: the difference of the closes of those that both have. Ascending.
std::vector<DifferenceBar> closeDifferences(
    std::span<const ChartBar> a, std::span<const ChartBar> b, milliseconds length);

/// One column of the pane; several bars where they are narrower than a pixel.
struct DifferenceMark {
    int x = 0; ///< centre column, in device pixels from the plot's left edge
    int width = 1; ///< device pixels
    DifferenceBar bar;
};

/// How often bars of a range lie beyond the limit.
struct BreachCount {
    std::int64_t bars = 0, beyond = 0; ///< both series have them; of them
    std::int64_t onlyFirst = 0, onlySecond = 0; ///< bars that one alone has
    bool isJudged = true; ///< false: too many bars, only closes of longer stretches were compared
    bool operator==(const BreachCount&) const = default;
};
BreachCount countBreaches(std::span<const DifferenceBar> bars, TimeRange within);

/// What one picture of the pane needs.
struct DifferenceScene {
    std::vector<DifferenceMark> marks; ///< ascending, one per column
    BreachCount count; ///< of what is in view
    double low = 0, high = 0; ///< of marks and limits
    qreal ratio = 1;
    const DifferenceMark* markAt(qreal x, qreal reach) const; ///< pixels; null where there is none
};
DifferenceScene prepareDifferences(std::span<const DifferenceBar> bars, const TimeScale& scale, qreal ratio);
/// Fits marks and limits; zero is always in view.
PriceScale differenceScale(const DifferenceScene& scene, qreal height);

// Sentences.
QString basisPoints(double bp); ///< "+1.25 bp"
QString basisPointsLabel(double bp, int decimals); ///< the same for an axis
/// "+12.3 bp (usual +0.4, limit 30 bp)"; with a glyph and a word where bars are beyond it.
QString differenceText(const DifferenceBar& bar);
/// "12 of 300 bars beyond 30 bp, 3 only here, 2 only there". @p limit of the pair's closes, before the bar's own range.
QString breachText(const BreachCount& count, double limit);

/// What the comparison suspects, a sentence each: bars that come late, volume in another unit.
QStringList doubtsOf(const PairReport& report, const SeriesKey& first, const SeriesKey& second);

} // namespace mnemo
