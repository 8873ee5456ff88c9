#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/config/settings.h"

namespace mnemo {

enum class SmtpTls {
    StartTls, ///< the connection is made secure before anything is told; a server that cannot is refused. Port 587
    Implicit, ///< secure from the first byte. Port 465
    None,     ///< for a server on this machine. Port 25
};
std::string_view toText(SmtpTls tls); ///< "starttls", "implicit", "none"

struct SmtpServer {
    std::string host;
    int port = 0; ///< 0: that of the kind of TLS
    SmtpTls tls = SmtpTls::StartTls;
    std::string user; ///< empty: without logging in
    std::string password;
    int effectivePort() const;
    bool operator==(const SmtpServer&) const = default;
};

struct MailMessage {
    std::string from; ///< "a@b.org" or "Name <a@b.org>"
    std::vector<std::string> to;
    std::string subject; ///< UTF-8, one line
    std::string text;    ///< UTF-8, plain
    UtcMs date {};
};

/// The address inside "Name <a@b.org>"; nothing where there is none that could be sent to.
std::optional<std::string> mailAddress(std::string_view text);

/// The message as it goes over the wire: headers and a body in base64. Line breaks in headers become blanks.
std::string mailText(const MailMessage& message);

/// Hands @p message to a mail server, by libcurl; certificate and host name are checked always. CA file and timeouts are those of
/// @p http. Waits for the network; ends with Cancelled soon after @p stop.
/// Errors: Network, Timeout, Tls, InvalidArgument (an address), ServerError (the server says: later), Rejected (it says no,
/// or does not know the user), BadAnswer (it is no mail server), Internal.
Result<void> sendMail(const SmtpServer& server, const MailMessage& message, const HttpSettings& http, std::stop_token stop);

} // namespace mnemo
