#include "ui/chart/differencepaint.h"

#include <QFontMetricsF>
#include <QPolygonF>
#include <algorithm>
#include <cmath>
#include <iterator>

#include "ui/chart/chartpaint.h"

namespace mnemo {

namespace {

constexpr qreal triangle = 4; ///< half the side, in pixels

/// The band as one outline a stretch: along its upper edge and back along the lower one.
class Band {
public:
    Band(QPainter& painter, const Theme& theme)
        : m_painter(painter)
        , m_edge(theme.neutral, 1, Qt::DashLine)
        , m_fill(theme.neutral)
    {
        m_fill.setAlphaF(theme.isHighContrast ? 0.35F : 0.16F);
    }
    /// Neighbours of equal height are one step: most of a band lies still.
    void add(qreal from, qreal to, qreal top, qreal bottom)
    {
        if (!m_upper.isEmpty() && m_upper.last().y() == top && m_lower.last().y() == bottom) {
            m_upper.last().setX(to);
            m_lower.last().setX(to);
            return;
        }
        m_upper << QPointF(from, top) << QPointF(to, top);
        m_lower << QPointF(from, bottom) << QPointF(to, bottom);
    }
    void finish()
    {
        if (!m_upper.isEmpty()) {
            m_painter.setPen(Qt::NoPen);
            m_painter.setBrush(m_fill);
            QPolygonF band = m_upper;
            std::copy(m_lower.rbegin(), m_lower.rend(), std::back_inserter(band));
            m_painter.drawPolygon(band);
            m_painter.setBrush(Qt::NoBrush);
            m_painter.setPen(m_edge);
            m_painter.drawPolyline(m_upper);
            m_painter.drawPolyline(m_lower);
        }
        m_upper.clear();
        m_lower.clear();
    }

private:
    QPainter& m_painter;
    QPen m_edge;
    QColor m_fill;
    QPolygonF m_upper, m_lower;
};

void paintBand(QPainter& painter, const DifferenceScene& scene, const PriceScale& scale, const Theme& theme)
{
    Band band(painter, theme);
    const auto onPixel = [&](double basisPoints) { return std::round(scale.toY(basisPoints) * scene.ratio) / scene.ratio; };
    for (const DifferenceMark& mark : scene.marks) {
        if (!(mark.bar.limit > 0)) {
            band.finish();
            continue;
        }
        const qreal half = std::max(1.0, mark.width / 0.75) / 2;
        band.add((mark.x + 0.5 - half) / scene.ratio, (mark.x + 0.5 + half) / scene.ratio,
            onPixel(mark.bar.basis + mark.bar.limit), onPixel(mark.bar.basis - mark.bar.limit));
    }
    band.finish();
}

void paintBars(QPainter& painter, const DifferenceScene& scene, const PriceScale& scale, const Theme& theme)
{
    QList<QRectF> fine, beyond;
    const qreal zero = scale.toY(0);
    for (const DifferenceMark& mark : scene.marks) {
        const auto [top, bottom] = std::minmax({zero, scale.toY(mark.bar.high), scale.toY(mark.bar.low)});
        const qreal left = (mark.x - mark.width / 2) / scene.ratio;
        (mark.bar.beyond > 0 ? beyond : fine)
            << QRectF(left, top, mark.width / scene.ratio, std::max(1.0, bottom - top));
    }
    painter.setPen(Qt::NoPen);
    painter.setBrush(overlayColour(theme));
    painter.drawRects(fine);
    painter.setBrush(theme.bad);
    painter.drawRects(beyond);
}

void paintTriangles(
    QPainter& painter, const DifferenceScene& scene, const PriceScale& scale, qreal height, const Theme& theme)
{
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(theme.background, 1)); // stands out from the bar below it
    painter.setBrush(theme.bad);
    qreal last = -2 * triangle;
    for (const DifferenceMark& mark : scene.marks) {
        const qreal x = (mark.x + 0.5) / scene.ratio;
        if (mark.bar.beyond == 0 || x - last < 2 * triangle) // one where several would run together
            continue;
        last = x;
        const bool isAbove = mark.bar.high - mark.bar.basis >= mark.bar.basis - mark.bar.low;
        const qreal y = isAbove ? std::max(1.0, scale.toY(mark.bar.high) - 2 * triangle)
                                : std::min(height - 1, scale.toY(mark.bar.low) + 2 * triangle);
        const qreal base = isAbove ? y + 1.6 * triangle : y - 1.6 * triangle;
        painter.drawPolygon(QPolygonF {{x, y}, {x - triangle, base}, {x + triangle, base}});
    }
    painter.setRenderHint(QPainter::Antialiasing, false);
}

} // namespace

void paintDifferences(
    QPainter& painter, const DifferenceScene& scene, const PriceScale& scale, const QRectF& pane, const Theme& theme)
{
    if (pane.height() <= 0)
        return;
    painter.save();
    painter.setClipRect(pane);
    painter.translate(pane.topLeft());
    paintBand(painter, scene, scale, theme);
    paintBars(painter, scene, scale, theme);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(theme.axisText, 0));
    const qreal zero = std::floor(scale.toY(0));
    painter.drawLine(QPointF(0, zero), QPointF(pane.width(), zero));
    paintTriangles(painter, scene, scale, pane.height(), theme);
    painter.restore();
}

void paintDifferenceAxis(
    QPainter& painter, const PriceScale& scale, const QRectF& pane, const QRectF& axis, const Theme& theme)
{
    const QFontMetricsF metrics(painter.font());
    if (pane.height() < metrics.height())
        return;
    const PriceTicks ticks = priceTicks(scale, metrics.height() * 1.7);
    painter.setPen(theme.axisText);
    for (const PriceTick& tick : ticks.ticks) {
        const QRectF box(
            axis.left() + 6, pane.top() + tick.y - metrics.height() / 2, axis.width() - 6, metrics.height());
        if (box.top() >= pane.top() && box.bottom() <= pane.bottom())
            painter.drawText(box, Qt::AlignLeft | Qt::AlignVCenter, basisPointsLabel(tick.price, ticks.decimals));
    }
}

} // namespace mnemo
