#include "core/engine/comparing.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <functional>

#include "core/base/timetext.h"
#include "core/engine/rolledreading.h"
#include "core/quality/interestcompare.h"
#include "core/quality/rollup.h"

namespace mnemo {

namespace {

constexpr std::size_t mostSeries = 8;
constexpr std::int64_t barsAtOnce = 16'384; // of the store, for each series
constexpr TimeRange allTime {fromMs(0), fromMs(253'402'300'800'000)};

struct Side {
    SeriesRecord record;
    Grid grid; ///< of what is stored
    IntervalSet answered;
    TimeRange rows; ///< hull
};

struct Prepared {
    std::vector<Side> sides;
    std::vector<CompareSide> names;
    Grid grid {Timeframe {}};
    TimeRange range;
    bool isInterest = false; ///< of open interest; else candles
    std::optional<SeriesId> prices; ///< candles of the instrument at the same times, where open interest is compared
};

/// Where the source has spoken; for rows that came without any coverage (imported so) between the outermost of them.
Result<Side> sideOf(StoreReader& reader, const SeriesKey& key)
{
    auto record = reader.find(key);
    if (!record)
        return fail(std::move(record.error()));
    if (!*record)
        record = finerOf(reader, key); // rolled up, as longer frames of the others are
    if (!record)
        return fail(std::move(record.error()));
    if (!*record)
        return fail(ErrorCode::NotFound, key.text() + " is not stored: backfill it first");
    Side side {std::move(**record), Grid(key.timeframe), {}, {}};
    side.grid = side.record.grid();
    const auto summary = reader.summary(side.record.id);
    if (!summary)
        return fail(summary.error());
    if (!summary->first || !summary->last)
        return fail(ErrorCode::NotFound, key.text() + " holds no rows: backfill it first");
    side.rows = {*summary->first, side.grid.next(*summary->last)};
    const auto coverage = reader.coverage(side.record.id, allTime);
    if (!coverage)
        return fail(coverage.error());
    std::vector<TimeRange> answered;
    for (const CoverageSpan& span : *coverage) {
        if (span.state == CoverageState::Answered)
            answered.push_back(span.range);
    }
    side.answered = coverage->empty() ? IntervalSet(side.rows) : IntervalSet(std::move(answered));
    return side;
}

/// The grid that all sides are brought to.
Result<Grid> commonGrid(const std::vector<Side>& sides, Timeframe frame)
{
    std::optional<Grid> common;
    for (const Side& side : sides) {
        if (side.grid.timeframe() == frame && !common)
            common = side.grid;
    }
    const Grid grid = common.value_or(Grid(frame));
    for (const Side& side : sides) {
        const std::string name = side.record.key.text();
        if (side.grid.timeframe() > frame)
            return fail(ErrorCode::InvalidArgument,
                name + " cannot be compared at " + std::string(frame.name())
                    + ": its bars are longer; compare at a longer timeframe or backfill shorter bars");
        if (side.grid.timeframe() == frame ? side.grid != grid : !nests(side.grid, grid))
            return fail(ErrorCode::InvalidArgument,
                name + " has bars that open at other times than those of " + sides.front().record.key.text()
                    + ": they cannot be compared");
    }
    return grid;
}

/// From the second that began to the last but one that ended.
TimeRange sharedRange(const std::vector<Side>& sides)
{
    std::vector<UtcMs> from, to;
    for (const Side& side : sides) {
        from.push_back(side.rows.from);
        to.push_back(side.rows.to);
    }
    std::ranges::sort(from);
    std::ranges::sort(to, std::ranges::greater {});
    return {from[1], to[1]};
}

/// Candles of the grid that tell what the instrument cost: of one of the sides' exchanges.
Result<std::optional<SeriesId>> pricesFor(StoreReader& reader, const std::vector<Side>& sides, Timeframe frame)
{
    for (const Side& side : sides) {
        const SeriesKey& key = side.record.key;
        const auto found = reader.series({{}, {key.exchange}, {key.symbol}, {key.market}, {Kind::Candles}, {frame}});
        if (!found)
            return fail(found.error());
        if (!found->empty())
            return std::optional(found->front().id);
    }
    return std::optional<SeriesId> {};
}

Result<Prepared> prepare(StoreReader& reader, const CompareRequest& request)
{
    Prepared out;
    if (request.series.size() < 2 || request.series.size() > mostSeries)
        return fail(ErrorCode::InvalidArgument,
            "a comparison needs two to eight series, not " + std::to_string(request.series.size()));
    out.isInterest = request.series.front().kind == Kind::OpenInterest;
    for (const SeriesKey& key : request.series) {
        if (key.kind != (out.isInterest ? Kind::OpenInterest : Kind::Candles))
            return fail(ErrorCode::InvalidArgument,
                std::string(out.isInterest ? "open interest" : "candles") + " cannot be compared with " + key.text());
        if (std::ranges::count(request.series, key) > 1)
            return fail(ErrorCode::InvalidArgument, key.text() + " stands twice in the comparison");
        auto side = sideOf(reader, key);
        if (!side)
            return fail(std::move(side.error()));
        CompareSide name {side->record.key, side->record.contractSize};
        name.key.timeframe = request.timeframe;
        out.names.push_back(std::move(name));
        out.sides.push_back(std::move(*side));
    }
    auto grid = commonGrid(out.sides, request.timeframe);
    if (!grid)
        return fail(std::move(grid.error()));
    out.grid = *grid;
    for (std::size_t i = 1; i < out.names.size() && !request.allowsUnlike; ++i) {
        if (const auto why = unlikeness(out.names.front(), out.grid, out.names[i], out.grid))
            return fail(ErrorCode::InvalidArgument, *why + ": compare like with like, or ask for unlike ones");
    }
    TimeRange shared = sharedRange(out.sides);
    shared.to = out.grid.floor(shared.to); // a last bar that is rolled up of half its parts is none
    out.range = out.grid.aligned({request.from.value_or(shared.from), request.to.value_or(shared.to)});
    if (out.range.isEmpty())
        return fail(
            ErrorCode::NotFound, "these series hold no bars of the same time: backfill one where the other has rows");
    if (out.isInterest) {
        const auto prices = pricesFor(reader, out.sides, request.timeframe);
        if (!prices)
            return fail(prices.error());
        out.prices = *prices;
    }
    return out;
}

/// Rows of one side in @p range, at the grid of the comparison.
Result<std::vector<Candle>> readBars(StoreReader& reader, const Side& side, const Grid& grid, TimeRange range)
{
    auto rows = reader.candles(side.record.id, range);
    if (!rows || side.grid == grid)
        return rows;
    return rolledUp(*rows, side.grid, grid, side.answered);
}

/// What stood open when a bar of the grid began; finer series have more rows than are wanted.
Result<std::vector<OpenInterest>> readInterest(StoreReader& reader, const Side& side, const Grid& grid, TimeRange range)
{
    std::vector<OpenInterest> rows;
    const auto read = reader.eachOpenInterest(side.record.id, range, false, [&](const OpenInterest& row) {
        if (grid.floor(row.time) == row.time)
            rows.push_back(row);
        return true;
    });
    if (!read)
        return fail(read.error());
    return rows;
}

UtcMs timeOf(const Candle& row)
{
    return row.openTime;
}
UtcMs timeOf(const OpenInterest& row)
{
    return row.time;
}

/// So many bars of the comparison that no side has more than barsAtOnce rows there.
std::int64_t chunkBars(const Prepared& prepared)
{
    auto step = prepared.grid.timeframe().length();
    for (const Side& side : prepared.sides)
        step = std::min(step, side.grid.timeframe().length());
    return std::max<std::int64_t>(1, barsAtOnce / (prepared.grid.timeframe().length() / step));
}

/// Hands the windows of the range one after the other to @p each, with every side's rows.
/// @param read rows of one side in a range: readBars or readInterest
template <class Read, class Each>
Result<void> eachWindow(StoreReader& reader, const Prepared& prepared, const CompareSettings& settings, const Read& read,
    const Each& each, const std::stop_token& stop)
{
    using Rows = typename std::invoke_result_t<Read, StoreReader&, const Side&, const Grid&, TimeRange>::value_type;
    const auto windowAt = [&](UtcMs time) { return compareWindow(prepared.grid, settings, time); };
    const std::int64_t atOnce = chunkBars(prepared);
    UtcMs from = windowAt(prepared.range.from).from;
    while (from < prepared.range.to) {
        UtcMs to = windowAt(prepared.grid.advance(from, atOnce)).from; // whole windows
        if (to <= from)
            to = windowAt(from).to;
        to = std::min(to, windowAt(prepared.grid.advance(prepared.range.to, -1)).to);
        std::vector<Rows> chunk;
        for (const Side& side : prepared.sides) {
            if (stop.stop_requested())
                return fail(ErrorCode::Cancelled, "the comparison was stopped");
            auto rows = read(reader, side, prepared.grid, {from, to});
            if (!rows)
                return fail(std::move(rows.error()));
            chunk.push_back(std::move(*rows));
        }
        std::vector<std::size_t> next(chunk.size(), 0);
        for (TimeRange window = windowAt(from); window.from < to; window = windowAt(window.to)) {
            std::vector<Rows> rows(chunk.size());
            bool isEmpty = true;
            for (std::size_t side = 0; side < chunk.size(); ++side) {
                while (next[side] < chunk[side].size() && timeOf(chunk[side][next[side]]) < window.to)
                    rows[side].push_back(chunk[side][next[side]++]);
                isEmpty = isEmpty && rows[side].empty();
            }
            if (isEmpty)
                continue;
            if (const auto done = each(window, rows); !done)
                return done;
        }
        from = to;
    }
    return {};
}

} // namespace

namespace {

/// Carries out a comparison: counts, stops and hands over what is found.
template <class Compared>
class Course {
public:
    Course(Compared& comparison, const Prepared& prepared, const CompareSink& each, const std::stop_token& stop,
        const CompareProgress& progress)
        : m_comparison(comparison)
        , m_prepared(prepared)
        , m_each(each)
        , m_stop(stop)
        , m_progress(progress)
    {
        for (const Side& side : prepared.sides)
            m_answered.push_back(side.answered);
    }

