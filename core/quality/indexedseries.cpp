#include "core/quality/indexedseries.h"

#include <algorithm>

#include "core/quality/gaps.h"

namespace mnemo {

namespace {

/// A stretch of the known range in which every absent bar is absent for the same reason.
struct Piece {
    TimeRange range;
    GapClass gapClass = GapClass::Unknown;
    bool isUnverified = false;
};

/// Appends @p piece; a neighbour of the same reason grows instead.
void append(std::vector<Piece>& pieces, const Piece& piece)
{
    if (piece.range.isEmpty())
        return;
    const bool continues = !pieces.empty() && pieces.back().range.to == piece.range.from
        && pieces.back().gapClass == piece.gapClass && pieces.back().isUnverified == piece.isUnverified;
    if (continues)
        pieces.back().range.to = piece.range.to;
    else
        pieces.push_back(piece);
}

/// The bars of @p piece that lie wholly in one of @p silent become Outage.
void appendWithSilence(std::vector<Piece>& pieces, Piece piece, std::span<const TimeRange> silent, const Grid& grid)
{
    if (piece.gapClass == GapClass::Empty || piece.gapClass == GapClass::Unknown) {
        for (const TimeRange& one : silent) {
            const TimeRange bars = TimeRange {grid.ceil(one.from), grid.floor(one.to)}.intersected(piece.range);
            if (bars.isEmpty())
                continue;
            append(pieces, {{piece.range.from, bars.from}, piece.gapClass, piece.isUnverified});
            append(pieces, {bars, GapClass::Outage, false});
            piece.range.from = bars.to;
        }
    }
    append(pieces, piece);
}

std::vector<Piece> piecesOf(
    std::span<const CoverageSpan> coverage, TimeRange known, std::span<const TimeRange> silent, const SeriesRecord& record)
{
    const Grid grid = record.grid();
    const int checksNeeded = record.timeKind == timeKindOfEvents ? 1 : 2; // a bar without an event is what most are
    std::vector<Piece> pieces;
    UtcMs at = known.from;
    for (const CoverageSpan& span : coverage) {
        const TimeRange range = span.range.intersected(known);
        if (range.isEmpty())
            continue;
        appendWithSilence(pieces, {{at, range.from}, GapClass::Unknown, false}, silent, grid);
        const GapClass gapClass = gapClassOf(span.state);
        appendWithSilence(pieces, {range, gapClass, gapClass == GapClass::Empty && span.checks < checksNeeded}, silent, grid);
        at = range.to;
    }
    appendWithSilence(pieces, {{at, known.to}, GapClass::Unknown, false}, silent, grid);
    return pieces;
}

/// Rows of each day, from the aggregates; of frames that have none from the rows themselves, which are few then.
Result<std::vector<BucketCount>> rowsByDay(StoreReader& reader, const SeriesRecord& record, TimeRange within)
{
    const Timeframe frame = record.key.timeframe;
    if (record.key.kind == Kind::Candles && frame.length() < std::chrono::hours {24})
        return reader.bucketCounts(record.id, AggregateLevel::Day, within);
    std::vector<BucketCount> days;
    const auto add = [&days](UtcMs time, std::uint32_t flags) {
        const UtcMs day = startOf(dayOf(time));
        if (days.empty() || days.back().time != day)
            days.push_back({day, 0, 0});
        ++days.back().rows;
        days.back().flagged += (flags & Quarantined) != 0 ? 1 : 0;
        return true;
    };
    const auto read = isMetric(record.key.kind)
        ? reader.eachMetric(record.id, within, false, [&add](const Metric& row) { return add(row.time, row.flags); })
        : reader.eachCandle(
            record.id, within, false, [&add](const Candle& candle) { return add(candle.openTime, candle.flags); });
    if (!read)
        return fail(read.error());
    return days;
}

/// Counts days in ascending order, each with the pieces that it overlaps.
class DayCounter {
public:
    DayCounter(StoreReader& reader, const SeriesRecord& record, TimeRange known, std::vector<Piece> pieces)
        : m_reader(reader)
        , m_id(record.id)
        , m_grid(record.grid())
        , m_known(known)
        , m_isOfEvents(record.timeKind == timeKindOfEvents)
        , m_pieces(std::move(pieces))
    {
    }

