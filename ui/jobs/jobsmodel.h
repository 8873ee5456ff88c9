#pragma once

#include <QAbstractTableModel>
#include <QTimer>
#include <array>
#include <map>
#include <unordered_map>
#include <vector>

#include "core/engine/events.h"
#include "ui/jobs/joborder.h"

namespace mnemo {

/// Jobs as rows, newest first unless sorted otherwise. Filters and sorts by itself, on raw values: of 50,000 jobs a change
/// of a thousand moves what must move in one pass. Holds snapshots, never live objects; says the least that changed.
/// Values are shown at once; places are put right a moment later, so that rows do not dance under the mouse.
class JobsModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Role {
        SharesRole = Qt::UserRole, ///< JobShares of the row
        StateRole,                 ///< JobState
        IdRole,                    ///< JobId
    };

    explicit JobsModel(QObject* parent = nullptr);

    /// New and changed jobs, in any order; a job that is not named stays as it is. @p now: for rates.
    void apply(const std::vector<JobSnapshot>& jobs, SteadyTime now);
    void forget(const std::vector<JobId>& jobs);
    void applyLane(const LaneSnapshot& lane);
    void setFilter(const JobFilter& filter);
    const JobFilter& filter() const { return m_filter; }
    void sort(int column, Qt::SortOrder order = Qt::AscendingOrder) override; ///< -1: newest first
    void settle();          ///< puts rows whose values changed into their places, now
    void tick(UtcMs now);   ///< for what is shown of times that go on

    const JobSnapshot& jobAt(int row) const { return rowAt(row).job; }
    int rowOf(JobId id) const; ///< -1 where it is unknown or filtered out
    const JobSnapshot* find(JobId id) const; ///< filtered out or not; null where unknown
    int count(JobState state) const { return m_counts[static_cast<std::size_t>(state)]; } ///< filtered out or not
    int totalCount() const { return static_cast<int>(m_slots.size()); }
    std::vector<JobId> idsIn(const std::set<JobState>& states) const;
    /// Jobs that are not final, for the window's title and the status bar.
    int runningCount() const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

signals:
    void runningCountChanged(int count);
    void countsChanged(); ///< some state has more or fewer jobs

private:
    using Slot = JobOrder::Slot;
    const JobRow& rowAt(int row) const { return m_rows[m_shown[static_cast<std::size_t>(row)]]; }
    void emitChanged(const std::vector<Slot>& places);
    bool isInPlace(Slot slot) const;
    void show(std::vector<Slot> next);
    void removeRowsNotIn(const std::vector<Slot>& next);
    void permuteTo(std::vector<Slot> next);
    void insertRowsOf(const std::vector<Slot>& next);
    void indexShown();
    void announceCounts(int runningBefore);
    std::optional<double> requestsLeft(const JobSnapshot& job) const;
    QString text(const JobRow& row, JobColumn column) const;
    QString tip(const JobRow& row) const;

    std::vector<JobRow> m_rows; ///< by slot, oldest first
    std::unordered_map<JobId, Slot> m_slots;
    std::vector<Slot> m_shown;  ///< by row
    std::vector<int> m_rowOf;   ///< by slot; -1: not shown
    std::vector<Slot> m_unsettled;
    std::array<int, 7> m_counts {};
    JobFilter m_filter;
    JobOrder m_order;
    std::map<std::string, LaneSnapshot> m_lanes;
    QTimer m_settleTimer;
};

} // namespace mnemo

Q_DECLARE_METATYPE(mnemo::JobShares)
Q_DECLARE_METATYPE(mnemo::JobState)
