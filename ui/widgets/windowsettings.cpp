#include "ui/widgets/windowsettings.h"

#include <QEvent>
#include <chrono>

namespace mnemo {

namespace {

constexpr std::chrono::milliseconds writeAfter {800}; ///< changes come in groups

} // namespace

WindowSettings::WindowSettings(const QString& file)
    : QSettings(file, QSettings::IniFormat)
{
    m_timer.setSingleShot(true);
    m_timer.setInterval(writeAfter);
    connect(&m_timer, &QTimer::timeout, this, &WindowSettings::write);
}

WindowSettings::~WindowSettings()
{
    if (m_thread.joinable())
        m_thread.join();
}

bool WindowSettings::event(QEvent* event)
{
    if (event->type() != QEvent::UpdateRequest)
        return QSettings::event(event);
    m_timer.start();
    return true;
}

// Objects of one file share what is in memory; whichever writes, writes for all. This one looks at the file afterwards,
// which finds nothing to write, and only then asks again when something changes.
void WindowSettings::write()
{
    if (m_isWriting)
        return m_timer.start();
    if (m_thread.joinable())
        m_thread.join(); // it has ended
    m_isWriting = true;
    m_thread = std::jthread([this, file = fileName()] {
        {
            QSettings settings(file, QSettings::IniFormat);
            settings.sync();
        }
        m_isWriting = false;
        QMetaObject::invokeMethod(
            this, [this] { sync(); }, Qt::QueuedConnection);
    });
}

} // namespace mnemo
