#pragma once

#include <memory>
#include <vector>

#include "core/config/settings.h"
#include "core/net/http.h"

namespace mnemo {

/// HttpTransport on a libcurl multi handle: HTTP/2, keep-alive, gzip/br/zstd as libcurl was built, certificate checks on,
/// proxy from the environment. Redirects are followed only to the same host. Owned by one thread.
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
