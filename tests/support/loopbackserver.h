#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/clock.h"
#include "tests/support/testcertificates.h"

namespace mnemo::test {

struct ReceivedRequest {
    std::string method;
    std::string target; ///< as sent: path and query, or a whole URL where we are the proxy
    std::map<std::string, std::string> headers; ///< names in lower case
    std::string body;
    int connection = 0; ///< counts from 1 in order of arrival
    int number = 0; ///< of all requests of the server, from 1

    std::string header(const std::string& lowerCaseName) const; ///< empty where absent
};

/// What the server does with one request.
struct Reply {
    enum class End {
        KeepOpen,
        Close, ///< after what was sent
        Reset, ///< with a TCP reset
        Stall, ///< silent until the client goes away
    };
    int status = 200;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    std::uint64_t blanks = 0; ///< so many blanks follow the body, made while sending
    bool isGzip = false; ///< body and blanks are compressed and said to be
    bool isChunked = false; ///< without Content-Length
    milliseconds delay{0}; ///< before the first byte
    std::size_t piece = 0; ///< bytes sent at once, 0: all ...
    milliseconds pause{0}; ///< ... and the wait after each
    std::optional<std::uint64_t>
        cutAfter; ///< bytes of the (compressed) body that are sent at all; Content-Length tells all
    End end = End::KeepOpen;
    std::optional<std::string> raw; ///< sent instead of everything above
};

/// A small real HTTP/1.1 server on 127.0.0.1 for tests: one thread accepts, one serves each connection.
/// Throws std::runtime_error where it cannot listen.
class LoopbackServer {
public:
    using Handler = std::function<Reply(const ReceivedRequest&)>; ///< called on the connections' threads

    explicit LoopbackServer(Handler handler, std::optional<TlsIdentity> tls = {});
    ~LoopbackServer(); ///< drops all connections, also in the middle of a reply
    LoopbackServer(const LoopbackServer&) = delete;
    LoopbackServer& operator=(const LoopbackServer&) = delete;

    int port() const;
    std::string url(std::string_view path = "/", std::string_view host = "127.0.0.1") const;
    int connections() const; ///< accepted so far; with TLS also those whose handshake failed
    int openConnections() const;
    std::vector<ReceivedRequest> received() const; ///< bodies included: not for load tests of uploads

private:
    struct Private;
    std::unique_ptr<Private> d;
};

/// A port of 127.0.0.1 on which nobody listens.
int unusedPort();

} // namespace mnemo::test
