#pragma once

#include <QStringList>
#include <memory>
#include <optional>
#include <vector>

#include "core/config/outages.h"
#include "core/quality/coveragematrix.h"
#include "ui/coverage/celllook.h"
#include "ui/coverage/disagreement.h"
#include "ui/widgets/scope.h"

namespace mnemo {

/// How long a column of the matrix is.
enum class BucketUnit { Day, Week, Month };
QString textOf(BucketUnit unit);
/// In UTC.
inline std::chrono::year_month_day dateOf(UtcMs time)
{
    return std::chrono::floor<std::chrono::days>(time);
}

/// One series: what its header says, and its cells as they look.
struct HeatmapRow {
    SeriesRecord series;
    CoverageCounts total;
    std::int64_t findings = 0;
    std::optional<UtcMs> last; ///< open time of the newest row
    std::uint64_t revision = 0;
    std::vector<CellLook> looks;
    std::shared_ptr<const Disagreement> disagreement; ///< what the looks tell instead of coverage; null: coverage
};

/// What the matrix shows: immutable, made off the UI thread. Rows that have not changed are the same objects in the
/// next one, so that a view repaints the others alone.
struct Heatmap {
    BucketUnit unit = BucketUnit::Day;
    std::vector<UtcMs> bounds; ///< as CoverageMatrix
    std::vector<std::shared_ptr<const HeatmapRow>> rows; ///< by key
    std::shared_ptr<const CoverageSnapshot> coverage; ///< never null; for questions about single cells
    using Notes = std::vector<Annotation>;
    std::shared_ptr<const Notes> notes = std::make_shared<const Notes>(); ///< all of every series, by start

    int columns() const { return bounds.size() < 2 ? 0 : static_cast<int>(bounds.size()) - 1; }
    TimeRange bucket(int column) const
    {
        const auto at = static_cast<std::size_t>(column);
        return {bounds[at], bounds[at + 1]};
    }
    int columnOf(UtcMs time) const; ///< clamped to what is there; -1 where there is none
    std::size_t bytes() const; ///< of memory, without the coverage
};

/// All series of @p coverage over all that is known of them. Pure; takes unchanged rows from @p before, which may be
/// null.
std::shared_ptr<const Heatmap> makeHeatmap(std::shared_ptr<const CoverageSnapshot> coverage, BucketUnit unit,
    const Heatmap* before, const std::vector<Annotation>& notes = {});

/// A line of the matrix: a series, or the title of a group.
struct HeatmapLine {
    int row = -1; ///< -1: a title
    QString text; ///< exchange and market, or symbol and timeframe
    QString completeness, freshness; ///< short; of a series
};

/// Lines by exchange and market.
/// @param filter words that all have to be in the series' name; case ignored
std::vector<HeatmapLine> linesOf(const Heatmap& heatmap, const QString& filter, UtcMs now, const Scope& scope = {});

/// Everything about a stretch of a series in sentences: for tool tips and readers of the screen.
QString describe(const SeriesRecord& series, TimeRange bucket, const CoverageCell& cell, std::optional<TimeRange> rows,
    const std::vector<Annotation>& notes);
/// The same of one cell of @p heatmap; asks the snapshot, costs microseconds.
QString describeCell(const Heatmap& heatmap, int row, int column);
/// What the header of a row says, in sentences: how its completeness is counted, how old the newest bar is.
QString describeRow(const Heatmap& heatmap, int row, UtcMs now);
/// "Note: ..." of those that concern the series and touch the range, a line each.
QStringList noteLines(const std::vector<Annotation>& notes, const SeriesKey& series, TimeRange range);
bool hasNote(const std::vector<Annotation>& notes, const SeriesKey& series, TimeRange range);

} // namespace mnemo
