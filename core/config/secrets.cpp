#include "core/config/secrets.h"

#include <cstdlib>

namespace mnemo {

EnvironmentSecrets::EnvironmentSecrets(Getenv getenv)
    : m_getenv(getenv ? std::move(getenv) : [](const char* name) -> const char* { return std::getenv(name); })
{
}

std::string EnvironmentSecrets::variable(std::string_view name)
{
    std::string out = "MNEMO_SECRET_";
    for (const char c : name) {
        if (c >= 'a' && c <= 'z')
            out += static_cast<char>(c - 'a' + 'A');
        else if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
            out += c;
        else
            out += '_';
    }
    return out;
}

std::optional<std::string> EnvironmentSecrets::secret(std::string_view name) const
{
    const char* value = m_getenv(variable(name).c_str());
    if (!value || *value == '\0')
        return std::nullopt;
    return value;
}

std::string EnvironmentSecrets::place(std::string_view name) const
{
    return "the environment variable " + variable(name);
}

ChainedSecrets::ChainedSecrets(std::vector<std::shared_ptr<const SecretSource>> sources)
    : m_sources(std::move(sources))
{
}

std::optional<std::string> ChainedSecrets::secret(std::string_view name) const
{
    for (const auto& source : m_sources) {
        if (auto value = source->secret(name))
            return value;
    }
    return std::nullopt;
}

std::string ChainedSecrets::place(std::string_view name) const
{
    std::string out;
    for (const auto& source : m_sources)
        out += (out.empty() ? "" : " or ") + source->place(name);
    return out;
}

std::string withoutPassword(std::string_view url)
{
    std::string out(url);
    const auto scheme = out.find("://");
    if (scheme == std::string::npos)
        return out;
    const auto begin = scheme + 3;
    const auto end = out.find_first_of("/?#", begin);
    const auto at = out.rfind('@', end == std::string::npos ? end : end - 1);
    const auto colon = out.find(':', begin);
    if (at == std::string::npos || at < begin || colon == std::string::npos || colon > at)
        return out;
    return out.replace(colon + 1, at - colon - 1, "***");
}

} // namespace mnemo
