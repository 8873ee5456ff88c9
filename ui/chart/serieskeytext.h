#pragma once

#include <QStringList>
#include <optional>

#include "core/market/serieskey.h"

namespace mnemo {

/// A series as settings keep it: source, exchange, market, symbol, kind, timeframe.
QStringList textOfKey(const SeriesKey& key);
std::optional<SeriesKey> keyFromText(const QStringList& text); ///< nothing for what textOfKey() does not write

} // namespace mnemo
