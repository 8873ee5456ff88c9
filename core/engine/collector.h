#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "core/archive/archive.h"
#include "core/base/taskqueue.h"
#include "core/config/settings.h"
#include "core/engine/eventhub.h"
#include "core/ingest/backfilljob.h"
#include "core/ingest/lane.h"
#include "core/ingest/marketlist.h"
#include "core/ingest/planner.h"
#include "core/ingest/writer.h"
#include "core/storage/store.h"

namespace mnemo {

/// Runs backfills: owns the lanes, the writer and the jobs. Its worker thread prepares jobs (instrument, series,
/// coverage) and closes them (gaps); lanes send; the writer stores. All public calls are thread-safe.
class Collector {
public:
    struct Start {
        SeriesSpec spec;
        std::string exchangeSymbol;
        TimeRange recheck; ///< asked again though answered
        Priority priority = Priority::Backfill;
    };

    /// @param store, @p archive (may be null), @p clock and @p hub outlive the collector
    Collector(Store& store, std::unique_ptr<StoreWriter> writer, Archive* archive, const Clock& clock, EventHub& hub,
        std::shared_ptr<const Settings> settings);
    ~Collector(); ///< cancels what runs; pages already handed to the writer are stored
    Collector(const Collector&) = delete;
    Collector& operator=(const Collector&) = delete;

    void apply(std::shared_ptr<const Settings> settings); ///< for lanes made from now on

    JobId start(Start start);
    void cancel(JobId id);
    void cancelAll();
    void setPaused(JobId id, bool paused);
    std::vector<JobSnapshot> jobs() const;
    std::optional<JobSnapshot> job(JobId id) const;
    bool wait(JobId id, std::stop_token stop);
    std::vector<LaneSnapshot> lanes() const;
    std::optional<milliseconds> clockOffset(const std::string& lane) const;

    /// Waits for the network. The list is saved in the store and used for symbols from then on.
    Result<std::vector<Instrument>> fetchMarkets(std::shared_ptr<const Venue> venue, std::stop_token stop);
    Writer& writer() { return m_writer; }

private:
    struct Job {
        JobId id = 0;
        Start start;
        JobSnapshot snapshot; ///< what does not come from the work's progress
        std::int64_t answeredBefore = 0;
        std::shared_ptr<BackfillJob> work;
        std::string lane; ///< its id: the lane itself may be gone once the job is over
        bool isCancelled = false;
        bool isPaused = false;
        SteadyTime published {};
    };
    using JobPtr = std::shared_ptr<Job>;
    struct MarketList {
        bool isFetched = false;
        std::vector<Instrument> instruments;
        std::optional<Error> error;
        std::vector<JobId> waiting;
        bool isUnderWay = false;
    };

    JobPtr find(JobId id) const;
    JobSnapshot snapshotOf(const Job& job) const; ///< m_mutex held
    void publish(JobId id, bool force);
    /// Gives @p client to the venue's lane, which is made where there is none. @return the lane's id
    std::string send(const Venue& venue, std::shared_ptr<LaneClient> client);
    void wakeLane(const std::string& id);

    // on the worker
    void prepare(JobId id);
    void begin(const JobPtr& job, const Instrument& instrument);
    Result<Instrument> instrumentFrom(const std::vector<Instrument>& list, const Job& job) const;
    void requestMarketList(const JobPtr& job);
    void marketListArrived(const std::string& exchange, Result<std::vector<Instrument>> list);
    void finish(JobId id);
    void endWith(const JobPtr& job, const Error& error);
    void close(const JobPtr& job, JobState state);
    StoreReader* reader();

    Store& m_store;
    Archive* m_archive;
    const Clock& m_clock;
    EventHub& m_hub;

    mutable std::mutex m_mutex;
    std::condition_variable_any m_changed;
    std::shared_ptr<const Settings> m_settings;
    std::map<JobId, JobPtr> m_jobs;
    JobId m_nextId = 1;
    bool m_isStopping = false;
    int m_waiters = 0; ///< threads in wait(): the destructor sees them off

    // the worker's alone
    std::map<std::string, MarketList> m_lists;
    std::unique_ptr<StoreReader> m_reader;

    mutable std::mutex m_laneMutex; // never held while a lane is destroyed: its last events may ask for lanes()
    std::map<std::string, std::unique_ptr<Lane>> m_lanes;
    Writer m_writer; // its last commits are told to handlers, who may ask for anything above
    std::unique_ptr<TaskQueue> m_worker; // last: its tasks use everything above
};

} // namespace mnemo
