#include "ui/pipelines/outcomemodel.h"

#include "ui/pipelines/pipelinetext.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

OutcomeModel::OutcomeModel(const DisplayZone& zone, QObject* parent)
    : QAbstractTableModel(parent)
    , m_zone(zone)
{
}

void OutcomeModel::apply(CommandOutcome outcome)
{
    if (outcome == m_outcome)
        return;
    beginResetModel();
    m_outcome = std::move(outcome);
    endResetModel();
}

int OutcomeModel::rowCount(const QModelIndex& parent) const
{
    if (parent.isValid())
        return 0;
    if (!m_outcome.tasks.empty())
        return static_cast<int>(m_outcome.tasks.size());
    return static_cast<int>(m_outcome.dues.empty() ? m_outcome.runs.size() : m_outcome.dues.size());
}

int OutcomeModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant OutcomeModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || role != Qt::DisplayRole)
        return {};
    const auto row = static_cast<std::size_t>(index.row());
    if (m_outcome.tasks.empty()) {
        if (index.column() == State)
            return QString();
        return m_outcome.dues.empty() ? tr("Run %1").arg(m_outcome.runs[row]) : tr("Run for %1").arg(momentText(m_outcome.dues[row], m_zone));
    }
    const CommandOutcome::Task& task = m_outcome.tasks[row];
    if (index.column() == What)
        return toQString(task.name);
    if (task.run == 0)
        return tr("new");
    const TaskState state = taskStateFromText(task.state).value_or(TaskState::None);
    return u"%1 %2"_s.arg(glyphOf(state), textOf(state));
}

QVariant OutcomeModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    return section == What ? tr("What it is about") : tr("State now");
}

} // namespace mnemo