    Result<DayCounts> count(DayNumber number, const BucketCount* rows)
    {
        DayCounts counts;
        const TimeRange day = rangeOf(number).intersected(m_known);
        const std::int64_t bars = m_grid.count(day);
        const std::int64_t present = rows ? std::min(rows->rows, bars) : 0;
        counts.present = narrow(present);
        counts.flagged = rows ? narrow(rows->flagged) : narrow(0);
        if (bars == present)
            return counts;
        while (m_next < m_pieces.size() && m_pieces[m_next].range.to <= day.from)
            ++m_next;
        auto last = m_next;
        while (last < m_pieces.size() && m_pieces[last].range.from < day.to)
            ++last;
        const std::span<const Piece> pieces(m_pieces.data() + m_next, last - m_next);
        if (pieces.size() == 1)
            add(counts, pieces.front(), bars - present);
        else if (const auto mixed = countMixed(counts, pieces, day, present > 0); !mixed)
            return fail(mixed.error());
        if (m_isOfEvents && present > 0) { // nobody expects one in each bar, but some each day
            counts.absent[static_cast<std::size_t>(GapClass::Empty)] = 0;
            counts.unverified = 0;
        }
        return counts;
    }

private:
    static std::uint16_t narrow(std::int64_t bars) { return static_cast<std::uint16_t>(bars); }

    static void add(DayCounts& counts, const Piece& piece, std::int64_t bars)
    {
        auto& absent = counts.absent[static_cast<std::size_t>(piece.gapClass)];
        absent = narrow(absent + bars);
        if (piece.isUnverified)
            counts.unverified = narrow(counts.unverified + bars);
    }

    /// The reason changes within the day: only the rows tell how many bars are absent for which.
    Result<void> countMixed(DayCounts& counts, std::span<const Piece> pieces, TimeRange day, bool hasRows)
    {
        std::vector<UtcMs> times;
        if (hasRows) {
            auto read = m_reader.openTimes(m_id, day);
            if (!read)
                return fail(read.error());
            times = std::move(*read);
        }
        for (const Piece& piece : pieces) {
            const TimeRange range = piece.range.intersected(day);
            const auto held = std::ranges::lower_bound(times, range.to) - std::ranges::lower_bound(times, range.from);
            add(counts, piece, m_grid.count(range) - held);
        }
        return {};
    }

