#include "ui/sources/symboldelegate.h"

#include <QComboBox>
#include <QCompleter>
#include <QLineEdit>

#include "ui/sources/symbolsmodel.h"

using namespace Qt::StringLiterals;

namespace mnemo {

SymbolDelegate::SymbolDelegate(QObject* parent)
    : QStyledItemDelegate(parent)
{
}

QWidget* SymbolDelegate::createEditor(QWidget* parent, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const QString symbol = index.siblingAtColumn(SymbolsModel::Symbol).data().toString();
    if (index.column() == SymbolsModel::Unit) {
        auto* box = new QComboBox(parent);
        box->addItem(tr("as its list states"), QString());
        box->addItem(tr("base currency"), u"base"_s);
        box->addItem(tr("quote currency"), u"quote"_s);
        box->setAccessibleName(tr("Unit of %1").arg(symbol));
        return box;
    }
    QWidget* const editor = QStyledItemDelegate::createEditor(parent, option, index);
    if (auto* line = qobject_cast<QLineEdit*>(editor)) {
        auto* completer = new QCompleter(&m_ids, line);
        completer->setFilterMode(Qt::MatchContains);
        completer->setCaseSensitivity(Qt::CaseInsensitive);
        line->setCompleter(completer);
        line->setPlaceholderText(tr("none: not asked for"));
        line->setAccessibleName(tr("Provider's symbol of %1").arg(symbol));
    }
    return editor;
}

void SymbolDelegate::setEditorData(QWidget* editor, const QModelIndex& index) const
{
    if (auto* box = qobject_cast<QComboBox*>(editor))
        box->setCurrentIndex(std::max(0, box->findData(index.data(Qt::EditRole))));
    else
        QStyledItemDelegate::setEditorData(editor, index);
}

void SymbolDelegate::setModelData(QWidget* editor, QAbstractItemModel* model, const QModelIndex& index) const
{
    if (const auto* box = qobject_cast<QComboBox*>(editor))
        model->setData(index, box->currentData());
    else
        QStyledItemDelegate::setModelData(editor, model, index);
}

} // namespace mnemo
