#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/market/candle.h"
#include "core/market/grid.h"

namespace mnemo {

enum class RowVerdict {
    Same,      ///< nothing to write
    Completed, ///< a missing quote volume or trade count came, or a mark of lesser origin fell: written, no revision
    Revised,   ///< the source says otherwise now: written, the old values kept
};

struct RowDecision {
    RowVerdict verdict = RowVerdict::Same;
    Candle result; ///< what the store holds afterwards
    bool operator==(const RowDecision&) const = default;
};

/// What becomes of a stored bar when a source answers about it again.
/// - Replaced: a person chose another source's value; the row stays as it is, whatever is answered.
/// - Quarantined stays on a row until a person takes it off; an equal answer never puts it back.
/// - A value that is missing in the answer keeps the stored one, unless the volume itself was revised.
/// - Foreign and ApproximateVolume fall as soon as an answer without them says the same.
RowDecision decideRow(const Candle& stored, const Candle& answered);

struct Revision {
    Candle before, after;
};

/// A page against the stored rows of the same range.
struct RowMerge {
    std::vector<Candle> merged;      ///< all rows of the range afterwards, ascending
    std::vector<Candle> writes;      ///< those of them that are new or differ
    std::vector<Revision> revisions; ///< ascending
    std::int64_t added = 0, same = 0;
};
/// @param stored, answered ascending, unique times. Pure, O(stored + answered).
RowMerge mergeRows(std::span<const Candle> stored, std::span<const Candle> answered);

/// Revisions of neighbouring bars: one finding says them all.
std::vector<std::span<const Revision>> revisionRuns(std::span<const Revision> revisions, const Grid& grid);

/// JSON of one run: {"page":7,"bars":2,"changes":[{"time":ms,"old":{"close":1},"new":{"close":2}},...]}; the first 20
/// bars are listed, only with what differs; all old values are in `revisions`.
std::string revisionDetails(std::span<const Revision> run, std::int64_t pageId);

} // namespace mnemo
