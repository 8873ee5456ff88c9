#pragma once

#include <memory>
#include <unordered_map>

#include "core/storage/rowmerge.h"
#include "core/storage/sqlite/connection.h"
#include "core/storage/sqlite/processlock.h"
#include "core/storage/sqlite/rowfeed.h"
#include "core/storage/store.h"

namespace mnemo {

class SqliteWriter final : public StoreWriter {
public:
    SqliteWriter(ProcessLock lock, std::unique_ptr<RowFeed> feed, std::unique_ptr<Connection> connection);

    Result<SeriesRecord> ensureSeries(const SeriesRecord& wanted) override;
    Result<CommitOutcome> commit(std::span<const PageCommit> pages) override;
    Result<void> setCoverage(SeriesId series, std::span<const CoverageSpan> spans) override;
    Result<std::int64_t> rebuildAggregates(const SeriesFilter& filter) override;
    Result<std::vector<Finding>> decide(const FindingDecision& decision) override;
    Result<FindingSyncOutcome> syncFindings(const FindingSync& sync) override;
    Result<void> saveRuns(const RunChanges& changes) override;
    Result<void> saveAlerts(const AlertChanges& changes) override;
    Result<void> saveInstruments(std::string_view source, std::span<const Instrument> instruments, UtcMs at) override;

private:
    struct Target { ///< what a page needs to know of its series
        SeriesId id = 0;
        Kind kind = Kind::Candles;
        Grid grid;
        std::string name;
    };
    Result<const Target*> target(SeriesId series);
    Result<const Target*> checkedTarget(const PageCommit& page);

    Result<void> writePage(const Target& target, const PageCommit& page, CommitOutcome& outcome);
    Result<std::optional<std::int64_t>> pageOf(const PageCommit& page);
    Result<std::int64_t> insertPage(const PageCommit& page);
    Result<void> writeRows(const Target& target, const PageCommit& page, CommitOutcome& outcome);
    Result<void> writeMetrics(const Target& target, const PageCommit& page, CommitOutcome& outcome);
    Result<void> writeMetric(const Target& target, const Metric& row);
    Result<std::optional<Metric>> storedMetric(SeriesId series, UtcMs time);
    static Finding metricRevision(const Target& target, const Metric& before, UtcMs at);
    Result<std::vector<Candle>> rowsNotOutdated(const PageCommit& page, std::int64_t pageId, std::span<const Candle> stored);
    Result<void> mergeIntoRows(
        const Target& target, const PageCommit& page, std::vector<Candle> stored, CommitOutcome& outcome);
    Result<void> noteRevisions(
        const Target& target, const PageCommit& page, std::span<const Revision> revisions, CommitOutcome& outcome);
    Result<Finding> storeFinding(Finding finding);
    Result<Finding> insertFinding(Finding finding);

    // the life of findings: sqlitewriterfindings.cpp
    struct Change { ///< of a finding's state, as it goes into the log
        std::string_view action, who, reason;
        UtcMs at {};
    };
    Result<void> logChange(FindingId finding, const Change& change);
    /// Flags, state and log; @p finding is brought up to date.
    Result<void> moveTo(Finding& finding, FindingState state, const Change& change);
    Result<void> leaveState(const Finding& finding);
    Result<void> enterState(const Finding& finding, FindingState state);
    Result<void> setQuarantined(const Target& target, const Finding& finding, bool isQuarantined);
    Result<void> setMetricsQuarantined(const Target& target, const Finding& finding, bool isQuarantined);
    Result<std::vector<TimeRange>> otherQuarantines(const Finding& finding);
    Result<void> writeChanged(const Target& target, std::span<const Candle> rows, std::span<const Candle> changed);
    Result<void> replaceRows(const Finding& finding, const FindingDecision& decision);
    Result<void> restoreRows(const Target& target, const Finding& finding);
    Result<void> eraseRows(const Target& target, std::span<const UtcMs> times);
    Result<Finding> decideOne(FindingId id, const FindingDecision& decision);
    Result<void> healFindings(const Target& target, const PageCommit& page, std::size_t firstRaised, CommitOutcome& outcome);
    Result<bool> isHealedBy(const Target& target, const Finding& finding, const PageCommit& page, std::int64_t pageId);
    Result<bool> hasLiveFindings(SeriesId series);
    Result<std::vector<Finding>> liveFindings(SeriesId series, TimeRange within);
    Result<void> syncRule(const Target& target, const FindingSync& sync, const FindingSync::Window& window,
        std::vector<Finding> stored, FindingSyncOutcome& outcome);
    Result<bool> areBarsStored(const Target& target, const Finding& finding);
    Result<void> updateFinding(Finding& stored, const Finding& found);

    Result<void> applyCoverage(const Target& target, std::span<const CoverageSpan> said, const PageCommit* page, std::int64_t pageId);
    Result<bool> wasJustAsked(SeriesId series, TimeRange range, UtcMs at, std::int64_t exceptPage, bool isConfirmation);

    /// @param rows all rows between the first and the last of them; @p written those that changed
    Result<void> updateAggregates(const Target& target, std::span<const Candle> rows, std::span<const Candle> written);
    Result<void> updateDays(const Target& target, std::span<const Aggregate> hours, std::span<const Aggregate> written);
    Result<std::int64_t> rebuildAggregates(const Target& target);

    ProcessLock m_lock;
    std::unique_ptr<RowFeed> m_feed; // before the connection, which refers to it to its end
    std::unique_ptr<Connection> m_connection;
    std::unordered_map<SeriesId, Target> m_targets;
    std::unordered_map<SeriesId, milliseconds> m_longestFinding; ///< of series whose findings were looked for
};

} // namespace mnemo
