#include "ui/pipelines/ganttview.h"

#include <QAccessible>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QScrollBar>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "ui/jobs/waitingtext.h"
#include "ui/pipelines/pipelinetext.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

constexpr double leastMsPerPixel = 0.5, mostMsPerPixel = 7.0 * 24 * 3'600'000 / 100;
constexpr double keyStep = 1.25; ///< of the zoom
constexpr std::size_t mostWaitsTold = 8;

} // namespace

GanttView::GanttView(const DisplayZone& zone, QWidget* parent)
    : QAbstractScrollArea(parent)
    , m_zone(zone)
{
    setFocusPolicy(Qt::StrongFocus);
    setFrameShape(QFrame::NoFrame);
    setAccessibleName(tr("Tasks of the run over time"));
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    viewport()->setBackgroundRole(QPalette::Base);
    connect(verticalScrollBar(), &QScrollBar::valueChanged, viewport(), qOverload<>(&QWidget::update));
    connect(&zone, &DisplayZone::changed, viewport(), qOverload<>(&QWidget::update));
}

// --- what it shows ---

void GanttView::show(GanttScene scene)
{
    if (scene == m_scene)
        return;
    const std::string task = currentTask();
    const bool wasLastBar = m_row >= 0 && m_bar == static_cast<int>(m_scene.rows[static_cast<std::size_t>(m_row)].bars.size()) - 1;
    m_scene = std::move(scene);
    m_row = m_scene.rowOf(task);
    const int bars = m_row < 0 ? 0 : static_cast<int>(m_scene.rows[static_cast<std::size_t>(m_row)].bars.size());
    m_bar = wasLastBar || m_bar >= bars ? bars - 1 : m_bar;
    if (m_isFitted)
        fit();
    updateBars();
    viewport()->update();
    describe();
}

void GanttView::clear()
{
    m_scene = {};
    m_row = m_bar = -1;
    m_isFitted = true;
    updateBars();
    viewport()->update();
    describe();
}

std::string GanttView::currentTask() const
{
    return m_row < 0 ? std::string() : m_scene.rows[static_cast<std::size_t>(m_row)].name;
}

void GanttView::setCurrent(const std::string& name)
{
    if (name == currentTask())
        return;
    const int row = m_scene.rowOf(name);
    if (row >= 0)
        return setCurrent(row);
    m_row = m_bar = -1;
    viewport()->update();
    describe();
}

void GanttView::setCurrent(int row, int bar)
{
    if (m_scene.rows.empty())
        return;
    const int before = m_row;
    m_row = std::clamp(row, 0, static_cast<int>(m_scene.rows.size()) - 1);
    const int last = static_cast<int>(m_scene.rows[static_cast<std::size_t>(m_row)].bars.size()) - 1;
    m_bar = bar < 0 ? last : std::min(bar, last);
    reveal();
    viewport()->update();
    describe();
    if (m_row != before)
        emit currentChanged();
}

void GanttView::describe()
{
    const QString text = m_scene.rows.empty() ? tr("The run has no tasks yet") : m_row < 0 ? tr("No task is chosen") : rowText(m_row, m_bar);
    if (text == accessibleDescription())
        return;
    setAccessibleDescription(text);
    QAccessibleEvent event(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&event);
}

QString GanttView::barText(const GanttScene::Bar& bar) const
{
    QStringList lines;
    const milliseconds inQueue = bar.started.value_or(bar.ended) - bar.queued;
    if (inQueue > milliseconds {0})
        lines << tr("Waited %1 for a slot of its pool").arg(tookText(inQueue));
    if (!bar.started)
        return lines.join(u'\n');
    const milliseconds took = bar.ended - *bar.started;
    lines << (bar.isEndKnown ? tr("Try %1: %2, %3").arg(QString::number(bar.attempt), textOf(bar.state), tookText(took))
                             : tr("Try %1: the program ended meanwhile, after %2 at most").arg(QString::number(bar.attempt), tookText(took)));
    lines << tr("From %1 to %2").arg(m_zone.at(*bar.started).toString(u"HH:mm:ss.zzz"_s), m_zone.at(bar.ended).toString(u"HH:mm:ss.zzz"_s));
    if (bar.waited() > milliseconds {0})
        lines << tr("Of this %1 waiting:").arg(tookText(bar.waited()));
    std::map<std::string, milliseconds> reasons;
    for (const Wait& wait : bar.waits)
        reasons[wait.why] += wait.held;
    for (const auto& [why, held] : reasons) {
        if (static_cast<std::size_t>(lines.size()) < mostWaitsTold)
            lines << tr("%1: %2").arg(waitingText(why), tookText(held));
    }
    if (!bar.error.empty())
        lines << toQString(bar.error);
    return lines.join(u'\n');
}

