#include "ui/pipelines/graphview.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QPainterPath>
#include <QScrollBar>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "ui/pipelines/graphmap.h"
#include "ui/pipelines/pipelinetext.h"
#include "ui/widgets/glyphicon.h"
#include "ui/widgets/textformat.h"
#include "ui/widgets/theme.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

constexpr qreal nodeWidth = 190, nodeHeight = 58, between = 70, below = 22, margin = 24; ///< px at zoom 1
constexpr qreal leastZoom = 0.2, mostZoom = 3;
constexpr QSize mapSize {190, 110}; ///< px
constexpr int mapMargin = 8;

} // namespace

std::map<std::string, NodeStatus> statusOf(std::span<const TaskRecord> tasks, std::span<const TaskProgress> progress, UtcMs now)
{
    std::map<std::string, NodeStatus> all;
    std::map<std::string, std::pair<UtcMs, UtcMs>> spans;
    for (const TaskRecord& task : tasks) {
        NodeStatus& node = all[task.node];
        const TaskState state = stateOf(task);
        node.state = node.instances == 0 ? state : worseOf(node.state, state);
        ++node.instances;
        node.ended += isFinal(state) ? 1 : 0;
        std::optional<std::int64_t> rows = rowsOf(task);
        for (const TaskProgress& one : progress) {
            if (one.task == TaskRef {task.run, task.index})
                rows = one.rows;
        }
        if (rows)
            node.rows = node.rows.value_or(0) + *rows;
        const auto took = tookOf(task, now);
        if (!took)
            continue;
        const UtcMs end = *task.started + *took;
        const auto [span, isNew] = spans.emplace(task.node, std::pair(*task.started, end));
        span->second = {std::min(span->second.first, *task.started), std::max(span->second.second, end)};
        node.took = span->second.second - span->second.first;
    }
    return all;
}

GraphView::GraphView(QWidget* parent)
    : QAbstractScrollArea(parent)
{
    setFocusPolicy(Qt::StrongFocus);
    setFrameShape(QFrame::NoFrame);
    setAccessibleName(tr("Graph of the pipeline"));
    viewport()->setBackgroundRole(QPalette::Base);
    m_map = new GraphMap(viewport());
    m_map->resize(mapSize);
    m_map->hide();
    connect(m_map, &GraphMap::wanted, this, &GraphView::centreOn);
    for (QScrollBar* bar : {horizontalScrollBar(), verticalScrollBar()}) {
        connect(bar, &QScrollBar::valueChanged, this, [this] {
            updateMap();
            viewport()->update();
        });
    }
}

// --- what it shows ---

void GraphView::setPipeline(std::shared_ptr<const DagDefinition> dag)
{
    if (dag == m_dag)
        return;
    const std::string task = currentTask();
    const bool isOther = !dag || !m_dag || dag->id != m_dag->id;
    m_dag = std::move(dag);
    m_layout = m_dag ? layOut(m_dag->tasks) : GraphLayout {};
    m_current = m_layout.places.empty() ? -1 : 0;
    m_chosen.clear();
    if (m_current >= 0)
        m_chosen = {m_current};
    if (isOther)
        m_status.clear();
    else
        setCurrent(task);
    if (isOther || m_isFitted)
        fit();
    updateBars();
    viewport()->update();
}

void GraphView::setStatus(std::map<std::string, NodeStatus> status)
{
    if (status == m_status)
        return;
    m_status = std::move(status);
    updateMap();
    viewport()->update();
}

NodeStatus GraphView::statusAt(int task) const
{
    const auto found = m_status.find(m_dag->tasks[static_cast<std::size_t>(task)].id);
    return found == m_status.end() ? NodeStatus {} : found->second;
}

std::string GraphView::currentTask() const
{
    return m_current < 0 ? std::string() : m_dag->tasks[static_cast<std::size_t>(m_current)].id;
}

void GraphView::setCurrent(const std::string& task)
{
    for (std::size_t i = 0; m_dag && i < m_dag->tasks.size(); ++i) {
        if (m_dag->tasks[i].id == task)
            setCurrent(static_cast<int>(i));
    }
}

void GraphView::setCurrent(int task)
{
    goTo(task, Choosing::One);
}

