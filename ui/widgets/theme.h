#pragma once

#include <QColor>
#include <QPalette>

namespace mnemo {

enum class ThemeChoice { System, Light, Dark, HighContrast };
/// The choice that a stored number stands for; System for what is none.
ThemeChoice themeChoiceOf(int number);

/// Every colour that a painted widget uses; the hues are Okabe and Ito's, which stay apart in all common forms of
/// colour blindness. Marks have a contrast of at least 3:1 to the background, text of 4.5:1. A value.
struct Theme {
    bool isDark = false;
    bool isHighContrast = false; ///< white on black; lines are thicker, nothing is told by a soft colour
    QColor background, gridLine, axisText, mutedText;
    QColor up, down;             ///< candles: up is drawn hollow, down filled
    QColor volumeUp, volumeDown; ///< softer: volume stands behind prices
    QColor gapLine, gapBack;
    QColor crosshair, labelBack, labelText;
    /// States, always together with a glyph and a word: as text 4.5:1 on Base, and a CIEDE2000 of at least 10 between
    /// any two of them as somebody with deuteranopia sees them (tst_theme).
    QColor good, running, waiting, warning, paused, bad, neutral;
    QColor track;                                         ///< the part of a progress bar that is still to come

    /// @p palette one that paletteOf() gave; another one counts as light or dark by its Base.
    static Theme of(const QPalette& palette);
    bool operator==(const Theme&) const = default;
};

/// What the desktop asks for.
enum class SystemLook { Light, Dark, HighContrast };
SystemLook lookOf(const QPalette& system); ///< as far as the palette tells, which the desktop gave at start

QPalette paletteOf(ThemeChoice choice, SystemLook system);
QPalette paletteOf(ThemeChoice choice, const QPalette& system);

/// WCAG contrast ratio, 1 to 21.
double contrast(const QColor& a, const QColor& b);

} // namespace mnemo
