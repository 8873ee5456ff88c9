#include "core/live/feedsession.h"

#include <algorithm>
#include <array>
#include <utility>

namespace mnemo {

using namespace std::chrono_literals;

namespace {

/// A connection that lasts is replaced a while before the venue ends it, at a moment of ours.
constexpr milliseconds beforeEnd {60'000};
/// Close codes by which a server says that it does not want us (RFC 6455, section 7.4.1, and its registry): policy, too
/// busy, unauthorized, forbidden.
constexpr std::array refusals {1008, 1013, 3000, 3003};

constexpr std::size_t mostLatencies = 101; ///< an odd number has a middle

milliseconds between(SteadyTime from, SteadyTime to)
{
    return std::chrono::duration_cast<milliseconds>(to - from);
}

} // namespace

std::string_view toText(FeedState state)
{
    switch (state) {
    case FeedState::Idle:
        return "idle";
    case FeedState::Asking:
        return "asking";
    case FeedState::Connecting:
        return "connecting";
    case FeedState::Open:
        return "open";
    case FeedState::Waiting:
        return "waiting";
    }
    return {};
}

FeedCondition conditionOf(const FeedSnapshot& feed)
{
    switch (feed.state) {
    case FeedState::Idle:
    case FeedState::Asking:
    case FeedState::Connecting:
        return FeedCondition::Connecting;
    case FeedState::Open:
        return feed.isSilent ? FeedCondition::Stalled : feed.alive > 0 ? FeedCondition::Live : FeedCondition::Connecting;
    case FeedState::Waiting:
        return FeedCondition::Reconnecting;
    }
    return FeedCondition::Connecting;
}

FeedSession::FeedSession(std::string id, std::shared_ptr<const StreamProtocol> protocol, FeedOutlet& outlet,
    FeedPolicy policy, std::uint32_t seed)
    : m_id(std::move(id))
    , m_protocol(std::move(protocol))
    , m_outlet(outlet)
    , m_policy(policy)
    , m_random(seed)
{
}

bool FeedSession::add(TopicId id, StreamTopic topic, FeedTime now)
{
    Topic added {id, std::move(topic)};
    const auto [first, last] = m_byKey.equal_range(added.topic.key);
    for (auto it = first; it != last; ++it) {
        const Topic& other = m_topics.at(it->second);
        if (other.topic.timeframe == added.topic.timeframe)
            return false;
        added.isAsked = added.isAsked || other.isAsked;
    }
    const auto left = std::erase_if(m_leaving, [&](const StreamTopic& leaving) { return leaving.key == added.topic.key; });
    added.isAsked = added.isAsked || left > 0; // it was not unsubscribed yet
    m_byKey.emplace(added.topic.key, id);
    m_topics.emplace(id, std::move(added));
    if (m_state == FeedState::Idle)
        begin(now);
    return true;
}

void FeedSession::remove(TopicId id, FeedTime now)
{
    const auto found = m_topics.find(id);
    if (found == m_topics.end())
        return;
    const auto [first, last] = m_byKey.equal_range(found->second.topic.key);
    m_byKey.erase(std::find_if(first, last, [&](const auto& each) { return each.second == id; }));
    if (found->second.isAsked && !m_byKey.contains(found->second.topic.key))
        m_leaving.push_back(found->second.topic);
    m_topics.erase(found);
    if (m_topics.empty())
        m_since = now.steady;
}

/// Empty where it is unsubscribed, and still on the way.
std::vector<FeedSession::Topic*> FeedSession::find(const std::string& key)
{
    const auto channel = m_channels.find(key);
    const auto [first, last] = m_byKey.equal_range(channel == m_channels.end() ? key : channel->second);
    std::vector<Topic*> topics;
    for (auto it = first; it != last; ++it)
        topics.push_back(&m_topics.at(it->second));
    return topics;
}

void FeedSession::begin(FeedTime now)
{
    m_since = now.steady;
    if (!m_protocol->rules().hasHandshake)
        return connect({}, now);
    m_state = FeedState::Asking;
    m_outlet.askAddress();
}

void FeedSession::addressed(const Result<std::string>& answer, FeedTime now)
{
    if (m_state != FeedState::Asking)
        return;
    if (!answer)
        return fail("the address was not told: " + answer.error().detail, false, now);
    connect(*answer, now);
}

void FeedSession::connect(std::string_view answer, FeedTime now)
{
    const auto address = m_protocol->address(answer);
    if (!address)
        return fail(address.error().detail, true, now);
    m_pingEvery = address->pingEvery.value_or(m_protocol->rules().pingEvery);
    m_state = FeedState::Connecting;
    m_since = now.steady;
    m_outlet.connect(address->url);
}

void FeedSession::opened(FeedTime now)
{
    if (m_state != FeedState::Connecting)
        return;
    m_state = FeedState::Open;
    m_since = m_heard = m_pinged = m_framePinged = now.steady;
    m_channels.clear();
    m_leaving.clear();
    m_sends.clear();
    m_unreadableRow = 0;
}

void FeedSession::closed(int code, const std::string& reason, FeedTime now)
{
    if (m_state != FeedState::Connecting && m_state != FeedState::Open)
        return;
    const bool isRefused = std::ranges::find(refusals, code) != refusals.end();
    std::string why = code == 0 ? "the connection broke" : "closed by the server with code " + std::to_string(code);
    if (!reason.empty())
        why += ": " + reason;
    fail(why, isRefused, now);
}

/// @param isRefused trying soon again would be rude, or of no use
void FeedSession::fail(const std::string& why, bool isRefused, FeedTime now)
{
    const bool wasSteady = m_state == FeedState::Open && between(m_since, now.steady) >= m_policy.steadyAfter;
    m_failures = wasSteady ? 0 : m_failures;
    ++m_told.reconnects;
    remark(why, now);
    m_state = FeedState::Waiting;
    m_since = now.steady;
    m_until = now.steady + nextPause(isRefused);
    loseTopics(why);
}

milliseconds FeedSession::nextPause(bool isRefused)
{
    milliseconds pause = m_policy.firstPause * (std::int64_t {1} << std::min(m_failures++, 20));
    if (isRefused)
        pause = std::max(pause, 2 * m_policy.refusedPause);
    pause = std::min(pause, m_policy.longestPause);
    return std::uniform_int_distribution<std::int64_t>(pause.count() / 2, pause.count())(m_random) * 1ms;
}

void FeedSession::loseTopics(const std::string& why)
{
    std::vector<TopicId> lost;
    for (auto& [id, topic] : m_topics) {
        topic.isAsked = false;
        if (std::exchange(topic.isAlive, false))
            lost.push_back(id);
    }
    for (const TopicId id : lost)
        m_outlet.lost(id, why);
}

void FeedSession::received(std::string_view bytes, FeedTime now)
{
    if (m_state != FeedState::Open)
        return;
    m_heard = now.steady;
    ++m_told.messages;
    auto text = m_protocol->unpacked(bytes);
    if (!text)
        return unreadable(text.error().detail, now);
    const auto message = m_protocol->read(*text);
    if (!message)
        return unreadable(message.error().detail, now);
    use(*message, *text, now);
}

void FeedSession::remark(std::string error, FeedTime now)
{
    m_told.lastError = std::move(error);
    m_told.lastErrorAt = now.wall;
}

void FeedSession::timed(milliseconds latency)
{
    if (m_latencies.size() < mostLatencies)
        m_latencies.push_back(latency);
    else
        m_latencies[m_nextLatency++ % mostLatencies] = latency;
    if (!m_told.latency)
        m_told.latency = latency; // count() makes it the median
}

void FeedSession::use(const StreamMessage& message, std::string_view text, FeedTime now)
{
    switch (message.kind) {
    case StreamMessage::Kind::Other:
        return;
    case StreamMessage::Kind::Ping:
        return m_outlet.send(message.reply);
    case StreamMessage::Kind::Refused:
        return remark("refused: " + message.text, now);
    case StreamMessage::Kind::Bound:
        m_channels[message.channel] = message.keys.front();
        return;
    case StreamMessage::Kind::Rows:
        return useRows(message, text, now);
    }
}

void FeedSession::useRows(const StreamMessage& message, std::string_view text, FeedTime now)
{
    if (message.sentAt)
        timed(now.wall - *message.sentAt);
    for (const std::string& key : message.keys) {
        for (Topic* topic : find(key)) {
            if (!useRowsOf(*topic, text, now))
                return;
        }
    }
}

bool FeedSession::useRowsOf(Topic& topic, std::string_view text, FeedTime now)
{
    const auto use = [&](const auto& rows, const auto& handOver) {
        if (!rows) {
            unreadable(rows.error().detail, now);
            return false;
        }
        if (rows->empty())
            return true;
        m_unreadableRow = 0;
        topic.isAlive = true;
        handOver(*rows);
        return true;
    };
    if (m_protocol->rules().tells == StreamTells::Trades)
        return use(m_protocol->trades(topic.topic, text), [&](std::span<const Trade> rows) { m_outlet.trades(topic.id, rows); });
    return use(m_protocol->bars(topic.topic, text), [&](std::span<const StreamBar> rows) { m_outlet.bars(topic.id, rows, text); });
}

void FeedSession::unreadable(const std::string& why, FeedTime now)
{
    ++m_told.unreadable;
    remark(why, now);
    if (++m_unreadableRow < m_policy.mostUnreadable)
        return;
    m_outlet.disconnect();
    fail(why, true, now);
}

SteadyTime FeedSession::advance(FeedTime now)
{
    SteadyTime wakeAt = now.steady + 1s;
    const milliseconds age = between(m_since, now.steady);
    switch (m_state) {
    case FeedState::Idle:
        if (!m_topics.empty())
            begin(now);
        break;
    case FeedState::Asking:
        break; // whoever asks gives up by itself
    case FeedState::Connecting:
        if (age >= m_policy.connectTimeout) {
            m_outlet.disconnect();
            fail("no connection within " + std::to_string(m_policy.connectTimeout.count() / 1000) + " s", false, now);
        }
        break;
    case FeedState::Waiting:
        if (m_topics.empty())
            m_state = FeedState::Idle;
        else if (now.steady >= m_until)
            begin(now);
        else
            wakeAt = std::min(wakeAt, m_until);
        break;
    case FeedState::Open:
        sendDue(now, wakeAt);
        break;
    }
    count(now);
    return wakeAt;
}

void FeedSession::sendDue(FeedTime now, SteadyTime& wakeAt)
{
    const StreamRules& rules = m_protocol->rules();
    if (m_topics.empty() && between(m_since, now.steady) >= m_policy.linger) {
        m_state = FeedState::Idle;
        return m_outlet.disconnect();
    }
    if (between(m_heard, now.steady) >= rules.silence) {
        m_outlet.disconnect();
        return fail("silent for " + std::to_string(rules.silence.count() / 1000) + " s", false, now);
    }
    if (rules.lifetime.count() > 0 && between(m_since, now.steady) >= rules.lifetime - std::min(beforeEnd, rules.lifetime / 2)) {
        m_outlet.disconnect();
        m_failures = 0;
        return fail("replaced before its end", false, now);
    }
    keepAlive(now, wakeAt);
    sendSubscriptions(now, wakeAt);
}

/// A venue's own ping counts as sign of life there; the protocol's makes servers without one answer.
void FeedSession::keepAlive(FeedTime now, SteadyTime& wakeAt)
{
    if (m_pingEvery.count() > 0 && between(m_pinged, now.steady) >= m_pingEvery) {
        m_pinged = now.steady;
        if (const std::string ping = m_protocol->ping(m_requestId++, now.wall); !ping.empty())
            m_outlet.send(ping);
    }
    const milliseconds quiet = m_protocol->rules().silence / 3;
    if (between(std::max(m_heard, m_framePinged), now.steady) >= quiet) {
        m_framePinged = now.steady;
        m_outlet.pingFrame();
    }
    wakeAt = std::min(wakeAt, std::max(m_heard, m_framePinged) + quiet);
}

bool FeedSession::maySend(FeedTime now, SteadyTime& wakeAt)
{
    const StreamRules& rules = m_protocol->rules();
    while (!m_sends.empty() && between(m_sends.front(), now.steady) >= rules.sendsPer)
        m_sends.pop_front();
    if (m_sends.size() >= static_cast<std::size_t>(rules.sends)) {
        wakeAt = std::min(wakeAt, m_sends.front() + rules.sendsPer);
        return false;
    }
    m_sends.push_back(now.steady);
    return true;
}

void FeedSession::sendSubscriptions(FeedTime now, SteadyTime& wakeAt)
{
    const auto batch = static_cast<std::size_t>(m_protocol->rules().batch);
    while (!m_leaving.empty()) {
        const std::size_t size = std::min(batch, m_leaving.size());
        std::vector<const StreamTopic*> topics;
        for (std::size_t i = 0; i < size; ++i)
            topics.push_back(&m_leaving[i]);
        const auto texts = m_protocol->unsubscribe(topics, m_requestId, now.wall);
        if (!texts.empty() && !maySend(now, wakeAt))
            return;
        ++m_requestId;
        for (const std::string& text : texts)
            m_outlet.send(text);
        m_leaving.erase(m_leaving.begin(), m_leaving.begin() + static_cast<std::ptrdiff_t>(size));
    }
    while (true) {
        std::vector<Topic*> asked;
        std::vector<const StreamTopic*> topics;
        for (auto& [id, topic] : m_topics) {
            const bool isIn = std::ranges::find(topics, topic.topic.key, &StreamTopic::key) != topics.end();
            if (topic.isAsked || (topics.size() == batch && !isIn))
                continue;
            asked.push_back(&topic);
            if (!isIn)
                topics.push_back(&topic.topic);
        }
        if (topics.empty() || !maySend(now, wakeAt))
            return;
        for (const std::string& text : m_protocol->subscribe(topics, m_requestId++, now.wall))
            m_outlet.send(text);
        for (Topic* topic : asked)
            topic->isAsked = true;
    }
}

void FeedSession::count(FeedTime now)
{
    const milliseconds past = between(m_countedAt, now.steady);
    if (past < 1s)
        return;
    m_told.messagesPerSecond
        = static_cast<double>(m_told.messages - m_counted) * 1000.0 / static_cast<double>(past.count());
    m_counted = m_told.messages;
    if (!m_latencies.empty()) {
        std::vector<milliseconds> sorted = m_latencies;
        const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
        std::ranges::nth_element(sorted, middle);
        m_told.latency = *middle;
    }
    m_countedAt = now.steady;
}

FeedSnapshot FeedSession::snapshot(FeedTime now) const
{
    FeedSnapshot told = m_told;
    told.id = m_id;
    told.state = m_state;
    told.topics = static_cast<int>(m_topics.size());
    told.alive = static_cast<int>(std::ranges::count_if(m_topics, [](const auto& each) { return each.second.isAlive; }));
    told.isSilent = m_state == FeedState::Open && !m_topics.empty()
        && between(m_heard, now.steady) >= m_protocol->rules().silence / 2;
    if (m_state == FeedState::Waiting)
        told.wait = std::max(0ms, between(now.steady, m_until));
    return told;
}

} // namespace mnemo
