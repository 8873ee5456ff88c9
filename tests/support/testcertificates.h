#pragma once

#include <memory>
#include <string>

#include "core/base/clock.h"

namespace mnemo::test {

/// A server's certificate with its key, as PEM.
struct TlsIdentity {
    std::string certificatePem;
    std::string keyPem;
};

/// An authority made for one test, with a fresh key. Throws std::runtime_error where OpenSSL fails.
class TestAuthority {
public:
    explicit TestAuthority(const std::string& name);
    ~TestAuthority();
    TestAuthority(const TestAuthority&) = delete;
    TestAuthority& operator=(const TestAuthority&) = delete;

    std::string certificatePem() const; ///< what goes into a CA file
    /// @param host a DNS name or an IPv4 address
    TlsIdentity issue(const std::string& host, UtcMs from, UtcMs until) const;

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace mnemo::test
