#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include <QThread>

#include "core/live/socketloop.h"

namespace mnemo {

/// Sockets of Qt WebSockets on a thread of their own, which begins with the first task: by then there is a
/// QCoreApplication.
class QtSocketLoop final : public SocketLoop {
public:
    QtSocketLoop();
    ~QtSocketLoop() override; ///< waits for the thread; tasks that have not run are dropped

    void run(std::function<void()> task) override;
    bool isOwnThread() const override;
    std::unique_ptr<Socket> connect(const std::string& url, SocketHandlers handlers) override;
    std::shared_ptr<void> every(milliseconds interval, std::function<void()> beat) override;

private:
    class Place;
    void runWaiting(); ///< on the thread

    QThread m_thread;
    std::once_flag m_begun;
    std::mutex m_mutex;
    std::vector<std::function<void()>> m_tasks;
    std::unique_ptr<QObject> m_place; ///< lives on the thread
};

} // namespace mnemo
