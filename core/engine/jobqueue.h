#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/ingest/lane.h"

namespace mnemo {

/// Which jobs may work now. Each priority of each lane has so many places, so that a long queue of one starves no other;
/// who waits longest goes first, but for who was moved to the front. A value; every call is O(log n).
class JobQueue {
public:
    using Id = std::uint64_t;

    explicit JobQueue(int atOnce);
    int atOnce() const { return m_atOnce; }
    void setAtOnce(int atOnce); ///< places for each lane and priority, at least 1; who has one keeps it

    /// Waits for a place; does nothing where it waits or works already.
    void add(Id id, const std::string& lane, Priority priority);
    void addInFront(Id id, const std::string& lane, Priority priority);
    void remove(Id id); ///< from the queue, or from its place
    bool isWaiting(Id id) const;
    bool hasPlace(Id id) const;
    std::size_t waiting() const { return m_waiting; }
    /// Those that get a place now, first come first.
    std::vector<Id> admit();
    void close(); ///< nobody is admitted any more

private:
    using Key = std::pair<std::int64_t, Id>; ///< order, then age
    struct Group {
        std::set<Key> waiting;
        int working = 0;
    };
    struct Entry {
        Group* group = nullptr;
        std::optional<Key> key; ///< nothing: has a place
    };
    void insert(Id id, const std::string& lane, Priority priority, std::int64_t order);

    int m_atOnce;
    bool m_isClosed = false;
    std::size_t m_waiting = 0;
    std::int64_t m_front = 0; ///< below 0 is before all that came in their turn
    std::map<std::pair<std::string, Priority>, Group> m_groups;
    std::set<Group*> m_touched; ///< where somebody may have a place now
    std::unordered_map<Id, Entry> m_entries;
};

} // namespace mnemo
