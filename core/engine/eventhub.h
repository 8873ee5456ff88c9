#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <shared_mutex>

#include "core/engine/events.h"

namespace mnemo {

/// Hands events to whoever subscribed. Thread-safe; handlers must not call back into the hub.
class EventHub : public std::enable_shared_from_this<EventHub> {
public:
    /// Calls come until the guard goes; none is running once it is gone.
    [[nodiscard]] std::shared_ptr<void> subscribe(EventHandler handler);
    void publish(const Event& event);

private:
    std::shared_mutex m_mutex;
    std::list<EventHandler> m_handlers;
};

} // namespace mnemo
