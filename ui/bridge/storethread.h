#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>

#include "core/storage/store.h"

namespace mnemo {

/// One thread with one read connection, for work that waits for the store. The thread starts with the first task and
/// sleeps while there is none. Destroying it interrupts the running read, drops what has not begun, and joins.
class StoreThread {
public:
    /// @p reader is null, with the reason, where no connection could be opened; it is tried again for the next task.
    using Task = std::function<void(const Result<StoreReader*>& reader, const std::stop_token& stop)>;

    explicit StoreThread(Store& store);
    ~StoreThread();
    StoreThread(const StoreThread&) = delete;
    StoreThread& operator=(const StoreThread&) = delete;

    void post(Task task); ///< any thread

private:
    void loop(const std::stop_token& stop);
    Result<StoreReader*> reader();

    Store& m_store;
    std::mutex m_mutex; // held to move tasks and to publish the reader, never during a read
    std::condition_variable_any m_more;
    std::deque<Task> m_tasks;
    std::unique_ptr<StoreReader> m_reader;
    std::jthread m_thread;
};

} // namespace mnemo
