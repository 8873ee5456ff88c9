#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "core/archive/archive.h"
#include "core/base/clock.h"
#include "core/base/waitlog.h"
#include "core/config/secrets.h"
#include "core/config/settings.h"
#include "core/engine/actionlog.h"
#include "core/engine/alerts.h"
#include "core/engine/comparing.h"
#include "core/engine/derivedbars.h"
#include "core/engine/doctor.h"
#include "core/engine/events.h"
#include "core/engine/health.h"
#include "core/engine/jobjournal.h"
#include "core/engine/plansession.h"
#include "core/engine/provenance.h"
#include "core/engine/validation.h"
#include "core/engine/repair.h"
#include "core/exchange/catalogue.h"
#include "core/ingest/importfiles.h"
#include "core/ingest/planner.h"
#include "core/ingest/rebuild.h"
#include "core/live/feedsession.h"
#include "core/live/socketloop.h"
#include "core/quality/coverageindex.h"
#include "core/quality/gapevidence.h"
#include "core/storage/store.h"

namespace mnemo {

/// Whether a job that is not done when the program ends is offered to the next start.
enum class JobKeeping { OverRestarts, ThisStart };

struct EngineOptions {
    ConfigSources config;
    std::filesystem::path dataDir;
    OpenMode mode = OpenMode::ReadWrite; ///< ReadOnly: reads always work, no lock is taken, commands that write are refused
    bool watchSettings = false;
    std::shared_ptr<const Clock> clock; ///< null: SystemClock
    bool opensAtOnce = false; ///< the exchanges are read meanwhile: catalogue() waits for them, and SettingsChanged tells
    bool watchesAlerts = false; ///< looks by itself whether somebody is to be told; else at checkAlerts() alone
    std::shared_ptr<const SecretSource> secrets {}; ///< null: EnvironmentSecrets
    bool keepsQueue = false; ///< jobs that are not done are offered to the next start: leftOver()
    std::shared_ptr<SocketLoop> sockets {}; ///< null: nothing is streamed, what is followed is asked for
};

/// The core behind one object: commands in, events out. All calls are thread-safe and return at once unless they say
/// otherwise. Destroying it stops within a second and loses nothing.
class Engine {
public:
    /// Errors: as openSqliteStore, and StorageLocked naming the pid of the collecting process.
    static Result<std::unique_ptr<Engine>> open(EngineOptions options);
    ~Engine();
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;

    std::shared_ptr<const LoadedSettings> settings() const; ///< until the exchanges are read: all but them
    std::shared_ptr<const Catalogue> catalogue() const; ///< waits until the exchanges are read, at the first start alone
    Store& store();
    Archive* archive(); ///< null where bronze.keep is off
    bool isReadOnly() const;
    const std::filesystem::path& dataDir() const;
    const Clock& clock() const;

    /// Handlers are called until the returned guard goes.
    [[nodiscard]] std::shared_ptr<void> subscribe(EventHandler handler);

    // --- backfill ---
    /// Errors: NotFound (exchange), Unsupported (market, timeframe), InvalidArgument (symbol, range).
    Result<BackfillPlan> plan(const BackfillRequest& request);
    /// For planning many; belongs to one thread. Errors: those of the store.
    Result<std::unique_ptr<PlanSession>> planSession();
    /// The job runs until it is final. Waits for the store where only holes are wanted. Errors: as plan(); StorageReadOnly.
    Result<JobId> backfill(const BackfillRequest& request, JobKeeping keeping = JobKeeping::OverRestarts);
    void command(JobId job, JobCommand command); ///< does nothing where it does not apply
    void cancel(JobId job) { command(job, JobCommand::Cancel); } ///< final within 100 ms; pages being written are finished
    void cancelAll();
    void pause(JobId job) { command(job, JobCommand::Pause); }
    void resume(JobId job) { command(job, JobCommand::Resume); }
    void retry(JobId job) { command(job, JobCommand::Retry); }   ///< a final job begins again with what is missing
    void prefer(JobId job) { command(job, JobCommand::Prefer); } ///< before others that wait
    void forget(std::span<const JobId> jobs);                    ///< final ones are no longer listed
    void setJobsAtOnce(int atOnce); ///< of one lane and priority; until the settings change
    int jobsAtOnce() const;
    /// Jobs of the last start that were not done, oldest first; with keepsQueue alone.
    std::vector<StoredJob> leftOver() const;
    /// Takes them up again; what cannot be (the exchange is gone) is told in @p problems. @return how many began
    int resumeLeftOver(std::vector<std::string>* problems = nullptr);
    void discardLeftOver();
    /// Before the end: sends nothing more and waits until what is on the wire is stored, at most @p limit.
    bool drain(milliseconds limit);
    std::vector<JobSnapshot> jobs() const; ///< oldest first
    std::optional<JobDetails> details(JobId id) const;
    std::optional<JobSnapshot> job(JobId id) const;
    /// What a job waited for since it was asked for, or tried again: its turn, the market list, and what its lane told.
    std::vector<Wait> waits(JobId id) const;
    /// Waits until @p job is final. False when stopped first.
    bool wait(JobId job, std::stop_token stop = {});
    std::vector<LaneSnapshot> lanes() const;

