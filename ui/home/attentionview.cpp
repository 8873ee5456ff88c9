#include "ui/home/attentionview.h"

#include <QApplication>
#include <QHeaderView>
#include <QKeyEvent>
#include <QPainter>
#include <QStyleOptionButton>

#include "ui/home/attentionmodel.h"
#include "ui/widgets/theme.h"

namespace mnemo {

namespace {

constexpr int edge = 6; ///< px between a cell's side and what stands in it
constexpr int between = 3; ///< px between the two lines

int heightOf(const QFontMetrics& metrics)
{
    return 2 * metrics.height() + between + 2 * edge;
}

} // namespace

// --- painting ---

QRect AttentionDelegate::buttonRect(const QStyleOptionViewItem& option)
{
    const int height = std::min(option.rect.height() - 6, option.fontMetrics.height() + 14);
    QRect rect(option.rect.left() + edge, 0, option.rect.width() - 2 * edge, height);
    rect.moveTop(option.rect.center().y() - height / 2);
    return rect;
}

void AttentionDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const auto column = static_cast<AttentionModel::Column>(index.column());
    QStyleOptionViewItem base = option;
    initStyleOption(&base, index);
    if (column != AttentionModel::Cause && column != AttentionModel::Step) {
        QStyledItemDelegate::paint(painter, option, index);
        return;
    }
    base.text.clear();
    base.icon = QIcon();
    base.features &= ~QStyleOptionViewItem::HasDecoration;
    const QStyle* style = base.widget ? base.widget->style() : QApplication::style();
    style->drawControl(QStyle::CE_ItemViewItem, &base, painter, base.widget);
    painter->save();
    if (column == AttentionModel::Cause)
        paintCause(*painter, base, index);
    else
        paintStep(*painter, base, index);
    painter->restore();
}

void AttentionDelegate::paintCause(QPainter& painter, const QStyleOptionViewItem& option, const QModelIndex& index)
{
    const bool isSelected = option.state.testFlag(QStyle::State_Selected);
    const QColor plain = option.palette.color(isSelected ? QPalette::HighlightedText : QPalette::Text);
    const QFontMetrics& metrics = option.fontMetrics;
    const int signWidth = metrics.height() * 2;
    QFont large = option.font;
    large.setPointSizeF(large.pointSizeF() * 1.35);
    painter.setFont(large);
    painter.setPen(isSelected ? plain : index.data(Qt::DecorationRole).value<QColor>());
    painter.drawText(QRect(option.rect.left(), option.rect.top(), signWidth, option.rect.height()), Qt::AlignCenter,
        index.data(AttentionModel::GlyphRole).toString());

    const QRect lines = option.rect.adjusted(signWidth, edge, -edge, -edge);
    QFont bold = option.font;
    bold.setBold(true);
    painter.setFont(bold);
    painter.setPen(plain);
    const QString title =
        QFontMetrics(bold).elidedText(index.data(Qt::DisplayRole).toString(), Qt::ElideRight, lines.width());
    painter.drawText(lines, Qt::AlignTop | Qt::AlignLeft, title);
    painter.setFont(option.font);
    if (!isSelected)
        painter.setPen(Theme::of(option.palette).mutedText);
    const QString reason =
        metrics.elidedText(index.data(AttentionModel::ReasonRole).toString(), Qt::ElideRight, lines.width());
    painter.drawText(lines, Qt::AlignBottom | Qt::AlignLeft, reason);
}

void AttentionDelegate::paintStep(QPainter& painter, const QStyleOptionViewItem& option, const QModelIndex& index)
{
    const QString text = index.data(Qt::DisplayRole).toString();
    const QRect rect = buttonRect(option);
    if (const QVariant progress = index.data(AttentionModel::ProgressRole); progress.isValid()) {
        const bool isSelected = option.state.testFlag(QStyle::State_Selected);
        const Theme theme = Theme::of(option.palette);
        const QRect bar(rect.left(), rect.bottom() - 5, rect.width(), 6);
        painter.fillRect(bar, theme.track);
        painter.fillRect(QRect(bar.left(), bar.top(), static_cast<int>(bar.width() * progress.toDouble()), bar.height()),
            theme.running);
        painter.setPen(option.palette.color(isSelected ? QPalette::HighlightedText : QPalette::Text));
        painter.drawText(rect.adjusted(0, 0, 0, -8), Qt::AlignCenter, text);
        return;
    }
    QStyleOptionButton button;
    button.rect = rect;
    button.text = text;
    button.palette = option.palette;
    button.fontMetrics = option.fontMetrics;
    button.direction = option.direction;
    button.state = QStyle::State_Raised;
    if (index.data(AttentionModel::PressableRole).toBool() && option.state.testFlag(QStyle::State_Enabled))
        button.state |= QStyle::State_Enabled;
    if (option.state.testFlag(QStyle::State_Active))
        button.state |= QStyle::State_Active;
    if (option.state.testFlag(QStyle::State_MouseOver))
        button.state |= QStyle::State_MouseOver;
    const QStyle* style = option.widget ? option.widget->style() : QApplication::style();
    style->drawControl(QStyle::CE_PushButton, &button, &painter, option.widget);
}

// --- the list ---

AttentionView::AttentionView(QWidget* parent)
    : QTableView(parent)
{
    setItemDelegate(new AttentionDelegate(this));
    setSelectionBehavior(SelectRows);
    setSelectionMode(SingleSelection);
    setShowGrid(false);
    setWordWrap(false);
    setTabKeyNavigation(false);
    setMouseTracking(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    verticalHeader()->hide();
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    horizontalHeader()->setHighlightSections(false);
    horizontalHeader()->setSectionsClickable(false);
    setAccessibleName(tr("Needs attention"));
    setAccessibleDescription(tr("One row for each cause, the most urgent first; Return presses the row's button"));
    connect(this, &QTableView::clicked, this, [this](const QModelIndex& cell) {
        if (cell.column() == AttentionModel::Step)
            emit stepWanted(cell);
    });
    connect(this, &QTableView::doubleClicked, this, [this](const QModelIndex& cell) {
        if (cell.column() != AttentionModel::Step)
            emit openWanted(cell);
    });
}

void AttentionView::setModel(QAbstractItemModel* shown)
{
    QTableView::setModel(shown);
    measure();
}

void AttentionView::measure()
{
    if (!model())
        return;
    const QFontMetrics metrics = fontMetrics();
    verticalHeader()->setDefaultSectionSize(heightOf(metrics));
    const int em = metrics.horizontalAdvance(u'0');
    horizontalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    horizontalHeader()->setSectionResizeMode(AttentionModel::Cause, QHeaderView::Stretch);
    for (const auto& [column, ems] :
        {std::pair {AttentionModel::Series, 8}, {AttentionModel::Since, 17}, {AttentionModel::Step, 14}})
        horizontalHeader()->resizeSection(column, ems * em);
}

void AttentionView::keyPressEvent(QKeyEvent* event)
{
    const bool isReturn = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (isReturn && event->modifiers() == Qt::NoModifier && currentIndex().isValid()) {
        emit stepWanted(currentIndex());
        return;
    }
    QTableView::keyPressEvent(event);
}

void AttentionView::changeEvent(QEvent* event)
{
    QTableView::changeEvent(event);
    if (event->type() == QEvent::FontChange)
        measure();
}

} // namespace mnemo
