#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/ingest/planner.h"

namespace mnemo {

/// A job as it is kept over the end of the program: what was asked for. How far it came is known from the coverage.
struct StoredJob {
    std::uint64_t key = 0; ///< of the journal, not the JobId
    BackfillRequest request;
    bool isPaused = false;
    bool operator==(const StoredJob&) const = default;
};

/// The queue of jobs on disk: `jobs.journal` in the data folder, one JSON line for each job that begins or ends. Lines are
/// only appended, so that 50,000 jobs cost 50,000 short writes and a kill loses none; a torn last line is cut. A file and
/// not a table: it belongs to the process that holds the folder's lock, whatever the database is, and does not wait behind
/// the pages that the writer commits. Thread-safe.
class JobJournal {
public:
    /// Reads what is left over and writes the file anew, beside and renamed. A line that cannot be read is left out and
    /// told in @p problems. Errors: StorageFailed, StorageReadOnly.
    static Result<std::unique_ptr<JobJournal>> open(std::filesystem::path file, std::vector<std::string>& problems);

    std::uint64_t begin(const StoredJob& job); ///< with a key of 0 it gets one; @return its key
    void setPaused(std::uint64_t key, bool isPaused);
    void end(std::uint64_t key);
    std::vector<StoredJob> open() const; ///< oldest first: begun and not ended
    /// What the last write failed with; nothing while all is well.
    std::optional<Error> error() const;
    void detach(); ///< nothing is written any more: what is open stays so for the next start

private:
    explicit JobJournal(std::filesystem::path file);
    void append(const std::string& line);
    Result<void> rewrite();
    void fail(const std::string& why);

    const std::filesystem::path m_file;
    mutable std::mutex m_mutex; // what follows
    std::map<std::uint64_t, StoredJob> m_open;
    std::uint64_t m_nextKey = 1;
    std::size_t m_lines = 0; ///< in the file
    bool m_isDetached = false;
    std::ofstream m_out;
    std::optional<Error> m_error;
};

} // namespace mnemo
