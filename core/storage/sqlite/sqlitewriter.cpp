#include "core/storage/sqlite/sqlitewriter.h"
#include "core/base/decimal.h"

#include <algorithm>
#include <cmath>
#include <ranges>

#include "core/base/timetext.h"
#include "core/market/intervalset.h"
#include "core/storage/aggregation.h"
#include "core/storage/coveragerules.h"
#include "core/storage/sqlite/rowreading.h"
#include "core/storage/sqlite/alertstorage.h"
#include "core/storage/sqlite/runstorage.h"

namespace mnemo {

namespace {

constexpr auto insertCandles = "INSERT INTO candles SELECT c0, c1, c2, c3, c4, c5, c6, c7, c8, c9 FROM mnemo_feed";
constexpr auto replaceAggregates
    = "INSERT OR REPLACE INTO aggregates SELECT c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10 FROM mnemo_feed";

std::optional<AggregateLevel> finestLevel(Timeframe frame)
{
    for (const AggregateLevel level : {AggregateLevel::Hour, AggregateLevel::Day}) {
        if (hasLevel(frame, level))
            return level;
    }
    return std::nullopt;
}

bool isFinite(const Candle& row)
{
    return std::isfinite(row.open) && std::isfinite(row.high) && std::isfinite(row.low) && std::isfinite(row.close)
        && std::isfinite(row.volume) && (!row.quoteVolume || std::isfinite(*row.quoteVolume));
}

/// What is wrong with the rows of a page, if anything.
std::optional<std::string> rowFault(std::span<const Candle> rows, const Grid& grid)
{
    const milliseconds step = grid.timeframe().isMonth() ? milliseconds {0} : grid.timeframe().length();
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const bool isNext = i > 0 && step.count() > 0 && rows[i].openTime - rows[i - 1].openTime == step; // the usual case
        if (i > 0 && rows[i].openTime <= rows[i - 1].openTime)
            return "rows are not in order of time at " + formatIso(rows[i].openTime);
        if (!isNext && !grid.isOpen(rows[i].openTime))
            return "a row is off the grid at " + formatIso(rows[i].openTime);
        if (!isFinite(rows[i]))
            return "a row holds a value that is not a number at " + formatIso(rows[i].openTime);
    }
    return std::nullopt;
}

std::optional<std::string> coverageFault(std::span<const CoverageSpan> spans, const Grid& grid)
{
    for (std::size_t i = 0; i < spans.size(); ++i) {
        const TimeRange range = spans[i].range;
        if (range.isEmpty())
            return "coverage is empty or reversed at " + formatIso(range.from);
        if (i > 0 && range.from < spans[i - 1].range.to)
            return "coverage overlaps or is not in order at " + formatIso(range.from);
        if (!grid.isOpen(range.from) || !grid.isOpen(range.to))
            return "coverage is off the grid at " + formatIso(range.from);
    }
    return std::nullopt;
}

TimeRange hull(std::span<const CoverageSpan> spans)
{
    return {spans.front().range.from, spans.back().range.to};
}

std::optional<std::string> orNull(const std::string& text)
{
    return text.empty() ? std::nullopt : std::optional(text);
}

std::ptrdiff_t rowCount(std::span<const Candle> rows, TimeRange range)
{
    return std::ranges::lower_bound(rows, range.to, {}, &Candle::openTime)
        - std::ranges::lower_bound(rows, range.from, {}, &Candle::openTime);
}

/// True where a bar of the grid within @p range is not among @p rows.
bool hasAbsence(std::span<const Candle> rows, const Grid& grid, TimeRange range)
{
    return rowCount(rows, range) < grid.count(range);
}

/// Those of @p buckets that hold one of @p times; both ascending.
template<class Times>
std::vector<Aggregate> touched(std::span<const Aggregate> buckets, const Times& times, AggregateLevel level)
{
    std::vector<Aggregate> out;
    auto bucket = buckets.begin();
    for (const UtcMs time : times) {
        while (bucket != buckets.end() && bucket->time + bucketLength(level) <= time)
            ++bucket;
        if (bucket == buckets.end())
            break;
        if (bucket->time <= time)
            out.push_back(*bucket++);
    }
    return out;
}

} // namespace

