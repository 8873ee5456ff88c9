#include "ui/shell/palettedelegate.h"

#include <QApplication>
#include <QPainter>
#include <QTextLayout>

#include "ui/shell/palettemodel.h"

namespace mnemo {

namespace {

void drawMarked(QPainter& painter, const QRect& rect, const QFont& font, const QString& text, const QList<int>& marked)
{
    QTextLayout layout(text, font);
    QList<QTextLayout::FormatRange> ranges;
    for (const int at : marked) {
        QTextCharFormat bold;
        bold.setFontWeight(QFont::Bold);
        bold.setFontUnderline(true);
        ranges << QTextLayout::FormatRange {at, 1, bold};
    }
    layout.setFormats(ranges);
    layout.beginLayout();
    QTextLine line = layout.createLine();
    line.setLineWidth(rect.width());
    layout.endLayout();
    painter.save();
    painter.setClipRect(rect);
    layout.draw(&painter, QPointF(rect.left(), rect.top() + (rect.height() - line.height()) / 2));
    painter.restore();
}

} // namespace

QSize PaletteDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const
{
    return {200, option.fontMetrics.height() * 17 / 10};
}

void PaletteDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    QStyleOptionViewItem item = option;
    initStyleOption(&item, index);
    item.text.clear();
    const QStyle* style = item.widget ? item.widget->style() : QApplication::style();
    style->drawControl(QStyle::CE_ItemViewItem, &item, painter, item.widget);
    const bool isSelected = item.state.testFlag(QStyle::State_Selected);
    const QString reason = index.data(PaletteModel::ReasonRole).toString();
    const QColor strong = item.palette.color(isSelected ? QPalette::HighlightedText : QPalette::Text);
    const QColor soft = isSelected ? strong : item.palette.color(QPalette::PlaceholderText);
    const int em = item.fontMetrics.height();
    const QRect inner = item.rect.adjusted(em / 2, 0, -em / 2, 0);

    const QString right = reason.isEmpty() ? index.data(PaletteModel::KeysRole).toString() : QString();
    const int rightWidth = right.isEmpty() ? 0 : item.fontMetrics.horizontalAdvance(right) + em;
    painter->setPen(soft);
    painter->drawText(inner, Qt::AlignRight | Qt::AlignVCenter, right);

    const QString text = index.data(Qt::DisplayRole).toString();
    painter->setPen(reason.isEmpty() ? strong : soft);
    drawMarked(*painter, inner.adjusted(0, 0, -rightWidth, 0), item.font, text,
        index.data(PaletteModel::PositionsRole).value<QList<int>>());
    const int begin = inner.left() + item.fontMetrics.horizontalAdvance(text) + em * 5 / 4;
    const QRect behind(begin, inner.top(), inner.right() - rightWidth - begin, inner.height());
    if (behind.width() < 2 * em)
        return;
    const QString group = reason.isEmpty() ? index.data(PaletteModel::GroupRole).toString() : QStringLiteral("\u2298 ") + reason;
    painter->setPen(soft);
    painter->drawText(behind, Qt::AlignLeft | Qt::AlignVCenter, item.fontMetrics.elidedText(group, Qt::ElideRight, behind.width()));
}

} // namespace mnemo
