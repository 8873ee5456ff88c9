#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/archive/archive.h"
#include "core/config/settings.h"
#include "core/engine/events.h"
#include "core/ingest/lane.h"

namespace mnemo {

/// The lanes in use, made when first needed. Thread-safe.
class LanePool {
public:
    using StatusHandler = std::function<void(const LaneSnapshot&)>;

    /// @param archive may be null; outlives the pool, as @p clock does
    /// @param secrets where keys come from that lanes need, asked when a lane is made
    LanePool(Archive* archive, const Clock& clock, std::shared_ptr<const Settings> settings, StatusHandler status,
        std::shared_ptr<const SecretSource> secrets = std::make_shared<const EnvironmentSecrets>());
    ~LanePool();

    /// For lanes made from now on; idle ones go, so that they are made anew.
    void apply(std::shared_ptr<const Settings> settings);
    /// Gives @p client to the venue's lane. @return the lane's id
    std::string send(const Venue& venue, std::shared_ptr<LaneClient> client) { return send(venue.lane(), std::move(client)); }
    std::string send(const LaneRules& rules, std::shared_ptr<LaneClient> client);
    void wakeUp(const std::string& id);
    std::vector<LaneSnapshot> snapshots() const;
    void clear(); ///< ends all lanes: their clients are let go

private:
    Archive* m_archive;
    const Clock& m_clock;
    const StatusHandler m_status;
    const std::shared_ptr<const SecretSource> m_secrets;
    mutable std::mutex m_mutex; // never held while a lane is destroyed: its last events may ask for snapshots()
    std::shared_ptr<const Settings> m_settings;
    std::map<std::string, std::unique_ptr<Lane>> m_lanes;
};

} // namespace mnemo
