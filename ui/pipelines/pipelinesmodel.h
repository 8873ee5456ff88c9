#pragma once

#include <QAbstractTableModel>

#include "ui/pipelines/pipelinesport.h"
#include "ui/widgets/displayzone.h"

namespace mnemo {

/// Every pipeline, one a row, and below them every place of a file that is wrong. A pipeline's first column can be ticked:
/// that asks, and shows it once it is so. UI thread.
class PipelinesModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Name, ScheduleText, Next, Runs, Pools, Tags, ColumnCount };
    /// RunsRole: the newest runs, oldest first, std::vector<RunRecord>
    enum Role { RunsRole = Qt::UserRole, IdRole };

    explicit PipelinesModel(const DisplayZone& zone, QObject* parent = nullptr); ///< @p zone outlives it
    void apply(PipelinesPort::Overview overview, UtcMs now);

    bool isProblem(int row) const;
    const PipelineSummary* pipelineAt(int row) const; ///< null for a problem; until the next apply()
    const Problem* problemAt(int row) const;
    const PipelineSummary* find(const std::string& id) const;
    int rowOf(const std::string& id) const; ///< -1 where there is none

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role = Qt::EditRole) override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

signals:
    void pauseRequested(const std::string& pipeline, bool isPaused);

private:
    std::size_t pipelineCount() const { return m_overview->pipelines.size(); }
    QVariant problemData(const Problem& problem, int column, int role) const;
    QString text(const PipelineSummary& one, int column) const;
    QString poolsText(const PipelineSummary& one) const;
    QString tip(const PipelineSummary& one, int column) const;

    const DisplayZone& m_zone;
    PipelinesPort::Overview m_overview = std::make_shared<const PipelinesOverview>();
    UtcMs m_now {};
};

} // namespace mnemo

Q_DECLARE_METATYPE(std::vector<mnemo::RunRecord>)
