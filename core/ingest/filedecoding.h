#pragma once

#include <string_view>

#include "core/ingest/pagedecoding.h"

namespace mnemo {

/// One of a venue's files, as it came, and what is asked of it.
struct FileAnswer {
    std::string_view name; ///< of the zip file
    std::string_view zip;
    TimeRange covers;   ///< the whole month or day that it is of
    IntervalSet wanted; ///< bars asked for, on the grid
    UtcMs localNow {};  ///< our clock when it came
    std::optional<UtcMs> date; ///< the answer's Date header
    std::int64_t maxBytes = 0; ///< unpacked
};

struct DecodedFile {
    DecodedPage page;
    IntervalSet told; ///< of what is wanted: the bars that the file has rows of
};

/// Rows of a file by the rules of a page. Times are ms or µs by their size, or text; a header line is skipped.
/// Errors: Corrupt, TooLarge, BadAnswer (no rows of its time, or off the grid).
Result<DecodedFile> decodeFile(const Venue& venue, const VenueFiles& files, const FetchArgs& args, const PageRules& rules, const FileAnswer& answer);

/// Rows, findings and coverage of a file as one commit: only what it has rows of counts as answered, and @p absent, about
/// which nobody else can be asked. Provenance is for the caller to fill in.
PageCommit fileCommit(SeriesId series, const FileAnswer& answer, DecodedFile decoded, const IntervalSet& absent);

} // namespace mnemo
