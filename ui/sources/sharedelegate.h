#pragma once

#include <QStyledItemDelegate>

namespace mnemo {

/// A bar behind the text, where the model gives a share (0..1) under the role: its length tells, not its colour.
class ShareDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    ShareDelegate(int role, QObject* parent);
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
    int m_role;
};

} // namespace mnemo
