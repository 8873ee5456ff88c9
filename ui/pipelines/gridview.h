#pragma once

#include <QAbstractScrollArea>
#include <QPixmap>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "ui/pipelines/rungrid.h"
#include "ui/pipelines/runscale.h"
#include "ui/widgets/displayzone.h"

namespace mnemo {

struct Theme;

/// A cell by what it is about, whatever row and column that is now.
struct GridChoice {
    RunId run = 0;
    std::string task; ///< as RunGrid::taskName(); empty: the run
    auto operator<=>(const GridChoice&) const = default;
};

/// Tasks times runs as small squares with a glyph: names and runs stay while the rest is scrolled, only what is visible is
/// painted and asked for. One cursor, moved by keys and mouse; in the row of runs it stands for a whole run. Shift chooses the cells
/// up to the cursor, Ctrl with a click or Space one more or less, Ctrl with Up or Down moves the cursor alone. UI thread.
class GridView : public QAbstractScrollArea {
    Q_OBJECT
public:
    explicit GridView(const DisplayZone& zone, QWidget* parent = nullptr); ///< @p zone outlives it

    const RunGrid& grid() const { return m_grid; }
    /// Changes the grid; keeps the cursor on its run, and the newest runs in view where they were.
    void edit(const std::function<void(RunGrid&)>& change);
    void clear();

    int row() const { return m_row; } ///< -1: the run
    int column() const { return m_column; } ///< -1: nothing is chosen
    enum class Choosing { One, UpTo, Toggle, Keep };
    void setCursor(int row, int column, Choosing choosing = Choosing::One);
    const std::set<GridChoice>& chosen() const { return m_chosen; } ///< with the cursor's cell unless that was taken out
    void choose(std::set<GridChoice> chosen); ///< without moving the cursor
    void showTask(const std::string& task); ///< a task or an instance, whose row is opened; in the run of the cursor
    std::vector<RunId> missing() const; ///< runs in sight whose tasks must be read
    RunScale scale() const;
    QString cellText(int row, int column) const; ///< what the cell shows, in words

signals:
    void cursorMoved();
    void tasksWanted(); ///< missing() has some
    void opened();      ///< Return on a cell

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void scrollContentsBy(int dx, int dy) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void changeEvent(QEvent* event) override;
    bool viewportEvent(QEvent* event) override;

private:
    void updateBars();
    void reveal();
    void toggle(int row);
    void chooseAll();
    void paintCells(QPainter& painter, const QRect& dirty, const Theme& theme);
    const QPixmap& picture(const GridCell& cell, const Theme& theme);
    void paintRuns(QPainter& painter, const Theme& theme) const;
    void paintNames(QPainter& painter, const Theme& theme) const;
    void paintCursor(QPainter& painter) const;
    void paintChosen(QPainter& painter) const;
    std::optional<GridChoice> choiceAt(int row, int column) const;
    int rowOf(const std::string& task) const; ///< -1: the run
    std::set<GridChoice> between(const GridChoice& anchor) const; ///< and the cursor
    void settleChosen();
    int firstColumn() const;
    int endColumn() const;

    const DisplayZone& m_zone;
    RunGrid m_grid;
    int m_row = -1, m_column = -1;
    std::set<GridChoice> m_chosen;
    std::optional<GridChoice> m_anchor; ///< where choosing by Shift began
    int m_namesWidth = 160;
    std::map<std::pair<TaskState, bool>, QPixmap> m_pictures; ///< of cells by state and pause: text is laid out once, not thousands of times
};

/// A square in the colour of its state with its glyph; what never ran is an outline, what others brought down is hatched.
void paintCell(QPainter& painter, const QRect& cell, const GridCell& what, const Theme& theme);

} // namespace mnemo
