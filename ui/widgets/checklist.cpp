#include "ui/widgets/checklist.h"

#include <QAction>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QVBoxLayout>
#include <algorithm>
#include <functional>

using namespace Qt::StringLiterals;

namespace mnemo {

// --- the model ---

void CheckListModel::setItems(std::vector<Item> items)
{
    if (items == m_items)
        return;
    beginResetModel();
    m_items = std::move(items);
    endResetModel();
}

QStringList CheckListModel::checked() const
{
    QStringList ids;
    std::set<QString> others = m_checked;
    for (const Item& item : m_items) {
        if (others.erase(item.id) > 0)
            ids << item.id;
    }
    for (const QString& id : others)
        ids << id;
    return ids;
}

void CheckListModel::setChecked(const QStringList& ids)
{
    std::set<QString> wanted(ids.begin(), ids.end());
    if (wanted == m_checked)
        return;
    m_checked = std::move(wanted);
    if (!m_items.empty())
        emit dataChanged(index(0), index(rowCount() - 1), {Qt::CheckStateRole});
    emit checkedChanged();
}

void CheckListModel::setChecked(const QModelIndexList& rows, bool isChecked)
{
    for (const QModelIndex& row : rows) {
        const QString& id = m_items[static_cast<std::size_t>(row.row())].id;
        isChecked ? static_cast<void>(m_checked.insert(id)) : static_cast<void>(m_checked.erase(id));
    }
    if (!m_items.empty())
        emit dataChanged(index(0), index(rowCount() - 1), {Qt::CheckStateRole});
    emit checkedChanged();
}

int CheckListModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_items.size());
}

QVariant CheckListModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const Item& item = m_items[static_cast<std::size_t>(index.row())];
    switch (role) {
    case Qt::DisplayRole: return item.text;
    case Qt::ToolTipRole: return item.tip;
    case Qt::CheckStateRole: return m_checked.contains(item.id) ? Qt::Checked : Qt::Unchecked;
    case IdRole: return item.id;
    default: return {};
    }
}

bool CheckListModel::setData(const QModelIndex& index, const QVariant& value, int role)
{
    if (role != Qt::CheckStateRole || !index.isValid())
        return false;
    const QString& id = m_items[static_cast<std::size_t>(index.row())].id;
    if (value.toInt() == Qt::Checked)
        m_checked.insert(id);
    else
        m_checked.erase(id);
    emit dataChanged(index, index, {Qt::CheckStateRole});
    emit checkedChanged();
    return true;
}

Qt::ItemFlags CheckListModel::flags(const QModelIndex& index) const
{
    if (!index.isValid())
        return Qt::NoItemFlags;
    return QAbstractListModel::flags(index) | Qt::ItemIsUserCheckable | Qt::ItemNeverHasChildren;
}

// --- the widget ---

class CheckList::Proxy : public QSortFilterProxyModel {
public:
    using QSortFilterProxyModel::QSortFilterProxyModel;
    std::function<bool(const QString&)> rule;
    QStringList words;
    void refresh() { invalidateFilter(); }

protected:
    bool filterAcceptsRow(int row, const QModelIndex& parent) const override
    {
        const QModelIndex item = sourceModel()->index(row, 0, parent);
        if (rule && !rule(item.data(CheckListModel::IdRole).toString()))
            return false;
        const QString text = item.data().toString();
        const QString id = item.data(CheckListModel::IdRole).toString();
        return std::all_of(words.begin(), words.end(), [&](const QString& word) {
            return text.contains(word, Qt::CaseInsensitive) || id.contains(word, Qt::CaseInsensitive);
        });
    }
};

