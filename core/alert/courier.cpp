#include "core/alert/courier.h"

#include <condition_variable>
#include <deque>
#include <functional>
#include <thread>

namespace mnemo {

namespace {

AlertDelivery deliveryOf(const AlertChannel& channel, const AlertMessage& message, UtcMs now)
{
    return {message.delivery, message.alert.id, channel.id, message.event, now, {}, DeliveryState::Waiting, 0, {}};
}

} // namespace

/// The thread of one channel. How it is reached may change between two messages.
class Courier::Worker {
public:
    Worker(Courier& courier, std::uint64_t seed)
        : m_courier(courier)
        , m_seed(seed)
        , m_thread([this](const std::stop_token& stop) { run(stop); })
    {
    }
    ~Worker()
    {
        m_thread.request_stop();
        m_thread.join();
        for (Item& item : m_items)
            finish(item.delivery, DeliveryState::Failed, "the program ended before it was sent");
    }

    bool post(AlertChannel channel, AlertMessage message, AlertDelivery delivery)
    {
        const std::lock_guard lock(m_mutex);
        if (m_items.size() >= mostWaiting)
            return false;
        m_items.push_back({std::move(channel), std::move(message), std::move(delivery)});
        m_changed.notify_all();
        return true;
    }

    bool waitUntilIdle(SteadyTime deadline)
    {
        std::unique_lock lock(m_mutex);
        return m_changed.wait_until(lock, deadline, [this] { return m_items.empty() && !m_isBusy; });
    }

private:
    struct Item {
        AlertChannel channel;
        AlertMessage message;
        AlertDelivery delivery;
    };

    void run(const std::stop_token& stop)
    {
        while (!stop.stop_requested()) {
            Item item;
            {
                std::unique_lock lock(m_mutex);
                if (!m_changed.wait(lock, stop, [this] { return !m_items.empty(); }))
                    return;
                item = std::move(m_items.front());
                m_items.pop_front();
                m_isBusy = true;
            }
            deliver(item, stop);
            const std::lock_guard lock(m_mutex);
            m_isBusy = false;
            m_changed.notify_all();
        }
    }

    void deliver(Item& item, const std::stop_token& stop)
    {
        AlertDelivery& delivery = item.delivery;
        RetryPolicy policy(m_courier.retry(), m_seed++);
        const SteadyTime began = m_courier.m_clock->steady();
        int attempts = 0; // without those that were told to wait
        for (;;) {
            const auto carried = m_courier.m_carrier->carry(item.channel, item.message, stop);
            ++delivery.attempts;
            if (carried)
                return finish(delivery, DeliveryState::Sent, {});
            const Error& error = carried.error();
            attempts += error.code == ErrorCode::RateLimited ? 0 : 1;
            const auto since = std::chrono::duration_cast<milliseconds>(m_courier.m_clock->steady() - began);
            const auto wait = policy.delay(error, std::max(attempts, 1), since);
            if (!wait || stop.stop_requested())
                return finish(delivery, DeliveryState::Failed, error.detail);
            delivery.state = DeliveryState::Retrying;
            delivery.reason = error.detail;
            m_courier.tell(delivery);
            std::unique_lock lock(m_mutex);
            m_changed.wait_for(lock, stop, *wait, [] { return false; });
            if (stop.stop_requested())
                return finish(delivery, DeliveryState::Failed, "the program ended before it was sent; before that: " + error.detail);
        }
    }

    void finish(AlertDelivery& delivery, DeliveryState state, std::string reason)
    {
        delivery.state = state;
        delivery.reason = std::move(reason);
        delivery.finishedAt = m_courier.m_clock->now();
        m_courier.tell(delivery);
    }

    Courier& m_courier;
    std::uint64_t m_seed; ///< the thread's
    std::mutex m_mutex;
    std::condition_variable_any m_changed;
    std::deque<Item> m_items;
    bool m_isBusy = false;
    std::jthread m_thread; // last
};

Courier::Courier(
    std::shared_ptr<AlertCarrier> carrier, const RetrySettings& retry, std::shared_ptr<const Clock> clock, Told told)
    : m_carrier(std::move(carrier))
    , m_clock(std::move(clock))
    , m_told(std::move(told))
    , m_retry(retry)
{
}

Courier::~Courier()
{
    std::map<std::string, std::unique_ptr<Worker>> workers;
    {
        const std::lock_guard lock(m_mutex);
        workers.swap(m_workers);
    }
}

void Courier::apply(const RetrySettings& retry)
{
    const std::lock_guard lock(m_mutex);
    m_retry = retry;
}

RetrySettings Courier::retry() const
{
    const std::lock_guard lock(m_mutex);
    return m_retry;
}

void Courier::post(const AlertChannel& channel, AlertMessage message)
{
    AlertDelivery delivery = deliveryOf(channel, message, m_clock->now());
    m_told(delivery);
    bool isTaken = false;
    {
        const std::lock_guard lock(m_mutex);
        auto& worker = m_workers[channel.id];
        if (!worker)
            worker = std::make_unique<Worker>(*this, std::hash<std::string> {}(channel.id));
        isTaken = worker->post(channel, std::move(message), delivery);
    }
    if (isTaken)
        return;
    delivery.state = DeliveryState::Failed;
    delivery.finishedAt = delivery.queuedAt;
    delivery.reason = std::to_string(mostWaiting) + " messages wait for this channel already";
    m_told(delivery);
}

bool Courier::waitUntilIdle(milliseconds limit)
{
    const SteadyTime deadline = std::chrono::steady_clock::now() + limit;
    std::vector<Worker*> workers;
    {
        const std::lock_guard lock(m_mutex);
        for (const auto& [id, worker] : m_workers)
            workers.push_back(worker.get());
    }
    bool isIdle = true;
    for (Worker* worker : workers)
        isIdle = worker->waitUntilIdle(deadline) && isIdle;
    return isIdle;
}

} // namespace mnemo
