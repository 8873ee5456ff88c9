#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/base/clock.h"
#include "core/exchange/stream.h"

namespace mnemo {

enum class FeedState {
    Idle,       ///< no topic, no connection
    Asking,     ///< for the address
    Connecting,
    Open,
    Waiting,    ///< before the next try
};
std::string_view toText(FeedState state); ///< "idle", "asking", "connecting", "open", "waiting"

/// What everybody may know about a connection now.
struct FeedSnapshot {
    std::string id; ///< "VENUE MARKET", with a number where there are several
    std::string exchange;
    FeedState state = FeedState::Idle;
    bool isSilent = false; ///< open, but not even a ping has been answered for half of what counts as dead
    int topics = 0;
    int alive = 0; ///< topics that have told something since the connection was opened
    std::int64_t messages = 0, unreadable = 0; ///< since the session began
    double messagesPerSecond = 0; ///< of the last whole second or more
    int reconnects = 0;
    std::string lastError;
    std::optional<UtcMs> lastErrorAt {};
    std::optional<milliseconds> latency {}; ///< median of the newest messages that tell when they were sent, by our clock
    milliseconds wait {0}; ///< until the next try
    bool operator==(const FeedSnapshot&) const = default;
};

/// How a connection is doing, in the words that people get.
enum class FeedCondition {
    Connecting, ///< or open, and nothing has been told yet
    Live,
    Stalled, ///< open, and silent
    Reconnecting, ///< it broke; FeedSnapshot::wait tells when it is tried again
};
FeedCondition conditionOf(const FeedSnapshot& feed);

struct FeedPolicy {
    milliseconds firstPause {1'000}, longestPause {300'000}; ///< doubles; between half and whole by chance
    milliseconds refusedPause {30'000}; ///< at least, where the server said that it does not want us
    milliseconds steadyAfter {60'000}; ///< a connection that lived so long makes the first pause the next
    milliseconds connectTimeout {15'000};
    milliseconds linger {10'000}; ///< a connection without topics
    int mostUnreadable = 10; ///< in a row
};

struct FeedTime {
    SteadyTime steady {};
    UtcMs wall {};
};

using TopicId = std::uint64_t;

/// What a session does to the world; called from within its inputs.
class FeedOutlet {
public:
    virtual ~FeedOutlet() = default;
    virtual void askAddress() = 0; ///< answered by FeedSession::addressed(), not within the call
    virtual void connect(const std::string& url) = 0; ///< answered by opened() or closed(), not within the call
    virtual void send(const std::string& text) = 0;
    virtual void pingFrame() = 0;
    virtual void disconnect() = 0; ///< closed() does not follow
    virtual void bars(TopicId topic, std::span<const StreamBar> bars, std::string_view text) = 0;
    virtual void trades(TopicId topic, std::span<const Trade> trades) = 0;
    /// A topic that was alive is so no more: what comes from now on has to be asked for.
    virtual void lost(TopicId topic, const std::string& why) = 0;
};

/// One connection to a venue's streams as a state machine: address, connection, subscriptions within what the venue takes,
/// signs of life, and pauses that grow. No sockets, no clock of its own. Not thread-safe.
class FeedSession {
public:
    /// @param outlet outlives it
    FeedSession(std::string id, std::shared_ptr<const StreamProtocol> protocol, FeedOutlet& outlet, FeedPolicy policy = {},
        std::uint32_t seed = std::random_device {}());

    const StreamProtocol& protocol() const { return *m_protocol; }
    bool hasRoom() const { return m_topics.size() < static_cast<std::size_t>(m_protocol->rules().topics); }
    bool isEmpty() const { return m_topics.empty(); }
    FeedState state() const { return m_state; }

    /// @p id is not in use here. False where another topic has its key and timeframe.
    bool add(TopicId id, StreamTopic topic, FeedTime now);
    void remove(TopicId id, FeedTime now);

    void addressed(const Result<std::string>& answer, FeedTime now);
    void opened(FeedTime now);
    void closed(int code, const std::string& reason, FeedTime now);
    void received(std::string_view bytes, FeedTime now);
    void ponged(FeedTime now) { m_heard = now.steady; }
    /// Does what is due. @return when it wants to be called next, at the latest
    SteadyTime advance(FeedTime now);

    FeedSnapshot snapshot(FeedTime now) const;

private:
    struct Topic {
        TopicId id = 0;
        StreamTopic topic;
        bool isAsked = false, isAlive = false;
    };

    void begin(FeedTime now);
    void connect(std::string_view answer, FeedTime now);
    void fail(const std::string& why, bool isRefused, FeedTime now);
    void loseTopics(const std::string& why);
    void sendDue(FeedTime now, SteadyTime& wakeAt);
    bool maySend(FeedTime now, SteadyTime& wakeAt);
    void sendSubscriptions(FeedTime now, SteadyTime& wakeAt);
    void keepAlive(FeedTime now, SteadyTime& wakeAt);
    void use(const StreamMessage& message, std::string_view text, FeedTime now);
    void useRows(const StreamMessage& message, std::string_view text, FeedTime now);
    /// False where the rows are unreadable.
    bool useRowsOf(Topic& topic, std::string_view text, FeedTime now);
    void unreadable(const std::string& why, FeedTime now);
    std::vector<Topic*> find(const std::string& key);
    void remark(std::string error, FeedTime now);
    void timed(milliseconds latency);
    milliseconds nextPause(bool isRefused);
    void count(FeedTime now);

    const std::string m_id;
    const std::shared_ptr<const StreamProtocol> m_protocol;
    FeedOutlet& m_outlet;
    const FeedPolicy m_policy;
    std::minstd_rand m_random;

    FeedState m_state = FeedState::Idle;
    std::map<TopicId, Topic> m_topics;
    std::unordered_multimap<std::string, TopicId> m_byKey;
    std::unordered_map<std::string, std::string> m_channels; ///< to keys
    std::vector<StreamTopic> m_leaving; ///< to be unsubscribed
    std::deque<SteadyTime> m_sends; ///< within sendsPer
    SteadyTime m_since {}; ///< of the state
    SteadyTime m_heard {}, m_pinged {}, m_framePinged {};
    SteadyTime m_until {}; ///< of the pause
    milliseconds m_pingEvery {0};
    int m_failures = 0;
    int m_unreadableRow = 0;
    int m_requestId = 1;
    FeedSnapshot m_told;
    std::vector<milliseconds> m_latencies; ///< of the newest messages, a ring
    std::size_t m_nextLatency = 0;
    std::int64_t m_counted = 0;
    SteadyTime m_countedAt {};
};

} // namespace mnemo
