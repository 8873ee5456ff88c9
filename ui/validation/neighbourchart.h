#pragma once

#include <QWidget>
#include <optional>

#include "ui/chart/chartpaint.h"
#include "ui/validation/findingevidence.h"
#include "ui/widgets/displayzone.h"

namespace mnemo {

/// What one picture of a finding among its neighbours needs. A value.
struct NeighbourScene {
    TimeScale time;
    PriceScale price;
    CandleScene candles;
    ChartLayout layout;
    qreal markedFrom = 0, markedTo = 0; ///< pixels from the plot's left edge: the bars of the finding
};
NeighbourScene prepareNeighbours(
    const FindingEvidence& evidence, QSizeF size, const QFontMetricsF& metrics, qreal ratio);
/// @param shown the bar that a reader has chosen; null: none
void paintNeighbours(QPainter& painter, const NeighbourScene& scene, const FindingEvidence& evidence,
    const ChartBar* shown, const ChartZone& zone, const Theme& theme);

/// The bars of a finding among ten on either side, drawn as on the chart. Left and Right walk from bar to bar; the one
/// that is chosen is read out above the picture.
class NeighbourChart : public QWidget {
    Q_OBJECT
public:
    explicit NeighbourChart(DisplayZone& zone, QWidget* parent = nullptr);
    void setEvidence(const std::optional<FindingEvidence>& evidence);
    const ChartBar* chosen() const; ///< null where there is no bar
    QString readout() const; ///< of the chosen bar, in words
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;

private:
    void choose(int bar);
    NeighbourScene scene() const;

    DisplayZone& m_zone;
    std::optional<FindingEvidence> m_evidence;
    int m_chosen = -1; ///< of its bars
};

} // namespace mnemo
