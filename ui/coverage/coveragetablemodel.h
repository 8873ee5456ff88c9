#pragma once

#include <QAbstractTableModel>
#include <memory>

#include "ui/coverage/heatmap.h"

namespace mnemo {

/// The same cells as the matrix in words, for who reads a table: a row for each series, a column for each bucket, the
/// newest first, after name, completeness and freshness.
class CoverageTableModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Name, Completeness, Freshness, FirstBucket };

    explicit CoverageTableModel(QObject* parent = nullptr);

    /// Tells of the rows that differ alone where series and buckets are the same. @p filter and @p scope as linesOf().
    void setHeatmap(std::shared_ptr<const Heatmap> heatmap, const QString& filter, const Scope& scope = {});
    int bucketOf(int column) const; ///< column of the heatmap; -1 for the first ones

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    std::shared_ptr<const Heatmap> m_heatmap;
    std::vector<HeatmapLine> m_lines; ///< of series alone
};

} // namespace mnemo
