#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/base/result.h"
#include "core/storage/runs.h"

namespace mnemo {

struct TaskLogLine {
    UtcMs at {};
    int task = 0; ///< TaskRecord::index
    int attempt = 1;
    log::Level level = log::Level::Info;
    std::string text;
    bool operator==(const TaskLogLine&) const = default;
};

/// What tasks say while they work: one file a run, `runs/<id>.jsonl` in the data folder, one JSON line each. Files only grow;
/// lines are written whole, so that other processes may read along. Thread-safe.
class TaskLog {
public:
    explicit TaskLog(const std::filesystem::path& dataDir);

    /// A line that cannot be written is lost: the log of the program says so.
    void add(RunId run, const TaskLogLine& line) const;
    /// The newest @p most lines of a run, or of one task of it, oldest first; none where nothing was said. Lines that cannot be
    /// understood are left out. Reads the file. Errors: StorageFailed.
    Result<std::vector<TaskLogLine>> read(RunId run, std::optional<int> task, std::size_t most) const;

    /// The runs that have a log, in no order. Reads the folder.
    std::vector<RunId> runs() const;
    void remove(RunId run) const; ///< does nothing where there is none

private:
    std::filesystem::path fileOf(RunId run) const;
    std::filesystem::path m_folder;
};

} // namespace mnemo
