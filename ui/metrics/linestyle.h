#pragma once

#include <QIcon>
#include <QPen>

#include "ui/widgets/theme.h"

namespace mnemo {

/// The pen of the @p index-th line among several: hue and dashes differ, so that colour is never alone. At least 3:1 to
/// the background.
QPen linePen(int index, const Theme& theme);
QIcon lineIcon(int index, const Theme& theme); ///< a piece of that line

} // namespace mnemo
