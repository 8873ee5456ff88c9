#include "ui/widgets/theme.h"

#include <algorithm>
#include <cmath>

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
    theme.up = QColor(0x00, 0x72, 0xb2);
    theme.down = QColor(0xd5, 0x5e, 0x00);
    theme.volumeUp = QColor(0x9c, 0xc6, 0xe0);
    theme.volumeDown = QColor(0xf0, 0xbf, 0x99);
    theme.gapLine = QColor(0xa8, 0xae, 0xb5);
    theme.gapBack = QColor(0xf6, 0xf7, 0xf8);
    theme.crosshair = QColor(0x74, 0x7c, 0x86);
    theme.labelBack = QColor(0x34, 0x3a, 0x41);
    theme.labelText = QColor(0xff, 0xff, 0xff);
    theme.good = QColor(0x00, 0x7d, 0x5b);
    theme.running = QColor(0x00, 0x72, 0xb2);
    theme.waiting = QColor(0x5a, 0x63, 0x6d);
    theme.warning = QColor(0xa8, 0x5f, 0x00);
    theme.bad = QColor(0xb9, 0x4b, 0x00);
    theme.neutral = QColor(0x6b, 0x72, 0x7a);
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
    theme.up = QColor(0x56, 0xb4, 0xe9);
    theme.down = QColor(0xe0, 0x6c, 0x10);
    theme.volumeUp = QColor(0x2b, 0x55, 0x6d);
    theme.volumeDown = QColor(0x6b, 0x3a, 0x12);
    theme.gapLine = QColor(0x55, 0x5d, 0x66);
    theme.gapBack = QColor(0x1b, 0x1f, 0x24);
    theme.crosshair = QColor(0x8b, 0x94, 0x9e);
    theme.labelBack = QColor(0xd0, 0xd5, 0xdb);
    theme.labelText = QColor(0x16, 0x19, 0x1d);
    theme.good = QColor(0x2c, 0xc0, 0x97);
    theme.running = QColor(0x56, 0xb4, 0xe9);
    theme.waiting = QColor(0xa3, 0xab, 0xb4);
    theme.warning = QColor(0xe6, 0x9f, 0x00);
    theme.bad = QColor(0xf0, 0x80, 0x30);
    theme.neutral = QColor(0x8b, 0x94, 0x9e);
    theme.track = QColor(0x33, 0x39, 0x40);
    return theme;
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
    palette.setColor(QPalette::PlaceholderText, QColor(0x6b, 0x72, 0x7a));
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

Theme Theme::of(const QPalette& palette)
{
    return palette.color(QPalette::Base).lightnessF() < 0.5 ? darkTheme() : lightTheme();
}

QPalette paletteOf(ThemeChoice choice, const QPalette& system)
{
    switch (choice) {
    case ThemeChoice::System: return system.color(QPalette::Base).lightnessF() < 0.5 ? darkPalette() : lightPalette();
    case ThemeChoice::Light: return lightPalette();
    case ThemeChoice::Dark: return darkPalette();
    }
    return system;
}

double contrast(const QColor& a, const QColor& b)
{
    const double one = luminance(a) + 0.05;
    const double other = luminance(b) + 0.05;
    return std::max(one, other) / std::min(one, other);
}

} // namespace mnemo
