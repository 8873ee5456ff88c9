#pragma once

#include <QStyledItemDelegate>

#include "ui/jobs/jobsmodel.h"
#include "ui/widgets/theme.h"

class QPainter;

namespace mnemo {

/// A bar in segments: stored (solid), confirmed empty (dotted), failed (hatched), pending (the track).
void paintShares(QPainter& painter, const QRectF& rect, const JobShares& shares, JobState state, const Theme& theme);

class ProgressDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

} // namespace mnemo
