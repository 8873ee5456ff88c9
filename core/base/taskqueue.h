#pragma once

#include <functional>
#include <thread>

#include "core/base/boundedqueue.h"

namespace mnemo {

/// One thread that runs tasks in order. What is queued when it is destroyed is dropped; the running task is finished.
class TaskQueue {
public:
    using Task = std::function<void(std::stop_token)>;

    TaskQueue()
        : m_tasks(100'000)
        , m_thread([this](const std::stop_token& stop) { run(stop); })
    {
    }
    ~TaskQueue()
    {
        m_thread.request_stop();
        m_tasks.close();
    }
    void post(Task task) { m_tasks.push(std::move(task)); } ///< any thread

private:
    void run(const std::stop_token& stop)
    {
        while (!stop.stop_requested()) {
            if (auto task = m_tasks.pop(stop))
                (*task)(stop);
        }
    }

    BoundedQueue<Task> m_tasks;
    std::jthread m_thread; // last
};

} // namespace mnemo
