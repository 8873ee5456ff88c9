#pragma once

#include <QPainter>
#include <QRectF>
#include <QString>
#include <QStringList>
#include <optional>
#include <vector>

#include "ui/chart/chartpaint.h"
#include "ui/chart/charttext.h"

namespace mnemo {

// What is drawn over the picture of the plots and changes without it: crosshair, legend, measure, the bar under way.

struct CrosshairLabels {
    qreal x = 0;
    std::optional<qreal> y; ///< none: another chart's crosshair, of which only the time counts
    QString time, price; ///< price is left out where y is not over prices
};
void paintCrosshair(QPainter& painter, const ChartLayout& layout, const CrosshairLabels& labels, const Theme& theme);

struct LegendLine {
    QString text;
    QString shortText; ///< where the first does not fit
    QColor colour;
};
/// At the upper left of @p pane.
void paintLegend(QPainter& painter, const QRectF& pane, const std::vector<LegendLine>& lines, const Theme& theme);

/// A box from corner to corner with its text beside it, kept within the price plot.
void paintMeasure(
    QPainter& painter, const ChartLayout& layout, QPointF from, QPointF to, const QString& text, const Theme& theme);
/// Hollow and dashed whatever its direction: it may still change. In the plot's coordinates.
void paintForming(QPainter& painter, const ChartBar& bar, qreal centre, qreal width, const PriceScale& scale,
    const QRectF& plot, const Theme& theme);
/// The last price and the time that is left, over the axis beside the bar.
void paintFormingLabel(QPainter& painter, const QRectF& axis, qreal y, const QStringList& lines, const Theme& theme);
/// The frame of the gap that is chosen.
void paintSelection(QPainter& painter, const QRectF& band, const Theme& theme);

} // namespace mnemo
