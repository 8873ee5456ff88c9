#include "ui/pipelines/outcomemodel.h"

#include "ui/pipelines/pipelinetext.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

std::size_t lineCount(const CommandOutcome& outcome)
{
    if (!outcome.tasks.empty())
        return outcome.tasks.size();
    return outcome.dues.empty() ? outcome.runs.size() : outcome.dues.size();
}

} // namespace

OutcomeModel::OutcomeModel(const DisplayZone& zone, QObject* parent)
    : QAbstractTableModel(parent)
    , m_zone(zone)
{
}

void OutcomeModel::apply(std::vector<CommandOutcome> outcomes, const QStringList& about)
{
    if (outcomes == m_outcomes && about == m_about)
        return;
    beginResetModel();
    m_outcomes = std::move(outcomes);
    m_about = about;
    m_lines.clear();
    for (std::size_t i = 0; i < m_outcomes.size(); ++i) {
        for (std::size_t row = 0; row < lineCount(m_outcomes[i]); ++row)
            m_lines.push_back({i, row});
    }
    endResetModel();
}

int OutcomeModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_lines.size());
}

int OutcomeModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant OutcomeModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || role != Qt::DisplayRole)
        return {};
    const Line& line = m_lines[static_cast<std::size_t>(index.row())];
    const CommandOutcome& outcome = m_outcomes[line.outcome];
    if (index.column() == State)
        return stateText(outcome, line.row);
    const QString what = text(outcome, line.row);
    const QString about = m_about.value(static_cast<int>(line.outcome));
    return about.isEmpty() ? what : tr("%1: %2").arg(about, what);
}

QString OutcomeModel::text(const CommandOutcome& outcome, std::size_t row) const
{
    if (!outcome.tasks.empty()) {
        const CommandOutcome::Task& task = outcome.tasks[row];
        return m_outcomes.size() > 1 && task.run != 0 ? tr("%1 in run %2").arg(toQString(task.name)).arg(task.run) : toQString(task.name);
    }
    return outcome.dues.empty() ? tr("Run %1").arg(outcome.runs[row]) : tr("Run for %1").arg(momentText(outcome.dues[row], m_zone));
}

QString OutcomeModel::stateText(const CommandOutcome& outcome, std::size_t row) const
{
    if (outcome.tasks.empty())
        return {};
    if (outcome.tasks[row].run == 0)
        return tr("new");
    const TaskState state = taskStateFromText(outcome.tasks[row].state).value_or(TaskState::None);
    return u"%1 %2"_s.arg(glyphOf(state), textOf(state));
}

QVariant OutcomeModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    return section == What ? tr("What it is about") : tr("State now");
}

} // namespace mnemo
