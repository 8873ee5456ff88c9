#include "core/net/secretnames.h"

#include <algorithm>
#include <array>

#include "core/base/plainname.h"
#include "core/net/url.h"

namespace mnemo {

namespace {

constexpr std::size_t leastLength = 4;

void addSecret(std::vector<std::string>& secrets, std::string_view value)
{
    const std::size_t blank = value.rfind(' ');
    if (value.size() >= leastLength)
        secrets.emplace_back(value);
    if (blank != value.npos && value.size() - blank > leastLength)
        secrets.emplace_back(value.substr(blank + 1));
}

void addParameters(std::vector<std::string>& secrets, std::string_view url)
{
    url.remove_prefix(std::min(url.find('?'), url.size()));
    while (!url.empty()) {
        url.remove_prefix(1);
        const std::size_t end = std::min(url.find_first_of("&;#"), url.size());
        const std::string_view parameter = url.substr(0, end);
        const std::size_t equals = std::min(parameter.find('='), parameter.size());
        if (equals < parameter.size() && isSecretName(parameter.substr(0, equals))) {
            addSecret(secrets, parameter.substr(equals + 1));
            addSecret(secrets, percentDecode(parameter.substr(equals + 1)));
        }
        url.remove_prefix(end);
    }
}

} // namespace

bool isSecretName(std::string_view name)
{
    static constexpr std::array endings{std::string_view("key"), std::string_view("sign"), std::string_view("sig"),
        std::string_view("token"), std::string_view("auth"), std::string_view("pwd"), std::string_view("keyid")};
    static constexpr std::array parts{std::string_view("apikey"), std::string_view("accesskey"),
        std::string_view("secret"), std::string_view("signature"), std::string_view("password"),
        std::string_view("passphrase"), std::string_view("passwd"), std::string_view("authorization"),
        std::string_view("credential")};
    const std::string plain = plainName(percentDecode(name));
    return std::ranges::any_of(endings, [&](std::string_view end) { return plain.ends_with(end); })
        || std::ranges::any_of(parts, [&](std::string_view part) { return plain.find(part) != plain.npos; });
}

std::vector<std::string> secretValues(const HttpRequest& request)
{
    std::vector<std::string> secrets;
    for (const auto& [name, value] : request.headers) {
        if (isSecretName(name))
            addSecret(secrets, value);
    }
    addParameters(secrets, request.url);
    std::ranges::stable_sort(secrets, std::greater(), &std::string::size);
    return secrets;
}

std::string withoutSecrets(std::string text, std::span<const std::string> secrets)
{
    constexpr std::string_view hidden = "***";
    for (const std::string& secret : secrets) {
        for (auto at = text.find(secret); at != text.npos; at = text.find(secret, at + hidden.size()))
            text.replace(at, secret.size(), hidden);
    }
    return text;
}

} // namespace mnemo
