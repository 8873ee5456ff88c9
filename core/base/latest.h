#pragma once

#include <memory>
#include <mutex>
#include <utility>

namespace mnemo {

/// Mailbox towards the screen: the newest value wins, the writer never waits. Any thread on both sides.
template<class T>
class Latest {
public:
    void put(std::shared_ptr<const T> value)
    {
        const std::lock_guard lock(m_mutex);
        m_value = std::move(value);
    }
    std::shared_ptr<const T> take() ///< null when nothing new arrived since the last call
    {
        const std::lock_guard lock(m_mutex);
        return std::exchange(m_value, nullptr);
    }

private:
    std::mutex m_mutex; // held only to swap the pointer
    std::shared_ptr<const T> m_value;
};

} // namespace mnemo
