#include "core/engine/jobqueue.h"

#include <algorithm>

namespace mnemo {

JobQueue::JobQueue(int atOnce)
    : m_atOnce(std::max(1, atOnce))
{
}

void JobQueue::setAtOnce(int atOnce)
{
    m_atOnce = std::max(1, atOnce);
    for (auto& [key, group] : m_groups)
        m_touched.insert(&group);
}

void JobQueue::add(Id id, const std::string& lane, Priority priority)
{
    insert(id, lane, priority, 0);
}

void JobQueue::addInFront(Id id, const std::string& lane, Priority priority)
{
    insert(id, lane, priority, --m_front);
}

void JobQueue::insert(Id id, const std::string& lane, Priority priority, std::int64_t order)
{
    const auto [entry, isNew] = m_entries.try_emplace(id);
    if (!isNew)
        return;
    Group& group = m_groups[{lane, priority}];
    entry->second = {&group, Key {order, id}};
    group.waiting.insert({order, id});
    m_touched.insert(&group);
    ++m_waiting;
}

void JobQueue::remove(Id id)
{
    const auto found = m_entries.find(id);
    if (found == m_entries.end())
        return;
    Group& group = *found->second.group;
    if (found->second.key) {
        group.waiting.erase(*found->second.key);
        --m_waiting;
    } else {
        --group.working;
        m_touched.insert(&group);
    }
    m_entries.erase(found);
}

bool JobQueue::isWaiting(Id id) const
{
    const auto found = m_entries.find(id);
    return found != m_entries.end() && found->second.key;
}

bool JobQueue::hasPlace(Id id) const
{
    const auto found = m_entries.find(id);
    return found != m_entries.end() && !found->second.key;
}

std::vector<JobQueue::Id> JobQueue::admit()
{
    std::vector<Id> admitted;
    if (m_isClosed)
        return admitted;
    for (Group* group : m_touched) {
        while (group->working < m_atOnce && !group->waiting.empty()) {
            const Id id = group->waiting.begin()->second;
            group->waiting.erase(group->waiting.begin());
            m_entries[id].key.reset();
            ++group->working;
            --m_waiting;
            admitted.push_back(id);
        }
    }
    m_touched.clear();
    return admitted;
}

void JobQueue::close()
{
    m_isClosed = true;
}

} // namespace mnemo