    std::span<const IntervalSet> answered() const { return m_answered; }

    Result<void> windowDone(TimeRange window)
    {
        if (m_stop.stop_requested())
            return fail(ErrorCode::Cancelled, "the comparison was stopped");
        const auto now = std::chrono::steady_clock::now();
        if (m_progress && now - m_told >= std::chrono::milliseconds {50}) {
            m_told = now;
            m_progress(m_prepared.grid.count({m_prepared.range.from, std::min(window.to, m_prepared.range.to)}), total());
        }
        return handOver(m_comparison.settledUntil());
    }

    /// @param walked what the last window gave
    Result<CompareReport> finish(const Result<void>& walked)
    {
        if (!walked)
            return fail(walked.error());
        CompareReport report = m_comparison.finish();
        if (const auto handed = handOver(m_prepared.range.to); !handed)
            return fail(handed.error());
        if (m_progress)
            m_progress(total(), total());
        return report;
    }

private:
    std::int64_t total() const { return m_prepared.grid.count(m_prepared.range); }
    Result<void> handOver(UtcMs settled)
    {
        return m_each ? m_each(m_comparison.takeFindings(), settled) : Result<void> {};
    }

    Compared& m_comparison;
    const Prepared& m_prepared;
    const CompareSink& m_each;
    const std::stop_token& m_stop;
    const CompareProgress& m_progress;
    std::vector<IntervalSet> m_answered;
    std::chrono::steady_clock::time_point m_told = std::chrono::steady_clock::now();
};

Result<CompareReport> compareBars(StoreReader& reader, const Prepared& prepared, const CompareSettings& settings,
    const CompareSink& each, const std::stop_token& stop, const CompareProgress& progress)
{
    Comparison comparison(prepared.names, prepared.grid, settings, prepared.range);
    Course course(comparison, prepared, each, stop, progress);
    return course.finish(eachWindow(
        reader, prepared, settings, readBars,
        [&](TimeRange window, std::span<const std::vector<Candle>> rows) -> Result<void> {
            comparison.add(window, rows, course.answered());
            return course.windowDone(window);
        },
        stop));
}

Result<CompareReport> compareInterest(StoreReader& reader, const Prepared& prepared, const CompareSettings& settings,
    const CompareSink& each, const std::stop_token& stop, const CompareProgress& progress)
{
    InterestComparison comparison(prepared.names, prepared.grid, settings, prepared.range);
    Course course(comparison, prepared, each, stop, progress);
    return course.finish(eachWindow(
        reader, prepared, settings, readInterest,
        [&](TimeRange window, std::span<const std::vector<OpenInterest>> rows) -> Result<void> {
            std::vector<Candle> prices;
            if (prepared.prices) {
                auto read = reader.candles(*prepared.prices, window);
                if (!read)
                    return fail(std::move(read.error()));
                prices = std::move(*read);
            }
            comparison.add(window, rows, course.answered(), prices);
            return course.windowDone(window);
        },
        stop));
}

} // namespace

Result<CompareReport> compareStored(Store& store, const CompareRequest& request, const CompareSettings& settings,
    const CompareSink& each, std::stop_token stop, const CompareProgress& progress)
{
    auto reader = store.openReader();
    if (!reader)
        return fail(std::move(reader.error()));
    auto prepared = prepare(**reader, request);
    if (!prepared)
        return fail(std::move(prepared.error()));
    return (prepared->isInterest ? compareInterest : compareBars)(**reader, *prepared, settings, each, stop, progress);
}

namespace {

constexpr std::size_t findingsAtOnce = 2'000;

/// Brings the findings of one series in line, part by part of its time.
class Keeper {
public:
    Keeper(StoreReader& reader, Writer& writer, const SeriesRecord& series, std::string others, UtcMs at)
        : m_reader(reader)
        , m_writer(writer)
        , m_series(series)
        , m_others("{\"others\":[" + std::move(others) + "],")
        , m_at(at)
    {
    }

