#include "ui/bridge/enginebridge.h"

#include <QPointer>
#include <algorithm>
#include <map>
#include <mutex>
#include <unordered_map>
#include <utility>

namespace mnemo {

namespace {

constexpr int drainEvery = 33;  // ms
constexpr int listEvery = 400;  // ms, at most
constexpr int pollEvery = 2000; // ms

template <class... Ts>
struct Overloaded : Ts... {
    using Ts::operator()...;
};
template <class... Ts>
Overloaded(Ts...) -> Overloaded<Ts...>;

void join(TimeRange& into, TimeRange range)
{
    if (into.isEmpty())
        into = range;
    else if (!range.isEmpty())
        into = {std::min(into.from, range.from), std::max(into.to, range.to)};
}

} // namespace

/// Written by the engine's threads, emptied by the UI thread; the mutex is held to put one value in or to swap all out.
struct EngineBridge::Inbox {
    struct Content {
        std::unordered_map<JobId, JobSnapshot> jobs;
        std::vector<JobId> forgotten;
        std::map<std::string, LaneSnapshot> lanes;
        std::map<SeriesKey, TimeRange> changed;
        std::map<SeriesKey, BarRunning> bars;
        std::shared_ptr<const FeedReport> feeds;
        std::shared_ptr<const SettingsChanged> settings;
        bool hasAlerts = false; ///< they changed
    };
    std::mutex mutex;
    Content content;
    bool isAwake = false;           ///< a drain is on its way
    EngineBridge* target = nullptr; ///< null once the bridge is going

