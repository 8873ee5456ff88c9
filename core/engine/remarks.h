#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "core/base/clock.h"
#include "core/engine/actionlog.h"

namespace mnemo {

/// Who decides where nobody says so: the name of the session's user.
std::string sessionUser();

/// Where and when an outage was, and why: what its entry has in common with a note.
Annotation placeOf(const ListedOutage& outage);

/// What a person knows about gaps, as entries of their own outages.yaml and annotations.yaml; and the log of that and of
/// what was asked for. Thread-safe as far as nobody else edits the files at the same moment.
class Remarks {
public:
    /// @param folder the user's settings; may be empty: then nothing can be added. @p clock outlives it.
    Remarks(std::filesystem::path folder, const std::filesystem::path& dataDir, const Clock& clock);

    /// @return the entry's id. Errors: as addToFile(); Config where there is no folder.
    Result<std::string> add(const ListedOutage& outage);
    Result<std::string> add(const Annotation& annotation);
    /// Errors: as removeOutage() of core/config/ownentries.h. @p was: what stood there, for the log.
    Result<void> remove(const ListedOutage& was);
    Result<void> remove(const Annotation& was);
    /// A source was asked about @p ranges stretches of @p hull.
    void asked(const char* action, const SeriesKey& series, TimeRange hull, std::int64_t ranges);
    const ActionLog& log() const { return m_log; }

private:
    void note(const char* action, Annotation what, std::string series = {}, std::int64_t ranges = 0);

    const std::filesystem::path m_folder;
    const Clock& m_clock;
    ActionLog m_log;
};

} // namespace mnemo