    void add(const CompareFinding& found)
    {
        Finding finding;
        finding.series = m_series.id;
        finding.rule = found.rule;
        finding.severity = found.severity;
        finding.range = found.range;
        finding.details = found.details;
        m_pending.push_back(std::move(finding));
    }
    std::size_t pending() const { return m_pending.size(); }

    /// Everything that begins in @p part was handed over.
    Result<FindingSyncOutcome> flush(TimeRange part)
    {
        FindingSync sync {m_series.id, {}, {}, m_at};
        for (const char* id : {rule::crossClose, rule::crossOhl, rule::crossBasis, rule::crossMissing, rule::crossShift,
                 rule::crossUnit, rule::crossVolume, rule::crossInterest, rule::crossInterestUnit})
            sync.windows.push_back({id, part});
        const auto isLater = [&](const Finding& finding) { return finding.range.from >= part.to; };
        std::ranges::copy_if(m_pending, std::back_inserter(sync.found), std::not_fn(isLater));
        std::erase_if(m_pending, std::not_fn(isLater));
        if (const auto kept = keepOthers(sync, part); !kept)
            return fail(kept.error());
        std::ranges::stable_sort(sync.found, {}, [](const Finding& finding) { return finding.range.from; });
        return m_writer.call([&](StoreWriter& store) { return store.syncFindings(sync); });
    }

private:
    /// What a comparison with other series said is not for this one to take back.
    Result<void> keepOthers(FindingSync& sync, TimeRange part)
    {
        const auto stored = m_reader.findings(m_series.id, part);
        if (!stored)
            return fail(stored.error());
        for (const Finding& finding : *stored) {
            const bool isOurs = finding.details.compare(0, m_others.size(), m_others) == 0;
            if (isOurs || !finding.rule.starts_with("cross_") || finding.state == "fixed"
                || !part.contains(finding.range.from))
                continue;
            const bool isFoundAgain = std::ranges::any_of(sync.found, [&](const Finding& found) {
                return found.rule == finding.rule && found.range.overlaps(finding.range);
            });
            if (!isFoundAgain)
                sync.found.push_back(finding);
        }
        return {};
    }

