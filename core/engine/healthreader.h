#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "core/base/clock.h"
#include "core/config/settings.h"
#include "core/engine/collector.h"
#include "core/engine/health.h"
#include "core/exchange/catalogue.h"
#include "core/quality/coverageindex.h"
#include "core/quality/rulesettings.h"
#include "core/storage/store.h"

namespace mnemo {

/// What is looked at; all outlive the call.
struct HealthPlaces {
    Store& store;
    CoverageIndex& coverage;
    const Collector* collector; ///< null where this session only reads
    const LoadedSettings& settings;
    const Catalogue& catalogue;
    const RuleSettings& rules;
    const Clock& clock;
    std::filesystem::path dataDir;
};

/// Gathers what assess() needs. Thread-safe; one read at a time. Keeps a read connection, and when the oldest finding of
/// each group was raised: that one costs a look through the group.
class HealthReader {
public:
    /// Brings the index up to date first: the first read costs what loading it costs, the others what has changed.
    /// Waits for the store. Errors: those of the store.
    Result<Health> read(const HealthPlaces& places);

private:
    struct Group {
        std::int64_t findings = 0;
        std::optional<UtcMs> since;
    };
    using GroupKey = std::pair<std::string, std::string>; ///< exchange, rule

    Result<std::vector<HealthFindings>> findings(const std::vector<HealthSeries>& series);
    Result<std::optional<UtcMs>> since(const GroupKey& key, std::int64_t count);

    std::mutex m_mutex; // all that follows
    std::unique_ptr<StoreReader> m_reader;
    std::map<GroupKey, Group> m_groups;
};

class Engine;

/// Does what the issue's step says: begins a backfill for each part of it, tries its jobs again, or writes the outages into the
/// user's outages.yaml. Waits for the store. Errors: StorageReadOnly; InvalidArgument (Accept without a reason, Open);
/// as markOutage().
Result<Treatment> treat(Engine& engine, const HealthIssue& issue, UtcMs now, const std::string& reason);

} // namespace mnemo
