#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>

#include "core/base/clock.h"
#include "core/storage/runs.h"

namespace mnemo {

/// An instance of a task in a run.
struct TaskRef {
    RunId run = 0;
    int index = 0;
    auto operator<=>(const TaskRef&) const = default;
};

/// Who gets the free slots of the pools. In each pool what keeps the present up to date goes before history, but of every
/// four slots one goes to history where any waits: neither starves. Among equals the greater priority goes first, then what
/// was due earlier. Every call is O(log n); belongs to one thread.
class PoolQueue {
public:
    /// @p sizes slots by pool; a pool that is not named there has the slots of "default", or 8.
    explicit PoolQueue(std::map<std::string, int> sizes);
    PoolQueue(const PoolQueue&) = delete;
    PoolQueue& operator=(const PoolQueue&) = delete;
    void setSlots(std::map<std::string, int> sizes); ///< who has a slot keeps it

    struct Place {
        std::string pool;
        bool isHistory = false;
        int priority = 1;
        UtcMs due {};
    };
    void add(TaskRef task, Place place); ///< waits; another place where it waits already
    void remove(TaskRef task);           ///< from the queue, or from its slot
    void take(TaskRef task, const std::string& pool); ///< has a slot from the start
    std::optional<TaskRef> admit();      ///< the next one that gets a slot; nothing where none is free or nobody waits

    struct PoolState {
        int size = 0, used = 0, waiting = 0; ///< slots, those taken, and who waits
    };
    std::map<std::string, PoolState> pools() const; ///< named ones and those in use

private:
    using Key = std::tuple<int, UtcMs, TaskRef>; ///< -priority, due
    struct Pool {
        std::set<Key> fresh, history;
        int used = 0;
        int turn = 0; ///< counts admissions while both wait
    };
    struct Entry {
        Pool* pool = nullptr;
        std::optional<Key> key; ///< nothing: has a slot
        bool isHistory = false;
    };
    int slotsOf(const std::string& pool) const;
    TaskRef admitFrom(Pool& pool);

    std::map<std::string, int> m_sizes;
    std::map<std::string, Pool> m_pools;
    std::map<TaskRef, Entry> m_entries;
};

} // namespace mnemo
