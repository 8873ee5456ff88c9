#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/exchange/venue.h"
#include "core/market/candle.h"
#include "core/market/coverage.h"
#include "core/market/intervalset.h"

namespace mnemo {

/// One request to come: the bars that open in [range.from, range.to), both on the grid.
struct Page {
    TimeRange range;
    bool isConfirmation = false; ///< asks again for what an earlier answer left out
    bool operator==(const Page&) const = default;
};

/// Where a page that begins at @p from (aligned) ends at the latest: by the limit, and by the calendar where an answer is
/// a whole day or year.
UtcMs pageEnd(const PageRules& rules, UtcMs from);
UtcMs pageStart(const PageRules& rules, UtcMs to); ///< likewise backwards

/// Cuts @p todo (aligned) into pages of at most rules.maxRows bars, oldest first. Walk::Recent gives one page.
std::vector<Page> cutPages(const IntervalSet& todo, const PageRules& rules);

/// Which end of a range is asked for first.
enum class WalkOrder { OldestFirst, NewestFirst };

/// What can be had of @p todo by the venue's retention at @p now, and what is too old for it.
struct RetentionSplit {
    IntervalSet available, tooOld;
};
RetentionSplit splitByRetention(const IntervalSet& todo, const PageRules& rules, UtcMs now);

/// First open time whose absence says nothing yet: bars younger than max(2 timeframes, 5 min), for frames of 1h and
/// longer the bar that is not closed.
UtcMs absenceTrustedBefore(const Grid& grid, UtcMs now);

/// The bars of @p rows.
IntervalSet barsOf(std::span<const Candle> rows, const Grid& grid);
/// The bars of @p range that a list of events tells of: theirs, and those between two that are no further apart than @p longestPause.
IntervalSet barsOfEvents(std::span<const Candle> rows, const Grid& grid, TimeRange range, milliseconds longestPause);

/// What an answer settles of the bars of @p spoken that it speaks of: rows, and absence where it can be trusted.
IntervalSet trustedCoverage(TimeRange spoken, const Grid& grid, std::span<const Candle> rows, UtcMs now);

/// What came for a page, already checked: rows sorted, unique, on the grid, inside the page's range, closed.
struct PageAnswer {
    std::span<const Candle> rows;
    std::size_t decodedRows = 0; ///< in the body, before anything was dropped
    bool spokeBeyond = false;    ///< the body has rows past the far end of the range, so nothing was cut off there
    UtcMs now {};                ///< min(local clock, Date header)
};

/// What a page's answer means by the rules of absence (design.md section 4).
struct PageVerdict {
    IntervalSet answered;
    IntervalSet tooOld;       ///< beyond retention: a full answer of a recent-only endpoint began later
    std::vector<Page> follow; ///< to be asked next
};
/// Pure. Never loops for ever: each follow-up page is smaller than @p page or a confirmation of an ordinary one.
PageVerdict judge(const Page& page, const PageRules& rules, const PageAnswer& answer);

} // namespace mnemo
