#pragma once

#include <QPainter>
#include <QRectF>
#include <QString>
#include <span>

#include "ui/chart/candlescene.h"
#include "ui/chart/paneshares.h"
#include "ui/chart/pricescale.h"
#include "ui/widgets/theme.h"

namespace mnemo {

// Drawing functions: any painter, no widget, no state. Pixel counts are logical; candles are placed on device pixels.

/// Where the parts of a chart stand.
struct ChartLayout {
    QRectF price, volume, difference; ///< the plots, as wide as each other; those that are not shown are empty
    QRectF quality; ///< the lane below them: what is missing, and why
    QRectF notes; ///< the lane below that: what is doubtful
    QRectF priceAxis; ///< right of all of them
    QRectF timeAxis; ///< below them
    QRectF corner; ///< where the axes meet
    static ChartLayout of(QSizeF size, qreal axisWidth, qreal axisHeight, const PaneShares& panes,
        qreal gapLane = 0, qreal noteLane = 0);
    const QRectF& pane(PaneKind kind) const;
    std::optional<PaneKind> paneAt(QPointF position) const;
    QRectF plots() const { return {0, 0, price.width(), quality.top()}; }
    qreal bottom() const { return notes.bottom(); } ///< of plots and lanes
    bool operator==(const ChartLayout&) const = default;
};

/// Candles into a plot whose top left corner is the painter's origin. Up is hollow, down is filled; bodies are always
/// drawn. Quarantined ones stand behind the others, faded.
void paintCandles(QPainter& painter, const CandleScene& scene, const PriceScale& scale, const Theme& theme);
/// Bars that stand on the lower edge of @p pane; the tallest leaves an eighth of it free.
void paintVolume(QPainter& painter, const CandleScene& scene, const QRectF& pane, const Theme& theme);
/// The tallest bar's volume, beside its top.
void paintVolumeLabel(QPainter& painter, const CandleScene& scene, const ChartLayout& layout, const Theme& theme);
/// Hatched bands over the full height, a pattern for each class, the label where it fits.
void paintGaps(QPainter& painter, const CandleScene& scene, const QRectF& pane, const Theme& theme);
/// The lane of findings: a shape and a colour for each kind, a line under the bars of the longer ones.
void paintNotes(QPainter& painter, const CandleScene& scene, const QRectF& lane, const Theme& theme);
/// The lane of holes: a pattern and a colour for each class, a thin line where rows are.
void paintQuality(QPainter& painter, const CandleScene& scene, const QRectF& lane, const Theme& theme);
/// Closes as one line, broken where bars are absent for longer than @p longest pixels. In the plot's coordinates.
void paintLine(
    QPainter& painter, const CandleScene& scene, const PriceScale& scale, qreal longest, const QColor& colour);
void paintLoading(QPainter& painter, const CandleScene& scene, const QRectF& pane, const Theme& theme);
/// Lines behind the candles.
void paintGrid(QPainter& painter, const ChartLayout& layout, std::span<const TimeTick> times, const PriceTicks& prices,
    const Theme& theme);
/// Labels beside the plots.
void paintAxes(QPainter& painter, const ChartLayout& layout, std::span<const TimeTick> times, const PriceTicks& prices,
    const PriceScale& scale, const Theme& theme);
/// A filled label on an axis, centred at @p centre and kept within @p axis.
void paintAxisLabel(QPainter& painter, const QRectF& axis, QPointF centre, const QString& text, const Theme& theme);

Qt::BrushStyle patternOf(GapClass gapClass);
/// Neutral for what nobody could have; a warning's colour for what may be there.
QColor colourOf(GapClass gapClass, const Theme& theme);
QColor overlayColour(const Theme& theme);

} // namespace mnemo
