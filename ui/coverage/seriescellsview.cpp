#include "ui/coverage/seriescellsview.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QLocale>
#include <QPainter>
#include <QScrollBar>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

SeriesCellsView::SeriesCellsView(QWidget* parent)
    : QAbstractScrollArea(parent)
    , m_cells(std::make_shared<const SeriesCells>())
{
    setFocusPolicy(Qt::StrongFocus);
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAsNeeded);
    viewport()->setAttribute(Qt::WA_OpaquePaintEvent);
    setAccessibleName(tr("Coverage of one series"));
}

void SeriesCellsView::setCells(std::shared_ptr<const SeriesCells> cells)
{
    const auto before = std::exchange(m_cells, std::move(cells));
    const bool isSame = before->series.id == m_cells->series.id && before->shape == m_cells->shape;
    if (isSame && m_cursor >= 0 && m_cursor < before->count() && m_cells->count() > 0) {
        m_cursor = m_cells->indexOf(before->range(m_cursor, m_cursor).from);
        m_anchor = m_cells->indexOf(
            before->range(std::clamp(m_anchor, 0, before->count() - 1), std::clamp(m_anchor, 0, before->count() - 1))
                .from);
    } else {
        m_cursor = m_anchor = -1;
    }
    updateLayout();
    setAccessibleDescription(m_cells->describe(m_cursor));
    viewport()->update();
}

void SeriesCellsView::updateLayout()
{
    m_layout = SeriesCellsLayout::of(*m_cells, viewport()->width(), fontMetrics().height());
    verticalScrollBar()->setRange(0, std::max(0, m_layout.size.height() - viewport()->height()));
    verticalScrollBar()->setPageStep(viewport()->height());
    verticalScrollBar()->setSingleStep(m_layout.side * 3);
    horizontalScrollBar()->setRange(0, std::max(0, m_layout.size.width() - viewport()->width()));
    horizontalScrollBar()->setPageStep(viewport()->width());
}

void SeriesCellsView::resizeEvent(QResizeEvent* event)
{
    QAbstractScrollArea::resizeEvent(event);
    updateLayout();
}

QRect SeriesCellsView::rectOf(int index) const
{
    return m_layout.cellRect(*m_cells, index)
        .translated(-horizontalScrollBar()->value(), -verticalScrollBar()->value());
}

int SeriesCellsView::indexAt(QPoint point) const
{
    return m_layout.cellAt(*m_cells, point + QPoint(horizontalScrollBar()->value(), verticalScrollBar()->value()));
}

void SeriesCellsView::paintEvent(QPaintEvent* event)
{
    QPainter painter(viewport());
    painter.fillRect(event->rect(), Theme::of(palette()).background);
    paintCells(painter);
    paintLabels(painter);
    if (m_cursor < 0)
        return;
    const auto [from, to] = std::minmax(m_cursor, m_anchor);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(palette().color(QPalette::Highlight), 2));
    for (int i = from; i <= to && to > from; ++i)
        painter.drawRect(rectOf(i).adjusted(0, 0, -2, -2));
    painter.setPen(QPen(palette().color(QPalette::Highlight), 3));
    painter.drawRect(rectOf(m_cursor).adjusted(-1, -1, 0, 0));
}

void SeriesCellsView::paintCells(QPainter& painter)
{
    const qreal ratio = devicePixelRatioF();
    QImage image((QSizeF(viewport()->size()) * ratio).toSize(), QImage::Format_RGB32);
    const CellPainter cells(Theme::of(palette()), ratio);
    image.fill(cells.background());
    const QRect shown = viewport()->rect();
    for (int i = 0; i < m_cells->count(); ++i) {
        const QRect rect = rectOf(i).adjusted(0, 0, -2, -2);
        if (!rect.intersects(shown))
            continue;
        const QRect pixels(QPointF(QPointF(rect.topLeft()) * ratio).toPoint(), (QSizeF(rect.size()) * ratio).toSize());
        cells.paint(image, pixels, m_cells->looks[static_cast<std::size_t>(i)]);
    }
    image.setDevicePixelRatio(ratio);
    painter.drawImage(0, 0, image);
}

void SeriesCellsView::paintLabels(QPainter& painter)
{
    const Theme theme = Theme::of(palette());
    const QFontMetrics metrics = fontMetrics();
    const int textTop = metrics.ascent();
    painter.setPen(theme.axisText);
    if (m_layout.shape == SeriesCells::Shape::Calendar) {
        const QLocale locale;
        for (int i = 0; i < m_cells->count(); ++i) {
            const auto date = dateOf(m_cells->bounds[static_cast<std::size_t>(i)]);
            if (unsigned(date.day()) != 1)
                continue;
            const QRect rect = rectOf(i);
            const int top =
                rect.top() - (rect.top() + verticalScrollBar()->value() - m_layout.top) % m_layout.blockHeight;
            painter.drawText(rect.left(), top - metrics.height() - 2 + textTop,
                locale.standaloneMonthName(int(unsigned(date.month())), QLocale::ShortFormat));
            if (date.month() == std::chrono::January)
                painter.drawText(6, top + m_layout.side * 3 + textTop, QString::number(int(date.year())));
        }
        return;
    }
    const bool isHourly = m_cells->series.key.timeframe.length() < std::chrono::hours {1};
    for (int i = 0; i < m_cells->count(); i += m_layout.perLine) {
        const QString time = timeText(m_cells->bounds[static_cast<std::size_t>(i)]);
        const QRect rect = rectOf(i);
        painter.drawText(QRect(0, rect.top(), m_layout.left - 8, rect.height()), Qt::AlignRight | Qt::AlignVCenter,
            isHourly ? time.section(u' ', 1) : time.section(u' ', 0, 0).mid(5));
    }
    painter.setPen(theme.mutedText);
    if (m_cells->count() > 0)
        painter.drawText(m_layout.left, 4 + textTop - verticalScrollBar()->value(),
            tr("%1, one cell for each bar, UTC").arg(dateText(m_cells->bounds.front())));
}

