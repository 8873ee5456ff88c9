#include "app/desktop/watchedapplication.h"

#include <QAction>
#include <QEvent>
#include <QFile>
#include <QMetaEnum>
#include <QThread>
#include <ctime>
#include <utility>

#include "core/base/log.h"

namespace mnemo {

namespace {

#ifdef NDEBUG
constexpr bool isAlwaysOn = false;
#else
constexpr bool isAlwaysOn = true;
#endif

std::string nameOf(QEvent::Type type)
{
    const char* name = QMetaEnum::fromType<QEvent::Type>().valueToKey(type);
    return name ? name : std::to_string(type);
}

QString nameOf(const QObject& receiver)
{
    const auto* action = qobject_cast<const QAction*>(&receiver);
    return action ? action->text() : receiver.objectName();
}

/// Of this thread: on a busy machine an event may be long because others had their turn.
std::chrono::nanoseconds processorTime()
{
    timespec time {};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return std::chrono::seconds {time.tv_sec} + std::chrono::nanoseconds {time.tv_nsec};
}

} // namespace

WatchedApplication::WatchedApplication(int& argc, char** argv)
    : QApplication(argc, argv)
    , m_file(qEnvironmentVariable("MNEMO_UI_HISTOGRAM"))
    , m_isOn(isAlwaysOn || !m_file.isEmpty())
{
}

WatchedApplication::~WatchedApplication()
{
    if (m_file.isEmpty())
        return;
    QFile file(m_file);
    if (!file.open(QIODevice::WriteOnly) || file.write(m_histogram.text().toUtf8()) < 0)
        log::warning("desktop", "the histogram of the UI thread could not be written: " + file.errorString().toStdString(),
            {{"file", m_file.toStdString()}});
}

bool WatchedApplication::notify(QObject* receiver, QEvent* event)
{
    if (!m_isOn || QThread::currentThread() != thread())
        return QApplication::notify(receiver, event);
    const int level = thread()->loopLevel();
    // An event within an event belongs to the outer one, but for those of a loop that the outer one runs.
    return level == m_level ? QApplication::notify(receiver, event) : measured(receiver, event, level);
}

bool WatchedApplication::measured(QObject* receiver, QEvent* event, int level)
{
    using Steady = std::chrono::steady_clock;
    // Before it is handed out: receiver and event may be gone afterwards.
    const QEvent::Type type = event->type();
    const QMetaObject* receiverType = receiver->metaObject();
    const QString receiverName = nameOf(*receiver);
    const int outer = std::exchange(m_level, level);
    m_hasHosted = false;
    const std::chrono::nanoseconds worked = processorTime();
    const Steady::time_point begin = Steady::now();
    const bool result = QApplication::notify(receiver, event);
    const std::chrono::nanoseconds length = Steady::now() - begin;
    const std::chrono::nanoseconds processor = processorTime() - worked;
    m_level = outer;
    if (!std::exchange(m_hasHosted, outer != 0)) {
        m_histogram.add(length, processor);
        // On a busy machine every frame is long, and a line a frame would make the log the work: what the thread did
        // itself counts, or a wait that everybody notices.
        if (processor > EventHistogram::limit || length > 10 * EventHistogram::limit)
            log::warning("desktop", "the UI thread was busy for longer than a frame",
                {{"us", std::chrono::duration_cast<std::chrono::microseconds>(length).count()},
                    {"processor_us", std::chrono::duration_cast<std::chrono::microseconds>(processor).count()}, {"event", nameOf(type)},
                    {"receiver", receiverType->className()}, {"name", receiverName.toStdString()}});
    }
    return result;
}

} // namespace mnemo
