#include <algorithm>
#include <future>
#include <iterator>

#include "core/base/log.h"
#include "core/engine/collector.h"
#include "core/exchange/symbolmapping.h"
#include "core/ingest/fileplanning.h"
#include "core/quality/gaps.h"
#include "core/quality/outagebook.h"

// The worker's side of the collector: from the place in the queue to the first request, and the end.
namespace mnemo {

namespace {

/// A market list that does not come after so many retries of one call is done without.
constexpr int marketListRetries = 2;
/// Requests that are kept of jobs that are over, all together: some 10 MB.
constexpr std::size_t keptRecords = 40'000;

bool isExcused(GapClass gapClass)
{
    return gapClass == GapClass::Empty || gapClass == GapClass::Unlisted || gapClass == GapClass::Delisted;
}

SeriesRecord recordOf(const SeriesSpec& spec, const Instrument& instrument)
{
    SeriesRecord record;
    record.key = spec.key;
    record.exchangeSymbol = instrument.id;
    record.anchor = spec.rules.grid.anchor();
    record.contractSize = instrument.contractSize;
    if (factsOf(spec.key.kind).hasUnit && !instrument.interestUnit.empty())
        record.unit = instrument.interestUnit;
    record.timeKind = timeKindOf(spec.rules);
    return record;
}

/// Of an id that was corrected since the list was saved; a new list may tell.
bool lacksUnit(const SeriesSpec& spec, const Instrument& instrument)
{
    return correctionOf(*spec.venue, spec.key) != nullptr && factsOf(spec.key.kind).hasUnit && instrument.interestUnit.empty();
}

std::int64_t barsOf(const IntervalSet& set, const Grid& grid)
{
    std::int64_t bars = 0;
    for (const TimeRange& range : set.ranges())
        bars += grid.count(range);
    return bars;
}

} // namespace

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
    if (!job)
        return;
    {
        const std::lock_guard lock(m_mutex);
        if (job->work || isFinal(job->snapshot.state) || !job->isPreparing)
            return;
    }
    if (isCancelled(*job)) {
        close(job, JobState::Cancelled);
        return;
    }
    const SeriesSpec& spec = job->start.spec;
    const std::string& source = spec.venue->id();
    MarketList& list = m_lists[source];
    if (list.instruments.empty() && !list.isFetched) {
        if (auto saved = m_store.instruments(source))
            list.instruments = std::move(*saved);
    }
    const auto instrument = instrumentOf(*job, list);
    if (instrument && (list.isFetched || !lacksUnit(spec, *instrument)))
        begin(job, *instrument);
    else if (!list.isFetched)
        requestMarketList(job);
    else if (spec.venue->isProvider())
        beginWithoutList(job, list);
    else
        beginByTemplate(job, list);
}

std::optional<Instrument> Collector::instrumentOf(const Job& job, const MarketList& list)
{
    const SeriesSpec& spec = job.start.spec;
    if (!job.start.exchangeSymbol.empty())
        return chooseInstrument(*spec.venue, list.instruments, spec.key, job.start.exchangeSymbol);
    StoreReader* const store = spec.venue->isProvider() ? reader() : nullptr;
    const auto stored = store ? store->find(spec.key) : Result<std::optional<SeriesRecord>>();
    return chooseInstrument(*spec.venue, list.instruments, spec.key, stored.value_or(std::nullopt));
}

std::vector<std::string> Collector::remarksOn(const Job& job)
{
    const SeriesSpec& spec = job.start.spec;
    const auto* correction = job.start.exchangeSymbol.empty() ? correctionOf(*spec.venue, spec.key) : nullptr;
    StoreReader* const store = correction ? reader() : nullptr;
    if (store == nullptr)
        return {};
    const auto stored = store->find(spec.key).value_or(std::nullopt);
    return correctionRemarks(*spec.venue, *correction, m_lists[spec.venue->id()].instruments, stored ? stored->exchangeSymbol : std::string());
}

bool Collector::isCancelled(const Job& job) const
{
    const std::lock_guard lock(m_mutex);
    return job.isCancelled;
}

/// A provider's own names follow no rule, and what it answers for one that it does not list means nothing: no such job begins.
void Collector::beginWithoutList(const JobPtr& job, const MarketList& list)
{
    const SeriesKey& key = job->start.spec.key;
    const std::string& id = job->start.exchangeSymbol;
    if (list.error) {
        endWith(job, {list.error->code, "the market list of " + key.source + " could not be had (" + list.error->detail
                    + "): it tells what " + key.source + " calls " + key.symbol + " of " + key.exchange});
        return;
    }
    std::vector<std::string> symbols;
    for (const Instrument& known : list.instruments)
        if (known.exchange == key.exchange && known.market == key.market)
            symbols.push_back(known.symbol);
    const std::string nearest = nearestOf(key.symbol, symbols);
    endWith(job, {ErrorCode::UnknownSymbol, key.source + " lists no " + std::string(toText(key.market)) + " market "
                + (id.empty() ? key.symbol : id) + " of " + key.exchange
                + (nearest.empty() || !id.empty() ? "" : " (did you mean " + nearest + "?)") + ": `markets " + key.source
                + "` shows them; `symbols` in exchanges/" + key.source + ".yaml can name one: {" + key.exchange + ": {" + key.symbol + ": ITS ID}}"});
}

