#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <tl/expected.hpp>

namespace mnemo {

/// What went wrong, for programs that decide: retry, skip, stop. The text for people is made from it in ui/ and app/cli.
enum class ErrorCode {
    InvalidArgument, ///< the caller asked for something that cannot be: reversed range, unknown timeframe name
    Config,          ///< a configuration or description file is wrong; detail says file:line:column
    NotFound,        ///< file, series, venue that does not exist
    Cancelled,       ///< stopped on request
    Network,         ///< no connection, reset, DNS: may succeed again
    Timeout,         ///< no answer or too slow: may succeed again
    Tls,             ///< certificate or handshake refused: will not heal by itself
    TooLarge,        ///< answer above the size cap
    ServerError,     ///< HTTP 5xx or the venue's own "try later": may succeed again
    RateLimited,     ///< HTTP 429 or the venue's own code; retryAfter where told
    Banned,          ///< HTTP 418/403 ban: nothing may be sent before retryAfter
    CircuitOpen,     ///< our breaker holds the host back
    Rejected,        ///< HTTP 4xx or the venue refused the parameters
    UnknownSymbol,   ///< the venue does not know the instrument
    Unsupported,     ///< the venue's description has no such market, kind or timeframe
    Maintenance,     ///< the venue says that it is down for work: may succeed again, later
    BadAnswer,       ///< unreadable or of another shape: HTML for JSON, truncated, NaN; may succeed again
    StorageFailed,   ///< SQL or file error that is none of the following
    StorageFull,     ///< no space left
    StorageReadOnly, ///< file or folder cannot be written
    StorageLocked,   ///< another process holds it; detail names the pid where known
    StorageTooNew,   ///< the file was written by a newer version
    Corrupt,         ///< stored bytes do not read back
    Internal,        ///< a bug
};

/// Stable lower-case word of a code, for logs, JSON and tests: "rate_limited".
std::string_view toText(ErrorCode code);

/// True where the same request may succeed later without anybody changing anything.
bool isTransient(ErrorCode code);

struct Error {
    ErrorCode code = ErrorCode::Internal;
    std::string detail; ///< English, for the log and the command line: what, where
    std::optional<std::chrono::milliseconds> retryAfter {};
    bool operator==(const Error&) const = default;
};

template<class T>
using Result = tl::expected<T, Error>;

/// `return fail(ErrorCode::NotFound, "...");`
inline tl::unexpected<Error> fail(ErrorCode code, std::string detail,
    std::optional<std::chrono::milliseconds> retryAfter = {})
{
    return tl::unexpected<Error>(Error {code, std::move(detail), retryAfter});
}
inline tl::unexpected<Error> fail(Error error)
{
    return tl::unexpected<Error>(std::move(error));
}

} // namespace mnemo
