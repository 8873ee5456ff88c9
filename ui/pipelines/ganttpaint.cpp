#include "ui/pipelines/ganttpaint.h"

#include <QFontMetrics>
#include <cmath>

#include "ui/pipelines/pipelinetext.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

constexpr qreal leastHatched = 2; ///< px; narrower waits are part of the bar

void paintQueue(QPainter& painter, const QRectF& queue, const GanttLook& look)
{
    QPen pen(look.theme.waiting, 1, Qt::DotLine);
    painter.setPen(pen);
    painter.setBrush(Qt::NoBrush);
    const qreal y = queue.center().y();
    painter.drawLine(QPointF(queue.left(), y), QPointF(queue.right(), y));
    painter.drawLine(QPointF(queue.left(), queue.top()), QPointF(queue.left(), queue.bottom()));
}

void paintWaits(QPainter& painter, const GanttScene::Bar& bar, const QRectF& work, const GanttPlaces& places, const GanttLook& look)
{
    const QBrush hatch(look.theme.warning, Qt::BDiagPattern);
    for (const Wait& wait : bar.waits) {
        const QRectF where = places.wait(wait, work);
        if (where.width() < leastHatched)
            continue;
        painter.fillRect(where, look.base);
        painter.fillRect(where, hatch);
        painter.setPen(look.theme.warning);
        painter.drawLine(where.topLeft(), where.topRight());
        painter.drawLine(where.bottomLeft(), where.bottomRight());
    }
}

/// Where nobody waits any more the glyph stands in the bar, else behind it.
void paintGlyph(QPainter& painter, const GanttScene::Bar& bar, const QRect& row, const QRectF& work, const QColor& colour, const GanttLook& look)
{
    const qreal wide = row.height() - 4;
    const bool isInside = work.width() >= wide + 4 && bar.waits.empty() && bar.isEndKnown;
    const QRectF where = isInside ? work : QRectF(work.right() + 1, work.top() - 2, wide + 2, work.height() + 4);
    look.glyphs->draw(painter, where, bar.isEndKnown ? glyphOf(bar.state) : u"?"_s, isInside ? look.base : colour, look.font);
}

} // namespace

void GlyphPictures::draw(QPainter& painter, const QRectF& where, const QString& glyph, const QColor& colour, const QFont& font)
{
    const int side = QFontMetrics(font).height() + 2;
    QPixmap& picture = m_pictures[{glyph, colour.rgba()}];
    if (picture.isNull()) {
        const qreal ratio = painter.device()->devicePixelRatioF();
        picture = QPixmap(QSize(side, side) * ratio);
        picture.setDevicePixelRatio(ratio);
        picture.fill(Qt::transparent);
        QPainter inside(&picture);
        inside.setFont(font);
        inside.setPen(colour);
        inside.drawText(QRect(0, 0, side, side), Qt::AlignCenter, glyph);
    }
    const QPointF middle = where.center();
    painter.drawPixmap(QPointF(std::round(middle.x() - side / 2.0), std::round(middle.y() - side / 2.0)), picture);
}

void paintBar(QPainter& painter, const GanttScene::Bar& bar, const QRect& row, const GanttPlaces& places, const GanttLook& look)
{
    const QRectF queue = places.queue(bar, row);
    if (!queue.isNull())
        paintQueue(painter, queue, look);
    const QColor colour = bar.isEndKnown ? colourOf(bar.state, look.theme) : look.theme.neutral;
    const QRectF work = places.work(bar, row);
    if (work.isNull()) {
        paintGlyph(painter, bar, row, {queue.right(), qreal(row.top()) + 2, 0, qreal(row.height()) - 4}, colour, look);
        return;
    }
    if (bar.isEndKnown) {
        painter.fillRect(work, colour);
    } else {
        painter.setPen(QPen(colour, 1, Qt::DashLine));
        painter.drawRect(work.adjusted(0, 0, -1, -1));
    }
    paintWaits(painter, bar, work, places, look);
    paintGlyph(painter, bar, row, work, colour, look);
}

} // namespace mnemo
