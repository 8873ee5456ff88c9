#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "core/market/intervalset.h"
#include "core/quality/coveragematrix.h"
#include "core/quality/outagebook.h"

namespace mnemo {

/// Knows for every day of every stored series how many bars are there and why the others are not, from `aggregates` and
/// `coverage`; rows are read only for days in which the reason changes while bars are absent, and where several series
/// of a venue lack bars on the same day (outages are inferred from that). Reading 500 series x 5 years once takes some
/// hundred milliseconds; all answers after that come from memory, and a stored page costs the days that it touches.
///
/// Thread-safe. load() and refresh() wait for the store and belong on a worker thread; one of them works at a time. The
/// others return at once: a window keeps a snapshot, and takes the next one when changed() says so.
class CoverageIndex {
public:
    /// @param store outlives the index. @p outages: listed ones, and the rules of inference.
    CoverageIndex(Store& store, OutageRules rules, std::vector<ListedOutage> listed);
    ~CoverageIndex();
    CoverageIndex(const CoverageIndex&) = delete;
    CoverageIndex& operator=(const CoverageIndex&) = delete;

    /// Reads everything anew. Errors: those of the store; the old snapshot stays then.
    [[nodiscard]] Result<void> load();
    /// Reads again what was noted since the last call; new series are found. @return the series that have changed.
    /// Loads where nothing was loaded yet. Errors: as load(); what was noted stays noted.
    [[nodiscard]] Result<std::vector<SeriesId>> refresh();

    void note(const SeriesKey& series, TimeRange changed); ///< rows, coverage or findings there may have changed
    void noteAll(); ///< anything may have changed (import, rebuild)
    bool hasNews() const; ///< refresh() has something to do
    /// Listed ones are in outages() at once, in the counts after the next refresh().
    void setOutages(OutageRules rules, std::vector<ListedOutage> listed);

    /// Never null; empty before the first load().
    std::shared_ptr<const CoverageSnapshot> snapshot() const;
    /// Listed outages, and those that were inferred for the snapshot. Never null.
    std::shared_ptr<const OutageBook> outages() const;

private:
    struct Work;
    Store& m_store;
    mutable std::mutex m_mutex; ///< what follows; held only to swap
    OutageRules m_rules;
    std::vector<ListedOutage> m_listed;
    bool m_areOutagesNew = false;
    std::map<SeriesKey, IntervalSet> m_news;
    bool m_isAllNew = true;
    std::shared_ptr<const CoverageSnapshot> m_snapshot;
    std::shared_ptr<const OutageBook> m_outages;

    std::mutex m_working; ///< load() and refresh(), one at a time; guards m_work
    std::unique_ptr<Work> m_work;
};

} // namespace mnemo
