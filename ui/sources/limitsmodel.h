#pragma once

#include <QAbstractItemModel>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/engine/events.h"

namespace mnemo {

/// A lane as the catalogue states it, whether it is in use or not.
struct StatedLane {
    std::string id;
    std::vector<std::string> venues; ///< that share its limits
    std::vector<BudgetSpec> budgets;
    std::string provider {}; ///< the one of them that tells of other exchanges; empty: none does
};

/// How an exchange answered when somebody asked whether it does.
struct SourceTest {
    milliseconds took {0};
    Result<std::int64_t> instruments; ///< in its market list
};

/// All lanes with their budgets and streams below them; lanes in use first, with what is known about them now.
class LimitsModel : public QAbstractItemModel {
    Q_OBJECT
public:
    enum Column { Name, State, Feed, Messages, Latency, Reconnects, Used, Limit, InFlight, Queued, Clock, Test, Problem, ColumnCount };
    enum Role { ShareRole = Qt::UserRole }; ///< of a budget: used part, 0..1

    explicit LimitsModel(QObject* parent = nullptr);
    void setLanes(std::vector<StatedLane> lanes);
    void apply(const LaneSnapshot& lane);
    void applyFeeds(const FeedReport& report);
    void setTesting(const std::string& exchange);
    void setTested(const std::string& exchange, const SourceTest& test);
    QString testText(const std::string& exchange) const; ///< what came of it; empty before
    /// The exchange that a test of this row asks; empty where there is none.
    std::string exchangeOf(const QModelIndex& index) const;
    /// The provider that sends over this row's lane; empty where there is none.
    std::string providerOf(const QModelIndex& index) const;

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
        std::vector<FeedSnapshot> feeds; ///< of its exchanges
        int polled = 0; ///< series that no stream tells
        QString test, testDetail;
        std::string exchange() const; ///< that is asked by a test
        std::vector<BudgetState> budgets() const;
        int childCount() const;
        std::optional<FeedCondition> worst() const; ///< of those in use
        QString problem() const;
    };
    const Row& laneOf(const QModelIndex& index) const;
    QVariant feedCell(const Row& row, Column column, int role) const;
    QVariant feedData(const FeedSnapshot& feed, Column column, int role) const;
    Row* rowOf(const std::string& exchange);
    void assignFeeds(Row& row) const;
    void rowChanged(int row);
    void showTest(const std::string& exchange, const QString& text, const QString& detail);
    QVariant laneData(const Row& row, Column column, int role) const;
    QVariant budgetData(const Row& row, const BudgetState& budget, Column column, int role) const;
    void sort();

    std::vector<Row> m_rows;
    std::map<std::string, LaneSnapshot> m_snapshots;
    FeedReport m_report;
};

} // namespace mnemo
