#pragma once

#include <QAbstractScrollArea>
#include <memory>

#include "ui/coverage/coverageselection.h"
#include "ui/coverage/seriescells.h"

namespace mnemo {

/// Levels 2 and 3: the days of a series as a calendar of years, or the bars of a day. The selection is one stretch of
/// time.
class SeriesCellsView : public QAbstractScrollArea {
    Q_OBJECT
public:
    explicit SeriesCellsView(QWidget* parent = nullptr);

    /// The cursor stays at its time where the series is the same. Never null.
    void setCells(std::shared_ptr<const SeriesCells> cells);
    const std::shared_ptr<const SeriesCells>& cells() const { return m_cells; }
    void setCursor(int index, bool extends = false);
    int cursor() const { return m_cursor; }
    bool goToGap(int direction); ///< false where there is none
    bool isAtGap() const; ///< bars that could be there are absent under the cursor
    CoverageSelection selection() const;
    QRect rectOf(int index) const; ///< in the viewport

signals:
    void selectionChanged();
    void opened(mnemo::UtcMs time); ///< one level deeper
    void edgePassed(int direction); ///< by the keys, out of what is shown
    void menuRequested(QPoint global);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    bool viewportEvent(QEvent* event) override;

private:
    void updateLayout();
    void step(int by, bool extends);
    void paintCells(QPainter& painter);
    void paintLabels(QPainter& painter);
    int indexAt(QPoint point) const;
    bool isDefect(int index) const;

    std::shared_ptr<const SeriesCells> m_cells;
    SeriesCellsLayout m_layout;
    int m_cursor = -1, m_anchor = -1;
};

} // namespace mnemo
