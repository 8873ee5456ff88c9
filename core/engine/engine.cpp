#include "core/engine/enginestate.h"

#include <algorithm>

#include "core/engine/doctor.h"
#include "core/ingest/importfiles.h"
#include "core/ingest/universe.h"
#include "core/storage/sqlite/sqlitestore.h"

namespace mnemo {

Engine::Engine(std::unique_ptr<Private> p)
    : d(std::move(p))
{
}

Engine::~Engine()
{
    std::vector<std::weak_ptr<ValidationRun>> running;
    {
        const std::lock_guard lock(d->mutex);
        running.swap(d->validations);
    }
    for (const auto& weak : running) {
        if (const auto run = weak.lock()) {
            run->cancel();
            (void)run->wait();
        }
    }
    // Private's members go last to first; until then handlers may ask them
}

Result<std::unique_ptr<Engine>> Engine::open(EngineOptions options)
{
    auto p = std::make_unique<Private>();
    p->clock = options.clock ? options.clock : std::make_shared<SystemClock>();
    p->options = std::move(options);
    if (p->options.opensAtOnce)
        p->useWithoutExchanges(loadSettingsWithoutExchanges(p->options.config));
    else
        p->use(loadSettings(p->options.config));
    const Settings& settings = p->settings->settings;

    auto store = openSqliteStore(p->options.dataDir, settings.database, p->options.mode);
    if (!store)
        return fail(std::move(store.error()));
    p->store = std::move(*store);
    p->remarks = std::make_unique<Remarks>(p->options.config.user, p->options.dataDir, *p->clock);
    p->openCoverage();
    auto archive = openArchive(p->options.dataDir, settings.bronze);
    if (!archive)
        return fail(std::move(archive.error()));
    p->archive = std::move(*archive);
    if (p->options.mode == OpenMode::ReadWrite) {
        auto writer = p->store->openWriter();
        if (!writer)
            return fail(std::move(writer.error()));
        auto journal = p->openJournal();
        if (journal)
            p->leftOver = journal->open();
        p->collector = std::make_unique<Collector>(*p->store, std::move(*writer), p->archive.get(), *p->clock, *p->hub,
            settingsOf(p->settings),
            [index = p->coverage.get()](const SeriesKey& key) { return index->outages()->rangesOf(key); }, std::move(journal),
            p->secrets());
        p->follower = std::make_unique<Follower>(
            Follower::Parts {*p->store, p->collector->lanePool(), p->collector->writer(), *p->clock, p->hub,
                p->archive.get(), p->options.sockets},
            [raw = p.get()] { return raw->followed(); });
    }
    std::unique_ptr<Engine> engine(new Engine(std::move(p)));
    Private& opened = *engine->d;
    opened.openAlerts(*engine);
    if (opened.options.opensAtOnce)
        opened.opening = std::jthread([&opened] { opened.readExchanges(); });
    else
        opened.watchSettings();
    return engine;
}

std::shared_ptr<const LoadedSettings> Engine::settings() const
{
    const std::lock_guard lock(d->mutex);
    return d->settings;
}

std::shared_ptr<const Catalogue> Engine::catalogue() const
{
    return d->waitForCatalogue();
}

CoverageIndex& Engine::coverage()
{
    return *d->coverage;
}

Store& Engine::store()
{
    return *d->store;
}

Archive* Engine::archive()
{
    return d->archive.get();
}

bool Engine::isReadOnly() const
{
    return !d->collector;
}

const std::filesystem::path& Engine::dataDir() const
{
    return d->options.dataDir;
}

const Clock& Engine::clock() const
{
    return *d->clock;
}

std::shared_ptr<void> Engine::subscribe(EventHandler handler)
{
    return d->hub->subscribe(std::move(handler));
}

// --- backfill ---

Result<std::unique_ptr<PlanSession>> Engine::planSession()
{
    return PlanSession::open(*d->store, catalogue(), settings()->settings.rate.share, fileUseFromText(settings()->settings.files.use), d->secrets());
}

Result<BackfillPlan> Engine::plan(const BackfillRequest& request)
{
    auto session = planSession();
    if (!session)
        return fail(std::move(session.error()));
    return (*session)->plan(request, d->clock->now(), PlanDetail::Pages);
}

Result<JobId> Engine::backfill(const BackfillRequest& request, JobKeeping keeping)
{
    if (!d->collector)
        return fail(d->readOnly());
    auto spec = d->specify(request);
    if (spec && request.scope == RangeScope::Holes) {
        auto session = planSession();
        if (!session)
            return fail(std::move(session.error()));
        spec = (*session)->specify(request, d->clock->now());
    }
    if (!spec)
        return fail(std::move(spec.error()));
    d->remarks->asked("backfill", spec->key, spec->wanted, 1);
    return d->collector->start({std::move(*spec), request.exchangeSymbol, {}, Priority::Backfill, 0, false, false,
        keeping == JobKeeping::OverRestarts});
}

void Engine::command(JobId job, JobCommand command)
{
    if (d->collector)
        d->collector->command(job, command);
}

void Engine::cancelAll()
{
    if (d->collector)
        d->collector->cancelAll();
}

void Engine::forget(std::span<const JobId> jobs)
{
    if (d->collector)
        d->collector->forget(jobs);
}

void Engine::setJobsAtOnce(int atOnce)
{
    if (d->collector)
        d->collector->setJobsAtOnce(atOnce);
}

int Engine::jobsAtOnce() const
{
    return d->collector ? d->collector->jobsAtOnce() : settings()->settings.ingest.jobsAtOnce;
}

bool Engine::drain(milliseconds limit)
{
    if (d->follower)
        d->follower->stop();
    return !d->collector || d->collector->drain(limit);
}

// --- what the last start left over ---

std::vector<StoredJob> Engine::leftOver() const
{
    const std::lock_guard lock(d->mutex);
    return d->leftOver;
}

int Engine::resumeLeftOver(std::vector<std::string>* problems)
{
    std::vector<StoredJob> jobs;
    {
        const std::lock_guard lock(d->mutex);
        jobs.swap(d->leftOver);
    }
    int begun = 0;
    for (const StoredJob& job : jobs) {
        auto spec = d->specify(job.request);
        if (!spec) {
            if (problems)
                problems->push_back(spec.error().detail);
            d->collector->journal()->end(job.key);
            continue;
        }
        d->collector->start({std::move(*spec), job.request.exchangeSymbol, {}, Priority::Backfill, job.key, job.isPaused, false});
        ++begun;
    }
    return begun;
}

void Engine::discardLeftOver()
{
    std::vector<StoredJob> jobs;
    {
        const std::lock_guard lock(d->mutex);
        jobs.swap(d->leftOver);
    }
    for (const StoredJob& job : jobs)
        d->collector->journal()->end(job.key);
}

std::vector<JobSnapshot> Engine::jobs() const
{
    return d->collector ? d->collector->jobs() : std::vector<JobSnapshot> {};
}

std::optional<JobDetails> Engine::details(JobId id) const
{
    return d->collector ? d->collector->details(id) : std::nullopt;
}

std::optional<JobSnapshot> Engine::job(JobId id) const
{
    return d->collector ? d->collector->job(id) : std::nullopt;
}

std::vector<Wait> Engine::waits(JobId id) const
{
    return d->collector ? d->collector->waits(id) : std::vector<Wait> {};
}

bool Engine::wait(JobId job, std::stop_token stop)
{
    return d->collector && d->collector->wait(job, std::move(stop));
}

std::vector<LaneSnapshot> Engine::lanes() const
{
    return d->collector ? d->collector->lanes() : std::vector<LaneSnapshot> {};
}

Result<std::vector<JobId>> Engine::incremental(Problems* skipped)
{
    if (!d->collector)
        return fail(d->readOnly());
    auto reader = d->store->openReader();
    if (!reader)
        return fail(std::move(reader.error()));
    std::vector<JobId> jobs;
    for (const BackfillRequest& wanted : universeOf(settings()->settings)) {
        auto start = d->catchUp(wanted, **reader);
        if (start)
            jobs.push_back(d->collector->start(std::move(*start)));
        else if (skipped)
            skipped->push_back({{}, "universe", start.error().detail, {}});
    }
    return jobs;
}

Result<JobId> Engine::incremental(const BackfillRequest& series, JobKeeping keeping)
{
    if (!d->collector)
        return fail(d->readOnly());
    auto reader = d->store->openReader();
    if (!reader)
        return fail(std::move(reader.error()));
    auto start = d->catchUp(series, **reader);
    if (!start)
        return fail(std::move(start.error()));
    start->isKept = keeping == JobKeeping::OverRestarts;
    return d->collector->start(std::move(*start));
}

std::shared_ptr<void> Engine::follow(const SeriesKey& series)
{
    return d->follower ? d->follower->follow(series) : nullptr;
}

std::vector<FeedSnapshot> Engine::feeds() const
{
    return d->follower ? d->follower->feeds() : std::vector<FeedSnapshot> {};
}

std::shared_ptr<const FeedReport> Engine::live() const
{
    return d->follower ? d->follower->report() : std::make_shared<const FeedReport>();
}

// --- files ---

Result<ImportOutcome> Engine::importFiles(const ImportRequest& request, std::stop_token stop)
{
    if (!d->collector)
        return fail(d->readOnly());
    BackfillRequest target = request.target;
    target.range = {UtcMs {}, d->clock->now()};
    auto spec = d->specify(target);
    if (!spec)
        return fail(std::move(spec.error()));
    auto instrument = spec->venue->instrument(spec->key.market, spec->key.symbol, target.exchangeSymbol);
    if (!instrument)
        return fail(std::move(instrument.error()));
    auto imported = mnemo::importFiles(request, *spec, *instrument, d->collector->writer(), *d->clock, std::move(stop));
    d->coverage->note(spec->key, {UtcMs::min(), UtcMs::max()});
    return imported;
}

Result<RebuildOutcome> Engine::rebuild(
    const SeriesFilter& filter, std::stop_token stop, const std::function<void(std::int64_t answers)>& progress)
{
    if (!d->collector)
        return fail(d->readOnly());
    if (!d->archive)
        return fail(ErrorCode::NotFound, "there is no archive to rebuild from: bronze.keep is off");
    auto rebuilt = rebuildRows(*d->archive, *catalogue(), d->collector->writer(), filter, std::move(stop), progress);
    d->coverage->noteAll();
    return rebuilt;
}

Result<std::int64_t> Engine::rebuildAggregates(const SeriesFilter& filter)
{
    if (!d->collector)
        return fail(d->readOnly());
    return d->collector->writer().call([&](StoreWriter& store) { return store.rebuildAggregates(filter); });
}

Result<DerivedBars> Engine::rollUp(const SeriesKey& from, Timeframe to, TimeRange range, std::stop_token stop)
{
    if (!d->collector)
        return fail(d->readOnly());
    auto derived = deriveBars(*d->store, d->collector->writer(), *d->clock, from, to, range, std::move(stop));
    if (derived && derived->rows > 0) {
        d->hub->publish(RowsStored {derived->series, derived->stored, derived->rows});
        d->hub->publish(CoverageChanged {derived->series, derived->stored});
    }
    return derived;
}

// --- pipelines ---

Result<void> Engine::saveRuns(const RunChanges& changes)
{
    if (!d->collector)
        return fail(d->readOnly());
    return d->collector->writer().call([&](StoreWriter& store) { return store.saveRuns(changes); });
}

Result<Health> Engine::health()
{
    const auto known = catalogue();
    const auto loaded = settings();
    const auto rules = ruleSettings();
    return d->health.read({*d->store, *d->coverage, d->collector.get(), *loaded, *known, *rules, *d->clock, d->options.dataDir});
}

Result<Treatment> Engine::treat(const HealthIssue& issue, const std::string& reason)
{
    return mnemo::treat(*this, issue, d->clock->now(), reason);
}

std::vector<DoctorLine> Engine::doctor()
{
    const auto secrets = d->secrets();
    return examine({*settings(), *catalogue(), *d->store, d->archive.get(), *d->clock, d->options.dataDir, *secrets});
}

} // namespace mnemo
