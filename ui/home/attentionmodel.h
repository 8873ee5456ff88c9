#pragma once

#include <QAbstractTableModel>
#include <QStringList>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "core/engine/health.h"
#include "ui/widgets/displayzone.h"

namespace mnemo {

/// What needs somebody: one row for one cause, the most urgent first. A row whose button was pressed shows how far the
/// jobs are that it began, and stays until they are over. Says the least that changed.
class AttentionModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Cause, Series, Since, Step, ColumnCount };
    enum Role {
        ReasonRole = Qt::UserRole, ///< the second line of Cause
        GlyphRole, ///< of Cause; its colour is Qt::DecorationRole
        ProgressRole, ///< of Step: 0..1 while jobs run, else nothing
        PressableRole, ///< of Step: bool
    };

    explicit AttentionModel(const DisplayZone& zone, QObject* parent = nullptr);

    void apply(const Health& health);
    void tick(UtcMs now); ///< for ages
    /// Only rows that hold all words, and are of one of the causes. Empty: all.
    void setFilter(const QStringList& words, const std::set<HealthCause>& causes);
    bool isFiltered() const { return !m_words.isEmpty() || !m_causes.empty(); }
    void setReadOnly(bool isReadOnly) { m_isReadOnly = isReadOnly; }

    const HealthIssue& issueAt(int row) const { return m_rows[static_cast<std::size_t>(row)].issue; }
    int rowOf(const std::string& id) const; ///< -1 where it is not shown
    int totalCount() const { return static_cast<int>(m_issues.size()); } ///< filtered out or not
    int count(const std::set<HealthCause>& causes) const; ///< likewise
    bool isPressable(int row) const;
    bool isWorking() const { return !m_works.empty(); } ///< some row's jobs run

    void begin(const std::string& id); ///< its button was pressed
    void begun(const std::string& id, const Treatment& treatment);
    void refused(const std::string& id, const QString& why);
    void applyJobs(const std::vector<JobSnapshot>& jobs);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

signals:
    void countChanged();
    void ended(const QString& sentence); ///< all jobs of a row are over

private:
    struct JobPart {
        JobState state = JobState::Queued;
        std::int64_t done = 0, total = 0, rows = 0;
        static JobPart of(const JobSnapshot& job) { return {job.state, job.done, job.total, job.rowsStored}; }
    };
    struct Work { ///< what a button began
        HealthIssue issue; ///< as it was then
        bool isStarting = true;
        std::map<JobId, JobPart> jobs;
        double share() const;
        bool isOver() const;
    };
    struct Row {
        std::string id;
        HealthIssue issue;
        QString text; ///< of all columns: a row is another one when this is
    };

    std::vector<Row> wanted() const;
    void show();
    void changed(const std::string& id);
    void end(const std::string& id);
    bool accepts(const HealthIssue& issue) const;
    QString reason(const Row& row) const;
    QString stepText(const Row& row) const;
    QString toolTip(const Row& row, Column column) const;
    QString textOf(const Row& row) const;

    const DisplayZone& m_zone;
    bool m_isReadOnly = false;
    UtcMs m_now {};
    std::vector<HealthIssue> m_issues; ///< as told last
    std::map<std::string, Work> m_works; ///< by id
    std::map<JobId, JobPart> m_early; ///< told while a button's answer is on its way: it may be about its jobs
    std::map<std::string, QString> m_outcomes; ///< of the last press, where the issue has stayed
    std::vector<Row> m_rows; ///< shown
    QStringList m_words;
    std::set<HealthCause> m_causes;
};

} // namespace mnemo
