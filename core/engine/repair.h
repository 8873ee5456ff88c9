#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/exchange/venue.h"
#include "core/ingest/requestlog.h"
#include "core/market/intervalset.h"
#include "core/market/coverage.h"
#include "core/storage/store.h"

namespace mnemo {

/// Ranges of one stored series to be asked for again, whatever is known about them: those of gaps, of findings, of what
/// a person selected.
struct RepairRequest {
    SeriesKey series;
    std::vector<TimeRange> ranges; ///< any order; need not be on the grid
    std::string route; ///< empty: as the exchange is asked best; "rest"
    bool isJoining = true; ///< ranges that one request brings together anyway become one, with what lies between
};

/// What is known about a range at one moment.
struct RangeState {
    std::int64_t rows = 0;
    int checks = 0; ///< fewest answers about any part of it
    std::vector<Gap> gaps;
    std::vector<Candle> candles; ///< of ranges of at most 500 bars; else empty
    bool operator==(const RangeState&) const = default;
};

/// One repaired range, before and after.
struct RepairedRange {
    TimeRange range;
    std::int64_t bars = 0; ///< of the grid
    RangeState before, after;
    std::int64_t added = 0; ///< rows
    std::int64_t changed = 0; ///< rows that have another value now; known where the candles are, and of one range without them
};

/// What a repair has done: the proof that a card shows.
struct RepairProof {
    SeriesKey series;
    bool isFinal = false; ///< the job is over; until then `after` is empty
    std::vector<RepairedRange> ranges; ///< ascending
    std::vector<PageRecord> pages; ///< that it has brought, newest first
    std::vector<RequestRecord> requests; ///< the newest, oldest first
};

/// Reads the states of @p ranges, ascending and disjoint. @p silent: outages of the series. Errors: those of the store.
Result<std::vector<RangeState>> statesOf(StoreReader& reader, const SeriesRecord& series,
    std::span<const TimeRange> ranges, std::span<const TimeRange> silent);

/// Least number of requests for @p ranges, in which pages never reach over the space between two of them. Pure.
std::int64_t requestsFor(const IntervalSet& ranges, const PageRules& rules);

/// Puts @p after into @p ranges, which have as many members.
/// @param stored rows that the repair has added or changed: of one range that is too long for its candles to be kept this
///               tells how many changed
void compareStates(std::vector<RepairedRange>& ranges, std::vector<RangeState> after, std::int64_t stored);

} // namespace mnemo
