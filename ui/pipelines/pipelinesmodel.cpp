#include "ui/pipelines/pipelinesmodel.h"

#include <QFileInfo>
#include <algorithm>
#include <set>

#include "ui/pipelines/pipelinetext.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

bool hasSameRows(const PipelinesOverview& a, const PipelinesOverview& b)
{
    return a.problems.size() == b.problems.size()
        && std::ranges::equal(a.pipelines, b.pipelines, {}, [](const PipelineSummary& one) { return one.record.id; },
            [](const PipelineSummary& one) { return one.record.id; });
}

bool isSame(const PipelineSummary& a, const PipelineSummary& b)
{
    return a.record == b.record && a.dag == b.dag && a.next == b.next && a.runs == b.runs;
}

bool isSamePools(const PipelinesOverview& a, const PipelinesOverview& b)
{
    return std::ranges::equal(a.pools, b.pools, [](const auto& x, const auto& y) {
        return x.first == y.first && x.second.size == y.second.size && x.second.used == y.second.used && x.second.waiting == y.second.waiting;
    });
}

QString placeText(const Mark& mark)
{
    if (!mark.file)
        return PipelinesModel::tr("settings");
    return u"%1:%2:%3"_s.arg(QFileInfo(toQString(*mark.file)).fileName()).arg(mark.line).arg(mark.column);
}

} // namespace

PipelinesModel::PipelinesModel(const DisplayZone& zone, QObject* parent)
    : QAbstractTableModel(parent)
    , m_zone(zone)
{
    connect(&zone, &DisplayZone::changed, this, [this] {
        if (rowCount() > 0)
            emit dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
    });
}

void PipelinesModel::apply(PipelinesPort::Overview overview, UtcMs now)
{
    m_now = now;
    if (!hasSameRows(*m_overview, *overview)) {
        beginResetModel();
        m_overview = std::move(overview);
        endResetModel();
        return;
    }
    const auto before = std::exchange(m_overview, std::move(overview));
    const bool isAll = !isSamePools(*before, *m_overview);
    const auto isChanged = [&](std::size_t row) {
        if (row >= pipelineCount())
            return before->problems[row - pipelineCount()].text() != m_overview->problems[row - pipelineCount()].text();
        return isAll || !isSame(before->pipelines[row], m_overview->pipelines[row]);
    };
    const int rows = rowCount();
    for (int row = 0; row < rows;) {
        int end = row;
        while (end < rows && isChanged(static_cast<std::size_t>(end)))
            ++end;
        if (end > row)
            emit dataChanged(index(row, 0), index(end - 1, ColumnCount - 1));
        row = end + 1;
    }
}

bool PipelinesModel::isProblem(int row) const
{
    return row >= static_cast<int>(pipelineCount());
}

const PipelineSummary* PipelinesModel::pipelineAt(int row) const
{
    return row >= 0 && !isProblem(row) ? &m_overview->pipelines[static_cast<std::size_t>(row)] : nullptr;
}

const Problem* PipelinesModel::problemAt(int row) const
{
    return row < rowCount() && isProblem(row) ? &m_overview->problems[static_cast<std::size_t>(row) - pipelineCount()] : nullptr;
}

const PipelineSummary* PipelinesModel::find(const std::string& id) const
{
    return pipelineAt(rowOf(id));
}

int PipelinesModel::rowOf(const std::string& id) const
{
    const auto& all = m_overview->pipelines;
    const auto found = std::ranges::find(all, id, [](const PipelineSummary& one) { return one.record.id; });
    return found == all.end() ? -1 : static_cast<int>(found - all.begin());
}

int PipelinesModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(pipelineCount() + m_overview->problems.size());
}

int PipelinesModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant PipelinesModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid())
        return {};
    if (const Problem* problem = problemAt(index.row()))
        return problemData(*problem, index.column(), role);
    const PipelineSummary& one = *pipelineAt(index.row());
    switch (role) {
    case Qt::DisplayRole: return text(one, index.column());
    case Qt::ToolTipRole: return tip(one, index.column());
    case Qt::AccessibleTextRole: return index.column() == Runs ? tip(one, Runs) : text(one, index.column());
    case Qt::CheckStateRole:
        if (index.column() == Name && one.dag)
            return one.record.isPaused ? Qt::Unchecked : Qt::Checked;
        return {};
    case IdRole: return toQString(one.record.id);
    case RunsRole:
        if (index.column() == Runs)
            return QVariant::fromValue(std::vector<RunRecord>(one.runs.rbegin(), one.runs.rend()));
        return {};
    default: return {};
    }
}

