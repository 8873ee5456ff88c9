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
    /// The buttons of docks and the one that empties a line as line icons in the palette's colour: Fusion's are dark in
    /// every theme, and looking for them in the desktop's icon theme is a part of a start that can be seen.
    QIcon standardIcon(StandardPixmap which, const QStyleOption* option = nullptr,
        const QWidget* widget = nullptr) const override;
    /// Buttons of dialogs have no icons: looking for them in the desktop's theme takes longer than all else of a dialog.
    int styleHint(StyleHint hint, const QStyleOption* option = nullptr, const QWidget* widget = nullptr,
        QStyleHintReturn* returned = nullptr) const override;
};

/// Finds and loads the program's font: a good part of a start, which a thread that waits for the store can do meanwhile.
void loadFont();

} // namespace mnemo
