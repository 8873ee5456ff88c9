#include "core/engine/engine.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "core/base/log.h"
#include "core/base/priority.h"
#include "core/engine/alertservice.h"
#include "core/engine/collector.h"
#include "core/engine/doctor.h"
#include "core/engine/eventhub.h"
#include "core/engine/healthreader.h"
#include "core/engine/remarks.h"
#include "core/engine/replacing.h"
#include "core/engine/follower.h"
#include "core/ingest/importfiles.h"
#include "core/ingest/universe.h"
#include "core/quality/gaps.h"
#include "core/quality/verification.h"
#include "core/storage/sqlite/sqlitestore.h"

namespace mnemo {

struct Engine::Private {
    EngineOptions options;
    std::shared_ptr<const Clock> clock;
    std::shared_ptr<EventHub> hub = std::make_shared<EventHub>();

    mutable std::mutex mutex; // settings, catalogue and rules
    mutable std::condition_variable catalogueRead;
    std::shared_ptr<const LoadedSettings> settings;
    std::shared_ptr<const Catalogue> catalogue; ///< null until the exchanges are read
    std::shared_ptr<const RuleSettings> rules;

    std::unique_ptr<Remarks> remarks;
    std::unique_ptr<Store> store;
    std::unique_ptr<CoverageIndex> coverage;
    std::shared_ptr<void> coverageNotes; ///< events go on to the index until this goes
    std::unique_ptr<Archive> archive;
    std::unique_ptr<Collector> collector; ///< null when read-only
    std::unique_ptr<Follower> follower; ///< likewise
    HealthReader health;
    std::vector<StoredJob> leftOver; ///< under the mutex
    std::vector<std::weak_ptr<ValidationRun>> validations; ///< under the mutex
    std::shared_ptr<const AlertSettings> alertSettings; ///< under the mutex
    std::unique_ptr<AlertService> alerts; // its thread uses what stands above
    std::unique_ptr<SettingsWatcher> watcher; // the threads of these two use the rest
    std::jthread opening; // last: makes the watcher

