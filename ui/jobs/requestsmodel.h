#pragma once

#include <QAbstractTableModel>
#include <vector>

#include "core/ingest/requestlog.h"

namespace mnemo {

/// The requests of one job, newest first.
class RequestsModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Time, Outcome, Took, Weight, Rows, Try, Url, ColumnCount };
    enum Role { TookRole = Qt::UserRole }; ///< 0..1 of the longest

    using QAbstractTableModel::QAbstractTableModel;
    /// @p records oldest first, as the engine tells them; what is known already stays.
    void setRecords(const std::vector<RequestRecord>& records);
    const RequestRecord& recordAt(int row) const { return m_records[m_records.size() - 1 - static_cast<std::size_t>(row)]; }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    std::vector<RequestRecord> m_records; ///< oldest first
    milliseconds m_longest {1};
};

} // namespace mnemo