void GraphView::goTo(int task, Choosing choosing)
{
    if (task < 0)
        return;
    const bool isOther = task != m_current;
    const std::set<int> before = m_chosen;
    m_current = task;
    if (choosing == Choosing::One)
        m_chosen = {task};
    else if (choosing == Choosing::More || m_chosen.erase(task) == 0)
        m_chosen.insert(task);
    if (m_chosen.empty())
        m_chosen = {task};
    setAccessibleDescription(m_chosen.size() > 1 ? tr("%1\n%2").arg(nodeText(task), tr("%n task(s) chosen", nullptr, static_cast<int>(m_chosen.size())))
                                                 : nodeText(task));
    reveal();
    viewport()->update();
    const std::set<int> wanted = m_chosen;
    if (isOther)
        emit currentChanged();
    m_chosen = wanted; // who follows the current one may have chosen it alone
    if (m_chosen != before)
        emit chosenChanged();
}

std::set<std::string> GraphView::chosen() const
{
    std::set<std::string> tasks;
    for (const int task : m_chosen)
        tasks.insert(m_dag->tasks[static_cast<std::size_t>(task)].id);
    return tasks;
}

void GraphView::choose(const std::set<std::string>& tasks)
{
    m_chosen.clear();
    for (std::size_t i = 0; m_dag && i < m_dag->tasks.size(); ++i) {
        if (tasks.contains(m_dag->tasks[i].id))
            m_chosen.insert(static_cast<int>(i));
    }
    if (m_chosen.empty() && m_current >= 0)
        m_chosen = {m_current};
    viewport()->update();
}

QString GraphView::nodeText(int task) const
{
    const TaskDefinition& one = m_dag->tasks[static_cast<std::size_t>(task)];
    const NodeStatus status = statusAt(task);
    QStringList lines {tr("%1 (%2): %3").arg(toQString(one.id), typeText(one.type), status.instances > 0 ? textOf(status.state) : tr("not run yet"))};
    if (status.instances > 0)
        lines << tr("%1 of %2 ended, took %3").arg(status.ended).arg(status.instances).arg(tookText(status.took));
    if (status.rows)
        lines << tr("%Ln row(s)", nullptr, static_cast<int>(*status.rows));
    QStringList before;
    for (const std::string& name : one.dependsOn)
        before << toQString(name);
    if (!before.isEmpty())
        lines << tr("After %1 (%2)").arg(before.join(u", "_s), toQString(toText(one.trigger)));
    return lines.join(u'\n');
}

// --- places ---

QRectF GraphView::worldRect(int task) const
{
    const GraphLayout::Place& place = m_layout.places[static_cast<std::size_t>(task)];
    return {margin + place.layer * (nodeWidth + between), margin + place.position * (nodeHeight + below), nodeWidth, nodeHeight};
}

QRectF GraphView::world() const
{
    return {0, 0, 2 * margin + m_layout.layers * nodeWidth + std::max(0, m_layout.layers - 1) * between,
        2 * margin + m_layout.widest * nodeHeight + std::max(0, m_layout.widest - 1) * below};
}

QTransform GraphView::toView() const
{
    const QRectF all = world();
    const auto shift = [](qreal room, qreal needed, int scrolled) { return needed < room ? (room - needed) / 2 : -qreal(scrolled); };
    const qreal dx = shift(viewport()->width(), all.width() * m_zoom, horizontalScrollBar()->value());
    const qreal dy = shift(viewport()->height(), all.height() * m_zoom, verticalScrollBar()->value());
    return QTransform(m_zoom, 0, 0, m_zoom, dx, dy);
}

QRectF GraphView::nodeRect(int task) const
{
    return toView().mapRect(worldRect(task));
}

int GraphView::nodeAt(const QPointF& where) const
{
    for (std::size_t i = 0; i < m_layout.places.size(); ++i) {
        if (nodeRect(static_cast<int>(i)).contains(where))
            return static_cast<int>(i);
    }
    return -1;
}

void GraphView::updateBars()
{
    const QRectF all = world();
    horizontalScrollBar()->setRange(0, std::max(0, static_cast<int>(std::ceil(all.width() * m_zoom)) - viewport()->width()));
    verticalScrollBar()->setRange(0, std::max(0, static_cast<int>(std::ceil(all.height() * m_zoom)) - viewport()->height()));
    horizontalScrollBar()->setPageStep(viewport()->width());
    verticalScrollBar()->setPageStep(viewport()->height());
    horizontalScrollBar()->setSingleStep(20);
    verticalScrollBar()->setSingleStep(20);
    updateMap();
}

