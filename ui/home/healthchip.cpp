#include "ui/home/healthchip.h"

#include <QKeyEvent>
#include <QPainter>

#include "ui/widgets/theme.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

constexpr int padding = 10; ///< px
constexpr int stripe = 4; ///< px, the bar at the left in the mood's colour

QString glyphOf(HealthChip::Mood mood)
{
    switch (mood) {
    case HealthChip::Mood::Unknown: return u"\u2013"_s;
    case HealthChip::Mood::Good: return u"\u2713"_s;
    case HealthChip::Mood::Working: return u"\u25B6"_s;
    case HealthChip::Mood::Warning: return u"\u26A0"_s;
    case HealthChip::Mood::Bad: return u"\u2715"_s;
    }
    return {};
}

QColor colourOf(HealthChip::Mood mood, const Theme& theme)
{
    switch (mood) {
    case HealthChip::Mood::Unknown: return theme.neutral;
    case HealthChip::Mood::Good: return theme.good;
    case HealthChip::Mood::Working: return theme.running;
    case HealthChip::Mood::Warning: return theme.warning;
    case HealthChip::Mood::Bad: return theme.bad;
    }
    return theme.neutral;
}

} // namespace

HealthChip::HealthChip(const QString& name, QWidget* parent)
    : QAbstractButton(parent)
{
    setText(name);
    setAccessibleName(name);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::MinimumExpanding, QSizePolicy::Fixed);
    setCursor(Qt::PointingHandCursor);
}

void HealthChip::setNumber(Mood mood, const QString& value, const QString& tip)
{
    if (mood == m_mood && value == m_value && tip == toolTip())
        return;
    m_mood = mood;
    m_value = value;
    setToolTip(tip);
    setAccessibleName(tr("%1: %2").arg(text(), value));
    setAccessibleDescription(tip);
    updateGeometry();
    update();
}

QFont HealthChip::valueFont() const
{
    QFont large = font();
    large.setPointSizeF(large.pointSizeF() * 1.45);
    large.setBold(true);
    return large;
}

QSize HealthChip::sizeHint() const
{
    const QFontMetrics large(valueFont());
    const int value = large.horizontalAdvance(glyphOf(m_mood) + u' ' + m_value);
    const int width = std::max(value, fontMetrics().horizontalAdvance(text())) + 2 * padding + stripe;
    return {width, large.height() + fontMetrics().height() + 2 * padding - 2};
}

void HealthChip::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Theme theme = Theme::of(palette());
    const QColor colour = colourOf(m_mood, theme);
    const QRectF box = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
    const bool isMarked = isChecked() || hasFocus();
    painter.setBrush(palette().color(isDown() || underMouse() ? QPalette::AlternateBase : QPalette::Base));
    painter.setPen(QPen(isMarked ? palette().color(QPalette::Highlight) : theme.gridLine, isMarked ? 2 : 1));
    painter.drawRoundedRect(isMarked ? box.adjusted(0.5, 0.5, -0.5, -0.5) : box, 6, 6);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colour);
    painter.drawRoundedRect(QRectF(5, 8, stripe, height() - 16), stripe / 2.0, stripe / 2.0);

    const QRect inside = rect().adjusted(padding + stripe, padding - 2, -padding, -padding + 2);
    painter.setFont(valueFont());
    painter.setPen(colour);
    const bool isSaid = m_value == glyphOf(m_mood); // a dash is enough once
    const int glyph = isSaid ? 0 : QFontMetrics(valueFont()).horizontalAdvance(glyphOf(m_mood) + u' ');
    if (!isSaid)
        painter.drawText(inside, Qt::AlignTop | Qt::AlignLeft, glyphOf(m_mood));
    painter.setPen(palette().color(QPalette::Text));
    painter.drawText(inside.adjusted(glyph, 0, 0, 0), Qt::AlignTop | Qt::AlignLeft, m_value);
    painter.setFont(font());
    painter.setPen(theme.mutedText);
    painter.drawText(inside, Qt::AlignBottom | Qt::AlignLeft,
        fontMetrics().elidedText(text(), Qt::ElideRight, inside.width()));
    if (isChecked()) {
        painter.setPen(palette().color(QPalette::Text));
        painter.drawText(inside, Qt::AlignTop | Qt::AlignRight, u"\u25BC"_s); // the list shows these alone
    }
}

void HealthChip::keyPressEvent(QKeyEvent* event)
{
    const bool isReturn = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (isReturn)
        click();
    else
        QAbstractButton::keyPressEvent(event);
}

void HealthChip::enterEvent(QEnterEvent* event)
{
    QAbstractButton::enterEvent(event);
    update();
}

void HealthChip::leaveEvent(QEvent* event)
{
    QAbstractButton::leaveEvent(event);
    update();
}

} // namespace mnemo
