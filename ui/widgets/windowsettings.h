#pragma once

#include <QSettings>
#include <QTimer>
#include <atomic>
#include <thread>

namespace mnemo {

/// The window's settings, written by a thread of their own: QSettings waits for the disk, which takes long while a
/// backfill writes. A change is in the file about a second later, and at the end. Belongs to the UI thread.
class WindowSettings : public QSettings {
    Q_OBJECT
public:
    explicit WindowSettings(const QString& file);
    ~WindowSettings() override; ///< writes what has changed since

    bool isWriting() const { return m_isWriting; }

protected:
    bool event(QEvent* event) override;

private:
    void write();

    QTimer m_timer;
    std::atomic<bool> m_isWriting = false;
    std::jthread m_thread;
};

} // namespace mnemo