CheckList::CheckList(const QString& name, Layout kind, bool hasFilter, QWidget* parent)
    : QWidget(parent)
    , m_model(new CheckListModel(this))
    , m_proxy(new Proxy(this))
    , m_filter(hasFilter ? new QLineEdit : nullptr)
    , m_view(new QListView)
    , m_placeholder(new QLabel(m_view))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(2);
    m_proxy->setSourceModel(m_model);
    m_view->setModel(m_proxy);
    m_view->setUniformItemSizes(kind == Layout::Column);
    m_view->setAccessibleName(name);
    m_view->setAccessibleDescription(tr("Space ticks, Ctrl+A ticks everything shown, Ctrl+Shift+A nothing of it"));
    m_view->setSelectionMode(QAbstractItemView::SingleSelection);
    m_view->installEventFilter(this);
    if (kind == Layout::Flow) {
        m_view->setFlow(QListView::LeftToRight);
        m_view->setWrapping(true);
        m_view->setResizeMode(QListView::Adjust);
        m_view->setSpacing(1);
    }
    if (m_filter) {
        m_filter->setPlaceholderText(tr("Filter"));
        m_filter->setClearButtonEnabled(true);
        m_filter->setAccessibleName(tr("Filter: %1").arg(name));
        m_filter->installEventFilter(this);
        layout->addWidget(m_filter);
        connect(m_filter, &QLineEdit::textChanged, this, [this](const QString& text) {
            m_proxy->words = text.split(u' ', Qt::SkipEmptyParts);
            m_proxy->refresh();
        });
        setFocusProxy(m_filter);
    } else {
        setFocusProxy(m_view);
    }
    layout->addWidget(m_view, 1);
    m_placeholder->setAlignment(Qt::AlignCenter);
    m_placeholder->setWordWrap(true);
    m_placeholder->setForegroundRole(QPalette::PlaceholderText);
    connect(m_proxy, &QAbstractItemModel::modelReset, this, &CheckList::showPlaceholder);
    connect(m_proxy, &QAbstractItemModel::rowsInserted, this, &CheckList::showPlaceholder);
    connect(m_proxy, &QAbstractItemModel::rowsRemoved, this, &CheckList::showPlaceholder);
}

void CheckList::setPlaceholder(const QString& text)
{
    m_placeholder->setText(text);
    showPlaceholder();
}

void CheckList::showFirstChecked()
{
    for (int row = 0; row < m_proxy->rowCount(); ++row) {
        const QModelIndex index = m_proxy->index(row, 0);
        if (index.data(Qt::CheckStateRole).toInt() == Qt::Checked) {
            m_view->setCurrentIndex(index);
            m_view->scrollTo(index, QAbstractItemView::PositionAtCenter);
            return;
        }
    }
}

void CheckList::setFilterRule(std::function<bool(const QString&)> rule)
{
    m_proxy->rule = std::move(rule);
    m_proxy->refresh();
    showPlaceholder();
}

void CheckList::showPlaceholder()
{
    m_placeholder->setVisible(m_proxy->rowCount() == 0);
    m_placeholder->setGeometry(m_view->viewport()->rect().adjusted(6, 6, -6, -6));
}

/// What is called just as the filter, else what begins like it, else the first.
void CheckList::chooseBestMatch()
{
    const QString wanted = m_filter->text().trimmed();
    if (wanted.isEmpty() && m_view->currentIndex().isValid())
        return;
    const auto rankOf = [&](const QModelIndex& row) {
        int rank = 2;
        for (const QString& name : {row.data().toString(), row.data(CheckListModel::IdRole).toString()}) {
            if (name.startsWith(wanted, Qt::CaseInsensitive))
                rank = std::min(rank, name.size() == wanted.size() ? 0 : 1);
        }
        return rank;
    };
    int best = 0;
    for (int row = 1; row < m_proxy->rowCount() && rankOf(m_proxy->index(best, 0)) > 0; ++row) {
        if (rankOf(m_proxy->index(row, 0)) < rankOf(m_proxy->index(best, 0)))
            best = row;
    }
    m_view->setCurrentIndex(m_proxy->index(best, 0));
}

void CheckList::checkShown(bool isChecked)
{
    QModelIndexList rows;
    for (int row = 0; row < m_proxy->rowCount(); ++row)
        rows << m_proxy->mapToSource(m_proxy->index(row, 0));
    m_model->setChecked(rows, isChecked);
}

bool CheckList::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::Resize && watched == m_view)
        showPlaceholder();
    if (event->type() != QEvent::KeyPress)
        return QWidget::eventFilter(watched, event);
    const auto* key = static_cast<QKeyEvent*>(event);
    if (watched == m_filter && key->key() == Qt::Key_Down) {
        m_view->setFocus(Qt::TabFocusReason);
        chooseBestMatch();
        return true;
    }
    if (watched == m_view && key->key() == Qt::Key_A && key->modifiers().testFlag(Qt::ControlModifier)) {
        checkShown(!key->modifiers().testFlag(Qt::ShiftModifier));
        return true;
    }
    if (watched == m_view && key->key() == Qt::Key_Slash && m_filter) {
        m_filter->setFocus(Qt::ShortcutFocusReason);
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace mnemo
