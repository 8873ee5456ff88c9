#include "ui/widgets/theme.h"

#include <algorithm>
#include <cmath>

#include "ui/widgets/okabeito.h"

namespace mnemo {

namespace {

double linear(double channel)
{
    return channel <= 0.03928 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4);
}

double luminance(const QColor& colour)
{
    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) + 0.0722 * linear(colour.blueF());
}

Theme lightTheme()
{
    Theme theme;
    theme.background = QColor(0xff, 0xff, 0xff);
    theme.gridLine = QColor(0xe9, 0xec, 0xef);
    theme.axisText = QColor(0x3a, 0x41, 0x49);
    theme.mutedText = QColor(0x64, 0x6c, 0x75);
    theme.up = OkabeIto::blue;
    theme.down = OkabeIto::vermillion;
    theme.volumeUp = QColor(0x9c, 0xc6, 0xe0);
    theme.volumeDown = QColor(0xf0, 0xbf, 0x99);
    theme.gapLine = QColor(0xa8, 0xae, 0xb5);
    theme.gapBack = QColor(0xf6, 0xf7, 0xf8);
    theme.crosshair = QColor(0x74, 0x7c, 0x86);
    theme.labelBack = QColor(0x34, 0x3a, 0x41);
    theme.labelText = QColor(0xff, 0xff, 0xff);
    theme.good = QColor(0x00, 0x7d, 0x5b);
    theme.running = QColor(0x1f, 0x5f, 0x94);
    theme.waiting = QColor(0x07, 0x67, 0xee);
    theme.warning = QColor(0x9d, 0x62, 0x03);
    theme.paused = QColor(0x45, 0x3c, 0x0f);
    theme.bad = QColor(0x96, 0x23, 0x01);
    theme.neutral = QColor(0x66, 0x70, 0x7d);
    theme.track = QColor(0xe3, 0xe6, 0xea);
    return theme;
}

Theme darkTheme()
{
    Theme theme;
    theme.isDark = true;
    theme.background = QColor(0x16, 0x19, 0x1d);
    theme.gridLine = QColor(0x26, 0x2b, 0x31);
    theme.axisText = QColor(0xc4, 0xca, 0xd1);
    theme.mutedText = QColor(0x96, 0x9e, 0xa8);
    theme.up = OkabeIto::sky;
    theme.down = QColor(0xe0, 0x6c, 0x10);
    theme.volumeUp = QColor(0x2b, 0x55, 0x6d);
    theme.volumeDown = QColor(0x6b, 0x3a, 0x12);
    theme.gapLine = QColor(0x55, 0x5d, 0x66);
    theme.gapBack = QColor(0x1b, 0x1f, 0x24);
    theme.crosshair = QColor(0x8b, 0x94, 0x9e);
    theme.labelBack = QColor(0xd0, 0xd5, 0xdb);
    theme.labelText = QColor(0x16, 0x19, 0x1d);
    theme.good = QColor(0x1f, 0xb5, 0x8a);
    theme.running = QColor(0x3f, 0x97, 0xe0);
    theme.waiting = QColor(0x8a, 0xcc, 0xf4);
    theme.warning = QColor(0xf0, 0xa8, 0x1e);
    theme.paused = QColor(0xf5, 0xea, 0x6a);
    theme.bad = QColor(0xe0, 0x6a, 0x14);
    theme.neutral = QColor(0x8b, 0x8f, 0x96);
    theme.track = QColor(0x33, 0x39, 0x40);
    return theme;
}

Theme highContrastTheme()
{
    Theme theme;
    theme.isDark = true;
    theme.isHighContrast = true;
    theme.background = Qt::black;
    theme.gridLine = QColor(0x3c, 0x3c, 0x3c);
    theme.axisText = Qt::white;
    theme.mutedText = QColor(0xd0, 0xd0, 0xd0);
    theme.up = QColor(0x7c, 0xcb, 0xff);
    theme.down = QColor(0xff, 0x8a, 0x3c);
    theme.volumeUp = QColor(0x4f, 0x86, 0xab);
    theme.volumeDown = QColor(0xb0, 0x64, 0x34);
    theme.gapLine = QColor(0xc8, 0xc8, 0xc8);
    theme.gapBack = QColor(0x18, 0x18, 0x18);
    theme.crosshair = Qt::white;
    theme.labelBack = Qt::white;
    theme.labelText = Qt::black;
    theme.good = QColor(0x1f, 0xbf, 0x90);
    theme.running = QColor(0x3f, 0xa0, 0xff);
    theme.waiting = QColor(0xa8, 0xdc, 0xff);
    theme.warning = QColor(0xff, 0xb0, 0x30);
    theme.paused = QColor(0xff, 0xf6, 0x7a);
    theme.bad = QColor(0xee, 0x6a, 0x1a);
    theme.neutral = QColor(0xb8, 0xb8, 0xbc);
    theme.track = QColor(0x50, 0x50, 0x50);
    return theme;
}

