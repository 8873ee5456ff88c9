#pragma once

#include <QObject>
#include <functional>
#include <memory>
#include <vector>

#include "core/base/result.h"
#include "core/market/candle.h"
#include "core/market/timerange.h"
#include "core/storage/store.h"

namespace mnemo {

/// Where the live wall gets what it shows. UI thread only; every call returns at once, and the answer comes later on the
/// UI thread, or never where @p context is gone by then.
class WallPort {
public:
    using Answer = std::function<void(Result<std::vector<Candle>>)>;

    virtual ~WallPort() = default;
    virtual UtcMs now() const = 0;
    /// While the guard lives the newest bars are kept up to date; null where nobody can.
    [[nodiscard]] virtual std::shared_ptr<void> follow(const SeriesKey& series) = 0;
    virtual void readCandles(QObject* context, const SeriesRecord& series, TimeRange range, Answer answer) = 0;
};

} // namespace mnemo
