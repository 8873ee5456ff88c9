#pragma once

#include "core/exchange/venue.h"
#include "core/ingest/pagewalk.h"
#include "core/ingest/tradefold.h"
#include "core/quality/pagerules.h"
#include "core/storage/store.h"

namespace mnemo {

/// A page's answer, read and checked: what both a live fetch and a replay of the archive make of a body.
struct DecodedPage {
    std::vector<Candle> rows; ///< sorted, unique, on the grid, in the page's range, closed, in base units
    std::vector<Candle> unclosed; ///< likewise, but not closed yet: never stored
    /// Where that is what was asked for: one for each row, which then holds the time alone.
    std::vector<Metric> metrics;
    std::size_t decodedRows = 0; ///< in the body, before anything was dropped
    bool spokeBeyond = false;
    UtcMs now {}; ///< min(local clock, Date header)
    std::vector<Finding> findings;
};

/// @param localNow our clock when the answer came
/// Errors: as Venue::errorOf and decodeCandles; BadAnswer where all rows are from another time than was asked for, or
/// more of them off the grid than on it.
Result<DecodedPage> decodePage(const Venue& venue, const FetchArgs& args, const PageRules& rules, const Page& page,
    const HttpResponse& response, UtcMs localNow);

PageVerdict judge(const Page& page, const PageRules& rules, const DecodedPage& decoded);
Finding toFinding(const PageFinding& found, UtcMs at); ///< its series is for the caller to fill in

/// Times of the rows of an answer, ascending: what the search of a listing asks about. Errors: as decodePage.
Result<std::vector<UtcMs>> decodeTimes(const Venue& venue, const FetchArgs& args, const HttpResponse& response);

/// Rows, findings and coverage of a page as one commit; provenance is for the caller to fill in.
PageCommit pageCommit(SeriesId series, const Page& page, const PageVerdict& verdict, DecodedPage decoded, UtcMs fetchedAt);
PageCommit pageCommit(SeriesId series, const Page& page, const PageRules& rules, DecodedPage decoded, UtcMs fetchedAt);

/// A bar that a stream told as closed, by the rules of a page, with its coverage. Errors: BadAnswer where they leave
/// nothing of it.
Result<PageCommit> streamCommit(SeriesId series, const Grid& grid, const Candle& bar, UtcMs receivedAt);

/// Errors: as Venue::errorOf and decodeTrades.
Result<DecodedTrades> decodeTrades(const Venue& venue, const FetchArgs& args, const HttpResponse& response);

/// What an answer of a walk over trades has settled, as one commit; nothing where it has settled nothing.
std::optional<PageCommit> tradesCommit(SeriesId series, const PageRules& rules, TradeVerdict verdict, UtcMs fetchedAt);

/// A commit that says something about ranges without rows.
PageCommit coverageCommit(SeriesId series, const IntervalSet& ranges, CoverageState state, UtcMs at);

} // namespace mnemo
