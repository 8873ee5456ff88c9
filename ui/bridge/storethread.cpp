#include "ui/bridge/storethread.h"

#include <utility>

namespace mnemo {

StoreThread::StoreThread(Store& store)
    : m_store(store)
{
}

StoreThread::~StoreThread()
{
    m_thread.request_stop();
    const std::lock_guard lock(m_mutex);
    m_tasks.clear();
    if (m_reader)
        m_reader->interrupt();
}

void StoreThread::post(Task task)
{
    const std::lock_guard lock(m_mutex);
    m_tasks.push_back(std::move(task));
    m_more.notify_one();
    if (!m_thread.joinable())
        m_thread = std::jthread([this](const std::stop_token& stop) { loop(stop); });
}

void StoreThread::loop(const std::stop_token& stop)
{
    for (;;) {
        Task task;
        {
            std::unique_lock lock(m_mutex);
            if (!m_more.wait(lock, stop, [this] { return !m_tasks.empty(); }) || stop.stop_requested())
                return;
            task = std::move(m_tasks.front());
            m_tasks.pop_front();
        }
        task(reader(), stop);
    }
}

Result<StoreReader*> StoreThread::reader()
{
    if (m_reader) // only this thread sets it
        return m_reader.get();
    auto opened = m_store.openReader();
    if (!opened)
        return fail(opened.error());
    const std::lock_guard lock(m_mutex);
    m_reader = std::move(*opened);
    return m_reader.get();
}

} // namespace mnemo
