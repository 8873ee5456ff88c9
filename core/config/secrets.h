#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mnemo {

/// Where keys and passwords come from. Names are dotted and lower-case ("mail.password"); values are never logged,
/// dumped or archived by anybody. Thread-safe.
class SecretSource {
public:
    virtual ~SecretSource() = default;
    virtual std::optional<std::string> secret(std::string_view name) const = 0; ///< nothing where it is not known or empty
    /// Where a person puts it, for messages: "the environment variable MNEMO_SECRET_MAIL_PASSWORD".
    virtual std::string place(std::string_view name) const = 0;
};

/// "mail.password" is $MNEMO_SECRET_MAIL_PASSWORD.
class EnvironmentSecrets final : public SecretSource {
public:
    using Getenv = std::function<const char*(const char*)>;
    explicit EnvironmentSecrets(Getenv getenv = {}); ///< null: the process's environment
    std::optional<std::string> secret(std::string_view name) const override;
    std::string place(std::string_view name) const override;
    static std::string variable(std::string_view name);

private:
    Getenv m_getenv;
};

/// Asks several sources in turn; the first that knows wins.
class ChainedSecrets final : public SecretSource {
public:
    explicit ChainedSecrets(std::vector<std::shared_ptr<const SecretSource>> sources);
    std::optional<std::string> secret(std::string_view name) const override;
    std::string place(std::string_view name) const override;

private:
    std::vector<std::shared_ptr<const SecretSource>> m_sources;
};

/// What stands for the rest of an address that was left out.
inline constexpr std::string_view leftOutAddress = "/***";
/// @p url with the password before the host replaced by "***"; other text as it is.
std::string withoutPassword(std::string_view url);

} // namespace mnemo