/// The market list does not have it, or could not be had.
void Collector::beginByTemplate(const JobPtr& job, const MarketList& list)
{
    const SeriesKey& key = job->start.spec.key;
    const auto byTemplate = job->start.spec.venue->instrument(key.market, key.symbol, job->start.exchangeSymbol);
    if (!byTemplate) {
        endWith(job, byTemplate.error());
        return;
    }
    if (!list.error && job->start.exchangeSymbol.empty()) {
        std::vector<std::string> symbols;
        for (const Instrument& known : list.instruments)
            symbols.push_back(known.symbol);
        const std::string nearest = nearestOf(key.symbol, symbols);
        endWith(job, {ErrorCode::UnknownSymbol, key.exchange + " lists no " + std::string(toText(key.market)) + " market " + key.symbol
                    + (nearest.empty() ? "" : " (did you mean " + nearest + "?)") + ": `markets " + key.exchange
                    + "` shows them; for a delisted one give its own id with --exchange-symbol"});
        return;
    }
    if (list.error) {
        const std::lock_guard lock(m_mutex);
        job->snapshot.warnings.push_back("the market list of " + key.exchange + " could not be had (" + list.error->detail
            + "): the venue's symbol is made from its template, " + byTemplate->id);
    }
    begin(job, *byTemplate);
}

void Collector::requestMarketList(const JobPtr& job)
{
    const std::string source = job->start.spec.venue->id();
    MarketList& list = m_lists[source];
    list.waiting.push_back(job->id);
    {
        const std::lock_guard lock(m_mutex);
        job->snapshot.waitingFor = "market list";
        job->waits->note("market list");
    }
    publish(job->id, true);
    if (std::exchange(list.isUnderWay, true))
        return;
    auto fetch = std::make_shared<MarketListFetch>(job->start.spec.venue, m_clock.now(), marketListRetries,
        [this, source](Result<std::vector<Instrument>> result) {
            post([this, source, result = std::move(result)](const std::stop_token&) { marketListArrived(source, result); });
        });
    m_lanes.send(*job->start.spec.venue, std::move(fetch));
}

void Collector::marketListArrived(const std::string& source, Result<std::vector<Instrument>> result)
{
    MarketList& list = m_lists[source];
    list.isFetched = true;
    list.isUnderWay = false;
    if (result) {
        list.instruments = std::move(*result);
        m_writer.call([&](StoreWriter& store) { return store.saveInstruments(source, list.instruments, m_clock.now()); });
    } else {
        list.error = result.error();
    }
    for (const JobId id : std::exchange(list.waiting, {}))
        prepare(id);
    if (list.error) { // who comes later, or tries again, asks again
        list.isFetched = false;
        list.error.reset();
    }
}

void Collector::begin(const JobPtr& job, const Instrument& instrument)
{
    const SeriesSpec& spec = job->start.spec;
    auto remarks = remarksOn(*job);
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
    BackfillTask task = makeTask(spec, *record, instrument, *coverage, summary->first, job->start.recheck,
        job->start.isRepair ? TodoScope::RecheckAlone : TodoScope::UnansweredAndRecheck, m_clock.now());
    if (job->start.isRepair) {
        if (const auto noted = noteBefore(job, *record, united(task.todo, task.tooOld)); !noted) {
            endWith(job, noted.error());
            return;
        }
    }
    task.job = job->id;
    task.waits = job->waits;
    const std::int64_t open = barsOf(task.todo, spec.rules.grid) + barsOf(task.tooOld, spec.rules.grid);
    leaveToFiles(task, *job, *store);
    const std::shared_ptr<FileJob> files = task.files;
    const bool hasWork = open > 0 || files;
    std::shared_ptr<BackfillJob> work;
    {
        const std::lock_guard lock(m_mutex);
        task.priority = priorityOf(*job);
        work = std::make_shared<BackfillJob>(std::move(task), m_writer, m_clock, handlersOf(job, record->id));
        job->work = work;
        job->isPreparing = false;
        job->answeredBefore = job->snapshot.total - open;
        std::ranges::move(remarks, std::back_inserter(job->snapshot.warnings));
        if (spec.rules.isSnapshot && job->start.priority != Priority::Incremental)
            job->snapshot.warnings.push_back(snapshotWarning(spec.key));
        job->snapshot.started = m_clock.now();
        job->snapshot.waitingFor.clear();
        job->waits->note({});
        work->setPaused(job->isPaused || !m_queue.hasPlace(job->id));
        if (job->isCancelled)
            work->cancel();
    }
    log::info("engine", "backfill begins", {{"task", job->id}, {"series", spec.key.text()}, {"bars", open}});
    publish(job->id, true);
    if (files)
        m_lanes.send(LaneRules {files->task().files.laneId, {files->task().files.budget}}, work->startFiles([this, id = spec.venue->lane().id] { m_lanes.wakeUp(id); }));
    if (hasWork)
        m_lanes.send(*spec.venue, std::move(work));
    else
        finish(job->id);
}

