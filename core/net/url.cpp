#include "core/net/url.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "core/net/http.h"

namespace mnemo {

namespace {

bool isAlpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

std::string lowered(std::string_view text)
{
    std::string out(text);
    for (char& c : out)
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return out;
}

tl::unexpected<Error> badUrl(std::string_view url, std::string_view why)
{
    return fail(ErrorCode::InvalidArgument, "URL \"" + redactedUrl(url) + "\" " + std::string(why));
}

bool isScheme(std::string_view text)
{
    return !text.empty() && isAlpha(text.front()) && std::ranges::all_of(text, [](char c) {
        return isAlpha(c) || isDigit(c) || c == '+' || c == '-' || c == '.';
    });
}

/// Splits "host", "host:1", "[::1]:1"; false for ports that are none.
bool takeHostAndPort(std::string_view authority, Url& out)
{
    const std::size_t bracket = authority.rfind(']');
    const std::size_t colon = authority.find(':', bracket == authority.npos ? 0 : bracket);
    out.host = lowered(authority.substr(0, colon));
    if (colon == authority.npos)
        return true;
    const std::string_view digits = authority.substr(colon + 1);
    const auto [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), out.port);
    return ec == std::errc{} && end == digits.data() + digits.size() && out.port > 0 && out.port < 65'536;
}

bool isHost(std::string_view host)
{
    return !host.empty() && std::ranges::none_of(host, [](char c) {
        return static_cast<unsigned char>(c) <= ' ' || c == '"' || c == '<' || c == '>' || c == '\\' || c == '%';
    });
}

std::optional<int> hexValue(char c)
{
    if (isDigit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return std::nullopt;
}

} // namespace

int Url::effectivePort() const
{
    if (port != 0)
        return port;
    if (scheme == "https" || scheme == "wss")
        return 443;
    return scheme == "http" || scheme == "ws" ? 80 : 0;
}

std::string Url::origin() const
{
    return scheme + "://" + host + (port != 0 ? ":" + std::to_string(port) : std::string());
}

Result<Url> splitUrl(std::string_view url)
{
    const std::size_t mark = url.find("://");
    if (mark == url.npos || !isScheme(url.substr(0, mark)))
        return badUrl(url, "has no scheme: write it with https:// or http:// in front");
    if (std::ranges::any_of(url, [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == 0x7f; }))
        return badUrl(url, "holds blanks or control characters: percent-encode them");
    Url out;
    out.scheme = lowered(url.substr(0, mark));
    std::string_view rest = url.substr(mark + 3);
    rest = rest.substr(0, rest.find('#'));
    const std::size_t pathAt = std::min(rest.find_first_of("/?"), rest.size());
    std::string_view authority = rest.substr(0, pathAt);
    out.path = rest.substr(pathAt);
    if (const std::size_t at = authority.rfind('@'); at != authority.npos) {
        out.userInfo = authority.substr(0, at);
        authority.remove_prefix(at + 1);
    }
    if (!takeHostAndPort(authority, out))
        return badUrl(url, "has a port that is not a number from 1 to 65535");
    if (!isHost(out.host))
        return badUrl(url, "has no host");
    return out;
}

Result<std::string> replaceOrigin(std::string_view url, std::string_view base)
{
    const auto from = splitUrl(url);
    if (!from)
        return fail(from.error());
    auto to = splitUrl(base);
    if (!to)
        return fail(to.error());
    if (to->path.find('?') != std::string::npos)
        return badUrl(base, "cannot be a base URL: it has a query");
    while (to->path.ends_with('/'))
        to->path.pop_back();
    const std::string user = to->userInfo.empty() ? std::string() : to->userInfo + "@";
    const std::string port = to->port != 0 ? ":" + std::to_string(to->port) : std::string();
    const std::string slash = from->path.starts_with('/') ? std::string() : "/";
    return to->scheme + "://" + user + to->host + port + to->path + slash + from->path;
}

std::string percentEncode(std::string_view text)
{
    static constexpr std::string_view kept = "-_.!~*'()";
    static constexpr std::string_view hex = "0123456789ABCDEF";
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        if (isAlpha(c) || isDigit(c) || kept.find(c) != kept.npos) {
            out += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out += '%';
        out += hex[byte >> 4];
        out += hex[byte & 15];
    }
    return out;
}

std::string percentDecode(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto high = text[i] == '%' && i + 2 < text.size() ? hexValue(text[i + 1]) : std::nullopt;
        const auto low = high ? hexValue(text[i + 2]) : std::nullopt;
        if (low) {
            out += static_cast<char>(*high * 16 + *low);
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

} // namespace mnemo
