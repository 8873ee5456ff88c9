#include "ui/chart/chartgestures.h"

#include <QMouseEvent>
#include <QWheelEvent>
#include <cmath>

#include "ui/chart/chartview.h"

namespace mnemo {

namespace {

constexpr double zoomStep = 1.25;
constexpr qreal scalePixels = 150; ///< a drag of so much on an axis scales by e
constexpr qreal borderReach = 3;
constexpr qreal clickReach = 4; ///< a press that moved less is a click

bool isFree(Qt::KeyboardModifiers modifiers)
{
    return modifiers.testFlag(Qt::ControlModifier);
}

} // namespace

ChartGestures::Drag ChartGestures::dragAt(QPointF position, bool isMeasuring) const
{
    const ChartLayout& layout = m_view.chartLayout();
    if (layout.priceAxis.contains(position))
        return Drag::PriceAxis;
    if (layout.timeAxis.contains(position))
        return Drag::TimeAxis;
    if (borderAt(position))
        return Drag::Border;
    return isMeasuring && layout.price.contains(position) ? Drag::Measure : Drag::Plot;
}

std::optional<PaneKind> ChartGestures::borderAt(QPointF position) const
{
    const ChartLayout& layout = m_view.chartLayout();
    for (const PaneKind pane : allPanes) {
        const QRectF& rect = layout.pane(pane);
        if (rect.height() > 0 && rect.top() > 0 && std::abs(position.y() - rect.top()) <= borderReach)
            return pane;
    }
    return std::nullopt;
}

void ChartGestures::showCursor(Drag drag, bool isHeld)
{
    switch (drag) {
    case Drag::None:
        return m_view.unsetCursor();
    case Drag::Plot:
        return isHeld ? m_view.setCursor(Qt::ClosedHandCursor) : m_view.unsetCursor();
    case Drag::PriceAxis:
        return m_view.setCursor(Qt::SizeVerCursor);
    case Drag::TimeAxis:
        return m_view.setCursor(Qt::SizeHorCursor);
    case Drag::Border:
        return m_view.setCursor(Qt::SplitVCursor);
    case Drag::Measure:
        return m_view.setCursor(Qt::CrossCursor);
    }
}

void ChartGestures::press(const QMouseEvent& event)
{
    m_pressed = m_last = event.position();
    m_drag = dragAt(event.position(), event.modifiers().testFlag(Qt::ShiftModifier));
    m_below = borderAt(event.position()).value_or(m_below);
    if (m_drag == Drag::Measure)
        m_view.beginMeasure(event.position());
    else if (m_drag == Drag::Plot)
        m_view.endMeasure();
    showCursor(m_drag, true);
    m_view.pointAt(event.position(), isFree(event.modifiers()));
}

void ChartGestures::move(const QMouseEvent& event)
{
    const QPointF by = event.position() - m_last;
    m_last = event.position();
    switch (m_drag) {
    case Drag::None:
        showCursor(dragAt(event.position(), event.modifiers().testFlag(Qt::ShiftModifier)), false);
        break;
    case Drag::Plot:
        m_view.panBy(by);
        break;
    case Drag::PriceAxis:
        m_view.scalePrices(std::exp(-by.y() / scalePixels));
        break;
    case Drag::TimeAxis:
        m_view.scaleTime(std::exp(by.x() / scalePixels));
        break;
    case Drag::Border:
        m_view.moveBorder(m_below, event.position().y());
        break;
    case Drag::Measure:
        m_view.measureTo(event.position());
        break;
    }
    m_view.pointAt(event.position(), isFree(event.modifiers()));
}

void ChartGestures::release(const QMouseEvent& event)
{
    const bool isClick = (event.position() - m_pressed).manhattanLength() < clickReach;
    const Drag drag = std::exchange(m_drag, Drag::None);
    showCursor(Drag::None, false);
    m_view.pointAt(event.position(), isFree(event.modifiers()));
    if (!isClick)
        return;
    if (drag == Drag::Measure)
        m_view.endMeasure();
    else if (drag == Drag::Plot)
        m_view.chooseAt(event.position());
}

void ChartGestures::doubleClick(const QMouseEvent& event)
{
    switch (dragAt(event.position(), false)) {
    case Drag::PriceAxis:
        return m_view.setAutoFit(true);
    case Drag::TimeAxis:
        return m_view.resetTime();
    case Drag::Border:
        return m_view.setPaneShare(borderAt(event.position()).value_or(m_below), PaneShares::usual);
    case Drag::Plot:
        if (const auto pane = m_view.chartLayout().paneAt(event.position()))
            m_view.maximisePane(m_view.panes().maximised ? std::nullopt : pane);
        return;
    case Drag::None:
    case Drag::Measure:
        break;
    }
}

void ChartGestures::wheel(const QWheelEvent& event)
{
    QPointF turned = QPointF(event.angleDelta()) / 120;
    if (event.modifiers().testFlag(Qt::ShiftModifier))
        turned = {turned.x() + turned.y(), 0}; // as everywhere: sideways
    if (turned.y() != 0) {
        const double factor = std::pow(zoomStep, turned.y());
        if (m_view.chartLayout().priceAxis.contains(event.position()))
            m_view.scalePrices(factor);
        else
            m_view.zoomBy(factor, std::min(event.position().x(), m_view.timeScale().width));
    }
    if (turned.x() != 0)
        m_view.panBy({turned.x() * 60, 0});
}

} // namespace mnemo
