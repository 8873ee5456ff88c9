#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/exchange/venue.h"
#include "core/market/trade.h"

namespace mnemo {

/// Candles of one instrument and timeframe on a connection.
struct StreamTopic {
    Instrument instrument;
    Timeframe timeframe {};
    Grid grid {Timeframe {}};
    std::string key; ///< what its messages are told apart by; of trades the timeframes of an instrument share it
    std::string rowName; ///< rows that name something else belong to another topic; empty where rows name nothing
};

/// How it is known that a bar has ended.
enum class StreamClose {
    Told, ///< its last message says so: it is stored as it came
    Asked, ///< no message says so: the bar is shown while it runs and stored as REST answers once it is over
};

/// What the rows of messages are.
enum class StreamTells {
    Bars,
    Trades, ///< the running bar is folded from them; none says that a bar has ended
};

/// What a connection may carry and how it is kept alive. Zero lengths: none.
struct StreamRules {
    std::string url; ///< connections to one address are shared
    int topics = 50; ///< of one connection
    int batch = 1; ///< topics that one message subscribes to
    int sends = 5; ///< messages that may be sent ...
    milliseconds sendsPer {1'000}; ///< ... in so long
    milliseconds pingEvery {0};
    milliseconds silence {60'000}; ///< so long without any message: the connection is dead
    milliseconds lifetime {0}; ///< the venue ends every connection after this
    StreamTells tells = StreamTells::Bars;
    StreamClose closes = StreamClose::Asked; ///< of trades always
    bool hasHandshake = false; ///< the address is asked for by REST first
    bool operator==(const StreamRules&) const = default;
};

/// What one message is.
struct StreamMessage {
    enum class Kind {
        Other, ///< an acknowledgement, a pong, something nobody asked for: the connection lives
        Rows,
        Bound, ///< from now on `channel` stands for the key
        Ping, ///< `reply` is to be sent
        Refused, ///< `text` says why
    } kind = Kind::Other;
    std::vector<std::string> keys; ///< of the topics that it has rows of; of Bound the one key
    std::string channel;
    std::string reply;
    std::string text;
    std::optional<UtcMs> sentAt {}; ///< when the venue sent it, where it tells
};

/// A bar as a stream tells it, volume in base units.
struct StreamBar {
    Candle bar;
    bool isClosed = false; ///< by StreamClose::Told alone
    bool operator==(const StreamBar&) const = default;
};

/// Where a connection goes.
struct StreamAddress {
    std::string url;
    std::optional<milliseconds> pingEvery {}; ///< where the handshake tells
};

/// One venue's streams of one market type as its description tells them. Immutable; any thread.
class StreamProtocol {
public:
    virtual ~StreamProtocol() = default;

    virtual const StreamRules& rules() const = 0;
    virtual bool has(Timeframe frame) const = 0;
    /// Errors: Unsupported (timeframe), InvalidArgument where the venue's own name is needed and not known.
    virtual Result<StreamTopic> topic(const Instrument& instrument, Timeframe frame) const = 0;
    /// The call that is needed before each connection; nothing where hasHandshake is not set.
    virtual std::optional<VenueRequest> handshake(UtcMs now) const = 0;
    /// @param answer to the handshake; empty without one. Errors: BadAnswer.
    virtual Result<StreamAddress> address(std::string_view answer) const = 0;

    /// Messages that begin or end topics, `batch` of them in each. @param id of the first, counted up by one each
    virtual std::vector<std::string> subscribe(std::span<const StreamTopic* const> topics, int id, UtcMs now) const = 0;
    /// Empty where the venue has no such message.
    virtual std::vector<std::string> unsubscribe(std::span<const StreamTopic* const> topics, int id, UtcMs now) const = 0;
    virtual std::string ping(int id, UtcMs now) const = 0; ///< empty where pingEvery is 0

    /// The text of a message that may be packed; JSON of one in another encoding. Errors: BadAnswer.
    virtual Result<std::string> unpacked(std::string_view bytes) const = 0;
    /// Errors: BadAnswer.
    virtual Result<StreamMessage> read(std::string_view text) const = 0;
    /// The rows of @p topic in a message that read() says has some, ascending. Errors: BadAnswer; none of it is used then.
    virtual Result<std::vector<StreamBar>> bars(const StreamTopic& topic, std::string_view text) const = 0;
    /// The same where the rules tell of trades.
    virtual Result<std::vector<Trade>> trades(const StreamTopic& topic, std::string_view text) const = 0;
};

} // namespace mnemo
