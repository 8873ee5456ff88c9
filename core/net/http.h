#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"

namespace mnemo {

struct HttpRequest {
    std::string method = "GET";
    std::string url; ///< complete, percent-encoded
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    bool operator==(const HttpRequest&) const = default;
};

struct HttpResponse {
    int status = 0;
    std::map<std::string, std::string> headers; ///< names in lower case; repeated ones joined by ", "
    std::string body; ///< decompressed
    milliseconds elapsed{0};
    std::uint64_t wireBytes = 0; ///< as transferred: headers and compressed body, without TLS

    std::string_view header(std::string_view lowerCaseName) const; ///< empty where absent
    std::optional<UtcMs> date() const; ///< the Date header
    /// Retry-After as seconds or as an HTTP date (against @p now).
    std::optional<milliseconds> retryAfter(UtcMs now) const;
};

using Ticket = std::uint64_t;

struct Completion {
    Ticket ticket = 0;
    /// Any HTTP status is a response. Errors: Network, Timeout, Tls, TooLarge, InvalidArgument, BadAnswer (does not
    /// decompress, is not HTTP), Rejected (a redirect to another host), Internal.
    Result<HttpResponse> response;
};

/// Sends requests and hands back what came, without policy: no retries, no budgets. One thread owns it and makes all
/// calls but wakeUp(). Interface, so that lanes are tested with a fake one; HttpClient is the real one.
class HttpTransport {
public:
    virtual ~HttpTransport() = default;
    virtual void start(Ticket ticket, HttpRequest request) = 0;
    virtual void cancel(Ticket ticket) = 0; ///< no completion will come for it
    /// Waits for at least one completion, @p timeout or wakeUp(); returns all that are done.
    virtual std::vector<Completion> wait(milliseconds timeout) = 0;
    virtual void wakeUp() = 0; ///< any thread
};

/// One line without secrets: values of parameters named like keys or signatures become "***".
std::string redactedUrl(std::string_view url);

} // namespace mnemo
