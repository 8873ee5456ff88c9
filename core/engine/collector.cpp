#include "core/engine/collector.h"

#include <algorithm>
#include <thread>

#include "core/base/log.h"

namespace mnemo {

using namespace std::chrono_literals;

namespace {

constexpr milliseconds publishInterval {100};

} // namespace

Collector::Collector(Store& store, std::unique_ptr<StoreWriter> writer, Archive* archive, const Clock& clock, EventHub& hub,
    std::shared_ptr<const Settings> settings, Silence silence, std::unique_ptr<JobJournal> journal,
    std::shared_ptr<const SecretSource> secrets)
    : m_store(store)
    , m_clock(clock)
    , m_hub(hub)
    , m_silence(std::move(silence))
    , m_journal(std::move(journal))
    , m_settings(settings)
    , m_queue(settings->ingest.jobsAtOnce)
    , m_lanes(archive, clock, settings, [this](const LaneSnapshot& lane) { m_hub.publish(LaneChanged {lane}); }, std::move(secrets))
    , m_writer(std::move(writer), settings->database)
    , m_worker(std::make_unique<TaskQueue>())
{
}

Collector::~Collector()
{
    if (m_journal)
        m_journal->detach(); // what is not done is for the next start
    {
        const std::lock_guard lock(m_mutex);
        m_queue.close();
    }
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
    m_lanes.clear();
}

void Collector::apply(std::shared_ptr<const Settings> settings)
{
    setJobsAtOnce(settings->ingest.jobsAtOnce);
    {
        const std::lock_guard lock(m_mutex);
        m_settings = settings;
    }
    m_lanes.apply(std::move(settings));
}

void Collector::setJobsAtOnce(int atOnce)
{
    {
        const std::lock_guard lock(m_mutex);
        m_queue.setAtOnce(atOnce);
    }
    admit();
}

int Collector::jobsAtOnce() const
{
    const std::lock_guard lock(m_mutex);
    return m_queue.atOnce();
}

// --- commands ---

JobId Collector::start(Start start)
{
    const auto job = std::make_shared<Job>();
    job->snapshot.series = start.spec.key;
    job->snapshot.range = start.spec.wanted;
    job->snapshot.total = start.isRepair ? 0 : start.spec.rules.grid.count(start.spec.wanted);
    IntervalSet beside = start.recheck;
    if (!start.isRepair)
        beside.subtract(start.spec.wanted);
    for (const TimeRange& range : beside.ranges())
        job->snapshot.total += start.spec.rules.grid.count(range);
    job->snapshot.isNewestFirst = start.spec.order == WalkOrder::NewestFirst;
    job->snapshot.lane = start.spec.venue->lane().id;
    job->snapshot.queued = m_clock.now();
    job->isPaused = start.isPaused;
    job->waits = std::make_shared<WaitLog>(m_clock);
    if (!job->isPaused)
        job->waits->note("its turn");
    job->start = std::move(start);
    if (m_journal && job->start.isInJournal())
        job->journalKey = m_journal->begin({job->start.journalKey, requestOf(job->start.spec, job->start.exchangeSymbol), job->isPaused});
    {
        const std::lock_guard lock(m_mutex);
        job->id = m_nextId++;
        job->snapshot.id = job->id;
        m_jobs.emplace(job->id, job);
        if (!job->isPaused)
            enqueue(*job, false);
    }
    publish(job->id, true);
    admit();
    return job->id;
}

/// A job that somebody prefers has places of its own, so that it need not wait until others are done.
Priority Collector::priorityOf(const Job& job) const
{
    return job.snapshot.isPreferred && job.start.priority > Priority::Incremental ? Priority::Incremental : job.start.priority;
}

void Collector::enqueue(const Job& job, bool inFront)
{
    inFront ? m_queue.addInFront(job.id, job.snapshot.lane, priorityOf(job)) : m_queue.add(job.id, job.snapshot.lane, priorityOf(job));
}

void Collector::post(TaskQueue::Task task)
{
    const std::lock_guard lock(m_mutex);
    if (!m_isStopping)
        m_worker->post(std::move(task));
}

void Collector::admit()
{
    std::set<std::string> lanes;
    std::vector<JobId> changed;
    {
        const std::lock_guard lock(m_mutex);
        for (const JobId id : m_queue.admit()) {
            Job& job = *m_jobs.at(id);
            changed.push_back(id);
            if (job.work) {
                job.work->setPaused(false);
                lanes.insert(job.snapshot.lane);
            } else if (!std::exchange(job.isPreparing, true) && !m_isStopping) {
                job.waits->note({});
                m_worker->post([this, id](const std::stop_token&) { prepare(id); });
            }
        }
    }
    for (const std::string& lane : lanes)
        m_lanes.wakeUp(lane);
    for (const JobId id : changed)
        publish(id, true);
}

void Collector::command(JobId id, JobCommand command)
{
    const JobPtr job = find(id);
    if (!job)
        return;
    switch (command) {
    case JobCommand::Pause:
        return pause(job);
    case JobCommand::Resume:
        return resume(job);
    case JobCommand::Cancel:
        return cancel(job);
    case JobCommand::Retry:
        return retry(job);
    case JobCommand::Prefer:
        return prefer(job);
    }
}

void Collector::pause(const JobPtr& job)
{
    std::string lane;
    {
        const std::lock_guard lock(m_mutex);
        if (isFinal(job->snapshot.state) || job->isCancelled || std::exchange(job->isPaused, true))
            return;
        m_queue.remove(job->id);
        if (job->work)
            job->work->setPaused(true);
        lane = job->snapshot.lane;
    }
    if (m_journal)
        m_journal->setPaused(job->journalKey, true);
    m_lanes.wakeUp(lane);
    publish(job->id, true);
    admit();
}

void Collector::resume(const JobPtr& job)
{
    {
        const std::lock_guard lock(m_mutex);
        if (isFinal(job->snapshot.state) || job->isCancelled || !std::exchange(job->isPaused, false))
            return;
        enqueue(*job, false);
    }
    if (m_journal)
        m_journal->setPaused(job->journalKey, false);
    publish(job->id, true);
    admit();
}

void Collector::cancel(const JobPtr& job)
{
    bool isIdle = false;
    std::string lane;
    {
        const std::lock_guard lock(m_mutex);
        if (isFinal(job->snapshot.state))
            return;
        job->isCancelled = true;
        if (job->work)
            job->work->cancel();
        else if (!job->isPreparing)
            isIdle = true; // nobody has it
        else if (!m_isStopping) // perhaps waiting for its market list
            m_worker->post([this, id = job->id](const std::stop_token&) { prepare(id); });
        lane = job->snapshot.lane;
    }
    if (m_journal)
        m_journal->end(job->journalKey);
    if (isIdle)
        close(job, JobState::Cancelled);
    else
        m_lanes.wakeUp(lane);
}

/// The same job again: what it has learnt meanwhile is stored, so it asks only for what is missing.
void Collector::retry(const JobPtr& job)
{
    {
        const std::lock_guard lock(m_mutex);
        if (!isFinal(job->snapshot.state) || m_isStopping)
            return;
    }
    const std::uint64_t key = m_journal && job->start.isInJournal() ? m_journal->begin({0, requestOf(job->start.spec, job->start.exchangeSymbol), false}) : 0;
    {
        const std::lock_guard lock(m_mutex);
        JobSnapshot& snapshot = job->snapshot;
        if (!isFinal(snapshot.state)) { // another thread was quicker
            if (m_journal)
                m_journal->end(key);
            return;
        }
        job->journalKey = key;
        JobSnapshot fresh;
        fresh.id = snapshot.id;
        fresh.series = snapshot.series;
        fresh.range = snapshot.range;
        fresh.total = snapshot.total;
        fresh.lane = snapshot.lane;
        fresh.isNewestFirst = snapshot.isNewestFirst;
        fresh.isPreferred = snapshot.isPreferred;
        fresh.queued = m_clock.now();
        fresh.attempts = snapshot.attempts + 1;
        snapshot = std::move(fresh);
        job->answeredBefore = 0;
        job->isCancelled = job->isPaused = false;
        job->waits = std::make_shared<WaitLog>(m_clock);
        job->waits->note("its turn");
        enqueue(*job, false);
    }
    publish(job->id, true);
    admit();
}

void Collector::prefer(const JobPtr& job)
{
    std::string lane;
    {
        const std::lock_guard lock(m_mutex);
        if (isFinal(job->snapshot.state))
            return;
        job->snapshot.isPreferred = true;
        lane = job->snapshot.lane;
        if (m_queue.isWaiting(job->id)) {
            m_queue.remove(job->id);
            enqueue(*job, true);
        }
        if (job->work)
            job->work->setPriority(priorityOf(*job));
    }
    m_lanes.wakeUp(lane);
    publish(job->id, true);
    admit();
}

/// Newest first: who still waits goes before the places that running ones leave can be given to it.
void Collector::cancelAll()
{
    std::vector<JobPtr> all;
    {
        const std::lock_guard lock(m_mutex);
        for (auto job = m_jobs.rbegin(); job != m_jobs.rend(); ++job) {
            if (!isFinal(job->second->snapshot.state))
                all.push_back(job->second);
        }
    }
    for (const JobPtr& job : all)
        cancel(job);
}

void Collector::forget(std::span<const JobId> ids)
{
    JobsForgotten forgotten;
    {
        const std::lock_guard lock(m_mutex);
        for (const JobId id : ids) {
            const auto found = m_jobs.find(id);
            if (found == m_jobs.end() || !isFinal(found->second->snapshot.state))
                continue;
            m_jobs.erase(found);
            forgotten.jobs.push_back(id);
        }
    }
    if (!forgotten.jobs.empty())
        m_hub.publish(std::move(forgotten));
}

bool Collector::drain(milliseconds limit)
{
    std::vector<std::shared_ptr<BackfillJob>> working;
    {
        const std::lock_guard lock(m_mutex);
        m_queue.close();
        for (const auto& [id, job] : m_jobs) {
            if (job->work && !isFinal(job->snapshot.state)) {
                job->work->setPaused(true);
                working.push_back(job->work);
            }
        }
    }
    const SteadyTime end = std::chrono::steady_clock::now() + limit;
    const auto isQuiet = [&] { return std::ranges::all_of(working, [](const auto& work) { return work->isQuiet(); }); };
    while (!isQuiet()) {
        if (std::chrono::steady_clock::now() >= end)
            return false;
        std::this_thread::sleep_for(5ms);
    }
    return true;
}

// --- what others may know ---

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

void Collector::eachJob(const std::function<void(const JobSnapshot&, JobState)>& each) const
{
    const std::lock_guard lock(m_mutex);
    for (const auto& [id, job] : m_jobs)
        each(job->snapshot, stateOf(*job));
}

std::optional<JobSnapshot> Collector::job(JobId id) const
{
    const std::lock_guard lock(m_mutex);
    const auto found = m_jobs.find(id);
    if (found == m_jobs.end())
        return std::nullopt;
    return snapshotOf(*found->second);
}

std::optional<RepairProof> Collector::proof(JobId id) const
{
    const std::lock_guard lock(m_mutex);
    const auto found = m_jobs.find(id);
    if (found == m_jobs.end() || !found->second->start.isRepair)
        return std::nullopt;
    const Job& job = *found->second;
    RepairProof proof = job.proof;
    if (const auto requests = job.work ? job.work->requests() : job.requests)
        proof.requests = requests->records();
    return proof;
}

std::vector<Wait> Collector::waits(JobId id) const
{
    const JobPtr job = find(id);
    if (!job)
        return {};
    std::shared_ptr<const WaitLog> log;
    {
        const std::lock_guard lock(m_mutex);
        log = job->waits;
    }
    return log ? log->waits() : std::vector<Wait> {};
}

std::optional<JobDetails> Collector::details(JobId id) const
{
    JobDetails details;
    {
        const std::lock_guard lock(m_mutex);
        const auto found = m_jobs.find(id);
        if (found == m_jobs.end())
            return std::nullopt;
        const Job& job = *found->second;
        details.job = snapshotOf(job);
        const auto requests = job.work ? job.work->requests() : job.requests;
        if (requests) {
            details.requests = requests->records();
            details.requestsDropped = requests->dropped();
        }
    }
    const std::string task = std::to_string(id);
    for (log::Line& line : log::linesAfter(0)) {
        const bool isOurs = std::ranges::any_of(line.fields, [&](const auto& field) { return field.first == "task" && field.second == task; });
        if (isOurs)
            details.lines.push_back(std::move(line));
    }
    return details;
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

JobState Collector::stateOf(const Job& job) const
{
    if (isFinal(job.snapshot.state))
        return job.snapshot.state;
    return job.isPaused ? JobState::Paused : job.work && m_queue.hasPlace(job.id) ? JobState::Running : JobState::Queued;
}

JobSnapshot Collector::snapshotOf(const Job& job) const
{
    JobSnapshot snapshot = job.snapshot;
    if (job.work) {
        const JobProgress progress = job.work->progress();
        snapshot.done = std::min(snapshot.total, job.answeredBefore + progress.done);
        snapshot.empty = progress.empty;
        snapshot.failed = progress.failed;
        snapshot.rowsStored = progress.rowsStored;
        snapshot.requests = progress.requests;
        snapshot.retries = progress.retries;
        snapshot.charges = progress.charges;
        snapshot.warnings.insert(snapshot.warnings.end(), progress.remarks.begin(), progress.remarks.end());
        if (progress.error)
            snapshot.error = progress.error;
        if (!isFinal(snapshot.state))
            snapshot.waitingFor = progress.waitingFor;
    }
    if (isFinal(snapshot.state))
        return snapshot;
    snapshot.state = stateOf(job);
    if (!m_queue.hasPlace(job.id))
        snapshot.waitingFor = job.isPaused ? "" : "its turn";
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

} // namespace mnemo
