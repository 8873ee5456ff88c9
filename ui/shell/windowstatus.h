#pragma once

#include <QWidget>
#include <map>
#include <string>

#include "core/engine/alerts.h"
#include "core/engine/events.h"

class QMenu;
class QSettings;

namespace mnemo {

class DisplayZone;
class LaneLights;
class StatusLight;
struct StorageState;

/// The right part of the status bar: lanes, what is live, queue, jobs, store, archive, clock.
class WindowStatus : public QWidget {
    Q_OBJECT
public:
    WindowStatus(DisplayZone& zone, QMenu& zoneMenu, const QString& readOnlyReason, QWidget* parent = nullptr);

    void applyLane(const LaneSnapshot& lane);
    void applyStorage(const StorageState& state);
    void applyAlerts(const AlertSnapshot& alerts);
    void applyFeeds(const FeedReport& report);
    void countJobs(int running, int waiting = 0, int paused = 0);

signals:
    void limitsRequested();
    void jobsRequested();
    void storageRequested();
    void alertsRequested();
    void liveRequested();

private:
    void showQueue();

    QString m_readOnlyReason;
    LaneLights* m_lanes;
    StatusLight* m_live;
    StatusLight* m_queue;
    StatusLight* m_jobs;
    StatusLight* m_alerts;
    StatusLight* m_store;
    StatusLight* m_archive;
    std::map<std::string, int> m_queued; ///< requests waiting, by lane
};

} // namespace mnemo
