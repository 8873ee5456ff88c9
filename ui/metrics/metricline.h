#pragma once

#include <QList>
#include <QPointF>
#include <optional>
#include <vector>

#include "core/engine/retention.h"
#include "core/market/serieskey.h"
#include "core/market/timerange.h"
#include "ui/bridge/storedseries.h"
#include "ui/metrics/metricpicture.h"

namespace mnemo {

/// Rows of one series whose kind has columns, thinned out for a picture. A value.
struct MetricLine {
    SeriesRecord series;
    milliseconds step {0}; ///< between neighbours, where nothing is absent; of events, usually
    std::vector<Metric> rows; ///< ascending
    std::optional<RetentionClock> retention {}; ///< nothing where the source keeps all, or nobody asked
};

/// One line of a picture: points of (ms since 1970, number), in stretches without a hole; or its bars.
struct MetricCurve {
    int line = -1; ///< index of its source; below 0: of all together
    std::vector<QList<QPointF>> stretches;
    struct Bar {
        double time = 0; ///< ms since 1970, of its left edge
        double from = 0, to = 0; ///< numbers; to is further from zero
    };
    std::vector<Bar> bars {};
    double barLength = 0; ///< ms
    bool isEmpty() const { return stretches.empty() && bars.empty(); }
};

/// The newest row at or before @p time that still tells: at most two steps old, of what is counted one. Null where there is none.
const Metric* rowAt(const MetricLine& line, UtcMs time);
/// Of the line's row at @p time; nothing where there is none, or none of that number.
std::optional<double> numberAt(const MetricLine& line, UtcMs time, const MetricNumber& number);
/// Both tell of the same market, and @p other goes before: the exchange itself, else the first by name. A sum has each market once.
bool isRepeated(const SeriesKey& key, const SeriesKey& other);
/// Lines without any such @p number have no curve, and no part in a sum.
std::vector<MetricCurve> curvesOf(const std::vector<MetricLine>& lines, const MetricNumber& number, MetricMode mode);

/// The stored series of @p kind of @p key's base currency: of all exchanges and sources, one for each market, its finest
/// timeframe. That of @p key's own exchange first.
std::vector<SeriesRecord> metricsOf(const StoredSeriesList& list, const SeriesKey& key, Kind kind);

} // namespace mnemo
