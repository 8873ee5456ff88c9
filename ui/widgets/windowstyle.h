#pragma once

#include <QProxyStyle>

namespace mnemo {

/// Fusion with borders that can be seen in the high-contrast theme, where its own are black on black, and with a focus
/// frame that can be seen in every theme.
class WindowStyle : public QProxyStyle {
    Q_OBJECT
public:
    WindowStyle();
    void drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
        const QWidget* widget = nullptr) const override;
    void drawComplexControl(ComplexControl control, const QStyleOptionComplex* option, QPainter* painter,
        const QWidget* widget = nullptr) const override;
};

} // namespace mnemo
