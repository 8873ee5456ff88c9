#pragma once

#include <QStyledItemDelegate>
#include <cstdint>
#include <vector>

namespace mnemo {

/// Paints a cell that holds numbers in HistoryRole, a std::vector<std::int64_t>, as a row of bars on one line, the newest
/// at the right. The model says the same in words.
class SparklineDelegate : public QStyledItemDelegate {
public:
    enum Role { HistoryRole = Qt::UserRole + 1 };
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

/// Heights of the bars, in whole pixels: what is not nothing is at least one high. Pure.
/// @param high of the largest
std::vector<int> sparkHeights(const std::vector<std::int64_t>& numbers, int high);

} // namespace mnemo