/// Only where there is something that is not in view.
void GraphView::updateMap()
{
    const bool isLarger = m_dag && (horizontalScrollBar()->maximum() > 0 || verticalScrollBar()->maximum() > 0);
    m_map->setVisible(isLarger && viewport()->width() > 2 * mapSize.width() && viewport()->height() > mapSize.height() + 2 * mapMargin);
    if (!isLarger)
        return;
    const Theme theme = Theme::of(palette());
    std::vector<GraphMap::Node> nodes;
    for (std::size_t i = 0; i < m_layout.places.size(); ++i) {
        const NodeStatus status = statusAt(static_cast<int>(i));
        nodes.push_back({worldRect(static_cast<int>(i)), status.instances > 0 ? colourOf(status.state, theme) : theme.neutral});
    }
    m_map->move(viewport()->width() - mapSize.width() - mapMargin, viewport()->height() - mapSize.height() - mapMargin);
    m_map->setWorld(world(), std::move(nodes));
    m_map->setVisiblePart(toView().inverted().mapRect(QRectF(viewport()->rect())));
}

void GraphView::centreOn(const QPointF& point)
{
    horizontalScrollBar()->setValue(static_cast<int>(std::lround(point.x() * m_zoom - viewport()->width() / 2.0)));
    verticalScrollBar()->setValue(static_cast<int>(std::lround(point.y() * m_zoom - viewport()->height() / 2.0)));
}

void GraphView::setZoom(qreal zoom, const QPointF& fixed)
{
    const QPointF point = toView().inverted().map(fixed);
    m_isFitted = false;
    m_zoom = std::clamp(zoom, leastZoom, mostZoom);
    updateBars();
    horizontalScrollBar()->setValue(static_cast<int>(std::lround(point.x() * m_zoom - fixed.x())));
    verticalScrollBar()->setValue(static_cast<int>(std::lround(point.y() * m_zoom - fixed.y())));
    viewport()->update();
}

void GraphView::zoomBy(qreal factor)
{
    setZoom(m_zoom * factor, QRectF(viewport()->rect()).center());
}

void GraphView::fit()
{
    const QRectF all = world();
    const qreal wanted = std::min(viewport()->width() / all.width(), viewport()->height() / all.height());
    m_isFitted = true;
    m_zoom = std::clamp(wanted, leastZoom, 1.0);
    updateBars();
    viewport()->update();
}

void GraphView::reveal()
{
    const QRectF node = nodeRect(m_current).adjusted(-8, -8, 8, 8);
    const auto move = [](QScrollBar* bar, qreal from, qreal to, int room) {
        if (from < 0)
            bar->setValue(bar->value() + static_cast<int>(from));
        else if (to > room)
            bar->setValue(bar->value() + static_cast<int>(std::ceil(to - room)));
    };
    move(horizontalScrollBar(), node.left(), node.right(), viewport()->width());
    move(verticalScrollBar(), node.top(), node.bottom(), viewport()->height());
}

int GraphView::beside(int direction) const
{
    int best = -1;
    double least = 1e9;
    for (const auto& [from, to] : m_layout.edges) {
        const int here = direction > 0 ? from : to;
        const int there = direction > 0 ? to : from;
        const double distance = std::abs(m_layout.places[static_cast<std::size_t>(there)].position - m_layout.places[static_cast<std::size_t>(m_current)].position);
        if (here == m_current && distance < least) {
            least = distance;
            best = there;
        }
    }
    return best;
}

int GraphView::within(int direction) const
{
    int best = -1;
    const GraphLayout::Place& here = m_layout.places[static_cast<std::size_t>(m_current)];
    for (std::size_t i = 0; i < m_layout.places.size(); ++i) {
        const GraphLayout::Place& there = m_layout.places[i];
        const double distance = (there.position - here.position) * direction;
        if (there.layer == here.layer && distance > 0
            && (best < 0 || distance < (m_layout.places[static_cast<std::size_t>(best)].position - here.position) * direction))
            best = static_cast<int>(i);
    }
    return best;
}

