#include "core/ingest/importfiles.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <mutex>

#include "core/base/timetext.h"
#include "core/ingest/candlefile/candlefile.h"
#include "core/market/intervalset.h"
#include "core/quality/pagerules.h"

namespace mnemo {

namespace {

constexpr std::size_t rowsPerCommit = 5'000;

void addNotes(const CandleFile& file, const std::filesystem::path& path, ImportOutcome& outcome)
{
    const std::string name = path.filename().string();
    for (const std::string& warning : file.warnings)
        outcome.notes.push_back(name + ": " + warning);
    for (const RejectedRow& reject : file.rejects)
        outcome.notes.push_back(name + ", line " + std::to_string(reject.line) + ": " + reject.reason);
    if (file.conflicts > 0)
        outcome.notes.push_back(name + ": " + std::to_string(file.conflicts) + " bars came twice with other values, the later row counts");
}

/// The store's answers to one import; they come on the writer's thread.
class Tally {
public:
    void count(const Result<CommitOutcome::Page>& page)
    {
        const std::lock_guard lock(m_mutex);
        if (!page) {
            m_error = page.error();
            return;
        }
        m_sum.added += page->added;
        m_sum.changed += page->changed;
        m_sum.same += page->same;
    }
    /// Call when all commits are through.
    Result<void> addTo(ImportOutcome& outcome)
    {
        const std::lock_guard lock(m_mutex);
        if (m_error)
            return tl::unexpected<Error>(*m_error);
        outcome.added += m_sum.added;
        outcome.changed += m_sum.changed;
        outcome.same += m_sum.same;
        return {};
    }

private:
    std::mutex m_mutex;
    CommitOutcome::Page m_sum;
    std::optional<Error> m_error;
};

/// Bars that the file had something to say about which could not be used: that they are absent says nothing.
/// @param rows   what is used of it, sorted
/// @param dropped times of rows that are on no bar's open, sorted
IntervalSet unansweredBars(const std::vector<Candle>& rows, std::span<const UtcMs> dropped, std::span<const TimeRange> doubtful, const Grid& grid)
{
    std::vector<TimeRange> bars;
    for (const UtcMs time : dropped)
        bars.push_back({grid.floor(time), grid.next(grid.floor(time))});
    for (const TimeRange& range : doubtful)
        bars.push_back({grid.floor(range.from), grid.ceil(range.to)});
    if (bars.empty())
        return {};
    IntervalSet unanswered(std::move(bars));
    std::vector<TimeRange> stored;
    for (const Candle& row : rows)
        stored.push_back({row.openTime, grid.next(row.openTime)});
    return subtracted(unanswered, IntervalSet(std::move(stored)));
}

/// Times of @p before, sorted, that are none of @p rows.
std::vector<UtcMs> timesWithout(const std::vector<UtcMs>& before, const std::vector<Candle>& rows)
{
    std::vector<UtcMs> dropped;
    auto row = rows.begin();
    for (const UtcMs time : before) {
        while (row != rows.end() && row->openTime < time)
            ++row;
        if (row == rows.end() || row->openTime != time)
            dropped.push_back(time);
    }
    return dropped;
}

std::vector<UtcMs> openTimes(const std::vector<Candle>& rows)
{
    std::vector<UtcMs> times(rows.size());
    std::transform(rows.begin(), rows.end(), times.begin(), [](const Candle& row) { return row.openTime; });
    return times;
}

/// Open interest out of the rows of a file: its times stay as the rows.
std::vector<Metric> takeInterest(PageCheck& checked)
{
    std::vector<Metric> interest;
    for (Candle& row : checked.rows) {
        const auto amount = std::isnan(row.volume) ? std::nullopt : std::optional(row.volume);
        interest.push_back(toMetric({row.openTime, amount, row.quoteVolume, amount, row.quoteVolume}));
        row = {};
        row.openTime = interest.back().time;
    }
    return interest;
}

/// Rows of open interest that are on the grid and in the past; prices there are none to look at.
PageCheck checkInterest(const std::vector<Candle>& rows, const Grid& grid, UtcMs now)
{
    PageCheck checked;
    for (const Candle& row : rows) {
        if (grid.floor(row.openTime) != row.openTime)
            ++checked.offGrid;
        else if (row.openTime > now)
            checked.unclosed.push_back(row);
        else
            checked.rows.push_back(row);
    }
    return checked;
}

/// One commit for each few thousand rows; together they cover [first, last] without a seam, except for @p unanswered.
/// @param interest of open interest, one for each row
void commitRows(std::vector<Candle> rows, const std::vector<Metric>& interest, std::vector<PageFinding> findings, const SeriesRecord& series, const Grid& grid,
    bool coverage, const IntervalSet& unanswered, UtcMs now, Writer& writer, const std::shared_ptr<Tally>& tally)
{
    // each goes with its rows: a page that states a bar without its finding would put the finding right
    std::ranges::stable_sort(findings, {}, [](const PageFinding& found) { return found.range.from; });
    auto next = findings.begin();
    for (std::size_t begin = 0; begin < rows.size(); begin += rowsPerCommit) {
        const std::size_t end = std::min(rows.size(), begin + rowsPerCommit);
        PageCommit commit;
        commit.series = series.id;
        commit.range = {rows[begin].openTime, end < rows.size() ? rows[end].openTime : grid.next(rows.back().openTime)};
        commit.fetchedAt = now;
        commit.route = "import";
        commit.rows.assign(rows.begin() + static_cast<std::ptrdiff_t>(begin), rows.begin() + static_cast<std::ptrdiff_t>(end));
        if (!interest.empty())
            commit.metrics.assign(interest.begin() + static_cast<std::ptrdiff_t>(begin), interest.begin() + static_cast<std::ptrdiff_t>(end));
        if (coverage) {
            const IntervalSet answered = subtracted(IntervalSet(commit.range), unanswered);
            for (const TimeRange& range : answered.ranges())
                commit.coverage.push_back({range, CoverageState::Answered, 1, now});
        }
        const UtcMs until = end < rows.size() ? commit.range.to : UtcMs::max();
        for (; next != findings.end() && next->range.from < until; ++next)
            commit.findings.push_back({0, series.id, next->rule, next->severity, next->range, next->details, now, "open"});
        writer.commit(std::move(commit), [tally](const Result<CommitOutcome::Page>& page, std::span<const Finding>) { tally->count(page); });
    }
}

} // namespace

Result<ImportOutcome> importFiles(const ImportRequest& request, const SeriesSpec& spec, const Instrument& instrument,
    Writer& writer, const Clock& clock, std::stop_token stop)
{
    ImportOutcome outcome;
    outcome.series = spec.key;
    // read everything first: a file that is no candle file stops the import before anything is stored
    std::vector<CandleFile> files;
    for (const auto& path : request.files) {
        CandleFileOptions options;
        options.columns = request.columns;
        options.where = request.where;
        options.kind = spec.key.kind;
        options.timeframe = spec.key.timeframe;
        auto file = readCandleFile(path, options, stop);
        if (!file)
            return fail(std::move(file.error()));
        addNotes(*file, path, outcome);
        outcome.read += file->read;
        outcome.rejected += file->rejected;
        files.push_back(std::move(*file));
    }
    SeriesRecord wanted;
    wanted.key = spec.key;
    wanted.exchangeSymbol = instrument.id;
    wanted.anchor = spec.rules.grid.anchor();
    wanted.contractSize = instrument.contractSize;
    auto series = writer.call([&](StoreWriter& store) { return store.ensureSeries(wanted); });
    if (!series)
        return fail(std::move(series.error()));

    const UtcMs now = clock.now();
    const auto tally = std::make_shared<Tally>();
    for (std::size_t i = 0; i < files.size(); ++i) {
        const std::vector<UtcMs> read = openTimes(files[i].rows);
        const bool isInterest = spec.key.kind == Kind::OpenInterest;
        PageCheck checked = isInterest
            ? checkInterest(files[i].rows, spec.rules.grid, now)
            : checkPage(std::move(files[i].rows), spec.rules.grid, {UtcMs::min(), UtcMs::max()}, now);
        const std::vector<Metric> interest = isInterest ? takeInterest(checked) : std::vector<Metric> {};
        if (!isInterest)
            addAnswerFindings(files[i].repeated, files[i].irregularCloses, spec.rules.grid, checked.findings);
        const std::string name = request.files[i].filename().string();
        if (checked.offGrid > 0)
            outcome.notes.push_back(name + ": " + std::to_string(checked.offGrid) + " rows left out, their times are no "
                + std::string(spec.key.timeframe.name()) + " bar's open");
        if (!checked.unclosed.empty())
            outcome.notes.push_back(name + ": " + std::to_string(checked.unclosed.size()) + " bars left out that are not closed yet");
        outcome.rejected += checked.offGrid + checked.notFinite + static_cast<std::int64_t>(checked.unclosed.size());
        const IntervalSet unanswered
            = unansweredBars(checked.rows, timesWithout(read, checked.rows), files[i].doubtful, spec.rules.grid);
        commitRows(std::move(checked.rows), interest, std::move(checked.findings), *series, spec.rules.grid, request.coverage, unanswered, now,
            writer, tally);
    }
    writer.call([](StoreWriter&) { return 0; }); // all commits before it are through
    if (auto counted = tally->addTo(outcome); !counted)
        return fail(std::move(counted.error()));
    return outcome;
}

} // namespace mnemo
