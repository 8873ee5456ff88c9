#pragma once

#include <QAbstractScrollArea>
#include <QTransform>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>

#include "core/engine/pipelines.h"
#include "ui/pipelines/graphlayout.h"

namespace mnemo {

class GraphMap;
struct Theme;

/// How it stands with one task of the graph in the shown run, over all of its instances.
struct NodeStatus {
    TaskState state = TaskState::None;
    int instances = 0, ended = 0;
    std::optional<milliseconds> took; ///< from the first begin to the last end
    std::optional<std::int64_t> rows;
    bool operator==(const NodeStatus&) const = default;
};
/// By task. @p progress adds what is stored so far by those at work.
std::map<std::string, NodeStatus> statusOf(std::span<const TaskRecord> tasks, std::span<const TaskProgress> progress, UtcMs now);

/// The tasks of a pipeline as nodes from left to right, with the state of one run. Keys walk along edges and layers, + and -
/// zoom, the wheel with Ctrl zooms at the mouse, dragging moves. Shift with a key or a click chooses one more, Ctrl with a click or
/// Space one more or less. Where it is larger than the view a map of all stands in the corner. UI thread.
class GraphView : public QAbstractScrollArea {
    Q_OBJECT
public:
    explicit GraphView(QWidget* parent = nullptr);

    void setPipeline(std::shared_ptr<const DagDefinition> dag); ///< null: nothing to show
    void setStatus(std::map<std::string, NodeStatus> status);
    int current() const { return m_current; } ///< -1: none
    void setCurrent(int task); ///< and chooses it alone
    void setCurrent(const std::string& task);
    std::string currentTask() const; ///< empty: none
    std::set<std::string> chosen() const; ///< tasks
    void choose(const std::set<std::string>& tasks); ///< without chosenChanged()
    GraphMap* map() const { return m_map; }
    qreal zoom() const { return m_zoom; }
    void setZoom(qreal zoom, const QPointF& fixed); ///< @p fixed stays where it is, in px of the viewport
    void zoomBy(qreal factor);
    void fit(); ///< all of it, never larger than life
    QRectF nodeRect(int task) const; ///< in px of the viewport
    QString nodeText(int task) const; ///< what the node shows, in words

signals:
    void currentChanged();
    void chosenChanged(); ///< after currentChanged() where that has changed too
    void opened(const std::string& task);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    bool viewportEvent(QEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    QRectF worldRect(int task) const;
    QRectF world() const;
    QTransform toView() const;
    enum class Choosing { One, More, Toggle };
    static Choosing choosingBy(Qt::KeyboardModifiers modifiers);
    void goTo(int task, Choosing choosing);
    void chooseAll();
    void updateBars();
    void updateMap();
    void centreOn(const QPointF& world);
    void reveal();
    int nodeAt(const QPointF& where) const;
    int beside(int direction) const; ///< -1 left, 1 right along an edge
    int within(int direction) const; ///< -1 up, 1 down in the layer
    void paintEdges(QPainter& painter, const Theme& theme) const;
    void paintNode(QPainter& painter, int task, const Theme& theme) const;
    NodeStatus statusAt(int task) const;

    std::shared_ptr<const DagDefinition> m_dag;
    GraphLayout m_layout;
    std::map<std::string, NodeStatus> m_status;
    int m_current = -1;
    std::set<int> m_chosen;
    GraphMap* m_map = nullptr;
    qreal m_zoom = 1;
    bool m_isFitted = true; ///< follows the size of the view
    QPoint m_dragged;
};

} // namespace mnemo
