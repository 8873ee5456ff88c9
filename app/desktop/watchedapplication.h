#pragma once

#include <QApplication>
#include <QString>

#include "ui/widgets/eventhistogram.h"

namespace mnemo {

/// The application with a watchdog for its UI thread: measures every event that is handed out, logs what took longer
/// than a frame, and at the end writes the histogram to the file that MNEMO_UI_HISTOGRAM names. It measures in debug
/// builds, and in every build where that variable is set; else it is an ordinary QApplication.
class WatchedApplication : public QApplication {
public:
    WatchedApplication(int& argc, char** argv);
    ~WatchedApplication() override;
    bool notify(QObject* receiver, QEvent* event) override;
    const EventHistogram& histogram() const { return m_histogram; }

private:
    bool measured(QObject* receiver, QEvent* event, int level);

    EventHistogram m_histogram;
    QString m_file;
    bool m_isOn = false;
    int m_level = 0;          ///< of the event loop whose event is being measured; 0: none is
    bool m_hasHosted = false; ///< it ran a loop of its own (a menu, a dialog): its length says nothing
};

} // namespace mnemo
