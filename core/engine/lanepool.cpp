#include "core/engine/lanepool.h"

#include "core/net/httpclient.h"

namespace mnemo {

namespace {

LaneSnapshot toSnapshot(const LaneStatus& status)
{
    return {status.id, status.budgets, status.breaker, status.breakerWait, status.inFlight, status.clients, status.lastError,
        status.clockOffset};
}

} // namespace

LanePool::LanePool(Archive* archive, const Clock& clock, std::shared_ptr<const Settings> settings, StatusHandler status,
    std::shared_ptr<const SecretSource> secrets)
    : m_archive(archive)
    , m_clock(clock)
    , m_status(std::move(status))
    , m_secrets(std::move(secrets))
    , m_settings(std::move(settings))
{
}

LanePool::~LanePool()
{
    clear();
}

void LanePool::apply(std::shared_ptr<const Settings> settings)
{
    std::vector<std::unique_ptr<Lane>> idle; // destroyed after the mutex is free
    const std::lock_guard lock(m_mutex);
    m_settings = std::move(settings);
    for (auto it = m_lanes.begin(); it != m_lanes.end();) {
        if (!it->second->isIdle()) {
            ++it;
            continue;
        }
        idle.push_back(std::move(it->second));
        it = m_lanes.erase(it);
    }
}

std::string LanePool::send(const LaneRules& rules, std::shared_ptr<LaneClient> client)
{
    const std::lock_guard lock(m_mutex);
    auto& lane = m_lanes[rules.id];
    if (!lane) {
        const Settings& settings = *m_settings;
        lane = std::make_unique<Lane>(rules, LaneSettings {settings.http, settings.retry, settings.breaker, settings.rate, keyHeader(rules, *m_secrets)},
            std::make_unique<HttpClient>(settings.http), m_archive, m_clock,
            [this](const LaneStatus& status) { m_status(toSnapshot(status)); });
    }
    lane->add(std::move(client)); // under the mutex: a lane found idle may go
    return rules.id;
}

void LanePool::wakeUp(const std::string& id)
{
    const std::lock_guard lock(m_mutex);
    if (const auto found = m_lanes.find(id); found != m_lanes.end())
        found->second->wakeUp();
}

std::vector<LaneSnapshot> LanePool::snapshots() const
{
    const std::lock_guard lock(m_mutex);
    std::vector<LaneSnapshot> all;
    for (const auto& [id, lane] : m_lanes)
        all.push_back(toSnapshot(lane->status()));
    return all;
}

void LanePool::clear()
{
    std::map<std::string, std::unique_ptr<Lane>> lanes;
    {
        const std::lock_guard lock(m_mutex);
        lanes.swap(m_lanes);
    }
}

} // namespace mnemo
