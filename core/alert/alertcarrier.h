#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>

#include "core/alert/alertmessage.h"
#include "core/alert/alertsettings.h"
#include "core/config/secrets.h"

namespace mnemo {

/// Brings one message to one channel, once: no retries. Thread-safe. Interface, so that the courier is tested with a fake.
class AlertCarrier {
public:
    virtual ~AlertCarrier() = default;
    /// Waits until the other side has taken it. Errors: as webhooks and mail have them; Config where a secret is missing;
    /// Cancelled after @p stop.
    virtual Result<void> carry(const AlertChannel& channel, const AlertMessage& message, std::stop_token stop) = 0;
};

/// Webhooks over HTTP and mail over SMTP; what needs a window goes to @p show, which must be quick.
class NetworkCarrier final : public AlertCarrier {
public:
    using Show = std::function<Result<void>(const AlertChannel&, const AlertMessage&)>;
    NetworkCarrier(HttpSettings http, std::shared_ptr<const SecretSource> secrets, std::shared_ptr<const Clock> clock, Show show);
    Result<void> carry(const AlertChannel& channel, const AlertMessage& message, std::stop_token stop) override;
    void apply(HttpSettings http); ///< from the next message on

private:
    HttpSettings http() const;
    Result<void> post(const AlertChannel& channel, const AlertMessage& message, const std::stop_token& stop) const;
    Result<void> mail(const AlertChannel& channel, const AlertMessage& message, const std::stop_token& stop) const;

    mutable std::mutex m_mutex; ///< the settings
    HttpSettings m_http;
    const std::shared_ptr<const SecretSource> m_secrets;
    const std::shared_ptr<const Clock> m_clock;
    const Show m_show;
};

} // namespace mnemo
