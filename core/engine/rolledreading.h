#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "core/storage/store.h"

namespace mnemo {

// Bars of a frame that is not stored, made of stored finer ones while they are read. Nothing of them is written, and where
// the frame itself is stored its own bars alone are shown.

/// True where bars of @p wanted consist of whole bars of @p stored: candles of the same instrument by the same source.
bool canBeMadeOf(const SeriesKey& wanted, const SeriesRecord& stored);
struct HeldSeries {
    SeriesRecord record;
    TimeRange held; ///< from the first row to the end of the last
};
/// The coarsest of those that hold about as much time as the longest. Null where there is none.
const SeriesRecord* bestFiner(std::span<const HeldSeries> candidates);
/// What @p wanted is made of: the best such series. Nothing where there is none, or where it is stored itself.
Result<std::optional<SeriesRecord>> finerOf(StoreReader& reader, const SeriesKey& wanted);

/// All that can be read without being stored, of what @p filter names frames of: what stands for it, by key.
Result<std::vector<SeriesRecord>> rollableSeries(StoreReader& reader, const SeriesFilter& filter);

/// What stands for a series that is not stored: @p finer with the longer frame, on its default grid. Its id is below 0, its own,
/// and unknown to the store.
SeriesRecord rolledSeries(const SeriesRecord& finer, Timeframe frame);
inline bool isRolled(const SeriesRecord& record) { return record.id < 0; }

/// Bars of @p grid that open within @p range, of those of @p finer: all of whose parts are rows or answered, ascending.
/// Quarantined parts count as bars without trades; with @p clean a bar that lacks one, or a foreign one, is left out.
/// Holds the finer rows of the range at once.
Result<std::vector<Candle>> rolledBars(StoreReader& reader, const SeriesRecord& finer, const Grid& grid, TimeRange range, bool clean);
/// The same in pieces of at most about 50,000 finer bars. @p each returns false to stop.
Result<void> eachRolledBar(StoreReader& reader, const SeriesRecord& finer, const Grid& grid, TimeRange range, bool clean,
    const std::function<bool(const Candle&)>& each);

/// The series itself, or what it is made of. Errors: NotFound where that is gone.
Result<SeriesRecord> storedOf(StoreReader& reader, const SeriesRecord& series);
/// Candles of a series, stored or rolled, as StoreReader::eachCandle().
Result<void> eachBar(StoreReader& reader, const SeriesRecord& series, TimeRange range, bool clean, const std::function<bool(const Candle&)>& each);

/// The pieces of @p range, in order, of whole bars of @p coarse and at most about 50,000 of @p fine.
std::vector<TimeRange> rollUpPieces(const Grid& fine, const Grid& coarse, TimeRange range);

} // namespace mnemo
