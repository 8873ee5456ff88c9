// The events of ChartView.
#include <QContextMenuEvent>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QToolTip>

#include "ui/chart/chartview.h"

using namespace Qt::StringLiterals;

namespace mnemo {

bool ChartView::event(QEvent* event)
{
    // Letters and digits are typed into the chart; a shortcut of one letter elsewhere in the window must not take them.
    if (event->type() == QEvent::ShortcutOverride) {
        const auto* key = static_cast<QKeyEvent*>(event);
        const bool isPlain = !(key->modifiers() & (Qt::ControlModifier | Qt::AltModifier | Qt::MetaModifier));
        if (isPlain && !key->text().isEmpty() && (key->text()[0].isLetterOrNumber() || key->text() == u","_s)) {
            event->accept();
            return true;
        }
    }
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const QString hint = hintAt(help->pos());
        hint.isEmpty() ? QToolTip::hideText() : QToolTip::showText(help->globalPos(), hint, this);
        return true;
    }
    return QWidget::event(event);
}

void ChartView::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    relayout();
    touch();
}

void ChartView::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange)
        relayout();
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange
        || event->type() == QEvent::StyleChange)
        touch();
}

void ChartView::mousePressEvent(QMouseEvent* event)
{
    emit activated();
    if (event->button() != Qt::LeftButton || !m_series)
        return QWidget::mousePressEvent(event);
    m_gestures.press(*event);
}

void ChartView::mouseMoveEvent(QMouseEvent* event)
{
    if (m_series)
        m_gestures.move(*event);
}

void ChartView::mouseReleaseEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton || !m_series)
        return QWidget::mouseReleaseEvent(event);
    m_gestures.release(*event);
}

void ChartView::mouseDoubleClickEvent(QMouseEvent* event)
{
    if (event->button() == Qt::LeftButton && m_series)
        m_gestures.doubleClick(*event);
}

void ChartView::leaveEvent(QEvent* event)
{
    QWidget::leaveEvent(event);
    if (m_crosshair && m_crosshair->isOfKeyboard)
        return;
    setCrosshair(std::nullopt);
    emit crosshairMoved(std::nullopt);
}

void ChartView::wheelEvent(QWheelEvent* event)
{
    if (!m_series)
        return QWidget::wheelEvent(event);
    m_gestures.wheel(*event);
    event->accept();
}

bool ChartView::moveByKey(const QKeyEvent& event)
{
    const bool isControl = event.modifiers().testFlag(Qt::ControlModifier);
    const bool isShift = event.modifiers().testFlag(Qt::ShiftModifier);
    switch (event.key()) {
    case Qt::Key_Left:
    case Qt::Key_Right: {
        const int sign = event.key() == Qt::Key_Left ? 1 : -1;
        if (isShift)
            stepCrosshair(isControl ? -10 * sign : -sign);
        else
            isControl ? panByPages(sign) : panByBars(sign);
        return true;
    }
    case Qt::Key_Up:
    case Qt::Key_Down:
        if (isControl)
            event.key() == Qt::Key_Up ? zoomIn() : zoomOut();
        return isControl;
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        zoomIn();
        return true;
    case Qt::Key_Minus:
        zoomOut();
        return true;
    case Qt::Key_Home:
        goToFirst();
        return true;
    case Qt::Key_End:
        goToLatest();
        return true;
    default:
        return false;
    }
}

void ChartView::askAbout(const ChartSelection& selection)
{
    switch (selection.what) {
    case ChartSelection::What::Gap:
        return void(emit gapChosen(selection.range.from));
    case ChartSelection::What::Finding:
    case ChartSelection::What::Breach: // a comparison may have left a finding there
        return void(emit findingChosen(selection.range));
    }
}

void ChartView::keyPressEvent(QKeyEvent* event)
{
    const bool isPlain = !(event->modifiers() & (Qt::ControlModifier | Qt::AltModifier | Qt::MetaModifier));
    const QString text = event->text();
    if (event->key() == Qt::Key_Escape && (m_measured || m_crosshair || m_selected)) {
        endMeasure();
        select(std::nullopt);
        setCrosshair(std::nullopt);
        return;
    }
    if (m_series && (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && m_selected && isPlain)
        return askAbout(*m_selected);
    if (m_series && moveByKey(*event))
        return;
    if (isPlain && !text.isEmpty() && (text[0].isLetterOrNumber() || text == u","_s))
        return void(emit typed(text));
    QWidget::keyPressEvent(event);
}

void ChartView::contextMenuEvent(QContextMenuEvent* event)
{
    emit activated();
    const bool isByKey = event->reason() == QContextMenuEvent::Keyboard;
    emit menuRequested(isByKey ? mapToGlobal(m_layout.price.center().toPoint()) : event->globalPos());
}

} // namespace mnemo
