#include "core/engine/rolledreading.h"

#include <algorithm>
#include <set>

#include "core/engine/answered.h"
#include "core/quality/rollup.h"

namespace mnemo {

namespace {

constexpr std::int64_t finePerPiece = 50'000;

/// From the first to the end of the last bar that opens within @p range.
TimeRange wholeBars(const Grid& grid, TimeRange range)
{
    const UtcMs first = grid.isOpen(range.from) ? range.from : grid.next(grid.floor(range.from));
    return {first, first < range.to ? grid.next(grid.floor(range.to - milliseconds {1})) : first};
}

} // namespace

bool canBeMadeOf(const SeriesKey& wanted, const SeriesRecord& stored)
{
    SeriesKey same = stored.key;
    same.timeframe = wanted.timeframe;
    return same == wanted && wanted.kind == Kind::Candles && stored.key.timeframe < wanted.timeframe && nests(stored.grid(), Grid(wanted.timeframe));
}

const SeriesRecord* bestFiner(std::span<const HeldSeries> candidates)
{
    milliseconds longest {0};
    for (const HeldSeries& each : candidates)
        longest = std::max(longest, each.held.length());
    const SeriesRecord* best = nullptr;
    for (const HeldSeries& each : candidates) {
        const bool isLongEnough = each.held.length() * 20 >= longest * 19;
        if (isLongEnough && (!best || best->key.timeframe < each.record.key.timeframe))
            best = &each.record;
    }
    return best;
}

Result<std::optional<SeriesRecord>> finerOf(StoreReader& reader, const SeriesKey& wanted)
{
    const auto stored = reader.series({{wanted.source}, {wanted.exchange}, {wanted.symbol}, {wanted.market}, {wanted.kind}, {}});
    if (!stored)
        return fail(stored.error());
    std::vector<HeldSeries> candidates;
    for (const SeriesRecord& record : *stored) {
        if (record.key == wanted)
            return std::nullopt;
        if (!canBeMadeOf(wanted, record))
            continue;
        const auto ends = reader.ends(record.id);
        if (!ends)
            return fail(ends.error());
        if (ends->first) // of a series without rows nothing is made
            candidates.push_back({record, {*ends->first, record.grid().next(*ends->last)}});
    }
    const SeriesRecord* const best = bestFiner(candidates);
    return best ? std::optional(*best) : std::nullopt;
}

Result<std::vector<SeriesRecord>> rollableSeries(StoreReader& reader, const SeriesFilter& filter)
{
    SeriesFilter anyFrame = filter;
    anyFrame.timeframes.clear();
    anyFrame.kinds = {Kind::Candles};
    const auto stored = reader.series(anyFrame);
    if (!stored)
        return fail(stored.error());
    std::set<SeriesKey> wanted;
    for (SeriesRecord record : *stored) {
        for (const Timeframe frame : filter.timeframes) {
            record.key.timeframe = frame;
            wanted.insert(record.key);
        }
    }
    std::vector<SeriesRecord> made;
    for (const SeriesKey& key : wanted) {
        const auto finer = finerOf(reader, key);
        if (!finer)
            return fail(finer.error());
        if (*finer)
            made.push_back(rolledSeries(**finer, key.timeframe));
    }
    return made;
}

SeriesRecord rolledSeries(const SeriesRecord& finer, Timeframe frame)
{
    const auto frames = Timeframe::all();
    SeriesRecord made = finer;
    made.key.timeframe = frame;
    made.anchor = Grid::defaultAnchor(frame);
    const auto place = std::ranges::find(frames, frame) - std::ranges::begin(frames);
    made.id = -(finer.id * static_cast<SeriesId>(std::size(frames)) + place);
    return made;
}

std::vector<TimeRange> rollUpPieces(const Grid& fine, const Grid& coarse, TimeRange range)
{
    const TimeRange first {coarse.floor(range.from), coarse.next(coarse.floor(range.from))};
    const std::int64_t step = std::max<std::int64_t>(1, finePerPiece / std::max<std::int64_t>(1, fine.count(first)));
    std::vector<TimeRange> pieces;
    for (UtcMs begin = first.from; begin < range.to; begin = coarse.advance(begin, step))
        pieces.push_back({begin, coarse.advance(begin, step)});
    return pieces;
}

Result<std::vector<Candle>> rolledBars(StoreReader& reader, const SeriesRecord& finer, const Grid& grid, TimeRange range, bool clean)
{
    const TimeRange whole = wholeBars(grid, range);
    if (whole.isEmpty())
        return std::vector<Candle> {};
    auto rows = reader.candles(finer.id, whole);
    if (!rows)
        return rows;
    auto answered = answeredIn(reader, finer.id, whole);
    if (!answered)
        return fail(answered.error());
    IntervalSet lost;
    const Grid fine = finer.grid();
    std::erase_if(*rows, [&](const Candle& row) {
        const bool isLeftOut = (row.flags & (clean ? Quarantined | Foreign : Quarantined)) != 0;
        if (isLeftOut)
            (clean ? lost : *answered).add({row.openTime, fine.next(row.openTime)});
        return isLeftOut;
    });
    return rolledUp(*rows, fine, grid, subtracted(*answered, lost));
}

Result<void> eachRolledBar(StoreReader& reader, const SeriesRecord& finer, const Grid& grid, TimeRange range, bool clean,
    const std::function<bool(const Candle&)>& each)
{
    const auto ends = reader.ends(finer.id);
    if (!ends)
        return fail(ends.error());
    if (!ends->first)
        return {};
    const TimeRange held = wholeBars(grid, range.intersected({grid.floor(*ends->first), finer.grid().next(*ends->last)}));
    if (held.isEmpty())
        return {};
    for (const TimeRange& piece : rollUpPieces(finer.grid(), grid, held)) {
        const auto bars = rolledBars(reader, finer, grid, piece.intersected(held), clean);
        if (!bars)
            return fail(bars.error());
        if (!std::ranges::all_of(*bars, each))
            return {};
    }
    return {};
}

Result<SeriesRecord> storedOf(StoreReader& reader, const SeriesRecord& series)
{
    if (!isRolled(series))
        return series;
    auto finer = finerOf(reader, series.key);
    if (!finer)
        return fail(finer.error());
    if (!*finer)
        return fail(ErrorCode::NotFound, series.key.text() + " is stored by now, or what it was made of is gone: choose it again");
    return std::move(**finer);
}

Result<void> eachBar(StoreReader& reader, const SeriesRecord& series, TimeRange range, bool clean, const std::function<bool(const Candle&)>& each)
{
    if (!isRolled(series))
        return reader.eachCandle(series.id, range, clean, each);
    const auto finer = storedOf(reader, series);
    return finer ? eachRolledBar(reader, *finer, series.grid(), range, clean, each) : fail(finer.error());
}

} // namespace mnemo
