#include "core/pipeline/poolqueue.h"

namespace mnemo {

namespace {

constexpr int usualSlots = 8;
constexpr int historyTurn = 4; ///< of so many slots one is history's

} // namespace

PoolQueue::PoolQueue(std::map<std::string, int> sizes)
    : m_sizes(std::move(sizes))
{
}

void PoolQueue::setSlots(std::map<std::string, int> sizes)
{
    m_sizes = std::move(sizes);
}

int PoolQueue::slotsOf(const std::string& pool) const
{
    if (const auto found = m_sizes.find(pool); found != m_sizes.end())
        return found->second;
    const auto usual = m_sizes.find("default");
    return usual == m_sizes.end() ? usualSlots : usual->second;
}

void PoolQueue::add(TaskRef task, Place place)
{
    remove(task);
    Pool& pool = m_pools[place.pool];
    const Key key {-place.priority, place.due, task};
    (place.isHistory ? pool.history : pool.fresh).insert(key);
    m_entries[task] = {&pool, key, place.isHistory};
}

void PoolQueue::remove(TaskRef task)
{
    const auto found = m_entries.find(task);
    if (found == m_entries.end())
        return;
    Entry& entry = found->second;
    if (entry.key)
        (entry.isHistory ? entry.pool->history : entry.pool->fresh).erase(*entry.key);
    else
        --entry.pool->used;
    m_entries.erase(found);
}

void PoolQueue::take(TaskRef task, const std::string& pool)
{
    remove(task);
    Pool& taken = m_pools[pool];
    ++taken.used;
    m_entries[task] = {&taken, std::nullopt, false};
}

TaskRef PoolQueue::admitFrom(Pool& pool)
{
    const bool bothWait = !pool.fresh.empty() && !pool.history.empty();
    pool.turn = bothWait ? (pool.turn + 1) % historyTurn : 0;
    const bool isHistory = pool.fresh.empty() || (bothWait && pool.turn == 0);
    std::set<Key>& chosen = isHistory ? pool.history : pool.fresh;
    const TaskRef task = std::get<TaskRef>(*chosen.begin());
    chosen.erase(chosen.begin());
    ++pool.used;
    m_entries[task].key.reset();
    return task;
}

std::optional<TaskRef> PoolQueue::admit()
{
    for (auto& [name, pool] : m_pools) {
        if ((!pool.fresh.empty() || !pool.history.empty()) && pool.used < slotsOf(name))
            return admitFrom(pool);
    }
    return std::nullopt;
}

std::map<std::string, PoolQueue::PoolState> PoolQueue::pools() const
{
    std::map<std::string, PoolState> states;
    for (const auto& [name, slots] : m_sizes)
        states[name].size = slots;
    for (const auto& [name, pool] : m_pools) {
        const int waiting = static_cast<int>(pool.fresh.size() + pool.history.size());
        states[name] = {slotsOf(name), pool.used, waiting};
    }
    return states;
}

} // namespace mnemo
