#pragma once

#include <functional>
#include <future>
#include <memory>
#include <span>
#include <stop_token>
#include <thread>
#include <variant>
#include <vector>

#include "core/base/boundedqueue.h"
#include "core/config/settings.h"
#include "core/storage/store.h"

namespace mnemo {

/// The one thread that writes. Pages of all lanes are committed in groups: a transaction closes at transactionRows,
/// transactionPages or transactionTime, whichever is first. Lossless: producers wait while the queue is full, and
/// everything queued is committed before the destructor returns.
class Writer {
public:
    /// Called on the writer's thread after the commit; findings are those that the whole transaction stored.
    using Done = std::function<void(const Result<CommitOutcome::Page>&, std::span<const Finding>)>;

    Writer(std::unique_ptr<StoreWriter> store, const DatabaseSettings& settings);
    ~Writer();
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    /// Waits for room. False when stopped first: then @p done is never called.
    bool commit(PageCommit page, Done done, std::stop_token stop = {});
    /// Runs @p task on the writer's thread, after what was queued before it, and waits for its result.
    template<class F>
    auto call(F task) -> decltype(task(std::declval<StoreWriter&>()))
    {
        std::promise<decltype(task(std::declval<StoreWriter&>()))> promise;
        auto future = promise.get_future();
        m_queue.push(Task([&](StoreWriter& store) { promise.set_value(task(store)); }));
        return future.get();
    }
    std::size_t queued() const { return m_queue.size(); }
    std::uint64_t waits() const { return m_queue.waits(); } ///< how often a lane had to wait for the store

private:
    struct Item {
        PageCommit page;
        Done done;
    };
    using Task = std::function<void(StoreWriter&)>;
    using Entry = std::variant<Item, Task>;

    void run();
    void commitGroup(std::vector<Item>& group);

    std::unique_ptr<StoreWriter> m_store;
    DatabaseSettings m_settings;
    BoundedQueue<Entry> m_queue;
    std::jthread m_thread; // last
};

} // namespace mnemo
