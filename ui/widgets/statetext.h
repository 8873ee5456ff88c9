#pragma once

#include <QString>
#include <cstdint>

#include "core/engine/events.h"
#include "ui/widgets/theme.h"

namespace mnemo {

// States as glyph, word and colour: never by colour alone.

QString glyphOf(JobState state);
QString textOf(JobState state);
QColor colourOf(JobState state, const Theme& theme);

QString glyphOf(const LaneSnapshot& lane);
QString textOf(const LaneSnapshot& lane); ///< one short phrase: idle, sending, waiting, stopped
/// "this clock is 2 h ahead", where the venue's Date header disagrees with this machine; else empty.
QString clockWarningOf(const LaneSnapshot& lane);
QColor colourOf(const LaneSnapshot& lane, const Theme& theme);

/// Short label on the hatch: "no trades", "never asked"; @p kind of the series.
QString textOf(GapClass gapClass, Kind kind = Kind::Candles);
QString textOf(MarketType market);
QString textOf(Kind kind); ///< "open interest"
/// "EXCHANGE Spot BTC/USDT 1m"; a kind that is not candles, and a source that is not the exchange, are named too.
QString titleOf(const SeriesKey& key);

} // namespace mnemo
