#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/market/coverage.h"
#include "core/storage/store.h"

namespace mnemo {

/// The bars of a stretch of one series, each counted once. A value; adding stretches that do not overlap is exact.
/// @tparam Int wide enough for the stretch: 32 bits for a cell, 64 for totals
template <class Int>
struct BasicCoverageCounts {
    Int present = 0; ///< stored
    Int flagged = 0; ///< of present: quarantined
    std::array<Int, gapClassCount> absent {}; ///< by GapClass: the bars of the gaps that the gap engine finds there
    Int unverified = 0; ///< of absent Empty: the source has said so once only
    Int outside = 0; ///< before the first or after the last bar about which anything is known: nobody asked

    Int of(GapClass gapClass) const { return absent[static_cast<std::size_t>(gapClass)]; }
    Int noTrade() const { return of(GapClass::Empty); }
    /// Bars that could be there and are not: never asked, or asked in vain.
    Int missing() const { return of(GapClass::Unknown) + of(GapClass::Failed); }
    /// Bars that could exist: stored or missing. Those without trades, in an outage, not listed or no longer kept are
    /// not among them.
    Int expected() const { return present + missing(); }
    /// All bars of the grid in the stretch.
    Int bars() const
    {
        Int sum = present + outside;
        for (const Int count : absent)
            sum += count;
        return sum;
    }
    /// present / expected, 0 to 1; nothing where no bar could exist. 1 only where nothing is missing.
    std::optional<double> completeness() const
    {
        return expected() > 0 ? std::optional(static_cast<double>(present) / static_cast<double>(expected()))
                              : std::nullopt;
    }
    /// The class of most absent bars; of equals the one that weighs more: Failed, Unknown, Outage, Empty, the others.
    /// Nothing where no bar is absent.
    std::optional<GapClass> dominant() const
    {
        std::optional<GapClass> most;
        for (const GapClass one : {GapClass::Failed, GapClass::Unknown, GapClass::Outage, GapClass::Empty,
                 GapClass::BeyondRetention, GapClass::Unlisted, GapClass::Delisted}) {
            if (of(one) > 0 && (!most || of(one) > of(*most)))
                most = one;
        }
        return most;
    }

    template <class Other>
    BasicCoverageCounts& operator+=(const BasicCoverageCounts<Other>& other)
    {
        const auto add = [](Int& to, Other count) { to = static_cast<Int>(to + static_cast<Int>(count)); };
        add(present, other.present);
        add(flagged, other.flagged);
        add(unverified, other.unverified);
        add(outside, other.outside);
        for (std::size_t i = 0; i < absent.size(); ++i)
            add(absent[i], other.absent[i]);
        return *this;
    }
    bool operator==(const BasicCoverageCounts&) const = default;
};
using CoverageCounts = BasicCoverageCounts<std::int64_t>;

/// One square of the heatmap: 48 bytes.
struct CoverageCell {
    BasicCoverageCounts<std::int32_t> counts;
    std::int32_t findings = 0; ///< open ones that touch the cell
    bool operator==(const CoverageCell&) const = default;
};

/// One series over all columns.
struct CoverageRow {
    SeriesRecord series;
    CoverageCounts total; ///< over the known range, whatever the columns are
    std::int64_t findings = 0; ///< open ones, of the whole series
    TimeRange
        known; ///< from the first to the end of the last bar about which anything is known; empty where nothing is
    std::optional<UtcMs> first, last; ///< open times of the outermost rows
    std::uint64_t revision = 0; ///< another one as soon as anything of the series has changed
    std::vector<CoverageCell> cells;
};

/// What one series lacks, and how far its source has told of it.
struct CoverageHoles {
    SeriesRecord series;
    CoverageCounts total; ///< over the known range
    TimeRange known; ///< as CoverageRow
    std::optional<UtcMs> last; ///< open time of the newest row
    std::optional<CoverageSpan> newest; ///< the last interval of the coverage
    /// Nobody was asked, or in vain, and bars are absent: ascending, disjoint. Bars that came without coverage (an
    /// import) may lie in between; days that lack none are left out at the ends.
    std::vector<TimeRange> missing;
};

/// Rows of the heatmap, in the order of the series' keys.
struct CoverageMatrix {
    std::vector<UtcMs> bounds; ///< ascending; column i is [bounds[i], bounds[i + 1])
    std::vector<CoverageRow> rows;
};

/// Bounds for CoverageSnapshot::matrix(), whole UTC days; the first at or before range.from, the last at or after
/// range.to.
std::vector<UtcMs> dayBounds(TimeRange range);
std::vector<UtcMs> weekBounds(TimeRange range); ///< from Mondays
std::vector<UtcMs> monthBounds(TimeRange range);
/// At most @p columns buckets of equally many whole days.
std::vector<UtcMs> evenBounds(TimeRange range, int columns);

/// What CoverageIndex keeps of one series; see there.
struct IndexedSeries;

/// The whole store at one moment. Immutable; every call is thread-safe, touches no store and costs some nanoseconds for
/// each day that it adds up.
class CoverageSnapshot {
public:
    explicit CoverageSnapshot(std::vector<std::shared_ptr<const IndexedSeries>> series, std::uint64_t version);

    std::uint64_t version() const { return m_version; } ///< another one after every change
    std::size_t size() const { return m_series.size(); } ///< series
    /// By key. Cells are left empty.
    std::vector<CoverageRow> rows(const SeriesFilter& filter = {}) const;
    /// @param bounds ascending, at UTC midnight (others are floored); a bar belongs to the bucket in which it opens.
    /// Where the bars are longer than a bucket, a bucket in which none opens shows the bar that runs through it: do not
    /// add those up.
    CoverageMatrix matrix(const SeriesFilter& filter, std::vector<UtcMs> bounds) const;
    /// One row of the matrix; nothing for a series that is not there.
    std::optional<CoverageRow> row(SeriesId series, std::vector<UtcMs> bounds) const;
    /// Whole days only: ends are floored to UTC midnight.
    CoverageCounts counts(SeriesId series, TimeRange days) const;
    /// By key. Some microseconds a series; the coverage of those that lack bars is walked through.
    std::vector<CoverageHoles> holes(const SeriesFilter& filter = {}) const;
    /// Sum over all matching series, and the hull of what is known of them.
    struct Summary {
        std::int64_t series = 0;
        CoverageCounts total;
        std::int64_t findings = 0;
        TimeRange known;
    };
    Summary summary(const SeriesFilter& filter = {}) const;
    std::size_t bytes() const; ///< of memory

private:
    const IndexedSeries* find(SeriesId series) const;

    std::vector<std::shared_ptr<const IndexedSeries>> m_series; ///< by key
    std::uint64_t m_version;
};

} // namespace mnemo
