#pragma once

#include <QAbstractItemModel>
#include <map>
#include <string>
#include <vector>

#include "core/engine/events.h"

namespace mnemo {

/// A lane as the catalogue states it, whether it is in use or not.
struct StatedLane {
    std::string id;
    std::vector<std::string> venues; ///< that share its limits
    std::vector<BudgetSpec> budgets;
};

/// All lanes with their budgets below them; lanes in use first, with what is known about them now.
class LimitsModel : public QAbstractItemModel {
    Q_OBJECT
public:
    enum Column { Name, State, Used, Limit, InFlight, Queued, Clock, Problem, ColumnCount };
    enum Role { ShareRole = Qt::UserRole }; ///< of a budget: used part, 0..1

    explicit LimitsModel(QObject* parent = nullptr);
    void setLanes(std::vector<StatedLane> lanes);
    void apply(const LaneSnapshot& lane);

    QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    QModelIndex parent(const QModelIndex& child) const override;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    struct Row {
        StatedLane stated;
        bool isInUse = false;
        LaneSnapshot now;
        std::vector<BudgetState> budgets() const;
    };
    QVariant laneData(const Row& row, Column column, int role) const;
    QVariant budgetData(const Row& row, const BudgetState& budget, Column column, int role) const;
    void sort();

    std::vector<Row> m_rows;
    std::map<std::string, LaneSnapshot> m_snapshots;
};

} // namespace mnemo
