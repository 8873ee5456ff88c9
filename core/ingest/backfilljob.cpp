#include "core/ingest/backfilljob.h"

#include <algorithm>

#include "core/base/log.h"
#include "core/ingest/pagedecoding.h"
#include "core/quality/pagerules.h"

namespace mnemo {

namespace {

/// After so many pages in a row that failed for good the job stops: the venue does not want to, or we are wrong.
constexpr int failuresBeforeStop = 3;
/// A venue that has never answered and cannot be reached so often is not there: no network, wrong address.
constexpr int unreachableBeforeStop = 6;
/// Remarks that are kept of one job; the log has all.
constexpr std::size_t mostRemarks = 20;

bool isFatal(ErrorCode code)
{
    return !isTransient(code);
}

} // namespace

BackfillJob::BackfillJob(BackfillTask task, Writer& writer, const Clock& clock, Handlers handlers)
    : m_task(std::move(task))
    , m_writer(writer)
    , m_clock(clock)
    , m_handlers(std::move(handlers))
    , m_seriesText(m_task.series.key.text())
    , m_priority(m_task.priority)
{
    if (m_task.rules.isFromTrades) {
        m_trades.emplace(m_task.rules, m_task.todo);
        m_began = clock.now();
        m_isListingSought = true; // the walk itself shows where trading begins
        return;
    }
    m_isListingSought = m_task.isStartKnown || m_task.rules.isLatestOnly() || m_task.rules.retentionRows
        || m_task.rules.retentionAge;
    fillPages(m_task.files ? subtracted(m_task.todo, m_task.files->task().todo) : m_task.todo);
}

/// Newest first, the oldest page still comes before the others where the listing is not known: it is what tells how far
/// back there is anything to walk.
void BackfillJob::fillPages(const IntervalSet& todo)
{
    const auto pages = cutPages(todo, m_task.rules);
    if (m_task.order == WalkOrder::OldestFirst) {
        m_pages.assign(pages.begin(), pages.end());
        return;
    }
    m_pages.assign(pages.rbegin(), pages.rend());
    if (!m_isListingSought && m_pages.size() > 1) {
        m_pages.push_front(m_pages.back());
        m_pages.pop_back();
    }
}

JobProgress BackfillJob::progress() const
{
    const std::lock_guard lock(m_mutex);
    JobProgress progress = m_progress;
    progress.isCancelled = m_cancelled;
    progress.isPaused = m_paused;
    progress.isFailed = m_failed;
    return progress;
}

void BackfillJob::cancel()
{
    m_cancelled = true;
    if (m_task.files)
        m_task.files->cancel();
}

void BackfillJob::setPaused(bool paused)
{
    m_paused = paused;
    if (m_task.files)
        m_task.files->setPaused(paused);
}

void BackfillJob::setPriority(Priority priority)
{
    m_priority = priority;
    if (m_task.files)
        m_task.files->setPriority(priority);
}

bool BackfillJob::isQuiet() const
{
    const std::lock_guard lock(m_mutex);
    return m_onWire == 0 && m_filesOnWire == 0 && m_uncommitted == 0;
}

// --- files ---

std::shared_ptr<FileJob> BackfillJob::startFiles(std::function<void()> wake)
{
    m_wake = std::move(wake);
    m_areFilesOpen = true;
    FileJob::Handlers handlers;
    const auto self = shared_from_this();
    handlers.store = [self](PageCommit commit, std::stop_token stop) { self->store(std::move(commit), std::move(stop)); };
    handlers.sent = [self] {
        ++self->m_filesOnWire;
        const std::lock_guard lock(self->m_mutex);
        ++self->m_progress.requests;
    };
    handlers.answered = [self](RequestRecord record, bool isRetried) {
        --self->m_filesOnWire;
        self->m_requests->add(std::move(record));
        {
            const std::lock_guard lock(self->m_mutex);
            self->m_progress.retries += isRetried ? 1 : 0;
        }
        self->m_handlers.changed();
    };
    handlers.givenBack = [self](const IntervalSet& ranges) { self->takeBack(ranges); };
    handlers.remark = [self](const std::string& text) { self->remark(text); };
    handlers.ended = [self] {
        self->m_filesOnWire = 0;
        self->m_areFilesOpen = false;
        self->m_wake();
        self->endIfDone();
    };
    m_task.files->setHandlers(std::move(handlers));
    return m_task.files;
}

void BackfillJob::remark(const std::string& text)
{
    log::info("files", text, {{"task", m_task.job}, {"series", m_seriesText}});
    {
        const std::lock_guard lock(m_mutex);
        if (m_progress.remarks.size() < mostRemarks)
            m_progress.remarks.push_back(text);
    }
    m_handlers.changed();
}

void BackfillJob::takeBack(const IntervalSet& ranges)
{
    bool isTooLate = false;
    {
        const std::lock_guard lock(m_mutex);
        isTooLate = m_isLetGo;
        if (!isTooLate)
            m_givenBack = united(m_givenBack, ranges);
    }
    if (isTooLate && !m_cancelled)
        markAbsent(ranges, CoverageState::Failed);
    else
        m_wake();
}

/// What no file has brought is asked for in the ordinary way.
void BackfillJob::addGivenBack()
{
    IntervalSet back;
    {
        const std::lock_guard lock(m_mutex);
        back = std::exchange(m_givenBack, {});
    }
    if (m_listing)
        back.subtract({UtcMs::min(), *m_listing});
    if (back.isEmpty())
        return;
    std::vector<TimeRange> open(back.ranges().begin(), back.ranges().end());
    for (const Page& page : m_pages)
        open.push_back(page.range);
    fillPages(IntervalSet(std::move(open)));
}

// --- asking ---

FetchArgs BackfillJob::argsOf(Timeframe frame) const
{
    FetchArgs args;
    args.kind = m_task.series.key.kind;
    args.instrument = m_task.instrument;
    args.timeframe = frame;
    args.now = m_clock.now();
    return args;
}

Result<VenueRequest> BackfillJob::requestFor(const Asked& asked) const
{
    if (const auto* question = std::get_if<ListingSearch::Question>(&asked)) {
        const FetchArgs args = argsOf(question->frame);
        return question->isOldest ? m_task.venue->oldestRequest(args) : m_task.venue->pageRequest(args, question->range);
    }
    const FetchArgs args = argsOf(m_task.series.key.timeframe);
    if (const auto* trades = std::get_if<TradePage>(&asked))
        return m_task.venue->pageRequest(args, trades->range, trades->cursor);
    const auto* page = std::get_if<Page>(&asked);
    return m_task.venue->pageRequest(args, page ? page->range : std::get<ListingProof>(asked).page.range);
}

std::optional<LaneRequest> BackfillJob::next()
{
    if (m_cancelled || m_paused || m_failed)
        return std::nullopt;
    if (!m_hasBegun) {
        m_hasBegun = true;
        markAbsent(m_task.tooOld, CoverageState::BeyondRetention);
    }
    addGivenBack();
    Asked asked;
    if (m_search && m_search->next()) {
        const bool isAsked = std::ranges::any_of(
            m_asked, [](const auto& entry) { return std::holds_alternative<ListingSearch::Question>(entry.second.asked); });
        if (isAsked)
            return std::nullopt; // one question at a time, and pages wait for its answer
        asked = *m_search->next();
    } else if (m_proof) {
        asked = *std::exchange(m_proof, std::nullopt);
    } else if (!m_follow.empty()) {
        asked = m_follow.front();
        m_follow.pop_front();
    } else if (!m_pages.empty()) {
        asked = m_pages.front();
        m_pages.pop_front();
    } else if (m_trades && m_trades->next() && m_asked.empty()) {
        asked = *m_trades->next();
    } else {
        return std::nullopt;
    }
    auto request = requestFor(asked);
    if (!request) {
        if (std::holds_alternative<ListingSearch::Question>(asked)) {
            m_search->failed();
            searchMoved();
            return next();
        }
        failJob(request.error());
        return std::nullopt;
    }
    const std::uint64_t tag = m_nextTag++;
    Sent sent {std::move(asked), {request->http.method, request->http.url, request->http.body}};
    for (const Charge& charge : request->charges)
        sent.weight = std::max(sent.weight, charge.weight);
    m_asked.emplace(tag, std::move(sent));
    {
        const std::lock_guard lock(m_mutex);
        m_progress.charges = request->charges;
    }
    return LaneRequest {std::move(*request), tag};
}

void BackfillJob::sent(std::uint64_t tag)
{
    if (const auto found = m_asked.find(tag); found != m_asked.end()) {
        ++found->second.tries;
        found->second.status = 0;
        found->second.sentAt = m_clock.now();
        found->second.sentSteady = m_clock.steady();
    }
    ++m_onWire;
    const std::lock_guard lock(m_mutex);
    ++m_progress.requests;
}

void BackfillJob::waits(const std::string& reason)
{
    {
        const std::lock_guard lock(m_mutex);
        if (m_progress.waitingFor == reason)
            return;
        m_progress.waitingFor = reason;
    }
    if (m_task.waits)
        m_task.waits->note(waitReason(reason));
    m_handlers.changed();
}

void BackfillJob::noteRequest(const Sent& sent, std::int64_t rows, const std::optional<Error>& error)
{
    --m_onWire;
    const auto took = std::chrono::ceil<milliseconds>(m_clock.steady() - sent.sentSteady);
    m_requests->add({sent.sentAt, sent.question.method, redactedUrl(sent.question.url), sent.status, sent.weight, took,
        rows, sent.tries, error});
}

// --- answers ---

Result<void> BackfillJob::accept(std::uint64_t tag, const HttpResponse& response, LaneServices& services)
{
    const auto found = m_asked.find(tag);
    if (found == m_asked.end() || m_cancelled)
        return {};
    found->second.status = response.status;
    const Sent sent = found->second; // answers can add to m_asked
    m_rowsOfAnswer = 0;
    Result<void> used;
    if (const auto* question = std::get_if<ListingSearch::Question>(&sent.asked))
        used = acceptQuestion(*question, response);
    else if (const auto* trades = std::get_if<TradePage>(&sent.asked))
        used = acceptTrades(*trades, sent, response, services);
    else if (const auto* page = std::get_if<Page>(&sent.asked))
        used = acceptPage(*page, sent, response, services, std::nullopt);
    else
        used = acceptPage(std::get<ListingProof>(sent.asked).page, sent, response, services, std::get<ListingProof>(sent.asked).listing);
    if (used) {
        noteRequest(sent, m_rowsOfAnswer, std::nullopt);
        m_asked.erase(tag);
        m_failuresInRow = 0;
        m_hasAnswer = true;
        m_handlers.changed();
    }
    return used;
}

Result<Archived> BackfillJob::archive(
    Manifest manifest, const Sent& sent, const HttpResponse& response, LaneServices& services)
{
    return archiveAnswer(
        std::move(manifest), m_task.series, m_task.venue->version(), sent.question, response, m_clock.now(), services);
}

Result<void> BackfillJob::acceptPage(
    const Page& page, const Sent& sent, const HttpResponse& response, LaneServices& services, std::optional<UtcMs> provenListing)
{
    const UtcMs now = m_clock.now();
    Archived archived;
    if (response.status < 400) { // raw first: before anything is understood
        Manifest manifest;
        manifest.range = page.range;
        manifest.isConfirmation = page.isConfirmation;
        auto kept = archive(std::move(manifest), sent, response, services);
        if (!kept)
            return fail(std::move(kept.error()));
        archived = std::move(*kept);
    }
    auto decoded = decodePage(*m_task.venue, argsOf(m_task.series.key.timeframe), m_task.rules, page, response, now);
    if (!decoded)
        return fail(std::move(decoded.error()));
    m_rowsOfAnswer = static_cast<std::int64_t>(decoded->rows.size());
    PageVerdict verdict = judge(page, m_task.rules, *decoded);
    if (provenListing && decoded->rows.empty()) {
        markUnlisted(*provenListing);
        return {};
    }
    if (provenListing)
        listingIsNotKnown(); // there are rows before it
    else
        searchListing(page, decoded->rows, verdict);
    const bool isSearching = m_search && m_search->next();
    for (const Page& follow : verdict.follow) {
        if (isSearching)
            m_deferred.push_back(follow);
        else
            m_follow.push_back(follow);
    }
    PageCommit commit = pageCommit(m_task.series.id, page, verdict, std::move(*decoded), now);
    commit.status = response.status;
    commit.archiveKey = std::move(archived.key);
    commit.sha256 = std::move(archived.sha256);
    commit.descriptionVersion = m_task.venue->version();
    store(std::move(commit), services.stopToken());
    return {};
}

Result<void> BackfillJob::acceptTrades(
    const TradePage& page, const Sent& sent, const HttpResponse& response, LaneServices& services)
{
    const UtcMs now = m_clock.now();
    Archived archived;
    if (response.status < 400) {
        Manifest manifest;
        manifest.range = page.range;
        manifest.cursor = page.cursor;
        manifest.walk = m_began;
        manifest.isConfirmation = page.isConfirmation;
        auto kept = archive(std::move(manifest), sent, response, services);
        if (!kept)
            return fail(std::move(kept.error()));
        archived = std::move(*kept);
    }
    auto decoded = decodeTrades(*m_task.venue, argsOf(m_task.series.key.timeframe), response);
    if (!decoded)
        return fail(std::move(decoded.error()));
    m_rowsOfAnswer = static_cast<std::int64_t>(decoded->rows.size());
    auto verdict = m_trades->answered(page, *decoded, closedBefore(now, response.date()));
    if (!verdict)
        return fail(std::move(verdict.error()));
    auto commit = tradesCommit(m_task.series.id, m_task.rules, std::move(*verdict), now);
    if (!commit)
        return {}; // no bar is complete yet
    commit->status = response.status;
    commit->archiveKey = std::move(archived.key);
    commit->sha256 = std::move(archived.sha256);
    commit->descriptionVersion = m_task.venue->version();
    store(std::move(*commit), services.stopToken());
    return {};
}

// --- the listing ---

/// The first page of a series that begins with nothing: is it older than the instrument?
void BackfillJob::searchListing(const Page& page, std::span<const Candle> rows, PageVerdict& verdict)
{
    const bool isHead = page.range.from == m_task.todo.hull().from;
    const UtcMs first = rows.empty() ? page.range.to : rows.front().openTime;
    const bool isAtStart = first == page.range.from || first - page.range.from < m_task.rules.longestPause;
    if (m_isListingSought || !isHead || page.isConfirmation || isAtStart)
        return;
    m_isListingSought = true;
    m_emptyHead = {page.range.from, first};
    verdict.answered = subtracted(verdict.answered, IntervalSet(m_emptyHead));
    IntervalSet follow;
    for (const Page& p : verdict.follow)
        follow.add(p.range);
    follow.subtract(m_emptyHead);
    verdict.follow.clear();
    for (const TimeRange& range : follow.ranges())
        verdict.follow.push_back({range, true});
    std::vector<PageRules> frames = m_task.otherFrames;
    frames.push_back(m_task.rules);
    m_search.emplace(m_task.series.key.timeframe, std::move(frames), m_clock.now());
    searchMoved();
}

Result<void> BackfillJob::acceptQuestion(const ListingSearch::Question& question, const HttpResponse& response)
{
    const FetchArgs args = argsOf(question.frame);
    const auto times = decodeTimes(*m_task.venue, args, response);
    if (!times)
        return fail(times.error());
    m_rowsOfAnswer = static_cast<std::int64_t>(times->size());
    std::optional<UtcMs> first;
    for (const UtcMs time : *times) {
        if (question.isOldest || question.range.contains(time)) {
            first = time;
            break;
        }
    }
    m_search->answered(first);
    searchMoved();
    return {};
}

void BackfillJob::searchMoved()
{
    if (!m_search || m_search->next())
        return;
    const auto listing = m_search->listing();
    m_search.reset();
    if (listing)
        listingFound(*listing);
    else
        listingIsNotKnown();
}

void BackfillJob::listingFound(UtcMs listing)
{
    const TimeRange head = m_emptyHead;
    if (listing <= head.from) { // traded all along: the head is ordinary absence, to be confirmed
        listingIsNotKnown();
        return;
    }
    m_emptyHead = {};
    IntervalSet open;
    for (const Page& page : m_pages)
        open.add(page.range);
    IntervalSet doubtful(head);
    for (const Page& page : m_deferred)
        doubtful.add(page.range);
    m_deferred.clear();
    // nothing before the listing needs to be asked
    const IntervalSet unlisted(TimeRange {head.from, listing});
    fillPages(subtracted(open, unlisted));
    for (const Page& page : cutPages(subtracted(doubtful, unlisted), m_task.rules))
        m_follow.push_back({page.range, true});
    if (listing <= head.to) { // the first page itself has shown that nothing is before
        markUnlisted(listing);
        return;
    }
    const UtcMs proofFrom = std::max(head.from, pageStart(m_task.rules, listing));
    m_proof = ListingProof {{{proofFrom, listing}, false}, listing};
    m_skipped = intersected(united(open, doubtful), unlisted);
    m_skipped.subtract({proofFrom, listing});
}

/// Everything that was put off is asked for in the ordinary way.
void BackfillJob::listingIsNotKnown()
{
    IntervalSet doubtful(m_emptyHead);
    for (const Page& page : m_deferred)
        doubtful.add(page.range);
    m_deferred.clear();
    m_emptyHead = {};
    for (const Page& page : cutPages(doubtful, m_task.rules))
        m_follow.push_back({page.range, true});
    for (const Page& page : cutPages(m_skipped, m_task.rules))
        m_follow.push_back(page);
    m_skipped = {};
}

void BackfillJob::markUnlisted(UtcMs listing)
{
    markAbsent(intersected(m_task.todo, IntervalSet(TimeRange {UtcMs::min(), listing})), CoverageState::Unlisted);
    m_skipped = {};
    m_listing = listing;
}

// --- storing ---

void BackfillJob::markAbsent(const IntervalSet& ranges, CoverageState state)
{
    if (ranges.isEmpty())
        return;
    store(coverageCommit(m_task.series.id, ranges, state, m_clock.now()), {});
}

void BackfillJob::store(PageCommit commit, std::stop_token stop)
{
    {
        const std::lock_guard lock(m_mutex);
        ++m_uncommitted;
    }
    // what the commit says is needed again after the rows have gone to the store
    auto summary = std::make_shared<PageCommit>();
    summary->series = commit.series;
    summary->range = commit.rows.empty() ? TimeRange {} : TimeRange {commit.rows.front().openTime, m_task.rules.grid.next(commit.rows.back().openTime)};
    summary->coverage = commit.coverage;
    const bool queued = m_writer.commit(
        std::move(commit),
        [self = shared_from_this(), summary](const Result<CommitOutcome::Page>& outcome, std::span<const Finding> findings) {
            self->committed(*summary, outcome, findings);
        },
        std::move(stop));
    if (queued)
        return;
    const std::lock_guard lock(m_mutex);
    --m_uncommitted;
}

void BackfillJob::committed(const PageCommit& commit, const Result<CommitOutcome::Page>& outcome, std::span<const Finding> findings)
{
    if (!outcome) {
        failJob(outcome.error());
    } else {
        const std::lock_guard lock(m_mutex);
        const std::int64_t rows = outcome->added + outcome->changed + outcome->same;
        m_progress.rowsStored += outcome->added + outcome->changed;
        std::int64_t absent = -rows;
        for (const CoverageSpan& span : commit.coverage) {
            const std::int64_t bars = m_task.rules.grid.count(span.range);
            if (span.state == CoverageState::Failed)
                m_progress.failed += bars;
            else if (span.state == CoverageState::BeyondRetention)
                m_progress.tooOld += bars;
            else
                m_progress.done += bars;
            if (span.state == CoverageState::Answered || span.state == CoverageState::Unlisted)
                absent += bars;
        }
        m_progress.empty += std::max<std::int64_t>(0, absent);
    }
    if (outcome)
        m_handlers.stored(commit, *outcome);
    if (!findings.empty())
        m_handlers.found(findings);
    m_handlers.changed();
    {
        const std::lock_guard lock(m_mutex);
        --m_uncommitted;
    }
    endIfDone();
}

// --- failing and ending ---

void BackfillJob::gaveUp(std::uint64_t tag, const Error& error)
{
    const auto found = m_asked.find(tag);
    if (found == m_asked.end())
        return;
    noteRequest(found->second, 0, error);
    const Asked asked = std::move(found->second.asked);
    m_asked.erase(found);
    if (std::holds_alternative<ListingSearch::Question>(asked)) {
        if (isFatal(error.code) && error.code != ErrorCode::Rejected) {
            failJob(error);
            return;
        }
        m_search->failed();
        searchMoved();
        return;
    }
    if (std::holds_alternative<ListingProof>(asked))
        listingIsNotKnown();
    markAbsent(barsOf(asked), CoverageState::Failed);
    m_hasFailedPage = true;
    if (isFatal(error.code) || ++m_failuresInRow >= failuresBeforeStop) {
        failJob(error);
        return;
    }
    const std::lock_guard lock(m_mutex);
    m_progress.error = error;
}

/// What is lost with a question that nobody answers.
IntervalSet BackfillJob::barsOf(const Asked& asked)
{
    if (std::holds_alternative<TradePage>(asked))
        return m_trades->gaveUp();
    const auto* page = std::get_if<Page>(&asked);
    return IntervalSet(page ? page->range : std::get<ListingProof>(asked).page.range);
}

void BackfillJob::retried(std::uint64_t tag, const Error& error)
{
    if (const auto found = m_asked.find(tag); found != m_asked.end())
        noteRequest(found->second, 0, error);
    if (!m_hasAnswer && error.code == ErrorCode::Network && ++m_unreachable >= unreachableBeforeStop) {
        failJob(error);
        return;
    }
    const std::lock_guard lock(m_mutex);
    ++m_progress.retries;
    m_progress.error = error;
}

void BackfillJob::failJob(const Error& error)
{
    m_failed = true;
    {
        const std::lock_guard lock(m_mutex);
        m_progress.error = error;
    }
    m_handlers.changed();
}

bool BackfillJob::isFinished() const
{
    if (m_cancelled || m_failed)
        return true;
    if (m_areFilesOpen) // asked first: when they are through, all that they give back is here
        return false;
    {
        const std::lock_guard lock(m_mutex);
        if (!m_givenBack.isEmpty())
            return false;
    }
    const bool isSearching = m_search && m_search->next();
    return m_hasBegun && !(m_trades && m_trades->next()) && !isSearching && !m_proof && m_pages.empty() && m_follow.empty() && m_deferred.empty() && m_asked.empty();
}

void BackfillJob::letGo()
{
    m_onWire = 0; // what was under way is cancelled
    {
        const std::lock_guard lock(m_mutex);
        m_isLetGo = true;
        m_progress.waitingFor.clear();
        // m_progress.failed counts what is written already: the last pages may still be on their way.
        if (!m_failed && !m_hasFailedPage)
            m_progress.error.reset(); // it was overcome
    }
    if (m_task.waits)
        m_task.waits->note({});
    endIfDone();
}

void BackfillJob::endIfDone()
{
    {
        const std::lock_guard lock(m_mutex);
        if (!m_isLetGo || m_areFilesOpen || m_uncommitted > 0 || m_hasEnded)
            return;
        m_hasEnded = true;
    }
    m_handlers.ended();
}

} // namespace mnemo