// --- painting ---

void GraphView::paintEvent(QPaintEvent* event)
{
    QPainter painter(viewport());
    painter.fillRect(event->rect(), palette().color(QPalette::Base));
    const Theme theme = Theme::of(palette());
    if (!m_dag) {
        painter.setPen(palette().color(QPalette::PlaceholderText));
        painter.drawText(viewport()->rect(), Qt::AlignCenter | Qt::TextWordWrap, tr("This pipeline is not defined any more."));
        return;
    }
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setTransform(toView());
    paintEdges(painter, theme);
    const QRectF visible = toView().inverted().mapRect(QRectF(event->rect()));
    for (std::size_t i = 0; i < m_layout.places.size(); ++i) {
        if (worldRect(static_cast<int>(i)).adjusted(-4, -4, 4, 4).intersects(visible))
            paintNode(painter, static_cast<int>(i), theme);
    }
}

void GraphView::paintEdges(QPainter& painter, const Theme& theme) const
{
    painter.setBrush(Qt::NoBrush);
    for (const auto& [from, to] : m_layout.edges) {
        const bool isActiveNow = statusAt(to).state == TaskState::Running;
        const bool isChosen = from == m_current || to == m_current;
        QPen pen(isActiveNow ? theme.running : isChosen ? theme.axisText : theme.gapLine, isActiveNow || isChosen ? 2 : 1.4);
        if (isActiveNow)
            pen.setStyle(Qt::DashLine);
        painter.setPen(pen);
        const QPointF begin(worldRect(from).right(), worldRect(from).center().y());
        const QPointF end(worldRect(to).left() - 6, worldRect(to).center().y());
        QPainterPath path(begin);
        const qreal bend = std::max(between / 2, (end.x() - begin.x()) / 2);
        path.cubicTo(begin + QPointF(bend, 0), end - QPointF(bend, 0), end);
        painter.drawPath(path);
        pen.setStyle(Qt::SolidLine);
        painter.setPen(pen);
        painter.drawPolyline(QPolygonF {{end.x() - 1, end.y() - 5}, {end.x() + 5, end.y()}, {end.x() - 1, end.y() + 5}});
    }
}

void GraphView::paintNode(QPainter& painter, int task, const Theme& theme) const
{
    const TaskDefinition& one = m_dag->tasks[static_cast<std::size_t>(task)];
    const NodeStatus status = statusAt(task);
    const QRectF rect = worldRect(task);
    const QColor colour = status.instances > 0 ? colourOf(status.state, theme) : theme.neutral;
    const bool isCurrent = task == m_current;
    const bool isChosen = m_chosen.contains(task);
    painter.setPen(QPen(isCurrent || isChosen ? palette().color(QPalette::Highlight) : colour, isCurrent || isChosen ? 3 : 1.4));
    painter.setBrush(palette().color(QPalette::AlternateBase));
    painter.drawRoundedRect(rect, 7, 7);
    if (isCurrent && m_chosen.size() > 1) { // which of them the keys are at
        painter.setPen(QPen(palette().color(QPalette::Text), 1, Qt::DotLine));
        painter.drawRoundedRect(rect.adjusted(4, 4, -4, -4), 5, 5);
    }
    glyphIcon(glyphOfType(one.type)).paint(&painter, QRect(static_cast<int>(rect.left()) + 10, static_cast<int>(rect.center().y()) - 10, 20, 20));
    const qreal line = QFontMetricsF(font()).height();
    const QRectF text = rect.adjusted(38, 6, -30, -6);
    painter.setPen(palette().color(QPalette::Text));
    const auto put = [&](const QRectF& where, const QString& what) {
        painter.drawText(where, Qt::AlignLeft | Qt::AlignVCenter, QFontMetricsF(font()).elidedText(what, Qt::ElideRight, where.width()));
    };
    put({text.left(), rect.center().y() - line, text.width(), line}, toQString(one.id));
    QStringList facts;
    if (status.took)
        facts << tookText(status.took);
    if (status.rows)
        facts << tr("%Ln row(s)", nullptr, static_cast<int>(*status.rows));
    if (status.instances > 1)
        facts << tr("%1/%2").arg(status.ended).arg(status.instances);
    painter.setPen(palette().color(QPalette::PlaceholderText));
    put({text.left(), rect.center().y() + 1, rect.right() - 8 - text.left(), line}, facts.isEmpty() ? typeText(one.type) : facts.join(u" \u00B7 "_s));
    painter.setPen(colour);
    painter.drawText(QRectF(rect.right() - 30, rect.center().y() - line - 2, 24, line + 4), Qt::AlignCenter, status.instances > 0 ? glyphOf(status.state) : QString());
}

