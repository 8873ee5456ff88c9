#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/live/feedsession.h"
#include "core/live/socketloop.h"
#include "core/live/streamstore.h"

namespace mnemo {

/// A stored series whose venue has a stream of it.
struct LiveSeries {
    SeriesRecord series;
    std::shared_ptr<const Venue> venue;
    std::shared_ptr<const StreamProtocol> protocol;
    StreamTopic topic;
};

/// Keeps series up to date by streams: the connections to the venues, the seams between what is stored and what they
/// tell, and the way of a closed bar to the store. What a stream cannot tell (the hole before it, bars of a venue that
/// does not say when one has ended) is asked for by whoever owns this: mustAsk. Thread-safe; works on the loop's thread.
class LiveService {
public:
    struct Handlers { ///< must be quick
        /// At most four times a second and series; on the loop's thread.
        std::function<void(const LiveSeries&, const Candle&)> running;
        /// The hole before the stream, or its closed bars, need REST, in so long; on the loop's thread.
        std::function<void(const SeriesKey&, milliseconds)> mustAsk;
        /// From now on nothing comes; on the loop's thread.
        std::function<void(const SeriesKey&, const std::string& why)> lost;
        /// A closed bar was stored; on the writer's thread.
        std::function<void(
            const SeriesRecord&, const PageCommit&, const CommitOutcome::Page&, std::span<const Finding>)>
            stored;
        /// Asks for the address of a venue's streams by its lane; @p done may be called from any thread, once.
        std::function<void(std::shared_ptr<const Venue>, VenueRequest, std::function<void(Result<std::string>)> done)>
            call;
        /// Connections are other than before, by id: their states at once, their numbers at most once a second; on the
        /// loop's thread. May be empty.
        std::function<void(std::vector<FeedSnapshot>)> feeds {};
    };
    struct Parts { ///< all outlive it
        Writer& writer;
        Archive* archive; ///< may be null
        const Clock& clock;
        std::shared_ptr<SocketLoop> loop;
    };

    LiveService(Parts parts, Handlers handlers, FeedPolicy policy = {});
    ~LiveService(); ///< waits for the loop; not on its thread
    LiveService(const LiveService&) = delete;
    LiveService& operator=(const LiveService&) = delete;

    void want(LiveSeries series); ///< once is enough
    void unwant(const SeriesKey& series);
    /// All bars before @p end have been answered by REST or are stored.
    void know(const SeriesKey& series, UtcMs end);
    /// REST has told the running bar: where trades are streamed, they go on from it.
    void begin(const SeriesKey& series, const Candle& running);
    std::vector<FeedSnapshot> snapshots() const; ///< by id

private:
    class Work;
    const Parts m_parts;
    std::shared_ptr<Work> m_work; ///< of the loop's thread
    std::atomic<bool> m_isUsed = false; ///< until then the loop is left alone
};

} // namespace mnemo
