#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/testcertificates.h"

namespace mnemo::test {

/// One message as it came.
struct ReceivedMail {
    std::string from;            ///< of MAIL FROM
    std::vector<std::string> to; ///< of RCPT TO
    std::string data;            ///< headers and body, dots unstuffed
    std::string user, password;  ///< of AUTH PLAIN; empty where nobody logged in
    bool isSecure = false;       ///< it came through TLS
    std::string header(const std::string& name) const; ///< folded lines joined; empty where absent
    std::string text() const; ///< the body, decoded from base64
};

struct SmtpBehaviour {
    enum class Tls { None, StartTls, Implicit };
    Tls tls = Tls::None;
    std::optional<TlsIdentity> identity {}; ///< of the other two
    std::string user {}, password {}; ///< where not empty, nobody else may send
    /// Answers to the end of DATA, one a message; "250 taken" afterwards. "451 ..." is "later".
    std::vector<std::string> answers {};
    bool isSilent = false; ///< accepts, and says nothing
};

/// A small real SMTP server on 127.0.0.1 for tests (RFC 5321, 3207, 4954): one client after the other, on a thread of its own.
class SmtpServerFake {
public:
    explicit SmtpServerFake(SmtpBehaviour behaviour);
    ~SmtpServerFake();
    SmtpServerFake(const SmtpServerFake&) = delete;
    SmtpServerFake& operator=(const SmtpServerFake&) = delete;

    int port() const;
    std::vector<ReceivedMail> received() const; ///< that were taken
    int connections() const;

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace mnemo::test
