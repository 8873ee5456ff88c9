#include "core/engine/derivedbars.h"

#include <algorithm>
#include <future>

#include "core/market/intervalset.h"
#include "core/quality/rollup.h"

namespace mnemo {

namespace {

constexpr std::int64_t finePerPiece = 50'000;

IntervalSet answeredIn(const std::vector<CoverageSpan>& spans)
{
    IntervalSet answered;
    for (const CoverageSpan& span : spans) {
        if (span.state == CoverageState::Answered)
            answered.add(span.range);
    }
    return answered;
}

IntervalSet knownIn(const std::vector<CoverageSpan>& spans)
{
    IntervalSet known;
    for (const CoverageSpan& span : spans)
        known.add(span.range);
    return known;
}

/// The series to write into, made where it is not there. Its grid is the default one of the frame, unless it has another.
Result<SeriesRecord> targetOf(Writer& writer, const SeriesRecord& source, Timeframe to, const std::optional<SeriesRecord>& stored)
{
    if (stored)
        return *stored;
    SeriesRecord wanted = source;
    wanted.id = 0;
    wanted.key.timeframe = to;
    wanted.anchor = Grid::defaultAnchor(to);
    return writer.call([&](StoreWriter& store) { return store.ensureSeries(wanted); });
}

/// Rows that fall into what nothing is known about, with coverage for each run of them.
PageCommit pageOf(SeriesId series, TimeRange range, const Grid& grid, std::vector<Candle> rows, const IntervalSet& known, UtcMs now)
{
    std::erase_if(rows, [&known](const Candle& row) { return known.contains(row.openTime); });
    IntervalSet covered;
    for (const Candle& row : rows)
        covered.add({row.openTime, grid.next(row.openTime)});
    PageCommit page;
    page.series = series;
    page.range = range;
    page.fetchedAt = now;
    page.route = "derived";
    page.rows = std::move(rows);
    for (const TimeRange& run : covered.ranges())
        page.coverage.push_back({run, CoverageState::Answered, 1, now});
    return page;
}

Result<CommitOutcome::Page> commit(Writer& writer, PageCommit page, std::stop_token stop)
{
    auto promise = std::make_shared<std::promise<Result<CommitOutcome::Page>>>();
    auto future = promise->get_future();
    if (!writer.commit(std::move(page), [promise](const auto& outcome, auto) { promise->set_value(outcome); }, std::move(stop)))
        return fail(ErrorCode::Cancelled, "stopped");
    return future.get();
}

} // namespace

Result<DerivedBars> deriveBars(Store& store, Writer& writer, const Clock& clock, const SeriesKey& from, Timeframe to, TimeRange range,
    std::stop_token stop)
{
    auto reader = store.openReader();
    if (!reader)
        return fail(std::move(reader.error()));
    const auto source = (*reader)->find(from);
    if (!source)
        return fail(source.error());
    if (!*source)
        return fail(ErrorCode::NotFound, from.text() + " is not stored");
    DerivedBars derived {from, 0, {}};
    derived.series.timeframe = to;
    const auto stored = (*reader)->find(derived.series);
    if (!stored)
        return fail(stored.error());
    const Grid fine = (*source)->grid();
    const Grid coarse = *stored ? (*stored)->grid() : Grid(to);
    if (from.kind != Kind::Candles || !(from.timeframe < to) || !nests(fine, coarse))
        return fail(ErrorCode::InvalidArgument, std::string(to.name()) + " does not consist of whole bars of " + from.text());
    const auto ends = (*reader)->ends((*source)->id);
    if (!ends)
        return fail(ends.error());
    if (!ends->first)
        return derived;
    const TimeRange held {coarse.floor(std::max(range.from, *ends->first)), std::min(range.to, fine.next(*ends->last))};
    const auto target = targetOf(writer, **source, to, *stored);
    if (!target)
        return fail(target.error());
    const std::int64_t step = std::max<std::int64_t>(1, finePerPiece / std::max<std::int64_t>(1, fine.count({coarse.floor(held.from), coarse.next(coarse.floor(held.from))})));
    for (UtcMs begin = held.from; begin < held.to; begin = coarse.advance(begin, step)) {
        const TimeRange piece {begin, coarse.advance(begin, step)};
        const auto rows = (*reader)->candles((*source)->id, piece);
        const auto answered = (*reader)->coverage((*source)->id, piece);
        const auto known = (*reader)->coverage(target->id, piece);
        for (const auto* error : {rows ? nullptr : &rows.error(), answered ? nullptr : &answered.error(), known ? nullptr : &known.error()}) {
            if (error)
                return fail(*error);
        }
        auto bars = rolledUp(*rows, fine, coarse, answeredIn(*answered));
        PageCommit page = pageOf(target->id, piece, coarse, std::move(bars), knownIn(*known), clock.now());
        if (page.rows.empty())
            continue;
        const TimeRange hull {page.rows.front().openTime, coarse.next(page.rows.back().openTime)};
        const auto done = commit(writer, std::move(page), stop);
        if (!done)
            return fail(done.error());
        derived.rows += done->added + done->changed;
        derived.stored = derived.stored.isEmpty() ? hull : TimeRange {derived.stored.from, hull.to};
        if (stop.stop_requested())
            return fail(ErrorCode::Cancelled, "stopped");
    }
    return derived;
}

} // namespace mnemo