QString GanttView::rowText(int index, int bar) const
{
    const GanttScene::Row& row = m_scene.rows[static_cast<std::size_t>(index)];
    const GanttScene::Lane& lane = m_scene.lanes[static_cast<std::size_t>(m_scene.laneOf(static_cast<std::size_t>(index)))];
    const QString state = row.isPaused ? tr("%1, paused").arg(textOf(row.state)) : textOf(row.state);
    QStringList lines {tr("%1 in pool %2: %3").arg(toQString(row.name), toQString(lane.pool), state)};
    if (row.rows)
        lines << tr("%Ln row(s)", nullptr, static_cast<int>(*row.rows));
    if (bar >= 0)
        lines << barText(row.bars[static_cast<std::size_t>(bar)]);
    return lines.join(u'\n');
}

// --- places ---

GanttPlaces GanttView::places() const
{
    GanttPlaces at;
    const int line = fontMetrics().height();
    at.names = m_namesWidth;
    at.line = line + 6;
    at.axis = line + 10;
    at.top = verticalScrollBar()->value();
    at.time = m_time;
    at.time.width = std::max(1, viewport()->width() - at.names);
    return at;
}

void GanttView::updateBars()
{
    int wide = 0;
    for (const GanttScene::Row& row : m_scene.rows)
        wide = std::max(wide, fontMetrics().horizontalAdvance(toQString(row.name)));
    const int em = fontMetrics().horizontalAdvance(u'0');
    m_namesWidth = std::clamp(wide + 6 * em, 14 * em, std::max(14 * em, viewport()->width() / 3));
    layOutNames();
    const GanttPlaces at = places();
    verticalScrollBar()->setRange(0, std::max(0, at.height(m_scene) - (viewport()->height() - at.axis)));
    verticalScrollBar()->setSingleStep(at.line);
    verticalScrollBar()->setPageStep(std::max(at.line, viewport()->height() - at.axis));
}

void GanttView::layOutNames()
{
    m_names.clear();
    const int room = m_namesWidth - fontMetrics().height() - 24;
    for (const GanttScene::Row& row : m_scene.rows) {
        m_names.emplace_back(fontMetrics().elidedText(toQString(row.name), Qt::ElideMiddle, room));
        m_names.back().setTextFormat(Qt::PlainText);
    }
}

void GanttView::fit()
{
    m_isFitted = true;
    updateBars();
    const qreal width = std::max<qreal>(1, viewport()->width() - m_namesWidth);
    const double room = std::max(1.0, static_cast<double>((m_scene.span.to - m_scene.span.from).count())) / 0.9; // for glyphs behind bars
    m_time.msPerPixel = std::clamp(room / width, leastMsPerPixel, mostMsPerPixel);
    m_time.from = static_cast<double>(toMs(m_scene.span.from)) - 0.03 * room;
    viewport()->update();
}

void GanttView::zoomBy(double factor, qreal x)
{
    m_isFitted = false;
    m_time = places().time;
    m_time.zoomBy(factor, x - m_namesWidth, leastMsPerPixel, mostMsPerPixel);
    viewport()->update();
}

void GanttView::panBy(qreal pixels)
{
    m_isFitted = false;
    m_time.panBy(pixels);
    viewport()->update();
}

void GanttView::panTo(UtcMs time, qreal x)
{
    panBy(x - m_time.toX(time));
}

