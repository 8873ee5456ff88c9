#include "ui/chart/chartoverlay.h"

#include <QFontMetricsF>
#include <QVarLengthArray>
#include <algorithm>

namespace mnemo {

namespace {

constexpr qreal legendLeft = 10;
constexpr qreal legendTop = 5;

QColor translucent(QColor colour, int alpha)
{
    colour.setAlpha(alpha);
    return colour;
}

/// A hairline, upright or level, in dashes: boxes, which take a tenth of the time of a pen with dashes.
void paintDashes(QPainter& painter, QPointF from, QPointF to, const QColor& colour)
{
    constexpr qreal dash = 4, period = 6; // pixels
    const qreal hair = 1 / painter.device()->devicePixelRatioF();
    const bool isUpright = from.x() == to.x();
    QVarLengthArray<QRectF, 512> boxes;
    const qreal end = isUpright ? to.y() : to.x();
    for (qreal at = isUpright ? from.y() : from.x(); at < end; at += period) {
        const qreal length = std::min(dash, end - at);
        boxes.append(isUpright ? QRectF(from.x(), at, hair, length) : QRectF(at, from.y(), length, hair));
    }
    painter.setPen(Qt::NoPen);
    painter.setBrush(colour);
    painter.drawRects(boxes.constData(), static_cast<int>(boxes.size()));
    painter.setBrush(Qt::NoBrush);
}

} // namespace

void paintCrosshair(QPainter& painter, const ChartLayout& layout, const CrosshairLabels& labels, const Theme& theme)
{
    paintDashes(painter, {labels.x, 0}, {labels.x, layout.bottom()}, theme.crosshair);
    if (labels.y)
        paintDashes(painter, {0, *labels.y}, {layout.price.right(), *labels.y}, theme.crosshair);
    paintAxisLabel(painter, layout.timeAxis, {labels.x, layout.timeAxis.center().y()}, labels.time, theme);
    if (labels.y && !labels.price.isEmpty())
        paintAxisLabel(painter, layout.priceAxis, {layout.priceAxis.left(), *labels.y}, labels.price, theme);
}

void paintLegend(QPainter& painter, const QRectF& pane, const std::vector<LegendLine>& lines, const Theme& theme)
{
    const QFontMetricsF metrics(painter.font());
    const qreal room = pane.width() - 2 * legendLeft;
    qreal y = pane.top() + legendTop;
    for (const LegendLine& line : lines) {
        QString text = line.text;
        qreal width = metrics.horizontalAdvance(text); // shaping a text costs more than drawing it
        if (width > room) {
            text = metrics.elidedText(line.shortText.isEmpty() ? text : line.shortText, Qt::ElideRight, room);
            width = metrics.horizontalAdvance(text);
        }
        painter.fillRect(
            QRectF(legendLeft - 5, y - 1, width + 10, metrics.height() + 2), translucent(theme.background, 215));
        painter.setPen(line.colour);
        painter.drawText(QPointF(legendLeft, y + metrics.ascent()), text);
        y += metrics.height() + 1;
    }
}

void paintMeasure(
    QPainter& painter, const ChartLayout& layout, QPointF from, QPointF to, const QString& text, const Theme& theme)
{
    const bool isUp = to.y() <= from.y();
    const QColor colour = isUp ? theme.up : theme.down;
    const QRectF box = QRectF(from, to).normalized();
    painter.save();
    painter.setClipRect(layout.price);
    painter.fillRect(box, translucent(colour, 40));
    painter.setPen(QPen(colour, 1));
    painter.drawRect(box);
    painter.drawLine(QPointF(from.x(), to.y()), to);
    painter.restore();
    const QFontMetricsF metrics(painter.font());
    QRectF label(0, 0, metrics.horizontalAdvance(text) + 16, metrics.height() + 6);
    label.moveCenter({box.center().x(), isUp ? box.top() - label.height() : box.bottom() + label.height()});
    label.moveLeft(std::clamp(label.left(), layout.price.left() + 2,
        std::max(layout.price.left() + 2, layout.price.right() - label.width() - 2)));
    label.moveTop(std::clamp(label.top(), layout.price.top() + 2,
        std::max(layout.price.top() + 2, layout.price.bottom() - label.height() - 2)));
    painter.fillRect(label, theme.labelBack);
    painter.setPen(theme.labelText);
    painter.drawText(label, Qt::AlignCenter, text);
}

void paintForming(QPainter& painter, const ChartBar& bar, qreal centre, qreal width, const PriceScale& scale,
    const QRectF& plot, const Theme& theme)
{
    const QColor colour = bar.close >= bar.open ? theme.up : theme.down;
    const auto [top, bottom] = std::minmax({scale.toY(bar.open), scale.toY(bar.close)});
    const auto [high, low] = std::minmax({scale.toY(bar.high), scale.toY(bar.low)});
    painter.save();
    painter.setClipRect(plot);
    painter.setPen(QPen(colour, 1, Qt::DotLine));
    painter.drawLine(QPointF(centre, high), QPointF(centre, top));
    painter.drawLine(QPointF(centre, bottom), QPointF(centre, low));
    painter.setPen(QPen(colour, 1, Qt::DashLine));
    painter.drawRect(QRectF(centre - width / 2, top, width, std::max(1.0, bottom - top)));
    painter.setPen(QPen(colour, 0, Qt::DotLine));
    painter.drawLine(QPointF(centre, scale.toY(bar.close)), QPointF(plot.right(), scale.toY(bar.close)));
    painter.restore();
}

void paintFormingLabel(QPainter& painter, const QRectF& axis, qreal y, const QStringList& lines, const Theme& theme)
{
    const qreal line = QFontMetricsF(painter.font()).height();
    QRectF box(axis.left(), y - line / 2 - 2, axis.width(), line * static_cast<qreal>(lines.size()) + 4);
    box.moveTop(std::clamp(box.top(), axis.top(), std::max(axis.top(), axis.bottom() - box.height())));
    painter.fillRect(box, theme.labelBack);
    painter.setPen(theme.labelText);
    painter.drawText(box.adjusted(6, 2, 0, -2), Qt::AlignLeft | Qt::AlignVCenter, lines.join(u'\n'));
}

void paintSelection(QPainter& painter, const QRectF& band, const Theme& theme)
{
    painter.setPen(QPen(theme.labelBack, 2));
    painter.drawRect(band.adjusted(1, 1, -1, -1));
}

} // namespace mnemo
