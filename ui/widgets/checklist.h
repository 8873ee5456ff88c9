#pragma once

#include <QAbstractListModel>
#include <QSortFilterProxyModel>
#include <QWidget>
#include <functional>
#include <set>
#include <vector>

class QLabel;
class QLineEdit;
class QListView;

namespace mnemo {

/// Names that can be ticked. What is ticked stays so while the list is filtered, or set anew.
class CheckListModel : public QAbstractListModel {
    Q_OBJECT
public:
    struct Item {
        QString id, text, tip;
        bool operator==(const Item&) const = default;
    };
    enum Role { IdRole = Qt::UserRole };

    using QAbstractListModel::QAbstractListModel;
    void setItems(std::vector<Item> items);
    QStringList checked() const; ///< ids, in the order of the items; ticked ones that are not items come last
    bool isChecked(const QString& id) const { return m_checked.contains(id); }
    void setChecked(const QStringList& ids); ///< these and no others
    void setChecked(const QModelIndexList& rows, bool isChecked);

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role) override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

signals:
    void checkedChanged();

private:
    std::vector<Item> m_items;
    std::set<QString> m_checked;
};

/// A list to tick, with a filter above it where there is much: typing filters, Down goes into the list, Space ticks,
/// Ctrl+A ticks all that is shown, Ctrl+Shift+A none of it.
class CheckList : public QWidget {
    Q_OBJECT
public:
    enum class Layout { Column, Flow }; ///< one below the other, or beside each other in lines
    CheckList(const QString& name, Layout layout, bool hasFilter, QWidget* parent = nullptr);

    CheckListModel& model() { return *m_model; }
    const CheckListModel& model() const { return *m_model; }
    QLineEdit* filter() const { return m_filter; }
    QListView* view() const { return m_view; }
    void setPlaceholder(const QString& text); ///< shown where the list is empty
    void showFirstChecked(); ///< scrolls to it
    /// Only items whose id passes are shown, besides the text filter.
    void setFilterRule(std::function<bool(const QString& id)> rule);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    class Proxy;
    void chooseBestMatch();
    void checkShown(bool isChecked);
    void showPlaceholder();

    CheckListModel* m_model = nullptr;
    Proxy* m_proxy = nullptr;
    QLineEdit* m_filter = nullptr;
    QListView* m_view = nullptr;
    QLabel* m_placeholder = nullptr;
};

} // namespace mnemo