    /// Starts one backfill for each series of the configured universe: from the last stored bar less the overlap to now.
    /// Series that cannot be (unknown venue, no such frame) are left out and told in @p skipped.
    Result<std::vector<JobId>> incremental(Problems* skipped = nullptr);
    /// The same for one series; the request's range is of no account. Errors: as backfill().
    Result<JobId> incremental(const BackfillRequest& series, JobKeeping keeping = JobKeeping::OverRestarts);

    // --- repair ---
    /// Asks again for ranges of a stored series, though answered, before all other work of the exchange. The job is one of
    /// jobs(); its gaps are those that remain in the ranges. Errors: as backfill(); NotFound where no such series is stored.
    Result<JobId> repair(const RepairRequest& request);
    /// What a repair found and what it left. Nothing for a job that is no repair; while it runs, the half before.
    std::optional<RepairProof> proof(JobId job) const;

    // --- what is there and what is missing ---
    /// Of the whole store, for summaries and the heatmap; what is stored through this engine is noted in it. Thread-safe;
    /// nothing is read before its first load() or refresh().
    CoverageIndex& coverage();

    // --- following ---
    /// While the guard lives the newest bars of a stored series come by the venue's stream, or are asked for now and then
    /// (Follower): closed ones are stored, the running one is told as BarRunning. Guards of one series share its
    /// questions. Read only, the guard does nothing.
    [[nodiscard]] std::shared_ptr<void> follow(const SeriesKey& series);
    std::vector<FeedSnapshot> feeds() const; ///< connections to streams, by id; cheap
    std::shared_ptr<const FeedReport> live() const; ///< as FeedsChanged told last; never null, cheap

    // --- what a person knows about gaps; these wait for the disk ---
    /// Adds to the user's outages.yaml (annotations.yaml), which keeps its other text, and puts it to use. @return the entry's
    /// id. Errors: as addToFile(); NotFound for an exchange that nobody describes, Config where there is no folder of the user.
    Result<std::string> markOutage(const ListedOutage& outage);
    Result<std::string> annotate(const Annotation& annotation);
    /// Takes such an entry out again. Errors: NotFound where the user's own file has none of this id; as removeOutage().
    Result<void> unmarkOutage(const std::string& id);
    Result<void> removeAnnotation(const std::string& id);
    /// What was asked for and marked in a series by anybody, newest first: the lines of actions.jsonl. Waits for the disk.
    Result<std::vector<ActionRecord>> actions(const SeriesKey& series, TimeRange within, std::size_t most) const;

    // --- reading; these wait for the store and belong on a worker thread ---
    /// With listed outages, and with inferred ones as far as coverage() was loaded. Cheap enough for every repaint.
    Result<std::vector<Gap>> gaps(const SeriesRecord& series, TimeRange within);
    /// What speaks for the class of each of @p gaps, in their order. Reads neighbours, requests and other series.
    Result<std::vector<GapEvidence>> evidence(const SeriesRecord& series, std::span<const Gap> gaps);
    /// Holds stored series against each other by the limits of quality.compare. Errors: as compareStored().
    Result<CompareReport> compare(const CompareRequest& request, std::stop_token stop = {}, const CompareProgress& progress = {});
    /// The same, with stored findings brought in line. Errors: as compareAndStore().
    Result<CompareStoring> compareAndStore(
        const CompareRequest& request, std::stop_token stop = {}, const CompareProgress& progress = {});
    /// Two series bar by bar, for a chart's overlay. Errors: as compareStored().
    Result<std::vector<BarDifference>> differences(const CompareRequest& request, std::stop_token stop = {});
    /// From the venue; saved, and used for symbols from then on. Waits for the network.
    /// @param waits what its lane told meanwhile; may be null
    Result<std::vector<Instrument>> fetchMarkets(
        const std::string& exchange, std::stop_token stop = {}, std::shared_ptr<WaitLog> waits = {});