SqliteWriter::SqliteWriter(ProcessLock lock, std::unique_ptr<RowFeed> feed, std::unique_ptr<Connection> connection)
    : m_lock(std::move(lock))
    , m_feed(std::move(feed))
    , m_connection(std::move(connection))
{
}

Result<const SqliteWriter::Target*> SqliteWriter::target(SeriesId series)
{
    const auto known = m_targets.find(series);
    if (known != m_targets.end())
        return &known->second;
    const auto record = readSeries(*m_connection, series);
    if (!record)
        return fail(record.error());
    if (!*record)
        return fail(ErrorCode::NotFound, "series " + std::to_string(series) + " is not in " + m_connection->file().string());
    const SeriesRecord& found = **record;
    return &m_targets.emplace(series, Target {series, found.key.kind, found.grid(), found.key.text()}).first->second;
}

Result<SeriesRecord> SqliteWriter::ensureSeries(const SeriesRecord& wanted)
{
    const SeriesKey& key = wanted.key;
    if (key.source.empty() || key.exchange.empty() || key.symbol.empty())
        return fail(ErrorCode::InvalidArgument, "a series needs a source, an exchange and a symbol: '" + key.text() + "'");
    const auto stored = readSeries(*m_connection, key);
    if (!stored)
        return fail(stored.error());
    if (!*stored) {
        Cursor row = m_connection->use(
            "INSERT INTO series(source, exchange, market, symbol, kind, timeframe, exchange_symbol, anchor_ms, unit, time_kind, contract_size) "
            "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)");
        row.bind(key.source, key.exchange, toText(key.market), key.symbol, toText(key.kind), key.timeframe.name(),
            wanted.exchangeSymbol, wanted.anchor, wanted.unit, wanted.timeKind, wanted.contractSize);
        if (const auto done = row.run(); !done)
            return fail(done.error());
        SeriesRecord made = wanted;
        made.id = sqlite3_last_insert_rowid(m_connection->handle());
        return made;
    }
    SeriesRecord record = **stored;
    if (record.anchor != wanted.anchor)
        return fail(ErrorCode::InvalidArgument, key.text() + " is stored with bars that open "
                + std::to_string(record.anchor.count()) + " ms after the default, not "
                + std::to_string(wanted.anchor.count()) + " ms: collect the other bars under a source of their own");
    SeriesRecord updated = record;
    updated.contractSize = wanted.contractSize;
    updated.unit = wanted.unit;
    if (!wanted.exchangeSymbol.empty()) // an import does not know it
        updated.exchangeSymbol = wanted.exchangeSymbol;
    if (updated == record)
        return record;
    const auto done = m_connection->use("UPDATE series SET exchange_symbol = ?2, unit = ?3, contract_size = ?4 WHERE id = ?1")
                          .bind(updated.id, updated.exchangeSymbol, updated.unit, updated.contractSize)
                          .run();
    if (!done)
        return fail(done.error());
    return updated;
}

Result<const SqliteWriter::Target*> SqliteWriter::checkedTarget(const PageCommit& page)
{
    const auto series = target(page.series);
    if (!series)
        return series;
    const Target& found = **series;
    if (!page.rows.empty() && (isMetric(found.kind) ? page.metrics.size() != page.rows.size() : !page.metrics.empty()))
        return fail(ErrorCode::InvalidArgument, found.name + ": rows of another kind cannot be stored in this series");
    auto fault = rowFault(page.rows, found.grid);
    if (!fault)
        fault = coverageFault(page.coverage, found.grid);
    if (fault)
        return fail(ErrorCode::InvalidArgument, found.name + ": " + *fault);
    return series;
}

Result<CommitOutcome> SqliteWriter::commit(std::span<const PageCommit> pages)
{
    CommitOutcome outcome;
    if (pages.empty())
        return outcome;
    std::vector<const Target*> targets;
    for (const PageCommit& page : pages) {
        const auto series = checkedTarget(page);
        if (!series)
            return fail(series.error());
        targets.push_back(*series);
    }
    auto transaction = Transaction::begin(*m_connection);
    if (!transaction)
        return fail(transaction.error());
    for (std::size_t i = 0; i < pages.size(); ++i) {
        if (const auto written = writePage(*targets[i], pages[i], outcome); !written)
            return fail(written.error());
    }
    if (const auto done = transaction->commit(); !done)
        return fail(done.error());
    return outcome;
}

