#pragma once

#include <QPainter>
#include <QRectF>

#include "ui/chart/difference.h"
#include "ui/widgets/theme.h"

namespace mnemo {

/// The pane of differences: the band of the limit shaded between broken lines, a bar from zero in every column, and a
/// triangle at the edge for what lies beyond.
void paintDifferences(
    QPainter& painter, const DifferenceScene& scene, const PriceScale& scale, const QRectF& pane, const Theme& theme);
/// Basis points beside the pane.
void paintDifferenceAxis(
    QPainter& painter, const PriceScale& scale, const QRectF& pane, const QRectF& axis, const Theme& theme);

} // namespace mnemo
