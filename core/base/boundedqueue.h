#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>

namespace mnemo {

/// Lossless border between threads: the producer waits while the queue is full. Any number of producers and consumers.
template<class T>
class BoundedQueue {
public:
    explicit BoundedQueue(std::size_t capacity)
        : m_capacity(capacity)
    {
    }

    /// Waits for room. False when stopped or closed first: @p value was not taken.
    bool push(T value, std::stop_token stop = {})
    {
        std::unique_lock lock(m_mutex);
        if (m_items.size() >= m_capacity)
            ++m_waits;
        if (!m_room.wait(lock, stop, [this] { return m_closed || m_items.size() < m_capacity; }) || m_closed)
            return false;
        m_items.push_back(std::move(value));
        m_more.notify_one();
        return true;
    }

    /// Waits for an item; nothing when stopped, or closed and empty.
    std::optional<T> pop(std::stop_token stop = {})
    {
        std::unique_lock lock(m_mutex);
        m_more.wait(lock, stop, [this] { return m_closed || !m_items.empty(); });
        return takeLocked();
    }

    /// As pop(), but gives up at @p deadline.
    template<class Time>
    std::optional<T> popUntil(Time deadline, std::stop_token stop = {})
    {
        std::unique_lock lock(m_mutex);
        m_more.wait_until(lock, stop, deadline, [this] { return m_closed || !m_items.empty(); });
        return takeLocked();
    }

    /// No more pushes; what is inside can still be taken.
    void close()
    {
        const std::lock_guard lock(m_mutex);
        m_closed = true;
        m_room.notify_all();
        m_more.notify_all();
    }

    std::size_t size() const
    {
        const std::lock_guard lock(m_mutex);
        return m_items.size();
    }
    std::uint64_t waits() const ///< how often a producer had to wait
    {
        const std::lock_guard lock(m_mutex);
        return m_waits;
    }

private:
    std::optional<T> takeLocked()
    {
        if (m_items.empty())
            return std::nullopt;
        std::optional<T> item(std::move(m_items.front()));
        m_items.pop_front();
        m_room.notify_one();
        return item;
    }

    const std::size_t m_capacity;
    mutable std::mutex m_mutex;
    std::condition_variable_any m_room;
    std::condition_variable_any m_more;
    std::deque<T> m_items;
    std::uint64_t m_waits = 0;
    bool m_closed = false;
};

} // namespace mnemo
