#include "core/engine/follower.h"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

#include "core/engine/feedboard.h"
#include "core/ingest/lanecall.h"
#include "core/ingest/newestpage.h"
#include "core/ingest/newesttrades.h"

namespace mnemo {

using namespace std::chrono_literals;

namespace {

constexpr milliseconds leastInterval {5s};
constexpr milliseconds longestPause {10min}; ///< after failures in a row
/// A venue shows a bar as closed a moment after it closed.
constexpr milliseconds afterClose {1'500};
/// A stream that tells ends of bars has told this one's long before.
constexpr milliseconds overdue {10s};
/// Who leafs through charts does not ask about each of them.
constexpr milliseconds firstLook {400};
/// Bars that are folded from trades: how many may be missing. How many requests they take only the trading knows.
constexpr std::int64_t mostFolded = 100;
constexpr std::size_t mostRemembered = 256; ///< series that nobody follows any more

using std::chrono::steady_clock;

/// The first bar that is not known: after the newest answered or stored one.
Result<std::optional<UtcMs>> endOfKnown(StoreReader& reader, const SeriesRecord& series)
{
    const auto summary = reader.summary(series.id);
    if (!summary)
        return fail(summary.error());
    if (!summary->last)
        return std::optional<UtcMs> {}; // nothing stored: nothing to keep up to date
    const UtcMs stored = series.grid().next(*summary->last);
    const auto coverage = reader.coverage(series.id, {stored, UtcMs::max()});
    if (!coverage)
        return fail(coverage.error());
    UtcMs end = stored;
    for (const CoverageSpan& span : *coverage) {
        if (span.state == CoverageState::Answered)
            end = std::max(end, span.range.to);
    }
    return std::optional(end);
}

bool isBreakerOpen(const LanePool& lanes, const std::string& lane)
{
    return std::ranges::any_of(lanes.snapshots(),
        [&](const LaneSnapshot& snapshot) { return snapshot.id == lane && snapshot.breaker == BreakerState::Open; });
}

UtcMs answeredUntil(const PageCommit& page)
{
    UtcMs end {};
    for (const CoverageSpan& span : page.coverage) {
        if (span.state == CoverageState::Answered)
            end = std::max(end, span.range.to);
    }
    return end;
}

void tellStored(EventHub& hub, const SeriesKey& series, SeriesId id, const PageCommit& page,
    const CommitOutcome::Page& outcome, std::span<const Finding> findings)
{
    if (outcome.added + outcome.changed > 0)
        hub.publish(RowsStored {series, page.range, outcome.added + outcome.changed});
    if (!page.coverage.empty())
        hub.publish(CoverageChanged {series, {page.coverage.front().range.from, page.coverage.back().range.to}});
    for (const Finding& finding : findings) {
        if (finding.series == id)
            hub.publish(FindingRaised {series, finding.rule, finding.severity, finding.range});
    }
}

} // namespace

milliseconds followInterval(Timeframe timeframe)
{
    return std::max<milliseconds>(leastInterval, timeframe.length() / 20);
}

/// Shared with answers that are under way: they may come after the follower has gone.
struct Follower::State {
    struct Entry {
        int guards = 0;
        bool isAsking = false;
        int failures = 0; ///< in a row
        steady_clock::time_point due {};
        std::optional<steady_clock::time_point> wanted; ///< the stream wants it asked while it is being asked
        std::optional<BarRunning> bar;
        std::optional<StreamClose> streamed; ///< by a stream that has told something of it
    };

    std::mutex mutex; // never held while an event is handed out
    std::condition_variable_any changed;
    std::map<SeriesKey, Entry> entries;
    FeedBoard board; ///< what people get to know of it
    LiveService* live = nullptr; ///< null once the follower goes
    bool isStopped = false;