/// Repairs and second looks ask the exchange itself, as far as it can be asked; an incremental run has no time for files read
/// long ago.
void Collector::leaveToFiles(BackfillTask& task, const Job& job, StoreReader& store)
{
    const bool isSecondLook = job.start.isRepair || task.recheck;
    std::shared_ptr<const Settings> settings;
    {
        const std::lock_guard lock(m_mutex);
        settings = m_settings;
        task.priority = priorityOf(job);
    }
    std::vector<PageRecord> pages;
    if (!isSecondLook && job.start.priority != Priority::Incremental) {
        if (auto known = store.pages(task.series.id, job.start.spec.wanted))
            pages = std::move(*known);
    }
    const auto files = task.venue->files(task.instrument, task.series.key.kind, task.series.key.timeframe);
    addFiles(task, pages, settings->files, settings->rate.share, m_clock,
        [this, id = files ? files->laneId : std::string()] { m_lanes.wakeUp(id); }, isSecondLook ? FileScope::TooOld : FileScope::All);
}

BackfillJob::Handlers Collector::handlersOf(const JobPtr& job, SeriesId series)
{
    const JobId id = job->id;
    const SeriesKey key = job->start.spec.key;
    BackfillJob::Handlers handlers;
    handlers.changed = [this, id] { publish(id, false); };
    handlers.stored = [this, key](const PageCommit& commit, const CommitOutcome::Page& outcome) {
        if (outcome.added + outcome.changed > 0)
            m_hub.publish(RowsStored {key, commit.range, outcome.added + outcome.changed});
        if (!commit.coverage.empty())
            m_hub.publish(CoverageChanged {key, {commit.coverage.front().range.from, commit.coverage.back().range.to}});
    };
    handlers.found = [this, key, series](std::span<const Finding> findings) {
        for (const Finding& finding : findings) {
            if (finding.series == series)
                m_hub.publish(FindingRaised {key, finding.rule, finding.severity, finding.range});
        }
    };
    handlers.ended = [this, id] { post([this, id](const std::stop_token&) { finish(id); }); };
    return handlers;
}

// --- the end ---

void Collector::finish(JobId id)
{
    const JobPtr job = find(id);
    if (!job || !job->work)
        return;
    const SeriesSpec& spec = job->start.spec;
    const JobProgress progress = job->work->progress();
    std::vector<Gap> gaps;
    std::int64_t rows = 0;
    if (StoreReader* store = reader()) {
        const auto record = store->find(spec.key);
        if (record && *record && job->start.isRepair) {
            noteAfter(job, **record);
            for (const RepairedRange& range : job->proof.ranges) {
                gaps.insert(gaps.end(), range.after.gaps.begin(), range.after.gaps.end());
                rows += range.after.rows;
            }
        } else if (record && *record) {
            const auto held = store->openTimes((*record)->id, spec.wanted);
            const auto coverage = store->coverage((*record)->id, spec.wanted);
            if (held && coverage) {
                rows = static_cast<std::int64_t>(held->size());
                gaps = findGaps(*held, *coverage, spec.rules.grid, spec.wanted);
                explain(gaps, spec.key.kind, (*record)->timeKind);
                gaps = withOutages(std::move(gaps), silenceOf(spec.key), spec.rules.grid);
            }
        }
    }
    const bool isWhole = std::ranges::all_of(gaps, isExcused, &Gap::gapClass);
    {
        const std::lock_guard lock(m_mutex);
        job->snapshot.rowsTotal = rows;
        job->snapshot.gaps = std::move(gaps);
    }
    // what was known before a repair stays where nobody answers: that is no success
    if (progress.isFailed || (job->start.isRepair && progress.failed > 0 && !progress.isCancelled))
        close(job, JobState::Failed);
    else if (isWhole)
        close(job, JobState::Complete);
    else
        close(job, progress.isCancelled ? JobState::Cancelled : JobState::FinishedWithGaps);
}

std::vector<TimeRange> Collector::silenceOf(const SeriesKey& key) const
{
    return m_silence ? m_silence(key) : std::vector<TimeRange> {};
}