    StoreReader& m_reader;
    Writer& m_writer;
    const SeriesRecord m_series;
    const std::string m_others;
    const UtcMs m_at;
    std::vector<Finding> m_pending;
};

} // namespace

Result<CompareStoring> compareAndStore(Store& store, Writer* writer, const Clock& clock, const CompareRequest& request,
    const CompareSettings& settings, std::stop_token stop, const CompareProgress& progress)
{
    if (!writer)
        return fail(ErrorCode::StorageReadOnly,
            "findings cannot be stored while another process collects: compare without storing them");
    auto reader = store.openReader();
    if (!reader)
        return fail(std::move(reader.error()));
    auto prepared = prepare(**reader, request);
    if (!prepared)
        return fail(std::move(prepared.error()));
    std::vector<Keeper> keepers;
    for (std::size_t i = 0; i < prepared->sides.size(); ++i)
        keepers.emplace_back(**reader, *writer, prepared->sides[i].record, otherNames(prepared->names, i), clock.now());
    CompareStoring out;
    UtcMs done = prepared->range.from;
    const auto keep = [&](std::vector<CompareFinding> findings, UtcMs settled) -> Result<void> {
        for (const CompareFinding& finding : findings)
            keepers[finding.side].add(finding);
        const bool isEnd = settled >= prepared->range.to;
        const bool isFull = std::ranges::any_of(keepers, [](const Keeper& k) { return k.pending() >= findingsAtOnce; });
        if (settled <= done || !(isEnd || isFull))
            return {};
        for (Keeper& keeper : keepers) {
            const auto stored = keeper.flush({done, settled});
            if (!stored)
                return fail(stored.error());
            out.stored += *stored;
        }
        done = settled;
        return {};
    };
    auto report = compareStored(store, request, settings, keep, std::move(stop), progress);
    if (!report)
        return fail(std::move(report.error()));
    out.report = std::move(*report);
    return out;
}

Result<std::vector<BarDifference>> differencesStored(
    Store& store, const CompareRequest& request, const CompareSettings& settings, std::stop_token stop)
{
    if (request.series.size() != 2 || !request.from || !request.to || request.series.front().kind != Kind::Candles)
        return fail(ErrorCode::InvalidArgument, "differences are those of two series of candles in a range");
    auto reader = store.openReader();
    if (!reader)
        return fail(std::move(reader.error()));
    auto prepared = prepare(**reader, request);
    if (!prepared)
        return fail(std::move(prepared.error()));
    const CompareLimits limits = limitsFor(settings, prepared->names[0].key, prepared->names[1].key);
    const Grid& grid = prepared->grid;
    std::vector<BarDifference> out;
    const auto done = eachWindow(
        **reader, *prepared, settings, readBars,
        [&](TimeRange window, std::span<const std::vector<Candle>> rows) -> Result<void> {
            const auto bars =
                barDifferences(rows[0], rows[1], grid, window.intersected(prepared->range), settings, limits);
            out.insert(out.end(), bars.begin(), bars.end());
            return {};
        },
        stop);
    if (!done)
        return fail(done.error());
    return out;
}

} // namespace mnemo
