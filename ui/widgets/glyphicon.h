#pragma once

#include <QIcon>

namespace mnemo {

enum class Glyph { Add, Refresh, ZoomIn, ZoomOut, Fit, Latest, Log, Pause, Play, Stop, Retry, Keyboard,
    Charts, Coverage, Universe, Backfill, Jobs, Limits, Lines, Problem, Settings, Validation, Home, Scope, Alerts, Pipelines, Wall,
    Close, Float };

/// A line icon painted in the palette's text colour at whatever size and ratio is asked for: sharp on every screen, and
/// no SVG plugin is needed at run time.
QIcon glyphIcon(Glyph glyph);

/// The program's own icon: a hollow and a filled candle.
QIcon applicationIcon();

} // namespace mnemo