    std::optional<SeriesKey> next(steady_clock::time_point& wakeAt) const;
    void plan(const SeriesKey& series, milliseconds pause);
    void answered(const SeriesKey& series, const Result<std::optional<Candle>>& running, const Grid& grid, bool isLast,
        EventHub& hub, const Clock& clock);
    void forgetOld();
    void running(const SeriesKey& series, StreamClose closes, const Candle& bar, UtcMs end, EventHub& hub);
    void mustAsk(const SeriesKey& series, milliseconds pause);
    void lost(const SeriesKey& series);
    void streamStored(const SeriesKey& series, milliseconds untilNext);
    void know(const SeriesKey& series, UtcMs end);
    void endStream(const SeriesKey& series);
    void show(const SeriesKey& series, FollowState how);
    void show(const SeriesKey& series, StaleCause cause, std::optional<ErrorCode> error = {});
    void notAsked(const SeriesKey& series, StaleCause cause);
    void setFeeds(std::vector<FeedSnapshot> feeds);
};

/// Under the mutex: a series that is due; else when the first will be.
std::optional<SeriesKey> Follower::State::next(steady_clock::time_point& wakeAt) const
{
    const auto now = steady_clock::now();
    for (const auto& [key, entry] : entries) {
        if (entry.guards == 0 || entry.isAsking)
            continue;
        if (entry.due <= now)
            return key;
        wakeAt = std::min(wakeAt, entry.due);
    }
    return std::nullopt;
}

/// Under the mutex.
void Follower::State::show(const SeriesKey& series, FollowState how)
{
    const auto entry = entries.find(series);
    if (entry == entries.end() || entry->second.guards == 0)
        return;
    board.set({series, how, how == FollowState::Polled ? followInterval(series.timeframe) : milliseconds {0}});
    changed.notify_all();
}

/// Under the mutex. What is streamed is not stale because REST has nothing to say.
void Follower::State::show(const SeriesKey& series, StaleCause cause, std::optional<ErrorCode> error)
{
    const auto entry = entries.find(series);
    if (entry == entries.end() || entry->second.guards == 0 || entry->second.streamed)
        return;
    board.set({series, FollowState::Stale, {}, cause, error});
    changed.notify_all();
}

void Follower::State::notAsked(const SeriesKey& series, StaleCause cause)
{
    {
        const std::lock_guard lock(mutex);
        if (isMetric(series.kind) && cause == StaleCause::Unknown)
            board.remove(series); // that it comes by schedule alone is no fault of it
        else
            show(series, cause);
    }
    plan(series, followInterval(series.timeframe));
}

void Follower::State::setFeeds(std::vector<FeedSnapshot> feeds)
{
    const std::lock_guard lock(mutex);
    board.setFeeds(std::move(feeds));
    changed.notify_all();
}

void Follower::State::plan(const SeriesKey& series, milliseconds pause)
{
    const std::lock_guard lock(mutex);
    Entry& entry = entries[series];
    entry.isAsking = false;
    entry.due = steady_clock::now() + pause;
    const auto wanted = std::exchange(entry.wanted, std::nullopt);
    if (wanted && entry.failures == 0)
        entry.due = std::min(entry.due, *wanted);
    changed.notify_all();
}

/// A stream has told something of the series.
void Follower::State::running(const SeriesKey& series, StreamClose closes, const Candle& bar, UtcMs end, EventHub& hub)
{
    const BarRunning told {series, bar, end};
    {
        const std::lock_guard lock(mutex);
        const auto entry = entries.find(series);
        if (isStopped || entry == entries.end() || entry->second.guards == 0)
            return;
        entry->second.streamed = closes;
        entry->second.bar = told;
        show(series, FollowState::Streamed);
    }
    hub.publish(told);
}

void Follower::State::mustAsk(const SeriesKey& series, milliseconds pause)
{
    const std::lock_guard lock(mutex);
    const auto entry = entries.find(series);
    if (entry == entries.end())
        return;
    const auto at = steady_clock::now() + pause;
    if (entry->second.isAsking)
        entry->second.wanted = at;
    else if (entry->second.failures == 0)
        entry->second.due = std::min(entry->second.due, at);
    changed.notify_all();
}

void Follower::State::lost(const SeriesKey& series)
{
    {
        const std::lock_guard lock(mutex);
        const auto entry = entries.find(series);
        if (entry == entries.end())
            return;
        entry->second.streamed.reset();
        show(series, FollowState::Waiting);
    }
    mustAsk(series, 0ms);
}

/// Nothing has to be asked before the next bar is overdue.
void Follower::State::streamStored(const SeriesKey& series, milliseconds untilNext)
{
    const std::lock_guard lock(mutex);
    const auto entry = entries.find(series);
    if (entry != entries.end() && entry->second.streamed && !entry->second.isAsking)
        entry->second.due = steady_clock::now() + untilNext + overdue;
}

void Follower::State::endStream(const SeriesKey& series)
{
    const std::lock_guard lock(mutex);
    entries[series].streamed.reset();
    if (live != nullptr)
        live->unwant(series);
}

void Follower::State::know(const SeriesKey& series, UtcMs end)
{
    const std::lock_guard lock(mutex);
    if (live != nullptr && end > UtcMs {})
        live->know(series, end);
}

/// Plans the next question: sooner where the bar closes before, later where this one failed.
/// @param isLast it asked up to the running bar
void Follower::State::answered(const SeriesKey& series, const Result<std::optional<Candle>>& running, const Grid& grid,
    bool isLast, EventHub& hub, const Clock& clock)
{
    const milliseconds interval = followInterval(series.timeframe);
    milliseconds pause = isLast ? interval : leastInterval;
    std::optional<BarRunning> bar;
    std::optional<StreamClose> streamed;
    if (running && *running)
        bar = BarRunning {series, **running, grid.next((*running)->openTime)};
    if (bar && bar->closes + afterClose < clock.now()) { // a walk took longer than the bar had left: look again
        bar.reset();
        pause = leastInterval;
    }
    {
        const std::lock_guard lock(mutex);
        if (isStopped)
            return;
        Entry& entry = entries[series];
        entry.failures = running ? 0 : entry.failures + 1;
        if (!running)
            pause = std::min(longestPause, interval * (1 << std::min(entry.failures, 10)));
        if (bar)
            entry.bar = bar;
        if (bar && live != nullptr)
            live->begin(series, bar->bar);
        streamed = entry.streamed;
        if (!running)
            show(series, StaleCause::Failed, running.error().code);
        else if (!streamed)
            show(series, FollowState::Polled);
    }
    if (bar) {
        const auto left = std::chrono::ceil<milliseconds>(bar->closes - clock.now());
        pause = streamed ? std::max(left + (*streamed == StreamClose::Told ? overdue : afterClose), leastInterval)
                         : std::clamp(left + afterClose, leastInterval, pause);
        hub.publish(*bar);
    }
    plan(series, pause);
}

/// Under the mutex. An entry outlives its guards, so that who comes back soon does not ask again at once.
void Follower::State::forgetOld()
{
    if (entries.size() > mostRemembered)
        std::erase_if(entries, [](const auto& known) { return known.second.guards == 0 && !known.second.isAsking; });
}

Follower::Follower(Parts parts, std::function<FollowSettings()> settings)
    : m_parts(std::move(parts))
    , m_settings(std::move(settings))
    , m_state(std::make_shared<State>())
    , m_live(openLive())
    , m_thread([this](const std::stop_token& stop) { run(stop); })
{
}

Follower::~Follower()
{
    stop();
}

void Follower::stop()
{
    const std::lock_guard lock(m_state->mutex);
    m_state->isStopped = true;
    if (m_state->live != nullptr)
        for (const auto& [series, entry] : m_state->entries)
            m_state->live->unwant(series);
    m_state->live = nullptr;
    m_state->changed.notify_all();
}

std::vector<FeedSnapshot> Follower::feeds() const
{
    return m_live ? m_live->snapshots() : std::vector<FeedSnapshot> {};
}

std::shared_ptr<const FeedReport> Follower::report() const
{
    const std::lock_guard lock(m_state->mutex);
    return m_state->board.told();
}

std::unique_ptr<LiveService> Follower::openLive()
{
    if (!m_parts.sockets)
        return nullptr;
    LiveService::Handlers handlers;
    handlers.running = [state = m_state, hub = m_parts.hub](const LiveSeries& live, const Candle& bar) {
        const Grid grid = live.series.grid();
        state->running(live.series.key, live.protocol->rules().closes, bar, grid.next(bar.openTime), *hub);
    };
    handlers.mustAsk = [state = m_state](const SeriesKey& series, milliseconds pause) { state->mustAsk(series, pause); };
    handlers.lost = [state = m_state](const SeriesKey& series, const std::string&) { state->lost(series); };
    handlers.stored = [state = m_state, hub = m_parts.hub, &clock = m_parts.clock](const SeriesRecord& series,
                          const PageCommit& page, const CommitOutcome::Page& outcome, std::span<const Finding> findings) {
        tellStored(*hub, series.key, series.id, page, outcome, findings);
        const UtcMs next = series.grid().next(page.range.to);
        state->streamStored(series.key, std::chrono::ceil<milliseconds>(next - clock.now()));
    };
    handlers.call = [&lanes = m_parts.lanes](std::shared_ptr<const Venue> venue, VenueRequest request,
                        std::function<void(Result<std::string>)> done) {
        lanes.send(*venue, std::make_shared<LaneCall>(venue, std::move(request), std::move(done)));
    };
    handlers.feeds = [state = m_state](std::vector<FeedSnapshot> feeds) { state->setFeeds(std::move(feeds)); };
    auto live = std::make_unique<LiveService>(
        LiveService::Parts {m_parts.writer, m_parts.archive, m_parts.clock, m_parts.sockets}, std::move(handlers));
    const std::lock_guard lock(m_state->mutex);
    m_state->live = live.get();
    return live;
}

/// Has the series streamed where its venue can, from what is known of it.
void Follower::stream(const NewestQuestion& question)
{
    const SeriesRecord& series = question.series;
    const auto protocol = m_live && series.key.kind == Kind::Candles ? question.venue->streams(series.key.market) : nullptr;
    if (!protocol || !protocol->has(series.key.timeframe))
        return;
    auto instrument = question.venue->instrument(series.key.market, series.key.symbol, series.exchangeSymbol);
    if (!instrument)
        return;
    instrument->contractSize = series.contractSize;
    auto topic = protocol->topic(*instrument, series.key.timeframe);
    if (!topic || topic->grid != series.grid())
        return;
    const std::lock_guard lock(m_state->mutex);
    const auto entry = m_state->entries.find(series.key);
    if (m_state->live == nullptr || entry == m_state->entries.end() || entry->second.guards == 0)
        return;
    m_state->live->want({series, question.venue, protocol, std::move(*topic)});
    m_state->live->know(series.key, question.range.from);
}

std::shared_ptr<void> Follower::follow(const SeriesKey& series)
{
    std::optional<BarRunning> known;
    {
        const std::lock_guard lock(m_state->mutex);
        m_state->forgetOld();
        State::Entry& entry = m_state->entries[series];
        if (entry.guards++ == 0) {
            entry.due = std::max(entry.due, steady_clock::now() + firstLook);
            m_state->show(series, FollowState::Waiting);
        }
        if (entry.bar && entry.bar->closes > m_parts.clock.now())
            known = entry.bar;
        m_state->changed.notify_all();
    }
    if (known)
        m_parts.hub->publish(*known);
    return {m_state.get(), [state = m_state, series](void*) {
                const std::lock_guard lock(state->mutex);
                State::Entry& entry = state->entries[series];
                if (--entry.guards > 0)
                    return;
                if (entry.streamed.has_value()) // nothing was asked meanwhile: who comes back begins anew
                    entry.due = {};
                entry.streamed.reset();
                state->board.remove(series);
                state->changed.notify_all();
                if (state->live != nullptr)
                    state->live->unwant(series);
            }};
}

void Follower::run(const std::stop_token& stop)
{
    State& state = *m_state;
    std::unique_lock lock(state.mutex);
    while (!stop.stop_requested() && !state.isStopped) {
        if (const auto report = state.board.take(steady_clock::now())) {
            lock.unlock();
            m_parts.hub->publish(FeedsChanged {report});
            lock.lock();
            continue;
        }
        auto wakeAt = steady_clock::now() + 1h;
        const auto due = state.next(wakeAt);
        if (!due) {
            wakeAt = std::min(wakeAt, state.board.due().value_or(wakeAt));
            state.changed.wait_until(lock, stop, wakeAt, [&] {
                auto next = wakeAt;
                return state.isStopped || state.next(next) || next < wakeAt || state.board.due().value_or(wakeAt) < wakeAt;
            });
            continue;
        }
        state.entries[*due].isAsking = true;
        lock.unlock();
        ask(*due);
        lock.lock();
    }
}

void Follower::ask(const SeriesKey& series)
{
    auto question = questionOf(series);
    if (!question)
        return m_state->notAsked(series, question.error());
    stream(*question);
    const Venue& venue = *question->venue;
    NewestPage::Handlers handlers;
    const bool isLast = question->range.to > m_parts.clock.now();
    handlers.ended = [state = m_state, hub = m_parts.hub, &clock = m_parts.clock, series, grid = question->rules.grid,
                         isLast](const Result<std::optional<Candle>>& running) {
        state->answered(series, running, grid, isLast, *hub, clock);
    };
    handlers.stored = [state = m_state, hub = m_parts.hub, series, id = question->series.id](const PageCommit& page,
                          const CommitOutcome::Page& outcome, std::span<const Finding> findings) {
        tellStored(*hub, series, id, page, outcome, findings);
        state->know(series, answeredUntil(page));
    };
    std::shared_ptr<NewestFetch> fetch;
    if (question->rules.isFromTrades)
        fetch = std::make_shared<NewestTrades>(std::move(*question), m_parts.writer, m_parts.clock, std::move(handlers));
    else
        fetch = std::make_shared<NewestPage>(std::move(*question), m_parts.writer, m_parts.clock, std::move(handlers));
    m_parts.lanes.send(venue, std::move(fetch));
}

tl::expected<NewestQuestion, StaleCause> Follower::questionOf(const SeriesKey& series)
{
    using tl::unexpected;
    const FollowSettings settings = m_settings();
    if (!settings.isOn) {
        m_state->endStream(series);
        return unexpected(StaleCause::Off);
    }
    const auto venue = settings.catalogue->venue(series.exchange);
    if (!venue || series.source != series.exchange)
        return unexpected(StaleCause::Unknown);
    const auto rules = (*venue)->pageRules(series.market, series.kind, series.timeframe);
    if (!rules || rules->isSnapshot)
        return unexpected(StaleCause::Unknown);
    if (isBreakerOpen(m_parts.lanes, (*venue)->lane().id))
        return unexpected(StaleCause::Stopped);
    if (!m_reader) {
        auto opened = m_parts.store.openReader();
        if (!opened)
            return unexpected(StaleCause::Unknown);
        m_reader = std::move(*opened);
    }
    const auto record = m_reader->find(series);
    if (!record || !*record || (*record)->grid() != rules->grid)
        return unexpected(StaleCause::Unknown);
    const auto known = endOfKnown(*m_reader, **record);
    if (!known || !*known)
        return unexpected(StaleCause::Unknown);
    const UtcMs now = m_parts.clock.now();
    const std::int64_t most = rules->isFromTrades ? mostFolded : rules->maxRows;
    if (rules->grid.count({**known, now}) > most)
        return unexpected(StaleCause::Behind);
    return NewestQuestion {**record, *venue, *rules, newestRange(*rules, **known, now)};
}

} // namespace mnemo
