#pragma once

#include <QObject>
#include <QString>
#include <functional>
#include <memory>
#include <optional>

#include "core/base/result.h"
#include "ui/chart/gapsearch.h"
#include "ui/chart/tilecache.h"

namespace mnemo {

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
    /// The rows of @p range as CSV; answers how many. Replaces the file when all are written.
    virtual void exportCsv(QObject* context, const SeriesRecord& series, TimeRange range, const QString& file,
        Answer<std::int64_t> answer) = 0;
};

} // namespace mnemo
