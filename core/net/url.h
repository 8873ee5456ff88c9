#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"

namespace mnemo {

/// A URL in its parts. Only what requests need: no fragment, no decoding.
struct Url {
    std::string scheme; ///< lower case
    std::string userInfo; ///< what stands before '@', mostly empty
    std::string host; ///< lower case; IPv6 addresses in their brackets
    int port = 0; ///< 0: not written
    std::string path; ///< path and query as written; empty or beginning with '/' or '?'

    int effectivePort() const; ///< 80 or 443 where none is written; 0 for other schemes
    std::string origin() const; ///< "https://api.x.com:8443", without user and path
    bool operator==(const Url&) const = default;
};

/// Errors: InvalidArgument naming the URL (without secrets) and what is wrong with it.
[[nodiscard]] Result<Url> splitUrl(std::string_view url);

/// @p url at another place: scheme, user, host and port of @p base, whose path goes before that of @p url
/// ("http://127.0.0.1:9/sim" + "https://a.com/v1?x=1" gives "http://127.0.0.1:9/sim/v1?x=1").
/// Errors: as splitUrl(), or a base with a query.
[[nodiscard]] Result<std::string> replaceOrigin(std::string_view url, std::string_view base);

/// As JavaScript's encodeURIComponent: all but A-Z a-z 0-9 - _ . ! ~ * ' ( ) become %XX of their bytes.
std::string percentEncode(std::string_view text);
/// The reverse; '%' without two hex digits stays as it is.
std::string percentDecode(std::string_view text);

} // namespace mnemo
