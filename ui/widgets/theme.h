#pragma once

#include <QColor>
#include <QPalette>

namespace mnemo {

enum class ThemeChoice { System, Light, Dark };

/// Every colour that a painted widget uses; the hues are Okabe and Ito's, which stay apart in all common forms of
/// colour blindness. Marks have a contrast of at least 3:1 to the background, text of 4.5:1. A value.
struct Theme {
    bool isDark = false;
    QColor background, gridLine, axisText, mutedText;
    QColor up, down;             ///< candles: up is drawn hollow, down filled
    QColor volumeUp, volumeDown; ///< softer: volume stands behind prices
    QColor gapLine, gapBack;
    QColor crosshair, labelBack, labelText;
    QColor good, running, waiting, warning, bad, neutral; ///< states, always together with a glyph and a word
    QColor track;                                         ///< the part of a progress bar that is still to come

    static Theme of(const QPalette& palette);
};

/// The palette of a choice; @p system is what the desktop gave at start.
QPalette paletteOf(ThemeChoice choice, const QPalette& system);

/// WCAG contrast ratio, 1 to 21.
double contrast(const QColor& a, const QColor& b);

} // namespace mnemo
