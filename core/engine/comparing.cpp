#include "core/engine/comparing.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <functional>

#include "core/base/timetext.h"
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
};

/// Where the source has spoken; for rows that came without any coverage (imported so) between the outermost of them.
Result<Side> sideOf(StoreReader& reader, const SeriesKey& key)
{
    auto record = reader.find(key);
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

Result<Prepared> prepare(StoreReader& reader, const CompareRequest& request)
{
    Prepared out;
    if (request.series.size() < 2 || request.series.size() > mostSeries)
        return fail(ErrorCode::InvalidArgument,
            "a comparison needs two to eight series, not " + std::to_string(request.series.size()));
    for (const SeriesKey& key : request.series) {
        if (key.kind != Kind::Candles)
            return fail(ErrorCode::InvalidArgument, "only candles can be compared, not " + key.text());
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

/// So many bars of the comparison that no side has more than barsAtOnce rows there.
std::int64_t chunkBars(const Prepared& prepared)
{
    auto step = prepared.grid.timeframe().length();
    for (const Side& side : prepared.sides)
        step = std::min(step, side.grid.timeframe().length());
    return std::max<std::int64_t>(1, barsAtOnce / (prepared.grid.timeframe().length() / step));
}

/// Hands the windows of the range one after the other to @p each, with every side's rows.
using EachWindow = std::function<Result<void>(TimeRange window, std::span<const std::vector<Candle>> rows)>;
Result<void> eachWindow(StoreReader& reader, const Prepared& prepared, const CompareSettings& settings,
    const EachWindow& each, const std::stop_token& stop)
{
    const auto windowAt = [&](UtcMs time) { return compareWindow(prepared.grid, settings, time); };
    const std::int64_t atOnce = chunkBars(prepared);
    UtcMs from = windowAt(prepared.range.from).from;
    while (from < prepared.range.to) {
        UtcMs to = windowAt(prepared.grid.advance(from, atOnce)).from; // whole windows
        if (to <= from)
            to = windowAt(from).to;
        to = std::min(to, windowAt(prepared.grid.advance(prepared.range.to, -1)).to);
        std::vector<std::vector<Candle>> chunk;
        for (const Side& side : prepared.sides) {
            if (stop.stop_requested())
                return fail(ErrorCode::Cancelled, "the comparison was stopped");
            auto rows = readBars(reader, side, prepared.grid, {from, to});
            if (!rows)
                return fail(std::move(rows.error()));
            chunk.push_back(std::move(*rows));
        }
        std::vector<std::size_t> next(chunk.size(), 0);
        for (TimeRange window = windowAt(from); window.from < to; window = windowAt(window.to)) {
            std::vector<std::vector<Candle>> rows(chunk.size());
            bool isEmpty = true;
            for (std::size_t side = 0; side < chunk.size(); ++side) {
                while (next[side] < chunk[side].size() && chunk[side][next[side]].openTime < window.to)
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

Result<CompareReport> compareStored(Store& store, const CompareRequest& request, const CompareSettings& settings,
    const CompareSink& each, std::stop_token stop, const CompareProgress& progress)
{
    auto reader = store.openReader();
    if (!reader)
        return fail(std::move(reader.error()));
    auto prepared = prepare(**reader, request);
    if (!prepared)
        return fail(std::move(prepared.error()));
    Comparison comparison(prepared->names, prepared->grid, settings, prepared->range);
    std::vector<IntervalSet> answered;
    for (const Side& side : prepared->sides)
        answered.push_back(side.answered);
    const std::int64_t total = prepared->grid.count(prepared->range);
    auto told = std::chrono::steady_clock::now();
    const auto handOver = [&](UtcMs settled) -> Result<void> {
        return each ? each(comparison.takeFindings(), settled) : Result<void> {};
    };
    const auto done = eachWindow(
        **reader, *prepared, settings,
        [&](TimeRange window, std::span<const std::vector<Candle>> rows) -> Result<void> {
            if (stop.stop_requested())
                return fail(ErrorCode::Cancelled, "the comparison was stopped");
            comparison.add(window, rows, answered);
            const auto now = std::chrono::steady_clock::now();
            if (progress && now - told >= std::chrono::milliseconds {50}) {
                told = now;
                progress(prepared->grid.count({prepared->range.from, std::min(window.to, prepared->range.to)}), total);
            }
            return handOver(comparison.settledUntil());
        },
        stop);
    if (!done)
        return fail(done.error());
    CompareReport report = comparison.finish();
    if (const auto handed = handOver(prepared->range.to); !handed)
        return fail(handed.error());
    if (progress)
        progress(total, total);
    return report;
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
                 rule::crossUnit, rule::crossVolume})
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
    if (request.series.size() != 2 || !request.from || !request.to)
        return fail(ErrorCode::InvalidArgument, "differences are those of two series in a range");
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
        **reader, *prepared, settings,
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
