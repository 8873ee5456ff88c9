#pragma once

#include <QStyledItemDelegate>

namespace mnemo {

/// A line of the palette: the found letters bold, the group behind, the keys at the right; why not, where it is disabled.
class PaletteDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

} // namespace mnemo
