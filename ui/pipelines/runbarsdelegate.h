#pragma once

#include <QStyledItemDelegate>
#include <chrono>
#include <optional>
#include <vector>

namespace mnemo {

/// The newest runs of a pipeline as bars from PipelinesModel::RunsRole: as high as they took long, in the colour of their state
/// with its glyph below.
class RunBarsDelegate final : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

/// Heights of bars in [2, @p high] by the root of what runs took, so that a long one does not flatten the rest. Ones that have not
/// begun have the least.
std::vector<int> barHeights(const std::vector<std::optional<std::chrono::milliseconds>>& took, int high);

} // namespace mnemo
