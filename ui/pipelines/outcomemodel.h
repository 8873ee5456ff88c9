#pragma once

#include <QAbstractTableModel>

#include "core/pipeline/pipelinecommand.h"
#include "ui/widgets/displayzone.h"

namespace mnemo {

/// Exactly what a command would change, one line each: tasks with their state, runs, or due times. UI thread.
class OutcomeModel final : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { What, State, ColumnCount };
    explicit OutcomeModel(const DisplayZone& zone, QObject* parent = nullptr); ///< @p zone outlives it

    void apply(CommandOutcome outcome);
    const CommandOutcome& outcome() const { return m_outcome; }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    const DisplayZone& m_zone;
    CommandOutcome m_outcome;
};

} // namespace mnemo
