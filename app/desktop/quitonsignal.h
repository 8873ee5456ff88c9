#pragma once

#include <QSocketNotifier>
#include <functional>
#include <memory>

namespace mnemo {

/// Calls @p quit on the UI thread after SIGINT, SIGTERM or SIGHUP, so that the program ends as if its window was
/// closed. One object per process.
class QuitOnSignal {
public:
    explicit QuitOnSignal(const std::function<void()>& quit);

private:
    std::unique_ptr<QSocketNotifier> m_notifier;
};

} // namespace mnemo
