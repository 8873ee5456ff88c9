#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/config/comparesettings.h"
#include "core/market/candle.h"
#include "core/market/grid.h"
#include "core/market/intervalset.h"
#include "core/market/serieskey.h"
#include "core/quality/quantiles.h"

namespace mnemo {

/// Rule ids of a comparison. Details of all are JSON with "others": the series that it was held against.
namespace rule {
inline constexpr const char* crossClose = "cross_close"; ///< the close is farther away than the pair's limit
inline constexpr const char* crossOhl = "cross_ohl"; ///< open, high or low is, the close is not
inline constexpr const char* crossBasis = "cross_basis"; ///< the usual difference itself is too large
inline constexpr const char* crossMissing =
    "cross_missing"; ///< nothing traded here, says the source; elsewhere something did
inline constexpr const char* crossShift =
    "cross_shift"; ///< the bars fit best when moved: stamped at close, another zone
inline constexpr const char* crossUnit =
    "cross_unit"; ///< volume in another unit: contracts, quote currency, both sides
inline constexpr const char* crossVolume = "cross_volume"; ///< the volume ratio left its usual size for a stretch
inline constexpr const char* crossInterest = "cross_interest"; ///< open interest is farther away than the pair's limit
inline constexpr const char* crossInterestUnit =
    "cross_interest_unit"; ///< open interest in another unit: both sides, contracts, money
} // namespace rule

/// One series of a comparison.
struct CompareSide {
    SeriesKey key;
    double contractSize = 1; ///< of the venue; a volume ratio near it is suspicious
    bool operator==(const CompareSide&) const = default;
};

/// Why these two cannot be compared like with like; nothing where they can: the same kind, base, quote, market type,
/// timeframe and anchor.
std::optional<std::string> unlikeness(const CompareSide& a, const Grid& gridA, const CompareSide& b, const Grid& gridB);

/// The limits for this pair, by the rules of config/quality.yaml.
CompareLimits limitsFor(const CompareSettings& settings, const SeriesKey& a, const SeriesKey& b);

/// A range of one series that does not fit the others.
struct CompareFinding {
    std::size_t side = 0; ///< index of the series that is at fault, as far as that can be told
    std::string rule;
    std::string severity = "warn"; ///< info, warn, error
    TimeRange range; ///< from the first bar's open to the last bar's close
    std::int64_t bars = 0;
    std::string details = "{}"; ///< JSON
    bool operator==(const CompareFinding&) const = default;
};

/// Sizes of differences in basis points of b's price.
struct Spread {
    double median = 0, p95 = 0, p99 = 0, max = 0;
    bool operator==(const Spread&) const = default;
};

/// Two series of open interest at the same times, in one unit: base units where both tell those, else USD.
struct InterestReport {
    std::int64_t rows = 0; ///< that could be held against each other
    std::int64_t inMoney = 0; ///< of them in USD
    double ratio = 0, ratioP5 = 0, ratioP95 = 0; ///< a / b, median
    double off = 0, offP95 = 0, offMax = 0; ///< |a - b| in percent of b, median
    std::optional<UtcMs> worst; ///< the time of offMax
    double limit = 0; ///< percent; 0: not judged
    std::int64_t beyondLimit = 0, inOtherUnit = 0; ///< rows; the latter are not among the former
    bool operator==(const InterestReport&) const = default;
};

/// Two series over the same bars; a is the first of the request, b the other. Differences are a - b.
struct PairReport {
    std::size_t a = 0, b = 0; ///< indices of the sides
    std::int64_t common = 0; ///< bars that both have
    std::int64_t identical = 0; ///< of them equal in all five numbers; volumes up to the rounding of sums
    std::int64_t missingInA = 0, missingInB = 0; ///< bars that only the other has
    std::int64_t unaskedInA = 0, unaskedInB = 0; ///< of these such as the source has not spoken about
    std::optional<UtcMs> first, last; ///< opens of the outermost common bars
    double medianCloseBp = 0; ///< signed
    Spread close, open, high, low; ///< absolute
    std::optional<UtcMs> worstClose; ///< the bar of close.max
    std::int64_t apart = 0; ///< common bars whose ranges from low to high do not even touch
    std::int64_t beyondLimits = 0; ///< common bars with a close, open, high or low beyond the pair's limits
    double volumeRatio = 0, volumeRatioP5 = 0, volumeRatioP95 = 0; ///< a / b, median; over bars where both traded
    std::int64_t ratioBars = 0;
    int lag = 0; ///< bars by which a is late, where the returns fit best
    double correlation = 0; ///< of returns at that lag
    double correlationInStep = 0; ///< at lag 0
    std::string unitDoubt; ///< a sentence where the ratio of volumes or of open interest suggests another unit; else empty
    std::optional<InterestReport> interest {}; ///< of open interest, which has no prices and volumes
    bool isExact = true; ///< false: the quantiles are within 0.05 %, too many bars to keep
    bool operator==(const PairReport&) const = default;
};

/// What a comparison found over all its bars.
struct CompareReport {
    std::vector<CompareSide> sides;
    Grid grid {Timeframe {}};
    TimeRange range; ///< that was compared
    std::vector<PairReport> pairs; ///< every pair, the first series' first
    std::int64_t findingCount = 0;
    std::vector<CompareFinding> findings; ///< the first keptFindings of them, by time
    static constexpr std::size_t keptFindings = 10'000;
};

/// One bar of two series, for a chart's overlay.
struct BarDifference {
    UtcMs openTime {};
    enum class Presence { Both, OnlyA, OnlyB } presence = Presence::Both;
    double closeBp = 0; ///< a - b in basis points of b; 0 and so on where one is missing
    double openBp = 0, highBp = 0, lowBp = 0;
    double volumeRatio = 0; ///< a / b; 0 where b traded nothing
    double basisBp = 0; ///< median closeBp of the window
    double limitBp = 0; ///< closes within basisBp +- limitBp are fine
    double ohlLimitBp = 0;
    bool isBeyond = false; ///< close, open, high or low is beyond its limit
    bool operator==(const BarDifference&) const = default;
};

/// The bars of @p range that either has, ascending. Windows are those of the comparison, so that the same bar gives the
/// same verdict if @p a and @p b reach over whole windows.
/// @param a, b ascending, unique, on @p grid. Pure, O(bars).
std::vector<BarDifference> barDifferences(std::span<const Candle> a, std::span<const Candle> b, const Grid& grid,
    TimeRange range, const CompareSettings& settings, const CompareLimits& limits);

/// The names of all sides but one, as they stand in details: "X","Y".
std::string otherNames(std::span<const CompareSide> sides, std::size_t side);

/// Where the window of a comparison lies that holds @p time; all bars of one window are judged together.
TimeRange compareWindow(const Grid& grid, const CompareSettings& settings, UtcMs time);

/// Compares two or more series bar by bar, window by window, in memory that does not grow with the range. Windows lie
/// at fixed places of the grid, so that the same bars give the same findings whatever range is asked for. Pure: no
/// clock, no I/O; one thread.
class Comparison {
public:
    /// @param sides at least two, on @p grid; the caller has looked at unlikeness()
    /// @param range the bars that count, ends on the grid; those around it in its outermost windows only help to judge
    Comparison(std::vector<CompareSide> sides, const Grid& grid, const CompareSettings& settings, TimeRange range);
    ~Comparison();
    Comparison(const Comparison&) = delete;
    Comparison& operator=(const Comparison&) = delete;

    /// @param window   compareWindow() of some time; windows ascend, those without any bar may be left out
    /// @param rows     of each side in that window: ascending, unique, on the grid
    /// @param answered of each side: where the source has spoken
    void add(TimeRange window, std::span<const std::vector<Candle>> rows, std::span<const IntervalSet> answered);
    /// Findings that are complete by now; each is handed out once.
    std::vector<CompareFinding> takeFindings();
    /// Findings that begin before this time have all been handed out.
    UtcMs settledUntil() const;
    /// After the last window; takeFindings() then has what was left.
    CompareReport finish();

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace mnemo
