#pragma once

#include <QAbstractTableModel>
#include <unordered_map>
#include <vector>

#include "core/engine/validation.h"

namespace mnemo {

/// The last run as a matrix: a row for each rule that was applied, a column for each series.
class SummaryModel : public QAbstractTableModel {
    Q_OBJECT
public:
    using QAbstractTableModel::QAbstractTableModel;
    void setOutcome(const ValidationOutcome& outcome);
    const RuleResult* resultAt(const QModelIndex& index) const; ///< null where the rule is not for the series
    QString ruleAt(int row) const; ///< its id
    const SeriesRecord& seriesAt(int column) const { return m_series[static_cast<std::size_t>(column)]; }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    std::vector<SeriesRecord> m_series;
    std::vector<std::string> m_rules; ///< ids
    std::vector<RuleResult> m_results;
    std::vector<int> m_cells; ///< rows x columns: place in m_results; -1 for none
};

} // namespace mnemo
