#include "app/desktop/quitonsignal.h"

#include <csignal>
#include <fcntl.h>
#include <unistd.h>

namespace mnemo {

namespace {

int wakeUp = -1; // the writing end of a pipe: all that a signal handler may touch

extern "C" void handleSignal(int)
{
    const char byte = 0;
    [[maybe_unused]] const auto written = write(wakeUp, &byte, 1);
}

} // namespace

QuitOnSignal::QuitOnSignal(const std::function<void()>& quit)
{
    int ends[2] = {-1, -1};
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
        return; // without it a signal ends the program at once; nothing stored is lost
    wakeUp = ends[1];
    m_notifier = std::make_unique<QSocketNotifier>(ends[0], QSocketNotifier::Read);
    QObject::connect(m_notifier.get(), &QSocketNotifier::activated, m_notifier.get(), quit);
    for (const int number : {SIGINT, SIGTERM, SIGHUP})
        std::signal(number, handleSignal);
}

} // namespace mnemo
