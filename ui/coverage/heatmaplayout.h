#pragma once

#include <QPoint>
#include <QRect>
#include <QSize>
#include <algorithm>
#include <optional>

namespace mnemo {

struct HeatmapCell {
    int line = -1, column = -1;
    bool operator==(const HeatmapCell&) const = default;
};

/// First and last of what can be seen, in part or whole; empty where last < first.
struct IndexRange {
    int first = 0, last = -1;
    bool contains(int index) const { return first <= index && index <= last; }
    bool operator==(const IndexRange&) const = default;
};

/// Where lines, columns and cells lie, in logical pixels of the view: names at the left edge and dates at the top stay
/// while the body scrolls. A value.
struct HeatmapLayout {
    QSize size;
    int headerWidth = 0, headerHeight = 0;
    int lineHeight = 20, columnWidth = 6;
    int lines = 0, columns = 0;
    int scrollX = 0, scrollY = 0; ///< of the body

    QRect body() const { return {headerWidth, headerHeight, size.width() - headerWidth, size.height() - headerHeight}; }
    int mostScrollX() const { return std::max(0, columns * columnWidth - body().width()); }
    int mostScrollY() const { return std::max(0, lines * lineHeight - body().height()); }
    void clampScroll();
    QRect cellRect(HeatmapCell cell) const; ///< may lie outside of the body
    QRect lineRect(int line) const; ///< name and cells
    std::optional<HeatmapCell> cellAt(QPoint point) const; ///< nothing outside of the body and of what is there
    int lineAt(int y) const; ///< of names too; -1 where there is none
    int columnAt(int x) const; ///< -1 where there is none
    IndexRange visibleLines() const;
    IndexRange visibleColumns() const;
    void reveal(HeatmapCell cell); ///< scrolls as little as shows all of it
    bool operator==(const HeatmapLayout&) const = default;
};

} // namespace mnemo