// --- keys and mouse ---

GraphView::Choosing GraphView::choosingBy(Qt::KeyboardModifiers modifiers)
{
    return modifiers.testFlag(Qt::ControlModifier) ? Choosing::Toggle : modifiers.testFlag(Qt::ShiftModifier) ? Choosing::More : Choosing::One;
}

void GraphView::chooseAll()
{
    for (std::size_t i = 0; i < m_layout.places.size(); ++i)
        m_chosen.insert(static_cast<int>(i));
    goTo(m_current, Choosing::More);
    emit chosenChanged();
}

void GraphView::keyPressEvent(QKeyEvent* event)
{
    switch (event->key()) {
    case Qt::Key_Plus:
    case Qt::Key_Equal: return zoomBy(1.25);
    case Qt::Key_Minus: return zoomBy(0.8);
    case Qt::Key_0: return fit();
    default: break;
    }
    if (m_current < 0)
        return QAbstractScrollArea::keyPressEvent(event);
    const bool isMore = event->modifiers().testFlag(Qt::ControlModifier);
    const Choosing choosing = event->modifiers().testFlag(Qt::ShiftModifier) ? Choosing::More : Choosing::One;
    switch (event->key()) {
    case Qt::Key_Left: return goTo(beside(-1), choosing);
    case Qt::Key_Right: return goTo(beside(1), choosing);
    case Qt::Key_Up: return goTo(within(-1), choosing);
    case Qt::Key_Down: return goTo(within(1), choosing);
    case Qt::Key_Home: return goTo(0, choosing);
    case Qt::Key_End: return goTo(static_cast<int>(m_layout.places.size()) - 1, choosing);
    case Qt::Key_Space:
        if (isMore)
            return goTo(m_current, Choosing::Toggle);
        return QAbstractScrollArea::keyPressEvent(event);
    case Qt::Key_A:
        if (isMore)
            return chooseAll();
        return QAbstractScrollArea::keyPressEvent(event);
    case Qt::Key_Return:
    case Qt::Key_Enter:
        emit opened(currentTask());
        return;
    default: QAbstractScrollArea::keyPressEvent(event);
    }
}

void GraphView::wheelEvent(QWheelEvent* event)
{
    if (!event->modifiers().testFlag(Qt::ControlModifier))
        return QAbstractScrollArea::wheelEvent(event);
    setZoom(m_zoom * std::pow(1.0015, event->angleDelta().y()), event->position());
    event->accept();
}

void GraphView::mousePressEvent(QMouseEvent* event)
{
    m_dragged = event->position().toPoint();
    goTo(nodeAt(event->position()), choosingBy(event->modifiers()));
}

void GraphView::mouseMoveEvent(QMouseEvent* event)
{
    const QPoint by = event->position().toPoint() - m_dragged;
    m_dragged = event->position().toPoint();
    horizontalScrollBar()->setValue(horizontalScrollBar()->value() - by.x());
    verticalScrollBar()->setValue(verticalScrollBar()->value() - by.y());
}

void GraphView::mouseDoubleClickEvent(QMouseEvent* event)
{
    if (nodeAt(event->position()) >= 0)
        emit opened(currentTask());
}

bool GraphView::viewportEvent(QEvent* event)
{
    if (event->type() != QEvent::ToolTip)
        return QAbstractScrollArea::viewportEvent(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const int task = nodeAt(help->pos());
    if (task >= 0)
        QToolTip::showText(help->globalPos(), nodeText(task), viewport());
    else
        QToolTip::hideText();
    return true;
}

void GraphView::changeEvent(QEvent* event)
{
    QAbstractScrollArea::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        updateMap(); // it keeps colours
}

void GraphView::resizeEvent(QResizeEvent* event)
{
    QAbstractScrollArea::resizeEvent(event);
    if (m_isFitted)
        fit();
    updateBars();
}

} // namespace mnemo
