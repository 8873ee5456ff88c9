#pragma once

#include <QTimer>
#include <QWidget>
#include <optional>

#include "ui/bridge/storedseries.h"

class QLineEdit;
class QTreeView;

namespace mnemo {

class SeriesFilterModel;
class SeriesModel;

/// The stored series with a filter box. Choosing one shows it.
class SeriesPanel : public QWidget {
    Q_OBJECT
public:
    SeriesPanel(SeriesModel& model, bool isReadOnly, QWidget* parent = nullptr);

    void select(const SeriesKey& key); ///< now, or as soon as it is stored
    std::optional<StoredSeries> selected() const;
    QTreeView* view() const { return m_view; }
    QLineEdit* filter() const { return m_filter; }

signals:
    void chosen(const mnemo::StoredSeries& series);
    void backfillRequested(const mnemo::SeriesKey& series);
    void refreshRequested();

private:
    void createView();
    void showMenu(const QPoint& at);
    void rowsArrived(const QModelIndex& parent, int first, int last);
    void trySelect();

    SeriesModel& m_model;
    bool m_isReadOnly;
    SeriesFilterModel* m_filtered = nullptr;
    QLineEdit* m_filter = nullptr;
    QTreeView* m_view = nullptr;
    std::optional<SeriesKey> m_wanted;
};

} // namespace mnemo