Result<void> SqliteWriter::writePage(const Target& target, const PageCommit& page, CommitOutcome& outcome)
{
    const auto pageId = insertPage(page);
    if (!pageId)
        return fail(pageId.error());
    outcome.pages.push_back({*pageId, 0, 0, 0});
    if (!page.rows.empty()) {
        const auto written =
            isMetric(target.kind) ? writeMetrics(target, page, outcome) : writeRows(target, page, outcome);
        if (!written)
            return written;
    }
    const std::size_t firstRaised = outcome.findings.size();
    for (Finding finding : page.findings) {
        finding.series = page.series;
        if (finding.createdAt == UtcMs {})
            finding.createdAt = page.fetchedAt;
        auto stored = storeFinding(std::move(finding));
        if (!stored)
            return fail(stored.error());
        outcome.findings.push_back(std::move(*stored));
    }
    if (!page.rows.empty()) {
        if (const auto healed = healFindings(target, page, firstRaised, outcome); !healed)
            return healed;
    }
    return applyCoverage(target, page.coverage, &page, *pageId);
}

/// The page that an answer of the archive made before: read again, it is still one page.
Result<std::optional<std::int64_t>> SqliteWriter::pageOf(const PageCommit& page)
{
    if (page.archiveKey.empty())
        return std::nullopt;
    Cursor row = m_connection->use("UPDATE pages SET rows = ?5, description_version = ?6 "
        "WHERE series_id = ?1 AND from_time = ?2 AND archive_key = ?3 AND fetched_at = ?4 RETURNING id");
    row.bind(page.series, page.range.from, page.archiveKey, page.fetchedAt, static_cast<std::int64_t>(page.rows.size()), page.descriptionVersion);
    std::optional<std::int64_t> id;
    while (row.next())
        id = row.integer(0);
    if (const auto done = row.status(); !done)
        return fail(done.error());
    return id;
}

Result<std::int64_t> SqliteWriter::insertPage(const PageCommit& page)
{
    const auto before = pageOf(page);
    if (!before)
        return fail(before.error());
    if (*before)
        return **before;
    Cursor row = m_connection->use(
        "INSERT INTO pages(series_id, from_time, to_time, fetched_at, rows, route, status, archive_key, sha256, description_version) "
        "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)");
    row.bind(page.series, page.range.from, page.range.to, page.fetchedAt, static_cast<std::int64_t>(page.rows.size()),
        page.route, page.status, orNull(page.archiveKey), orNull(page.sha256), page.descriptionVersion);
    if (const auto done = row.run(); !done)
        return fail(done.error());
    return sqlite3_last_insert_rowid(m_connection->handle());
}

/// Few rows at a time, so each is written by itself. A number that differs from the stored one takes its place, and
/// what was there is told by a finding.
Result<void> SqliteWriter::writeMetrics(const Target& target, const PageCommit& page, CommitOutcome& outcome)
{
    CommitOutcome::Page& done = outcome.pages.back();
    for (const Metric& row : page.metrics) {
        const auto stored = storedMetric(target.id, row.time);
        if (!stored)
            return fail(stored.error());
        if (*stored == row) {
            ++done.same;
            continue;
        }
        if (*stored && page.isReplay) { // what was read since is newer
            ++done.same;
            continue;
        }
        if (const auto written = writeMetric(target, row); !written)
            return written;
        ++(*stored ? done.changed : done.added);
        if (*stored) {
            auto noted = storeFinding(metricRevision(target, **stored, page.fetchedAt));
            if (!noted)
                return fail(noted.error());
            outcome.findings.push_back(std::move(*noted));
        }
    }
    return {};
}

