#pragma once

#include <QPainter>
#include <QRectF>
#include <QString>
#include <span>

#include "ui/chart/candlescene.h"
#include "ui/chart/pricescale.h"
#include "ui/widgets/theme.h"

namespace mnemo {

// Drawing functions: any painter, no widget, no state. Pixel counts are logical; candles are placed on device pixels.

/// Where the parts of a chart stand.
struct ChartLayout {
    QRectF price, volume; ///< the plots, as wide as each other
    QRectF priceAxis;     ///< right of both plots
    QRectF timeAxis;      ///< below them
    static ChartLayout of(QSizeF size, qreal axisWidth, qreal axisHeight);
    QRectF plots() const { return price.united(volume); }
    bool operator==(const ChartLayout&) const = default;
};

/// Candles into a plot whose top left corner is the painter's origin. Up is hollow, down is filled; bodies are always
/// drawn.
void paintCandles(QPainter& painter, const CandleScene& scene, const PriceScale& scale, const Theme& theme);
/// Bars that stand on the lower edge of @p pane; the tallest leaves an eighth of it free.
void paintVolume(QPainter& painter, const CandleScene& scene, const QRectF& pane, const Theme& theme);
/// Hatched bands over the full height, a pattern for each class, the label where it fits.
void paintGaps(QPainter& painter, const CandleScene& scene, const QRectF& pane, const Theme& theme);
void paintLoading(QPainter& painter, const CandleScene& scene, const QRectF& pane, const Theme& theme);
/// Lines behind the candles.
void paintGrid(QPainter& painter, const ChartLayout& layout, std::span<const TimeTick> times, const PriceTicks& prices,
    const Theme& theme);
/// Labels beside the plots. @p zone stands in the corner: "UTC".
void paintAxes(QPainter& painter, const ChartLayout& layout, std::span<const TimeTick> times, const PriceTicks& prices,
    const QString& zone, const Theme& theme);
/// A filled label on an axis, centred at @p centre and kept within @p axis.
void paintAxisLabel(QPainter& painter, const QRectF& axis, QPointF centre, const QString& text, const Theme& theme);

Qt::BrushStyle patternOf(GapClass gapClass);

} // namespace mnemo
