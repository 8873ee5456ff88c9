#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "core/ingest/planner.h"
#include "core/ingest/writer.h"

namespace mnemo {

struct ImportRequest {
    std::vector<std::filesystem::path> files;
    BackfillRequest target; ///< range is ignored
    std::vector<std::string> columns; ///< empty: by header or position
    std::map<std::string, std::string> where {}; ///< of a file of several series: the column values that are meant
    bool coverage = true; ///< [first, last] of each file counts as answered, apart from bars whose rows could not be used
};

struct ImportOutcome {
    SeriesKey series;
    std::int64_t read = 0, added = 0, changed = 0, same = 0, rejected = 0;
    std::vector<std::string> notes; ///< for people: duplicates, bad rows, bars left out
};

/// Reads files of candles or of open interest into a series, route `import`. Rows that are not closed at the clock's now are left out. Waits until all
/// is committed. Errors: NotFound, InvalidArgument (no candle file, bad columns), Cancelled, Storage*.
Result<ImportOutcome> importFiles(const ImportRequest& request, const SeriesSpec& spec, const Instrument& instrument,
    Writer& writer, const Clock& clock, std::stop_token stop);

} // namespace mnemo
