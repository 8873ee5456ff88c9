#include "core/engine/eventhub.h"

namespace mnemo {

std::shared_ptr<void> EventHub::subscribe(EventHandler handler)
{
    const std::unique_lock lock(m_mutex);
    const auto place = m_handlers.insert(m_handlers.end(), std::move(handler));
    return {&*place, [self = weak_from_this(), place](void*) {
                if (const auto hub = self.lock()) {
                    const std::unique_lock guard(hub->m_mutex);
                    hub->m_handlers.erase(place);
                }
            }};
}

void EventHub::publish(const Event& event)
{
    const std::shared_lock lock(m_mutex);
    for (const EventHandler& handler : m_handlers)
        handler(event);
}

} // namespace mnemo
