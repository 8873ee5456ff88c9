#pragma once

#include <QChartView>
#include <optional>

#include "ui/metrics/metricline.h"
#include "ui/widgets/theme.h"

class QValueAxis;

namespace mnemo {

/// Curves over time whose plot stands under another chart's: from the left edge, as wide as that one's, the axis right of
/// it. The wheel and a drag are passed on, so that both move together.
class MetricChart : public QChartView {
    Q_OBJECT
public:
    explicit MetricChart(QWidget* parent = nullptr);

    void setCurves(const std::vector<MetricCurve>& curves, MetricMode mode, MetricFormat format);
    void setView(double from, double to, qreal plotWidth); ///< ms since 1970; pixels
    void setCrosshair(std::optional<double> ms);
    std::optional<double> crosshair() const { return m_crosshair; }
    std::pair<double, double> numbers() const { return {m_low, m_high}; } ///< of the axis; equal where nothing is in view

signals:
    void pointed(std::optional<double> ms);
    void zoomWanted(double steps, qreal x); ///< notches of the wheel; above zero: closer
    void panWanted(qreal pixels);

protected:
    void drawForeground(QPainter* painter, const QRectF& rect) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    void restyle();
    void placePlot();
    void fit(); ///< the axis of numbers to what is in view
    void drawBars(QPainter& painter) const;
    QString labelOf(double number) const;

    QValueAxis* m_times = nullptr;
    QValueAxis* m_axis = nullptr;
    std::vector<MetricCurve> m_curves;
    MetricMode m_mode = MetricMode::Lines;
    MetricFormat m_format = MetricFormat::Base;
    double m_from = 0, m_to = 1;
    double m_low = 0, m_high = 0;
    qreal m_plotWidth = 100;
    std::optional<double> m_crosshair;
    std::optional<qreal> m_dragged; ///< where the mouse was last
};

} // namespace mnemo
