#include "ui/sources/sharedelegate.h"

#include <QApplication>
#include <QPainter>
#include <QStyle>

#include "ui/widgets/theme.h"

namespace mnemo {

ShareDelegate::ShareDelegate(int role, QObject* parent)
    : QStyledItemDelegate(parent)
    , m_role(role)
{
}

void ShareDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const QVariant share = index.data(m_role);
    if (!share.isValid()) {
        QStyledItemDelegate::paint(painter, option, index);
        return;
    }
    QStyle* const style = option.widget ? option.widget->style() : QApplication::style();
    style->drawPrimitive(QStyle::PE_PanelItemViewItem, &option, painter, option.widget);
    const Theme theme = Theme::of(option.palette);
    const int height = option.fontMetrics.height() / 2;
    QRect bar(option.rect.left() + 4, option.rect.center().y() - height / 2, option.fontMetrics.height() * 5, height);
    painter->fillRect(bar, theme.track);
    const double part = share.toDouble();
    QRect used = bar;
    used.setWidth(static_cast<int>(bar.width() * part));
    painter->fillRect(used, part >= 0.95 ? theme.warning : theme.running);
    const bool isSelected = option.state.testFlag(QStyle::State_Selected);
    painter->setPen(option.palette.color(isSelected ? QPalette::HighlightedText : QPalette::Text));
    painter->drawText(option.rect.adjusted(bar.width() + 12, 0, 0, 0), Qt::AlignVCenter | Qt::AlignLeft,
        index.data(Qt::DisplayRole).toString());
}

} // namespace mnemo
