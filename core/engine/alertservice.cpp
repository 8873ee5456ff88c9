#include "core/engine/alertservice.h"

#include <algorithm>
#include <tuple>

#include "core/base/log.h"
#include "core/base/priority.h"
#include "core/engine/alertconditions.h"
#include "core/engine/remarks.h"
#include "core/ingest/writer.h"

namespace mnemo {

using namespace std::chrono_literals;

namespace {

constexpr milliseconds firstLook {5'000};     ///< after the start: the window comes first
constexpr milliseconds afterEvent {2'000};    ///< jobs fail by the hundred: one look for all of them
constexpr int shareOfTime = 20;               ///< of a busy time, at most one part of so many goes into looking
constexpr milliseconds afterDelivery {500};   ///< likewise
constexpr milliseconds forgetEvery = 1h;
constexpr std::int64_t shownDeliveries = 200;

} // namespace

struct AlertService::Screens {
    std::mutex mutex;
    std::list<NotificationHandler> handlers;

    Result<void> show(const AlertMessage& message)
    {
        const std::lock_guard lock(mutex);
        if (handlers.empty())
            return fail(ErrorCode::Unsupported, "no window is open that could show it");
        for (const NotificationHandler& handler : handlers)
            handler(message);
        return {};
    }
};

AlertService::AlertService(Parts parts, AlertSettings settings, bool isWatching)
    : m_parts(std::move(parts))
    , m_screens(std::make_shared<Screens>())
    , m_carrier(std::make_shared<NetworkCarrier>(m_parts.loaded()->settings.http, m_parts.secrets, m_parts.clock,
          [screens = m_screens](const AlertChannel& channel, const AlertMessage& message) {
              return channel.type == ChannelType::App ? Result<void>() : screens->show(message); // the centre shows it anyway
          }))
    , m_settings(std::move(settings))
    , m_courier(std::make_unique<Courier>(m_carrier, m_parts.loaded()->settings.retry, m_parts.clock,
          [this](const AlertDelivery& delivery) { delivered(delivery); }))
{
    publish();
    if (!isWatching)
        return;
    m_subscription = m_parts.hub->subscribe([this](const Event& event) { happened(event); });
    m_thread = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

AlertService::~AlertService()
{
    m_subscription.reset();
    m_thread.request_stop();
    if (m_thread.joinable())
        m_thread.join();
    m_courier.reset(); // tells of what was not sent
    storeDeliveries();
}

// --- its thread ---

void AlertService::run(const std::stop_token& stop)
{
    giveWayToOthers();
    using SteadyClock = std::chrono::steady_clock;
    SteadyClock::time_point next = SteadyClock::now() + firstLook;
    milliseconds rest = afterEvent;
    while (!stop.stop_requested()) {
        bool hasDeliveries = false;
        {
            std::unique_lock lock(m_wakeMutex);
            m_woken.wait_until(lock, stop, next, [this] { return m_isWoken || m_hasDeliveries; });
            if (std::exchange(m_isWoken, false))
                next = std::min(next, SteadyClock::now() + rest);
            hasDeliveries = std::exchange(m_hasDeliveries, false);
            if (hasDeliveries)
                m_woken.wait_for(lock, stop, afterDelivery, [] { return false; });
        }
        if (stop.stop_requested())
            return;
        if (hasDeliveries)
            storeDeliveries();
        const SteadyClock::time_point began = SteadyClock::now();
        if (began < next)
            continue;
        (void)check(); // its error is shown
        const auto took = std::chrono::duration_cast<milliseconds>(SteadyClock::now() - began);
        log::debug("alert", "looked", {{"ms", took.count()}});
        rest = std::max(afterEvent, shareOfTime * took);
        const std::lock_guard lock(m_mutex);
        next = SteadyClock::now() + std::max(m_settings.every, rest);
    }
}

void AlertService::happened(const Event& event)
{
    bool isReason = std::holds_alternative<SettingsChanged>(event);
    if (const auto* job = std::get_if<JobChanged>(&event))
        isReason = isFinal(job->job.state);
    if (const auto* lane = std::get_if<LaneChanged>(&event)) {
        const std::lock_guard lock(m_wakeMutex);
        const bool isStopped = lane->lane.breaker != BreakerState::Closed;
        isReason = isStopped ? m_stoppedLanes.insert(lane->lane.id).second : m_stoppedLanes.erase(lane->lane.id) > 0;
    }
    if (isReason)
        wake();
}

void AlertService::wake()
{
    const std::lock_guard lock(m_wakeMutex);
    m_isWoken = true;
    m_woken.notify_all();
}

// --- looking ---

Error AlertService::readOnly() const
{
    return {ErrorCode::StorageReadOnly, "this session only reads: silence and acknowledge where data is collected"};
}

/// What earlier sessions, or another process, left.
struct AlertService::Stored {
    std::vector<Alert> open;
    std::vector<Silence> silences;
    std::vector<AlertDelivery> deliveries; ///< newest first
    AlertId newest = 0;
};

Result<AlertService::Stored> AlertService::readStored() const
{
    auto reader = m_parts.store.openReader();
    if (!reader)
        return fail(std::move(reader.error()));
    AlertFilter open;
    open.states = {AlertState::Pending, AlertState::Firing};
    auto alerts = (*reader)->alerts(open);
    const auto newest = (*reader)->alerts({{}, {}, UtcMs::min(), 1});
    auto silences = (*reader)->silences();
    auto deliveries = (*reader)->alertDeliveries(shownDeliveries);
    if (!alerts || !newest || !silences || !deliveries)
        return fail(!alerts ? alerts.error() : !newest ? newest.error() : !silences ? silences.error() : deliveries.error());
    return Stored {std::move(*alerts), std::move(*silences), std::move(*deliveries), newest->empty() ? 0 : newest->front().id};
}

/// m_looking held, m_mutex not: reading waits.
Result<void> AlertService::load()
{
    if (m_isLoaded && m_parts.writer)
        return {};
    auto stored = readStored();
    const std::lock_guard lock(m_mutex);
    if (!stored) {
        m_error = stored.error();
        publish();
        return fail(std::move(stored.error()));
    }
    for (const AlertDelivery& delivery : stored->deliveries) {
        AlertDelivery& last = m_last.try_emplace(delivery.channel, delivery).first->second;
        if (delivery.id > last.id)
            last = delivery;
        m_nextDelivery = std::max(m_nextDelivery, delivery.id + 1);
    }
    if (!m_parts.writer) {
        for (const Alert& alert : stored->open)
            m_checkedAt = std::max(m_checkedAt.value_or(alert.seenAt), alert.seenAt);
        m_error.reset();
    }
    m_book = AlertBook(std::move(stored->open), std::move(stored->silences), stored->newest + 1);
    m_isLoaded = true;
    publish();
    return {};
}

Result<std::shared_ptr<const AlertSnapshot>> AlertService::check()
{
    const std::lock_guard looking(m_looking);
    const auto loaded = load();
    if (!loaded || !m_parts.writer) { // where this session only reads another process looks
        m_parts.hub->publish(AlertsChanged {});
        return loaded ? Result<std::shared_ptr<const AlertSnapshot>>(snapshot()) : fail(loaded.error());
    }
    const auto health = m_parts.health(); // the long part
    const UtcMs now = m_parts.clock->now();
    const Conditions conditions = health ? conditionsOf(*health) : conditionsOf(health.error(), now);
    AlertChanges changes;
    Messages messages;
    {
        const std::lock_guard lock(m_mutex);
        const auto look = m_settings.isOn ? m_book.look(m_settings, conditions) : AlertBook::Look {};
        changes = changesOf(look, now);
        messages = messagesOf(look.steps, now);
        m_checkedAt = now;
        m_noData = conditions.unknown.empty() ? std::string() : conditions.why;
        publish();
    }
    const auto stored = store(changes);
    for (auto& [channel, message] : messages)
        m_courier->post(channel, std::move(message));
    m_parts.hub->publish(AlertsChanged {});
    return stored ? Result<std::shared_ptr<const AlertSnapshot>>(snapshot()) : fail(stored.error());
}

AlertChanges AlertService::changesOf(const AlertBook::Look& look, UtcMs now)
{
    AlertChanges changes;
    changes.alerts = look.changed;
    changes.dropped = look.dropped;
    changes.silences = look.ended;
    for (const Silence& silence : look.ended)
        changes.events.push_back({0, 0, now, AlertEventKind::SilenceEnded, false, {}, "its time is over: " + silence.why});
    for (const AlertStep& step : look.steps) {
        const std::string text = step.kind == AlertEventKind::Resolved ? step.alert.why : titleOf(step.alert);
        changes.events.push_back({0, step.alert.id, now, step.kind, step.isTold, {}, text});
    }
    if (!m_forgotten || now - *m_forgotten >= forgetEvery) {
        m_forgotten = now;
        changes.forgetBefore = now - m_settings.keep;
    }
    return changes;
}

/// Who is told, in the order of the steps.
AlertService::Messages AlertService::messagesOf(const std::vector<AlertStep>& steps, UtcMs now)
{
    Messages messages;
    for (const AlertStep& step : steps) {
        const AlertRule* rule = m_settings.rule(step.alert.rule);
        if (!step.isTold || !rule)
            continue;
        log::info("alert", titleOf(step.alert), {{"event", toText(step.kind)}, {"rule", step.alert.rule}});
        for (const AlertChannel* channel : m_settings.channelsFor(*rule, step.alert.severity))
            messages.emplace_back(*channel, AlertMessage {m_nextDelivery++, std::string(toText(step.kind)), step.alert, now});
    }
    return messages;
}

/// What cannot be stored is shown, and told, all the same.
Result<void> AlertService::store(const AlertChanges& changes)
{
    if (changes.isEmpty())
        return {};
    auto stored = m_parts.writer->call([&](StoreWriter& store) { return store.saveAlerts(changes); });
    const std::lock_guard lock(m_mutex);
    const bool isNew = !stored && !m_error;
    m_error = stored ? std::nullopt : std::optional(stored.error());
    if (isNew)
        log::error("alert", "alerts are not kept for the next start: " + stored.error().detail);
    publish();
    return stored;
}

void AlertService::publish()
{
    auto next = std::make_shared<AlertSnapshot>();
    const UtcMs now = m_parts.clock->now();
    next->checkedAt = m_checkedAt;
    next->settings = m_settings;
    next->noData = m_noData;
    next->error = m_error;
    next->silences = m_book.silences();
    next->rules = m_book.rules(m_settings);
    for (const auto& [key, alert] : m_book.open()) {
        next->open.push_back(alert);
        if (m_book.isSilenced(alert, now))
            next->silenced.push_back(alert.id);
    }
    std::ranges::sort(next->open, [](const Alert& a, const Alert& b) {
        return std::tuple(a.state != AlertState::Firing, -static_cast<int>(a.severity), b.since, b.id)
            < std::tuple(b.state != AlertState::Firing, -static_cast<int>(b.severity), a.since, a.id);
    });
    for (const AlertChannel& channel : m_settings.channels) {
        const auto last = m_last.find(channel.id);
        next->channels.push_back({channel, last == m_last.end() ? std::nullopt : std::optional(last->second)});
    }
    m_snapshot = std::move(next);
}

std::shared_ptr<const AlertSnapshot> AlertService::snapshot() const
{
    const std::lock_guard lock(m_mutex);
    return m_snapshot;
}

void AlertService::apply(AlertSettings settings)
{
    const auto loaded = m_parts.loaded();
    m_carrier->apply(loaded->settings.http);
    m_courier->apply(loaded->settings.retry);
    {
        const std::lock_guard lock(m_mutex);
        m_settings = std::move(settings);
        publish();
    }
    m_parts.hub->publish(AlertsChanged {});
}

// --- deliveries ---

void AlertService::delivered(const AlertDelivery& delivery)
{
    {
        const std::lock_guard lock(m_mutex);
        m_last[delivery.channel] = delivery;
        const auto same = std::ranges::find(m_unsaved, delivery.id, &AlertDelivery::id);
        if (same == m_unsaved.end())
            m_unsaved.push_back(delivery);
        else
            *same = delivery;
        publish();
    }
    if (delivery.state == DeliveryState::Failed)
        log::warning("alert", "a message was not delivered: " + delivery.reason, {{"channel", delivery.channel}});
    {
        const std::lock_guard lock(m_wakeMutex);
        m_hasDeliveries = true;
        m_woken.notify_all();
    }
    m_parts.hub->publish(AlertsChanged {});
}

void AlertService::storeDeliveries()
{
    AlertChanges changes;
    {
        const std::lock_guard lock(m_mutex);
        changes.deliveries.swap(m_unsaved);
    }
    if (m_parts.writer)
        (void)store(changes); // its error is shown
}

Result<AlertDelivery> AlertService::test(const std::string& id, std::stop_token stop)
{
    AlertChannel channel;
    AlertMessage message = testMessage(m_parts.clock->now());
    {
        const std::lock_guard looking(m_looking);
        (void)load(); // for the delivery's id; without it the outcome is told all the same
    }
    {
        const std::lock_guard lock(m_mutex);
        const AlertChannel* found = m_settings.channel(id);
        if (!found)
            return fail(ErrorCode::NotFound, "there is no channel " + id);
        channel = *found;
        message.delivery = m_nextDelivery++;
    }
    const auto carried = m_carrier->carry(channel, message, std::move(stop));
    const AlertDelivery delivery {message.delivery, 0, id, message.event, message.at, m_parts.clock->now(),
        carried ? DeliveryState::Sent : DeliveryState::Failed, 1, carried ? std::string() : carried.error().detail};
    delivered(delivery);
    storeDeliveries();
    return delivery;
}

std::shared_ptr<void> AlertService::showNotifications(NotificationHandler handler)
{
    const std::lock_guard lock(m_screens->mutex);
    const auto place = m_screens->handlers.insert(m_screens->handlers.end(), std::move(handler));
    return {&*place, [screens = m_screens, place](void*) {
                const std::lock_guard guard(screens->mutex);
                screens->handlers.erase(place);
            }};
}

// --- what a person does ---

/// One change of the book, with its records in the store. @p act is given the changes to fill in.
template<class T, class Act>
Result<T> AlertService::change(Act&& act)
{
    if (!m_parts.writer)
        return fail(readOnly());
    const std::lock_guard looking(m_looking);
    if (const auto loaded = load(); !loaded)
        return fail(loaded.error());
    AlertChanges changes;
    std::optional<Result<T>> done;
    {
        const std::lock_guard lock(m_mutex);
        done = act(m_parts.clock->now(), changes);
        if (!*done)
            return std::move(*done);
        publish();
    }
    const auto stored = store(changes);
    m_parts.hub->publish(AlertsChanged {});
    return stored ? std::move(*done) : fail(stored.error());
}

Result<Silence> AlertService::silence(Silence wanted)
{
    return change<Silence>([&](UtcMs now, AlertChanges& changes) {
        wanted.from = now;
        if (wanted.who.empty())
            wanted.who = sessionUser();
        auto silence = m_book.silence(std::move(wanted));
        if (silence) {
            changes.silences = {*silence};
            changes.events = {{0, 0, now, AlertEventKind::Silenced, false, silence->who, silence->why}};
        }
        return silence;
    });
}

Result<Silence> AlertService::unsilence(SilenceId id)
{
    auto ended = change<Silence>([&](UtcMs now, AlertChanges& changes) {
        auto silence = m_book.unsilence(id, now);
        if (silence) {
            changes.silences = {*silence};
            changes.events = {{0, 0, now, AlertEventKind::SilenceEnded, false, sessionUser(), silence->why}};
        }
        return silence;
    });
    wake(); // what was held back is told now
    return ended;
}

Result<Alert> AlertService::acknowledge(AlertId id, const std::string& who)
{
    return change<Alert>([&](UtcMs now, AlertChanges& changes) {
        const std::string name = who.empty() ? sessionUser() : who;
        auto alert = m_book.acknowledge(id, name, now);
        if (alert) {
            changes.alerts = {*alert};
            changes.events = {{0, id, now, AlertEventKind::Acknowledged, false, name, titleOf(*alert)}};
        }
        return alert;
    });
}

Result<AlertHistory> AlertService::history(const AlertFilter& filter)
{
    auto reader = m_parts.store.openReader();
    if (!reader)
        return fail(std::move(reader.error()));
    auto alerts = (*reader)->alerts(filter);
    auto events = (*reader)->alertEvents(filter);
    auto deliveries = (*reader)->alertDeliveries(filter.limit);
    if (!alerts || !events || !deliveries)
        return fail(!alerts ? alerts.error() : !events ? events.error() : deliveries.error());
    if (filter.alert)
        std::erase_if(*deliveries, [&](const AlertDelivery& delivery) { return delivery.alert != *filter.alert; });
    return AlertHistory {std::move(*alerts), std::move(*events), std::move(*deliveries)};
}

} // namespace mnemo