QPalette highContrastPalette()
{
    QPalette palette(Qt::black, Qt::black);
    palette.setColor(QPalette::Base, Qt::black);
    palette.setColor(QPalette::AlternateBase, QColor(0x12, 0x12, 0x12));
    palette.setColor(QPalette::Button, QColor(0x14, 0x14, 0x14));
    palette.setColor(QPalette::Highlight, QColor(0xff, 0xd8, 0x4a));
    palette.setColor(QPalette::HighlightedText, Qt::black);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::BrightText}) {
        palette.setColor(role, Qt::white);
        palette.setColor(QPalette::Disabled, role, QColor(0xa0, 0xa0, 0xa0));
    }
    palette.setColor(QPalette::PlaceholderText, QColor(0xd0, 0xd0, 0xd0));
    palette.setColor(QPalette::ToolTipBase, QColor(0x20, 0x20, 0x20));
    palette.setColor(QPalette::ToolTipText, Qt::white);
    palette.setColor(QPalette::Link, QColor(0x7c, 0xcb, 0xff));
    return palette;
}

QPalette lightPalette()
{
    QPalette palette(QColor(0xf3, 0xf4, 0xf6), QColor(0xf3, 0xf4, 0xf6));
    palette.setColor(QPalette::Base, Qt::white);
    palette.setColor(QPalette::AlternateBase, QColor(0xf7, 0xf8, 0xfa));
    palette.setColor(QPalette::Highlight, QColor(0x00, 0x72, 0xb2));
    palette.setColor(QPalette::HighlightedText, Qt::white);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        palette.setColor(role, QColor(0x1f, 0x24, 0x29));
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, role, QColor(0x9a, 0xa1, 0xa9));
    palette.setColor(QPalette::PlaceholderText, QColor(0x66, 0x6d, 0x75));
    palette.setColor(QPalette::ToolTipBase, QColor(0x34, 0x3a, 0x41));
    palette.setColor(QPalette::ToolTipText, Qt::white);
    palette.setColor(QPalette::Link, QColor(0x00, 0x5f, 0x99));
    return palette;
}

QPalette darkPalette()
{
    QPalette palette(QColor(0x24, 0x28, 0x2e), QColor(0x24, 0x28, 0x2e));
    palette.setColor(QPalette::Base, QColor(0x1a, 0x1d, 0x22));
    palette.setColor(QPalette::AlternateBase, QColor(0x1f, 0x23, 0x28));
    palette.setColor(QPalette::Highlight, QColor(0x1f, 0x6f, 0xa3));
    palette.setColor(QPalette::HighlightedText, Qt::white);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::BrightText})
        palette.setColor(role, QColor(0xde, 0xe2, 0xe6));
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, role, QColor(0x71, 0x79, 0x82));
    palette.setColor(QPalette::PlaceholderText, QColor(0x96, 0x9e, 0xa8));
    palette.setColor(QPalette::ToolTipBase, QColor(0x34, 0x3a, 0x41));
    palette.setColor(QPalette::ToolTipText, QColor(0xf1, 0xf3, 0xf5));
    palette.setColor(QPalette::Link, QColor(0x56, 0xb4, 0xe9));
    return palette;
}

} // namespace

ThemeChoice themeChoiceOf(int number)
{
    switch (number) {
    case static_cast<int>(ThemeChoice::Light): return ThemeChoice::Light;
    case static_cast<int>(ThemeChoice::Dark): return ThemeChoice::Dark;
    case static_cast<int>(ThemeChoice::HighContrast): return ThemeChoice::HighContrast;
    }
    return ThemeChoice::System;
}

Theme Theme::of(const QPalette& palette)
{
    switch (lookOf(palette)) {
    case SystemLook::Light: return lightTheme();
    case SystemLook::Dark: return darkTheme();
    case SystemLook::HighContrast: return highContrastTheme();
    }
    return lightTheme();
}

SystemLook lookOf(const QPalette& system)
{
    const QColor base = system.color(QPalette::Base);
    if (base.lightnessF() >= 0.5)
        return SystemLook::Light; // black on white is also what a desktop without any theme gives
    return contrast(base, system.color(QPalette::Text)) >= 20 ? SystemLook::HighContrast : SystemLook::Dark;
}

QPalette paletteOf(ThemeChoice choice, SystemLook system)
{
    switch (choice) {
    case ThemeChoice::System: break;
    case ThemeChoice::Light: return lightPalette();
    case ThemeChoice::Dark: return darkPalette();
    case ThemeChoice::HighContrast: return highContrastPalette();
    }
    switch (system) {
    case SystemLook::Light: return lightPalette();
    case SystemLook::Dark: return darkPalette();
    case SystemLook::HighContrast: return highContrastPalette();
    }
    return lightPalette();
}

QPalette paletteOf(ThemeChoice choice, const QPalette& system)
{
    return paletteOf(choice, lookOf(system));
}

double contrast(const QColor& a, const QColor& b)
{
    const double one = luminance(a) + 0.05;
    const double other = luminance(b) + 0.05;
    return std::max(one, other) / std::min(one, other);
}

} // namespace mnemo
