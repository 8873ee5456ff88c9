#pragma once

#include <QObject>
#include <QString>
#include <functional>
#include <memory>
#include <optional>

#include "core/base/result.h"
#include "core/quality/compare.h"
#include "ui/chart/findingsearch.h"
#include "ui/chart/gapsearch.h"
#include "ui/chart/tilecache.h"
#include "ui/metrics/metricreader.h"

namespace mnemo {

/// Two series that a chart compares: the one with the candles, and the one over it.
struct ComparedPair {
    SeriesRecord first, second;
};

/// Where charts get what they show. UI thread only; every call returns at once, and the answer comes later on the UI
/// thread, or never where @p context is gone by then.
class ChartSource {
public:
    template <class T>
    using Answer = std::function<void(Result<T>)>;

    virtual ~ChartSource() = default;
    virtual bool canBackfill() const = 0; ///< false where this window only reads
    /// While the guard lives the newest bars of a stored series are kept up to date; null where nobody can.
    [[nodiscard]] virtual std::shared_ptr<void> follow(const SeriesKey& series) = 0;
    virtual void readTile(QObject* context, const TileCache::Request& request, Answer<ChartTile> answer) = 0;
    /// A gap as a whole, however far it reaches; none where there is none in that direction within @p extent.
    virtual void findGap(QObject* context, const SeriesRecord& series, TimeRange extent, GapQuery query,
        Answer<std::optional<Gap>> answer) = 0;
    /// As searchFindings().
    virtual void findFindings(
        QObject* context, const SeriesRecord& series, FindingQuery query, Answer<std::vector<Finding>> answer) = 0;
    /// As mnemo::readMetrics().
    virtual void readMetrics(
        QObject* context, const MetricRequest& request, Answer<std::vector<MetricLine>> answer) = 0;
    // --- a chart's comparison ---
    virtual CompareLimits limits(const ComparedPair& pair) const = 0;
    /// The differences alone. @p request is about the second series, but for its id.
    virtual void readDifferences(
        QObject* context, const ComparedPair& pair, const TileCache::Request& request, Answer<ChartTile> answer) = 0;
    /// The comparison's report about @p range: is one late, is one's volume in another unit?
    virtual void examine(QObject* context, const ComparedPair& pair, TimeRange range, Answer<PairReport> answer) = 0;
    /// The nearest bar beyond its limit, later or earlier than @p from, within @p extent.
    virtual void findBreach(QObject* context, const ComparedPair& pair, TimeRange extent, UtcMs from, bool isLater,
        Answer<std::optional<BarDifference>> answer) = 0;
    /// As exportCsv(), a line for every bar that either has.
    virtual void exportDifferences(QObject* context, const ComparedPair& pair, TimeRange range, const QString& file,
        Answer<std::int64_t> answer) = 0;
    /// The rows of @p range as CSV; answers how many. Replaces the file when all are written.
    virtual void exportCsv(QObject* context, const SeriesRecord& series, TimeRange range, const QString& file,
        Answer<std::int64_t> answer) = 0;
};

} // namespace mnemo
