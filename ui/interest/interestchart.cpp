#include "ui/interest/interestchart.h"

#include <QLineSeries>
#include <QMouseEvent>
#include <QValueAxis>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>

#include "ui/interest/linestyle.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

constexpr int ticks = 4;
constexpr qreal margin = 6; ///< above and below the plot, pixels

/// The line of all sources together has the text's colour.
QPen penOf(const InterestCurve& curve, const Theme& theme)
{
    if (curve.line >= 0)
        return linePen(curve.line, theme);
    QPen pen(theme.axisText, theme.isHighContrast ? 2.5 : 1.5);
    pen.setCosmetic(true);
    return pen;
}

} // namespace

InterestChart::InterestChart(QWidget* parent)
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

void InterestChart::setCurves(const std::vector<InterestCurve>& curves, InterestMode mode)
{
    m_curves = curves;
    m_mode = mode;
    chart()->removeAllSeries();
    const Theme theme = Theme::of(palette());
    for (const InterestCurve& curve : m_curves) {
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

void InterestChart::setView(double from, double to, qreal plotWidth)
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

void InterestChart::setCrosshair(std::optional<double> ms)
{
    if (m_crosshair == ms)
        return;
    m_crosshair = ms;
    viewport()->update();
}

void InterestChart::placePlot()
{
    chart()->setPlotArea({0, margin, std::max(1.0, m_plotWidth), std::max(1.0, height() - 2 * margin)});
}

void InterestChart::fit()
{
    double low = HUGE_VAL, high = -HUGE_VAL;
    for (const InterestCurve& curve : m_curves) {
        for (const QList<QPointF>& stretch : curve.stretches) {
            for (const QPointF& point : stretch) {
                if (point.x() < m_from || point.x() > m_to)
                    continue;
                low = std::min(low, point.y());
                high = std::max(high, point.y());
            }
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

QString InterestChart::labelOf(double number) const
{
    if (m_mode == InterestMode::Share)
        return tr("%1 %").arg(countText(number, 1));
    const QString text = volumeText(std::abs(number));
    return number < 0 ? u"\u2212"_s + text : text;
}

void InterestChart::drawForeground(QPainter* painter, const QRectF&)
{
    const Theme theme = Theme::of(palette());
    const QRectF plot = chart()->plotArea();
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

void InterestChart::resizeEvent(QResizeEvent* event)
{
    QChartView::resizeEvent(event);
    placePlot();
}

void InterestChart::changeEvent(QEvent* event)
{
    QChartView::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && m_axis) {
        restyle();
        setCurves(std::vector(m_curves), m_mode);
    }
}

void InterestChart::restyle()
{
    const Theme theme = Theme::of(palette());
    chart()->setBackgroundBrush(theme.background);
    chart()->setBackgroundPen(Qt::NoPen);
    setBackgroundBrush(theme.background);
    m_axis->setGridLinePen(QPen(theme.gridLine, 0));
}

void InterestChart::mousePressEvent(QMouseEvent* event)
{
    if (event->button() == Qt::LeftButton)
        m_dragged = event->position().x();
}

void InterestChart::mouseMoveEvent(QMouseEvent* event)
{
    const qreal x = event->position().x();
    if (m_dragged && (event->buttons() & Qt::LeftButton) != 0) {
        emit panWanted(x - *m_dragged);
        m_dragged = x;
    }
    const bool isOver = x >= 0 && x < m_plotWidth;
    emit pointed(isOver ? std::optional(m_from + (m_to - m_from) * x / m_plotWidth) : std::nullopt);
}

void InterestChart::mouseReleaseEvent(QMouseEvent*)
{
    m_dragged.reset();
}

void InterestChart::wheelEvent(QWheelEvent* event)
{
    emit zoomWanted(event->angleDelta().y() / 120.0, event->position().x());
    event->accept();
}

void InterestChart::leaveEvent(QEvent* event)
{
    QChartView::leaveEvent(event);
    emit pointed(std::nullopt);
}

} // namespace mnemo