void SeriesCellsView::setCursor(int index, bool extends)
{
    if (m_cells->count() == 0)
        return;
    m_cursor = std::clamp(index, 0, m_cells->count() - 1);
    if (!extends || m_anchor < 0)
        m_anchor = m_cursor;
    const QRect rect = rectOf(m_cursor);
    if (rect.bottom() > viewport()->height())
        verticalScrollBar()->setValue(verticalScrollBar()->value() + rect.bottom() - viewport()->height() + 8);
    else if (rect.top() < m_layout.top)
        verticalScrollBar()->setValue(verticalScrollBar()->value() + rect.top() - m_layout.top);
    setAccessibleDescription(m_cells->describe(m_cursor));
    viewport()->update();
    emit selectionChanged();
}

bool SeriesCellsView::isDefect(int index) const
{
    const CellMark mark = m_cells->looks[static_cast<std::size_t>(index)].mark;
    return mark == CellMark::Failed || mark == CellMark::Unknown || mark == CellMark::Outage;
}

bool SeriesCellsView::isAtGap() const
{
    return m_cursor >= 0 && m_cursor < m_cells->count() && isDefect(m_cursor);
}

bool SeriesCellsView::goToGap(int direction)
{
    for (int i = m_cursor + direction; i >= 0 && i < m_cells->count(); i += direction) {
        if (isDefect(i)) {
            setCursor(i);
            return true;
        }
    }
    return false;
}

CoverageSelection SeriesCellsView::selection() const
{
    CoverageSelection selection;
    if (m_cursor < 0 || m_cells->count() == 0)
        return selection;
    const auto [from, to] = std::minmax(m_cursor, m_anchor);
    selection.series = {m_cells->series};
    selection.range = m_cells->range(std::max(0, from), std::min(to, m_cells->count() - 1));
    return selection;
}

void SeriesCellsView::step(int by, bool extends)
{
    if (m_cursor < 0)
        return setCursor(by > 0 ? 0 : m_cells->count() - 1);
    if (!extends && (m_cursor + by < 0 || m_cursor + by >= m_cells->count())) {
        emit edgePassed(by > 0 ? 1 : -1);
        return;
    }
    setCursor(m_cursor + by, extends);
}

void SeriesCellsView::keyPressEvent(QKeyEvent* event)
{
    const bool extends = event->modifiers().testFlag(Qt::ShiftModifier);
    const int page = event->modifiers().testFlag(Qt::ControlModifier) ? 5 : 1;
    switch (event->key()) {
    case Qt::Key_Left:
        return step(-m_layout.stepRight() * page, extends);
    case Qt::Key_Right:
        return step(m_layout.stepRight() * page, extends);
    case Qt::Key_Up:
        return step(-m_layout.stepDown(), extends);
    case Qt::Key_Down:
        return step(m_layout.stepDown(), extends);
    case Qt::Key_Home:
        return setCursor(0, extends);
    case Qt::Key_End:
        return setCursor(m_cells->count() - 1, extends);
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (m_cursor >= 0)
            emit opened(m_cells->range(m_cursor, m_cursor).from);
        return;
    default:
        QAbstractScrollArea::keyPressEvent(event);
    }
}

void SeriesCellsView::mousePressEvent(QMouseEvent* event)
{
    setFocus(Qt::MouseFocusReason);
    const int index = indexAt(event->position().toPoint());
    if (event->button() == Qt::LeftButton && index >= 0)
        setCursor(index, event->modifiers().testFlag(Qt::ShiftModifier));
}

void SeriesCellsView::mouseMoveEvent(QMouseEvent* event)
{
    const int index = indexAt(event->position().toPoint());
    if (event->buttons().testFlag(Qt::LeftButton) && index >= 0 && index != m_cursor)
        setCursor(index, true);
}

void SeriesCellsView::mouseDoubleClickEvent(QMouseEvent* event)
{
    const int index = indexAt(event->position().toPoint());
    if (event->button() == Qt::LeftButton && index >= 0)
        emit opened(m_cells->range(index, index).from);
}

void SeriesCellsView::contextMenuEvent(QContextMenuEvent* event)
{
    emit menuRequested(event->globalPos());
}

bool SeriesCellsView::viewportEvent(QEvent* event)
{
    if (event->type() != QEvent::ToolTip)
        return QAbstractScrollArea::viewportEvent(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const int index = indexAt(help->pos());
    QToolTip::showText(help->globalPos(), m_cells->describe(index), viewport());
    return true;
}

} // namespace mnemo