    void put(const Event& event)
    {
        // Copies are made before the lock, so that the UI thread never waits for them.
        std::visit(
            Overloaded {
                [this](const JobChanged& e) {
                    with([id = e.job.id, job = e.job](Content& c) mutable { c.jobs[id] = std::move(job); });
                },
                [this](const JobsForgotten& e) {
                    with([jobs = e.jobs](Content& c) { c.forgotten.insert(c.forgotten.end(), jobs.begin(), jobs.end()); });
                },
                [this](const LaneChanged& e) {
                    with([lane = e.lane](Content& c) mutable { c.lanes[lane.id] = std::move(lane); });
                },
                [this](const RowsStored& e) { with([e](Content& c) { join(c.changed[e.series], e.range); }); },
                [this](const CoverageChanged& e) { with([e](Content& c) { join(c.changed[e.series], e.range); }); },
                [this](const FindingRaised& e) { with([e](Content& c) { join(c.changed[e.series], e.range); }); },
                [this](const BarRunning& e) { with([e](Content& c) { c.bars[e.series] = e; }); },
                [this](const FeedsChanged& e) { with([report = e.report](Content& c) { c.feeds = report; }); },
                [this](const FindingsChanged& e) { with([e](Content& c) { join(c.changed[e.series], e.range); }); },
                [this](const AlertsChanged&) { with([](Content& c) { c.hasAlerts = true; }); },
                [this](const SettingsChanged& e) {
                    with(
                        [settings = std::make_shared<const SettingsChanged>(e)](Content& c) { c.settings = settings; });
                },
            },
            event);
    }

private:
    template <class Change>
    void with(Change change)
    {
        const std::lock_guard lock(mutex);
        change(content);
        if (isAwake || !target)
            return;
        isAwake = true;
        QMetaObject::invokeMethod(
            target, [timer = &target->m_drainTimer] { timer->start(); }, Qt::QueuedConnection);
    }
};

EngineBridge::EngineBridge(Engine& engine, bool isReadOnly, QObject* parent)
    : QObject(parent)
    , m_engine(engine)
    , m_isReadOnly(isReadOnly)
    , m_inbox(std::make_shared<Inbox>())
    , m_list(std::make_shared<const StoredSeriesList>())
{
    for (auto& thread : m_threads)
        thread = std::make_unique<StoreThread>(engine.store());
    m_drainTimer.setSingleShot(true);
    m_drainTimer.setInterval(drainEvery);
    connect(&m_drainTimer, &QTimer::timeout, this, &EngineBridge::drain);
    m_listTimer.setSingleShot(true);
    m_listTimer.setInterval(listEvery);
    connect(&m_listTimer, &QTimer::timeout, this, &EngineBridge::readList);
    m_pollTimer.setInterval(pollEvery);
    connect(&m_pollTimer, &QTimer::timeout, this, &EngineBridge::refresh);
    m_inbox->target = this;
    m_subscription = engine.subscribe([inbox = m_inbox](const Event& event) { inbox->put(event); });
}

EngineBridge::~EngineBridge()
{
    {
        const std::lock_guard lock(m_inbox->mutex);
        m_inbox->target = nullptr;
    }
    m_subscription.reset();
}

void EngineBridge::begin()
{
    emit jobsChanged(m_engine.jobs());
    for (const LaneSnapshot& lane : m_engine.lanes())
        emit laneChanged(lane);
    emit feedsChanged(m_engine.live());
    readList();
    if (m_isReadOnly)
        m_pollTimer.start();
}

void EngineBridge::run(Channel channel, QObject* context, Work work)
{
    // Only the UI thread looks into the pointer; the bridge itself outlives its threads.
    m_threads[static_cast<std::size_t>(channel)]->post(
        [this, context = QPointer<QObject>(context), work = std::move(work)](
            const Result<StoreReader*>& reader, const std::stop_token& stop) {
            QMetaObject::invokeMethod(
                this,
                [context, deliver = work(reader, stop)] {
                    if (context && deliver)
                        deliver();
                },
                Qt::QueuedConnection);
        });
}

void EngineBridge::drain()
{
    Inbox::Content content;
    {
        const std::lock_guard lock(m_inbox->mutex);
        std::swap(content, m_inbox->content);
        m_inbox->isAwake = false;
    }
    if (!content.jobs.empty()) {
        std::vector<JobSnapshot> jobs;
        jobs.reserve(content.jobs.size());
        for (auto& [id, job] : content.jobs)
            jobs.push_back(std::move(job));
        emit jobsChanged(jobs);
    }
    if (!content.forgotten.empty())
        emit jobsForgotten(content.forgotten);
    for (const auto& [id, lane] : content.lanes)
        emit laneChanged(lane);
    for (const auto& [series, range] : content.changed) {
        m_changedSeries.insert(series);
        emit rowsChanged(series, range);
    }
    if (!content.changed.empty())
        scheduleList();
    for (const auto& [series, bar] : content.bars)
        emit barRunning(bar);
    if (content.feeds)
        emit feedsChanged(content.feeds);
    if (content.hasAlerts)
        emit alertsChanged();
    if (content.settings)
        emit settingsChanged(content.settings->problems, content.settings->accepted);
}

void EngineBridge::refresh()
{
    m_isAllChanged = true;
    readList();
}

void EngineBridge::scheduleList()
{
    if (!m_isReadingList && !m_listTimer.isActive())
        m_listTimer.start();
}

void EngineBridge::readList()
{
    if (m_isReadingList)
        return; // what changed meanwhile is read when this one is in
    m_isReadingList = true;
    const auto before = m_isAllChanged ? std::make_shared<const StoredSeriesList>() : m_list;
    m_isAllChanged = false;
    run(Channel::Lists, this,
        [this, before, changed = std::exchange(m_changedSeries, {})](
            const Result<StoreReader*>& reader, const std::stop_token&) -> Deliver {
            auto list = reader ? readStoredSeries(**reader, *before, changed) : fail(reader.error());
            if (!list)
                return [this, error = list.error()] {
                    m_isReadingList = false;
                    m_isAllChanged = true;
                    emit failed(error);
                };
            return [this, shared = std::make_shared<const StoredSeriesList>(std::move(*list))] { listArrived(shared); };
        });
}

void EngineBridge::listArrived(const std::shared_ptr<const StoredSeriesList>& list)
{
    m_isReadingList = false;
    const auto before = std::exchange(m_list, list);
    if (m_isReadOnly)
        announceDifferences(*before, *list);
    if (!m_hasList || *before != *list)
        emit seriesChanged(list);
    m_hasList = true;
    if (m_isAllChanged || !m_changedSeries.empty())
        scheduleList();
}

// Another process writes: its events do not reach us, what it stored does.
void EngineBridge::announceDifferences(const StoredSeriesList& before, const StoredSeriesList& after)
{
    for (const StoredSeries& series : after) {
        const auto old = std::lower_bound(before.begin(), before.end(), series.record.key,
            [](const StoredSeries& a, const SeriesKey& key) { return a.record.key < key; });
        if (old == before.end() || old->record.key != series.record.key || *old != series)
            emit rowsChanged(series.record.key, series.known);
    }
}

} // namespace mnemo
