#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/market/candle.h"
#include "core/market/coverage.h"
#include "core/market/grid.h"
#include "core/market/openinterest.h"
#include "core/market/serieskey.h"
#include "core/storage/alerts.h"
#include "core/storage/findings.h"
#include "core/storage/runs.h"

namespace mnemo {

/// A row of `series`.
struct SeriesRecord {
    SeriesId id = 0;
    SeriesKey key;
    std::string exchangeSymbol;
    milliseconds anchor {0};
    std::string unit = "base";
    std::string timeKind = "open"; ///< or "reading", "event": timeKindOf(PageRules)
    double contractSize = 1;
    Grid grid() const { return Grid(key.timeframe, anchor); }
    bool operator==(const SeriesRecord&) const = default;
};

/// One answer of a source about one series: what is committed whole or not at all.
struct PageCommit {
    SeriesId series = 0;
    TimeRange range;          ///< as asked, on the grid
    UtcMs fetchedAt {};
    std::string route = "rest"; ///< rest, stream, archive, import, derived
    int status = 0;           ///< HTTP status; 0 for routes without
    std::string archiveKey;   ///< empty where nothing was archived
    std::string sha256;       ///< of the body, hex; empty where not computed
    int descriptionVersion = 0;
    bool isConfirmation = false; ///< the second half of one question: what a page before it left open was asked once more
    bool isReplay = false;    ///< read again from the archive: stored rows of newer pages stay as they are
    std::vector<Candle>
        rows; ///< sorted, unique, on the grid, closed, in base units; of metrics their times alone
    std::vector<Metric> metrics; ///< of metrics: the numbers, as many and in the order of the rows
    std::vector<CoverageSpan> coverage; ///< sorted, disjoint; replaces what was known there
    std::vector<Finding> findings; ///< raised by rules on the page; series is filled in by the store
};

/// What a commit did, over all its pages; and per page in the same order.
struct CommitOutcome {
    struct Page {
        std::int64_t pageId = 0;
        /// Rows; changed ones have a revision each and a finding per run of neighbours. Rows that only gained a missing
        /// quote volume or trade count are written and count as same; rows replaced by decision are left and count as same.
        std::int64_t added = 0, changed = 0, same = 0;
    };
    std::vector<Page> pages;
    std::vector<Finding> findings; ///< all that were stored, with their ids
    std::vector<Finding> healed;   ///< stored ones that the new rows have put right: they are fixed now
};

struct SeriesFilter {
    std::vector<std::string> sources, exchanges, symbols; ///< empty: any
    std::vector<MarketType> markets;
    std::vector<Kind> kinds;
    std::vector<Timeframe> timeframes;
    bool matches(const SeriesKey& key) const;
};

/// Length, ends and coverage of a series, from `aggregates` and `coverage` where that is exact.
struct SeriesSummary {
    std::int64_t rows = 0;
    std::optional<UtcMs> first, last; ///< open times of the outermost rows
};

enum class AggregateLevel { Hour, Day };
/// A UTC hour or day that holds at least one row. Prices and volume are those of rows that are not quarantined; all 0
/// where there is none (rows == flagged).
struct Aggregate {
    UtcMs time {};
    double open = 0, high = 0, low = 0, close = 0, volume = 0;
    std::int64_t rows = 0, expected = 0, flagged = 0;
    bool operator==(const Aggregate&) const = default;
};

/// Rows of a UTC hour or day.
struct BucketCount {
    UtcMs time {};
    std::int64_t rows = 0, flagged = 0; ///< flagged: of rows, quarantined
    bool operator==(const BucketCount&) const = default;
};

/// Open times of the outermost rows.
struct SeriesEnds {
    std::optional<UtcMs> first, last;
};

struct PageRecord {
    std::int64_t id = 0;
    SeriesId series = 0;
    TimeRange range;
    UtcMs fetchedAt {};
    std::int64_t rows = 0;
    std::string route;
    int status = 0;
    std::string archiveKey, sha256;
    int descriptionVersion = 0;
};

/// A table of text for `query`; NULL is nothing.
struct QueryTable {
    std::vector<std::string> columns;
    std::vector<std::vector<std::optional<std::string>>> rows;
};

/// Reads. One connection, one thread at a time; open as many as there are reading threads. Sees committed data only.
/// Errors of all calls: StorageFailed, StorageLocked, Corrupt.
class StoreReader {
public:
    virtual ~StoreReader() = default;
    virtual Result<std::vector<SeriesRecord>> series(const SeriesFilter& filter = {}) = 0; ///< by key
    virtual Result<std::optional<SeriesRecord>> find(const SeriesKey& key) = 0;
    virtual Result<SeriesSummary> summary(SeriesId series) = 0;
    virtual Result<std::vector<CoverageSpan>> coverage(SeriesId series, TimeRange within) = 0; ///< sorted, clipped
    /// Ascending. @p each returns false to stop. @p clean leaves quarantined and foreign bars out.
    virtual Result<void> eachCandle(SeriesId series, TimeRange within, bool clean, const std::function<bool(const Candle&)>& each) = 0;
    Result<std::vector<Candle>> candles(SeriesId series, TimeRange within, bool clean = false);
    /// Open times alone, ascending: what the gap engine reads.
    virtual Result<std::vector<UtcMs>> openTimes(SeriesId series, TimeRange within) = 0;
    /// Buckets that start within the range, ascending; none where the series' bars are not shorter than the level.
    virtual Result<std::vector<Aggregate>> aggregates(SeriesId series, AggregateLevel level, TimeRange within) = 0;
    /// Of aggregates() the numbers of rows alone.
    virtual Result<std::vector<BucketCount>> bucketCounts(SeriesId series, AggregateLevel level, TimeRange within);
    virtual Result<SeriesEnds> ends(SeriesId series); ///< of summary() what needs no counting
    virtual Result<std::vector<PageRecord>> pages(SeriesId series, TimeRange within) = 0; ///< newest first
    virtual Result<std::vector<Finding>> findings(SeriesId series, TimeRange within) = 0;
    /// All that match, in order: 8 bytes each, so that a table of a million rows can be scrolled to any place. Reads an index
    /// alone: about 0.3 s for a million.
    virtual Result<std::vector<FindingId>> findingIds(const FindingFilter& filter, FindingOrder order = FindingOrder::Newest) = 0;
    /// In the order asked for; those that are gone are left out.
    virtual Result<std::vector<Finding>> findingsById(std::span<const FindingId> ids) = 0;
    /// One for each series, rule, severity and state. Milliseconds whatever is stored, unless filter.within is limited: then
    /// the findings themselves are counted.
    virtual Result<std::vector<FindingCount>> findingCounts(const FindingFilter& filter = {}) = 0;
    /// By rule, then day: days that begin within @p raised and have any. Of the filter count rules and what tells series alone.
    /// Milliseconds whatever is stored.
    virtual Result<std::vector<FindingDay>> findingDays(TimeRange raised, const FindingFilter& filter = {}) = 0;
    /// The same for the @p days that end with the one of @p now, by rule; rules that raised nothing are absent.
    Result<std::vector<RuleHistory>> ruleHistory(UtcMs now, int days, const FindingFilter& filter = {});
    virtual Result<std::vector<Decision>> decisions(FindingId finding) = 0; ///< oldest first
    /// About all findings that match as they are now; newest first, at most so many.
    virtual Result<std::vector<Decision>> decisionLog(const FindingFilter& filter, std::size_t most) = 0;
    /// Rows of any kind with columns, ascending. @p each returns false to stop. @p clean leaves quarantined ones out.
    virtual Result<void> eachMetric(SeriesId series, TimeRange within, bool clean, const std::function<bool(const Metric&)>& each) = 0;
    Result<void> eachOpenInterest(SeriesId series, TimeRange within, bool clean, const std::function<bool(const OpenInterest&)>& each);
    virtual Result<std::vector<PipelineRecord>> pipelines() { return std::vector<PipelineRecord> {}; } ///< by id
    virtual Result<std::vector<RunRecord>> runs(const RunFilter& /*filter*/) { return std::vector<RunRecord> {}; } ///< newest first
    virtual Result<std::vector<TaskRecord>> tasks(RunId /*run*/) { return std::vector<TaskRecord> {}; } ///< by index
    virtual Result<RunId> newestRun() { return RunId {0}; } ///< 0 where there is none
    virtual Result<std::vector<Alert>> alerts(const AlertFilter& /*filter*/) { return std::vector<Alert> {}; } ///< newest first
    /// Newest first; of those that are about an alert the filter's states are not asked.
    virtual Result<std::vector<AlertEvent>> alertEvents(const AlertFilter& /*filter*/) { return std::vector<AlertEvent> {}; }
    virtual Result<std::vector<AlertDelivery>> alertDeliveries(std::int64_t /*limit*/) { return std::vector<AlertDelivery> {}; } ///< newest first
    virtual Result<std::vector<Silence>> silences() { return std::vector<Silence> {}; } ///< by id, ended ones too
    /// One statement that only reads; anything else is InvalidArgument.
    virtual Result<QueryTable> query(std::string_view sql) = 0;
    virtual void interrupt() = 0; ///< any thread: the running call ends with Cancelled
};

/// Writes. One connection, owned by the writer thread; a second writing process is StorageLocked, naming the pid.
class StoreWriter {
public:
    virtual ~StoreWriter() = default;
    /// Finds or makes the row; an existing row's exchangeSymbol, contractSize and unit are brought up to date.
    /// Errors: InvalidArgument where the stored anchor differs.
    virtual Result<SeriesRecord> ensureSeries(const SeriesRecord& wanted) = 0;
    /// All pages in one transaction, whole or not at all: rows (only what differs), coverage, pages, revisions, findings,
    /// aggregates. Errors: NotFound for an unknown series, InvalidArgument for rows or coverage out of order, off the grid
    /// or not finite; StorageFull, StorageReadOnly, StorageLocked, StorageFailed; nothing was written then.
    virtual Result<CommitOutcome> commit(std::span<const PageCommit> pages) = 0;
    /// By the rules of coveragerules.h, as the coverage of a page. Same errors as commit().
    virtual Result<void> setCoverage(SeriesId series, std::span<const CoverageSpan> spans) = 0;
    virtual Result<std::int64_t> rebuildAggregates(const SeriesFilter& filter) = 0; ///< rows written
    /// Changes the state of findings and what follows from it, in one transaction: Quarantine marks their bars and counts them
    /// as flagged in aggregates, Replace writes rows (marked replaced and foreign, old values in `revisions`), leaving either
    /// state takes that back. Every change is logged. @return the findings as they are now.
    /// Errors: NotFound (no such finding), InvalidArgument (no reason, nothing to undo, rows that are not the finding's).
    virtual Result<std::vector<Finding>> decide(const FindingDecision& decision) = 0;
    /// A stored finding is kept where the same bars still break the rule, whatever was decided about it; one that is gone
    /// becomes fixed. Doing it twice changes nothing. Errors: as commit().
    virtual Result<FindingSyncOutcome> syncFindings(const FindingSync& sync) = 0;
    /// Whole or not at all.
    virtual Result<void> saveRuns(const RunChanges& changes) = 0;
    /// Whole or not at all. Alerts, silences and deliveries take the place of those with their id.
    virtual Result<void> saveAlerts(const AlertChanges& changes) = 0;
    /// Takes the place of all that was saved of @p source: an exchange's own list, or a provider's, of several exchanges.
    virtual Result<void> saveInstruments(std::string_view source, std::span<const Instrument> instruments, UtcMs at) = 0;
};

enum class OpenMode { ReadOnly, ReadWrite };

struct StoreInfo {
    std::string engine; ///< "SQLite 3.40.1"
    std::string location;
    int schemaVersion = 0;
    int newestVersion = 0; ///< that this program can make
    std::int64_t bytes = 0;
};

/// A place where series live. Thread-safe; makes connections.
class Store {
public:
    virtual ~Store() = default;
    virtual Result<std::unique_ptr<StoreReader>> openReader() = 0;
    virtual Result<std::unique_ptr<StoreWriter>> openWriter() = 0; ///< takes the process lock until destroyed
    virtual Result<StoreInfo> info() = 0;
    virtual Result<std::vector<Instrument>> instruments(std::string_view source) = 0; ///< as last saved; may be empty
};

} // namespace mnemo
