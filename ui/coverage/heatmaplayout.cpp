#include "ui/coverage/heatmaplayout.h"

#include <algorithm>

namespace mnemo {

void HeatmapLayout::clampScroll()
{
    scrollX = std::clamp(scrollX, 0, mostScrollX());
    scrollY = std::clamp(scrollY, 0, mostScrollY());
}

QRect HeatmapLayout::cellRect(HeatmapCell cell) const
{
    return {headerWidth + cell.column * columnWidth - scrollX, headerHeight + cell.line * lineHeight - scrollY,
        columnWidth, lineHeight};
}

QRect HeatmapLayout::lineRect(int line) const
{
    return {0, headerHeight + line * lineHeight - scrollY, size.width(), lineHeight};
}

int HeatmapLayout::lineAt(int y) const
{
    const int at = y - headerHeight + scrollY;
    if (y < headerHeight || y >= size.height() || at < 0 || at / lineHeight >= lines)
        return -1;
    return at / lineHeight;
}

int HeatmapLayout::columnAt(int x) const
{
    const int at = x - headerWidth + scrollX;
    if (x < headerWidth || x >= size.width() || at < 0 || at / columnWidth >= columns)
        return -1;
    return at / columnWidth;
}

std::optional<HeatmapCell> HeatmapLayout::cellAt(QPoint point) const
{
    const HeatmapCell cell {lineAt(point.y()), columnAt(point.x())};
    if (cell.line < 0 || cell.column < 0)
        return std::nullopt;
    return cell;
}

IndexRange HeatmapLayout::visibleLines() const
{
    if (body().height() <= 0)
        return {};
    return {scrollY / lineHeight, std::min(lines - 1, (scrollY + body().height() - 1) / lineHeight)};
}

IndexRange HeatmapLayout::visibleColumns() const
{
    if (body().width() <= 0)
        return {};
    return {scrollX / columnWidth, std::min(columns - 1, (scrollX + body().width() - 1) / columnWidth)};
}

void HeatmapLayout::reveal(HeatmapCell cell)
{
    const int left = cell.column * columnWidth;
    const int top = cell.line * lineHeight;
    scrollX = std::min(std::max(scrollX, left + columnWidth - body().width()), left);
    scrollY = std::min(std::max(scrollY, top + lineHeight - body().height()), top);
    clampScroll();
}

} // namespace mnemo
