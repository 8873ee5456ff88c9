#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>

#include "core/alert/alertcarrier.h"
#include "core/net/retry.h"

namespace mnemo {

/// Delivers messages on threads of its own, one a channel, so that a dead mail server holds up no webhook. The messages of a
/// channel go out in order; each is tried until it is taken or the retry policy gives up. Whoever posts never waits: where
/// too many are waiting already, the new one has failed at once.
class Courier {
public:
    /// Called on a channel's thread, or on that of post(), whenever a delivery is other than before.
    using Told = std::function<void(const AlertDelivery&)>;

    static constexpr std::size_t mostWaiting = 100; ///< of one channel

    Courier(std::shared_ptr<AlertCarrier> carrier, const RetrySettings& retry, std::shared_ptr<const Clock> clock, Told told);
    ~Courier(); ///< stops soon; what is not delivered by then is told as failed
    Courier(const Courier&) = delete;
    Courier& operator=(const Courier&) = delete;

    void apply(const RetrySettings& retry); ///< from the next message on
    void post(const AlertChannel& channel, AlertMessage message); ///< any thread
    bool waitUntilIdle(milliseconds limit); ///< nothing waits or is on its way; for programs that end

private:
    class Worker;
    void tell(const AlertDelivery& delivery) { m_told(delivery); }
    RetrySettings retry() const;

    const std::shared_ptr<AlertCarrier> m_carrier;
    const std::shared_ptr<const Clock> m_clock;
    const Told m_told;
    mutable std::mutex m_mutex;
    RetrySettings m_retry;
    std::map<std::string, std::unique_ptr<Worker>> m_workers; ///< by channel; last: their threads use the rest
};

} // namespace mnemo
