#pragma once

#include <QColor>
#include <QString>

#include "ui/bridge/storedseries.h"
#include "ui/widgets/theme.h"

namespace mnemo {

/// How it stands with a series, as glyph, word and colour.
enum class SeriesState { None, Complete, Gaps, Paused, Running };

SeriesState stateOf(const StoredSeries* series); ///< where no job works on it; null: nothing is stored
QString glyphOf(SeriesState state);
QString textOf(SeriesState state);
QColor colourOf(SeriesState state, const Theme& theme);

} // namespace mnemo
