#include "ui/validation/sparklinedelegate.h"

#include <QApplication>
#include <QPainter>
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "ui/widgets/theme.h"

namespace mnemo {

std::vector<int> sparkHeights(const std::vector<std::int64_t>& numbers, int high)
{
    const std::int64_t most = numbers.empty() ? 0 : *std::ranges::max_element(numbers);
    std::vector<int> heights;
    for (const std::int64_t number : numbers) {
        const double share = most > 0 ? static_cast<double>(number) / static_cast<double>(most) : 0;
        heights.push_back(number > 0 ? std::max(1, static_cast<int>(std::lround(share * high))) : 0);
    }
    return heights;
}

void SparklineDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    QStyledItemDelegate::paint(painter, option, index); // selection, focus, alternating rows
    const auto numbers = index.data(HistoryRole).value<std::vector<std::int64_t>>();
    const QRect room = option.rect.adjusted(4, 3, -4, -3);
    if (numbers.empty() || room.width() < static_cast<int>(numbers.size()) || room.height() < 4)
        return;
    const bool isSelected = option.state.testFlag(QStyle::State_Selected);
    const Theme theme = Theme::of(option.palette);
    const QColor ink = isSelected ? option.palette.color(QPalette::HighlightedText) : theme.axisText;
    const int step = std::clamp(room.width() / static_cast<int>(numbers.size()), 1, 5);
    const int left = room.right() + 1 - step * static_cast<int>(numbers.size());
    painter->fillRect(left, room.bottom(), step * static_cast<int>(numbers.size()), 1,
        isSelected ? ink : theme.mutedText);
    const std::vector<int> heights = sparkHeights(numbers, room.height() - 1);
    for (std::size_t i = 0; i < heights.size(); ++i)
        painter->fillRect(left + step * static_cast<int>(i), room.bottom() - heights[i], std::max(1, step - 1),
            heights[i], ink);
}

} // namespace mnemo
