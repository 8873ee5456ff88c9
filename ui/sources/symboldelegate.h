#pragma once

#include <QStringListModel>
#include <QStyledItemDelegate>

namespace mnemo {

/// Edits a provider's symbol in its cell, completed from what the provider lists, and the unit by choice.
class SymbolDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    explicit SymbolDelegate(QObject* parent);
    void setIds(const QStringList& ids) { m_ids.setStringList(ids); }

    QWidget* createEditor(QWidget* parent, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    void setEditorData(QWidget* editor, const QModelIndex& index) const override;
    void setModelData(QWidget* editor, QAbstractItemModel* model, const QModelIndex& index) const override;

private:
    mutable QStringListModel m_ids; ///< completers share it
};

} // namespace mnemo