    StoreReader& m_reader;
    const SeriesId m_id;
    const Grid m_grid;
    const TimeRange m_known;
    const bool m_isOfEvents;
    const std::vector<Piece> m_pieces;
    std::size_t m_next = 0; ///< first piece that may still matter
};

/// Counts the days from @p from up to @p to into series.days.
Result<void> countDays(StoreReader& reader, IndexedSeries& series, std::span<const TimeRange> silent,
    const std::vector<std::pair<DayNumber, DayNumber>>& stretches)
{
    if (stretches.empty())
        return {};
    DayCounter counter(
        reader, series.record, series.known, piecesOf(series.coverage, series.known, silent, series.record));
    for (const auto& [from, to] : stretches) {
        const auto rows = rowsByDay(reader, series.record, {startOf(from), startOf(to)});
        if (!rows)
            return fail(rows.error());
        auto next = rows->begin();
        for (DayNumber day = from; day < to; ++day) {
            const bool hasRows = next != rows->end() && next->time == startOf(day);
            const auto counts = counter.count(day, hasRows ? &*next : nullptr);
            if (!counts)
                return fail(counts.error());
            series.days[static_cast<std::size_t>(day - series.firstDay)] = *counts;
            next += hasRows ? 1 : 0;
        }
    }
    return {};
}

void sumUp(IndexedSeries& series)
{
    series.total = {};
    for (const DayCounts& day : series.days)
        series.total += day;
}

Result<void> readFindings(StoreReader& reader, IndexedSeries& series)
{
    const auto findings = reader.findings(series.record.id, {UtcMs::min(), UtcMs::max()});
    if (!findings)
        return fail(findings.error());
    series.findings.clear();
    for (const Finding& finding : *findings) {
        if (finding.state == "open")
            series.findings.push_back(finding.range);
    }
    std::ranges::sort(series.findings);
    return {};
}

/// Everything but the days.
Result<IndexedSeries> readOutline(StoreReader& reader, const SeriesRecord& record)
{
    IndexedSeries series;
    series.record = record;
    auto coverage = reader.coverage(record.id, {UtcMs::min(), UtcMs::max()});
    if (!coverage)
        return fail(coverage.error());
    const auto ends = reader.ends(record.id);
    if (!ends)
        return fail(ends.error());
    series.coverage = std::move(*coverage);
    series.first = ends->first;
    series.last = ends->last;
    IntervalSet known;
    if (series.first && series.last)
        known.add({*series.first, record.grid().next(*series.last)});
    if (!series.coverage.empty())
        known.add({series.coverage.front().range.from, series.coverage.back().range.to});
    series.known = known.hull();
    if (const auto read = readFindings(reader, series); !read)
        return fail(read.error());
    if (series.known.isEmpty())
        return series;
    series.firstDay = dayOf(series.known.from);
    const DayNumber end = dayOf(series.known.to - milliseconds {1}) + 1;
    series.days.resize(static_cast<std::size_t>(end - series.firstDay));
    return series;
}

/// Stretches of days of @p series that some of @p ranges touch, ascending and disjoint.
std::vector<std::pair<DayNumber, DayNumber>> daysTouched(const IndexedSeries& series, const IntervalSet& ranges)
{
    IntervalSet days;
    for (const TimeRange& range : ranges.ranges()) {
        const TimeRange inside = range.intersected(series.known);
        if (!inside.isEmpty())
            days.add({startOf(dayOf(inside.from)), startOf(dayOf(inside.to - milliseconds {1}) + 1)});
    }
    std::vector<std::pair<DayNumber, DayNumber>> out;
    for (const TimeRange& range : days.ranges())
        out.emplace_back(dayOf(range.from), dayOf(range.to));
    return out;
}

} // namespace

std::size_t IndexedSeries::bytes() const
{
    return sizeof *this + days.capacity() * sizeof(DayCounts) + findings.capacity() * sizeof(TimeRange)
        + coverage.capacity() * sizeof(CoverageSpan);
}

Result<IndexedSeries> readIndexed(StoreReader& reader, const SeriesRecord& record, std::span<const TimeRange> silent,
    const IndexedSeries* before, const IntervalSet& changed)
{
    auto series = readOutline(reader, record);
    if (!series || series->known.isEmpty())
        return series;
    IntervalSet stale(series->known);
    if (before && !before->known.isEmpty()) {
        stale = changed;
        // where the known range has grown or shrunk, its outermost days have other bars than before
        const auto [from, to] = std::minmax(series->known.from, before->known.from);
        stale.add({from, to + milliseconds {1}});
        const auto [lower, upper] = std::minmax(series->known.to, before->known.to);
        stale.add({lower - milliseconds {1}, upper});
        for (DayNumber day = series->firstDay; day < series->firstDay + static_cast<DayNumber>(series->days.size());
             ++day) {
            if (const DayCounts* known = before->day(day))
                series->days[static_cast<std::size_t>(day - series->firstDay)] = *known;
        }
    }
    if (const auto counted = countDays(reader, *series, silent, daysTouched(*series, stale)); !counted)
        return fail(counted.error());
    sumUp(*series);
    return series;
}

Result<IndexedSeries> withSilence(StoreReader& reader, const IndexedSeries& series, std::span<const TimeRange> touched,
    std::span<const TimeRange> silent)
{
    IndexedSeries out = series;
    const IntervalSet ranges(std::vector<TimeRange>(touched.begin(), touched.end()));
    if (const auto counted = countDays(reader, out, silent, daysTouched(out, ranges)); !counted)
        return fail(counted.error());
    sumUp(out);
    return out;
}

} // namespace mnemo
