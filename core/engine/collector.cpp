#include "core/engine/collector.h"

#include <algorithm>
#include <future>

#include "core/base/log.h"
#include "core/net/httpclient.h"
#include "core/quality/gaps.h"

namespace mnemo {

using namespace std::chrono_literals;

namespace {

constexpr milliseconds publishInterval {100};
/// A market list that does not come after so many retries of one call is done without.
constexpr int marketListRetries = 2;

bool isExcused(GapClass gapClass)
{
    return gapClass == GapClass::Empty || gapClass == GapClass::Unlisted || gapClass == GapClass::Delisted;
}

LaneSnapshot toSnapshot(const LaneStatus& status)
{
    return {status.id, status.budgets, status.breaker, status.breakerWait, status.inFlight, status.clients, status.lastError,
        status.clockOffset};
}

SeriesRecord recordOf(const SeriesSpec& spec, const Instrument& instrument)
{
    SeriesRecord record;
    record.key = spec.key;
    record.exchangeSymbol = instrument.id;
    record.anchor = spec.rules.grid.anchor();
    record.contractSize = instrument.contractSize;
    return record;
}

} // namespace

Collector::Collector(Store& store, std::unique_ptr<StoreWriter> writer, Archive* archive, const Clock& clock, EventHub& hub,
    std::shared_ptr<const Settings> settings)
    : m_store(store)
    , m_archive(archive)
    , m_clock(clock)
    , m_hub(hub)
    , m_settings(std::move(settings))
    , m_writer(std::move(writer), m_settings->database)
    , m_worker(std::make_unique<TaskQueue>())
{
}

Collector::~Collector()
{
    cancelAll();
    {
        const std::lock_guard lock(m_mutex);
        m_isStopping = true;
    }
    m_changed.notify_all();
    {
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [this] { return m_waiters == 0; });
    }
    // Lanes first: they let their jobs go, whose last commits the writer then stores. The worker may still want a lane.
    m_worker.reset();
    std::map<std::string, std::unique_ptr<Lane>> lanes;
    {
        const std::lock_guard lock(m_laneMutex);
        lanes.swap(m_lanes);
    }
}

void Collector::apply(std::shared_ptr<const Settings> settings)
{
    {
        const std::lock_guard lock(m_mutex);
        m_settings = std::move(settings);
    }
    std::vector<std::unique_ptr<Lane>> idle; // destroyed after the mutex is free
    const std::lock_guard lock(m_laneMutex);
    for (auto it = m_lanes.begin(); it != m_lanes.end();) {
        if (!it->second->isIdle()) {
            ++it;
            continue;
        }
        idle.push_back(std::move(it->second));
        it = m_lanes.erase(it);
    }
}

// --- commands ---

JobId Collector::start(Start start)
{
    const auto job = std::make_shared<Job>();
    job->snapshot.series = start.spec.key;
    job->snapshot.range = start.spec.wanted;
    job->snapshot.total = start.spec.rules.grid.count(start.spec.wanted);
    job->snapshot.started = m_clock.now();
    job->start = std::move(start);
    {
        const std::lock_guard lock(m_mutex);
        job->id = m_nextId++;
        job->snapshot.id = job->id;
        m_jobs.emplace(job->id, job);
    }
    log::info("engine", "backfill begins", {{"task", job->id}, {"series", job->snapshot.series.text()}, {"bars", job->snapshot.total}});
    publish(job->id, true);
    m_worker->post([this, id = job->id](const std::stop_token&) { prepare(id); });
    return job->id;
}

void Collector::cancel(JobId id)
{
    const JobPtr job = find(id);
    if (!job)
        return;
    std::string lane;
    {
        const std::lock_guard lock(m_mutex);
        job->isCancelled = true;
        if (job->work)
            job->work->cancel();
        else if (!m_isStopping) // still waiting for its market list
            m_worker->post([this, id](const std::stop_token&) { prepare(id); });
        lane = job->lane;
    }
    wakeLane(lane);
}

void Collector::cancelAll()
{
    for (const JobSnapshot& snapshot : jobs()) {
        if (!isFinal(snapshot.state))
            cancel(snapshot.id);
    }
}

void Collector::setPaused(JobId id, bool paused)
{
    const JobPtr job = find(id);
    if (!job)
        return;
    std::string lane;
    {
        const std::lock_guard lock(m_mutex);
        job->isPaused = paused;
        if (job->work)
            job->work->setPaused(paused);
        lane = job->lane;
    }
    wakeLane(lane);
    publish(id, true);
}

Collector::JobPtr Collector::find(JobId id) const
{
    const std::lock_guard lock(m_mutex);
    const auto found = m_jobs.find(id);
    return found == m_jobs.end() ? nullptr : found->second;
}

