#pragma once

#include <span>
#include <vector>

#include "core/pipeline/expansion.h"
#include "core/pipeline/state.h"

namespace mnemo {

/// The states of all instances of one run, and what follows from them: which may begin, which never will, how the run
/// ended. Pure; keeps counters, so that a change costs what depends on the instance and nothing else.
class RunProgress {
public:
    /// All begin as None. @p triggers one for each instance.
    RunProgress(std::span<const TaskInstance> instances, std::vector<TriggerRule> triggers);

    std::size_t size() const { return m_nodes.size(); }
    TaskState state(int instance) const { return at(instance).state; }

    /// Takes one instance to another state. @return all instances whose state changed by that, @p instance first: those
    /// that may begin now are Scheduled, those that never will are UpstreamFailed or Skipped. Empty where mayFollow()
    /// forbids the change, and for None, which clear() is for; nothing happened then.
    std::vector<int> set(int instance, TaskState state);
    /// Those that wait for nothing: call once at the beginning. @return what became Scheduled.
    std::vector<int> begin();
    /// Takes instances back to None, whatever they were (but for those at work, which stay), and schedules what may begin.
    /// @return all whose state changed.
    std::vector<int> clear(std::span<const int> instances);
    /// As read from the store, without consequences; call settle() afterwards.
    void restore(int instance, TaskState state);
    /// Counts anew, and schedules what may begin. @return all whose state changed.
    std::vector<int> settle();

    std::vector<int> downstream(int instance) const; ///< all that wait for it, directly or not, ascending
    std::vector<int> upstream(int instance) const;   ///< all that it waits for, directly or not, ascending
    bool isOver() const { return m_open == 0; }
    /// Of all instances; Running while not over.
    RunState runState() const;

private:
    struct Node {
        TaskState state = TaskState::None;
        TriggerRule trigger = TriggerRule::AllSuccess;
        std::vector<int> up, down;
        int open = 0, succeeded = 0, failed = 0, skipped = 0; ///< of up
    };
    const Node& at(int instance) const { return m_nodes[static_cast<std::size_t>(instance)]; }
    Node& at(int instance) { return m_nodes[static_cast<std::size_t>(instance)]; }
    void count(int instance, int by); ///< its state, into those that wait for it
    void change(int instance, TaskState state, std::vector<int>& changed);
    /// What the rule of an instance that is None says now; None where it goes on waiting.
    static TaskState verdict(const Node& node);
    void spread(std::vector<int>& changed, std::size_t from);
    std::vector<int> reach(int instance, std::vector<int> Node::*edges) const;

    std::vector<Node> m_nodes;
    std::size_t m_open = 0;
};

} // namespace mnemo
