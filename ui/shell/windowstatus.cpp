#include "ui/shell/windowstatus.h"

#include <QHBoxLayout>
#include <algorithm>

#include "ui/alerts/alerttext.h"
#include "ui/bridge/storagewatch.h"
#include "ui/shell/lanelights.h"
#include "ui/shell/statuslight.h"
#include "ui/shell/zoneclock.h"
#include "ui/widgets/errortext.h"
#include "ui/widgets/feedtext.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

using Mood = StatusLight::Mood;

WindowStatus::WindowStatus(DisplayZone& zone, QMenu& zoneMenu, const QString& readOnlyReason, QWidget* parent)
    : QWidget(parent)
    , m_readOnlyReason(readOnlyReason)
    , m_lanes(new LaneLights)
    , m_live(new StatusLight(tr("Live")))
    , m_queue(new StatusLight(tr("Queue")))
    , m_jobs(new StatusLight(tr("Jobs")))
    , m_alerts(new StatusLight(tr("Alerts")))
    , m_store(new StatusLight(tr("Store")))
    , m_archive(new StatusLight(tr("Archive")))
{
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(6);
    for (QWidget* widget : std::initializer_list<QWidget*> {
             m_lanes, m_live, m_queue, m_jobs, m_alerts, m_store, m_archive, new ZoneClock(zone, zoneMenu)})
        layout->addWidget(widget);
    connect(m_live, &StatusLight::clicked, this, &WindowStatus::liveRequested);
    connect(m_queue, &StatusLight::clicked, this, &WindowStatus::limitsRequested);
    connect(m_jobs, &StatusLight::clicked, this, &WindowStatus::jobsRequested);
    connect(m_alerts, &StatusLight::clicked, this, &WindowStatus::alertsRequested);
    connect(m_store, &StatusLight::clicked, this, &WindowStatus::storageRequested);
    connect(m_archive, &StatusLight::clicked, this, &WindowStatus::storageRequested);
    m_store->show(Mood::Quiet, tr("store"), tr("Looking at the store\u2026"));
    m_archive->show(Mood::Quiet, tr("archive"), tr("Looking at the archive\u2026"));
    showQueue();
    countJobs(0);
    applyAlerts({});
    applyFeeds({});
}

void WindowStatus::applyLane(const LaneSnapshot& lane)
{
    m_lanes->apply(lane);
    m_queued[lane.id] = lane.queued;
    showQueue();
}

void WindowStatus::showQueue()
{
    int sum = 0;
    for (const auto& [lane, queued] : m_queued)
        sum += queued;
    m_queue->setVisible(sum > 0);
    m_queue->show(Mood::Busy, tr("queue %1").arg(countText(std::int64_t {sum})),
        tr("%Ln request(s) wait for their turn at the exchanges.", nullptr, sum));
}

void WindowStatus::countJobs(int running, int waiting, int paused)
{
    QStringList parts;
    if (running > 0)
        parts << tr("jobs running: %1").arg(countText(std::int64_t {running}));
    if (waiting > 0)
        parts << tr("jobs waiting: %1").arg(countText(std::int64_t {waiting}));
    if (paused > 0)
        parts << tr("jobs paused: %1").arg(countText(std::int64_t {paused}));
    m_jobs->show(running > 0 ? Mood::Busy : Mood::Quiet, parts.isEmpty() ? tr("no job running") : parts.join(u", "_s),
        tr("Opens the table of jobs."));
}

// Numbers that change with every message stand on the screen of sources: this is read at a glance, and painted seldom.
void WindowStatus::applyFeeds(const FeedReport& report)
{
    const auto count = [&](FollowState state) {
        return static_cast<int>(std::ranges::count(report.series, state, &FollowedSeries::state));
    };
    const auto has = [&](FeedCondition condition) {
        return std::ranges::any_of(report.feeds, [&](const FeedSnapshot& feed) { return conditionOf(feed) == condition; });
    };
    const int streamed = count(FollowState::Streamed), polled = count(FollowState::Polled), stale = count(FollowState::Stale);
    QStringList parts;
    if (streamed > 0)
        parts << tr("live: %1").arg(countText(std::int64_t {streamed}));
    if (polled > 0)
        parts << tr("polled: %1").arg(countText(std::int64_t {polled}));
    if (stale > 0)
        parts << tr("stale: %1").arg(countText(std::int64_t {stale}));
    Mood mood = report.series.empty() ? Mood::Quiet : Mood::Good;
    if (has(FeedCondition::Stalled)) {
        mood = Mood::Bad;
        parts.prepend(tr("stream stalled"));
    } else if (has(FeedCondition::Reconnecting)) {
        mood = Mood::Warning;
        parts.prepend(tr("reconnecting"));
    } else if (stale > 0) {
        mood = Mood::Warning;
    } else if (parts.isEmpty() && !report.series.empty()) {
        mood = Mood::Busy;
        parts << tr("connecting");
    }
    QStringList lines;
    for (const FeedSnapshot& feed : report.feeds)
        if (isInUse(feed))
            lines << tr("%1: %2").arg(toQString(feed.id), textOf(feed));
    lines << tr("Series whose newest bar comes by an exchange's stream are live; where there is none it is asked for: polled.")
          << tr("Opens the live wall.");
    m_live->show(mood, parts.isEmpty() ? tr("nothing live") : parts.join(u", "_s), lines.join(u'\n'));
}

void WindowStatus::applyAlerts(const AlertSnapshot& alerts)
{
    const int unseen = alerts.unseen();
    const bool isSevere = std::ranges::any_of(alerts.open, [&](const Alert& alert) {
        return alert.state == AlertState::Firing && alert.severity == Severity::Error && !alert.acknowledgedAt
            && !alerts.isSilenced(alert.id);
    });
    QStringList lines;
    for (std::size_t i = 0; i < std::min<std::size_t>(alerts.open.size(), 5); ++i)
        lines << alertTitle(alerts.open[i]);
    lines << tr("Opens the alerts.");
    m_alerts->show(unseen == 0 ? Mood::Quiet : isSevere ? Mood::Bad : Mood::Warning,
        unseen == 0 ? tr("no alert") : tr("alerts: %1").arg(countText(std::int64_t {unseen})), lines.join(u'\n'));
}

void WindowStatus::applyStorage(const StorageState& state)
{
    const QString where =
        state.store ? tr("%1\n%2, %3")
                          .arg(toQString(state.store->location), toQString(state.store->engine), bytesText(state.store->bytes))
                    : QString();
    if (state.storeError)
        m_store->show(Mood::Bad, tr("store: error"), errorTextWithDetail(*state.storeError) + u'\n' + where);
    else if (!m_readOnlyReason.isEmpty())
        m_store->show(Mood::Warning, tr("store: read only"), m_readOnlyReason + u'\n' + where);
    else
        m_store->show(Mood::Good, tr("store %1").arg(bytesText(state.store ? state.store->bytes : 0)), where);
    if (!state.hasArchive)
        m_archive->show(Mood::Quiet, tr("archive off"),
            tr("Answers of exchanges are not kept (bronze.keep is off): rows cannot be rebuilt."));
    else if (state.archiveError)
        m_archive->show(Mood::Bad, tr("archive: error"), errorTextWithDetail(*state.archiveError));
    else
        m_archive->show(Mood::Good, tr("archive %1").arg(bytesText(state.archiveBytes.value_or(0))),
            tr("Every answer of an exchange, as it came: %1 on disk, in the folder \"bronze\" beside the store.")
                .arg(bytesText(state.archiveBytes.value_or(0))));
}

} // namespace mnemo