std::vector<JobSnapshot> Collector::jobs() const
{
    const std::lock_guard lock(m_mutex);
    std::vector<JobSnapshot> all;
    all.reserve(m_jobs.size());
    for (const auto& [id, job] : m_jobs)
        all.push_back(snapshotOf(*job));
    return all;
}

std::optional<JobSnapshot> Collector::job(JobId id) const
{
    const std::lock_guard lock(m_mutex);
    const auto found = m_jobs.find(id);
    if (found == m_jobs.end())
        return std::nullopt;
    return snapshotOf(*found->second);
}

bool Collector::wait(JobId id, std::stop_token stop)
{
    std::unique_lock lock(m_mutex);
    const auto isOver = [&] {
        const auto found = m_jobs.find(id);
        return m_isStopping || found == m_jobs.end() || isFinal(found->second->snapshot.state);
    };
    ++m_waiters;
    const bool ended = m_changed.wait(lock, std::move(stop), isOver) && !m_isStopping;
    if (--m_waiters == 0 && m_isStopping)
        m_changed.notify_all();
    return ended;
}

JobSnapshot Collector::snapshotOf(const Job& job) const
{
    JobSnapshot snapshot = job.snapshot;
    if (!job.work)
        return snapshot;
    const JobProgress progress = job.work->progress();
    snapshot.done = std::min(snapshot.total, job.answeredBefore + progress.done);
    snapshot.empty = progress.empty;
    snapshot.failed = progress.failed;
    snapshot.rowsStored = progress.rowsStored;
    snapshot.requests = progress.requests;
    snapshot.retries = progress.retries;
    if (progress.error)
        snapshot.error = progress.error;
    if (!isFinal(snapshot.state)) {
        snapshot.waitingFor = progress.waitingFor;
        if (progress.isPaused)
            snapshot.state = JobState::Paused;
    }
    return snapshot;
}

/// At most ten times a second unless @p force.
void Collector::publish(JobId id, bool force)
{
    JobSnapshot snapshot;
    {
        const std::lock_guard lock(m_mutex);
        const auto found = m_jobs.find(id);
        if (found == m_jobs.end())
            return;
        Job& job = *found->second;
        const SteadyTime now = m_clock.steady();
        if (!force && now - job.published < publishInterval)
            return;
        job.published = now;
        snapshot = snapshotOf(job);
    }
    m_hub.publish(JobChanged {std::move(snapshot)});
}

// --- lanes ---

std::string Collector::send(const Venue& venue, std::shared_ptr<LaneClient> client)
{
    std::shared_ptr<const Settings> settings;
    {
        const std::lock_guard lock(m_mutex);
        settings = m_settings;
    }
    const LaneRules rules = venue.lane();
    const std::lock_guard lock(m_laneMutex);
    auto& lane = m_lanes[rules.id];
    if (!lane) {
        lane = std::make_unique<Lane>(rules, LaneSettings {settings->http, settings->retry, settings->breaker, settings->rate},
            std::make_unique<HttpClient>(settings->http), m_archive, m_clock,
            [this](const LaneStatus& status) { m_hub.publish(LaneChanged {toSnapshot(status)}); });
    }
    lane->add(std::move(client)); // under the mutex: a lane found idle may go
    return rules.id;
}

void Collector::wakeLane(const std::string& id)
{
    const std::lock_guard lock(m_laneMutex);
    if (const auto found = m_lanes.find(id); found != m_lanes.end())
        found->second->wakeUp();
}

std::vector<LaneSnapshot> Collector::lanes() const
{
    const std::lock_guard lock(m_laneMutex);
    std::vector<LaneSnapshot> all;
    for (const auto& [id, lane] : m_lanes)
        all.push_back(toSnapshot(lane->status()));
    return all;
}

std::optional<milliseconds> Collector::clockOffset(const std::string& lane) const
{
    const std::lock_guard lock(m_laneMutex);
    const auto found = m_lanes.find(lane);
    return found == m_lanes.end() ? std::nullopt : found->second->status().clockOffset;
}

// --- from start to the first request ---

StoreReader* Collector::reader()
{
    if (!m_reader) {
        if (auto opened = m_store.openReader())
            m_reader = std::move(*opened);
    }
    return m_reader.get();
}

