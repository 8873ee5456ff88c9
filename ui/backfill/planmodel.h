#pragma once

#include <QAbstractTableModel>
#include <vector>

#include "ui/backfill/backfillport.h"

namespace mnemo {

/// The plan: a row for each series, in the order of the requests, growing while it is made; and what all come to.
class PlanModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Series, Bars, Known, Requests, Weight, Size, Time, Note, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;
    void begin(std::vector<BackfillRequest> requests); ///< forgets the plan before
    void append(const BackfillPort::Plans& plans);
    bool isWhole() const { return m_rows.size() == m_requests.size(); }
    int expected() const { return static_cast<int>(m_requests.size()); }
    const PlanTotals& totals() const { return m_totals; }
    int errors() const { return m_errors; }
    QStringList warnings() const; ///< each once, with the number of series that it concerns
    /// Requests of series that have something to fetch.
    std::vector<BackfillRequest> withWork() const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    QString seriesText(std::size_t row) const;
    QString noteOf(const Result<BackfillPlan>& plan) const;

    std::vector<BackfillRequest> m_requests;
    BackfillPort::Plans m_rows;
    PlanTotals m_totals;
    int m_errors = 0;
};

bool hasWork(const BackfillPlan& plan);
/// Requests per minute's worth of a lane's tightest budget: how many whole minutes of the limit the plan uses up.
QString weightText(const std::vector<BackfillPlan::BudgetUse>& uses);
/// What the plans come to, as rich text.
QString totalsText(const PlanTotals& totals);

} // namespace mnemo
