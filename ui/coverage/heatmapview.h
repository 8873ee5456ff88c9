#pragma once

#include <QAbstractScrollArea>
#include <QImage>
#include <memory>
#include <optional>

#include "ui/coverage/coverageselection.h"
#include "ui/coverage/heatmap.h"
#include "ui/coverage/heatmaplayout.h"

namespace mnemo {

/// Level 1: all series over time. Paints what can be seen from an immutable snapshot; cells are kept as a picture, of
/// which only the lines that changed are made anew. Wheel over the cells zooms time, over the names scrolls.
class HeatmapView : public QAbstractScrollArea {
    Q_OBJECT
public:
    explicit HeatmapView(QWidget* parent = nullptr);

    void setHeatmap(std::shared_ptr<const Heatmap> heatmap);
    const std::shared_ptr<const Heatmap>& heatmap() const { return m_heatmap; }
    void setFilter(const QString& filter);
    void setScope(const Scope& scope); ///< its time is brought into view, once that can be seen; other times stay there
    const std::vector<HeatmapLine>& lines() const { return m_lines; }
    const HeatmapLayout& layoutOfCells() const { return m_layout; }

    BucketUnit unit() const; ///< that the zoom asks for
    void zoom(int steps, int x); ///< positive: closer; the time at @p x of the viewport stays there
    HeatmapCell cursor() const { return m_cursor; }
    void setCursor(HeatmapCell cell, bool extends = false);
    bool goToGap(
        int direction); ///< the next cell with something missing in the cursor's line; false where there is none
    CoverageSelection selection() const;
    QString cursorText() const; ///< everything about the cell at the cursor
    int paintedLines() const { return m_paintedLines; } ///< how many lines of cells were made anew so far; for tests

signals:
    void unitWanted(mnemo::BucketUnit unit);
    void selectionChanged();
    void opened(const mnemo::SeriesRecord& series, mnemo::UtcMs time); ///< one level deeper
    void menuRequested(QPoint global);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void scrollContentsBy(int dx, int dy) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void changeEvent(QEvent* event) override;
    bool viewportEvent(QEvent* event) override;

private:
    void showTime(TimeRange range);
    void filterChanged();
    void zoomChanged();
    void rebuildLines();
    void updateLayout();
    void invalidateAll();
    void ensurePicture();
    void paintLine(const CellPainter& cells, int line);
    void paintBody(QPainter& painter);
    void paintNames(QPainter& painter, const QRect& dirty);
    void paintDates(QPainter& painter);
    void paintCursor(QPainter& painter);
    void step(int lines, int columns, bool extends);
    void openCursor();
    void say();
    int seriesLine(int from, int direction) const; ///< the nearest line that is a series; -1
    std::optional<HeatmapCell> clampedCell(QPoint point) const;

    std::shared_ptr<const Heatmap> m_heatmap;
    std::vector<HeatmapLine> m_lines;
    QString m_filter;
    Scope m_scope;
    HeatmapLayout m_layout;
    int m_zoom;
    std::optional<std::pair<UtcMs, int>>
        m_anchorTime; ///< time that is to stay at an x of the viewport, once the cells are in
    HeatmapCell m_cursor, m_anchor; ///< the box between them is selected
    QImage m_picture; ///< of the body, in device pixels
    std::vector<bool> m_dirty; ///< by visible line, from the first
    int m_paintedLines = 0;
    bool m_isDragging = false;
    bool m_isFirst = true;
    bool m_isTimeOwed = false; ///< the scope's time, to be shown
};

} // namespace mnemo
