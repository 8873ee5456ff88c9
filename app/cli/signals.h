#pragma once

#include <stop_token>
#include <thread>

#include <csignal>

namespace mnemo::cli {

/// Ctrl-C as a request: the first SIGINT, SIGTERM or SIGHUP requests a stop, the second ends the process at once with
/// status 130. Make one before any thread starts, for threads inherit who handles signals.
class StopOnSignal {
public:
    StopOnSignal();
    ~StopOnSignal();
    StopOnSignal(const StopOnSignal&) = delete;
    StopOnSignal& operator=(const StopOnSignal&) = delete;

    std::stop_token token() const { return m_stop.get_token(); }
    bool wasStopped() const { return m_stop.stop_requested(); }

private:
    void watch(std::stop_token ended);

    std::stop_source m_stop;
    sigset_t m_before {};
    int m_signals = -1; ///< signalfd
    int m_wake = -1;    ///< eventfd: the thread may end
    std::jthread m_thread;
};

} // namespace mnemo::cli
