#pragma once

#include <map>
#include <span>
#include <utility>
#include <vector>

#include "core/market/openinterest.h"
#include "core/quality/compare.h"

namespace mnemo {

/// Holds two or more series of open interest against each other, as Comparison does with candles. Units come first: where
/// nearly all rows of a window have a ratio near to 2, the contract size or the price, that is told, and those rows are not
/// judged otherwise. What is left may differ by the pair's limit. With more than two series the one that is farther from the
/// middle of all is at fault, with two the first. Pure: no clock, no I/O; one thread.
class InterestComparison {
public:
    /// @param sides at least two, on @p grid; the caller has looked at unlikeness()
    /// @param range the rows that count, ends on the grid
    InterestComparison(std::vector<CompareSide> sides, const Grid& grid, const CompareSettings& settings, TimeRange range);

    /// @param window   compareWindow() of some time; windows ascend, those without any row may be left out
    /// @param rows     of each side in that window: ascending, unique, on the grid; empty ones and such below 0 are left out
    /// @param answered of each side: where the source has spoken
    /// @param prices   candles of the instrument in that window, whoever tells of them; may be empty
    void add(TimeRange window, std::span<const std::vector<OpenInterest>> rows, std::span<const IntervalSet> answered,
        std::span<const Candle> prices);
    std::vector<CompareFinding> takeFindings(); ///< as Comparison
    UtcMs settledUntil() const;                 ///< as Comparison
    CompareReport finish();                     ///< as Comparison

private:
    struct Pair {
        PairReport report;
        double limit = 0;
        Quantiles ratio, off;
        std::map<std::string, std::int64_t> unitRows; ///< by what is suspected
    };
    struct Row;
    struct Suspicion;
    struct Breach;
    /// Rows of one side that break one rule, one after the other.
    struct Run {
        TimeRange range;
        std::int64_t rows = 0;
        double score = -1; ///< of the worst
        std::string severity, worst; ///< JSON members about it
    };
    using Breaches = std::map<std::pair<std::size_t, std::string>, Breach>; ///< of one time, by side and rule

    void judge(const Pair& pair, const std::vector<Row>& rows, std::vector<Suspicion>& suspected) const;
    void measure(Pair& pair, const Row& row, const Suspicion* unit, Breaches& out);
    void countAbsence(Pair& pair, const std::vector<Row>& rows, std::span<const IntervalSet> answered) const;
    std::size_t culprit(const Pair& pair, const Row& row) const;
    void take(UtcMs time, const Breaches& breaches);
    void close(const std::pair<std::size_t, std::string>& key, Run& run);

    std::vector<CompareSide> m_sides;
    Grid m_grid;
    CompareSettings m_settings;
    TimeRange m_range;
    std::vector<Pair> m_pairs;
    std::map<std::pair<std::size_t, std::string>, Run> m_runs;
    std::vector<CompareFinding> m_ready, m_kept;
    std::int64_t m_findings = 0;
    UtcMs m_until {};
};

} // namespace mnemo
