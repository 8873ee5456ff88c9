#pragma once

#include <QStringList>
#include <algorithm>
#include <memory>
#include <vector>

#include "core/base/timetext.h"
#include "ui/bridge/storedseries.h"
#include "ui/widgets/scope.h"

namespace mnemo::test {

inline UtcMs at(const char* time)
{
    return *parseTime(time);
}

inline SeriesKey key(const char* exchange, const char* symbol, const char* frame = "1m", MarketType market = MarketType::Spot)
{
    return {exchange, exchange, market, symbol, Kind::Candles, *Timeframe::fromName(frame)};
}

inline std::shared_ptr<const StoredSeriesList> listOf(const std::vector<SeriesKey>& keys, TimeRange known = {})
{
    StoredSeriesList list;
    for (const SeriesKey& one : keys) {
        StoredSeries series;
        series.record.id = static_cast<SeriesId>(list.size() + 1);
        series.record.key = one;
        series.known = known;
        list.push_back(series);
    }
    std::ranges::sort(list, {}, [](const StoredSeries& series) { return series.record.key; });
    return std::make_shared<const StoredSeriesList>(std::move(list));
}

inline Scope scopeOf(const char* exchange, const QStringList& symbols = {}, const char* frame = nullptr)
{
    Scope scope;
    scope.exchange = exchange;
    scope.symbols = symbols;
    if (frame)
        scope.timeframe = Timeframe::fromName(frame);
    return scope;
}

} // namespace mnemo::test
