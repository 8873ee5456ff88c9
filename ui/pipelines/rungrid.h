#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/engine/pipelines.h"

namespace mnemo {

/// One task of a run, as far as a small square shows it.
struct GridCell {
    TaskState state = TaskState::None;
    bool isPaused = false;
    int index = -1; ///< TaskRecord::index; -1 for several instances at once
    int instances = 1;
    bool operator==(const GridCell&) const = default;
};

/// Tasks times runs. Columns are runs, the oldest first; rows are tasks of the pipeline, and below an open one its instances.
/// Tasks of a run are put in when they have been read; a few thousand runs are kept. A value without clock or I/O; a cell
/// costs O(1), one of several instances O(them) once.
class RunGrid {
public:
    struct Row {
        int node = 0;
        int name = -1; ///< instance; -1: all of the node
        bool canOpen = false, isOpen = false;
        bool operator==(const Row&) const = default;
    };
    static constexpr std::size_t mostLoaded = 2'000; ///< runs whose tasks are kept

    void setRuns(std::vector<RunRecord> newestFirst); ///< of one pipeline; tasks of runs that stay are kept
    bool update(std::span<const RunRecord> runs); ///< as they are now; false where one of them is not here yet
    void setTasks(RunId run, std::span<const TaskRecord> tasks);
    void forget(RunId run); ///< its tasks are read again when they are wanted; shown as they were until then
    void clear();

    int columnCount() const { return static_cast<int>(m_runs.size()); }
    int rowCount() const { return static_cast<int>(m_rows.size()); }
    const RunRecord& run(int column) const { return m_runs[static_cast<std::size_t>(column)]; }
    int columnOf(RunId run) const; ///< -1 where it is not here
    const Row& row(int row) const { return m_rows[static_cast<std::size_t>(row)]; }
    std::string text(int row) const; ///< task, or label of the instance
    std::string taskName(int row) const; ///< as commands take it: "fetch", "fetch[BTC/USDT]"
    std::string nodeName(int row) const; ///< "fetch", also of an instance
    int rowOf(const std::string& node) const; ///< -1 where there is none
    void setOpen(int row, bool isOpen);
    /// Nothing where the run has no such task, or its tasks are not read.
    std::optional<GridCell> cell(int row, int column) const;
    bool isLoaded(int column) const;
    /// Runs in [from, to) whose tasks must be read, the newest first, at most @p most.
    std::vector<RunId> missing(int from, int to, std::size_t most) const;

private:
    struct Column {
        std::vector<GridCell> nodes;  ///< by node; instances 0: none
        std::vector<GridCell> cells;  ///< by name; index -1: none
        bool isStale = false;
        std::uint64_t used = 0; ///< when it was put in
    };
    struct Node {
        std::string id;
        std::vector<int> names; ///< of instances, in the order of first sight
        bool isOpen = false;
    };
    int nameOf(int node, const std::string& label);
    int nodeOf(const std::string& id);
    void layOut();
    void dropOldest();

    std::vector<RunRecord> m_runs;
    std::unordered_map<RunId, Column> m_columns;
    std::vector<Node> m_nodes;
    std::vector<std::string> m_labels; ///< by name
    std::map<std::pair<int, std::string>, int> m_names; ///< node and label
    std::map<std::string, int> m_nodeIds;
    std::vector<Row> m_rows;
    std::uint64_t m_clock = 0;
};

} // namespace mnemo
