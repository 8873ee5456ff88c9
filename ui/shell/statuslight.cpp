#include "ui/shell/statuslight.h"

#include <QPainter>
#include <QStyleOptionToolButton>
#include <QStylePainter>

#include "ui/widgets/theme.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

QColor colourOf(StatusLight::Mood mood, const Theme& theme)
{
    switch (mood) {
    case StatusLight::Mood::Good: return theme.good;
    case StatusLight::Mood::Quiet: return theme.neutral;
    case StatusLight::Mood::Busy: return theme.running;
    case StatusLight::Mood::Warning: return theme.warning;
    case StatusLight::Mood::Bad: return theme.bad;
    }
    return theme.neutral;
}

} // namespace

StatusLight::StatusLight(const QString& name, QWidget* parent)
    : QToolButton(parent)
    , m_name(name)
{
    setAutoRaise(true);
    setFocusPolicy(Qt::TabFocus);
    setAccessibleName(name);
}

void StatusLight::show(Mood mood, const QString& shown, const QString& detail)
{
    if (m_mood == mood && text() == shown && toolTip() == detail)
        return;
    m_mood = mood;
    setText(shown);
    setToolTip(detail);
    setAccessibleName(tr("%1: %2").arg(m_name, shown));
    setAccessibleDescription(detail);
    updateGeometry();
    update();
}

QString StatusLight::glyph() const
{
    switch (m_mood) {
    case Mood::Good: return u"\u2713"_s;
    case Mood::Quiet: return u"\u25CB"_s;
    case Mood::Busy: return u"\u25B6"_s;
    case Mood::Warning: return u"\u26A0"_s;
    case Mood::Bad: return u"\u2715"_s;
    }
    return {};
}

QSize StatusLight::sizeHint() const
{
    const int gap = fontMetrics().horizontalAdvance(u' ');
    return {fontMetrics().horizontalAdvance(glyph() + text()) + 4 * gap, fontMetrics().height() + 4};
}

void StatusLight::paintEvent(QPaintEvent*)
{
    QStylePainter painter(this);
    QStyleOptionToolButton option;
    initStyleOption(&option);
    option.text.clear();
    painter.drawComplexControl(QStyle::CC_ToolButton, option);
    const int gap = fontMetrics().horizontalAdvance(u' ');
    QRect place = rect().adjusted(gap, 0, -gap, 0);
    painter.setPen(colourOf(m_mood, Theme::of(palette())));
    painter.drawText(place, Qt::AlignLeft | Qt::AlignVCenter, glyph());
    place.setLeft(place.left() + fontMetrics().horizontalAdvance(glyph()) + gap);
    painter.setPen(palette().color(QPalette::WindowText));
    painter.drawText(place, Qt::AlignLeft | Qt::AlignVCenter, text());
}

} // namespace mnemo
