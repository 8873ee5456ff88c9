#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/market/candle.h"
#include "core/market/instrument.h"
#include "core/market/timeframe.h"
#include "core/market/oddrows.h"
#include "core/market/timerange.h"

namespace mnemo {

struct CandleFileOptions {
    /// Names by position, "-" for those to be skipped; a header line, where there is one, is then not looked at.
    /// Empty: from the header, or by count (6 or 12).
    std::vector<std::string> columns;
    /// Rows with these values alone, by column name: {{"venue", "abc"}, {"coin", "BTC"}}. Names and values ignore case.
    std::map<std::string, std::string> where;
    /// Lets the reader warn where the rows are too far apart for it. Rows are not held against its grid here: checkPage
    /// is.
    std::optional<Timeframe> timeframe;
    Kind kind = Kind::Candles; ///< or open interest
};

struct RejectedRow {
    std::string member; ///< of a zip file; else empty
    std::int64_t line = 0; ///< from 1, empty lines counted
    std::string reason;
    bool operator==(const RejectedRow&) const = default;
};

/// The candles of a file, and what was odd about it.
struct CandleFile {
    /// Sorted by time, unique; flags are 0. Of open interest: the volume is its amount in base units, NaN where none is
    /// told, the quote volume its value in USD, and the rest is 0.
    std::vector<Candle> rows;
    std::int64_t read = 0; ///< rows that could be read, before duplicates went
    std::int64_t duplicates = 0; ///< rows dropped in favour of a later one of the same time
    std::int64_t conflicts = 0; ///< of these, with other values
    std::vector<RepeatedRow> repeated; ///< all of them, equal or not, by time
    /// By time; none where the timeframe is not known or the file states no closes. The end of a bar may be stated as its
    /// last millisecond or as the next one's open.
    std::vector<IrregularClose> irregularCloses;
    std::int64_t skipped = 0; ///< rows that `where` left out
    std::int64_t rejected = 0; ///< rows that could not be read
    std::vector<RejectedRow> rejects; ///< the first 20 of them
    /// Times that rejected rows may have had: their own where it could be read, else from the row before to the row after.
    /// In the file's order, may overlap; rows outside of the file's other rows are left out.
    std::vector<TimeRange> doubtful;
    bool ascending = true; ///< as found; false where rows had to be sorted
    bool header = false; ///< a header line was found (in zip files: in the first member)
    std::vector<std::string> columns; ///< as understood: "open_time", "open", ..., "-" for columns not used
    std::optional<milliseconds> step; ///< least distance of two rows
    std::vector<std::string> warnings; ///< whole sentences
};

/// Reads CSV, gzip or zip (every .csv in it), as design.md section 8. Times: see parseTime; 1.7e9 and "1700000000.0"
/// too. Optional values may be empty, nan, null or none. A row that does not read is rejected, not fatal, unless none
/// reads. Memory: about 90 bytes a row. Checks @p stop about every 256 KiB. Errors: NotFound, StorageFailed, Corrupt
/// (damaged gzip or zip), Cancelled; InvalidArgument where the columns are not understood, the file holds several
/// series and `where` does not choose one, no row matches, or none could be read.
Result<CandleFile> readCandleFile(
    const std::filesystem::path& file, const CandleFileOptions& options = {}, std::stop_token stop = {});

/// The same for CSV text in memory; @p name stands in messages.
Result<CandleFile> readCandleText(
    std::string_view text, const std::string& name, const CandleFileOptions& options = {});

} // namespace mnemo
