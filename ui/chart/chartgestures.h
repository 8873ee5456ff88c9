#pragma once

#include <QPointF>

class QMouseEvent;
class QWheelEvent;

namespace mnemo {

class ChartView;

/// What mouse and wheel mean on a chart: a drag pans, on an axis it scales, on the border of the volume it sizes, with
/// Shift it measures; a click chooses a gap. Part of its view.
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
    enum class Drag { None, Plot, PriceAxis, TimeAxis, VolumeBorder, Measure };
    Drag dragAt(QPointF position, bool isMeasuring) const;
    void showCursor(Drag drag, bool isHeld);

    ChartView& m_view;
    Drag m_drag = Drag::None;
    QPointF m_last; ///< where the drag was last seen
    QPointF m_pressed; ///< where it began
};

} // namespace mnemo