void Collector::prepare(JobId id)
{
    const JobPtr job = find(id);
    if (!job || job->work || isFinal(job->snapshot.state))
        return;
    bool isCancelled = false;
    {
        const std::lock_guard lock(m_mutex);
        isCancelled = job->isCancelled;
    }
    if (isCancelled) {
        close(job, JobState::Cancelled);
        return;
    }
    const std::string& exchange = job->start.spec.key.exchange;
    MarketList& list = m_lists[exchange];
    if (list.instruments.empty() && !list.isFetched) {
        if (auto saved = m_store.instruments(exchange))
            list.instruments = std::move(*saved);
    }
    if (auto instrument = instrumentFrom(list.instruments, *job)) {
        begin(job, *instrument);
        return;
    }
    if (!list.isFetched) {
        requestMarketList(job);
        return;
    }
    const SeriesKey& key = job->start.spec.key;
    auto byTemplate = job->start.spec.venue->instrument(key.market, key.symbol, job->start.exchangeSymbol);
    if (!byTemplate) {
        endWith(job, byTemplate.error());
    } else if (list.error) {
        {
            const std::lock_guard lock(m_mutex);
            job->snapshot.warnings.push_back("the market list of " + exchange + " could not be had (" + list.error->detail
                + "): the venue's symbol is made from its template, " + byTemplate->id);
        }
        begin(job, *byTemplate);
    } else if (!job->start.exchangeSymbol.empty()) {
        begin(job, *byTemplate);
    } else {
        std::vector<std::string> symbols;
        for (const Instrument& known : list.instruments)
            symbols.push_back(known.symbol);
        const std::string nearest = nearestOf(key.symbol, symbols);
        endWith(job, {ErrorCode::UnknownSymbol, exchange + " lists no " + std::string(toText(key.market)) + " market " + key.symbol
                    + (nearest.empty() ? "" : " (did you mean " + nearest + "?)")
                    + ": `markets " + exchange + "` shows them; for a delisted one give its own id with --exchange-symbol"});
    }
}

/// Errors: NotFound where the list does not have it.
Result<Instrument> Collector::instrumentFrom(const std::vector<Instrument>& list, const Job& job) const
{
    const SeriesKey& key = job.start.spec.key;
    for (const Instrument& instrument : list) {
        if (instrument.market != key.market)
            continue;
        if (job.start.exchangeSymbol.empty() ? instrument.symbol == key.symbol : instrument.id == job.start.exchangeSymbol)
            return instrument;
    }
    return fail(ErrorCode::NotFound, key.symbol);
}

void Collector::requestMarketList(const JobPtr& job)
{
    const std::string exchange = job->start.spec.key.exchange;
    MarketList& list = m_lists[exchange];
    list.waiting.push_back(job->id);
    {
        const std::lock_guard lock(m_mutex);
        job->snapshot.waitingFor = "market list";
    }
    publish(job->id, true);
    if (std::exchange(list.isUnderWay, true))
        return;
    auto fetch = std::make_shared<MarketListFetch>(job->start.spec.venue, m_clock.now(), marketListRetries,
        [this, exchange](Result<std::vector<Instrument>> result) {
            const std::lock_guard lock(m_mutex);
            if (m_isStopping)
                return;
            m_worker->post([this, exchange, result = std::move(result)](const std::stop_token&) {
                marketListArrived(exchange, result);
            });
        });
    send(*job->start.spec.venue, std::move(fetch));
}

void Collector::marketListArrived(const std::string& exchange, Result<std::vector<Instrument>> result)
{
    MarketList& list = m_lists[exchange];
    list.isFetched = true;
    list.isUnderWay = false;
    if (result) {
        list.instruments = std::move(*result);
        m_writer.call([&](StoreWriter& store) { return store.saveInstruments(exchange, list.instruments, m_clock.now()); });
    } else {
        list.error = result.error();
    }
    for (const JobId id : std::exchange(list.waiting, {}))
        prepare(id);
}