    void use(LoadedSettings loaded);
    void openCoverage();
    void useWithoutExchanges(LoadedSettings loaded);
    void readExchanges();
    void watchSettings();
    std::shared_ptr<const Catalogue> waitForCatalogue() const;
    Result<std::string> remark(const auto& entry);
    Result<void> withdraw(const auto& entries, const std::string& id);
    void settingsChanged(const LoadedSettings& now, bool accepted);
    void openAlerts(Engine& engine);
    void applyAlerts();
    Result<SeriesSpec> specify(const BackfillRequest& request) const;
    FollowSettings followed() const;
    IntervalSet absenceDue(StoreReader& reader, const SeriesRecord& series, const PageRules& paging, UtcMs before) const;
    Result<Collector::Start> catchUp(const BackfillRequest& wanted, StoreReader& reader) const;
    Error readOnly() const;
    std::unique_ptr<JobJournal> openJournal() const;
};

namespace {

std::shared_ptr<const Settings> settingsOf(const std::shared_ptr<const LoadedSettings>& loaded)
{
    return {loaded, &loaded->settings};
}

OutageRules outageRulesOf(const GapSettings& settings)
{
    return {settings.outageSeries, settings.outageShare, settings.liquidDays, settings.liquidShare};
}

} // namespace

/// Takes over what could be understood; the rest becomes problems beside those of the files.
void Engine::Private::use(LoadedSettings loaded)
{
    auto fresh = std::make_shared<Catalogue>(Catalogue::load(loaded.settings.exchanges, loaded.problems));
    auto freshRules = std::make_shared<const RuleSettings>(RuleSettings::load(loaded.settings.rules, loaded.problems));
    auto freshAlerts = std::make_shared<const AlertSettings>(AlertSettings::load(loaded.settings.alerts, loaded.problems));
    auto shared = std::make_shared<const LoadedSettings>(std::move(loaded));
    const std::lock_guard lock(mutex);
    settings = std::move(shared);
    catalogue = std::move(fresh);
    rules = std::move(freshRules);
    alertSettings = std::move(freshAlerts);
    catalogueRead.notify_all();
}

void Engine::Private::useWithoutExchanges(LoadedSettings loaded)
{
    auto freshRules = std::make_shared<const RuleSettings>(RuleSettings::load(loaded.settings.rules, loaded.problems));
    auto freshAlerts = std::make_shared<const AlertSettings>(AlertSettings::load(loaded.settings.alerts, loaded.problems));
    const std::lock_guard lock(mutex);
    settings = std::make_shared<const LoadedSettings>(std::move(loaded));
    rules = std::move(freshRules);
    alertSettings = std::move(freshAlerts);
}

/// The second half of a start that does not wait for a hundred files.
void Engine::Private::readExchanges()
{
    giveWayToOthers(); // the window is being built
    use(loadSettings(options.config));
    if (collector)
        collector->apply(settingsOf(settings)); // a file may have changed in between
    coverage->setOutages(outageRulesOf(settings->settings.gaps), settings->settings.outages);
    applyAlerts();
    hub->publish(SettingsChanged {settings->problems, true});
    watchSettings();
}

void Engine::Private::watchSettings()
{
    if (!options.watchSettings)
        return;
    watcher = std::make_unique<SettingsWatcher>(options.config, *settings,
        [this](const LoadedSettings& now, bool accepted) { settingsChanged(now, accepted); });
}

std::shared_ptr<const Catalogue> Engine::Private::waitForCatalogue() const
{
    std::unique_lock lock(mutex);
    catalogueRead.wait(lock, [&] { return catalogue != nullptr; });
    return catalogue;
}

void Engine::Private::settingsChanged(const LoadedSettings& now, bool accepted)
{
    if (accepted) {
        use(now);
        if (const auto level = log::levelFromText(now.settings.logging.level))
            log::setLevel(*level);
        if (collector)
            collector->apply(settingsOf(settings));
        coverage->setOutages(outageRulesOf(now.settings.gaps), now.settings.outages);
        applyAlerts();
        log::info("engine", "changed settings are in use");
    } else {
        for (const Problem& problem : now.problems)
            log::warning("engine", "changed settings refused: " + problem.text());
    }
    hub->publish(SettingsChanged {now.problems, accepted});
}

Result<std::string> Engine::Private::remark(const auto& entry)
{
    waitForCatalogue(); // until then the exchanges are not known
    {
        const std::lock_guard lock(mutex);
        if (!settings->settings.exchanges.contains(entry.exchange))
            return fail(ErrorCode::NotFound, "there is no exchange " + entry.exchange);
    }
    auto id = remarks->add(entry);
    if (id)
        settingsChanged(loadSettings(options.config), true);
    return id;
}

/// @param entries all that are in use
Result<void> Engine::Private::withdraw(const auto& entries, const std::string& id)
{
    const auto found = std::ranges::find_if(entries, [&id](const auto& entry) { return entry.id == id; });
    if (found == entries.end())
        return fail(ErrorCode::NotFound, "there is no entry " + id);
    auto done = remarks->remove(*found);
    if (done)
        settingsChanged(loadSettings(options.config), true);
    return done;
}

void Engine::Private::openCoverage()
{
    const Settings& now = settings->settings;
    coverage = std::make_unique<CoverageIndex>(*store, outageRulesOf(now.gaps), now.outages);
    coverageNotes = hub->subscribe([index = coverage.get()](const Event& event) {
        if (const auto* rows = std::get_if<RowsStored>(&event))
            index->note(rows->series, rows->range);
        else if (const auto* span = std::get_if<CoverageChanged>(&event))
            index->note(span->series, span->range);
        else if (const auto* finding = std::get_if<FindingRaised>(&event))
            index->note(finding->series, finding->range);
    });
}

void Engine::Private::openAlerts(Engine& engine)
{
    AlertService::Parts parts {*store, collector ? &collector->writer() : nullptr, hub, clock,
        options.secrets ? options.secrets : std::make_shared<const EnvironmentSecrets>(), [&engine] { return engine.health(); },
        [&engine] { return engine.settings(); }};
    alerts = std::make_unique<AlertService>(std::move(parts), *alertSettings, options.watchesAlerts);
}

void Engine::Private::applyAlerts()
{
    std::shared_ptr<const AlertSettings> fresh;
    {
        const std::lock_guard lock(mutex);
        fresh = alertSettings;
    }
    alerts->apply(*fresh);
}

Result<SeriesSpec> Engine::Private::specify(const BackfillRequest& request) const
{
    return mnemo::specify(request, *waitForCatalogue(), clock->now());
}

FollowSettings Engine::Private::followed() const
{
    auto known = waitForCatalogue();
    const std::lock_guard lock(mutex);
    return {std::move(known), settings->settings.ingest.followLive};
}

/// Absence before @p before that was seen once and is due to be asked about again, in pieces that one request brings. What
/// cannot be read is logged and left: the new bars are worth more than the check of old ones.
IntervalSet Engine::Private::absenceDue(StoreReader& reader, const SeriesRecord& series, const PageRules& paging, UtcMs before) const
{
    if (paging.isLatestOnly() || paging.isFromTrades)
        return {}; // old bars cannot be asked for alone
    GapSettings gaps;
    {
        const std::lock_guard lock(mutex);
        gaps = settings->settings.gaps;
    }
    const UtcMs now = clock->now();
    const auto due = absenceToVerify(reader, series, {now - gaps.verifyWithin, before}, now - gaps.verifyAfter);
    if (!due)
        log::warning("engine", "absence is not verified: " + due.error().detail, {{"series", series.key.text()}});
    return due ? joinedByPage(IntervalSet(*due), paging) : IntervalSet();
}

/// From the last stored bar, less the overlap, to now.
Result<Collector::Start> Engine::Private::catchUp(const BackfillRequest& wanted, StoreReader& reader) const
{
    const UtcMs now = clock->now();
    IngestSettings ingest;
    {
        const std::lock_guard lock(mutex);
        ingest = settings->settings.ingest;
    }
    BackfillRequest request = wanted;
    request.range = {now - ingest.firstRange, now};
    auto spec = specify(request);
    if (!spec)
        return fail(std::move(spec.error()));
    IntervalSet recheck;
    // there is nothing to catch up with; slots since the last reading are missing for good
    if (spec->rules.isSnapshot)
        spec->wanted.from = spec->rules.grid.floor(now);
    if (auto record = reader.find(spec->key); record && *record) {
        auto summary = reader.summary((*record)->id);
        const Grid& grid = spec->rules.grid;
        if (summary && summary->last && spec->rules.isSnapshot) {
            spec->wanted.from = std::min(grid.next(*summary->last), spec->wanted.from);
        } else if (summary && summary->last) {
            const TimeRange overlap {grid.advance(*summary->last, 1 - ingest.overlapBars), grid.next(*summary->last)};
            spec->wanted.from = overlap.from;
            recheck = absenceDue(reader, **record, spec->rules, overlap.from);
            recheck.add(overlap);
        }
    }
    return Collector::Start {std::move(*spec), {}, std::move(recheck), Priority::Incremental, 0, false, false};
}

Error Engine::Private::readOnly() const
{
    return {ErrorCode::StorageReadOnly,
        "this session only reads: another process collects into " + options.dataDir.string()};
}

/// Null where the queue is not kept. Work goes on without it: nothing that is stored depends on it.
std::unique_ptr<JobJournal> Engine::Private::openJournal() const
{
    if (!options.keepsQueue)
        return nullptr;
    std::vector<std::string> problems;
    auto journal = JobJournal::open(options.dataDir / "jobs.journal", problems);
    for (const std::string& problem : problems)
        log::warning("engine", problem);
    if (journal)
        return std::move(*journal);
    log::error("engine", "the queue of jobs is not kept for the next start: " + journal.error().detail);
    return nullptr;
}

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
            [index = p->coverage.get()](const SeriesKey& key) { return index->outages()->rangesOf(key); }, std::move(journal));
        p->follower = std::make_unique<Follower>(
            Follower::Parts {*p->store, p->collector->lanePool(), p->collector->writer(), *p->clock, p->hub},
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
    return PlanSession::open(*d->store, catalogue(), settings()->settings.rate.share);
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

// --- repair ---

Result<JobId> Engine::repair(const RepairRequest& request)
{
    if (!d->collector)
        return fail(d->readOnly());
    if (!request.route.empty() && request.route != "rest")
        return fail(ErrorCode::Unsupported, "there is no route " + request.route + " to " + request.series.exchange + ": leave it out");
    auto reader = d->store->openReader();
    if (!reader)
        return fail(std::move(reader.error()));
    const auto record = (*reader)->find(request.series);
    if (!record)
        return fail(record.error());
    if (!*record)
        return fail(ErrorCode::NotFound, request.series.text() + " is not stored: backfill collects it");
    const IntervalSet ranges(request.ranges);
    BackfillRequest wanted;
    wanted.exchange = request.series.exchange;
    wanted.source = request.series.source;
    wanted.market = request.series.market;
    wanted.symbol = request.series.symbol;
    wanted.kind = request.series.kind;
    wanted.timeframe = request.series.timeframe;
    wanted.range = ranges.hull();
    auto spec = d->specify(wanted);
    if (!spec)
        return fail(std::move(spec.error()));
    IntervalSet asked;
    for (const TimeRange& range : ranges.ranges())
        asked.add({spec->rules.grid.floor(range.from), spec->rules.grid.ceil(range.to)});
    if (request.isJoining)
        asked = joinedByPage(asked, spec->rules);
    asked = intersected(asked, IntervalSet(TimeRange {UtcMs::min(), spec->wanted.to}));
    spec->wanted = spec->rules.grid.aligned(asked.hull());
    d->remarks->asked("verify", spec->key, spec->wanted, std::ssize(asked.ranges()));
    return d->collector->start({std::move(*spec), (*record)->exchangeSymbol, std::move(asked), Priority::Repair, 0, false, true});
}

std::optional<RepairProof> Engine::proof(JobId job) const
{
    return d->collector ? d->collector->proof(job) : std::nullopt;
}

// --- what a person knows ---

Result<std::string> Engine::markOutage(const ListedOutage& outage)
{
    return d->remark(outage);
}

Result<std::string> Engine::annotate(const Annotation& annotation)
{
    return d->remark(annotation);
}

Result<void> Engine::unmarkOutage(const std::string& id)
{
    return d->withdraw(settings()->settings.outages, id);
}

Result<void> Engine::removeAnnotation(const std::string& id)
{
    return d->withdraw(settings()->settings.annotations, id);
}

Result<std::vector<ActionRecord>> Engine::actions(const SeriesKey& series, TimeRange within, std::size_t most) const
{
    return d->remarks->log().of(series, within, most);
}

// --- reading ---

Result<std::vector<Gap>> Engine::gaps(const SeriesRecord& series, TimeRange within)
{
    auto reader = d->store->openReader();
    if (!reader)
        return fail(std::move(reader.error()));
    auto held = (*reader)->openTimes(series.id, within);
    if (!held)
        return fail(std::move(held.error()));
    auto coverage = (*reader)->coverage(series.id, within);
    if (!coverage)
        return fail(std::move(coverage.error()));
    return withOutages(
        findGaps(*held, *coverage, series.grid(), within), d->coverage->outages()->rangesOf(series.key), series.grid());
}

Result<std::vector<GapEvidence>> Engine::evidence(const SeriesRecord& series, std::span<const Gap> gaps)
{
    auto reader = d->store->openReader();
    if (!reader)
        return fail(std::move(reader.error()));
    const auto all = (*reader)->series();
    if (!all)
        return fail(all.error());
    const auto loaded = settings();
    const auto book = d->coverage->outages();
    GapExplainer explainer(**reader, series, *all, *book, loaded->settings.annotations);
    std::vector<GapEvidence> out;
    for (const Gap& gap : gaps) {
        auto one = explainer.explain(gap);
        if (!one)
            return fail(std::move(one.error()));
        out.push_back(std::move(*one));
    }
    return out;
}

Result<CompareReport> Engine::compare(const CompareRequest& request, std::stop_token stop, const CompareProgress& progress)
{
    return compareStored(*d->store, request, settings()->settings.compare, {}, std::move(stop), progress);
}

Result<CompareStoring> Engine::compareAndStore(
    const CompareRequest& request, std::stop_token stop, const CompareProgress& progress)
{
    auto done = mnemo::compareAndStore(*d->store, d->collector ? &d->collector->writer() : nullptr, *d->clock, request,
        settings()->settings.compare, std::move(stop), progress);
    if (!done)
        return done;
    for (const SeriesKey& key : request.series)
        d->hub->publish(FindingsChanged {key, done->report.range});
    return done;
}

Result<std::vector<BarDifference>> Engine::differences(const CompareRequest& request, std::stop_token stop)
{
    return differencesStored(*d->store, request, settings()->settings.compare, std::move(stop));
}

Result<std::vector<Instrument>> Engine::fetchMarkets(const std::string& exchange, std::stop_token stop)
{
    auto venue = catalogue()->venue(exchange);
    if (!venue)
        return fail(std::move(venue.error()));
    if (!d->collector)
        return fail(d->readOnly());
    return d->collector->fetchMarkets(std::move(*venue), std::move(stop));
}

// --- trust ---

std::shared_ptr<const RuleSettings> Engine::ruleSettings() const
{
    const std::lock_guard lock(d->mutex);
    return d->rules;
}

Result<ValidationOutcome> Engine::validate(
    const ValidationRequest& request, std::stop_token stop, const std::function<void(const ValidationProgress&)>& progress)
{
    const auto rules = ruleSettings();
    ValidationHost host {*d->store, d->collector ? &d->collector->writer() : nullptr, *rules, *d->clock, {}, {}};
    host.keptFresh = universeKeys(settings()->settings, *catalogue(), d->clock->now());
    host.changed = [this](const SeriesRecord& series, TimeRange range) { d->hub->publish(FindingsChanged {series.key, range}); };
    return validateStore(host, request, std::move(stop), progress);
}

std::shared_ptr<ValidationRun> Engine::startValidation(ValidationRequest request)
{
    auto run = std::make_shared<ValidationRun>([this, request = std::move(request)](std::stop_token stop, const auto& progress) {
        return validate(request, std::move(stop), progress);
    });
    const std::lock_guard lock(d->mutex);
    std::erase_if(d->validations, [](const auto& weak) { return weak.expired(); });
    d->validations.push_back(run);
    return run;
}

Result<std::vector<Finding>> Engine::decide(FindingDecision decision)
{
    if (!d->collector)
        return fail(d->readOnly());
    if (decision.who.empty())
        decision.who = sessionUser();
    if (decision.at == UtcMs {})
        decision.at = d->clock->now();
    auto changed = d->collector->writer().call([&](StoreWriter& store) { return store.decide(decision); });
    if (!changed)
        return changed;
    auto reader = d->store->openReader();
    const auto all = reader ? (*reader)->series() : Result<std::vector<SeriesRecord>>(tl::unexpected<Error>(reader.error()));
    if (!all)
        return fail(all.error());
    for (const Finding& finding : *changed) {
        const auto series = std::ranges::find(*all, finding.series, &SeriesRecord::id);
        if (series != all->end())
            d->hub->publish(FindingsChanged {series->key, finding.range});
    }
    return changed;
}

Result<Finding> Engine::replace(FindingId finding, const SeriesKey& from, const std::string& reason)
{
    auto reader = d->store->openReader();
    if (!reader)
        return fail(std::move(reader.error()));
    auto rows = replacementRows(**reader, finding, from);
    if (!rows)
        return fail(std::move(rows.error()));
    auto changed = decide({{finding}, DecisionAction::Replace, {}, reason, {}, std::move(*rows)});
    if (!changed)
        return fail(std::move(changed.error()));
    return std::move(changed->front());
}

Result<Finding> Engine::replaceBars(
    const SeriesKey& series, TimeRange bars, const SeriesKey& from, const std::string& reason)
{
    if (!d->collector)
        return fail(d->readOnly());
    auto reader = d->store->openReader();
    if (!reader)
        return fail(std::move(reader.error()));
    const auto id = raiseByHand(**reader, d->collector->writer(), series, bars, d->clock->now());
    if (!id)
        return fail(id.error());
    return replace(*id, from, reason);
}

Result<std::vector<RuleHistory>> Engine::ruleHistory(int days, const FindingFilter& filter)
{
    auto reader = d->store->openReader();
    if (!reader)
        return fail(std::move(reader.error()));
    return (*reader)->ruleHistory(d->clock->now(), days, filter);
}

Result<Provenance> Engine::provenance(FindingId finding)
{
    auto reader = d->store->openReader();
    if (!reader)
        return fail(std::move(reader.error()));
    return provenanceOf(**reader, d->archive.get(), finding);
}

// --- alerts ---

std::shared_ptr<const AlertSnapshot> Engine::alerts() const
{
    return d->alerts->snapshot();
}

std::shared_ptr<void> Engine::showNotifications(NotificationHandler handler)
{
    return d->alerts->showNotifications(std::move(handler));
}

Result<std::shared_ptr<const AlertSnapshot>> Engine::checkAlerts()
{
    return d->alerts->check();
}

Result<Silence> Engine::silence(Silence silence)
{
    return d->alerts->silence(std::move(silence));
}

Result<Silence> Engine::unsilence(SilenceId id)
{
    return d->alerts->unsilence(id);
}

Result<Alert> Engine::acknowledge(AlertId id, std::string who)
{
    return d->alerts->acknowledge(id, who);
}

Result<AlertHistory> Engine::alertHistory(const AlertFilter& filter)
{
    return d->alerts->history(filter);
}

Result<AlertDelivery> Engine::testChannel(const std::string& channel, std::stop_token stop)
{
    return d->alerts->test(channel, std::move(stop));
}

bool Engine::waitForDeliveries(milliseconds limit)
{
    return d->alerts->waitForDeliveries(limit);
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

Result<DerivedBars> Engine::derive(const SeriesKey& from, Timeframe to, TimeRange range, std::stop_token stop)
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
    return examine({*settings(), *catalogue(), *d->store, d->archive.get(), *d->clock, d->options.dataDir});
}

} // namespace mnemo
