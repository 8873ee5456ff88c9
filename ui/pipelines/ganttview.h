#pragma once

#include <QAbstractScrollArea>
#include <QStaticText>
#include <vector>

#include "ui/pipelines/ganttpaint.h"
#include "ui/widgets/displayzone.h"

namespace mnemo {

/// One run over time: a lane for each pool, a row for each task, a bar for each try with what it waited for. The wheel with Ctrl
/// zooms at the mouse, dragging moves; keys walk through rows and bars, + and - zoom, 0 shows all. While the run is at work
/// its end is now and stays in view until somebody zooms or moves. UI thread.
class GanttView : public QAbstractScrollArea {
    Q_OBJECT
public:
    explicit GanttView(const DisplayZone& zone, QWidget* parent = nullptr); ///< @p zone outlives it

    void show(GanttScene scene);
    void clear();
    const GanttScene& scene() const { return m_scene; }
    int current() const { return m_row; } ///< row; -1: none
    int currentBar() const { return m_bar; } ///< -1: none
    std::string currentTask() const; ///< its name; empty: none
    void setCurrent(int row, int bar = -1); ///< the last bar where none is said
    void setCurrent(const std::string& name);
    GanttPlaces places() const;
    void zoomBy(double factor, qreal x); ///< @p x px of the viewport: its time stays there
    void panBy(qreal pixels);
    void fit();
    bool isFitted() const { return m_isFitted; }
    QString rowText(int row, int bar) const; ///< what it shows, in words

signals:
    void currentChanged();
    void opened();

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void changeEvent(QEvent* event) override;
    bool viewportEvent(QEvent* event) override;

private:
    void updateBars();
    void reveal();
    void describe();
    void stepBar(int direction);
    void panTo(UtcMs time, qreal x); ///< px of the plot
    GanttLook look() const;
    void layOutNames();
    QString barText(const GanttScene::Bar& bar) const;
    void paintPlot(QPainter& painter, const QRect& dirty, const GanttPlaces& at, const GanttLook& look) const;
    void paintLanes(QPainter& painter, const GanttPlaces& at, const GanttLook& look) const;
    void paintNames(QPainter& painter, const GanttPlaces& at, const GanttLook& look) const;
    void paintAxis(QPainter& painter, const GanttPlaces& at, const GanttLook& look) const;
    void paintCursor(QPainter& painter, const GanttPlaces& at) const;
    std::pair<std::size_t, std::size_t> visibleRows(const GanttPlaces& at) const; ///< [first, end)

    const DisplayZone& m_zone;
    GanttScene m_scene;
    TimeScale m_time;
    int m_row = -1, m_bar = -1;
    int m_namesWidth = 160;
    std::vector<QStaticText> m_names; ///< of rows, cut to the width
    mutable GlyphPictures m_glyphs;
    bool m_isFitted = true;
    QPoint m_dragged;
};

} // namespace mnemo
