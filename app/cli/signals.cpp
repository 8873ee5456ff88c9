#include "app/cli/signals.h"

#include <array>
#include <chrono>
#include <cstdint>

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "app/cli/exitstatus.h"
#include "app/cli/output.h"

namespace mnemo::cli {

StopOnSignal::StopOnSignal()
{
    sigset_t handled {};
    sigemptyset(&handled);
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
        struct sigaction action {};
        sigaction(number, nullptr, &action);
        // nohup is obeyed. Scripts start background jobs with SIGINT ignored, yet who sends it means it; a signal that is
        // blocked arrives although it is ignored.
        if (number == SIGINT || action.sa_handler != SIG_IGN)
            sigaddset(&handled, number);
    }
    pthread_sigmask(SIG_BLOCK, &handled, &m_before);
    m_signals = signalfd(-1, &handled, SFD_CLOEXEC);
    m_wake = eventfd(0, EFD_CLOEXEC);
    m_thread = std::jthread([this](std::stop_token ended) { watch(ended); });
}

StopOnSignal::~StopOnSignal()
{
    m_thread.request_stop();
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(m_wake, &one, sizeof one);
    m_thread.join();
    ::close(m_wake);
    ::close(m_signals);
    pthread_sigmask(SIG_SETMASK, &m_before, nullptr);
}

void StopOnSignal::watch(std::stop_token ended)
{
    using namespace std::chrono;
    steady_clock::time_point first {};
    std::array<pollfd, 2> waits = {pollfd {m_signals, POLLIN, 0}, pollfd {m_wake, POLLIN, 0}};
    while (!ended.stop_requested()) {
        if (::poll(waits.data(), waits.size(), -1) < 0 || (waits[0].revents & POLLIN) == 0)
            continue;
        signalfd_siginfo info {};
        if (::read(m_signals, &info, sizeof info) != sizeof info)
            continue;
        if (m_stop.stop_requested()) {
            // timeout(1) and terminals that close send the same wish twice, to the process and to its group.
            if (steady_clock::now() - first < milliseconds(300))
                continue;
            ::_exit(static_cast<int>(ExitStatus::Cancelled));
        }
        first = steady_clock::now();
        note("\nStopping; what is stored stays. Once more ends at once.");
        m_stop.request_stop();
    }
}

} // namespace mnemo::cli