void GanttView::reveal()
{
    if (m_row < 0)
        return;
    const GanttPlaces at = places();
    const QRect row = at.row(m_scene, static_cast<std::size_t>(m_row));
    const bool isFirst = m_scene.lanes[static_cast<std::size_t>(m_scene.laneOf(static_cast<std::size_t>(m_row)))].first == static_cast<std::size_t>(m_row);
    const int first = isFirst ? row.top() - at.line : row.top(); // with the heading of its lane
    if (first < at.axis)
        verticalScrollBar()->setValue(at.top + first - at.axis);
    else if (row.bottom() > viewport()->height())
        verticalScrollBar()->setValue(at.top + row.bottom() - viewport()->height() + 1);
    if (m_bar < 0 || m_isFitted)
        return;
    const GanttScene::Bar& bar = m_scene.rows[static_cast<std::size_t>(m_row)].bars[static_cast<std::size_t>(m_bar)];
    const UtcMs begin = bar.started.value_or(bar.queued);
    if (at.time.toX(bar.ended) < 0 || at.time.toX(begin) > at.time.width)
        panTo(begin, at.time.width / 4);
}

std::pair<std::size_t, std::size_t> GanttView::visibleRows(const GanttPlaces& at) const
{
    const int first = at.top / at.line - static_cast<int>(m_scene.lanes.size());
    const int end = (at.top + viewport()->height()) / at.line + 1;
    const int count = static_cast<int>(m_scene.rows.size());
    return {static_cast<std::size_t>(std::clamp(first, 0, count)), static_cast<std::size_t>(std::clamp(end, 0, count))};
}

// --- painting ---

GanttLook GanttView::look() const
{
    return {Theme::of(palette()), palette().color(QPalette::Base), palette().color(QPalette::Text), font(), &m_glyphs};
}

void GanttView::paintEvent(QPaintEvent* event)
{
    QPainter painter(viewport());
    painter.fillRect(event->rect(), palette().color(QPalette::Base));
    if (m_scene.rows.empty()) {
        painter.setPen(palette().color(QPalette::PlaceholderText));
        painter.drawText(viewport()->rect(), Qt::AlignCenter | Qt::TextWordWrap, tr("The run has no tasks yet"));
        return;
    }
    const GanttPlaces at = places();
    const GanttLook style = look();
    paintPlot(painter, event->rect(), at, style);
    paintLanes(painter, at, style);
    paintNames(painter, at, style);
    paintAxis(painter, at, style);
    paintCursor(painter, at);
}

void GanttView::paintPlot(QPainter& painter, const QRect& dirty, const GanttPlaces& at, const GanttLook& look) const
{
    painter.setClipRect(QRect(at.names, at.axis, viewport()->width(), viewport()->height()).intersected(dirty));
    painter.setPen(look.theme.gridLine);
    for (const TimeTick& tick : timeTicks(at.time, 90, ChartZone::of(m_zone)))
        painter.drawLine(QPointF(at.names + tick.x, at.axis), QPointF(at.names + tick.x, viewport()->height()));
    const auto [first, end] = visibleRows(at);
    for (std::size_t i = first; i < end; ++i) {
        const QRect row = at.row(m_scene, i);
        for (const GanttScene::Bar& bar : m_scene.rows[i].bars)
            paintBar(painter, bar, row, at, look);
    }
    if (m_scene.isLive) {
        painter.setPen(QPen(look.theme.crosshair, 1, Qt::DashLine));
        painter.drawLine(QPointF(at.xOf(m_scene.span.to), at.axis), QPointF(at.xOf(m_scene.span.to), viewport()->height()));
    }
    painter.setClipping(false);
}

void GanttView::paintLanes(QPainter& painter, const GanttPlaces& at, const GanttLook& look) const
{
    QFont bold = font();
    bold.setBold(true);
    painter.setClipRect(0, at.axis, viewport()->width(), viewport()->height());
    for (std::size_t i = 0; i < m_scene.lanes.size(); ++i) {
        const QRect where = at.lane(m_scene, i);
        const GanttScene::Lane& lane = m_scene.lanes[i];
        painter.fillRect(where, palette().color(QPalette::AlternateBase));
        painter.setPen(look.theme.gridLine);
        painter.drawLine(where.topLeft(), where.topRight());
        painter.setFont(bold);
        painter.setPen(look.text);
        const QString name = toQString(lane.pool);
        painter.drawText(where.adjusted(8, 0, 0, 0), Qt::AlignVCenter | Qt::AlignLeft, name);
        const int behind = 20 + QFontMetrics(bold).horizontalAdvance(name);
        painter.setFont(font());
        painter.setPen(look.theme.mutedText);
        const QString tasks = tr("%n task(s)", nullptr, static_cast<int>(lane.count));
        const QString text = lane.size > 0 ? tr("%1, %2").arg(tr("%n slot(s)", nullptr, lane.size), tasks) : tasks;
        painter.drawText(where.adjusted(behind, 0, 0, 0), Qt::AlignVCenter | Qt::AlignLeft, text);
    }
    painter.setClipping(false);
}

