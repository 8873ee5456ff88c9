#pragma once

#include <QColor>
#include <QRectF>
#include <QWidget>
#include <vector>

namespace mnemo {

/// The whole graph small, in a corner of a view that shows a part of it, with a frame around that part. Clicking and dragging
/// move the part; keys stay with the graph. UI thread.
class GraphMap : public QWidget {
    Q_OBJECT
public:
    struct Node {
        QRectF where; ///< in the units of the graph
        QColor colour;
        bool operator==(const Node&) const = default;
    };
    explicit GraphMap(QWidget* parent);

    void setWorld(const QRectF& world, std::vector<Node> nodes);
    void setVisiblePart(const QRectF& part); ///< in the units of the graph
    QRectF visiblePart() const { return m_part; }
    QPointF toMap(const QPointF& point) const; ///< px of this widget
    QPointF toWorld(const QPointF& point) const;

signals:
    void wanted(const QPointF& centre); ///< of the visible part

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override; ///< is none for the graph below
    void wheelEvent(QWheelEvent* event) override;

private:
    QRectF m_world, m_part;
    std::vector<Node> m_nodes;
};

} // namespace mnemo
