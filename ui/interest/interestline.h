#pragma once

#include <QList>
#include <QPointF>
#include <optional>
#include <vector>

#include "core/engine/retention.h"
#include "core/market/openinterest.h"
#include "core/market/serieskey.h"
#include "core/market/timerange.h"
#include "ui/bridge/storedseries.h"

namespace mnemo {

/// Open interest of one series, thinned out for a picture. A value.
struct InterestLine {
    SeriesRecord series;
    milliseconds step {0}; ///< between neighbours, where nothing is absent
    std::vector<OpenInterest> rows; ///< ascending
    std::optional<RetentionClock> retention {}; ///< nothing where the source keeps all, or nobody asked
};

enum class InterestUnit { Base, Usd };
enum class InterestMode {
    Lines, ///< each source by itself
    Change, ///< from row to row
    Sum, ///< of all sources, where each is known
    Share ///< of that sum, in percent
};

/// One line of a picture: points of (ms since 1970, number), in stretches without a hole.
struct InterestCurve {
    int line = -1; ///< index of its source; below 0: of all together
    std::vector<QList<QPointF>> stretches;
};

std::optional<double> numberOf(const OpenInterest& row, InterestUnit unit);
/// The newest row at or before @p time that still tells: at most two steps old. Null where there is none.
const OpenInterest* rowAt(const InterestLine& line, UtcMs time);
/// Of the line's row at @p time; nothing where there is none, or none in @p unit.
std::optional<double> numberAt(const InterestLine& line, UtcMs time, InterestUnit unit);
/// Both tell of the same market, and @p other goes before: the exchange itself, else the first by name. A sum has each market once.
bool isRepeated(const SeriesKey& key, const SeriesKey& other);
/// Lines without any number in @p unit have no curve, and no part in a sum.
std::vector<InterestCurve> curvesOf(const std::vector<InterestLine>& lines, InterestUnit unit, InterestMode mode);

/// The stored series that tell the open interest of @p key's base currency: of all exchanges and sources, one for each
/// market, its finest timeframe. That of @p key's own exchange first.
std::vector<SeriesRecord> interestOf(const StoredSeriesList& list, const SeriesKey& key);

} // namespace mnemo
