#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <thread>

#include "core/engine/eventhub.h"
#include "core/engine/lanepool.h"
#include "core/exchange/catalogue.h"
#include "core/ingest/newestfetch.h"
#include "core/ingest/writer.h"
#include "core/live/liveservice.h"
#include "core/storage/store.h"

namespace mnemo {

/// What may change while series are followed.
struct FollowSettings {
    std::shared_ptr<const Catalogue> catalogue;
    bool isOn = true;
};

/// How often the newest bar of a series is asked for: max(5 s, a twentieth of the bar).
milliseconds followInterval(Timeframe timeframe);

/// Keeps series that somebody looks at up to date: by the venue's stream (LiveService) where it has one and the stream has
/// told something of the series; else, and until then, by one small request in an interval, and one soon after a bar has
/// closed. Beside a stream it asks for what that cannot tell: the hole before it, closed bars of a venue that does not say
/// when one has ended, and a bar whose end does not come. It asks only about a series that is nearly up to date (at most one page is missing, of bars that are folded from trades a hundred), so that
/// looking at last year's bars makes no hole up to today; about readings and events only where the exchange itself tells their
/// history, and never by stream; and not while the venue's circuit breaker is open or the
/// settings say no. What fails is tried again after a growing pause. Thread-safe; while nothing is followed nothing
/// runs.
class Follower {
public:
    struct Parts { ///< all outlive it
        Store& store;
        LanePool& lanes;
        Writer& writer;
        const Clock& clock;
        std::shared_ptr<EventHub> hub;
        Archive* archive = nullptr; ///< of what streams tell; may be null
        std::shared_ptr<SocketLoop> sockets {}; ///< null: nothing is streamed
    };

    /// @param settings is called from the follower's thread
    Follower(Parts parts, std::function<FollowSettings()> settings);
    ~Follower(); ///< answers that are still under way are stored, but not told
    Follower(const Follower&) = delete;
    Follower& operator=(const Follower&) = delete;

    /// Until the guard goes, and no longer than the follower lives. Tells at once what is known of a running bar.
    [[nodiscard]] std::shared_ptr<void> follow(const SeriesKey& series);
    void stop(); ///< for good: nothing is asked or streamed any more
    std::vector<FeedSnapshot> feeds() const;
    std::shared_ptr<const FeedReport> report() const; ///< as FeedsChanged told last

private:
    struct State;
    void run(const std::stop_token& stop);
    void ask(const SeriesKey& series);
    /// What to ask about, or why nothing is asked.
    tl::expected<NewestQuestion, StaleCause> questionOf(const SeriesKey& series);
    std::unique_ptr<LiveService> openLive();
    void stream(const NewestQuestion& question);

    const Parts m_parts;
    const std::function<FollowSettings()> m_settings;
    const std::shared_ptr<State> m_state;
    const std::unique_ptr<LiveService> m_live; ///< null without sockets
    std::unique_ptr<StoreReader> m_reader; // the thread's own
    std::jthread m_thread; // last
};

} // namespace mnemo
