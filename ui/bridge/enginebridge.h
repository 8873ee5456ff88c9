#pragma once

#include <QObject>
#include <QTimer>
#include <array>
#include <functional>
#include <memory>
#include <set>
#include <vector>

#include "core/engine/engine.h"
#include "ui/bridge/storedseries.h"
#include "ui/bridge/storethread.h"

namespace mnemo {

/// The window's only door to the engine. Events of the engine's threads are kept, newest first wins, and handed out
/// about 30 times a second as signals on the UI thread; while nothing happens nothing runs. Reads that wait happen on
/// threads of its own. Lives on the UI thread; the engine outlives it.
class EngineBridge : public QObject {
    Q_OBJECT
public:
    /// Each is a thread of its own: a slow answer of one does not hold up the others.
    enum class Channel { Chart, Lists, Commands, Network };
    using Deliver = std::function<void()>;
    /// Runs on the channel's thread; what it returns runs on the UI thread, unless the context is gone by then.
    using Work = std::function<Deliver(const Result<StoreReader*>& reader, const std::stop_token& stop)>;

    EngineBridge(Engine& engine, bool isReadOnly, QObject* parent = nullptr);
    ~EngineBridge() override;

    Engine& engine() { return m_engine; }
    bool isReadOnly() const { return m_isReadOnly; }
    void run(Channel channel, QObject* context, Work work);
    /// Reads the list of stored series again, all of it.
    void refresh();
    /// Hands out the state at the start; call once everything is connected.
    void begin();

signals:
    void jobsChanged(const std::vector<mnemo::JobSnapshot>& changed);
    void jobsForgotten(const std::vector<mnemo::JobId>& jobs);
    void laneChanged(const mnemo::LaneSnapshot& lane);
    void seriesChanged(const std::shared_ptr<const mnemo::StoredSeriesList>& list);
    void rowsChanged(
        const mnemo::SeriesKey& series, mnemo::TimeRange range); ///< rows or what is known about absent ones
    void barRunning(const mnemo::BarRunning& bar); ///< of a series that is followed
    void feedsChanged(const std::shared_ptr<const mnemo::FeedReport>& report); ///< what is live
    void settingsChanged(const std::vector<mnemo::Problem>& problems, bool accepted);
    void alertsChanged(); ///< Engine::alerts() tells what is so now
    void failed(const mnemo::Error& error); ///< the store could not be read

private:
    struct Inbox;
    void drain();
    void scheduleList();
    void readList();
    void listArrived(const std::shared_ptr<const StoredSeriesList>& list);
    void announceDifferences(const StoredSeriesList& before, const StoredSeriesList& after);

    Engine& m_engine;
    const bool m_isReadOnly;
    std::shared_ptr<Inbox> m_inbox;
    QTimer m_drainTimer;
    QTimer m_listTimer;
    QTimer m_pollTimer; ///< only where the store is written by another process
    std::set<SeriesKey> m_changedSeries;
    bool m_isReadingList = false;
    bool m_isAllChanged = true;
    bool m_hasList = false;
    std::shared_ptr<const StoredSeriesList> m_list;
    std::shared_ptr<void> m_subscription;
    std::array<std::unique_ptr<StoreThread>, 4> m_threads; ///< last: joined before the rest goes
};

} // namespace mnemo
