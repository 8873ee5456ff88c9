#pragma once

#include <QObject>

#include "ui/bridge/enginebridge.h"
#include "ui/bridge/storagewatch.h"

namespace mnemo {

class DoctorPage;
class LimitsPage;
class LogPanel;
class ProblemsPanel;

/// Makes the parts that tell how the program itself is doing (log, problems, limits, doctor) and connects them to the
/// engine. The window places them, and owns them from then on.
class InfoScreens : public QObject {
    Q_OBJECT
public:
    /// @p settingsFolder of the user, for people; both outlive this
    InfoScreens(EngineBridge& bridge, StorageWatch& storage, const QString& settingsFolder, QObject* parent);

    LogPanel* log() const { return m_log; }
    ProblemsPanel* problems() const { return m_problems; }
    LimitsPage* limits() const { return m_limits; }
    DoctorPage* doctor() const { return m_doctor; }
    void examine();

signals:
    void problemsChanged(int count, bool isRefused);

private:
    void settingsChanged(const Problems& problems, bool isAccepted);
    void showLanes();
    void showPlaces();

    EngineBridge& m_bridge;
    StorageWatch& m_storage;
    QString m_settingsFolder;
    LogPanel* m_log;
    ProblemsPanel* m_problems;
    LimitsPage* m_limits;
    DoctorPage* m_doctor;
};

} // namespace mnemo
