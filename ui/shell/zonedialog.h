#pragma once

#include <QDialog>

class QLineEdit;
class QListView;
class QSortFilterProxyModel;

namespace mnemo {

/// The IANA list with a filter.
class ZoneDialog : public QDialog {
    Q_OBJECT
public:
    explicit ZoneDialog(const QString& current, QWidget* parent = nullptr);
    QLineEdit* filter() const { return m_filter; }

signals:
    void chosen(const QString& id);

private:
    void choose();

    QSortFilterProxyModel* m_names;
    QLineEdit* m_filter;
    QListView* m_view;
};

} // namespace mnemo
