#pragma once

#include <optional>
#include <span>
#include <vector>

#include "core/quality/rules/rule.h"

namespace mnemo {

/// What is usual in the bars before a bar: measured over a window that moves on in quarters of its length, so that one
/// measurement serves many bars, and that where it is taken depends on the clock alone, not on how rows were handed in.
/// Quarantined rows are left out. Lives for one call of a rule; measures only what is asked for.
class Reference {
public:
    /// @param window in bars. Rows must reach lookback() bars of time back.
    Reference(std::span<const Candle> rows, const Grid& grid, int window);
    static int lookback(int window) { return window + window / quarters + 1; }

    struct Returns {
        double median = 0;
        double deviation = 0; ///< median absolute deviation, scaled to a standard deviation
    };
    /// Log returns from close to close. Nothing where too few are known.
    std::optional<Returns> returnsBefore(std::size_t row);
    struct Volumes {
        double median = 0, largest = 0;
    };
    /// Of bars that have a volume. Nothing where too few are known.
    std::optional<Volumes> volumesBefore(std::size_t row);
    /// The same of volume per trade, of bars that count trades.
    std::optional<Volumes> tradeSizesBefore(std::size_t row);
    /// Whether @p value is above @p factor times each of these: looks no further than to the first that denies it, so ask this
    /// before measuring.
    bool isAboveVolumes(std::size_t row, double value, double factor);
    bool isAboveTradeSizes(std::size_t row, double value, double factor);
    /// Median of high / low - 1. Nothing where too few are known.
    std::optional<double> medianRangeBefore(std::size_t row);
    /// Part of the window's places whose bar has volume, and whose bar has high above low; 0 where too few are known.
    double tradedBefore(std::size_t row);
    double movingBefore(std::size_t row);

private:
    static constexpr int quarters = 4;
    static constexpr std::size_t fewest = 30;

    struct Window {
        UtcMs to = UtcMs::min(); ///< none yet
        std::size_t first = 0, last = 0;
    };
    const Window& windowBefore(std::size_t row);
    double median(); ///< of m_values, which it reorders
    bool isNew(UtcMs& measured);

    std::span<const Candle> m_rows;
    milliseconds m_step;
    int m_window;
    Window m_current;
    std::vector<double> m_values;
    // each with the end of the window that it was measured in
    UtcMs m_returnsAt = UtcMs::min(), m_volumeAt = UtcMs::min(), m_sizeAt = UtcMs::min(), m_rangeAt = UtcMs::min(), m_shareAt = UtcMs::min();
    std::optional<Returns> m_returns;
    std::optional<Volumes> m_volumes, m_sizes;
    std::optional<double> m_range;
    double m_traded = 0, m_moving = 0;
    void measureShares(std::size_t row);
};

/// The threshold of a rule that compares with what is usual.
inline Threshold windowThreshold(double bars)
{
    return {"window", bars, 40, 10'000, "bars", "The bars before that say what is usual"};
}

/// Rule::lookback of one whose threshold number @p Window is that.
template <std::size_t Window>
int lookbackOver(std::span<const double> thresholds)
{
    return Reference::lookback(static_cast<int>(thresholds[Window]));
}

} // namespace mnemo
