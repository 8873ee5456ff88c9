#include "ui/metrics/metricchart.h"

#include <QLineSeries>
#include <QMouseEvent>
#include <QValueAxis>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>

#include "ui/metrics/linestyle.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

constexpr int ticks = 4;
constexpr qreal margin = 6; ///< above and below the plot, pixels

/// Of the straight line between two points.
double heightAt(double x, const QPointF& a, const QPointF& b)
{
    return a.y() + (b.y() - a.y()) * (x - a.x()) / (b.x() - a.x());
}

/// The line of all sources together has the text's colour.
QPen penOf(const MetricCurve& curve, const Theme& theme)
{
    if (curve.line >= 0)
        return linePen(curve.line, theme);
    QPen pen(theme.axisText, theme.isHighContrast ? 2.5 : 1.5);
    pen.setCosmetic(true);
    return pen;
}

} // namespace

MetricChart::MetricChart(QWidget* parent)
    : QChartView(parent)
    , m_times(new QValueAxis(this))
    , m_axis(new QValueAxis(this))
{
    setFrameShape(QFrame::NoFrame);
    setMouseTracking(true);
    setFocusPolicy(Qt::NoFocus); // the candles above have the keys
    setViewportUpdateMode(QGraphicsView::FullViewportUpdate);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    QChart* chart = this->chart();
    chart->legend()->hide();
    chart->setMargins({});
    chart->setBackgroundRoundness(0);
    chart->setAnimationOptions(QChart::NoAnimation);
    m_times->setVisible(false);
    m_axis->setLabelsVisible(false); // drawn beside the plot, as those of the prices are
    m_axis->setLineVisible(false);
    m_axis->setTickCount(ticks);
    chart->addAxis(m_times, Qt::AlignBottom);
    chart->addAxis(m_axis, Qt::AlignRight);
    setMinimumHeight(60);
    restyle();
}

void MetricChart::setCurves(const std::vector<MetricCurve>& curves, MetricMode mode, MetricFormat format)
{
    m_curves = curves;
    m_mode = mode;
    m_format = format;
    chart()->removeAllSeries();
    const Theme theme = Theme::of(palette());
    for (const MetricCurve& curve : m_curves) {
        for (const QList<QPointF>& stretch : curve.stretches) {
            auto* series = new QLineSeries;
            series->setPen(penOf(curve, theme));
            series->replace(stretch.size() > 1 ? stretch : QList {stretch[0], stretch[0]});
            chart()->addSeries(series);
            series->attachAxis(m_times);
            series->attachAxis(m_axis);
        }
    }
    fit();
}

void MetricChart::setView(double from, double to, qreal plotWidth)
{
    if (m_from == from && m_to == to && m_plotWidth == plotWidth)
        return;
    m_from = from;
    m_to = to;
    m_plotWidth = plotWidth;
    placePlot();
    m_times->setRange(m_from, m_to);
    fit();
}

void MetricChart::setCrosshair(std::optional<double> ms)
{
    if (m_crosshair == ms)
        return;
    m_crosshair = ms;
    viewport()->update();
}

void MetricChart::placePlot()
{
    chart()->setPlotArea({0, margin, std::max(1.0, m_plotWidth), std::max(1.0, height() - 2 * margin)});
}

void MetricChart::fit()
{
    double low = HUGE_VAL, high = -HUGE_VAL;
    const auto take = [&](double y) {
        low = std::min(low, y);
        high = std::max(high, y);
    };
    for (const MetricCurve& curve : m_curves) {
        for (const QList<QPointF>& stretch : curve.stretches) {
            for (qsizetype i = 0; i < stretch.size(); ++i) {
                if (stretch[i].x() >= m_from && stretch[i].x() <= m_to)
                    take(stretch[i].y());
                for (const double edge : {m_from, m_to}) {
                    if (i > 0 && stretch[i - 1].x() < edge && stretch[i].x() > edge)
                        take(heightAt(edge, stretch[i - 1], stretch[i]));
                }
            }
        }
        for (const MetricCurve::Bar& bar : curve.bars) {
            if (bar.time + curve.barLength < m_from || bar.time > m_to)
                continue;
            take(bar.to);
            take(0);
        }
    }
    const bool isEmpty = low > high;
    m_low = isEmpty ? 0 : low;
    m_high = isEmpty ? 0 : high;
    const double room = m_high > m_low ? (m_high - m_low) * 0.06 : std::max(1.0, std::abs(m_high) * 0.01);
    m_axis->setTickCount(ticks);
    m_axis->setRange(m_low - room, m_high + room);
    m_axis->applyNiceNumbers();
    m_axis->setVisible(!isEmpty);
    viewport()->update();
}

