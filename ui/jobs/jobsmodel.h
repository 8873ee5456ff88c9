#pragma once

#include <QAbstractTableModel>
#include <optional>
#include <unordered_map>
#include <vector>

#include "core/engine/events.h"

namespace mnemo {

/// Shares of a job's bars, each 0..1; what is left is pending.
struct JobShares {
    double stored = 0, empty = 0, failed = 0;
    bool operator==(const JobShares&) const = default;
};
JobShares sharesOf(const JobSnapshot& job);

/// Jobs as rows, newest first. Holds snapshots, never live objects; says the least that changed.
class JobsModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { State, Series, Range, Progress, Rows, Rate, Requests, Waiting, Eta, Problem, ColumnCount };
    enum Role {
        SortRole = Qt::UserRole, ///< raw values: numbers as numbers, times as milliseconds
        SharesRole,              ///< JobShares of the row
        StateRole,               ///< JobState
        IdRole,                  ///< JobId
    };

    explicit JobsModel(QObject* parent = nullptr);

    /// New and changed jobs, in any order; a job that is not named stays as it is. @p now: for rates.
    void apply(const std::vector<JobSnapshot>& jobs, SteadyTime now);

    const JobSnapshot& jobAt(int row) const { return m_rows[slot(row)].job; }
    /// Jobs that are not final, for the window's title and the status bar.
    int runningCount() const { return m_running; }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

signals:
    void runningCountChanged(int count);

private:
    struct Row {
        JobSnapshot job;
        // Smoothed over a few seconds: pages arrive in bursts.
        double rowsPerSecond = 0, barsPerSecond = 0;
        std::int64_t measuredRows = 0, measuredBars = 0;
        SteadyTime measuredAt {};
        SteadyTime begunAt {};
    };
    std::size_t slot(int row) const { return m_rows.size() - 1 - static_cast<std::size_t>(row); }
    int rowOf(std::size_t slotIndex) const { return static_cast<int>(m_rows.size() - 1 - slotIndex); }
    void measure(Row& row, const JobSnapshot& job, SteadyTime now);
    void emitChanged(std::vector<int> rows);
    QString text(const Row& row, Column column) const;
    QVariant sortValue(const Row& row, Column column) const;
    QString tip(const Row& row) const;
    std::optional<milliseconds> eta(const Row& row) const;

    std::vector<Row> m_rows; ///< oldest first
    std::unordered_map<JobId, std::size_t> m_slots;
    int m_running = 0;
};

} // namespace mnemo

Q_DECLARE_METATYPE(mnemo::JobShares)
Q_DECLARE_METATYPE(mnemo::JobState)
