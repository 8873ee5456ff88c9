#include "core/engine/derivedbars.h"

#include <algorithm>
#include <future>

#include "core/engine/rolledreading.h"
#include "core/quality/rollup.h"

namespace mnemo {

namespace {

constexpr TimeRange always {UtcMs::min(), UtcMs::max()};

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

/// Without coverage: a bar made of others is nothing that the source has said about this frame.
PageCommit pageOf(SeriesId series, std::vector<Candle> rows, const std::vector<Candle>& stored, UtcMs now)
{
    std::erase_if(rows, [&stored](const Candle& row) {
        const auto same = std::ranges::lower_bound(stored, row.openTime, {}, &Candle::openTime);
        return same != stored.end() && *same == row;
    });
    PageCommit page;
    page.series = series;
    page.fetchedAt = now;
    page.route = "derived";
    page.rows = std::move(rows);
    return page;
}

/// True where the source was asked about the series itself.
Result<bool> isTold(StoreReader& reader, SeriesId series)
{
    const auto spans = reader.coverage(series, always);
    if (!spans)
        return fail(spans.error());
    return !spans->empty();
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
    const auto told = isTold(**reader, target->id);
    if (!told)
        return fail(told.error());
    if (*told || held.isEmpty())
        return derived;
    for (const TimeRange& piece : rollUpPieces(fine, coarse, held)) {
        auto bars = rolledBars(**reader, **source, coarse, piece, false);
        if (!bars)
            return fail(bars.error());
        const auto before = (*reader)->candles(target->id, piece);
        if (!before)
            return fail(before.error());
        PageCommit page = pageOf(target->id, std::move(*bars), *before, clock.now());
        if (page.rows.empty())
            continue;
        const TimeRange hull {page.rows.front().openTime, coarse.next(page.rows.back().openTime)};
        page.range = hull;
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
