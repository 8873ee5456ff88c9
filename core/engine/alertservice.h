#pragma once

#include <condition_variable>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "core/alert/courier.h"
#include "core/engine/alerts.h"
#include "core/engine/eventhub.h"
#include "core/engine/health.h"
#include "core/storage/store.h"

namespace mnemo {

class Writer;

/// Looks at health now and then and soon after something happened, keeps alerts in the store, and has channels told. Has a
/// thread of its own (and the courier's); all calls are thread-safe. A look costs one read of health.
class AlertService {
public:
    struct Parts {
        Store& store;
        Writer* writer; ///< null where this session only reads: then nothing is looked at, but what is stored shown
        std::shared_ptr<EventHub> hub;
        std::shared_ptr<const Clock> clock;
        std::shared_ptr<const SecretSource> secrets;
        std::function<Result<Health>()> health; ///< may wait
        std::function<std::shared_ptr<const LoadedSettings>()> loaded;
    };
    /// @p isWatching: looks by itself; else at check() alone.
    AlertService(Parts parts, AlertSettings settings, bool isWatching);
    ~AlertService();
    AlertService(const AlertService&) = delete;
    AlertService& operator=(const AlertService&) = delete;

    void apply(AlertSettings settings); ///< and what else of the settings it uses: http, retry
    std::shared_ptr<const AlertSnapshot> snapshot() const;
    [[nodiscard]] std::shared_ptr<void> showNotifications(NotificationHandler handler);

    // as Engine has them; these wait for the store
    Result<std::shared_ptr<const AlertSnapshot>> check();
    Result<Silence> silence(Silence silence);
    Result<Silence> unsilence(SilenceId id);
    Result<Alert> acknowledge(AlertId id, const std::string& who);
    Result<AlertHistory> history(const AlertFilter& filter);
    Result<AlertDelivery> test(const std::string& channel, std::stop_token stop);
    bool waitForDeliveries(milliseconds limit) { return m_courier->waitUntilIdle(limit); }

private:
    struct Screens; ///< who shows desktop notifications

    void run(const std::stop_token& stop);
    void happened(const Event& event);
    void wake();
    struct Stored;
    Result<Stored> readStored() const;
    Result<void> load();
    Result<void> store(const AlertChanges& changes);
    AlertChanges changesOf(const AlertBook::Look& look, UtcMs now); ///< m_mutex held
    using Messages = std::vector<std::pair<AlertChannel, AlertMessage>>;
    Messages messagesOf(const std::vector<AlertStep>& steps, UtcMs now); ///< m_mutex held
    template<class T, class Act>
    Result<T> change(Act&& act);
    void publish(); ///< m_mutex held: makes the snapshot
    void delivered(const AlertDelivery& delivery);
    void storeDeliveries();
    Error readOnly() const;

    const Parts m_parts;
    const std::shared_ptr<Screens> m_screens;
    const std::shared_ptr<NetworkCarrier> m_carrier;

    std::mutex m_looking; ///< one look or command at a time; taken before m_mutex
    mutable std::mutex m_mutex; ///< what follows; never held while something waits
    AlertSettings m_settings;
    AlertBook m_book;
    bool m_isLoaded = false; ///< under m_looking
    std::map<std::string, AlertDelivery> m_last; ///< by channel
    std::vector<AlertDelivery> m_unsaved; ///< what the courier told since the last save
    std::int64_t m_nextDelivery = 1;
    std::optional<UtcMs> m_checkedAt;
    std::string m_noData;
    std::optional<Error> m_error;
    std::optional<UtcMs> m_forgotten; ///< when old ones were taken out last
    std::shared_ptr<const AlertSnapshot> m_snapshot;

    std::mutex m_wakeMutex;
    std::condition_variable_any m_woken;
    bool m_isWoken = false, m_hasDeliveries = false;
    std::set<std::string> m_stoppedLanes; ///< as told last, under m_wakeMutex

    std::unique_ptr<Courier> m_courier;
    std::shared_ptr<void> m_subscription;
    std::jthread m_thread; // last
};

} // namespace mnemo
