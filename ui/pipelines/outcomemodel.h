#pragma once

#include <QAbstractTableModel>
#include <QStringList>
#include <vector>

#include "core/pipeline/pipelinecommand.h"
#include "ui/widgets/displayzone.h"

namespace mnemo {

/// Exactly what commands would change, one line each: tasks with their state, runs, or due times. UI thread.
class OutcomeModel final : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { What, State, ColumnCount };
    explicit OutcomeModel(const DisplayZone& zone, QObject* parent = nullptr); ///< @p zone outlives it

    /// @p about what each of them is about, where that does not say itself: a pipeline, for a run that is not there yet
    void apply(std::vector<CommandOutcome> outcomes, const QStringList& about = {});

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    const DisplayZone& m_zone;
    struct Line {
        std::size_t outcome = 0, row = 0;
    };
    QString text(const CommandOutcome& outcome, std::size_t row) const;
    QString stateText(const CommandOutcome& outcome, std::size_t row) const;
    std::vector<CommandOutcome> m_outcomes;
    QStringList m_about;
    std::vector<Line> m_lines;
};

} // namespace mnemo
