#pragma once

#include <QPainterPath>

#include "ui/widgets/glyphicon.h"

namespace mnemo {

/// The line drawings of the activity rail, in a square of 24 units; an empty path for other glyphs.
QPainterPath screenGlyph(Glyph glyph);

} // namespace mnemo