Result<void> SqliteWriter::writeMetric(const Target& target, const Metric& row)
{
    const auto& n = row.numbers;
    const auto flags = static_cast<std::int64_t>(row.flags);
    if (target.kind == Kind::OpenInterest)
        return m_connection
            ->use("INSERT OR REPLACE INTO open_interest(series_id, time, amount, value, raw_amount, raw_value, flags) "
                  "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)")
            .bind(target.id, row.time, n[0], n[1], n[2], n[3], flags)
            .run();
    return m_connection
        ->use("INSERT OR REPLACE INTO metrics(series_id, time, n1, n2, n3, n4, n5, n6, flags) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")
        .bind(target.id, row.time, n[0], n[1], n[2], n[3], n[4], n[5], flags)
        .run();
}

Result<std::optional<Metric>> SqliteWriter::storedMetric(SeriesId series, UtcMs time)
{
    Cursor row = m_connection->use(MNEMO_METRIC_SELECT(""));
    row.bind(series, time, time + milliseconds {1});
    std::optional<Metric> stored;
    if (row.next())
        stored = metricRow(row);
    if (const auto read = row.status(); !read)
        return fail(read.error());
    return stored;
}

/// What was told before: of open interest as the source stated it.
Finding SqliteWriter::metricRevision(const Target& target, const Metric& before, UtcMs at)
{
    const auto columns = factsOf(target.kind).columns;
    const std::size_t first = target.kind == Kind::OpenInterest ? 2 : 0;
    std::string numbers;
    for (std::size_t i = 0; i < columns.size() && columns[i].isTold; ++i) {
        const auto& number = before.numbers[first + i];
        numbers += (numbers.empty() ? "\"" : ",\"") + std::string(columns[i].name) + "\":" + (number ? formatDecimal(*number) : "null");
    }
    Finding finding;
    finding.series = target.id;
    finding.rule = "revision";
    finding.range = {before.time, target.grid.next(before.time)};
    finding.details = "{\"before\":{" + numbers + "}}";
    finding.createdAt = at;
    return finding;
}

Result<void> SqliteWriter::writeRows(const Target& target, const PageCommit& page, CommitOutcome& outcome)
{
    std::vector<Candle> stored;
    const TimeRange range {page.rows.front().openTime, page.rows.back().openTime + milliseconds {1}};
    if (const auto read = appendCandles(*m_connection, target.id, range, stored); !read)
        return read;
    if (!stored.empty())
        return mergeIntoRows(target, page, std::move(stored), outcome);
    if (const auto fed = m_feed->run(*m_connection, insertCandles, CandleFeed(target.id, page.rows)); !fed)
        return fed;
    outcome.pages.back().added = static_cast<std::int64_t>(page.rows.size());
    return updateAggregates(target, page.rows, page.rows);
}

/// Of the rows of a replayed page those that no newer page has spoken about since, an import for instance.
Result<std::vector<Candle>> SqliteWriter::rowsNotOutdated(
    const PageCommit& page, std::int64_t pageId, std::span<const Candle> stored)
{
    IntervalSet newer;
    Cursor row = m_connection->use("SELECT from_time, to_time FROM pages WHERE series_id = ?1 AND from_time < ?3 AND to_time > ?2 "
                                   "AND fetched_at > ?4 AND rows > 0 AND id <> ?5");
    row.bind(page.series, page.rows.front().openTime, page.rows.back().openTime + milliseconds {1}, page.fetchedAt, pageId);
    while (row.next())
        newer.add({row.time(0), row.time(1)});
    if (const auto done = row.status(); !done)
        return fail(done.error());
    std::vector<Candle> rows;
    std::ranges::copy_if(page.rows, std::back_inserter(rows), [&](const Candle& candle) {
        return !newer.contains(candle.openTime) || !std::ranges::binary_search(stored, candle.openTime, {}, &Candle::openTime);
    });
    return rows;
}

Result<void> SqliteWriter::mergeIntoRows(
    const Target& target, const PageCommit& page, std::vector<Candle> stored, CommitOutcome& outcome)
{
    RowMerge merge = mergeRows(stored, page.rows);
    if (page.isReplay && !merge.revisions.empty()) {
        const auto rows = rowsNotOutdated(page, outcome.pages.back().pageId, stored);
        if (!rows)
            return fail(rows.error());
        merge = mergeRows(stored, *rows);
    }
    outcome.pages.back().added = merge.added;
    outcome.pages.back().same = merge.same;
    outcome.pages.back().changed = static_cast<std::int64_t>(merge.revisions.size());
    if (merge.writes.empty())
        return {};
    if (const auto fed = m_feed->run(*m_connection, upsertCandles, CandleFeed(target.id, merge.writes)); !fed)
        return fed;
    if (!merge.revisions.empty()) {
        if (const auto noted = noteRevisions(target, page, merge.revisions, outcome); !noted)
            return noted;
    }
    return updateAggregates(target, merge.merged, merge.writes);
}