void Collector::begin(const JobPtr& job, const Instrument& instrument)
{
    const SeriesSpec& spec = job->start.spec;
    auto record = m_writer.call([&](StoreWriter& store) { return store.ensureSeries(recordOf(spec, instrument)); });
    if (!record) {
        endWith(job, record.error());
        return;
    }
    StoreReader* store = reader();
    if (!store) {
        endWith(job, {ErrorCode::StorageFailed, "the store cannot be read"});
        return;
    }
    auto coverage = store->coverage(record->id, {UtcMs::min(), UtcMs::max()});
    auto summary = store->summary(record->id);
    if (!coverage || !summary) {
        endWith(job, coverage ? summary.error() : coverage.error());
        return;
    }
    BackfillTask task = makeTask(spec, *record, instrument, *coverage, summary->first, job->start.recheck, m_clock.now());
    task.priority = job->start.priority;
    const bool hasWork = !task.todo.isEmpty() || !task.tooOld.isEmpty();
    std::int64_t open = 0;
    for (const IntervalSet* part : {&task.todo, &task.tooOld}) {
        for (const TimeRange& range : part->ranges())
            open += spec.rules.grid.count(range);
    }
    const JobId id = job->id;
    const SeriesKey key = spec.key;
    BackfillJob::Handlers handlers;
    handlers.changed = [this, id] { publish(id, false); };
    handlers.stored = [this, key](const PageCommit& commit, const CommitOutcome::Page& outcome) {
        if (outcome.added + outcome.changed > 0)
            m_hub.publish(RowsStored {key, commit.range, outcome.added + outcome.changed});
        if (!commit.coverage.empty())
            m_hub.publish(CoverageChanged {key, {commit.coverage.front().range.from, commit.coverage.back().range.to}});
    };
    handlers.found = [this, key, series = record->id](std::span<const Finding> findings) {
        for (const Finding& finding : findings) {
            if (finding.series == series)
                m_hub.publish(FindingRaised {key, finding.rule, finding.severity, finding.range});
        }
    };
    handlers.ended = [this, id] {
        const std::lock_guard lock(m_mutex);
        if (!m_isStopping)
            m_worker->post([this, id](const std::stop_token&) { finish(id); });
    };
    auto work = std::make_shared<BackfillJob>(std::move(task), m_writer, m_clock, std::move(handlers));
    {
        const std::lock_guard lock(m_mutex);
        job->work = work;
        job->lane = spec.venue->lane().id;
        job->answeredBefore = job->snapshot.total - open;
        job->snapshot.state = JobState::Running;
        job->snapshot.waitingFor.clear();
        work->setPaused(job->isPaused);
        if (job->isCancelled)
            work->cancel();
    }
    publish(id, true);
    if (hasWork)
        send(*spec.venue, std::move(work));
    else
        finish(id);
}

// --- the end ---

void Collector::finish(JobId id)
{
    const JobPtr job = find(id);
    if (!job)
        return;
    const SeriesSpec& spec = job->start.spec;
    const JobProgress progress = job->work->progress();
    std::vector<Gap> gaps;
    std::int64_t rows = 0;
    if (StoreReader* store = reader()) {
        const auto record = store->find(spec.key);
        if (record && *record) {
            const auto held = store->openTimes((*record)->id, spec.wanted);
            const auto coverage = store->coverage((*record)->id, spec.wanted);
            if (held && coverage) {
                rows = static_cast<std::int64_t>(held->size());
                gaps = findGaps(*held, *coverage, spec.rules.grid, spec.wanted);
            }
        }
    }
    const bool isWhole = std::ranges::all_of(gaps, isExcused, &Gap::gapClass);
    {
        const std::lock_guard lock(m_mutex);
        job->snapshot.rowsTotal = rows;
        job->snapshot.gaps = std::move(gaps);
    }
    if (progress.isFailed)
        close(job, JobState::Failed);
    else if (isWhole)
        close(job, JobState::Complete);
    else
        close(job, progress.isCancelled ? JobState::Cancelled : JobState::FinishedWithGaps);
}

void Collector::endWith(const JobPtr& job, const Error& error)
{
    {
        const std::lock_guard lock(m_mutex);
        job->snapshot.error = error;
    }
    close(job, JobState::Failed);
}

void Collector::close(const JobPtr& job, JobState state)
{
    {
        const std::lock_guard lock(m_mutex);
        job->snapshot.state = state;
        job->snapshot.finished = m_clock.now();
        job->snapshot.waitingFor.clear();
    }
    const std::string series = job->snapshot.series.text();
    if (job->snapshot.error && state == JobState::Failed)
        log::warning("engine", "backfill failed: " + job->snapshot.error->detail, {{"task", job->id}, {"series", series}});
    else
        log::info("engine", "backfill " + std::string(toText(state)), {{"task", job->id}, {"series", series}, {"rows", job->snapshot.rowsTotal}});
    publish(job->id, true);
    m_changed.notify_all();
}

Result<std::vector<Instrument>> Collector::fetchMarkets(std::shared_ptr<const Venue> venue, std::stop_token stop)
{
    auto promise = std::make_shared<std::promise<Result<std::vector<Instrument>>>>();
    auto future = promise->get_future();
    auto fetch = std::make_shared<MarketListFetch>(
        venue, m_clock.now(), marketListRetries, [promise](Result<std::vector<Instrument>> result) { promise->set_value(std::move(result)); });
    const std::string lane = send(*venue, fetch);
    const std::stop_callback onStop(stop, [&] {
        fetch->cancel();
        wakeLane(lane);
    });
    auto list = future.get();
    if (list) {
        if (auto saved = m_writer.call([&](StoreWriter& store) { return store.saveInstruments(venue->id(), *list, m_clock.now()); }); !saved)
            return fail(std::move(saved.error()));
    }
    return list;
}

} // namespace mnemo
