#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "core/archive/archive.h"
#include "core/base/taskqueue.h"
#include "core/config/settings.h"
#include "core/engine/eventhub.h"
#include "core/engine/jobjournal.h"
#include "core/engine/jobqueue.h"
#include "core/engine/lanepool.h"
#include "core/engine/repair.h"
#include "core/ingest/backfilljob.h"
#include "core/ingest/marketlist.h"
#include "core/ingest/planner.h"
#include "core/ingest/writer.h"
#include "core/storage/store.h"

namespace mnemo {

/// Runs backfills: owns the lanes, the writer and the jobs. A job waits in the queue for a place; its worker thread
/// prepares jobs (instrument, series, coverage) and closes them (gaps); lanes send; the writer stores. All public calls are
/// thread-safe; with 50,000 jobs each costs no more than with ten, but for those that say "all".
class Collector {
public:
    struct Start {
        SeriesSpec spec;
        std::string exchangeSymbol;
        IntervalSet recheck; ///< asked again though answered; may reach back before spec.wanted
        Priority priority = Priority::Backfill;
        std::uint64_t journalKey = 0; ///< of a job that is taken up again
        bool isPaused = false;
        bool isRepair = false; ///< recheck alone is asked for, and a proof is kept; not taken up again after a restart
        bool isKept = true;    ///< of others: taken up again after a restart
        bool isInJournal() const { return isKept && !isRepair; }
    };
    /// The outages of a series: sorted, disjoint. Called from the worker.
    using Silence = std::function<std::vector<TimeRange>(const SeriesKey&)>;

    /// @param store, @p archive (may be null), @p clock and @p hub outlive the collector. @p journal keeps the queue for
    /// the next start; may be null
    Collector(Store& store, std::unique_ptr<StoreWriter> writer, Archive* archive, const Clock& clock, EventHub& hub,
        std::shared_ptr<const Settings> settings, Silence silence = {}, std::unique_ptr<JobJournal> journal = {},
        std::shared_ptr<const SecretSource> secrets = std::make_shared<const EnvironmentSecrets>());
    ~Collector(); ///< stops what runs; pages already handed to the writer are stored, the journal keeps what is not done
    Collector(const Collector&) = delete;
    Collector& operator=(const Collector&) = delete;

    void apply(std::shared_ptr<const Settings> settings); ///< for lanes made from now on
    void setJobsAtOnce(int atOnce);
    int jobsAtOnce() const;

    JobId start(Start start);
    void command(JobId id, JobCommand command); ///< does nothing where it does not apply
    void cancelAll();
    void forget(std::span<const JobId> ids); ///< those that are final
    /// Sends nothing more and waits, at most @p limit, until what is on the wire is stored. Then only the end may come.
    bool drain(milliseconds limit);

    std::vector<JobSnapshot> jobs() const; ///< all, oldest first
    /// Looks at all jobs in place, oldest first: their snapshots lack what their work knows (progress). @p each must be
    /// quick and ask for nothing here.
    void eachJob(const std::function<void(const JobSnapshot&, JobState)>& each) const;
    std::optional<JobSnapshot> job(JobId id) const;
    std::optional<JobDetails> details(JobId id) const;
    std::vector<Wait> waits(JobId id) const; ///< for its turn, and for what its lane told; oldest first
    std::optional<RepairProof> proof(JobId id) const; ///< nothing for what is no repair
    bool wait(JobId id, std::stop_token stop);
    std::vector<LaneSnapshot> lanes() const { return m_lanes.snapshots(); }

    /// Waits for the network. The list is saved in the store and used for symbols from then on.
    /// @param waits what its lane told meanwhile; may be null
    Result<std::vector<Instrument>> fetchMarkets(
        std::shared_ptr<const Venue> venue, std::stop_token stop, std::shared_ptr<WaitLog> waits = {});
    Writer& writer() { return m_writer; }
    LanePool& lanePool() { return m_lanes; }
    JobJournal* journal() const { return m_journal.get(); }

private:
    struct Job {
        JobId id = 0;
        Start start;
        JobSnapshot snapshot; ///< what does not come from the work's progress
        std::int64_t answeredBefore = 0;
        std::shared_ptr<BackfillJob> work; ///< from the first request to the end
        std::shared_ptr<const RequestLog> requests;
        std::shared_ptr<WaitLog> waits; ///< of this try; null once it is over and others need the memory
        std::uint64_t journalKey = 0;
        RepairProof proof; ///< without requests; of a repair
        bool isPreparing = false; ///< the worker has it
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
    JobState stateOf(const Job& job) const;       ///< m_mutex held
    Priority priorityOf(const Job& job) const;    ///< m_mutex held
    void enqueue(const Job& job, bool inFront);   ///< m_mutex held
    void publish(JobId id, bool force);
    void admit(); ///< gives free places to who waits
    void post(TaskQueue::Task task);
    void pause(const JobPtr& job);
    void resume(const JobPtr& job);
    void cancel(const JobPtr& job);
    void retry(const JobPtr& job);
    void prefer(const JobPtr& job);

    // on the worker: collectorwork.cpp
    void prepare(JobId id);
    void begin(const JobPtr& job, const Instrument& instrument);
    void leaveToFiles(BackfillTask& task, const Job& job, StoreReader& store);
    BackfillJob::Handlers handlersOf(const JobPtr& job, SeriesId series);
    bool isCancelled(const Job& job) const;
    std::optional<Instrument> instrumentOf(const Job& job, const MarketList& list);
    std::vector<std::string> remarksOn(const Job& job); ///< before its series is brought up to date
    void beginWithoutList(const JobPtr& job, const MarketList& list);
    void beginByTemplate(const JobPtr& job, const MarketList& list);
    void requestMarketList(const JobPtr& job);
    void marketListArrived(const std::string& source, Result<std::vector<Instrument>> list);
    void finish(JobId id);
    Result<void> noteBefore(const JobPtr& job, const SeriesRecord& series, const IntervalSet& todo);
    void noteAfter(const JobPtr& job, const SeriesRecord& series);
    std::vector<TimeRange> silenceOf(const SeriesKey& key) const;
    void endWith(const JobPtr& job, const Error& error);
    void close(const JobPtr& job, JobState state);
    void keepRequests(const JobPtr& job);
    StoreReader* reader();

    Store& m_store;
    const Clock& m_clock;
    EventHub& m_hub;
    const Silence m_silence;
    const std::unique_ptr<JobJournal> m_journal;

    mutable std::mutex m_mutex;
    std::condition_variable_any m_changed;
    std::map<JobId, JobPtr> m_jobs;
    std::shared_ptr<const Settings> m_settings;
    JobQueue m_queue;
    std::deque<JobId> m_keptRequests; ///< final jobs with their timeline, oldest first
    std::size_t m_keptRecords = 0;
    JobId m_nextId = 1;
    bool m_isStopping = false;
    int m_waiters = 0; ///< threads in wait(): the destructor sees them off

    // the worker's alone
    std::map<std::string, MarketList> m_lists; ///< by the id of who is asked
    std::unique_ptr<StoreReader> m_reader;

    LanePool m_lanes;
    Writer m_writer; // its last commits are told to handlers, who may ask for anything above
    std::unique_ptr<TaskQueue> m_worker; // last: its tasks use everything above
};

} // namespace mnemo
