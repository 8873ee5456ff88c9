#pragma once

#include <filesystem>
#include <mutex>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/config/outages.h"

namespace mnemo {

/// What a person, or a program in their name, asked for: a line of actions.jsonl in the data folder.
struct ActionRecord {
    UtcMs at {};
    std::string who;
    std::string action; ///< "backfill", "verify", "mark_outage", "unmark_outage", "annotate", "remove_note"
    std::string series; ///< SeriesKey::text(), of what concerns one series
    Annotation what; ///< its id is that of the entry, its text the reason or the note; exchange and range are always there
    std::int64_t ranges = 0; ///< of what asks a source: how many stretches of the range
    bool concerns(const SeriesKey& key) const;
    bool operator==(const ActionRecord&) const = default;
};

/// The file only grows: nothing in it is ever changed. Thread-safe.
class ActionLog {
public:
    explicit ActionLog(std::filesystem::path file);
    ~ActionLog();
    ActionLog(const ActionLog&) = delete;
    ActionLog& operator=(const ActionLog&) = delete;

    /// One write at the end of the file, which is made where there is none. Errors: StorageFailed.
    [[nodiscard]] Result<void> add(const ActionRecord& record);
    /// Those of a series that touch @p within, newest first, at most @p most. Lines that are not understood are left out.
    /// Reads the whole file. Errors: StorageFailed.
    Result<std::vector<ActionRecord>> of(const SeriesKey& key, TimeRange within, std::size_t most) const;

private:
    const std::filesystem::path m_file;
    std::mutex m_mutex; // the descriptor
    int m_descriptor = -1;
};

} // namespace mnemo
