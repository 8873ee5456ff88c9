#include "ui/validation/validationrunner.h"

#include <utility>

namespace mnemo {

ValidationRunner::ValidationRunner(ValidationPort& port, QObject* parent)
    : QObject(parent)
    , m_port(port)
{
    m_timer.setInterval(100);
    connect(&m_timer, &QTimer::timeout, this, &ValidationRunner::look);
}

void ValidationRunner::start(ValidationRequest request)
{
    if (m_run) {
        m_run->cancel();
        m_ending.push_back(std::exchange(m_run, nullptr));
    }
    m_request = std::move(request);
    m_run = m_port.validate(m_request);
    m_timer.start();
}

void ValidationRunner::cancel()
{
    if (m_run)
        m_run->cancel();
}

void ValidationRunner::look()
{
    std::erase_if(m_ending, [](const auto& run) { return run->isDone(); });
    if (m_run && m_run->isDone()) {
        const auto outcome = m_run->outcome();
        m_run.reset();
        if (*outcome)
            emit finished(**outcome);
        else
            emit failed(outcome->error());
    } else if (m_run) {
        emit progressed(m_run->progress());
    }
    if (!m_run && m_ending.empty())
        m_timer.stop();
}

} // namespace mnemo
