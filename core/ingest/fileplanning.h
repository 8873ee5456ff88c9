#pragma once

#include <functional>
#include <span>

#include "core/ingest/planner.h"

namespace mnemo {

/// What of a task is left to files.
enum class FileScope {
    All,
    TooOld, ///< what nobody else can be asked for
};

/// Leaves to a FileJob what the venue's own files bring of @p task, and what of them has to be looked at again. Does nothing
/// where there are no files, none pays, or the settings say never.
/// @param pages newest first: of these, what came from files is looked at again
/// @param share part of the venue's limits that we allow ourselves
/// @param clock outlives the job. @param wake the lane of the files
void addFiles(BackfillTask& task, std::span<const PageRecord> pages, const FilesSettings& settings, double share,
    const Clock& clock, std::function<void()> wake, FileScope scope = FileScope::All);

/// Whether the venue's own files go on holding what its API forgets after @p kept, as far as the description tells.
bool areKeptInFiles(const Venue& venue, const SeriesRecord& series, const PageRules& rules, milliseconds kept, FileUse use);

/// The same as addFiles() for a plan: files in the place of the pages that they make needless.
/// @param available what the API can be asked for; what files bring is taken away
/// @param tooOld likewise
void planFiles(BackfillPlan& plan, const SeriesSpec& spec, const FetchArgs& args, IntervalSet& available, IntervalSet& tooOld,
    FileUse use, double share);

} // namespace mnemo
