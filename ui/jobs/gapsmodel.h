#pragma once

#include <QAbstractTableModel>
#include <vector>

#include "core/market/coverage.h"
#include "core/market/kind.h"

namespace mnemo {

/// What is absent after a job, oldest first: where, how much, why and how that is known.
class GapsModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Class, From, To, Bars, Evidence, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;
    void setGaps(const std::vector<Gap>& gaps, Kind kind); ///< of a series of that kind

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    std::vector<Gap> m_gaps;
    Kind m_kind = Kind::Candles;
};

} // namespace mnemo