Result<void> SqliteWriter::noteRevisions(
    const Target& target, const PageCommit& page, std::span<const Revision> revisions, CommitOutcome& outcome)
{
    const std::int64_t pageId = outcome.pages.back().pageId;
    const RevisionFeed feed(target.id, revisions, page.fetchedAt, pageId);
    if (const auto fed = m_feed->run(*m_connection, insertRevisions, feed); !fed)
        return fed;
    for (const std::span<const Revision> run : revisionRuns(revisions, target.grid)) {
        Finding finding;
        finding.series = target.id;
        finding.rule = "revision";
        finding.range = {run.front().before.openTime, target.grid.next(run.back().before.openTime)};
        finding.details = revisionDetails(run, pageId);
        finding.createdAt = page.fetchedAt;
        auto stored = storeFinding(std::move(finding));
        if (!stored)
            return fail(stored.error());
        outcome.findings.push_back(std::move(*stored));
    }
    return {};
}

Result<Finding> SqliteWriter::storeFinding(Finding finding)
{
    // the same page fetched again finds the same again; what a person decided about it stands
    bool isBack = false;
    UtcMs at {};
    {
        Cursor known = m_connection->use("SELECT id, created_at, state FROM findings WHERE series_id = ?1 AND from_time = ?2 "
                                         "AND to_time = ?3 AND rule = ?4 AND details = ?5");
        known.bind(finding.series, finding.range.from, finding.range.to, finding.rule, finding.details);
        if (known.next()) {
            const UtcMs raised = finding.createdAt;
            finding.id = known.integer(0);
            finding.createdAt = known.time(1);
            finding.state = known.text(2);
            isBack = finding.state == toText(FindingState::Fixed);
            at = raised;
        }
        if (const auto read = known.status(); !read)
            return fail(read.error());
    }
    if (isBack) {
        if (const auto moved = moveTo(finding, FindingState::Open, {"reopened", "re-fetch", "the source says it again", at}); !moved)
            return fail(moved.error());
    }
    return finding.id != 0 ? Result<Finding>(finding) : insertFinding(std::move(finding));
}