void GanttView::paintNames(QPainter& painter, const GanttPlaces& at, const GanttLook& look) const
{
    painter.setClipRect(0, at.axis, at.names, viewport()->height());
    painter.setPen(look.text);
    const auto [first, end] = visibleRows(at);
    const int glyph = fontMetrics().height() + 4;
    for (std::size_t i = first; i < end; ++i) {
        const GanttScene::Row& row = m_scene.rows[i];
        const QRect where = at.row(m_scene, i).intersected(QRect(0, 0, at.names, viewport()->height() + at.line));
        const bool isHeld = row.isPaused && !isFinal(row.state);
        look.glyphs->draw(painter, QRect(where.left() + 6, where.top(), glyph, where.height()), isHeld ? u"\u2016"_s : glyphOf(row.state),
            isHeld ? look.theme.paused : colourOf(row.state, look.theme), look.font);
        painter.drawStaticText(where.left() + glyph + 10, where.top() + 3, m_names[i]);
    }
    painter.setPen(look.theme.gridLine);
    painter.drawLine(at.names - 1, at.axis, at.names - 1, viewport()->height());
    painter.setClipping(false);
}

void GanttView::paintAxis(QPainter& painter, const GanttPlaces& at, const GanttLook& look) const
{
    painter.fillRect(0, 0, viewport()->width(), at.axis, look.base);
    painter.setPen(look.theme.mutedText);
    painter.drawText(QRect(8, 0, at.names - 12, at.axis), Qt::AlignVCenter | Qt::AlignLeft, m_zone.label(m_scene.span.from));
    painter.setClipRect(at.names, 0, viewport()->width(), at.axis);
    const qreal nowX = m_scene.isLive ? at.xOf(m_scene.span.to) : -1000;
    for (const TimeTick& tick : timeTicks(at.time, 90, ChartZone::of(m_zone))) {
        painter.setPen(tick.isMajor ? look.theme.axisText : look.theme.mutedText);
        if (std::abs(at.names + tick.x - nowX) > 60)
            painter.drawText(QRectF(at.names + tick.x - 60, 0, 120, at.axis), Qt::AlignCenter, tick.label);
    }
    if (m_scene.isLive) {
        painter.setPen(look.text);
        painter.drawText(QRectF(nowX - 60, 0, 120, at.axis), Qt::AlignCenter, tr("now"));
    }
    painter.setClipping(false);
    painter.setPen(look.theme.gridLine);
    painter.drawLine(0, at.axis - 1, viewport()->width(), at.axis - 1);
}

void GanttView::paintCursor(QPainter& painter, const GanttPlaces& at) const
{
    if (m_row < 0)
        return;
    painter.setClipRect(0, at.axis, viewport()->width(), viewport()->height());
    const QRect row = at.row(m_scene, static_cast<std::size_t>(m_row));
    QPen pen(palette().color(hasFocus() ? QPalette::Highlight : QPalette::PlaceholderText), 2);
    pen.setJoinStyle(Qt::MiterJoin);
    painter.setPen(pen);
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(QRect(1, row.top() + 1, at.names - 4, row.height() - 2));
    if (m_bar >= 0) {
        painter.setClipRect(at.names, at.axis, viewport()->width(), viewport()->height());
        const GanttScene::Bar& bar = m_scene.rows[static_cast<std::size_t>(m_row)].bars[static_cast<std::size_t>(m_bar)];
        const QRectF where = bar.started ? at.work(bar, row) : at.queue(bar, row);
        painter.drawRect(where.adjusted(-2, -2, 2, 2));
    }
    painter.setClipping(false);
}

// --- keys and mouse ---

void GanttView::stepBar(int direction)
{
    if (m_row < 0)
        return setCurrent(0);
    const int last = static_cast<int>(m_scene.rows[static_cast<std::size_t>(m_row)].bars.size()) - 1;
    setCurrent(m_row, std::clamp(m_bar + direction, 0, std::max(0, last)));
}

