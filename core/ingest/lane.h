#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "core/archive/archive.h"
#include "core/config/settings.h"
#include "core/exchange/venue.h"
#include "core/ingest/keycheck.h"
#include "core/net/budget.h"
#include "core/net/circuitbreaker.h"
#include "core/net/http.h"
#include "core/net/retry.h"

namespace mnemo {

enum class Priority { Repair, Incremental, Backfill, Scheduled };

struct LaneRequest {
    VenueRequest request;
    std::uint64_t tag = 0; ///< the client's own
};

/// What a lane offers to its clients while it calls them, on its own thread.
class LaneServices {
public:
    virtual ~LaneServices() = default;
    /// Null where nothing is archived. Errors: as Archive::openWriter.
    virtual Result<ArchiveWriter*> archiveWriter(std::string_view source, Kind kind) = 0;
    virtual std::stop_token stopToken() const = 0;
};

/// Somebody who wants requests sent. All calls come from the lane's thread.
class LaneClient {
public:
    virtual ~LaneClient() = default;
    virtual Priority priority() const = 0;
    virtual std::uint64_t job() const { return 0; } ///< for the log, with series(); 0: no job
    virtual std::string_view series() const { return {}; }
    /// The next request. Nothing: none now (finished, paused, or the next depends on answers).
    virtual std::optional<LaneRequest> next() = 0;
    /// Uses an answer of any HTTP status. An error of it is retried or given up by the lane's policy.
    virtual Result<void> accept(std::uint64_t tag, const HttpResponse& response, LaneServices& services) = 0;
    virtual void gaveUp(std::uint64_t tag, const Error& error) = 0;
    virtual void retried(std::uint64_t tag, const Error& error) = 0; ///< it will be sent again
    virtual void sent(std::uint64_t tag) = 0;
    virtual void waits(const std::string& reason) = 0; ///< what holds its next request back; empty while sending
    virtual bool isFinished() const = 0;               ///< then it is let go, requests in flight are cancelled
    virtual void letGo() = 0;                          ///< the last call
};

struct LaneSettings {
    HttpSettings http;
    RetrySettings retry;
    BreakerSettings breaker;
    RateSettings rate;
    std::optional<KeyHeader> key {}; ///< goes out with every request, and into nothing else
};

/// What everybody may know about a lane now.
struct LaneStatus {
    std::string id;
    std::vector<BudgetState> budgets;
    BreakerState breaker = BreakerState::Closed; ///< the worst of its hosts
    milliseconds breakerWait {0};
    int inFlight = 0;
    int clients = 0; ///< jobs; what is asked by the way is none
    std::string lastError;
    std::optional<milliseconds> clockOffset; ///< venue's Date less our clock
};

/// All traffic of one rate group: one thread, one connection pool, the budgets, a breaker per host, and the queue. Clients
/// are served by weighted turns of their priority (8:4:2:1), so that none starves; clients of one priority take turns.
class Lane final : private LaneServices {
public:
    using StatusHandler = std::function<void(const LaneStatus&)>; ///< on the lane's thread, at most four times a second

    /// @param archive may be null; outlives the lane, as @p clock does
    Lane(LaneRules rules, const LaneSettings& settings, std::unique_ptr<HttpTransport> transport, Archive* archive,
        const Clock& clock, StatusHandler status = {});
    ~Lane() override; ///< cancels what is in flight; clients are let go

    void add(std::shared_ptr<LaneClient> client); ///< any thread
    void wakeUp();                                ///< any thread: a client's state changed
    LaneStatus status() const;                    ///< any thread
    bool isIdle() const;                          ///< any thread: no client, neither here nor on the way

private:
    struct Pending {
        std::shared_ptr<LaneClient> client;
        LaneRequest request;
        int attempts = 0;
        SteadyTime firstTry {};
        SteadyTime notBefore {};
    };
    /// A client and its place in the order of turns; holds the request that waits for a budget.
    struct Turn {
        std::shared_ptr<LaneClient> client;
        std::optional<Pending> held;
        double pass = 0;
    };

    Result<ArchiveWriter*> archiveWriter(std::string_view source, Kind kind) override;
    std::stop_token stopToken() const override { return m_stop; }

    void run(const std::stop_token& stop);
    void admitClients();
    void dropFinished();
    void dropWork(const LaneClient* client);
    void sendDue(SteadyTime now, SteadyTime& wakeAt);
    bool trySend(Pending& pending, SteadyTime now, SteadyTime& wakeAt);
    std::vector<std::size_t> turnOrder() const;
    void finish(Completion&& completion);
    void handleError(Pending&& pending, Error error);
    void publish(bool force);
    CircuitBreaker& breakerOf(const std::string& url);

    LaneRules m_rules;
    LaneSettings m_settings;
    std::unique_ptr<HttpTransport> m_transport;
    Archive* m_archive;
    const Clock& m_clock;
    StatusHandler m_statusHandler;

    // the lane's thread alone
    Budgets m_budgets;
    RetryPolicy m_retry;
    std::map<std::string, CircuitBreaker> m_breakers; // by host
    std::map<std::string, std::unique_ptr<ArchiveWriter>> m_archives;
    std::vector<Turn> m_turns;
    double m_served = 0; ///< the pass that was served last: what the turns have come to
    std::map<Ticket, Pending> m_inFlight;
    std::vector<Pending> m_retries;
    Ticket m_nextTicket = 1;
    std::string m_lastError;
    std::optional<milliseconds> m_clockOffset;
    SteadyTime m_published {};
    std::stop_token m_stop;

    mutable std::mutex m_mutex; // what follows is shared
    std::vector<std::shared_ptr<LaneClient>> m_arrivals;
    std::size_t m_clients = 0;
    LaneStatus m_status;

    std::jthread m_thread; // last: joined before the rest goes
};

} // namespace mnemo
