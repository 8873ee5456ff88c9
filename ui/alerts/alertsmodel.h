#pragma once

#include <QAbstractTableModel>
#include <memory>

#include "core/engine/alerts.h"
#include "ui/widgets/displayzone.h"

namespace mnemo {

/// Open alerts, in the snapshot's order. Rows come, go and move one by one, so that a selection stays where it is.
class AlertsModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Title, State, SeverityColumn, Since, Count, ColumnCount };
    static constexpr int SortRole = Qt::UserRole; ///< raw values

    /// @p zone outlives the model.
    explicit AlertsModel(const DisplayZone& zone, QObject* parent = nullptr);

    void apply(std::shared_ptr<const AlertSnapshot> alerts, UtcMs now);
    const Alert& alertAt(int row) const { return m_rows[static_cast<std::size_t>(row)]; }
    int rowOf(AlertId id) const; ///< -1 where there is none
    const AlertSnapshot& snapshot() const { return *m_alerts; }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    QString text(const Alert& alert, Column column) const;
    QVariant raw(const Alert& alert, Column column) const;
    QString seen(const Alert& alert) const; ///< all that a row shows

    const DisplayZone& m_zone;
    std::shared_ptr<const AlertSnapshot> m_alerts;
    UtcMs m_now {};
    std::vector<Alert> m_rows;
    std::vector<QString> m_seen; ///< as m_rows
};

} // namespace mnemo
