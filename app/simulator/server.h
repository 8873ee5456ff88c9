#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "app/simulator/simulator.h"
#include "app/simulator/streamfaults.h"

namespace mnemo::sim {

struct ServerSettings {
    std::uint16_t port = 0; ///< 0: any free one
    unsigned threads = 2;
    bool usesGzip = false;  ///< for clients that accept it
    std::chrono::milliseconds beat {1'000}; ///< of streams
    StreamFaultPlan streamFaults;
    std::uint64_t seed = 1; ///< of these
};

/// HTTP/1.1 with keep-alive, and WebSocket where the venue has streams here, on 127.0.0.1 over a pool of threads.
class Server {
public:
    Server(Simulator& simulator, const ServerSettings& settings);
    ~Server();
    /// Errors: Network, when the port is taken.
    Result<std::uint16_t> listen();
    void run();  ///< until stop(), SIGINT or SIGTERM
    void stop(); ///< from any thread

private:
    struct Private;
    std::unique_ptr<Private> m_d;
};

} // namespace mnemo::sim