QString MetricChart::labelOf(double number) const
{
    if (m_mode == MetricMode::Share)
        return tr("%1 %").arg(countText(number, 1));
    if (m_format == MetricFormat::Percent)
        return tr("%1 %").arg(countText(100 * number, 3));
    const QString text = volumeText(std::abs(number));
    return number < 0 ? u"\u2212"_s + text : text;
}

/// Side by side with the candles: each fills its step, with a gap where there is room for one.
void MetricChart::drawBars(QPainter& painter) const
{
    const QRectF plot = chart()->plotArea();
    const double low = m_axis->min(), high = m_axis->max();
    if (m_to <= m_from || high <= low)
        return;
    const Theme theme = Theme::of(palette());
    const auto yOf = [&](double number) { return plot.bottom() - plot.height() * (number - low) / (high - low); };
    for (const MetricCurve& curve : m_curves) {
        const QPen pen = penOf(curve, theme);
        const qreal width = plot.width() * curve.barLength / (m_to - m_from);
        const qreal gap = width > 4 ? 1 : 0;
        for (const MetricCurve::Bar& bar : curve.bars) {
            const qreal x = plot.left() + plot.width() * (bar.time - m_from) / (m_to - m_from);
            const QRectF box = QRectF(QPointF(x, yOf(bar.from)), QPointF(x + std::max(1.0, width - gap), yOf(bar.to))).normalized();
            if (box.right() < plot.left() || box.left() > plot.right())
                continue;
            // Above and below zero differ by place, sources by hue and filling.
            painter.fillRect(box & plot, QBrush(pen.color(), curve.line % 2 == 0 ? Qt::SolidPattern : Qt::Dense4Pattern));
        }
    }
    painter.setPen(QPen(theme.axisText, 0));
    painter.drawLine(QPointF(plot.left(), yOf(0)), QPointF(plot.right(), yOf(0)));
}

void MetricChart::drawForeground(QPainter* painter, const QRectF&)
{
    const Theme theme = Theme::of(palette());
    const QRectF plot = chart()->plotArea();
    if (m_mode == MetricMode::Bars)
        drawBars(*painter);
    painter->setPen(theme.axisText);
    const QFontMetricsF metrics(font());
    painter->setFont(font());
    const double low = m_axis->min(), high = m_axis->max();
    const int steps = m_axis->tickCount() - 1;
    for (int i = 0; m_high > m_low && i <= steps; ++i) {
        const qreal y = plot.bottom() - plot.height() * i / steps;
        const qreal top = std::clamp(y - metrics.height() / 2, 0.0, height() - metrics.height());
        painter->drawText(QRectF(plot.right() + 6, top, width() - plot.right() - 6, metrics.height()),
            Qt::AlignLeft | Qt::AlignVCenter, labelOf(low + (high - low) * i / steps));
    }
    if (m_crosshair && *m_crosshair >= m_from && *m_crosshair <= m_to && m_to > m_from) {
        painter->setPen(QPen(theme.crosshair, 0, Qt::DashLine));
        const qreal x = std::floor(plot.width() * (*m_crosshair - m_from) / (m_to - m_from)) + 0.5;
        painter->drawLine(QPointF(x, 0), QPointF(x, height()));
    }
}

void MetricChart::resizeEvent(QResizeEvent* event)
{
    QChartView::resizeEvent(event);
    placePlot();
}

void MetricChart::changeEvent(QEvent* event)
{
    QChartView::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && m_axis) {
        restyle();
        setCurves(std::vector(m_curves), m_mode, m_format);
    }
}

void MetricChart::restyle()
{
    const Theme theme = Theme::of(palette());
    chart()->setBackgroundBrush(theme.background);
    chart()->setBackgroundPen(Qt::NoPen);
    setBackgroundBrush(theme.background);
    m_axis->setGridLinePen(QPen(theme.gridLine, 0));
}

void MetricChart::mousePressEvent(QMouseEvent* event)
{
    if (event->button() == Qt::LeftButton)
        m_dragged = event->position().x();
}

void MetricChart::mouseMoveEvent(QMouseEvent* event)
{
    const qreal x = event->position().x();
    if (m_dragged && (event->buttons() & Qt::LeftButton) != 0) {
        emit panWanted(x - *m_dragged);
        m_dragged = x;
    }
    const bool isOver = x >= 0 && x < m_plotWidth;
    emit pointed(isOver ? std::optional(m_from + (m_to - m_from) * x / m_plotWidth) : std::nullopt);
}

void MetricChart::mouseReleaseEvent(QMouseEvent*)
{
    m_dragged.reset();
}

void MetricChart::wheelEvent(QWheelEvent* event)
{
    emit zoomWanted(event->angleDelta().y() / 120.0, event->position().x());
    event->accept();
}

void MetricChart::leaveEvent(QEvent* event)
{
    QChartView::leaveEvent(event);
    emit pointed(std::nullopt);
}

} // namespace mnemo