/// What a repair finds; tried again, it keeps what it found first.
Result<void> Collector::noteBefore(const JobPtr& job, const SeriesRecord& series, const IntervalSet& todo)
{
    if (!job->proof.ranges.empty())
        return {};
    auto states = statesOf(*reader(), series, todo.ranges(), silenceOf(series.key));
    if (!states)
        return fail(std::move(states.error()));
    const std::lock_guard lock(m_mutex);
    job->proof.series = series.key;
    for (std::size_t i = 0; i < states->size(); ++i) {
        const TimeRange range = todo.ranges()[i];
        job->proof.ranges.push_back({range, series.grid().count(range), std::move((*states)[i]), {}, 0, 0});
    }
    return {};
}

void Collector::noteAfter(const JobPtr& job, const SeriesRecord& series)
{
    std::vector<TimeRange> ranges;
    for (const RepairedRange& range : job->proof.ranges)
        ranges.push_back(range.range);
    if (ranges.empty())
        return;
    auto states = statesOf(*reader(), series, ranges, silenceOf(series.key));
    auto pages = reader()->pages(series.id, {ranges.front().from, ranges.back().to});
    const std::lock_guard lock(m_mutex);
    if (states)
        compareStates(job->proof.ranges, std::move(*states), job->work->progress().rowsStored);
    if (pages) {
        std::erase_if(*pages, [&](const PageRecord& page) { return page.fetchedAt < job->snapshot.queued; });
        job->proof.pages = std::move(*pages);
    }
    job->proof.isFinal = states && pages;
}

void Collector::endWith(const JobPtr& job, const Error& error)
{
    {
        const std::lock_guard lock(m_mutex);
        job->snapshot.error = error;
    }
    close(job, JobState::Failed);
}

/// What the work knew moves into the snapshot: 50,000 jobs that are over must not keep their pages.
void Collector::close(const JobPtr& job, JobState state)
{
    {
        const std::lock_guard lock(m_mutex);
        if (isFinal(job->snapshot.state))
            return;
        JobSnapshot last = snapshotOf(*job);
        last.state = state;
        last.finished = m_clock.now();
        last.waitingFor.clear();
        job->waits->note({});
        job->snapshot = std::move(last);
        if (job->work)
            job->requests = job->work->requests();
        job->work.reset();
        job->isPreparing = false;
        m_queue.remove(job->id);
    }
    keepRequests(job);
    if (m_journal && state != JobState::Cancelled) // a command to cancel has said so itself; the end of the program must not
        m_journal->end(job->journalKey);
    const std::string series = job->snapshot.series.text();
    if (job->snapshot.error && state == JobState::Failed)
        log::warning("engine", "backfill failed: " + job->snapshot.error->detail, {{"task", job->id}, {"series", series}});
    else
        log::info("engine", "backfill " + std::string(toText(state)), {{"task", job->id}, {"series", series}, {"rows", job->snapshot.rowsTotal}});
    publish(job->id, true);
    m_changed.notify_all();
    admit();
}

/// The timelines and waits of jobs that are over, as far as memory for them goes.
void Collector::keepRequests(const JobPtr& job)
{
    const std::lock_guard lock(m_mutex);
    if (!job->requests)
        return;
    m_keptRecords += job->requests->size();
    m_keptRequests.push_back(job->id);
    while (m_keptRecords > keptRecords && m_keptRequests.size() > 1) {
        const auto oldest = m_jobs.find(m_keptRequests.front());
        m_keptRequests.pop_front();
        if (oldest == m_jobs.end() || !oldest->second->requests)
            continue;
        m_keptRecords -= std::min(m_keptRecords, oldest->second->requests->size());
        oldest->second->requests.reset();
        oldest->second->waits.reset();
    }
}

Result<std::vector<Instrument>> Collector::fetchMarkets(
    std::shared_ptr<const Venue> venue, std::stop_token stop, std::shared_ptr<WaitLog> waits)
{
    auto promise = std::make_shared<std::promise<Result<std::vector<Instrument>>>>();
    auto future = promise->get_future();
    auto fetch = std::make_shared<MarketListFetch>(
        venue, m_clock.now(), marketListRetries, [promise](Result<std::vector<Instrument>> result) { promise->set_value(std::move(result)); },
        std::move(waits));
    const std::string lane = m_lanes.send(*venue, fetch);
    const std::stop_callback onStop(stop, [&] {
        fetch->cancel();
        m_lanes.wakeUp(lane);
    });
    auto list = future.get();
    if (list) {
        if (auto saved = m_writer.call([&](StoreWriter& store) { return store.saveInstruments(venue->id(), *list, m_clock.now()); }); !saved)
            return fail(std::move(saved.error()));
        post([this, id = venue->id(), known = *list](const std::stop_token&) {
            m_lists[id].instruments = known;
            m_lists[id].isFetched = true;
        });
    }
    return list;
}

} // namespace mnemo
