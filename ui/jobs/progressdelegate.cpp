#include "ui/jobs/progressdelegate.h"

#include <QApplication>
#include <QPainter>

using namespace Qt::StringLiterals;

namespace mnemo {

void paintShares(QPainter& painter, const QRectF& rect, const JobShares& shares, JobState state, const Theme& theme)
{
    const QColor solid = state == JobState::Complete ? theme.good
        : state == JobState::Cancelled               ? theme.neutral
                                                     : theme.running;
    painter.fillRect(rect, theme.track);
    qreal x = rect.left();
    const auto segment = [&](double share, const QColor& colour, Qt::BrushStyle pattern) {
        if (share <= 0)
            return;
        const qreal width = std::min(std::max(1.0, rect.width() * share), rect.right() - x); // never invisible
        const QRectF part(x, rect.top(), width, rect.height());
        if (pattern == Qt::SolidPattern) {
            painter.fillRect(part, colour);
        } else {
            QColor soft = colour;
            soft.setAlpha(70);
            painter.fillRect(part, soft);
            painter.fillRect(part, QBrush(colour, pattern));
        }
        x += width;
    };
    segment(shares.stored, solid, Qt::SolidPattern);
    segment(shares.empty, solid, Qt::Dense5Pattern);
    segment(shares.failed, theme.bad, Qt::BDiagPattern);
}

void ProgressDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    QStyleOptionViewItem base = option;
    initStyleOption(&base, index);
    const QString text = base.text;
    base.text.clear();
    const QStyle* style = base.widget ? base.widget->style() : QApplication::style();
    style->drawControl(QStyle::CE_ItemViewItem, &base, painter, base.widget);

    const qreal textWidth = base.fontMetrics.horizontalAdvance(u"100.0 %"_s) + 8;
    QRectF bar = QRectF(option.rect).adjusted(6, 0, -textWidth - 4, 0);
    const qreal height = std::min(10.0, bar.height() - 6);
    bar = QRectF(bar.left(), std::round(bar.center().y() - height / 2), bar.width(), height);
    painter->save();
    const auto model = index.data(JobsModel::SharesRole).value<JobShares>();
    const auto state = index.data(JobsModel::StateRole).value<JobState>();
    if (bar.width() > 4)
        paintShares(*painter, bar, model, state, Theme::of(option.palette));
    const bool isSelected = option.state.testFlag(QStyle::State_Selected);
    painter->setPen(option.palette.color(isSelected ? QPalette::HighlightedText : QPalette::Text));
    painter->drawText(QRectF(option.rect).adjusted(0, 0, -6, 0), Qt::AlignRight | Qt::AlignVCenter, text);
    painter->restore();
}

QSize ProgressDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    return QStyledItemDelegate::sizeHint(option, index).expandedTo({170, 0});
}

} // namespace mnemo
