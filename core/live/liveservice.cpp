#include "core/live/liveservice.h"

#include <algorithm>
#include <future>
#include <map>
#include <mutex>
#include <utility>

#include "core/base/log.h"
#include "core/base/timetext.h"
#include "core/live/seam.h"
#include "core/live/tradebar.h"

namespace mnemo {

using namespace std::chrono_literals;

namespace {

constexpr milliseconds beat {100};
constexpr milliseconds showEvery {250}; ///< a running bar
constexpr milliseconds tellEvery {1'000}; ///< numbers of connections
/// A venue shows a bar as closed a moment after it closed.
constexpr milliseconds afterClose {1'500};
/// The end of a bar is not told any more.
constexpr milliseconds overdue {10'000};
/// The message that ends a bar may come after the first of the next.
constexpr milliseconds lateClose {3'000};

} // namespace

/// Everything here belongs to the loop's thread, but for what the mutex guards.
class LiveService::Work : public std::enable_shared_from_this<Work> {
public:
    Work(Parts parts, Handlers handlers, FeedPolicy policy)
        : m_parts(std::move(parts))
        , m_handlers(std::move(handlers))
        , m_policy(policy)
        , m_store(m_parts.writer, m_parts.archive, m_parts.clock)
    {
    }

    void end()
    {
        m_stop.request_stop();
        m_beat.reset();
        m_feeds.clear();
        m_series.clear();
    }

    void want(LiveSeries wanted);
    void unwant(const SeriesKey& key);
    void know(const SeriesKey& key, UtcMs end);
    void begin(const SeriesKey& key, const Candle& running);
    void forget(const SeriesKey& key);
    void requestStop() { m_stop.request_stop(); } ///< any thread: a wait for the writer ends
    std::vector<FeedSnapshot> told() const ///< any thread
    {
        const std::lock_guard lock(m_mutex);
        return m_told;
    }

private:
    struct Feed;
    struct Entry {
        LiveSeries live;
        TopicId id = 0;
        Feed* feed = nullptr;
        Seam seam {Grid {Timeframe {}}};
        TradeBar folded {Grid {Timeframe {}}}; ///< where trades are streamed
        std::optional<Candle> running;
        bool isShown = true;
        SteadyTime shownAt {};
        std::optional<UtcMs> askedFor; ///< the hole before this bar
        std::optional<UtcMs> missed; ///< the bar that opens here was asked for because its end was not told
        bool isAlive = false; ///< the stream has told something since it was lost
    };
    /// A session, its socket and what it does to the world.
    struct Feed final : FeedOutlet {
        Feed(Work& owner, std::string name, const LiveSeries& first)
            : work(owner)
            , venue(first.venue)
            , market(first.series.key.market)
            , session(std::move(name), first.protocol, *this, owner.m_policy)
        {
        }
        void askAddress() override { work.askAddress(*this); }
        void connect(const std::string& to) override { work.connect(*this, to); }
        void send(const std::string& text) override
        {
            if (socket)
                socket->send(text);
        }
        void pingFrame() override
        {
            if (socket)
                socket->ping();
        }
        void disconnect() override { socket.reset(); }
        void bars(TopicId topic, std::span<const StreamBar> bars, std::string_view text) override
        {
            barsAt = work.m_parts.clock.steady();
            if (Entry* entry = work.find(topic))
                for (const StreamBar& bar : bars)
                    work.use(*entry, bar, text);
        }
        void trades(TopicId topic, std::span<const Trade> trades) override
        {
            barsAt = work.m_parts.clock.steady();
            if (Entry* entry = work.find(topic))
                work.useTrades(*entry, trades);
        }
        void lost(TopicId topic, const std::string& why) override
        {
            if (Entry* entry = work.find(topic))
                work.lost(*entry, why);
        }

        Work& work;
        const std::shared_ptr<const Venue> venue;
        const MarketType market;
        std::unique_ptr<Socket> socket;
        std::string url;
        FeedSession session;
        SteadyTime due {};
        SteadyTime barsAt {}; ///< when it told the last, or began
        int reconnects = 0; ///< that were told of
    };

    FeedTime now() const { return {m_parts.clock.steady(), m_parts.clock.now()}; }
    Entry* find(TopicId id)
    {
        const auto key = m_keys.find(id);
        const auto entry = key == m_keys.end() ? m_series.end() : m_series.find(key->second);
        return entry == m_series.end() ? nullptr : &entry->second;
    }
    Feed& feedFor(const LiveSeries& wanted);
    void askAddress(Feed& feed);
    void connect(Feed& feed, const std::string& url);
    void use(Entry& entry, const StreamBar& told, std::string_view text);
    void useRunning(Entry& entry, const Candle& bar);
    void useClosed(Entry& entry, const StreamBar& told, std::string_view text);
    void useTrades(Entry& entry, std::span<const Trade> trades);
    void store(Entry& entry);
    void askBefore(Entry& entry, UtcMs open, bool wasTold);
    void lost(Entry& entry, const std::string& why);
    void doubt(Feed& feed);
    void watch(Entry& entry, UtcMs time);
    void onBeat();
    void show(Entry& entry, SteadyTime at);
    static void tellReconnects(Feed& feed, const FeedSnapshot& told);
    void tellFeeds(const std::vector<FeedSnapshot>& told, SteadyTime at);

    const Parts m_parts;
    const Handlers m_handlers;
    const FeedPolicy m_policy;
    StreamStore m_store;
    std::stop_source m_stop;
    std::map<SeriesKey, Entry> m_series;
    std::map<TopicId, SeriesKey> m_keys;
    TopicId m_nextId = 1;
    std::vector<std::unique_ptr<Feed>> m_feeds; ///< after what its callbacks use
    std::shared_ptr<void> m_beat;
    std::vector<FeedSnapshot> m_handed; ///< to Handlers::feeds
    SteadyTime m_handedAt {};

    mutable std::mutex m_mutex;
    std::vector<FeedSnapshot> m_told;
};

LiveService::Work::Feed& LiveService::Work::feedFor(const LiveSeries& wanted)
{
    int number = 1;
    for (const auto& feed : m_feeds) {
        // Market types that share an address may still count volume in other columns: each has its own protocol.
        if (feed->venue->id() != wanted.venue->id() || feed->market != wanted.series.key.market
            || feed->session.protocol().rules() != wanted.protocol->rules())
            continue;
        if (feed->session.hasRoom())
            return *feed;
        ++number;
    }
    std::string name = wanted.venue->id() + ' ' + std::string(toText(wanted.series.key.market));
    if (number > 1)
        name += ' ' + std::to_string(number);
    return *m_feeds.emplace_back(std::make_unique<Feed>(*this, std::move(name), wanted));
}

void LiveService::Work::want(LiveSeries wanted)
{
    const SeriesKey key = wanted.series.key;
    if (m_stop.stop_requested() || m_series.contains(key))
        return;
    if (!m_beat)
        m_beat = m_parts.loop->every(beat, [this] { onBeat(); });
    Feed& feed = feedFor(wanted);
    const TopicId id = m_nextId++;
    StreamTopic topic = wanted.topic;
    Entry entry;
    entry.seam = Seam(wanted.series.grid());
    entry.folded = TradeBar(wanted.series.grid());
    entry.live = std::move(wanted);
    entry.id = id;
    entry.feed = &feed;
    m_series.emplace(key, std::move(entry));
    m_keys.emplace(id, key);
    if (!feed.session.add(id, std::move(topic), now())) {
        m_keys.erase(id);
        m_series.erase(key);
    }
    feed.due = {};
}

void LiveService::Work::unwant(const SeriesKey& key)
{
    const auto found = m_series.find(key);
    if (found == m_series.end())
        return;
    found->second.feed->session.remove(found->second.id, now());
    m_keys.erase(found->second.id);
    m_series.erase(found);
}

void LiveService::Work::know(const SeriesKey& key, UtcMs end)
{
    const auto found = m_series.find(key);
    if (found == m_series.end())
        return;
    Entry& entry = found->second;
    if (entry.isAlive && entry.seam.known() < end)
        doubt(*entry.feed);
    entry.seam.know(end);
    store(entry);
}

/// REST has told a bar that the stream has not. One that has told nothing for long, though it answers pings, is stuck.
void LiveService::Work::doubt(Feed& feed)
{
    const FeedTime time = now();
    if (feed.session.state() != FeedState::Open || time.steady - feed.barsAt < feed.session.protocol().rules().silence)
        return;
    feed.socket.reset();
    feed.session.closed(0, "it tells nothing any more, though bars have closed", time);
    feed.due = {};
}

/// Asks for a bar whose end should have been told.
void LiveService::Work::watch(Entry& entry, UtcMs time)
{
    const auto known = entry.seam.known();
    if (!entry.isAlive || !known || entry.missed == known)
        return;
    const bool isTold = entry.live.protocol->rules().closes == StreamClose::Told;
    if (time < entry.live.series.grid().next(*known) + (isTold ? overdue : afterClose))
        return;
    entry.missed = known;
    m_handlers.mustAsk(entry.live.series.key, 0ms);
}

/// The store refused a bar: what is known has to be found out anew.
void LiveService::Work::forget(const SeriesKey& key)
{
    const auto found = m_series.find(key);
    if (found == m_series.end())
        return;
    found->second.seam.forget();
    found->second.askedFor.reset();
    m_handlers.mustAsk(key, 1s);
}

void LiveService::Work::askAddress(Feed& feed)
{
    auto request = feed.session.protocol().handshake(m_parts.clock.now());
    if (!request)
        return;
    m_handlers.call(feed.venue, std::move(*request),
        [weak = weak_from_this(), loop = m_parts.loop, &feed](Result<std::string> answer) {
            loop->run([weak, &feed, answer = std::move(answer)] {
                const auto self = weak.lock(); // feeds go with it alone
                const bool isThere = self
                    && std::ranges::any_of(self->m_feeds, [&](const auto& each) { return each.get() == &feed; });
                if (isThere)
                    feed.session.addressed(answer, self->now());
            });
        });
}

void LiveService::Work::connect(Feed& feed, const std::string& url)
{
    feed.url = url;
    SocketHandlers handlers;
    handlers.opened = [this, &feed] {
        feed.barsAt = m_parts.clock.steady();
        feed.session.opened(now());
        feed.due = {};
    };
    handlers.received = [this, &feed](std::string_view bytes) { feed.session.received(bytes, now()); };
    handlers.ponged = [this, &feed] { feed.session.ponged(now()); };
    handlers.closed = [this, &feed](int code, const std::string& reason) {
        feed.session.closed(code, reason, now());
        feed.due = {};
    };
    feed.socket = m_parts.loop->connect(url, std::move(handlers));
}

void LiveService::Work::use(Entry& entry, const StreamBar& told, std::string_view text)
{
    if (m_stop.stop_requested())
        return;
    entry.isAlive = true;
    if (told.isClosed)
        return useClosed(entry, told, text);
    useRunning(entry, told.bar);
}

void LiveService::Work::useRunning(Entry& entry, const Candle& bar)
{
    if (entry.running && bar.openTime < entry.running->openTime) // late, or of a snapshot
        return;
    entry.running = bar;
    entry.isShown = false;
    askBefore(entry, bar.openTime, entry.live.protocol->rules().closes == StreamClose::Told);
    show(entry, m_parts.clock.steady());
}

void LiveService::Work::useTrades(Entry& entry, std::span<const Trade> trades)
{
    if (m_stop.stop_requested())
        return;
    entry.isAlive = true;
    bool isOther = false;
    for (const Trade& trade : trades)
        isOther |= entry.folded.add(trade);
    if (const auto bar = entry.folded.bar(); bar && isOther)
        useRunning(entry, *bar);
    else if (const auto open = entry.folded.open(); open && isOther) // what it was before, and all before it, REST tells
        askBefore(entry, *open, false);
}

void LiveService::Work::begin(const SeriesKey& key, const Candle& running)
{
    const auto found = m_series.find(key);
    if (found != m_series.end() && found->second.live.protocol->rules().tells == StreamTells::Trades)
        found->second.folded.begin(running);
}

void LiveService::Work::useClosed(Entry& entry, const StreamBar& told, std::string_view text)
{
    const SeriesKey& key = entry.live.series.key;
    const UtcMs open = told.bar.openTime;
    if (entry.running && entry.running->openTime <= open)
        entry.running.reset();
    switch (entry.seam.closed({told.bar, std::string(text)})) {
    case Seam::Verdict::Taken:
        store(entry);
        return askBefore(entry, open, false);
    case Seam::Verdict::Otherwise:
        log::warning("live", "a stream told a closed bar again, and otherwise: the next incremental run decides",
            {{"series", key.text()}, {"bar", formatIso(open)}});
        return;
    case Seam::Verdict::Repeated:
    case Seam::Verdict::Late:
        return;
    }
}

void LiveService::Work::store(Entry& entry)
{
    const SeriesKey key = entry.live.series.key;
    const StreamOrigin origin {entry.live.series, entry.live.venue->version(), entry.feed->url};
    for (const HeldBar& bar : entry.seam.ready()) {
        auto stored = m_store.store(
            origin, bar.bar, bar.text,
            [weak = weak_from_this(), loop = m_parts.loop, handler = m_handlers.stored, series = entry.live.series](const PageCommit& page,
                const Result<CommitOutcome::Page>& outcome, std::span<const Finding> findings) {
                if (outcome)
                    return handler(series, page, *outcome, findings);
                loop->run([weak, key = series.key] {
                    if (const auto self = weak.lock())
                        self->forget(key);
                });
            },
            m_stop.get_token());
        if (!stored) {
            log::warning("live", "a stream's bar is not stored", {{"series", key.text()}, {"reason", stored.error().detail}});
            return forget(key);
        }
    }
}

/// @param wasTold the venue tells ends of bars, and the message that does may be on its way
void LiveService::Work::askBefore(Entry& entry, UtcMs open, bool wasTold)
{
    const SeriesKey& key = entry.live.series.key;
    const auto hole = entry.seam.holeBefore(open);
    if ((entry.seam.known() && !hole) || entry.askedFor == open)
        return;
    entry.askedFor = open;
    const Grid grid = entry.live.series.grid();
    const bool isOneBar = hole && grid.count(*hole) == 1;
    if (hole && !(isOneBar && entry.live.protocol->rules().closes == StreamClose::Asked))
        log::info("live", "bars are missing before the stream and asked for",
            {{"series", key.text()}, {"from", formatIso(hole->from)}, {"to", formatIso(hole->to)}});
    const auto sinceClose = std::chrono::duration_cast<milliseconds>(m_parts.clock.now() - open);
    m_handlers.mustAsk(key, std::max(0ms, (wasTold ? lateClose : afterClose) - std::max(0ms, sinceClose)));
}

void LiveService::Work::lost(Entry& entry, const std::string& why)
{
    entry.running.reset();
    entry.folded.forget();
    entry.isShown = true;
    entry.askedFor.reset();
    entry.missed.reset();
    entry.isAlive = false;
    log::debug("live", "a series is streamed no more", {{"series", entry.live.series.key.text()}, {"reason", why}});
    m_handlers.lost(entry.live.series.key, why);
}

void LiveService::Work::show(Entry& entry, SteadyTime at)
{
    if (entry.isShown || !entry.running || at - entry.shownAt < showEvery)
        return;
    entry.isShown = true;
    entry.shownAt = at;
    m_handlers.running(entry.live, *entry.running);
}

void LiveService::Work::tellReconnects(Feed& feed, const FeedSnapshot& told)
{
    if (std::exchange(feed.reconnects, told.reconnects) == told.reconnects)
        return;
    log::warning("live", "a stream ended: its series are asked for until it is back",
        {{"feed", told.id}, {"reason", told.lastError}, {"series", told.topics}, {"wait_ms", told.wait.count()}});
}

void LiveService::Work::tellFeeds(const std::vector<FeedSnapshot>& told, SteadyTime at)
{
    const bool isOtherState = !std::ranges::equal(told, m_handed, [](const FeedSnapshot& a, const FeedSnapshot& b) {
        return a.id == b.id && a.state == b.state && a.isSilent == b.isSilent && a.topics == b.topics && a.alive == b.alive;
    });
    if (!m_handlers.feeds || (!isOtherState && (at - m_handedAt < tellEvery || told == m_handed)))
        return;
    m_handed = told;
    m_handedAt = at;
    m_handlers.feeds(told);
}

void LiveService::Work::onBeat()
{
    const FeedTime time = now();
    for (auto& [key, entry] : m_series) {
        show(entry, time.steady);
        watch(entry, time.wall);
    }
    std::vector<FeedSnapshot> told;
    for (const auto& feed : m_feeds) {
        if (feed->due <= time.steady)
            feed->due = feed->session.advance(time);
        told.push_back(feed->session.snapshot(time));
        told.back().exchange = feed->venue->id();
        tellReconnects(*feed, told.back());
    }
    std::erase_if(m_feeds, [](const auto& feed) { return feed->session.isEmpty() && feed->session.state() == FeedState::Idle; });
    if (m_feeds.empty()) // not from within the beat
        m_parts.loop->run([weak = weak_from_this()] {
            if (const auto self = weak.lock(); self && self->m_feeds.empty())
                self->m_beat.reset();
        });
    std::ranges::sort(told, {}, &FeedSnapshot::id);
    tellFeeds(told, time.steady);
    const std::lock_guard lock(m_mutex);
    m_told = std::move(told);
}

LiveService::LiveService(Parts parts, Handlers handlers, FeedPolicy policy)
    : m_parts(parts)
    , m_work(std::make_shared<Work>(std::move(parts), std::move(handlers), policy))
{
}

LiveService::~LiveService()
{
    m_work->requestStop();
    if (!m_isUsed)
        return;
    std::promise<void> ended;
    m_parts.loop->run([this, &ended] { // a task that owned the work could outlive us, and the loop end on its own thread
        m_work->end();
        ended.set_value();
    });
    ended.get_future().wait();
}

void LiveService::want(LiveSeries series)
{
    m_isUsed = true;
    m_parts.loop->run([work = m_work, series = std::move(series)]() mutable { work->want(std::move(series)); });
}

void LiveService::unwant(const SeriesKey& series)
{
    if (m_isUsed)
        m_parts.loop->run([work = m_work, series] { work->unwant(series); });
}

void LiveService::know(const SeriesKey& series, UtcMs end)
{
    if (m_isUsed)
        m_parts.loop->run([work = m_work, series, end] { work->know(series, end); });
}

void LiveService::begin(const SeriesKey& series, const Candle& running)
{
    if (m_isUsed)
        m_parts.loop->run([work = m_work, series, running] { work->begin(series, running); });
}

std::vector<FeedSnapshot> LiveService::snapshots() const
{
    return m_work->told();
}

} // namespace mnemo