Result<Finding> SqliteWriter::insertFinding(Finding finding)
{
    Cursor row = m_connection->use("INSERT INTO findings(series_id, rule, severity, from_time, to_time, details, created_at, state) "
                                   "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
    row.bind(finding.series, finding.rule, finding.severity, finding.range.from, finding.range.to, finding.details,
        finding.createdAt, finding.state);
    if (const auto done = row.run(); !done)
        return fail(done.error());
    finding.id = sqlite3_last_insert_rowid(m_connection->handle());
    const auto longest = m_longestFinding.find(finding.series);
    if (longest != m_longestFinding.end())
        longest->second = std::max(longest->second, finding.range.length());
    return finding;
}

Result<bool> SqliteWriter::wasJustAsked(SeriesId series, TimeRange range, UtcMs at, std::int64_t exceptPage, bool isConfirmation)
{
    // merged coverage keeps the oldest time of its parts: only the pages tell when this part was last asked
    Cursor row = m_connection->use("SELECT 1 FROM pages WHERE series_id = ?1 AND from_time < ?3 AND to_time > ?2 "
                                   "AND fetched_at > ?4 AND id <> ?5 LIMIT 2");
    row.bind(series, range.from, range.to, at - checkDistance, exceptPage);
    bool found = row.next();
    if (found && isConfirmation) // that was the first half of the same question
        found = row.next();
    if (const auto read = row.status(); !read)
        return fail(read.error());
    return found;
}

Result<void> SqliteWriter::applyCoverage(
    const Target& target, std::span<const CoverageSpan> said, const PageCommit* page, std::int64_t pageId)
{
    if (said.empty())
        return {};
    const auto known = readCoverageAround(*m_connection, target.id, hull(said));
    if (!known)
        return fail(known.error());
    Result<bool> justAsked = false;
    const auto hasRows = [page](TimeRange overlap) { return page && rowCount(page->rows, overlap) > 0; };
    const auto isNewCheck = [&](const CoverageSpan&, const CoverageSpan& span, TimeRange overlap) {
        // a bar that is there needs no second witness, and would only break the coverage into pieces
        if (page && span.state == CoverageState::Answered && !hasAbsence(page->rows, target.grid, overlap))
            return false;
        if (justAsked)
            justAsked = wasJustAsked(target.id, overlap, span.checkedAt, pageId, page && page->isConfirmation);
        return justAsked && !*justAsked;
    };
    const auto now = appliedCoverage(*known, said, isNewCheck, hasRows);
    if (!justAsked)
        return fail(justAsked.error());

    for (const CoverageSpan& span : *known) {
        const auto kept = std::ranges::lower_bound(now, span.range.from, {}, [](const CoverageSpan& s) { return s.range.from; });
        if (kept != now.end() && kept->range.from == span.range.from)
            continue;
        const auto gone = m_connection->use("DELETE FROM coverage WHERE series_id = ?1 AND from_time = ?2")
                              .bind(target.id, span.range.from)
                              .run();
        if (!gone)
            return gone;
    }
    for (const CoverageSpan& span : now) {
        if (std::ranges::find(*known, span) != known->end())
            continue;
        const auto written = m_connection
                                 ->use("INSERT OR REPLACE INTO coverage(series_id, from_time, to_time, state, checks, checked_at) "
                                       "VALUES(?1, ?2, ?3, ?4, ?5, ?6)")
                                 .bind(target.id, span.range.from, span.range.to, toText(span.state), span.checks, span.checkedAt)
                                 .run();
        if (!written)
            return written;
    }
    return {};
}

Result<void> SqliteWriter::setCoverage(SeriesId series, std::span<const CoverageSpan> spans)
{
    const auto found = target(series);
    if (!found)
        return fail(found.error());
    if (const auto fault = coverageFault(spans, (*found)->grid))
        return fail(ErrorCode::InvalidArgument, (*found)->name + ": " + *fault);
    auto transaction = Transaction::begin(*m_connection);
    if (!transaction)
        return fail(transaction.error());
    if (const auto applied = applyCoverage(**found, spans, nullptr, 0); !applied)
        return applied;
    return transaction->commit();
}

Result<void> SqliteWriter::updateAggregates(
    const Target& target, std::span<const Candle> rows, std::span<const Candle> written)
{
    const auto level = finestLevel(target.grid.timeframe());
    if (!level)
        return {};
    // the outermost buckets may hold rows on the far side of the page
    const UtcMs first = rows.front().openTime;
    const UtcMs last = rows.back().openTime;
    const TimeRange before {bucketOf(first, *level), first};
    const TimeRange after {last + milliseconds {1}, bucketOf(last, *level) + bucketLength(*level)};
    std::vector<Candle> outside;
    std::vector<Aggregate> buckets;
    if (!before.isEmpty()) {
        if (const auto read = appendCandles(*m_connection, target.id, before, outside); !read)
            return read;
    }
    foldRows(buckets, outside, target.grid, *level);
    foldRows(buckets, rows, target.grid, *level);
    outside.clear();
    if (const auto read = appendCandles(*m_connection, target.id, after, outside); !read)
        return read;
    foldRows(buckets, outside, target.grid, *level);

    const auto changed = touched(buckets, written | std::views::transform(&Candle::openTime), *level);
    if (const auto fed = m_feed->run(*m_connection, replaceAggregates, AggregateFeed(target.id, *level, changed)); !fed)
        return fed;
    return *level == AggregateLevel::Hour ? updateDays(target, buckets, changed) : Result<void> {};
}

Result<void> SqliteWriter::updateDays(
    const Target& target, std::span<const Aggregate> hours, std::span<const Aggregate> written)
{
    constexpr auto day = AggregateLevel::Day;
    const UtcMs first = hours.front().time;
    const UtcMs last = hours.back().time;
    std::vector<Aggregate> outside;
    std::vector<Aggregate> days;
    if (const auto read = appendAggregates(*m_connection, target.id, AggregateLevel::Hour, {bucketOf(first, day), first}, outside);
        !read)
        return read;
    foldHours(days, outside, target.grid);
    foldHours(days, hours, target.grid);
    outside.clear();
    const TimeRange after {last + milliseconds {1}, bucketOf(last, day) + bucketLength(day)};
    if (const auto read = appendAggregates(*m_connection, target.id, AggregateLevel::Hour, after, outside); !read)
        return read;
    foldHours(days, outside, target.grid);
    const auto changed = touched(days, written | std::views::transform(&Aggregate::time), day);
    return m_feed->run(*m_connection, replaceAggregates, AggregateFeed(target.id, day, changed));
}

Result<std::int64_t> SqliteWriter::rebuildAggregates(const SeriesFilter& filter)
{
    const auto all = readAllSeries(*m_connection);
    if (!all)
        return fail(all.error());
    std::int64_t written = 0;
    for (const SeriesRecord& record : *all) {
        if (!filter.matches(record.key))
            continue;
        const auto found = target(record.id);
        if (!found)
            return fail(found.error());
        const auto rows = rebuildAggregates(**found);
        if (!rows)
            return rows;
        written += *rows;
    }
    return written;
}

Result<std::int64_t> SqliteWriter::rebuildAggregates(const Target& target)
{
    auto transaction = Transaction::begin(*m_connection);
    if (!transaction)
        return fail(transaction.error());
    if (const auto gone = m_connection->use("DELETE FROM aggregates WHERE series_id = ?1").bind(target.id).run(); !gone)
        return fail(gone.error());
    std::int64_t written = 0;
    if (const auto level = finestLevel(target.grid.timeframe())) {
        std::vector<Aggregate> buckets;
        const auto read = readCandles(*m_connection, target.id, {UtcMs::min(), UtcMs::max()}, false, [&](const Candle& row) {
            foldRows(buckets, {&row, 1}, target.grid, *level);
            return true;
        });
        if (!read)
            return fail(read.error());
        if (const auto fed = m_feed->run(*m_connection, replaceAggregates, AggregateFeed(target.id, *level, buckets)); !fed)
            return fail(fed.error());
        written = static_cast<std::int64_t>(buckets.size());
        if (*level == AggregateLevel::Hour) {
            std::vector<Aggregate> days;
            foldHours(days, buckets, target.grid);
            const AggregateFeed feed(target.id, AggregateLevel::Day, days);
            if (const auto fed = m_feed->run(*m_connection, replaceAggregates, feed); !fed)
                return fail(fed.error());
            written += static_cast<std::int64_t>(days.size());
        }
    }
    if (const auto done = transaction->commit(); !done)
        return fail(done.error());
    return written;
}

Result<void> SqliteWriter::saveRuns(const RunChanges& changes)
{
    return mnemo::saveRuns(*m_connection, changes);
}

Result<void> SqliteWriter::saveAlerts(const AlertChanges& changes)
{
    return mnemo::saveAlerts(*m_connection, changes);
}

Result<void> SqliteWriter::saveInstruments(std::string_view source, std::span<const Instrument> instruments, UtcMs at)
{
    auto transaction = Transaction::begin(*m_connection);
    if (!transaction)
        return fail(transaction.error());
    if (const auto gone = m_connection->use("DELETE FROM instruments WHERE source = ?1").bind(source).run(); !gone)
        return gone;
    for (const Instrument& one : instruments) {
        Cursor row = m_connection->use("INSERT OR REPLACE INTO instruments VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, "
                                       "?13, ?14, ?15, ?16, ?17)");
        row.bind(source, one.exchange.empty() ? source : std::string_view(one.exchange), toText(one.market), one.symbol, one.id, one.base, one.quote, one.settle, one.contractSize, one.tickSize,
            one.priceScale, one.valueScale, one.listed, one.delisted, one.active, one.interestUnit, at);
        if (const auto done = row.run(); !done)
            return done;
    }
    return transaction->commit();
}

} // namespace mnemo
