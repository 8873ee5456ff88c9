#pragma once

#include <QProxyStyle>

namespace mnemo {

/// Fusion with borders that can be seen in the high-contrast theme, where its own are black on black; with tool buttons
/// that show in every theme whether they are down, and buttons of docks that show at all in dark ones.
class WindowStyle : public QProxyStyle {
    Q_OBJECT
public:
    WindowStyle();
    void drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
        const QWidget* widget = nullptr) const override;
    void drawComplexControl(ComplexControl control, const QStyleOptionComplex* option, QPainter* painter,
        const QWidget* widget = nullptr) const override;
    void drawControl(ControlElement element, const QStyleOption* option, QPainter* painter,
        const QWidget* widget = nullptr) const override;
    /// The buttons of docks as line icons in the palette's colour: Fusion's are dark in every theme.
    QIcon standardIcon(StandardPixmap which, const QStyleOption* option = nullptr,
        const QWidget* widget = nullptr) const override;
};

} // namespace mnemo
