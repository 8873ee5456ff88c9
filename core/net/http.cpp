#include "core/net/http.h"

#include <algorithm>
#include <array>

#include <curl/curl.h>

#include "core/base/decimal.h"
#include "core/base/timetext.h"
#include "core/net/secretnames.h"

namespace mnemo {

namespace {

std::optional<UtcMs> parseHttpDate(std::string_view text)
{
    if (text.empty())
        return std::nullopt;
    const std::time_t seconds = curl_getdate(std::string(text).c_str(), nullptr);
    return seconds < 0 ? std::nullopt : std::optional{fromMs(std::int64_t{seconds} * 1000)};
}

void appendRedactedParameter(std::string& out, std::string_view parameter)
{
    const std::size_t equals = parameter.find('=');
    if (equals != parameter.npos && equals + 1 < parameter.size() && isSecretName(parameter.substr(0, equals)))
        out.append(parameter.substr(0, equals + 1)).append("***");
    else
        out.append(parameter);
}

void appendRedactedQuery(std::string& out, std::string_view query)
{
    while (!query.empty()) {
        const std::size_t end = std::min(query.find_first_of("?&;#"), query.size());
        appendRedactedParameter(out, query.substr(0, end));
        if (end < query.size())
            out += query[end];
        query.remove_prefix(std::min(end + 1, query.size()));
    }
}

/// "user:password@" of "https://user:password@host/..." becomes "***@".
std::string_view withoutUserInfo(std::string_view url, std::string& out)
{
    const std::size_t mark = url.find("://");
    if (mark == url.npos)
        return url;
    const std::size_t hostAt = mark + 3;
    const std::size_t hostEnd = std::min(url.find_first_of("/?#", hostAt), url.size());
    const std::size_t at = url.substr(0, hostEnd).rfind('@');
    if (at == url.npos || at < hostAt)
        return url;
    out.append(url.substr(0, hostAt)).append("***");
    return url.substr(at);
}

} // namespace

std::string_view HttpResponse::header(std::string_view lowerCaseName) const
{
    const auto it = headers.find(std::string(lowerCaseName));
    return it == headers.end() ? std::string_view() : std::string_view(it->second);
}

std::optional<UtcMs> HttpResponse::date() const
{
    return parseHttpDate(header("date"));
}

std::optional<milliseconds> HttpResponse::retryAfter(UtcMs now) const
{
    // Some servers put a time of day where RFC 9110 wants seconds; nobody means a wait of thirty years.
    static constexpr double longestSeconds = 1e9;
    const std::string_view text = header("retry-after");
    if (const auto seconds = parseDecimal(text)) {
        if (*seconds < 0)
            return std::nullopt;
        if (*seconds < longestSeconds)
            return milliseconds{static_cast<std::int64_t>(*seconds * 1000 + 0.5)};
        if (*seconds < 1e18)
            return std::max(fromMagnitude(static_cast<std::int64_t>(*seconds)) - now, milliseconds{0});
        return std::nullopt;
    }
    const auto until = parseHttpDate(text);
    return until ? std::optional{std::max(*until - now, milliseconds{0})} : std::nullopt;
}

std::string redactedUrl(std::string_view url)
{
    std::string out;
    out.reserve(url.size());
    const std::string_view rest = withoutUserInfo(url, out);
    const std::size_t query = std::min(rest.find_first_of("?#"), rest.size());
    out.append(rest.substr(0, query));
    appendRedactedQuery(out, rest.substr(query));
    std::ranges::replace_if(
        out, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7f; }, '?');
    return out;
}

} // namespace mnemo