void GanttView::keyPressEvent(QKeyEvent* event)
{
    const GanttPlaces at = places();
    const bool isFar = event->modifiers().testFlag(Qt::ControlModifier);
    const int page = std::max(1, (viewport()->height() - at.axis) / at.line - 1);
    const qreal middle = at.names + at.time.width / 2;
    switch (event->key()) {
    case Qt::Key_Plus:
    case Qt::Key_Equal: return zoomBy(keyStep, middle);
    case Qt::Key_Minus: return zoomBy(1 / keyStep, middle);
    case Qt::Key_0: return fit();
    case Qt::Key_Up: return isFar ? zoomBy(keyStep, middle) : setCurrent(m_row - 1);
    case Qt::Key_Down: return isFar ? zoomBy(1 / keyStep, middle) : setCurrent(m_row + 1);
    case Qt::Key_PageUp: return setCurrent(m_row - page);
    case Qt::Key_PageDown: return setCurrent(m_row + page);
    case Qt::Key_Left: return isFar ? panBy(at.time.width * 0.8) : stepBar(-1);
    case Qt::Key_Right: return isFar ? panBy(-at.time.width * 0.8) : stepBar(1);
    case Qt::Key_Home: return panTo(m_scene.span.from, at.time.width * 0.05);
    case Qt::Key_End: return panTo(m_scene.span.to, at.time.width * 0.95);
    case Qt::Key_Return:
    case Qt::Key_Enter:
        emit opened();
        return;
    default: QAbstractScrollArea::keyPressEvent(event);
    }
}

void GanttView::wheelEvent(QWheelEvent* event)
{
    const QPoint turned = event->angleDelta();
    if (event->modifiers().testFlag(Qt::ControlModifier))
        zoomBy(std::pow(1.0015, turned.y()), event->position().x());
    else if (event->modifiers().testFlag(Qt::ShiftModifier) || std::abs(turned.x()) > std::abs(turned.y()))
        panBy(turned.x() != 0 ? turned.x() : turned.y());
    else
        return QAbstractScrollArea::wheelEvent(event);
    event->accept();
}

void GanttView::mousePressEvent(QMouseEvent* event)
{
    m_dragged = event->position().toPoint();
    const GanttPlaces at = places();
    const int row = at.rowAt(m_scene, m_dragged.y());
    if (row >= 0)
        setCurrent(row, m_dragged.x() < at.names ? -1 : at.barAt(m_scene.rows[static_cast<std::size_t>(row)], m_dragged.x()));
}

void GanttView::mouseMoveEvent(QMouseEvent* event)
{
    const QPoint by = event->position().toPoint() - m_dragged;
    m_dragged = event->position().toPoint();
    if (by.x() != 0)
        panBy(by.x());
    verticalScrollBar()->setValue(verticalScrollBar()->value() - by.y());
}

void GanttView::mouseDoubleClickEvent(QMouseEvent* event)
{
    if (places().rowAt(m_scene, event->position().toPoint().y()) >= 0)
        emit opened();
}

bool GanttView::viewportEvent(QEvent* event)
{
    if (event->type() != QEvent::ToolTip)
        return QAbstractScrollArea::viewportEvent(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const GanttPlaces at = places();
    const int row = at.rowAt(m_scene, help->y());
    if (row >= 0) {
        const int bar = help->x() < at.names ? -1 : at.barAt(m_scene.rows[static_cast<std::size_t>(row)], help->x());
        QToolTip::showText(help->globalPos(), rowText(row, bar), viewport());
    } else {
        QToolTip::hideText();
    }
    return true;
}

void GanttView::resizeEvent(QResizeEvent* event)
{
    QAbstractScrollArea::resizeEvent(event);
    updateBars();
    if (m_isFitted)
        fit();
}

void GanttView::changeEvent(QEvent* event)
{
    QAbstractScrollArea::changeEvent(event);
    m_glyphs.clear(); // palette or font are others
    if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange)
        updateBars();
}

void GanttView::focusInEvent(QFocusEvent* event)
{
    QAbstractScrollArea::focusInEvent(event);
    viewport()->update();
}

void GanttView::focusOutEvent(QFocusEvent* event)
{
    QAbstractScrollArea::focusOutEvent(event);
    viewport()->update();
}

} // namespace mnemo
