#pragma once

#include <memory>
#include <vector>

#include "core/config/settings.h"
#include "core/net/http.h"

namespace mnemo {

/// HttpTransport on a libcurl multi handle: HTTP/2 over TLS where offered (requests share a connection), keep-alive,
/// gzip/br/zstd as libcurl was built, certificate and host name checked always, proxy from the settings, else from the
/// environment (then not for loopback addresses). The size cap holds for the decompressed body. Redirects are followed
/// only to the same host, five at most; others fail as Rejected. Bodies that do not decompress and answers that are not
/// HTTP fail as BadAnswer, a ticket in use twice as Internal. Owned by one thread; destroying it while requests run
/// drops them without waiting.
class HttpClient final : public HttpTransport {
public:
    explicit HttpClient(const HttpSettings& settings);
    ~HttpClient() override;
    void start(Ticket ticket, HttpRequest request) override;
    void cancel(Ticket ticket) override;
    std::vector<Completion> wait(milliseconds timeout) override;
    void wakeUp() override;

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace mnemo
