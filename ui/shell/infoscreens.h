#pragma once

#include <QObject>

#include "ui/bridge/enginebridge.h"
#include "ui/bridge/storagewatch.h"
#include "ui/widgets/lazypage.h"

namespace mnemo {

class DoctorPage;
class LimitsPage;
class LogPanel;
class ProblemsPanel;

/// The parts that tell how the program itself is doing (log, problems, limits, doctor), each made when it is first wanted
/// and connected to the engine then. The window places them, and owns them from then on.
class InfoScreens : public QObject {
    Q_OBJECT
public:
    /// @p settingsFolder of the user, for people; both outlive this
    InfoScreens(EngineBridge& bridge, StorageWatch& storage, const QString& settingsFolder, QObject* parent);

    LazyPageOf<LogPanel>* log() const { return m_log; }
    LazyPageOf<ProblemsPanel>* problems() const { return m_problems; }
    LazyPageOf<LimitsPage>* limits() const { return m_limits; }
    LazyPageOf<DoctorPage>* doctor() const { return m_doctor; }

signals:
    void problemsChanged(int count, bool isRefused);

private:
    void settingsChanged(const Problems& problems, bool isAccepted);
    LogPanel* makeLog();
    ProblemsPanel* makeProblems();
    LimitsPage* makeLimits();
    DoctorPage* makeDoctor();
    void examine(DoctorPage& doctor);
    void showLanes(LimitsPage& limits);
    void testSource(LimitsPage& limits, const std::string& exchange);
    void showSymbols(LimitsPage& limits, const std::string& provider);
    void showPlaces(DoctorPage& doctor);

    EngineBridge& m_bridge;
    StorageWatch& m_storage;
    QString m_settingsFolder;
    LazyPageOf<LogPanel>* m_log;
    LazyPageOf<ProblemsPanel>* m_problems;
    LazyPageOf<LimitsPage>* m_limits;
    LazyPageOf<DoctorPage>* m_doctor;
    Problems m_lastProblems; ///< of the settings as they were last read, also where they were refused
    bool m_isRefused = false;
};

} // namespace mnemo
