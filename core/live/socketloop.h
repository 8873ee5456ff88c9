#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/clock.h"

namespace mnemo {

/// What a socket tells; on the loop's thread. After closed() nothing more comes.
struct SocketHandlers {
    std::function<void()> opened;
    std::function<void(std::string_view bytes)> received; ///< one message, text or binary
    std::function<void()> ponged;
    /// @param code of the WebSocket protocol (RFC 6455, section 7.4.1), 0 where the connection broke without one
    std::function<void(int code, const std::string& reason)> closed;
};

/// One WebSocket. Of the loop's thread; destroying it closes the connection and silences the handlers.
class Socket {
public:
    virtual ~Socket() = default;
    virtual void send(const std::string& text) = 0;
    virtual void ping() = 0; ///< a frame of the protocol, which every server answers
};

/// The one thread that all sockets live on.
class SocketLoop {
public:
    virtual ~SocketLoop() = default;
    virtual void run(std::function<void()> task) = 0; ///< soon, on the loop's thread, in the order of the calls; any thread
    virtual bool isOwnThread() const = 0; ///< any thread
    /// On the loop's thread. ws:// or wss://; what is wrong is told by closed().
    virtual std::unique_ptr<Socket> connect(const std::string& url, SocketHandlers handlers) = 0;
    /// Calls @p beat again and again until the guard goes. On the loop's thread, the guard too.
    [[nodiscard]] virtual std::shared_ptr<void> every(milliseconds interval, std::function<void()> beat) = 0;
};

} // namespace mnemo
