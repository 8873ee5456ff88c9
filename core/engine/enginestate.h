#pragma once

// Inside core/engine only: what the files of Engine share.

#include <condition_variable>
#include <mutex>
#include <thread>

#include "core/engine/alertservice.h"
#include "core/engine/collector.h"
#include "core/engine/engine.h"
#include "core/engine/eventhub.h"
#include "core/engine/follower.h"
#include "core/engine/healthreader.h"
#include "core/engine/remarks.h"

namespace mnemo {

inline std::shared_ptr<const Settings> settingsOf(const std::shared_ptr<const LoadedSettings>& loaded)
{
    return {loaded, &loaded->settings};
}

struct Engine::Private {
    EngineOptions options;
    std::shared_ptr<const Clock> clock;
    std::shared_ptr<EventHub> hub = std::make_shared<EventHub>();

    mutable std::mutex mutex; // settings, catalogue and rules
    mutable std::condition_variable catalogueRead;
    std::shared_ptr<const LoadedSettings> settings;
    std::shared_ptr<const Catalogue> catalogue; ///< null until the exchanges are read
    std::shared_ptr<const RuleSettings> rules;

    std::unique_ptr<Remarks> remarks;
    std::unique_ptr<Store> store;
    std::unique_ptr<CoverageIndex> coverage;
    std::shared_ptr<void> coverageNotes; ///< events go on to the index until this goes
    std::unique_ptr<Archive> archive;
    std::unique_ptr<Collector> collector; ///< null when read-only
    std::unique_ptr<Follower> follower; ///< likewise
    HealthReader health;
    std::vector<StoredJob> leftOver; ///< under the mutex
    std::vector<std::weak_ptr<ValidationRun>> validations; ///< under the mutex
    std::shared_ptr<const AlertSettings> alertSettings; ///< under the mutex
    std::unique_ptr<AlertService> alerts; // its thread uses what stands above
    std::unique_ptr<SettingsWatcher> watcher; // the threads of these two use the rest
    std::jthread opening; // last: makes the watcher

    void use(LoadedSettings loaded);
    void openCoverage();
    void useWithoutExchanges(LoadedSettings loaded);
    void readExchanges();
    void watchSettings();
    std::shared_ptr<const Catalogue> waitForCatalogue() const;
    Result<std::string> remark(const auto& entry);
    Result<void> withdraw(const auto& entries, const std::string& id);
    void settingsChanged(const LoadedSettings& now, bool accepted);
    void openAlerts(Engine& engine);
    void applyAlerts();
    /// Also refuses what is asked only with a key that is not there.
    Result<SeriesSpec> specify(const BackfillRequest& request) const;
    FollowSettings followed() const;
    IntervalSet absenceDue(StoreReader& reader, const SeriesRecord& series, const PageRules& paging, UtcMs before) const;
    Result<Collector::Start> catchUp(const BackfillRequest& wanted, StoreReader& reader) const;
    Error readOnly() const;
    std::shared_ptr<const SecretSource> secrets() const; ///< never null
    std::unique_ptr<JobJournal> openJournal() const;
};

} // namespace mnemo
