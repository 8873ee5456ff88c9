#include "ui/pipelines/rungrid.h"

#include <algorithm>
#include <utility>

#include "ui/pipelines/pipelinetext.h"

namespace mnemo {

void RunGrid::setRuns(std::vector<RunRecord> newestFirst)
{
    m_runs.assign(std::make_move_iterator(newestFirst.rbegin()), std::make_move_iterator(newestFirst.rend()));
    std::ranges::sort(m_runs, {}, &RunRecord::id);
    std::erase_if(m_columns, [this](const auto& column) { return columnOf(column.first) < 0; });
}

void RunGrid::clear()
{
    *this = {};
}

bool RunGrid::update(std::span<const RunRecord> runs)
{
    bool areAllHere = true;
    for (const RunRecord& run : runs) {
        const int column = columnOf(run.id);
        areAllHere = areAllHere && column >= 0;
        if (column >= 0)
            m_runs[static_cast<std::size_t>(column)] = run;
    }
    return areAllHere;
}

int RunGrid::columnOf(RunId run) const
{
    const auto found = std::ranges::lower_bound(m_runs, run, {}, &RunRecord::id);
    return found != m_runs.end() && found->id == run ? static_cast<int>(found - m_runs.begin()) : -1;
}

int RunGrid::nodeOf(const std::string& id)
{
    const auto [place, isNew] = m_nodeIds.emplace(id, static_cast<int>(m_nodes.size()));
    if (isNew)
        m_nodes.push_back({id, {}, false});
    return place->second;
}

int RunGrid::nameOf(int node, const std::string& label)
{
    const auto [place, isNew] = m_names.emplace(std::pair(node, label), static_cast<int>(m_labels.size()));
    if (isNew) {
        m_labels.push_back(label);
        m_nodes[static_cast<std::size_t>(node)].names.push_back(place->second);
    }
    return place->second;
}

void RunGrid::setTasks(RunId run, std::span<const TaskRecord> tasks)
{
    Column column;
    column.used = ++m_clock;
    const auto names = m_labels.size();
    const auto at = [](std::vector<GridCell>& cells, int place, GridCell nothing) -> GridCell& {
        if (std::cmp_greater_equal(place, cells.size()))
            cells.resize(static_cast<std::size_t>(place) + 1, nothing);
        return cells[static_cast<std::size_t>(place)];
    };
    std::map<int, bool> held; ///< by node, whether all that are not over are paused: one of many hides no work of the others
    for (const TaskRecord& task : tasks) {
        const int node = nodeOf(task.node);
        const GridCell cell {stateOf(task), task.isPaused, task.index, 1};
        at(column.cells, nameOf(node, task.label), GridCell {TaskState::None, false, -1, 0}) = cell;
        GridCell& all = at(column.nodes, node, GridCell {TaskState::Success, false, -1, 0});
        all.state = all.instances == 0 ? cell.state : worseOf(all.state, cell.state);
        if (!isFinal(cell.state)) {
            bool& isHeld = held.try_emplace(node, true).first->second;
            all.isPaused = isHeld = isHeld && cell.isPaused;
        }
        all.index = all.instances == 0 ? cell.index : -1;
        ++all.instances;
    }
    m_columns[run] = std::move(column);
    dropOldest();
    if (m_labels.size() != names || m_rows.empty())
        layOut();
}

void RunGrid::dropOldest()
{
    while (m_columns.size() > mostLoaded)
        m_columns.erase(std::ranges::min_element(m_columns, {}, [](const auto& column) { return column.second.used; }));
}

void RunGrid::forget(RunId run)
{
    if (const auto column = m_columns.find(run); column != m_columns.end())
        column->second.isStale = true;
}

void RunGrid::layOut()
{
    m_rows.clear();
    for (int node = 0; std::cmp_less(node, m_nodes.size()); ++node) {
        const Node& one = m_nodes[static_cast<std::size_t>(node)];
        const bool canOpen = one.names.size() > 1 || (one.names.size() == 1 && !m_labels[static_cast<std::size_t>(one.names.front())].empty());
        m_rows.push_back({node, -1, canOpen, one.isOpen});
        if (!one.isOpen || !canOpen)
            continue;
        for (const int name : one.names)
            m_rows.push_back({node, name, false, false});
    }
}

std::string RunGrid::text(int row) const
{
    const Row& one = m_rows[static_cast<std::size_t>(row)];
    if (one.name < 0)
        return m_nodes[static_cast<std::size_t>(one.node)].id;
    return m_labels[static_cast<std::size_t>(one.name)];
}

std::string RunGrid::taskName(int row) const
{
    const Row& one = m_rows[static_cast<std::size_t>(row)];
    const std::string& node = m_nodes[static_cast<std::size_t>(one.node)].id;
    return one.name < 0 || text(row).empty() ? node : node + '[' + text(row) + ']';
}

std::string RunGrid::nodeName(int row) const
{
    return m_nodes[static_cast<std::size_t>(m_rows[static_cast<std::size_t>(row)].node)].id;
}

int RunGrid::rowOf(const std::string& node) const
{
    const auto known = m_nodeIds.find(node);
    if (known == m_nodeIds.end())
        return -1;
    const auto found = std::ranges::find_if(m_rows, [&](const Row& row) { return row.node == known->second && row.name < 0; });
    return found == m_rows.end() ? -1 : static_cast<int>(found - m_rows.begin());
}

void RunGrid::setOpen(int row, bool isOpen)
{
    m_nodes[static_cast<std::size_t>(m_rows[static_cast<std::size_t>(row)].node)].isOpen = isOpen;
    layOut();
}

std::optional<GridCell> RunGrid::cell(int row, int column) const
{
    const auto loaded = m_columns.find(run(column).id);
    if (loaded == m_columns.end())
        return std::nullopt;
    const Row& one = m_rows[static_cast<std::size_t>(row)];
    const auto& cells = one.name < 0 ? loaded->second.nodes : loaded->second.cells;
    const int place = one.name < 0 ? one.node : one.name;
    if (std::cmp_greater_equal(place, cells.size()) || cells[static_cast<std::size_t>(place)].instances == 0)
        return std::nullopt;
    return cells[static_cast<std::size_t>(place)];
}

bool RunGrid::isLoaded(int column) const
{
    return m_columns.contains(run(column).id);
}

std::vector<RunId> RunGrid::missing(int from, int to, std::size_t most) const
{
    std::vector<RunId> wanted;
    for (int column = std::min(to, columnCount()) - 1; column >= std::max(from, 0) && wanted.size() < most; --column) {
        const auto loaded = m_columns.find(run(column).id);
        if (loaded == m_columns.end() || loaded->second.isStale)
            wanted.push_back(run(column).id);
    }
    return wanted;
}

} // namespace mnemo
