#include "ui/pipelines/graphmap.h"

#include <QMouseEvent>
#include <QPainter>
#include <algorithm>

#include "ui/widgets/textformat.h"

namespace mnemo {

namespace {

constexpr qreal inset = 4; ///< px

} // namespace

GraphMap::GraphMap(QWidget* parent)
    : QWidget(parent)
{
    setFocusPolicy(Qt::NoFocus);
    setAccessibleName(tr("Map of the graph"));
    setToolTip(tr("The whole graph; drag the frame to move"));
    setCursor(Qt::ArrowCursor);
}

void GraphMap::setWorld(const QRectF& world, std::vector<Node> nodes)
{
    if (world == m_world && nodes == m_nodes)
        return;
    m_world = world;
    m_nodes = std::move(nodes);
    update();
}

void GraphMap::setVisiblePart(const QRectF& part)
{
    if (part == m_part)
        return;
    m_part = part;
    const QRectF seen = part.intersected(m_world);
    const double share = m_world.isEmpty() ? 1 : seen.width() * seen.height() / (m_world.width() * m_world.height());
    setAccessibleDescription(tr("%1 of the graph is in view").arg(percentText(share)));
    update();
}

QPointF GraphMap::toMap(const QPointF& point) const
{
    const qreal factor = std::min((width() - 2 * inset) / m_world.width(), (height() - 2 * inset) / m_world.height());
    return QRectF(rect()).center() + (point - m_world.center()) * factor;
}

QPointF GraphMap::toWorld(const QPointF& point) const
{
    const qreal factor = std::min((width() - 2 * inset) / m_world.width(), (height() - 2 * inset) / m_world.height());
    return m_world.center() + (point - QRectF(rect()).center()) / factor;
}

void GraphMap::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.fillRect(rect(), palette().color(QPalette::Base));
    painter.setPen(palette().color(QPalette::PlaceholderText));
    painter.drawRect(rect().adjusted(0, 0, -1, -1));
    if (m_world.isEmpty())
        return;
    for (const Node& node : m_nodes) {
        QRectF where(toMap(node.where.topLeft()), toMap(node.where.bottomRight()));
        where.setSize(where.size().expandedTo({2, 2}));
        painter.fillRect(where, node.colour);
    }
    const QRectF part = QRectF(toMap(m_part.topLeft()), toMap(m_part.bottomRight())).intersected(QRectF(rect()).adjusted(1, 1, -2, -2));
    QColor veil = palette().color(QPalette::Highlight);
    veil.setAlphaF(0.12F);
    painter.fillRect(part, veil);
    painter.setPen(QPen(palette().color(QPalette::Highlight), 2));
    painter.drawRect(part);
}

void GraphMap::mousePressEvent(QMouseEvent* event)
{
    emit wanted(toWorld(event->position()));
}

void GraphMap::mouseMoveEvent(QMouseEvent* event)
{
    emit wanted(toWorld(event->position()));
}

void GraphMap::mouseDoubleClickEvent(QMouseEvent*) { }

void GraphMap::wheelEvent(QWheelEvent* event)
{
    event->accept();
}

} // namespace mnemo
