#include "ui/widgets/windowstyle.h"

#include <QApplication>
#include <QFontMetricsF>
#include <QPainter>
#include <QStyleFactory>
#include <QStyleOption>

#include "ui/widgets/glyphicon.h"
#include "ui/widgets/theme.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

bool isOutlined(QStyle::PrimitiveElement element)
{
    switch (element) {
    case QStyle::PE_PanelButtonCommand:
    case QStyle::PE_FrameLineEdit:
    case QStyle::PE_FrameGroupBox:
    case QStyle::PE_FrameMenu:
    case QStyle::PE_FrameTabWidget:
    case QStyle::PE_IndicatorCheckBox:
    case QStyle::PE_Frame: return true;
    default: return false; // the enumeration is the style's, and grows with Qt
    }
}

void outline(const QStyleOption& option, QPainter& painter)
{
    const auto group = option.state.testFlag(QStyle::State_Enabled) ? QPalette::Active : QPalette::Disabled;
    const bool hasFocus = option.state.testFlag(QStyle::State_HasFocus);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(option.palette.color(group, hasFocus ? QPalette::Highlight : QPalette::WindowText),
        hasFocus ? 2 : 1));
    painter.drawRect(option.rect.adjusted(0, 0, -1, -1));
    painter.restore();
}

/// A tool button that is down: a tint and a bar at its foot, so that form tells it too.
void markDown(const QStyleOption& option, QPainter& painter)
{
    const QColor mark = option.palette.color(QPalette::Highlight);
    QColor tint = mark;
    tint.setAlphaF(0.18F);
    painter.fillRect(option.rect, tint);
    painter.fillRect(QRect(option.rect.left(), option.rect.bottom() - 2, option.rect.width(), 3), mark);
}

/// Fusion frames empty boxes in a colour that is darker than the dark background.
void frameBox(const QStyleOption& option, QPainter& painter)
{
    painter.save();
    painter.setBrush(Qt::NoBrush);
    painter.setPen(option.palette.color(QPalette::PlaceholderText));
    painter.drawRect(option.rect.adjusted(0, 0, -1, -1));
    painter.restore();
}

bool isHighContrast(const QStyleOption* option)
{
    return option && lookOf(option->palette) == SystemLook::HighContrast;
}

} // namespace

WindowStyle::WindowStyle()
    : QProxyStyle(QStyleFactory::create(u"Fusion"_s))
{
}

void WindowStyle::drawPrimitive(
    PrimitiveElement element, const QStyleOption* option, QPainter* painter, const QWidget* widget) const
{
    QProxyStyle::drawPrimitive(element, option, painter, widget);
    if (element == PE_PanelButtonTool && option && option->state.testFlag(State_On))
        markDown(*option, *painter);
    const bool isBox = element == PE_IndicatorItemViewItemCheck || element == PE_IndicatorCheckBox;
    if (isBox && option && lookOf(option->palette) == SystemLook::Dark)
        frameBox(*option, *painter);
    if ((isOutlined(element) || element == PE_IndicatorItemViewItemCheck) && isHighContrast(option))
        outline(*option, *painter);
}

void WindowStyle::drawComplexControl(
    ComplexControl control, const QStyleOptionComplex* option, QPainter* painter, const QWidget* widget) const
{
    QProxyStyle::drawComplexControl(control, option, painter, widget);
    if ((control == CC_ComboBox || control == CC_SpinBox) && isHighContrast(option))
        outline(*option, *painter);
}

void WindowStyle::drawControl(
    ControlElement element, const QStyleOption* option, QPainter* painter, const QWidget* widget) const
{
    QProxyStyle::drawControl(element, option, painter, widget);
    if (element != CE_TabBarTabShape || !option)
        return;
    if (option->state.testFlag(State_Selected))
        painter->fillRect(QRect(option->rect.left() + 2, option->rect.bottom() - 2, option->rect.width() - 4, 3),
            option->palette.color(QPalette::Highlight));
    if (isHighContrast(option))
        outline(*option, *painter);
}

QIcon WindowStyle::standardIcon(StandardPixmap which, const QStyleOption* option, const QWidget* widget) const
{
    if (which == SP_TitleBarCloseButton || which == SP_LineEditClearButton)
        return glyphIcon(Glyph::Close);
    if (which == SP_TitleBarNormalButton)
        return glyphIcon(Glyph::Float);
    return QProxyStyle::standardIcon(which, option, widget);
}

int WindowStyle::styleHint(
    StyleHint hint, const QStyleOption* option, const QWidget* widget, QStyleHintReturn* returned) const
{
    return hint == SH_DialogButtonBox_ButtonsHaveIcons ? 0 : QProxyStyle::styleHint(hint, option, widget, returned);
}

void loadFont()
{
    QFontMetricsF(QApplication::font()).horizontalAdvance(u'0');
}

} // namespace mnemo
