#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "app/simulator/archivefiles.h"
#include "app/simulator/faults.h"
#include "app/simulator/feed.h"
#include "app/simulator/limits.h"
#include "app/simulator/streams.h"
#include "app/simulator/venue.h"

namespace mnemo::sim {

/// What the server does with an answer.
struct Reply {
    enum class Transport {
        Whole,
        Reset, ///< no byte, the connection is reset
        Stall, ///< no byte, the connection stays open
        Cut,   ///< Content-Length tells more than is sent
    };
    Transport transport = Transport::Whole;
    Answer answer;
    std::size_t sent = 0;              ///< with Cut: bytes of the body that go out
    std::chrono::milliseconds delay {0};
};

/// Chooses the venue, asks its limits, draws faults. No sockets. Thread-safe.
class Simulator {
public:
    Simulator(const MarketStore& store, Feed& feed, const FaultPlan& faults, const LimitMode& limits, std::uint64_t seed,
        const FileFaultPlan& fileFaults = {});
    ~Simulator();

    /// Lets POST /_sim/clock set @p clock, the one that the feed reads; it outlives this. Before the first request.
    void letSetClock(FakeClock& clock) { m_clock = &clock; }

    /// @p target as it stands in the request line: path and query, with or without "/ID" in front.
    Reply reply(std::string_view method, std::string_view target,
        std::vector<std::pair<std::string, std::string>> lowerHeaders);
    /// What a WebSocket at @p target serves; null where there is none.
    std::unique_ptr<Streams> streams(std::string_view target);
    UtcMs now() const { return m_feed.now(); }

private:
    struct Site {
        std::unique_ptr<Venue> venue;
        std::unique_ptr<Limiter> limiter;
        std::atomic<std::uint64_t> requests {0}, refused {0};
    };

    Site* siteFor(Request& request);
    Reply ofSite(Site& site, const Request& request);
    bool fail(Reply& reply, Site& site, const Request& request, const FaultDraw& draw);
    Answer stats() const;
    Answer clock(const Request& request);
    Answer unknownSite(const Request& request) const;

    const MarketStore& m_store;
    Feed& m_feed;
    FakeClock* m_clock = nullptr; ///< null: it is the system's and cannot be set
    FaultDice m_dice;
    const LimitMode m_limits;
    ArchiveFiles m_files; ///< of binance
    std::map<std::string, std::unique_ptr<Site>, std::less<>> m_sites;
    std::array<std::atomic<std::uint64_t>, faultCount> m_failures {};
};

std::string decodePercent(std::string_view text, bool plusIsBlank);

} // namespace mnemo::sim