    // --- trust: rules, findings and what is done about them; these wait too ---
    /// As quality.yaml says; allRules() tells what each rule is.
    std::shared_ptr<const RuleSettings> ruleSettings() const;
    /// As validateStore(); the series of the universe are held against the clock. Works on the calling thread.
    Result<ValidationOutcome> validate(const ValidationRequest& request, std::stop_token stop = {},
        const std::function<void(const ValidationProgress&)>& progress = {});
    /// The same on a thread of its own; the engine's end cancels it.
    std::shared_ptr<ValidationRun> startValidation(ValidationRequest request);
    /// As StoreWriter::decide. An empty `who` is the name of the session's user, `at` the time now where it is not set.
    Result<std::vector<Finding>> decide(FindingDecision decision);
    /// Writes another venue's or source's bars in the place of the finding's own, as DecisionAction::Replace does; bars
    /// that this series lacks are put in. Undo with decide(). Errors: NotFound (finding, series, no bars there),
    /// InvalidArgument (other bars than the finding's, no reason), StorageReadOnly.
    Result<Finding> replace(FindingId finding, const SeriesKey& from, const std::string& reason);
    /// The same for bars that no finding names: one is raised for it, rule "by_hand".
    Result<Finding> replaceBars(const SeriesKey& series, TimeRange bars, const SeriesKey& from, const std::string& reason);
    /// How many findings each rule raised on each of the last @p days, today last: StoreReader::ruleHistory by the engine's clock.
    Result<std::vector<RuleHistory>> ruleHistory(int days, const FindingFilter& filter = {});
    /// The rows, pages, decisions and raw answer behind a finding. Errors: NotFound; those of the store.
    Result<Provenance> provenance(FindingId finding);

    // --- alerts: rules about health, and who is told ---
    /// As of the last look, or as stored where another process looks; never null. Cheap.
    std::shared_ptr<const AlertSnapshot> alerts() const;
    /// Where desktop notifications go while the guard lives; called from any thread, must be quick.
    [[nodiscard]] std::shared_ptr<void> showNotifications(NotificationHandler handler);
    // these wait for the store
    /// Looks now. Read only, reads what another process stored. Errors: those of the store.
    Result<std::shared_ptr<const AlertSnapshot>> checkAlerts();
    /// Nobody is told of matching alerts from now until @p silence.until; an empty `who` is the session's user.
    /// Errors: InvalidArgument, StorageReadOnly; those of the store.
    Result<Silence> silence(Silence silence);
    Result<Silence> unsilence(SilenceId id); ///< errors: NotFound, StorageReadOnly
    Result<Alert> acknowledge(AlertId id, std::string who = {}); ///< errors: NotFound, StorageReadOnly
    /// Newest first; with what channels were told.
    Result<AlertHistory> alertHistory(const AlertFilter& filter);
    /// Sends a test message now, once, also by a channel that is off. Waits for the network. Errors: NotFound; a delivery
    /// that failed is no error.
    Result<AlertDelivery> testChannel(const std::string& channel, std::stop_token stop = {});
    bool waitForDeliveries(milliseconds limit); ///< before the end of a short program; false where some are not done

    // --- files; these wait ---
    Result<ImportOutcome> importFiles(const ImportRequest& request, std::stop_token stop = {});
    Result<RebuildOutcome> rebuild(const SeriesFilter& filter, std::stop_token stop = {},
        const std::function<void(std::int64_t answers)>& progress = {});
    Result<std::int64_t> rebuildAggregates(const SeriesFilter& filter);

    /// Bars of a coarser frame from stored ones, as deriveBars() says. Errors: as that; StorageReadOnly.
    Result<DerivedBars> rollUp(const SeriesKey& from, Timeframe to, TimeRange range, std::stop_token stop = {});

    // --- pipelines: what the scheduler decided (core/pipeline); waits ---
    Result<void> saveRuns(const RunChanges& changes);

    // --- how things are; these wait ---
    /// What is stale, missing, failed, at risk or wrong, grouped by cause. Errors: those of the store.
    Result<Health> health();
    /// Takes an issue's step. Errors: as mnemo::treat().
    Result<Treatment> treat(const HealthIssue& issue, const std::string& reason = {});
    std::vector<DoctorLine> doctor(); ///< waits; asks every venue in use for its time

private:
    struct Private;
    explicit Engine(std::unique_ptr<Private> p);
    std::unique_ptr<Private> d;
};

} // namespace mnemo
