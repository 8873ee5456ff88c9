#pragma once

#include <QPointF>
#include <optional>

#include "ui/chart/paneshares.h"

class QMouseEvent;
class QWheelEvent;

namespace mnemo {

class ChartView;

/// What mouse and wheel mean on a chart: a drag pans, on an axis it scales, on the border of a pane it sizes, with
/// Shift it measures; a click chooses a gap or a finding, a second one gives the pane all of the height. Part of its
/// view.
class ChartGestures {
public:
    explicit ChartGestures(ChartView& view)
        : m_view(view)
    {
    }
    void press(const QMouseEvent& event);
    void move(const QMouseEvent& event);
    void release(const QMouseEvent& event);
    void doubleClick(const QMouseEvent& event);
    void wheel(const QWheelEvent& event);

private:
    enum class Drag { None, Plot, PriceAxis, TimeAxis, Border, Measure };
    Drag dragAt(QPointF position, bool isMeasuring) const;
    void showCursor(Drag drag, bool isHeld);

    ChartView& m_view;
    std::optional<PaneKind> borderAt(QPointF position) const; ///< the pane below it

    Drag m_drag = Drag::None;
    PaneKind m_below = PaneKind::Volume; ///< of the border that is dragged
    QPointF m_last; ///< where the drag was last seen
    QPointF m_pressed; ///< where it began
};

} // namespace mnemo