QVariant PipelinesModel::problemData(const Problem& problem, int column, int role) const
{
    if (role == Qt::ToolTipRole)
        return toQString(problem.text());
    if (role != Qt::DisplayRole && role != Qt::AccessibleTextRole)
        return {};
    if (column == Name)
        return tr("\u26A0 %1").arg(placeText(problem.mark));
    return column == ScheduleText ? problemText(problem) : QString();
}

bool PipelinesModel::setData(const QModelIndex& index, const QVariant& value, int role)
{
    const PipelineSummary* one = index.isValid() ? pipelineAt(index.row()) : nullptr;
    if (role != Qt::CheckStateRole || !one || !one->dag)
        return false;
    emit pauseRequested(one->record.id, value.toInt() != Qt::Checked);
    return false; // it is so when the store says so
}

QString PipelinesModel::text(const PipelineSummary& one, int column) const
{
    switch (column) {
    case Name: return toQString(one.record.id);
    case ScheduleText: return one.dag ? scheduleText(*one.dag) : tr("not defined any more");
    case Next:
        if (one.dag && one.record.isPaused)
            return tr("paused");
        if (!one.next)
            return one.dag ? tr("when asked") : QString();
        return *one.next <= m_now ? tr("now") : momentText(*one.next, m_zone);
    case Runs: return one.runs.empty() ? tr("no run yet") : QString();
    case Pools: return poolsText(one);
    case Tags: {
        QStringList tags;
        for (const std::string& tag : one.dag ? one.dag->tags : std::vector<std::string> {})
            tags << toQString(tag);
        return tags.join(u", "_s);
    }
    default: return {};
    }
}

QString PipelinesModel::poolsText(const PipelineSummary& one) const
{
    std::set<std::string> names;
    for (const TaskDefinition& task : one.dag ? one.dag->tasks : std::vector<TaskDefinition> {})
        names.insert(task.pool);
    QStringList parts;
    for (const std::string& name : names) {
        const auto pool = m_overview->pools.find(name);
        if (pool == m_overview->pools.end())
            parts << toQString(name);
        else if (pool->second.waiting > 0)
            parts << tr("%1 %2/%3, %4 wait").arg(toQString(name)).arg(pool->second.used).arg(pool->second.size).arg(pool->second.waiting);
        else
            parts << tr("%1 %2/%3").arg(toQString(name)).arg(pool->second.used).arg(pool->second.size);
    }
    return parts.join(u"; "_s);
}

QString PipelinesModel::tip(const PipelineSummary& one, int column) const
{
    if (column == Runs) {
        QStringList lines;
        for (const RunRecord& run : one.runs)
            lines << tr("%1 %2 %3, %4").arg(glyphOf(stateOf(run)), momentText(run.queued, m_zone), textOf(stateOf(run)), tookText(tookOf(run, m_now)));
        return lines.isEmpty() ? tr("no run yet") : lines.join(u'\n');
    }
    if (column == Pools)
        return tr("Slots taken and all slots of the pools that its tasks use, and how many tasks wait for one");
    if (column == Next && one.record.missed > 0)
        return tr("%1 due times from %2 on were left out, because nothing ran then.").arg(countText(one.record.missed), momentText(one.record.missedRange.from, m_zone));
    return one.dag ? toQString(one.dag->description) : tr("Its definition is gone or wrong; its runs are still here.");
}

QVariant PipelinesModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Name: return tr("Pipeline");
    case ScheduleText: return tr("Schedule");
    case Next: return tr("Next run");
    case Runs: return tr("Last runs");
    case Pools: return tr("Pools");
    case Tags: return tr("Tags");
    default: return {};
    }
}

Qt::ItemFlags PipelinesModel::flags(const QModelIndex& index) const
{
    if (!index.isValid())
        return Qt::NoItemFlags;
    Qt::ItemFlags flags = QAbstractTableModel::flags(index) | Qt::ItemNeverHasChildren;
    const PipelineSummary* one = pipelineAt(index.row());
    if (one && one->dag && index.column() == Name)
        flags |= Qt::ItemIsUserCheckable;
    return flags;
}

} // namespace mnemo
